package service

import (
	"context"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// Mails says what somebody gets by mail, and what became of it. A mail tells of what waits for the
// body that its person speaks for, as far as that one may read it.
type Mails interface {
	// FindMailChoice gives what the reader gets by mail; no kinds where they chose none.
	FindMailChoice(ctx context.Context) (*MailChoice, error)
	// ChooseMail says what the reader gets by mail from now on, in place of what they chose before.
	// Where no mail leaves, and to an address that may get none, it is policy.CodeInvalid.
	ChooseMail(ctx context.Context, c MailChoice) (*MailChoice, error)
	// ListMails lists the mails to the reader, the latest first: to who manages people, those to
	// everybody.
	ListMails(ctx context.Context, filter MailFilter) ([]Mail, error)
	// BounceMail takes note that a mail came back, for who manages people. One that never left is
	// policy.CodeUnknown.
	BounceMail(ctx context.Context, b Bounce) error
}

// MailChoice is what somebody wants by mail, and where.
type MailChoice = policy.MailChoice

// MailFilter narrows a list of mails; zero fields do not.
type MailFilter struct {
	Failed bool  // those alone that did not arrive, or have not yet
	Mine   bool  // those alone to the reader
	Past   int64 // the number of the last one seen
	Most   int   // 0 is all
}

// Mail is one mail.
type Mail struct {
	Mail   int64       `json:"mail"` // its number
	To     string      `json:"to"`   // NAME@BODY
	At     string      `json:"address,omitempty"`
	Kind   string      `json:"kind"`
	Notice string      `json:"notice,omitempty"` // of a reminder, which step of the ladder
	About  string      `json:"about,omitempty"`  // the subject; left out of the daily mail
	On     policy.Date `json:"on"`               // day of its occasion, on the calendar of the cycle
	Made   time.Time   `json:"made"`
	// State is "waiting", "sent", "overtaken" where it was done before the mail could leave,
	// "refused" by the server for mail, or "bounced".
	State    string    `json:"state"`
	Attempts int       `json:"attempts,omitempty"`
	Next     time.Time `json:"next,omitzero"`  // of the next attempt
	Ended    time.Time `json:"ended,omitzero"` // when it was sent, or what else became of it
	Said     string    `json:"said,omitempty"` // by the server for mail, where it did not take it
}

// Bounce says of a mail that it came back.
type Bounce struct {
	Mail int64  `json:"mail"`
	Said string `json:"said,omitempty"` // by the server that did not take it
}

// Subscriber is somebody who gets mail, as what they read now.
type Subscriber struct {
	Choice int64 // the number of their choice
	policy.Principal
	MailChoice
}

// Reminder is one that was given on a turn which is not over.
type Reminder struct {
	policy.Notice
	To []policy.Body
}

// DueMail is a mail that is to leave now.
type DueMail struct {
	Mail     int64
	Occasion policy.MailOccasion
	Attempts int // that failed
}
