package rules

import (
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// SummaryFilter says which reports are added up; zero fields do not narrow.
type SummaryFilter struct {
	Year   int         // in which the time ends that the round covers
	Period string      // its key
	State  policy.Body // only actions in which it takes part
	// Priority is the key of the one to whose plans it is narrowed.
	Priority string
}

// Summary adds up what was reported, from the same rows whoever asks: the
// Commission for its annual report, a State for its national report, an
// evaluator for the cycle. Nothing in it is typed.
type Summary struct {
	Plans  []PlanSummary `json:"plans"`
	Totals Sums          `json:"totals"`
	// Missing lists the reports that fell due and were not handed in, by path.
	Missing []string `json:"missing"`
	// Elsewhere lists the reports that were handed in, and whose figures are not kept here.
	Elsewhere []string `json:"elsewhere,omitempty"`
	// Discrepancies says where figures do not reconcile or compare: totals and their parts,
	// reports and registers, what was counted by different rules.
	Discrepancies []string `json:"discrepancies"`
	// Remarks are the same, and of what they were made.
	Remarks []policy.Remark `json:"-"`
}

// PlanSummary is one OAP in a summary: the status that each action reported
// last, and its figures added up.
type PlanSummary struct {
	Plan   string `json:"plan"` // PERIOD/OAP
	Title  string `json:"title"`
	Totals Sums   `json:"totals"`
}

// Summarise adds up the reports that a filter lets through.
func (d *Snapshot) Summarise(filter SummaryFilter) *Summary {
	s := &Summary{Plans: []PlanSummary{}, Missing: []string{}, Discrepancies: []string{}}
	whole := d.adder()
	plans := map[policy.Subject]*adder{}
	var order []policy.Entry
	for _, e := range d.WholeAgenda() {
		if e.Subject.Kind != policy.KindReport || !d.lets(filter, e) {
			continue
		}
		content, kept := contentOf[*policy.Report](d, e.Subject)
		if !kept {
			switch handedIn := d.Standings[e.Subject].Version > 0; {
			case handedIn:
				s.Elsewhere = append(s.Elsewhere, e.Subject.Path())
			case d.Today.After(e.Due) && d.Standings[e.Subject].Outcome != policy.Discontinued:
				s.Missing = append(s.Missing, e.Subject.Path())
			}
			continue
		}
		for _, said := range append(d.differences(e.Subject, content), d.discrepancies(e.Subject, content)...) {
			s.Remarks = append(s.Remarks, policy.Say("%s: %s", e.Subject.Path(), said))
		}
		plan, part := e.Subject.Plan(), d.partOf(e.Subject.Plan(), content, filter.State)
		if len(part.Actions)+len(part.Days) == 0 {
			continue
		}
		if plans[plan] == nil {
			plans[plan] = d.adder()
			order = append(order, e)
		}
		plans[plan].report("", e.Subject, part)
		whole.report(plan.Path()+"/", e.Subject, part) // codes repeat from plan to plan
	}
	for _, e := range order {
		plan, title := e.Subject.Plan(), e.Title
		if entry, known := d.Known(plan); known {
			title = entry.Title
		}
		s.Plans = append(s.Plans, PlanSummary{Plan: plan.Period + "/" + plan.Key, Title: title, Totals: plans[plan].whole()})
	}
	s.Totals, s.Remarks = whole.whole(), append(s.Remarks, whole.breaks()...)
	s.Discrepancies = append(s.Discrepancies, messages(s.Remarks)...)
	return s
}

// lets says whether a filter lets a report through. A round belongs to the year in which the
// time ends that it covers, whenever it falls due.
func (d *Snapshot) lets(f SummaryFilter, e policy.Entry) bool {
	return (f.Year == 0 || d.yearOf(e) == f.Year) && (f.Period == "" || e.Subject.Period == f.Period) &&
		(f.Priority == "" || e.Priority == f.Priority)
}

func (d *Snapshot) yearOf(e policy.Entry) int {
	if cover := d.CoverOf(e.Subject); !cover.To.IsZero() {
		return cover.To.Year()
	}
	return e.Due.Year()
}

// partOf gives the part of a report that is about the actions in which a State
// takes part; joint action days belong to all States together.
func (d *Snapshot) partOf(plan policy.Subject, r *policy.Report, state policy.Body) *policy.Report {
	content := d.PlanInForce(plan)
	if state == "" || content == nil {
		return r
	}
	takesPart := map[string]bool{} // in which actions, by their codes
	for i := range content.Actions {
		o := &content.Actions[i]
		takesPart[o.Code] = slices.Contains(o.Everybody(), state)
	}
	part := new(policy.Report)
	for _, a := range r.Actions {
		if takesPart[a.Action] {
			part.Actions = append(part.Actions, a)
		}
	}
	return part
}

// Owed is one occurrence of a reporting obligation.
type Owed struct {
	Subject string                `json:"subject"` // its path
	Title   string                `json:"title"`
	Kind    policy.ObligationKind `json:"kind,omitempty"`
	OwedBy  policy.Body           `json:"owed_by"`
	Due     policy.Date           `json:"due"`
	// State is met, late, lapsed, overdue or to-come.
	State string      `json:"state"`
	On    policy.Date `json:"on,omitzero"` // when it was met, or a later one was
	// Delivered are the recipients of which there is evidence of delivery.
	Delivered []policy.Body `json:"delivered,omitempty"`
	// Missing are the other recipients; empty before it is met.
	Missing []policy.Body `json:"missing,omitempty"`
}

// Obligations lists every occurrence of every reporting obligation, with its
// evidence of delivery.
func (d *Snapshot) Obligations() []Owed {
	owed := []Owed{}
	for _, o := range d.Definition.Obligations {
		for _, due := range o.Due {
			subject := policy.Subject{Cycle: d.Definition.Key, Kind: policy.KindObligation, Key: o.Key, Round: due.String()}
			s := d.Standings[subject]
			line := Owed{Subject: subject.Path(), Title: o.Title, Kind: o.Kind, OwedBy: o.OwedBy, Due: due, On: s.ClosedOn}
			switch {
			case s.Outcome == policy.Lapsed:
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
					if _, proven := rowOf[*policy.DeliveryProof](d, policy.RegDeliveries, key); proven {
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
