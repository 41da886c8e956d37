package policy

import (
	"fmt"
	"reflect"
	"slices"
)

// Conclusions is the content of the Council's conclusions on the priorities: what the
// Council adopts. The cycle file proposes priorities; once the Council has adopted its text,
// the definition takes their words from there: see Definition.WithAdopted.
type Conclusions struct {
	Cover
	// Priorities are all priorities that the Council sets.
	Priorities []SetPriority `json:"priorities"`
	// Divergences gives the reason for each priority that was advised and is left out.
	Divergences []Divergence `json:"divergences,omitempty"`
}

// SetPriority is a priority as the Council's text has it. Who carries it out, and what
// objectives of the strategy it serves, stands in the definition.
type SetPriority struct {
	Key   string `json:"key"` // that of the priority in the cycle file
	Title string `json:"title"`
	Aim   string `json:"aim,omitempty"` // what is to be reached
	// SubPriorities are the parts of the priority.
	SubPriorities []SubPriority `json:"sub_priorities,omitempty"`
	Areas         []string      `json:"areas,omitempty"` // its crime areas, such as firearms
	// Lineage says from which priorities of the cycle before it comes.
	Lineage []Lineage `json:"lineage,omitempty"`
	// Recommendations are the keys of the recommendations of the threat assessment that it
	// comes from.
	Recommendations []string `json:"recommendations,omitempty"`
	// Divergence is why the Council sets it though it was not recommended, or not advised.
	Divergence string `json:"divergence,omitempty"`
}

// Divergence is where the Council did not follow the advice, and why.
type Divergence struct {
	Priority string `json:"priority"`
	Reason   string `json:"reason"`
}

// Problems implements Content.
func (c *Conclusions) Problems() []Problem {
	var ps problems
	if len(c.Priorities) == 0 {
		ps.add("priorities", "is empty: expected every priority that the Council sets, with its key, title and aim")
	}
	set := map[string]string{}
	for i, p := range c.Priorities {
		field := fmt.Sprintf("priorities[%d]", i)
		ps.key(field+".key", p.Key, set)
		ps.expected(field+".title", p.Title, "the name of the priority")
		subs := map[string]string{}
		for j, s := range p.SubPriorities {
			at := fmt.Sprintf("%s.sub_priorities[%d]", field, j)
			ps.key(at+".key", s.Key, subs)
			ps.expected(at+".title", s.Title, "the name of the part of the priority")
		}
	}
	taken := map[string]string{}
	for i, d := range c.Divergences {
		field := fmt.Sprintf("divergences[%d]", i)
		ps.code(field+".priority", d.Priority, taken)
		ps.text(field+".reason", d.Reason)
	}
	return ps
}

// priority finds a priority of the text by its key, or nil.
func (c *Conclusions) priority(key string) *SetPriority {
	at := slices.IndexFunc(c.Priorities, func(p SetPriority) bool { return p.Key == key })
	if at < 0 {
		return nil
	}
	return &c.Priorities[at]
}

// ProposedConclusions gives the text of conclusions that set the priorities as a definition
// proposes them.
func (d *Definition) ProposedConclusions() *Conclusions {
	c := &Conclusions{Priorities: []SetPriority{}}
	for _, p := range d.Priorities {
		if p.AddedOn.IsZero() {
			c.Priorities = append(c.Priorities, p.words())
		}
	}
	return c
}

// words gives of a priority what the Council's text says of it.
func (p *Priority) words() SetPriority {
	return SetPriority{Key: p.Key, Title: p.Title, Aim: p.Aim, SubPriorities: p.SubPriorities, Areas: p.Areas, Lineage: p.Lineage}
}

// saysOf says whether both say the same of a priority, whatever it comes from.
func (p SetPriority) saysOf(other SetPriority) bool {
	same := func(a, b any) bool {
		return reflect.ValueOf(a).Len() == 0 && reflect.ValueOf(b).Len() == 0 || reflect.DeepEqual(a, b)
	}
	return p.Key == other.Key && p.Title == other.Title && p.Aim == other.Aim &&
		same(p.SubPriorities, other.SubPriorities) && same(p.Areas, other.Areas) && same(p.Lineage, other.Lineage)
}

// take gives a priority the words of the Council's text.
func (p *Priority) take(set SetPriority) {
	p.Title, p.Aim, p.SubPriorities, p.Areas, p.Lineage = set.Title, set.Aim, set.SubPriorities, set.Areas, set.Lineage
}

// AdoptedTexts are the texts in force from which a definition takes its words; nil for one
// that is not adopted, or of which the content is not kept here.
type AdoptedTexts struct {
	Conclusions *Conclusions   // of the Council, on the priorities
	GeneralMASP *StrategicPlan // of COSI: its goals are the common ones
}

// GeneralMASP gives the subject of the general MASP; zero where the cycle has none.
func (d *Definition) GeneralMASP() Subject {
	if d.MASP.General == nil {
		return Subject{}
	}
	return Subject{Cycle: d.Key, Kind: KindMASP, Key: d.MASP.General.Key}
}

// TakesWordsFrom says whether the definition takes its words from the text of a subject.
func (d *Definition) TakesWordsFrom(subject Subject) bool {
	return subject == d.SubjectOf(KindPriorities) || subject == d.GeneralMASP() && subject != Subject{}
}

// AdoptedContent gives the digest of the content in force of a subject, given what is recorded
// on it; empty where it is not adopted, or its content is not kept here.
func (r Records) AdoptedContent(subject Subject, records []Recorded) string {
	text := TextInForce(records, r.Adopting())
	if !r.Standings[subject].Positive() || text == nil {
		return ""
	}
	return text.Content
}

// WithAdopted gives the definition in the words that were adopted: the priorities as the
// Council's text has them, but for those that an amendment worded anew since, and the common
// goals as the general MASP has them. What is adopted so never differs from its text.
func (d *Definition) WithAdopted(texts AdoptedTexts) *Definition {
	if texts == (AdoptedTexts{}) {
		return d
	}
	with := *d
	if c := texts.Conclusions; c != nil {
		with.Priorities = slices.Clone(d.Priorities)
		for i := range with.Priorities {
			p := &with.Priorities[i]
			if set := c.priority(p.Key); set != nil && p.ofConclusions() {
				p.take(*set)
			}
		}
	}
	if plan := texts.GeneralMASP; plan != nil && len(plan.Goals) > 0 {
		with.StrategicGoals = make([]Goal, len(plan.Goals))
		for i, g := range plan.Goals {
			with.StrategicGoals[i] = Goal{Key: g.Key, Title: g.Title}
		}
	}
	return &with
}

// ofConclusions says whether the words of a priority are those of the conclusions, and not of
// a later decision.
func (p *Priority) ofConclusions() bool { return p.AddedOn.IsZero() && p.AmendedOn.IsZero() }

// JudgeConclusions says whether a text of the conclusions sets the priorities that the
// definition proposes, each of them and no other: OAPs, drivers and dates hang on them. Parts of
// a priority that OAPs serve stay. A text that comes once they were adopted, as a final one or a
// corrigendum does, sets those on which the Council agreed. The error has CodeInvalid.
func (r Records) JudgeConclusions(c *Conclusions) error {
	if r.StandingOfKind(KindPriorities).Positive() {
		return r.judgeAdopted(c)
	}
	var ps problems
	for i, set := range c.Priorities {
		p := r.Definition.Priority(set.Key)
		if p == nil || !p.AddedOn.IsZero() {
			ps.add(fmt.Sprintf("priorities[%d].key", i), "is %q: the cycle proposes no such priority; while the Council has not decided, policycycle cycle amend adds it with its OAPs", set.Key)
			continue
		}
		ps.served(fmt.Sprintf("priorities[%d].sub_priorities", i), set, p)
	}
	for _, p := range r.Definition.Priorities {
		if p.AddedOn.IsZero() && c.priority(p.Key) == nil {
			ps.add("priorities", "lacks %q, which the cycle proposes: take it up, or take it out of the cycle first with policycycle cycle amend", p.Key)
		}
	}
	if len(ps) == 0 {
		return nil
	}
	return Unsound(ps, "the conclusions do not set the priorities that the cycle proposes: %s")
}

// judgeAdopted says the same of a text that comes once priorities were adopted. What amendments
// have withdrawn or worded anew since stays in it as it was.
func (r Records) judgeAdopted(c *Conclusions) error {
	var ps problems
	for i, set := range c.Priorities {
		known := r.ever(func(d *Definition) bool { p := d.Priority(set.Key); return p != nil && p.AddedOn.IsZero() })
		if !known {
			ps.add(fmt.Sprintf("priorities[%d].key", i), "is %q: the Council decided on no such priority", set.Key)
		}
		if p := r.Definition.Priority(set.Key); p != nil && p.ofConclusions() {
			ps.served(fmt.Sprintf("priorities[%d].sub_priorities", i), set, p)
		}
	}
	for _, p := range r.Definition.Priorities {
		if p.AddedOn.IsZero() && c.priority(p.Key) == nil && r.Adopted(p) {
			ps.add("priorities", "lacks %q, on which the Council agreed", p.Key)
		}
	}
	if len(ps) == 0 {
		return nil
	}
	return Unsound(ps, "the conclusions do not set the priorities on which the Council decided: %s")
}

// served notes the parts of a priority that a text lacks and that OAPs serve.
func (ps *problems) served(field string, set SetPriority, p *Priority) {
	for _, oap := range p.OAPs {
		if oap.SubPriority != "" && !slices.ContainsFunc(set.SubPriorities, func(s SubPriority) bool { return s.Key == oap.SubPriority }) {
			ps.add(field, "lacks %q, which the OAP %s serves", oap.SubPriority, oap.Key)
		}
	}
}
