package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// FindReceipt gives the receipt of an act recorded under the envelope's ID,
// and whether there is one. Another act under that ID is policy.CodeConflict.
func (s *Store) FindReceipt(ctx context.Context, e evidence.Envelope) (policy.Receipt, bool, error) {
	content, err := e.Content()
	if err != nil {
		return policy.Receipt{}, false, err
	}
	row, err := sqlc.New(s.pool).FindAct(ctx, e.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return policy.Receipt{}, false, nil
	}
	if err != nil {
		return policy.Receipt{}, false, translate(err)
	}
	receipt, err := repeated(row, content)
	return receipt, err == nil, err
}

// FindStated gives the subject of a recorded act, and the digest of what it
// states. One that does not exist is policy.CodeUnknown.
func (s *Store) FindStated(ctx context.Context, id string) (policy.Subject, string, error) {
	row, err := sqlc.New(s.pool).FindAct(ctx, id)
	if err != nil {
		return policy.Subject{}, "", noRow(translate(err), policy.Refuse(policy.CodeUnknown, "nothing is recorded as %q; policycycle trail CYCLE and policycycle show SUBJECT tell what is", id))
	}
	subject, err := policy.ParseSubject(row.Cycle + "/" + row.Path)
	return subject, row.Content, err
}

// MediaData is the media type of what is kept as data: those contents alone that were
// admitted as such.
const MediaData = "application/json"

// PutContent keeps bytes under their digest, which it gives back.
func (s *Store) PutContent(ctx context.Context, mediaType string, body []byte) (string, error) {
	digest := evidence.Digest(body)
	err := sqlc.New(s.pool).PutContent(ctx, sqlc.PutContentParams{Digest: digest, MediaType: mediaType, Body: body})
	return digest, translate(err)
}

// Notice is a reminder that was given.
type Notice struct {
	policy.Notice
	Due policy.Date
	To  []policy.Body
}

// ListNotices gives the reminders given on a subject, oldest first.
func (s *Store) ListNotices(ctx context.Context, subject policy.Subject) ([]Notice, error) {
	rows, err := sqlc.New(s.pool).ListNotices(ctx, sqlc.ListNoticesParams{Cycle: subject.Cycle, Path: subject.Path()})
	if err != nil {
		return nil, translate(err)
	}
	var notices []Notice
	for _, row := range rows {
		notices = append(notices, Notice{
			Notice: policy.Notice{Kind: policy.NoticeKind(row.Kind), On: fromDate(row.OnDate)},
			Due:    fromDate(row.Due), To: fromBodies(row.Recipients),
		})
	}
	asked, err := sqlc.New(s.pool).ListRemindersAsked(ctx, sqlc.ListRemindersAskedParams{Cycle: subject.Cycle, Path: subject.Path()})
	if err != nil {
		return nil, translate(err)
	}
	for _, row := range asked {
		notices = append(notices, Notice{
			Notice: policy.Notice{Kind: policy.NoticeAsked, On: fromDate(row.OnDate)}, To: fromBodies([]string{row.Recipient}),
		})
	}
	slices.SortStableFunc(notices, func(a, b Notice) int { return a.On.Compare(b.On) })
	return notices, nil
}

// TrailLine is one line of the trail of a cycle.
type TrailLine struct {
	Sequence   int64
	RecordedAt time.Time
	On         policy.Date
	Act        string
	ActID      string
	Path       string
	By         policy.Actor
	For        *policy.Actor // whom the person stood in for
	Claimed    bool          // By is only named: the attempt bears no good seal
	Accepted   bool
	Code       policy.Code
	Message    string
	Hash       string
}

// TrailFilter narrows a trail; zero fields do not.
type TrailFilter struct {
	Refused bool      // what was refused alone
	Act     string    // of one kind
	Prefix  string    // of the path of the subject
	Since   time.Time // recorded then or later
	Past    int64     // the last line seen
	Most    int
}

// Trail gives the trail of a cycle, oldest first; one that does not exist is
// policy.CodeUnknown.
func (s *Store) Trail(ctx context.Context, cycle string, f TrailFilter) ([]TrailLine, error) {
	rows, err := sqlc.New(s.pool).ListTrail(ctx, sqlc.ListTrailParams{
		Cycle: cycle, Past: f.Past, Refused: f.Refused, Act: f.Act, Prefix: f.Prefix, Since: timestamptz(f.Since), Most: limit(f.Most),
	})
	if err != nil {
		return nil, translate(fmt.Errorf("trail of %s: %w", cycle, err))
	}
	if len(rows) == 0 { // every cycle has the line of its start
		if _, err := s.FindBrief(ctx, policy.Subject{Cycle: cycle}); err != nil {
			return nil, err
		}
	}
	trail := make([]TrailLine, len(rows))
	for i, row := range rows {
		trail[i] = TrailLine{
			Sequence: row.Sequence, RecordedAt: row.RecordedAt, On: fromDate(row.OnDate), Act: row.Act, ActID: row.ActID,
			Path: row.Path, By: policy.Actor{Person: valueOf(row.Person), Name: row.Name, Body: policy.Body(row.Body)},
			Claimed: row.Claimed, Accepted: row.Accepted, Code: policy.Code(row.Code), Message: row.Message, Hash: row.Hash,
		}
		if absent := valueOf(row.Principal); absent != 0 {
			trail[i].For = &policy.Actor{Person: absent, Name: row.PrincipalName, Body: trail[i].By.Body}
		}
	}
	return trail, nil
}

// Brief is what has to be known of a subject before an act on it is sent.
type Brief struct {
	Calendar policy.Calendar
	Version  int    // handed in last; 0 for none
	Digest   string // of that version
	// Acted is the day of the act that is asked about, where it is recorded already:
	// then Version and Digest are those that it is on. Zero otherwise.
	Acted policy.Date
	keeps []string
}

// Keeps says whether the cycle keeps the content of a kind here.
func (b Brief) Keeps(kind policy.Kind) bool { return slices.Contains(b.keeps, string(kind)) }

// FindBrief gives the brief of a subject, which need not be open. A cycle that
// does not exist is policy.CodeUnknown.
func (s *Store) FindBrief(ctx context.Context, subject policy.Subject) (Brief, error) {
	return s.FindBriefFor(ctx, "", subject)
}

// FindBriefFor gives the brief of a subject for an act with an ID: what was left out
// of the act means on its repetition what it meant at first.
func (s *Store) FindBriefFor(ctx context.Context, id string, subject policy.Subject) (Brief, error) {
	row, err := sqlc.New(s.pool).FindBrief(ctx, sqlc.FindBriefParams{Cycle: subject.Cycle, Path: subject.Path(), Act: id})
	if err != nil {
		return Brief{}, noRow(translate(err), unknownCycle(subject.Cycle))
	}
	return Brief{
		Calendar: calendarOf(row.Day, row.YearSeconds), keeps: row.Keeps,
		Version: int(row.Version), Digest: row.Digest, Acted: fromDate(row.Acted),
	}, nil
}

// ListActedOn lists the runs of the subjects on which an act was recorded at an instant or
// later; with a zero instant, in the last hour of the records.
func (s *Store) ListActedOn(ctx context.Context, since time.Time) ([]policy.Run, error) {
	q := sqlc.New(s.pool)
	if since.IsZero() {
		last, err := q.FindLastRecorded(ctx)
		if err != nil {
			return nil, translate(err)
		}
		since = last.Add(-time.Hour)
	}
	rows, err := q.ListActedOn(ctx, since)
	if err != nil {
		return nil, translate(err)
	}
	var runs []policy.Run
	for _, row := range rows {
		subject, err := policy.ParseSubject(row.Cycle + "/" + row.Path)
		if err != nil { // a newer version has recorded it, and sees to it
			continue
		}
		runs = append(runs, subject.Run())
	}
	slices.SortFunc(runs, policy.CompareRuns)
	return slices.Compact(runs), nil
}

// ListMoving names the cycles of which a run may have to be in motion, the oldest first:
// those that have not ended, and those of which something is still owed.
func (s *Store) ListMoving(ctx context.Context) ([]string, error) {
	ids, err := sqlc.New(s.pool).ListMoving(ctx)
	return ids, translate(err)
}
