package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// forgetful is a service that took a cycle over, and lacks two of the acts that come.
type forgetful struct {
	fakeService
	came service.Whole
}

func (f *forgetful) As(who policy.Principal) service.Service {
	f.by = who.Actor
	return f
}

func (f *forgetful) AddForgotten(_ context.Context, whole service.Whole) (*service.Added, error) {
	f.came = whole
	added := &service.Added{Acts: service.Count{Added: 2, There: len(whole.Acts) - 2}, Rows: service.Count{There: 7}}
	added.Cycle.ID, added.Cycle.Stage = whole.Definition.Key, policy.StageImplementation
	return added, nil
}

func TestCycleImport_SaysWhatWasAdded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	acts := "id,kind,subject,date,by,document\n" +
		"a,submit,sunday/assessment,2026-03-10,Eva@europol,ST 1/26 INIT\n" +
		"b,submit,sunday/assessment,2026-03-11,Eva@europol,ST 1/26 REV 1\n" +
		"c,submit,sunday/assessment,2026-03-12,Eva@europol,ST 1/26 REV 2\n"
	for name, text := range map[string]string{"cycle.yaml": smallCycle, "acts.csv": acts} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, format := range []string{"table", "json"} {
		svc := new(forgetful)
		got := command(t.Context(), fakeParts(svc), nil, "cycle", "import", dir, "--add", "--as", "anna@general-secretariat", "-o", format)
		if got.status != 0 || len(svc.came.Acts) != 3 || svc.by.Name != "anna" {
			t.Fatalf("%+v; %+v came, by %s", got, svc.came.Acts, svc.by)
		}
		if format == "table" {
			for _, says := range []string{"Added", "There before", "Acts  2", "sunday goes on at"} {
				if !strings.Contains(got.out, says) {
					t.Errorf("it does not say %q: %s", says, got.out)
				}
			}
			continue
		}
		var added struct{ Acts, Rows map[string]int }
		if err := json.Unmarshal([]byte(got.out), &added); err != nil || added.Acts["added"] != 2 || added.Acts["there"] != 1 || added.Rows["there"] != 7 {
			t.Errorf("%s, %v", got.out, err)
		}
	}
}
