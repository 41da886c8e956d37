// Package service is the one door of policycycle: everything a user may do or
// ask, whoever asks and however. Package service/local does it with the engine
// and the records; every face of the product (command line, rehearsal, API,
// pages) goes through here. It speaks the words of package policy, and for
// auditors those of package evidence, which is as pure.
//
// Who sees something, and in whose name it is done, Service.As says: no method takes it
// again. Nobody acts without it (policy.CodeNotIdentified), whoever operates the machine
// included, who sees everything.
//
// Every method returns errors that carry a policy.Code; policy.CodeOf tells
// which. A method that records answers after the commit.
package service

import (
	"context"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

// Service is the whole contract.
type Service interface {
	// As gives the same service to somebody: it shows what they may see, and what is
	// done by it they do. The zero Principal is the public, which does nothing.
	As(who policy.Principal) Service
	// PrincipalOf gives as what somebody acts now, who is policy.CodeNotIdentified where
	// nobody knows them.
	PrincipalOf(ctx context.Context, by policy.Actor) (policy.Principal, error)
	// May lists what the reader may do here altogether; what they may do in a cycle,
	// or about something in it, stands with that.
	May(ctx context.Context) ([]policy.Deed, error)
	Cycles
	Acts
	Worklist
	Drafts
	Contents
	Registers
	Checks
	Transfer
	Audits
	People
	Calendars
	Mails
	Webhooks
}

// As gives a service to somebody who is named.
func As(ctx context.Context, s Service, by policy.Actor) (Service, error) {
	who, err := s.PrincipalOf(ctx, by)
	if err != nil {
		return nil, err
	}
	return s.As(who), nil
}

// Cycles starts cycles and tells where they stand.
type Cycles interface {
	// StartCycle stores the definition and sets the cycle in motion. Starting
	// the same definition again answers the same; another definition under a
	// key already used is policy.CodeConflict, a definition that is not sound
	// policy.CodeInvalid.
	StartCycle(ctx context.Context, start StartCycle) (*Cycle, error)
	// ListCycles gives one line for each cycle, the newest first.
	ListCycles(ctx context.Context, filter CycleFilter) ([]CycleLine, error)
	// FindCycle gives a whole cycle, or policy.CodeUnknown.
	FindCycle(ctx context.Context, id string) (*Cycle, error)
	// FindScript gives the definition and script of a rehearsal that still
	// runs; FindCycle's errors apply.
	FindScript(ctx context.Context, id string) (*Script, error)
	// FindScriptedRows gives what the actors of a rehearsal enter into registers,
	// in the order of its dates.
	FindScriptedRows(ctx context.Context, id string) ([]policy.Row, error)
	// ListScripts names the rehearsals that still have something to play.
	ListScripts(ctx context.Context) ([]string, error)
	// ListBodies gives the bodies that cycles on record have beside those that ship, each once,
	// as the latest cycle has it.
	ListBodies(ctx context.Context) (policy.BodyTable, error)
}

// Acts records what the institutions do.
type Acts interface {
	// Decide records what a body concluded on the subject.
	Decide(ctx context.Context, d Decide) (*Receipt, error)
	// Enclose gives the envelope of an act instead of sending it, sealed where acts are: any
	// client of Temporal may deliver it. What is handed in is kept.
	Enclose(ctx context.Context, e Enclose) (*evidence.Envelope, error)
	// Confirm confirms, as a second person, what was recorded, which takes effect by
	// it. Who recorded it, or handed in the version, is policy.CodeFourEyes.
	Confirm(ctx context.Context, c Second) (*Receipt, error)
	// Launch launches a silence procedure: what is proposed is adopted on expiry
	// unless a delegation objects. It takes effect once a second person confirms it.
	Launch(ctx context.Context, l Launch) (*Receipt, error)
	// TakePosition records what a delegation says about the version before a body.
	TakePosition(ctx context.Context, p Position) (*Receipt, error)
	// Correct records a corrigendum of what was adopted.
	Correct(ctx context.Context, c Correct) (*Receipt, error)
	// SetAside takes back an outcome that was recorded and not confirmed yet.
	SetAside(ctx context.Context, c Second) (*Receipt, error)
	// Submit hands in a version of a document.
	Submit(ctx context.Context, s Submit) (*Receipt, error)
	// Finalise enters the final text of what was adopted with amendments, as a version is
	// handed in. It takes effect once a second person confirms it.
	Finalise(ctx context.Context, s Submit) (*Receipt, error)
	// OpenItem opens an extraordinary item outside the calendar.
	OpenItem(ctx context.Context, o OpenItem) (*Receipt, error)
	// AmendCycle changes the definition of a running cycle, resting on a
	// recorded decision.
	AmendCycle(ctx context.Context, a AmendCycle) (*Receipt, error)
}

// Worklist tells what waits for whom.
type Worklist interface {
	// Inbox lists what waits, the most urgent first.
	Inbox(ctx context.Context, filter InboxFilter) ([]InboxItem, error)
	// FindSubject gives one subject with its versions and decisions, or
	// policy.CodeUnknown.
	FindSubject(ctx context.Context, subject policy.Subject) (*Subject, error)
	// Trail lists what was recorded or refused in a cycle, oldest first.
	Trail(ctx context.Context, cycle string, filter TrailFilter) ([]TrailEntry, error)
	// Claim takes on what waits, so that others of the body see it, or releases it.
	// CodeConflict when somebody else has it. It decides nothing.
	Claim(ctx context.Context, c Claim) error
	// Remind reminds a body of what waits for it, beside the ladder of reminders.
	Remind(ctx context.Context, r Remind) error
	// Search finds a text in cycles, subjects, decisions and actions, as far as the
	// reader may see them.
	Search(ctx context.Context, text string) ([]Found, error)
	// Watch tells of each line written into a trail from now on, until the context
	// ends; cycle "" is all. What it misses is in the trail.
	Watch(ctx context.Context, cycle string, each func(Change)) error
}

// Drafts keeps what is being written, for those who may hand it in. A draft is no
// record: it may change and go.
type Drafts interface {
	// FindDraft gives the draft on a subject, made from the version handed in last
	// where nobody has written yet; it then has revision 0.
	FindDraft(ctx context.Context, subject policy.Subject) (*Draft, error)
	// SaveDraft keeps a draft in the place of the revision that it was made from;
	// another one there is CodeWrongVersion, unless the same person saved the same.
	SaveDraft(ctx context.Context, d SaveDraft) (*Draft, error)
	// DropDraft takes a revision of a draft away. That none is left is no error.
	DropDraft(ctx context.Context, d SaveDraft) error
}

// CycleFilter narrows a list of cycles; zero fields do not.
type CycleFilter struct {
	Text      string // in the key or the title
	Rehearsal *bool
	Past      string // the ID of the last one seen
	Most      int    // 0 is all
}

// TrailFilter narrows a trail; zero fields do not.
type TrailFilter struct {
	Refused bool      // what was refused alone
	Act     string    // of one kind
	Prefix  string    // of the path of the subject
	Since   time.Time // recorded then or later
	Past    int64     // the number of the last line seen
	Most    int       // 0 is all
}

// Claim takes on what waits, or releases it.
type Claim struct {
	Subject policy.Subject `json:"subject"`
	Release bool           `json:"release,omitempty"`
}

// Remind reminds a body of a subject.
type Remind struct {
	Subject policy.Subject `json:"subject"`
	To      policy.Body    `json:"to"`
}

// SaveDraft is a draft that somebody has written. Revision is the one that it was
// made from, 0 where there was none.
type SaveDraft struct {
	Subject  policy.Subject
	Revision int
	Content  policy.Content
}

// StartCycle is what is needed to start a cycle.
type StartCycle struct {
	Definition policy.Definition `json:"definition"`
	// Rehearsal makes the cycle a rehearsal; nil is real life.
	Rehearsal *Rehearsal `json:"rehearsal,omitempty"`
}

// Rehearsal is how a cycle is rehearsed.
type Rehearsal struct {
	// ID is that of the rehearsal, such as empact-2022-2025-rehearsal-2, under which it
	// is started once however often that is asked; empty for the first that is free.
	ID     string        `json:"id,omitempty"`
	Script policy.Script `json:"script"`
	// YearSeconds is how many real seconds a year of the calendar takes.
	YearSeconds float64 `json:"year_seconds"`
	// Documents is what the actors hand in, by path and version:
	// "oap/2022/firearms/v1". Rows is what they enter into registers, on the
	// dates of the rows.
	Documents map[string]policy.Content `json:"documents,omitempty"`
	Rows      []policy.Row              `json:"rows,omitempty"`
}

// Statement is what everything that somebody records has.
type Statement struct {
	ID   string      `json:"-"`             // empty: the digest of the act, so that repeating it is safe
	Date policy.Date `json:"date,omitzero"` // zero: the cycle's today
	// For is whom the person stands in for; nil for nobody.
	For     *policy.Actor `json:"for,omitempty"`
	Comment string        `json:"comment,omitempty"`
	// Language is that in which the person writes.
	Language policy.Language `json:"language,omitempty"`
}

// SetID names the record.
func (s *Statement) SetID(id string) { s.ID = id }

// Fill puts it into an act.
func (s *Statement) Fill(act *policy.Act) {
	act.Date, act.For, act.Comment, act.Language = s.Date, s.For, s.Comment, s.Language
}

// Decide is the outcome a body concluded. ID and Date as in Statement; a zero Version is
// the one handed in last, an empty Digest that of the version, an empty Procedure a
// meeting. What a silence procedure ended in is of its last day, where no other is given. By is filled in: who records it, the service knows.
type Decide struct {
	ID string `json:"-"`
	policy.Act
}

// Second is what a second person says about a recorded outcome.
type Second struct {
	Statement
	// Record is the ID of the outcome.
	Record string `json:"record"`
}

// Launch is a silence procedure of a body. Version and Digest as in Decide.
type Launch struct {
	Statement
	Subject  policy.Subject     `json:"subject"`
	Body     policy.Body        `json:"body"`
	Deadline policy.Date        `json:"deadline"`
	Document policy.DocumentRef `json:"document"`
	Version  int                `json:"version,omitempty"`
	Digest   string             `json:"digest,omitempty"`
}

// Correct is a corrigendum. Content is kept under its digest.
type Correct struct {
	Statement
	Subject     policy.Subject     `json:"subject"`
	Document    policy.DocumentRef `json:"document"`
	Content     []byte             `json:"content,omitempty"`
	MediaType   string             `json:"media_type,omitempty"`
	Substantive bool               `json:"substantive,omitempty"`
}

// Position is what a delegation says about a version. Version and Digest as in Decide; an
// empty Body is the one whose turn it is, an empty Delegation that of who says it.
type Position struct {
	Statement
	Subject    policy.Subject `json:"subject"`
	Body       policy.Body    `json:"body,omitempty"`
	Delegation policy.Body    `json:"delegation,omitempty"`
	Stance     policy.Stance  `json:"stance"`
	Version    int            `json:"version,omitempty"`
	Digest     string         `json:"digest,omitempty"`
}

// Submit is a version handed in. Content is kept under its digest.
type Submit struct {
	Statement
	Subject policy.Subject `json:"subject"`
	// Document is the register number, where the document has one.
	Document  policy.DocumentRef `json:"document,omitempty"`
	Rectifies string             `json:"rectifies,omitempty"`
	// Revises is the number of the version before a body in whose place this one is handed in
	// (REV); 0 where none is.
	Revises int `json:"revises,omitempty"`
	// Marking says who may read it; empty is LIMITE. Of a document marked above the
	// ceiling nothing is kept but its number, its marking and who holds it, and of an OAP a
	// skeleton.
	Marking policy.Marking `json:"marking,omitempty"`
	Holder  string         `json:"holder,omitempty"`
	// TextDigest is the digest of the text that is held there, as sha256sum gives it.
	TextDigest string `json:"text_digest,omitempty"`
	// Content is the document itself, at most MaxContent bytes. Of a kind whose
	// content the cycle keeps it is the JSON of that content; of others it may be
	// anything, and may be left out.
	Content   []byte `json:"content,omitempty"`
	MediaType string `json:"media_type,omitempty"`
	// Held is the digest of a content that is kept here already, instead of
	// Content.
	Held string `json:"held,omitempty"`
}

// MaxContent is the most bytes that a submitted document may have.
const MaxContent = 8 << 20

// OpenItem opens an extraordinary item.
type OpenItem struct {
	Statement
	Subject policy.Subject `json:"subject"`
	Opening policy.Opening `json:"opening"`
}

// AmendCycle changes a running cycle. Without a decision only the calendar of meetings is changed
// and, until the Council has decided on them, the priorities that are proposed to it. ID, Date, For and Language as in Statement: what it says is the
// reason of the amendment.
type AmendCycle struct {
	ID    string        `json:"-"`
	Cycle string        `json:"cycle"`
	Date  policy.Date   `json:"date,omitzero"`
	For   *policy.Actor `json:"for,omitempty"`
	// Decision is the ID of the recorded decision that the amendment rests on.
	Decision  string           `json:"decision,omitempty"`
	Amendment policy.Amendment `json:"amendment"`
	Language  policy.Language  `json:"language,omitempty"` // of its reason
}

// SetID names the record.
func (a *AmendCycle) SetID(id string) { a.ID = id }

// Receipt says that an act is recorded, durably.
type Receipt = policy.Receipt
