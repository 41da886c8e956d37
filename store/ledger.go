package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// ledger is one cycle's records within one transaction that holds the cycle's
// lock: whatever is judged in it stays true until it commits.
type ledger struct {
	q          *sqlc.Queries
	cycle      sqlc.Cycle
	definition *policy.Definition
	calendar   policy.Calendar
	now        time.Time
	today      policy.Date
	// loaded is where every subject stands, and subjects what else is known of
	// them; both are read once and follow what is put.
	loaded   policy.Records
	subjects map[policy.Subject]Subject
	posts    []policy.Row
	// moved says that a subject was put: what is open is then projected anew.
	moved bool
}

// inLedger runs do on the locked ledger of a cycle, at an instant given by the
// caller. An unknown cycle is policy.CodeUnknown.
func (s *Store) inLedger(ctx context.Context, cycle string, now time.Time, do func(l *ledger) error) error {
	return s.transact(ctx, pgx.TxOptions{}, func(q *sqlc.Queries) error {
		row, err := q.LockCycle(ctx, cycle)
		if errors.Is(err, pgx.ErrNoRows) {
			return unknownCycle(cycle)
		}
		if err != nil {
			return fmt.Errorf("locking the cycle %s: %w", cycle, err)
		}
		definition, err := s.definition(ctx, q, cycle, row.DefinitionVersion)
		if err != nil {
			return err
		}
		l := &ledger{q: q, cycle: row, definition: definition, now: now}
		l.calendar = calendarOf(row.Epoch, row.EpochDate, row.Pace)
		l.today = l.calendar.Today(now)
		if err := do(l); err != nil || !l.moved {
			return err
		}
		if err := q.ProjectOpen(ctx, cycle); err != nil {
			return fmt.Errorf("what is open in %s: %w", cycle, err)
		}
		return nil
	})
}

type definitionKey struct {
	cycle   string
	version int32
}

func (s *Store) definition(ctx context.Context, q *sqlc.Queries, cycle string, version int32) (*policy.Definition, error) {
	key := definitionKey{cycle, version}
	if known, ok := s.definitions.Load(key); ok {
		return known.(*policy.Definition), nil //nolint:forcetypeassert // nothing else is kept there
	}
	body, err := q.FindDefinition(ctx, sqlc.FindDefinitionParams{Cycle: cycle, Version: version})
	if err != nil {
		return nil, fmt.Errorf("definition %d of %s: %w", version, cycle, err)
	}
	definition := new(policy.Definition)
	if err := json.Unmarshal(body, definition); err != nil {
		return nil, fmt.Errorf("definition %d of %s: %w", version, cycle, err)
	}
	s.definitions.Store(key, definition)
	return definition, nil
}

// records gives where every subject of the cycle stands.
func (l *ledger) records(ctx context.Context) (policy.Records, error) {
	if l.subjects == nil {
		rows, err := l.q.ListSubjects(ctx, l.cycle.ID)
		if err != nil {
			return policy.Records{}, fmt.Errorf("subjects of %s: %w", l.cycle.ID, err)
		}
		if l.loaded, l.subjects, err = recordsOf(l.definition, l.today, rows); err != nil {
			return policy.Records{}, err
		}
		posts, err := postsOf(ctx, l.q, l.definition, l.cycle.ID)
		if err != nil {
			return policy.Records{}, err
		}
		l.posts = posts
		l.loaded.Drivers = policy.DriversOn(l.today, posts)
	}
	l.loaded.Definition = l.definition // an amendment may have changed it
	return l.loaded, nil
}

func recordsOf(d *policy.Definition, today policy.Date, rows []sqlc.Subject) (policy.Records, map[policy.Subject]Subject, error) {
	r := policy.Records{Definition: d, Today: today, Standings: make(map[policy.Subject]policy.Standing, len(rows))}
	subjects := make(map[policy.Subject]Subject, len(rows))
	for _, row := range rows {
		s, err := subjectOf(row)
		if err != nil {
			return r, nil, err
		}
		subjects[s.Subject] = s
		r.Standings[s.Subject] = s.Standing
		if s.Opening != nil {
			r.Items = append(r.Items, d.Opened(*s.Opening, s.Subject, s.OpenedOn))
		}
	}
	return r, subjects, nil
}

// acts loads what is recorded on one subject, oldest first.
func (l *ledger) acts(ctx context.Context, subject policy.Subject) ([]policy.Recorded, error) {
	rows, err := l.q.ListActs(ctx, sqlc.ListActsParams{Cycle: l.cycle.ID, Path: subject.Path()})
	if err != nil {
		return nil, fmt.Errorf("acts on %s: %w", subject, err)
	}
	return recordedOf(l.cycle.ID, rows)
}

// line is one line of the trail.
type line struct {
	act, actID, path string
	by               policy.Actor
	refusal          *policy.Error
}

// write adds a line to the trail and gives its number.
func (l *ledger) write(ctx context.Context, n line) (int64, *int64, error) {
	var person *int64
	if n.by.Name != "" {
		id, err := l.q.PutPerson(ctx, sqlc.PutPersonParams{Name: n.by.Name, Body: string(n.by.Body)})
		if err != nil {
			return 0, nil, fmt.Errorf("person: %w", err)
		}
		person = &id
	}
	sequence, err := l.q.NextSequence(ctx, l.cycle.ID)
	if err != nil {
		return 0, nil, fmt.Errorf("number in the trail: %w", err)
	}
	l.cycle.Sequence = sequence
	row := sqlc.InsertTrailParams{
		Cycle: l.cycle.ID, Sequence: sequence, RecordedAt: l.now, OnDate: toDate(l.today),
		Act: n.act, ActID: n.actID, Path: n.path, Person: person, Accepted: n.refusal == nil,
	}
	if n.refusal != nil {
		row.Code, row.Message = string(n.refusal.Code), n.refusal.Message
	}
	if err := l.q.InsertTrail(ctx, row); err != nil {
		return 0, nil, fmt.Errorf("trail: %w", err)
	}
	return sequence, person, nil
}

// put writes where a subject stands, with its title as the definition in force
// has it.
func (l *ledger) put(ctx context.Context, e policy.Entry, known Subject, s policy.Standing) error {
	known.Standing, known.Title, known.definition = s, e.Title, l.cycle.DefinitionVersion
	row, err := putSubject(known, s.Open() && e.Settles(s))
	if err != nil {
		return err
	}
	if err := l.q.PutSubject(ctx, row); err != nil {
		return fmt.Errorf("subject %s: %w", s.Subject, err)
	}
	if _, before := l.subjects[s.Subject]; !before && known.Opening != nil {
		l.loaded.Items = append(l.loaded.Items, e)
	}
	l.subjects[s.Subject], l.loaded.Standings[s.Subject] = known, s
	l.moved = true
	return nil
}

func timestamptz(t time.Time) pgtype.Timestamptz {
	return pgtype.Timestamptz{Time: t, Valid: !t.IsZero()}
}
