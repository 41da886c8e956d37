package bench_test

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
)

// deciders is how many people decide at once.
const deciders = 32

// BenchmarkEvidence measures what it costs that decisions stand up to an auditor:
// a decision with sealing and encryption beside one without, in turn, on the same
// engine; by one person, and by 32 at once on one workflow and over 15 OAPs. The
// chain cannot be switched off: what it computes is measured beside. Target: all
// of it at most 1.3 times, p50.
func BenchmarkEvidence(b *testing.B) {
	plain, guarded := newPair(b)
	var plans []policy.Subject
	for _, d := range []*bed{plain, guarded} {
		var err error
		plans, err = d.Plans(b.Context(), "fifteen", benchPlans)
		must(b, err)
	}
	evaluation := []policy.Subject{{Cycle: "fifteen", Kind: policy.KindEvaluation}}
	samples := map[string][]time.Duration{}
	rates := map[string]float64{}
	n := 0
	b.ResetTimer()
	for b.Loop() {
		for name, d := range map[string]*bed{"without": plain, "with": guarded} {
			samples[name] = append(samples[name], timed(func() { must(b, d.Postpone(b.Context(), plans[n%len(plans)], fmt.Sprint("alone ", n))) }))
		}
		n++
	}
	for name, d := range map[string]*bed{"without": plain, "with": guarded} {
		for what, subjects := range map[string][]policy.Subject{"one-workflow": evaluation, "15-oaps": plans} {
			each, took := d.crowd(b, subjects, what)
			samples[what+"-"+name] = each
			rates[what+"-"+name] = float64(len(each)) / took.Seconds()
		}
	}
	for name, each := range samples {
		report(b, name, each)
	}
	for name, rate := range rates {
		b.ReportMetric(rate, name+"-decisions/s")
	}
	for _, what := range []string{"", "one-workflow-", "15-oaps-"} {
		b.ReportMetric(percentile(samples[what+"with"], 50).Seconds()/percentile(samples[what+"without"], 50).Seconds(), what+"x-p50")
	}
	b.ReportMetric(float64(chaining(b).Microseconds())/1000, "chain-p50-ms")
	for name, d := range map[string]*bed{"without": plain, "with": guarded} {
		dossier, err := as(b, d, policy.Actor{Name: "Ada", Body: policy.CourtOfAuditors}).Dossier(b.Context(), "fifteen")
		must(b, err)
		if r := dossier.Verify(nil); !r.OK() {
			b.Fatalf("%s: %+v", name, r.Faults)
		}
	}
}

// newPair gives two beds on one engine: one without seals and encryption, and one
// with both.
func newPair(b *testing.B) (plain, guarded *bed) {
	b.Helper()
	e := newEngine(b)
	plain = makeBed(b, e, e.DatabaseURL, e.Namespace, store.Options{Asserted: true}, nil, nil)
	_, err := plain.Pool.Exec(b.Context(), "CREATE DATABASE guarded")
	must(b, err)
	u, err := url.Parse(e.DatabaseURL)
	must(b, err)
	u.Path = "/guarded"
	private, public, err := evidence.NewKey(rand.Reader, "office.example.eu")
	must(b, err)
	signer, err := evidence.ParseSigner(private)
	must(b, err)
	ring, err := evidence.ParseKeyring([]byte(public))
	must(b, err)
	line, err := engine.NewEncryptionKey("bench")
	must(b, err)
	keys, err := engine.ParseEncryption([]byte(line))
	must(b, err)
	const namespace = "guarded"
	must(b, engine.Prepare(b.Context(), engine.Options{Address: e.TemporalAddress, Namespace: namespace, Log: zerolog.Nop()}))
	guarded = makeBed(b, e, u.String(), namespace, store.Options{Asserted: true, Sealed: true, Keys: ring}, local.Key{Signer: signer}, keys)
	return plain, guarded
}

// crowd has many people decide at once, and gives how long each waited, and how
// long it took altogether.
func (d *bed) crowd(b *testing.B, subjects []policy.Subject, what string) ([]time.Duration, time.Duration) {
	b.Helper()
	const rounds = 8
	var all sync.Mutex
	var each []time.Duration
	var next atomic.Int64
	var wait sync.WaitGroup
	took := timed(func() {
		for range deciders {
			wait.Go(func() {
				for range rounds {
					n := int(next.Add(1))
					one := timed(func() { must(b, d.Postpone(b.Context(), subjects[n%len(subjects)], fmt.Sprint(what, n))) })
					all.Lock()
					each = append(each, one)
					all.Unlock()
				}
			})
		}
		wait.Wait()
	})
	return each, took
}

// chaining measures what the chain computes for one decision: the digest of what
// is recorded, and the hash of its line.
func chaining(b *testing.B) time.Duration {
	b.Helper()
	act := policy.Act{
		Kind: policy.ActDecide, Subject: policy.Subject{Cycle: "fifteen", Kind: policy.KindEvaluation}, Date: policy.NewDate(2026, 1, 1), By: policy.Actor{Person: 7, Body: policy.SupportTeam},
		Body: policy.SupportTeam, Outcome: policy.Postponed, Procedure: policy.Meeting, Document: "WK 1/26 INIT", Version: 1, Digest: evidence.Genesis("x"), Comment: "alone 1",
	}
	e, err := evidence.Enclose("", "cycle/fifteen", act, time.Now())
	must(b, err)
	var samples []time.Duration
	for range 500 {
		samples = append(samples, timed(func() {
			envelope, err := evidence.Canonical(e)
			must(b, err)
			record, err := evidence.DigestOf(evidence.ActRecord{Envelope: envelope, Kept: policy.Recorded{Act: act, ID: e.ID}, Channel: "update", Recorded: time.Now()})
			must(b, err)
			_, err = evidence.Chain(evidence.Genesis("fifteen"), evidence.Line{Cycle: "fifteen", Sequence: 1, Act: "decide", ActID: e.ID, Record: record})
			must(b, err)
		}))
	}
	return percentile(samples, 50)
}
