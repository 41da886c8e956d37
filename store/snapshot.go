package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Snapshot gathers all that rules look at in a cycle that was found, with all its acts, on
// a day of its calendar.
func (s *Store) Snapshot(ctx context.Context, c *Cycle, today policy.Date) (*rules.Snapshot, error) {
	return ask(ctx, s, func(q *sqlc.Queries) (*rules.Snapshot, error) {
		rows, err := q.ListRows(ctx, sqlc.ListRowsParams{Cycle: c.ID, Registers: []string{}})
		if err != nil {
			return nil, err
		}
		d, err := s.gather(ctx, q, c.Records(today), c.acts(), nil, rows)
		if err == nil {
			d.Before, err = s.before(ctx, q, c.Definition)
		}
		return d, err
	})
}

// Before gives the definitions of the cycle before, and what the Council decided on its
// priorities; nil where it is not kept here.
func (s *Store) Before(ctx context.Context, d *policy.Definition) (*policy.Records, error) {
	return ask(ctx, s, func(q *sqlc.Queries) (*policy.Records, error) { return s.before(ctx, q, d) })
}

func (s *Store) before(ctx context.Context, q *sqlc.Queries, d *policy.Definition) (*policy.Records, error) {
	if d.Predecessor == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	versions, err := q.ListDefinitions(ctx, d.Predecessor)
	if err != nil {
		return nil, fmt.Errorf("definitions of %s: %w", d.Predecessor, err)
	}
	if len(versions) == 0 {
		return nil, nil //nolint:nilnil // it is not kept here
	}
	w, err := q.FindWording(ctx, d.Predecessor)
	if err != nil {
		return nil, fmt.Errorf("texts in force of %s: %w", d.Predecessor, err)
	}
	texts, err := s.adopted(ctx, q, wording{w.Conclusions, w.GeneralMasp})
	if err != nil {
		return nil, err
	}
	r := policy.Records{Standings: map[policy.Subject]policy.Standing{}}
	for _, version := range versions {
		was := new(policy.Definition)
		if err := policy.Read(version.Body, was); err != nil {
			s.tell(unreadable(fmt.Sprintf("version %d of the definition of %s", version.Version, d.Predecessor), err))
			return nil, nil //nolint:nilnil // it cannot be asked
		}
		if r.Definition != nil {
			r.Former = append(r.Former, policy.Former{Definition: r.Definition})
		}
		r.Definition = was.WithAdopted(texts)
	}
	path := string(policy.KindPriorities)
	rows, err := q.ListSubjectsAt(ctx, sqlc.ListSubjectsAtParams{Cycle: d.Predecessor, Paths: []string{path}})
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", path, d.Predecessor, err)
	}
	for _, row := range rows {
		if known, err := subjectOf(row); err == nil {
			r.Standings[known.Subject] = known.Standing
		}
	}
	return &r, nil
}

// SnapshotOn gathers in the same way what rules look at for what is wrong with one
// subject: of other subjects its findings say nothing.
func (s *Store) SnapshotOn(ctx context.Context, c *Cycle, subject policy.Subject, today policy.Date) (*rules.Snapshot, error) {
	r := c.Records(today)
	subjects, registers := rules.LooksAt(r, subject)
	if len(subjects)+len(registers) == 0 {
		return rules.NewSnapshot(r, c.acts(), nil, nil), nil
	}
	return ask(ctx, s, func(q *sqlc.Queries) (*rules.Snapshot, error) {
		var rows []sqlc.ListRowsRow
		if len(registers) > 0 { // none would be all
			var err error
			if rows, err = rowsIn(ctx, q, c.ID, registers...); err != nil {
				return nil, err
			}
		}
		return s.gather(ctx, q, r, c.acts(), paths(subjects), rows)
	})
}

// RoundSnapshot gathers in the same way what the report of one round is made
// of: the plan with its changes, what was reported on it, and the joint action days.
func (s *Store) RoundSnapshot(ctx context.Context, c *Cycle, report policy.Subject, today policy.Date) (*rules.Snapshot, error) {
	return ask(ctx, s, func(q *sqlc.Queries) (*rules.Snapshot, error) {
		return s.roundSnapshot(ctx, q, c.Records(today), report)
	})
}

func (s *Store) roundSnapshot(ctx context.Context, q *sqlc.Queries, r policy.Records, report policy.Subject) (*rules.Snapshot, error) {
	plan := report.Plan()
	subjects := []policy.Subject{plan}
	for subject := range r.Standings {
		if subject.Kind == policy.KindChange && subject.Plan() == plan {
			subjects = append(subjects, subject)
		}
	}
	rows, err := roundRows(ctx, q, report)
	if err != nil {
		return nil, err
	}
	subjects = append(subjects, s.reportsBeside(r, report, rows)...)
	return s.gather(ctx, q, r, nil, paths(subjects), rows)
}

// reportsBeside lists the reports, with their corrections, that may have counted joint action
// days of the OAP of a report: its own, and those of OAPs that the days named first before.
func (s *Store) reportsBeside(r policy.Records, report policy.Subject, stored []sqlc.ListRowsRow) []policy.Subject {
	rows, _ := s.rowsOf(stored)
	first := map[string]map[policy.Subject]bool{} // the OAPs that a day named first, at any time
	for _, row := range rows {
		if day, is := row.Body.(*policy.JointActionDay); is {
			if first[row.Key] == nil {
				first[row.Key] = map[policy.Subject]bool{}
			}
			first[row.Key][day.Reporter(report.Cycle)] = true
		}
	}
	plans := map[policy.Subject]bool{report.Plan(): true}
	for _, named := range first {
		if named[report.Plan()] {
			maps.Copy(plans, named)
		}
	}
	var beside []policy.Subject
	for subject := range r.Standings {
		if subject.Kind.Form() == policy.KindReport && plans[subject.Plan()] {
			beside = append(beside, subject)
		}
	}
	return beside
}

// acts gives what was done on each subject.
func (c *Cycle) acts() map[policy.Subject][]policy.Recorded {
	on := map[policy.Subject][]Act{}
	for _, act := range c.Acts {
		on[act.Subject] = append(on[act.Subject], act)
	}
	acts := make(map[policy.Subject][]policy.Recorded, len(on))
	for subject, all := range on {
		acts[subject] = c.Subjects[subject].since(all)
	}
	return acts
}

func paths(subjects []policy.Subject) []string {
	paths := make([]string, len(subjects))
	for i, subject := range subjects {
		paths[i] = subject.Path()
	}
	return paths
}

func roundRows(ctx context.Context, q *sqlc.Queries, report policy.Subject) ([]sqlc.ListRowsRow, error) {
	progress, err := q.ListRows(ctx, sqlc.ListRowsParams{
		Cycle: report.Cycle, Registers: []string{string(policy.RegProgress)}, Prefix: report.Progress(),
	})
	if err != nil {
		return nil, err
	}
	days, err := rowsIn(ctx, q, report.Cycle, policy.RegDays)
	if err != nil {
		return nil, err
	}
	indicators, err := rowsIn(ctx, q, report.Cycle, policy.RegIndicators)
	if err != nil {
		return nil, err
	}
	return slices.Concat(progress, days, indicators), nil
}

// snapshotOn gathers what the rules that may keep one subject off an agenda look
// at: the subject itself, what it rests on, and the facts recorded as
// irregular. So the time it takes does not grow with the other plans.
func (l *ledger) snapshotOn(ctx context.Context, r policy.Records, subject policy.Subject) (*rules.Snapshot, error) {
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
	l.pipe.expect(func(q *sqlc.Queries) { _, _ = textRows(ctx, q, l.cycle.ID, paths) })
	rows, err := rowsIn(ctx, l.q, l.cycle.ID, policy.RegIrregular)
	if err != nil {
		return nil, err
	}
	return l.store.gather(ctx, l.q, r, nil, paths, rows)
}

// gather makes a snapshot of the texts in force, where they are kept here as data, and of
// rows; no path is all documents. What of it cannot be read, it names.
func (s *Store) gather(
	ctx context.Context, q *sqlc.Queries, r policy.Records, acts map[policy.Subject][]policy.Recorded, paths []string, stored []sqlc.ListRowsRow,
) (*rules.Snapshot, error) {
	texts, err := s.texts(ctx, q, r, paths)
	if err != nil {
		return nil, err
	}
	rows, odd := s.rowsOf(stored)
	snapshot := rules.NewSnapshot(r, acts, texts.inForce, rows)
	snapshot.Texts, snapshot.Unread = texts.all, slices.Concat(texts.unread, odd)
	return snapshot, nil
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
	// HandedIn is the day of that, where it is asked for.
	HandedIn policy.Date
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
		version := VersionHeld{Subject: subject, Version: int(row.Version), Marking: policy.Marking(row.Marking), HandedIn: fromDate(row.HandedIn)}
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

// FindFile gives what is kept under a digest, with its media type, or policy.CodeUnknown.
func (s *Store) FindFile(ctx context.Context, digest string) (policy.File, error) {
	row, err := sqlc.New(s.pool).FindContent(ctx, digest)
	if errors.Is(err, pgx.ErrNoRows) {
		return policy.File{}, policy.Refuse(policy.CodeUnknown, "nothing is kept under %s", digest)
	}
	return policy.File{MediaType: row.MediaType, Body: row.Body}, translate(err)
}

// FindContent gives bytes kept under their digest, or policy.CodeUnknown.
func (s *Store) FindContent(ctx context.Context, digest string) ([]byte, error) {
	row, err := sqlc.New(s.pool).FindContent(ctx, digest)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, policy.Refuse(policy.CodeUnknown, "nothing is kept under %s", digest)
	}
	return row.Body, translate(err)
}
