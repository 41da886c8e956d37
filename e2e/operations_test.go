package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/policycycle/policycycle/identity/identitytest"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// site is where an administrator follows docs/operations.md: an empty server, with a Postgres
// outside, a Temporal in a process of its own, a provider and a proxy, all reached encrypted.
type site struct {
	t        *testing.T
	dir      string
	files    string              // a copy of examples/deploy
	pages    map[string][]string // blocks of the page that are not typed yet, by heading
	here     *strings.Replacer   // puts the names of this test in the place of those of the page
	certs    certificates
	provider *identitytest.Provider
	services [2]string // host:port of each serve
	name     string    // the address of both
	temporal string    // host:port
	records  string    // the address of the records, for who owns the server
	settings []string  // that units have beside their own
	// processes are two workers and two services, where they were started.
	processes []*process
}

var (
	headed = regexp.MustCompile(`(?m)^## (.+)$`)
	typed  = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$") //nolint:gocritic // each line has a beginning of its own
)

// empties gives a server on which nothing was done yet.
func empties(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, dir: folder(t), pages: map[string][]string{}, provider: identitytest.New(t, time.Now())}
	s.certs = certify(t, s.dir)
	data, admin := outside(t)
	postgresPort := s.certs.encrypts(t, data, admin)
	temporalPort := s.certs.ticks(t, admin)
	s.services = [2]string{unitPort(t), unitPort(t)}
	_, proxyPort, err := net.SplitHostPort(s.certs.proxy(t, s.services[:]...).Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s.name, s.temporal = "https://localhost:"+proxyPort, "localhost:"+temporalPort
	s.records = "postgres://postgres:postgres@localhost:" + postgresPort + "/policycycle?sslmode=verify-full&sslrootcert=" + s.certs.ca
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	s.here = strings.NewReplacer(
		"host=db.example.eu port=5432", "host=localhost port="+postgresPort, "db.example.eu:5432", "localhost:"+postgresPort,
		"temporal.example.eu:7233", s.temporal,
		"https://login.example.eu/realms/council", s.provider.URL, "https://policycycle.example.eu", s.name,
		"127.0.0.1:8471", s.services[0], "127.0.0.1:8472", s.services[1],
		"/etc/policycycle", s.dir+"/etc", "/mnt/witness", s.dir+"/witness", "/usr/local/bin/policycycle", binary,
		"examples/empact", root+"/examples/empact",
	)
	s.receives()
	text, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := headed.FindAllStringSubmatchIndex(string(text), -1)
	for i, part := range parts {
		end := len(text)
		if i+1 < len(parts) {
			end = parts[i+1][0]
		}
		heading := string(text[part[2]:part[3]])
		for _, block := range typed.FindAllStringSubmatch(string(text[part[1]:end]), -1) {
			s.pages[heading] = append(s.pages[heading], block[1])
		}
	}
	return s
}

// receives lays down what the page says has to be there.
func (s *site) receives() {
	s.t.Helper()
	s.files = filepath.Join(s.dir, "deploy")
	if err := os.CopyFS(s.files, os.DirFS("../examples/deploy")); err != nil {
		s.t.Fatal(err)
	}
	for _, name := range []string{"postgres.sql", "serve.yaml", "worker.yaml", "claims.yaml"} {
		s.write("deploy/"+name, s.here.Replace(s.read(filepath.Join(s.files, name))))
	}
	authority := s.read(s.certs.ca)
	s.write("etc/postgres-ca.pem", authority)
	s.write("etc/temporal-ca.pem", authority)
	s.write("deploy/temporal.pem", s.read(s.certs.cert))
	s.write("deploy/temporal.key", s.read(s.certs.key))
	s.write("deploy/client.secret", "a secret of the client")
	if err := os.MkdirAll(filepath.Join(s.dir, "bin"), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Symlink(binary, filepath.Join(s.dir, "bin", "policycycle")); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) read(path string) string {
	s.t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

func (s *site) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// unitPort gives an address that an instance of the unit may have: its port has four digits,
// and with a 1 before it that of its figures.
func unitPort(t *testing.T) string {
	t.Helper()
	for {
		const from, to = 2000, 6000
		port := from + rand.IntN(to-from)
		there := false
		for _, at := range []int{port, 10000 + port} {
			listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", fmt.Sprintf("127.0.0.1:%d", at))
			if there = there || err != nil; err == nil {
				_ = listener.Close()
			}
		}
		if !there {
			return fmt.Sprintf("127.0.0.1:%d", port)
		}
	}
}

// follows types the next block below a heading of the page, as the administrator or as
// whoever has a token, and gives what is printed.
func (s *site) follows(heading string, env ...string) string {
	s.t.Helper()
	blocks := s.pages[heading]
	if len(blocks) == 0 {
		s.t.Fatalf("the page has nothing more to type under %q", heading)
	}
	s.pages[heading] = blocks[1:]
	bash := exec.CommandContext(s.t.Context(), "bash", "-euo", "pipefail", "-c", s.here.Replace(blocks[0]))
	bash.Dir, bash.Env = s.files, slices.Concat(user{s.t, s.env()}.command(s.t.Context()).Env, env)
	out, err := bash.CombinedOutput()
	if err != nil {
		s.t.Fatalf("%s, followed to the letter:\n%s\nended with %v:\n%s", heading, blocks[0], err, out)
	}
	s.t.Logf("%s:\n%s", heading, out)
	return string(out)
}

func (s *site) env() []string {
	return []string{
		"PATH=" + filepath.Join(s.dir, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"),
		"PGPASSWORD=postgres", "SSL_CERT_FILE=" + s.certs.ca, "CURL_CA_BUNDLE=" + s.certs.ca,
	}
}

// unit starts an instance as its unit says, and waits until it is ready.
func (s *site) unit(kind, instance string) *up {
	s.t.Helper()
	var env, command []string
	for line := range strings.Lines(s.read(filepath.Join(s.files, "policycycle-"+kind+"@.service"))) {
		line = strings.ReplaceAll(strings.TrimSpace(line), "127.0.0.1:1947%i", free(s.t)) // one of this test's own
		key, value, _ := strings.Cut(strings.ReplaceAll(line, "%i", instance), "=")
		switch key {
		case "Environment":
			env = append(env, s.here.Replace(value))
		case "ExecStart":
			command = strings.Fields(s.here.Replace(value))
		}
	}
	if len(command) < 2 || command[0] != binary {
		s.t.Fatalf("the unit of %s starts %q", kind, command)
	}
	p := user{s.t, slices.Concat(s.env(), s.settings, env)}.launches(command[1:]...)
	p.says(s.t, "Ready in")
	return p
}

// instance is what a serve is called: its port.
func (s *site) instance(n int) string {
	_, port, _ := strings.Cut(s.services[n], ":")
	return port
}

// bearer is a token of the provider, of this moment.
func (s *site) bearer(name, group string) string {
	now, claims := time.Now(), s.provider.Good()
	claims["sub"], claims["name"], claims["groups"] = strings.ToLower(name), name, []string{group}
	claims["iat"], claims["exp"] = now.Unix(), now.Add(time.Hour).Unix()
	return s.provider.Signs(claims)
}

// token is one for who types.
func (s *site) token(name, group string) string { return "POLICYCYCLE_TOKEN=" + s.bearer(name, group) }

// at gives somebody with a token at one of the services, or at the name of both.
func (s *site) at(address, name, group string) user {
	return user{s.t, append(s.env(), "POLICYCYCLE_IDENTITY=oidc", "POLICYCYCLE_SERVER="+address, s.token(name, group))}
}

// browser gives one in which nobody is logged in yet.
func (s *site) browser() *http.Client {
	s.t.Helper()
	config, err := s.certs.config()
	if err != nil {
		s.t.Fatal(err)
	}
	config.Certificates = nil
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Transport: &http.Transport{TLSClientConfig: config}}
	s.t.Cleanup(browser.CloseIdleConnections)
	return browser
}

// logsIn logs Anna in with a browser at the one name: each request comes to the other service.
func (s *site) logsIn() *http.Client {
	s.t.Helper()
	s.provider.Claims = map[string]any{"groups": []string{"empact-general-secretariat"}}
	browser := s.browser()
	for _, path := range []string{"/login", "/", "/"} {
		if status, page, _ := goes(s.t, browser, s.name+path); status != http.StatusOK || !strings.Contains(page, "Anna Berg") {
			s.t.Errorf("%s: %d: %.300s", path, status, page)
		}
	}
	return browser
}

// TestThePageOfTheAdministratorLeadsFromAnEmptyServerToTwoWorkersAndTwoServices types
// docs/operations.md to the letter, but for the names that site puts in. What needs systemd is
// done as the units say.
func TestThePageOfTheAdministratorLeadsFromAnEmptyServerToTwoWorkersAndTwoServices(t *testing.T) {
	t.Parallel()
	s := empties(t)
	s.follows("1. The database")
	s.follows("2. Configuration and keys")
	if said := s.follows("3. Tables and namespace"); !strings.Contains(said, "are up to date") || !strings.Contains(said, "for the namespace default") {
		t.Errorf("migrate says %s", said)
	}
	s.begins()
	worker, serve := s.processes[0], s.processes[2]
	const look, cycle = "6. Look whether it works", "empact-2026-2029"
	if said := s.follows(look); strings.Contains(said, "unknown") {
		t.Errorf("doctor says %s", said)
	}
	s.logsIn()
	s.follows(look, s.token("Anna", "empact-general-secretariat"))

	// One decision is recorded through each service.
	documents := func(name string) string { return filepath.Join("examples", cycle, "documents", name, "v1.yaml") }
	first, second := "http://"+s.services[0], "http://"+s.services[1]
	const secretariat = "empact-general-secretariat"
	s.soon(s.at(s.name, "Eva", "empact-europol"), "submit", cycle+"/assessment", "--file", documents("assessment"), "--date", "2025-03-18")
	s.soon(s.at(s.name, "Jean", "empact-commission"), "submit", cycle+"/advisory-document", "--file", documents("advisory-document"), "--date", "2025-04-15", "--document", "EX 7000/25")
	s.at(first, "Anna", secretariat).succeeds("decide", cycle+"/advisory-document", "--body", "cosi", "--outcome", "took-note", "--date", "2025-05-06", "--document", "EX 7100/25", "--id", "cosi-on-advice")
	s.at(second, "Bert", secretariat).succeeds("confirm", "cosi-on-advice")
	s.soon(s.at(s.name, "Lars", "empact-presidency"), "submit", cycle+"/priorities", "--file", documents("priorities"), "--date", "2025-05-13", "--document", "EX 8000/25")

	// A service and a worker are killed: the others go on, and both are replaced.
	serve.killed(t)
	worker.killed(t)
	s.at(second, "Anna", secretariat).succeeds("decide", cycle+"/priorities", "--body", "council", "--outcome", "adopted", "--date", "2025-06-13", "--document", "EX 9000/25", "--skip-reason", "for this example", "--id", "council-on-priorities")
	s.at(s.name, "Cleo", secretariat).succeeds("cycle", "show", cycle) // by the one name, while half is away
	for _, p := range []*process{worker, serve} {
		p.up = s.unit(p.kind, p.instance)
	}
	s.at(first, "Bert", secretariat).succeeds("confirm", "council-on-priorities")
	var shown service.Cycle
	s.at(s.name, "Cleo", secretariat).gets(&shown, "cycle", "show", cycle)
	decided := map[policy.Outcome]int{}
	for _, d := range shown.Decisions {
		decided[d.Outcome]++
	}
	if len(shown.Decisions) != 2 || decided[policy.TookNote] != 1 || decided[policy.Adopted] != 1 {
		t.Errorf("recorded are %+v", shown.Decisions)
	}

	eventually(t, "a checkpoint of what was recorded is exported", func() bool {
		found, err := filepath.Glob(filepath.Join(s.dir, "witness", "*"))
		return err == nil && len(found) > 0
	})
	s.figures(s.instance(0))
	s.follows(look, s.token("Ada", "auditors"))
	for _, kind := range []string{"serve", "worker"} {
		eventually(t, "doctor finds all runs in motion, asked by who runs a "+kind, func() bool { // the adoption starts many
			said := user{t, s.env()}.types("--config", filepath.Join(s.dir, "etc", kind, "policycycle.yaml"), "doctor")
			return said.status == 0 && strings.Contains(said.out, "all that must be are in motion")
		})
	}
	s.follows("What to save")

	const keys = "Changing keys"
	for range 2 {
		s.follows(keys)
		for _, p := range s.processes {
			s.restart(p, syscall.SIGTERM)
		}
	}
	s.age()
	if said := s.follows(keys); strings.Count(said, "was retired on") != 2 {
		t.Errorf("once the old keys are retired: %s", said)
	}
	s.isInOrder(cycle)
	for heading, blocks := range s.pages {
		if len(blocks) > 0 {
			t.Errorf("nobody typed what stands under %q: %q", heading, blocks)
		}
	}
}

// figures looks whether a service gives those that the page tells to watch.
func (s *site) figures(instance string) {
	s.t.Helper()
	answer, text := answers(s.t, http.MethodGet, "http://127.0.0.1:1"+instance+"/metrics", "", "")
	if answer.StatusCode != http.StatusOK || !strings.Contains(text, "policycycle_checkpoints_timestamp_seconds") || !strings.Contains(text, "policycycle_runs_standing_still") {
		s.t.Errorf("the figures are %d %s", answer.StatusCode, text)
	}
}

// soon has somebody do something as soon as it is open.
func (s *site) soon(u user, args ...string) {
	s.t.Helper()
	const notOpen = 4
	var got said
	eventually(s.t, strings.Join(args, " "), func() bool { got = u.types(args...); return got.status != notOpen })
	if got.status != 0 {
		s.t.Fatalf("%v ended with %d: %s", args, got.status, got.err)
	}
}

// TestMigrateSaysWhatAnAdministratorRunsWhereTheOwnerMayMakeNoRoles has an owner who may do
// nothing outside its database.
func TestMigrateSaysWhatAnAdministratorRunsWhereTheOwnerMayMakeNoRoles(t *testing.T) {
	t.Parallel()
	_, admin := outside(t)
	execute(t, admin, "CREATE ROLE modest LOGIN PASSWORD 'modest'")
	execute(t, admin, "CREATE DATABASE modest OWNER modest")
	address, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	address.User, address.Path = url.UserPassword("modest", "modest"), "/modest"
	owner := user{t, []string{"DATABASE_URL=" + address.String()}}
	got := owner.types("migrate")
	sql := regexp.MustCompile(`run (CREATE ROLE .*;) and migrate again`).FindStringSubmatch(got.err)
	if got.status != 6 || sql == nil {
		t.Fatalf("migrate ended with %d: %s", got.status, got.err)
	}
	execute(t, admin, sql[1])
	for range 2 { // to repeat it is safe
		owner.succeeds("migrate")
	}
}
