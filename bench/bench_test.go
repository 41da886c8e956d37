package bench_test

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/bench"
	"github.com/policycycle/policycycle/bench/figures"
	"github.com/policycycle/policycycle/embedded"
	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// kept is set by `make bench`: without it, figures are printed and nothing else.
var kept = flag.String("results", "", "the `folder` in which each benchmark keeps its figures; empty for none")

func TestMain(m *testing.M) {
	if os.Getenv(lostVariable) != "" {
		os.Exit(isLost())
	}
	storetest.Main(m)
}

// full gives one of two counts: that of a whole run, or with -short that of a short one. Each
// benchmark counts by itself, and is run once: go test -benchtime 1x.
func full[T any](whole, short T) T {
	if testing.Short() {
		return short
	}
	return whole
}

// rounds is how often the measured take turns: ratios are of one round, and medians of all.
func rounds() int { return full(5, 3) }

// results are the figures of one benchmark.
type results struct {
	*figures.Results
	b    *testing.B
	name string
}

// measures begins the results of a benchmark, whose file bears a name.
func measures(b *testing.B, name string) *results {
	b.Helper()
	r := &results{figures.New(), b, name}
	r.say("begins; load %.1f", r.Machine.Load)
	return r
}

// say tells whoever waits how far it is.
func (r *results) say(what string, arguments ...any) {
	_, _ = fmt.Fprintf(os.Stderr, "%s %s: %s\n", time.Now().Format(time.TimeOnly), r.name, fmt.Sprintf(what, arguments...))
}

// on says which Postgres is asked.
func (r *results) on(address string) {
	r.b.Helper()
	conn := connect(r.b, address)
	var version string
	must(r.b, conn.QueryRow(r.b.Context(), "SHOW server_version").Scan(&version))
	r.Machine.Postgres, _, _ = strings.Cut(version, " ")
}

// keep prints the figures, and keeps them where that is wanted.
func (r *results) keep() {
	r.b.Helper()
	metric := strings.NewReplacer(" ", "-", ",", "")
	for _, m := range r.Measures {
		r.b.ReportMetric(m.Value, metric.Replace(m.Subject+" "+m.Name+" "+m.Unit))
	}
	for _, x := range r.Ratios {
		r.b.ReportMetric(x.Value, metric.Replace(x.Name))
	}
	if *kept != "" {
		must(r.b, r.Write(filepath.Join(*kept, r.name+".json")))
	}
}

// lap is one round: how long each took, by subject.
type lap map[string][]time.Duration

// timed adds how long something took.
func (l lap) timed(b *testing.B, subject string, do func() error) {
	b.Helper()
	began := time.Now()
	must(b, do())
	l[subject] = append(l[subject], time.Since(began))
}

// lap adds a round to the results.
func (r *results) lap(name string, l lap) {
	for subject, samples := range l {
		r.Times(name, subject, samples)
	}
}

// bed is policycycle with its worker and the bare parts, what its records were asked, and a
// connection as the owner of its Postgres.
type bed struct {
	*bench.Bed
	asked *storetest.Questions
	owner *pgx.Conn
}

// newEngine starts an engine for the benchmark, which ends with it.
func newEngine(b *testing.B) *embedded.Engine {
	b.Helper()
	e, err := embedded.Start(b.Context(), embedded.Options{Dir: folder(b), Log: zerolog.Nop()})
	must(b, err)
	b.Cleanup(func() { must(b, e.Stop(context.Background())) })
	return e
}

// folder is a data folder that Postgres may enter under root, too.
func folder(b *testing.B) string {
	b.Helper()
	dir, err := os.MkdirTemp("", "policycycle-bench-")
	must(b, err)
	b.Cleanup(func() { must(b, os.RemoveAll(dir)) })
	must(b, os.Chmod(dir, 0o755))
	return dir
}

func newBed(b *testing.B) *bed {
	b.Helper()
	e := newEngine(b)
	return makeBed(b, e, e.DatabaseURL, e.Namespace, store.Options{Asserted: true}, nil, nil)
}

// makeBed puts the rooms on an engine, with a worker.
func makeBed(b *testing.B, e *embedded.Engine, address, namespace string, o store.Options, sealer local.Sealer, keys *engine.Encryption) *bed {
	b.Helper()
	asked := &storetest.Questions{}
	o.Trace = asked
	d, err := bench.Make(b.Context(), bench.Options{
		URL: address, TemporalAddress: e.TemporalAddress, Namespace: namespace, Store: o, Sealer: sealer, Keys: keys,
	})
	must(b, err)
	b.Cleanup(d.Close)
	return &bed{d, asked, connect(b, address)}
}

// beside gives the address of another database on the Postgres of an engine, and the name of
// another namespace.
func beside(b *testing.B, e *embedded.Engine, name string) (address, namespace string) {
	b.Helper()
	_, err := connect(b, e.DatabaseURL).Exec(b.Context(), "CREATE DATABASE "+name)
	must(b, err)
	must(b, engine.Prepare(b.Context(), engine.Options{Address: e.TemporalAddress, Namespace: name, Log: zerolog.Nop()}))
	return in(b, e.DatabaseURL, name), name
}

// in gives the address of a database on the same Postgres.
func in(b *testing.B, address, database string) string {
	b.Helper()
	u, err := url.Parse(address)
	must(b, err)
	u.Path = "/" + database
	return u.String()
}

func connect(b *testing.B, address string) *pgx.Conn {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), address)
	must(b, err)
	b.Cleanup(func() { must(b, conn.Close(context.Background())) })
	return conn
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// within waits until something holds, and fails where that takes too long: a measurement
// ends by itself.
func within(b *testing.B, long time.Duration, what string, holds func() bool) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), long)
	defer cancel()
	const look = 20 * time.Millisecond
	for !holds() {
		if err := pause(ctx, look); err != nil {
			b.Fatalf("after %s it is not so: %s", long, what)
		}
	}
}

func pause(ctx context.Context, long time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(long):
		return nil
	}
}

var anna = policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}

// as gives a bed to somebody.
func as(b *testing.B, d *bed, who policy.Actor) service.Service {
	b.Helper()
	theirs, err := service.As(b.Context(), d, who)
	must(b, err)
	return theirs
}
