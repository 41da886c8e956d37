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
	for _, take := range []func(*policy.OperationalAction) error{v.takeAims, v.takeParts, v.takeFunding, v.takeExternal} {
		if err := take(a); err != nil {
			return err
		}
	}
	return nil
}

// takeAims takes what an action is to do, and when.
func (v *page) takeAims(a *policy.OperationalAction) (err error) {
	a.Title, a.Description, a.Area, a.Results = v.form("title"), v.form("description"), v.form("area"), v.form("results")
	a.Goals, a.Links = strings.FieldsFunc(v.form("goals"), isComma), strings.FieldsFunc(v.form("links"), isComma)
	if a.KPIs, err = parseKPIs(v.form("kpis")); err != nil {
		return err
	}
	if a.From, err = v.day("from"); err != nil {
		return err
	}
	if a.To, err = v.day("to"); err != nil {
		return err
	}
	return a.Kind.UnmarshalText([]byte(v.form("kind")))
}

// takeParts takes who leads an action and who takes part.
func (v *page) takeParts(a *policy.OperationalAction) (err error) {
	if a.CoLeaders, err = parseBodies(v.form("co_leaders")); err != nil {
		return err
	}
	if a.Participants, err = parseBodies(v.form("participants")); err != nil {
		return err
	}
	a.Partners = listed(v.form("partners"))
	return a.Leader.UnmarshalText([]byte(v.form("leader")))
}

// takeFunding takes the money that an action needs; what it got comes from the
// register.
func (v *page) takeFunding(a *policy.OperationalAction) error {
	need, err := wholeNumber(v.form("need"))
	if err != nil {
		return err
	}
	a.Funding.Need = int64(need)
	if err := a.Funding.State.UnmarshalText([]byte(v.form("funding_state"))); err != nil {
		return err
	}
	return a.Funding.Source.UnmarshalText([]byte(v.form("funding_source")))
}

// takeExternal takes what an action does with partners outside the Union, and on
// whom it puts a burden.
func (v *page) takeExternal(a *policy.OperationalAction) error {
	a.BurdensOthers, a.External.Does = v.form("burdens") != "", v.form("external") != ""
	a.External.Beneficiaries, a.External.Capacity = listed(v.form("beneficiaries")), v.form("capacity")
	return a.External.EEAS.UnmarshalText([]byte(v.form("eeas")))
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
		var numbers []int64
		for _, part := range parts[1:] {
			if n, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64); err == nil {
				numbers = append(numbers, n)
			}
		}
		if len(parts) != 3 || len(numbers) != 2 {
			return nil, policy.Refuse(policy.CodeInvalid, "%q is not an indicator with its baseline and target: write INDICATOR:BASELINE:TARGET, such as arrests:0:50", one)
		}
		kpis = append(kpis, policy.KPI{Indicator: strings.TrimSpace(parts[0]), Baseline: numbers[0], Target: numbers[1]})
	}
	return kpis, nil
}

// kpiText writes what an action is measured by as the form has it.
func kpiText(kpis []policy.KPI) string {
	texts := make([]string, len(kpis))
	for i, k := range kpis {
		texts[i] = fmt.Sprintf("%s:%d:%d", k.Indicator, k.Baseline, k.Target)
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
