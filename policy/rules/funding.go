package rules

import (
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// fundingRules hold the money: S16, S18, S19.
func fundingRules() []Rule {
	money := []source{rowsIn[*policy.Envelope](policy.RegEnvelopes), rowsIn[*policy.Allocation](policy.RegAllocations)}
	return []Rule{{
		ID: "S16", Place: Place{15, 3}, Title: "Funding reflects objectives and priorities", Severity: policy.Warns,
		Checks: "every allocation names a strategic objective and a priority; no envelope is overdrawn; no adopted priority, and no objective that one serves, is left without money once some is set aside",
		Source: "funding for EU internal security … reflects the strategic objectives and priorities of the Internal Security Strategy",
		Bites:  "findings; share of each objective and priority", parts: []part{{looks: money, check: checkTagged}, {looks: slices.Concat(money, []source{priorities}), check: checkShares}}, ratios: (*Snapshot).shares,
	}, {
		ID: "S18", Place: Place{15, 3}, Title: "Funding stays flexible", Severity: policy.Warns,
		Checks: "a reserve is left in the running period; money moved for an emerging threat names the warning and the decision",
		Source: "remains sufficiently flexible to allow for adaptation to new security threats and challenges",
		Bites:  "findings",
		parts: []part{
			{looks: money, check: checkReserve},
			{looks: slices.Concat(money, []source{rowsIn[*policy.Warning](policy.RegWarnings)}), check: checkMoved},
			{looks: []source{rowsIn[*policy.Warning](policy.RegWarnings), rowsIn[*policy.Envelope](policy.RegEnvelopes)}, check: checkWarnings},
		},
	}, {
		ID: "S19", Place: Place{15, 3}, Title: "Funds belong to a financial framework", Severity: policy.Warns,
		Checks: "envelopes, allocations and the funding of actions lie within the financial framework of their source",
		Source: "including within the framework of a potential Internal Security Fund in the next multi-annual financial framework",
		Bites:  "findings",
		parts: []part{
			{looks: money, check: checkFramework},
			{looks: []source{actions(policy.Say("no action names a source of funding"), func(a *policy.OperationalAction) bool { return a.Funding.Source != "" })},
				fields: []policy.PlanField{policy.FieldFundingSource, policy.FieldFrom, policy.FieldTo}, check: checkSources},
		},
	}}
}

// Share is how much money goes where.
type Share struct {
	Name   string `json:"name"`
	Amount int64  `json:"amount"` // whole euro
}

// EnvelopeLine is one envelope and what is left of it.
type EnvelopeLine struct {
	Key string `json:"key"`
	policy.Envelope
	Allocated int64 `json:"allocated"`
}

// Money is where the money of a cycle goes.
type Money struct {
	Envelopes  []EnvelopeLine `json:"envelopes"`
	Objectives []Share        `json:"objectives"`
	Priorities []Share        `json:"priorities"`
	Untagged   int64          `json:"untagged"` // names no objective or no priority
}

// Money adds up the envelopes and allocations.
func (d *Snapshot) Money() Money {
	m := Money{Envelopes: []EnvelopeLine{}, Objectives: []Share{}, Priorities: []Share{}}
	for _, o := range d.Definition.Objectives() {
		m.Objectives = append(m.Objectives, Share{Name: string(o)})
	}
	for _, p := range d.Definition.Priorities {
		if d.Adopted(p) {
			m.Priorities = append(m.Priorities, Share{Name: p.Key})
		}
	}
	for _, row := range rowsOf[*policy.Envelope](d, policy.RegEnvelopes) {
		m.Envelopes = append(m.Envelopes, EnvelopeLine{Key: row.Key, Envelope: *row.body})
	}
	for _, row := range rowsOf[*policy.Allocation](d, policy.RegAllocations) {
		a := row.body
		if at := slices.IndexFunc(m.Envelopes, func(e EnvelopeLine) bool { return e.Key == a.Envelope }); at >= 0 {
			m.Envelopes[at].Allocated = policy.Plus(m.Envelopes[at].Allocated, a.Amount)
		}
		if a.Objective == "" || a.Priority == "" {
			m.Untagged = policy.Plus(m.Untagged, a.Amount)
			continue
		}
		m.Objectives = addShare(m.Objectives, string(a.Objective), a.Amount)
		m.Priorities = addShare(m.Priorities, a.Priority, a.Amount)
	}
	return m
}

// shares gives the share of each priority and each objective in what is set aside.
func (d *Snapshot) shares() []Ratio {
	m := d.Money()
	var ratios []Ratio
	whole := func(shares []Share) (sum int64) {
		for _, s := range shares {
			sum = policy.Plus(sum, s.Amount)
		}
		return sum
	}
	for _, s := range m.Priorities {
		r := Ratio{Of: "priorities/" + s.Name, Title: s.Name, Part: s.Amount, Whole: whole(m.Priorities)}
		if p := d.Definition.Priority(s.Name); p != nil {
			r.Title = p.Title
		}
		ratios = append(ratios, r)
	}
	for _, s := range m.Objectives {
		ratios = append(ratios, Ratio{Of: "objectives/" + s.Name, Title: d.Definition.ObjectiveTitle(policy.Objective(s.Name)), Part: s.Amount, Whole: whole(m.Objectives)})
	}
	return ratios
}

func addShare(shares []Share, name string, amount int64) []Share {
	at := slices.IndexFunc(shares, func(s Share) bool { return s.Name == name })
	if at < 0 {
		return append(shares, Share{name, amount})
	}
	shares[at].Amount = policy.Plus(shares[at].Amount, amount)
	return shares
}

func checkTagged(d *Snapshot, report reporter) {
	for _, row := range rowsOf[*policy.Allocation](d, policy.RegAllocations) {
		f := policy.Finding{Record: "allocations/" + row.Key, Mend: []policy.Body{policy.Commission}}
		if row.body.Objective == "" || row.body.Priority == "" {
			report(f, "%d euro in %s name no objective or no priority", row.body.Amount, row.Key)
		} else if !d.HadPriority(row.body.Priority, row.Date) {
			report(f, "%s names the priority %q, which the cycle does not have", row.Key, row.body.Priority)
		}
		if plan := planNamed(d.Definition.Key, row.body.Action); row.body.Action != "" && d.never(plan, row.body.Action) {
			report(f, "%s pays for %s, an action that %s never had", row.Key, row.body.Action, d.titled(plan))
		}
		if _, there := rowOf[*policy.Envelope](d, policy.RegEnvelopes, row.body.Envelope); !there {
			report(f, "%s draws on the envelope %q, which there is not", row.Key, row.body.Envelope)
		}
	}
	for _, e := range d.Money().Envelopes {
		if e.Allocated > e.Amount {
			report(policy.Finding{Record: "envelopes/" + e.Key, Mend: []policy.Body{policy.Commission}},
				"the envelope %s holds %d euro, %d are allocated", e.Key, e.Amount, e.Allocated)
		}
	}
}

// checkShares tells of what gets no money. Before anything is set aside nothing is missing,
// until the first period is over.
func checkShares(d *Snapshot, report reporter) {
	if len(rowsOf[*policy.Allocation](d, policy.RegAllocations)) == 0 && !d.Today.After(d.Definition.Periods[0].To) {
		return
	}
	m := d.Money()
	for _, share := range m.Priorities {
		p := d.Definition.Priority(share.Name)
		if share.Amount == 0 && p != nil {
			report(policy.Finding{Record: "priorities/" + p.Key, Mend: []policy.Body{policy.Commission, policy.COSI}}, "no money is set aside for the priority %q", p.Title)
		}
	}
	for _, share := range m.Objectives {
		serves := slices.ContainsFunc(d.Definition.Priorities, func(p policy.Priority) bool {
			return d.Adopted(p) && slices.Contains(p.Objectives, policy.Objective(share.Name))
		})
		if share.Amount == 0 && serves {
			report(policy.Finding{Record: "objectives/" + share.Name, Mend: []policy.Body{policy.Commission, policy.COSI}},
				"no money is set aside for the strategic objective %s, which priorities serve", d.Definition.ObjectiveTitle(policy.Objective(share.Name)))
		}
	}
}

// never says whether an adopted OAP never had an action, PERIOD/OAP/CODE.
func (d *Snapshot) never(oap policy.Subject, action string) bool {
	plans := d.allPlans()
	at := slices.IndexFunc(plans, func(p *plan) bool { return p.Subject == oap })
	return at >= 0 && plans[at].standing.Positive() && plans[at].adopted[action[strings.LastIndex(action, "/")+1:]].IsZero()
}

func checkReserve(d *Snapshot, report reporter) {
	reserves := slices.DeleteFunc(d.Money().Envelopes, func(e EnvelopeLine) bool { return !e.Reserve })
	for _, p := range d.Definition.Periods {
		if !(policy.Window{From: p.From, To: p.To}).Holds(d.Today) {
			continue
		}
		left := slices.ContainsFunc(reserves, func(e EnvelopeLine) bool {
			return e.Amount > e.Allocated && policy.Window{From: e.From, To: e.To}.Overlaps(policy.Window{From: p.From, To: p.To})
		})
		if !left {
			report(policy.Finding{Record: "periods/" + p.Key, Mend: []policy.Body{policy.Commission}}, "no reserve is left for new threats in %s", p.Key)
		}
	}
	for _, row := range rowsOf[*policy.Allocation](d, policy.RegAllocations) {
		f := policy.Finding{Record: "allocations/" + row.Key, Mend: []policy.Body{policy.Commission}}
		from, drawn := rowOf[*policy.Envelope](d, policy.RegEnvelopes, row.body.Envelope)
		switch {
		case row.body.Warning != "" && row.body.Decision == "":
			report(f, "%s moves %d euro for an emerging threat without a decision", row.Key, row.body.Amount)
		case drawn && from.Reserve && row.body.Warning == "":
			report(f, "%s draws on the reserve without an emerging threat", row.Key)
		}
	}
}

// checkMoved tells of money that was moved for a warning which there is not.
func checkMoved(d *Snapshot, report reporter) {
	for _, row := range rowsOf[*policy.Allocation](d, policy.RegAllocations) {
		if _, warned := rowOf[*policy.Warning](d, policy.RegWarnings, row.body.Warning); row.body.Warning != "" && !warned {
			report(policy.Finding{Record: "allocations/" + row.Key, Mend: []policy.Body{policy.Commission}},
				"%s names the warning %q, which there is not", row.Key, row.body.Warning)
		}
	}
}

// checkWarnings tells of early warnings that name an item or an envelope which there is not.
func checkWarnings(d *Snapshot, report reporter) {
	for _, row := range rowsOf[*policy.Warning](d, policy.RegWarnings) {
		f := policy.Finding{Record: "warnings/" + row.Key, Mend: []policy.Body{policy.Europol, policy.SupportTeam}}
		item := policy.Subject{Cycle: d.Definition.Key, Kind: policy.KindItem, Key: strings.TrimPrefix(row.body.Item, "item/")}
		if _, opened := d.Standings[item]; row.body.Item != "" && !opened {
			report(f, "%s names the item %q, which there is not", row.body.Title, row.body.Item)
		}
		if _, there := rowOf[*policy.Envelope](d, policy.RegEnvelopes, row.body.Envelope); row.body.Envelope != "" && !there {
			report(f, "%s draws on the envelope %q, which there is not", row.body.Title, row.body.Envelope)
		}
	}
}

func checkFramework(d *Snapshot, report reporter) {
	mend := []policy.Body{policy.Commission}
	for _, row := range rowsOf[*policy.Envelope](d, policy.RegEnvelopes) {
		if e := row.body; !d.Definition.Fund(e.Source).Spans(policy.Window{From: e.From, To: e.To}) {
			report(policy.Finding{Record: "envelopes/" + row.Key, Mend: mend}, "the source %s does not exist from %s to %s", e.Source, e.From, e.To)
		}
	}
	for _, row := range rowsOf[*policy.Allocation](d, policy.RegAllocations) {
		if e, there := rowOf[*policy.Envelope](d, policy.RegEnvelopes, row.body.Envelope); there && !(policy.Window{From: e.From, To: e.To}).Holds(row.Date) {
			report(policy.Finding{Record: "allocations/" + row.Key, Mend: mend}, "%s is of %s, outside its envelope %s", row.Key, row.Date, row.body.Envelope)
		}
	}
}

func checkSources(d *Snapshot, report reporter) {
	onActions(func(a *policy.OperationalAction, say func(string, ...any)) {
		if source := a.Funding.Source; source != "" && !d.Definition.Fund(source).Spans(policy.Window{From: a.From, To: a.To}) {
			say("is to be funded from %s, which does not exist from %s to %s", source, a.From, a.To)
		}
	})(d, report)
}
