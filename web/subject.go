package web

import (
	"path"
	"slices"
	"strconv"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// subjectView is what the page of a subject shows.
type subjectView struct {
	*service.Subject
	Today      policy.Date
	Rehearsal  bool
	Content    *service.Document // where it is kept here, and may be read
	Hidden     *policy.Error     // why it is not shown
	Difference *service.Comparison
	Findings   []policy.Finding
	Priorities []service.Priority // what is decided one by one
	Form       *outcomeForm       // nil where the reader records no outcome
	Meetings   []policy.PlannedMeeting
	Round      *rules.RoundStatus
	Pending    *service.Decision // the outcome that waits for a second person
}

func subjectPage(v *page) (body, error) {
	subject, err := v.subject()
	if err != nil {
		return nil, err
	}
	c, err := v.service.FindCycle(v.ctx(), subject.Cycle)
	if err != nil {
		return nil, err
	}
	found, err := v.service.FindSubject(v.ctx(), subject)
	if err != nil {
		return nil, err
	}
	v.Title, v.named = found.Title, found.Title
	v.know(c)
	s := &subjectView{Subject: found, Today: c.Today, Rehearsal: c.Rehearsal}
	s.Meetings = slices.DeleteFunc(slices.Clone(c.Meetings), func(m policy.PlannedMeeting) bool {
		return m.Body != s.turnBody() || m.On.After(c.Today) || !m.Cancelled.IsZero()
	})
	if subject.Kind == policy.KindPriorities {
		s.Priorities = c.Priorities
		v.priorities = map[string]string{}
		for _, p := range c.Priorities {
			v.priorities[p.Key] = p.Title
		}
	}
	s.Pending = s.decision(found.Pending)
	s.Form = v.outcomeForm(s)
	if err := v.readContent(s); err != nil {
		return nil, err
	}
	return subjectBody(v, s), nil
}

// readContent adds what stands in the version and what a rule has against it, as
// far as the reader may see it.
func (v *page) readContent(s *subjectView) error {
	subject := s.Subject.Subject
	if s.Version > 0 && policy.NewContent(subject.Kind) != nil {
		content, err := v.service.FindContent(v.ctx(), subject, 0)
		switch policy.CodeOf(err) {
		case "":
			s.Content = content
		case policy.CodeMarking, policy.CodeInternal: // who looks at the subject is told why it is not shown
			s.Hidden = v.site.refusal(v.r, err)
		case policy.CodeUnknown: // kept elsewhere
		default:
			return err
		}
	}
	if s.Content != nil && s.changed() {
		was, is := 0, 0
		if s.Final != nil { // the original beside the final one
			was, is = s.Version, s.Final.Version
		}
		var err error
		s.Difference, err = v.service.CompareVersions(v.ctx(), subject, was, is)
		if code := policy.CodeOf(err); err != nil && code != policy.CodeUnknown && code != policy.CodeMarking {
			return err // a version that is kept elsewhere, or may not be read, cannot be compared
		}
	}
	if s.State == policy.StateUpcoming || v.Who == nil {
		return nil
	}
	var err error
	s.Findings, err = v.service.Findings(v.ctx(), subject.Cycle, service.FindingFilter{Subject: subject.Path()})
	if err != nil && policy.CodeOf(err) != policy.CodeMarking {
		return err
	}
	if subject.Kind == policy.KindReport {
		s.Round, err = v.service.FindRound(v.ctx(), subject)
		if code := policy.CodeOf(err); err != nil && code != policy.CodeUnknown && code != policy.CodeMarking && code != policy.CodeNotReady {
			return err
		}
	}
	return nil
}

// awaitsFinal says whether the final text of what was adopted with amendments is awaited.
func (s *subjectView) awaitsFinal() bool {
	return s.State == policy.StateClosed && !s.TurnDue.IsZero()
}

// textPath is the address of a version of a document.
func textPath(subject policy.Subject, version int) string {
	return contentPath(subject) + "?version=" + strconv.Itoa(version)
}

// changed says whether what stands in the subject differs from what was handed in first, or
// stood there before.
func (s *subjectView) changed() bool {
	whole := func(c policy.Corrigendum) bool { return c.Version > 0 }
	return s.Version > 1 || s.Final != nil || s.Subject.Subject != s.Subject.Subject.Changed() || slices.ContainsFunc(s.Corrigenda, whole)
}

// blocked says whether a rule stands against settling the subject.
func (s *subjectView) blocked() bool {
	return slices.ContainsFunc(s.Findings, func(f policy.Finding) bool { return f.Severity == policy.Blocks })
}

// may says whether the reader may do something about the subject.
func (s *subjectView) may(kind policy.ActKind) bool { return slices.Contains(s.May, policy.Deed(kind)) }

// older lists the bodies that concluded on a version before the one that stands.
func (s *subjectView) older() []policy.Concluded {
	return slices.DeleteFunc(slices.Clone(s.Concluded), func(c policy.Concluded) bool { return !c.Older })
}

// turnBody is the body whose turn it is, "" where it is nobody's alone.
func (s *subjectView) turnBody() policy.Body {
	if len(s.Turn) != 1 {
		return ""
	}
	return s.Turn[0]
}

// silentEnd is the end of a silence procedure that settled the subject, to which a delegation
// may have objected in time; nil for none.
func (s *subjectView) silentEnd() *service.Decision {
	if s.State != policy.StateClosed || len(s.Decisions) == 0 {
		return nil
	}
	last := &s.Decisions[len(s.Decisions)-1]
	if last.Procedure != policy.SilenceProcedure {
		return nil
	}
	return last
}

// positionBody is the body before which a position is taken.
func (s *subjectView) positionBody() policy.Body {
	if end := s.silentEnd(); end != nil {
		return end.Body
	}
	return s.turnBody()
}

// positionDay is the day that is offered for a position: today, or the last day of a silence
// procedure that is over.
func (s *subjectView) positionDay() policy.Date {
	switch end := s.silentEnd(); {
	case end != nil:
		return end.Date
	case s.Silence.Over(s.Today):
		return s.Silence.Deadline
	default:
		return s.Today
	}
}

// stances lists the positions that can be taken: once a silence procedure has ended, only an
// objection that was made in time.
func (s *subjectView) stances() []policy.Stance {
	if s.silentEnd() != nil {
		return []policy.Stance{policy.Objects}
	}
	return policy.Stances
}

// submit hands in a version: a file, what was drafted here, or a number alone.
func submit(v *page) (string, error) {
	r := v.reading()
	in := service.Submit{
		Subject: r.subject(), Statement: r.statement(), Document: r.document(), Holder: v.form("holder"), TextDigest: r.textDigest(), Marking: policy.Marking(v.form("marking")),
	}
	in.Revises = r.number("revises")
	if r.err != nil {
		return "", r.err
	}
	draft, err := v.contentToSubmit(&in)
	if err != nil {
		return "", err
	}
	receipt, err := v.service.Submit(v.ctx(), in)
	if err != nil {
		return "", err
	}
	if draft > 0 { // handed in: the draft has done its duty
		if err := v.service.DropDraft(v.ctx(), service.SaveDraft{Subject: in.Subject, Revision: draft}); err != nil {
			v.site.Log.Warn().Err(err).Msg("a draft that was handed in is still there")
		}
	}
	v.Said = v.recorded(receipt)
	return subjectAddress(in.Subject), nil
}

// takePosition records what a delegation says.
func takePosition(v *page) (string, error) {
	r := v.reading()
	p := service.Position{Statement: r.statement(), Subject: r.subject(), Stance: policy.Stance(v.form("stance"))}
	r.word("body", &p.Body)
	p.Version, p.Digest = r.seen("")
	r.word("delegation", &p.Delegation)
	if r.err != nil {
		return "", r.err
	}
	receipt, err := v.service.TakePosition(v.ctx(), p)
	if err != nil {
		return "", err
	}
	v.Said = v.T("recorded.position")
	return subjectAddress(receipt.Subject), nil
}

// launch launches a silence procedure.
func launch(v *page) (string, error) {
	r := v.reading()
	l := service.Launch{Statement: r.statement(), Subject: r.subject(), Body: r.body("body"), Document: r.document()}
	l.Version, l.Digest = r.seen("")
	l.Deadline = r.day("deadline")
	if r.err != nil {
		return "", r.err
	}
	return v.acted(v.service.Launch(v.ctx(), l))
}

// finalise enters the final text of what was adopted with amendments.
func finalise(v *page) (string, error) {
	r := v.reading()
	in := service.Submit{
		Subject: r.subject(), Statement: r.statement(), Document: r.document(), Holder: v.form("holder"), Marking: policy.Marking(v.form("marking")),
	}
	if r.err != nil {
		return "", r.err
	}
	if _, err := v.contentToSubmit(&in); err != nil {
		return "", err
	}
	return v.acted(v.service.Finalise(v.ctx(), in))
}

// correct records a corrigendum.
func correct(v *page) (string, error) {
	r := v.reading()
	c := service.Correct{
		Statement: r.statement(), Subject: r.subject(), Document: r.document(), Substantive: v.form("substantive") != "",
		Content: v.file.content, MediaType: v.file.mediaType,
	}
	if r.err != nil {
		return "", r.err
	}
	if ending := path.Ext(v.file.name); ending == ".yaml" || ending == ".yml" { // the whole text, as corrected
		whole := service.Submit{Subject: c.Subject}
		if _, err := v.contentToSubmit(&whole); err != nil {
			return "", err
		}
		c.Content, c.MediaType = whole.Content, whole.MediaType
	}
	if _, err := v.service.Correct(v.ctx(), c); err != nil {
		return "", err
	}
	v.Said = v.T("recorded.corrected")
	return subjectAddress(c.Subject), nil
}
