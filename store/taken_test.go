package store_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// withdrawing gives a cycle in which COSI's adoption of the OAP on drugs waits for a second
// person, and a change of the one of last year for a version, when the priority is withdrawn.
func withdrawing(t *testing.T) (w *wanderer, waiting string) {
	t.Helper()
	w = &wanderer{t: t, s: storetest.New(t), rand: rand.New(rand.NewPCG(1, 1)), today: date("2021-01-02"), kinds: map[policy.ActKind]int{}}
	d := policytest.Sound()
	d.AdvisoryDocument, d.Chains = nil, map[policy.Kind]policy.Chain{}
	for kind, body := range map[policy.Kind]policy.Body{policy.KindPriorities: policy.Council, policy.KindMASP: policy.COSI, policy.KindOAP: policy.COSI, policy.KindChange: policy.COSI} {
		d.Chains[kind] = policy.Chain{Through: []policy.Step{{Body: body}}}
	}
	if _, err := w.s.StartCycle(t.Context(), store.NewCycle{ID: key, Definition: d, By: anna, Now: noon("2021-01-02")}); err != nil {
		t.Fatal(err)
	}
	settles := func(path string, by, body policy.Body, day string) {
		w.today = date(day)
		w.looks()
		w.sends(policy.Act{Kind: policy.ActSubmit, Subject: on(path), Date: w.today, By: policy.Actor{Name: "Eva", Body: by}, Digest: "sha256:" + path})
		if body != "" {
			w.sends(policy.Act{
				Kind: policy.ActDecide, Subject: on(path), Date: w.today, By: anna, Body: body, Outcome: policy.Adopted, Procedure: policy.Meeting,
				Document: "ST 7/22 INIT", Version: 1, Digest: "sha256:" + path,
			})
		}
	}
	seconds := func() { w.seconds(policy.ActConfirm, w.last()) }
	settles("assessment", policy.Europol, "", "2021-04-10")
	settles("priorities", policy.Presidency, policy.Council, "2021-05-26")
	basis := w.last()
	seconds()
	settles("masp/general", policy.Commission, policy.COSI, "2021-10-10")
	seconds()
	settles("oap/2022/drugs", policy.SupportTeam, policy.COSI, "2021-12-08")
	seconds()
	w.today = date("2022-10-01")
	w.looks()
	w.sends(policy.Act{
		Kind: policy.ActOpen, Subject: on("change/2022/drugs/1"), Date: w.today, By: policy.Actor{Name: "Eva", Body: policy.SupportTeam},
		Opening: &policy.Opening{Title: "One more action", Due: date("2022-12-01")},
	})
	settles("oap/2023/drugs", policy.SupportTeam, policy.COSI, "2022-12-07")
	waiting = w.last()
	w.withdraws(basis)
	w.looks()
	return w, waiting
}

// last gives the ID of the act that was recorded last.
func (w *wanderer) last() string {
	w.t.Helper()
	c, err := w.s.FindCycle(w.t.Context(), key)
	if err != nil {
		w.t.Fatal(err)
	}
	return c.Acts[len(c.Acts)-1].ID
}

// seconds has a second person confirm what waits, or set it aside.
func (w *wanderer) seconds(kind policy.ActKind, id string) {
	w.t.Helper()
	subject, stated, err := w.s.FindStated(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	before := w.kinds[kind]
	if w.sends(policy.Act{Kind: kind, Subject: subject, Date: w.today, By: bert, Confirms: id, Digest: stated}); w.kinds[kind] == before {
		w.t.Errorf("%s of %s on %s is refused", kind, id, subject)
	}
}

// withdraws takes the priority on drugs out of the cycle.
func (w *wanderer) withdraws(decision string) {
	w.t.Helper()
	c, err := w.s.FindCycle(w.t.Context(), key)
	if err != nil {
		w.t.Fatal(err)
	}
	d := *c.Definition
	d.Priorities = slices.DeleteFunc(slices.Clone(d.Priorities), func(p policy.Priority) bool { return p.Key == "drugs" })
	content, err := evidence.Canonical(d)
	if err != nil {
		w.t.Fatal(err)
	}
	act := policy.Act{
		Kind: policy.ActAmend, Subject: on("definition"), Date: w.today, By: anna, Comment: "The priority ends.",
		Amendment: &policy.AmendmentRef{BaseVersion: c.DefinitionVersion, Decision: decision},
	}
	if act.Digest, err = w.s.PutContent(w.t.Context(), store.MediaData, content); err != nil {
		w.t.Fatal(err)
	}
	if w.sends(act); w.kinds[policy.ActAmend] == 0 {
		w.t.Fatal("the amendment is refused")
	}
}

func TestRecord_TakesTheSecondWordOnWhatAnAmendmentTookAway(t *testing.T) {
	t.Parallel()
	for kind, outcome := range map[policy.ActKind]policy.Outcome{policy.ActConfirm: policy.Adopted, policy.ActSetAside: policy.Discontinued} {
		w, waiting := withdrawing(t)
		c, err := w.s.FindCycle(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if s := c.Subjects[on("change/2022/drugs/1")]; s.Outcome != policy.Discontinued {
			t.Errorf("the change stands at %+v, want it gone with its OAP", s.Standing)
		}
		if s := c.Subjects[on("oap/2023/drugs")]; s.Outcome != policy.Discontinued || s.Pending != waiting {
			t.Errorf("the OAP stands at %+v", s.Standing)
		}
		w.today = date("2022-12-09")
		w.seconds(kind, waiting)
		w.looks()
		if c, err = w.s.FindCycle(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		if s := c.Subjects[on("oap/2023/drugs")]; s.Outcome != outcome || s.Pending != "" {
			t.Errorf("after %s the OAP stands at %+v", kind, s.Standing)
		}
		if r, err := storetest.Verify(t.Context(), w.s, key); err != nil || !r.OK() {
			t.Errorf("after %s: %+v, %v", kind, r, err)
		}
	}
}
