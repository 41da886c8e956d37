package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/store/sqlc"
)

// FindDossier gathers all that rules look at in a cycle, as it is at one
// moment, on a day of its calendar.
func (s *Store) FindDossier(ctx context.Context, id string, today func(policy.Calendar) policy.Date) (*rules.Snapshot, error) {
	var dossier *rules.Snapshot
	err := s.read(ctx, func(q *sqlc.Queries) error {
		row, err := q.FindCycle(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return unknownCycle(id)
		}
		if err != nil {
			return err
		}
		cycle := &Cycle{ID: id, Calendar: calendarOf(row.Day, row.YearSeconds)}
		if cycle.Definition, err = s.definition(ctx, q, id, row.DefinitionVersion); err != nil {
			return err
		}
		if err := s.load(ctx, q, cycle, ""); err != nil {
			return err
		}
		acts := map[policy.Subject][]policy.Recorded{}
		for _, act := range cycle.Acts {
			acts[act.Subject] = append(acts[act.Subject], act.Recorded)
		}
		rows, err := q.ListRows(ctx, sqlc.ListRowsParams{Cycle: id, Registers: []string{}})
		if err != nil {
			return err
		}
		dossier, err = s.gather(ctx, q, cycle.Records(today(cycle.Calendar)), acts, nil, rows)
		return err
	})
	return dossier, err
}

// FindRoundDossier gathers what the report of one round is made of: the plan
// with its changes, what was reported on it, and the joint action days.
func (s *Store) FindRoundDossier(ctx context.Context, report policy.Subject, today func(policy.Calendar) policy.Date) (*rules.Snapshot, error) {
	var dossier *rules.Snapshot
	err := s.read(ctx, func(q *sqlc.Queries) error {
		row, err := q.FindCycle(ctx, report.Cycle)
		if errors.Is(err, pgx.ErrNoRows) {
			return unknownCycle(report.Cycle)
		}
		if err != nil {
			return err
		}
		definition, err := s.definition(ctx, q, report.Cycle, row.DefinitionVersion)
		if err != nil {
			return err
		}
		subjects, err := q.ListSubjects(ctx, report.Cycle)
		if err != nil {
			return err
		}
		r, _, _ := s.recordsOf(definition, today(calendarOf(row.Day, row.YearSeconds)), subjects)
		dossier, err = s.roundDossier(ctx, q, r, report)
		return err
	})
	return dossier, err
}

func (s *Store) roundDossier(ctx context.Context, q *sqlc.Queries, r policy.Records, report policy.Subject) (*rules.Snapshot, error) {
	plan := report.Plan()
	paths := []string{plan.Path()}
	for subject := range r.Standings {
		if subject.Kind == policy.KindChange && subject.Plan() == plan {
			paths = append(paths, subject.Path())
		}
	}
	rows, err := roundRows(ctx, q, report)
	if err != nil {
		return nil, err
	}
	return s.gather(ctx, q, r, nil, paths, rows)
}

func roundRows(ctx context.Context, q *sqlc.Queries, report policy.Subject) ([]sqlc.ListRowsRow, error) {
	progress, err := q.ListRows(ctx, sqlc.ListRowsParams{
		Cycle: report.Cycle, Registers: []string{string(policy.RegProgress)},
		Prefix: report.Period + "/" + report.Key + "/" + report.Round + "/",
	})
	if err != nil {
		return nil, err
	}
	days, err := q.ListRows(ctx, sqlc.ListRowsParams{Cycle: report.Cycle, Registers: []string{string(policy.RegDays)}})
	if err != nil {
		return nil, err
	}
	return append(progress, days...), nil
}

// dossierOn gathers what the rules that may keep one subject off an agenda look
// at: the subject itself, what it rests on, and the facts recorded as
// irregular. So the time it takes does not grow with the other plans.
func (l *ledger) dossierOn(ctx context.Context, r policy.Records, subject policy.Subject) (*rules.Snapshot, error) {
	paths := []string{subject.Path()}
	if subject.Kind == policy.KindChange {
		paths = append(paths, subject.Plan().Path())
	}
	for _, e := range r.Agenda() {
		switch e.Subject.Kind {
		case policy.KindAssessment, policy.KindAdvisory, policy.KindPriorities, policy.KindMASP:
			paths = append(paths, e.Subject.Path())
		default:
		}
	}
	rows, err := l.q.ListRows(ctx, sqlc.ListRowsParams{Cycle: l.cycle.ID, Registers: []string{string(policy.RegIrregular)}})
	if err != nil {
		return nil, fmt.Errorf("rows of %s: %w", l.cycle.ID, err)
	}
	return l.store.gather(ctx, l.q, r, nil, paths, rows)
}

// gather makes a dossier of what stands in the versions handed in last, where it is kept
// here as data, and of rows; no path is all documents. What of it cannot be read, it names.
func (s *Store) gather(
	ctx context.Context, q *sqlc.Queries, r policy.Records, acts map[policy.Subject][]policy.Recorded, paths []string, stored []sqlc.ListRowsRow,
) (*rules.Snapshot, error) {
	cycle := r.Definition.Key
	held, err := q.ListHeld(ctx, sqlc.ListHeldParams{Cycle: cycle, Paths: append([]string{}, paths...)})
	if err != nil {
		return nil, fmt.Errorf("contents of %s: %w", cycle, err)
	}
	contents := make(map[policy.Subject]policy.Content, len(held))
	var unread []rules.Unread
	for _, row := range held {
		subject, known := s.subjectAt(cycle, row.Path)
		if !known || policy.NewContent(subject.Kind) == nil {
			continue
		}
		if contents[subject], err = contentOf(subject, row.Body); err != nil {
			s.tell(err)
			delete(contents, subject)
			unread = append(unread, rules.Unread{What: string(subject.Kind), Subject: row.Path, Record: row.Path})
		}
	}
	rows, odd := s.rowsOf(stored)
	dossier := rules.NewSnapshot(r, acts, contents, rows)
	dossier.Unread = slices.Concat(unread, odd)
	return dossier, nil
}

// contentOf reads what is kept as data of a subject.
func contentOf(subject policy.Subject, body []byte) (policy.Content, error) {
	content, err := policy.ReadContent(subject.Kind, body)
	if err != nil {
		return nil, unreadable(subject.String(), err)
	}
	return content, nil
}

// VersionHeld is what stands in one version.
type VersionHeld struct {
	Subject policy.Subject
	Version int
	Content policy.Content
	Marking policy.Marking // as it was handed in; empty for none
	// Unread says why the content cannot be read; nil where it can.
	Unread error
}

// ListVersions gives what stands in the versions of a subject, or of all with an
// empty path, the first version first. Of one that was rectified the last
// rectification counts.
func (s *Store) ListVersions(ctx context.Context, cycle, path string) ([]VersionHeld, error) {
	rows, err := sqlc.New(s.pool).ListVersionsHeld(ctx, sqlc.ListVersionsHeldParams{Cycle: cycle, Path: path})
	if err != nil {
		return nil, translate(err)
	}
	var versions []VersionHeld
	for _, row := range rows {
		subject, known := s.subjectAt(cycle, row.Path)
		if !known || policy.NewContent(subject.Kind) == nil {
			continue
		}
		version := VersionHeld{Subject: subject, Version: int(row.Version), Marking: policy.Marking(row.Marking)}
		version.Content, version.Unread = contentOf(subject, row.Body)
		s.tell(version.Unread)
		versions = append(versions, version)
	}
	return versions, nil
}

// ListMarkings gives the versions of a cycle of which anything is kept here, data or
// not, without what stands in them.
func (s *Store) ListMarkings(ctx context.Context, cycle string) ([]VersionHeld, error) {
	rows, err := sqlc.New(s.pool).ListMarkings(ctx, cycle)
	if err != nil {
		return nil, translate(err)
	}
	versions := make([]VersionHeld, 0, len(rows))
	for _, row := range rows {
		if subject, known := s.subjectAt(cycle, row.Path); known {
			versions = append(versions, VersionHeld{Subject: subject, Version: int(row.Version), Marking: policy.Marking(row.Marking)})
		}
	}
	return versions, nil
}

// FindMarking gives the marking under which a subject was handed in last; empty for
// none.
func (s *Store) FindMarking(ctx context.Context, subject policy.Subject) (policy.Marking, error) {
	marking, err := sqlc.New(s.pool).FindMarking(ctx, sqlc.FindMarkingParams{Cycle: subject.Cycle, Path: subject.Path()})
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return policy.Marking(marking), translate(err)
}

// FindContent gives bytes kept under their digest, or policy.CodeUnknown.
func (s *Store) FindContent(ctx context.Context, digest string) ([]byte, error) {
	row, err := sqlc.New(s.pool).FindContent(ctx, digest)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, policy.Refuse(policy.CodeUnknown, "nothing is kept under %s", digest)
	}
	return row.Body, translate(err)
}
