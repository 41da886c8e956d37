package policy

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Report is the content of a report on one OAP in one reporting round. It is
// made of the rows of the register of progress when the round closes, so that
// nobody enters anything twice.
type Report struct {
	Cover
	Actions []ActionReport `json:"actions,omitempty"` // left out where nothing but totals is told
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
	// Published holds totals of them that were printed elsewhere.
	Published []Figure `json:"published,omitempty"`
}

// Figure is a value of an indicator.
type Figure struct {
	Indicator string `json:"indicator"`
	Value     Amount `json:"value"`
}

// ParseFigures reads figures as a cell of a table has them: INDICATOR:NUMBER, with semicolons
// between them. The error has CodeInvalid.
func ParseFigures(text string) ([]Figure, error) {
	var figures []Figure
	for one := range strings.SplitSeq(text, ";") {
		if strings.TrimSpace(one) == "" {
			continue
		}
		indicator, number, is := strings.Cut(one, ":")
		if !is {
			return nil, Refuse(CodeInvalid, "%q is not a figure: write INDICATOR:NUMBER, such as arrests:829, and semicolons between several", strings.TrimSpace(one))
		}
		value, err := ParseAmount(strings.TrimSpace(number))
		if err != nil {
			return nil, err
		}
		figures = append(figures, Figure{strings.TrimSpace(indicator), value})
	}
	return figures, nil
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
	Actions  int           `json:"actions,omitempty"` // how many; left out where that is not told
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
	statuses, figures := map[ActionStatus]int{}, map[string]Amount{}
	add := func(more []Figure) {
		for _, f := range more {
			figures[f.Indicator] = figures[f.Indicator].Plus(f.Value)
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

// Discrepancies says in words where the published numbers of actions do not reconcile: with
// themselves, and with the parts where the report has them.
func (r *Report) Discrepancies() []Remark {
	if r.Published == nil {
		return nil
	}
	var found []Remark
	published, computed := r.Published, r.Totals()
	if sum := published.counted(); len(published.Statuses) > 0 && published.Actions > 0 && sum != published.Actions {
		found = append(found, Say("the published statuses add up to %d, the plan has %d actions: %s", sum, published.Actions, more(sum, published.Actions)))
	}
	if len(r.Actions) == 0 {
		return found
	}
	if published.Actions > 0 && computed.Actions != published.Actions {
		found = append(found, Say("%d actions are published, %d reported: %s", published.Actions, computed.Actions, more(published.Actions, computed.Actions)))
	}
	for _, s := range published.Statuses {
		if reported := computed.count(s.Status); reported != s.Count {
			found = append(found, Say("%d actions are published as %s, %d reported as that: %s", s.Count, s.Status, reported, more(s.Count, reported)))
		}
	}
	return found
}

// counted gives how many actions have a status.
func (t *Totals) counted() int {
	sum := int64(0)
	for _, s := range t.Statuses {
		sum = Plus(sum, int64(s.Count))
	}
	return int(sum)
}

// count gives how many actions have one status.
func (t *Totals) count(status ActionStatus) int {
	for _, s := range t.Statuses {
		if s.Status == status {
			return s.Count
		}
	}
	return 0
}

// more says by how many the first number is more or less than the second.
func more(a, b int) Remark { return MoreOrLess(Whole(int64(a)), Whole(int64(b))) }

// MoreOrLess says by how much the first number is more or less than the second.
func MoreOrLess(a, b Amount) Remark {
	if a.Compare(b) < 0 {
		return Say("%s less", b.Minus(a))
	}
	return Say("%s more", a.Minus(b))
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
		ps.figures(fmt.Sprintf("days[%d].figures", i), d.Figures)
		ps.figures(fmt.Sprintf("days[%d].published", i), d.Published)
	}
	if r.Published != nil {
		r.Published.check(&ps)
	}
	return ps
}

func (t *Totals) check(ps *problems) {
	if t.Actions < 0 {
		ps.add("published.actions", "is %d: expected a number that is not negative", t.Actions)
	}
	for i, s := range t.Statuses {
		field := fmt.Sprintf("published.statuses[%d].", i)
		ps.text(field+"status", string(s.Status))
		if s.Count < 0 {
			ps.add(field+"count", "is %d: expected a number that is not negative", s.Count)
		}
	}
	ps.figures("published.figures", t.Figures)
}

func (a *ActionReport) check(ps *problems, prefix string) {
	if a.Status == "" {
		ps.add(prefix+"status", "is missing: expected one of %v", ActionStatuses)
	}
	ps.figures(prefix+"figures", a.Figures)
}

// figures notes an indicator that is odd or counted twice, and a negative number of it.
func (ps *problems) figures(field string, figures []Figure) {
	indicators := map[string]string{}
	for i, f := range figures {
		at := fmt.Sprintf("%s[%d]", field, i)
		ps.code(at+".indicator", f.Indicator, indicators)
		if f.Value.Negative() {
			ps.add(at+".value", "is %s: expected a number that is not negative", f.Value)
		}
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
