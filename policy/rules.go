package policy

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Severity is how much a finding weighs.
type Severity string

// The severities.
const (
	// Blocks stops the item from being tabled before the body that settles it.
	Blocks Severity = "blocks"
	// Warns is for somebody to mend.
	Warns Severity = "warns"
	// Informs is for everybody to know.
	Informs Severity = "informs"
)

// Rule is one obligation of the Council conclusions of 24-25 February 2011 as
// a machine can check it.
type Rule struct {
	ID     string `json:"id"` // S and its number, from 1
	Title  string `json:"title"`
	Checks string `json:"checks"` // what is looked at
	Source string `json:"source"` // the words of the conclusions it rests on
	// Severity is the heaviest that a finding of the rule may have.
	Severity Severity `json:"severity"`
	Bites    string   `json:"bites"` // where
	// Stops lists the kinds of subject that a blocking finding keeps off an
	// agenda.
	Stops []Kind `json:"stops,omitempty"`
	// Needs lists the kinds and registers that have to be kept here for the rule
	// to see anything.
	Needs []string `json:"needs,omitempty"`

	check func(d *Dossier, report reporter)
}

// Finding is one thing that is wrong, why, and who can mend it.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	// Subject is the path of the subject within the cycle; empty where the
	// finding is about the cycle or a register.
	Subject string `json:"subject,omitempty"`
	// Record names what exactly: an action, a row, a meeting.
	Record  string `json:"record"`
	Message string `json:"message"`
	Mend    []Body `json:"mend,omitempty"` // who can
	// Irregular is why what is wrong was recorded all the same; it stands in the
	// message, too.
	Irregular string `json:"irregular,omitempty"`
	// Said is of what the message was made, but for that.
	Said Sentence `json:"-"`
}

// reporter takes the findings of one rule.
type reporter func(f Finding, format string, args ...any)

// Rules lists the rules in the order of their numbers.
func Rules() []Rule {
	all := slices.Concat(planningRules(), strategyRules(), impactRules(), actionRules(), cosiRules(), fundingRules(), reportingRules())
	slices.SortFunc(all, func(a, b Rule) int { return cmp.Compare(number(a.ID), number(b.ID)) })
	return all
}

func number(id string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(id, "S"))
	if err != nil {
		return 0
	}
	return n
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
func (d *Dossier) Findings() []Finding {
	var all []Finding
	for _, rule := range Rules() {
		all = append(all, d.findingsOf(rule)...)
	}
	return all
}

// FindingsOf lists what one rule finds; an unknown ID is CodeUnknown.
func (d *Dossier) FindingsOf(id string) ([]Finding, error) {
	rule := FindRule(id)
	if rule == nil {
		all := Rules()
		return nil, Refuse(CodeUnknown, "there is no rule %q: the rules are %s to %s", id, all[0].ID, all[len(all)-1].ID)
	}
	return d.findingsOf(*rule), nil
}

func (d *Dossier) findingsOf(rule Rule) []Finding {
	if slices.ContainsFunc(rule.Needs, func(what string) bool { return !Keep(d.Definition, what) }) {
		return nil
	}
	var found []Finding
	rule.check(d, func(f Finding, format string, args ...any) {
		f.Rule = rule.ID
		f.Message, f.Said = sentence(format, args)
		f.Severity, f.Mend = cmp.Or(f.Severity, rule.Severity), each(f.Mend)
		d.markIrregular(&f)
		found = append(found, f)
	})
	return found
}

// each lists bodies once each.
func each(bodies []Body) []Body {
	var once []Body
	for _, b := range bodies {
		if !slices.Contains(once, b) {
			once = append(once, b)
		}
	}
	return once
}

// markIrregular says of what blocks that it was settled all the same, and why:
// it stops nothing any more.
func (d *Dossier) markIrregular(f *Finding) {
	if f.Severity != Blocks || f.Subject == "" || d.tabled != (Subject{}) {
		return
	}
	subject, err := ParseSubject(d.Definition.Key + "/" + f.Subject)
	if err != nil {
		return
	}
	for _, act := range d.Acts[subject] {
		if act.Irregular != "" {
			f.Severity, f.Irregular = Informs, act.Irregular
			f.Message += ". Recorded as irregular: " + act.Irregular
		}
	}
}

// Blocking lists the findings that keep a subject off the agenda of the body
// that settles it.
func (d *Dossier) Blocking(subject Subject) []Finding {
	focused := *d
	focused.tabled = subject
	focused.plans = slices.DeleteFunc(slices.Clone(d.plans), func(p plan) bool { return p.subject() != subject })
	if subject.Kind == KindChange {
		focused.plans = d.planOfChange(subject)
	}
	var blocking []Finding
	for _, rule := range Rules() {
		if !slices.Contains(rule.Stops, subject.Kind) {
			continue
		}
		for _, f := range focused.findingsOf(rule) {
			if f.Severity == Blocks && f.Subject == subject.Path() {
				blocking = append(blocking, f)
			}
		}
	}
	return blocking
}

// planOfChange looks at a change as if it were the plan, so that the same rules
// hold for both.
func (d *Dossier) planOfChange(change Subject) []plan {
	content, kept := contentOf[*OperationalPlan](d, change)
	if !kept {
		return nil
	}
	var plans []plan
	for _, p := range d.plans {
		if p.subject() != change.Plan() {
			continue
		}
		p.Subject, p.standing, p.content = change, d.Standings[change], content
		plans = append(plans, p)
	}
	return plans
}

// refusal says that findings block a subject, in their own words.
func refusal(subject Subject, blocking []Finding) *Error {
	var lines remarks
	for _, f := range blocking {
		lines = append(lines, Say("%s: %s", f.Rule, Remark{f.Message, f.Said}))
	}
	const most = 5
	if more := len(lines) - most; more > 0 {
		lines = append(lines[:most], Say("and %d more", more))
	}
	return Refuse(CodeBlocked, "%s cannot be tabled. %s", subject, lines)
}

// JudgeTabling says whether a subject may be put on the agenda of a meeting.
// The error has CodeBlocked and gives the findings that stand against it.
func (d *Dossier) JudgeTabling(subject Subject) error {
	if blocking := d.Blocking(subject); len(blocking) > 0 {
		return refusal(subject, blocking)
	}
	return nil
}
