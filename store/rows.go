package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// This file turns rows into the types of policy and back.

func toDate(d policy.Date) pgtype.Date {
	return pgtype.Date{Time: d.Time(time.UTC), Valid: !d.IsZero()}
}

func fromDate(d pgtype.Date) policy.Date {
	if !d.Valid {
		return policy.Date{}
	}
	return policy.NewDate(d.Time.Year(), d.Time.Month(), d.Time.Day())
}

func fromBodies(texts []string) []policy.Body {
	var bodies []policy.Body
	for _, t := range texts {
		bodies = append(bodies, policy.Body(t))
	}
	return bodies
}

// pathOf gives the path of a subject; empty for none.
func pathOf(s policy.Subject) string {
	if s == (policy.Subject{}) {
		return ""
	}
	return s.Path()
}

// limit gives how many rows are wanted; 0 is all.
func limit(most int) int32 {
	return cmp.Or(int32(most), math.MaxInt32)
}

// optional gives nil for nothing: no text, or nobody.
func optional[T comparable](value T) *T {
	var nothing T
	if value == nothing {
		return nil
	}
	return &value
}

// valueOf gives nothing for nil.
func valueOf[T any](column *T) (value T) {
	if column != nil {
		value = *column
	}
	return value
}

func calendarOf(day pgtype.Date, yearSeconds *float64) policy.Calendar {
	if yearSeconds == nil {
		return policy.Calendar{}
	}
	return policy.Calendar{Day: fromDate(day), YearSeconds: *yearSeconds}
}

// subjectAt gives the subject that a path names, and whether it is one: what is recorded of
// a kind that only a later version knows is left aside, and the log is told.
func (s *Store) subjectAt(cycle, path string) (policy.Subject, bool) {
	subject, err := policy.ParseSubject(cycle + "/" + path)
	if err != nil {
		s.tell(unreadable(cycle+"/"+path, err))
	}
	return subject, err == nil
}

// Subject is a subject that was opened, as it stands.
type Subject struct {
	policy.Standing
	Title    string
	OpenedOn policy.Date
	Opening  *policy.Opening // of an extraordinary item
	// definition is the version of the definition that the standing follows
	// from.
	definition int32
	// returned is the line of the trail with which an amendment brought it back; 0 for one
	// that never was away.
	returned int64
}

// subjectOf reads a subject. One that cannot be read is known by its name alone.
func subjectOf(row sqlc.Subject) (Subject, error) {
	subject, err := policy.ParseSubject(row.Cycle + "/" + row.Path)
	if err != nil {
		return Subject{}, unreadable(row.Cycle+"/"+row.Path, err)
	}
	s := Subject{
		Title: row.Title, OpenedOn: fromDate(row.OpenedOn), definition: row.Definition, returned: row.Returned,
		Standing: policy.Standing{
			Subject: subject, State: policy.State(row.State), Version: int(row.Version), Digest: row.Digest,
			Turns: int(row.Turns), Turn: fromBodies(row.Turn), Since: fromDate(row.Since), Due: fromDate(row.Due),
			Outcome: policy.Outcome(row.Outcome), ClosedOn: fromDate(row.ClosedOn), LastAct: fromDate(row.LastAct), Pending: valueOf(row.Pending),
		},
	}
	for _, part := range []struct {
		text []byte
		into any
	}{{row.Items, &s.Items}, {row.Silence, &s.Silence}, {row.Opening, &s.Opening}} {
		if part.text == nil {
			continue
		}
		if err := policy.Read(part.text, part.into); err != nil {
			return Subject{Standing: policy.Standing{Subject: subject}}, unreadable(subject.String(), err)
		}
	}
	if len(s.Items) == 0 {
		s.Items = nil
	}
	return s, nil
}

func putSubject(known Subject, settles bool) (sqlc.PutSubjectParams, error) {
	s := known.Standing
	items, err := json.Marshal(append([]policy.ItemOutcome{}, s.Items...))
	if err != nil {
		return sqlc.PutSubjectParams{}, fmt.Errorf("items of %s: %w", s.Subject, err)
	}
	var opening, silence []byte
	if s.Silence != nil {
		if silence, err = json.Marshal(s.Silence); err != nil {
			return sqlc.PutSubjectParams{}, fmt.Errorf("silence procedure on %s: %w", s.Subject, err)
		}
	}
	if known.Opening != nil {
		if opening, err = json.Marshal(known.Opening); err != nil {
			return sqlc.PutSubjectParams{}, fmt.Errorf("opening of %s: %w", s.Subject, err)
		}
	}
	return sqlc.PutSubjectParams{
		Cycle: s.Subject.Cycle, Path: s.Subject.Path(), Kind: string(s.Subject.Kind), Title: known.Title,
		OpenedOn: toDate(known.OpenedOn), Opening: opening, Definition: known.definition,
		State: string(s.State), Version: int32(s.Version),
		Digest: s.Digest, Turns: int32(s.Turns), Turn: policy.Texts(s.Turn), Settles: settles,
		Since: toDate(s.Since), Due: toDate(s.Due), Outcome: string(s.Outcome), Items: items,
		ClosedOn: toDate(s.ClosedOn), LastAct: toDate(s.LastAct), Pending: optional(s.Pending), Silence: silence, Returned: known.returned,
	}, nil
}

// Act is an act as it stands in the record, with how it came there.
type Act struct {
	policy.Recorded
	Sequence   int64
	Channel    string
	RecordedAt time.Time
	// AmendsTo is the version of the definition that an amendment made.
	AmendsTo int
	// RestsOn is the act that this one decides on, confirms or sets aside.
	RestsOn string
	// Envelope is the act as it came, in its canonical form.
	Envelope []byte
}

func actOf(subject policy.Subject, row sqlc.ListActsRow) (Act, error) {
	a := Act{Sequence: row.Sequence, Channel: row.Channel, RecordedAt: row.RecordedAt.UTC(), AmendsTo: int(row.AmendsTo), Envelope: row.Envelope}
	a.ID, a.ArrivedOn, a.Due = row.ID, fromDate(row.ArrivedOn), fromDate(row.Due)
	a.Act = policy.Act{
		Kind: policy.ActKind(row.Kind), Subject: subject, Date: fromDate(row.Date),
		By:       policy.Actor{Person: row.Person, Name: row.Name, Body: policy.Body(row.Body)},
		Document: policy.DocumentRef(row.Document), Comment: row.Comment, Language: policy.Language(row.Language),
		Version: int(row.Version), Digest: row.Digest,
		Body: policy.Body(row.DecidedBy), Outcome: policy.Outcome(row.Outcome),
		Procedure: policy.Procedure(row.Procedure), Meeting: row.Meeting, SkipReason: row.SkipReason, OtherDay: row.OtherDay,
		Deadline: fromDate(row.Deadline), Delegation: policy.Body(row.Delegation), Stance: policy.Stance(row.Stance),
		Content: valueOf(row.Held), Irregular: row.Irregular,
		Marking: policy.Marking(row.Marking), Holder: row.Holder, TextDigest: row.TextDigest, Rectifies: valueOf(row.Rectifies), Substantive: row.Substantive,
		Revises: int(valueOf(row.Revises)),
	}
	a.Stated, a.RestsOn = row.Content, valueOf(row.RestsOn)
	if row.Principal != row.Person {
		a.For = &policy.Actor{Person: row.Principal, Name: row.PrincipalName, Body: a.By.Body}
	}
	if a.Kind == policy.ActConfirm || a.Kind == policy.ActSetAside {
		a.Confirms = a.RestsOn
	}
	if row.AmendsTo > 0 {
		a.Amendment = &policy.AmendmentRef{BaseVersion: int(row.AmendsTo) - 1, Decision: row.AmendsBy}
	}
	if a.Kind == policy.ActOpen {
		var stated evidence.Envelope
		if err := policy.Read(row.Envelope, &stated); err != nil {
			return Act{}, unreadable(row.ID, err)
		}
		a.Opening = stated.Act.Opening
	}
	if err := policy.Read(row.Items, &a.Items); err != nil {
		return Act{}, unreadable(row.ID, err)
	}
	if len(a.Items) == 0 {
		a.Items = nil
	}
	return a, nil
}

func recordedOf(subject policy.Subject, known Subject, rows []sqlc.ListActsRow) ([]policy.Recorded, error) {
	acts := make([]Act, 0, len(rows))
	for _, row := range rows {
		a, err := actOf(subject, row)
		if err != nil {
			return nil, err
		}
		acts = append(acts, a)
	}
	return known.since(acts), nil
}

// since gives the acts on a subject as the rules judge them: where it came back with an
// amendment, its return stands among them.
func (known Subject) since(acts []Act) []policy.Recorded {
	records := make([]policy.Recorded, 0, len(acts)+1)
	versions, returned := 0, known.returned == 0
	for _, a := range acts {
		if !returned && a.Sequence > known.returned {
			records, returned = append(records, policy.Return(known.Subject, known.OpenedOn, versions)), true
		}
		if a.Kind == policy.ActSubmit {
			versions = max(versions, a.Version)
		}
		records = append(records, a.Recorded)
	}
	if !returned {
		records = append(records, policy.Return(known.Subject, known.OpenedOn, versions))
	}
	return records
}
