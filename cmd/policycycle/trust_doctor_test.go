package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/worker"
)

func TestDoctor_SaysWhatIsNotSafe(t *testing.T) {
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
		"no seal, on one machine":        {nil, "sealing", "warn"},
		"no seal, for real":              {[]string{"POLICYCYCLE_IDENTITY=oidc", "POLICYCYCLE_SEAL=false"}, "sealing", "bad"},
		"seals":                          {[]string{"POLICYCYCLE_SEAL=true"}, "sealing", "ok"},
		"a key for its owner":            {[]string{"POLICYCYCLE_SEAL_KEY=" + closed}, "file of seal.key", "ok"},
		"a key for everybody":            {[]string{"POLICYCYCLE_SEAL_KEY=" + open}, "file of seal.key", "bad"},
		"a key that is not there":        {[]string{"POLICYCYCLE_SEAL_KEY=" + dir + "/none"}, "file of seal.key", "bad"},
		"a token for everybody":          {[]string{"POLICYCYCLE_TOKEN_FILE=" + open}, "file of token_file", "bad"},
		"nothing encrypted here":         {nil, "encryption", "warn"},
		"nothing encrypted elsewhere":    {[]string{"TEMPORAL_ADDRESS=temporal.example.eu:7233", "DATABASE_URL=postgres://u@127.0.0.1/p"}, "encryption", "bad"},
		"encrypted":                      {[]string{"POLICYCYCLE_ENCRYPTION_KEYS=" + closed}, "encryption", "ok"},
		"Temporal in the clear":          {[]string{"TEMPORAL_ADDRESS=temporal.example.eu:7233", "DATABASE_URL=postgres://u@127.0.0.1/p"}, "connection to Temporal", "bad"},
		"Temporal by TLS":                {[]string{"TEMPORAL_ADDRESS=temporal.example.eu:7233", "TEMPORAL_TLS=true", "DATABASE_URL=postgres://u@127.0.0.1/p"}, "connection to Temporal", "ok"},
		"Temporal here":                  {nil, "connection to Temporal", "ok"},
		"Postgres in the clear":          {[]string{"DATABASE_URL=postgres://u@db.example.eu/p"}, "connection to Postgres", "bad"},
		"Postgres by somebody's TLS":     {[]string{"DATABASE_URL=postgres://u@db.example.eu/p?sslmode=require"}, "connection to Postgres", "warn"},
		"Postgres by TLS":                {[]string{"DATABASE_URL=postgres://u@db.example.eu/p?sslmode=verify-full"}, "connection to Postgres", "ok"},
		"no checkpoints elsewhere":       {nil, "checkpoints", "warn"},
		"checkpoints beside the records": {[]string{"POLICYCYCLE_DATA=" + dir, "POLICYCYCLE_AUDIT_CHECKPOINTS=" + dir + "/c"}, "checkpoints", "warn"},
		"checkpoints in other hands":     {[]string{"POLICYCYCLE_AUDIT_CHECKPOINTS=" + t.TempDir() + "/witness"}, "checkpoints", "ok"},
		"a log that says much":           {[]string{"POLICYCYCLE_LOG_LEVEL=debug"}, "log", "warn"},
		"a login that may not change":    {nil, "login at Postgres", "ok"},
		"a service, and nobody is logged in": {[]string{
			"POLICYCYCLE_IDENTITY=oidc", "POLICYCYCLE_SERVER=https://policycycle.example.eu", "DATABASE_URL=postgres://u@127.0.0.1/p", "TEMPORAL_ADDRESS=127.0.0.1:7233",
		}, "login at Postgres", "ok"},
		"the rights that are enough":      {nil, "rights on the records", "ok"},
		"nothing in a configuration file": {nil, "configuration file", "ok"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := fakeParts(nil)
			p.privileges = func(context.Context, connection) (store.Privileges, error) {
				return allowed(store.Privileges{}), nil
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

func TestDoctor_SaysWhatTemporalsListLacks(t *testing.T) {
	t.Parallel()
	for says, found := range map[string]placed{
		`ok +list of Temporal `: {},
		`warn +list of Temporal +lacks the search attributes Overdue \(Bool\), Stage \(Keyword\); .*migrate`: {unlisted: []string{"Overdue (Bool)", "Stage (Keyword)"}},
		`warn +list of Temporal +no answer came in time; .*api_key`:                                          {list: context.DeadlineExceeded},
	} {
		p := fakeParts(nil)
		p.privileges = permitted
		p.temporal = func(context.Context, connection) (placed, error) {
			found.namespace = engine.Namespace{Name: "policycycle", Retention: engine.Retention}
			return found, nil
		}
		if d := command(t.Context(), p, nil, "doctor"); !regexp.MustCompile(says).MatchString(d.out) {
			t.Errorf("it lacks %q:\n%s%s", says, d.out, d.err)
		}
	}
}

func TestDoctor_AsksTheProvider(t *testing.T) {
	t.Parallel()
	env := []string{"POLICYCYCLE_IDENTITY=oidc", "POLICYCYCLE_IDENTITY_ISSUER=https://login.example.eu", "POLICYCYCLE_IDENTITY_CLIENT_ID=x", "POLICYCYCLE_SERVER=https://p.example.eu"}
	for says, away := range map[string]error{
		`ok +provider `:  nil,
		`bad +provider `: policy.Refuse(policy.CodeUnavailable, "the provider at https://login.example.eu does not answer as one"),
	} {
		p := fakeParts(nil)
		p.privileges = permitted
		p.askProvider = func(_ context.Context, o identity.Options) error {
			if o.Issuer != "https://login.example.eu" || o.ClientID != "x" {
				t.Errorf("asked %+v", o)
			}
			return away
		}
		if d := command(t.Context(), p, env, "doctor"); !regexp.MustCompile(says).MatchString(d.out) {
			t.Errorf("it lacks %q:\n%s%s", says, d.out, d.err)
		}
	}
	p := fakeParts(nil)
	p.privileges = permitted
	if d := command(t.Context(), p, nil, "doctor"); regexp.MustCompile(` provider `).MatchString(d.out) {
		t.Errorf("without a provider:\n%s", d.out)
	}
}

func permitted(context.Context, connection) (store.Privileges, error) {
	return allowed(store.Privileges{}), nil
}

// allowed gives privileges all that serve needs.
func allowed(p store.Privileges) store.Privileges {
	p.User, p.MayRead, p.MayRecord, p.MayKnowPeople, p.MayLogIn, p.SearchesByIndex = "serve", true, true, true, true, true
	if p.Clock.IsZero() {
		p.Clock = time.Now()
	}
	if p.Schema.Known == 0 {
		p.Schema = store.Schema{Applied: 8, Known: 8}
	}
	return p
}

func TestPrivilegeChecks_FindALoginThatMayChangeTheRecords(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, p := range map[string]store.Privileges{
		"login at Postgres": {User: "postgres", Superuser: true, Clock: now}, "rights on the records": {User: "x", MayChange: true, Clock: now},
		"tables": {User: "x", Schema: store.Schema{Applied: 6, Known: 8, Pending: 2}, Clock: now}, "clocks": {User: "x", Clock: now.Add(-time.Minute)},
	} {
		for _, c := range privilegeChecks(allowed(p), ahead(allowed(p).Clock, now, time.Now())) {
			if (c.Check == name) == (c.Status == sound) {
				t.Errorf("%s: %+v", name, c)
			}
		}
	}
}

func TestDoctor_SaysWhatStandsStill(t *testing.T) {
	t.Parallel()
	run := policy.Run{Kind: policy.RunCycle, Cycle: "empact"}
	since := time.Date(2026, 11, 28, 9, 0, 0, 0, time.Local)
	for name, test := range map[string]struct {
		found  operations
		says   string
		status int
	}{
		"all is well":        {operations{}, "all that must be are in motion", 0},
		"a run is missing":   {operations{stopped: []worker.Stopped{{Run: run, Stopped: engine.Stopped{Why: "is missing"}}}}, "bad   the run cycle/empact", 18},
		"a run is to begin":  {operations{stopped: []worker.Stopped{{Run: run, Stopped: engine.Stopped{Why: "has not begun yet"}, Begins: true}}}, "warn  the run cycle/empact", 0},
		"nobody can read it": {operations{stopped: []worker.Stopped{{Run: run, Stopped: engine.Stopped{Why: "cannot be read: a later version"}}}}, "cannot be read: a later version; ", 18},
		"a run stands":       {operations{stopped: []worker.Stopped{{Run: run, Stopped: engine.Stopped{Since: since, Why: "record failed 75 times"}}}}, "has stood still since 2026-11-28 09:00:00; record failed 75 times", 18},
		"the disk is full":   {operations{write: policy.Refuse(policy.CodeUnavailable, "the disk of the database is full")}, "the disk of the database is full", 18},
		"a key is not there": {operations{keys: policy.Refuse(policy.CodeInvalid, `the key "2027" is not there`)}, `the key "2027" is not there`, 18},
		"Temporal is away":   {operations{temporal: policy.Refuse(policy.CodeUnavailable, "Temporal does not answer")}, "Temporal does not answer", 18},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := fakeParts(nil)
			p.privileges = func(context.Context, connection) (store.Privileges, error) {
				return allowed(store.Privileges{}), nil
			}
			p.operations = func(context.Context, connection) (operations, error) { return test.found, nil }
			if d := command(t.Context(), p, nil, "doctor"); d.status != test.status || !strings.Contains(d.out, test.says) {
				t.Errorf("status %d, want %d and %q:\n%s%s", d.status, test.status, test.says, d.out, d.err)
			}
		})
	}
}

func TestExamineSigned_SaysWhatIsInNoCheckpoint(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 9, 0, 0, 0, time.Local)
	folder := t.TempDir()
	for _, cycle := range []string{"empact-1", "empact-2"} {
		if err := os.Mkdir(filepath.Join(folder, cycle), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "empact-1", "000000007.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	first := store.Checkpoint{Cycle: "empact-1", Size: 7, MadeAt: now.Add(-4 * time.Hour)}
	second := store.Checkpoint{Cycle: "empact-2", Size: 9, MadeAt: now.Add(-5 * time.Hour)}
	for name, test := range map[string]struct {
		found  operations
		folder string
		says   []string
	}{
		"nothing was recorded since":    {operations{kept: []store.Checkpoint{first}}, folder, []string{"ok is of 2026-11-28 05:00:00"}},
		"something was, a moment ago":   {operations{kept: []store.Checkpoint{first}, unsigned: now.Add(-time.Minute)}, folder, []string{"ok is of 2026-11-28 05:00:00"}},
		"nobody makes one":              {operations{unsigned: now.Add(-3 * time.Hour)}, "", []string{"warn there is none, and does not cover what was recorded at 2026-11-28 06:00:00"}},
		"one is not exported":           {operations{kept: []store.Checkpoint{first, second}}, folder, []string{"ok is of 2026-11-28 05:00:00", "bad of 1 trail the last one is not seen in " + folder}},
		"the folder is not there":       {operations{kept: []store.Checkpoint{first}}, folder + "/none", []string{"ok is of 2026-11-28 05:00:00", "warn of 1 trail the last one is not seen in " + folder + "/none"}},
		"none is to be exported":        {operations{kept: []store.Checkpoint{first}}, "", []string{"ok is of 2026-11-28 05:00:00"}},
		"the records do not say so now": {operations{checkpoints: errors.New("away")}, "", []string{"unknown is not known"}},
	} {
		a := &app{config: &config.Config{}}
		a.config.Audit.Checkpoints, a.config.Audit.Every = test.folder, time.Hour
		var said []string
		for _, c := range a.examineSigned(test.found, now) {
			said = append(said, string(c.Status)+" "+c.Found)
		}
		if !slices.Equal(said, test.says) {
			t.Errorf("%s: %q, want %q", name, said, test.says)
		}
	}
}

func TestReadinessCheck_TriesOnceForManyWhoAsk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tried := 0
		full := policy.Refuse(policy.CodeUnavailable, "the disk is full")
		r := readiness{try: func(context.Context) error { tried++; return full }}
		for range 100 {
			if err := r.check(t.Context()); !errors.Is(err, full) {
				t.Fatal(err)
			}
		}
		<-time.After(stays)
		_ = r.check(t.Context())
		if tried != 2 {
			t.Errorf("tried %d times, want once and once more when the answer was old", tried)
		}
	})
}
