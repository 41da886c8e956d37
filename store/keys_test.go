package store_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// holder is a process that starts with some keys.
type holder struct {
	*testing.T
	s *store.Store
}

func (h holder) starts(what, refused string, now time.Time, held store.HeldKeys) {
	h.Helper()
	err := h.s.AgreeOnKeys(h.Context(), held, now)
	if refused == "" && err != nil {
		h.Fatalf("%s: %v", what, err)
	}
	if refused != "" && (policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), refused)) {
		h.Fatalf("%s: %v, want %q", what, err, refused)
	}
}

// encrypting gives the keys of a file, of which the first encrypts.
func encrypting(ids ...string) store.HeldKeys {
	held := store.HeldKeys{Kind: store.KeyEncrypts}
	for _, id := range ids {
		held.Keys = append(held.Keys, store.HeldKey{ID: id, Proof: "proof of " + id})
	}
	if len(ids) > 0 {
		held.Uses = ids[0]
	}
	return held
}

func TestAgreeOnKeys_ChangesThemInTwoSteps(t *testing.T) {
	t.Parallel()
	h, now := holder{t, storetest.New(t)}, time.Now()
	h.starts("without keys, while nobody has any", "", now, encrypting())
	h.starts("the first key", "", now, encrypting("2026"))
	h.starts("without it", `encrypted with the key "2026", which is not there`, now, encrypting())
	h.starts("with another of its name", "is not the one that is known", now,
		store.HeldKeys{Kind: store.KeyEncrypts, Uses: "2026", Keys: []store.HeldKey{{ID: "2026", Proof: "another"}}})
	h.starts("with a new key first", `policycycle keys use 2027`, now, encrypting("2027", "2026"))
	h.starts("with a new key instead", `"2026", which is not there`, now, encrypting("2027"))

	h.starts("step 1, on the first process", "", now, encrypting("2026", "2027"))
	h.starts("while another does not have it yet", "", now, encrypting("2026"))
	h.starts("step 2", "", now, encrypting("2027", "2026"))
	h.starts("one that missed step 1", `"2027", which is not there`, now, encrypting("2026"))
	h.starts("one that missed step 2", "", now, encrypting("2026", "2027"))
	if err := h.s.KeysFit(t.Context(), encrypting("2026")); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("one at work that missed both steps goes on: %v", err)
	}
}

func TestRetireKey_WaitsForWhoUsesIt(t *testing.T) {
	t.Parallel()
	h, began := holder{t, storetest.New(t)}, time.Now()
	retires := func(what string, code policy.Code, says string, after time.Duration) {
		t.Helper()
		err := h.s.RetireKey(t.Context(), "2026", began.Add(after))
		if policy.CodeOf(err) != code || err != nil && !strings.Contains(err.Error(), says) {
			t.Fatalf("%s: %v, want %q and %q", what, err, code, says)
		}
	}
	retires("a key that nobody knows", policy.CodeUnknown, "know no key", 0)
	h.starts("the first key", "", began, encrypting("2026"))
	retires("while it is in use", policy.CodeNotReady, "was seen 60 seconds ago", time.Minute)
	retires("the only one", policy.CodeNotReady, "is the only one in use", store.Idle)
	h.starts("step 1", "", began.Add(time.Minute), encrypting("2026", "2027"))
	h.starts("step 2, on one", "", began.Add(2*time.Minute), encrypting("2027", "2026"))
	h.starts("another still encrypts with it", "", began.Add(3*time.Minute), encrypting("2026", "2027"))
	retires("while another uses it", policy.CodeNotReady, "repeat this 150 seconds after", 4*time.Minute)
	if err := h.s.RenewRuns(t.Context(), "2026", began.Add(4*time.Minute)); policy.CodeOf(err) != policy.CodeNotReady {
		t.Fatalf("runs are renewed while somebody encrypts with the old key: %v", err)
	}
	h.starts("step 2, on the other", "", began.Add(5*time.Minute), encrypting("2027", "2026"))
	retires("once nobody uses it", "", "", 3*time.Minute+store.Idle)
	retires("again", "", "", time.Hour)
	h.starts("with the retired key first", `"2026" was retired on`, began.Add(time.Hour), encrypting("2026", "2027"))
	h.starts("with the retired key behind", "", began.Add(time.Hour), encrypting("2027", "2026"))
	h.starts("without the retired key", "", began.Add(time.Hour), encrypting("2027"))
	h.starts("with another of its name", "is not the one that is known", began.Add(time.Hour), store.HeldKeys{
		Kind: store.KeyEncrypts, Uses: "2027", Keys: []store.HeldKey{{ID: "2027", Proof: "proof of 2027"}, {ID: "2026", Proof: "another"}},
	})
	keys, err := h.s.ListKeys(t.Context())
	if err != nil || len(keys) != 2 {
		t.Fatalf("the records know %+v, %v", keys, err)
	}
	old := keys[0]
	if got, want := old.Retired, began.Add(3*time.Minute+store.Idle).Truncate(time.Microsecond); !got.Equal(want) || old.State() != store.KeyRetired || keys[1].State() != store.KeyInUse {
		t.Errorf("the keys are %+v, want the first one retired at %v", keys, want)
	}
}

func TestGiveUpKey_RetiresWhatIsLost(t *testing.T) {
	t.Parallel()
	h, now := holder{t, storetest.New(t)}, time.Now()
	h.starts("the first key", "", now, encrypting("2026"))
	h.starts("once it is lost", `"2026", which is not there`, now, encrypting("2027"))
	if err := h.s.GiveUpKey(t.Context(), "2026", now); err != nil {
		t.Fatal(err)
	}
	h.starts("with a new one", "", now, encrypting("2027"))
}

// sealing opens the records as a process with private and public keys, or, without a role, as one
// that only looks.
func sealing(t *testing.T, url string, role store.Role, private, public string) holder {
	t.Helper()
	o := store.Options{Sealed: true, Role: role}
	var err error
	if private != "" {
		if o.Signer, err = evidence.ParseSigner(private); err != nil {
			t.Fatal(err)
		}
	}
	if o.Keys, err = evidence.ParseKeyring([]byte(public)); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return holder{t, s}
}

func TestAgreeOnKeys_ChangesSealsInTheSameSteps(t *testing.T) {
	t.Parallel()
	url, now := storetest.URL(t), time.Now()
	private1, public1, err := evidence.NewKey(rand.Reader, "office.example.eu")
	if err != nil {
		t.Fatal(err)
	}
	private2, public2, err := evidence.NewKey(rand.Reader, "office.example.eu")
	if err != nil {
		t.Fatal(err)
	}
	starts := func(what, refused string, role store.Role, private, public string, at time.Time) {
		t.Helper()
		sealing(t, url, role, private, public).starts(what, refused, at, encrypting())
	}
	both := public1 + "\n" + public2
	starts("a worker before anybody has sealed", "", store.RoleWorker, "", public1, now)
	starts("the first service", "", store.RoleServe, private1, public1, now)
	starts("a worker that does not know it", "not among the public keys here: add its line", store.RoleWorker, "", public2, now)
	starts("a service with a new key at once", "keys use", store.RoleServe, private2, both, now)
	starts("step 1, a service", "", store.RoleServe, private1, both, now)
	starts("a worker that missed it", "", store.RoleWorker, "", public1, now)
	starts("step 2, a service", "", store.RoleServe, private2, both, now)
	starts("a worker that missed step 1", "not among the public keys here: add its line", store.RoleWorker, "", public1, now)
	starts("one that only looks for a moment", "", "", "", public1, now)

	first, err := evidence.ParseSigner(private1)
	if err != nil {
		t.Fatal(err)
	}
	looks := sealing(t, url, "", "", both)
	if err := looks.s.RetireKey(t.Context(), first.ID(), now.Add(store.Idle)); err != nil {
		t.Fatal(err)
	}
	starts("a service with the retired key", "was retired on", store.RoleServe, private1, both, now.Add(time.Hour))
	starts("a worker without the retired key, whose seals it could not verify", "not among the public keys here", store.RoleWorker, "", public2, now.Add(time.Hour))
	starts("a worker with both", "", store.RoleWorker, "", public1+" retired="+now.Add(store.Idle).UTC().Format(time.RFC3339)+"\n"+public2, now.Add(time.Hour))
	if err := sealing(t, url, "", "", public2).s.KeysFit(t.Context(), encrypting()); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("doctor finds nothing wrong with a file that lacks a key: %v", err)
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
