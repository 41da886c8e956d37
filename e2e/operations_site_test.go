package e2e_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/embedded/postgres"
	server "github.com/policycycle/policycycle/embedded/temporal"
)

// certificates are a certificate for localhost, which servers and clients show, and that of
// who signed it, as files.
type certificates struct{ ca, cert, key string }

func certify(tb testing.TB, dir string) certificates {
	tb.Helper()
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	made := func(number int64, name string) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(number), Subject: pkix.Name{CommonName: name},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), BasicConstraintsValid: true,
		}
	}
	authority, leaf := made(1, "the authority of a test"), made(2, "localhost")
	authority.IsCA, authority.KeyUsage = true, x509.KeyUsageCertSign
	leaf.KeyUsage, leaf.DNSNames = x509.KeyUsageDigitalSignature, []string{"localhost"}
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	write := func(name, kind string, content []byte, err error) string {
		path := filepath.Join(dir, name)
		if err == nil {
			err = os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600)
		}
		if err != nil {
			tb.Fatal(err)
		}
		return path
	}
	var c certificates
	raw, err := x509.CreateCertificate(rand.Reader, authority, authority, signer.Public(), signer)
	c.ca = write("ca.pem", "CERTIFICATE", raw, err)
	raw, err = x509.CreateCertificate(rand.Reader, leaf, authority, key.Public(), signer)
	c.cert = write("localhost.pem", "CERTIFICATE", raw, err)
	raw, err = x509.MarshalPKCS8PrivateKey(key)
	c.key = write("localhost.key", "PRIVATE KEY", raw, err)
	return c
}

// config is what a server of these certificates is told.
func (c certificates) config() (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return nil, err
	}
	pool, err := c.pool()
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, ClientCAs: pool, RootCAs: pool}, err
}

func (c certificates) pool() (*x509.CertPool, error) {
	text, err := os.ReadFile(c.ca)
	pool := x509.NewCertPool()
	if err == nil && !pool.AppendCertsFromPEM(text) {
		err = errors.New("it holds no certificate")
	}
	return pool, err
}

// outside starts a Postgres of its own, and gives the address for its administrator.
func outside(tb testing.TB) (data, admin string) {
	tb.Helper()
	dir := folder(tb)
	records, err := postgres.Start(tb.Context(), postgres.Options{Dir: dir, Scratch: true, Log: zerolog.Nop()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := records.Stop(context.WithoutCancel(tb.Context())); err != nil {
			tb.Error(err)
		}
	})
	return filepath.Join(dir, "data"), records.URL("postgres")
}

// encrypts has a Postgres take connections to all but Temporal's databases encrypted alone,
// and gives the port.
func (c certificates) encrypts(tb testing.TB, data, admin string) (port string) {
	tb.Helper()
	info, err := os.Stat(data)
	if err != nil {
		tb.Fatal(err)
	}
	owner, is := info.Sys().(*syscall.Stat_t)
	if !is {
		tb.Fatal("nobody owns the data")
	}
	for to, from := range map[string]string{"server.crt": c.cert, "server.key": c.key} {
		text, err := os.ReadFile(from)
		path := filepath.Join(data, to)
		if err == nil {
			err = os.WriteFile(path, text, 0o600)
		}
		if err == nil {
			err = os.Chown(path, int(owner.Uid), int(owner.Gid))
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	const rules = "host temporal,temporal_visibility all 127.0.0.1/32 scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n"
	for _, sql := range []string{
		"CREATE ROLE postgres LOGIN SUPERUSER PASSWORD 'postgres'", "CREATE DATABASE temporal", "CREATE DATABASE temporal_visibility",
		"ALTER SYSTEM SET ssl = on",
	} {
		execute(tb, admin, sql)
	}
	if err := os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte(rules), 0o600); err != nil {
		tb.Fatal(err)
	}
	execute(tb, admin, "SELECT pg_reload_conf()")
	address, err := url.Parse(admin)
	if err != nil {
		tb.Fatal(err)
	}
	encrypted := *address
	encrypted.Host, encrypted.RawQuery = "localhost:"+address.Port(), "sslmode=verify-full&sslrootcert="+c.ca
	reached := func(address string) bool {
		conn, err := pgx.Connect(tb.Context(), address)
		if err == nil {
			_ = conn.Close(tb.Context())
		}
		return err == nil
	}
	eventually(tb, "Postgres takes encrypted connections alone", func() bool { return reached(encrypted.String()) && !reached(admin) })
	return address.Port()
}

// Variables that turn the test binary into a Temporal server beside the Postgres that one of
// them names, with the certificates in the folder that the other names.
const (
	clockVariable        = "PCYCLE_CLOCK"
	certificatesVariable = "PCYCLE_CERTIFICATES"
)

// clock runs a Temporal server that is reached encrypted alone, by who shows a certificate. It
// says where, and ends when its process is ended.
func clock(records string) int {
	ctx, dir := context.Background(), os.Getenv(certificatesVariable)
	frontend, err := server.Start(ctx, server.Options{PostgresURL: records, Dir: filepath.Join(os.TempDir(), "temporal"), Log: zerolog.Nop()})
	if err != nil {
		return fail(err)
	}
	c := certificates{filepath.Join(dir, "ca.pem"), filepath.Join(dir, "localhost.pem"), filepath.Join(dir, "localhost.key")}
	config, err := c.config()
	if err != nil {
		return fail(err)
	}
	config.ClientAuth, config.NextProtos = tls.RequireAndVerifyClientCert, []string{"h2"}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		return fail(err)
	}
	fmt.Println("listens at", listener.Addr())
	for {
		asked, err := listener.Accept()
		if err != nil {
			return fail(err)
		}
		answers, err := new(net.Dialer).DialContext(ctx, "tcp", frontend.Address())
		if err != nil {
			return fail(err)
		}
		carry := func(to, from net.Conn) { _, _ = io.Copy(to, from); _ = to.Close() }
		go carry(asked, answers)
		go carry(answers, asked)
	}
}

// ticks starts a Temporal server in a process of its own, and gives its port.
func (c certificates) ticks(tb testing.TB, records string) (port string) {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd, out := exec.CommandContext(context.WithoutCancel(tb.Context()), self), &safeBuffer{}
	cmd.Env = append(os.Environ(), clockVariable+"="+records, certificatesVariable+"="+filepath.Dir(c.ca))
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	tb.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	eventually(tb, "Temporal listens", func() bool {
		select {
		case <-ended:
			tb.Fatalf("Temporal has ended: %s", out)
		default:
		}
		_, rest, listens := strings.Cut(out.String(), "listens at 127.0.0.1:")
		port, _, _ = strings.Cut(rest, "\n")
		return listens
	})
	return port
}

// proxy gives one https name to several services, in turn. Where one does not answer it asks
// the next.
func (c certificates) proxy(tb testing.TB, services ...string) *httptest.Server {
	tb.Helper()
	config, err := c.config()
	if err != nil {
		tb.Fatal(err)
	}
	var turn atomic.Uint64
	one := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, _ string) (conn net.Conn, err error) {
		first := int(turn.Add(1) % uint64(len(services)))
		for i := range services {
			if conn, err = new(net.Dialer).DialContext(ctx, network, services[(first+i)%len(services)]); err == nil {
				return conn, nil
			}
		}
		return nil, err
	}}
	name := httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Transport: one, FlushInterval: -1,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: services[0]})
			r.Out.Host = r.In.Host
		},
	})
	name.TLS = config
	name.StartTLS()
	tb.Cleanup(name.Close)
	return name
}
