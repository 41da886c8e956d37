package rules

import (
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// reportingRules hold the Commission's annual report: S23, S24, S26.
func reportingRules() []Rule {
	yearly := owed(commission, policy.AnnualReport)
	return []Rule{{
		ID: "S23", Place: Place{Paragraph: 18}, Title: "The first annual report goes to Parliament and Council in time", Severity: policy.Warns, Bites: "reporting obligations",
		Checks: "in the cycle of that time: the Commission's first annual report is due by 31 December 2011 and was given by then, to both, with evidence of delivery to each",
		Source: "INVITES the Commission to submit to the European Parliament and the Council by the end of 2011 its first annual report",
		parts: []part{
			{looks: []source{firstReport}, check: checkFirst},
			{looks: []source{firstReport, rowsIn[*policy.DeliveryProof](policy.RegDeliveries)}, check: onAnnual(firstReports, (*Snapshot).checkDelivered)},
		},
	}, {
		ID: "S24", Place: Place{Paragraph: 18}, Title: "Annual reporting goes on", Severity: policy.Warns, Bites: "reporting obligations",
		Checks: "a report is owed and was given for every year after the first, to Parliament, Council and each other recipient; a year without one is a gap",
		Source: "its first annual report … in its annual reporting",
		parts: []part{
			{looks: []source{yearly}, check: onAnnual(laterReports, (*Snapshot).checkAnnual)},
			{looks: []source{yearly}, check: checkYears},
			{looks: []source{yearly, rowsIn[*policy.DeliveryProof](policy.RegDeliveries)}, check: onAnnual(laterReports, (*Snapshot).checkDelivered)},
		},
	}, {
		ID: "S26", Place: Place{Paragraph: 18}, Title: "Annual reporting takes account of the cycle's reports", Severity: policy.Warns,
		Bites:  "reporting obligations",
		Checks: "the annual report of a time names each progress report of the cycle that tells of it; one that was settled later is named by the next",
		Source: "to take account, in its annual reporting, of the reporting mechanism set out in the EU policy cycle",
		parts:  []part{{looks: []source{yearly, documents(policy.KindObligation)}, check: checkAccount}},
	}}
}

// endOf2011 is by when the conclusions want the first annual report.
var endOf2011 = policy.NewDate(2011, 12, 31)

// ofFirstReport says whether the cycle is the one of the first annual report.
func (d *Snapshot) ofFirstReport() bool {
	return policy.Window{From: d.Definition.PolicyWindow.From, To: d.Definition.ImplementationWindow.To}.Holds(endOf2011)
}

// firstReport is the first annual report, in the cycle of that time alone.
var firstReport = source{"", func(d *Snapshot, c *Coverage) policy.Remark {
	if !d.ofFirstReport() {
		return policy.Say("the first annual report was due by %s, in another cycle", endOf2011)
	}
	return owed(commission, policy.AnnualReport).count(d, c)
}}

// firstReports and laterReports give the due dates of an obligation that are about the first
// annual report, and about those after it.
func firstReports(d *Snapshot, due []policy.Date) []policy.Date {
	if !d.ofFirstReport() {
		return nil
	}
	return due[:min(1, len(due))]
}

func laterReports(d *Snapshot, due []policy.Date) []policy.Date {
	return due[len(firstReports(d, due)):]
}

// onAnnual makes a check of some of the annual reports.
func onAnnual(which func(*Snapshot, []policy.Date) []policy.Date, check func(*Snapshot, policy.Obligation, reporter)) func(*Snapshot, reporter) {
	return func(d *Snapshot, report reporter) {
		for _, o := range d.annualReports() {
			if o.Due = which(d, o.Due); len(o.Due) > 0 {
				check(d, o, report)
			}
		}
	}
}

func checkFirst(d *Snapshot, report reporter) {
	onAnnual(firstReports, func(d *Snapshot, o policy.Obligation, report reporter) {
		if o.Due[0].After(endOf2011) {
			report(policy.Finding{Record: "obligation/" + o.Key, Mend: []policy.Body{policy.GeneralSecretariat}},
				"%s is due on %s: the conclusions want the first one by %s", o.Title, o.Due[0], endOf2011)
		}
		d.checkAnnual(o, report)
	})(d, report)
}

// checkAnnual looks whether annual reports are owed to both, and were given in time.
func (d *Snapshot) checkAnnual(o policy.Obligation, report reporter) {
	d.checkObligation(o, report)
	for _, body := range []policy.Body{policy.EuropeanParliament, policy.Council} {
		if !slices.Contains(o.To, body) {
			f := policy.Finding{Record: "obligation/" + o.Key, Mend: []policy.Body{policy.GeneralSecretariat}}
			report(f, "%s is not owed to the %s", o.Title, d.Definition.Bodies.Title(body))
		}
	}
}

// checkYears tells of years of the cycle that are over and for which no report was ever owed.
func checkYears(d *Snapshot, report reporter) {
	years := map[int]bool{}
	all := d.annualReports()
	for _, o := range all {
		for _, due := range o.Due {
			years[due.Year()] = true
		}
	}
	window := d.Definition.ImplementationWindow
	for year := window.From.Year(); len(all) > 0 && year <= window.To.Year() && year < d.Today.Year(); year++ {
		if !years[year] {
			report(policy.Finding{Record: "obligation/" + all[0].Key, Mend: []policy.Body{policy.Commission, policy.GeneralSecretariat}}, "no annual report is owed for %d", year)
		}
	}
}

var (
	commission = []policy.Body{policy.Commission}
	council    = []policy.Body{policy.Council}
)

// annualReports lists the obligations to report every year, with their dates in
// order.
func (d *Snapshot) annualReports() []policy.Obligation {
	all := slices.DeleteFunc(slices.Clone(d.Definition.Obligations), func(o policy.Obligation) bool { return o.Kind != policy.AnnualReport })
	for i := range all {
		all[i].Due = slices.SortedFunc(slices.Values(all[i].Due), func(a, b policy.Date) int { return b.DaysUntil(a) })
	}
	return all
}

// obligations lists the obligations of some kinds that some bodies owe.
func (d *Snapshot) obligations(by []policy.Body, kinds ...policy.ObligationKind) []policy.Obligation {
	return slices.DeleteFunc(slices.Clone(d.Definition.Obligations), func(o policy.Obligation) bool {
		return !slices.Contains(kinds, o.Kind) || !slices.Contains(by, o.OwedBy)
	})
}

// occurrence gives the subject of an obligation that is due on a day.
func (d *Snapshot) occurrence(o policy.Obligation, due policy.Date) policy.Subject {
	return policy.Subject{Cycle: d.Definition.Key, Kind: policy.KindObligation, Key: o.Key, Round: due.String()}
}

// checkObligation looks at each occurrence of an obligation: whether it was met in time.
func (d *Snapshot) checkObligation(o policy.Obligation, report reporter) {
	for _, due := range o.Due {
		subject := d.occurrence(o, due)
		f := policy.Finding{Subject: subject.Path(), Record: subject.Path(), Mend: []policy.Body{o.OwedBy}}
		s := d.Standings[subject]
		if s.Positive() && s.ClosedOn.After(due) {
			late := f
			late.Severity = policy.Informs // nobody can mend it any more
			report(late, "%s was due on %s and came on %s", o.Title, due, s.ClosedOn)
		}
		switch {
		case s.Outcome == policy.Lapsed:
			report(f, "no report was given for %d: %s, due on %s, was followed only by the next one on %s", due.Year(), o.Title, due, s.ClosedOn)
		case !s.Positive() && d.Today.After(due):
			report(f, "%s was due on %s and is not there", o.Title, due)
		}
	}
}

// checkDelivered looks whether each report that was given reached each recipient.
func (d *Snapshot) checkDelivered(o policy.Obligation, report reporter) {
	for _, due := range o.Due {
		subject := d.occurrence(o, due)
		if s := d.Standings[subject]; s.Positive() {
			d.checkDeliveries(o, due, s, policy.Finding{Subject: subject.Path(), Mend: []policy.Body{o.OwedBy}}, report)
		}
	}
}

func (d *Snapshot) checkDeliveries(o policy.Obligation, due policy.Date, s policy.Standing, f policy.Finding, report reporter) {
	const grace = 30 // days from the report to the evidence of its delivery
	if !d.Today.After(s.ClosedOn.AddDays(grace)) && !d.ended() {
		return
	}
	for _, body := range o.To {
		key := o.Key + "/" + due.String() + "/" + string(body)
		f.Record = "deliveries/" + key
		if _, proven := rowOf[*policy.DeliveryProof](d, policy.RegDeliveries, key); !proven {
			report(f, "there is no evidence that %s of %s reached the %s", o.Title, s.ClosedOn, d.Definition.Bodies.Title(body))
		}
	}
}

func checkAccount(d *Snapshot, report reporter) {
	for _, o := range d.annualReports() {
		given := d.annualReportsGiven(o)
		for _, e := range d.WholeAgenda() {
			s := d.Standings[e.Subject]
			if e.Subject.Kind != policy.KindReport || !s.Positive() {
				continue
			}
			path, tells := e.Subject.Path(), d.CoverOf(e.Subject).To
			if tells.IsZero() { // no round that is known
				tells = s.ClosedOn
			}
			if slices.ContainsFunc(given, func(g annual) bool { return slices.Contains(g.content.Reports, path) }) {
				continue
			}
			of := slices.IndexFunc(given, func(g annual) bool { return g.content.Covers.Holds(tells) })
			if of < 0 { // none was given of that time
				continue
			}
			left := slices.DeleteFunc(slices.Clone(given[of:]), func(g annual) bool { return g.on.Before(s.ClosedOn) }) // it could not name it
			if len(left) > 0 {
				report(policy.Finding{Subject: left[0].subject.Path(), Record: path, Mend: []policy.Body{policy.Commission}},
					"%s of %s does not take account of %s", o.Title, left[0].subject.Round, e.Title)
			}
		}
	}
}

// annual is an annual report that was given and is kept here.
type annual struct {
	subject policy.Subject
	on      policy.Date
	content *policy.Delivery
}

// annualReportsGiven lists those of an obligation, the first one first.
func (d *Snapshot) annualReportsGiven(o policy.Obligation) []annual {
	var given []annual
	for _, due := range o.Due {
		subject := d.occurrence(o, due)
		if content, kept := contentOf[*policy.Delivery](d, subject); kept && d.Standings[subject].Positive() {
			given = append(given, annual{subject, d.Standings[subject].ClosedOn, content})
		}
	}
	slices.SortStableFunc(given, func(a, b annual) int { return a.on.Compare(b.on) })
	return given
}
