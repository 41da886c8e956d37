package main

import (
	"fmt"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// The words in which tables put what the service answers.

func windowText(w policy.Window) string { return fmt.Sprintf("%s to %s", w.From, w.To) }

// count says how many there are of something.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// wordsText lists words, or says that there are none.
func wordsText(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

func overdueText(p *page, item service.InboxItem) string {
	if !item.Overdue {
		return ""
	}
	return p.paint(red, count(item.DaysOverdue, "day")+" overdue")
}

func daysLateText(n int) string {
	if n == 0 {
		return ""
	}
	return count(n, "day") + " late"
}

// turnText names those whose turn it is; nobody in particular means any Member
// State.
func (s *screen) turnText(turn []policy.Body) string {
	if len(turn) == 0 {
		return "any Member State"
	}
	return s.bodies.Titles(turn)
}

// recipientsText names those who were reminded.
func (s *screen) recipientsText(to []policy.Body) string {
	if len(to) == 0 {
		return "every Member State"
	}
	return strings.Join(each(to, s.bodies.Title), ", ")
}

func (s *screen) turnOf(of service.Subject) string {
	if of.State != policy.StateDrafting && of.State != policy.StateDeciding && of.TurnDue.IsZero() {
		return ""
	}
	return s.whoseTurn(of.Turn, of.Second)
}

// whoseTurn names those whose turn it is: a second person, while one is awaited.
func (s *screen) whoseTurn(turn []policy.Body, second policy.Body) string {
	if second != "" {
		return s.bodies.Title(second) + ", a second person"
	}
	return s.turnText(turn)
}

// awaitsText says what a subject waits for, and who has taken that on.
func awaitsText(item service.InboxItem) string {
	text := fmt.Sprintf("decided, version %d", item.Version)
	switch {
	case item.Awaits == "confirmation":
		text = "confirmed: policycycle confirm " + item.Pending
	case item.Awaits == "final-text":
		text = fmt.Sprintf("given its final text, after version %d", item.Version)
	case item.Awaits == "submission" && item.Version > 0:
		text = fmt.Sprintf("handed in again, after version %d", item.Version)
	case item.Awaits == "submission":
		text = "handed in"
	}
	if at := strings.LastIndex(item.ClaimedBy, "@"); at > 0 {
		text += fmt.Sprintf(" (taken on by %s)", item.ClaimedBy[:at])
	}
	return text
}

func stateText(s policy.State) string {
	if s == policy.StateDeciding {
		return "being decided"
	}
	return string(s)
}

// standingText says the outcome of a subject, or its state while it has none.
func standingText(s service.Subject) string {
	text := stateText(s.State)
	if s.Outcome != "" {
		text = s.Words.Title(s.Outcome)
	}
	if s.State == policy.StateClosed && !s.TurnDue.IsZero() {
		text += ", final text awaited"
	}
	if s.Overdue {
		text += " (overdue)"
	}
	return text
}

// outcomeText says the outcome, the items that differ from it, and whether the
// record corrects another or was corrected.
func outcomeText(d service.Decision) string {
	text := d.Words.Title(d.Outcome)
	var others []string
	for _, item := range d.Items {
		if item.Outcome != d.Outcome {
			others = append(others, item.Item+" "+d.Words.Title(item.Outcome))
		}
	}
	if len(d.Items) > 0 {
		text += fmt.Sprintf(", %d items", len(d.Items))
	}
	if len(others) > 0 {
		text += " (" + strings.Join(others, ", ") + ")"
	}
	if d.Rectifies != "" {
		text += ", corrects an earlier record"
	}
	if d.RectifiedBy != "" {
		text += ", corrected later"
	}
	return text
}
