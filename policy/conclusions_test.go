package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// proposing gives a cycle that proposes so many priorities to the Council.
func proposing(n int, words func(key, what string) string) *policy.Definition {
	d := sound()
	d.Priorities = nil
	for i := range n {
		key := fmt.Sprintf("p%d", i)
		d.Priorities = append(d.Priorities, policy.Priority{
			Key: key, Title: words(key, "title"), Aim: words(key, "aim"), Kind: policy.PriorityCrime,
			OAPs: []policy.OAP{{Key: "oap-" + key, Title: "OAP " + key}},
		})
	}
	return &d
}

// worded gives what a definition says of each priority that the Council set.
func worded(d *policy.Definition) map[string]string {
	all := map[string]string{}
	for _, p := range d.Priorities {
		if p.AddedOn.IsZero() {
			all[p.Key] = p.Title + ": " + p.Aim
		}
	}
	return all
}

// Whatever is proposed, adopted, put right by a final text and amended, in whatever order: the
// definition says of each priority what the text in force says, or the decision that worded it
// anew since.
func TestDefinitionWithAdopted_NeverDiffersFromTheText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n, day := rapid.IntRange(1, 5).Draw(t, "priorities"), date("2021-06-01")
		word := rapid.SampledFrom([]string{"Firearms", "Drugs", "Drugs and money", "", "Оръжия"})
		draw := func(key, what string) string { return key + word.Draw(t, key+" "+what) }
		filed, want := proposing(n, draw), map[string]string{}
		text := filed.ProposedConclusions()
		adopt := func() {
			text = &policy.Conclusions{Priorities: append([]policy.SetPriority{}, text.Priorities...)}
			for i := range text.Priorities {
				p := &text.Priorities[i]
				p.Title, p.Aim = draw(p.Key, "adopted title"), draw(p.Key, "adopted aim")
				if filed.Priority(p.Key).AmendedOn.IsZero() {
					want[p.Key] = p.Title + ": " + p.Aim
				}
			}
		}
		adopt()
		for range rapid.IntRange(0, 6).Draw(t, "steps") {
			inForce := filed.WithAdopted(policy.AdoptedTexts{Conclusions: text})
			switch rapid.IntRange(0, 2).Draw(t, "step") {
			case 0: // a final text, or a corrigendum
				adopt()
			case 1: // an amendment of something else
				amended := inForce.Amend(policy.Amendment{Reason: "Time.", Title: draw("cycle", "title")}, day)
				filed = &amended
			default: // an amendment that takes all priorities up, and words one anew
				anew := append([]policy.Priority{}, inForce.Priorities...)
				p := &anew[rapid.IntRange(0, n-1).Draw(t, "worded")]
				if p.Title = draw(p.Key, "amended title"); p.Title+": "+p.Aim != want[p.Key] {
					want[p.Key] = p.Title + ": " + p.Aim
				}
				amended := inForce.Amend(policy.Amendment{Reason: "Events.", Priorities: anew}, day)
				filed = &amended
			}
			if got := worded(filed.WithAdopted(policy.AdoptedTexts{Conclusions: text})); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("the definition says %v, and what was adopted %v", got, want)
			}
		}
	})
}

func TestRecordsJudgeConclusions_SetWhatIsProposed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(c *policy.Conclusions)
		says   string // empty where it is in order
	}{
		"as proposed":              {func(*policy.Conclusions) {}, ""},
		"in other words":           {func(c *policy.Conclusions) { c.Priorities[1].Title, c.Priorities[0].Aim = "Narcotics", "Fewer" }, ""},
		"with one more":            {func(c *policy.Conclusions) { c.Priorities[0].Key = "cars" }, "the cycle proposes no such priority"},
		"with one less":            {func(c *policy.Conclusions) { c.Priorities = c.Priorities[:1] }, `lacks "p1", which the cycle proposes`},
		"without a part that acts": {func(c *policy.Conclusions) { c.Priorities[1].SubPriorities = nil }, `lacks "cocaine", which the OAP oap-p1 serves`},
	} {
		d := proposing(2, func(key, _ string) string { return key })
		d.Priorities[1].SubPriorities = []policy.SubPriority{{Key: "cocaine", Title: "Cocaine"}}
		d.Priorities[1].OAPs[0].SubPriority = "cocaine"
		c := d.ProposedConclusions()
		test.change(c)
		err := policy.Records{Definition: d}.JudgeConclusions(c)
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Once the Council has decided, its text stays a text of what it decided on, whatever amendments
// have withdrawn, brought back or worded anew since.
func TestRecordsJudgeConclusions_PutRightWhatWasAdopted(t *testing.T) {
	t.Parallel()
	before := proposing(3, func(key, _ string) string { return key })
	before.Priorities[2].SubPriorities = []policy.SubPriority{{Key: "cocaine", Title: "Cocaine"}}
	before.Priorities[2].OAPs[0].SubPriority = "cocaine"
	text := before.ProposedConclusions()
	withdrawn := before.Amend(policy.Amendment{Reason: "Fewer.", Priorities: before.Priorities[1:]}, date("2022-03-01"))
	back := withdrawn.Amend(policy.Amendment{Reason: "Again.", Priorities: append(withdrawn.Priorities, before.Priorities[0])}, date("2022-06-01"))
	r := policy.Records{Definition: &back, Standings: map[policy.Subject]policy.Standing{}, Former: []policy.Former{
		{Definition: before, Until: date("2022-03-01")}, {Definition: &withdrawn, Until: date("2022-06-01")},
	}}
	r.Standings[before.SubjectOf(policy.KindPriorities)] = policy.Standing{State: policy.StateClosed, Outcome: policy.Adopted, Items: []policy.ItemOutcome{
		{Item: "p0", Outcome: policy.Adopted}, {Item: "p1", Outcome: policy.NotAgreed}, {Item: "p2", Outcome: policy.Adopted},
	}}
	for name, test := range map[string]struct {
		set  []policy.SetPriority
		says string
	}{
		"all that was decided on":            {text.Priorities, ""},
		"without what was not agreed on":     {[]policy.SetPriority{text.Priorities[0], text.Priorities[2]}, ""},
		"without what was withdrawn as well": {text.Priorities[1:], ""},
		"without what was agreed on":         {text.Priorities[:2], `lacks "p2", on which the Council agreed`},
		"with what nobody decided on":        {append([]policy.SetPriority{{Key: "cars", Title: "Cars"}}, text.Priorities...), "the Council decided on no such priority"},
		"without a part that acts":           {[]policy.SetPriority{text.Priorities[0], {Key: "p2", Title: "p2"}}, `lacks "cocaine", which the OAP oap-p2 serves`},
	} {
		err := r.JudgeConclusions(&policy.Conclusions{Priorities: test.set})
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The common goals are those of the general MASP as COSI adopted it.
func TestDefinitionWithAdopted_TakesTheGoalsOfTheGeneralMASP(t *testing.T) {
	t.Parallel()
	d := sound()
	d.StrategicGoals = []policy.Goal{{Key: "1", Title: "Know"}, {Key: "2", Title: "Act"}}
	plan := &policy.StrategicPlan{Goals: []policy.StrategicGoal{{Key: "1", Title: "Know more"}, {Key: "3", Title: "Prevent"}}}
	got := d.WithAdopted(policy.AdoptedTexts{GeneralMASP: plan}).StrategicGoals
	if fmt.Sprint(got) != "[{1 Know more} {3 Prevent}]" {
		t.Errorf("the goals are %v", got)
	}
	if fmt.Sprint(d.StrategicGoals) != "[{1 Know} {2 Act}]" {
		t.Error("what was proposed changed itself")
	}
}

func TestDefinitionValidateStart_AsksForNoWordsOfALaterDecision(t *testing.T) {
	t.Parallel()
	d := sound()
	d.Priorities[0].AmendedOn = date("2022-03-01")
	if ps := d.ValidateStart(); len(ps) != 1 || ps[0].Field != "priorities[0].amended_on" {
		t.Errorf("found %+v", ps)
	}
}
