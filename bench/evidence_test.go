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
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
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
	for _, d := range []*bed{plain, guarded} {
		d.fifteen(b)
	}
	evaluation := []policy.Subject{{Cycle: "fifteen", Kind: policy.KindEvaluation}}
	var plans []policy.Subject
	for i := range benchPlans {
		plans = append(plans, policy.Subject{Cycle: "fifteen", Kind: policy.KindOAP, Period: "2022", Key: fmt.Sprintf("plan-%d", i)})
	}
	samples := map[string][]time.Duration{}
	rates := map[string]float64{}
	n := 0
	b.ResetTimer()
	for b.Loop() {
		for name, d := range map[string]*bed{"without": plain, "with": guarded} {
			samples[name] = append(samples[name], timed(func() { d.postponeAlone(b, plans[n%len(plans)], fmt.Sprint("alone ", n)) }))
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
	_, err := plain.pool.Exec(b.Context(), "CREATE DATABASE guarded")
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

// fifteen takes over a cycle in which the evaluation and fifteen OAPs are
// before the EMPACT Support Team.
func (d *bed) fifteen(b *testing.B) {
	b.Helper()
	team := policy.Chain{SubmitDaysBefore: 7, Through: []policy.Step{{Body: policy.SupportTeam, DaysBefore: 3}, {Body: policy.COSI}}}
	definition := cycle("fifteen")
	definition.Chains = map[policy.Kind]policy.Chain{policy.KindEvaluation: team, policy.KindOAP: team}
	definition.Priorities[0].OAPs = nil
	for i := range benchPlans {
		definition.Priorities[0].OAPs = append(definition.Priorities[0].OAPs, policy.OAP{Key: fmt.Sprintf("plan-%d", i), Title: "A plan", Driver: "se"})
	}
	_, err := as(b, d, anna).StartCycle(b.Context(), service.StartCycle{Definition: definition})
	must(b, err)
	d.hands(b, policy.Europol, "assessment", "2021-04-12")
	d.hands(b, policy.Presidency, "priorities", "2021-05-01")
	d.adopts(b, "priorities", "2021-05-26", policy.Council)
	d.hands(b, policy.Commission, "masp/general", "2021-09-01")
	d.adopts(b, "masp/general", "2021-10-15", policy.COSI)
	for i := range benchPlans {
		d.hands(b, "se", fmt.Sprintf("oap/2022/plan-%d", i), "2021-11-01")
	}
	d.hands(b, policy.Evaluator, "evaluation", "2022-09-01")
}

func (d *bed) hands(b *testing.B, by policy.Body, path, on string) {
	b.Helper()
	var err error
	for range 3000 { // until the run has opened it
		_, err = as(b, d, policy.Actor{Name: "Eva", Body: by}).Submit(b.Context(), service.Submit{Subject: policytest.Subject("fifteen", path), Statement: service.Statement{Date: policytest.Date(on)}})
		if policy.CodeOf(err) != policy.CodeNotOpen {
			break
		}
	}
	must(b, err)
}

func (d *bed) adopts(b *testing.B, path, on string, body policy.Body) {
	b.Helper()
	receipt, err := as(b, d, anna).Decide(b.Context(), service.Decide{Act: policy.Act{
		Subject: policytest.Subject("fifteen", path), Date: policytest.Date(on), Body: body, Outcome: policy.Adopted, Document: "ST 1/21 INIT", SkipReason: "prepared before",
	}})
	must(b, err)
	d.confirm(b, receipt.ID)
}

// postponeAlone records that the EMPACT Support Team postponed, which leaves the subject
// where it was.
func (d *bed) postponeAlone(b *testing.B, subject policy.Subject, comment string) {
	b.Helper()
	_, err := as(b, d, policy.Actor{Name: "Tom", Body: policy.SupportTeam}).Decide(b.Context(), service.Decide{Act: policy.Act{
		Subject: subject, Body: policy.SupportTeam, Outcome: policy.Postponed,
		Document: "WK 1/26 INIT", Comment: comment,
	}})
	must(b, err)
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
					one := timed(func() { d.postponeAlone(b, subjects[n%len(subjects)], fmt.Sprint(what, n)) })
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
