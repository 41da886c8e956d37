package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// NewCycle is a cycle to be started.
type NewCycle struct {
	ID         string
	Definition policy.Definition
	By         policy.Actor
	Now        time.Time
	Calendar   policy.Calendar
	Script     *policy.Script // of a rehearsal
	// ScriptedRows is the digest of what the actors of a rehearsal enter into
	// registers; empty for nothing.
	ScriptedRows string
	// Imported is the digest of the past that it is taken over with; empty for none.
	Imported string
}

// StartCycle writes the definition of a new cycle, before any run exists. It
// says whether the cycle is new: the same definition under the same ID changes
// nothing, another one is policy.CodeConflict.
func (s *Store) StartCycle(ctx context.Context, c NewCycle) (bool, error) {
	started := false
	err := s.change(ctx, func(q *sqlc.Queries) error {
		l, digest, err := s.begin(ctx, q, c, evidence.LineStart)
		if started = l != nil; started || err != nil {
			return err
		}
		return sameCycle(ctx, q, c.ID, digest)
	})
	return started, err
}

// begin writes a new cycle with its definition and the first line of its trail, which says
// who began it. It gives its ledger, which is nil where the key is taken, and the digest of
// the definition.
func (s *Store) begin(ctx context.Context, q *sqlc.Queries, c NewCycle, act string) (l *ledger, digest string, err error) {
	body, err := json.Marshal(c.Definition)
	if err != nil {
		return nil, "", fmt.Errorf("definition of %s: %w", c.ID, err)
	}
	if digest, err = evidence.DigestOf(c.Definition); err != nil {
		return nil, "", err
	}
	by, err := s.identify(ctx, q, c.By)
	if err != nil {
		return nil, digest, err
	}
	row, err := newCycleRow(c, by, digest)
	if err != nil {
		return nil, digest, err
	}
	n, err := q.InsertCycle(ctx, row)
	if err != nil {
		return nil, digest, fmt.Errorf("cycle %s: %w", c.ID, err)
	}
	if n == 0 {
		return nil, digest, nil
	}
	if err := q.InsertDefinition(ctx, sqlc.InsertDefinitionParams{Cycle: c.ID, Version: 1, Digest: digest, Body: body}); err != nil {
		return nil, digest, fmt.Errorf("definition of %s: %w", c.ID, err)
	}
	now := c.Now.UTC().Truncate(time.Microsecond)
	record, err := evidence.DigestOf(evidence.StartRecord{Cycle: c.ID, Definition: digest, Recorded: now})
	if err != nil {
		return nil, digest, err
	}
	l = &ledger{
		store: s, q: q, cycle: sqlc.Cycle{ID: c.ID}, definition: &c.Definition, now: now, calendar: c.Calendar, today: c.Calendar.Today(now),
	}
	_, err = l.write(ctx, line{act: act, by: by, record: record})
	return l, digest, err
}

func newCycleRow(c NewCycle, by policy.Actor, digest string) (row sqlc.InsertCycleParams, err error) {
	row = sqlc.InsertCycleParams{
		ID: c.ID, Title: c.Definition.Title, Language: string(c.Definition.Language), Predecessor: c.Definition.Predecessor,
		Stage: string(policy.StageAssessment), StageSince: toDate(c.Definition.PolicyWindow.From),
		StartDigest: digest, StartedBy: by.Person, StartedByBody: string(by.Body), CreatedAt: c.Now, Imported: c.Imported,
	}
	if c.Script != nil {
		row.Rehearsal = true
		if !c.Calendar.RealTime() {
			row.Day, row.YearSeconds = toDate(c.Calendar.Day), &c.Calendar.YearSeconds
		}
		if row.Script, err = json.Marshal(c.Script); err != nil {
			return row, fmt.Errorf("script of %s: %w", c.ID, err)
		}
		row.ScriptedRows = optional(c.ScriptedRows)
	}
	return row, nil
}

func sameCycle(ctx context.Context, q *sqlc.Queries, id, digest string) error {
	known, err := q.FindCycle(ctx, id)
	if err != nil {
		return fmt.Errorf("cycle %s: %w", id, err)
	}
	if known.StartDigest != digest {
		return policy.Refuse(policy.CodeConflict, "a cycle %s was started with another definition: choose another key, or amend that cycle", id)
	}
	return nil
}

// Line is one cycle in a list.
type Line struct {
	ID         string
	Title      string
	Language   policy.Language // of the titles
	Rehearsal  bool
	Calendar   policy.Calendar
	Stage      policy.Stage
	StageSince policy.Date
	// OpenDues holds the due date of every open subject.
	OpenDues []policy.Date
	// Next is the open subject that falls due first; nil for none.
	Next *OpenSubject
}

// OpenSubject is a subject that waits for somebody.
type OpenSubject struct {
	Subject   policy.Subject
	Title     string
	Language  policy.Language // of the title
	Rehearsal bool
	Calendar  policy.Calendar
	State     policy.State
	Turn      []policy.Body
	Settles   bool        // whether that turn settles the subject
	Pending   string      // the ID of an outcome that waits for a second person
	Second    policy.Body // of which that person is
	Version   int
	Since     policy.Date
	Due       policy.Date
	Claimed   policy.Actor // who has taken it on; zero for nobody
}

// LineFilter narrows a list of cycles; zero fields do not.
type LineFilter struct {
	Text      string
	Rehearsal *bool
	Past      string // the ID of the last one seen
	Most      int
}

// ListCycles gives cycles, the newest first.
func (s *Store) ListCycles(ctx context.Context, f LineFilter) ([]Line, error) {
	rows, err := sqlc.New(asked{s.pool}).ListCycles(ctx, sqlc.ListCyclesParams{
		Kinds: kinds(f.Rehearsal), Pattern: likePattern(f.Text), Past: f.Past, Most: limit(f.Most),
	})
	if err != nil {
		return nil, translate(err)
	}
	lines := make([]Line, len(rows))
	for i, row := range rows {
		line := Line{
			ID: row.ID, Title: row.Title, Language: policy.Language(row.Language), Rehearsal: row.Rehearsal, Calendar: calendarOf(row.Day, row.YearSeconds),
			Stage: policy.Stage(row.Stage), StageSince: fromDate(row.StageSince),
		}
		for _, due := range row.OpenDues {
			line.OpenDues = append(line.OpenDues, fromDate(due))
		}
		lines[i] = line
		if row.NextPath == "" {
			continue
		}
		if subject, known := s.subjectAt(row.ID, row.NextPath); known {
			lines[i].Next = &OpenSubject{
				Subject: subject, Title: row.NextTitle, Language: policy.Language(row.Language), Rehearsal: row.Rehearsal, Calendar: line.Calendar,
				State: policy.State(row.NextState), Turn: fromBodies(row.NextTurn), Settles: row.NextSettles, Version: int(row.NextVersion),
				Pending: row.NextPending, Second: policy.Body(row.NextSecond),
				Since: fromDate(row.NextSince), Due: fromDate(row.NextDue),
			}
		}
	}
	return lines, nil
}

// ListScripts names the rehearsals that have not ended, the oldest first.
func (s *Store) ListScripts(ctx context.Context) ([]string, error) {
	ids, err := sqlc.New(s.pool).ListScripts(ctx)
	return ids, translate(err)
}

// Cycle is everything that is recorded of a cycle.
type Cycle struct {
	ID                string
	Rehearsal         bool
	Calendar          policy.Calendar
	Script            *policy.Script
	ScriptedRows      string // digest
	Stage             policy.Stage
	StageSince        policy.Date
	DefinitionVersion int
	StartedBy         policy.Actor
	Definition        *policy.Definition
	Subjects          map[policy.Subject]Subject
	Acts              []Act // oldest first; of FindCycleOn, those on one subject
	posts             []policy.Row
	planned           []policy.Entry
	former            []policy.Former
}

// ActsOn gives what is recorded on a subject as the rules judge it, oldest first: where an
// amendment brought it back, its return stands among the acts.
func (c *Cycle) ActsOn(subject policy.Subject) []policy.Recorded {
	var acts []Act
	for _, act := range c.Acts {
		if act.Subject == subject {
			acts = append(acts, act)
		}
	}
	return c.Subjects[subject].since(acts)
}

// Records gives what positions rest on, on a day of the cycle's calendar.
func (c *Cycle) Records(today policy.Date) policy.Records {
	r := policy.Records{
		Definition: c.Definition, Planned: c.planned, Former: c.former, Today: today,
		Standings: make(map[policy.Subject]policy.Standing, len(c.Subjects)),
	}
	for subject, s := range c.Subjects {
		r.Standings[subject] = s.Standing
	}
	r.Items = itemsOf(r, c.Subjects)
	return r.HeldOn(today, c.posts)
}

// RecordsOn gives the same, with those who held the posts on another day.
func (c *Cycle) RecordsOn(today, held policy.Date) policy.Records {
	return c.Records(today).HeldOn(held, c.posts)
}

// FindCycle gives a cycle with its subjects and acts as they are at one
// moment, or policy.CodeUnknown.
func (s *Store) FindCycle(ctx context.Context, id string) (*Cycle, error) {
	acts := func(q *sqlc.Queries) ([]sqlc.ListActsRow, error) { return q.ListActs(ctx, id) }
	return s.findCycle(ctx, id, s.loading(ctx, id, acts))
}

// FindCycleOn gives the cycle of a subject with its subjects, and of its acts those on
// that subject alone: most questions are about one, and need not read four years. One
// that does not exist is policy.CodeUnknown; the subject may be one of the future.
func (s *Store) FindCycleOn(ctx context.Context, subject policy.Subject) (*Cycle, error) {
	acts := func(q *sqlc.Queries) ([]sqlc.ListActsRow, error) { return actsOn(ctx, q, subject) }
	return s.findCycle(ctx, subject.Cycle, s.loading(ctx, subject.Cycle, acts))
}

// FindScript gives a cycle without its subjects and acts, or
// policy.CodeUnknown.
func (s *Store) FindScript(ctx context.Context, id string) (*Cycle, error) {
	return s.findCycle(ctx, id, rest{})
}

// rest is what is wanted of a cycle besides: what will be asked, and what is done with it.
type rest struct {
	expect func(q *sqlc.Queries)
	load   func(found *Cycle, q *sqlc.Queries) error
}

// loading wants the subjects of a cycle, and acts.
func (s *Store) loading(ctx context.Context, id string, acts func(q *sqlc.Queries) ([]sqlc.ListActsRow, error)) rest {
	return rest{
		expect: func(q *sqlc.Queries) {
			_, _ = q.ListSubjects(ctx, id)
			_, _ = q.ListHolders(ctx, id)
			_, _ = acts(q)
		},
		load: func(found *Cycle, q *sqlc.Queries) error {
			rows, err := acts(q)
			if err != nil {
				return err
			}
			return s.load(ctx, q, found, rows)
		},
	}
}

// findCycle finds a cycle, and at the same moment the rest that is wanted of it.
func (s *Store) findCycle(ctx context.Context, id string, rest rest) (*Cycle, error) {
	var found *Cycle
	err := s.view(ctx, func(p *pipe) error {
		p.expect(func(q *sqlc.Queries) {
			_, _ = q.ListAmendments(ctx, id)
			if rest.expect != nil {
				rest.expect(q)
			}
		})
		q := sqlc.New(p)
		row, err := q.FindCycle(ctx, id)
		if err != nil {
			return noRow(err, unknownCycle(id))
		}
		found = &Cycle{
			ID: id, Rehearsal: row.Rehearsal, Calendar: calendarOf(row.Day, row.YearSeconds),
			Stage: policy.Stage(row.Stage), StageSince: fromDate(row.StageSince), DefinitionVersion: int(row.DefinitionVersion),
			StartedBy:    policy.Actor{Name: row.StartedByName, Body: policy.Body(row.StartedByBody)},
			ScriptedRows: valueOf(row.ScriptedRows),
		}
		if row.Script != nil {
			if err := policy.Read(row.Script, &found.Script); err != nil {
				return unreadable("the script of "+id, err)
			}
		}
		key := definitionKey{id, row.DefinitionVersion, wording{row.Conclusions, row.GeneralMasp}}
		if found.Definition, err = s.definition(ctx, q, key); err != nil {
			return err
		}
		found.planned = s.planned(found.Definition)
		if found.former, err = s.former(ctx, q, key); err != nil {
			return err
		}
		if rest.load == nil {
			return nil
		}
		return rest.load(found, q)
	})
	return found, err
}

// actsOn lists what is recorded on a subject, oldest first.
func actsOn(ctx context.Context, q *sqlc.Queries, subject policy.Subject) ([]sqlc.ListActsRow, error) {
	found, err := q.ListActsOn(ctx, sqlc.ListActsOnParams{Cycle: subject.Cycle, Path: subject.Path()})
	acts := make([]sqlc.ListActsRow, len(found))
	for i, row := range found {
		acts[i] = sqlc.ListActsRow(row)
	}
	return acts, err
}

// load reads into a cycle its subjects, and acts.
func (s *Store) load(ctx context.Context, q *sqlc.Queries, c *Cycle, acts []sqlc.ListActsRow) error {
	if err := s.loadSubjects(ctx, q, c); err != nil {
		return err
	}
	for _, row := range acts {
		subject, known := s.subjectAt(c.ID, row.Path)
		if !known {
			continue
		}
		act, err := actOf(subject, row)
		if err != nil {
			return err
		}
		c.Acts = append(c.Acts, act)
	}
	return nil
}

func (s *Store) loadSubjects(ctx context.Context, q *sqlc.Queries, c *Cycle) error {
	subjects, err := q.ListSubjects(ctx, c.ID)
	if err != nil {
		return err
	}
	_, c.Subjects, _ = s.recordsOf(c.Definition, c.former, policy.Date{}, subjects)
	c.posts, err = s.postsOf(ctx, q, c.Definition, c.ID)
	return err
}
