package main

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
	"github.com/policycycle/policycycle/worker"
)

// agrees has the records know the keys for what travels.
func (s *siteFor) agrees() {
	s.tb.Helper()
	records, err := store.Open(s.tb.Context(), s.records, store.Options{})
	if err != nil {
		s.tb.Fatal(err)
	}
	defer records.Close()
	a := newApp(wire(), nil, &bytes.Buffer{}, &bytes.Buffer{}, s.env)
	a.config = &config.Config{}
	a.config.Encryption.Keys = s.path("encryption.keys")
	keys, err := a.encryption()
	if err == nil {
		err = records.AgreeOnKeys(s.tb.Context(), worker.HeldKeys(keys), time.Now())
	}
	if err != nil {
		s.tb.Fatal(err)
	}
}

// Neither is ready with less than it needs: each says what is missing and what gives it.
func TestServeAndWorker_DoNotStartWithoutWhatTheyNeed(t *testing.T) {
	t.Parallel()
	s := site(t)
	s.sql("CREATE ROLE idle LOGIN PASSWORD 'x'")
	idle := s.to(func(u *url.URL) { u.User = url.UserPassword("idle", "x") })
	wrong := s.to(func(u *url.URL) { u.User = url.UserPassword(u.User.Username(), "wrong") })
	nowhere := s.to(func(u *url.URL) { u.Path = "/nowhere" })
	serve := s.as(storetest.Serve)
	for name, test := range map[string]struct {
		command, set string
		status       int
		says         string
	}{
		"a worker with the auditor's login": {"worker", "DATABASE_URL=" + s.as(storetest.Auditor), 6, "may not record acts"},
		"serve with the auditor's login":    {"serve", "DATABASE_URL=" + s.as(storetest.Auditor), 6, "GRANT policycycle_serve TO"},
		"serve with the worker's login":     {"serve", "DATABASE_URL=" + s.as(storetest.Worker), 6, "may not make people known"},
		"a worker with a login of no role":  {"worker", "DATABASE_URL=" + idle, 6, `GRANT policycycle_worker TO "idle"`},
		"serve with a login of no role":     {"serve", "DATABASE_URL=" + idle, 6, `GRANT policycycle_serve TO "idle"`},
		"a worker with a wrong password":    {"worker", "DATABASE_URL=" + wrong, 12, "its password is wrong"},
		"serve with a wrong password":       {"serve", "DATABASE_URL=" + wrong, 12, "its password is wrong"},
		"migrate with a wrong password":     {"migrate", "DATABASE_URL=" + wrong, 12, "its password is wrong"},
		"a command with a wrong password":   {"inbox", "DATABASE_URL=" + wrong, 12, "its password is wrong"},
		"a worker without the database":     {"worker", "DATABASE_URL=" + nowhere, 12, "no database of that name"},
		"migrate without the database":      {"migrate", "DATABASE_URL=" + nowhere, 12, "no database of that name"},
		"a worker without the namespace":    {"worker", "TEMPORAL_NAMESPACE=nowhere", 12, `has no namespace "nowhere": policycycle migrate makes it`},
		"serve, for names, no namespace":    {"serve", "TEMPORAL_NAMESPACE=nowhere", 12, `has no namespace "nowhere"`},
		"a worker that believes the said":   {"worker", "POLICYCYCLE_IDENTITY=local", 6, "GRANT policycycle_app TO"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := s.with(test.set)
			if test.command == "serve" && strings.HasPrefix(test.set, "TEMPORAL") {
				env = s.with(test.set, "DATABASE_URL="+serve)
			}
			did := command(t.Context(), wire(), env, test.command)
			if did.status != test.status || !strings.Contains(did.err, test.says) || strings.Contains(did.out, "Ready") || strings.Contains(did.err, "unforeseen") {
				t.Errorf("status %d, want %d and %q:\n%s%s", did.status, test.status, test.says, did.out, did.err)
			}
		})
	}
}

// knows has the records know a key that seals, in use or retired.
func (s *siteFor) knows(id string, state store.KeyState) {
	s.tb.Helper()
	proof := id + "+AAAA"
	if ring, err := readKeyring(s.path("keys.txt")); err == nil && ring.Line(id) != "" {
		proof = ring.Line(id)
	}
	retired := "NULL"
	if state == store.KeyRetired {
		retired = "now()"
	}
	s.sql("INSERT INTO keys (kind, id, proof, known_at, used_at, seen_at, retired_at) VALUES ('seal', '" + id + "', '" + proof + "', now(), now(), now(), " + retired + ")")
}

// Nobody starts who could not judge the seals of others, or whose seals others could not judge.
func TestServeAndWorker_DoNotStartWithKeysThatDoNotFit(t *testing.T) {
	t.Parallel()
	s := site(t)
	serve := "DATABASE_URL=" + s.as(storetest.Serve)
	starts := func(what string, status int, says string, env []string, kind string) {
		t.Helper()
		did := command(t.Context(), wire(), env, kind)
		if did.status != status || !strings.Contains(did.err, says) || strings.Contains(did.out, "Ready") {
			t.Errorf("%s: status %d, want %d and %q:\n%s%s", what, did.status, status, says, did.out, did.err)
		}
	}
	next := s.file("next.txt", s.types("keys", "new", "seal", "--name", "here", "--file", s.path("next.key")))
	starts("serve whose key nobody believes", 2, "its line is not among the public keys", s.with(serve, "POLICYCYCLE_SEAL_KEYS="+next), "serve")
	s.knows("elsewhere+1a2b3c4d", store.KeyInUse)
	starts("a worker", 2, "not among the public keys here: add its line to the file of seal.keys (elsewhere+1a2b3c4d+AAAA)", s.env, "worker")
	starts("a service", 2, "not among the public keys here", s.with(serve), "serve")
}

// What is missing while it runs, /readyz says.
func TestOpen_TellsWhileItRunsWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := site(t)
	s.sql("CREATE ROLE server LOGIN PASSWORD 'x' IN ROLE policycycle_serve")
	conn := connection{
		databaseURL: s.to(func(u *url.URL) { u.User = url.UserPassword("server", "x") }), records: store.Options{Role: store.RoleServe},
		temporal: config.Temporal{Address: s.temporal.address, Namespace: "default"},
	}
	var log bytes.Buffer
	r, err := open(t.Context(), conn, zerolog.New(&log))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.close)
	if err := r.able(t.Context()); err != nil || strings.Contains(log.String(), "change the records") {
		t.Fatalf("at first: %v\n%s", err, log.String())
	}
	s.temporal.loses(true)
	if err := r.able(t.Context()); policy.CodeOf(err) != policy.CodeUnavailable || !strings.Contains(err.Error(), `has no namespace "default"`) {
		t.Errorf("the namespace has gone: %v", err)
	}
	s.temporal.loses(false)
	s.sql("REVOKE policycycle_serve FROM server; GRANT policycycle_auditor TO server")
	if err := r.able(t.Context()); !strings.Contains(refusalOf(err).Message, `GRANT policycycle_serve TO "server"`) {
		t.Errorf("the rights have gone: %v", err)
	}
}

func TestOpen_WarnsOfALoginThatOwnsTheTables(t *testing.T) {
	t.Parallel()
	s := site(t)
	var log bytes.Buffer
	r, err := open(t.Context(), connection{
		databaseURL: storetest.Owner(t, s.records), records: store.Options{Role: store.RoleWorker},
		temporal: config.Temporal{Address: s.temporal.address, Namespace: "default"},
	}, zerolog.New(&log))
	if err != nil {
		t.Fatal(err)
	}
	r.close()
	if said := log.String(); !strings.Contains(said, `"level":"warn"`) || !strings.Contains(said, "log in as a member of policycycle_worker") {
		t.Errorf("the log says %s", said)
	}
}
