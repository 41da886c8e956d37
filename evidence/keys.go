package evidence

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/policycycle/policycycle/policy"
)

// Keys are Ed25519 in the text forms of signed notes (C2SP signed-note, package
// golang.org/x/mod/sumdb/note): what one office signs, anybody's tools check.

// NewKey makes a pair of keys under a name such as "policycycle.example.eu". The
// private one is for the office that seals, the public one for everybody.
func NewKey(random io.Reader, name string) (private, public string, err error) {
	private, public, err = note.GenerateKey(random, name)
	if err != nil {
		return "", "", fmt.Errorf("new key: %w", err)
	}
	return private, public, nil
}

// Signer seals acts and signs checkpoints.
type Signer struct {
	signer note.Signer
	// others were in use before, or will be: their secrets still count.
	others []note.Signer
}

// ParseSigner reads private keys, one on a line. The first signs. Lines that begin with # are
// remarks. The error has policy.CodeInvalid, names the line and never repeats a key.
func ParseSigner(text string) (*Signer, error) {
	var keys []note.Signer
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, err := note.NewSigner(line)
		if err != nil {
			return nil, policy.Refuse(policy.CodeInvalid, "line %d of the private keys is none: policycycle keys new seal makes one", i+1)
		}
		if slices.ContainsFunc(keys, func(k note.Signer) bool { return k.Name() == key.Name() && k.KeyHash() == key.KeyHash() }) {
			return nil, policy.Refuse(policy.CodeInvalid, "line %d of the private keys repeats %s", i+1, keyID(key.Name(), key.KeyHash()))
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, policy.Refuse(policy.CodeInvalid, "this is no private key: policycycle keys new seal makes one")
	}
	return &Signer{keys[0], keys[1:]}, nil
}

// ID names the key that signs: its name, a plus, and a hash of it.
func (s *Signer) ID() string { return s.IDs()[0] }

// IDs names all keys; the first signs.
func (s *Signer) IDs() []string {
	ids := []string{keyID(s.signer.Name(), s.signer.KeyHash())}
	for _, key := range s.others {
		ids = append(ids, keyID(key.Name(), key.KeyHash()))
	}
	return ids
}

// sign signs a text. The error has policy.CodeSeal, and is what is refused then.
func (s *Signer) sign(text []byte, refused *policy.Error) (string, error) {
	signature, err := s.signer.Sign(text)
	if err != nil {
		return "", refused
	}
	return base64.StdEncoding.EncodeToString(signature), nil
}

// Secrets gives, for each key, a secret for one use that nobody finds who does not have the
// key: an Ed25519 signature is always the same. The first is of the key that signs.
func (s *Signer) Secrets(use string) ([][]byte, error) {
	secrets := make([][]byte, 0, 1+len(s.others))
	for _, key := range append([]note.Signer{s.signer}, s.others...) {
		signature, err := key.Sign([]byte("policycycle secret\n" + use))
		if err != nil {
			return nil, fmt.Errorf("secret for %s: %w", use, err)
		}
		secrets = append(secrets, signature)
	}
	return secrets, nil
}

func keyID(name string, hash uint32) string { return fmt.Sprintf("%s+%08x", name, hash) }

// Keyring holds the public keys that are believed.
type Keyring struct{ keys []believed }

type believed struct {
	note.Verifier
	text string
	// retired is the instant from which nothing it signs is believed; zero for
	// none.
	retired time.Time
}

func (b believed) id() string { return keyID(b.Name(), b.KeyHash()) }

// ParseKeyring reads public keys, one on a line. After a key may stand
// "retired=" and an instant (RFC 3339): what it signed before is still believed,
// so that keys can be changed. Lines that begin with # are remarks. The error
// has policy.CodeInvalid and names the line.
func ParseKeyring(text []byte) (*Keyring, error) {
	ring := &Keyring{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		verifier, err := note.NewVerifier(fields[0])
		if err != nil || len(fields) > 2 {
			return nil, policy.Refuse(policy.CodeInvalid, "line %d of the public keys is no key: expected one key, and retired=INSTANT where it is out of use", n)
		}
		key := believed{Verifier: verifier, text: fields[0]}
		if len(fields) == 2 {
			instant, found := strings.CutPrefix(fields[1], "retired=")
			if key.retired, err = time.Parse(time.RFC3339, instant); err != nil || !found {
				return nil, policy.Refuse(policy.CodeInvalid, "line %d of the public keys says %q: expected retired=INSTANT, such as retired=2027-01-31T12:00:00Z", n, fields[1])
			}
		}
		if slices.Contains(ring.IDs(), key.id()) {
			return nil, policy.Refuse(policy.CodeInvalid, "line %d of the public keys repeats %s", n, key.id())
		}
		ring.keys = append(ring.keys, key)
	}
	if err := lines.Err(); err != nil {
		return nil, policy.Refuse(policy.CodeInvalid, "the public keys have a line that is too long")
	}
	return ring, nil
}

// IDs names the keys, in the order of their lines.
func (k *Keyring) IDs() []string {
	ids := make([]string, len(k.keys))
	for i, key := range k.keys {
		ids[i] = key.id()
	}
	return ids
}

// Line gives the line of a key, as it was made; "" for one that is not there.
func (k *Keyring) Line(id string) string {
	for _, key := range k.keys {
		if key.id() == id {
			return key.text
		}
	}
	return ""
}

// Retired gives the instant from which nothing is believed that a key signs; zero for none.
func (k *Keyring) Retired(id string) time.Time {
	for _, key := range k.keys {
		if key.id() == id {
			return key.retired
		}
	}
	return time.Time{}
}

// Text gives the keys in the form that ParseKeyring reads.
func (k *Keyring) Text() []byte {
	var text bytes.Buffer
	for _, key := range k.keys {
		text.WriteString(key.text)
		if !key.retired.IsZero() {
			text.WriteString(" retired=" + key.retired.Format(time.RFC3339))
		}
		text.WriteByte('\n')
	}
	return text.Bytes()
}

// find gives a key by its ID, and whether it is believed for what was signed at
// an instant.
func (k *Keyring) find(id string, signed time.Time) (believed, error) {
	for _, key := range k.keys {
		switch {
		case key.id() != id:
		case !key.retired.IsZero() && !signed.Before(key.retired):
			return key, policy.Refuse(policy.CodeSeal, "the key %q was retired on %s, before this was signed", id, key.retired.Format(time.RFC3339))
		default:
			return key, nil
		}
	}
	return believed{}, policy.Refuse(policy.CodeSeal, "the key %q is not known here", id)
}

// verify makes sure that a key that is believed for what was signed at an instant has signed
// a text. The error has policy.CodeSeal: what is said of the key, or what is refused then.
func (k *Keyring) verify(id, signature string, signed time.Time, text []byte, refused *policy.Error) error {
	key, err := k.find(id, signed)
	if err != nil {
		return err
	}
	if raw, err := base64.StdEncoding.DecodeString(signature); err != nil || !key.Verify(text, raw) {
		return refused
	}
	return nil
}
