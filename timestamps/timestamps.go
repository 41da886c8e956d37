// Package timestamps has an authority outside say when something was there (RFC 3161), and checks
// what it said without asking it again. A checkpoint bears the time of our own clock; a timestamp on
// it bears that of somebody whom an auditor trusts.
package timestamps

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"io"
	"math/big"
	"net/http"
	"slices"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"

	"github.com/policycycle/policycycle/policy"
)

// Ending is how the files of answers of an authority end.
const Ending = ".tsr"

// Authority is one that sets timestamps, at an address.
type Authority struct {
	URL    string
	Client *http.Client // nil is one of our own
}

// The media types of RFC 3161, section 3.4.
const (
	queryType  = "application/timestamp-query"
	answerType = "application/timestamp-reply"
)

// mostAnswer is how long an answer may be, in bytes: it holds some certificates.
const mostAnswer = 1 << 18

// patience is how long an authority may take.
const patience = 30 * time.Second

// Stamp asks for a timestamp on a content, of which the authority sees the checksum alone. It gives
// the answer as openssl ts reads it, once it is sound and of this content. The error has
// CodeUnavailable where the authority is away or does not do it.
func (a Authority) Stamp(ctx context.Context, content []byte) ([]byte, error) {
	const bits = 64
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), bits))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	query, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Certificates: true, Nonce: nonce}).Marshal()
	if err != nil {
		return nil, err
	}
	answer, err := a.ask(ctx, query)
	if err != nil {
		return nil, err
	}
	stamp, err := timestamp.ParseResponse(answer)
	switch {
	case err != nil:
		return nil, policy.Refuse(policy.CodeUnavailable, "%s sets no timestamp: %v", a.URL, err)
	case !bytes.Equal(stamp.HashedMessage, sum[:]), stamp.Nonce == nil || stamp.Nonce.Cmp(nonce) != 0:
		return nil, policy.Refuse(policy.CodeUnavailable, "%s has answered another question", a.URL)
	}
	return answer, nil
}

func (a Authority) ask(ctx context.Context, query []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL, bytes.NewReader(query))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", queryType)
	client := a.Client
	if client == nil {
		client = &http.Client{Timeout: patience}
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, policy.Refuse(policy.CodeUnavailable, "%s, which sets timestamps, is away: %v", a.URL, err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != answerType {
		return nil, policy.Refuse(policy.CodeUnavailable, "%s, which sets timestamps, answered %s with %q", a.URL, answer.Status, answer.Header.Get("Content-Type"))
	}
	return io.ReadAll(io.LimitReader(answer.Body, mostAnswer))
}

// Stamp is what an authority has said.
type Stamp struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`     // the name in its certificate
	Serial string    `json:"serial"` // number of the timestamp, in hexadecimal digits
}

// Check reads an answer of an authority on a content, and makes sure that a certificate for setting
// timestamps has signed it, which was good at that time and which one of those that are trusted
// vouches for. The error has CodeSeal.
func Check(answer, content []byte, trusted *x509.CertPool) (Stamp, error) {
	stamp, err := timestamp.ParseResponse(answer)
	if err != nil {
		return Stamp{}, policy.Refuse(policy.CodeSeal, "this is no timestamp, or it was changed: %v", err)
	}
	sum := sha256.Sum256(content)
	if stamp.HashAlgorithm != crypto.SHA256 || !bytes.Equal(stamp.HashedMessage, sum[:]) {
		return Stamp{}, policy.Refuse(policy.CodeSeal, "the timestamp is of something else")
	}
	token, err := pkcs7.Parse(stamp.RawToken)
	if err != nil {
		return Stamp{}, policy.Refuse(policy.CodeSeal, "this is no timestamp, or it was changed: %v", err)
	}
	between := x509.NewCertPool()
	for _, c := range token.Certificates {
		between.AddCert(c)
	}
	if err := token.VerifyWithOpts(x509.VerifyOptions{
		Roots: trusted, Intermediates: between, CurrentTime: stamp.Time, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	}); err != nil {
		return Stamp{}, policy.Refuse(policy.CodeSeal, "no authority that is trusted here has set the timestamp: %v", err)
	}
	return Stamp{stamp.Time.UTC(), signer(token), hex.EncodeToString(stamp.SerialNumber.Bytes())}, nil
}

// signer gives the name of who signed.
func signer(token *pkcs7.PKCS7) string {
	c := token.GetOnlySigner()
	if c == nil {
		return ""
	}
	if c.Subject.CommonName != "" {
		return c.Subject.CommonName
	}
	return c.Subject.String()
}

// Trusted reads the certificates of authorities from PEM. The error has CodeInvalid.
func Trusted(pem []byte) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(slices.Clone(pem)) {
		return nil, policy.Refuse(policy.CodeInvalid, "this holds no certificates: expected those of the authority, as PEM")
	}
	return pool, nil
}
