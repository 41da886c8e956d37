package evidence

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// same says whether a subject is shown as it is derived. Records of before show nothing of a
// final text that is awaited.
func same(shown, derived ShownSubject) bool {
	if shown.State == policy.StateClosed && shown.Due.IsZero() && derived.AwaitsFinal() {
		derived.Due, derived.Turn = shown.Due, nil
	}
	return reflect.DeepEqual(plain(shown), plain(derived))
}

// plain gives what is shown with lists that are empty as none.
func plain(s ShownSubject) ShownSubject {
	if len(s.Turn) == 0 {
		s.Turn = nil
	}
	if len(s.Items) == 0 {
		s.Items = nil
	}
	return s
}

// differs says how a subject is shown otherwise than it is derived: where it stands, or
// else the first thing that is told of it.
func (one *comparison) differs(derived ShownSubject) Fault {
	path, is, other := one.Subject.Path(), place(one.Standing), place(derived.Standing)
	if is.Message != other.Message {
		return fault(one.line, FaultShown, "the records show %s as %s; what was recorded leaves it %s", path, is, other)
	}
	for _, d := range []struct {
		what      policy.Remark
		is, other any
	}{
		{policy.Say("the text"), one.Digest, derived.Digest},
		{policy.Say("the turn"), policy.TitlesOf(one.Turn), policy.TitlesOf(derived.Turn)},
		{policy.Say("the due date"), one.Due, derived.Due},
		{policy.Say("the day since when it stands there"), one.Since, derived.Since},
		{policy.Say("the day on which it was settled"), one.ClosedOn, derived.ClosedOn},
		{policy.Say("the day on which it was opened"), one.OpenedOn, derived.OpenedOn},
		{policy.Say("the day of the last act"), one.LastAct, derived.LastAct},
		{policy.Say("what waits for a second person"), one.Pending, derived.Pending},
		{policy.Say("the items"), itemsText(one.Items), itemsText(derived.Items)},
		{policy.Say("the silence procedure"), silenceText(one.Silence), silenceText(derived.Silence)},
		{policy.Say("the title"), one.Title, derived.Title},
	} {
		if is, other := fmt.Sprint(d.is), fmt.Sprint(d.other); is != other {
			return fault(one.line, FaultShown, "of %s, the records show %s as %q; what was recorded makes it %q", path, d.what, is, other)
		}
	}
	return fault(one.line, FaultShown, "the records do not show %s as it was recorded", path)
}

// place says where a subject stands.
func place(s policy.Standing) policy.Remark {
	turn := policy.TitlesOf(s.Turn)
	switch {
	case s.State == policy.StateClosed:
		return policy.Say("closed, %s", s.Outcome.Title())
	case s.State == policy.StateDeciding && s.Pending != "":
		return policy.Say("deciding on version %d, before %s, where an outcome waits for a second person", s.Version, turn)
	case s.State == policy.StateDeciding:
		return policy.Say("deciding on version %d, before %s", s.Version, turn)
	case s.State == policy.StateDrafting && s.Version > 0:
		return policy.Say("drafting anew after version %d", s.Version)
	case s.State == policy.StateDrafting:
		return policy.Say("drafting")
	default:
		return policy.Say("not open")
	}
}

func itemsText(items []policy.ItemOutcome) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = item.Item + " " + string(item.Outcome)
	}
	return strings.Join(texts, ", ")
}

func silenceText(s *policy.Silence) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("%s, %s, %s %s", s.ID, s.Body, s.Deadline, s.BrokenBy))
}
