package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

func TestAgreeOnKeys_ChangesThemInTwoSteps(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	key := func(id string) store.HeldKey { return store.HeldKey{ID: id, Proof: "proof of " + id} }
	starts := func(what, refused string, held ...store.HeldKey) {
		t.Helper()
		err := s.AgreeOnKeys(t.Context(), held, time.Now())
		if refused == "" && err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if refused != "" && (policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), refused)) {
			t.Fatalf("%s: %v, want %q", what, err, refused)
		}
	}
	starts("without keys, while nobody has any", "")
	starts("the first key", "", key("2026"))
	starts("without it", `encrypted with the key "2026", which is not there`)
	starts("with another of its name", "is not the one that is known", store.HeldKey{ID: "2026", Proof: "another"})
	starts("with a new key first", `policycycle keys use 2027`, key("2027"), key("2026"))
	starts("with a new key instead", `"2026", which is not there`, key("2027"))

	starts("step 1, on the first process", "", key("2026"), key("2027"))
	starts("while another does not have it yet", "", key("2026"))
	starts("step 2", "", key("2027"), key("2026"))
	starts("one that missed step 1", `"2027", which is not there`, key("2026"))
	starts("one that missed step 2", "", key("2026"), key("2027"))
	if err := s.KeysFit(t.Context(), []store.HeldKey{key("2026")}); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("one at work that missed both steps goes on: %v", err)
	}

	if err := s.ForgetKey(t.Context(), "2026"); err != nil {
		t.Fatal(err)
	}
	starts("once the old key is forgotten", "", key("2027"))
	if err := s.ForgetKey(t.Context(), "2026"); policy.CodeOf(err) != policy.CodeUnknown {
		t.Errorf("forgotten twice: %v", err)
	}
}

func TestTryWrite_LeavesNothing(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s, err := store.Open(t.Context(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.TryWrite(t.Context()); err != nil {
		t.Fatal(err)
	}
	closed := url + "&default_transaction_read_only=on"
	if !strings.Contains(url, "?") {
		closed = url + "?default_transaction_read_only=on"
	}
	readOnly, err := store.Open(t.Context(), closed, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer readOnly.Close()
	if err := readOnly.TryWrite(t.Context()); policy.CodeOf(err) != policy.CodeUnavailable || !strings.Contains(err.Error(), "the database takes no writes") {
		t.Errorf("a database that takes no writes: %v", err)
	}
}

// TestEpoch_IsAnotherInACopy copies the records as a restore does.
func TestEpoch_IsAnotherInACopy(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	epochs := map[string]bool{}
	for _, at := range []string{url, url, storetest.Copy(t, url)} {
		s, err := store.Open(t.Context(), at, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		epoch, told, err := s.Epoch(t.Context())
		if err != nil || epoch == "" {
			t.Fatalf("epoch %q, %v", epoch, err)
		}
		if epochs[epoch] != (told == epoch) {
			t.Errorf("of the epoch %s the runs were told %q", epoch, told)
		}
		epochs[epoch] = true
		if err := s.TellEpoch(t.Context(), epoch, time.Now()); err != nil {
			t.Fatal(err)
		}
		s.Close()
	}
	if len(epochs) != 2 {
		t.Errorf("epochs %v, want one of the records and one of their copy", epochs)
	}
}
