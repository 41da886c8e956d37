package rules_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
)

// figures draws reports on some actions, round after round, with numbers as they come
// in.
var figures = rapid.SliceOfN(rapid.SliceOfN(rapid.Int64Range(-policy.MaxNumber, policy.MaxNumber), 1, 8), 1, 2)

func reportOf(values []int64) *policy.Report {
	return &policy.Report{Actions: many(len(values), func(i int) policy.ActionReport {
		return policy.ActionReport{Action: fmt.Sprint(i + 1), Status: policy.Ongoing, Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(values[i])}}}
	})}
}

func sumOf(values ...int64) (sum int64) {
	for _, v := range values {
		sum += v
	}
	return sum
}

func figureOf(t interface{ Fatalf(string, ...any) }, totals rules.Sums) int64 {
	if len(totals.Figures) != 1 {
		t.Fatalf("the figures are %+v", totals.Figures)
	}
	return totals.Figures[0].Value.Floor()
}

// added gives a cycle in which the rounds of 2022 on firearms brought these figures, and
// nothing else was reported.
func added(rounds ...[]int64) *rules.Snapshot {
	s := inOrder()
	for subject := range s.Contents {
		if subject.Kind == policy.KindReport {
			delete(s.Contents, subject)
		}
	}
	for i, values := range rounds {
		s.Contents[on("report/2022/firearms/"+[]string{"may", "october"}[i])] = reportOf(values)
	}
	return snapshot(s)
}

func TestSnapshotSummarise_AddsUpExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rounds := figures.Draw(t, "rounds")
		if got, want := reportOf(rounds[0]).Totals().Figures[0].Value.Floor(), sumOf(rounds[0]...); got != want {
			t.Fatalf("a report adds up to %d, want %d", got, want)
		}
		summary, want := added(rounds...).Summarise(rules.SummaryFilter{}), sumOf(slices.Concat(rounds...)...)
		if got := figureOf(t, summary.Totals); got != want {
			t.Fatalf("the summary adds up to %d, want %d", got, want)
		}
		if got := figureOf(t, summary.Plans[0].Totals); got != want {
			t.Fatalf("the plan adds up to %d, want %d", got, want)
		}
	})
}

func TestSnapshotMoney_AddsUpExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amounts := rapid.SliceOfN(rapid.Int64Range(1, policy.MaxNumber), 1, 20).Draw(t, "amounts")
		m := allocates(1, amounts...).Money()
		want := sumOf(amounts...)
		if got := m.Envelopes[0].Allocated; got != want || m.Objectives[0].Amount != want || m.Priorities[0].Amount != want {
			t.Fatalf("%d are allocated, want %d: %+v", got, want, m)
		}
	})
}

// allocates gives a cycle with one envelope and what is allocated of it.
func allocates(envelope int64, amounts ...int64) *rules.Snapshot {
	s := inOrder()
	s.Strike(policy.RegEnvelopes, "")
	s.Strike(policy.RegAllocations, "")
	s.Enter(policy.RegEnvelopes, "isf", "2022-01-01", &policy.Envelope{Source: "isf", From: date("2021-01-01"), To: date("2027-12-31"), Amount: envelope})
	for i, amount := range amounts {
		s.Enter(policy.RegAllocations, fmt.Sprintf("a%d", i), "2022-01-01", &policy.Allocation{Envelope: "isf", Amount: amount, Objective: "criminal-networks", Priority: "firearms"})
	}
	return snapshot(s)
}

// Before numbers were bounded anything could be recorded. A sum that there is no number
// for stays at the last one there is: it is wrong for all to see, and never negative.
func TestSnapshotSummarise_NeverChangesTheSignOfASum(t *testing.T) {
	t.Parallel()
	const most, least = math.MaxInt64, math.MinInt64
	for _, test := range []struct {
		values []int64
		want   int64
	}{{[]int64{most, most}, most}, {[]int64{most, 1}, most}, {[]int64{least, least}, least}, {[]int64{most, least}, -1}, {[]int64{most - 1, 1}, most}} {
		if got := reportOf(test.values).Totals().Figures[0].Value.Floor(); got != test.want {
			t.Errorf("a report of %d adds up to %d, want %d", test.values, got, test.want)
		}
		d := added(test.values[:1], test.values[1:])
		if got := figureOf(t, d.Summarise(rules.SummaryFilter{}).Totals); got != test.want {
			t.Errorf("reports of %d add up to %d, want %d", test.values, got, test.want)
		}
	}
	d := allocates(1_000_000, most, most)
	found, err := d.FindingsOf("S16")
	overdrawn := err == nil && slices.ContainsFunc(found, func(f policy.Finding) bool { return f.Record == "envelopes/isf" })
	if m := d.Money(); m.Envelopes[0].Allocated != most || !overdrawn {
		t.Errorf("%+v; it is found overdrawn: %t", m.Envelopes[0], overdrawn)
	}
}
