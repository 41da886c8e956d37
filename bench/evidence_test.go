package bench_test

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
)

// BenchmarkEvidence measures what it costs that decisions stand up to an auditor:
// decisions with sealing and encryption beside ones without, in turn, on the same
// engine; by one person, and by 32 at once on one workflow and over 20 OAPs. The
// chain cannot be switched off: what it computes is measured beside.
func BenchmarkEvidence(b *testing.B) {
	r := measures(b, "evidence")
	plain, guarded := newPair(b)
	r.on(plain.owner.Config().ConnString())
	beds := map[string]*bed{product: plain, sealed: guarded}
	var plans []policy.Subject
	for _, d := range beds {
		var err error
		plans, err = d.Plans(b.Context(), "twenty", benchPlans)
		must(b, err)
	}
	workloads := map[string][]policy.Subject{"one workflow": {{Cycle: "twenty", Kind: policy.KindEvaluation}}, "20 OAPs": plans}
	n := 0
	for round := range rounds() {
		r.say("round %d", round+1)
		l := lap{}
		for range full(60, 20) {
			n++
			for subject, d := range beds {
				l.timed(b, subject, func() error { return d.Postpone(b.Context(), plans[n%len(plans)], fmt.Sprint("alone ", n)) })
			}
		}
		r.lap("decision", l)
		for what, subjects := range workloads {
			for subject, d := range beds {
				each, rate := crowd(b, full(8, 3), round*1000, func(n int) error {
					return d.Postpone(b.Context(), subjects[n%len(subjects)], fmt.Sprint(what, n))
				})
				r.Times(what+": decision", subject, each)
				r.Add(what+": decisions", subject, "per second", rate)
			}
		}
	}
	r.Compare("decision p50, sealed and encrypted, to one without", "decision p50", sealed, product)
	for what := range workloads {
		r.Compare(what+", 32 callers: decision p50, sealed and encrypted, to one without", what+": decision p50", sealed, product)
	}
	r.Times("chain", "computed", chaining(b))
	r.keep()
	for subject, d := range beds {
		dossier, err := as(b, d, policy.Actor{Name: "Ada", Body: policy.CourtOfAuditors}).Dossier(b.Context(), "twenty")
		must(b, err)
		if report := dossier.Verify(nil); !report.OK() {
			b.Fatalf("%s: %+v", subject, report.Faults)
		}
	}
}

// newPair gives two beds on one engine: one without seals and encryption, and one
// with both.
func newPair(b *testing.B) (plain, guarded *bed) {
	b.Helper()
	e := newEngine(b)
	plain = makeBed(b, e, e.DatabaseURL, e.Namespace, store.Options{Asserted: true}, nil, nil)
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
	address, namespace := beside(b, e, "guarded")
	guarded = makeBed(b, e, address, namespace, store.Options{Asserted: true, Sealed: true, Keys: ring}, local.Key{Signer: signer}, keys)
	return plain, guarded
}

// chaining measures what the chain computes for one decision: the digest of what
// is recorded, and the hash of its line.
func chaining(b *testing.B) (samples []time.Duration) {
	b.Helper()
	act := policy.Act{
		Kind: policy.ActDecide, Subject: policy.Subject{Cycle: "twenty", Kind: policy.KindEvaluation}, Date: policy.NewDate(2026, 1, 1), By: policy.Actor{Person: 7, Body: policy.SupportTeam},
		Body: policy.SupportTeam, Outcome: policy.Postponed, Procedure: policy.Meeting, Document: "WK 1/26 INIT", Version: 1, Digest: evidence.Genesis("x"), Comment: "alone 1",
	}
	e, err := evidence.Enclose("", "cycle/twenty", act, time.Now())
	must(b, err)
	for range 500 {
		began := time.Now()
		envelope, err := evidence.Canonical(e)
		must(b, err)
		record, err := evidence.DigestOf(evidence.ActRecord{Envelope: envelope, Kept: policy.Recorded{Act: act, ID: e.ID}, Channel: "update", Recorded: time.Now()})
		must(b, err)
		_, err = evidence.Chain(evidence.Genesis("twenty"), evidence.Line{Cycle: "twenty", Sequence: 1, Act: "decide", ActID: e.ID, Record: record})
		must(b, err)
		samples = append(samples, time.Since(began))
	}
	return samples
}
