package store

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// OpenFilter narrows a list of open subjects; beside the reach, zero fields do not.
type OpenFilter struct {
	Reach     Reach // how far whoever asks reads
	Cycle     string
	Body      policy.Body
	Rehearsal *bool
	Claimed   int64 // by this person
	// Overdue leaves what was due before this day, or on the calendar of a rehearsal before
	// its own.
	Overdue policy.Date
	// Past is the last one seen, and PastDue when it falls due.
	Past    policy.Subject
	PastDue policy.Date
	Most    int
}

// ListOpen gives the subjects that wait for somebody, those that fall due first
// first. What waits for a body waits for the one that records for it, and an outcome
// that waits for a second person for the body that recorded it.
func (s *Store) ListOpen(ctx context.Context, f OpenFilter) ([]OpenSubject, error) {
	bodies, err := s.bodiesFor(ctx, f.Body)
	if err != nil {
		return nil, err
	}
	rows, err := sqlc.New(asked{s.pool}).ListOpen(ctx, f.question(bodies))
	if err != nil {
		return nil, translate(err)
	}
	open := make([]OpenSubject, 0, len(rows))
	for _, row := range rows {
		subject, known := s.subjectAt(row.Cycle, row.Path)
		if !known {
			continue
		}
		open = append(open, OpenSubject{
			Subject: subject, Title: row.Title, Language: policy.Language(row.Language),
			Rehearsal: row.Rehearsal, Calendar: calendarOf(row.Day, row.YearSeconds),
			State: policy.State(row.State), Turn: fromBodies(row.Turn), Settles: row.Settles, Version: int(row.Version),
			Pending: valueOf(row.Pending), Second: policy.Body(row.PendingBody),
			Since: fromDate(row.Since), Due: fromDate(row.Due), Claimed: actorOf(valueOf(row.ClaimedPerson), row.ClaimedName, row.ClaimedBody),
		})
	}
	return open, nil
}

// The names for which something waits that waits for nobody in particular, and for anybody.
const (
	waitsForNobody = ""
	waitsAtAll     = "*"
)

func (f OpenFilter) question(bodies policy.BodyTable) sqlc.ListOpenParams {
	q := sqlc.ListOpenParams{
		Bodies: []string{waitsAtAll}, Kinds: kinds(f.Rehearsal), Until: pgtype.Date{InfinityModifier: pgtype.Infinity, Valid: true},
		InCycle: f.Cycle, Among: f.Reach.among(), Without: f.Reach.without(), Claimed: f.Claimed,
		PastDue: toDate(f.PastDue), PastCycle: f.Past.Cycle, PastPath: pathOf(f.Past), Most: limit(f.Most),
	}
	if f.Body != "" {
		if q.Bodies = policy.Texts(bodies.TurnsOf(f.Body)); bodies.MemberState(f.Body) {
			q.Bodies = append(q.Bodies, waitsForNobody)
		}
	}
	if !f.Overdue.IsZero() {
		q.Late, q.Today, q.Until = slices.Contains(q.Kinds, true), toDate(f.Overdue), toDate(f.Overdue.AddDays(-1))
		q.Kinds = slices.DeleteFunc(q.Kinds, func(rehearsal bool) bool { return rehearsal })
	}
	return q
}

// bodiesFor gives the bodies of cycles where it is asked for one of them, or for the one that
// records for those that meet. One that there is not is policy.CodeInvalid.
func (s *Store) bodiesFor(ctx context.Context, body policy.Body) (policy.BodyTable, error) {
	if body == "" || body.Known() && body != policy.GeneralSecretariat {
		return nil, nil
	}
	bodies, err := s.Bodies(ctx)
	if err != nil {
		return nil, err
	}
	if unknown := bodies.JudgeKnown(body); unknown != nil {
		return nil, unknown
	}
	return bodies, nil
}

// kinds lists whether rehearsals are wanted, and whether what is none is; nil is both.
func kinds(rehearsal *bool) []bool {
	if rehearsal == nil {
		return []bool{false, true}
	}
	return []bool{*rehearsal}
}
