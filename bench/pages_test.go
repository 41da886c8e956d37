package bench_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/bench"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
	"github.com/policycycle/policycycle/web"
)

// BenchmarkPages measures the first byte of the overview, of the page of a young
// cycle and of that of a mature one, with its plans, 200 actions and all that the
// rules find, as an official of the General Secretariat asks, with a thousand cycles
// of the size of 2022-2025 in the records, beside a bare SELECT.
func BenchmarkPages(b *testing.B) {
	r := measures(b, "pages")
	d := newBed(b)
	r.on(d.owner.Config().ConnString())
	cycles := full(1000, 50)
	r.say("%d cycles are filled in", cycles)
	d.fill(b, cycles)
	const actions = 200
	d.takeOver(b, actions, 1)
	browser, address := d.pages(b)
	n := 0
	for round := range rounds() {
		r.say("round %d", round+1)
		l := lap{}
		for range full(40, 10) {
			n++
			l.timed(b, "bare SELECT", func() error { return d.firstCycles(b.Context()) })
			for subject, path := range map[string]string{
				"overview": "/", "young cycle": fmt.Sprintf("/cycles/bench-%d", n%cycles), "mature cycle": "/cycles/" + cycleOf(actions),
			} {
				l[subject] = append(l[subject], firstByte(b, browser, address+path))
			}
		}
		r.lap("first byte", l)
	}
	for _, subject := range []string{"overview", "young cycle", "mature cycle"} {
		r.Compare(subject+" p95 to a bare SELECT", "first byte p95", subject, "bare SELECT")
	}
	r.keep()
}

// firstCycles reads the rows of the overview, and nothing else.
func (d *bed) firstCycles(ctx context.Context) error {
	_, err := d.Pool.Exec(ctx, "SELECT id, title, rehearsal, stage, stage_since FROM cycles ORDER BY created_at DESC, id LIMIT 12")
	return err
}

// BenchmarkLargeCycle measures the first byte of the pages of a cycle of 400 OAPs with
// ten actions each, beside a bare SELECT: of the cycle and of an OAP in its second
// version. It gives, too, how large the pages are and how much the records are asked for
// each: figures that do not depend on the machine.
func BenchmarkLargeCycle(b *testing.B) {
	r := measures(b, "large-cycle")
	d := readOnly(b, storetest.URL(b))
	r.on(d.owner.Config().ConnString())
	d.takeOverLarge(b)
	browser, address := d.pages(b)
	pages := map[string]string{"cycle": address + "/cycles/large", "OAP": address + "/cycles/large/on/oap/2025/plan-7-3"}
	for range rounds() {
		l := lap{}
		for range full(20, 5) {
			l.timed(b, "bare SELECT", func() error { return d.firstCycles(b.Context()) })
			for subject, page := range pages {
				l[subject] = append(l[subject], firstByte(b, browser, page))
			}
		}
		r.lap("first byte", l)
	}
	for subject, page := range pages {
		r.Compare(subject+" p50 to a bare SELECT", "first byte p50", subject, "bare SELECT")
		d.asked.Take()
		r.Add("size", subject, "bytes", float64(size(b, browser, page)))
		r.asked(subject, "per page", d.asked, 1)
	}
	r.keep()
}

// readOnly gives a bed on records without an engine.
func readOnly(b *testing.B, address string) *bed {
	b.Helper()
	asked := &storetest.Questions{}
	s, err := store.Open(b.Context(), address, store.Options{Asserted: true, Trace: asked})
	must(b, err)
	b.Cleanup(s.Close)
	pool, err := pgxpool.New(b.Context(), address)
	must(b, err)
	b.Cleanup(pool.Close)
	return &bed{&bench.Bed{Service: local.New(s, nil, nil), Store: s, Pool: pool}, asked, connect(b, address)}
}

// takeOverLarge takes over a cycle of four years with a hundred OAPs a year. One of the
// last year is in its second version, before COSI.
func (d *bed) takeOverLarge(b *testing.B) {
	b.Helper()
	const priorities, plans, years, actions = 10, 10, 4, 10
	definition := bench.Cycle("large")
	definition.Stores = []string{"masp", "oap", "consents", "indicators"}
	definition.ImplementationWindow.To = policytest.Date("2025-12-31")
	definition.Evaluation = policy.OpenMilestone{Opens: policytest.Date("2024-01-15"), Due: policytest.Date("2025-11-01")}
	definition.Periods, definition.Priorities = nil, nil
	for year := range years {
		from := policy.NewDate(2022+year, 1, 1)
		definition.Periods = append(definition.Periods, policy.Period{
			Key: fmt.Sprint(2022 + year), From: from, To: policy.NewDate(2022+year, 12, 31),
			Drafting: policy.NewDate(2021+year, 9, 1), Due: policy.NewDate(2021+year, 12, 10),
		})
	}
	for i := range priorities {
		priority := policy.Priority{Key: fmt.Sprintf("priority-%d", i), Title: fmt.Sprintf("Priority number %d", i), Kind: policy.PriorityCrime}
		for j := range plans {
			priority.OAPs = append(priority.OAPs, policy.OAP{Key: fmt.Sprintf("plan-%d-%d", i, j), Title: fmt.Sprintf("A plan of the priority, number %d", j), Driver: "se"})
		}
		definition.Priorities = append(definition.Priorities, priority)
	}
	past := pastOf(definition)
	for year := range years {
		day := definition.Periods[year].Due.String()
		for i := range priorities * plans {
			path := fmt.Sprintf("oap/%d/plan-%d-%d", 2022+year, i/plans, i%plans)
			past.Documents[path+"/v1"] = benchPlan(actions, i)
			if path != "oap/2025/plan-7-3" {
				past.adopt(path, day, "se", policy.SupportTeam, policy.COSISupportGroup, policy.COSI)
				continue
			}
			past.submit(path, day, "se")
			past.conclude(path, day, 1, policy.SupportTeam, policy.ReferredBack)
			past.Documents[path+"/v2"] = benchPlan(actions+1, i)
			past.submit(path, day, "se")
			past.conclude(path, day, 2, policy.SupportTeam, policy.TookNote)
			past.conclude(path, day, 2, policy.COSISupportGroup, policy.TookNote)
		}
	}
	must(b, d.Store.Import(b.Context(), store.Past{
		NewCycle: store.NewCycle{ID: definition.Key, Definition: definition, By: anna, Now: time.Now()}, Acts: past.Acts, Documents: past.Documents,
	}))
	_, err := d.Store.Reconcile(b.Context(), policy.Run{Kind: policy.RunCycle, Cycle: definition.Key}, time.Now())
	must(b, err)
}

// size gives how many bytes a page has.
func size(b *testing.B, browser *http.Client, address string) int64 {
	b.Helper()
	answer, err := browser.Get(address)
	must(b, err)
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	must(b, err)
	return n
}

// fill keeps cycles of the size of 2022-2025, whose threat assessments are awaited.
func (d *bed) fill(b *testing.B, cycles int) {
	b.Helper()
	file, err := os.Open("../examples/empact-2022-2025/cycle.yaml")
	must(b, err)
	defer file.Close()
	read, err := files.ReadCycle("cycle.yaml", file)
	must(b, err)
	for i := range cycles {
		definition := read.Definition
		definition.Key = fmt.Sprintf("bench-%d", i)
		now := time.Now()
		_, err := d.Store.StartCycle(b.Context(), store.NewCycle{ID: definition.Key, Definition: definition, By: anna, Now: now})
		must(b, err)
		_, err = d.Store.Reconcile(b.Context(), policy.Run{Kind: policy.RunCycle, Cycle: definition.Key}, now)
		must(b, err)
	}
	_, err = d.Pool.Exec(b.Context(), "ANALYZE")
	must(b, err)
}

// pages opens the pages, and logs somebody in.
func (d *bed) pages(b *testing.B) (*http.Client, string) {
	b.Helper()
	server := httptest.NewServer(d.web(b))
	b.Cleanup(server.Close)
	return logsIn(b, server.URL, anna), server.URL
}

func (d *bed) web(b *testing.B) http.Handler {
	b.Helper()
	handler, err := web.New(web.Options{
		Service: d.Service, Sessions: identity.NewSessions(identity.SessionOptions{Store: d.Store.Sessions(), Lasts: time.Hour}), Log: zerolog.Nop(),
		Principal: func(ctx context.Context, who *identity.Identified, body policy.Body) (policy.Principal, error) {
			return d.Store.PrincipalOf(ctx, policy.Actor{Name: who.Name, Body: body})
		},
	})
	must(b, err)
	return handler
}

// logsIn gives the browser of somebody who has logged in.
func logsIn(b *testing.B, address string, who policy.Actor) *http.Client {
	b.Helper()
	jar, err := cookiejar.New(nil)
	must(b, err)
	browser := &http.Client{Jar: jar}
	answer, err := browser.PostForm(address+"/login", url.Values{"name": {who.Name}, "body": {string(who.Body)}})
	must(b, err)
	must(b, answer.Body.Close())
	return browser
}

// firstByte says how long the first byte of a page takes.
func firstByte(b *testing.B, browser *http.Client, address string) time.Duration {
	b.Helper()
	start := time.Now()
	answer, err := browser.Get(address)
	took := time.Since(start)
	must(b, err)
	if answer.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s", address, answer.Status)
	}
	_, err = io.Copy(io.Discard, answer.Body) // so that the connection is used again
	must(b, err)
	must(b, answer.Body.Close())
	return took
}
