package store_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// council is a cycle whose texts are kept here, in which chance words what is proposed and
// what is adopted.
type council struct {
	t     *testing.T
	s     *store.Store
	rand  *rand.Rand
	count int
}

func (c *council) word() string {
	return []string{"Firearms", "Drugs and money", "Наркотици", "Ναρκωτικά", "Armes à feu"}[c.rand.IntN(5)] + fmt.Sprint(" ", c.rand.IntN(9))
}

// proposes gives a cycle that proposes two priorities.
func (c *council) proposes() policy.Definition {
	d := definition()
	d.Stores = []string{string(policy.KindPriorities), string(policy.KindMASP)}
	d.MASP.PerPriority = c.rand.IntN(2) == 0
	d.StrategicGoals = []policy.Goal{{Key: "1", Title: c.word()}}
	d.Chains = map[policy.Kind]policy.Chain{
		policy.KindPriorities: {Through: []policy.Step{{Body: policy.Council}}}, policy.KindMASP: {Through: []policy.Step{{Body: policy.COSI}}},
	}
	for i := range d.Priorities {
		d.Priorities[i].Title, d.Priorities[i].Aim = c.word(), c.word()
	}
	return d
}

func (c *council) kept(content any) string {
	c.t.Helper()
	text, err := evidence.Canonical(content)
	if err != nil {
		c.t.Fatal(err)
	}
	digest, err := c.s.PutContent(c.t.Context(), store.MediaData, text)
	if err != nil {
		c.t.Fatal(err)
	}
	return digest
}

func (c *council) does(day string, act policy.Act) policy.Receipt {
	c.t.Helper()
	c.count++
	act.Date = date(day)
	e := sealed(c.t, fmt.Sprint("act-", c.count), act)
	answer, err := c.s.Record(c.t.Context(), store.Recording{Run: act.Subject.Run(), Now: noon(day), Channel: "update", Envelope: e})
	if err != nil || answer.Refusal != nil {
		c.t.Fatalf("%s on %s: %v, %v", act.Kind, act.Subject, answer.Refusal, err)
	}
	return answer.Receipt
}

// adopts hands a text in and has a body adopt it, which a second person confirms. It gives the
// ID of the decision.
func (c *council) adopts(subject policy.Subject, by, body policy.Body, outcome policy.Outcome, day string, content any) string {
	c.t.Helper()
	kept := c.kept(content)
	digest, err := evidence.VersionDigest(subject, "", kept, "")
	if err != nil {
		c.t.Fatal(err)
	}
	in := c.does(day, policy.Act{Kind: policy.ActSubmit, Subject: subject, By: policy.Actor{Name: "Pia", Body: by}, Content: kept, Digest: digest})
	before := c.words()
	decided := c.does(day, policy.Act{
		Kind: policy.ActDecide, Subject: subject, By: anna, Body: body, Outcome: outcome, Procedure: policy.Meeting, Document: "ST 1/21 INIT",
		Version: in.Version, Digest: digest,
	})
	c.says("before a second person confirms it,", before)
	c.confirms(day, decided)
	return decided.ID
}

// confirms is a second person's word.
func (c *council) confirms(day string, r policy.Receipt) {
	c.t.Helper()
	_, stated, err := c.s.FindStated(c.t.Context(), r.ID)
	if err != nil {
		c.t.Fatal(err)
	}
	c.does(day, policy.Act{Kind: policy.ActConfirm, Subject: r.Subject, By: policy.Actor{Name: "Bert", Body: policy.GeneralSecretariat}, Confirms: r.ID, Digest: stated})
}

// brings enters a final text, or a linguistic corrigendum that brings the whole text.
func (c *council) brings(kind policy.ActKind, by policy.Actor, subject policy.Subject, day string, content any) policy.Receipt {
	c.t.Helper()
	number := policy.DocumentRef("ST 1/21 " + map[policy.ActKind]string{policy.ActFinalise: "REV 1", policy.ActCorrect: "COR 1"}[kind])
	kept := c.kept(content)
	digest, err := evidence.VersionDigest(subject, number, kept, "")
	if err != nil {
		c.t.Fatal(err)
	}
	return c.does(day, policy.Act{Kind: kind, Subject: subject, By: by, Document: number, Content: kept, Digest: digest})
}

// amends puts a definition in the place of the one in force.
func (c *council) amends(day, decision string, change func(a *policy.Amendment, d policy.Definition)) {
	c.t.Helper()
	found, a := c.found(c.s), policy.Amendment{Reason: "Time has passed."}
	change(&a, *found.Definition)
	var decided policy.Date
	if found.Subjects[on("priorities")].State == policy.StateClosed {
		decided = date(day)
	}
	c.does(day, policy.Act{
		Kind: policy.ActAmend, Subject: on("definition"), By: anna, Comment: a.Reason, Digest: c.kept(found.Definition.Amend(a, decided)),
		Amendment: &policy.AmendmentRef{BaseVersion: found.DefinitionVersion, Decision: decision},
	})
}

func (c *council) found(s *store.Store) *store.Cycle {
	c.t.Helper()
	found, err := s.FindCycle(c.t.Context(), key)
	if err != nil {
		c.t.Fatal(err)
	}
	return found
}

// words gives what the definition says of each priority and goal.
func (c *council) words() map[string]string { return wordsOf(c.found(c.s).Definition) }

func wordsOf(d *policy.Definition) map[string]string {
	words := map[string]string{}
	for _, p := range d.Priorities {
		words[p.Key] = p.Title + ": " + p.Aim
	}
	for _, g := range d.StrategicGoals {
		words["goal "+g.Key] = g.Title
	}
	return words
}

func (c *council) says(when string, want map[string]string) {
	c.t.Helper()
	if now := c.words(); !maps.Equal(want, now) {
		c.t.Errorf("%s the definition says %v, and what was adopted %v", when, now, want)
	}
}

// What the cycle file says of priorities and goals is a proposal, which changes without a
// decision. What is adopted is the text: the definition says what it says, whatever was
// proposed, until a decision words it anew. So it is for those who take the cycle over, and
// what is shown follows from what was recorded.
func TestFindCycle_SaysOfPrioritiesWhatTheCouncilAdopted(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("journey ", seed), func(t *testing.T) {
			t.Parallel()
			c := &council{t: t, s: storetest.New(t), rand: rand.New(rand.NewPCG(seed, seed))}
			d := c.proposes()
			if _, err := c.s.StartCycle(t.Context(), store.NewCycle{ID: key, Definition: d, By: anna, Now: noon("2021-01-02")}); err != nil {
				t.Fatal(err)
			}
			look(t, c.s, "2021-01-02")
			c.does("2021-04-10", assessment("2021-04-10"))
			if c.rand.IntN(2) == 0 { // a third one is proposed
				c.amends("2021-04-20", "", func(a *policy.Amendment, d policy.Definition) {
					a.Priorities = append(slices.Clone(d.Priorities), policy.Priority{
						Key: "cars", Title: c.word(), Kind: policy.PriorityCrime, OAPs: []policy.OAP{{Key: "cars", Title: "Cars"}},
					})
				})
			}
			text, want := c.found(c.s).Definition.ProposedConclusions(), map[string]string{}
			for i := range text.Priorities {
				p := &text.Priorities[i]
				p.Title, p.Aim = c.word(), c.word()
				want[p.Key] = p.Title + ": " + p.Aim
			}
			want["goal 1"] = d.StrategicGoals[0].Title
			outcome := []policy.Outcome{policy.Adopted, policy.AdoptedWithAmendments}[c.rand.IntN(2)]
			decision := c.adopts(on("priorities"), policy.Presidency, policy.Council, outcome, "2021-05-26", text)
			c.says("once adopted,", want)
			look(t, c.s, "2021-06-02")
			if outcome == policy.AdoptedWithAmendments {
				text.Priorities[0].Title = "As amended"
				final := c.brings(policy.ActFinalise, anna, on("priorities"), "2021-06-02", text)
				c.says("while its final text waits for a second person,", want)
				want["firearms"] = "As amended: " + text.Priorities[0].Aim
				c.confirms("2021-06-02", final)
				c.says("by its final text,", want)
			}
			if c.rand.IntN(2) == 0 {
				text.Priorities[0].Aim = c.word()
				want["firearms"] = text.Priorities[0].Title + ": " + text.Priorities[0].Aim
				c.brings(policy.ActCorrect, policy.Actor{Name: "Pia", Body: policy.Presidency}, on("priorities"), "2021-06-02", text)
				c.says("corrected,", want)
			}
			plan := &policy.StrategicPlan{Goals: []policy.StrategicGoal{{Key: "1", Title: c.word()}, {Key: "2", Title: c.word()}}}
			if c.rand.IntN(2) == 0 {
				c.amends("2021-06-02", decision, func(a *policy.Amendment, d policy.Definition) {
					a.Title, a.Priorities = "A cycle", slices.Clone(d.Priorities)
					a.Priorities[1].Title = "Worded anew"
					want["drugs"] = "Worded anew: " + a.Priorities[1].Aim
				})
				c.says("worded anew,", want)
			}
			orders(t, c.s, "2021-06-03")
			c.adopts(on("masp/general"), policy.Commission, policy.COSI, policy.Adopted, "2021-10-01", plan)
			want["goal 1"], want["goal 2"] = plan.Goals[0].Title, plan.Goals[1].Title
			c.says("in the end,", want)
			taken := storetest.New(t)
			past := goesOut(t, c.s, key)
			if past.Documents = documentsOf(t, c.s); len(past.Documents) < 2 {
				t.Errorf("the texts that leave are %v", past.Documents)
			}
			for _, d := range past.Definitions { // nobody dates by hand what was worded anew
				for i := range d.Priorities {
					d.Priorities[i].AmendedOn = policy.Date{}
				}
			}
			comesIn(t, taken, past, date("2021-10-02"))
			if _, err := taken.Add(t.Context(), past); err != nil {
				t.Errorf("the same once more: %v", err)
			}
			there, here := c.found(taken), c.found(c.s)
			if diff := gocmp.Diff(here.Definition, there.Definition, gocmp.AllowUnexported(policy.Date{})); diff != "" {
				t.Errorf("taken over, it says something else:\n%s", diff)
			}
			for subject, s := range there.Subjects {
				if was := here.Subjects[subject]; was.Title != s.Title {
					t.Errorf("%s is called %q, and %q where it was taken over", subject, was.Title, s.Title)
				}
			}
			for _, s := range []*store.Store{c.s, taken} {
				if r, err := storetest.Verify(t.Context(), s, key); err != nil || !r.OK() || len(r.Unchecked) > 0 {
					t.Errorf("%+v, %v", r, err)
				}
			}
		})
	}
}

// documentsOf gives the texts of a cycle as they leave with it.
func documentsOf(t *testing.T, s *store.Store) map[string]policy.Content {
	t.Helper()
	versions, err := s.ListVersions(t.Context(), key, "")
	if err != nil {
		t.Fatal(err)
	}
	documents := map[string]policy.Content{}
	for _, v := range versions {
		documents[fmt.Sprintf("%s/v%d", v.Subject.Path(), v.Version)] = v.Content
	}
	return documents
}

// orders has every run look that is in motion.
func orders(t *testing.T, s *store.Store, day string) {
	t.Helper()
	c, err := s.FindCycle(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range c.Records(date(day)).InMotion() {
		if _, err := s.Reconcile(t.Context(), run, noon(day)); err != nil {
			t.Fatal(err)
		}
	}
}

// What was adopted is put right as it was, also where an amendment has withdrawn a priority since:
// the number of the decision, and the text by a corrigendum.
func TestRecord_PutsRightConclusionsOfWhichAPriorityWasWithdrawn(t *testing.T) {
	t.Parallel()
	c := &council{t: t, s: storetest.New(t), rand: rand.New(rand.NewPCG(2, 2))}
	if _, err := c.s.StartCycle(t.Context(), store.NewCycle{ID: key, Definition: c.proposes(), By: anna, Now: noon("2021-01-02")}); err != nil {
		t.Fatal(err)
	}
	look(t, c.s, "2021-01-02")
	c.does("2021-04-10", assessment("2021-04-10"))
	text := c.found(c.s).Definition.ProposedConclusions()
	decision := c.adopts(on("priorities"), policy.Presidency, policy.Council, policy.Adopted, "2021-05-26", text)
	c.amends("2021-06-02", decision, func(a *policy.Amendment, d policy.Definition) { a.Priorities = d.Priorities[:1] })
	text.Priorities[0].Aim = "As it was meant"
	c.brings(policy.ActCorrect, policy.Actor{Name: "Pia", Body: policy.Presidency}, on("priorities"), "2021-06-03", text)
	if got := c.words()["firearms"]; got != text.Priorities[0].Title+": As it was meant" {
		t.Errorf("corrected, the definition says %q", got)
	}
	standing := c.found(c.s).Subjects[on("priorities")].Standing
	right := record(t, c.s, "2021-06-03", sealed(t, "the right number", policy.Act{
		Kind: policy.ActDecide, Subject: on("priorities"), Date: date("2021-05-26"), By: anna, Body: policy.Council, Outcome: policy.Adopted,
		Procedure: policy.Meeting, Document: "ST 2/21 INIT", Version: standing.Version, Digest: standing.Digest, Rectifies: decision,
	}))
	if right.Refusal != nil {
		t.Fatal(right.Refusal)
	}
	c.confirms("2021-06-03", right.Receipt)
}

// Once the Council has decided, nothing is a proposal any more.
func TestRecord_ChangesNoAdoptedPriorityWithoutADecision(t *testing.T) {
	t.Parallel()
	c := &council{t: t, s: storetest.New(t), rand: rand.New(rand.NewPCG(1, 1))}
	if _, err := c.s.StartCycle(t.Context(), store.NewCycle{ID: key, Definition: c.proposes(), By: anna, Now: noon("2021-01-02")}); err != nil {
		t.Fatal(err)
	}
	look(t, c.s, "2021-01-02")
	c.does("2021-04-10", assessment("2021-04-10"))
	c.adopts(on("priorities"), policy.Presidency, policy.Council, policy.Adopted, "2021-05-26", c.found(c.s).Definition.ProposedConclusions())
	found := c.found(c.s)
	without := found.Definition.Amend(policy.Amendment{Reason: "Fewer.", Priorities: found.Definition.Priorities[:1]}, date("2021-06-01"))
	refusedWith(t, record(t, c.s, "2021-06-01", sealed(t, "withdraws", policy.Act{
		Kind: policy.ActAmend, Subject: on("definition"), Date: date("2021-06-01"), By: anna, Comment: "Fewer.", Digest: c.kept(without),
		Amendment: &policy.AmendmentRef{BaseVersion: found.DefinitionVersion},
	})).Refusal, policy.CodeInvalid)
}
