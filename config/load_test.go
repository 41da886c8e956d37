package config_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/policycycle/policycycle/config"
)

var update = flag.Bool("update", false, "write the generated documentation anew")

// given is one configuration as a test states it.
type given struct {
	file string
	env  []string
	args []string
}

func (g given) load(t *testing.T) (*config.Config, error) {
	t.Helper()
	home := t.TempDir()
	if g.file != "" {
		folder := filepath.Join(home, ".config", "policycycle")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "config.yaml"), []byte(g.file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	config.AddFlags(flags)
	if err := flags.Parse(g.args); err != nil {
		t.Fatal(err)
	}
	return config.Load(config.Input{Environ: append([]string{"HOME=" + home}, g.env...), Flags: flags, DefaultData: "/var/policycycle"})
}

func TestLoad_TakesTheDefaultsWhereNothingIsSet(t *testing.T) {
	t.Parallel()
	c, err := given{}.load(t)
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != "/var/policycycle" || c.Temporal.Namespace != "default" || c.Timeout != 15*time.Second || c.Log.Level != "warn" {
		t.Errorf("the defaults are not in force: %+v", c)
	}
	if got := c.Origin("timeout").Kind; got != config.FromDefault {
		t.Errorf("timeout comes from %s", got)
	}
}

func TestLoad_PrefersEachSourceToTheOneBefore(t *testing.T) {
	t.Parallel()
	file := "timeout: 20s\nlog:\n  level: error\ndatabase:\n  url: postgres://file/db\n"
	env := []string{"POLICYCYCLE_TIMEOUT=30s", "DATABASE_URL=postgres://general/db", "POLICYCYCLE_DATABASE_URL=postgres://ours/db"}
	cases := map[string]struct {
		given given
		want  map[string]string // value and source by key
	}{
		"the file alone": {given{file: file}, map[string]string{"timeout": "20s file", "log.level": "error file", "database.url": "postgres://file/db file"}},
		"the environment over the file": {given{file: file, env: env}, map[string]string{
			"timeout": "30s environment POLICYCYCLE_TIMEOUT", "log.level": "error file",
			"database.url": "postgres://ours/db environment POLICYCYCLE_DATABASE_URL",
		}},
		"a flag over all": {given{file: file, env: env, args: []string{"--timeout", "40s"}}, map[string]string{
			"timeout": "40s flag --timeout", "database.url": "postgres://ours/db environment POLICYCYCLE_DATABASE_URL",
		}},
		"an empty variable is none": {given{file: file, env: []string{"POLICYCYCLE_TIMEOUT="}}, map[string]string{"timeout": "20s file"}},
		"the general variable":      {given{env: []string{"TEMPORAL_ADDRESS=t:7233"}}, map[string]string{"temporal.address": "t:7233 environment TEMPORAL_ADDRESS"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := tc.given.load(t)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range c.Effective() {
				want, asked := tc.want[v.Key]
				if got := v.Value + " " + v.Source; asked && !strings.HasPrefix(got, want) {
					t.Errorf("%s is %q, want %q", v.Key, got, want)
				}
			}
		})
	}
}

func TestLoad_NamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		given given
		want  []string // parts of the error
	}{
		"a key of the file that is no setting": {given{file: "temporal:\n  adress: x:1\n"}, []string{"config.yaml:2:3: temporal.adress is not a setting", "temporal.address"}},
		"a section written as a value":         {given{file: "temporal: x\n"}, []string{"temporal is not a setting"}},
		"a list where a value belongs":         {given{file: "timeout: [1]\n"}, []string{"config.yaml:1:1: timeout is not one value", "a length of time"}},
		"a file that is no YAML":               {given{file: "timeout: 5s\na: [\nas: x\n"}, []string{"config.yaml:2:4: is not sound"}},
		"a file that is not there":             {given{args: []string{"--config", "/nowhere/c.yaml"}}, []string{"/nowhere/c.yaml", "cannot be read"}},
		"a variable that is no setting":        {given{env: []string{"POLICYCYCLE_TEMPORAL_ADRESS=x:1"}}, []string{"POLICYCYCLE_TEMPORAL_ADRESS", "is not a setting"}},
		"a length of time":                     {given{env: []string{"POLICYCYCLE_TIMEOUT=soon"}}, []string{"in the environment, POLICYCYCLE_TIMEOUT: timeout", `"soon"`, "expected a length of time"}},
		"no time at all":                       {given{args: []string{"--timeout", "0s"}}, []string{"flag --timeout", "timeout"}},
		"checkpoints all the time":             {given{env: []string{"POLICYCYCLE_AUDIT_EVERY=0s"}}, []string{"POLICYCYCLE_AUDIT_EVERY", "audit.every", "length of time"}},
		"an address without a port":            {given{args: []string{"--temporal-address", "host"}}, []string{"flag --temporal-address", `"host"`, "host:port"}},
		"a port that is none":                  {given{args: []string{"--temporal-address", "host:99999"}}, []string{"between 1 and 65535"}},
		"many in a file":                       {given{file: "log: {level: loud}\ntimeout: soon\nfoo: 1\n"}, []string{"3 mistakes\n", "config.yaml:1:14: log.level", "config.yaml:2:10: timeout", "config.yaml:3:1: foo"}},
		"a level that is none":                 {given{file: "log:\n  level: loud\n"}, []string{"log.level", `"loud"`, "expected one of trace, debug"}},
		"a person without a body":              {given{env: []string{"POLICYCYCLE_AS=anna"}}, []string{"POLICYCYCLE_AS", "NAME@BODY"}},
		"a switch":                             {given{env: []string{"TEMPORAL_TLS=perhaps"}}, []string{"TEMPORAL_TLS", `"perhaps"`, "auto, true or false"}},
		"a certificate without its key":        {given{args: []string{"--temporal-tls-cert", "c.pem"}}, []string{"--temporal-tls-cert", "stands alone", "temporal.tls.key"}},
		"certificates that are not there":      {given{args: []string{"--temporal-tls-ca", "/nowhere/ca.pem"}}, []string{"/nowhere/ca.pem", "cannot be read"}},
		"encryption off and set up":            {given{args: []string{"--temporal-tls", "false", "--temporal-tls-server-name", "x"}}, []string{"temporal.tls.enabled is false"}},
		"a key in the clear":                   {given{env: []string{"TEMPORAL_API_KEY=k", "TEMPORAL_TLS=false", "TEMPORAL_ADDRESS=far:7233"}}, []string{"in the clear"}},
		"two things at once":                   {given{env: []string{"POLICYCYCLE_TIMEOUT=soon", "POLICYCYCLE_LOG_LEVEL=loud"}}, []string{"POLICYCYCLE_TIMEOUT", "POLICYCYCLE_LOG_LEVEL"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tc.given.load(t)
			if err == nil {
				t.Fatal("it is accepted")
			}
			for _, part := range tc.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error lacks %q: %v", part, err)
				}
			}
		})
	}
}

func TestLoad_IgnoresOthersVariables(t *testing.T) {
	t.Parallel()
	env := []string{"POLICYCYCLE_SERVICE_HOST=10.0.0.1", "POLICYCYCLE_PORT_80_TCP=tcp://10.0.0.1:80", "POLICYCYCLE_POSTGRES=/usr/lib/postgresql/15/bin"}
	if _, err := (given{env: env}).load(t); err != nil {
		t.Error(err)
	}
}

func TestSecret_IsNeverPrinted(t *testing.T) {
	t.Parallel()
	urls := []string{
		"postgres://anna:hunter2@db:5432/policycycle?sslmode=require",
		"postgres://db/policycycle?user=anna&password=hunter2",
		"host=db user=anna password=hunter2 dbname=policycycle",
		"host=db user=anna password='hunter2 hunter2' dbname=policycycle",
		"host=db sslpassword=hunter2 user=anna",
	}
	for _, url := range urls {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			c, err := given{env: []string{"DATABASE_URL=" + url, "TEMPORAL_API_KEY=hunter2"}}.load(t)
			if err != nil {
				t.Fatal(err)
			}
			asJSON, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			printed := fmt.Sprintf("%v %+v %#v %s %v", c, *c, c, asJSON, c.Effective())
			if strings.Contains(printed, "hunter2") {
				t.Errorf("a secret shows: %s", printed)
			}
			if c.Database.URL.Reveal() != url || c.Temporal.APIKey.Reveal() != "hunter2" {
				t.Error("the secrets are lost")
			}
		})
	}
}

func TestLoad_HidesThePasswordOfAWrongDatabase(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"postgres://anna:hunter2@db:port/x", "postgres://anna:hunt%er2@db/x", "mysql://anna:hunter2@db/x", "postgres://anna:hunt/hunter2@db/x"} {
		_, err := given{args: []string{"--database-url", url}}.load(t)
		if err == nil {
			t.Errorf("%s is accepted", url)
		} else if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "hunt%er2") {
			t.Errorf("the password shows: %v", err)
		}
	}
}

func TestTemporalTLSConfig_FollowsFromTheRest(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		env  []string
		want bool
	}{
		"nothing":     {nil, false},
		"an API key":  {[]string{"TEMPORAL_API_KEY=k"}, true},
		"a name":      {[]string{"TEMPORAL_TLS_SERVER_NAME=x"}, true},
		"asked for":   {[]string{"TEMPORAL_TLS=1"}, true},
		"not, nearby": {[]string{"TEMPORAL_TLS=false", "TEMPORAL_API_KEY=k", "TEMPORAL_ADDRESS=localhost:7233"}, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := given{env: tc.env}.load(t)
			if err != nil {
				t.Fatal(err)
			}
			tls, err := c.Temporal.TLSConfig()
			if err != nil || (tls != nil) != tc.want {
				t.Errorf("TLS is %v (%v), want %v", tls, err, tc.want)
			}
		})
	}
}

// What a skeleton may hold is code alone, until a security officer decides otherwise; what is
// free text nobody can allow.
func TestLoad_AllowsASkeletonWhatTheSecurityOfficerDecided(t *testing.T) {
	t.Parallel()
	fields := func(text string) string { return "POLICYCYCLE_SKELETON_FIELDS=" + text }
	const decided = "POLICYCYCLE_SKELETON_DECIDED_BY=Ingrid Sand, 2026-11-30"
	cases := map[string]struct {
		env  []string
		want string   // the fields
		says []string // parts of the error
	}{
		"nobody decides":     {nil, "code", nil},
		"code alone":         {[]string{fields("code")}, "code", nil},
		"what was decided":   {[]string{fields("kind, leader,funding.state"), decided}, "code, kind, leader, funding.state", nil},
		"what nobody did":    {[]string{fields("kind")}, "", []string{"POLICYCYCLE_SKELETON_FIELDS", "nobody has decided it", "skeleton.decided_by"}},
		"a free text":        {[]string{fields("kind, title"), decided}, "", []string{"skeleton.fields", `names "title"`, "free text", "carried_over_from"}},
		"another free text":  {[]string{fields("external.capacity"), decided}, "", []string{`names "external.capacity"`}},
		"a day of nobody":    {[]string{"POLICYCYCLE_SKELETON_DECIDED_BY=2026-11-30"}, "", []string{"skeleton.decided_by", "who and when"}},
		"somebody, sometime": {[]string{"POLICYCYCLE_SKELETON_DECIDED_BY=Ingrid Sand, soon"}, "", []string{"does not say when", "a name and a date"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := given{env: tc.env}.load(t)
			if (err != nil) != (tc.says != nil) {
				t.Fatalf("it says %v", err)
			}
			for _, part := range tc.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("it does not say %q: %v", part, err)
				}
			}
			if err != nil {
				return
			}
			for _, v := range c.Effective() {
				if v.Key == "skeleton.fields" && v.Value != tc.want {
					t.Errorf("it allows %s", v.Value)
				}
			}
		})
	}
}

func TestLoad_LetsTemporalShowNoMoreThanIsKept(t *testing.T) {
	t.Parallel()
	const kept, shows = "POLICYCYCLE_MARKING_CEILING=", "POLICYCYCLE_TEMPORAL_MARKING="
	for marking, sound := range map[string]bool{"PUBLIC": true, "limite": true, "SECRET": false, "": true} {
		if _, err := (given{env: []string{shows + marking}}).load(t); (err == nil) != sound {
			t.Errorf("up to %q: %v", marking, err)
		}
	}
	_, err := given{env: []string{kept + "PUBLIC", shows + "LIMITE"}}.load(t)
	if err == nil || !strings.Contains(err.Error(), "temporal.marking is higher than what is kept here") {
		t.Errorf("it says %v", err)
	}
}

func TestLoad_DecryptsForPagesThatComeEncrypted(t *testing.T) {
	t.Parallel()
	for text, sound := range map[string]bool{
		"https://temporal.example.eu": true, "https://a.example.eu, http://localhost:8233": true, "http://127.0.0.1:8233": true,
		"http://temporal.example.eu": false, "https://temporal.example.eu/": false, "*": false, "temporal.example.eu": false, "https://a.example.eu,": false,
	} {
		if _, err := (given{env: []string{"POLICYCYCLE_CODEC_ORIGINS=" + text}}).load(t); (err == nil) != sound {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSettings_AreAllDescribed(t *testing.T) {
	t.Parallel()
	for _, s := range config.Settings() {
		if s.Meaning == "" || s.Expected == "" || len(s.Env) == 0 {
			t.Errorf("%s lacks its meaning, what is expected or a variable", s.Key)
		}
	}
}

func TestDocument_IsUpToDate(t *testing.T) {
	t.Parallel()
	const path = "../docs/configuration.md"
	if *update {
		if err := os.WriteFile(path, []byte(config.Document()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.Document(), string(written)); diff != "" {
		t.Errorf("run go test ./config -update:\n%s", diff)
	}
}
