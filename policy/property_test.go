package policy_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

var anyDate = rapid.Custom(func(t *rapid.T) policy.Date {
	return policy.NewDate(rapid.IntRange(2005, 2099).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"))
})

func TestCalendar_ShowsADateFromItsInstantOn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, life := anyDate.Draw(t, "date"), policy.Calendar{}
		at, known := life.Instant(d, time.Time{})
		if shown := life.Today(at); !known || shown != d {
			t.Fatalf("in real life the instant of %s shows %s", d, shown)
		}
		if eve := life.Today(at.Add(-time.Second)); eve != d.AddDays(-1) {
			t.Fatalf("a second before %s it is %s", d, eve)
		}
	})
}

func TestCalendar_OfARehearsalStandsUntilItIsTurned(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start, d := anyDate.Draw(t, "start"), anyDate.Draw(t, "date")
		length := time.Duration(rapid.Int64Range(int64(time.Second), int64(time.Hour)).Draw(t, "year"))
		c, err := policy.NewRehearsalCalendar(start, length)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "now"), 0)
		if shown := c.Today(now); shown != start {
			t.Fatalf("on %s it shows %s, not %s", now, shown, start)
		}
		at, known := c.Instant(d, now)
		if known != !d.After(start) || known && !at.Equal(now) {
			t.Fatalf("%s begins at %s (%v) on %s", d, at, known, start)
		}
		if whole := 365.25 * float64(c.DayLength()); whole < 0.999*float64(length) || whole > 1.001*float64(length) {
			t.Fatalf("its days of %s do not make a year of %s", c.DayLength(), length)
		}
		if back := again(t, c); back != c {
			t.Fatalf("read back it is %+v, want %+v", back, c)
		}
	})
}

func TestNewRehearsalCalendar_WantsASensibleLengthOfYear(t *testing.T) {
	t.Parallel()
	for _, length := range []time.Duration{0, -time.Second, 400 * 24 * time.Hour} {
		if _, err := policy.NewRehearsalCalendar(date("2021-01-01"), length); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("a year of %s: %v", length, err)
		}
	}
}

func TestDate_CountsDaysAsPeopleDo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDate.Draw(t, "date"), rapid.IntRange(-5000, 5000).Draw(t, "days")
		later := d.AddDays(n)
		if d.DaysUntil(later) != n || later.AddDays(-n) != d || later.After(d) != (n > 0) || later.Before(d) != (n < 0) {
			t.Fatalf("%s and %d days make %s", d, n, later)
		}
		read, err := policy.ParseDate(d.String())
		if err != nil || read != d {
			t.Fatalf("%s is read as %s, %v", d, read, err)
		}
	})
	if leap := date("2024-02-28").AddDays(1); leap != date("2024-02-29") {
		t.Errorf("the day after 28 February 2024 is %s", leap)
	}
}

// anyAct draws an act that somebody may try on the OAP on firearms.
var anyAct = rapid.Custom(func(t *rapid.T) policy.Act {
	day := date("2021-09-15").AddDays(rapid.IntRange(0, 120).Draw(t, "day")).String()
	if rapid.IntRange(0, 2).Draw(t, "submits") == 0 {
		return submits(rapid.SampledFrom([]policy.Body{"se", "fr", policy.SupportTeam, policy.Commission}).Draw(t, "by"), day)
	}
	act := decides(
		rapid.SampledFrom([]policy.Body{policy.SupportTeam, policy.COSISupportGroup, policy.COSI, policy.Council, policy.Commission}).Draw(t, "body"),
		rapid.SampledFrom(policy.Outcomes).Draw(t, "outcome"), day)
	act.Version = rapid.IntRange(1, 3).Draw(t, "version")
	if rapid.Bool().Draw(t, "skips") {
		act.SkipReason = "in a hurry"
	}
	return act
})

func TestStandingOf_TellsWhereASubjectStandsWhateverIsTried(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := open(oap)
		for range rapid.IntRange(1, 40).Draw(t, "tries") {
			act := anyAct.Draw(t, "act")
			if len(f.Records) > 0 && rapid.IntRange(0, 5).Draw(t, "rectifies") == 0 {
				act.Rectifies = fmt.Sprintf("act-%d", rapid.IntRange(1, len(f.Records)).Draw(t, "first"))
			}
			before := f.Standing()
			err := f.Takes(act)
			after := f.Standing()
			switch {
			case err != nil && !cmp.Equal(before, after, cmp.AllowUnexported(policy.Date{})):
				t.Fatalf("a refused act (%v) changed %+v to %+v", err, before, after)
			case err == nil && before.State == policy.StateClosed && act.Rectifies == "":
				t.Fatalf("an act was recorded on %+v", before)
			case act.Rectifies == "" && after.Version < before.Version:
				t.Fatalf("the version fell from %d to %d", before.Version, after.Version)
			case after.Turns < 0 || after.Turns >= len(f.Entry.Turns):
				t.Fatalf("turn %d of %d", after.Turns, len(f.Entry.Turns))
			case after.State == policy.StateClosed && !after.Outcome.Adopts() && after.Outcome != policy.NotAgreed:
				t.Fatalf("the OAP ended as %s", after.Outcome)
			case after.Awaited() == after.Due.IsZero():
				t.Fatalf("open without a due date, or closed with one: %+v", after)
			}
		}
	})
}

func TestNextNotice_GoesOneWay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := policy.Standing{State: policy.StateDrafting, Due: anyDate.Draw(t, "due")}
		ladder := policy.Reminders{BeforeDays: rapid.SliceOfNDistinct(rapid.IntRange(1, 60), 0, 3, rapid.ID).Draw(t, "before"), EscalateDays: rapid.IntRange(0, 60).Draw(t, "escalate")}
		today := s.Due.AddDays(rapid.IntRange(-100, 100).Draw(t, "today"))
		var given []policy.Notice
		for {
			next, more := policy.NextNotice(s, ladder, given, today)
			if !more {
				break
			}
			if len(given) > 0 && !next.On.After(given[len(given)-1].On) {
				t.Fatalf("%v after %v", next, given)
			}
			if len(given) > 6 {
				t.Fatalf("no end of reminders: %v", given)
			}
			given = append(given, next)
		}
		if last := given[len(given)-1]; last.Kind != policy.NoticeEscalation && last.Kind != policy.NoticeOverdue {
			t.Fatalf("the last reminder is %v", last)
		}
	})
}

func TestNextNotice_GivesOneForALateStart(t *testing.T) {
	t.Parallel()
	s := policy.Standing{State: policy.StateDrafting, Due: date("2021-10-29")}
	next, _ := policy.NextNotice(s, policy.DefaultReminders, nil, date("2021-12-24"))
	if next.Kind != policy.NoticeEscalation {
		t.Errorf("first %v, want the last that has passed", next)
	}
	if _, more := policy.NextNotice(s, policy.DefaultReminders, []policy.Notice{next}, date("2021-12-24")); more {
		t.Error("another follows")
	}
	if _, more := policy.NextNotice(policy.Standing{State: policy.StateClosed}, policy.DefaultReminders, nil, date("2021-12-24")); more {
		t.Error("a settled subject is reminded of")
	}
}
