package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// The measures of the timeline, in units of its drawing.
const (
	timelineWidth = 1200
	labelWidth    = 230
	laneHeight    = 26
	yearsHeight   = 24
)

// timeline is a cycle as a drawing: lanes from top to bottom, time from left to
// right. Everything in it stands in the table beside it too.
type timeline struct {
	Height int
	Years  []mark
	Lanes  []lane
	Now    string // where today is; empty outside the drawing
	Today  policy.Date
}

type mark struct{ At, Label string }

// lane is a line of the drawing: spans, and gates at which something is settled.
type lane struct {
	Label string
	Y     int
	Spans []span
	Gates []gate
}

type span struct {
	At, Width string
	Class     string
	Title     string
}

// gate is a day for which subjects were planned and on which they were settled: where
// they are drawn.
type gate struct {
	Planned, Real string // empty: not settled
	Missed        bool
	Title         string
	Due, Settled  policy.Date
	Subjects      []service.Subject
}

// mostNamed is how many subjects of a gate are named: the page of the plans has all.
const mostNamed = 3

// named gives the subjects of a gate that are named, and how many are not.
func (g gate) named() (first []service.Subject, more int) {
	first = g.Subjects[:min(len(g.Subjects), mostNamed)]
	return first, len(g.Subjects) - len(first)
}

// scale turns dates into places in the drawing.
type scale struct {
	from policy.Date
	days int
}

func (s scale) at(d policy.Date) string {
	x := labelWidth + float64(s.from.DaysUntil(d))/float64(s.days)*(timelineWidth-labelWidth-10)
	return strconv.FormatFloat(min(max(x, labelWidth), timelineWidth), 'f', 1, 64)
}

func (s scale) span(from, to policy.Date, class, title string) span {
	width := float64(from.DaysUntil(to)) / float64(s.days) * (timelineWidth - labelWidth - 10)
	return span{At: s.at(from), Width: strconv.FormatFloat(max(width, 1), 'f', 1, 64), Class: class, Title: title}
}

// draw draws a cycle.
func (v *page) draw(c *service.Cycle) timeline {
	const roomForYear = 60 // days that the number of a year takes
	const after = 400      // days after the implementation, for the evaluation
	end := policy.Latest(c.ImplementationWindow.To, c.PolicyWindow.To).AddDays(after)
	if last := c.StageSince; last.After(end) {
		end = last
	}
	s := scale{from: c.PolicyWindow.From, days: max(c.PolicyWindow.From.DaysUntil(end), 1)}
	t := timeline{Today: c.Today}
	for year := s.from.Year(); year <= end.Year(); year++ {
		first := policy.NewDate(year, 1, 1)
		if !first.Before(s.from) && first.AddDays(roomForYear).Before(end) {
			t.Years = append(t.Years, mark{At: s.at(first), Label: strconv.Itoa(year)})
		}
	}
	if !c.Today.Before(s.from) && !c.Today.After(end) {
		t.Now = s.at(c.Today)
	}
	t.add(v.T("timeline.planned_stages"), v.plannedSpans(s, c), nil)
	t.add(v.T("timeline.stages"), v.stageSpans(s, c), nil)
	t.add(v.T("timeline.periods"), v.periodSpans(s, c), nil)
	t.add(v.T("timeline.policy"), nil, v.gates(s, c.Policy))
	t.add(v.T("timeline.masps"), nil, v.gates(s, c.MASPs))
	for _, p := range c.Priorities {
		t.add(short(p.Title), v.planSpans(s, c, p), v.gates(s, plansOf(c, p)))
	}
	var reports []service.Subject
	for _, period := range c.Periods {
		reports = append(reports, period.Reports...)
	}
	t.add(v.T("timeline.reports"), nil, v.gates(s, reports))
	t.add(v.T("plans.items"), nil, v.gates(s, c.Items))
	t.add(v.T("timeline.obligations"), nil, v.gates(s, c.Obligations))
	t.Height = yearsHeight + laneHeight*len(t.Lanes) + 10
	return t
}

func (t *timeline) add(label string, spans []span, gates []gate) {
	if len(spans)+len(gates) == 0 {
		return
	}
	t.Lanes = append(t.Lanes, lane{Label: label, Y: yearsHeight + laneHeight*len(t.Lanes), Spans: spans, Gates: gates})
}

func (v *page) stageSpans(s scale, c *service.Cycle) []span {
	var spans []span
	for _, st := range c.Stages {
		if st.Since.IsZero() || st.Stage == policy.StageClosed {
			continue
		}
		class, until := "bar done", st.Until
		if until.IsZero() {
			class, until = "bar on", policy.Latest(st.Planned, c.Today)
		}
		spans = append(spans, s.span(st.Since, until, class, v.Word("stage", st.Stage)+": "+v.Date(st.Since)+" – "+v.Date(until)))
	}
	return spans
}

// plannedSpans gives each stage as the definition foresees it: until its planned end,
// from that of the stage before.
func (v *page) plannedSpans(s scale, c *service.Cycle) []span {
	var spans []span
	from := c.PolicyWindow.From
	for _, st := range c.Stages {
		if st.Planned.After(from) {
			said := v.Word("stage", st.Stage) + ": " + v.T("timeline.planned") + " " + v.Date(from) + " – " + v.Date(st.Planned)
			spans = append(spans, s.span(from, st.Planned, "bar", said))
			from = st.Planned
		}
	}
	return spans
}

// planSpans gives the periods in which OAPs of a priority are in force, each once, or were
// until they were withdrawn.
func (v *page) planSpans(s scale, c *service.Cycle, priority service.Priority) []span {
	var spans []span
	plans := plansOf(c, priority)
	for _, p := range c.Periods {
		at := slices.IndexFunc(plans, func(oap service.Subject) bool { return oap.Subject.Period == p.Key && oap.Outcome.Positive() })
		if at < 0 {
			continue
		}
		until := p.To
		if gone := priority.Withdrawn; !gone.IsZero() && gone.Before(until) {
			until = policy.Latest(gone, p.From)
		}
		class := "bar on"
		if c.Today.After(until) {
			class = "bar done"
		}
		spans = append(spans, s.span(p.From, until, class, plans[at].Title+": "+v.Date(p.From)+" – "+v.Date(until)))
	}
	return spans
}

func (v *page) periodSpans(s scale, c *service.Cycle) []span {
	spans := make([]span, len(c.Periods))
	for i, p := range c.Periods {
		class := "bar"
		if c.Today.After(p.To) {
			class = "bar done"
		}
		spans[i] = s.span(p.From, p.To, class, p.Key+": "+v.Date(p.From)+" – "+v.Date(p.To))
	}
	return spans
}

// gates gives one gate for each date: subjects that are settled on the same day as
// planned for the same day are drawn once.
func (v *page) gates(s scale, subjects []service.Subject) []gate {
	var gates []gate
	seen := map[[2]policy.Date]int{}
	for _, sub := range subjects {
		if sub.Due.IsZero() && sub.ClosedOn.IsZero() {
			continue
		}
		days := [2]policy.Date{sub.Due, sub.ClosedOn}
		if at, drawn := seen[days]; drawn {
			gates[at].Subjects = append(gates[at].Subjects, sub)
			gates[at].Missed = gates[at].Missed || sub.Overdue
			continue
		}
		g := gate{Missed: sub.Overdue, Due: sub.Due, Settled: sub.ClosedOn, Subjects: []service.Subject{sub}}
		if !sub.Due.IsZero() {
			g.Planned = s.at(sub.Due)
		}
		if !sub.ClosedOn.IsZero() {
			g.Real = s.at(sub.ClosedOn)
		}
		seen[days] = len(gates)
		gates = append(gates, g)
	}
	for i := range gates {
		gates[i].Title = v.gateTitle(gates[i])
	}
	return gates
}

// gateTitle says what stands at a gate.
func (v *page) gateTitle(g gate) string {
	first, more := g.named()
	title := first[0].Title + ": " + v.T("timeline.planned") + " " + v.Date(g.Due)
	if !g.Settled.IsZero() {
		title += ", " + v.Outcome(first[0].Outcome, first[0].Words) + " " + v.Date(g.Settled)
	}
	for _, s := range first[1:] {
		title += "; " + s.Title
	}
	if more > 0 {
		title += "; " + v.N("timeline.more", more)
	}
	return title
}

// short fits a title into the margin of the drawing.
func short(title string) string {
	const most = 30
	if r := []rune(title); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return title
}

// diamond gives the corners of a gate that is planned or settled.
func diamond(x string, y int) string {
	const r = 6
	return corners(x, y, [][2]int{{0, -r}, {r, 0}, {0, r}, {-r, 0}})
}

// triangle gives those of one that was missed.
func triangle(x string, y int) string {
	const r = 8
	return corners(x, y, [][2]int{{0, -r}, {r, r - 2}, {-r, r - 2}})
}

// corners writes the corners of a shape around the middle of a lane.
func corners(x string, y int, shape [][2]int) string {
	at, err := strconv.ParseFloat(x, 64)
	if err != nil {
		return ""
	}
	written := make([]string, len(shape))
	for i, corner := range shape {
		written[i] = strconv.FormatFloat(at+float64(corner[0]), 'f', 1, 64) + "," + strconv.Itoa(y+laneHeight/2+corner[1])
	}
	return strings.Join(written, " ")
}

// A span that is over is thin, so that it is told from one that lasts by more than
// its colour.
const thick, thin = 14, 6

func (s span) thickness() int {
	if s.Class == "bar done" {
		return thin
	}
	return thick
}

func (s span) height() string { return strconv.Itoa(s.thickness()) }

func (s span) top(y int) string { return strconv.Itoa(y + (laneHeight-s.thickness())/2) }
