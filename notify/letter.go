package notify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

// Letter is what a mail says.
type Letter struct {
	To       string // address
	Subject  string
	Text     string
	Language string
	// ID names the mail for every program for mail; About names what it is about, so that such a
	// program shows the mails on one subject together.
	ID, About string
}

// writer writes the letters to one person.
type writer struct {
	*text.Printer
	post *Post
	to   service.Subscriber
	desk service.Service // as that person sees it
	// bodies are those that cycles have beside those that ship.
	bodies policy.BodyTable
}

// tellsLimite says whether what is marked LIMITE may stand in a mail.
func (w writer) tellsLimite() bool { return !policy.Limite.Above(w.post.Marking) }

// letter says what waits, and why the mail comes. Where LIMITE may not be told it says no more than
// a published calendar: neither whose turn it is, nor that it is late.
func (w writer) letter(t told) Letter {
	title, due := w.title(t.item), w.Date(t.item.Due)
	subject, lines := w.T("mail.subject_ahead", "Title", title, "Due", due), []string{title, ""}
	if w.tellsLimite() {
		why := word(cmp.Or(string(t.Notice), string(t.Kind)))
		subject = policy.Limite.Title() + " – " + w.T("mail.subject_"+why, "Title", title, "Due", due)
		lines = []string{policy.Limite.Title(), "", title, "", w.T("mail.awaits_" + word(t.item.Awaits))}
		if len(t.item.Turn) > 0 {
			lines = append(lines, w.T("mail.turn", "Bodies", w.Bodies(t.item.Turn), "Since", w.Date(t.item.Since)))
		}
	}
	lines = append(lines, w.T("mail.due", "Due", due), "", w.page(t.item))
	return Letter{
		To: w.to.Address, Subject: w.marked(t.item.Rehearsal, subject), Text: w.signed(lines), Language: w.Lang,
		About: "about " + t.Subject.String(),
	}
}

// word gives a word of the records as it stands in the names of sentences.
func word(w string) string { return strings.ReplaceAll(w, "-", "_") }

// marked says of a rehearsal that it is one.
func (w writer) marked(rehearsal bool, subject string) string {
	if rehearsal {
		return w.T("rehearsal.mark") + ": " + subject
	}
	return subject
}

// title names what waits. What stands in no published calendar is named by its kind alone where
// LIMITE may not be told.
func (w writer) title(item service.InboxItem) string {
	if !w.tellsLimite() && item.Subject.Kind.ByHand() {
		return w.Word("kind", item.Subject.Kind)
	}
	return item.Title
}

// page gives the page on which somebody acts.
func (w writer) page(item service.InboxItem) string {
	path := "/cycles/" + item.Subject.Cycle
	if w.tellsLimite() || !item.Subject.Kind.ByHand() {
		path += "/on/" + item.Subject.Path()
	}
	return w.post.URL + path
}

// signed ends a mail: it says whence it comes, and how to get no more.
func (w writer) signed(lines []string) string {
	lines = append(lines, "", "-- ", w.T("mail.why", "Who", w.to.String()), w.post.URL+"/mail")
	return strings.Join(lines, "\n") + "\n"
}

// mostListed is how much of a sort a daily mail lists; the rest stands on the pages.
const mostListed = 30

// daily lists what waits for somebody, and what was recorded since the last one. There is none
// where nothing waits and nothing was recorded.
func (w writer) daily(ctx context.Context, day policy.Date, waiting []service.InboxItem, since time.Time) (l Letter, worth bool, err error) {
	var lines []string
	if w.tellsLimite() {
		lines = append(lines, policy.Limite.Title(), "")
	}
	mine := slices.DeleteFunc(slices.Clone(waiting), func(i service.InboxItem) bool { return !w.concerns(i) || i.Rehearsal })
	lines = append(lines, w.N("mail.waiting", len(mine)), "")
	for _, item := range mine[:min(len(mine), mostListed)] {
		state := "due"
		if item.Overdue && w.tellsLimite() {
			state = "overdue"
		}
		lines = append(lines, "* "+w.T("mail.line_"+state, "Due", w.Date(item.Due), "Title", w.title(item)), "  "+w.page(item))
	}
	recorded, err := w.recorded(ctx, since)
	if err != nil {
		return l, false, err
	}
	if len(recorded) > 0 {
		lines = append(lines, "", w.N("mail.recorded", len(recorded)), "")
		if w.tellsLimite() {
			lines = append(lines, recorded[:min(len(recorded), mostListed)]...)
		}
	}
	l = Letter{To: w.to.Address, Subject: w.T("mail.subject_daily", "Day", w.Date(day)), Text: w.signed(lines), Language: w.Lang, About: "daily"}
	return l, len(mine)+len(recorded) > 0, nil
}

// recorded lists what was recorded since an instant in the cycles that somebody may follow, and
// that are no rehearsals.
func (w writer) recorded(ctx context.Context, since time.Time) ([]string, error) {
	cycles, err := w.desk.ListCycles(ctx, service.CycleFilter{Rehearsal: new(false)})
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, cycle := range cycles {
		entries, err := w.desk.Trail(ctx, cycle.ID, service.TrailFilter{Since: since})
		if policy.CodeOf(err) == policy.CodeMarking { // not for this reader
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Accepted {
				lines = append(lines, fmt.Sprintf("* %s: %s %s", w.Date(e.On), w.Word("act", e.Act), e.Subject))
			}
		}
	}
	return lines, nil
}
