package config

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
)

// given says whether anything but the switch is set.
func (t TLS) given() bool { return t.CA != "" || t.Cert != "" || t.Key != "" || t.ServerName != "" }

// Encrypted says whether the connection to Temporal is encrypted.
func (t Temporal) Encrypted() bool {
	switch t.TLS.Enabled {
	case On:
		return true
	case Off:
		return false
	default:
		return t.TLS.given() || t.APIKey != ""
	}
}

// TLSConfig gives what the connection to Temporal needs, or nil when it is not
// encrypted. Errors name the file that cannot be used.
func (t Temporal) TLSConfig() (*tls.Config, error) {
	if !t.Encrypted() {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.TLS.ServerName}
	if t.TLS.CA != "" {
		pem, err := os.ReadFile(t.TLS.CA)
		if err != nil {
			return nil, err
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", t.TLS.CA)
		}
	}
	if t.TLS.Cert != "" {
		pair, err := tls.LoadX509KeyPair(t.TLS.Cert, t.TLS.Key)
		if err != nil {
			return nil, fmt.Errorf("%s and %s cannot be used: %w", t.TLS.Cert, t.TLS.Key, err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// Loopback says whether an address with a port is on this machine.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback())
}
