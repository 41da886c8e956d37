package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Dossier gathers all that rules look at in a cycle that was found, with all its acts, on
// a day of its calendar.
func (s *Store) Dossier(ctx context.Context, c *Cycle, today policy.Date) (*policy.Dossier, error) {
	var dossier *policy.Dossier
	err := s.read(ctx, func(q *sqlc.Queries) error {
		contents, err := heldOf(ctx, q, c.ID, nil)
		if err != nil {
			return err
		}
		rows, err := q.ListRows(ctx, sqlc.ListRowsParams{Cycle: c.ID, Registers: []string{}})
		dossier = policy.NewDossier(c.Records(today), c.acts(), contents, s.rowsOf(rows))
		return err
	})
	return dossier, err
}

// DossierOn gathers in the same way what rules look at for what is wrong with one
// subject: of other subjects its findings say nothing.
func (s *Store) DossierOn(ctx context.Context, c *Cycle, subject policy.Subject, today policy.Date) (*policy.Dossier, error) {
	r := c.Records(today)
	subjects, registers := r.LooksAt(subject)
	if len(subjects)+len(registers) == 0 {
		return policy.NewDossier(r, c.acts(), nil, nil), nil
	}
	var dossier *policy.Dossier
	err := s.read(ctx, func(q *sqlc.Queries) error {
		contents, err := heldIn(ctx, q, subjects)
		if err != nil {
			return err
		}
		var rows []sqlc.ListRowsRow
		if len(registers) > 0 { // none would be all
			rows, err = q.ListRows(ctx, sqlc.ListRowsParams{Cycle: c.ID, Registers: policy.Texts(registers)})
		}
		dossier = policy.NewDossier(r, c.acts(), contents, s.rowsOf(rows))
		return err
	})
	return dossier, err
}

// RoundDossier gathers in the same way what the report of one round is made
// of: the plan with its changes, what was reported on it, and the joint action days.
func (s *Store) RoundDossier(ctx context.Context, c *Cycle, report policy.Subject, today policy.Date) (*policy.Dossier, error) {
	var dossier *policy.Dossier
	err := s.read(ctx, func(q *sqlc.Queries) (err error) {
		dossier, err = s.roundDossier(ctx, q, c.Records(today), report)
		return err
	})
	return dossier, err
}

func (s *Store) roundDossier(ctx context.Context, q *sqlc.Queries, r policy.Records, report policy.Subject) (*policy.Dossier, error) {
	plan := report.Plan()
	subjects := []policy.Subject{plan}
	for subject := range r.Standings {
		if subject.Kind == policy.KindChange && subject.Plan() == plan {
			subjects = append(subjects, subject)
		}
	}
	contents, err := heldIn(ctx, q, subjects)
	if err != nil {
		return nil, err
	}
	rows, err := s.roundRows(ctx, q, report)
	if err != nil {
		return nil, err
	}
	return policy.NewDossier(r, nil, contents, rows), nil
}

// acts gives what was done on each subject.
func (c *Cycle) acts() map[policy.Subject][]policy.Recorded {
	acts := map[policy.Subject][]policy.Recorded{}
	for _, act := range c.Acts {
		acts[act.Subject] = append(acts[act.Subject], act.Recorded)
	}
	return acts
}

func (s *Store) roundRows(ctx context.Context, q *sqlc.Queries, report policy.Subject) ([]policy.Row, error) {
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
	return s.rowsOf(append(progress, days...)), nil
}

// dossierOn gathers what the rules that may keep one subject off an agenda look
// at: the subject itself, what it rests on, and the facts recorded as
// irregular. So the time it takes does not grow with the other plans.
func (l *ledger) dossierOn(ctx context.Context, r policy.Records, subject policy.Subject) (*policy.Dossier, error) {
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
	contents, err := heldOf(ctx, l.q, l.cycle.ID, paths)
	if err != nil {
		return nil, err
	}
	rows, err := l.q.ListRows(ctx, sqlc.ListRowsParams{Cycle: l.cycle.ID, Registers: []string{string(policy.RegIrregular)}})
	if err != nil {
		return nil, fmt.Errorf("rows of %s: %w", l.cycle.ID, err)
	}
	return policy.NewDossier(r, nil, contents, l.store.rowsOf(rows)), nil
}

// heldIn gives the contents of subjects of one cycle, at least one.
func heldIn(ctx context.Context, q *sqlc.Queries, subjects []policy.Subject) (map[policy.Subject]policy.Content, error) {
	paths := make([]string, len(subjects))
	for i, subject := range subjects {
		paths[i] = subject.Path()
	}
	return heldOf(ctx, q, subjects[0].Cycle, paths)
}

// heldOf gives the contents of the versions handed in last, where they are kept
// here; no path is all.
func heldOf(ctx context.Context, q *sqlc.Queries, cycle string, paths []string) (map[policy.Subject]policy.Content, error) {
	if paths == nil {
		paths = []string{}
	}
	rows, err := q.ListHeld(ctx, sqlc.ListHeldParams{Cycle: cycle, Paths: paths})
	if err != nil {
		return nil, fmt.Errorf("contents of %s: %w", cycle, err)
	}
	contents := make(map[policy.Subject]policy.Content, len(rows))
	for _, row := range rows {
		subject, content, err := contentOf(cycle, row.Path, row.Body)
		if err != nil {
			return nil, err
		}
		if content != nil {
			contents[subject] = content
		}
	}
	return contents, nil
}

// contentOf reads a content, or nil for one of a shape that is not ours: a
// document of a kind that the cycle did not keep as data when it was handed in.
func contentOf(cycle, path string, body []byte) (policy.Subject, policy.Content, error) {
	subject, err := policy.ParseSubject(cycle + "/" + path)
	if err != nil {
		return subject, nil, err
	}
	content, err := policy.ReadContent(subject.Kind, body)
	if err != nil {
		return subject, nil, nil //nolint:nilerr // it is told by the version itself that it is no data
	}
	return subject, content, nil
}

// VersionHeld is what stands in one version.
type VersionHeld struct {
	Subject policy.Subject
	Version int
	Content policy.Content
	Marking policy.Marking // as it was handed in; empty for none
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
		subject, content, err := contentOf(cycle, row.Path, row.Body)
		if err != nil {
			return nil, err
		}
		if content != nil {
			versions = append(versions, VersionHeld{subject, int(row.Version), content, policy.Marking(row.Marking)})
		}
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
	versions := make([]VersionHeld, len(rows))
	for i, row := range rows {
		subject, err := policy.ParseSubject(cycle + "/" + row.Path)
		if err != nil {
			return nil, err
		}
		versions[i] = VersionHeld{Subject: subject, Version: int(row.Version), Marking: policy.Marking(row.Marking)}
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
