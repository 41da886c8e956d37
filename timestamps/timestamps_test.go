package timestamps_test

import (
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/timestamps"
	"github.com/policycycle/policycycle/timestamps/timestampstest"
)

var checkpoint = []byte("policycycle/empact-2022-2025\n42\n")

func TestCheck_BelievesWhatATrustedAuthoritySaidOfTheContent(t *testing.T) {
	t.Parallel()
	a, other := timestampstest.Open(t), timestampstest.Open(t)
	before := time.Now().Add(-time.Second).Truncate(time.Second)
	answer, err := timestamps.Authority{URL: a.URL}.Stamp(t.Context(), checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := timestamps.Trusted(a.PEM)
	if err != nil {
		t.Fatal(err)
	}
	stamp, err := timestamps.Check(answer, checkpoint, trusted)
	if err != nil || stamp.At.Before(before) || stamp.By != "Authority for tests" || stamp.Serial == "" {
		t.Errorf("%+v, %v", stamp, err)
	}
	strangers, err := timestamps.Trusted(other.PEM)
	if err != nil {
		t.Fatal(err)
	}
	changed := append([]byte{}, answer...)
	changed[len(changed)-20] ^= 1
	for name, check := range map[string]func() error{
		"another content":   func() error { _, err := timestamps.Check(answer, []byte("another"), trusted); return err },
		"another authority": func() error { _, err := timestamps.Check(answer, checkpoint, strangers); return err },
		"changed":           func() error { _, err := timestamps.Check(changed, checkpoint, trusted); return err },
		"cut off":           func() error { _, err := timestamps.Check(answer[:len(answer)/2], checkpoint, trusted); return err },
		"no answer":         func() error { _, err := timestamps.Check(nil, checkpoint, trusted); return err },
	} {
		if err := check(); policy.CodeOf(err) != policy.CodeSeal {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := timestamps.Trusted([]byte("no certificate")); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("no certificate: %v", err)
	}
}

// Another program believes it, too.
func TestStamp_IsReadByOpenSSL(t *testing.T) {
	t.Parallel()
	a, dir := timestampstest.Open(t), t.TempDir()
	answer, err := timestamps.Authority{URL: a.URL}.Stamp(t.Context(), checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"c.txt": checkpoint, "c.tsr": answer, "ca.pem": a.PEM} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	verify := exec.CommandContext(t.Context(), "openssl", "ts", "-verify", "-data", "c.txt", "-in", "c.tsr", "-CAfile", "ca.pem")
	verify.Dir = dir
	if out, err := verify.CombinedOutput(); err != nil {
		t.Errorf("openssl: %v\n%s", err, out)
	}
}

func TestStamp_TakesNoAnswerToAnotherQuestion(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(timestamp.Timestamp) timestamp.Timestamp{
		"another nonce":   func(s timestamp.Timestamp) timestamp.Timestamp { s.Nonce = big.NewInt(7); return s },
		"no nonce":        func(s timestamp.Timestamp) timestamp.Timestamp { s.Nonce = nil; return s },
		"another content": func(s timestamp.Timestamp) timestamp.Timestamp { s.HashedMessage = make([]byte, 32); return s },
	} {
		a := timestampstest.Open(t)
		a.Answers = change
		if _, err := (timestamps.Authority{URL: a.URL}).Stamp(t.Context(), checkpoint); policy.CodeOf(err) != policy.CodeUnavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
	a := timestampstest.Open(t)
	a.Away(true)
	if _, err := (timestamps.Authority{URL: a.URL}).Stamp(t.Context(), checkpoint); policy.CodeOf(err) != policy.CodeUnavailable {
		t.Errorf("away: %v", err)
	}
}
