package store_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// wanderer takes a cycle through years in which chance decides who is late, what bodies
// conclude, who holds a post, and what is amended.
type wanderer struct {
	t     *testing.T
	s     *store.Store
	rand  *rand.Rand
	today policy.Date
	count int
	kinds map[policy.ActKind]int // that were recorded
	revs  int                    // those of them that handed in a version in the place of another
	on    map[policy.Kind]int    // and on what
}

// wandered gives records of a cycle after a journey until a day.
func wandered(t *testing.T, seed uint64, until string) *wanderer {
	t.Helper()
	w := &wanderer{t: t, s: storetest.New(t), rand: rand.New(rand.NewPCG(seed, seed)), today: date("2021-01-02"), kinds: map[policy.ActKind]int{}, on: map[policy.Kind]int{}}
	d := policytest.Sound()
	d.Stores = []string{"posts", "warnings"}
	if seed%2 == 1 { // COSI alone decides: more is settled, reported on, changed and corrected
		d.Chains = map[policy.Kind]policy.Chain{}
		for _, kind := range []policy.Kind{policy.KindMASP, policy.KindOAP, policy.KindChange, policy.KindReport} {
			d.Chains[kind] = policy.Chain{Through: []policy.Step{{Body: policy.COSI}}}
		}
	}
	if seed%4 == 0 { // the Support Group is asked again about each new version
		d.Chains = map[policy.Kind]policy.Chain{policy.KindOAP: {Through: []policy.Step{{Body: policy.SupportTeam}, {Body: policy.COSISupportGroup, Again: true}, {Body: policy.COSI}}}}
	}
	d.Obligations[0].Due = []policy.Date{date("2021-06-30"), date("2021-12-31"), date("2022-12-31")}
	if _, err := w.s.StartCycle(t.Context(), store.NewCycle{ID: key, Definition: d, By: anna, Now: noon("2021-01-02")}); err != nil {
		t.Fatal(err)
	}
	for w.today.Before(date(until)) {
		w.today = w.today.AddDays(1 + w.rand.IntN(40))
		if w.chance(70) {
			w.looks()
		}
		c, err := w.s.FindCycle(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		for _, known := range subjectsOf(c) {
			zeal := 60
			if known.Subject.Kind == policy.KindObligation {
				zeal = 5
			}
			if w.chance(zeal) {
				w.acts(known)
			}
		}
		if w.chance(15) {
			w.amends(c)
		}
		if w.chance(25) {
			w.passesOn()
		}
		if w.count%4 == 0 {
			w.standsIn()
		}
	}
	w.looks()
	return w
}

func subjectsOf(c *store.Cycle) []store.Subject {
	var all []store.Subject
	for _, s := range c.Subjects {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b store.Subject) int {
		return cmp.Or(a.OpenedOn.Compare(b.OpenedOn), cmp.Compare(a.Subject.String(), b.Subject.String()))
	})
	return all
}

func (w *wanderer) chance(percent int) bool { return w.rand.IntN(100) < percent }

func pick[T any](w *wanderer, of []T) T { return of[w.rand.IntN(len(of))] }

// looks has all runs look that are in motion.
func (w *wanderer) looks() {
	w.t.Helper()
	for range 2 { // what one brings about, others see
		c, err := w.s.FindCycle(w.t.Context(), key)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, run := range c.Records(w.today).InMotion() {
			if _, err := w.s.Reconcile(w.t.Context(), run, noon(w.today.String())); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

// acts has somebody do something on a subject, most of the time what is due. What is
// refused is in the trail.
func (w *wanderer) acts(known store.Subject) {
	act := policy.Act{Subject: known.Subject, Date: w.today.AddDays(-w.rand.IntN(5)), Digest: known.Digest, Version: known.Version}
	switch {
	case known.Pending != "":
		act.Kind, act.By, act.Confirms = policy.ActConfirm, bert, known.Pending
		if w.chance(15) {
			act.Kind = policy.ActSetAside
		}
		_, stated, err := w.s.FindStated(w.t.Context(), known.Pending)
		if err != nil {
			w.t.Fatal(err)
		}
		act.Digest, act.Version = stated, 0
	case known.State == policy.StateDrafting:
		w.handsIn(&act)
		if len(known.Turn) > 0 {
			act.By.Body = pick(w, known.Turn)
		}
	case known.State == policy.StateDeciding && w.chance(12):
		act.Revises = act.Version
		w.handsIn(&act)
	case known.State == policy.StateDeciding && w.chance(94):
		w.decides(&act, known)
	case known.AwaitsFinal() && w.chance(50):
		w.count++
		act.Kind, act.By, act.Document, act.Digest, act.Version = policy.ActFinalise, anna, "ST 7/1/22 REV 1", fmt.Sprint("sha256:", w.count), 0
	case known.State != policy.StateUpcoming && w.chance(8) || known.State == policy.StateDeciding:
		if !w.rectifies(&act) {
			return
		}
	case known.Positive() && w.chance(10):
		act.Kind, act.By, act.Document, act.Digest, act.Version = policy.ActCorrect, policy.Actor{Name: "Eva", Body: policy.Presidency}, "ST 7/22 COR 1", "sha256:c", 0
		act.Substantive = w.chance(50)
	case known.Subject.ChangedBy("1") != (policy.Subject{}) && known.Positive() && w.chance(30):
		act = policy.Act{
			Kind: policy.ActOpen, Date: w.today, By: policy.Actor{Name: "Eva", Body: policy.SupportTeam},
			Opening: &policy.Opening{Title: "It changes", Due: w.today.AddDays(30)},
		}
		act.Subject = known.Subject.ChangedBy(fmt.Sprint(w.rand.IntN(3) + 1))
	case w.chance(5):
		act = policy.Act{
			Kind: policy.ActOpen, Subject: on(fmt.Sprint("item/number-", w.rand.IntN(20))), Date: w.today, By: anna,
			Opening: &policy.Opening{Title: "An item", Due: w.today.AddDays(30), Through: []policy.Body{policy.COSI}},
		}
	default:
		return
	}
	w.sends(act)
}

// handsIn has a new version handed in, by who may of every OAP or who has before.
func (w *wanderer) handsIn(act *policy.Act) {
	w.count++
	act.Kind, act.Version, act.Digest = policy.ActSubmit, 0, fmt.Sprint("sha256:", w.count)
	act.By = policy.Actor{Name: "Eva", Body: policy.SupportTeam}
	if before := w.earlier(act.Subject, policy.ActSubmit); before != nil {
		act.By = before.By
	}
}

func (w *wanderer) decides(act *policy.Act, known store.Subject) {
	body := known.Turn[0]
	act.Body, act.By = body, policy.Actor{Name: "Anna", Body: policy.Recorder(body)}
	switch {
	case body.Collective() && w.chance(15):
		act.Kind, act.By, act.Delegation = policy.ActPosition, policy.Actor{Name: "Luc", Body: "fr"}, "fr"
		act.Stance = pick(w, policy.Stances)
	case body.Collective() && w.chance(20):
		act.Kind, act.Procedure, act.Document, act.Deadline = policy.ActLaunch, policy.SilenceProcedure, "CM 1/22 INIT", w.today.AddDays(10)
	default:
		act.Kind, act.Procedure, act.Document, act.Comment = policy.ActDecide, policy.Meeting, "ST 7/22 INIT", "as said"
		act.Outcome = policy.Adopted
		if !known.Subject.Kind.Adopted() {
			act.Outcome = policy.TookNote
		}
		if w.chance(20) {
			act.Outcome = pick(w, policy.Outcomes)
		}
		if known.Subject.Kind == policy.KindPriorities && body == policy.Council && w.chance(30) {
			act.Items = []policy.ItemOutcome{{Item: "drugs", Outcome: policy.NotAgreed}}
		}
	}
}

// earlier gives something of a kind that was recorded on a subject and puts nothing right, most
// often the last; nil for none.
func (w *wanderer) earlier(on policy.Subject, kind policy.ActKind) *store.Act {
	c, err := w.s.FindCycleOn(w.t.Context(), on)
	if err != nil {
		w.t.Fatal(err)
	}
	var found *store.Act
	for i, a := range slices.Backward(c.Acts) {
		if a.Subject == on && a.Kind == kind && a.Rectifies == "" && (found == nil || w.chance(30)) {
			found = &c.Acts[i]
		}
	}
	return found
}

// rectifies puts right an outcome or a handing-in on a subject, and says whether there is one.
func (w *wanderer) rectifies(act *policy.Act) bool {
	kind := policy.ActDecide
	if w.chance(40) {
		kind = policy.ActSubmit
	}
	a := w.earlier(act.Subject, kind)
	if a == nil {
		return false
	}
	*act = policy.Act{Kind: kind, Subject: a.Subject, Date: a.Date, By: a.By, Digest: a.Digest, Revises: a.Revises, Rectifies: a.ID, Comment: "as it was"}
	if kind == policy.ActDecide {
		act.By = policy.Actor{Name: "Anna", Body: policy.Recorder(a.Body)}
		act.Version, act.Body, act.Procedure, act.Document, act.Outcome = a.Version, a.Body, policy.Meeting, "ST 8/22 INIT", a.Outcome
		if w.chance(60) {
			act.Outcome = pick(w, policy.Outcomes)
		}
	}
	return true
}

func (w *wanderer) sends(act policy.Act) {
	w.t.Helper()
	w.count++
	e, err := evidence.Enclose(fmt.Sprint("act-", w.count), "cycle/"+key, act, noon(act.Date.String()))
	if err != nil {
		w.t.Fatal(err)
	}
	answer, err := w.s.Record(w.t.Context(), store.Recording{Run: act.Subject.Run(), Now: noon(w.today.String()), Channel: "update", Envelope: e})
	if err != nil {
		w.t.Fatal(err)
	}
	switch r := answer.Refusal; {
	case r == nil:
		w.kinds[act.Kind]++
		if act.Revises > 0 && act.Rectifies == "" {
			w.revs++
		}
		w.on[act.Subject.Kind]++
	case strings.Contains(r.Message, "cannot be kept"): // Postgres refuses what the rules let pass
		w.t.Errorf("%s on %s: %s", act.Kind, act.Subject, r.Message)
	}
}

// amends moves a meeting, or carries out a decision that moves dates and takes a priority
// away, brings one back or renames an OAP.
func (w *wanderer) amends(c *store.Cycle) {
	d := *c.Definition
	act := policy.Act{Kind: policy.ActAmend, Subject: on("definition"), Date: w.today, By: anna, Comment: "COSI meets on another day", Amendment: &policy.AmendmentRef{BaseVersion: c.DefinitionVersion}}
	d.Meetings = append(slices.Clone(d.Meetings), policy.PlannedMeeting{
		Key: fmt.Sprint("meeting-", c.DefinitionVersion), Title: "Meeting", Body: policy.COSI, On: w.today.AddDays(w.rand.IntN(200)),
		Settles: []string{pick(w, []string{"oap/*/*", "masp/*", "item/*"})},
	})
	if before := &d.Meetings[w.rand.IntN(len(d.Meetings))]; before.On.After(w.today) && w.chance(50) {
		before.On = before.On.AddDays(w.rand.IntN(20))
	} else if before.On.After(w.today) && w.chance(50) {
		before.Cancelled = w.today
	}
	decisions := slices.DeleteFunc(slices.Clone(c.Acts), func(a store.Act) bool {
		return a.Kind != policy.ActDecide || !c.Subjects[a.Subject].Positive() || a.Body != policy.COSI && a.Body != policy.Council
	})
	if len(decisions) > 0 && w.chance(70) {
		basis := pick(w, decisions)
		act.Amendment.Decision = basis.ID
		d.Title = fmt.Sprint("A cycle, version ", c.DefinitionVersion+1)
		d.Evaluation.Due = d.Evaluation.Due.AddDays(w.rand.IntN(60))
		if k := basis.Subject.Kind; k == policy.KindItem || k == policy.KindPriorities {
			d.Priorities = w.reorders(d.Priorities)
		}
	}
	content, err := evidence.Canonical(d)
	if err != nil {
		w.t.Fatal(err)
	}
	if act.Digest, err = w.s.PutContent(w.t.Context(), store.MediaData, content); err != nil {
		w.t.Fatal(err)
	}
	w.sends(act)
}

// reorders takes a priority away, brings one back or renames an OAP.
func (w *wanderer) reorders(now []policy.Priority) []policy.Priority {
	now = slices.Clone(now)
	switch first := policytest.Sound().Priorities; {
	case w.chance(30) && len(now) > 1:
		at := w.rand.IntN(len(now))
		return slices.Delete(now, at, at+1)
	case w.chance(50) && len(now) < len(first):
		for _, p := range first {
			if !slices.ContainsFunc(now, func(n policy.Priority) bool { return n.Key == p.Key }) {
				p.AddedOn = w.today
				return append(now, p)
			}
		}
	case w.chance(50):
		p := &now[w.rand.IntN(len(now))]
		p.OAPs = slices.Clone(p.OAPs)
		was := p.OAPs[0]
		p.OAPs[0].Key, p.OAPs[0].From, p.OAPs[0].AddedOn = fmt.Sprint(p.Key, "-", w.count), []string{was.Key}, w.today
	}
	return now
}

// passesOn has somebody else drive an OAP, from a day before or after today.
func (w *wanderer) passesOn() {
	w.count++
	row := policy.Row{
		Register: policy.RegPosts, Key: "driver/" + pick(w, []string{"firearms", "drugs"}), Date: w.today.AddDays(w.rand.IntN(60) - 40),
		Body: &policy.Holding{Holder: pick(w, []policy.Body{"fr", "de", "se", ""})}, By: policy.Actor{Name: "Eva", Body: policy.SupportTeam},
	}
	_, _ = w.s.Enter(w.t.Context(), store.Entering{ID: fmt.Sprint("row-", w.count), Cycle: key, By: row.By, Rows: []policy.Row{row}, Now: noon(w.today.String())})
}

// standsIn has somebody who is away name a substitute, by the numbers that they have here.
func (w *wanderer) standsIn() {
	w.t.Helper()
	numberOf := func(name string) int64 {
		who, err := w.s.PrincipalOf(w.t.Context(), policy.Actor{Name: name, Body: policy.SupportTeam})
		if err != nil {
			w.t.Fatal(err)
		}
		return who.Person
	}
	w.count++
	away := []string{"Eva", "Ole", "anna"}[w.count%3]
	row := policy.Row{
		Register: policy.RegSubstitutions, Key: fmt.Sprint(numberOf(away)), Date: w.today, By: policy.Actor{Name: away, Body: policy.SupportTeam},
		Body: &policy.Substitution{Substitute: numberOf([]string{"Ine", "Kim"}[w.count%2]), From: w.today, Until: w.today.AddDays(20)},
	}
	if _, err := w.s.Enter(w.t.Context(), store.Entering{ID: fmt.Sprint("row-", w.count), Cycle: key, By: row.By, Rows: []policy.Row{row}, Now: noon(w.today.String())}); err != nil {
		w.t.Fatal(err)
	}
}

// goesOut gives a cycle as other records take it over.
func goesOut(t *testing.T, s *store.Store, cycle string) store.Past {
	t.Helper()
	p, err := s.Export(t.Context(), cycle)
	if err != nil {
		t.Fatal(err)
	}
	return *p
}

// comesIn has records take a cycle over.
func comesIn(t *testing.T, s *store.Store, p store.Past, day policy.Date) {
	t.Helper()
	p.By, p.Now = anna, noon(day.String())
	if err := s.Import(t.Context(), p); err != nil {
		t.Fatalf("%s is not taken over: %v", p.ID, err)
	}
}

// under gives a past as that of another cycle, with the same IDs of acts.
func under(p store.Past, cycle string) store.Past {
	p.ID, p.Definition.Key = cycle, cycle
	p.Definitions = maps.Clone(p.Definitions)
	for version, d := range p.Definitions {
		d.Key = cycle
		p.Definitions[version] = d
	}
	p.Acts = slices.Clone(p.Acts)
	for i := range p.Acts {
		p.Acts[i].Subject.Cycle = cycle
	}
	return p
}

// handedOn gives what another database is told of a past, without what follows from it there.
func handedOn(p store.Past) store.Past {
	p.Acts = slices.Clone(p.Acts)
	for i := range p.Acts {
		r := &p.Acts[i]
		*r = policy.Recorded{ID: r.ID, Act: r.Act}
		r.Digest, r.Content = "", ""
	}
	return p
}

// Wherever a cycle went, with amendments, posts that pass on, silence procedures and
// obligations that lapse: what is shown follows from what was recorded, and so it does where
// another database took it over, also beside a cycle whose acts have the same IDs; it tells
// of it what it was told. (Each database is verified when its test ends.)
func TestFindAudit_FindsFaultWithNoSoundJourney(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("journey ", seed), func(t *testing.T) {
			t.Parallel()
			w := wandered(t, seed, "2024-09-01")
			r, err := storetest.Verify(t.Context(), w.s, key)
			if err != nil || !r.OK() || len(r.Unchecked) > 0 || r.Subjects < 4 {
				t.Errorf("%+v, %v", r, err)
			}
			lines, err := w.s.Trail(t.Context(), key, store.TrailFilter{})
			if err != nil {
				t.Fatal(err)
			}
			met := map[string]int{}
			for _, l := range lines {
				if l.Accepted {
					met[l.Act]++
				}
			}
			t.Logf("%d lines, %d subjects, %v, of which revise another version %d; on %v", r.Lines, r.Subjects, met, w.revs, w.on)
			if w.revs < 3 {
				t.Errorf("%d versions took the place of others: the journey shows too little of them", w.revs)
			}
			went := goesOut(t, w.s, key)
			if len(went.People) < 2 {
				t.Errorf("substitutes: %v", went.People)
			}
			again := storetest.New(t)
			if _, err := again.PrincipalOf(t.Context(), policy.Actor{Name: "A stranger", Body: policy.COSI}); err != nil { // other numbers
				t.Fatal(err)
			}
			for _, past := range []store.Past{under(went, "another"), went} {
				comesIn(t, again, past, w.today)
				if diff := gocmp.Diff(handedOn(past), handedOn(goesOut(t, again, past.ID)), gocmp.AllowUnexported(policy.Date{})); diff != "" {
					t.Errorf("taken over, %s goes another way: %s", past.ID, diff)
				}
			}
		})
	}
}
