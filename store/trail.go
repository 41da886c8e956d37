package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/advance"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// This file turns lines of the trail and what is recorded with them into the
// forms of package evidence.

func trailRow(n evidence.Line) sqlc.InsertTrailParams {
	return sqlc.InsertTrailParams{
		Cycle: n.Cycle, Sequence: n.Sequence, RecordedAt: n.Recorded, OnDate: toDate(n.On), Act: n.Act, ActID: n.ActID, Path: n.Path,
		Person: optional(n.Person), Principal: optional(n.OnBehalfOf), Body: string(n.Body), Accepted: n.Accepted,
		Code: string(n.Code), Message: n.Message, Record: n.Record, Previous: n.Previous, Hash: n.Hash, Claimed: n.Claimed,
	}
}

func lineOf(row sqlc.ListTrailRow) evidence.Line {
	return evidence.Line{
		Cycle: row.Cycle, Sequence: row.Sequence, Recorded: row.RecordedAt.UTC(), On: fromDate(row.OnDate), Act: row.Act, ActID: row.ActID,
		Path: row.Path, Person: valueOf(row.Person), OnBehalfOf: valueOf(row.Principal), Body: policy.Body(row.Body), Accepted: row.Accepted,
		Code: policy.Code(row.Code), Message: row.Message, Record: row.Record, Previous: row.Previous, Hash: row.Hash, Claimed: row.Claimed,
	}
}

// recordOf gives the digest of what is recorded of an act, and the canonical
// form of its envelope.
func recordOf(w work, kept policy.Recorded, now time.Time) (digest string, envelope []byte, err error) {
	stated := w.Envelope
	stated.Act = evidence.Nameless(stated.Act)
	if stated.Act.By.Person == 0 { // believed on a name: by the number from now on
		numbered := evidence.Nameless(w.act)
		stated.Act.By, stated.Act.For = numbered.By, numbered.For
	}
	if envelope, err = evidence.Canonical(stated); err != nil {
		return "", nil, err
	}
	record := actRecord(envelope, kept, w.Channel, now, w.restsOn)
	if kept.Kind == policy.ActAmend {
		record.Definition = kept.Digest
	}
	digest, err = evidence.DigestOf(record)
	return digest, envelope, err
}

// actRecord gives the record of an act in the form in which it comes back from
// the tables.
func actRecord(envelope []byte, kept policy.Recorded, channel string, now time.Time, restsOn string) evidence.ActRecord {
	kept.Act = evidence.Nameless(kept.Act)
	kept.Items = policy.SortItems(kept.Items)
	return evidence.ActRecord{Envelope: envelope, Kept: kept, Channel: channel, Recorded: now, RestsOn: restsOn}
}

func (a Act) record() evidence.ActRecord {
	return actRecord(a.Envelope, a.Recorded, a.Channel, a.RecordedAt, a.RestsOn)
}

// entryRecord gives the record of rows that are entered, with the seal of who has the key.
func (l *ledger) entryRecord(in Entering) (evidence.EntryRecord, error) {
	rows := make([]policy.Row, len(in.Rows))
	for i, row := range in.Rows {
		row.By = policy.Actor{Person: in.By.Person, Body: in.By.Body}
		rows[i] = row
	}
	record := evidence.EntryRecord{ID: in.ID, Rows: rows, Recorded: l.now}
	switch o := l.store.options; {
	case l.past: // who imports it stands for it
		return record, nil
	case o.Signer != nil:
		return o.Signer.SealEntry(l.cycle.ID, record)
	case o.Sealed && !o.Asserted:
		return record, policy.Refuse(policy.CodeSeal, "rows stand under the seal of serve: name it with server.url alone, without database.url")
	default:
		return record, nil
	}
}

// FindAudit gives what the tables hold of a cycle, as it is at one moment and in
// the form in which it was chained: what was changed in them shows. A cycle that
// does not exist is policy.CodeUnknown.
func (s *Store) FindAudit(ctx context.Context, cycle string) (*evidence.Dossier, error) {
	d := &evidence.Dossier{
		Cycle: cycle, Sealed: s.options.Sealed, Keys: s.options.Keys.Text(),
		Records: map[int64]json.RawMessage{}, Contents: map[string][]byte{}, People: map[int64]string{},
		Shown: &evidence.Shown{}, Who: &evidence.Who{Believed: s.options.Asserted, Salts: map[int64]string{}},
	}
	err := s.read(ctx, func(q *sqlc.Queries) error {
		a := auditor{q: q, cycle: cycle, Dossier: d}
		parts := []func(context.Context) error{a.lines, a.start, a.additions, a.acts, a.entries, a.contents, a.checkpoints, a.people, a.shown}
		for i, gather := range parts {
			if err := gather(ctx); err != nil {
				return err
			}
			advance.Tell(ctx, "parts of the record", i+1, len(parts))
		}
		return nil
	})
	return d, err
}

// auditor gathers an audit from the tables.
type auditor struct {
	q     *sqlc.Queries
	cycle string
	*evidence.Dossier
}

func (a auditor) lines(ctx context.Context) error {
	rows, err := a.q.ListTrail(ctx, sqlc.ListTrailParams{Cycle: a.cycle, Most: math.MaxInt32})
	if err != nil {
		return fmt.Errorf("trail of %s: %w", a.cycle, err)
	}
	for _, row := range rows {
		a.Trail = append(a.Trail, lineOf(row))
	}
	return nil
}

func (a auditor) keep(sequence int64, record any) error {
	text, err := evidence.Canonical(record)
	a.Records[sequence] = text
	return err
}

func (a auditor) start(ctx context.Context) error {
	row, err := a.q.FindCycle(ctx, a.cycle)
	if err != nil {
		return unknownCycle(a.cycle)
	}
	definition, err := a.q.FindDefinition(ctx, sqlc.FindDefinitionParams{Cycle: a.cycle, Version: 1})
	if err != nil {
		return fmt.Errorf("definition of %s: %w", a.cycle, err)
	}
	digest, err := a.keepDefinition(definition)
	if err != nil {
		return err
	}
	at := row.CreatedAt.UTC()
	if len(a.Trail) > 0 {
		at = a.Trail[0].Recorded
	}
	return a.keep(1, evidence.StartRecord{Cycle: a.cycle, Definition: digest, Recorded: at})
}

// additions keeps what the lines say of imports that added to the cycle: it stands under its
// digest.
func (a auditor) additions(ctx context.Context) error {
	for _, l := range a.Trail {
		if l.Act != evidence.LineImport || l.Sequence == 1 || l.Record == "" {
			continue
		}
		kept, err := a.q.FindContent(ctx, l.Record)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
		case err != nil:
			return fmt.Errorf("import of line %d of %s: %w", l.Sequence, a.cycle, err)
		default:
			a.Records[l.Sequence] = kept.Body
		}
	}
	return nil
}

// keepDefinition keeps a definition as it stands among the contents, and gives its digest.
func (a auditor) keepDefinition(body []byte) (string, error) {
	text, err := evidence.Canonical(json.RawMessage(body))
	digest := evidence.Digest(text)
	a.Contents[digest] = text
	return digest, err
}

// definitionDigest gives the digest of a definition as it stands, with what this version
// does not know of it.
func definitionDigest(body []byte) (string, error) { return evidence.DigestOf(json.RawMessage(body)) }

func (a auditor) acts(ctx context.Context) error {
	rows, err := a.q.ListActs(ctx, a.cycle)
	if err != nil {
		return fmt.Errorf("acts of %s: %w", a.cycle, err)
	}
	for _, row := range rows {
		subject, err := policy.ParseSubject(a.cycle + "/" + row.Path)
		if err != nil {
			return unreadable(row.ID, err)
		}
		act, err := actOf(subject, row)
		if err != nil {
			return err
		}
		record := act.record()
		if act.AmendsTo > 0 {
			definition, err := a.q.FindDefinition(ctx, sqlc.FindDefinitionParams{Cycle: a.cycle, Version: int32(act.AmendsTo)})
			if err != nil {
				return fmt.Errorf("definition %d of %s: %w", act.AmendsTo, a.cycle, err)
			}
			if record.Definition, err = a.keepDefinition(definition); err != nil {
				return err
			}
		}
		if err := a.keep(act.Sequence, record); err != nil {
			return err
		}
	}
	return nil
}

func (a auditor) entries(ctx context.Context) error {
	entries, err := a.q.ListEntries(ctx, a.cycle)
	if err != nil {
		return fmt.Errorf("entries of %s: %w", a.cycle, err)
	}
	rows, err := a.q.ListRows(ctx, sqlc.ListRowsParams{Cycle: a.cycle, Registers: []string{}})
	if err != nil {
		return fmt.Errorf("rows of %s: %w", a.cycle, err)
	}
	bySequence := map[int64][]policy.Row{}
	for _, stored := range rows { // as they stand, with what this version does not know of them
		row := rowWith(stored, policy.Verbatim{RawMessage: stored.Body})
		row.By.Name = ""
		bySequence[stored.Sequence] = append(bySequence[stored.Sequence], row)
	}
	for _, e := range entries {
		record := evidence.EntryRecord{
			ID: e.ID, Rows: bySequence[e.Sequence], Recorded: e.RecordedAt.UTC(), KeyID: e.KeyID, Signature: e.Signature,
		}
		if err := a.keep(e.Sequence, record); err != nil {
			return err
		}
	}
	return nil
}

func (a auditor) contents(ctx context.Context) error {
	rows, err := a.q.ListContents(ctx, a.cycle)
	if err != nil {
		return fmt.Errorf("contents of %s: %w", a.cycle, err)
	}
	for _, row := range rows {
		a.Contents[row.Digest] = row.Body
	}
	return nil
}

// shown gathers what people are shown: the projections of the records.
func (a auditor) shown(ctx context.Context) error {
	cycle, err := a.q.FindCycle(ctx, a.cycle)
	if err != nil {
		return unknownCycle(a.cycle)
	}
	a.Shown.Cycle = evidence.ShownCycle{
		Title: cycle.Title, Language: policy.Language(cycle.Language), Rehearsal: cycle.Rehearsal, Definition: int(cycle.DefinitionVersion),
		Stage: policy.Stage(cycle.Stage), Since: fromDate(cycle.StageSince), Sequence: cycle.Sequence, Head: cycle.Head,
		Wording: evidence.ShownWording{Conclusions: cycle.Conclusions, GeneralMASP: cycle.GeneralMasp},
	}
	rows, err := a.q.ListSubjects(ctx, a.cycle)
	if err != nil {
		return fmt.Errorf("subjects of %s: %w", a.cycle, err)
	}
	for _, row := range rows {
		known, err := subjectOf(row)
		if err != nil {
			a.Shown.Unread = append(a.Shown.Unread, row.Path)
			continue
		}
		a.Shown.Subjects = append(a.Shown.Subjects, evidence.ShownSubject{
			Standing: known.Standing, Title: known.Title, OpenedOn: known.OpenedOn, Opening: known.Opening, Settles: row.Settles,
		})
	}
	return nil
}

func (a auditor) checkpoints(ctx context.Context) error {
	rows, err := a.q.ListCheckpoints(ctx, a.cycle)
	if err != nil {
		return fmt.Errorf("checkpoints of %s: %w", a.cycle, err)
	}
	for _, row := range rows {
		a.Checkpoints = append(a.Checkpoints, []byte(row.Note))
	}
	return nil
}

func (a auditor) people(ctx context.Context) error {
	rows, err := a.q.ListPersons(ctx)
	if err != nil {
		return fmt.Errorf("people: %w", err)
	}
	concerned := map[int64]bool{}
	for _, l := range a.Trail {
		concerned[l.Person], concerned[l.OnBehalfOf] = true, true
	}
	for _, row := range rows {
		if concerned[row.ID] && row.Name != "" {
			a.People[row.ID], a.Who.Salts[row.ID] = row.Name, row.Salt
		}
	}
	return a.who(ctx, concerned)
}

// who gathers what is known of the people whom the trail names.
func (a auditor) who(ctx context.Context, concerned map[int64]bool) error {
	trail, err := a.q.ListPeopleTrail(ctx)
	if err != nil {
		return fmt.Errorf("trail of people: %w", err)
	}
	for _, row := range trail {
		if concerned[row.Person] {
			a.Who.Lines = append(a.Who.Lines, sealedPerson(row))
		}
	}
	from, err := a.q.FindSealedFrom(ctx)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("since when people are sealed: %w", err)
	}
	a.Who.Unsealed, a.Who.RowsFrom = from.People, from.Entries.UTC()
	return nil
}

// PutCheckpoint keeps a signed state of a trail.
func (s *Store) PutCheckpoint(ctx context.Context, c evidence.Checkpoint, note []byte) error {
	return s.transact(ctx, func(q *sqlc.Queries) error {
		if err := q.PutCheckpoint(ctx, sqlc.PutCheckpointParams{Cycle: c.Cycle, Size: c.Size, Note: string(note), MadeAt: c.At}); err != nil {
			return err
		}
		return q.DropUnsigned(ctx, sqlc.DropUnsignedParams{ID: c.Cycle, Size: c.Size})
	})
}

// Heads gives the state of every trail in which something happened since its
// last checkpoint, without the time and signature of a new one.
func (s *Store) Heads(ctx context.Context) ([]evidence.Checkpoint, error) {
	rows, err := sqlc.New(asked{s.pool}).ListUncheckpointed(ctx)
	if err != nil {
		return nil, translate(err)
	}
	heads := make([]evidence.Checkpoint, len(rows))
	for i, row := range rows {
		heads[i] = evidence.Checkpoint{Cycle: row.ID, Size: row.Sequence, Hash: row.Head}
	}
	return heads, nil
}

// Checkpoint is a signed state of a trail that is kept.
type Checkpoint struct {
	Cycle  string
	Size   int64
	MadeAt time.Time
	Signed []byte
}

// LastCheckpoints gives the last checkpoint of each trail of which one was made since; of a
// zero time, of each that has one.
func (s *Store) LastCheckpoints(ctx context.Context, since time.Time) ([]Checkpoint, error) {
	rows, err := sqlc.New(asked{s.pool}).ListLastCheckpoints(ctx, since)
	if err != nil {
		return nil, translate(err)
	}
	kept := make([]Checkpoint, len(rows))
	for i, row := range rows {
		kept[i] = Checkpoint{Cycle: row.Cycle, Size: row.Size, MadeAt: row.MadeAt, Signed: []byte(row.Note)}
	}
	return kept, nil
}

// UnsignedSince gives when the first line was written that stands in no checkpoint; zero
// where all do.
func (s *Store) UnsignedSince(ctx context.Context) (time.Time, error) {
	since, err := sqlc.New(s.pool).FirstUncheckpointed(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, nil
	}
	return since, translate(err)
}
