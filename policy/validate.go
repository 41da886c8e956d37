package policy

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Validate lists what is wrong with the definition; nothing means it is sound.
func (d *Definition) Validate() []Problem {
	var ps problems
	if d.Format < 1 || d.Format > DefinitionFormat {
		ps.add("format", "is %d; this version of policycycle reads format %d", d.Format, DefinitionFormat)
	}
	ps.key("key", d.Key, nil)
	ps.expected("title", d.Title, "the name of the cycle, such as EMPACT 2022-2025")
	if d.Predecessor == d.Key && d.Key != "" {
		ps.add("predecessor", "names the cycle itself; expected the key of the cycle before it")
	}
	ps.window("policy_window", d.PolicyWindow)
	ps.window("implementation_window", d.ImplementationWindow)
	d.checkMilestones(&ps)
	d.checkChains(&ps)
	d.checkMASP(&ps)
	d.checkBodies(&ps)
	d.checkReference(&ps)
	d.checkPeriods(&ps)
	d.checkPriorities(&ps)
	d.checkObligations(&ps)
	d.checkReminders(&ps)
	d.checkMeetings(&ps)
	d.checkKeeps(&ps)
	d.checkReaders(&ps)
	d.checkVoting(&ps)
	d.checkSources(&ps)
	d.checkTerms(&ps)
	d.checkSize(&ps)
	ps.flaws(d)
	return ps
}

// ValidateAmended lists what is wrong with a definition that an amendment makes of another.
// What was taken there before, maybe by an older version of these checks, is not asked again.
func (d *Definition) ValidateAmended(was *Definition) []Problem {
	before := was.Validate()
	return slices.DeleteFunc(d.Validate(), func(p Problem) bool {
		return slices.ContainsFunc(before, func(b Problem) bool { return b.Field == p.Field && b.Message == p.Message })
	})
}

// ValidateStart lists what is wrong with a definition with which a cycle is to
// start: besides what Validate finds, no priority may claim a decision of its
// own, for none was taken yet.
func (d *Definition) ValidateStart() []Problem {
	ps := problems(d.Validate())
	for i, p := range d.Priorities {
		if !p.AddedOn.IsZero() {
			ps.add(fmt.Sprintf("priorities[%d].added_on", i), "is given: a priority is added to a running cycle by an amendment, and never by the file it starts with")
		}
		if !p.AmendedOn.IsZero() {
			ps.add(fmt.Sprintf("priorities[%d].amended_on", i), "is given: a priority is worded anew by an amendment of a running cycle, and never by the file it starts with")
		}
		for j, oap := range p.OAPs {
			if !oap.AddedOn.IsZero() {
				ps.add(fmt.Sprintf("priorities[%d].oaps[%d].added_on", i, j), "is given: an OAP is added to a running cycle by an amendment, and never by the file it starts with")
			}
		}
	}
	return ps
}

func (d *Definition) checkMeetings(ps *problems) {
	taken := map[string]string{}
	for i, m := range d.Meetings {
		field := fmt.Sprintf("meetings[%d]", i)
		ps.key(field+".key", m.Key, taken)
		ps.text(field+".title", m.Title)
		if ps.date(field+".on", m.On) {
			ps.order(field+".on", m.On, "the policy window begins", d.PolicyWindow.From)
		}
		if m.Cancelled.After(m.On) {
			ps.add(field+".cancelled", "is %s: expected a day no later than that of the meeting, %s", m.Cancelled, m.On)
		}
		if !d.Bodies.Collective(m.Body) {
			ps.add(field+".body", "is %q: expected a body that meets, one of %s", m.Body, strings.Join(Texts(d.Bodies.Collectives()), ", "))
		}
		for j, pattern := range m.Settles {
			if _, err := path.Match(pattern, ""); err != nil {
				ps.add(fmt.Sprintf("%s.settles[%d]", field, j), "is %q: expected a path such as oap/2022/*", pattern)
			}
		}
	}
}

// checkKeeps makes sure that what is kept here has a name.
func (d *Definition) checkKeeps(ps *problems) {
	known := append(Texts(ContentKinds()), Texts(Registers())...)
	for i, what := range d.Stores {
		if !slices.Contains(known, what) {
			ps.add(fmt.Sprintf("keeps[%d]", i), "is %q: expected a kind of document or a register, one of %s", what, strings.Join(known, ", "))
		}
	}
}

// expected notes a text that is not there, and what it is to be.
func (ps *problems) expected(field, text, what string) {
	if text == "" {
		ps.add(field, "is missing: expected "+what)
	}
}

func (ps *problems) key(field, key string, taken map[string]string) {
	switch {
	case key == "":
		ps.add(field, "is missing: expected small letters, digits and hyphens, such as oap-firearms")
	case !ValidKey(key):
		ps.add(field, "is %q: expected small letters, digits and hyphens, at most 63 of them", key)
	case taken != nil && taken[key] != "":
		ps.add(field, "repeats the key %q of %s: each key is used once", key, taken[key])
	case taken != nil:
		taken[key] = field
	}
}

func (d *Definition) checkMilestones(ps *problems) {
	if ps.date("assessment.due", d.Assessment.Due) {
		ps.order("assessment.due", d.Assessment.Due, "the policy window begins", d.PolicyWindow.From)
		d.checkAssessmentKind(ps)
	}
	ps.expected("assessment.title", d.Assessment.Title, "a name such as SOCTA 2021")
	if ps.date("conclusions.due", d.Conclusions.Due) {
		ps.order("conclusions.due", d.Conclusions.Due, "the threat assessment is due", d.Assessment.Due)
	}
	if pad := d.AdvisoryDocument; pad != nil && ps.date("advisory_document.due", pad.Due) {
		ps.order("advisory_document.due", pad.Due, "the threat assessment is due", d.Assessment.Due)
		ps.order("conclusions.due", d.Conclusions.Due, "the policy advisory document is due", pad.Due)
	}
	ps.inOrder("evaluation.opens", d.Evaluation.Opens, "evaluation.due", d.Evaluation.Due, "work on it opens")
	if d.Review != nil {
		ps.inOrder("review.opens", d.Review.Opens, "review.due", d.Review.Due, "work on it opens")
	}
}

// firstSOCTA is the year from which priorities rest on the SOCTA: S3.
const firstSOCTA = 2013

// AssessmentIn says on which kind of assessment priorities rest in a year.
func AssessmentIn(year int) AssessmentKind {
	if year < firstSOCTA {
		return OCTA
	}
	return SOCTA
}

func (d *Definition) checkAssessmentKind(ps *problems) {
	if want := AssessmentIn(d.Assessment.Due.Year()); d.Assessment.Kind != want {
		ps.add("assessment.kind", "is %q: expected %s, for priorities rest on the OCTA before %d and on the SOCTA from then on", d.Assessment.Kind, want, firstSOCTA)
	}
}

func (d *Definition) checkChains(ps *problems) {
	known := ChainKinds()
	for _, kind := range known {
		chain, given := d.Chains[kind]
		if !given {
			continue
		}
		field := "chains." + string(kind)
		seen := map[Body]bool{}
		before := chain.SubmitDaysBefore
		if before < 0 || before > longestLead {
			ps.add(field+".submit_days_before", "is %d: expected 0 to %d", before, longestLead)
		}
		if days := chain.FinalTextDays; days < 0 || days > longestLead {
			ps.add(field+".final_text_days", "is %d: expected 1 to %d", days, longestLead)
		}
		for i, step := range chain.Through {
			at := fmt.Sprintf("%s.through[%d]", field, i)
			switch {
			case d.Bodies.noPart(step.Body):
				ps.add(at+".body", "is %q: expected a body such as cosi", step.Body)
			case seen[step.Body]:
				ps.add(at+".body", "repeats %s: a body has one turn in a chain", step.Body)
			}
			seen[step.Body] = true
			if step.DaysBefore > before || step.DaysBefore < 0 {
				ps.add(at+".days_before", "is %d: expected at most %d, the distance of the step before it", step.DaysBefore, before)
			}
			before = step.DaysBefore
		}
		if final := kinds[kind].settledBy; final != "" && (len(chain.Through) == 0 || chain.Through[len(chain.Through)-1].Body != final) {
			ps.add(field+".through", "does not end with %s, which settles the %s", final, kind.Title())
		}
	}
	for kind := range d.Chains {
		if !slices.Contains(known, kind) {
			ps.add("chains", "names %q: expected one of %v", kind, known)
		}
	}
}

func (d *Definition) checkMASP(ps *problems) {
	if d.MASP.General == nil && !d.MASP.PerPriority {
		ps.add("masp", "names no plan: expected a general MASP, per_priority: true, or both")
	}
	if g := d.MASP.General; g != nil {
		ps.key("masp.general.key", g.Key, nil)
		if d.MASP.PerPriority && d.Priority(g.Key) != nil {
			ps.add("masp.general.key", "repeats the key of a priority, which has a MASP of its own")
		}
		ps.expected("masp.general.title", g.Title, "a name such as General MASP")
	}
	if ps.inOrder("masp.drafting", d.MASP.Drafting, "masp.due", d.MASP.Due, "drafting starts") {
		ps.order("masp.due", d.MASP.Due, "the conclusions are due", d.Conclusions.Due)
	}
}
