package service

import (
	"time"

	"github.com/policycycle/policycycle/policy"
)

// The JSON names of these types are stable: scripts rest on them.

// CycleLine is one cycle in a list.
type CycleLine struct {
	ID    string `json:"id"`    // key of the cycle
	Title string `json:"title"` // name of the cycle
	// Language is the language of the titles, as a code of two letters.
	Language   policy.Language `json:"language,omitempty"`
	Rehearsal  bool            `json:"rehearsal"`            // whether it is a rehearsal
	Stage      policy.Stage    `json:"stage"`                // where the cycle stands
	StageSince policy.Date     `json:"stage_since,omitzero"` // since when
	// Begins is the first day of a cycle that is still to begin; left out once it has.
	Begins policy.Date `json:"begins,omitzero"`
	Today  policy.Date `json:"today"` // what the calendar of the cycle shows
	// Next is what presses most; left out when nothing is open.
	Next *InboxItem `json:"next,omitempty"`
	// Deadlines are the next days on which something that is open falls due, three at
	// most.
	Deadlines []Deadline `json:"deadlines,omitempty"`
	// Open is how many subjects wait for somebody, and Overdue how many of them are overdue;
	// left out where the reader is not told.
	Open    *int `json:"open,omitempty"`
	Overdue *int `json:"overdue,omitempty"`
}

// Told gives what a reader is told; nothing where that is left out.
func Told[T any](told *T) (value T) {
	if told != nil {
		value = *told
	}
	return value
}

// Deadline is a day on which something that is open falls due.
type Deadline struct {
	On    policy.Date `json:"on"`
	Count int         `json:"count"` // how much falls due
}

// InboxItem is one subject that waits for somebody.
type InboxItem struct {
	Subject   policy.Subject  `json:"subject"`
	Title     string          `json:"title"`
	Language  policy.Language `json:"language,omitempty"` // the language of the title
	Rehearsal bool            `json:"rehearsal"`          // whether it belongs to a rehearsal
	// Awaits is "submission", "decision", "final-text" or, once an outcome is recorded,
	// "confirmation" by a second person.
	Awaits string `json:"awaits"`
	// Pending is the ID of the outcome that awaits it.
	Pending string `json:"pending,omitempty"`
	// Second is the body of which a second person is awaited then: it is their turn.
	Second policy.Body   `json:"second,omitempty"`
	Turn   []policy.Body `json:"turn"` // before whom it is; empty: any Member State
	// Settles says whether this turn is the last one.
	Settles bool        `json:"settles"`
	Version int         `json:"version,omitempty"` // the version handed in last
	Since   policy.Date `json:"since"`             // when the turn began
	Due     policy.Date `json:"due"`               // when it is to end
	// Overdue says that it should have ended; left out, too, where the reader is not told.
	Overdue bool `json:"overdue,omitempty"`
	// DaysOverdue is how many days have passed since the due date.
	DaysOverdue int `json:"days_overdue,omitempty"`
	// ClaimedBy is who has taken it on.
	ClaimedBy string `json:"claimed_by,omitempty"`
}

// InboxFilter narrows an inbox; zero fields do not.
type InboxFilter struct {
	Body    policy.Body
	Cycle   string
	Overdue bool
	Mine    bool // only what the reader has taken on
	// Rehearsal asks for rehearsals alone, or for none.
	Rehearsal *bool
	// Past is the last one seen, and PastDue when it falls due.
	Past    policy.Subject
	PastDue policy.Date
	Most    int // 0 is all
}

// Cycle is a whole cycle.
type Cycle struct {
	CycleLine
	Predecessor          string             `json:"predecessor,omitempty"` // key of the cycle before
	PolicyWindow         policy.Window      `json:"policy_window"`         // in which its policy is made
	ImplementationWindow policy.Window      `json:"implementation_window"` // in which its plans are carried out
	DefinitionVersion    int                `json:"definition_version"`    // 1 at the start, one more with each amendment
	StartedBy            string             `json:"started_by,omitempty"`  // NAME@BODY; left out where the reader is not told
	Stages               []policy.StageSpan `json:"stages"`                // in order
	// Waiting lists everything that is open, the most urgent first; left out where the reader
	// is not told.
	Waiting     []InboxItem `json:"waiting,omitzero"`
	Policy      []Subject   `json:"policy"` // from the threat assessment to the evaluation
	Priorities  []Priority  `json:"priorities"`
	MASPs       []Subject   `json:"masps"`                 // the strategic plans
	Periods     []Period    `json:"periods"`               // with their OAPs and reports
	Items       []Subject   `json:"items,omitempty"`       // what somebody opened: extraordinary items, changes of OAPs, corrections of reports
	Obligations []Subject   `json:"obligations,omitempty"` // reporting obligations, one for each due date
	// Meetings are those that the cycle plans, the earliest first.
	Meetings []policy.PlannedMeeting `json:"meetings,omitempty"`
	// Discontinued lists what amendments took away after it was opened, whatever had become
	// of it by then.
	Discontinued []Subject       `json:"discontinued,omitempty"`
	Decisions    []Decision      `json:"decisions"`            // by their date; those of one day as recorded
	Amendments   []AmendmentLine `json:"amendments,omitempty"` // of the running cycle
	// GreatestLagDays is how many days of the calendar the record lagged
	// behind the acts at most; telling in a rehearsal alone.
	GreatestLagDays int `json:"greatest_lag_days"`
	// Illustrative lists the parts of the definition that no public source
	// gives.
	Illustrative []string `json:"illustrative,omitempty"`
	// Bodies are those that its file has beside those that ship, or in other words.
	Bodies policy.BodyTable `json:"bodies,omitempty"`
	// Keeps lists the kinds of documents and the registers that are kept here.
	Keeps []string `json:"keeps,omitempty"`
	// May lists what the reader may do in the cycle as a whole.
	May []policy.Deed `json:"may,omitempty"`
	// MayEnter lists the registers into which the reader may enter rows.
	MayEnter []policy.Register `json:"may_enter,omitempty"`
}

// Priority is one priority of a cycle.
type Priority struct {
	Key           string               `json:"key"`
	Title         string               `json:"title"`
	Kind          policy.PriorityKind  `json:"kind"`
	Aim           string               `json:"aim,omitempty"`
	Region        string               `json:"region,omitempty"`
	SubPriorities []policy.SubPriority `json:"sub_priorities,omitempty"`
	Areas         []string             `json:"areas,omitempty"`      // crime areas
	Objectives    []policy.Objective   `json:"objectives,omitempty"` // strategic objectives that it serves
	// Lineage says from which priorities of the cycle before it comes.
	Lineage []policy.Lineage `json:"lineage,omitempty"`
	// PlanLineage says which of its OAPs came from others by a split or merger.
	PlanLineage []PlanLineage  `json:"plan_lineage,omitempty"`
	Outcome     policy.Outcome `json:"outcome,omitempty"`  // left out while open
	Words       policy.Wording `json:"words,omitempty"`    // the Council's for it, where they are its own
	Decision    string         `json:"decision,omitempty"` // ID of the decision
	// Proposed says that the Council has not decided yet: it may set it in other words.
	Proposed bool `json:"proposed,omitempty"`
	// Amended is the day of the decision that worded it anew since the Council set it.
	Amended policy.Date `json:"amended_on,omitzero"`
	// Added is the day of the decision that added it while the cycle ran.
	Added policy.Date `json:"added_on,omitzero"`
	// Withdrawn is the day of the amendment that took it away. One that came back stands
	// twice.
	Withdrawn policy.Date `json:"withdrawn_on,omitzero"`
	MASPs     []string    `json:"masps"` // paths of the strategic plans that cover it, within the cycle
	OAPs      []string    `json:"oaps"`  // paths of its operational plans, all periods
}

// PlanLineage says from which OAPs one came.
type PlanLineage struct {
	OAP  string   `json:"oap"` // key
	From []string `json:"from"`
}

// Period is one period with its OAPs and reports.
type Period struct {
	Key     string      `json:"key"`
	From    policy.Date `json:"from"`
	To      policy.Date `json:"to"` // included
	OAPs    []Subject   `json:"oaps"`
	Reports []Subject   `json:"reports"` // on those OAPs
}

// Subject is one subject with where it stands.
type Subject struct {
	Subject  policy.Subject `json:"subject"`
	Path     string         `json:"path"` // the subject within its cycle
	Title    string         `json:"title"`
	Priority string         `json:"priority,omitempty"` // key of its priority
	State    policy.State   `json:"state"`
	Turn     []policy.Body  `json:"turn,omitempty"`    // whose turn it is
	Since    policy.Date    `json:"since,omitzero"`    // when the turn began
	TurnDue  policy.Date    `json:"turn_due,omitzero"` // when the turn is to end
	Due      policy.Date    `json:"due,omitzero"`      // when it is to be settled
	Overdue  bool           `json:"overdue,omitempty"` // the turn should have ended; left out, too, where the reader is not told
	Version  int            `json:"version,omitempty"` // the one handed in last
	Outcome  policy.Outcome `json:"outcome,omitempty"` // once closed
	// Words are those of the body that settles it, where they are its own.
	Words    policy.Wording `json:"words,omitempty"`
	ClosedOn policy.Date    `json:"closed_on,omitzero"`
	// Withdrawn is the day of the amendment that took it off the agenda; left out while it
	// is on it.
	Withdrawn policy.Date `json:"withdrawn_on,omitzero"`
	Versions  []Version   `json:"versions,omitempty"`  // of one subject alone
	Decisions []Decision  `json:"decisions,omitempty"` // of one subject alone
	Notices   []Notice    `json:"notices,omitempty"`   // of one subject alone
	// Corrigenda are the corrections of what was adopted.
	Corrigenda []policy.Corrigendum `json:"corrigenda,omitempty"`
	// Final is the final text of what was adopted with amendments, once it was entered. Of one
	// subject alone.
	Final *policy.FinalText `json:"final,omitempty"`
	// Stale says that the decision no longer covers the text: a substantive
	// corrigendum waits for its adoption.
	Stale bool `json:"stale,omitempty"`
	// Positions are what delegations say about the version that stands before a
	// body. Of one subject alone.
	Positions []policy.Stand `json:"positions,omitempty"`
	// EarlierPositions are what they said about the versions before it, which counts no more.
	EarlierPositions []policy.EarlierStand `json:"earlier_positions,omitempty"`
	// Concluded are the bodies of its chain that have concluded, in their order, each with the
	// version on which it did last. Of one subject alone.
	Concluded []policy.Concluded `json:"concluded,omitempty"`
	// Silence is the silence procedure on that version. Of one subject alone.
	Silence *policy.Silence `json:"silence,omitempty"`
	// Awaits is what it waits for, as in an inbox; to a named reader alone.
	Awaits  string `json:"awaits,omitempty"`
	Pending string `json:"pending,omitempty"` // ID of the recorded outcome that waits for a second person
	// Second is the body of which that person is: it is their turn.
	Second    policy.Body `json:"second,omitempty"`
	ClaimedBy string      `json:"claimed_by,omitempty"` // who has taken it on
	// May lists what the reader may do about it now. Of one subject alone.
	May []policy.Deed `json:"may,omitempty"`
	// Stored says that the cycle keeps what stands in its versions as data: each is then
	// handed in as such, and elsewhere as any file. Of one subject alone.
	Stored bool `json:"kept,omitempty"`
	// Outcomes lists what the body can conclude whose turn it is. Of one subject alone.
	Outcomes []policy.Outcome `json:"outcomes,omitempty"`
	// Vocabulary lists in which words bodies conclude on it, the first of which count. Of one
	// subject alone.
	Vocabulary []policy.Usage `json:"vocabulary,omitempty"`
}

// Revises is the version before a body in whose place one comes that is handed in now; 0 for none.
func (s *Subject) Revises() int {
	if s.State != policy.StateDeciding {
		return 0
	}
	return s.Version
}

// Version is one version handed in. It never changes.
type Version struct {
	ID       string             `json:"id"`      // ID of the record
	Version  int                `json:"version"` // from 1
	Digest   string             `json:"digest"`  // SHA-256 of the content
	Document policy.DocumentRef `json:"document,omitempty"`
	Date     policy.Date        `json:"date"`                // when it was handed in
	Due      policy.Date        `json:"due,omitzero"`        // when it was due; left out of one that nobody awaited, for it took the place of another
	Revises  int                `json:"revises,omitempty"`   // the version before a body whose place it took (REV)
	DaysLate int                `json:"days_late,omitempty"` // left out when in time, and where the reader is not told
	By       string             `json:"by"`                  // NAME@BODY
	Comment  string             `json:"comment,omitempty"`
	// Language is the language of the document and the comment.
	Language  policy.Language `json:"language,omitempty"`
	Rectifies string          `json:"rectifies,omitempty"` // ID of the earlier record that it corrects
	Marking   policy.Marking  `json:"marking"`             // who may read it
	Holder    string          `json:"holder,omitempty"`    // who holds what is marked above what may be kept here
	// TextDigest is the digest of the text that is held there.
	TextDigest string `json:"text_digest,omitempty"`
	Content    string `json:"content,omitempty"` // digest of what is kept of it here; left out where nothing is
}

// Decision is one outcome recorded. It never changes.
type Decision struct {
	ID        string           `json:"id"` // ID of the record
	Subject   policy.Subject   `json:"subject"`
	Version   int              `json:"version"` // the version decided on
	Body      policy.Body      `json:"body"`    // which body concluded
	Outcome   policy.Outcome   `json:"outcome"`
	Words     policy.Wording   `json:"words,omitempty"`     // those of the body, where they are its own
	Date      policy.Date      `json:"date"`                // of the meeting or the end of the procedure
	Due       policy.Date      `json:"due"`                 // when the turn was to end
	DaysLate  int              `json:"days_late,omitempty"` // left out when in time, and where the reader is not told
	Procedure policy.Procedure `json:"procedure"`
	Meeting   string           `json:"meeting,omitempty"`
	// OtherDay says that the meeting took place on another day than planned.
	OtherDay   bool                 `json:"other_day,omitempty"`
	Reference  policy.DocumentRef   `json:"reference"`             // the document that shows the outcome
	Items      []policy.ItemOutcome `json:"items,omitempty"`       // where one act settles many items
	RecordedBy string               `json:"recorded_by,omitempty"` // NAME@BODY; left out where the reader is not told
	Recorded   time.Time            `json:"recorded"`              // instant of the commit
	Comment    string               `json:"comment,omitempty"`
	// Language is the language in which it is written.
	Language   policy.Language `json:"language,omitempty"`
	SkipReason string          `json:"skip_reason,omitempty"` // why earlier bodies were left out
	// Irregular says why a fact is recorded that went against a rule.
	Irregular string `json:"irregular,omitempty"`
	// Digest is that of the exact version decided on.
	Digest string `json:"digest"`
	// Stated is the digest of what is recorded here; machines and auditors compare it.
	Stated string `json:"stated"`
	// Stale says that a substantive corrigendum of what was decided waits for its
	// adoption.
	Stale bool `json:"stale,omitempty"`
	// Awaits is "confirmation" while a second person is wanted; left out once it has
	// effect.
	Awaits      string `json:"awaits,omitempty"`
	ConfirmedBy string `json:"confirmed_by,omitempty"` // NAME@BODY of the second person
	// SetAsideBy is NAME@BODY of who took it back before it had effect.
	SetAsideBy string `json:"set_aside_by,omitempty"`
	// Undone says that it has no effect any more: it is the end of a silence procedure to which
	// a delegation had objected in time.
	Undone bool `json:"undone,omitempty"`
	// OnBehalfOf is whom the recorder stood in for.
	OnBehalfOf string `json:"on_behalf_of,omitempty"`
	Rectifies  string `json:"rectifies,omitempty"` // ID of the earlier record that it corrects
	// RectifiedBy is the ID of the record that corrects this one.
	RectifiedBy string `json:"rectified_by,omitempty"`
	// MayRectify says that the reader may record it anew as it was. FindSubject only.
	MayRectify bool `json:"may_rectify,omitempty"`
}

// Notice is one reminder given, or that nothing was recorded by the due date.
type Notice struct {
	Kind policy.NoticeKind `json:"kind"` // an escalation also goes to the Presidency
	On   policy.Date       `json:"on"`
	Due  policy.Date       `json:"due"` // the due date that it is about
	To   []policy.Body     `json:"to"`
	// Met says that the due date was met: what was awaited happened by then, and was entered
	// later.
	Met bool `json:"met,omitempty"`
}

// AmendmentLine is one amendment of a running cycle.
type AmendmentLine struct {
	ID       string          `json:"id"`      // ID of the record
	Version  int             `json:"version"` // of the definition, from then on
	Date     policy.Date     `json:"date"`
	Reason   string          `json:"reason"`
	Language policy.Language `json:"language,omitempty"` // the language of the reason
	Decision string          `json:"decision"`           // ID of the decision that it rests on
}

// TrailEntry is one line of what was recorded or refused.
type TrailEntry struct {
	Sequence int64       `json:"sequence"`          // grows by one within a cycle
	Recorded time.Time   `json:"recorded"`          // instant of the commit
	On       policy.Date `json:"on"`                // of the act on the calendar of the cycle
	Act      string      `json:"act"`               // `submit`, `decide`, `open`, `amend` or what else was done
	ActID    string      `json:"act_id,omitempty"`  // ID of the record
	Subject  string      `json:"subject,omitempty"` // path of the subject
	By       string      `json:"by,omitempty"`      // NAME@BODY
	// OnBehalfOf is whom that person stood in for.
	OnBehalfOf string `json:"on_behalf_of,omitempty"`
	// Claimed says that By is only named: the attempt bears no good seal, so nobody knows
	// who made it.
	Claimed  bool        `json:"claimed,omitempty"`
	Accepted bool        `json:"accepted"`          // false for a refused attempt
	Code     policy.Code `json:"code,omitempty"`    // of the refusal
	Message  string      `json:"message,omitempty"` // of the refusal
}

// Found is something that a search found.
type Found struct {
	What    string         `json:"what"`           // "cycle", "subject", "decision" or "action"
	Subject policy.Subject `json:"subject"`        // where it is; of a cycle its key and `/`
	Title   string         `json:"title"`          // of a decision its register number
	Said    string         `json:"said,omitempty"` // of a subject its state; of a decision body, outcome and date; of an action its title
	Code    string         `json:"code,omitempty"` // of an action
	// More says that there are others of its sort than those before it.
	More bool `json:"more,omitempty"`
}

// Change is a line that was written into a trail.
type Change struct {
	Cycle    string `json:"cycle"`          // key of the cycle
	Sequence int64  `json:"sequence"`       // of the trail entry
	Path     string `json:"path,omitempty"` // of the subject, within the cycle; left out where the line is about none, or the reader may not see it
}

// Draft is content that is being written.
type Draft struct {
	Subject  policy.Subject   `json:"subject"`
	Revision int              `json:"revision"`     // 1 for the first that was saved, one more with each; 0: nobody has saved one
	Content  policy.Content   `json:"content"`      // in the form of its kind: documents
	By       string           `json:"by,omitempty"` // who saved it
	Saved    time.Time        `json:"saved,omitzero"`
	Problems []policy.Problem `json:"problems"` // what stands against handing it in
}

// Script is what the actors of a rehearsal need.
type Script struct {
	Cycle      string            `json:"cycle"`
	Definition policy.Definition `json:"definition"`
	Script     policy.Script     `json:"script"`
	Calendar   policy.Calendar   `json:"calendar"`
	Ended      bool              `json:"ended"` // nothing is left to play
}
