package store_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// opener opens records that believe names, once more each time.
func opener(t *testing.T) func(store.Options) *store.Store {
	t.Helper()
	url := storetest.URL(t)
	return func(o store.Options) *store.Store {
		t.Helper()
		o.Asserted = true
		s, err := store.Open(t.Context(), url, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
}

// Whoever reaches Temporal without the key may name anybody: the trail says that somebody
// was named, a hundred times a day at most, and the run goes on as before.
func TestRecord_KeepsOfAStrangerThatTheyNamedSomebody(t *testing.T) {
	t.Parallel()
	open := opener(t)
	a := enterArena(t, open(store.Options{}), key)
	run := policy.Run{Kind: policy.RunCycle, Cycle: key}
	signer, ring := officeKey(t)
	told := map[bool]int{}
	s := open(store.Options{Sealed: true, Keys: ring, Unsealed: func(cycle string, kept bool) {
		if cycle == key {
			told[kept]++
		}
	}})
	sends := func(id, day string, seal bool) store.Answer {
		e := a.envelope(id, a.decision("priorities", "sha256:other"))
		if seal {
			e.IssuedAt = noon(day)
			var err error
			if e, err = signer.Seal(e); err != nil {
				t.Fatal(err)
			}
		}
		answer, err := s.Record(t.Context(), store.Recording{Run: run, Now: noon(day), Received: noon(day), Channel: "update", Envelope: e})
		if err != nil || answer.Refusal == nil || (answer.Refusal.Code == policy.CodeSeal) == seal {
			t.Fatalf("%s: %+v, %v", id, answer, err)
		}
		return answer
	}
	claimed := func() (lines, by int) {
		trail, err := s.Trail(t.Context(), key, store.TrailFilter{Refused: true, Most: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range trail {
			if l.Claimed {
				lines++
				if l.By.Name == anna.Name {
					by++
				}
			}
		}
		return lines, by
	}
	const most, more = 100, 20
	first := sends("stranger-0", "2021-05-21", false)
	for i := 1; i < most+more; i++ {
		next := sends(fmt.Sprintf("stranger-%d", i), "2021-05-21", false)
		next.Orders.Sequence = first.Orders.Sequence
		if !reflect.DeepEqual(first.Orders, next.Orders) {
			t.Fatalf("the run gets other orders: %+v, not %+v", next.Orders, first.Orders)
		}
	}
	if lines, by := claimed(); lines != most || by != most || told[true] != most || told[false] != more {
		t.Errorf("the trail has %d lines of a stranger, %d name her; told %v", lines, by, told)
	}
	sends("by-herself", "2021-05-21", true) // her own mistake is hers
	if lines, _ := claimed(); lines != most {
		t.Errorf("what she sealed is said to be only in her name: %d", lines)
	}
	sends("stranger-again", "2021-05-22", false)
	if lines, _ := claimed(); lines != most+1 {
		t.Errorf("the next day has no room: %d", lines)
	}
	d, err := s.FindAudit(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	d.Made = time.Now()
	for _, f := range d.Verify(ring).Faults {
		if f.Kind != evidence.FaultSeal { // what came before acts were sealed
			t.Errorf("verifying: %+v", f)
		}
	}
}

// A worker that lacks a key which is in use refuses nothing that bears its seal: another judges
// it. A key that nobody here has used is a stranger's.
func TestRecord_LeavesASealItCannotJudgeToAnotherWorker(t *testing.T) {
	t.Parallel()
	const day = "2021-05-21"
	open := opener(t)
	a := enterArena(t, open(store.Options{}), key)
	signer, ring := officeKey(t)
	_, otherRing := officeKey(t)
	left := open(store.Options{Sealed: true, Keys: otherRing})
	e := a.envelope("sealed", a.decision("priorities", "sha256:other"))
	e.IssuedAt = noon(day)
	e, err := signer.Seal(e)
	if err != nil {
		t.Fatal(err)
	}
	records := func(s *store.Store) (store.Answer, error) {
		return s.Record(t.Context(), store.Recording{
			Run: policy.Run{Kind: policy.RunCycle, Cycle: key}, Now: noon(day), Received: noon(day), Channel: "update", Envelope: e,
		})
	}
	service := open(store.Options{Sealed: true, Keys: ring, Signer: signer, Role: store.RoleApp})
	if err := service.AgreeOnKeys(t.Context(), store.HeldKeys{Kind: store.KeyEncrypts}, time.Now()); err != nil {
		t.Fatal(err)
	}
	lines := func() int {
		trail, err := service.Trail(t.Context(), key, store.TrailFilter{Refused: true, Most: 1000})
		if err != nil {
			t.Fatal(err)
		}
		return len(trail)
	}
	before := lines()
	if answer, err := records(left); policy.CodeOf(err) != policy.CodeUnavailable || !strings.Contains(err.Error(), "this worker does not have") || lines() != before {
		t.Errorf("a worker without the key answers %+v, %v; the trail has %d lines, not %d", answer, err, lines(), before)
	}
	if answer, err := records(service); err != nil || answer.Refusal == nil || answer.Refusal.Code == policy.CodeSeal {
		t.Errorf("one with the key answers %+v, %v", answer, err)
	}
}

// Who has a key that was retired may date an act back: nobody knows whose it is.
func TestRecord_TakesNothingUnderARetiredKeyWhateverDayItBears(t *testing.T) {
	t.Parallel()
	const day = "2021-05-21"
	open := opener(t)
	a := enterArena(t, open(store.Options{}), key)
	signer, ring := officeKey(t)
	retired, err := evidence.ParseKeyring([]byte(strings.TrimSpace(string(ring.Text())) + " retired=" + noon(day).Format(time.RFC3339)))
	if err != nil {
		t.Fatal(err)
	}
	s := open(store.Options{Sealed: true, Keys: retired})
	e := a.envelope("backdated", a.decision("priorities", "sha256:other"))
	e.IssuedAt = noon(day).Add(-time.Hour)
	if e, err = signer.Seal(e); err != nil {
		t.Fatal(err)
	}
	later := noon(day).Add(time.Hour)
	answer, err := s.Record(t.Context(), store.Recording{
		Run: policy.Run{Kind: policy.RunCycle, Cycle: key}, Now: later, Received: later, Channel: "update", Envelope: e,
	})
	if err != nil || answer.Refusal == nil || answer.Refusal.Code != policy.CodeSeal || !strings.Contains(answer.Refusal.Message, "was retired") {
		t.Fatalf("%+v, %v", answer, err)
	}
	trail, err := s.Trail(t.Context(), key, store.TrailFilter{Refused: true, Most: 10})
	if err != nil || len(trail) != 1 || !trail[0].Claimed {
		t.Errorf("the trail says %+v, %v", trail, err)
	}
}
