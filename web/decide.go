package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// outcomeForm is the form in which an outcome is recorded: that of the turn, or the
// correction of one that was recorded wrongly. It begins with what Decision holds.
type outcomeForm struct {
	service.Decision
	Outcomes   []policy.Outcome
	Priorities []service.Priority // what is decided one by one
	Chosen     map[string]policy.Outcome
	Silent     bool                    // a silence procedure has ended, and nobody objected
	Meetings   []policy.PlannedMeeting // of the body
}

// outcomeForm gives the form that the reader may fill in now; nil for none.
func (v *page) outcomeForm(s *subjectView) *outcomeForm {
	f := &outcomeForm{Priorities: s.Priorities, Outcomes: s.Outcomes, Chosen: map[string]policy.Outcome{}, Meetings: s.Meetings}
	if wrong := s.decision(v.query("rectifies")); wrong != nil && wrong.MayRectify {
		f.Decision, f.Outcomes, f.Silent = *wrong, policy.Outcomes, wrong.Procedure == policy.SilenceProcedure
		f.Rectifies = cmp.Or(wrong.Rectifies, wrong.ID)
		for _, item := range wrong.Items {
			f.Chosen[item.Item] = item.Outcome
		}
		return f
	}
	if !s.may(policy.ActDecide) {
		return nil
	}
	f.Decision = service.Decision{
		Body: s.turnBody(), Words: policy.WordingOf(s.Vocabulary, s.turnBody()), Version: s.Version, Digest: s.digest(),
		Date: s.Today, Procedure: policy.Meeting, Meeting: s.meetingToday(),
	}
	if f.Silent = s.Silence.Over(s.Today) && s.Silence.Body == f.Body; f.Silent {
		f.Procedure, f.Date, f.Outcome, f.Meeting = policy.SilenceProcedure, s.Silence.Deadline, policy.Adopted, ""
	}
	return f
}

// meetingToday names the meeting that the body has today, where it has one and no other.
func (s *subjectView) meetingToday() string {
	today := slices.DeleteFunc(slices.Clone(s.Meetings), func(m policy.PlannedMeeting) bool { return m.On != s.Today })
	if len(today) != 1 {
		return ""
	}
	return today[0].Title
}

// path is the address of the form.
func (f *outcomeForm) path(s *subjectView) string {
	path := s.form("decide")
	if f.Rectifies != "" {
		path += "?" + url.Values{"rectifies": {f.ID}}.Encode()
	}
	return path
}

// Procedures lists the procedures that are offered.
func (f *outcomeForm) Procedures() []policy.Procedure {
	if f.Silent {
		return policy.Procedures
	}
	return []policy.Procedure{policy.Meeting, policy.WrittenProcedure}
}

// decision finds a decision on the subject; nil for none.
func (s *subjectView) decision(id string) *service.Decision {
	at := slices.IndexFunc(s.Decisions, func(d service.Decision) bool { return d.ID == id })
	if at < 0 {
		return nil
	}
	return &s.Decisions[at]
}

// Bodies lists those for which an outcome may be recorded: whose turn it is, and
// collective bodies, before which the others are then left out.
func (f *outcomeForm) Bodies(of policy.BodyTable) []policy.Body {
	bodies := of.Collectives()
	if !slices.Contains(bodies, f.Body) {
		return []policy.Body{f.Body}
	}
	return bodies
}

// decide records what a body concluded.
func decide(v *page) (string, error) {
	d, err := v.decision()
	if err != nil {
		return "", err
	}
	return v.acted(v.service.Decide(v.ctx(), d))
}

// decision reads the form of an outcome.
func (v *page) decision() (d service.Decide, err error) {
	r := v.reading()
	d.Kind, d.Subject, d.Body = policy.ActDecide, r.subject(), r.body("body")
	r.word("outcome", &d.Outcome) // none is refused with the act
	said := r.statement()
	said.Fill(&d.Act)
	d.Document = r.document()
	d.Meeting, d.Irregular, d.SkipReason = v.form("meeting"), v.form("irregular"), v.form("skip_reason")
	d.Version, d.Digest = r.seen("")
	d.Rectifies, d.OtherDay = v.form("rectifies"), v.form("other_day") != ""
	if r.word("procedure", &d.Procedure); d.Procedure == policy.WrittenProcedure || d.Procedure == policy.SilenceProcedure {
		d.Meeting = ""
	}
	for name := range v.r.PostForm {
		item, is := strings.CutPrefix(name, "item-")
		if is && v.form(name) != "" {
			d.Items = append(d.Items, policy.ItemOutcome{Item: item, Outcome: r.outcome(name)})
		}
	}
	d.Items = policy.SortItems(d.Items)
	return d, r.err
}

// acted says what follows from an act, and leads to its subject.
func (v *page) acted(r *service.Receipt, err error) (string, error) {
	if err != nil {
		return "", err
	}
	v.Said = v.recorded(r) + v.remarks(r.Remarked)
	return subjectAddress(r.Subject), nil
}

// remarks says what is to be known beside what is recorded.
func (v *page) remarks(remarks []policy.Remark) string {
	text := ""
	for _, remark := range remarks {
		line, is := v.Sentence(remark.Said)
		if !is {
			line = remark.Message
		}
		text += " " + line + "."
	}
	return text
}

// recorded says what is recorded and what follows.
func (v *page) recorded(r *service.Receipt) string {
	s := r.Standing
	switch {
	case s.Pending != "":
		return v.T("recorded.pending")
	case s.State == policy.StateClosed:
		return v.T("recorded.settled", "Outcome", v.Outcome(s.Outcome, r.Words))
	case s.State == policy.StateDrafting:
		return v.T("recorded.drafting", "Turn", v.turn(s.Turn), "Due", v.Date(s.Due))
	default:
		return v.T("recorded.deciding", "Turn", v.turn(s.Turn), "Due", v.Date(s.Due))
	}
}

// confirm confirms what another recorded, or sets it aside.
func confirm(v *page) (string, error) {
	r := v.reading()
	subject, second := r.subject(), service.Second{Statement: r.statement(), Record: v.form("record")}
	if r.err != nil {
		return "", r.err
	}
	do := v.service.Confirm
	if v.form("set_aside") != "" {
		do = v.service.SetAside
	}
	receipt, err := do(v.ctx(), second)
	if err != nil {
		return "", err
	}
	v.Said = v.T("recorded.set_aside")
	if v.form("set_aside") == "" {
		v.Said = v.recorded(receipt)
	}
	return subjectAddress(subject), nil
}
