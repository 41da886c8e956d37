package policy_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

// brings gives an act as it stands in the record.
func brings(id string, kind policy.ActKind, day string, version int, more ...func(*policy.Recorded)) policy.Recorded {
	r := policy.Recorded{ID: id, Act: policy.Act{Kind: kind, Date: date(day), Version: version, Content: "sha256:" + id}}
	for _, m := range more {
		m(&r)
	}
	return r
}

func TestTextInForce_IsTheTextThatTookEffectLast(t *testing.T) {
	t.Parallel()
	substantive := func(r *policy.Recorded) { r.Substantive = true }
	file := func(r *policy.Recorded) { r.Version = 0 }
	rectifies := func(id string) func(*policy.Recorded) { return func(r *policy.Recorded) { r.Rectifies = id } }
	adopts := func(id, day string) map[string]policy.Standing {
		return map[string]policy.Standing{id: {State: policy.StateClosed, Outcome: policy.Adopted, ClosedOn: date(day)}}
	}
	first, second := brings("v1", policy.ActSubmit, "2021-10-01", 1), brings("v2", policy.ActSubmit, "2021-11-01", 2)
	for name, test := range map[string]struct {
		records []policy.Recorded
		adopted map[string]policy.Standing
		want    string
	}{
		"nothing was handed in":                                {want: ""},
		"the version handed in":                                {records: []policy.Recorded{first}, want: "v1"},
		"the one handed in last":                               {records: []policy.Recorded{first, second}, want: "v2"},
		"as it was rectified":                                  {records: []policy.Recorded{first, brings("r", policy.ActSubmit, "2021-10-02", 1, rectifies("v1"))}, want: "r"},
		"an older one, rectified":                              {records: []policy.Recorded{first, second, brings("r", policy.ActSubmit, "2021-10-02", 2, rectifies("v1"))}, want: "v2"},
		"a linguistic corrigendum":                             {records: []policy.Recorded{first, brings("cor", policy.ActCorrect, "2022-01-10", 2)}, want: "cor"},
		"a corrigendum that says what is to be read otherwise": {records: []policy.Recorded{first, brings("cor", policy.ActCorrect, "2022-01-10", 0, file)}, want: "v1"},
		"a substantive one that waits":                         {records: []policy.Recorded{first, brings("cor", policy.ActCorrect, "2022-01-10", 2, substantive)}, want: "v1"},
		"a substantive one that was adopted": {
			records: []policy.Recorded{first, brings("cor", policy.ActCorrect, "2022-01-10", 2, substantive)}, adopted: adopts("cor", "2022-03-01"), want: "cor",
		},
		"the last of two": {
			records: []policy.Recorded{first, brings("one", policy.ActCorrect, "2022-01-10", 2), brings("two", policy.ActCorrect, "2022-01-10", 3)}, want: "two",
		},
		"a substantive one that was adopted after a linguistic one": {
			records: []policy.Recorded{first, brings("one", policy.ActCorrect, "2022-01-10", 2, substantive), brings("two", policy.ActCorrect, "2022-02-01", 3)},
			adopted: adopts("one", "2022-03-01"), want: "one",
		},
		"a linguistic one after a substantive one was adopted": {
			records: []policy.Recorded{first, brings("one", policy.ActCorrect, "2022-01-10", 2, substantive), brings("two", policy.ActCorrect, "2022-04-01", 3)},
			adopted: adopts("one", "2022-03-01"), want: "two",
		},
		"a new version after a corrigendum": {
			records: []policy.Recorded{first, brings("cor", policy.ActCorrect, "2022-01-10", 2), brings("v3", policy.ActSubmit, "2022-02-01", 3)}, want: "v3",
		},
	} {
		text := policy.TextInForce(test.records, test.adopted)
		switch {
		case test.want == "" && text != nil, test.want != "" && text == nil:
			t.Errorf("%s: %+v", name, text)
		case text != nil && text.Content != "sha256:"+test.want:
			t.Errorf("%s: %s instead of %s", name, text.Content, test.want)
		}
	}
}

// Whatever brings a text, also one that has no effect, has a number of its own.
func TestNextText_IsGivenToNobodyElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var records []policy.Recorded
		numbers := map[int]bool{}
		for i := range rapid.IntRange(1, 12).Draw(t, "acts") {
			next := policy.NextText(records)
			r := brings(fmt.Sprint(i), rapid.SampledFrom([]policy.ActKind{policy.ActSubmit, policy.ActCorrect, policy.ActDecide}).Draw(t, "kind"), "2021-10-01", next)
			switch {
			case r.Kind == policy.ActDecide:
				r.Version = rapid.IntRange(0, next-1).Draw(t, "version")
			case numbers[next]:
				t.Fatalf("%d is given twice in %+v", next, records)
			default:
				numbers[next] = true
			}
			records = append(records, r)
		}
	})
}

func TestRecordsAdopting_TellsByWhichItemACorrigendumWasAdopted(t *testing.T) {
	t.Parallel()
	d := policytest.Cycle("again")
	item := d.Opened(policy.Opening{Title: "Corrected", Due: date("2021-07-01"), Through: []policy.Body{policy.Council}, Adopts: "cor"}, on("item/cor"), date("2021-06-01"))
	r := policy.Records{Definition: &d, Items: []policy.Entry{item}, Standings: map[policy.Subject]policy.Standing{}}
	for _, test := range []struct {
		outcome policy.Outcome
		adopted bool
	}{{policy.Adopted, true}, {policy.NotAgreed, false}, {"", false}} {
		s := policy.Standing{Subject: item.Subject, State: policy.StateDeciding}
		if test.outcome != "" {
			s.State, s.Outcome, s.ClosedOn = policy.StateClosed, test.outcome, date("2021-07-01")
		}
		r.Standings[item.Subject] = s
		if _, adopted := r.Adopting()["cor"]; adopted != test.adopted {
			t.Errorf("%q adopts it: %v", test.outcome, adopted)
		}
	}
}
