// Package evidence is what makes a record checkable: the canonical form of a
// thing, its digest, and the envelope in which an act travels. Pure.
package evidence

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gowebpki/jcs"
)

// Canonical gives the one JSON text of a value, as RFC 8785 has it: equal values
// give equal bytes. Numbers are exact up to policy.MaxNumber; a key that stands
// twice in an object is an error.
func Canonical(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err == nil {
		text, err = jcs.Transform(text)
	}
	if err != nil {
		return nil, fmt.Errorf("canonical form: %w", err)
	}
	return text, nil
}

// Digest gives the SHA-256 of bytes as "sha256:" and 64 hexadecimal digits.
func Digest(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// DigestOf gives the digest of the canonical form of a value.
func DigestOf(v any) (string, error) {
	content, err := Canonical(v)
	if err != nil {
		return "", err
	}
	return Digest(content), nil
}

// ShortID makes an identifier that a person can copy out of a digest: 80 bits
// as 16 small letters and digits. Should two acts ever meet in one, the second
// is refused as a conflict, never taken for the first.
func ShortID(content []byte) string {
	const size = 10 // bytes
	sum := sha256.Sum256(content)
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:size]))
}
