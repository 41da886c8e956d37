package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Message is the name of a short message: an act that somebody types by hand, and of which
// the records know the rest.
type Message string

// The short messages.
const (
	// MessageApprove is a decision by which a subject goes on: see UsualOutcome.
	MessageApprove Message = "approve"
	// MessageConclude is a decision with any outcome.
	MessageConclude Message = "conclude"
	// MessageConfirm confirms the outcome that waits for a second person.
	MessageConfirm Message = "confirm"
	// MessageSubmit hands in a version of a document.
	MessageSubmit Message = "submit"
)

// Messages lists the short messages.
var Messages = []Message{MessageApprove, MessageConclude, MessageConfirm, MessageSubmit}

// Kind gives the kind of act that a short message is.
func (m Message) Kind() ActKind {
	switch m {
	case MessageConfirm:
		return ActConfirm
	case MessageSubmit:
		return ActSubmit
	default:
		return ActDecide
	}
}

// Sample gives what somebody may type as such a message.
func (m Message) Sample() string {
	switch m {
	case MessageApprove:
		return `{"by":"anna@general-secretariat","document":"ST 8665/21","date":"2021-05-26"}`
	case MessageConclude:
		return `{"by":"anna@general-secretariat","outcome":"took-note","document":"ST 8665/21","date":"2021-05-26"}`
	case MessageConfirm:
		return `{"by":"bert@general-secretariat"}`
	default:
		return `{"by":"joana@presidency","document":"ST 8665/21","date":"2021-05-05"}`
	}
}

// Fields lists the fields that a short message may have, but for its ID and seal.
func (m Message) Fields() []string {
	return slices.DeleteFunc(m.Kind().Fields(), func(name string) bool {
		return name == "kind" || m == MessageApprove && name == "outcome" // its name gives them
	})
}

// Short is a short message as it was typed.
type Short struct {
	Message Message
	// Act is what it says; what is zero there is left out, and so is the outcome.
	Act Act
	// Outcome is the outcome by its code, or in the words of the body.
	Outcome string
	// ID is that of the act, where one was chosen; Seal that of the office, nil for none.
	ID   string
	Seal *Seal
}

// Seal is what the office puts under an act that is typed whole: package evidence makes it
// and says whether it is good.
type Seal struct {
	KeyID     string    `json:"key_id"`
	IssuedAt  time.Time `json:"issued_at"`
	Signature string    `json:"signature"`
}

// Hand is an actor as people type one, NAME@BODY, or as an act writes one.
type Hand Actor

// UnmarshalJSON reads either. The error has CodeInvalid.
func (h *Hand) UnmarshalJSON(text []byte) error {
	var typed string
	if json.Unmarshal(text, &typed) != nil {
		return decodeStrictly(text, (*Actor)(h))
	}
	by, err := ParseActor(typed)
	if err != nil {
		return missing("by", "%q is nobody who could record it: write NAME@BODY, such as anna@general-secretariat", Excerpt(typed, maxQuoted))
	}
	*h = Hand(by)
	return nil
}

// shortForm is a short message as JSON: the fields of an act, some of them as people type
// them.
type shortForm struct {
	ID      string `json:"id"`
	Seal    *Seal  `json:"seal"`
	By      Hand   `json:"by"`
	For     *Hand  `json:"for"`
	Outcome string `json:"outcome"`
	Act
}

// ParseShort reads a short message, strictly. The error has CodeInvalid and says what to
// type.
func ParseShort(name Message, text []byte) (Short, error) {
	short := Short{Message: name, Act: Act{Kind: name.Kind()}}
	var form shortForm
	err := UniqueKeys(text)
	if err == nil {
		err = decodeStrictly(text, &form)
	}
	if err == nil && form.Kind != "" {
		err = missing("kind", "the name of the message says what it is: leave kind out")
	}
	if err == nil && name == MessageApprove && form.Outcome != "" {
		err = missing("outcome", "who approves says no outcome: leave it out, or send conclude")
	}
	if err == nil {
		short.Act, short.Outcome, short.ID, short.Seal = form.Act, form.Outcome, form.ID, form.Seal
		short.Act.Kind, short.Act.By, short.Act.For = name.Kind(), Actor(form.By), (*Actor)(form.For)
		err = short.check()
	}
	if err != nil {
		return short, name.Refuse(err)
	}
	return short, nil
}

// Refuse says why something is no such message, and what to type.
func (m Message) Refuse(why error) *Error {
	refusal := Refuse(CodeInvalid, "%s; such a message may look like this: %s %s", why, m, m.Sample())
	if told, is := errors.AsType[*Error](why); is {
		refusal.Field = told.Field
	}
	return refusal
}

// check says whether what was typed can be an act, whatever the records hold.
func (s *Short) check() error {
	switch a := &s.Act; {
	case a.By.Name == "" && a.By.Person == 0 || a.By.Body == "":
		return missing("by", "say who records it as NAME@BODY, such as anna@general-secretariat")
	case a.Rectifies != "" && a.Subject == (Subject{}):
		return missing("subject", "say on which subject the earlier record is, such as empact-2022-2025/priorities")
	case s.Message == MessageConclude && s.Outcome == "":
		return missing("outcome", "say what the body concluded, such as adopted")
	case s.Outcome != "" && a.Kind != ActDecide:
		return missing("outcome", "%s does not belong to an act of the kind %s: leave it out", "outcome", a.Kind)
	default:
		return a.checkFields()
	}
}

// Choose finds out which subject a short message is about, of those that stand in the run at
// which it arrived: the one that waits for such an act. The error says what could be meant.
func (s *Short) Choose(bodies BodyTable, standings []Standing) (Standing, error) {
	if s.Act.Subject != (Subject{}) {
		at := slices.IndexFunc(standings, func(standing Standing) bool { return standing.Subject == s.Act.Subject })
		if at < 0 {
			return Upcoming(Entry{Subject: s.Act.Subject}), nil // the records say why nothing is recorded there
		}
		return standings[at], nil
	}
	fit := slices.DeleteFunc(slices.Clone(standings), func(standing Standing) bool { return !s.fits(standing) })
	if own := slices.DeleteFunc(slices.Clone(fit), func(standing Standing) bool { return !s.mayBeOf(bodies, standing) }); len(own) > 0 {
		fit = own // who types does what they may
	}
	switch len(fit) {
	case 1:
		return fit[0], nil
	case 0:
		return Standing{}, s.nothing(bodies, standings)
	}
	names := make([]string, len(fit))
	for i, standing := range fit {
		names[i] = standing.Subject.String()
	}
	slices.Sort(names)
	return Standing{}, missing("subject", "it could be about several subjects: %s; say which as \"subject\"", strings.Join(names, ", "))
}

// fits says whether a subject waits for such an act.
func (s *Short) fits(standing Standing) bool {
	switch s.Act.Kind {
	case ActConfirm:
		return standing.Pending != "" && (s.Act.Confirms == "" || s.Act.Confirms == standing.Pending)
	case ActSubmit:
		return s.Act.Revises == 0 && standing.State == StateDrafting || s.Act.Revises != 0 && standing.State == StateDeciding
	default:
		return standing.State == StateDeciding
	}
}

// mayBeOf says whether it is for the body of who types to do such an act on a subject.
func (s *Short) mayBeOf(bodies BodyTable, standing Standing) bool {
	by := s.Act.By.Body
	switch {
	case s.Act.Kind == ActSubmit && standing.State == StateDrafting:
		return len(standing.Turn) == 0 || slices.Contains(standing.Turn, by)
	case s.Act.Kind == ActDecide && s.Act.Body != "":
		return slices.Contains(standing.Turn, s.Act.Body)
	case s.Act.Kind == ActDecide:
		return slices.ContainsFunc(standing.Turn, func(body Body) bool { return authoriseRecording(bodies, by, body) == nil })
	default:
		return true
	}
}

// nothing says that no subject of a run waits for such an act, and what is open there.
func (s *Short) nothing(bodies BodyTable, standings []Standing) error {
	var open []string
	for _, standing := range standings {
		if !standing.Open() {
			continue
		}
		switch {
		case standing.Pending != "":
			open = append(open, standing.Subject.String()+" (a second person)")
		case len(standing.Turn) == 0:
			open = append(open, standing.Subject.String())
		default:
			open = append(open, fmt.Sprintf("%s (%s)", standing.Subject, bodies.Titles(standing.Turn)))
		}
	}
	slices.Sort(open)
	waits := Say("nothing here is before a body")
	switch s.Act.Kind {
	case ActConfirm:
		waits = Say("nothing here waits for a second person")
	case ActSubmit:
		waits = Say("nothing here is to be handed in")
	default:
	}
	if len(open) == 0 {
		return Refuse(CodeNotOpen, "%s: nothing is open", waits)
	}
	return Refuse(CodeNotOpen, "%s; open is %s", waits, strings.Join(open, ", "))
}

// Fill gives the act that a short message means on a subject, as a command does: what it leaves
// out is what the records say of where the subject stands, and today. A submission has no digest
// yet.
func (s *Short) Fill(d *Definition, e Entry, standing Standing, records []Recorded, today Date) (Act, error) {
	act := s.Act
	act.Subject = standing.Subject
	var err error
	switch act.Kind {
	case ActDecide:
		act, err = s.decides(d, e, standing, act)
	case ActConfirm:
		act, err = confirms(standing, records, act)
	default:
	}
	if act.Date.IsZero() {
		act.Date = today
	}
	return act, err
}

func (s *Short) decides(d *Definition, e Entry, standing Standing, act Act) (_ Act, err error) {
	if act.Body == "" {
		if err := beforeNobody(d.Bodies, standing); err != nil {
			return act, err
		}
		act.Body = standing.Turn[0]
	}
	if act.Version == 0 {
		act.Version = max(standing.Version, 1) // that none is handed in yet is judged
	}
	if act.Digest == "" && act.Version == standing.Version {
		act.Digest = standing.Digest
	}
	if act.Procedure == "" {
		act.Procedure = Meeting
	}
	if act.Procedure == SilenceProcedure && act.Date.IsZero() && standing.Silence != nil {
		act.Date = standing.Silence.Deadline
	}
	act.Outcome, err = s.outcome(d, e, act.Body)
	return act, err
}

// outcome gives the outcome that was typed, or that of an approval.
func (s *Short) outcome(d *Definition, e Entry, body Body) (Outcome, error) {
	if s.Message == MessageApprove {
		return d.UsualOutcome(e.Subject.Kind, body, TurnOf(e, body) == len(e.Turns)-1), nil
	}
	outcome, err := d.Wording(e.Subject.Kind, body).ParseOutcome(s.Outcome)
	if refusal, is := errors.AsType[*Error](err); is {
		refusal.Field = "outcome"
	}
	return outcome, err
}

func confirms(standing Standing, records []Recorded, act Act) (Act, error) {
	if act.Confirms == "" {
		if act.Confirms = standing.Pending; act.Confirms == "" {
			return act, Refuse(CodeNotOpen, "nothing on %s waits for a second person", act.Subject)
		}
	}
	if at := slices.IndexFunc(records, func(r Recorded) bool { return r.ID == act.Confirms }); act.Digest == "" && at >= 0 {
		act.Digest = records[at].Stated
	}
	return act, nil
}

// Repeats says whether a recorded act is what a short message says, typed once more: whatever
// it says, the act says too. The people of the message are known by their numbers, and its day
// is filled in.
func (s *Short) Repeats(d *Definition, e Entry, r Recorded) bool {
	if s.Act.Kind != r.Kind || s.Act.Subject != (Subject{}) && s.Act.Subject != r.Subject || !sameHands(&s.Act, &r.Act) {
		return false
	}
	if r.Kind == ActDecide {
		if outcome, err := s.outcome(d, e, r.Body); err != nil || outcome != r.Outcome {
			return false
		}
	}
	said, recorded := reflect.ValueOf(s.Act), reflect.ValueOf(r.Act)
	for i := range said.NumField() {
		switch said.Type().Field(i).Name {
		case "Subject", "By", "For", "Outcome": // as above
		case "Items": // the record has the others, too
			if slices.ContainsFunc(s.Act.Items, func(item ItemOutcome) bool { return !slices.Contains(r.Items, item) }) {
				return false
			}
		default:
			if !said.Field(i).IsZero() && !reflect.DeepEqual(said.Field(i).Interface(), recorded.Field(i).Interface()) {
				return false
			}
		}
	}
	return true
}

// RepeatedIn gives the ID of the last act on a subject that a message repeats, on the version
// that stands; empty for none. What was set aside was taken back.
func (s *Short) RepeatedIn(d *Definition, e Entry, standing Standing, records []Recorded) string {
	back := map[string]bool{}
	for _, r := range slices.Backward(sinceReturn(records)) {
		if r.Kind == ActSetAside {
			back[r.Confirms] = true
		}
		if !back[r.ID] && (r.Kind == ActConfirm || r.Version == standing.Version) && s.Repeats(d, e, r) {
			return r.ID
		}
	}
	return ""
}

// sameHands says whether the same people stand behind two acts, for the same bodies.
func sameHands(a, b *Act) bool {
	return slices.EqualFunc(a.hands(), b.hands(), func(x, y Actor) bool { return x.Body == y.Body && x.Same(y) })
}
