package rules

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// Sums are what was reported, added up.
type Sums struct {
	Actions  int                  `json:"actions"`
	Statuses []policy.StatusCount `json:"statuses,omitempty"`
	Figures  []Sum                `json:"figures,omitempty"`
}

// Sum is what an indicator comes to. Figures of different units are never added: there is
// then one sum for each unit.
type Sum struct {
	Indicator string        `json:"indicator"`
	Value     policy.Amount `json:"value"`
	Unit      string        `json:"unit,omitempty"` // as the register of indicators has it
	// Break says that the counting rule changed within the time of which the figures of the
	// indicator tell, so that they do not compare.
	Break bool `json:"break,omitempty"`
	Rule  int  `json:"rule,omitempty"` // the version of the counting rule, the last one
}

// counting is how an indicator is counted.
type counting struct {
	rule int // the version of the counting rule
	unit string
}

// indicatorOn gives what the register of indicators has of one on a day; nil for nothing. What
// tells of the time before the register had it is counted as it was at first.
func (d *Snapshot) indicatorOn(indicator string, on policy.Date) (found *policy.Indicator) {
	for _, row := range d.history[policy.RegIndicators] {
		if body, is := row.Body.(*policy.Indicator); is && row.Key == indicator && (found == nil || !row.Date.After(on)) {
			found = body
		}
	}
	return found
}

func (d *Snapshot) countingOn(indicator string, on policy.Date) counting {
	if i := d.indicatorOn(indicator, on); i != nil {
		return counting{i.Version, i.Unit}
	}
	return counting{}
}

// figuresOf goes through the figures of a report, each with the time of which it tells: that
// of the round, or that of joint action days.
func (d *Snapshot) figuresOf(subject policy.Subject, r *policy.Report) iter.Seq2[policy.Figure, policy.Window] {
	cover := d.CoverOf(subject)
	return func(yield func(policy.Figure, policy.Window) bool) {
		for _, a := range r.Actions {
			for _, f := range a.Figures {
				if !yield(f, cover) {
					return
				}
			}
		}
		for _, day := range r.Days {
			for _, f := range day.Figures {
				if !yield(f, d.timeOf(day.Day, cover)) {
					return
				}
			}
		}
	}
}

// timeOf gives when joint action days were; the time of the round where that is not kept here.
func (d *Snapshot) timeOf(day string, cover policy.Window) policy.Window {
	if row, kept := rowOf[*policy.JointActionDay](d, policy.RegDays, day); kept {
		return policy.Window{From: row.From, To: row.To}
	}
	return cover
}

// adder adds figures up, those of each unit apart.
type adder struct {
	d     *Snapshot
	sums  map[string]map[string]*Sum     // by indicator and unit
	rules map[string]map[counting]bool   // how each indicator was counted
	last  map[string]policy.ActionStatus // that each action reported last
}

func (d *Snapshot) adder() *adder {
	return &adder{d: d, sums: map[string]map[string]*Sum{}, rules: map[string]map[counting]bool{}, last: map[string]policy.ActionStatus{}}
}

// report takes a report up. Codes of actions repeat from plan to plan: the prefix tells them
// apart.
func (a *adder) report(prefix string, subject policy.Subject, r *policy.Report) {
	for _, action := range r.Actions {
		a.last[prefix+action.Action] = action.Status
	}
	for f, within := range a.d.figuresOf(subject, r) {
		a.figure(f, within)
	}
}

func (a *adder) figure(f policy.Figure, within policy.Window) {
	if a.sums[f.Indicator] == nil {
		a.sums[f.Indicator], a.rules[f.Indicator] = map[string]*Sum{}, map[counting]bool{}
	}
	began, ended := a.d.countingOn(f.Indicator, within.From), a.d.countingOn(f.Indicator, within.To)
	a.rules[f.Indicator][began], a.rules[f.Indicator][ended] = true, true
	sum := a.sums[f.Indicator][ended.unit]
	if sum == nil {
		sum = &Sum{Indicator: f.Indicator, Unit: ended.unit}
		a.sums[f.Indicator][ended.unit] = sum
	}
	sum.Value, sum.Rule = sum.Value.Plus(f.Value), max(sum.Rule, ended.rule)
}

// of gives what an indicator comes to, in each unit, as the units followed each other.
func (a *adder) of(indicator string) []Sum {
	var sums []Sum
	for _, sum := range a.sums[indicator] {
		sum.Break = len(a.rules[indicator]) > 1
		sums = append(sums, *sum)
	}
	slices.SortFunc(sums, func(a, b Sum) int { return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Unit, b.Unit)) })
	return sums
}

// whole gives all that was added up.
func (a *adder) whole() Sums {
	s := Sums{Actions: len(a.last)}
	count := map[policy.ActionStatus]int{}
	for _, status := range a.last {
		count[status]++
	}
	for _, status := range policy.ActionStatuses {
		if count[status] > 0 {
			s.Statuses = append(s.Statuses, policy.StatusCount{Status: status, Count: count[status]})
		}
	}
	for _, indicator := range slices.Sorted(maps.Keys(a.sums)) {
		s.Figures = append(s.Figures, a.of(indicator)...)
	}
	return s
}

// breaks says of which indicators the figures that were added up do not compare.
func (a *adder) breaks() []policy.Remark {
	var said []policy.Remark
	for _, indicator := range slices.Sorted(maps.Keys(a.sums)) {
		rules := slices.SortedFunc(maps.Keys(a.rules[indicator]), func(a, b counting) int {
			return cmp.Or(cmp.Compare(a.rule, b.rule), cmp.Compare(a.unit, b.unit))
		})
		first, last := rules[0], rules[len(rules)-1]
		switch sums := a.of(indicator); {
		case len(sums) > 1:
			said = append(said, policy.Say("%s was counted in %s at first and in %s at last: each is added up by itself", indicator, sums[0].Unit, sums[len(sums)-1].Unit))
		case len(rules) > 1:
			said = append(said, policy.Say("%s was counted by rule %d at first and by rule %d at last: what is added up does not compare", indicator, first.rule, last.rule))
		}
	}
	return said
}
