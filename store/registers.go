package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Entering is rows that somebody enters into registers of a cycle, all or
// none.
type Entering struct {
	ID    string
	Cycle string
	By    policy.Actor
	Rows  []policy.Row
	Now   time.Time
}

// Entered says that rows are recorded.
type Entered struct {
	ID       string
	Sequence int64
	Rows     int
	Recorded time.Time
	Again    bool // they were recorded before, under the same ID
}

// Enter judges rows and records them, with a line in the trail, or refuses them
// all and leaves a line in the trail that says why. The same rows under the
// same ID are recorded once; others are policy.CodeConflict.
func (s *Store) Enter(ctx context.Context, in Entering) (Entered, error) {
	var entered Entered
	var refused *policy.Error
	err := s.inLedger(ctx, in.Cycle, in.Now, nil, func(l *ledger) error {
		err := l.attempt(ctx, func(l *ledger) (err error) {
			entered, err = l.enterOnce(ctx, in)
			return err
		})
		if refused = s.refusalOf(err); refused == nil {
			return err
		}
		entered = Entered{}
		return l.apart(ctx, func(l *ledger) error {
			return l.refuse(ctx, line{act: strings.TrimSpace(evidence.LineEnter), actID: in.ID, by: l.attributed(ctx, in.By), refusal: refused}, in.Rows)
		})
	})
	if err == nil && refused != nil {
		err = refused
	}
	return entered, err
}

func (l *ledger) enterOnce(ctx context.Context, in Entering) (Entered, error) {
	content, err := evidence.DigestOf(in.Rows)
	if err != nil {
		return Entered{}, err
	}
	first, err := l.q.FindEntry(ctx, in.ID)
	switch {
	case err == nil && first.Content == content:
		return Entered{ID: in.ID, Sequence: first.Sequence, Rows: int(first.Size), Recorded: first.RecordedAt, Again: true}, nil
	case err == nil:
		return Entered{}, policy.Refuse(policy.CodeConflict, "other rows were entered as %s already", in.ID)
	case !errors.Is(err, pgx.ErrNoRows):
		return Entered{}, fmt.Errorf("entry %s: %w", in.ID, err)
	}
	if err := policy.JudgeOnce(in.Rows); err != nil {
		return Entered{}, err
	}
	r, err := l.records(ctx)
	if err != nil {
		return Entered{}, err
	}
	who, err := l.principal(ctx, in.By)
	if err != nil {
		return Entered{}, err
	}
	if err := l.judgeRows(ctx, r, who, in.Rows); err != nil {
		return Entered{}, err
	}
	in.By = who.Actor
	if err := l.judgeTabling(ctx, r, in.Rows); err != nil {
		return Entered{}, err
	}
	entered, err := l.insertRows(ctx, in, content)
	if err != nil || in.Rows[0].Register != policy.RegPosts {
		return entered, err
	}
	return entered, l.passOn(ctx)
}

// passOn gives the open plans and reports to those who hold the posts now.
func (l *ledger) passOn(ctx context.Context) error {
	posts, err := l.store.postsOf(ctx, l.q, l.definition, l.cycle.ID)
	if err != nil {
		return err
	}
	l.loaded = l.loaded.HeldOn(l.today, posts)
	for _, e := range l.loaded.Agenda() {
		known, there := l.subjects[e.Subject]
		if !there || !passedOn(known, e) {
			continue
		}
		acts, err := l.acts(ctx, e.Subject)
		if err != nil {
			return err
		}
		if err := l.put(ctx, e, known, policy.StandingOf(e, known.OpenedOn, acts)); err != nil {
			return err
		}
	}
	return nil
}

// postsOf gives who held the posts of the plans from which day on, where the register of
// posts is kept here. Every act asks for it: of the many other rows none is read.
func (s *Store) postsOf(ctx context.Context, q *sqlc.Queries, d *policy.Definition, cycle string) ([]policy.Row, error) {
	if !policy.Stores(d, policy.RegPosts) {
		return nil, nil
	}
	holders, err := q.ListHolders(ctx, cycle)
	if err != nil {
		return nil, fmt.Errorf("posts of %s: %w", cycle, err)
	}
	rows := make([]sqlc.ListRowsRow, len(holders))
	for i, h := range holders {
		rows[i] = sqlc.ListRowsRow{Register: string(policy.RegPosts), Key: h.Key, Date: h.Date, Body: h.Body}
	}
	posts, _ := s.rowsOf(rows)
	return posts, nil
}

// judgeRows holds rows against the cycle: against the plans that they name and what the
// registers say of who may speak for them.
func (l *ledger) judgeRows(ctx context.Context, r policy.Records, who policy.Principal, rows []policy.Row) error {
	if err := policy.JudgeRows(r, who, rows, nil); err != nil {
		return err // before anything is read for them
	}
	if err := l.judgePersons(ctx, rows); err != nil {
		return err
	}
	contents, registers := rules.RowsLookAt(r, rows)
	var stored []sqlc.ListRowsRow
	if len(registers) > 0 { // none would be all
		var err error
		if stored, err = rowsIn(ctx, l.q, l.cycle.ID, registers...); err != nil {
			return err
		}
	}
	snapshot, err := l.store.gather(ctx, l.q, r, nil, append(paths(contents), nowhere), stored)
	if err != nil {
		return err
	}
	return snapshot.JudgeRows(who, rows, false)
}

// judgePersons holds that the persons whom rows name are there. Where names are believed,
// whoever is named is.
func (l *ledger) judgePersons(ctx context.Context, rows []policy.Row) error {
	for _, row := range rows {
		switch body := row.Body.(type) {
		case *policy.Substitution:
			_, err := l.q.FindPerson(ctx, body.Substitute)
			if errors.Is(err, pgx.ErrNoRows) {
				return policy.Refuse(policy.CodeUnknown, "%s: nobody is known here as person %d", row.Key, body.Substitute)
			}
			if err != nil {
				return fmt.Errorf("person %d: %w", body.Substitute, err)
			}
		case *policy.Irregularity:
			if err := l.judgeSecond(ctx, row.Key, body.ConfirmedBy); err != nil {
				return err
			}
		default:
		}
	}
	return nil
}

func (l *ledger) judgeSecond(ctx context.Context, key, second string) error {
	actor, err := policy.ParseActor(second)
	if err != nil || l.store.options.Asserted {
		return err
	}
	persons, err := l.q.ListPersons(ctx)
	if err != nil {
		return fmt.Errorf("people: %w", err)
	}
	if !slices.ContainsFunc(persons, func(p sqlc.ListPersonsRow) bool { return p.Name == actor.Name }) {
		return policy.Refuse(policy.CodeUnknown, "%s: nobody is known here as %s", key, second)
	}
	return nil
}

// nowhere is the path of no document: no path at all would be all.
const nowhere = ""

// judgeTabling holds what is put on an agenda against the rules that may keep
// it off.
func (l *ledger) judgeTabling(ctx context.Context, r policy.Records, rows []policy.Row) error {
	for _, row := range rows {
		subject, tabled := policy.Tabled(l.cycle.ID, row)
		if !tabled {
			continue
		}
		if _, err := entryOf(r, subject); err != nil {
			return err
		}
		snapshot, err := l.snapshotOn(ctx, r, subject)
		if err != nil {
			return err
		}
		if err := snapshot.JudgeTabling(subject); err != nil {
			return err
		}
	}
	return nil
}

func (l *ledger) insertRows(ctx context.Context, in Entering, content string) (Entered, error) {
	register := in.Rows[0].Register
	sealed, err := l.entryRecord(in)
	if err != nil {
		return Entered{}, err
	}
	record, err := evidence.DigestOf(sealed)
	if err != nil {
		return Entered{}, err
	}
	sequence, err := l.write(ctx, line{act: evidence.LineEnter + string(register), actID: in.ID, by: in.By, record: record})
	if err != nil {
		return Entered{}, err
	}
	err = l.q.InsertEntry(ctx, sqlc.InsertEntryParams{
		ID: in.ID, Cycle: l.cycle.ID, Sequence: sequence, Register: string(register), Content: content,
		Size: int32(len(in.Rows)), Person: in.By.Person, Principal: in.By.Person, Body: string(in.By.Body), RecordedAt: l.now,
		KeyID: sealed.KeyID, Signature: sealed.Signature,
	})
	if err != nil {
		return Entered{}, fmt.Errorf("entry %s: %w", in.ID, err)
	}
	rows := make([]sqlc.InsertRowsParams, len(in.Rows))
	for i, row := range in.Rows {
		body, err := json.Marshal(row.Body)
		if err != nil {
			return Entered{}, fmt.Errorf("row %s: %w", row.Key, err)
		}
		rows[i] = sqlc.InsertRowsParams{
			Cycle: l.cycle.ID, Register: string(row.Register), Key: row.Key, Sequence: sequence, Position: int32(i),
			Date: toDate(row.Date), Reason: row.Reason, Body: body, Person: in.By.Person,
		}
	}
	if _, err := l.q.InsertRows(ctx, rows); err != nil {
		return Entered{}, fmt.Errorf("rows of %s: %w", in.ID, err)
	}
	return Entered{ID: in.ID, Sequence: sequence, Rows: len(rows), Recorded: l.now}, nil
}

// rowsOf reads rows. Those that cannot be read it names beside, and tells the log of them.
func (s *Store) rowsOf(rows []sqlc.ListRowsRow) ([]policy.Row, []rules.Unread) {
	list := make([]policy.Row, 0, len(rows))
	var unread []rules.Unread
	for _, row := range rows {
		body, err := policy.ReadRow(policy.Register(row.Register), row.Body)
		if err != nil {
			s.tell(unreadable(fmt.Sprintf("the row %s of %s", row.Key, row.Register), err))
			unread = append(unread, rules.Unread{What: row.Register, Record: row.Register + " " + row.Key})
			continue
		}
		list = append(list, rowWith(row, body))
	}
	return list, unread
}

// rowsIn gives what is stored in registers of a cycle.
func rowsIn(ctx context.Context, q *sqlc.Queries, cycle string, registers ...policy.Register) ([]sqlc.ListRowsRow, error) {
	found, err := q.ListRowsIn(ctx, sqlc.ListRowsInParams{Cycle: cycle, Registers: policy.Texts(registers)})
	if err != nil {
		return nil, fmt.Errorf("rows of %s: %w", cycle, err)
	}
	rows := make([]sqlc.ListRowsRow, len(found))
	for i, row := range found {
		rows[i] = sqlc.ListRowsRow(row)
	}
	return rows, nil
}

func rowWith(row sqlc.ListRowsRow, body policy.RowBody) policy.Row {
	return policy.Row{
		Register: policy.Register(row.Register), Key: row.Key, Date: fromDate(row.Date), Body: body, Reason: row.Reason,
		By: policy.Actor{Person: row.Person, Name: row.Name, Body: policy.Body(row.PersonBody)},
	}
}

// ListRows gives the rows of registers of a cycle, in the order in which they
// were entered; no register is all of them. Only rows whose key begins with the
// prefix are given.
func (s *Store) ListRows(ctx context.Context, cycle string, registers []policy.Register, prefix string) ([]policy.Row, error) {
	rows, err := sqlc.New(s.pool).ListRows(ctx, sqlc.ListRowsParams{Cycle: cycle, Registers: policy.Texts(registers), Prefix: prefix})
	list, _ := s.rowsOf(rows)
	return list, translate(err)
}

// ListRowsUnder gives the rows of some keys of a register, in the order in which they were
// entered.
func (s *Store) ListRowsUnder(ctx context.Context, cycle string, register policy.Register, keys []string) ([]policy.Row, error) {
	found, err := sqlc.New(s.pool).ListRowsUnder(ctx, sqlc.ListRowsUnderParams{Cycle: cycle, Register: string(register), Keys: keys})
	rows := make([]sqlc.ListRowsRow, len(found))
	for i, row := range found {
		rows[i] = sqlc.ListRowsRow(row)
	}
	list, _ := s.rowsOf(rows)
	return list, translate(err)
}

// RowPart asks for rows by their keys, those of one key together.
type RowPart struct {
	Registers []policy.Register // none is all
	Prefix    string            // of the key
	Past      policy.RowPlace   // the last one seen
	Most      int               // keys, at least one
}

// ListRowsOf gives the rows of a part, in the order in which they were entered, and the
// part that follows; nil at the end.
func (s *Store) ListRowsOf(ctx context.Context, cycle string, part RowPart) ([]policy.Row, *RowPart, error) {
	found, err := sqlc.New(s.pool).ListRowsOfKeys(ctx, sqlc.ListRowsOfKeysParams{
		Cycle: cycle, Registers: policy.Texts(part.Registers), Prefix: part.Prefix,
		PastRegister: string(part.Past.Register), PastKey: part.Past.Key, Most: int32(part.Most),
	})
	if err != nil {
		return nil, nil, translate(err)
	}
	next, keys := part, map[policy.RowPlace]bool{}
	rows := make([]sqlc.ListRowsRow, len(found))
	for i, row := range found {
		rows[i] = sqlc.ListRowsRow(row)
		place := policy.RowPlace{Register: policy.Register(row.Register), Key: row.Key}
		keys[place] = true
		if cmp.Or(cmp.Compare(place.Register, next.Past.Register), cmp.Compare(place.Key, next.Past.Key)) > 0 {
			next.Past = place
		}
	}
	list, _ := s.rowsOf(rows)
	if len(keys) < part.Most {
		return list, nil, nil
	}
	return list, &next, nil
}
