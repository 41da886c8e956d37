package policy

import (
	"slices"
	"strings"
)

// ActKind is what is done to a subject.
type ActKind string

// The kinds of act.
const (
	// ActSubmit hands in a version of a document.
	ActSubmit ActKind = "submit"
	// ActDecide records what a body concluded.
	ActDecide ActKind = "decide"
	// ActOpen opens an extraordinary item.
	ActOpen ActKind = "open"
	// ActAmend changes the definition of a running cycle.
	ActAmend ActKind = "amend"
)

// Act is one act on one subject, as somebody states it. Which fields it needs
// depends on its kind: see Check.
type Act struct {
	Kind    ActKind `json:"kind"`
	Subject Subject `json:"subject"`
	// Date is when it happened on the calendar of the cycle: the day of the
	// meeting, not the day of typing. Lateness is judged by it.
	Date Date `json:"date"`
	// By is who types it.
	By       Actor    `json:"by"`
	Document Document `json:"document,omitempty"`
	Comment  string   `json:"comment,omitempty"`
	// Rectifies is the ID of an earlier act on the same subject that was
	// entered wrongly. The earlier one stays in the record.
	Rectifies string `json:"rectifies,omitempty"`

	// Version and Digest are what a decision is about. A submission carries
	// the digest of its content; its version number is given when recorded.
	Version int    `json:"version,omitempty"`
	Digest  string `json:"digest,omitempty"`

	// Of a decision.
	Body      Body      `json:"body,omitempty"`
	Outcome   Outcome   `json:"outcome,omitempty"`
	Procedure Procedure `json:"procedure,omitempty"`
	Meeting   string    `json:"meeting,omitempty"`
	// Items gives, where one act settles many items, the outcome of those that
	// are not settled like the whole.
	Items      []ItemOutcome `json:"items,omitempty"`
	SkipReason string        `json:"skip_reason,omitempty"` // why earlier bodies of the chain are left out

	// Content is the digest of what is handed in, where it is kept here.
	Content string `json:"content,omitempty"`
	// Irregular records a documented fact that a blocking rule would have
	// stopped.
	Irregular *Irregular `json:"irregular,omitempty"`

	// Of the opening of an extraordinary item, or of a change of an OAP.
	Opening *Opening `json:"opening,omitempty"`

	// Of an amendment of the cycle.
	Amendment *AmendmentRef `json:"amendment,omitempty"`
}

// Irregular says why a fact is recorded that went against a rule. Two people
// stand for it. Who may adopt what is never waived by it.
type Irregular struct {
	Reason      string `json:"reason"`
	ConfirmedBy Actor  `json:"confirmed_by"`
}

// ItemOutcome is the outcome of one item that an act settles among others: one
// priority in the Council's conclusions.
type ItemOutcome struct {
	Item    string  `json:"item"`
	Outcome Outcome `json:"outcome"`
}

// AmendmentRef points to an amended definition that is already stored.
type AmendmentRef struct {
	// BaseVersion is the version of the definition that the amendment was
	// written against.
	BaseVersion int `json:"base_version"`
	// Decision is the ID of the recorded decision that the amendment rests on;
	// empty where it moves meetings alone.
	Decision string `json:"decision,omitempty"`
}

// maxText is the longest free text an act may carry, in bytes.
const maxText = 4000

// Check says whether the act is well formed, whatever the records hold. The
// error has CodeInvalid and names the field.
func (a *Act) Check() error {
	switch {
	case a.Subject.Cycle == "":
		return missing("subject", "say which subject it is about, such as empact-2022-2025/priorities")
	case a.Date.IsZero():
		return missing("date", "say on which date it happened, such as 2021-05-26")
	case a.By.Name == "" || !a.By.Body.Known():
		return missing("by", "say who records it as NAME@BODY, such as anna@general-secretariat")
	case len(a.Comment) > maxText || len(a.SkipReason) > maxText || len(a.Meeting) > maxText:
		return missing("comment", "a text is at most %d bytes long", maxText)
	}
	if err := a.checkIrregular(); err != nil {
		return err
	}
	if a.Document != "" {
		if _, err := ParseDocument(string(a.Document)); err != nil {
			return err
		}
	}
	switch a.Kind {
	case ActSubmit:
		return nil
	case ActDecide:
		return a.checkDecision()
	case ActOpen:
		return a.checkOpening()
	case ActAmend:
		if a.Subject.Kind != KindDefinition || a.Amendment == nil || a.Digest == "" {
			return missing("amendment", "an amendment names the amended definition")
		}
		return nil
	default:
		return missing("kind", "%q is not a kind of act", a.Kind)
	}
}

func (a *Act) checkIrregular() error {
	i := a.Irregular
	switch {
	case i == nil:
		return nil
	case a.Kind != ActDecide:
		return missing("irregular", "only a decision is recorded as irregular")
	case strings.TrimSpace(i.Reason) == "" || len(i.Reason) > maxText:
		return missing("irregular", "say why it is recorded all the same, in at most %d bytes", maxText)
	case i.ConfirmedBy.Name == "" || !i.ConfirmedBy.Body.Known():
		return missing("confirmed_by", "say who confirms it as NAME@BODY")
	case samePerson(i.ConfirmedBy, a.By):
		return missing("confirmed_by", "a second person confirms an irregular fact: %s records it", a.By)
	case i.ConfirmedBy.Body != GeneralSecretariat && i.ConfirmedBy.Body != Presidency:
		return Refuse(CodeNotCompetent, "%s may not confirm an irregular fact: the General Secretariat or the Presidency does", i.ConfirmedBy.Body.Title())
	}
	return nil
}

func samePerson(a, b Actor) bool {
	return strings.EqualFold(strings.TrimSpace(a.Name), strings.TrimSpace(b.Name))
}

func (a *Act) checkDecision() error {
	switch {
	case !a.Body.Known():
		return missing("body", "say which body concluded, such as cosi")
	case !slices.Contains(Outcomes, a.Outcome):
		return missing("outcome", "say what the body concluded, such as adopted")
	case a.Procedure != Meeting && a.Procedure != WrittenProcedure:
		return missing("procedure", "say whether it was a meeting or a written procedure")
	case a.Document == "":
		return missing("document", "name the document that shows the outcome by its register number, such as \"ST 8665/21\"")
	case a.Version < 1:
		return missing("version", "say which version was decided on")
	}
	seen := map[string]bool{}
	for _, item := range a.Items {
		if seen[item.Item] {
			return missing("items", "%q is listed twice", item.Item)
		}
		seen[item.Item] = true
		if !item.Outcome.Adopts() && item.Outcome != NotAgreed {
			return missing("items", "the outcome of the item %q must be adopted, adopted-with-amendments or not-agreed", item.Item)
		}
	}
	return nil
}

func (a *Act) checkOpening() error {
	o := a.Opening
	switch {
	case a.Subject.Kind == KindChange:
		return a.checkChange()
	case a.Subject.Kind != KindItem:
		return missing("subject", "only an extraordinary item or a change of an OAP is opened by hand: CYCLE/item/KEY or CYCLE/change/PERIOD/OAP/NUMBER")
	case o == nil || o.Title == "":
		return missing("title", "give the item a title")
	case o.Due.Before(a.Date):
		return missing("due", "the item falls due on %s, before it is opened on %s", o.Due, a.Date)
	case len(o.Through) == 0:
		return missing("through", "say which bodies the item passes, such as cosi,coreper,council")
	}
	for i, body := range o.Through {
		if !body.Collective() {
			return missing("through", "%s cannot settle an item: use %v", body.Title(), collective)
		}
		if slices.Index(o.Through, body) < i {
			return missing("through", "%s is listed twice: a body has one turn", body.Title())
		}
	}
	return nil
}

func (a *Act) checkChange() error {
	o := a.Opening
	switch {
	case o == nil || o.Title == "":
		return missing("title", "say in a title what changes")
	case o.Due.Before(a.Date):
		return missing("due", "the change falls due on %s, before it is opened on %s", o.Due, a.Date)
	case len(o.Through) > 0:
		return missing("through", "a change of an OAP passes the chain that the cycle gives: leave the bodies out")
	}
	return nil
}

func missing(field, format string, args ...any) *Error {
	e := Refuse(CodeInvalid, format, args...)
	e.Field = field
	return e
}

// Recorded is an act as it stands in the record.
type Recorded struct {
	Act
	ID string `json:"id"`
	// ArrivedOn is the date the calendar showed when the act was recorded;
	// never used to judge lateness.
	ArrivedOn Date `json:"arrived_on"`
	// Due is when the turn that the act ended fell due.
	Due Date `json:"due"`
}

// DaysLate says how many days after its due date the act happened; 0 when in
// time.
func (r Recorded) DaysLate() int {
	if r.Due.IsZero() {
		return 0 // an opening or an amendment falls due on no date
	}
	return max(0, r.Due.DaysUntil(r.Date))
}
