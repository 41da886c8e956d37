package e2e_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/e2e/browser"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

var screenshots = flag.Bool("screenshots", false, "keep the pictures of the pages in docs/screenshots")

// shown are the pages of which docs/pages.md has a picture. RUN stands for the
// cycle that is rehearsed.
var shown = []struct{ name, who, body, path string }{
	{"overview", "Anna", "General Secretariat", "/"},
	{"start", "Anna", "General Secretariat", "/start"},
	{"cycle", "Anna", "General Secretariat", "/cycles/RUN"},
	{"inbox", "Anna", "General Secretariat", "/inbox?whose=all"},
	{"decide", "Anna", "General Secretariat", "/cycles/empact-2026-2029/on/change/2026-2027/criminal-finances/1"},
	{"subject", "Anna", "General Secretariat", "/cycles/RUN/on/priorities"},
	{"meeting", "Anna", "General Secretariat", "/cycles/empact-2026-2029/meetings/cosi-2026-12"},
	{"meetings", "Anna", "General Secretariat", "/cycles/empact-2026-2029/meetings"},
	{"open", "Anna", "General Secretariat", "/cycles/empact-2026-2029/open"},
	{"amend", "Anna", "General Secretariat", "/cycles/empact-2026-2029/amend"},
	{"registers", "Anna", "General Secretariat", "/cycles/empact-2026-2029/registers"},
	{"register", "Anna", "General Secretariat", "/cycles/empact-2026-2029/registers/posts"},
	{"plans", "Anna", "General Secretariat", "/cycles/RUN/plans"},
	{"plan", "Anna", "General Secretariat", "/cycles/RUN/content/oap/2022/firearms"},
	{"draft", "Paul", "Poland", "/cycles/empact-2026-2029/draft/change/2026-2027/synthetic-drugs/1"},
	{"action", "Paul", "Poland", "/cycles/empact-2026-2029/draft/change/2026-2027/synthetic-drugs/1?action=11.1"},
	{"national", "Nina", "France", "/cycles/empact-2026-2029/states/fr"},
	{"report", "Anna", "General Secretariat", "/cycles/RUN/report"},
	{"results", "Anna", "General Secretariat", "/cycles/RUN/results"},
	{"evaluation", "Anna", "General Secretariat", "/cycles/RUN/evaluation"},
	{"findings", "Anna", "General Secretariat", "/cycles/RUN/findings"},
	{"obligations", "Anna", "General Secretariat", "/cycles/RUN/obligations"},
	{"trail", "Eva", "Court of Auditors", "/cycles/RUN/trail?verify=yes"},
	{"people", "Olaf", "operator", "/people"},
	{"search", "Anna", "General Secretariat", "/search?q=firearms"},
	{"glossary", "Anna", "General Secretariat", "/glossary"},
	{"accessibility", "Anna", "General Secretariat", "/accessibility"},
}

// demonstrates starts up --demo on a folder, and waits until it has said what waits for
// whom.
func (u user) demonstrates(data string) *up {
	u.tb.Helper()
	p := u.launches("up", "--demo", "--listen", "127.0.0.1:0", "--data", data)
	p.says(u.tb, "This waits, and comes again:")
	return p
}

// One demonstration is shown to those who look, then to those who try, then again.
func TestTheDemonstration(t *testing.T) {
	t.Parallel()
	data := filepath.Join(folder(t), "demo")
	p := user{t, nil}.demonstrates(data)
	t.Run("shows every page", func(t *testing.T) { showsEveryPage(t, p) })
	t.Run("has work for each role, and has it again", func(t *testing.T) { hasWorkForEachRole(t, data) })
	t.Run("is found as it was, and is quiet", func(t *testing.T) { isFoundAsItWas(t, data, p) })
}

// It opens on a cycle that runs beside one that waits, and each page has something on it.
func showsEveryPage(t *testing.T, p *up) {
	t.Helper()
	r := &reception{url: servedAt.FindString(p.out.String()), browser: browser.Start(t)}
	desks := map[string]*official{}
	for _, page := range shown {
		desk := desks[page.who]
		if desk == nil {
			desk = r.signsIn(t, page.who, page.body, browser.Options{Width: 1200, Height: 1000})
			desks[page.who] = desk
		}
		if page.name == "overview" {
			desk.See("EMPACT 2026-2029")
			desk.See("Rehearsals play a cycle")
			eventually(t, "the first reports are in", func() bool {
				desk.goes("/cycles/empact-2022-2025-rehearsal-1/results")
				return desk.Holds("document.querySelectorAll('svg.chart rect').length > 20")
			})
		}
		desk.goes(strings.ReplaceAll(page.path, "RUN", "empact-2022-2025-rehearsal-1"))
		if desk.Status() != 200 {
			t.Errorf("%s: status %d\n%s", page.path, desk.Status(), desk.Text())
		}
		if bytes, depth := desk.Weight(); bytes > 150_000 || depth > 2 {
			t.Errorf("%s weighs %d bytes, %d requests deep", page.path, bytes, depth)
		}
		for _, v := range desk.Axe() { // in the dark, TestEachPageIsForEverybodyLightAndFar looks
			t.Errorf("%s: %s", page.path, v)
		}
		if *screenshots {
			desk.Screenshot("../docs/screenshots/" + page.name + ".png")
		}
	}
}

// waitingFor lists what waits for a body in the cycle that the demonstration shows.
func (u user) waitingFor(body string) (subjects []string) {
	u.tb.Helper()
	var items []service.InboxItem
	u.gets(&items, "inbox", "--body", body, "--cycle", demonstrated)
	for _, item := range items {
		subjects = append(subjects, item.Subject.Path()+" "+item.Awaits)
	}
	return subjects
}

// demonstrated is the cycle that waits.
const demonstrated = "empact-2026-2029"

// Visitors deal with what waits for them, and find something else.
func hasWorkForEachRole(t *testing.T, data string) {
	t.Helper()
	const cycle = demonstrated
	u := user{t, []string{"POLICYCYCLE_DATA=" + data}}
	awaits := func(waits map[string]string) {
		t.Helper()
		for body, what := range waits {
			eventually(t, body+" has "+what, func() bool { return slices.Contains(u.waitingFor(body), what) })
		}
	}
	unanswered := func(state policy.Body) (actions []string) {
		t.Helper()
		var sheet rules.NationalSheet
		u.gets(&sheet, "sheet", cycle, string(state))
		for _, line := range sheet.Consents {
			if line.State == policy.Invited {
				actions = append(actions, line.Action)
			}
		}
		return actions
	}
	for _, state := range []policy.Body{"fr", "pl", "mt"} {
		if len(unanswered(state)) < 5 {
			t.Errorf("%s is asked for its consent to %v alone", state.Title(), unanswered(state))
		}
	}
	awaits(map[string]string{
		"presidency": "item/drones submission", "commission": "item/funding submission", "europol": "change/2026-2027/online-fraud/1 submission",
		"support-team": "change/2026-2027/ip-crime/1 decision", "pl": "change/2026-2027/synthetic-drugs/1 submission",
	})
	var compared service.Comparison
	u.gets(&compared, "content", "diff", cycle+"/change/2026-2027/criminal-finances/1")
	if compared.Was != 1 || compared.Is != 2 || len(compared.Differences) == 0 {
		t.Errorf("the change that was referred back has the versions %d and %d, which differ in %v", compared.Was, compared.Is, compared.Differences)
	}

	// What half a day of visits does.
	u.succeeds("confirm", "demonstration-item-ports-2", "--as", "anna@general-secretariat")
	u.succeeds("decide", cycle+"/item/firearms-from-the-war", "--body", "cosi", "--outcome", "adopted", "--document", "EX 1/26", "--as", "anna@general-secretariat")
	u.succeeds("decide", cycle+"/change/2026-2027/ip-crime/1", "--body", "support-team", "--outcome", "took-note", "--document", "EX 2/26", "--as", "tom@support-team")
	u.succeeds("position", cycle+"/item/contact-points", "objects", "--as", "nina@fr")
	u.succeeds("submit", cycle+"/item/drones", "--document", "EX 3/26", "--as", "eva@presidency")
	u.succeeds("submit", cycle+"/item/funding", "--document", "EX 4/26", "--as", "jean@commission")
	plan := filepath.Join(t.TempDir(), "plan.yaml")
	if err := os.WriteFile(plan, []byte(u.succeeds("content", "show", cycle+"/oap/2026-2027/synthetic-drugs").out), 0o600); err != nil {
		t.Fatal(err)
	}
	u.succeeds("submit", cycle+"/change/2026-2027/synthetic-drugs/1", "--document", "EX 5/26", "--file", plan, "--as", "paul@pl")
	for _, action := range unanswered("fr") {
		u.succeeds("register", "enter", cycle, "consents", action+"/fr", "state=confirmed", "--as", "nina@fr")
	}
	awaits(map[string]string{
		"presidency": "item/drones-2 submission", "commission": "item/funding-2 submission", "pl": "change/2026-2027/synthetic-drugs/2 submission",
		"support-team": "change/2026-2027/ip-crime/2 decision",
	})
	for _, what := range []string{"item/ports-2 confirmation", "item/firearms-from-the-war-2 decision", "item/contact-points-2 decision"} {
		awaits(map[string]string{"general-secretariat": what})
	}
	eventually(t, "France is asked for its consent again", func() bool { return len(unanswered("fr")) > 0 })
}

// Whoever starts it again finds what was there, and nothing else happens on the terminal.
func isFoundAsItWas(t *testing.T, data string, p *up) {
	t.Helper()
	u := user{t, []string{"POLICYCYCLE_DATA=" + data}}
	p.killed(t)
	again := user{t, nil}.demonstrates(data)
	trail := func() (accepted []string) {
		t.Helper()
		var lines []service.TrailEntry
		u.gets(&lines, "trail", demonstrated)
		for _, line := range lines {
			if line.Accepted && line.ActID != "" {
				accepted = append(accepted, line.ActID)
			}
		}
		return accepted
	}
	before := trail()
	again.stops(t)
	again = user{t, nil}.demonstrates(data)
	if after := trail(); len(after) != len(before) {
		t.Errorf("starting it again records %v", after[len(before):])
	}
	var cycles []service.CycleLine
	u.gets(&cycles, "cycle", "list")
	if len(cycles) != 2 {
		t.Errorf("there are %d cycles, want one and a rehearsal: %+v", len(cycles), cycles)
	}
	for line := range strings.SplitSeq(p.out.String()+again.out.String(), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "{") {
			t.Errorf("the terminal shows %s", line)
		}
	}
}
