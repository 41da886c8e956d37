package policy

import (
	"slices"
)

// NoticeKind is a step of the ladder of reminders on one turn.
type NoticeKind string

// The kinds of notice. NoticeOverdue marks the missed deadline itself;
// NoticeEscalation also goes to the Presidency, which chairs COSI.
const (
	NoticeAhead      NoticeKind = "ahead"
	NoticeDue        NoticeKind = "due"
	NoticeOverdue    NoticeKind = "overdue"
	NoticeEscalation NoticeKind = "escalation"
	// NoticeSilence says that a silence procedure has ended, so that somebody records its end.
	NoticeSilence NoticeKind = "silence-ended"
	// NoticeAsked is a reminder that somebody gave by hand, beside the ladder.
	NoticeAsked NoticeKind = "asked"
)

// Notice is one reminder: to whom is whoever's turn it is.
type Notice struct {
	Kind NoticeKind `json:"kind"`
	On   Date       `json:"on"`
}

// NextNotice gives the next reminder on a subject, and whether there is one.
// given are those already recorded for this turn and due date, each on the day on which it
// was given. Of several that
// a late start has already passed only the last is given: nobody wants four
// mails at once.
func NextNotice(s Standing, ladder Reminders, given []Notice, today Date) (Notice, bool) {
	if !s.Awaited() {
		return Notice{}, false
	}
	var next []Notice
	for _, step := range ladderFor(s, ladder) {
		if !slices.ContainsFunc(given, func(g Notice) bool { return !g.On.Before(step.On) }) {
			next = append(next, step)
		}
	}
	if len(next) == 0 {
		return Notice{}, false
	}
	chosen := next[0]
	for _, step := range next {
		if !step.On.After(today) {
			chosen = step
		}
	}
	return chosen, true
}

// MetInTime says whether what was awaited by a due date had happened by then, on whatever day
// that was entered: who did it in time is not late.
func MetInTime(records []Recorded, due Date) bool {
	records = InEffect(records)
	rectified := map[string]bool{}
	for _, r := range records {
		rectified[r.Rectifies] = true
	}
	return slices.ContainsFunc(records, func(r Recorded) bool {
		awaited := r.Kind == ActSubmit || r.Kind == ActDecide || r.Kind == ActFinalise
		return awaited && !rectified[r.ID] && r.Due == due && !r.Date.After(due)
	})
}

func ladderFor(s Standing, ladder Reminders) []Notice {
	due := s.Due
	steps := []Notice{{NoticeDue, due}, {NoticeOverdue, due.AddDays(1)}}
	for _, days := range ladder.BeforeDays {
		steps = append(steps, Notice{NoticeAhead, due.AddDays(-days)})
	}
	if ladder.EscalateDays > 0 {
		steps = append(steps, Notice{NoticeEscalation, due.AddDays(ladder.EscalateDays)})
	}
	if s.Silence != nil && !s.Silence.Broken {
		steps = append(steps, Notice{NoticeSilence, s.Silence.Deadline.AddDays(1)})
	}
	slices.SortFunc(steps, func(a, b Notice) int { return a.On.Compare(b.On) })
	return steps
}
