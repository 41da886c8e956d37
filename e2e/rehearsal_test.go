package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/policycycle/policycycle/embedded/running"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// rehearses starts `policycycle rehearse` and gives what waits for its end.
func (u user) rehearses(file, year, data string) (wait func() service.Cycle) {
	u.tb.Helper()
	var out, progress bytes.Buffer
	c := u.command(context.Background(), "rehearse", file, "--year", year, "--data", data, "-o", "json")
	c.Stdout, c.Stderr = &out, &progress
	if err := c.Start(); err != nil {
		u.tb.Fatal(err)
	}
	return func() service.Cycle {
		u.tb.Helper()
		if err := c.Wait(); err != nil {
			u.tb.Fatalf("rehearsing %s: %v\n%s", file, err, progress.String())
		}
		var cycle service.Cycle
		if err := json.Unmarshal(out.Bytes(), &cycle); err != nil {
			u.tb.Fatalf("rehearsing %s printed %q: %v", file, out.String(), err)
		}
		u.tb.Logf("%s: %s on %s, %d decisions, greatest lag %d days", cycle.ID, cycle.Stage, cycle.StageSince, len(cycle.Decisions), cycle.GreatestLagDays)
		return cycle
	}
}

func example(tb testing.TB, name string) *files.CycleFile {
	tb.Helper()
	f, err := os.Open(filepath.Join("..", "examples", name, "cycle.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	file, err := files.ReadCycle(name, f)
	if err != nil {
		tb.Fatal(err)
	}
	return file
}

// goesWell checks what every rehearsal that ends well has in common.
func goesWell(tb testing.TB, c service.Cycle, priorities, oaps, periods int) {
	tb.Helper()
	if c.Stage != policy.StageClosed || !c.Rehearsal || len(c.Priorities) != priorities || len(c.Periods) != periods {
		tb.Errorf("%s: stage %s, %d priorities, %d periods", c.ID, c.Stage, len(c.Priorities), len(c.Periods))
	}
	for _, p := range c.Periods {
		if len(p.OAPs) != oaps {
			tb.Errorf("%s has %d OAPs in %s, want %d", c.ID, len(p.OAPs), p.Key, oaps)
		}
		for _, oap := range append(p.OAPs, p.Reports...) {
			if !oap.Outcome.Positive() {
				tb.Errorf("%s ended as %q", oap.Subject, oap.Outcome)
			}
		}
	}
	once := map[string]bool{}
	for _, d := range c.Decisions {
		key := fmt.Sprint(d.Subject, d.Version, d.Body, d.Outcome)
		if once[key] || d.Body == "" || d.Reference == "" || d.Date.IsZero() {
			tb.Errorf("decision %+v stands twice, or lacks body, reference or date", d)
		}
		once[key] = true
	}
}

func TestThreeRealCyclesAreRehearsedSideBySide(t *testing.T) {
	t.Parallel()
	u := user{t, nil}
	data := folder(t)
	p := u.launches("up", "--data", data)
	p.says(t, "Ready in")
	first := u.rehearses("examples/initial-2011-2013", "4s", data)
	second := u.rehearses("examples/empact-2022-2025", "4s", data)
	third := u.rehearses("examples/empact-2026-2029", "4s", data)

	c := first()
	goesWell(t, c, 8, 8, 2)
	for _, o := range c.Obligations { // as it happened: the report of 2012 came in April 2013
		if o.Path == "obligation/annual-report/2012-12-31" && (o.ClosedOn != date("2013-04-10") || o.Outcome != policy.Delivered) {
			t.Errorf("the annual report of 2012 ended as %q on %s", o.Outcome, o.ClosedOn)
		}
	}
	u.finds(data, c.ID, "S24 obligation/annual-report/2012-12-31", "S24 obligation/annual-report/2013-12-31")
	c = second()
	goesWell(t, c, 10, 15, 3)
	if len(c.Amendments) != 1 || c.Amendments[0].Date != date("2023-03-09") || c.Periods[2].Key != "2024-2025" {
		t.Errorf("the amendment of March 2023 is missing: %+v", c.Amendments)
	}
	for _, d := range c.Decisions {
		if d.Subject == at(c.ID, "priorities") && d.Body == policy.Council && (d.Reference != "ST 8665/21 INIT" || d.Date != date("2021-05-26") || len(d.Items) != 10) {
			t.Errorf("the Council's decision on the priorities: %+v", d)
		}
	}
	u.finds(data, c.ID, "S11 report/2023/firearms/final", "S17 2022/firearms/4.1", "S22 attendance/cosi-2023-05/mt")
	hasActions(t, u, data, c, 15, 200)
	exported, second22 := u.goesOut(data, c.ID), c.ID

	c = third()
	goesWell(t, c, 7, 13, 2)
	u.finds(data, c.ID)
	if c.StageSince != date("2030-06-02") {
		t.Errorf("the third cycle closed on %s, want the day COSI agreed on the roadmap after its late evaluation", c.StageSince)
	}
	u.comesBack(exported, second22)
	user{t, []string{"POLICYCYCLE_DATA=" + data}}.replaysReadme(t, p)
}

// finds makes sure that the rules find in a cycle what is planted there, and
// nothing else.
func (u user) finds(data, cycle string, want ...string) {
	u.tb.Helper()
	var found []policy.Finding
	u.gets(&found, "findings", cycle, "--data", data)
	got := []string{}
	for _, f := range found {
		got = append(got, f.Rule+" "+f.Record)
	}
	if !slices.Equal(got, want) && len(got)+len(want) > 0 {
		u.tb.Errorf("the rules find %q in %s, want %q", got, cycle, want)
	}
}

// hasActions counts the operational actions that run in each year, and the
// events in the histories of all runs: these do not grow with the actions.
func hasActions(t *testing.T, u user, data string, c service.Cycle, plans, actions int) {
	t.Helper()
	const most = 2000 // events
	for year := c.ImplementationWindow.From.Year(); year <= c.ImplementationWindow.To.Year(); year++ {
		running, oaps := 0, 0
		for _, p := range c.Periods {
			if p.From.Year() > year || p.To.Year() < year {
				continue
			}
			oaps += len(p.OAPs)
			for _, oap := range p.OAPs {
				var document struct{ Content policy.OperationalPlan }
				u.gets(&document, "content", "show", oap.Subject.String(), "--data", data)
				running += len(document.Content.Actions)
			}
		}
		if oaps < plans || running < actions {
			t.Errorf("%d OAPs with %d operational actions run in %d, want %d with %d", oaps, running, year, plans, actions)
		}
	}
	info, err := running.Find(data)
	if err != nil {
		t.Fatal(err)
	}
	longest, id := longestHistory(t, info)
	t.Logf("the longest history is that of %s, %d events", id, longest)
	if longest >= most {
		t.Errorf("the history of %s has %d events, want fewer than %d", id, longest, most)
	}
}

func longestHistory(t *testing.T, info running.Info) (int64, string) {
	t.Helper()
	temporal, err := client.Dial(client.Options{HostPort: info.TemporalAddress, Namespace: info.Namespace, Logger: quiet{}})
	if err != nil {
		t.Fatal(err)
	}
	defer temporal.Close()
	var longest int64
	var id string
	for next := []byte(nil); ; {
		page, err := temporal.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{PageSize: 500, NextPageToken: next})
		if err != nil {
			t.Fatal(err)
		}
		for _, run := range page.GetExecutions() {
			if run.GetHistoryLength() > longest {
				longest, id = run.GetHistoryLength(), run.GetExecution().GetWorkflowId()
			}
		}
		if next = page.GetNextPageToken(); len(next) == 0 {
			return longest, id
		}
	}
}

// small gives the first cycle with two of its priorities, and its documents held elsewhere.
func small(tb testing.TB) *files.CycleFile {
	tb.Helper()
	file := example(tb, "initial-2011-2013")
	file.Priorities = slices.DeleteFunc(file.Priorities, func(p policy.Priority) bool { return p.Key != "cybercrime" && p.Key != "synthetic-drugs" })
	file.Stores = nil
	return file
}

// cycleFile writes a cycle file and gives its path.
func cycleFile(tb testing.TB, file *files.CycleFile) string {
	tb.Helper()
	path := filepath.Join(folder(tb), "small.yaml")
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	if err := errors.Join(files.WriteCycle(f, *file), f.Close()); err != nil {
		tb.Fatal(err)
	}
	return path
}

func TestARehearsalGoesOnWhereItWasAfterAPowerCut(t *testing.T) {
	t.Parallel()
	u := user{t, nil}
	data := folder(t)
	p := u.starts(data)
	file := small(t)
	wait := u.rehearses(cycleFile(t, file), "4s", data)
	trail := func() int {
		var lines []service.TrailEntry
		got := u.types("trail", file.Key+"-rehearsal-1", "--data", data, "-o", "json")
		if got.status == 0 && json.Unmarshal([]byte(got.out), &lines) != nil {
			t.Fatalf("the trail is %q", got.out)
		}
		return len(lines)
	}
	eventually(t, "the plans are being decided", func() bool { return trail() >= 30 })
	p.killed(t)
	u.starts(data)
	again, before := time.Now(), trail()
	eventually(t, "the cycle moves", func() bool { return trail() > before })
	t.Logf("the next line stood in the trail %s after up was ready again", time.Since(again).Round(time.Millisecond))

	c := wait()
	goesWell(t, c, 2, 2, 2)
	want, got := map[string]int{}, map[string]int{}
	for _, e := range file.Agenda() {
		want[e.Subject.Path()] = len(e.Turns)
	}
	for _, d := range c.Decisions {
		got[d.Subject.Path()]++
	}
	for path, n := range want {
		if got[path] != n {
			t.Errorf("%d decisions stand on %s, want %d", got[path], path, n)
		}
	}
}

func TestARehearsalStartsItsOwnEngineAndAPriorityThatIsNotAgreedGetsNoPlans(t *testing.T) {
	t.Parallel()
	file := small(t)
	for i, scene := range file.Script.Scenes {
		if scene.On == "priorities" && scene.Body == policy.Council {
			file.Script.Scenes[i].Items = []policy.ItemOutcome{{Item: "cybercrime", Outcome: policy.NotAgreed}}
		}
	}
	c := user{t, nil}.rehearses(cycleFile(t, file), "4s", folder(t))()
	goesWell(t, c, 2, 1, 2)
	for _, p := range c.Priorities {
		if agreed := p.Key != "cybercrime"; agreed != p.Outcome.Positive() || agreed != (len(p.OAPs) == 2) {
			t.Errorf("the priority %s ended as %q with the OAPs %v", p.Key, p.Outcome, p.OAPs)
		}
	}
}
