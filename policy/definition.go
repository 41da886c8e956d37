package policy

import (
	"slices"
	"strings"
)

// DefinitionFormat is the format number this code writes. Older formats are
// read, newer ones refused.
const DefinitionFormat = 1

// Definition is a whole policy cycle as data, and what a cycle file holds: dates,
// priorities, chains, meetings and voting. What bodies, kinds of document, stages, roles
// and rules there are is EMPACT, and code. The comments on its fields are what
// cycle.schema.json says of them.
type Definition struct {
	Format int    `json:"format"` // the format of the file
	Key    string `json:"key"`    // the name of the cycle in commands
	Title  string `json:"title"`  // the name of the cycle for people
	// Predecessor is the key of the cycle before it.
	Predecessor string `json:"predecessor,omitempty"`

	// A cycle has two calendars. Sources mix them up.

	// PolicyWindow is when its policy is made.
	PolicyWindow Window `json:"policy_window"`
	// ImplementationWindow is when its plans are carried out.
	ImplementationWindow Window `json:"implementation_window"`
	// Language is the language of the titles, as its code of two letters.
	Language Language `json:"language,omitempty"`

	// Assessment is the threat assessment that Europol delivers.
	Assessment Assessment `json:"assessment"`
	// AdvisoryDocument is the policy advisory document; left out where there is none.
	AdvisoryDocument *Milestone `json:"advisory_document,omitempty"`
	// Conclusions are the Council's conclusions on the priorities.
	Conclusions Milestone `json:"conclusions"`
	// Review is the interim assessment for the mid-cycle review.
	Review *OpenMilestone `json:"review,omitempty"`
	// Evaluation is the independent evaluation.
	Evaluation OpenMilestone `json:"evaluation"`

	// Chains gives the chain of each kind of document; a kind left out passes the
	// usual one.
	Chains map[Kind]Chain `json:"chains,omitempty"`

	MASP MASP `json:"masp"` // which Multi-Annual Strategic Plans the cycle has: a general one, one for each priority, or both
	// Strategy is the key of the internal security strategy that the cycle serves; left out,
	// that of 2010.
	Strategy string `json:"strategy,omitempty"`
	// Strategies are strategies beside those that ship with policycycle.
	Strategies []Strategy `json:"strategies,omitempty"`
	// Funds are funds beside those that ship, or the same ones in other words.
	Funds []Fund `json:"funds,omitempty"`
	// Bodies are bodies beside those that ship, or the same ones in other words.
	Bodies BodyTable `json:"bodies,omitempty"`
	// Vocabulary says in which words bodies conclude, where they are other ones than those
	// that ship.
	Vocabulary []Usage `json:"vocabulary,omitempty"`
	// PreventionFloor is the least share of actions of prevention among the actions of a
	// priority, in percent; left out, there is none.
	PreventionFloor int `json:"prevention_floor,omitempty" jsonschema:"minimum=0,maximum=100"`
	// Weights are rules that weigh less in this cycle, each by a recorded decision.
	Weights []Weight `json:"weights,omitempty"`
	// StrategicGoals are the common horizontal strategic goals (CHSG), as they are proposed: once
	// COSI has adopted the general MASP, they are those of that text.
	StrategicGoals []Goal `json:"strategic_goals,omitempty"`
	// Periods are its periods, in order.
	Periods []Period `json:"periods" jsonschema:"minItems=1"`
	// Priorities are the priorities proposed to the Council. Once it has adopted its text,
	// their words are those of that text.
	Priorities []Priority `json:"priorities" jsonschema:"minItems=1"`
	// Obligations are the reporting obligations.
	Obligations []Obligation `json:"obligations,omitempty"`
	// Reminders says when those whose turn it is are reminded; left out, two weeks
	// before, and the Presidency is told 30 days after the due date.
	Reminders *Reminders `json:"reminders,omitempty"`

	// Voting says which bodies decide by a majority. Whatever is left out decides by
	// consensus.
	Voting []Voting `json:"voting,omitempty"`
	// Meetings is the calendar of the bodies. Due dates may hang on a meeting.
	Meetings []PlannedMeeting `json:"meetings,omitempty"`
	// AttendanceLevel is the level at which Member States agreed to take part
	// in COSI; left out where nothing was agreed.
	AttendanceLevel Level `json:"attendance_level,omitempty"`
	// Lineage says what became of priorities of the cycle before that go on in
	// no priority of this one.
	Lineage []Lineage `json:"lineage,omitempty"`
	// Stores lists the kinds of document whose content, and the registers whose
	// rows, are kept here. What is not listed is held elsewhere: a version is
	// then a register entry alone, and no rule can look into it.
	Stores []string `json:"keeps,omitempty"`
	// Readers says who reads what is marked LIMITE in the cycle beside those who usually
	// do, and who does not; left out, the Member States, the institutions and the agencies do.
	Readers *Readers `json:"readers,omitempty"`

	// Sources name the public sources of the parts that are facts.
	Sources []Cited `json:"sources,omitempty"`
	// Illustrative lists the parts that no public source gives, by their path,
	// such as periods[].due.
	Illustrative []string `json:"illustrative,omitempty"`
}

// Window is a span of days, both ends included.
type Window struct {
	From Date `json:"from"` // its first day
	To   Date `json:"to"`   // its last day
}

// whole is the time from the first day of the cycle to the last of its plans.
func (d *Definition) whole() Window { return Window{d.PolicyWindow.From, d.ImplementationWindow.To} }

// AssessmentKind is the kind of threat assessment a cycle rests on.
type AssessmentKind string

// The kinds of threat assessment. The Council conclusions of 24-25 February
// 2011 name the OCTA for 2011 and the SOCTA from 2013 on.
const (
	OCTA  AssessmentKind = "OCTA"
	SOCTA AssessmentKind = "SOCTA"
	// InterimSOCTA is the interim assessment for the mid-cycle review.
	InterimSOCTA AssessmentKind = "interim-SOCTA"
)

// Assessment is the threat assessment that Europol delivers.
type Assessment struct {
	Kind  AssessmentKind `json:"kind"`  // its kind
	Title string         `json:"title"` // its name for people
	Due   Date           `json:"due"`   // when it is delivered
}

// Milestone is a date by which something is settled by its last body.
type Milestone struct {
	Due Date `json:"due"` // when its last body is to have settled it
}

// OpenMilestone is a milestone whose work starts at a date of its own.
type OpenMilestone struct {
	Opens Date `json:"opens"` // when work on it may start
	Due   Date `json:"due"`   // when its last body is to have settled it
}

// Chain is how a kind of document is handed in and which bodies it then passes,
// in order. The last body settles it; the others prepare.
type Chain struct {
	// SubmitDaysBefore is how many days before the due date the document is
	// handed in.
	SubmitDaysBefore int `json:"submit_days_before" jsonschema:"minimum=0,maximum=3660"`
	// Through lists the bodies it passes, in order; the last one settles it.
	Through []Step `json:"through"`
	// FinalTextDays is how many days after an adoption with amendments the General Secretariat
	// enters the final text; left out, 30.
	FinalTextDays int `json:"final_text_days,omitempty" jsonschema:"minimum=1,maximum=3660"`
}

// usualFinalTextDays is how many days after the adoption a final text is due where the chain
// does not say.
const usualFinalTextDays = 30

// Step is one body's turn in a chain.
type Step struct {
	Body Body `json:"body"` // whose turn it is
	// DaysBefore is how many days before the due date the body concludes; the last
	// one concludes on it.
	DaysBefore int `json:"days_before,omitempty" jsonschema:"minimum=0,maximum=3660"`
	// Again says that the body is asked again where a new version (REV) is handed in after it
	// concluded.
	Again bool `json:"again,omitempty"`
}

// MASP says which Multi-Annual Strategic Plans the cycle has: one for each
// priority, a general one, or both side by side.
type MASP struct {
	// PerPriority says that each priority has a MASP of its own.
	PerPriority bool `json:"per_priority,omitempty"`
	// General is the one MASP common to all priorities.
	General  *GeneralMASP `json:"general,omitempty"`
	Drafting Date         `json:"drafting"` // when drafting may start
	Due      Date         `json:"due"`      // when COSI is to have adopted them
}

// GeneralMASP is the one strategic plan common to all priorities.
type GeneralMASP struct {
	Key   string `json:"key"`
	Title string `json:"title"`
}

// Goal is a common horizontal strategic goal, by its number or key.
type Goal struct {
	Key   string `json:"key"`
	Title string `json:"title"`
}

// Period is one stretch of the implementation window with OAPs of its own: 12
// months until 2023, 24 from 2024 on.
type Period struct {
	Key      string  `json:"key"`
	From     Date    `json:"from"`     // its first day
	To       Date    `json:"to"`       // its last day
	Drafting Date    `json:"drafting"` // when drafting of its OAPs may start
	Due      Date    `json:"due"`      // when COSI is to have adopted them
	Reports  []Round `json:"reports"`  // its reporting rounds
}

// Round is one reporting round on the OAPs of a period: each driver reports on its
// OAP.
type Round struct {
	Key   string `json:"key"`
	Opens Date   `json:"opens"` // when reports may be handed in
	Due   Date   `json:"due"`   // when the last body is to have dealt with them
	// Covers is the time of which the reports tell. Left out, it is the time since the
	// round before, or since the period began, to the due date, or to the end of the period
	// where that comes first.
	Covers *Window `json:"covers,omitempty"`
}

// CoverOf gives the time that a report covers; zero where the definition has no such round.
func (d *Definition) CoverOf(report Subject) Window {
	at := slices.IndexFunc(d.Periods, func(p Period) bool { return p.Key == report.Period })
	if at < 0 {
		return Window{}
	}
	p := d.Periods[at]
	cover := Window{To: p.From.AddDays(-1)}
	for _, r := range p.Reports {
		cover = Window{From: cover.To.AddDays(1), To: Earliest(r.Due, p.To)}
		if r.Covers != nil {
			cover = *r.Covers
		}
		if r.Key == report.Round {
			return cover
		}
	}
	return Window{}
}

// Title gives the key as people say it: "October 2025" of "october-2025".
func (r Round) Title() string {
	words := strings.ReplaceAll(r.Key, "-", " ")
	return strings.ToUpper(words[:min(len(words), 1)]) + words[min(len(words), 1):]
}

// PriorityKind says what a priority is about.
type PriorityKind string

// The kinds of priority.
const (
	PriorityCrime        PriorityKind = "crime"
	PriorityRegional     PriorityKind = "regional"
	PriorityCrossCutting PriorityKind = "cross-cutting"
)

// PriorityKinds lists the kinds of priority.
var PriorityKinds = []PriorityKind{PriorityCrime, PriorityRegional, PriorityCrossCutting}

// Priority is one of the limited number of priorities that the Council sets.
type Priority struct {
	Key    string       `json:"key"`
	Title  string       `json:"title"`
	Kind   PriorityKind `json:"kind"`             // what it is about
	Aim    string       `json:"aim,omitempty"`    // what is to be reached
	Region string       `json:"region,omitempty"` // the region of a regional priority
	// SubPriorities are the parts of the priority.
	SubPriorities []SubPriority `json:"sub_priorities,omitempty"`
	// OAPs are the Operational Action Plans under it, repeated in each period.
	OAPs  []OAP    `json:"oaps" jsonschema:"minItems=1"`
	Areas []string `json:"areas,omitempty"` // its crime areas, such as firearms
	// Objectives are the objectives of the internal security strategy that it serves.
	Objectives []Objective `json:"objectives,omitempty"`
	// Threats are the main threats that it answers.
	Threats []MainThreat `json:"threats,omitempty"`
	// Lineage says from which priorities of the cycle before it comes.
	Lineage []Lineage `json:"lineage,omitempty"`
	// AddedOn is the date of the decision that added it while the cycle ran, written
	// by policycycle; left out for a priority of the Council's first conclusions.
	AddedOn Date `json:"added_on,omitzero"`
	// AmendedOn is the date of the decision that worded it anew after the Council had adopted
	// it, written by policycycle; left out where the words are those of the Council's text.
	AmendedOn Date `json:"amended_on,omitzero"`
}

// SubPriority is a part of a priority.
type SubPriority struct {
	Key   string `json:"key"`
	Title string `json:"title"`
}

// OAP is one Operational Action Plan under a priority, repeated in each period.
type OAP struct {
	Key         string `json:"key"`
	Title       string `json:"title"`
	SubPriority string `json:"sub_priority,omitempty"` // the part of the priority that it serves
	// Driver is the Member State that owns the plan. While it is vacant any
	// Member State may hand the plan in.
	Driver Body `json:"driver,omitempty"`
	// From lists the keys of the OAPs it came from, where plans were split or
	// merged.
	From []string `json:"from,omitempty"`
	// AddedOn is the date of the decision that added it while the cycle ran, written
	// by policycycle; left out for one of the first.
	AddedOn Date `json:"added_on,omitzero"`
}

// Lineage is what ties a priority to one of the cycle before.
type Lineage struct {
	Priority string  `json:"priority"` // its key in the cycle before
	How      Descent `json:"how"`      // what became of it
}

// Descent is what became of a priority in the next cycle.
type Descent string

var descents = []Descent{"kept", "split", "merged", "became-horizontal", "ended"}

// Words lists what may become of a priority.
func (Descent) Words() []string { return Texts(descents) }

// UnmarshalText reads what became of a priority; empty text is none.
func (d *Descent) UnmarshalText(text []byte) error {
	return oneOf(d, text, "what may become of a priority")
}

// PlannedMeeting is one meeting of a body.
type PlannedMeeting struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Body  Body   `json:"body"` // the body that meets
	On    Date   `json:"on"`   // when it meets
	// Settles lists the paths of the subjects that fall due at the meeting,
	// with * for any part, such as oap/2022/*. If the meeting moves, they move.
	Settles []string `json:"settles,omitempty"`
	// Cancelled is the day on which it was cancelled: it stays in the calendar, and
	// nothing hangs on it any more.
	Cancelled Date `json:"cancelled,omitzero"`
	// Rectified is the day on which its own was put right, after it had passed.
	Rectified Date `json:"rectified,omitzero"`
}

// Obligation is a reporting obligation with all its due dates.
type Obligation struct {
	Key    string         `json:"key"`
	Title  string         `json:"title"`
	Kind   ObligationKind `json:"kind,omitempty"`             // what kind of report is owed
	OwedBy Body           `json:"owed_by"`                    // who reports
	To     []Body         `json:"to" jsonschema:"minItems=1"` // who receives the report
	Due    []Date         `json:"due"`                        // every date on which a report is due
}

// ObligationKind is what kind of report is owed.
type ObligationKind string

// The kinds of obligation.
const (
	// AnnualReport is the Commission's annual report to Parliament and Council.
	AnnualReport ObligationKind = "annual-report"
	// RegularUpdate is an update on actions under the strategy.
	RegularUpdate ObligationKind = "update"
	// ParliamentReport is the report by which the Council keeps the European Parliament and
	// the national parliaments informed, on what COSI has reported to it: Art. 71 TFEU;
	// Decision 2010/131/EU, Art. 6.
	ParliamentReport ObligationKind = "report-to-parliaments"
)

var obligationKinds = []ObligationKind{AnnualReport, RegularUpdate, ParliamentReport}

// Words lists the kinds of obligation.
func (ObligationKind) Words() []string { return Texts(obligationKinds) }

// UnmarshalText reads a kind of obligation; empty text is none.
func (k *ObligationKind) UnmarshalText(text []byte) error {
	return oneOf(k, text, "a kind of obligation")
}

// Weight is how much a rule weighs in a cycle.
type Weight struct {
	Rule     string   `json:"rule"`     // such as S6
	Severity Severity `json:"severity"` // no more than the rule weighs elsewhere
	// Decision is the path of the item before COSI or the Council by whose outcome it is
	// decided, such as item/own-assessments. The weight counts once that is recorded.
	Decision string `json:"decision"`
}

// Reminders says when those whose turn it is are reminded, besides on the due date
// and on the day after.
type Reminders struct {
	// BeforeDays lists how many days before.
	BeforeDays []int `json:"before_days" jsonschema:"maxItems=10,minimum=1,maximum=366"`
	// EscalateDays is how many days after the due date the Presidency is told as
	// well; 0 is never.
	EscalateDays int `json:"escalate_days" jsonschema:"minimum=0,maximum=3660"`
}

// DefaultReminders is used by a cycle that says nothing of reminders.
var DefaultReminders = Reminders{BeforeDays: []int{14}, EscalateDays: 30}

// Stores says whether the content of a kind, or the rows of a register, are kept
// here.
func Stores[T ~string](d *Definition, what T) bool {
	return slices.Contains(d.Stores, string(Kind(what).Form()))
}

// Meeting finds a meeting by its key, or nil.
func (d *Definition) Meeting(key string) *PlannedMeeting {
	for i := range d.Meetings {
		if d.Meetings[i].Key == key {
			return &d.Meetings[i]
		}
	}
	return nil
}

// Priority finds a priority by its key, or nil.
func (d *Definition) Priority(key string) *Priority {
	for i := range d.Priorities {
		if d.Priorities[i].Key == key {
			return &d.Priorities[i]
		}
	}
	return nil
}

// Ladder gives the reminders in force.
func (d *Definition) Ladder() Reminders {
	if d.Reminders != nil {
		return *d.Reminders
	}
	return DefaultReminders
}
