package e2e_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/e2e/browser"
)

var screenshots = flag.Bool("screenshots", false, "keep the pictures of the pages in docs/screenshots")

// shown are the pages of which docs/pages.md has a picture. RUN stands for the
// cycle that is rehearsed, WAITS for the page of something that waits for an outcome.
var shown = []struct{ name, who, body, path string }{
	{"overview", "Anna", "General Secretariat", "/"},
	{"start", "Anna", "General Secretariat", "/start"},
	{"cycle", "Anna", "General Secretariat", "/cycles/RUN"},
	{"inbox", "Anna", "General Secretariat", "/inbox?whose=all"},
	{"decide", "Anna", "General Secretariat", "WAITS"},
	{"subject", "Anna", "General Secretariat", "/cycles/RUN/on/priorities"},
	{"meeting", "Anna", "General Secretariat", "/cycles/empact-2026-2029/meetings/cosi-2026-12"},
	{"meetings", "Anna", "General Secretariat", "/cycles/empact-2026-2029/meetings"},
	{"open", "Anna", "General Secretariat", "/cycles/empact-2026-2029/open"},
	{"amend", "Anna", "General Secretariat", "/cycles/empact-2026-2029/amend"},
	{"registers", "Anna", "General Secretariat", "/cycles/empact-2026-2029/registers"},
	{"register", "Anna", "General Secretariat", "/cycles/empact-2026-2029/registers/posts"},
	{"plans", "Anna", "General Secretariat", "/cycles/RUN/plans"},
	{"plan", "Anna", "General Secretariat", "/cycles/RUN/content/oap/2022/firearms"},
	{"draft", "Paul", "Poland", "/cycles/empact-2026-2029/draft/oap/2026-2027/synthetic-drugs"},
	{"action", "Paul", "Poland", "/cycles/empact-2026-2029/draft/oap/2026-2027/synthetic-drugs?action=2.1"},
	{"national", "Nina", "France", "/cycles/RUN/states/fr"},
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

// The demonstration opens on a cycle that runs beside one that waits, and shows
// every page with something on it.
func TestTheDemonstrationShowsEveryPage(t *testing.T) {
	t.Parallel()
	u := user{t, nil}
	p := u.launches("up", "--demo", "--listen", "127.0.0.1:0", "--data", filepath.Join(folder(t), "demo"))
	p.says(t, "Open the pages")
	url := servedAt.FindString(p.out.String())
	pictures := t.TempDir()
	if *screenshots {
		pictures = "../docs/screenshots"
		if err := os.MkdirAll(pictures, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	r := &reception{url: url, browser: browser.Start(t)}
	desks, waits := map[string]*official{}, ""
	for _, page := range shown {
		desk := desks[page.who]
		if desk == nil {
			desk = r.signsIn(t, page.who, page.body, browser.Options{Width: 1200, Height: 1000})
			desks[page.who] = desk
		}
		if page.name == "overview" {
			desk.See("EMPACT 2026-2029")
			desk.See("Rehearsals play a cycle")
			waits = desk.awaitsOutcome(t, "empact-2026-2029")
			eventually(t, "the first reports are in", func() bool {
				desk.goes("/cycles/empact-2022-2025-rehearsal-1/results")
				return desk.Holds("document.querySelectorAll('svg.chart rect').length > 20")
			})
		}
		desk.goes(strings.NewReplacer("RUN", "empact-2022-2025-rehearsal-1", "WAITS", waits).Replace(page.path))
		if desk.Status() != 200 {
			t.Errorf("%s: status %d\n%s", page.path, desk.Status(), desk.Text())
		}
		if bytes, depth := desk.Weight(); bytes > 150_000 || depth > 2 {
			t.Errorf("%s weighs %d bytes, %d requests deep", page.path, bytes, depth)
		}
		desk.InBoth(func(scheme string) {
			for _, v := range desk.Axe() {
				t.Errorf("%s (%s): %s", page.path, scheme, v)
			}
		})
		desk.Screenshot(filepath.Join(pictures, page.name+".png"))
	}
}

// awaitsOutcome waits until actors have told all of a cycle, and gives the page of
// something that waits for an outcome then. What that is depends on the day.
func (p *official) awaitsOutcome(t *testing.T, cycle string) string {
	t.Helper()
	const quiet = 6 * time.Second // in which nothing changes any more
	seen, since := "", time.Now()
	eventually(t, "what happened so far is told", func() bool {
		p.goes("/inbox?whose=all&awaits=decision&cycle=" + cycle)
		if text := p.Text(); text != seen {
			seen, since = text, time.Now()
		}
		return time.Since(since) > quiet && p.Holds("document.querySelector('tbody tr') !== null")
	})
	return p.Words("document.querySelector('tbody tr a').getAttribute('href')")
}
