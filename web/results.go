package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// resultsView is what the page of charts shows.
type resultsView struct {
	Cycle      *service.Cycle
	Summary    *rules.Summary
	Progress   []bars // status of actions, plan by plan
	Indicators []string
	Indicator  string
	Series     []rules.SeriesPoint
	Line       lineChart
	Money      *service.Money
	Funding    []bars
}

// bars is one line of a bar chart: parts of one whole, side by side.
type bars struct {
	Label string
	Total int64
	Parts []bar
	Y     int
}

type bar struct {
	Class     string // colour
	Name      string
	Value     int64
	At, Width string
}

// The measures of the charts, in units of their drawings.
const (
	chartWidth  = 900
	chartLabel  = 260
	barHeight   = 24
	lineHeight  = 220
	lineBottom  = 190
	linePadding = 60
	gap         = 2 // between the parts of a bar
)

func resultsPage(v *page, c *service.Cycle) (body, error) {
	v.titleIn("results.title")
	r := &resultsView{Cycle: c, Indicator: v.query("indicator")}
	var err error
	if r.Summary, err = v.service.Summary(v.ctx(), c.ID, rules.SummaryFilter{}); err != nil {
		return nil, err
	}
	if r.Money, err = v.service.Money(v.ctx(), c.ID); err != nil {
		return nil, err
	}
	for _, f := range r.Summary.Totals.Figures {
		r.Indicators = append(r.Indicators, f.Indicator)
	}
	r.Indicators = slices.Compact(r.Indicators)
	if !slices.Contains(r.Indicators, r.Indicator) && len(r.Indicators) > 0 {
		r.Indicator = r.Indicators[0]
	}
	if r.Indicator != "" {
		if r.Series, err = v.service.Series(v.ctx(), c.ID, r.Indicator); err != nil {
			return nil, err
		}
	}
	r.Line = v.drawLine(r.Series)
	r.Progress = v.progressBars(r.Summary)
	r.Funding = fundingBars(r.Money, c)
	return results(v, r), nil
}

// progressBars draws how far the actions of each plan are.
func (v *page) progressBars(s *rules.Summary) []bars {
	var all []bars
	most := int64(1)
	for _, plan := range s.Plans {
		most = max(most, int64(plan.Totals.Actions))
	}
	for _, plan := range s.Plans {
		b := bars{Label: plan.Title, Total: int64(plan.Totals.Actions), Y: len(all) * barHeight}
		at := float64(chartLabel)
		for i, status := range policy.ActionStatuses {
			for _, count := range plan.Totals.Statuses {
				if count.Status != status {
					continue
				}
				width := float64(count.Count) / float64(most) * (chartWidth - chartLabel - 60)
				b.Parts = append(b.Parts, bar{
					Class: statusClass(i), Name: v.Word("status", status), Value: int64(count.Count), At: place(at), Width: place(max(width-gap, 1)),
				})
				at += width
			}
		}
		all = append(all, b)
	}
	return all
}

// plainClass is the colour without a pattern.
const plainClass = "c0"

// statusClass gives the colour of a status: not started, ongoing, completed, not
// completed, cancelled.
func statusClass(at int) string { return []string{"c3", "c0", "c1", "c2", "c4"}[at%5] }

// fundingBars draws how much money goes to each priority, by its title.
func fundingBars(m *service.Money, c *service.Cycle) []bars {
	most := int64(1)
	titles := map[string]string{}
	for _, p := range c.Priorities {
		titles[p.Key] = p.Title
	}
	for _, share := range m.Priorities {
		most = max(most, share.Amount)
	}
	all := make([]bars, len(m.Priorities))
	for i, share := range m.Priorities {
		width := float64(share.Amount) / float64(most) * (chartWidth - chartLabel - 110)
		name := cmp.Or(titles[share.Name], share.Name)
		all[i] = bars{Label: name, Total: share.Amount, Y: i * barHeight, Parts: []bar{
			{Class: "c0", Name: name, Value: share.Amount, At: place(chartLabel), Width: place(width)},
		}}
	}
	return all
}

func place(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// lineChart is an indicator over the rounds. Where the counting rule changed the
// line breaks: what lies on either side does not compare.
type lineChart struct {
	Paths  []string
	Points []point
	Breaks []string
	Most   float64
}

type point struct {
	X, Y  string
	Label string
	Value policy.Amount
	Unit  string
}

func (v *page) drawLine(series []rules.SeriesPoint) lineChart {
	chart := lineChart{Most: 1}
	for _, p := range series {
		chart.Most = max(chart.Most, p.Value.Float64())
	}
	step := float64(chartWidth-2*linePadding) / float64(max(len(series)-1, 1))
	var path strings.Builder
	for i, p := range series {
		x := linePadding + float64(i)*step
		y := lineBottom - p.Value.Float64()/chart.Most*(lineBottom-30)
		if p.Break {
			chart.Breaks = append(chart.Breaks, place(x-step/2))
			chart.Paths = append(chart.Paths, path.String())
			path.Reset()
		}
		if path.Len() == 0 {
			path.WriteString("M")
		} else {
			path.WriteString("L")
		}
		path.WriteString(place(x) + " " + place(y))
		chart.Points = append(chart.Points, point{X: place(x), Y: place(y), Label: v.Date(p.Due), Value: p.Value, Unit: p.Unit})
	}
	chart.Paths = append(chart.Paths, path.String())
	return chart
}

// evaluationView is what the page of the evaluation shows.
type evaluationView struct {
	Cycle           *service.Cycle
	Subject         *service.Subject
	Report          *policy.EvaluationReport
	Answers         map[string]string // what became of each recommendation
	Handover        *service.Handover
	Recommendations []policy.Recommended
	MayAnswer       bool
}

func evaluationPage(v *page, c *service.Cycle) (body, error) {
	v.titleIn("evaluation.title")
	subject := policy.Subject{Cycle: c.ID, Kind: policy.KindEvaluation}
	standing, err := v.service.FindSubject(v.ctx(), subject)
	if err != nil {
		return nil, err
	}
	e := &evaluationView{Cycle: c, Subject: standing, Answers: map[string]string{}, MayAnswer: v.mayEnter(policy.RegRecommendations)}
	found, err := v.service.FindContent(v.ctx(), subject, 0)
	if err == nil {
		if report, is := found.Content.(*policy.EvaluationReport); is {
			e.Report, e.Recommendations = report, report.Recommendations
		}
	} else if code := policy.CodeOf(err); code != policy.CodeUnknown && code != policy.CodeMarking {
		return nil, err
	}
	rows, err := v.service.ListRows(v.ctx(), service.RowFilter{Cycle: c.ID, Register: policy.RegRecommendations})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if answer, is := row.Body.(*policy.FollowUp); is {
			e.Answers[row.Key] = v.T("answer."+string(answer.State)) + " " + answer.Reason
		}
	}
	if e.Handover, err = v.service.Handover(v.ctx(), c.ID, policy.Date{}); err != nil && policy.CodeOf(err) != policy.CodeMarking {
		return nil, err
	}
	return evaluation(v, e), nil
}
