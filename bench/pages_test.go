package bench_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/web"
)

// BenchmarkPages measures the first byte of the overview, of the page of a young
// cycle and of that of a mature one, with its plans, 200 actions and all that the
// rules find, as an official of the General Secretariat asks, with a thousand cycles
// of the size of 2022-2025 in the records, beside a bare SELECT. Target: 50 ms at the
// 95th percentile.
func BenchmarkPages(b *testing.B) {
	d := newBed(b)
	const cycles = 1000
	d.fill(b, cycles)
	const actions = 200
	d.takeOver(b, actions, 1)
	browser, address := d.pages(b)
	var bare, overview, page, mature []time.Duration
	n := 0
	for b.Loop() {
		n++
		bare = append(bare, timed(func() {
			_, err := d.pool.Exec(b.Context(), "SELECT id, title, rehearsal, stage, stage_since FROM cycles ORDER BY created_at DESC, id LIMIT 12")
			must(b, err)
		}))
		overview = append(overview, firstByte(b, browser, address+"/"))
		page = append(page, firstByte(b, browser, fmt.Sprintf("%s/cycles/bench-%d", address, n%cycles)))
		mature = append(mature, firstByte(b, browser, address+"/cycles/"+cycleOf(actions)))
	}
	report(b, "bare", bare)
	report(b, "overview", overview)
	report(b, "cycle", page)
	report(b, "mature", mature)
	for what, samples := range map[string][]time.Duration{"overview": overview, "cycle": page, "mature": mature} {
		b.ReportMetric(percentile(samples, 95).Seconds()/percentile(bare, 95).Seconds(), what+"-x-bare-p95")
	}
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
		_, err := d.store.StartCycle(b.Context(), store.NewCycle{ID: definition.Key, Definition: definition, By: anna, Now: now})
		must(b, err)
		_, err = d.store.Look(b.Context(), policy.Run{Kind: policy.RunCycle, Cycle: definition.Key}, now)
		must(b, err)
	}
	_, err = d.pool.Exec(b.Context(), "ANALYZE")
	must(b, err)
}

// pages opens the pages, and logs somebody in.
func (d *bed) pages(b *testing.B) (*http.Client, string) {
	b.Helper()
	handler, err := web.New(web.Options{
		Service: d.Service, Sessions: identity.NewSessions(identity.SessionOptions{Store: d.store.Sessions(), Lasts: time.Hour}), Log: zerolog.Nop(),
		Capacity: func(ctx context.Context, who *identity.Identified, body policy.Body) (policy.Capacity, error) {
			return d.store.CapacityOf(ctx, policy.Actor{Name: who.Name, Body: body})
		},
	})
	must(b, err)
	server := httptest.NewServer(handler)
	b.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	must(b, err)
	browser := &http.Client{Jar: jar}
	answer, err := browser.PostForm(server.URL+"/login", url.Values{"name": {"Anna"}, "body": {"general-secretariat"}})
	must(b, err)
	must(b, answer.Body.Close())
	return browser, server.URL
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
	must(b, answer.Body.Close())
	return took
}
