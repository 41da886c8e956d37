package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/embedded"
)

// deployed gives the files of examples/deploy by their names.
func deployed(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir("../examples/deploy")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join("..", "examples", "deploy", entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = string(text)
	}
	return files
}

func TestThePageOfTheAdministratorNamesEachFileThatIsThere(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	files := deployed(t)
	for name := range files {
		if !strings.Contains(string(page), name) && name != "serve.yaml" && name != "worker.yaml" {
			t.Errorf("docs/operations.md does not name examples/deploy/%s", name)
		}
	}
	for _, name := range regexp.MustCompile(`examples/deploy/([\w.@-]+)\)`).FindAllStringSubmatch(string(page), -1) {
		if files[name[1]] == "" {
			t.Errorf("docs/operations.md names examples/deploy/%s, which is not there", name[1])
		}
	}
}

// known says whether policycycle takes the settings of an environment. Files that they name
// need not be there.
func known(env map[string]string) error {
	var environ []string
	for name, value := range env {
		if strings.HasPrefix(name, "POLICYCYCLE_") {
			environ = append(environ, name+"="+value)
		}
	}
	_, err := config.Load(config.Input{Environ: environ, DefaultData: "data"})
	return err
}

func TestTheUnitsForSystemdAreInOrder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"policycycle-serve@.service", "policycycle-worker@.service"} {
		text := strings.ReplaceAll(deployed(t)[name], "/usr/local/bin/policycycle", binary)
		env := map[string]string{}
		for line := range strings.Lines(text) {
			if setting, is := strings.CutPrefix(strings.TrimSpace(line), "Environment="); is {
				name, value, _ := strings.Cut(strings.ReplaceAll(setting, "%i", "1"), "=")
				env[name] = value
			}
		}
		if delete(env, "POLICYCYCLE_CONFIG"); len(env) == 0 {
			t.Errorf("%s sets nothing", name)
		}
		if err := known(env); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		analyze, err := exec.LookPath("systemd-analyze")
		if err != nil {
			t.Log("systemd is not here: nobody looked at the rest of the units")
			continue
		}
		instance := filepath.Join(dir, strings.Replace(name, "@", "@1", 1))
		if out, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", instance).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestTheComposeFileTellsEachPartWhatItTakes(t *testing.T) {
	t.Parallel()
	var compose struct {
		Services map[string]struct {
			Image       string
			Command     []string
			Environment map[string]string
			Volumes     []string
		}
	}
	files := deployed(t)
	if err := yaml.Unmarshal([]byte(files["compose.yaml"]), &compose); err != nil {
		t.Fatal(err)
	}
	parts := map[string]int{}
	for name, service := range compose.Services {
		if !regexp.MustCompile(`^[\w./-]+:v?\d+\.\d+[\d.]*$`).MatchString(service.Image) {
			t.Errorf("%s: the image %q has no version", name, service.Image)
		}
		for _, volume := range service.Volumes {
			from, _, _ := strings.Cut(volume, ":")
			file := strings.TrimPrefix(from, "./")
			if strings.HasPrefix(from, "./") && strings.Contains(file, ".") && !strings.HasSuffix(file, ".password") && files[file] == "" {
				t.Errorf("%s: there is no %s", name, from)
			}
		}
		if !strings.Contains(service.Image, "policycycle") {
			continue
		}
		parts[strings.Join(service.Command, " ")]++
		for name, value := range service.Environment { // as compose puts them in
			value = regexp.MustCompile(`\$\{\w+:-([^}]*)\}`).ReplaceAllString(value, "$1")
			service.Environment[name] = regexp.MustCompile(`\$\{\w+\}`).ReplaceAllString(value, "secret")
		}
		if service.Environment["POLICYCYCLE_TEMPORAL_ADDRESS"] == "" || service.Environment["POLICYCYCLE_DATABASE_URL"] == "" {
			t.Errorf("%s knows no engine: %v", name, service.Environment)
		}
		if err := known(service.Environment); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if parts["worker"] != 2 || parts["serve"] != 2 || parts["migrate"] != 1 {
		t.Errorf("it starts %v", parts)
	}
}

func TestTheLimitsForTemporalAreThoseOfThePrivateEngine(t *testing.T) {
	t.Parallel()
	var limits map[string][]struct {
		Value       int
		Constraints map[string]string
	}
	if err := yaml.Unmarshal([]byte(deployed(t)["temporal-limits.yaml"]), &limits); err != nil {
		t.Fatal(err)
	}
	if set := limits["limit.blobSize.error"]; len(set) != 1 || set[0].Value != embedded.MaxPayload || set[0].Constraints["namespace"] != "default" {
		t.Errorf("they are %+v", limits)
	}
}

// The proxy itself is not here; what can be seen is that each block ends and that it reaches
// what the units open.
func TestTheProxyReachesTheServicesOfThePage(t *testing.T) {
	t.Parallel()
	text := deployed(t)["Caddyfile"]
	if strings.Count(text, "{") != strings.Count(text, "}") {
		t.Error("a block of the Caddyfile does not end")
	}
	for _, said := range []string{"127.0.0.1:8471 127.0.0.1:8472", "policycycle.example.eu", "flush_interval -1", "X-Correlation-Id", "health_uri /healthz"} {
		if !strings.Contains(text, said) {
			t.Errorf("the Caddyfile does not say %s", said)
		}
	}
}
