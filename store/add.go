package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Added says what an import has added to a cycle, and what of it was there before.
type Added struct {
	Acts, Rows           int
	ActsThere, RowsThere int
}

// Add writes into a cycle that was taken over what was forgotten then, all or nothing. Of
// the past that is given, what is recorded already is left alone, as long as it says the same;
// the rest is judged and recorded as Import does. Where that is nothing, nothing changes.
//
// A past needs no second person here, so nothing is added once something was recorded in the
// cycle that was not taken over: policy.CodeConflict, as for what says another thing than is
// recorded.
func (s *Store) Add(ctx context.Context, p Past) (Added, error) {
	var added Added
	digest, err := p.digest()
	if err != nil {
		return added, err
	}
	err = s.changePiped(ctx, func(in *pipe) error {
		l, err := s.lock(ctx, in, p.ID, p.Now)
		if err != nil {
			return err
		}
		l.past = true
		a, err := l.adding(ctx, p)
		if err != nil {
			return err
		}
		added = a.counts()
		if added.Acts+added.Rows == 0 {
			return nil
		}
		if err := l.addable(ctx, a); err != nil {
			return err
		}
		if err := l.beginAdding(ctx, a, digest); err != nil {
			return err
		}
		return l.add(ctx, a)
	})
	return added, err
}

// addition is a past that is held against what is recorded of its cycle.
type addition struct {
	Past               // of the rows those alone that are not recorded
	given int          // rows
	known map[int]bool // which of the acts are recorded
	acts  []Act        // that are recorded, and the rows
	kept  []policy.Row
}

func (a *addition) counts() Added {
	return Added{Acts: len(a.Acts) - len(a.known), ActsThere: len(a.known), Rows: len(a.Rows), RowsThere: a.given - len(a.Rows)}
}

// adding holds a past against what is recorded.
func (l *ledger) adding(ctx context.Context, p Past) (*addition, error) {
	if _, err := l.records(ctx); err != nil {
		return nil, err
	}
	if err := l.sameDefinitions(ctx, p); err != nil {
		return nil, err
	}
	a := &addition{Past: p, given: len(p.Rows), known: map[int]bool{}}
	rows, err := l.q.ListActs(ctx, p.ID)
	if err != nil {
		return nil, fmt.Errorf("acts of %s: %w", p.ID, err)
	}
	for _, row := range rows {
		subject, err := policy.ParseSubject(p.ID + "/" + row.Path)
		if err != nil {
			return nil, unreadable(row.ID, err)
		}
		act, err := actOf(subject, row)
		if err != nil {
			return nil, err
		}
		a.acts = append(a.acts, act)
	}
	stored, err := l.q.ListRows(ctx, sqlc.ListRowsParams{Cycle: p.ID, Registers: []string{}})
	if err != nil {
		return nil, fmt.Errorf("rows of %s: %w", p.ID, err)
	}
	a.kept, _ = l.store.rowsOf(stored)
	is := Past{NewCycle: NewCycle{ID: p.ID}}
	named := func(person int64) (string, error) { return nameOf(ctx, l.q, person) }
	if err := is.leaves(a.acts, a.kept, named); err != nil {
		return nil, err
	}
	if err := l.knows(ctx, a, is); err != nil {
		return nil, err
	}
	if err := l.sameDocuments(ctx, a); err != nil {
		return nil, err
	}
	a.Rows, err = lacking(is, p, func(i int) (bool, error) { return erasedIn(a.kept[i], named) })
	return a, err
}

// sameDefinitions makes sure that the definitions are those that are recorded, as far as they are.
func (l *ledger) sameDefinitions(ctx context.Context, p Past) error {
	kept, err := l.q.ListDefinitions(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("definitions of %s: %w", p.ID, err)
	}
	for _, row := range kept {
		given, is := p.Definitions[int(row.Version)]
		if row.Version == 1 {
			given, is = p.Definition, true
		}
		var was policy.Definition
		if err := policy.Read(row.Body, &was); err != nil {
			return unreadable(fmt.Sprintf("the definition %d of %s", row.Version, p.ID), err)
		}
		same, err := alike(given.DatedAs(&was), was)
		if err == nil && is && !same {
			err = policy.Refuse(policy.CodeConflict, "version %d of the definition of %s is another one than is recorded", row.Version, p.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// alike says whether two things have one canonical form.
func alike(a, b any) (bool, error) {
	one, err := evidence.DigestOf(a)
	other, failed := evidence.DigestOf(b)
	return one == other, cmp.Or(err, failed)
}

// knows finds out which of the acts are recorded. One that is and says another thing is
// policy.CodeConflict.
func (l *ledger) knows(ctx context.Context, a *addition, is Past) error {
	at := make(map[string]int, len(a.acts))
	for i, act := range a.acts {
		at[act.ID] = i
	}
	for i, given := range a.Acts {
		here := func(err error) error { return inImport(err, "act %d, %s on %s", i+1, given.Kind, given.Subject.Path()) }
		if given.ID == "" {
			return here(policy.Refuse(policy.CodeInvalid, "it has no ID: by that it is told apart from what is recorded"))
		}
		recorded, err := l.referred(ctx, given)
		if err != nil {
			return err
		}
		known, there := at[recorded.ID]
		if !there {
			continue
		}
		same, err := l.sameAct(a.Past, given, recorded, a.acts[known], is.Acts[known])
		if err == nil && !same {
			err = policy.Refuse(policy.CodeConflict, "another act was recorded as %s already", given.ID)
		}
		if err != nil {
			return here(err)
		}
		a.known[i] = true
	}
	return nil
}

// sameAct says whether an act says what is recorded: as it came then, or as an export tells it.
func (l *ledger) sameAct(p Past, given, referred policy.Recorded, known Act, told policy.Recorded) (bool, error) {
	if file, came := p.Files[given.ID]; came && known.Content != evidence.Digest(file.Body) && p.Documents[versionPath(known.Recorded)] == nil {
		return false, nil
	}
	act := referred.Act.Stated()
	act.Digest, act.Content = known.Digest, known.Content
	if known.Amendment != nil {
		ref := policy.AmendmentRef{BaseVersion: known.Amendment.BaseVersion}
		if act.Amendment != nil {
			ref.Decision = act.Amendment.Decision
		}
		act.Amendment = &ref
	}
	e, err := evidence.Enclose(referred.ID, importAddress(p.ID), act, l.now)
	if err != nil {
		return false, err
	}
	if content, err := e.Content(); err != nil || content == known.Stated {
		return err == nil, err
	}
	return alike(bare(given.Act), bare(told.Act))
}

// bare gives an act without what follows from the documents and from the record.
func bare(a policy.Act) policy.Act {
	a = a.Stated()
	a.Digest, a.Content, a.By.Person, a.Items = "", "", 0, policy.SortItems(a.Items)
	if a.For != nil {
		absent := *a.For
		absent.Person, a.For = 0, &absent
	}
	if a.Amendment != nil {
		a.Amendment = &policy.AmendmentRef{Decision: a.Amendment.Decision}
	}
	return a
}

func versionPath(r policy.Recorded) string { return fmt.Sprintf("%s/v%d", r.Subject.Path(), r.Version) }

// sameDocuments makes sure that the documents are those that are recorded, as far as their
// versions are, and nobody rectifies them now.
func (l *ledger) sameDocuments(ctx context.Context, a *addition) error {
	recorded, rectified := map[string]string{}, map[policy.Subject]bool{}
	for _, act := range a.acts {
		if act.Kind == policy.ActSubmit {
			recorded[versionPath(act.Recorded)] = act.Content // the last one counts
		}
	}
	for i, act := range a.Acts {
		if !a.known[i] && act.Rectifies != "" {
			rectified[act.Subject] = true
		}
	}
	for _, act := range a.acts {
		path := versionPath(act.Recorded)
		given, came := a.Documents[path]
		digest, there := recorded[path]
		if !came || !there || rectified[act.Subject] {
			continue
		}
		delete(recorded, path) // is looked at once
		same, err := l.holds(ctx, act.Subject.Kind, digest, given)
		if err != nil {
			return err
		}
		if !same {
			return policy.Refuse(policy.CodeConflict, "the document %s is another one than is recorded", path)
		}
	}
	return nil
}

// holds says whether a content is kept under a digest.
func (l *ledger) holds(ctx context.Context, kind policy.Kind, digest string, content policy.Content) (bool, error) {
	stored, err := l.q.FindContent(ctx, digest)
	if errors.Is(err, pgx.ErrNoRows) { // it was handed in without
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("content %s: %w", digest, err)
	}
	was, err := policy.ReadContent(kind, stored.Body)
	if err != nil || stored.MediaType != MediaData {
		return false, nil //nolint:nilerr // it is a file
	}
	return alike(content, was)
}

// addable refuses to add to a cycle that was started here, or in which something is recorded
// that was not taken over.
func (l *ledger) addable(ctx context.Context, a *addition) error {
	imports, err := l.q.ListTrail(ctx, sqlc.ListTrailParams{Cycle: a.ID, Act: evidence.LineImport, Most: math.MaxInt32})
	if err != nil {
		return fmt.Errorf("trail of %s: %w", a.ID, err)
	}
	if len(imports) == 0 || imports[0].Sequence != 1 {
		return policy.Refuse(policy.CodeConflict, "%s was started here and not taken over: record what was forgotten as usual, with its date", a.ID)
	}
	entries, err := l.q.ListEntries(ctx, a.ID)
	if err != nil {
		return fmt.Errorf("entries of %s: %w", a.ID, err)
	}
	here := slices.ContainsFunc(a.acts, func(act Act) bool { return act.Channel != evidence.ChannelImport }) ||
		slices.ContainsFunc(entries, func(e sqlc.ListEntriesRow) bool {
			return !slices.ContainsFunc(imports, func(i sqlc.ListTrailRow) bool { return i.RecordedAt.Equal(e.RecordedAt) })
		})
	if here {
		return policy.Refuse(policy.CodeConflict, "in %s something was recorded since it was taken over: record what was forgotten as usual, with its date", a.ID)
	}
	return nil
}

// beginAdding writes the line of the trail that says who adds, and how much, under the seal of
// who has the key.
func (l *ledger) beginAdding(ctx context.Context, a *addition, digest string) error {
	by, err := l.store.identify(ctx, l.q, a.By)
	if err != nil {
		return err
	}
	brings := a.counts()
	record := evidence.AdditionRecord{Line: l.cycle.Sequence + 1, Past: digest, Acts: brings.Acts, Rows: brings.Rows, Recorded: l.now}
	switch o := l.store.options; {
	case o.Signer != nil:
		if record, err = o.Signer.SealAddition(a.ID, record); err != nil {
			return err
		}
	case o.Sealed && !o.Asserted:
		return policy.Refuse(policy.CodeSeal, "what is added stands under the seal of serve: name it with server.url alone, without database.url")
	}
	kept, err := l.putContent(ctx, record)
	if err != nil {
		return err
	}
	_, err = l.write(ctx, line{act: evidence.LineImport, by: by, record: kept})
	return err
}

// add records what an addition brings.
func (l *ledger) add(ctx context.Context, a *addition) error {
	name := fmt.Sprintf("import-%d", l.cycle.Sequence)
	if err := l.importActs(ctx, a.Past, a.posts(slices.Concat(a.kept, a.Rows)), a.known); err != nil {
		return err
	}
	if err := l.importRows(ctx, a.Past, a.kept, name); err != nil {
		return err
	}
	return l.endImport(ctx)
}

// lacking gives the rows of a past that another one, which is recorded, does not have, by the
// names of persons. Who was erased there may have any.
func lacking(is, p Past, erased func(i int) (bool, error)) ([]policy.Row, error) {
	numbers, there := map[string]int64{}, map[string]int{}
	recorded, err := is.rowForms(numbers)
	if err != nil {
		return nil, err
	}
	for i, form := range recorded {
		gone, err := erased(i)
		if err != nil {
			return nil, err
		}
		if gone {
			form.named = form.nameless
		}
		there[form.named]++
	}
	given, err := p.rowForms(numbers)
	if err != nil {
		return nil, err
	}
	var rows []policy.Row
	for i, form := range given {
		if there[form.named] == 0 {
			form.named = form.nameless
		}
		if there[form.named] == 0 {
			rows = append(rows, p.Rows[i])
			continue
		}
		there[form.named]--
	}
	return rows, nil
}

// rowForm is a row in a form by which it is told from others: with the names of persons, and
// without.
type rowForm struct{ named, nameless string }

// rowForms gives the rows of a past in this form; numbers are those of persons by their names.
func (p *Past) rowForms(numbers map[string]int64) ([]rowForm, error) {
	named, err := policy.Renumber(p.Rows, func(row policy.Row, person int64) (int64, error) {
		name, err := p.nameIn(row, person)
		if _, known := numbers[local(name).Subject]; !known {
			numbers[local(name).Subject] = int64(len(numbers)) + 1
		}
		return numbers[local(name).Subject], err
	})
	if err != nil {
		return nil, err
	}
	nameless, err := policy.Renumber(p.Rows, func(policy.Row, int64) (int64, error) { return 1, nil })
	if err != nil {
		return nil, err
	}
	forms := make([]rowForm, len(p.Rows))
	for i, row := range p.Rows {
		named[i].By = policy.Actor{Name: local(row.By.Name).Subject, Body: row.By.Body}
		nameless[i].By = policy.Actor{Body: row.By.Body}
		if forms[i].named, err = evidence.DigestOf(named[i]); err != nil {
			return nil, err
		}
		if forms[i].nameless, err = evidence.DigestOf(nameless[i]); err != nil {
			return nil, err
		}
	}
	return forms, nil
}

// erasedIn says whether a row that is recorded names somebody who was erased.
func erasedIn(row policy.Row, nameOf func(person int64) (string, error)) (bool, error) {
	erased := row.By.Name == ""
	for _, person := range policy.PersonsIn(row) {
		name, err := nameOf(person)
		if err != nil {
			return false, err
		}
		erased = erased || name == ""
	}
	return erased, nil
}
