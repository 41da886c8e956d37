package papers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// annual makes the annual report: of all priorities, or of one, with what each of its reports
// says of each action.
func annual(d *desk) error {
	written, key, one := strings.Cut(d.order.Key, "/")
	year, err := strconv.Atoi(written)
	within := d.cycle.ImplementationWindow
	if err != nil || year < within.From.Year() || year > within.To.Year() {
		return policy.Refuse(policy.CodeInvalid, "%q is no year of %s: its plans are carried out from %d to %d", written, d.cycle.ID, within.From.Year(), within.To.Year())
	}
	at := slices.IndexFunc(d.cycle.Priorities, func(p service.Priority) bool { return p.Key == key })
	if one && at < 0 {
		return policy.Refuse(policy.CodeUnknown, "the cycle has no priority %q", key)
	}
	d.paper.Subject = d.quoted(d.cycle.Title)
	if one {
		d.paper.Subject = d.quoted(d.cycle.Priorities[at].Title)
	}
	d.today(d.T("report.title_year", "Year", written), d.body(policy.COSI))
	sum, err := d.sum(rules.SummaryFilter{Year: year, Priority: key})
	if err != nil {
		return err
	}
	d.add(Paragraph{said(d.T("report.what"))})
	d.heading(d.T("report.totals"))
	d.totals(sum.Totals)
	d.plans(sum)
	if one {
		if err := d.details(key, year); err != nil {
			return err
		}
	}
	d.gaps(sum)
	return nil
}

// today writes the head of a paper that tells how things stand on the day that the calendar of
// the cycle shows.
func (d *desk) today(name, to string) {
	d.paper.Name, d.paper.Date = name, d.cycle.Today
	d.head("", to)
}

// totals writes what was reported, added up: how many actions have which status, and what each
// indicator comes to.
func (d *desk) totals(s rules.Sums) {
	counts := Table{Head: []string{d.T("report.status"), d.T("paper.number_of")}, Widths: []int{4, 1}}
	for _, c := range s.Statuses {
		counts.Rows = append(counts.Rows, []Text{said(d.Word("status", c.Status)), said(d.Number(int64(c.Count)))})
	}
	counts.Rows = append(counts.Rows, []Text{strong(d.T("content.actions")), strong(d.Number(int64(s.Actions)))})
	d.add(counts)
	if len(s.Figures) == 0 {
		d.add(Paragraph{said(d.T("paper.no_figures"))})
		return
	}
	figures := Table{Head: []string{d.T("results.indicator"), d.T("results.value"), d.Word("column", "unit")}, Widths: []int{5, 2, 2}}
	for _, f := range s.Figures {
		i := d.indicator(f.Indicator)
		name := d.quoted(i.Title)
		if f.Break {
			name = append(name, Run{Text: " (" + d.T("report.break") + ")"})
		}
		unit := f.Unit
		if unit == "" {
			unit = i.Unit
		}
		figures.Rows = append(figures.Rows, []Text{name, said(d.Amount(f.Value)), d.quoted(unit)})
	}
	d.add(figures)
}

// sum adds up what was reported, with the indicators as the register has them, where the reader
// may see that.
func (d *desk) sum(filter rules.SummaryFilter) (*rules.Summary, error) {
	sum, err := d.service.Summary(d.ctx, d.cycle.ID, filter)
	if err != nil {
		return nil, err
	}
	rows, err := d.service.ListRows(d.ctx, service.RowFilter{Cycle: d.cycle.ID, Register: policy.RegIndicators})
	if err != nil && !keptFrom(err) {
		return nil, err
	}
	d.indicators = map[string]policy.Indicator{}
	for _, row := range rows {
		if i, is := row.Body.(*policy.Indicator); is {
			d.indicators[row.Key] = *i
		}
	}
	return sum, nil
}

// indicator gives an indicator as the register has it; to who may not read that, its key.
func (d *desk) indicator(key string) policy.Indicator {
	i := d.indicators[key]
	if i.Title == "" {
		i.Title = strings.ReplaceAll(key, "-", " ")
	}
	return i
}

// plans writes how many actions of each plan have which status; below them the totals.
func (d *desk) plans(s *rules.Summary) {
	d.heading(d.T("report.plans"))
	if len(s.Plans) == 0 {
		d.add(Paragraph{said(d.T("results.nothing"))})
		return
	}
	table := Table{Head: []string{d.T("report.plan"), d.Word("column", "actions"), d.T("report.status")}, Widths: []int{5, 2, 6}}
	row := func(name Text, sums rules.Sums, write func(string) Text) {
		statuses := make([]string, len(sums.Statuses))
		for i, c := range sums.Statuses {
			statuses[i] = d.Word("status", c.Status) + ": " + d.Number(int64(c.Count))
		}
		table.Rows = append(table.Rows, []Text{name, write(d.Number(int64(sums.Actions))), write(strings.Join(statuses, ", "))})
	}
	for _, p := range s.Plans {
		row(d.quoted(p.Title), p.Totals, said)
	}
	row(strong(d.T("report.totals")), s.Totals, strong)
	d.add(table)
}

// details writes what each report on a priority says of each action, in the periods that end
// in a year.
func (d *desk) details(priority string, year int) error {
	d.heading(d.T("paper.details"))
	for _, period := range d.cycle.Periods {
		if period.To.Year() != year {
			continue
		}
		for _, report := range period.Reports {
			if report.Priority != priority {
				continue
			}
			d.add(Heading{2, d.quoted(report.Title)})
			if err := d.report(report.Subject); err != nil {
				return err
			}
		}
	}
	return nil
}

// report writes what a report says of each action. One that is not there, or not for the
// reader, says so.
func (d *desk) report(subject policy.Subject) error {
	held, err := d.service.FindContent(d.ctx, subject, 0)
	if keptFrom(err) {
		d.add(Paragraph{said(d.T("paper.missing"))})
		return nil
	}
	if err != nil {
		return err
	}
	report, is := held.Content.(*policy.Report)
	if !is {
		d.add(Paragraph{said(d.T("paper.missing"))})
		return nil
	}
	table := Table{Head: []string{d.T("content.code"), d.T("timeline.state"), d.Word("column", "figures"), d.T("paper.reported")}, Widths: []int{1, 2, 3, 5}}
	for _, a := range report.Actions {
		figures := make([]string, len(a.Figures))
		for i, f := range a.Figures {
			of := d.indicator(f.Indicator)
			figures[i] = strings.TrimSpace(of.Title + ": " + d.Amount(f.Value) + " " + of.Unit)
		}
		text := d.quoted(a.Text)
		if a.Text == "" {
			text = said(d.T("paper.missing"))
		}
		table.Rows = append(table.Rows, []Text{said(a.Action), said(d.Word("status", a.Status)), d.quoted(strings.Join(figures, "; ")), text})
	}
	d.add(table)
	return nil
}

// gaps writes what is missing, and what does not reconcile.
func (d *desk) gaps(s *rules.Summary) {
	d.heading(d.T("report.gaps"))
	var all []Text
	for _, path := range s.Missing {
		all = append(all, said(d.T("report.missing", "Report", d.Written(path))))
	}
	for _, path := range s.Elsewhere {
		all = append(all, said(d.T("report.elsewhere", "Report", d.Written(path))))
	}
	for i, message := range s.Discrepancies {
		var sentence policy.Sentence
		if len(s.Remarks) == len(s.Discrepancies) {
			sentence = s.Remarks[i].Said
		}
		all = append(all, d.sentence(sentence, message))
	}
	if len(all) == 0 {
		d.add(Paragraph{said(d.T("report.no_gaps"))})
		return
	}
	d.add(List{all})
}

// progress makes the report on the progress of the cycle for COSI: where its plans stand, what
// was reported, and what is owed.
func progress(d *desk) error {
	c := d.cycle
	d.paper.Subject = d.quoted(c.Title)
	d.today(d.T("paper.progress"), d.body(policy.COSI))
	d.add(Paragraph{said(d.stage())})
	d.heading(d.T("cycle.plans"))
	for _, p := range c.Periods {
		table := Table{
			Title: said(p.Key + ": " + d.Date(p.From) + " – " + d.Date(p.To)),
			Head:  []string{d.T("report.plan"), d.T("timeline.state"), d.T("timeline.settled")}, Widths: []int{5, 3, 2},
		}
		for _, s := range p.OAPs {
			table.Rows = append(table.Rows, []Text{d.quoted(s.Title), said(d.stands(s)), said(d.Date(s.ClosedOn))})
		}
		d.add(table)
	}
	sum, err := d.sum(rules.SummaryFilter{})
	if err != nil {
		return err
	}
	d.heading(d.T("results.progress"))
	d.totals(sum.Totals)
	d.plans(sum)
	owed, err := d.service.Obligations(d.ctx, c.ID)
	if err != nil {
		return err
	}
	d.heading(d.T("tab.obligations"))
	d.owed(owed)
	d.gaps(sum)
	return nil
}

// stage says where the cycle stands.
func (d *desk) stage() string {
	return d.T("cycle.stage") + ": " + d.Word("stage", d.cycle.Stage) + ", " + d.T("overview.since") + " " + d.Date(d.cycle.StageSince)
}

// stands says where a subject stands.
func (d *desk) stands(s service.Subject) string {
	if s.Outcome != "" {
		return d.Outcome(s.Outcome, s.Words)
	}
	return d.Word("state", s.State)
}

func (d *desk) owed(all []rules.Owed) {
	if len(all) == 0 {
		d.add(Paragraph{said(d.T("obligations.none"))})
		return
	}
	table := Table{Head: []string{d.T("inbox.what"), d.T("obligations.by"), d.T("inbox.due"), d.T("timeline.state")}, Widths: []int{5, 3, 2, 2}}
	for _, o := range all {
		became := joined(", ", d.T("owed."+o.State), d.Date(o.On))
		table.Rows = append(table.Rows, []Text{d.quoted(o.Title), said(d.body(o.OwedBy)), said(d.Date(o.Due)), said(became)})
	}
	d.add(table)
}

// factsheet tells the public of the cycle: its priorities, how many of its plans were adopted,
// and what was reported, as far as the public may read that.
func factsheet(d *desk) error {
	c := d.cycle
	d.paper.Subject = d.quoted(c.Title)
	d.today(d.T("paper.factsheet"), "")
	d.add(Paragraph{said(d.stage())})
	d.add(Paragraph{said(d.T("cycle.implementation_window") + ": " + d.Date(c.ImplementationWindow.From) + " – " + d.Date(c.ImplementationWindow.To))})
	d.heading(d.T("paper.priorities"))
	if slices.ContainsFunc(c.Priorities, func(p service.Priority) bool { return p.Proposed }) {
		d.add(Note{said(d.T("cycle.proposed"))})
	}
	for i, p := range inForce(c.Priorities) {
		item := Item{Number: i + 1, Text: d.quoted(p.Title)}
		if p.Aim != "" {
			item.Lines = []Text{d.quoted(p.Aim)}
		}
		d.add(item)
	}
	d.heading(d.T("cycle.plans"))
	table := Table{Head: []string{d.T("paper.period"), d.T("paper.planned"), d.T("paper.adopted")}, Widths: []int{4, 2, 2}}
	for _, p := range c.Periods {
		adopted := 0
		for _, s := range p.OAPs {
			if s.Outcome.Positive() {
				adopted++
			}
		}
		table.Rows = append(table.Rows, []Text{said(p.Key), said(d.Number(int64(len(p.OAPs)))), said(d.Number(int64(adopted)))})
	}
	d.add(table)
	d.heading(d.T("results.title"))
	sum, err := d.sum(rules.SummaryFilter{})
	if keptFrom(err) {
		d.add(Paragraph{said(d.T("paper.not_public"))})
		return nil
	}
	if err != nil {
		return err
	}
	d.totals(sum.Totals)
	return nil
}

// inForce gives the priorities that were not withdrawn.
func inForce(all []service.Priority) []service.Priority {
	return slices.DeleteFunc(slices.Clone(all), func(p service.Priority) bool { return !p.Withdrawn.IsZero() })
}
