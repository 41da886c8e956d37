package policy_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// ledger is a file together with a second, much simpler idea of where it
// stands. Whatever officials try, both must agree.
type ledger struct {
	*file
	acts []policy.Act // as they count, each with its rectification in place
	ids  []string     // of those acts
}

// told is what the simple idea knows of a subject.
type told struct {
	state   policy.State
	version int
	turn    int
	outcome policy.Outcome
}

// tell reads the acts from the first to the last, as a person would.
func (l *ledger) tell() told {
	now, bodies := told{state: policy.StateDrafting}, l.Entry.Turns
	for _, a := range l.acts {
		last := len(bodies) > 0 && a.Body == bodies[len(bodies)-1].Body
		switch {
		case a.Kind == policy.ActSubmit && len(bodies) == 0:
			now = told{policy.StateClosed, now.version + 1, 0, policy.Delivered}
		case a.Kind == policy.ActSubmit && now.state == policy.StateDeciding: // a REV: who wants to be asked again is
			if again := slices.IndexFunc(bodies[:now.turn], func(t policy.Turn) bool { return t.Again }); again >= 0 {
				now.turn = again
			}
			now.version++
		case a.Kind == policy.ActSubmit:
			now = told{policy.StateDeciding, now.version + 1, 0, ""}
		case a.Outcome == policy.Postponed, a.Outcome == policy.WithdrawnFromAgenda:
		case a.Outcome == policy.ReferredBack:
			now.state, now.turn = policy.StateDrafting, 0
		case last:
			now.state, now.outcome = policy.StateClosed, a.Outcome
		default:
			now.turn = 1 + slices.IndexFunc(bodies, func(t policy.Turn) bool { return t.Body == a.Body })
		}
	}
	return now
}

// tries lets somebody try an act. Refused, it must change nothing and say why;
// accepted, it takes its place among the acts.
func (l *ledger) tries(t *rapid.T, act policy.Act) error {
	before, records := l.Standing(), len(l.Records)
	err := l.Takes(act)
	if err != nil {
		known := []policy.Code{
			policy.CodeNotCompetent, policy.CodeNotOpen, policy.CodeAlreadyDecided, policy.CodeWrongVersion,
			policy.CodeWrongDate, policy.CodeNotReady, policy.CodeInvalid, policy.CodeUnknown,
		}
		if !slices.Contains(known, policy.CodeOf(err)) || err.Error() == "" {
			t.Fatalf("refused with %q, %v", policy.CodeOf(err), err)
		}
		if len(l.Records) != records || !cmp.Equal(before, l.Standing(), plainDates) {
			t.Fatalf("refused (%v), it changed the record", err)
		}
		return err
	}
	if at := slices.Index(l.ids, act.Rectifies); act.Rectifies != "" {
		l.acts[at] = act
		return nil
	}
	if before.State == policy.StateClosed {
		t.Fatalf("%s was recorded on a settled subject: %+v", act.Kind, before)
	}
	l.acts, l.ids = append(l.acts, act), append(l.ids, l.Records[len(l.Records)-1].ID)
	return nil
}

// agrees holds what is true of every record.
func (l *ledger) agrees(t *rapid.T) {
	s := l.Standing()
	if want := l.tell(); (told{s.State, s.Version, s.Turns, s.Outcome}) != want && s.State != policy.StateClosed {
		t.Fatalf("it stands at %+v, the acts tell %+v", s, want)
	} else if s.State == policy.StateClosed && (s.Outcome != want.outcome || s.Version != want.version) {
		t.Fatalf("it ended at %+v, the acts tell %+v", s, want)
	}
	switch s.State {
	case policy.StateClosed:
		last := l.acts[len(l.acts)-1]
		if !s.ClosedOn.After(policy.Date{}) || s.ClosedOn != last.Date || (len(s.Turn) > 0 || !s.Due.IsZero()) != (s.Outcome == policy.AdoptedWithAmendments) {
			t.Fatalf("it ended at %+v with %+v", s, last)
		}
		if n := len(l.Entry.Turns); n > 0 && last.Body != l.Entry.Turns[n-1].Body {
			t.Fatalf("%s ended it, which does not settle it", last.Body)
		}
	case policy.StateDeciding:
		if s.Turns >= len(l.Entry.Turns) || !slices.Equal(s.Turn, []policy.Body{l.Entry.Turns[s.Turns].Body}) || s.Due != l.Entry.Turns[s.Turns].Due {
			t.Fatalf("it is before nobody of its chain: %+v", s)
		}
	default:
		if !slices.Equal(s.Turn, l.Entry.Submitters) || s.Outcome != "" {
			t.Fatalf("it is with those who do not hand it in: %+v", s)
		}
	}
	if n := len(l.acts); n > 0 && s.LastAct != l.acts[n-1].Date {
		t.Fatalf("its last act was on %s, not %s", l.acts[n-1].Date, s.LastAct)
	}
}

func TestJudge_KeepsTheRecordSoundWhateverOfficialsTry(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := &ledger{file: fileOn(anyLifePath.Draw(t, "subject"))}
		if l.Entry.Subject.Kind == policy.KindPriorities {
			l.Facts.Items = []string{"firearms", "drugs"}
		}
		someDay := func(t *rapid.T) string {
			return policy.Latest(l.Standing().LastAct, l.Opened).AddDays(rapid.IntRange(-2, 15).Draw(t, "days")).String()
		}
		t.Repeat(map[string]func(*rapid.T){
			"": l.agrees,
			"does what is awaited": func(t *rapid.T) {
				_ = l.tries(t, likely(t, l.file)) // refused or not, tries looks at it
			},
			"does anything": func(t *rapid.T) {
				act := anyAct.Draw(t, "act")
				act.Date = date(someDay(t))
				_ = l.tries(t, act)
			},
			"skips": func(t *rapid.T) {
				turns := l.Entry.Turns
				act := decides(turns[len(turns)-1].Body, rapid.SampledFrom(policy.Outcomes).Draw(t, "outcome"), someDay(t))
				act.Version, act.SkipReason = max(1, l.Standing().Version), "Nobody met in August."
				_ = l.tries(t, act)
			},
			"sends the same again": func(t *rapid.T) {
				if len(l.acts) == 0 {
					t.Skip("nothing was sent")
				}
				before := l.Standing()
				if err := l.tries(t, l.acts[len(l.acts)-1]); err == nil && !cmp.Equal(before, l.Standing(), plainDates) {
					t.Fatalf("sent twice it moved from %+v to %+v", before, l.Standing())
				}
			},
			"puts an entry right": func(t *rapid.T) {
				if len(l.acts) == 0 {
					t.Skip("nothing to put right")
				}
				at := rapid.IntRange(0, len(l.acts)-1).Draw(t, "entry")
				act := l.acts[at]
				act.Rectifies = l.ids[at]
				act.Date = act.Date.AddDays(rapid.IntRange(-2, 2).Draw(t, "days"))
				if act.Kind == policy.ActDecide && rapid.Bool().Draw(t, "another outcome") {
					act.Outcome, act.Items = rapid.SampledFrom(policy.Outcomes).Draw(t, "outcome"), nil
				}
				_ = l.tries(t, act)
			},
			"puts right what is not there": func(t *rapid.T) {
				act := likely(t, l.file)
				act.Rectifies = fmt.Sprintf("act-%d", 1000+len(l.acts))
				if err := l.tries(t, act); err == nil {
					t.Fatal("it was accepted")
				}
			},
			"types for a body that does not": func(t *rapid.T) {
				act := decides(policy.COSI, policy.Adopted, someDay(t))
				act.By.Body = policy.COSI
				if err := l.tries(t, act); policy.CodeOf(err) != policy.CodeNotCompetent {
					t.Fatalf("COSI typed: %v", err)
				}
			},
		})
	})
}
