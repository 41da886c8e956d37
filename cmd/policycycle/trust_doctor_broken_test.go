package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/store/storetest"
)

// nobody is an address at which nobody listens.
const nobody = "127.0.0.1:9"

func TestDoctor_FindsNothingWrongWithWhatWorks(t *testing.T) {
	t.Parallel()
	s := site(t)
	did := command(t.Context(), wire(), s.env, "doctor")
	if did.status != 0 {
		t.Errorf("status %d\n%s%s", did.status, did.out, did.err)
	}
	for _, line := range []string{"clock of Temporal", "namespace", "provider", "keys in use", "keys that seal", "checkpoints", "what the login is for", "runs"} {
		if !strings.Contains(did.out, line) {
			t.Errorf("nothing is said of %s:\n%s", line, did.out)
		}
	}
	if _, err := os.Stat(s.path("witness")); err == nil {
		t.Error("the doctor has made the folder of checkpoints")
	}
}

// Whatever is broken, the doctor names it and does not end with 0: each on real parts.
func TestDoctor_DoesNotEndWithZeroOnWhatIsBroken(t *testing.T) {
	t.Parallel()
	stranger := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(stranger.Close)
	for name, test := range map[string]struct {
		breaks func(s *siteFor) []string // gives the environment
		check  string
		says   string
	}{
		"Postgres is not there": {func(s *siteFor) []string {
			return s.with("DATABASE_URL=" + s.to(func(u *url.URL) { u.Host = nobody }))
		}, "login at Postgres", "does not answer"},
		"the password is wrong": {func(s *siteFor) []string {
			return s.with("DATABASE_URL=" + s.to(func(u *url.URL) { u.User = url.UserPassword(u.User.Username(), "wrong") }))
		}, "login at Postgres", "its password is wrong"},
		"the database is not there": {func(s *siteFor) []string {
			return s.with("DATABASE_URL=" + s.to(func(u *url.URL) { u.Path = "/nowhere" }))
		}, "login at Postgres", "no database of that name"},
		"the login is that of the auditor": {func(s *siteFor) []string {
			return s.with("DATABASE_URL=" + s.as(storetest.Auditor))
		}, "what the login is for", "may not record acts"},
		"the login has no role": {func(s *siteFor) []string {
			s.sql("CREATE ROLE roleless LOGIN PASSWORD 'x'")
			return s.with("DATABASE_URL=" + s.to(func(u *url.URL) { u.User = url.UserPassword("roleless", "x") }))
		}, "what the login is for", "GRANT policycycle_worker TO"},
		"the login may not connect": {func(s *siteFor) []string {
			s.sql("CREATE ROLE outsider LOGIN PASSWORD 'x'; DO $$ BEGIN EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database()); END $$")
			return s.with("DATABASE_URL=" + s.to(func(u *url.URL) { u.User = url.UserPassword("outsider", "x") }))
		}, "login at Postgres", "may not connect to the database"},
		"the login owns the server": {func(s *siteFor) []string {
			return s.with("DATABASE_URL=" + storetest.Owner(s.tb, s.records))
		}, "login at Postgres", "owns the whole server"},
		"the login may change what is recorded": {func(s *siteFor) []string {
			s.sql("CREATE ROLE changer LOGIN PASSWORD 'x' IN ROLE policycycle_worker; GRANT UPDATE ON trail TO changer")
			return s.with("DATABASE_URL=" + s.to(func(u *url.URL) { u.User = url.UserPassword("changer", "x") }))
		}, "rights on the records", "may change or delete"},
		"there are no tables": {func(s *siteFor) []string {
			return s.with("DATABASE_URL=" + storetest.Bare(s.tb))
		}, "tables", "run policycycle migrate"},
		"the database takes no writes": {func(s *siteFor) []string {
			s.sql("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$")
			return s.env
		}, "writing", "takes no writes"},
		"Temporal is not there": {func(s *siteFor) []string { return s.with("TEMPORAL_ADDRESS="+nobody, "POLICYCYCLE_TIMEOUT=1s") }, "Temporal", "does not answer at"},
		"the namespace is not there": {func(s *siteFor) []string {
			return s.with("TEMPORAL_NAMESPACE=nowhere")
		}, "Temporal", `has no namespace "nowhere": policycycle migrate makes it`},
		"Temporal tells nothing": {func(s *siteFor) []string {
			return s.with("TEMPORAL_ADDRESS=" + temporalFor(s.tb, &toyTemporal{mute: true}).address)
		}, "clock of Temporal", "is not known"},
		"the provider is not there": {func(s *siteFor) []string {
			return s.with("POLICYCYCLE_IDENTITY_ISSUER=http://" + nobody)
		}, "provider", "does not answer as one"},
		"the provider is none": {func(s *siteFor) []string { return s.with("POLICYCYCLE_IDENTITY_ISSUER=" + stranger.URL) }, "provider", "does not answer as one"},
		"no claims give roles": {func(s *siteFor) []string {
			return s.with("POLICYCYCLE_IDENTITY_CLAIMS=" + s.path("none"))
		}, "provider", "none"},
		"the folder of checkpoints cannot be made": {func(s *siteFor) []string { return s.with("POLICYCYCLE_AUDIT_CHECKPOINTS=/proc/nowhere") }, "checkpoints", "cannot be written to /proc/nowhere"},
		"the folder of checkpoints is a file": {func(s *siteFor) []string {
			return s.with("POLICYCYCLE_AUDIT_CHECKPOINTS=" + s.file("witness", "x") + "/below")
		}, "checkpoints", "cannot be written to"},
		"the keys in use are missing": {func(s *siteFor) []string {
			s.agrees()
			return s.with("POLICYCYCLE_ENCRYPTION_KEYS=")
		}, "keys in use", "which is not there"},
		"the keys in use are others": {func(s *siteFor) []string {
			s.agrees()
			s.types("keys", "new", "encryption", "--file", s.path("others.keys"))
			return s.with("POLICYCYCLE_ENCRYPTION_KEYS=" + s.path("others.keys"))
		}, "keys in use", "key"},
		"the keys in use are none": {func(s *siteFor) []string {
			return s.with("POLICYCYCLE_ENCRYPTION_KEYS=" + s.file("rubbish", "x"))
		}, "keys that encrypt", "line 1 of the encryption keys is none"},
		"a key that seals elsewhere is not known": {func(s *siteFor) []string {
			s.knows("elsewhere+1a2b3c4d", "in-use")
			return s.env
		}, "keys in use", "sealed with the key \"elsewhere+1a2b3c4d\", which is not among the public keys"},
		"others can read the key that seals": {func(s *siteFor) []string {
			if err := os.Chmod(s.path("seal.key"), 0o644); err != nil {
				s.tb.Fatal(err)
			}
			return s.env
		}, "file of seal.key", "others can read it"},
		"the key that seals is none":   {func(s *siteFor) []string { return s.with("POLICYCYCLE_SEAL_KEY=" + s.file("rubbish", "x")) }, "keys that seal", ""},
		"half an engine is configured": {func(s *siteFor) []string { return s.with("TEMPORAL_ADDRESS=") }, "engine", "set it too"},
		"no engine is there": {func(s *siteFor) []string {
			return s.with("TEMPORAL_ADDRESS=", "DATABASE_URL=", "POLICYCYCLE_DATA="+s.path("data"))
		}, "engine", ""},
		"the service is not there": {func(s *siteFor) []string {
			return s.with("TEMPORAL_ADDRESS=", "DATABASE_URL=", "POLICYCYCLE_SERVER=http://"+nobody)
		}, "service", "does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := test.breaks(site(t))
			did := command(t.Context(), wire(), env, "doctor", "-o", "json")
			var checks []check
			if err := json.Unmarshal([]byte(did.out), &checks); err != nil {
				t.Fatalf("%v:\n%s%s", err, did.out, did.err)
			}
			found := check{Status: "nothing said"}
			for _, c := range checks {
				if c.Check == test.check {
					found = c
				}
			}
			if did.status != 18 || found.Status != unsafe && found.Status != unknown || !strings.Contains(found.Found, test.says) {
				t.Errorf("status %d, %+v, want %q:\n%s%s", did.status, found, test.says, did.out, did.err)
			}
		})
	}
}

func TestDoctor_WarnsOfWhatALoginMayBeyondItsNeed(t *testing.T) {
	t.Parallel()
	s := site(t)
	did := command(t.Context(), wire(), s.with("DATABASE_URL="+s.records), "doctor")
	for _, says := range []string{"is a member of policycycle_app", "of the server: "} {
		if did.status != 0 || !strings.Contains(did.out, says) {
			t.Errorf("status %d, want %q:\n%s", did.status, says, did.out)
		}
	}
}

func TestDoctor_ComparesTheClockOfTemporal(t *testing.T) {
	t.Parallel()
	s := site(t)
	late := temporalFor(t, &toyTemporal{ahead: time.Hour})
	did := command(t.Context(), wire(), s.with("TEMPORAL_ADDRESS="+late.address), "doctor")
	said := regexp.MustCompile(`clock of Temporal +differs by (\S+) or more`).FindStringSubmatch(did.out)
	if said == nil {
		t.Fatalf("status %d:\n%s", did.status, did.out)
	}
	if by, err := time.ParseDuration(said[1]); err != nil || by > time.Hour || by < time.Hour/2 { // an answer takes its time
		t.Errorf("it differs by %s, %v", by, err)
	}
}

// An answer that comes late says nothing against the clock.
func TestAhead_BlamesNoClockForAnAnswerThatCameLate(t *testing.T) {
	t.Parallel()
	asked := time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC)
	answered := asked.Add(time.Minute)
	for what, test := range map[string]struct {
		shown time.Time
		want  time.Duration
	}{
		"while it was asked": {asked.Add(50 * time.Second), 0},
		"at once":            {asked, 0},
		"behind":             {asked.Add(-10 * time.Second), -10 * time.Second},
		"ahead":              {answered.Add(10 * time.Second), 10 * time.Second},
	} {
		if got := ahead(test.shown, asked, answered); got != test.want {
			t.Errorf("%s: %s, want %s", what, got, test.want)
		}
	}
}

func TestDoctor_TellsOfARetiredKeyThatIsStillBelieved(t *testing.T) {
	t.Parallel()
	s := site(t)
	former := s.types("keys", "new", "seal", "--name", "here", "--file", s.path("former.key"))
	now, err := os.ReadFile(s.path("keys.txt"))
	if err != nil {
		t.Fatal(err)
	}
	s.file("keys.txt", former+string(now))
	id := strings.Join(strings.Split(former, "+")[:2], "+")
	s.knows(id, "retired")
	if said := s.types("doctor"); !strings.Contains(said, "believes the retired "+id) {
		t.Errorf("nothing is said of it:\n%s", said)
	}
	if err := markRetired(s.path("keys.txt"), id, time.Now()); err != nil {
		t.Fatal(err)
	}
	if said := s.types("doctor"); strings.Contains(said, "believes the retired") {
		t.Errorf("once its line is marked:\n%s", said)
	}
}
