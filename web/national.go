package web

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// nationalHome leads a national coordinator to the sheet of the cycle that runs.
func nationalHome(v *page) (body, error) {
	v.Title = v.T("nav.national")
	if v.Who == nil || !v.speaksForState() {
		return nil, policy.Refuse(policy.CodeNotCompetent, "the national sheet is for the national EMPACT coordinators: act for a Member State")
	}
	lines, err := v.service.ListCycles(v.ctx(), service.CycleFilter{Most: mostCounted})
	return nationalCycles(v, lines), err
}

// sheetView is what the national page shows.
type sheetView struct {
	*rules.NationalSheet
	Cycle *service.Cycle
	Plan  string // only actions of this plan
	Plans []string
}

// path is the address of the form, which leads back to the same plan.
func (s *sheetView) path() string {
	path := statePath(s.Cycle.ID, s.State) + "/consents"
	if s.Plan != "" {
		path += "?" + url.Values{"plan": {s.Plan}}.Encode()
	}
	return path
}

func nationalPage(v *page, c *service.Cycle) (body, error) {
	state, err := policy.ParseBody(v.path("state"))
	if err != nil {
		return nil, err
	}
	sheet, err := v.service.NationalSheet(v.ctx(), c.ID, state)
	if err != nil {
		return nil, err
	}
	v.titleIn("national.title", "State", v.Word("body", state))
	s := &sheetView{NationalSheet: sheet, Cycle: c, Plan: v.query("plan")}
	for _, line := range sheet.Consents {
		if plan := planOf(line.Action); !slices.Contains(s.Plans, plan) {
			s.Plans = append(s.Plans, plan)
		}
	}
	return national(v, s), nil
}

// planOf gives the plan of an action: PERIOD/OAP of PERIOD/OAP/CODE.
func planOf(action string) string { return action[:max(strings.LastIndex(action, "/"), 0)] }

// actionPath gives the place of an action in its plan.
func (v *page) actionPath(action string) string {
	return "/cycles/" + v.Cycle + "/content/oap/" + planOf(action) + "#a-" + action[len(planOf(action))+1:]
}

// progressPath gives the page on which the progress that is owed is entered.
func (v *page) progressPath(p rules.ProgressDue) string {
	round := p.Report[strings.LastIndex(p.Report, "/")+1:]
	return rowPath(v.Cycle, policy.RegProgress, planOf(p.Action)+"/"+round+p.Action[len(planOf(p.Action)):])
}

// post names a post: "driver/firearms" is the driver of firearms.
func (v *page) post(key string) string {
	post, of, _ := strings.Cut(key, "/")
	if priority, is := v.titles["priorities/"+of]; is {
		of = priority
	}
	return v.Word("role", post) + ": " + of
}

// unanswered lists the actions that wait for an answer, and answered the others.
func (s *sheetView) unanswered() []rules.ConsentLine { return s.lines(false) }
func (s *sheetView) answered() []rules.ConsentLine   { return s.lines(true) }

func (s *sheetView) lines(answered bool) []rules.ConsentLine {
	var lines []rules.ConsentLine
	for _, l := range s.Consents {
		if l.Answered() == answered && (s.Plan == "" || planOf(l.Action) == s.Plan) {
			lines = append(lines, l)
		}
	}
	return lines
}

// overdue says whether an answer is missing on an action that has begun.
func (s *sheetView) overdue(l rules.ConsentLine) bool { return l.Begins.Before(s.Today) }

// consents are the answers that a State may give.
var consents = policy.Texts([]policy.ConsentState{policy.Confirmed, policy.Conditional, policy.Declined})

// answerConsents records what a State says of the actions for which it chose an
// answer, all of them or none.
func answerConsents(v *page) (string, error) {
	if v.setAll("answer", func(string) []string { return consents }, "condition", "contribution") {
		return "", nil
	}
	state := v.path("state")
	enter := service.Enter{Cycle: v.path("cycle")}
	for _, name := range slices.Sorted(maps.Keys(v.sent.Form)) {
		action, is := strings.CutPrefix(name, "answer-")
		if !is {
			continue
		}
		said := policy.Consent{State: policy.ConsentState(v.form(name)), Condition: v.form("condition-" + action), Contribution: v.form("contribution-" + action)}
		switch {
		case said.State != "":
			enter.Rows = append(enter.Rows, policy.Row{Register: policy.RegConsents, Key: action + "/" + state, Body: &said})
		case said.Condition+said.Contribution != "":
			return "", policy.Refuse(policy.CodeInvalid, "choose the answer on %s, for which something is written", action)
		}
	}
	if len(enter.Rows) == 0 {
		return "", policy.Refuse(policy.CodeInvalid, "choose an answer for the actions that it is about")
	}
	entered, err := v.service.Enter(v.ctx(), enter)
	if err != nil {
		return "", err
	}
	v.Said = v.N("national.recorded", entered.Rows) + v.remarks(entered.Remarks)
	return v.Here(), nil
}

// sumView is what the page of the annual report shows.
type sumView struct {
	*rules.Summary
	Cycle  *service.Cycle
	Year   int
	Years  []int
	State  policy.Body
	States []policy.Body
	// Priority is the key of the one to which it is narrowed.
	Priority string
}

// papers gives the keys of the annual report that the page shows as a paper: where no year is
// chosen, and for one State, it is none.
func (s *sumView) papers() []string {
	if s.Year == 0 || s.State != "" {
		return nil
	}
	return []string{strings.TrimSuffix(strconv.Itoa(s.Year)+"/"+s.Priority, "/")}
}

func reportPage(v *page, c *service.Cycle) (body, error) {
	year, err := wholeNumber(v.query("year"))
	if err != nil {
		return nil, err
	}
	s := &sumView{Cycle: c, Year: year, State: policy.Body(v.query("state")), Priority: v.query("priority"), States: c.Bodies.MembersOn(c.Today)}
	for year := c.ImplementationWindow.From.Year(); year <= c.ImplementationWindow.To.Year(); year++ {
		s.Years = append(s.Years, year)
	}
	s.Summary, err = v.service.Summary(v.ctx(), c.ID, rules.SummaryFilter{Year: s.Year, State: s.State, Priority: s.Priority})
	v.titleIn("report.title")
	if s.Year > 0 {
		v.titleIn("report.title_year", "Year", s.Year)
	}
	return annualReport(v, s), err
}

// mostLines is how many answers a page lists; the API gives all.
const mostLines = 150

func firstLines(all []rules.ConsentLine) []rules.ConsentLine { return all[:min(len(all), mostLines)] }
