package policy_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// likely draws an act that mostly passes on a subject that stands there, so
// that long records come about.
func likely(t *rapid.T, f *file) policy.Act {
	s := f.Standing()
	day := policy.Latest(s.LastAct, f.Opened).AddDays(rapid.IntRange(-1, 12).Draw(t, "after")).String()
	switch {
	case s.State == policy.StateDrafting:
		return submits(rapid.SampledFrom(append([]policy.Body{policy.Commission}, s.Turn...)).Draw(t, "by"), day)
	case s.State == policy.StateDeciding && len(f.Entry.Submitters) > 0 && rapid.IntRange(0, 5).Draw(t, "revises") == 0:
		return of(submits(f.Entry.Submitters[0], day), func(a *policy.Act) { a.Digest, a.Revises = fmt.Sprintf("sha256:revision-%d", s.Version+1), s.Version })
	case s.State == policy.StateDeciding && rapid.IntRange(0, 4).Draw(t, "skips") > 0:
		return of(decides(s.Turn[0], rapid.SampledFrom(policy.Outcomes).Draw(t, "outcome"), day), version(s.Version))
	default:
		at := rapid.IntRange(0, len(f.Entry.Turns)-1).Draw(t, "at")
		return of(decides(f.Entry.Turns[at].Body, rapid.SampledFrom(policy.Outcomes).Draw(t, "outcome"), day), func(a *policy.Act) {
			a.Version, a.SkipReason = max(1, s.Version), "They did not meet."
		})
	}
}

// asEntered takes back what Expand made explicit: where the Council does not
// agree, nobody lists the priorities.
func asEntered(a policy.Act) policy.Act {
	if !a.Outcome.Adopts() {
		a.Items = nil
	}
	return a
}

var anyLifePath = rapid.SampledFrom([]string{oap, "masp/general", "priorities", "advisory-document", "report/2022/firearms/may", "review", "item/ukraine"})

// lived draws the record of a subject to which many things happened.
func lived(t *rapid.T) *file {
	f := fileOn(anyLifePath.Draw(t, "subject"))
	f.Entry.Turns = slices.Clone(f.Entry.Turns)
	for i := range f.Entry.Turns {
		f.Entry.Turns[i].Again = rapid.Bool().Draw(t, "again")
	}
	if f.Entry.Subject.Kind == policy.KindPriorities {
		f.Facts.Items = []string{"firearms", "drugs"}
	}
	for range rapid.IntRange(1, 30).Draw(t, "acts") {
		_ = f.Takes(likely(t, f)) // refused or not: the record is what counts
	}
	return f
}

func TestStandingOf_FoldedAnewStandsWhereItStood(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := lived(t)
		fresh := &file{Entry: f.Entry, Opened: f.Opened, Facts: f.Facts}
		for i, r := range f.Records {
			before := fresh.Standing()
			if err := fresh.Takes(asEntered(r.Act)); err != nil {
				t.Fatalf("act %d passed once and is now refused: %v", i, err)
			}
			after := fresh.Standing()
			if before.State == policy.StateClosed {
				t.Fatalf("act %d was recorded on a settled subject", i)
			}
			if after.Version < before.Version || after.Version > before.Version+1 {
				t.Fatalf("the version went from %d to %d", before.Version, after.Version)
			}
			if after.LastAct.Before(before.LastAct) {
				t.Fatalf("the last act went from %s to %s", before.LastAct, after.LastAct)
			}
			if after.State == policy.StateDeciding && (len(after.Turn) != 1 || after.Turn[0] != f.Entry.Turns[after.Turns].Body) {
				t.Fatalf("turn %d is that of %v", after.Turns, after.Turn)
			}
		}
		if diff := cmp.Diff(f.Standing(), fresh.Standing(), plainDates); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Putting an entry right with the same entry may not move anything: neither
// the subject, nor anything that was recorded before or after.
func TestStandingOf_MovesNothingByRectifyingAnEntryByItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := lived(t)
		if len(f.Records) == 0 {
			return
		}
		before := f.Standing()
		r := rapid.SampledFrom(f.Records).Draw(t, "record")
		if err := f.Takes(of(asEntered(r.Act), rectifying(r.ID))); err != nil {
			t.Fatalf("%s by itself: %v", r.ID, err)
		}
		if diff := cmp.Diff(before, f.Standing(), plainDates); diff != "" {
			t.Fatal(diff)
		}
	})
}

// A rectification that passes leads to a record that could have been entered
// right away.
func TestJudge_RectifiesToWhatCouldHaveBeenEntered(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := lived(t)
		if len(f.Records) == 0 {
			return
		}
		at := rapid.IntRange(0, len(f.Records)-1).Draw(t, "record")
		acts := make([]policy.Act, len(f.Records))
		for i, r := range f.Records {
			acts[i] = asEntered(r.Act)
		}
		right := of(acts[at], func(a *policy.Act) {
			a.Date = a.Date.AddDays(rapid.IntRange(-10, 10).Draw(t, "days"))
			if a.Kind == policy.ActDecide {
				a.Outcome, a.Items = rapid.SampledFrom(policy.Outcomes).Draw(t, "outcome"), nil
			}
		})
		if err := f.Takes(of(right, rectifying(f.Records[at].ID))); err != nil {
			return
		}
		acts[at] = right
		fresh := &file{Entry: f.Entry, Opened: f.Opened, Facts: f.Facts}
		for i, act := range acts {
			if err := fresh.Takes(act); err != nil {
				t.Fatalf("with entry %d put right, entry %d is refused: %v", at, i, err)
			}
		}
		if diff := cmp.Diff(fresh.Standing(), f.Standing(), plainDates); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestDaysLate_FollowFromTheDayOfTheAct(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		day  string
		late int
	}{"early": {"2021-12-01", 0}, "on the day": {"2021-12-10", 0}, "the day after": {"2021-12-11", 1}, "in the new year": {"2022-01-10", 31}} {
		f := beforeCOSI(t)
		act := decides(policy.COSI, policy.Adopted, test.day)
		r := policy.Recorded{Act: act, ArrivedOn: date("2024-06-01"), Due: f.Entry.DueOf(act, f.Standing())}
		if r.DaysLate() != test.late {
			t.Errorf("%s: %d days late, want %d", name, r.DaysLate(), test.late)
		}
	}
	f := open(oap) // handing in is due when it is awaited: first when it was planned, then anew
	if due := f.Entry.DueOf(submits("se", "2021-10-20"), f.Standing()); due != date("2021-10-29") {
		t.Errorf("the first version was due on %s", due)
	}
	f.Must(t, submits("se", "2021-10-20"), decides(policy.SupportTeam, policy.ReferredBack, "2021-11-01"))
	if due := f.Entry.DueOf(submits("se", "2021-11-05"), f.Standing()); due != date("2021-11-12") {
		t.Errorf("the second version was due on %s", due)
	}
}

func TestNextNotice_FollowsTheLadderDayByDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ladder := policy.Reminders{BeforeDays: rapid.SliceOfNDistinct(rapid.IntRange(1, 40), 0, 3, rapid.ID).Draw(t, "before"), EscalateDays: rapid.IntRange(2, 40).Draw(t, "escalate")}
		s := policy.Standing{State: policy.StateDeciding, Due: date("2021-10-29")}
		begin := s.Due.AddDays(rapid.IntRange(-60, 60).Draw(t, "begins"))
		var given []policy.Notice
		for today := begin; today.Before(begin.AddDays(200)); today = today.AddDays(1) {
			next, more := policy.NextNotice(s, ladder, given, today)
			if !more || next.On.After(today) {
				continue
			}
			if len(given) > 0 && (next.On != today || !next.On.After(given[len(given)-1].On)) {
				t.Fatalf("on %s it is reminded of %v after %v", today, next, given)
			}
			given = append(given, next)
		}
		// A run that was there all the time gives each step once.
		if want := len(ladder.BeforeDays) + 3; begin.Before(s.Due.AddDays(-40)) && len(given) != want {
			t.Fatalf("%d reminders, want %d: %v", len(given), want, given)
		}
		if given[len(given)-1].Kind != policy.NoticeEscalation {
			t.Fatalf("it ends with %v", given[len(given)-1])
		}
	})
}
