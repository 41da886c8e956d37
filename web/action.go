package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// find finds the action that is edited; one that is not there is a new one, of the code
// that was asked for.
func (d *draftView) find(code string) {
	if code == "" {
		return
	}
	if at := d.at(code); at >= 0 {
		d.Action, d.IsThere = &d.Plan.Actions[at], true
		return
	}
	d.Action = &policy.OperationalAction{}
	if code != newAction {
		d.Action.Code = code
	}
}

// newAction stands in an address for the code of an action that has none yet.
const newAction = "new"

// at gives where in the draft the first action with a code stands; -1 is nowhere.
func (d *draftView) at(code string) int {
	return slices.IndexFunc(d.Plan.Actions, func(a policy.OperationalAction) bool { return a.Code == code })
}

// actionPath gives the page on which the action is edited.
func (d *draftView) actionPath() string {
	return draftPath(d.Subject) + "?" + url.Values{"action": {cmp.Or(d.Action.Code, newAction)}}.Encode()
}

// editAction takes what was typed about an action into the draft.
func (v *page) editAction(d *draftView) error {
	code := v.form("code")
	at := d.at(code)
	switch {
	case v.form("remove") != "":
		if at >= 0 {
			d.Plan.Actions = slices.Delete(d.Plan.Actions, at, at+1)
		}
		return nil
	case !policy.ValidCode(code):
		return policy.Refuse(policy.CodeInvalid, "%q is not the code of an action, such as 2.3", code)
	case at >= 0 && !d.IsThere:
		return policy.Refuse(policy.CodeConflict, "the draft has an action %s already: edit that one, or choose another code", code)
	case at < 0:
		d.Plan.Actions = append(d.Plan.Actions, policy.OperationalAction{Code: code})
		at = len(d.Plan.Actions) - 1
	}
	a := &d.Plan.Actions[at]
	r := v.reading()
	r.aims(a)
	r.parts(a)
	r.funding(a)
	r.external(a)
	return r.err
}

// aims reads what an action is to do, and when.
func (r *reading) aims(a *policy.OperationalAction) {
	a.Title, a.Description, a.Area, a.Results = r.form("title"), r.form("description"), r.form("area"), r.form("results")
	a.Goals, a.Links = strings.FieldsFunc(r.form("goals"), isComma), strings.FieldsFunc(r.form("links"), isComma)
	kpis, err := parseKPIs(r.form("kpis"))
	r.noted(err)
	a.KPIs, a.From, a.To = kpis, r.day("from"), r.day("to")
	r.word("kind", &a.Kind)
}

// parts reads who leads an action and who takes part.
func (r *reading) parts(a *policy.OperationalAction) {
	a.CoLeaders, a.Participants, a.Partners = r.bodies("co_leaders"), r.bodies("participants"), listed(r.form("partners"))
	r.word("leader", &a.Leader)
}

// funding reads the money that an action needs; what it got comes from the register.
func (r *reading) funding(a *policy.OperationalAction) {
	a.Funding.Need = int64(r.number("need"))
	r.word("funding_state", &a.Funding.State)
	r.word("funding_source", &a.Funding.Source)
}

// external reads what an action does with partners outside the Union, and on whom it
// puts a burden.
func (r *reading) external(a *policy.OperationalAction) {
	a.BurdensOthers, a.External.Does = r.form("burdens") != "", r.form("external") != ""
	a.External.Beneficiaries, a.External.Capacity = listed(r.form("beneficiaries")), r.form("capacity")
	r.word("eeas", &a.External.EEAS)
}

func isComma(r rune) bool { return r == ',' || r == ';' || r == ' ' }

// listed reads names, which may have spaces, separated by commas.
func listed(text string) []string {
	var names []string
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func parseBodies(text string) (bodies []policy.Body, err error) {
	for _, part := range strings.FieldsFunc(text, isComma) {
		b, err := policy.ParseBody(part)
		if err != nil {
			return nil, err
		}
		bodies = append(bodies, b)
	}
	return bodies, nil
}

// parseKPIs reads what an action is measured by: INDICATOR:BASELINE:TARGET.
func parseKPIs(text string) ([]policy.KPI, error) {
	var kpis []policy.KPI
	for _, one := range listed(text) {
		parts := strings.Split(one, ":")
		if len(parts) != 3 {
			return nil, policy.Refuse(policy.CodeInvalid, "%q is not an indicator with its baseline and target: write INDICATOR:BASELINE:TARGET, such as arrests:0:50", one)
		}
		baseline, err := policy.ParseAmount(strings.TrimSpace(parts[1]))
		if err != nil {
			return nil, err
		}
		target, err := policy.ParseAmount(strings.TrimSpace(parts[2]))
		if err != nil {
			return nil, err
		}
		kpis = append(kpis, policy.KPI{Indicator: strings.TrimSpace(parts[0]), Baseline: baseline, Target: target})
	}
	return kpis, nil
}

// kpiText writes what an action is measured by as the form has it.
func kpiText(kpis []policy.KPI) string {
	texts := make([]string, len(kpis))
	for i, k := range kpis {
		texts[i] = fmt.Sprintf("%s:%s:%s", k.Indicator, k.Baseline, k.Target)
	}
	return strings.Join(texts, ", ")
}

// needText writes an amount of a form; none is empty.
func needText(amount int64) string {
	if amount == 0 {
		return ""
	}
	return strconv.FormatInt(amount, 10)
}

// orNone gives the words of a list behind an empty one.
func orNone(words []string) []string { return append([]string{""}, words...) }
