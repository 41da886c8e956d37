package policy

import (
	"cmp"
	"slices"
)

// Kind is the kind of a subject: what it is that has to be handed in and
// settled.
type Kind string

// The kinds of subject.
const (
	// KindAssessment is the threat assessment (OCTA, SOCTA) that Europol
	// delivers.
	KindAssessment Kind = "assessment"
	// KindAdvisory is the policy advisory document (PAD) that bridges the
	// assessment and the Council's decision.
	KindAdvisory Kind = "advisory-document"
	// KindPriorities is the Council's conclusions on the cycle's priorities.
	KindPriorities Kind = "priorities"
	// KindMASP is a Multi-Annual Strategic Plan.
	KindMASP Kind = "masp"
	// KindOAP is an Operational Action Plan of one period.
	KindOAP Kind = "oap"
	// KindChange is a change of an adopted OAP within its period.
	KindChange Kind = "change"
	// KindReport is a driver's report on one OAP in one reporting round.
	KindReport Kind = "report"
	// KindCorrection is a correction of a report that was settled.
	KindCorrection Kind = "correction"
	// KindReview is the interim assessment for the mid-cycle review.
	KindReview Kind = "review"
	// KindEvaluation is the independent evaluation of the cycle.
	KindEvaluation Kind = "evaluation"
	// KindObligation is one occurrence of a recurring reporting obligation.
	KindObligation Kind = "obligation"
	// KindItem is an extraordinary item outside the calendar of the cycle.
	KindItem Kind = "item"
	// KindDefinition is the definition of the cycle itself, which an amendment
	// changes.
	KindDefinition Kind = "definition"
)

// kind is all that is particular to a kind of subject.
type kind struct {
	title string
	// shape names the parts of a subject's path behind the kind: PERIOD/KEY/ROUND/NUMBER.
	shape shape
	// content makes an empty content; nil where none is kept here.
	content func() Content
	// corrects is the kind of what it corrects: it has the same content, is kept where that
	// is, and passes the same chain.
	corrects Kind
	// run is that in which its subjects are settled. What is ofPlan is about an
	// OAP: it is handed in by those who drive that, and settled in its run, if in one of a plan.
	run    RunKind
	ofPlan bool
	// planned says when a subject of which a cycle has one is due; nil for others,
	// which belong to a plan, to an obligation or to nobody's calendar.
	planned func(*Definition) milestone
	// byHand says that somebody opens it, on any day.
	byHand bool
	// submitters hand it in, where the cycle names nobody else.
	submitters []Body
	// chain is that of a cycle which does not say otherwise; nil where a cycle
	// cannot say. Who adopts follows the Council conclusions of 24-25 February 2011
	// (COSI adopts MASPs and OAPs on the basis of the Council's priorities); the
	// preparatory steps and their distances follow known practice.
	chain *Chain
	// settledBy is the last body of the chain where the conclusions of 2011 leave no
	// choice (S2).
	settledBy Body
	// adopted and noted say how its last body settles it. What is not adopted is
	// merely delivered, and cannot fail for want of agreement.
	adopted, noted bool
	// rests lists what must have a positive outcome before it may have one. It is
	// drafted beside what its row names there.
	rests  []Kind
	beside Kind
	opens  opening
	// holds says that the cycle does not close while it is open.
	holds bool
}

// shape says which parts a subject has.
type shape struct{ period, key, round, number bool }

// milestone is one subject of a cycle as its definition has it; without a date
// the cycle has none.
type milestone struct {
	title      string
	opens, due Date
}

// opening says when work on a subject begins.
type opening int

const (
	opensNever       opening = iota // it is no subject of the agenda
	opensOnItsDay                   // whatever else is settled by then
	opensWhenReady                  // as soon as what it rests on is there
	opensOnceDecided                // on its day, once the Council has decided on the priorities
	opensWithItsPlan                // on its day, while the plan is in force
)

// kinds is the table of the kinds of subject: one row each.
var kinds = map[Kind]kind{
	KindAssessment: {
		title: "threat assessment", content: func() Content { return new(ThreatAssessment) }, run: RunCycle,
		planned: func(d *Definition) milestone {
			return milestone{d.Assessment.Title, d.PolicyWindow.From, d.Assessment.Due}
		},
		submitters: []Body{Europol}, chain: &Chain{SubmitDaysBefore: 0}, noted: true, opens: opensOnItsDay,
	},
	KindAdvisory: {
		title: "policy advisory document", content: func() Content { return new(AdvisoryDocument) }, run: RunCycle,
		planned: func(d *Definition) milestone {
			if d.AdvisoryDocument == nil {
				return milestone{}
			}
			return milestone{"Policy advisory document", d.Assessment.Due, d.AdvisoryDocument.Due}
		},
		submitters: []Body{Presidency, Commission}, chain: &Chain{SubmitDaysBefore: 14, Through: []Step{{Body: COSI}}}, noted: true,
		rests: []Kind{KindAssessment}, opens: opensWhenReady,
	},
	KindPriorities: {
		title: "conclusions on the priorities", content: func() Content { return new(Conclusions) }, run: RunCycle,
		planned: func(d *Definition) milestone {
			return milestone{"Council conclusions on the priorities", d.Assessment.Due, d.Conclusions.Due}
		},
		submitters: []Body{Presidency},
		chain:      &Chain{SubmitDaysBefore: 35, Through: []Step{{Body: COSI, DaysBefore: 21}, {Body: Coreper, DaysBefore: 7}, {Body: Council}}},
		settledBy:  Council, adopted: true, rests: []Kind{KindAssessment, KindAdvisory}, opens: opensWhenReady,
	},
	KindMASP: {
		title: "MASP", shape: shape{key: true}, content: func() Content { return new(StrategicPlan) }, run: RunPlan,
		submitters: []Body{Commission, Presidency}, chain: &Chain{SubmitDaysBefore: 42, Through: []Step{{Body: COSISupportGroup, DaysBefore: 21}, {Body: COSI}}},
		settledBy: COSI, adopted: true, rests: []Kind{KindPriorities}, opens: opensOnceDecided, holds: true,
	},
	KindOAP: {
		title: "OAP", shape: shape{period: true, key: true}, content: func() Content { return new(OperationalPlan) }, run: RunPlan,
		chain:     &Chain{SubmitDaysBefore: 42, Through: []Step{{Body: SupportTeam, DaysBefore: 28}, {Body: COSISupportGroup, DaysBefore: 14}, {Body: COSI}}},
		settledBy: COSI, adopted: true, rests: []Kind{KindPriorities, KindMASP}, beside: KindMASP, opens: opensOnceDecided, holds: true,
	},
	KindChange: {
		title: "change of an OAP", shape: shape{period: true, key: true, number: true}, content: func() Content { return new(OperationalPlan) },
		run: RunPlan, ofPlan: true, byHand: true,
		chain:     &Chain{SubmitDaysBefore: 28, Through: []Step{{Body: SupportTeam, DaysBefore: 21}, {Body: COSISupportGroup, DaysBefore: 10}, {Body: COSI}}},
		settledBy: COSI, adopted: true, rests: []Kind{KindOAP}, opens: opensWithItsPlan,
	},
	KindReport: {
		title: "report", shape: shape{period: true, key: true, round: true}, content: func() Content { return new(Report) },
		run: RunPlan, ofPlan: true, chain: &Chain{SubmitDaysBefore: 21, Through: []Step{{Body: SupportTeam, DaysBefore: 7}, {Body: COSI}}}, noted: true,
		rests: []Kind{KindOAP}, opens: opensWithItsPlan,
	},
	KindCorrection: { // its run is that of the cycle: that of the plan may have ended long before
		title: "correction of a report", shape: shape{period: true, key: true, round: true, number: true}, content: func() Content { return new(Report) },
		corrects: KindReport, run: RunCycle, ofPlan: true, byHand: true, noted: true,
		rests: []Kind{KindReport}, opens: opensOnItsDay, holds: true,
	},
	KindReview: {
		title: "interim assessment", content: func() Content { return new(ThreatAssessment) }, run: RunCycle,
		planned: func(d *Definition) milestone {
			if d.Review == nil {
				return milestone{}
			}
			return milestone{"Interim assessment for the mid-cycle review", d.Review.Opens, d.Review.Due}
		},
		submitters: []Body{Europol}, chain: &Chain{SubmitDaysBefore: 14, Through: []Step{{Body: COSI}}}, noted: true,
		rests: []Kind{KindPriorities}, opens: opensOnceDecided, holds: true,
	},
	KindEvaluation: {
		title: "evaluation", content: func() Content { return new(EvaluationReport) }, run: RunEvaluation,
		planned: func(d *Definition) milestone {
			return milestone{"Independent evaluation of the cycle", d.Evaluation.Opens, d.Evaluation.Due}
		},
		submitters: []Body{Evaluator, Commission}, chain: &Chain{SubmitDaysBefore: 30, Through: []Step{{Body: COSI}}}, noted: true,
		rests: []Kind{KindPriorities}, opens: opensOnceDecided, holds: true,
	},
	KindObligation: {
		title: "reporting obligation", shape: shape{key: true, round: true}, content: func() Content { return new(Delivery) },
		run: RunObligations, noted: true, opens: opensOnItsDay,
	},
	KindItem: {
		title: "extraordinary item", shape: shape{key: true}, run: RunCycle, byHand: true,
		submitters: []Body{Presidency, Commission, GeneralSecretariat}, adopted: true, noted: true, opens: opensOnItsDay, holds: true,
	},
	KindDefinition: {title: "definition of the cycle", run: RunCycle},
}

// Kinds lists the kinds of subject by name.
func Kinds() []Kind { return kindsWith(func(kind) bool { return true }) }

// ContentKinds lists the kinds whose content may be kept here, by name. What corrects is kept
// as what it corrects.
func ContentKinds() []Kind {
	return kindsWith(func(k kind) bool { return k.content != nil && k.corrects == "" })
}

// ChainKinds lists the kinds of subject whose chain a definition may give.
func ChainKinds() []Kind { return kindsWith(func(k kind) bool { return k.chain != nil }) }

func kindsWith(has func(kind) bool) []Kind {
	var all []Kind
	for name, row := range kinds {
		if has(row) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// Title gives the word people use, such as "threat assessment".
func (k Kind) Title() string { return kinds[k].title }

// Adopted says whether subjects of the kind are settled by adoption; what is
// merely delivered to a body is noted, and cannot fail for want of agreement.
func (k Kind) Adopted() bool { return kinds[k].adopted }

// ByHand says whether somebody opens subjects of the kind, on any day, and not the
// calendar of the cycle.
func (k Kind) ByHand() bool { return kinds[k].byHand }

// OfPlan says whether subjects of the kind are about an OAP.
func (k Kind) OfPlan() bool { return kinds[k].ofPlan }

// Form gives the kind whose form subjects of the kind have: of a correction, that of what it
// corrects.
func (k Kind) Form() Kind { return cmp.Or(kinds[k].corrects, k) }

// NewContent makes an empty content of a kind, or nil where none is kept here.
func NewContent(k Kind) Content {
	if empty := kinds[k].content; empty != nil {
		return empty()
	}
	return nil
}

// Chain gives the chain of a kind of subject.
func (d *Definition) Chain(k Kind) Chain {
	k = k.Form()
	chain, given := d.Chains[k]
	if usual := kinds[k].chain; !given && usual != nil {
		return *usual
	}
	return chain
}

// Run gives the run in which the subject is settled.
func (s Subject) Run() Run {
	row := kinds[s.Kind]
	switch {
	case row.run != RunPlan:
		return Run{Kind: row.run, Cycle: s.Cycle}
	case row.ofPlan:
		return Run{Kind: row.run, Cycle: s.Cycle, Plan: s.Plan()}
	default:
		return Run{Kind: row.run, Cycle: s.Cycle, Plan: s}
	}
}

// Place gives the path by which grants are limited: that of the subject, where a
// report, its correction and a change lie under their plan.
func (s Subject) Place() string {
	if kinds[s.Kind].ofPlan {
		return s.Plan().String()
	}
	return s.String()
}
