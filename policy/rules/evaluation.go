package rules

import (
	"cmp"
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// The evaluation, COSI's roadmap and what became of the recommendations are three papers, each
// with its date.

// shown is how much of a recommendation a finding quotes, in bytes.
const shown = 200

// evaluationDue is the evaluation once it is due, or is there.
var evaluationDue = source{"", func(d *Snapshot, c *Coverage) policy.Remark {
	s := d.StandingOfKind(policy.KindEvaluation)
	e, planned := d.Entry(d.Definition.SubjectOf(policy.KindEvaluation))
	if planned && d.Today.After(e.Due) || s.State == policy.StateClosed {
		c.Looked, c.Changed = c.Looked+1, policy.Latest(c.Changed, s.LastAct)
	}
	return policy.Say("the evaluation is due on %s", e.Due)
}}

func (d *Snapshot) aboutEvaluation() policy.Finding {
	path := d.Definition.SubjectOf(policy.KindEvaluation).Path()
	return policy.Finding{Subject: path, Record: path, Mend: []policy.Body{policy.Commission, policy.Evaluator}}
}

func checkEvaluated(d *Snapshot, report reporter) {
	e, planned := d.Entry(d.Definition.SubjectOf(policy.KindEvaluation)) // it moves with the meeting
	if planned && d.StandingOfKind(policy.KindEvaluation).Open() && d.Today.After(e.Due) {
		report(d.aboutEvaluation(), "the evaluation was due on %s; the cycle cannot close without it", e.Due)
	}
}

func (d *Snapshot) evaluation() (*policy.EvaluationReport, bool) {
	return contentOf[*policy.EvaluationReport](d, d.Definition.SubjectOf(policy.KindEvaluation))
}

func checkCriteria(d *Snapshot, report reporter) {
	content, kept := d.evaluation()
	if !kept {
		return
	}
	for _, c := range policy.Criteria {
		if !slices.ContainsFunc(content.Findings, func(e policy.Evaluated) bool { return e.Criterion == c }) {
			report(d.aboutEvaluation(), "the evaluation says nothing on %s", c)
		}
	}
}

// checkAnswers holds that each recommendation is answered, and what was accepted done in time.
func checkAnswers(d *Snapshot, report reporter) {
	const answerDays = 180 // from the evaluation to an answer on each recommendation
	content, kept := d.evaluation()
	if !kept {
		return
	}
	f, s := d.aboutEvaluation(), d.StandingOfKind(policy.KindEvaluation)
	d.checkRoadmap(content, f, report)
	if !s.Positive() || d.Today.Before(s.ClosedOn.AddDays(answerDays)) {
		return
	}
	for _, r := range content.Recommendations {
		if _, answered := rowOf[*policy.FollowUp](d, policy.RegRecommendations, r.Key); !answered {
			f.Record, f.Mend = "recommendations/"+r.Key, r.To
			report(f, "the recommendation %s is neither accepted nor rejected nor done, since %s", policy.Excerpt(r.Text, shown), s.ClosedOn)
		}
	}
}

// checkRoadmap finds what was accepted without COSI's roadmap, or not done by its date.
func (d *Snapshot) checkRoadmap(e *policy.EvaluationReport, f policy.Finding, report reporter) {
	if len(e.Roadmap) > 0 {
		report(f, "the roadmap stands in the evaluator's own report: COSI agrees on it, as an item of its own")
	}
	for _, r := range e.Recommendations {
		said, answered := rowOf[*policy.FollowUp](d, policy.RegRecommendations, r.Key)
		if !answered || said.State != policy.FollowAccepted {
			continue
		}
		f.Record, f.Mend = "recommendations/"+r.Key, r.To
		if said.Owner != "" {
			f.Mend = []policy.Body{said.Owner}
		}
		switch agreed := d.agreedOn(said.Roadmap); {
		case agreed.IsZero() || agreed.Before(d.StandingOfKind(policy.KindEvaluation).ClosedOn):
			report(f, "the recommendation %s was accepted without a roadmap on which COSI agreed after the evaluation", policy.Excerpt(r.Text, shown))
		case said.By.IsZero():
			report(f, "the recommendation %s was accepted, and nothing says by when", policy.Excerpt(r.Text, shown))
		case d.Today.After(said.By):
			report(f, "the recommendation %s was accepted, was to be carried out by %s, and is not done", policy.Excerpt(r.Text, shown), said.By)
		}
	}
}

// agreedOn gives the day on which COSI agreed to what an item proposes; zero where it did not.
func (d *Snapshot) agreedOn(item string) policy.Date {
	subject, err := policy.ParseSubject(d.Definition.Key + "/" + item)
	if err != nil || !d.decided(item) {
		return policy.Date{}
	}
	return d.Standings[subject].ClosedOn
}

// checkIndependent holds that whoever evaluates the cycle has no part in it. It looks at the
// whole cycle, and so its findings are about that, and not about the evaluation.
func checkIndependent(d *Snapshot, report reporter) {
	f, handed := d.aboutEvaluator()
	if handed == nil {
		return
	}
	for _, row := range d.history[policy.RegPosts] {
		post, is := row.Body.(*policy.Holding)
		if is && (post.Holder == policy.Evaluator || post.Acting == policy.Evaluator || handed.By.Is(post.Person)) {
			report(f, "the evaluator holds the post %s, or held it: the evaluation is independent", d.postCalled(row.Key))
		}
	}
	for _, e := range d.agenda {
		if act := policy.Submission(d.Acts[e.Subject]); e.Subject.Kind != policy.KindEvaluation && act != nil && act.By.Same(handed.By) {
			report(f, "who handed the evaluation in has handed in %s, too: the evaluation is independent", e.Title)
		}
	}
}

// checkTakesNoPart holds that no action lists the evaluator.
func checkTakesNoPart(d *Snapshot, report reporter) {
	f, handed := d.aboutEvaluator()
	for p, a := range d.actions() {
		if handed != nil && slices.Contains(a.Everybody(), policy.Evaluator) {
			report(f, "the evaluator takes part in %s: the evaluation is independent", p.called(a))
		}
	}
}

// aboutEvaluator begins a finding on who handed the evaluation in; nil where nobody is known.
func (d *Snapshot) aboutEvaluator() (policy.Finding, *policy.Recorded) {
	f := d.aboutEvaluation()
	f.Subject = ""
	handed := policy.Submission(d.Acts[d.Definition.SubjectOf(policy.KindEvaluation)])
	if handed == nil || handed.By.Name == "" && handed.By.Person == 0 {
		return f, nil
	}
	return f, handed
}

// before is the cycle before, where there is one.
var before = source{"", func(d *Snapshot, c *Coverage) policy.Remark {
	switch {
	case d.Before != nil:
		c.Looked += len(d.Before.Definition.Priorities)
	case d.Definition.Predecessor != "":
		c.gap("predecessor", NotKept, 1, policy.Say("the cycle before, %s, is not kept here", d.Definition.Predecessor))
	}
	return policy.Remark{}
}}

// checkLineage holds what the cycle says of the priorities before it against the cycle before.
func checkLineage(d *Snapshot, report reporter) {
	if d.Before == nil {
		return
	}
	f := policy.Finding{Mend: []policy.Body{policy.Presidency, policy.Commission}}
	for _, from := range policy.UnknownLineage(d.Definition, d.Before) {
		f.Record = "priorities/" + cmp.Or(from.Of, from.Priority)
		report(f, "the priority %s is said to go on, and the cycle %s has none", from.Priority, d.Before.Definition.Key)
	}
	for _, p := range policy.UnsaidLineage(d.Definition, d.Before) {
		f.Record = "priorities/" + p.Key
		report(f, "nobody says what became of the priority %q of the cycle %s", p.Title, d.Before.Definition.Key)
	}
}
