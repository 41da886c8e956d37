package policy_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// dated is a definition with two meetings, of which one is known.
func dated() *policy.Definition {
	d := &policy.Definition{
		Format: 1, Key: "spring", Title: "Spring",
		PolicyWindow:         policy.Window{From: date("2021-01-01"), To: date("2021-12-31")},
		ImplementationWindow: policy.Window{From: date("2022-01-01"), To: date("2025-12-31")},
		Assessment:           policy.Assessment{Kind: policy.SOCTA, Title: "SOCTA 2021", Due: date("2021-04-12")},
		Conclusions:          policy.Milestone{Due: date("2021-05-26")},
		Evaluation:           policy.OpenMilestone{Opens: date("2024-07-01"), Due: date("2025-10-31")},
		Chains:               map[policy.Kind]policy.Chain{policy.KindOAP: {SubmitDaysBefore: 42, Through: []policy.Step{{Body: policy.COSI}}}},
		MASP:                 policy.MASP{PerPriority: true, Drafting: date("2021-06-01"), Due: date("2021-10-20")},
		Meetings: []policy.PlannedMeeting{
			{Key: "cosi", Title: "COSI", Body: policy.COSI, On: date("2021-05-11")},
			{Key: "council", Title: "Council", Body: policy.Council, On: date("2021-05-26")},
		},
		Stores: []string{"oap"},
	}
	d.Illustrative = []string{"title", "policy_window", "implementation_window", "assessment", "evaluation", "chains", "masp", "meetings"}
	d.Sources = []policy.Cited{{Source: "Council, press release of 26 May 2021", Parts: []string{"conclusions", "meetings[council]"}}}
	return d
}

func TestProvenance_TellsWhatASourceGives(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(d *policy.Definition)
		want   policy.Provenance
	}{
		"everything is accounted for": {func(*policy.Definition) {}, policy.Provenance{Sourced: 4, Illustrative: 18}},
		"nothing is said of two values": {func(d *policy.Definition) {
			d.Illustrative = slices.DeleteFunc(d.Illustrative, func(part string) bool { return part == "title" })
			d.Sources[0].Parts[0] = "conclusions.on"
		}, policy.Provenance{Sourced: 3, Illustrative: 17, Open: []string{"conclusions.due", "title"}, Idle: []string{"conclusions.on"}}},
		"one of each item": {func(d *policy.Definition) { d.Illustrative[7] = "meetings[].on" },
			policy.Provenance{Sourced: 4, Illustrative: 16, Open: []string{"meetings[cosi].body", "meetings[cosi].title"}}},
		"an item by its number": {func(d *policy.Definition) { d.Illustrative[7] = "meetings[0]" }, policy.Provenance{Sourced: 4, Illustrative: 18}},
		"an item that is not there": {func(d *policy.Definition) { d.Illustrative[7] = "meetings[2]" }, policy.Provenance{
			Sourced: 4, Illustrative: 15, Open: []string{"meetings[cosi].body", "meetings[cosi].on", "meetings[cosi].title"}, Idle: []string{"meetings[2]"},
		}},
		"a list in a map": {func(d *policy.Definition) { d.Illustrative[5] = "chains.oap.through[].body" }, policy.Provenance{
			Sourced: 4, Illustrative: 17, Open: []string{"chains.oap.submit_days_before"},
		}},
		"a list is named without its items": {func(d *policy.Definition) { d.Illustrative[7] = "meetings.on" }, policy.Provenance{
			Sourced: 4, Illustrative: 15, Open: []string{"meetings[cosi].body", "meetings[cosi].on", "meetings[cosi].title"}, Idle: []string{"meetings.on"},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := dated()
			test.change(d)
			got, err := d.Provenance()
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Open) == 0 {
				got.Open = nil
			}
			if len(got.Idle) == 0 {
				got.Idle = nil
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Whatever parts are named: each value counts once, and a source never takes one away.
func TestProvenance_CountsEachValueOnce(t *testing.T) {
	t.Parallel()
	part := rapid.SampledFrom([]string{
		"title", "meetings", "meetings[]", "meetings[].on", "meetings[cosi].on", "meetings[1]", "masp.due", "chains.oap", "nowhere", "", "a[", "[].x", "evaluation..",
	})
	rapid.Check(t, func(t *rapid.T) {
		d := dated()
		d.Illustrative = rapid.SliceOf(part).Draw(t, "illustrative")
		d.Sources[0].Parts = rapid.SliceOf(part).Draw(t, "parts")
		got, err := d.Provenance()
		if err != nil {
			t.Fatal(err)
		}
		if all := got.Sourced + got.Illustrative + len(got.Open); all != 22 {
			t.Fatalf("%d values: %+v", all, got)
		}
		d.Illustrative = nil
		if alone, err := d.Provenance(); err != nil || alone.Sourced != got.Sourced {
			t.Fatalf("%d are sourced, %d without what is illustrative (%v)", got.Sourced, alone.Sourced, err)
		}
	})
}

func TestValidate_WantsASourceAndWhatItGives(t *testing.T) {
	t.Parallel()
	d := dated()
	d.Sources = []policy.Cited{{Parts: []string{"title"}}, {Source: "Council"}}
	for _, field := range []string{"sources[0].source", "sources[1].parts"} {
		if !slices.ContainsFunc(d.Validate(), func(p policy.Problem) bool { return p.Field == field && p.Message == "is missing" }) {
			t.Errorf("%s: %v", field, d.Validate())
		}
	}
}
