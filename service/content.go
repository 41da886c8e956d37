package service

import (
	"context"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
)

// Contents tells what stands in documents, and makes new ones of old.
type Contents interface {
	// FindContent gives what stands in a version of a document; version 0 is the
	// one handed in last. CodeUnknown where it is not kept here.
	FindContent(ctx context.Context, subject policy.Subject, version int) (*Document, error)
	// FindFile gives the file that was handed in under a record: a version, or a
	// corrigendum; an empty record is the version handed in last. CodeUnknown where none is
	// kept here.
	FindFile(ctx context.Context, subject policy.Subject, record string) (*File, error)
	// CompareVersions lists where two versions differ; 0 is the one handed in
	// last, or the one before it.
	CompareVersions(ctx context.Context, subject policy.Subject, was, is int) (*Comparison, error)
	// RollOver makes the draft of an OAP from the one of the period before.
	RollOver(ctx context.Context, oap policy.Subject) (*rules.RolledOver, error)
	// FindRound tells who has reported on an OAP in a round, and who has not.
	FindRound(ctx context.Context, report policy.Subject) (*rules.RoundStatus, error)
	// CloseRound makes the report of what stands in the register of progress and
	// hands it in. CodeNotReady while an action has not reported.
	CloseRound(ctx context.Context, c CloseRound) (*Receipt, error)
}

// Registers keeps what lives beside the documents.
type Registers interface {
	// Enter records rows of one register, all or none.
	Enter(ctx context.Context, e Enter) (*Entered, error)
	// ListRows gives rows of registers.
	ListRows(ctx context.Context, filter RowFilter) ([]policy.Row, error)
	// MoveMeeting moves a meeting, and with it all that hangs on it.
	MoveMeeting(ctx context.Context, m MoveMeeting) (*Receipt, error)
	// CancelMeeting cancels a meeting that is still to come: it stays in the calendar,
	// and nothing hangs on it any more.
	CancelMeeting(ctx context.Context, m CancelMeeting) (*Receipt, error)
}

// Checks tells how a cycle stands against the rules, and gathers what belongs
// together.
type Checks interface {
	// Findings lists what is wrong in a cycle.
	Findings(ctx context.Context, cycle string, filter FindingFilter) ([]policy.Finding, error)
	// Compliance tells of each obligation of the Council conclusions what becomes of it, as
	// far as its rule can tell, and what that looked at.
	Compliance(ctx context.Context, cycle string) ([]rules.Compliance, error)
	// FindMeeting tells what is ripe for a meeting and what is missing.
	FindMeeting(ctx context.Context, cycle, key string) (*rules.MeetingView, error)
	// NationalSheet gathers all that concerns one State.
	NationalSheet(ctx context.Context, cycle string, state policy.Body) (*rules.NationalSheet, error)
	// Handover gathers what passes on, on a date; the zero Date is the next
	// change of the Presidency.
	Handover(ctx context.Context, cycle string, on policy.Date) (*Handover, error)
	// Money tells where the money of a cycle goes.
	Money(ctx context.Context, cycle string) (*Money, error)
	// Objectives maps the strategic objectives to priorities and actions.
	Objectives(ctx context.Context, cycle string) (*Objectives, error)
	// Summary adds up what was reported.
	Summary(ctx context.Context, cycle string, filter rules.SummaryFilter) (*rules.Summary, error)
	// Obligations lists the reports that are owed, and what became of each.
	Obligations(ctx context.Context, cycle string) ([]rules.Owed, error)
	// Series gives an indicator over all rounds.
	Series(ctx context.Context, cycle, indicator string) ([]rules.SeriesPoint, error)
}

// Transfer takes whole cycles in and out.
type Transfer interface {
	// Export gives a whole cycle: its definitions, acts, documents and registers.
	Export(ctx context.Context, cycle string) (*Whole, error)
	// Import takes over a cycle with its past, under its true dates, all or
	// nothing, and sets it in motion. Who did what then, stands in it.
	Import(ctx context.Context, whole Whole) (*Cycle, error)
	// AddForgotten adds to a cycle that was taken over what was forgotten then, all or
	// nothing. What is recorded already may be left out, or stand there as it is recorded;
	// what says another thing is policy.CodeConflict, and so is a cycle in which something
	// was recorded since.
	AddForgotten(ctx context.Context, whole Whole) (*Added, error)
}

// Added says what was added to a cycle that was taken over, and how it stands now.
type Added struct {
	Acts  Count `json:"acts"`
	Rows  Count `json:"rows"` // of registers
	Cycle Cycle `json:"cycle"`
}

// Count says how many of something were added.
type Count struct {
	Added int `json:"added"`
	There int `json:"there"` // of those that came, recorded before
}

// Document is what stands in a version.
type Document struct {
	Subject policy.Subject `json:"subject"`
	Version int            `json:"version"`
	Content policy.Content `json:"content"`
	// Marking says who may read it.
	Marking policy.Marking `json:"marking"`
	// ReplacedBy is the path of the settled change or correction that took the place of what
	// stands in an OAP; empty for none.
	ReplacedBy string `json:"replaced_by,omitempty"`
}

// File is a file as it was handed in.
type File struct {
	Subject  policy.Subject     `json:"subject"`
	Record   string             `json:"record"` // by which it was handed in
	Document policy.DocumentRef `json:"document,omitempty"`
	// Marking says who may read it.
	Marking policy.Marking `json:"marking"`
	policy.File
}

// Comparison is where two versions differ.
type Comparison struct {
	Subject policy.Subject `json:"subject"`
	Was     int            `json:"was"` // 0 where Against is given
	Is      int            `json:"is"`
	// Against is the path of what a change or a correction is held against: what stood before.
	Against     string              `json:"against,omitempty"`
	Differences []policy.Difference `json:"differences"`
}

// CloseRound closes a reporting round on an OAP, or hands in a correction of its report.
type CloseRound struct {
	Statement
	Report   policy.Subject     `json:"report"` // or the correction
	Document policy.DocumentRef `json:"document,omitempty"`
	Revises  int                `json:"revises,omitempty"` // as in Submit
	// Published holds totals that were printed elsewhere. They are held against what was
	// reported and never take its place.
	Published *policy.Totals `json:"published,omitempty"`
}

// Enter is rows that somebody enters. An empty ID is made of the rows, so that
// entering them again is safe; a row without a date holds from today on.
type Enter struct {
	ID    string       `json:"-"`
	Cycle string       `json:"cycle"`
	Rows  []policy.Row `json:"rows"`
}

// Entered says that rows are recorded, durably.
type Entered struct {
	ID       string    `json:"id"`
	Rows     int       `json:"rows"`
	Recorded time.Time `json:"recorded"` // instant of the commit
	// Overtaken says of which rows a later one counts, so that they have no effect today.
	Overtaken []string `json:"overtaken,omitempty"`
	// Remarks are the same, and of what they were made.
	Remarks []policy.Remark `json:"-"`
}

// RowFilter narrows a list of rows.
type RowFilter struct {
	Cycle    string
	Register policy.Register // "" is all
	Prefix   string          // of the key
	// History gives also rows in whose place a later one is, in the order in which they
	// were entered.
	History bool
	// Past is the last row seen, and Most how many are wanted; 0 is all. Both are of no
	// use with History.
	Past policy.RowPlace
	Most int
}

// FindingFilter narrows a list of findings; zero fields do not.
type FindingFilter struct {
	Rule    string // S1 to S32
	Subject string // its path
}

// MoveMeeting moves a meeting to another day. A meeting that is not there yet
// is planned, if it has a title and a body. The wrong day of one that has passed is put
// right on a Decision, the ID of one that is recorded.
type MoveMeeting struct {
	ID     string      `json:"-"`
	Cycle  string      `json:"cycle"`
	Key    string      `json:"key"`
	On     policy.Date `json:"on"`
	Reason string      `json:"reason"`
	Date   policy.Date `json:"date,omitzero"` // of the act; zero is today
	Title  string      `json:"title,omitempty"`
	Body   policy.Body `json:"body,omitempty"`
	// Decision is what the rectification of a past meeting rests on.
	Decision string `json:"decision,omitempty"`
}

// SetID names the record.
func (m *MoveMeeting) SetID(id string) { m.ID = id }

// CancelMeeting cancels a meeting that is still to come. It stays in the calendar.
type CancelMeeting struct {
	ID     string      `json:"-"`
	Cycle  string      `json:"cycle"`
	Key    string      `json:"key"`
	Reason string      `json:"reason"`
	Date   policy.Date `json:"date,omitzero"` // of the act; zero is today
}

// SetID names the record.
func (m *CancelMeeting) SetID(id string) { m.ID = id }

// Handover is what passes on, and what the cycle took over itself.
type Handover struct {
	rules.Handover
	// Inherited is what passed on from the cycle before, where that is kept here:
	// open recommendations, running actions, lineage.
	Inherited *rules.Handover `json:"inherited,omitempty"`
}

// Money is where the money goes.
type Money struct {
	rules.Money
	// Unfunded lists the actions that asked for money and have none.
	Unfunded []string `json:"unfunded"`
}

// Objectives is the map of objectives, both ways.
type Objectives struct {
	Objectives []rules.ObjectiveLine `json:"objectives"`
	// Orphans are the priorities that serve no objective.
	Orphans []string `json:"orphans"`
}

// Whole is a whole cycle.
type Whole struct {
	// Definition is the one with which the cycle began, Definitions what each
	// amendment made of it, by version from 2 on.
	Definition  policy.Definition         `json:"definition"`
	Definitions map[int]policy.Definition `json:"definitions,omitempty"`
	Script      *policy.Script            `json:"script,omitempty"` // of a rehearsal
	Acts        []policy.Recorded         `json:"acts"`
	// Documents holds contents by path and version: "oap/2022/firearms/v1".
	Documents map[string]policy.Content `json:"documents"`
	// Files holds what was handed in as a file, by the ID of the act.
	Files map[string]policy.File `json:"files,omitempty"`
	Rows  []policy.Row           `json:"rows"`
	// People are those whom the rows name by number: who stands in for whom.
	People []policy.Named `json:"people,omitempty"`
}

// Import is a whole cycle as somebody hands it in to be taken over.
type Import struct{ Whole }
