package store_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// told opens the records at an address, and gives what the log is told of them.
func told(t *testing.T, url string) (*store.Store, func() []string) {
	t.Helper()
	var mutex sync.Mutex
	var all []string
	s, err := store.Open(t.Context(), url, store.Options{Asserted: true, Odd: func(err error) {
		mutex.Lock()
		defer mutex.Unlock()
		all = append(all, err.Error())
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, func() []string {
		mutex.Lock()
		defer mutex.Unlock()
		return slices.Clone(all)
	}
}

// alter changes the tables as their owner.
func alter(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), storetest.Owner(t, url))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// What no rule foresees and Postgres does not take is refused, too, also where Postgres
// looks at it on the commit alone.
func TestRecord_RefusesForGoodWhatPostgresDoesNotTake(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		constraint string
		code       policy.Code
	}{
		"a check":               {"CHECK (comment <> 'poison')", policy.CodeInvalid},
		"a reference":           {"FOREIGN KEY (comment) REFERENCES contents (digest) NOT VALID", policy.CodeUnknown},
		"a reference at commit": {"FOREIGN KEY (comment) REFERENCES contents (digest) DEFERRABLE INITIALLY DEFERRED NOT VALID", policy.CodeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t)
			s, told := told(t, url)
			a := enterArena(t, s, key)
			digest, err := s.PutContent(t.Context(), "text/plain", []byte("good"))
			if err != nil {
				t.Fatal(err)
			}
			good, poison := a.good(policy.ActPosition), a.good(policy.ActPosition)
			good.Comment, poison.Comment = digest, "poison"
			alter(t, url, "ALTER TABLE acts ADD CONSTRAINT acts_strict "+test.constraint)
			for range 2 { // once in the trail
				answer := a.sends("poison", a.envelope("poison", poison))
				if policy.CodeOf(answer.Refusal) != test.code {
					t.Errorf("refused with %v", answer.Refusal)
				}
			}
			a.must("", good)
			inOrder(t, s, key)
			lines := trail(t, s)
			if last, before := lines[len(lines)-1], lines[len(lines)-2]; !last.Accepted || before.Code != test.code || before.ActID != "empact-poison" {
				t.Errorf("the trail ends with %+v and %+v", before, last)
			}
			if n := told(); len(n) == 0 || !strings.Contains(n[0], "acts_strict") {
				t.Errorf("the log is told %q", n)
			}
		})
	}
}

// Where no seal is wanted one that is none would stand in the record for ever, and every
// verification would find it.
func TestRecord_RefusesAFalseSealWhereNoneIsWanted(t *testing.T) {
	t.Parallel()
	s, _ := told(t, storetest.URL(t))
	a := enterArena(t, s, key)
	for _, seal := range []struct{ key, signature string }{
		{"office.example.eu+0a0b0c0d", ""}, {"", strings.Repeat("A", 86) + "=="}, {"office.example.eu+0a0b0c0d", "nonexistent"}, {"\x1b", strings.Repeat("A", 86) + "=="},
	} {
		e := a.envelope("", a.good(policy.ActPosition))
		e.KeyID, e.Signature = seal.key, seal.signature
		if answer := a.sends("a seal that is none", e); answer.Refusal == nil || answer.Refusal.Code != policy.CodeSeal && answer.Refusal.Code != policy.CodeInvalid {
			t.Errorf("%+v: %v", seal, answer.Refusal)
		}
	}
	g := guard(t) // where the keys are known
	s, err := store.Open(t.Context(), g.url, store.Options{Asserted: true, Keys: g.ring})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	e := sealed(t, "forged", assessment("2021-05-27"))
	e.KeyID, e.Signature = g.ring.IDs()[0], strings.Repeat("A", 86)+"=="
	answer, err := s.Record(t.Context(), store.Recording{Run: theCycle, Now: noon("2021-05-27"), Received: noon("2021-05-27"), Channel: "update", Envelope: e})
	if err != nil || answer.Refusal == nil || answer.Refusal.Code != policy.CodeSeal {
		t.Errorf("%v, %v", answer.Refusal, err)
	}
}
