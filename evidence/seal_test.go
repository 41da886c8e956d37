package evidence_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

func TestKeyringVerify_HoldsASealToItsActOfficeAndTime(t *testing.T) {
	t.Parallel()
	o, forger := newOffice(t), newOffice(t)
	sealed := func(change func(*evidence.Envelope)) evidence.Envelope {
		e := o.seals(t, act(), noon)
		change(&e)
		return e
	}
	for name, test := range map[string]struct {
		envelope evidence.Envelope
		now      time.Time
		says     string
	}{
		"as it was sealed":           {sealed(func(*evidence.Envelope) {}), noon, ""},
		"three days later":           {sealed(func(*evidence.Envelope) {}), noon.Add(evidence.SealLife), ""},
		"by a clock that is slow":    {sealed(func(*evidence.Envelope) {}), noon.Add(-4 * time.Minute), ""},
		"too late":                   {sealed(func(*evidence.Envelope) {}), noon.Add(evidence.SealLife + time.Second), "good for 72 hours"},
		"before it was sealed":       {sealed(func(*evidence.Envelope) {}), noon.Add(-time.Hour), "lies in the future"},
		"without a seal":             {sealed(func(e *evidence.Envelope) { e.Signature = "" }), noon, "bears no seal"},
		"without a key":              {sealed(func(e *evidence.Envelope) { e.KeyID = "" }), noon, "bears no seal"},
		"by a key nobody knows":      {forger.seals(t, act(), noon), noon, "is not known here"},
		"under another's name":       {sealed(func(e *evidence.Envelope) { e.Signature = forger.seals(t, act(), noon).Signature }), noon, "does not belong to this act"},
		"a signature that is none":   {sealed(func(e *evidence.Envelope) { e.Signature = "*" }), noon, "does not belong to this act"},
		"with another outcome":       {sealed(func(e *evidence.Envelope) { e.Act.Outcome = policy.Adopted }), noon, "does not belong to this act"},
		"with another person":        {sealed(func(e *evidence.Envelope) { e.Act.By.Person = 9 }), noon, "does not belong to this act"},
		"with another ID":            {sealed(func(e *evidence.Envelope) { e.ID = "mine" }), noon, "does not belong to this act"},
		"to another address":         {sealed(func(e *evidence.Envelope) { e.WorkflowID = "cycle/other" }), noon, "does not belong to this act"},
		"as if it was sealed lately": {sealed(func(e *evidence.Envelope) { e.IssuedAt = e.IssuedAt.Add(time.Hour) }), noon, "does not belong to this act"},
	} {
		err := o.ring.Verify(test.envelope, test.now)
		if test.says == "" && err != nil || test.says != "" && (policy.CodeOf(err) != policy.CodeSeal || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v, want … %s …", name, err, test.says)
		}
	}
	if err := o.ring.VerifyRecorded(sealed(func(*evidence.Envelope) {})); err != nil {
		t.Errorf("years later: %v", err)
	}
}

func TestKeyring_BelievesWhatAFormerKeySigned(t *testing.T) {
	t.Parallel()
	old, now := newOffice(t), newOffice(t)
	retired := strings.TrimSpace(string(old.ring.Text())) + " retired=2026-11-23T13:00:00Z"
	ring := keyring(t, "# the keys of the office", "", string(now.ring.Text()), retired)
	if ids := ring.IDs(); len(ids) != 2 || ids[0] != now.ID() || ids[1] != old.ID() {
		t.Errorf("the keys are %v", ids)
	}
	if again := keyring(t, string(ring.Text())); len(again.IDs()) != 2 {
		t.Errorf("written and read: %v", again.IDs())
	}
	for name, test := range map[string]struct {
		envelope evidence.Envelope
		says     string
	}{
		"the new key":                {now.seals(t, act(), noon.Add(2*time.Hour)), ""},
		"the old key, before":        {old.seals(t, act(), noon), ""},
		"the old key, once it is so": {old.seals(t, act(), noon.Add(2*time.Hour)), "was retired"},
	} {
		if err := ring.VerifyRecorded(test.envelope); (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What was sealed just before is still on its way; later, nobody knows when it was sealed.
	before := old.seals(t, act(), noon)
	if err := ring.Verify(before, noon.Add(time.Hour+4*time.Minute)); err != nil {
		t.Errorf("on its way while the key was retired: %v", err)
	}
	if err := ring.Verify(before, noon.Add(time.Hour+6*time.Minute)); policy.CodeOf(err) != policy.CodeSeal || !strings.Contains(err.Error(), "was retired") {
		t.Errorf("dated before the key was retired, and delivered after: %v", err)
	}
	signed, err := old.Checkpoint(evidence.Checkpoint{Cycle: cycle, Size: 1, Hash: evidence.Genesis(cycle), At: noon.Add(2 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ring.OpenCheckpoint(signed); policy.CodeOf(err) != policy.CodeSeal {
		t.Errorf("a checkpoint by a retired key: %v", err)
	}
}

func TestParseKeyring_NamesUnreadableKeysByTheirLineAlone(t *testing.T) {
	t.Parallel()
	private, public, err := evidence.NewKey(rand.Reader, "office")
	if err != nil {
		t.Fatal(err)
	}
	for text, says := range map[string]string{
		"rubbish":                         "line 1",
		public + "\nrubbish":              "line 2",
		public + "\n" + public:            "repeats",
		public + " retired=yesterday":     "retired=INSTANT",
		public + " until=2026-01-01":      "retired=INSTANT",
		private:                           "line 1",
		strings.Repeat("a", 100_000) + "": "too long",
	} {
		_, err := evidence.ParseKeyring([]byte(text))
		if policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), private) {
			t.Errorf("%.40s: %v, want … %s …", text, err, says)
		}
	}
	if _, err := evidence.ParseSigner(private + "x"); policy.CodeOf(err) != policy.CodeInvalid || strings.Contains(err.Error(), private) {
		t.Errorf("%v", err)
	}
}

func TestParseEnvelope_IsStrict(t *testing.T) {
	t.Parallel()
	good, err := evidence.Canonical(newOffice(t).seals(t, act(), noon))
	if err != nil {
		t.Fatal(err)
	}
	if e, err := evidence.ParseEnvelope(good); err != nil || e.ID == "" {
		t.Errorf("%+v, %v", e, err)
	}
	for name, text := range map[string][]byte{
		"empty": nil, "no JSON": []byte("hello"), "a list": []byte("[]"), "more after it": append(bytes.Clone(good), good...),
		"a field that is none": bytes.Replace(good, []byte(`"id"`), []byte(`"identity"`), 1),
		"a key twice":          bytes.Replace(good, []byte(`"id"`), []byte(`"ID":"other","id"`), 1),
		"a key twice within":   bytes.Replace(good, []byte(`"kind"`), []byte(`"kind":"decide","kind"`), 1),
		"too large":            bytes.Repeat([]byte(" "), evidence.MaxEnvelope+1),
		"an impossible date":   bytes.Replace(good, []byte("2021-04-12"), []byte("2021-02-30"), 1),
	} {
		if _, err := evidence.ParseEnvelope(text); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzEnvelope(f *testing.F) {
	good, err := evidence.Canonical(newOffice(f).seals(f, act(), noon))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"format":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := evidence.ParseEnvelope(text)
		if err != nil {
			return
		}
		if err := e.Check(); err != nil {
			return
		}
		if _, err := e.Content(); err != nil {
			t.Errorf("it passes, and states nothing: %v", err)
		}
	})
}

// Whoever states too much is told so; what is not refused as too long can be read once it
// is sealed.
func TestEnvelopeCheckSize_RefusesWhatNoRunWouldRead(t *testing.T) {
	t.Parallel()
	o, states := newOffice(t), act()
	enclosed := func(items int) evidence.Envelope {
		states.Items = slices.Repeat([]policy.ItemOutcome{{Item: "<firearms>", Outcome: policy.Adopted}}, items)
		e, err := evidence.Enclose("an-act", "cycle/empact", states, noon)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	for _, items := range []int{2000, 15_000} {
		if err := enclosed(items).CheckSize(); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("with %d items: %v", items, err)
		}
	}
	most := 0
	for enclosed(most+1).CheckSize() == nil {
		most++
	}
	text, err := json.Marshal(o.seals(t, states, noon))
	if err != nil || most == 0 {
		t.Fatalf("%d items are taken: %v", most, err)
	}
	if _, err := evidence.ParseEnvelope(text); err != nil {
		t.Errorf("with %d items, in %d bytes: %v", most+1, len(text), err)
	}
}

func TestParseSigner_SignsWithTheFirstOfItsKeys(t *testing.T) {
	t.Parallel()
	var private, public []string
	for range 2 {
		one, line, err := evidence.NewKey(rand.Reader, "office.example.eu")
		if err != nil {
			t.Fatal(err)
		}
		private, public = append(private, one), append(public, line)
	}
	alone, err := evidence.ParseSigner(private[1])
	if err != nil {
		t.Fatal(err)
	}
	both, err := evidence.ParseSigner("# since May\n" + private[1] + "\n\n" + private[0] + "\n")
	if err != nil {
		t.Fatal(err)
	}
	if both.ID() != alone.ID() || !slices.Equal(both.IDs(), []string{keyring(t, public[1]).IDs()[0], keyring(t, public[0]).IDs()[0]}) {
		t.Errorf("it signs with %s of %v", both.ID(), both.IDs())
	}
	secrets, err := both.Secrets("log-ins")
	if err != nil || len(secrets) != 2 || bytes.Equal(secrets[0], secrets[1]) {
		t.Fatalf("secrets: %d, %v", len(secrets), err)
	}
	if first, err := alone.Secrets("log-ins"); err != nil || !bytes.Equal(first[0], secrets[0]) {
		t.Errorf("the secret of a key depends on those behind it: %v", err)
	}
	for what, text := range map[string]string{
		"nothing": "", "remarks alone": "# none\n", "a key twice": private[0] + "\n" + private[0], "a public key": public[0], "a key and rubbish": private[0] + "\nrubbish",
	} {
		if _, err := evidence.ParseSigner(text); policy.CodeOf(err) != policy.CodeInvalid || strings.Contains(err.Error(), "rubbish") || strings.Contains(err.Error(), "PRIVATE") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
