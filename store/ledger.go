package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// ledger is one cycle's records within one transaction that holds the cycle's
// lock: whatever is judged in it stays true until it commits.
type ledger struct {
	store      *Store
	pipe       *pipe
	q          *sqlc.Queries
	cycle      sqlc.Cycle
	epoch      string    // of the records
	renewed    time.Time // when all runs were asked to continue as new; zero for never
	definition *policy.Definition
	former     []policy.Former // definitions, before the one in force
	calendar   policy.Calendar
	now        time.Time
	today      policy.Date
	// loaded is where every subject stands, and subjects what else is known of
	// them; both are read once and follow what is put.
	loaded   policy.Records
	subjects map[policy.Subject]Subject
	posts    []policy.Row
	// given are the reminders of all open subjects, where they are read at once.
	given []sqlc.ListNoticesOpenRow
	// odd are the subjects that are there and cannot be read: they are left alone. unread
	// says why the definition cannot; nil where it can.
	odd    map[policy.Subject]error
	unread error
	// past says that what is recorded happened before it came here, and people what the trail
	// of people is to say of those who came with it: at the end, for others write there too.
	past   bool
	people []evidence.PersonLine
	// moved says that a subject was put: what is open is then projected anew; changed
	// that anything was written.
	moved, changed bool
}

// inLedger runs do on the locked ledger of a cycle, at an instant given by the
// caller. What do will ask is expected with the lock; nil for nothing. An unknown cycle is
// policy.CodeUnknown.
func (s *Store) inLedger(ctx context.Context, cycle string, now time.Time, expect func(q *sqlc.Queries), do func(l *ledger) error) error {
	return translate(s.piped(ctx, begin, func(p *pipe) error {
		if expect != nil {
			p.expect(expect)
		}
		l, err := s.lock(ctx, p, cycle, now)
		if err != nil {
			return err
		}
		if err := do(l); err != nil || !l.moved {
			return err
		}
		return l.projectOpen(ctx)
	}))
}

// lock gives the ledger of a cycle, locked until the transaction ends.
func (s *Store) lock(ctx context.Context, p *pipe, cycle string, now time.Time) (*ledger, error) {
	q := sqlc.New(p)
	p.expect(func(q *sqlc.Queries) { _, _ = q.ListAmendments(ctx, cycle) })
	locked, err := q.LockCycle(ctx, cycle)
	if err != nil {
		return nil, noRow(fmt.Errorf("locking the cycle %s: %w", cycle, err), unknownCycle(cycle))
	}
	return s.ledgerOf(ctx, p, locked, now)
}

// trial runs do on the ledger of a cycle as it is at one moment, without its lock. What do
// changes is not written.
func (s *Store) trial(ctx context.Context, cycle string, now time.Time, do func(l *ledger) error) error {
	return s.view(ctx, func(p *pipe) error {
		p.trial = true
		q := sqlc.New(p)
		p.expect(func(q *sqlc.Queries) {
			_, _ = q.ListAmendments(ctx, cycle)
			_, _ = q.ListSubjects(ctx, cycle)
			_, _ = q.ListHolders(ctx, cycle)
			expectOrders(ctx, q, cycle)
		})
		seen, err := q.SeeCycle(ctx, cycle)
		if err != nil {
			return noRow(fmt.Errorf("the cycle %s: %w", cycle, err), unknownCycle(cycle))
		}
		l, err := s.ledgerOf(ctx, p, sqlc.LockCycleRow(seen), now)
		if err != nil {
			return err
		}
		return do(l)
	})
}

func (s *Store) ledgerOf(ctx context.Context, p *pipe, locked sqlc.LockCycleRow, now time.Time) (*ledger, error) {
	q, row := sqlc.New(p), locked.Cycle
	cycle := row.ID
	wording := wordingOf(row)
	definition, err := s.definition(ctx, q, definitionKey{cycle, row.DefinitionVersion, wording})
	if err != nil && s.refusalOf(err) == nil {
		return nil, err
	}
	former, formerErr := s.former(ctx, q, definitionKey{cycle, row.DefinitionVersion, wording})
	if formerErr != nil {
		return nil, formerErr
	}
	l := &ledger{
		store: s, pipe: p, q: q, cycle: row, epoch: locked.EpochOfRecords, renewed: locked.RenewedAt.UTC(), definition: definition, former: former, unread: err,
		now: now.UTC().Truncate(time.Microsecond), calendar: calendarOf(row.Day, row.YearSeconds),
	}
	l.today = l.calendar.Today(now)
	return l, nil
}

// projectOpen writes the lists of what is open anew.
func (l *ledger) projectOpen(ctx context.Context) error {
	if err := l.q.ProjectOpen(ctx, l.cycle.ID); err != nil {
		return fmt.Errorf("what is open in %s: %w", l.cycle.ID, err)
	}
	return nil
}

// bodies gives the bodies of the cycle; those that ship where its definition cannot be read.
func (l *ledger) bodies() policy.BodyTable {
	if l.definition == nil {
		return nil
	}
	return l.definition.Bodies
}

// records gives where every subject of the cycle stands that can be read.
func (l *ledger) records(ctx context.Context) (policy.Records, error) {
	if l.unread != nil {
		return policy.Records{}, l.unread
	}
	if l.subjects == nil {
		rows, err := l.q.ListSubjects(ctx, l.cycle.ID)
		if err != nil {
			return policy.Records{}, fmt.Errorf("subjects of %s: %w", l.cycle.ID, err)
		}
		l.loaded, l.subjects, l.odd = l.store.recordsOf(l.definition, l.former, l.today, rows)
		if l.posts, err = l.store.postsOf(ctx, l.q, l.definition, l.cycle.ID); err != nil {
			return policy.Records{}, err
		}
		l.loaded = l.loaded.HeldOn(l.today, l.posts)
	}
	l.loaded.Definition = l.definition // an amendment may have changed it
	l.loaded.Planned, l.loaded.Former = l.store.planned(l.definition), l.former
	return l.loaded, nil
}

// recordsOf gives where the subjects stand that can be read. Those that cannot, which
// a newer version wrote, it gives beside, and tells the log of them.
func (s *Store) recordsOf(
	d *policy.Definition, former []policy.Former, today policy.Date, rows []sqlc.Subject,
) (policy.Records, map[policy.Subject]Subject, map[policy.Subject]error) {
	r := policy.Records{Definition: d, Former: former, Today: today, Standings: make(map[policy.Subject]policy.Standing, len(rows))}
	subjects, odd := make(map[policy.Subject]Subject, len(rows)), map[policy.Subject]error{}
	for _, row := range rows {
		known, err := subjectOf(row)
		if err != nil {
			odd[known.Subject] = err
			s.tell(err)
			continue
		}
		subjects[known.Subject] = known
		r.Standings[known.Subject] = known.Standing
	}
	r.Items = itemsOf(r, subjects)
	return r, subjects, odd
}

// itemsOf gives the entries of what somebody opened.
func itemsOf(r policy.Records, subjects map[policy.Subject]Subject) []policy.Entry {
	var items []policy.Entry
	for subject, known := range subjects {
		if known.Opening != nil {
			items = append(items, r.Opened(*known.Opening, subject, known.OpenedOn))
		}
	}
	policy.SortEntries(items)
	return items
}

// acts loads what is recorded on one subject, oldest first.
func (l *ledger) acts(ctx context.Context, subject policy.Subject) ([]policy.Recorded, error) {
	rows, err := actsOn(ctx, l.q, subject)
	if err != nil {
		return nil, fmt.Errorf("acts on %s: %w", subject, err)
	}
	return recordedOf(subject, l.subjects[subject], rows)
}

// principal gives as what somebody acts. Who acted in the past is believed as the
// one who imports says it, under accounts that nobody can log in to.
func (l *ledger) principal(ctx context.Context, by policy.Actor) (policy.Principal, error) {
	if !l.past || l.store.options.Asserted {
		return l.store.principal(ctx, l.q, by)
	}
	account := local(by.Name)
	account.Issuer = importIssuer + l.cycle.ID
	known, lines, err := findOrPut(ctx, l.q, account)
	if err != nil {
		return policy.Principal{}, fmt.Errorf("person: %w", err)
	}
	l.people = append(l.people, lines...)
	by.Person, by.Name = known.Person, known.Name
	return policy.Asserted(by), nil
}

// line is one line of the trail. by is somebody whom the records know, or nobody.
type line struct {
	act, actID, path string
	by               policy.Actor
	onBehalfOf       *policy.Actor
	claimed          bool // by and onBehalfOf are only named
	refusal          *policy.Error
	record           string // digest of what is recorded with it
}

// write adds a line to the trail, chained to the one before, and gives its
// number.
func (l *ledger) write(ctx context.Context, n line) (int64, error) {
	entry := evidence.Line{
		Cycle: l.cycle.ID, Sequence: l.cycle.Sequence + 1, Recorded: l.now, On: l.today,
		Act: n.act, ActID: n.actID, Path: n.path, Person: n.by.Person, Body: n.by.Body, Claimed: n.claimed, Accepted: n.refusal == nil, Record: n.record,
	}
	if n.onBehalfOf != nil {
		entry.OnBehalfOf = n.onBehalfOf.Person
	}
	if n.refusal != nil {
		entry.Code, entry.Message = n.refusal.Code, n.refusal.Message
	}
	previous := l.cycle.Head
	if previous == "" {
		previous = evidence.Genesis(l.cycle.ID)
	}
	entry, err := evidence.Chain(previous, entry)
	if err != nil {
		return 0, err
	}
	if err := l.q.InsertTrail(ctx, trailRow(entry)); err != nil {
		return 0, fmt.Errorf("trail: %w", err)
	}
	if err := l.q.SetHead(ctx, sqlc.SetHeadParams{ID: l.cycle.ID, Sequence: entry.Sequence, Head: entry.Hash}); err != nil {
		return 0, fmt.Errorf("head of the trail: %w", err)
	}
	l.cycle.Sequence, l.cycle.Head, l.changed = entry.Sequence, entry.Hash, true
	return entry.Sequence, nil
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
	l.subjects[s.Subject] = known
	l.loaded.Put(s)
	l.moved, l.changed = true, true
	return nil
}

func timestamptz(t time.Time) pgtype.Timestamptz {
	return pgtype.Timestamptz{Time: t, Valid: !t.IsZero()}
}
