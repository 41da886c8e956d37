package policy

import (
	"slices"
	"strings"
)

// Outcome is what a body concluded on a subject, or how the subject ended.
type Outcome string

// The outcomes a body may conclude.
const (
	Adopted               Outcome = "adopted"
	AdoptedWithAmendments Outcome = "adopted-with-amendments"
	TookNote              Outcome = "took-note"
	ReferredBack          Outcome = "referred-back"
	Postponed             Outcome = "postponed"
	// WithdrawnFromAgenda took the item off one meeting's agenda; it stays
	// before the same body.
	WithdrawnFromAgenda Outcome = "withdrawn-from-agenda"
	NotAgreed           Outcome = "not-agreed"
)

// More ways in which a subject ends, which no body concludes.
const (
	// Delivered ends a subject that no body has to settle: handing it in is
	// enough.
	Delivered Outcome = "delivered"
	// Discontinued ends a subject that an amendment of the cycle took away.
	Discontinued Outcome = "discontinued"
	// Lapsed ends an occurrence of a reporting obligation that was never met:
	// a later one was.
	Lapsed Outcome = "lapsed"
)

// Outcomes lists what a body may conclude, in the order people read them.
var Outcomes = []Outcome{
	Adopted, AdoptedWithAmendments, TookNote, ReferredBack, Postponed, WithdrawnFromAgenda, NotAgreed,
}

// ParseOutcome reads one of Outcomes, with spaces or underscores for hyphens.
// The error has CodeInvalid and lists them.
func ParseOutcome(text string) (Outcome, error) {
	if o := Outcome(hyphened(text)); slices.Contains(Outcomes, o) {
		return o, nil
	}
	return "", Refuse(CodeInvalid, "%q is not an outcome: use %s", text, strings.Join(Texts(Outcomes), ", "))
}

// Positive says whether the outcome lets what rests on it go on.
func (o Outcome) Positive() bool {
	return o == Adopted || o == AdoptedWithAmendments || o == TookNote || o == Delivered
}

// Defers says whether the body did not conclude: it has its turn still.
func (o Outcome) Defers() bool { return o == Postponed || o == WithdrawnFromAgenda }

// Adopts says whether the outcome is an adoption.
func (o Outcome) Adopts() bool { return o == Adopted || o == AdoptedWithAmendments }

// WantsReason says whether who concludes so is to say why.
func (o Outcome) WantsReason() bool { return o == ReferredBack || o == NotAgreed }

// Title gives the words people use, such as "adopted with amendments".
func (o Outcome) Title() string {
	if o == WithdrawnFromAgenda {
		return "withdrawn from the agenda"
	}
	return strings.ReplaceAll(string(o), "-", " ")
}

// UnmarshalText reads an outcome as ParseOutcome does; empty text is none.
func (o *Outcome) UnmarshalText(text []byte) error {
	if s := Outcome(text); s == Delivered || s == Discontinued || s == Lapsed {
		*o = s
		return nil
	}
	return fromText(o, text, ParseOutcome)
}

// OutcomesFor lists what a body can conclude on its turn: what settles subjects of
// this kind, and what lets them go on.
func (e Entry) OutcomesFor(s Standing, body Body, today Date) []Outcome {
	return slices.DeleteFunc(slices.Clone(Outcomes), func(o Outcome) bool {
		return e.concludes(body, o) != nil || s.silent(body, o, today) != nil
	})
}

// concludes says why a body cannot conclude an outcome on its turn.
func (e Entry) concludes(body Body, outcome Outcome) error {
	last := TurnOf(e, body) == len(e.Turns)-1
	settled := kinds[e.Subject.Kind]
	switch {
	case outcome.Adopts() && !e.Bodies.Collective(body):
		return Refuse(CodeNotCompetent, "%s adopts nothing: it takes note or refers back", e.Bodies.Title(body))
	case last && outcome == TookNote && !settled.noted:
		return missing("outcome", "taking note does not settle %s: %s adopts it, refers it back or does not agree", e.Subject, e.Bodies.Title(body))
	case last && outcome == NotAgreed && !settled.adopted:
		return missing("outcome", "%s cannot fail for want of agreement: take note of it or refer it back", e.Subject)
	default:
		return nil
	}
}

// silent says that a silence procedure adopts, as long as it runs, and nobody else.
func (s Standing) silent(body Body, outcome Outcome, today Date) error {
	if !s.Silence.Open(today) || s.Silence.Body != body || !outcome.Positive() {
		return nil
	}
	return Refuse(CodeNotOpen, "a silence procedure on %s runs until %s: it adopts unless a delegation objects", s.Subject, s.Silence.Deadline)
}

// Procedure is how a body reached its outcome.
type Procedure string

// The procedures an outcome may be reached by.
const (
	Meeting          Procedure = "meeting"
	WrittenProcedure Procedure = "written-procedure"
	// SilenceProcedure adopts what was proposed unless a delegation objects before
	// the deadline. Two people stand for its launch, and one for its end.
	SilenceProcedure Procedure = "silence-procedure"
)

// Procedures lists the procedures, in the order people read them.
var Procedures = []Procedure{Meeting, WrittenProcedure, SilenceProcedure}

// UnmarshalText reads a procedure, with spaces or underscores for hyphens;
// empty text is none. The error has CodeInvalid.
func (p *Procedure) UnmarshalText(text []byte) error {
	read := Procedure(strings.NewReplacer(" ", "-", "_", "-").Replace(strings.ToLower(string(text))))
	if read != "" && !slices.Contains(Procedures, read) {
		return Refuse(CodeInvalid, "%q is not a procedure: use %s", text, strings.Join(Texts(Procedures), ", "))
	}
	*p = read
	return nil
}
