// Package timestampstest is an authority that sets timestamps, for tests.
package timestampstest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
)

// Authority sets timestamps on this machine.
type Authority struct {
	URL string
	PEM []byte // the certificate that vouches for it
	// Answers changes an answer on its way; nil leaves it.
	Answers func(timestamp.Timestamp) timestamp.Timestamp

	certificate *x509.Certificate
	root        *x509.Certificate
	key         *ecdsa.PrivateKey
	count       atomic.Int64
	away        atomic.Bool
}

// Open opens one until the test ends.
func Open(tb testing.TB) *Authority {
	tb.Helper()
	a := &Authority{}
	if err := a.certify(); err != nil {
		tb.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(a.serve))
	tb.Cleanup(server.Close)
	a.URL = server.URL
	return a
}

// Away has it answer that it is busy, or again as usual.
func (a *Authority) Away(away bool) { a.away.Store(away) }

// Count is how many timestamps it has set.
func (a *Authority) Count() int64 { return a.count.Load() }

// certify makes the key and its certificate, which is for timestamps alone (RFC 3161, 2.3), and that
// of the root which vouches for it.
func (a *Authority) certify() error {
	root, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return err
	}
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}}) // timeStamping
	if err != nil {
		return err
	}
	authority := named(1, "Root for tests")
	authority.KeyUsage, authority.IsCA, authority.BasicConstraintsValid = x509.KeyUsageCertSign, true, true
	der, err := x509.CreateCertificate(rand.Reader, authority, authority, root.Public(), root)
	if err != nil {
		return err
	}
	if a.root, err = x509.ParseCertificate(der); err != nil {
		return err
	}
	a.PEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	own := named(2, "Authority for tests") //nolint:mnd // a number
	own.KeyUsage = x509.KeyUsageDigitalSignature
	own.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}}
	if der, err = x509.CreateCertificate(rand.Reader, own, authority, a.key.Public(), root); err != nil {
		return err
	}
	a.certificate, err = x509.ParseCertificate(der)
	return err
}

func named(number int64, name string) *x509.Certificate {
	const year = 365 * 24 * time.Hour
	return &x509.Certificate{
		SerialNumber: big.NewInt(number), Subject: pkix.Name{CommonName: name, Organization: []string{"policycycle"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(year),
	}
}

func (a *Authority) serve(w http.ResponseWriter, r *http.Request) {
	if a.away.Load() {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	query, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	asked, err := timestamp.ParseRequest(query)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	stamp := timestamp.Timestamp{
		HashAlgorithm: asked.HashAlgorithm, HashedMessage: asked.HashedMessage, Time: time.Now(), Nonce: asked.Nonce, SerialNumber: big.NewInt(a.count.Add(1)),
		Policy: asn1.ObjectIdentifier{1, 2, 3}, Certificates: []*x509.Certificate{a.root}, AddTSACertificate: asked.Certificates,
	}
	if a.Answers != nil {
		stamp = a.Answers(stamp)
	}
	answer, err := stamp.CreateResponseWithOpts(a.certificate, a.key, crypto.SHA256)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(answer)
}
