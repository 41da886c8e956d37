package service

import (
	"time"

	"github.com/policycycle/policycycle/policy"
)

// The JSON names of these types are stable: scripts rest on them.

// CycleLine is one cycle in a list.
type CycleLine struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// Language is that of the titles of the cycle.
	Language   policy.Language `json:"language,omitempty"`
	Rehearsal  bool            `json:"rehearsal"`
	Stage      policy.Stage    `json:"stage"`
	StageSince policy.Date     `json:"stage_since"`
	Today      policy.Date     `json:"today"` // what the calendar of the cycle shows
	// Next is what presses most; absent when nothing is open.
	Next *InboxItem `json:"next,omitempty"`
	// Deadlines holds the next due dates of what is open, the earliest first.
	Deadlines []Deadline `json:"deadlines,omitempty"`
	// Open and Overdue count the subjects that wait for somebody.
	Open    int `json:"open"`
	Overdue int `json:"overdue"`
}

// Deadline is a day on which something that is open falls due.
type Deadline struct {
	On    policy.Date `json:"on"`
	Count int         `json:"count"` // how much
}

// InboxItem is one subject that waits for somebody.
type InboxItem struct {
	Subject   policy.Subject  `json:"subject"`
	Title     string          `json:"title"`
	Language  policy.Language `json:"language,omitempty"` // of the title
	Rehearsal bool            `json:"rehearsal"`
	// Awaits is "submission", "decision" or, once an outcome is recorded,
	// "confirmation" by a second person.
	Awaits string `json:"awaits"`
	// Pending is the ID of the outcome that awaits it.
	Pending string        `json:"pending,omitempty"`
	Turn    []policy.Body `json:"turn"` // whose turn it is; empty: any Member State
	// Settles says whether this turn is the last one.
	Settles bool        `json:"settles"`
	Version int         `json:"version,omitempty"`
	Since   policy.Date `json:"since"`
	Due     policy.Date `json:"due"`
	Overdue bool        `json:"overdue"`
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
	Most      int // 0 is all
}

// Cycle is a whole cycle.
type Cycle struct {
	CycleLine
	Predecessor          string             `json:"predecessor,omitempty"`
	PolicyWindow         policy.Window      `json:"policy_window"`
	ImplementationWindow policy.Window      `json:"implementation_window"`
	DefinitionVersion    int                `json:"definition_version"`
	StartedBy            string             `json:"started_by"`
	Stages               []policy.StageSpan `json:"stages"`
	// Waiting lists everything that is open, the most urgent first.
	Waiting     []InboxItem `json:"waiting"`
	Policy      []Subject   `json:"policy"` // from the threat assessment to the evaluation
	Priorities  []Priority  `json:"priorities"`
	MASPs       []Subject   `json:"masps"`
	Periods     []Period    `json:"periods"`
	Items       []Subject   `json:"items,omitempty"`
	Obligations []Subject   `json:"obligations,omitempty"`
	// Meetings are those that the cycle plans, the earliest first.
	Meetings []policy.PlannedMeeting `json:"meetings,omitempty"`
	// Discontinued lists what an amendment took away after it was opened.
	Discontinued []Subject       `json:"discontinued,omitempty"`
	Decisions    []Decision      `json:"decisions"`
	Amendments   []AmendmentLine `json:"amendments,omitempty"`
	// GreatestLagDays is how many days of the calendar the record lagged
	// behind the acts at most; telling in a rehearsal alone.
	GreatestLagDays int `json:"greatest_lag_days"`
	// Illustrative lists the parts of the definition that no public source
	// gives.
	Illustrative []string `json:"illustrative,omitempty"`
	// Keeps lists the kinds of documents and the registers that are kept here.
	Keeps []string `json:"keeps,omitempty"`
	// May lists what the reader may do in the cycle as a whole, and MayEnter the
	// registers into which they may enter rows.
	May      []policy.Deed     `json:"may,omitempty"`
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
	Areas         []string             `json:"areas,omitempty"`
	Objectives    []policy.Objective   `json:"objectives,omitempty"`
	// Lineage says from which priorities of the cycle before it comes,
	// PlanLineage which of its OAPs came from others by a split or merger.
	Lineage     []policy.Lineage `json:"lineage,omitempty"`
	PlanLineage []PlanLineage    `json:"plan_lineage,omitempty"`
	Outcome     policy.Outcome   `json:"outcome,omitempty"` // empty while open
	Decision    string           `json:"decision,omitempty"`
	MASPs       []string         `json:"masps"` // paths of the strategic plans that cover it
	OAPs        []string         `json:"oaps"`  // paths of its operational plans, all periods
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
	To      policy.Date `json:"to"`
	OAPs    []Subject   `json:"oaps"`
	Reports []Subject   `json:"reports"`
}

// Subject is one subject with where it stands.
type Subject struct {
	Subject   policy.Subject `json:"subject"`
	Path      string         `json:"path"` // within the cycle
	Title     string         `json:"title"`
	Priority  string         `json:"priority,omitempty"`
	State     policy.State   `json:"state"`
	Turn      []policy.Body  `json:"turn,omitempty"`
	Since     policy.Date    `json:"since,omitzero"`
	TurnDue   policy.Date    `json:"turn_due,omitzero"`
	Due       policy.Date    `json:"due,omitzero"` // when it is to be settled
	Overdue   bool           `json:"overdue"`
	Version   int            `json:"version,omitempty"`
	Outcome   policy.Outcome `json:"outcome,omitempty"`
	ClosedOn  policy.Date    `json:"closed_on,omitzero"`
	Versions  []Version      `json:"versions,omitempty"`  // FindSubject only
	Decisions []Decision     `json:"decisions,omitempty"` // FindSubject only
	Notices   []Notice       `json:"notices,omitempty"`   // FindSubject only
	// Corrigenda corrects what was adopted. Stale says that the decision no longer
	// covers the text: a substantive corrigendum waits for its adoption.
	Corrigenda []policy.Corrigendum `json:"corrigenda,omitempty"`
	Stale      bool                 `json:"stale,omitempty"`
	// Positions holds what delegations say about the version that stands before a
	// body, and Silence the silence procedure on it. FindSubject only.
	Positions []policy.Held   `json:"positions,omitempty"`
	Silence   *policy.Silence `json:"silence,omitempty"`
	// Awaits and Pending are as in an inbox; ClaimedBy is who has taken it on.
	// FindSubject only.
	Awaits    string `json:"awaits,omitempty"`
	Pending   string `json:"pending,omitempty"`
	ClaimedBy string `json:"claimed_by,omitempty"`
	// May lists what the reader may do about it now. FindSubject only.
	May []policy.Deed `json:"may,omitempty"`
	// Kept says that the cycle keeps what stands in its versions as data: each is then
	// handed in as such, and elsewhere as any file. FindSubject only.
	Kept bool `json:"kept,omitempty"`
	// Outcomes lists what the body can conclude whose turn it is. FindSubject only.
	Outcomes []policy.Outcome `json:"outcomes,omitempty"`
}

// Version is one version handed in. It never changes.
type Version struct {
	ID       string          `json:"id"`
	Version  int             `json:"version"`
	Digest   string          `json:"digest"`
	Document policy.Document `json:"document,omitempty"`
	Date     policy.Date     `json:"date"`
	Due      policy.Date     `json:"due"`
	DaysLate int             `json:"days_late"`
	By       string          `json:"by"`
	Comment  string          `json:"comment,omitempty"`
	// Language is that in which it is written.
	Language  policy.Language `json:"language,omitempty"`
	Rectifies string          `json:"rectifies,omitempty"`
	// Marking says who may read it; Holder who holds what is marked above what may
	// be kept here.
	Marking policy.Marking `json:"marking"`
	Holder  string         `json:"holder,omitempty"`
}

// Decision is one outcome recorded. It never changes.
type Decision struct {
	ID        string           `json:"id"`
	Subject   policy.Subject   `json:"subject"`
	Version   int              `json:"version"`
	Body      policy.Body      `json:"body"`
	Outcome   policy.Outcome   `json:"outcome"`
	Date      policy.Date      `json:"date"`
	Due       policy.Date      `json:"due"`
	DaysLate  int              `json:"days_late"`
	Procedure policy.Procedure `json:"procedure"`
	Meeting   string           `json:"meeting,omitempty"`
	// OtherDay says that the meeting took place on another day than planned.
	OtherDay   bool                 `json:"other_day,omitempty"`
	Reference  policy.Document      `json:"reference"`
	Items      []policy.ItemOutcome `json:"items,omitempty"`
	RecordedBy string               `json:"recorded_by"`
	Recorded   time.Time            `json:"recorded"` // instant of the commit
	Comment    string               `json:"comment,omitempty"`
	// Language is that in which it is written.
	Language   policy.Language `json:"language,omitempty"`
	SkipReason string          `json:"skip_reason,omitempty"`
	// Irregular says why a fact is recorded that went against a rule.
	Irregular string `json:"irregular,omitempty"`
	// Digest is that of the exact version decided on, Stated that of what is
	// recorded here; machines and auditors compare them.
	Digest string `json:"digest"`
	Stated string `json:"stated"`
	// Stale says that a substantive corrigendum of what was decided waits for its
	// adoption.
	Stale bool `json:"stale,omitempty"`
	// Awaits is "confirmation" while a second person is wanted; "" once it has
	// effect. ConfirmedBy is that person.
	Awaits      string `json:"awaits,omitempty"`
	ConfirmedBy string `json:"confirmed_by,omitempty"`
	// SetAsideBy took it back before it had effect.
	SetAsideBy string `json:"set_aside_by,omitempty"`
	// OnBehalfOf is whom the recorder stood in for.
	OnBehalfOf string `json:"on_behalf_of,omitempty"`
	Rectifies  string `json:"rectifies,omitempty"`
	// RectifiedBy is the ID of the record that corrects this one.
	RectifiedBy string `json:"rectified_by,omitempty"`
	// MayRectify says that the reader may record it anew as it was. FindSubject only.
	MayRectify bool `json:"may_rectify,omitempty"`
}

// Notice is one reminder given, or the missed deadline itself.
type Notice struct {
	Kind policy.NoticeKind `json:"kind"`
	On   policy.Date       `json:"on"`
	Due  policy.Date       `json:"due"`
	To   []policy.Body     `json:"to"`
}

// AmendmentLine is one amendment of a running cycle.
type AmendmentLine struct {
	ID       string          `json:"id"`
	Version  int             `json:"version"` // of the definition, from then on
	Date     policy.Date     `json:"date"`
	Reason   string          `json:"reason"`
	Language policy.Language `json:"language,omitempty"` // of the reason
	Decision string          `json:"decision"`
}

// TrailEntry is one line of what was recorded or refused.
type TrailEntry struct {
	Sequence int64       `json:"sequence"`
	Recorded time.Time   `json:"recorded"` // instant of the commit
	On       policy.Date `json:"on"`
	Act      string      `json:"act"`
	ActID    string      `json:"act_id,omitempty"`
	Subject  string      `json:"subject,omitempty"`
	By       string      `json:"by,omitempty"`
	// OnBehalfOf is whom that person stood in for.
	OnBehalfOf string      `json:"on_behalf_of,omitempty"`
	Accepted   bool        `json:"accepted"`
	Code       policy.Code `json:"code,omitempty"`
	Message    string      `json:"message,omitempty"`
}

// Found is something that a search found.
type Found struct {
	What    string         `json:"what"` // "cycle", "subject", "decision" or "action"
	Subject policy.Subject `json:"subject"`
	Title   string         `json:"title"`
	Said    string         `json:"said,omitempty"`
	Code    string         `json:"code,omitempty"` // of an action
	// More says, on the last one listed of its sort, that there are others.
	More bool `json:"more,omitempty"`
}

// Change is a line that was written into a trail.
type Change struct {
	Cycle    string `json:"cycle"`
	Sequence int64  `json:"sequence"`
	Path     string `json:"path,omitempty"` // of the subject
}

// Draft is content that is being written.
type Draft struct {
	Subject  policy.Subject   `json:"subject"`
	Revision int              `json:"revision"`
	Content  policy.Content   `json:"content"`
	By       string           `json:"by,omitempty"`
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
