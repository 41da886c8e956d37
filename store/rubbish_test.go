package store_test

import (
	"cmp"
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

// arena is a cycle in which an act of every kind may be done.
type arena struct {
	t     *testing.T
	store *store.Store
	cycle string
	today string // on which it acts; empty is 2021-05-20
	count int
}

// joana hands in for the Presidency, and bert is the second person.
var (
	joana = policy.Actor{Name: "Joana", Body: policy.Presidency}
	bert  = policy.Actor{Name: "Bert", Body: policy.GeneralSecretariat}
)

// enterArena starts a cycle under a key of its own.
func enterArena(t *testing.T, s *store.Store, cycle string) *arena {
	t.Helper()
	a := &arena{t: t, store: s, cycle: cycle}
	d := definition()
	d.Key = cycle
	if _, err := s.StartCycle(t.Context(), store.NewCycle{ID: cycle, Definition: d, By: anna, Now: noon("2021-01-02")}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reconcile(t.Context(), policy.Run{Kind: policy.RunCycle, Cycle: cycle}, noon("2021-05-20")); err != nil {
		t.Fatal(err)
	}
	a.must("delivered", policy.Act{Kind: policy.ActSubmit, Subject: a.on("assessment"), By: policy.Actor{Name: "Eva", Body: policy.Europol}, Digest: "sha256:a"})
	a.must("proposed", policy.Act{Kind: policy.ActSubmit, Subject: a.on("priorities"), By: joana, Digest: "sha256:p"})
	for _, item := range []string{"ukraine", "sahel"} {
		a.must("opened-"+item, a.opening(item))
	}
	a.must("opened-final", a.opening("final"))
	a.must("amended", policy.Act{Kind: policy.ActSubmit, Subject: a.on("item/final"), By: joana, Digest: "sha256:m"})
	a.must("adopted", a.decision("item/final", "sha256:m"))
	_, stated, err := s.FindStated(t.Context(), cycle+"-adopted")
	if err != nil {
		t.Fatal(err)
	}
	a.must("adopted-second", policy.Act{Kind: policy.ActConfirm, Subject: a.on("item/final"), By: bert, Confirms: cycle + "-adopted", Digest: stated})
	a.must("handed-in", policy.Act{Kind: policy.ActSubmit, Subject: a.on("item/sahel"), By: joana, Digest: "sha256:s"})
	a.must("pending", a.decision("item/sahel", "sha256:s"))
	return a
}

func (a *arena) on(path string) policy.Subject {
	s, err := policy.ParseSubject(a.cycle + "/" + path)
	if err != nil {
		a.t.Fatal(err)
	}
	return s
}

func (a *arena) opening(key string) policy.Act {
	return policy.Act{
		Kind: policy.ActOpen, Subject: a.on("item/" + key), By: anna,
		Opening: &policy.Opening{Title: key, Due: date("2021-09-01"), Through: []policy.Body{policy.COSI}},
	}
}

func (a *arena) decision(path, digest string) policy.Act {
	return policy.Act{
		Kind: policy.ActDecide, Subject: a.on(path), By: anna, Body: policy.COSI, Outcome: policy.AdoptedWithAmendments, Procedure: policy.Meeting,
		Document: "ST 8665/21 INIT", Version: 1, Digest: digest,
	}
}

// good gives an act of a kind that is in order.
func (a *arena) good(kind policy.ActKind) policy.Act {
	switch kind {
	case policy.ActSubmit:
		return policy.Act{Kind: kind, Subject: a.on("item/ukraine"), By: joana, Digest: "sha256:u"}
	case policy.ActDecide:
		return a.decision("priorities", "sha256:p")
	case policy.ActConfirm, policy.ActSetAside:
		_, stated, err := a.store.FindStated(a.t.Context(), a.cycle+"-pending")
		if err != nil {
			a.t.Fatal(err)
		}
		return policy.Act{Kind: kind, Subject: a.on("item/sahel"), By: bert, Confirms: a.cycle + "-pending", Digest: stated}
	case policy.ActLaunch:
		return policy.Act{
			Kind: kind, Subject: a.on("priorities"), By: anna, Body: policy.COSI, Procedure: policy.SilenceProcedure,
			Deadline: date("2021-06-10"), Document: "CM 1/21 INIT", Version: 1, Digest: "sha256:p",
		}
	case policy.ActPosition:
		return policy.Act{
			Kind: kind, Subject: a.on("priorities"), By: policy.Actor{Name: "Luc", Body: "fr"}, Body: policy.COSI, Delegation: "fr", Stance: policy.Agrees,
			Version: 1, Digest: "sha256:p",
		}
	case policy.ActCorrect:
		return policy.Act{Kind: kind, Subject: a.on("assessment"), By: policy.Actor{Name: "Eva", Body: policy.Europol}, Document: "ST 1/21 COR 1", Digest: "sha256:c"}
	case policy.ActFinalise:
		return policy.Act{Kind: kind, Subject: a.on("item/final"), By: anna, Document: "ST 1/1/21 REV 1", Digest: "sha256:f"}
	case policy.ActOpen:
		return a.opening("new")
	default:
		amended := definition()
		amended.Key, amended.Meetings = a.cycle, []policy.PlannedMeeting{{Key: "june", Title: "June", Body: policy.COSI, On: date("2021-06-10")}}
		content, err := evidence.Canonical(amended)
		if err != nil {
			a.t.Fatal(err)
		}
		digest, err := a.store.PutContent(a.t.Context(), "application/json", content)
		if err != nil {
			a.t.Fatal(err)
		}
		return policy.Act{
			Kind: kind, Subject: a.on("definition"), By: anna, Digest: digest, Comment: "COSI meets in June",
			Amendment: &policy.AmendmentRef{BaseVersion: 1},
		}
	}
}

func (a *arena) envelope(id string, act policy.Act) evidence.Envelope {
	a.t.Helper()
	if id == "" {
		a.count++
		id = fmt.Sprint("act-", a.count)
	}
	if act.Date.IsZero() {
		act.Date = date("2021-05-20")
	}
	e, err := evidence.Enclose(a.cycle+"-"+id, "cycle/"+a.cycle, act, noon(cmp.Or(a.today, "2021-05-20")))
	if err != nil {
		a.t.Fatal(err)
	}
	return e
}

// sends has an envelope recorded or refused, and nothing else.
func (a *arena) sends(what string, e evidence.Envelope) store.Answer {
	a.t.Helper()
	channel := []string{"update", "signal"}[a.count%2]
	answer, err := a.store.Record(a.t.Context(), store.Recording{
		Run: policy.Run{Kind: policy.RunCycle, Cycle: a.cycle}, Now: noon(cmp.Or(a.today, "2021-05-20")), Channel: channel, Envelope: e,
	})
	if err != nil {
		a.t.Fatalf("%s: the run would try for ever: %v", what, err)
	}
	return answer
}

func (a *arena) must(id string, act policy.Act) policy.Receipt {
	a.t.Helper()
	answer := a.sends(id, a.envelope(id, act))
	if answer.Refusal != nil {
		a.t.Fatalf("%s: %v", id, answer.Refusal)
	}
	return answer.Receipt
}

// place is a place in an envelope into which rubbish is put.
type place struct {
	name string
	of   func(root reflect.Value) reflect.Value
}

// placesIn finds every place in a type, so that a field that is added later is met too.
func placesIn(t reflect.Type, name string, of func(reflect.Value) reflect.Value) []place {
	switch {
	case t == reflect.TypeFor[policy.Date](), t == reflect.TypeFor[time.Time]():
	case t.Kind() == reflect.Pointer:
		return append(placesIn(t.Elem(), name, func(root reflect.Value) reflect.Value {
			at, fresh := of(root), reflect.New(t.Elem())
			if !at.IsNil() {
				fresh.Elem().Set(at.Elem())
			}
			at.Set(fresh)
			return at.Elem()
		}), place{name, of})
	case t.Kind() == reflect.Slice:
		return append(placesIn(t.Elem(), name+"[0]", func(root reflect.Value) reflect.Value {
			at, fresh := of(root), reflect.MakeSlice(t, 1, 1)
			reflect.Copy(fresh, at)
			at.Set(fresh)
			return at.Index(0)
		}), place{name, of})
	case t.Kind() == reflect.Struct:
		var all []place
		for i := range t.NumField() {
			all = append(all, placesIn(t.Field(i).Type, strings.TrimPrefix(name+"."+t.Field(i).Name, "."), func(root reflect.Value) reflect.Value { return of(root).Field(i) })...)
		}
		return all
	}
	return []place{{name, of}}
}

// rubbish gives what is put into a place of a type.
func rubbish(t reflect.Type) []any {
	switch {
	case t == reflect.TypeFor[policy.Date]():
		return []any{date("9999-12-31"), date("0001-01-01"), policy.Date{}}
	case t == reflect.TypeFor[time.Time]():
		return []any{time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), time.Time{}}
	}
	switch t.Kind() {
	case reflect.String:
		return []any{"", " ", "nonexistent", "sha256:" + strings.Repeat("0", 64), strings.Repeat("x", 60_000), "a\x00b", "\xff\xfe", "\x1b]0;x\x07", "Tom \u202e\n"}
	case reflect.Int, reflect.Int64:
		return []any{-1, 0, 1<<31 + 1, 1<<62 + 1}
	case reflect.Bool:
		return []any{true}
	case reflect.Pointer, reflect.Slice:
		return []any{nil}
	default:
		return nil
	}
}

// Whatever stands in an act, it is recorded or refused, and the next one is dealt
// with: nothing is tried again without end. What it names is looked up by the rules,
// before Postgres misses it.
func TestRecord_StopsNoRunWhateverAnActHolds(t *testing.T) {
	t.Parallel()
	places := placesIn(reflect.TypeFor[evidence.Envelope](), "", func(root reflect.Value) reflect.Value { return root })
	for k, kind := range policy.ActKinds {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s, told := told(t, storetest.URL(t))
			arenas := 1
			a := enterArena(t, s, "arena-1")
			tried, taken := 0, 0
			var slowest time.Duration
			for i, p := range places {
				good := a.envelope("", a.good(kind))
				for j, value := range rubbish(p.of(reflect.ValueOf(&good).Elem()).Type()) {
					if (i+j+k)%3 != 0 {
						continue // each stands in each place of three kinds of acts
					}
					e := a.envelope("", a.good(kind))
					at := p.of(reflect.ValueOf(&e).Elem())
					put(at, value)
					tried++
					answer := a.sends(fmt.Sprintf("%s = %.40q", p.name, fmt.Sprint(value)), e)
					if answer.Refusal == nil && kind != policy.ActPosition {
						taken++
						arenas++
						a = enterArena(t, s, fmt.Sprint("arena-", arenas))
					}
				}
				began := time.Now()
				a.must("", a.good(policy.ActPosition))
				slowest = max(slowest, time.Since(began))
			}
			for n := range arenas {
				inOrder(t, s, fmt.Sprint("arena-", n+1))
			}
			if n := told(); len(n) > 0 {
				t.Errorf("Postgres had to refuse what no rule did: %v", n)
			}
			t.Logf("%d odd acts, %d of them recorded; the next act took %s at most", tried, taken, slowest)
		})
	}
}

func put(at reflect.Value, value any) {
	if value == nil {
		at.SetZero()
		return
	}
	at.Set(reflect.ValueOf(value).Convert(at.Type()))
}
