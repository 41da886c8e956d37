package policy

import (
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// ActKind is what is done to a subject.
type ActKind string

// The kinds of act.
const (
	// ActSubmit hands in a version of a document.
	ActSubmit ActKind = "submit"
	// ActDecide records what a body concluded. Where the body is collective, or the
	// fact irregular, it takes effect once a second person confirms it.
	ActDecide ActKind = "decide"
	// ActConfirm confirms, as a second person, what was recorded.
	ActConfirm ActKind = "confirm"
	// ActSetAside takes back what was recorded and not confirmed yet. It stays in
	// the record, without effect.
	ActSetAside ActKind = "set-aside"
	// ActLaunch launches a silence procedure of a collective body. It takes effect
	// once a second person confirms it.
	ActLaunch ActKind = "launch"
	// ActPosition is the position that a delegation takes on a version.
	ActPosition ActKind = "position"
	// ActCorrect corrects what was adopted, under a number with COR.
	ActCorrect ActKind = "correct"
	// ActFinalise enters the final text of what was adopted with amendments. It takes
	// effect once a second person confirms it.
	ActFinalise ActKind = "finalise"
	// ActOpen opens an extraordinary item.
	ActOpen ActKind = "open"
	// ActAmend changes the definition of a running cycle.
	ActAmend ActKind = "amend"
)

// ActKinds lists the kinds of act.
var ActKinds = []ActKind{
	ActSubmit, ActDecide, ActConfirm, ActSetAside, ActLaunch, ActPosition, ActCorrect, ActFinalise, ActOpen, ActAmend,
}

// Act is one act on one subject, as somebody states it. Which fields it needs
// depends on its kind: see Check.
type Act struct {
	Kind ActKind `json:"kind"` // what is done
	// Subject is the path of what it is done to, with the cycle.
	Subject Subject `json:"subject"`
	// Date is when it happened on the calendar of the cycle: the day of the
	// meeting, not the day of typing. Lateness is judged by it.
	Date Date `json:"date"`
	// By is who types it.
	By Actor `json:"by"`
	// For is whom that person stands in for, if anybody.
	For *Actor `json:"for,omitempty"`
	// Document is the register number of what is handed in, or of what shows the outcome.
	Document DocumentRef `json:"document,omitempty"`
	Comment  string      `json:"comment,omitempty"` // is kept with the record
	// Language is that in which what is said or handed in here is written.
	Language Language `json:"language,omitempty"`
	// Rectifies is the ID of an earlier act on the same subject that was
	// entered wrongly. The earlier one stays in the record.
	Rectifies string `json:"rectifies,omitempty"`

	// Version is the one that a decision is about, from 1. That of a submission is given when
	// it is recorded.
	Version int `json:"version,omitempty"`
	// Digest is that of the text that is handed in or decided on; of a confirmation, that of
	// what the record states.
	Digest string `json:"digest,omitempty"`
	// Revises is the number of the version, before a body, in whose place a submission is
	// handed in (REV); 0 where none is.
	Revises int `json:"revises,omitempty"`

	Body      Body      `json:"body,omitempty"`      // the one that concluded, or before which it is
	Outcome   Outcome   `json:"outcome,omitempty"`   // what it concluded
	Procedure Procedure `json:"procedure,omitempty"` // how it came to that
	Meeting   string    `json:"meeting,omitempty"`   // which meeting it was
	// OtherDay says that the meeting took place on another day than the calendar of
	// the cycle has for it.
	OtherDay bool `json:"other_day,omitempty"`
	// Items gives, where one act settles many items, the outcome of those that
	// are not settled like the whole.
	Items      []ItemOutcome `json:"items,omitempty"`
	SkipReason string        `json:"skip_reason,omitempty"` // why earlier bodies of the chain are left out

	// Substantive says that a corrigendum changes the meaning, so that it is to be
	// adopted anew.
	Substantive bool `json:"substantive,omitempty"`
	// Deadline is the last day on which a delegation may object to what was
	// launched.
	Deadline Date `json:"deadline,omitzero"`
	// Delegation is the Member State that takes a position before the body.
	Delegation Body   `json:"delegation,omitempty"`
	Stance     Stance `json:"stance,omitempty"` // its position

	// Content is the digest of what is handed in, where it is kept here.
	Content string `json:"content,omitempty"`
	// Marking says who may read what is handed in; empty is LIMITE. Of what is
	// marked above the ceiling nothing is kept here but who holds it.
	Marking Marking `json:"marking,omitempty"`
	Holder  string  `json:"holder,omitempty"` // who holds it
	// TextDigest is the digest of the text that is held there: "sha256:" and 64 digits.
	TextDigest string `json:"text_digest,omitempty"`
	// Irregular says why a documented fact is recorded that a blocking rule would
	// have stopped. Who may adopt what is never waived by it.
	Irregular string `json:"irregular,omitempty"`

	// Confirms is the ID of what a confirmation confirms, or a setting aside sets
	// aside; Digest is then the digest of what that states.
	Confirms string `json:"confirms,omitempty"`

	// Opening is that of an extraordinary item, a change of an OAP or a correction of a report.
	Opening *Opening `json:"opening,omitempty"`

	// Amendment is that of the definition of the cycle.
	Amendment *AmendmentRef `json:"amendment,omitempty"`
}

// ItemOutcome is the outcome of one item that an act settles among others: one
// priority in the Council's conclusions.
type ItemOutcome struct {
	Item    string  `json:"item"`    // the key of the priority
	Outcome Outcome `json:"outcome"` // what becomes of it
}

// AmendmentRef points to an amended definition that is already stored.
type AmendmentRef struct {
	// BaseVersion is the version of the definition that the amendment was
	// written against.
	BaseVersion int `json:"base_version"`
	// Decision is the ID of the recorded decision that the amendment rests on;
	// empty where it needs none: see Records.JudgeMoved.
	Decision string `json:"decision,omitempty"`
}

// Check says whether the act is well formed, whatever the records hold. The
// error has CodeInvalid and names the field.
func (a *Act) Check() error {
	switch {
	case !slices.Contains(ActKinds, a.Kind):
		return missing("kind", "%q is not a kind of act", a.Kind)
	case !a.Subject.named():
		return missing("subject", "say which subject it is about, such as empact-2022-2025/priorities")
	case a.Date.IsZero():
		return missing("date", "say on which date it happened, such as 2021-05-26")
	case a.By.Name == "" && a.By.Person == 0 || a.By.Body == "":
		return missing("by", "say who records it as NAME@BODY, such as anna@general-secretariat")
	}
	if err := a.checkTexts(); err != nil {
		return err
	}
	if err := a.checkFields(); err != nil {
		return err
	}
	if a.Document != "" {
		if _, err := ParseDocumentRef(string(a.Document)); err != nil {
			return err
		}
	}
	switch a.Kind {
	case ActDecide:
		return a.checkDecision()
	case ActCorrect, ActFinalise:
		return a.checkNumber()
	case ActLaunch, ActPosition:
		return a.checkProcedure()
	case ActConfirm, ActSetAside:
		if a.Confirms == "" || a.Digest == "" {
			return missing("confirms", "say which record it is about, and what that states")
		}
		return nil
	case ActOpen:
		return a.checkOpening()
	case ActAmend:
		if a.Subject.Kind != KindDefinition || a.Amendment == nil || a.Digest == "" {
			return missing("amendment", "an amendment names the amended definition")
		}
		return nil
	default: // a submission needs nothing more
		return nil
	}
}

// fieldsOf lists, for each kind of act, the fields that it has beside those of every
// act. What another kind has is refused, for it would be recorded nowhere.
var fieldsOf = map[ActKind][]string{
	ActSubmit:   {"document", "rectifies", "revises", "content", "marking", "holder", "text_digest"},
	ActDecide:   {"document", "rectifies", "body", "outcome", "procedure", "meeting", "items", "skip_reason", "irregular", "other_day"},
	ActConfirm:  {"confirms"},
	ActSetAside: {"confirms"},
	ActLaunch:   {"document", "body", "procedure", "deadline"},
	ActPosition: {"body", "delegation", "stance"},
	ActCorrect:  {"document", "substantive", "content", "marking"},
	ActFinalise: {"document", "rectifies", "content", "marking", "holder", "text_digest"},
	ActOpen:     {"opening"},
	ActAmend:    {"amendment"},
}

// Fields lists the fields that an act of a kind may have.
func (k ActKind) Fields() []string { return slices.Concat(common, fieldsOf[k]) }

// common lists the fields that every act has. Not every kind looks at version and
// digest, but each is recorded with them.
var common = []string{"kind", "subject", "date", "by", "for", "comment", "language", "version", "digest"}

// checkFields refuses what belongs to another kind of act.
func (a *Act) checkFields() error {
	given := reflect.ValueOf(a).Elem()
	for i := range given.NumField() {
		field, _, _ := strings.Cut(given.Type().Field(i).Tag.Get("json"), ",")
		if !given.Field(i).IsZero() && !slices.Contains(a.Kind.Fields(), field) {
			return missing(field, "%s does not belong to an act of the kind %s: leave it out", field, a.Kind)
		}
	}
	return nil
}

// checkTexts holds the size and the characters of what people write, and the years
// of the dates.
func (a *Act) checkTexts() error {
	kept := *a
	if slices.Contains([]ActKind{ActDecide, ActLaunch, ActPosition, ActConfirm, ActSetAside}, a.Kind) {
		kept.Digest = "" // is held against what is recorded
	}
	for _, line := range []struct{ field, text string }{
		{"by.name", a.By.Name}, {"for.name", given(a.For).Name}, {"meeting", a.Meeting}, {"holder", a.Holder}, {"digest", kept.Digest},
		{"content", a.Content}, {"rectifies", a.Rectifies}, {"confirms", a.Confirms}, {"opening.title", given(a.Opening).Title},
	} {
		if strings.TrimSpace(line.text) != "" && utf8.RuneCountInString(line.text) <= MaxText && !OneLine(line.text) {
			return missing(line.field, "%s is to be one line of text that can be read", line.field)
		}
	}
	if flaws := Flaws(kept); len(flaws) > 0 {
		return &Error{Code: CodeInvalid, Field: flaws[0].Field, Message: flaws[0].remark().Message, Said: flaws[0].Said}
	}
	switch {
	case a.Version < 0 || a.Version > math.MaxInt32:
		return missing("version", "say which version was decided on")
	case a.Revises < 0 || a.Revises > math.MaxInt32:
		return missing("revises", "say which version the new one takes the place of")
	case a.Marking != "" && !slices.Contains(Markings, a.Marking):
		return missing("marking", "%q is not a marking: use %s", a.Marking, strings.Join(Texts(Markings), ", "))
	case a.Language != "" && !slices.Contains(Languages, a.Language):
		return missing("language", "%q is not an official language of the Union: use %s", a.Language, strings.Join(Texts(Languages), ", "))
	case utf8.RuneCountInString(a.By.Name) > maxName || a.For != nil && (utf8.RuneCountInString(a.For.Name) > maxName || a.For.Body == ""):
		return missing("by", "a name is at most %d characters long, and speaks for a body", maxName)
	case a.Irregular != "" && strings.TrimSpace(a.Irregular) == "":
		return missing("irregular", "only a decision is recorded as irregular, with the reason why")
	case a.TextDigest != "" && !digestForm.MatchString(a.TextDigest):
		return missing("text_digest", "%q is not the digest of a text: expected sha256: and 64 digits and letters, as sha256sum gives them", a.TextDigest)
	case a.OtherDay && a.Meeting == "":
		return missing("other_day", "only what a meeting concluded, which is named, was concluded on another day than planned")
	}
	return nil
}

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// ParseDigest reads the digest of a text as sha256sum prints it, with "sha256:" or without. The
// error has CodeInvalid.
func ParseDigest(text string) (string, error) {
	digest := strings.ToLower(strings.TrimSpace(text))
	if !strings.HasPrefix(digest, "sha256:") {
		digest = "sha256:" + digest
	}
	if !digestForm.MatchString(digest) {
		return "", missing("text_digest", "%q is not the digest of a text: expected sha256: and 64 digits and letters, as sha256sum gives them", text)
	}
	return digest, nil
}

// Stated gives a recorded act as it was stated: the number of a version is given
// when that is recorded.
func (a Act) Stated() Act {
	if slices.Contains([]ActKind{ActSubmit, ActCorrect, ActFinalise, ActAmend}, a.Kind) {
		a.Version = 0
	}
	return a
}

// Referring gives the act with other IDs of the acts that it names.
func (a Act) Referring(to func(id string) string) Act {
	if a.Rectifies != "" {
		a.Rectifies = to(a.Rectifies)
	}
	if a.Confirms != "" {
		a.Confirms = to(a.Confirms)
	}
	if opening := given(a.Opening); opening.Adopts != "" {
		opening.Adopts = to(opening.Adopts)
		a.Opening = &opening
	}
	if amendment := given(a.Amendment); amendment.Decision != "" {
		amendment.Decision = to(amendment.Decision)
		a.Amendment = &amendment
	}
	return a
}

// Corrects says whether the act may come after its subject was settled: it puts something
// right, is the word of a second person, or an objection to what a silence procedure ended in.
func (a *Act) Corrects() bool {
	return a.Rectifies != "" || a.Kind == ActPosition && a.Stance == Objects || slices.Contains([]ActKind{ActConfirm, ActSetAside, ActCorrect, ActFinalise}, a.Kind)
}

// given gives what is pointed at; the zero value where nothing is.
func given[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}

func (a *Act) checkDecision() error {
	switch {
	case a.Body == "":
		return missing("body", "say which body concluded, such as cosi")
	case !slices.Contains(Outcomes, a.Outcome):
		return missing("outcome", "say what the body concluded, such as adopted")
	case !slices.Contains(Procedures, a.Procedure):
		return missing("procedure", "say whether it was a meeting, a written procedure or the end of a silence procedure")
	case a.endsSilence() && a.Outcome != Adopted:
		return missing("outcome", "a silence procedure ends in an adoption, where no delegation objects: leave the procedure out for another outcome")
	case a.endsSilence() && (a.Meeting != "" || a.Irregular != "" || a.SkipReason != "" || slices.ContainsFunc(a.Items, func(i ItemOutcome) bool { return i.Outcome != Adopted })):
		return missing("procedure", "a silence procedure adopts what was proposed, in no meeting and without exceptions")
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

// checkNumber holds that a text that comes after the adoption has its own number.
func (a *Act) checkNumber() error {
	switch {
	case a.Document != "" && a.Digest != "":
		return nil
	case a.Kind == ActFinalise:
		return missing("document", "name the final text by its register number, such as \"ST 8665/1/21 REV 1\"")
	default:
		return missing("document", "name the corrigendum by its register number, such as \"ST 8665/21 COR 1\"")
	}
}

func (a *Act) checkProcedure() error {
	switch {
	case a.Body == "":
		return missing("body", "say before which collective body, such as cosi")
	case a.Version < 1:
		return missing("version", "say on which version")
	case a.Kind == ActLaunch && a.Procedure != SilenceProcedure:
		return missing("procedure", "a silence procedure is launched; a meeting and a written procedure are recorded with their outcome")
	case a.Kind == ActLaunch && (a.Deadline.IsZero() || a.Document == ""):
		return missing("deadline", "say until when delegations may object, and which document launches the procedure")
	case a.Kind == ActPosition && a.Delegation == "":
		return missing("delegation", "say which Member State takes the position, such as fr")
	case a.Kind == ActPosition && !slices.Contains(Stances, a.Stance):
		return missing("stance", "say what the position is: %s", strings.Join(Texts(Stances), ", "))
	}
	return nil
}

func (a *Act) checkOpening() error {
	o := a.Opening
	switch {
	case !a.Subject.Kind.ByHand():
		return RefuseOpening()
	case a.Subject.Kind.OfPlan():
		return a.checkChange()
	case o == nil || o.Title == "":
		return missing("title", "give the item a title")
	case o.Due.Before(a.Date):
		return missing("due", "the item falls due on %s, before it is opened on %s", o.Due, a.Date)
	case len(o.Through) == 0:
		return missing("through", "say which bodies the item passes, such as cosi,coreper,council")
	}
	for i, body := range o.Through {
		if slices.Index(o.Through, body) < i {
			return missing("through", "%s is listed twice: a body has one turn", body.Title())
		}
	}
	return nil
}

// RefuseOpening says what is opened by hand, and how it is named.
func RefuseOpening() *Error {
	return missing("subject", "only an extraordinary item, a change of an OAP or a correction of a report is opened by hand: CYCLE/item/KEY, CYCLE/change/PERIOD/OAP/NUMBER or CYCLE/correction/PERIOD/OAP/ROUND/NUMBER")
}

func (a *Act) checkChange() error {
	o := a.Opening
	switch {
	case o == nil || o.Title == "":
		return missing("title", "say in a title what changes")
	case o.Due.Before(a.Date):
		return missing("due", "the change falls due on %s, before it is opened on %s", o.Due, a.Date)
	case len(o.Through) > 0:
		return missing("through", "a change of an OAP and a correction of a report pass the chain that the cycle gives: leave the bodies out")
	}
	return nil
}

func missing(field, format string, args ...any) *Error {
	e := Refuse(CodeInvalid, format, args...)
	e.Field = Excerpt(field, maxQuoted)
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
	// Stated is the digest of the act as it was stated.
	Stated string `json:"stated,omitempty"`
}

// DaysLate says how many days after its due date the act happened; 0 when in
// time.
func (r Recorded) DaysLate() int {
	if r.Due.IsZero() {
		return 0 // an opening or an amendment falls due on no date
	}
	return max(0, r.Due.DaysUntil(r.Date))
}
