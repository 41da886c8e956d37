package bench_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/api"
	"github.com/policycycle/policycycle/bench"
	"github.com/policycycle/policycycle/embedded/postgres"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// driver is who asks: it has a plan to write, and has taken it on.
var driver = policy.Actor{Name: "Sven", Body: "se"}

// asks are the first pages of lists, as programs and people ask for them.
var asks = map[string]string{
	"list":                            "/v1/cycles?limit=25",
	"list of rehearsals":              "/v1/cycles?limit=25&rehearsal=true",
	"list by a text":                  "/v1/cycles?limit=25&text=medals",
	"list by a text without hit":      "/v1/cycles?limit=25&text=nowhere",
	"inbox":                           "/v1/inbox?limit=25",
	"inbox of a body":                 "/v1/inbox?limit=25&body=se",
	"inbox where nothing waits":       "/v1/inbox?limit=25&body=eppo",
	"inbox: overdue":                  "/v1/inbox?limit=25&overdue=true",
	"inbox: mine":                     "/v1/inbox?limit=25&mine=true",
	"inbox of real cycles":            "/v1/inbox?limit=25&rehearsal=false",
	"search with hit":                 "/v1/search?text=medals",
	"search without hit":              "/v1/search?text=nowhere+at+all",
	"page: overview":                  "/",
	"page: list of what waits":        "/inbox",
	"page: a cycle":                   "/cycles/real-7",
	"page: search without hit":        "/search?q=nowhere+at+all",
	"inbox: overdue, where a body is": "/v1/inbox?limit=25&overdue=true&body=se",
}

// BenchmarkLists measures the first page of each list, of inboxes and of searches, through the
// API and the pages, with 100, 1,000, 10,000 and 100,000 cycles in the records, in turn, each
// size in a database of its own.
func BenchmarkLists(b *testing.B) {
	r := measures(b, "lists")
	server, err := postgres.Start(b.Context(), postgres.Options{Dir: filepath.Join(folder(b), "postgres"), Log: zerolog.Nop()})
	must(b, err)
	b.Cleanup(func() { must(b, server.Stop(context.Background())) })
	r.on(server.URL("postgres"))
	sizes := full([]int{100, 1_000, 10_000, 100_000}, []int{100, 10_000})
	doors := map[int]string{}
	browsers := map[int]*http.Client{}
	for _, size := range sizes {
		r.say("%d cycles are filled in", size)
		database := fmt.Sprintf("lists_%d", size)
		must(b, server.CreateDatabase(b.Context(), database))
		must(b, store.Migrate(b.Context(), server.URL(database)))
		d := readOnly(b, server.URL(database))
		d.cycles(b, size)
		doors[size], browsers[size] = d.doors(b)
	}
	for round := range rounds() + 1 {
		r.say("round %d", round)
		for what, path := range asks {
			l := lap{}
			for range full(60, 40) {
				for _, size := range sizes {
					l[cycles(size)] = append(l[cycles(size)], firstByte(b, browsers[size], doors[size]+path))
				}
			}
			if round > 0 { // before, connections plan what they are asked
				r.lap(what, l)
			}
		}
	}
	for what := range asks {
		r.Compare(what+": first page among most cycles to the same among 100", what+" p50", cycles(sizes[len(sizes)-1]), cycles(sizes[0]))
	}
	r.keep()
}

func cycles(size int) string { return fmt.Sprintf("%d cycles", size) }

// cycles fills so many cycles in: one half real ones, of whose plans everything is overdue,
// and one half rehearsals, which wait for their first document; and one that can be searched.
func (d *bed) cycles(b *testing.B, size int) {
	b.Helper()
	const carried, rehearsed = "real", "rehearsed"
	past := pastOf(bench.Cycle(carried))
	now := time.Now()
	must(b, d.Store.Import(b.Context(), store.Past{
		NewCycle: store.NewCycle{ID: carried, Definition: past.Definition, By: anna, Now: now}, Acts: past.Acts, Documents: past.Documents,
	}))
	wanted, rehearsal := bench.Cycle("wanted"), bench.Cycle(rehearsed)
	wanted.Title = "Counterfeit medals"
	for _, c := range []store.NewCycle{
		{ID: "wanted", Definition: wanted},
		{ID: rehearsed, Definition: rehearsal, Calendar: policy.Calendar{Day: policytest.Date("2021-01-05"), YearSeconds: 10}, Script: &policy.Script{}},
	} {
		c.By, c.Now = anna, now
		_, err := d.Store.StartCycle(b.Context(), c)
		must(b, err)
	}
	plan := policytest.Subject(carried, "oap/2022/firearms")
	for _, run := range []policy.Run{
		{Kind: policy.RunCycle, Cycle: carried}, {Kind: policy.RunCycle, Cycle: "wanted"}, {Kind: policy.RunCycle, Cycle: rehearsed}, plan.Run(),
	} {
		_, err := d.Store.Reconcile(b.Context(), run, now)
		must(b, err)
	}
	// Others have taken on what waits in the other cycles, and the driver one plan.
	other := as(b, d, policy.Actor{Name: "Eva", Body: driver.Body})
	must(b, other.Claim(b.Context(), service.Claim{Subject: plan}))
	d.multiply(b, size/2-1, carried, rehearsed)
	must(b, other.Claim(b.Context(), service.Claim{Subject: plan, Release: true}))
	must(b, as(b, d, driver).Claim(b.Context(), service.Claim{Subject: plan}))
}

// doors opens the API and the pages at one address, and logs somebody in.
func (d *bed) doors(b *testing.B) (string, *http.Client) {
	b.Helper()
	programs := api.New(api.Options{Service: d.Service, Log: zerolog.Nop(), Identify: func(r *http.Request) (policy.Principal, error) {
		return d.Store.PrincipalOf(r.Context(), driver)
	}})
	mux := http.NewServeMux()
	mux.Handle("/v1/", programs)
	mux.Handle("/", d.web(b))
	server := httptest.NewServer(mux)
	b.Cleanup(server.Close)
	return server.URL, logsIn(b, server.URL, driver)
}
