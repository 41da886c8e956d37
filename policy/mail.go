package policy

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode"
)

// MailKind is for what somebody gets mail.
type MailKind string

// The kinds of mail.
const (
	// MailInvitation says that it is one's turn.
	MailInvitation MailKind = "invitation"
	// MailReminder brings the reminders before, on and after a due date, and those by hand.
	MailReminder MailKind = "reminder"
	// MailEscalation brings what is still not done some days after its due date.
	MailEscalation MailKind = "escalation"
	// MailDaily lists once a day what waits, and what was recorded since the last one.
	MailDaily MailKind = "daily"
)

// MailKinds lists all kinds of mail.
var MailKinds = []MailKind{MailInvitation, MailReminder, MailEscalation, MailDaily}

// ParseMailKind reads a kind of mail.
func ParseMailKind(text string) (MailKind, error) {
	if k := MailKind(text); slices.Contains(MailKinds, k) {
		return k, nil
	}
	return "", Refuse(CodeInvalid, "%q is no kind of mail: name invitation, reminder, escalation or daily", text)
}

// MailOf gives the kind of mail that brings a reminder.
func MailOf(k NoticeKind) MailKind {
	if k == NoticeEscalation {
		return MailEscalation
	}
	return MailReminder
}

// MailChoice is what somebody wants to get by mail, and where. Nothing wanted is no mail.
type MailChoice struct {
	Address string     `json:"address,omitempty"`
	Kinds   []MailKind `json:"kinds"`
	// Language is that in which the mail is written; left out, English.
	Language Language `json:"language,omitempty"`
}

// Wants says whether somebody chose to get a kind of mail.
func (c MailChoice) Wants(k MailKind) bool { return slices.Contains(c.Kinds, k) }

// longestAddress is how many characters an address may have (RFC 5321, 4.5.3.1.3).
const longestAddress = 254

// Judge refuses a choice that no mail could follow: a kind that there is not, an address that is
// none, or one outside the domains to which mail may leave. No domains are all of them.
func (c MailChoice) Judge(domains []string) error {
	for _, k := range c.Kinds {
		if _, err := ParseMailKind(string(k)); err != nil {
			return err
		}
	}
	if len(c.Kinds) == 0 && c.Address == "" {
		return nil
	}
	parsed, err := mail.ParseAddress(c.Address)
	if err != nil || parsed.Address != c.Address || len(c.Address) > longestAddress || strings.ContainsFunc(c.Address, unicode.IsControl) {
		return Refuse(CodeInvalid, "%q is no mail address: write it as anna@example.eu", c.Address)
	}
	domain := c.Address[strings.LastIndexByte(c.Address, '@')+1:]
	within := func(allowed string) bool { return strings.EqualFold(domain, allowed) }
	if len(domains) > 0 && !slices.ContainsFunc(domains, within) {
		return Refuse(CodeInvalid, "no mail leaves to %s: give an address at %s", domain, strings.Join(domains, ", "))
	}
	return nil
}

// Settled gives the choice as it is kept: each kind once, in their order.
func (c MailChoice) Settled() MailChoice {
	kinds := slices.Clone(MailKinds)
	c.Kinds = slices.DeleteFunc(kinds, func(k MailKind) bool { return !c.Wants(k) })
	return c
}

// MailOccasion is what a mail is about.
type MailOccasion struct {
	Kind    MailKind   `json:"kind"`
	Notice  NoticeKind `json:"notice,omitempty"` // of a reminder
	Subject Subject    `json:"subject,omitzero"` // left out of the daily mail
	// On is the day of the occasion, on the calendar of its cycle: that on which the turn began,
	// that of the reminder, or that of the daily mail.
	On Date `json:"on"`
	// Turn tells turns on one subject apart: the version, what is awaited and by when.
	Turn string `json:"-"`
}

// Mark names the occasion: nobody gets two mails of one.
func (o MailOccasion) Mark() string {
	subject := ""
	if o.Subject != (Subject{}) {
		subject = o.Subject.String()
	}
	return fmt.Sprintf("%s %s %s %s %s", o.Kind, o.Notice, subject, o.Turn, o.On)
}
