// Command peers measures a decision of policycycle beside others that record an
// approval durably: the bare Temporal SDK, DBOS Transact, Restate and plain Postgres,
// on one machine and one Postgres, in turn. Run it with `make peers`. It is a module of
// its own, so that the peers never enter the product's dependencies.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/policycycle/policycycle/bench"
	"github.com/policycycle/policycycle/bench/figures"
)

// options say how much is measured.
type options struct {
	rounds      int
	each        int // approvals of one caller in a round
	eachOfCrowd int // and of each of many callers
	eachCounted int // and of those whose statements are counted
	callers     int
	runs        int
	settling    time.Duration // how long connections take to tell Postgres what they wrote
	restate     string        // the program of the server; empty to install it with npm
	progress    io.Writer
}

// usual takes about six minutes on two cores that have nothing else to do.
var usual = options{rounds: 5, each: 20, eachOfCrowd: 4, eachCounted: 5, callers: 32, runs: 16, settling: bench.Settling, progress: os.Stderr}

// longest ends a run that hangs.
const longest = time.Hour

func main() {
	o := usual
	out := flag.String("out", "../results/peers.json", "the file of the results")
	flag.IntVar(&o.rounds, "rounds", o.rounds, "how many rounds to take the medians of")
	flag.StringVar(&o.restate, "restate", "", "the program restate-server; empty to install it with npm for this run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, longest)
	r, err := run(ctx, o)
	if err == nil {
		err = r.Write(*out)
	}
	cancel()
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// run measures everything.
func run(ctx context.Context, o options) (r *figures.Results, err error) {
	r = figures.New()
	r.Machine.Peers = versions()
	say := func(what string, arguments ...any) { _, _ = fmt.Fprintf(o.progress, what+"\n", arguments...) }
	say("the engine starts; load %.1f", r.Machine.Load)
	st, err := openStand(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	var version string
	if err := st.control.QueryRow(ctx, "SHOW server_version").Scan(&version); err != nil {
		return nil, err
	}
	r.Machine.Postgres, _, _ = strings.Cut(version, " ")
	if o.restate == "" {
		say("npm installs Restate")
		if o.restate, err = installRestate(ctx, filepath.Join(st.dir, "npm")); err != nil {
			r.NotMeasured = append(r.NotMeasured, "restate: "+err.Error())
			say("not measured: %s", r.NotMeasured[0])
		} else {
			r.Machine.Peers["restate-server"] = restateVersion
		}
	}
	if err := st.time(ctx, r, o.restate, say); err != nil {
		return nil, err
	}
	if err := st.count(ctx, r, o.restate, say); err != nil {
		return nil, err
	}
	compare(r)
	return r, nil
}

// time measures how long approvals take.
func (st *stand) time(ctx context.Context, r *figures.Results, restate string, say func(string, ...any)) error {
	say("all are opened")
	if err := st.open(ctx, restate); err != nil {
		return err
	}
	defer st.closeSubjects()
	if err := st.warm(ctx); err != nil {
		return err
	}
	still, err := st.rest(ctx)
	if err != nil {
		return err
	}
	for round := range st.rounds {
		say("alone, round %d", round+1)
		if err := st.alone(ctx, r, round, still); err != nil {
			return err
		}
	}
	for round := range st.rounds {
		say("%d callers, round %d", st.callers, round+1)
		if err := st.crowd(ctx, r, round, still); err != nil {
			return err
		}
	}
	return nil
}

// count opens all anew, through the proxy and with a log of statements, both of which
// take time, and counts.
func (st *stand) count(ctx context.Context, r *figures.Results, restate string, say func(string, ...any)) error {
	var err error
	if st.proxy, err = startProxy(ctx, st.engine.DatabaseURL); err != nil {
		return err
	}
	defer st.proxy.close()
	defer st.closeSubjects()
	if err := st.statementsOn(ctx); err != nil {
		return err
	}
	say("all are opened anew, and counted")
	if err := st.open(ctx, restate); err != nil {
		return err
	}
	if err := st.warm(ctx); err != nil {
		return err
	}
	still, err := st.rest(ctx)
	if err != nil {
		return err
	}
	for round := range st.rounds {
		if err := st.counted(ctx, r, round, still); err != nil {
			return err
		}
	}
	return nil
}

// versions tells which peers are linked.
func versions() map[string]string {
	found := map[string]string{}
	info, _ := debug.ReadBuildInfo()
	for _, m := range info.Deps {
		for _, peer := range []string{"github.com/dbos-inc/dbos-transact-golang", "github.com/restatedev/sdk-go", "go.temporal.io/sdk", "go.temporal.io/server"} {
			if m.Path == peer {
				found[peer] = m.Version
			}
		}
	}
	return found
}
