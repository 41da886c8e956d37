package policy

import (
	"slices"
	"strings"
)

// SummaryFilter says which reports are added up; zero fields do not narrow.
type SummaryFilter struct {
	Year   int    // in which the round fell due
	Period string // its key
	State  Body   // only actions in which it takes part
}

// Summary adds up what was reported, from the same rows whoever asks: the
// Commission for its annual report, a State for its national report, an
// evaluator for the cycle. Nothing in it is typed.
type Summary struct {
	Plans  []PlanSummary `json:"plans"`
	Totals Totals        `json:"totals"`
	// Missing lists the reports that fell due and are not settled, by path.
	Missing []string `json:"missing"`
	// Discrepancies says where published totals do not reconcile.
	Discrepancies []string `json:"discrepancies"`
	// Remarks are the same, and of what they were made.
	Remarks []Remark `json:"-"`
}

// PlanSummary is one OAP in a summary: the status that each action reported
// last, and its figures added up.
type PlanSummary struct {
	Plan   string `json:"plan"` // PERIOD/OAP
	Title  string `json:"title"`
	Totals Totals `json:"totals"`
}

// Summarise adds up the reports that a filter lets through.
func (d *Dossier) Summarise(filter SummaryFilter) *Summary {
	s := &Summary{Plans: []PlanSummary{}, Missing: []string{}, Discrepancies: []string{}}
	whole := new(Report)
	plans := map[Subject]*Report{}
	var order []Entry
	for _, e := range d.Agenda() {
		if e.Subject.Kind != KindReport || !filter.lets(e) {
			continue
		}
		content, kept := contentOf[*Report](d, e.Subject)
		if !kept {
			if d.Today.After(e.Due) {
				s.Missing = append(s.Missing, e.Subject.Path())
			}
			continue
		}
		for _, discrepancy := range content.Discrepancies() {
			s.Discrepancies, s.Remarks = append(s.Discrepancies, discrepancy.Message), append(s.Remarks, discrepancy)
		}
		plan := e.Subject.Plan()
		if plans[plan] == nil {
			plans[plan] = new(Report)
			order = append(order, e)
		}
		plans[plan].add(d.partOf(plan, content, filter.State))
	}
	for _, e := range order {
		plan := e.Subject.Plan()
		part := plans[plan]
		if len(part.Actions) == 0 {
			continue
		}
		title := e.Title
		if entry, planned := d.entryOf(plan); planned {
			title = entry.Title
		}
		s.Plans = append(s.Plans, PlanSummary{Plan: plan.Period + "/" + plan.Key, Title: title, Totals: part.Totals()})
		for i := range part.Actions { // codes repeat from plan to plan
			part.Actions[i].Action = plan.Period + "/" + plan.Key + "/" + part.Actions[i].Action
		}
		whole.Actions, whole.Days = append(whole.Actions, part.Actions...), append(whole.Days, part.Days...)
	}
	s.Totals = whole.Totals()
	return s
}

func (f SummaryFilter) lets(e Entry) bool {
	return (f.Year == 0 || e.Due.Year() == f.Year) && (f.Period == "" || e.Subject.Period == f.Period)
}

// partOf gives the part of a report that is about the actions in which a State
// takes part; joint action days belong to all States together.
func (d *Dossier) partOf(plan Subject, r *Report, state Body) *Report {
	content := d.PlanInForce(plan)
	if state == "" || content == nil {
		return r
	}
	takesPart := map[string]bool{} // in which actions, by their codes
	for i := range content.Actions {
		o := &content.Actions[i]
		takesPart[o.Code] = slices.Contains(o.Everybody(), state)
	}
	part := new(Report)
	for _, a := range r.Actions {
		if takesPart[a.Action] {
			part.Actions = append(part.Actions, a)
		}
	}
	return part
}

// add takes a later report up: its statuses take the place of the earlier ones,
// its figures are added.
func (r *Report) add(later *Report) {
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
			sum[at].Value = plus(sum[at].Value, f.Value)
		}
	}
	return sum
}

// Owed is one occurrence of a reporting obligation.
type Owed struct {
	Subject string         `json:"subject"` // its path
	Title   string         `json:"title"`
	Kind    ObligationKind `json:"kind,omitempty"`
	OwedBy  Body           `json:"owed_by"`
	Due     Date           `json:"due"`
	// State is met, late, lapsed, overdue or to-come.
	State string `json:"state"`
	On    Date   `json:"on,omitzero"` // when it was met, or a later one was
	// Delivered are the recipients of which there is evidence of delivery.
	Delivered []Body `json:"delivered,omitempty"`
	// Missing are the other recipients; empty before it is met.
	Missing []Body `json:"missing,omitempty"`
}

// Obligations lists every occurrence of every reporting obligation, with its
// evidence of delivery.
func (d *Dossier) Obligations() []Owed {
	owed := []Owed{}
	for _, o := range d.Definition.Obligations {
		for _, due := range o.Due {
			subject := Subject{Cycle: d.Definition.Key, Kind: KindObligation, Key: o.Key, Round: due.String()}
			s := d.Standings[subject]
			line := Owed{Subject: subject.Path(), Title: o.Title, Kind: o.Kind, OwedBy: o.OwedBy, Due: due, On: s.ClosedOn}
			switch {
			case s.Outcome == Lapsed:
				line.State = "lapsed"
			case s.Positive() && s.ClosedOn.After(due):
				line.State = "late"
			case s.Positive():
				line.State = "met"
			case d.Today.After(due):
				line.State = "overdue"
			default:
				line.State = "to-come"
			}
			if s.Positive() {
				for _, to := range o.To {
					key := strings.Join([]string{o.Key, due.String(), string(to)}, "/")
					if _, proven := rowOf[*DeliveryProof](d, RegDeliveries, key); proven {
						line.Delivered = append(line.Delivered, to)
					} else {
						line.Missing = append(line.Missing, to)
					}
				}
			}
			owed = append(owed, line)
		}
	}
	return owed
}
