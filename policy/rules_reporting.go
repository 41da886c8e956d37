package policy

import "slices"

// reportingRules hold the Commission's annual report: S23, S24, S26.
func reportingRules() []Rule {
	return []Rule{{
		ID: "S23", Title: "The first annual report goes to Parliament and Council in time", Severity: Warns, Bites: "reporting obligations",
		Checks: "the Commission's first annual report was given by its due date, to both, with evidence of delivery to each",
		Source: "INVITES the Commission to submit to the European Parliament and the Council by the end of 2011 its first annual report",
		check: func(d *Dossier, report reporter) {
			for _, o := range d.annualReports() {
				o.Due = o.Due[:min(1, len(o.Due))]
				d.checkObligation(o, report)
				for _, body := range []Body{EuropeanParliament, Council} {
					if !slices.Contains(o.To, body) {
						report(Finding{Record: "obligation/" + o.Key, Mend: []Body{GeneralSecretariat}}, "%s is not owed to the %s", o.Title, body.Title())
					}
				}
			}
		},
	}, {
		ID: "S24", Title: "Annual reporting goes on", Severity: Warns, Bites: "reporting obligations",
		Checks: "a report was given for every year after the first, to each recipient; a year without one is a gap",
		Source: "its first annual report … in its annual reporting",
		check: func(d *Dossier, report reporter) {
			for _, o := range d.annualReports() {
				o.Due = o.Due[min(1, len(o.Due)):]
				d.checkObligation(o, report)
			}
		},
	}, {
		ID: "S26", Title: "Annual reporting takes account of the cycle's reports", Severity: Warns, Bites: "reporting obligations",
		Checks: "every annual report names each progress report of the cycle that was settled in the time it covers",
		Source: "to take account, in its annual reporting, of the reporting mechanism set out in the EU policy cycle",
		Needs:  []string{string(KindObligation)}, check: checkAccount,
	}}
}

// annualReports lists the obligations to report every year, with their dates in
// order.
func (d *Dossier) annualReports() []Obligation {
	all := slices.DeleteFunc(slices.Clone(d.Definition.Obligations), func(o Obligation) bool { return o.Kind != AnnualReport })
	for i := range all {
		all[i].Due = slices.SortedFunc(slices.Values(all[i].Due), func(a, b Date) int { return b.DaysUntil(a) })
	}
	return all
}

// checkObligation looks at each occurrence of an obligation: whether it was met
// in time, and reached each recipient.
func (d *Dossier) checkObligation(o Obligation, report reporter) {
	for _, due := range o.Due {
		subject := Subject{Cycle: d.Definition.Key, Kind: KindObligation, Key: o.Key, Round: due.String()}
		f := Finding{Subject: subject.Path(), Record: subject.Path(), Mend: []Body{o.OwedBy}}
		s := d.Standings[subject]
		if s.Positive() && s.ClosedOn.After(due) {
			late := f
			late.Severity = Informs // nobody can mend it any more
			report(late, "%s was due on %s and came on %s", o.Title, due, s.ClosedOn)
		}
		switch {
		case s.Outcome == Lapsed:
			report(f, "no report was given for %d: %s, due on %s, was followed only by the next one on %s", due.Year(), o.Title, due, s.ClosedOn)
		case !s.Positive() && d.Today.After(due):
			report(f, "%s was due on %s and is not there", o.Title, due)
		case s.Positive() && Keep(d.Definition, RegDeliveries):
			d.checkDeliveries(o, due, s, f, report)
		}
	}
}

func (d *Dossier) checkDeliveries(o Obligation, due Date, s Standing, f Finding, report reporter) {
	const grace = 30 // days from the report to the evidence of its delivery
	if !d.Today.After(s.ClosedOn.AddDays(grace)) && !d.ended() {
		return
	}
	for _, body := range o.To {
		key := o.Key + "/" + due.String() + "/" + string(body)
		f.Record = "deliveries/" + key
		if _, proven := rowOf[*DeliveryProof](d, RegDeliveries, key); !proven {
			report(f, "there is no evidence that %s of %s reached the %s", o.Title, s.ClosedOn, body.Title())
		}
	}
}

func checkAccount(d *Dossier, report reporter) {
	var reports []Standing
	for _, e := range d.Agenda() {
		if s := d.Standings[e.Subject]; e.Subject.Kind == KindReport && s.Positive() {
			reports = append(reports, s)
		}
	}
	for _, o := range d.annualReports() {
		for _, due := range o.Due {
			subject := Subject{Cycle: d.Definition.Key, Kind: KindObligation, Key: o.Key, Round: due.String()}
			content, kept := contentOf[*Delivery](d, subject)
			if !kept || !d.Standings[subject].Positive() {
				continue
			}
			for _, s := range reports {
				if path := s.Subject.Path(); content.Covers.Holds(s.ClosedOn) && !slices.Contains(content.Reports, path) {
					report(Finding{Subject: subject.Path(), Record: path, Mend: []Body{Commission}},
						"%s of %s does not take account of %s", o.Title, due, path)
				}
			}
		}
	}
}
