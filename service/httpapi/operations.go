package httpapi

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// CycleFilter narrows a list of cycles. Its cursor is the key of the last one seen.
type CycleFilter struct {
	Paging
	Text string `query:"text" maxLength:"200" doc:"in the key or the title"`
	Rehearsals
}

// Rehearsals asks for rehearsals alone, or for none.
type Rehearsals struct {
	Rehearsal string `query:"rehearsal" enum:"true,false" doc:"only rehearsals, or none"`
}

// OnlyRehearsals asks for rehearsals alone or for none; nil is both.
func OnlyRehearsals(only *bool) Rehearsals {
	if only == nil {
		return Rehearsals{}
	}
	return Rehearsals{strconv.FormatBool(*only)}
}

// Only gives what was asked for; nil is both.
func (r Rehearsals) Only() *bool {
	only, err := strconv.ParseBool(r.Rehearsal)
	if err != nil { // left out
		return nil
	}
	return &only
}

// InboxFilter narrows an inbox.
type InboxFilter struct {
	Paging
	Of      string `query:"body" maxLength:"60" doc:"only what waits for this body"`
	Cycle   string `query:"cycle" maxLength:"100"`
	Overdue bool   `query:"overdue"`
	Mine    bool   `query:"mine" doc:"only what the reader has taken on"`
	Rehearsals
}

// TrailFilter asks for lines of a trail.
type TrailFilter struct {
	Cycle
	Paging
	Refused bool      `query:"refused" doc:"only what was refused"`
	Act     string    `query:"act" maxLength:"40" doc:"only lines about acts of this kind" example:"decide"`
	Prefix  string    `query:"prefix" maxLength:"300" doc:"only subjects whose path begins so" example:"oap/2023/"`
	Since   time.Time `query:"since" doc:"only what was recorded then or later"`
}

// FindingsFilter narrows a list of findings.
type FindingsFilter struct {
	Cycle
	Paging
	Rule     string `query:"rule" maxLength:"10" example:"S12"`
	Path     string `query:"path" maxLength:"300" doc:"only findings about the subject with this path" example:"oap/2023/firearms"`
	Severity string `query:"severity" enum:"blocks,warns,informs"`
}

// RowFilter narrows a list of rows.
type RowFilter struct {
	Cycle
	Paging
	Register string `query:"register" maxLength:"40"`
	Prefix   string `query:"prefix" maxLength:"300" doc:"of the key"`
	History  bool   `query:"history" doc:"also rows in whose place a later one is"`
}

// Version asks for a version of a document; 0 is the one handed in last.
type Version struct {
	Subject
	Version int `query:"version" minimum:"0"`
}

// FileOf asks for the file of a record; none is the version handed in last.
type FileOf struct {
	Subject
	Record string `query:"record" maxLength:"200"`
}

// Versions asks for what differs between two versions.
type Versions struct {
	Subject
	Was int `query:"was" minimum:"0"`
	Is  int `query:"is" minimum:"0"`
}

// Meeting names a meeting.
type Meeting struct {
	Cycle
	Meeting string `path:"meeting" maxLength:"100"`
}

// State names a Member State.
type State struct {
	Cycle
	State string `path:"state" maxLength:"10" example:"fr"`
}

// On asks how something stands on a date.
type On struct {
	Cycle
	On policy.Date `query:"on" doc:"left out: the next change of the Presidency"`
}

// Sum asks for what was reported.
type Sum struct {
	Cycle
	Year   int    `query:"year" minimum:"0" maximum:"9999"`
	Period string `query:"period" maxLength:"63"`
	State  string `query:"state" maxLength:"10"`
	// Priority is the key of a priority.
	Priority string `query:"priority" maxLength:"63" doc:"only plans of this priority"`
}

// Indicator names an indicator.
type Indicator struct {
	Cycle
	Indicator string `path:"indicator" maxLength:"100"`
}

// Text is what is searched for.
type Text struct {
	Text string `query:"text" required:"true" minLength:"3" maxLength:"200"`
}

// Draft is a draft that is saved.
type Draft struct {
	Subject
	Revision
	Body DraftBody
}

// DraftBody is what stands in a draft.
type DraftBody struct {
	Content any `json:"content" doc:"the content, in the form of its kind"`
}

// DropDraft is a draft that is thrown away.
type DropDraft struct {
	Subject
	Revision
}

// Person names a person.
type Person struct {
	Person int64 `path:"person" minimum:"1"`
}

// Keyed is a deed with a body and no key of its own: to repeat it changes nothing.
type Keyed[B any] struct{ Body B }

// Raw is bytes that are no JSON, such as an archive.
type Raw []byte

// The operations on cycles.
var (
	StartCycle = does(policy.DeedStart, withMaxBody(mutation[Keyed[service.StartCycle], service.Cycle]("start-cycle", "/v1/cycles", "Start a cycle",
		policy.CodeNotCompetent, policy.CodeConflict, policy.CodeMarking, policy.CodeOutcomeUnknown), MaxWhole))
	ListCycles = get[CycleFilter, Page[service.CycleLine]]("list-cycles", "/v1/cycles", "List cycles, the newest first")
	FindCycle  = get[Cycle, service.Cycle]("find-cycle", "/v1/cycles/{cycle}", "Tell where a cycle stands", policy.CodeUnknown)
	FindScript = get[Cycle, service.Script]("find-script", "/v1/cycles/{cycle}/script", "Give the script of a rehearsal", queryCodes...)
	FindRows   = get[Cycle, []policy.Row]("find-scripted-rows", "/v1/cycles/{cycle}/scripted-rows", "Give the rows that the actors of a rehearsal enter", queryCodes...)
	Scripts    = get[Nothing, []string]("list-scripts", "/v1/scripts", "List the rehearsals that still have something to play", queryCodes...)
	Bodies     = get[Nothing, []policy.KnownBody]("list-bodies", "/v1/bodies", "List the bodies that cycles have beside those that ship", queryCodes...)
	Export     = get[Cycle, service.Whole]("export-cycle", "/v1/cycles/{cycle}/export", "Take a whole cycle out", policy.CodeUnknown, policy.CodeNotCompetent)
	Import     = does(policy.DeedStart, withMaxBody(mutation[Keyed[service.Import], service.Cycle]("import-cycle", "/v1/imports", "Take over a cycle with its past",
		importCodes...), MaxWhole))
	AddForgotten = does(policy.DeedStart, withMaxBody(mutation[Keyed[service.Import], service.Added]("add-forgotten", "/v1/additions", "Add to a cycle what was forgotten when it was taken over",
		slices.Concat(importCodes, []policy.Code{policy.CodeUnknown, policy.CodeNotOpen, policy.CodeAlreadyDecided, policy.CodeWrongVersion, policy.CodeSeal})...), MaxWhole))
)

// importCodes are the refusals of a past.
var importCodes = []policy.Code{
	policy.CodeNotCompetent, policy.CodeConflict, policy.CodeMarking, policy.CodeNotReady, policy.CodeWrongDate, policy.CodeBlocked, policy.CodeFourEyes,
	policy.CodeOutcomeUnknown,
}

// The acts.
var (
	Decide       = does(policy.Deed(policy.ActDecide), mutation[Act[service.Decide], service.Receipt]("decide", "/v1/decisions", "Record what a body concluded", actCodes...))
	Enclose      = does(policy.Deed(policy.ActDecide), withMaxBody(mutation[Act[service.Enclose], evidence.Envelope]("enclose", "/v1/envelopes", "Give the envelope of an act without sending it, sealed where acts are", actCodes...), MaxDocument))
	Confirm      = does(policy.Deed(policy.ActConfirm), mutation[Act[service.Second], service.Receipt]("confirm", "/v1/confirmations", "Confirm an outcome as a second person", actCodes...))
	SetAside     = does(policy.Deed(policy.ActSetAside), mutation[Act[service.Second], service.Receipt]("set-aside", "/v1/withdrawals", "Take back an outcome that is not confirmed yet", actCodes...))
	Launch       = does(policy.Deed(policy.ActLaunch), mutation[Act[service.Launch], service.Receipt]("launch", "/v1/silence-procedures", "Launch a silence procedure", actCodes...))
	TakePosition = does(policy.Deed(policy.ActPosition), mutation[Act[service.Position], service.Receipt]("take-position", "/v1/positions", "Record what a delegation says", actCodes...))
	Correct      = does(policy.Deed(policy.ActCorrect), withMaxBody(mutation[Act[service.Correct], service.Receipt]("correct", "/v1/corrigenda", "Record a corrigendum", actCodes...), MaxDocument))
	Submit       = withMaxBody(mutation[Act[service.Submit], service.Receipt]("submit", "/v1/versions", "Hand in a version", actCodes...), MaxDocument)
	Finalise     = does(policy.Deed(policy.ActFinalise), withMaxBody(mutation[Act[service.Submit], service.Receipt]("finalise", "/v1/final-texts", "Enter the final text of what was adopted with amendments", actCodes...), MaxDocument))
	OpenItem     = does(policy.Deed(policy.ActOpen), mutation[Act[service.OpenItem], service.Receipt]("open-item", "/v1/items", "Open an extraordinary item, a change of an OAP or a correction of a report", actCodes...))
	AmendCycle   = does(policy.Deed(policy.ActAmend), mutation[Act[service.AmendCycle], service.Receipt]("amend-cycle", "/v1/amendments", "Change a running cycle", actCodes...))
	CloseRound   = mutation[Act[service.CloseRound], service.Receipt]("close-round", "/v1/rounds", "Close a reporting round", actCodes...)
	Enter        = withMaxBody(mutation[Act[service.Enter], service.Entered]("enter", "/v1/rows", "Enter rows into a register", actCodes...), MaxDocument)
	MoveMeeting  = mutation[Act[service.MoveMeeting], service.Receipt]("move-meeting", "/v1/meetings", "Move a meeting", actCodes...)

	CancelMeeting = mutation[Act[service.CancelMeeting], service.Receipt]("cancel-meeting", "/v1/cancelled-meetings", "Cancel a meeting", actCodes...)
)

// The worklist.
var (
	Inbox       = get[InboxFilter, Page[service.InboxItem]]("inbox", "/v1/inbox", "List what waits, the most urgent first", queryCodes...)
	FindSubject = get[Subject, service.Subject]("find-subject", "/v1/cycles/{cycle}/subject", "Give one subject with its versions and decisions", policy.CodeUnknown)
	Trail       = get[TrailFilter, Page[service.TrailEntry]]("trail", "/v1/cycles/{cycle}/trail", "List what was recorded or refused", queryCodes...)
	Claim       = mutation[Keyed[service.Claim], Nothing]("claim", "/v1/claims", "Take on what waits, or release it",
		policy.CodeUnknown, policy.CodeNotCompetent, policy.CodeConflict, policy.CodeNotOpen, policy.CodeOutcomeUnknown)
	Remind = mutation[Keyed[service.Remind], Nothing]("remind", "/v1/reminders", "Remind a body of what waits for it",
		policy.CodeUnknown, policy.CodeNotCompetent, policy.CodeNotOpen, policy.CodeOutcomeUnknown)
	Search = get[Text, []service.Found]("search", "/v1/search", "Find a text in cycles, subjects, decisions and actions")

	FindDraft = get[Subject, service.Draft]("find-draft", "/v1/cycles/{cycle}/draft", "Give the draft on a subject", policy.CodeUnknown, policy.CodeNotCompetent)
	SaveDraft = withMethod(withMaxBody(mutation[Draft, service.Draft]("save-draft", "/v1/cycles/{cycle}/draft", "Save a draft",
		policy.CodeUnknown, policy.CodeNotCompetent, policy.CodeWrongVersion, policy.CodeMarking, policy.CodeOutcomeUnknown), MaxDocument), http.MethodPut)
	ThrowDraft = withMethod(mutation[DropDraft, Nothing]("drop-draft", "/v1/cycles/{cycle}/draft", "Throw a draft away",
		policy.CodeUnknown, policy.CodeNotCompetent, policy.CodeWrongVersion, policy.CodeOutcomeUnknown), http.MethodDelete)
)

// What stands in documents and registers, and how a cycle stands against the rules.
var (
	FindContent = get[Version, service.Document]("find-content", "/v1/cycles/{cycle}/content", "Give what stands in a version", queryCodes...)
	FindFile    = get[FileOf, service.File]("find-file", "/v1/cycles/{cycle}/file", "Give a file as it was handed in", queryCodes...)
	Compare     = get[Versions, service.Comparison]("compare-versions", "/v1/cycles/{cycle}/differences", "List where two versions differ", queryCodes...)
	RollOver    = get[Subject, rules.RolledOver]("roll-over", "/v1/cycles/{cycle}/roll-over", "Make a draft of an OAP from the one before", append(slices.Clone(queryCodes), policy.CodeNotReady)...)
	FindRound   = get[Subject, rules.RoundStatus]("find-round", "/v1/cycles/{cycle}/round", "Tell who has reported and who has not", append(slices.Clone(queryCodes), policy.CodeNotReady)...)
	ListRows    = get[RowFilter, Page[policy.Row]]("list-rows", "/v1/cycles/{cycle}/rows", "Give rows of registers", queryCodes...)

	Findings    = get[FindingsFilter, Page[policy.Finding]]("findings", "/v1/cycles/{cycle}/findings", "List what goes against a rule", queryCodes...)
	Compliance  = get[Cycle, []rules.Compliance]("compliance", "/v1/cycles/{cycle}/compliance", "Tell of each obligation of the conclusions what becomes of it", queryCodes...)
	FindMeeting = get[Meeting, rules.MeetingView]("find-meeting", "/v1/cycles/{cycle}/meetings/{meeting}", "Tell what is ripe for a meeting", queryCodes...)
	National    = get[State, rules.NationalSheet]("national-sheet", "/v1/cycles/{cycle}/states/{state}", "Gather what concerns one State", queryCodes...)
	Handover    = get[On, service.Handover]("handover", "/v1/cycles/{cycle}/handover", "Gather what passes on", queryCodes...)
	Money       = get[Cycle, service.Money]("money", "/v1/cycles/{cycle}/money", "Tell where the money goes", queryCodes...)
	Objectives  = get[Cycle, service.Objectives]("objectives", "/v1/cycles/{cycle}/objectives", "Map the strategic objectives", queryCodes...)
	Summary     = get[Sum, rules.Summary]("summary", "/v1/cycles/{cycle}/summary", "Add up what was reported", queryCodes...)
	Obligations = get[Cycle, []rules.Owed]("obligations", "/v1/cycles/{cycle}/obligations", "List the reports that are owed", queryCodes...)
	Series      = get[Indicator, []rules.SeriesPoint]("series", "/v1/cycles/{cycle}/series/{indicator}", "Give an indicator over all rounds", queryCodes...)
)

// Audit and people.
var (
	Dossier   = get[Cycle, Raw]("dossier", "/v1/cycles/{cycle}/dossier", "Give the whole record of a cycle as an archive", policy.CodeUnknown, policy.CodeNotCompetent)
	ListReads = get[Cycle, []service.Read]("list-reads", "/v1/cycles/{cycle}/reads", "List who read what is marked LIMITE", policy.CodeUnknown, policy.CodeNotCompetent)

	ListPeople  = get[Nothing, []service.Person]("list-people", "/v1/people", "List everybody whom the records know", policy.CodeNotCompetent)
	ChangeRole  = does(policy.DeedPeople, mutation[Keyed[service.ChangeRole], Nothing]("change-role", "/v1/roles", "Give a role or withdraw it", policy.CodeUnknown, policy.CodeNotCompetent, policy.CodeOutcomeUnknown))
	LinkAccount = does(policy.DeedPeople, mutation[Keyed[service.LinkAccount], Nothing]("link-account", "/v1/accounts", "Say whose an account is", policy.CodeUnknown, policy.CodeNotCompetent, policy.CodeOutcomeUnknown))
	ErasePerson = does(policy.DeedPeople, withMethod(mutation[Person, Nothing]("erase-person", "/v1/people/{person}", "Take a name out of the records", policy.CodeUnknown, policy.CodeNotCompetent, policy.CodeOutcomeUnknown), http.MethodDelete))
)

// Calendar names the address of a calendar.
type Calendar struct {
	Calendar int64 `path:"calendar" minimum:"1"`
}

// The addresses of calendars.
var (
	MakeCalendar = mutation[Keyed[service.CalendarScope], service.MadeCalendar]("make-calendar", "/v1/calendars", "Make an address at which a calendar program reads",
		policy.CodeUnknown, policy.CodeTooMany, policy.CodeOutcomeUnknown)
	ListCalendars  = get[Nothing, []service.KnownCalendar]("list-calendars", "/v1/calendars", "List the addresses of calendars", policy.CodeNotIdentified)
	RevokeCalendar = withMethod(mutation[Calendar, Nothing]("revoke-calendar", "/v1/calendars/{calendar}", "Take an address of a calendar back", policy.CodeUnknown, policy.CodeOutcomeUnknown), http.MethodDelete)
)

// MailFilter asks for mails.
type MailFilter struct {
	Paging
	Failed bool `query:"failed" doc:"only what did not arrive, or has not yet"`
	Mine   bool `query:"mine" doc:"only those to whoever asks"`
}

// Mail: what somebody gets, and what became of it.
var (
	FindMailChoice = get[Nothing, service.MailChoice]("find-mail-choice", "/v1/mail/choice", "Tell what whoever asks gets by mail", policy.CodeNotIdentified)
	ChooseMail     = withMethod(mutation[Keyed[service.MailChoice], service.MailChoice]("choose-mail", "/v1/mail/choice", "Say what whoever asks gets by mail", policy.CodeOutcomeUnknown), http.MethodPut)
	ListMails      = get[MailFilter, Page[service.Mail]]("list-mails", "/v1/mail", "List mails and what became of them", policy.CodeNotIdentified)
	BounceMail     = mutation[Keyed[service.Bounce], Nothing]("bounce-mail", "/v1/mail/bounces", "Take note that a mail came back", policy.CodeUnknown, policy.CodeNotCompetent, policy.CodeOutcomeUnknown)
)

// Webhook names a webhook.
type Webhook struct {
	Webhook int64 `path:"webhook" minimum:"1"`
}

// DeliveryFilter asks for what was sent to a webhook.
type DeliveryFilter struct {
	Webhook
	Paging
	Failed bool `query:"failed" doc:"only what did not arrive, or has not yet"`
}

// Webhooks: programs that are told of what is recorded, and what became of that.
var (
	MakeWebhook = does(policy.DeedExport, mutation[Keyed[service.Webhook], service.MadeWebhook]("make-webhook", "/v1/webhooks", "Have a program told of what is recorded",
		policy.CodeUnknown, policy.CodeNotCompetent, policy.CodeTooMany, policy.CodeSeal, policy.CodeOutcomeUnknown))
	ListWebhooks   = get[Nothing, []service.KnownWebhook]("list-webhooks", "/v1/webhooks", "List webhooks", policy.CodeNotIdentified)
	RemoveWebhook  = withMethod(mutation[Webhook, Nothing]("remove-webhook", "/v1/webhooks/{webhook}", "Remove a webhook", policy.CodeUnknown, policy.CodeOutcomeUnknown), http.MethodDelete)
	PauseWebhook   = mutation[Webhook, Nothing]("pause-webhook", "/v1/webhooks/{webhook}/pause", "Let nothing leave to a webhook for a while", policy.CodeUnknown, policy.CodeOutcomeUnknown)
	ResumeWebhook  = mutation[Webhook, Nothing]("resume-webhook", "/v1/webhooks/{webhook}/resume", "Let events leave to a webhook again", policy.CodeUnknown, policy.CodeOutcomeUnknown)
	RotateWebhook  = mutation[Webhook, service.MadeWebhook]("rotate-webhook", "/v1/webhooks/{webhook}/secret", "Give a webhook another secret", policy.CodeUnknown, policy.CodeSeal, policy.CodeOutcomeUnknown)
	TryWebhook     = mutation[Webhook, service.Replayed]("try-webhook", "/v1/webhooks/{webhook}/test", "Send an event that tells of nothing", policy.CodeUnknown, policy.CodeNotOpen, policy.CodeOutcomeUnknown)
	ReplayWebhook  = mutation[Keyed[service.Replay], service.Replayed]("replay-webhook", "/v1/webhooks/replays", "Send events to a webhook anew", policy.CodeUnknown, policy.CodeOutcomeUnknown)
	ListDeliveries = get[DeliveryFilter, Page[service.Delivery]]("list-deliveries", "/v1/webhooks/{webhook}/deliveries", "List what was sent to a webhook, and what became of it", policy.CodeUnknown, policy.CodeNotIdentified)
)

// Events asks for what changes.
type Events struct {
	Cycle string `query:"cycle" maxLength:"100" doc:"left out: of every cycle"`
}

// WhoAmIs is who asks, with the roles that they have now.
type WhoAmIs struct {
	policy.Actor
	Roles []policy.Grant `json:"roles"`
	// May lists what they may do here altogether.
	May []policy.Deed `json:"may,omitempty"`
}

// What a service tells of itself, and what it seals.
var (
	WhatChanges = get[Events, Raw]("events", "/v1/events", "Tell what changes as it happens, as server-sent events")
	Seal        = withMaxBody(mutation[Keyed[evidence.Envelope], evidence.Envelope]("seal", "/v1/seal", "Seal an act of the person who asks",
		policy.CodeNotCompetent, policy.CodeSeal, policy.CodeUnknown), evidence.MaxEnvelope)
	Keys   = get[Nothing, Raw]("keys", "/v1/keys", "Give the public keys by which seals and checkpoints are checked", policy.CodeUnknown)
	WhoAmI = get[Nothing, WhoAmIs]("whoami", "/v1/whoami", "Tell who asks, with which roles")
)
