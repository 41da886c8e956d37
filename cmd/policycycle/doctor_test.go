package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/store"
)

func TestTheDoctorSaysWhatIsNotSafe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("x"), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	closed, open := file("closed", 0o600), file("open", 0o644)
	for name, test := range map[string]struct {
		env    []string
		check  string
		status string
	}{
		"the local identity":                    {nil, "identity", "warn"},
		"the local identity for everybody":      {[]string{"POLICYCYCLE_LISTEN=0.0.0.0:80"}, "identity", "bad"},
		"the local identity, records elsewhere": {[]string{"DATABASE_URL=postgres://u@db.example.eu/p"}, "identity", "bad"},
		"a provider that is not named":          {[]string{"POLICYCYCLE_IDENTITY=oidc"}, "identity", "bad"},
		"a provider": {[]string{
			"POLICYCYCLE_IDENTITY=oidc", "POLICYCYCLE_IDENTITY_ISSUER=https://login.example.eu", "POLICYCYCLE_IDENTITY_CLIENT_ID=x", "POLICYCYCLE_IDENTITY_CLAIMS=" + closed,
		}, "identity", "ok"},
		"no seal, on one machine":         {nil, "sealing", "warn"},
		"no seal, for real":               {[]string{"POLICYCYCLE_IDENTITY=oidc", "POLICYCYCLE_SEAL=false"}, "sealing", "bad"},
		"seals":                           {[]string{"POLICYCYCLE_SEAL=true"}, "sealing", "ok"},
		"a key for its owner":             {[]string{"POLICYCYCLE_SEAL_KEY=" + closed}, "file of seal.key", "ok"},
		"a key for everybody":             {[]string{"POLICYCYCLE_SEAL_KEY=" + open}, "file of seal.key", "bad"},
		"a key that is not there":         {[]string{"POLICYCYCLE_SEAL_KEY=" + dir + "/none"}, "file of seal.key", "bad"},
		"a token for everybody":           {[]string{"POLICYCYCLE_TOKEN_FILE=" + open}, "file of token_file", "bad"},
		"nothing encrypted here":          {nil, "encryption", "warn"},
		"nothing encrypted elsewhere":     {[]string{"TEMPORAL_ADDRESS=temporal.example.eu:7233", "DATABASE_URL=postgres://u@127.0.0.1/p"}, "encryption", "bad"},
		"encrypted":                       {[]string{"POLICYCYCLE_ENCRYPTION_KEYS=" + closed}, "encryption", "ok"},
		"Temporal in the clear":           {[]string{"TEMPORAL_ADDRESS=temporal.example.eu:7233", "DATABASE_URL=postgres://u@127.0.0.1/p"}, "connection to Temporal", "bad"},
		"Temporal by TLS":                 {[]string{"TEMPORAL_ADDRESS=temporal.example.eu:7233", "TEMPORAL_TLS=true", "DATABASE_URL=postgres://u@127.0.0.1/p"}, "connection to Temporal", "ok"},
		"Temporal here":                   {nil, "connection to Temporal", "ok"},
		"Postgres in the clear":           {[]string{"DATABASE_URL=postgres://u@db.example.eu/p"}, "connection to Postgres", "bad"},
		"Postgres by somebody's TLS":      {[]string{"DATABASE_URL=postgres://u@db.example.eu/p?sslmode=require"}, "connection to Postgres", "warn"},
		"Postgres by TLS":                 {[]string{"DATABASE_URL=postgres://u@db.example.eu/p?sslmode=verify-full"}, "connection to Postgres", "ok"},
		"no checkpoints elsewhere":        {nil, "checkpoints", "warn"},
		"checkpoints beside the records":  {[]string{"POLICYCYCLE_DATA=" + dir, "POLICYCYCLE_AUDIT_CHECKPOINTS=" + dir + "/c"}, "checkpoints", "warn"},
		"checkpoints in other hands":      {[]string{"POLICYCYCLE_AUDIT_CHECKPOINTS=/mnt/witness"}, "checkpoints", "ok"},
		"a log that says much":            {[]string{"POLICYCYCLE_LOG_LEVEL=debug"}, "log", "warn"},
		"a login that may not change":     {nil, "login at Postgres", "ok"},
		"the rights that are enough":      {nil, "rights on the records", "ok"},
		"nothing in a configuration file": {nil, "configuration file", "ok"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := fakeParts(nil)
			p.privileges = func(context.Context, connection) (store.Privileges, error) {
				return store.Privileges{User: "worker", Version: "15.1", Clock: time.Now()}, nil
			}
			d := command(t.Context(), p, test.env, "doctor")
			found := ""
			for line := range strings.Lines(d.out) {
				if fields := strings.Fields(line); len(fields) > 1 && strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(line, fields[0])), test.check+"  ") {
					found = fields[0]
				}
			}
			if found != test.status || (test.status == "bad") && d.status != 18 {
				t.Errorf("%s is %q with status %d, want %q:\n%s%s", test.check, found, d.status, test.status, d.out, d.err)
			}
		})
	}
}

func TestALoginThatMayChangeTheRecordsIsNotSafe(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, p := range map[string]store.Privileges{
		"login at Postgres": {User: "postgres", Superuser: true, Clock: now}, "rights on the records": {User: "x", MayChange: true, Clock: now},
		"tables": {User: "x", Schema: store.Schema{Applied: 6, Known: 8, Pending: 2}, Clock: now}, "clocks": {User: "x", Clock: now.Add(-time.Minute)},
	} {
		for _, c := range privilegeChecks(p, now) {
			if (c.Check == name) == (c.Status == sound) {
				t.Errorf("%s: %+v", name, c)
			}
		}
	}
}
