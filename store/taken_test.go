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
	w = &wanderer{t: t, s: storetest.New(t), rand: rand.New(rand.NewPCG(1, 1)), today: date("2021-01-02"), kinds: map[policy.ActKind]int{}, on: map[policy.Kind]int{}}
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
	if !w.amendsOn(basis, func(d *policy.Definition) { d.Priorities = without(d, "drugs") }) {
		t.Fatal("the amendment is refused")
	}
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

// without gives the priorities of a cycle without one.
func without(d *policy.Definition, key string) []policy.Priority {
	return slices.DeleteFunc(slices.Clone(d.Priorities), func(p policy.Priority) bool { return p.Key == key })
}

// amendsOn changes the definition of the cycle on a decision, and says whether that is taken.
func (w *wanderer) amendsOn(decision string, change func(*policy.Definition)) bool {
	w.t.Helper()
	c, err := w.s.FindCycle(w.t.Context(), key)
	if err != nil {
		w.t.Fatal(err)
	}
	d := *c.Definition
	change(&d)
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
	before := w.kinds[policy.ActAmend]
	w.sends(act)
	return w.kinds[policy.ActAmend] > before
}

// The decision that carried an amendment once carries another one on the same day alone; later
// it wants a second person, who confirms an item.
func TestRecord_LetsNoOlderDecisionChangeWhatTheCouncilSet(t *testing.T) {
	t.Parallel()
	w, waiting := withdrawing(t)
	w.seconds(policy.ActSetAside, waiting)
	renamed := func(d *policy.Definition) {
		d.Priorities = slices.Clone(d.Priorities)
		d.Priorities[0].Title = "Firearms and explosives"
	}
	c, err := w.s.FindCycle(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(c.Acts, func(a store.Act) bool { return a.Kind == policy.ActDecide && a.Subject == on("priorities") })
	council := c.Acts[at].ID
	w.today = date("2022-12-12")
	if w.amendsOn(council, renamed) {
		t.Error("the conclusions of 2021 carry a second amendment")
	}
	if !w.amendsOn(council, func(d *policy.Definition) { d.Title = "Another title" }) {
		t.Error("they do not carry another title")
	}
	item := on("item/explosives")
	w.sends(policy.Act{Kind: policy.ActOpen, Subject: item, Date: w.today, By: anna, Opening: &policy.Opening{Title: "Explosives", Due: date("2022-12-20"), Through: []policy.Body{policy.Council}}})
	w.sends(policy.Act{Kind: policy.ActSubmit, Subject: item, Date: w.today, By: policy.Actor{Name: "Eva", Body: policy.Presidency}, Digest: "sha256:item"})
	w.sends(policy.Act{
		Kind: policy.ActDecide, Subject: item, Date: w.today, By: anna, Body: policy.Council, Outcome: policy.Adopted, Procedure: policy.Meeting,
		Document: "ST 9/22 INIT", Version: 1, Digest: "sha256:item",
	})
	decided := w.last()
	w.seconds(policy.ActConfirm, decided)
	if !w.amendsOn(decided, renamed) {
		t.Error("what two people said carries no amendment")
	}
	if r, err := storetest.Verify(t.Context(), w.s, key); err != nil || !r.OK() {
		t.Errorf("%+v, %v", r, err)
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
