package policy

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Report is the content of a report on one OAP in one reporting round. It is
// made of the rows of the register of progress when the round closes, so that
// nobody enters anything twice.
type Report struct {
	Cover
	Actions []ActionReport `json:"actions"`
	// Days are the joint action days of the round, whose figures count once.
	Days []DayReport `json:"days,omitempty"`
	// Published holds totals that were printed elsewhere. They are held against
	// the parts and never take their place.
	Published *Totals `json:"published,omitempty"`
}

// Action finds what the report says of an action by its code, or nil.
func (r *Report) Action(code string) *ActionReport {
	for i := range r.Actions {
		if r.Actions[i].Action == code {
			return &r.Actions[i]
		}
	}
	return nil
}

// ActionReport is what a report says of one action.
type ActionReport struct {
	Action  string       `json:"action"` // its code
	Status  ActionStatus `json:"status"`
	Figures []Figure     `json:"figures,omitempty"`
	Text    string       `json:"text,omitempty"`
}

// DayReport is what a joint action day brought.
type DayReport struct {
	Day     string   `json:"day"` // key in the register of joint action days
	Figures []Figure `json:"figures,omitempty"`
}

// Figure is a value of an indicator.
type Figure struct {
	Indicator string `json:"indicator"`
	Value     int64  `json:"value"`
}

// ActionStatus is how far an action is. There is no "unclear".
type ActionStatus string

// The statuses.
const (
	NotStarted   ActionStatus = "not-started"
	Ongoing      ActionStatus = "ongoing"
	Completed    ActionStatus = "completed"
	NotCompleted ActionStatus = "not-completed"
	Cancelled    ActionStatus = "cancelled"
)

// ActionStatuses lists the statuses.
var ActionStatuses = []ActionStatus{NotStarted, Ongoing, Completed, NotCompleted, Cancelled}

// Ended says whether an action with this status goes on no more.
func (s ActionStatus) Ended() bool {
	return s == Completed || s == NotCompleted || s == Cancelled
}

// Words lists the statuses.
func (ActionStatus) Words() []string { return Texts(ActionStatuses) }

// UnmarshalText reads a status; empty text is none.
func (s *ActionStatus) UnmarshalText(text []byte) error {
	return oneOf(s, text, "a status of an action")
}

// Totals are sums over the parts of a report.
type Totals struct {
	Actions  int           `json:"actions"`
	Statuses []StatusCount `json:"statuses,omitempty"`
	Figures  []Figure      `json:"figures,omitempty"`
}

// StatusCount is how many actions have a status.
type StatusCount struct {
	Status ActionStatus `json:"status"`
	Count  int          `json:"count"`
}

// Totals computes the totals of the report from its parts.
func (r *Report) Totals() Totals {
	t := Totals{Actions: len(r.Actions)}
	statuses, figures := map[ActionStatus]int{}, map[string]int64{}
	add := func(more []Figure) {
		for _, f := range more {
			figures[f.Indicator] = Plus(figures[f.Indicator], f.Value)
		}
	}
	for _, a := range r.Actions {
		statuses[a.Status]++
		add(a.Figures)
	}
	for _, d := range r.Days {
		add(d.Figures)
	}
	for _, s := range ActionStatuses {
		if statuses[s] > 0 {
			t.Statuses = append(t.Statuses, StatusCount{s, statuses[s]})
		}
	}
	for indicator, value := range figures {
		t.Figures = append(t.Figures, Figure{indicator, value})
	}
	slices.SortFunc(t.Figures, func(a, b Figure) int { return cmp.Compare(a.Indicator, b.Indicator) })
	return t
}

// Plus adds numbers that were reported. What was recorded before they were bounded may
// come to more than there is a number for: the sum then stays at the last one, and never
// changes its sign in silence.
func Plus(a, b int64) int64 {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < math.MinInt64-b:
		return math.MinInt64
	default:
		return a + b
	}
}

// Discrepancies says in words where the published totals do not reconcile: with
// themselves, and with the parts where the report has them.
func (r *Report) Discrepancies() []Remark {
	if r.Published == nil {
		return nil
	}
	var found []Remark
	var sum int64
	for _, s := range r.Published.Statuses {
		sum = Plus(sum, int64(s.Count))
	}
	if sum != int64(r.Published.Actions) {
		found = append(found, Say("the published statuses add up to %d, the plan has %d actions", sum, r.Published.Actions))
	}
	if len(r.Actions) == 0 {
		return found
	}
	computed := r.Totals()
	if computed.Actions != r.Published.Actions {
		found = append(found, Say("%d actions are published, %d reported", r.Published.Actions, computed.Actions))
	}
	for _, s := range r.Published.Statuses {
		at := slices.IndexFunc(computed.Statuses, func(c StatusCount) bool { return c.Status == s.Status })
		if at < 0 || computed.Statuses[at].Count != s.Count {
			found = append(found, Say("%d actions are published as %s, the parts say otherwise", s.Count, s.Status))
		}
	}
	for _, f := range r.Published.Figures {
		if !slices.Contains(computed.Figures, f) {
			found = append(found, Say("%s is published as %d, the parts add up to something else", f.Indicator, f.Value))
		}
	}
	return found
}

// Problems implements Content.
func (r *Report) Problems() []Problem {
	var ps problems
	if len(r.Actions) == 0 && r.Published == nil {
		ps.add("actions", "is empty: expected what became of each action")
	}
	taken := map[string]string{}
	for i, a := range r.Actions {
		field := fmt.Sprintf("actions[%d]", i)
		ps.code(field+".action", a.Action, taken)
		a.check(&ps, field+".")
	}
	days := map[string]string{}
	for i, d := range r.Days {
		ps.code(fmt.Sprintf("days[%d].day", i), d.Day, days)
	}
	if r.Published != nil {
		for i, s := range r.Published.Statuses {
			ps.text(fmt.Sprintf("published.statuses[%d].status", i), string(s.Status))
		}
	}
	return ps
}

func (a *ActionReport) check(ps *problems, prefix string) {
	if a.Status == "" {
		ps.add(prefix+"status", "is missing: expected one of %v", ActionStatuses)
	}
	ps.figures(prefix, a.Figures)
}

// figures notes an indicator that is odd or counted twice.
func (ps *problems) figures(prefix string, figures []Figure) {
	indicators := map[string]string{}
	for i, f := range figures {
		ps.code(fmt.Sprintf("%sfigures[%d].indicator", prefix, i), f.Indicator, indicators)
	}
}

// Delivery is the content of a report that a reporting obligation asks for,
// such as the Commission's annual report.
type Delivery struct {
	Cover
	Covers Window `json:"covers"`
	Text   string `json:"text,omitempty"`
	// Reports are the paths of the progress reports of the cycle that it takes
	// into account, such as "report/2022/firearms/may".
	Reports []string `json:"reports,omitempty"`
}

// Problems implements Content.
func (d *Delivery) Problems() []Problem {
	var ps problems
	ps.window("covers", d.Covers)
	return ps
}

// EvaluationReport is the content of the independent evaluation of the cycle.
type EvaluationReport struct {
	Cover
	Evaluator       string         `json:"evaluator"` // who evaluated, contracted by the Commission
	Findings        []Evaluated    `json:"findings"`
	Recommendations []Recommended  `json:"recommendations"`
	Roadmap         []RoadmapPoint `json:"roadmap,omitempty"`
}

// Evaluated is what the evaluator found on one criterion.
type Evaluated struct {
	Criterion Criterion `json:"criterion"`
	Text      string    `json:"text"`
}

// Recommended is what the evaluator recommends. What became of it stands in the
// register of recommendations.
type Recommended struct {
	Key  string `json:"key"`
	Text string `json:"text"`
	To   []Body `json:"to"`
}

// RoadmapPoint says by when a recommendation is to be carried out.
type RoadmapPoint struct {
	Recommendation string `json:"recommendation"`
	By             Date   `json:"by"`
}

// Criterion is what the cycle is evaluated on.
type Criterion string

// Criteria lists the criteria used.
var Criteria = []Criterion{"relevance", "effectiveness", "efficiency", "coherence", "eu-added-value"}

// Words lists the criteria.
func (Criterion) Words() []string { return Texts(Criteria) }

// UnmarshalText reads a criterion; empty text is none.
func (c *Criterion) UnmarshalText(text []byte) error { return oneOf(c, text, "a criterion") }

// Problems implements Content.
func (e *EvaluationReport) Problems() []Problem {
	var ps problems
	ps.text("evaluator", e.Evaluator)
	for i, f := range e.Findings {
		ps.text(fmt.Sprintf("findings[%d].criterion", i), string(f.Criterion))
		ps.text(fmt.Sprintf("findings[%d].text", i), f.Text)
	}
	taken := map[string]string{}
	for i, r := range e.Recommendations {
		ps.code(fmt.Sprintf("recommendations[%d].key", i), r.Key, taken)
		ps.text(fmt.Sprintf("recommendations[%d].text", i), r.Text)
	}
	for i, p := range e.Roadmap {
		if taken[p.Recommendation] == "" {
			ps.add(fmt.Sprintf("roadmap[%d].recommendation", i), "is %q: the evaluation has no such recommendation", p.Recommendation)
		}
		ps.date(fmt.Sprintf("roadmap[%d].by", i), p.By)
	}
	return ps
}

// Add takes a later report up: its statuses take the place of the earlier ones,
// its figures are added.
func (r *Report) Add(later *Report) {
	r.Days = append(r.Days, later.Days...)
	known := make(map[string]int, len(r.Actions)) // where each action stands
	for i, a := range r.Actions {
		known[a.Action] = i
	}
	for _, a := range later.Actions {
		at, reported := known[a.Action]
		if !reported {
			known[a.Action] = len(r.Actions)
			r.Actions = append(r.Actions, a)
			continue
		}
		r.Actions[at].Status = a.Status
		r.Actions[at].Figures = sumFigures(r.Actions[at].Figures, a.Figures)
	}
}

func sumFigures(a, b []Figure) []Figure {
	sum := slices.Clone(a)
	for _, f := range b {
		at := slices.IndexFunc(sum, func(g Figure) bool { return g.Indicator == f.Indicator })
		if at < 0 {
			sum = append(sum, f)
		} else {
			sum[at].Value = Plus(sum[at].Value, f.Value)
		}
	}
	return sum
}
