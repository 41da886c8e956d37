// Package rules looks at a whole cycle: at what stands in its plans and registers, held
// against the obligations of the Council conclusions, and at what follows for a meeting, a
// State, a round of reports.
//
// A [Snapshot] is one consistent view of a cycle. Everything here is a pure function of it:
// [Snapshot.Findings] asks each of the [Rules], [Snapshot.Blocking] those that keep one
// subject off an agenda.
package rules

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// Rule is one obligation of the Council conclusions of 24-25 February 2011 as
// a machine can check it.
type Rule struct {
	ID     string `json:"id"` // S and its number, from 1
	Title  string `json:"title"`
	Checks string `json:"checks"` // what is looked at
	Source string `json:"source"` // the words of the conclusions it rests on
	Place  Place  `json:"place"`  // where they stand
	// Severity is the heaviest that a finding of the rule may have.
	Severity policy.Severity `json:"severity"`
	Bites    string          `json:"bites"` // where
	// Stops lists the kinds of subject that a blocking finding keeps off an
	// agenda.
	Stops []policy.Kind `json:"stops,omitempty"`
	// Needs lists the kinds and registers that have to be kept here for the rule to look at
	// all that it is about.
	Needs []string `json:"needs,omitempty"`
	// Fields lists the fields of actions that a skeleton has to hold for that.
	Fields []policy.PlanField `json:"fields,omitempty"`

	parts []part
	// ratios gives the shares that the rule looks at; nil where it is about no balance.
	ratios func(d *Snapshot) []Ratio
}

// Place is a place in the Council conclusions of 24-25 February 2011: its paragraphs are
// counted from RECALLING on, as they are not numbered in the text.
type Place struct {
	Paragraph int `json:"paragraph"`
	Indent    int `json:"indent,omitempty"` // 0 is the paragraph as a whole
}

func (p Place) String() string {
	if p.Indent == 0 {
		return fmt.Sprintf("paragraph %d", p.Paragraph)
	}
	return fmt.Sprintf("paragraph %d, indent %d", p.Paragraph, p.Indent)
}

// part is one thing that a rule looks at. It is not asked where one of its sources is kept
// elsewhere: then the rule could not look.
type part struct {
	// looks lists what it is about, and then what that is held against.
	looks []source
	// fields are those of actions that it needs: of a skeleton that lacks one it could not look.
	fields []policy.PlanField
	check  func(d *Snapshot, report reporter)
	// declared counts what the part takes somebody's word for; nil where it never does.
	declared func(d *Snapshot) int
}

// keeps says whether all that a part looks at is kept here.
func (d *Snapshot) keeps(p part) bool {
	return !slices.ContainsFunc(p.looks, func(s source) bool { return s.what != "" && !policy.Stores(d.Definition, s.what) })
}

// needs lists the kinds and registers that parts look at.
func needs(parts []part) []string {
	var needs []string
	for _, p := range parts {
		for _, s := range p.looks {
			if s.what != "" && !slices.Contains(needs, s.what) {
				needs = append(needs, s.what)
			}
		}
	}
	return needs
}

// fieldsOf lists the fields of actions that parts need.
func fieldsOf(parts []part) []policy.PlanField {
	var fields []policy.PlanField
	for _, p := range parts {
		for _, f := range p.fields {
			if !slices.Contains(fields, f) {
				fields = append(fields, f)
			}
		}
	}
	return fields
}

// reporter takes the findings of one rule.
type reporter func(f policy.Finding, format string, args ...any)

// Rules lists the rules in the order of their numbers.
func Rules() []Rule {
	all := slices.Concat(planningRules(), strategyRules(), impactRules(), actionRules(), externalRules(), cosiRules(), fundingRules(), reportingRules())
	slices.SortFunc(all, func(a, b Rule) int { return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID)) }) // S2 before S12
	for i := range all {
		all[i].Needs, all[i].Fields = needs(all[i].parts), fieldsOf(all[i].parts)
	}
	return all
}

// FindRule finds a rule by its ID, or nil.
func FindRule(id string) *Rule {
	for _, r := range Rules() {
		if r.ID == id {
			return &r
		}
	}
	return nil
}

// Findings lists all that is wrong in the cycle, in the order of the rules.
func (d *Snapshot) Findings() []policy.Finding {
	var all []policy.Finding
	for _, rule := range Rules() {
		all = append(all, d.findingsOf(rule)...)
	}
	return all
}

// FindingsOf lists what one rule finds; an unknown ID is CodeUnknown.
func (d *Snapshot) FindingsOf(id string) ([]policy.Finding, error) {
	rule := FindRule(id)
	if rule == nil {
		all := Rules()
		return nil, policy.Refuse(policy.CodeUnknown, "there is no rule %q: the rules are %s to %s", id, all[0].ID, all[len(all)-1].ID)
	}
	return d.findingsOf(*rule), nil
}

// LooksAt names the subjects in whose contents, and the registers in whose rows, rules
// look for what is wrong with a subject: a snapshot with these and the acts on the subject
// has the same findings about it as that of the whole cycle.
func LooksAt(r policy.Records, subject policy.Subject) (contents []policy.Subject, registers []policy.Register) {
	def := r.Definition
	switch subject.Kind {
	case policy.KindAssessment, policy.KindAdvisory, policy.KindPriorities:
		return []policy.Subject{def.SubjectOf(policy.KindAssessment), def.SubjectOf(policy.KindAdvisory), def.SubjectOf(policy.KindPriorities)}, nil
	case policy.KindOAP: // which must not do what another one does, and carries on what one before began
		for _, e := range r.Agenda() {
			switch e.Subject.Kind {
			case policy.KindMASP, policy.KindOAP, policy.KindChange:
				contents = append(contents, e.Subject)
			default:
			}
		}
		return contents, []policy.Register{policy.RegIrregular, policy.RegPosts, policy.RegConsents, policy.RegIndicators, policy.RegAllocations}
	case policy.KindReport:
		for _, correction := range r.Changes()[subject] {
			contents = append(contents, correction.Subject)
		}
		return append(contents, subject), []policy.Register{policy.RegProgress, policy.RegDays, policy.RegIndicators}
	case policy.KindObligation: // what an annual report leaves out, another one may name
		for _, e := range r.Agenda() {
			if e.Subject.Kind == policy.KindObligation && e.Subject.Key == subject.Key {
				contents = append(contents, e.Subject)
			}
		}
		return contents, []policy.Register{policy.RegDeliveries}
	case policy.KindEvaluation:
		return []policy.Subject{subject}, []policy.Register{policy.RegRecommendations}
	default: // where it stands tells all
		return nil, nil
	}
}

func (d *Snapshot) findingsOf(rule Rule) []policy.Finding {
	var found []policy.Finding
	weight := d.weightOf(rule)
	report := func(f policy.Finding, format string, args ...any) {
		f.Rule = rule.ID
		said := policy.Say(format, args...)
		f.Message, f.Said = said.Message, said.Said
		cause, about := policy.CauseOf(format, args...)
		f.Cause, f.CauseSaid, f.About = cause.Message, cause.Said, about
		f.Severity, f.Mend = cmp.Or(f.Severity, rule.Severity).Lighter(weight), each(f.Mend)
		d.markIrregular(&f)
		found = append(found, f)
	}
	for _, p := range rule.parts {
		if d.keeps(p) {
			p.check(d.seeing(p.fields), report)
		}
	}
	return found
}

// weightOf gives how much a rule weighs at most: less than elsewhere where the cycle file says
// so and COSI or the Council has decided it.
func (d *Snapshot) weightOf(rule Rule) policy.Severity {
	if w := d.Definition.WeightOf(rule.ID); w != nil && d.decided(w.Decision) {
		return rule.Severity.Lighter(w.Severity)
	}
	return rule.Severity
}

// decided says whether COSI or the Council has agreed to what a subject proposes.
func (d *Snapshot) decided(path string) bool {
	subject, err := policy.ParseSubject(d.Definition.Key + "/" + path)
	if err != nil || !d.Standings[subject].Positive() {
		return false
	}
	at := slices.IndexFunc(d.agenda, func(e policy.Entry) bool { return e.Subject == subject })
	if at < 0 || len(d.agenda[at].Turns) == 0 {
		return false
	}
	turns := d.agenda[at].Turns
	return slices.Contains([]policy.Body{policy.COSI, policy.Council}, turns[len(turns)-1].Body)
}

// each lists bodies once each.
func each(bodies []policy.Body) []policy.Body {
	var once []policy.Body
	for _, b := range bodies {
		if !slices.Contains(once, b) {
			once = append(once, b)
		}
	}
	return once
}

// markIrregular says of what blocks that it was settled all the same, and why:
// it stops nothing any more.
func (d *Snapshot) markIrregular(f *policy.Finding) {
	if f.Severity != policy.Blocks || f.Subject == "" || d.tabled != (policy.Subject{}) {
		return
	}
	subject, err := policy.ParseSubject(d.Definition.Key + "/" + f.Subject)
	if err != nil {
		return
	}
	for _, act := range d.Acts[subject] {
		if act.Irregular != "" {
			f.Severity, f.Irregular = policy.Informs, act.Irregular
			f.Message += ". Recorded as irregular: " + act.Irregular
		}
	}
}

// Blocking lists the findings that keep a subject off the agenda of the body
// that settles it.
func (d *Snapshot) Blocking(subject policy.Subject) []policy.Finding {
	focused := *d
	focused.tabled = subject
	focused.plans = slices.DeleteFunc(slices.Clone(d.plans), func(p *plan) bool { return p.Subject != subject })
	if subject.Kind == policy.KindChange {
		focused.plans = d.planOfChange(subject)
	}
	var blocking []policy.Finding
	for _, rule := range Rules() {
		if !slices.Contains(rule.Stops, subject.Kind) {
			continue
		}
		for _, f := range focused.findingsOf(rule) {
			if f.Severity == policy.Blocks && f.Subject == subject.Path() {
				blocking = append(blocking, f)
			}
		}
	}
	return blocking
}

// planOfChange looks at a change as if it were the plan, so that the same rules
// hold for both.
func (d *Snapshot) planOfChange(change policy.Subject) []*plan {
	content, kept := contentOf[*policy.OperationalPlan](d, change)
	at := slices.IndexFunc(d.plans, func(p *plan) bool { return p.Subject == change.Plan() })
	if !kept || at < 0 {
		return nil
	}
	changed := *d.plans[at]
	changed.Subject, changed.standing, changed.content = change, d.Standings[change], content
	changed.stood = append(slices.Clone(changed.stood), content)
	return []*plan{&changed}
}

// JudgeTabling says whether a subject may be put on the agenda of a meeting.
// The error has CodeBlocked and gives the findings that stand against it.
func (d *Snapshot) JudgeTabling(subject policy.Subject) error {
	if blocking := d.Blocking(subject); len(blocking) > 0 {
		return policy.RefuseBlocked(subject, blocking)
	}
	return nil
}
