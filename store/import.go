package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/advance"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Past is a cycle that is taken over with what has happened in it.
type Past struct {
	NewCycle
	Definitions map[int]policy.Definition // amended ones, by version from 2 on
	Acts        []policy.Recorded
	Documents   map[string]policy.Content // by path and version: "oap/2022/firearms/v1"
	Files       map[string]policy.File    // what was handed in as a file, by the ID of the act
	Rows        []policy.Row
	People      []policy.Named // whom the rows name by number
}

// posts gives of rows those of the register of posts, where it is kept here.
func (p *Past) posts(rows []policy.Row) []policy.Row {
	if !policy.Stores(&p.Definition, policy.RegPosts) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r policy.Row) bool { return r.Register != policy.RegPosts })
}

// digest tells one past from another, whoever imports it.
func (p *Past) digest() (string, error) {
	return evidence.DigestOf(struct {
		Definition  policy.Definition
		Definitions map[int]policy.Definition
		Acts        []policy.Recorded
		Documents   map[string]policy.Content
		Rows        []policy.Row
		Script      *policy.Script
		Files       map[string]policy.File `json:",omitempty"`
		People      []policy.Named         `json:",omitempty"`
	}{p.Definition, p.Definitions, p.Acts, p.Documents, p.Rows, p.Script, p.Files, p.People})
}

// Import writes a cycle with its past, all or nothing. Each act is judged as of
// the day on which it happened; that it was recorded today is kept beside. The
// error says which act or row was refused. The same past once more changes nothing;
// another one under the same key is policy.CodeConflict.
func (s *Store) Import(ctx context.Context, p Past) error {
	var err error
	if p.Imported, err = p.digest(); err != nil {
		return err
	}
	return s.changePiped(ctx, func(in *pipe) error {
		q := sqlc.New(in)
		l, _, err := s.begin(ctx, q, p.NewCycle, evidence.LineImport)
		if err != nil {
			return err
		}
		if l == nil {
			return importedBefore(ctx, q, p.NewCycle)
		}
		known, err := q.LockCycle(ctx, p.ID)
		if err != nil {
			return fmt.Errorf("cycle %s: %w", p.ID, err)
		}
		l.pipe, l.cycle, l.past = in, known.Cycle, true
		if err := l.importActs(ctx, p, p.posts(p.Rows), nil); err != nil {
			return err
		}
		if err := l.importRows(ctx, p, nil, "import"); err != nil {
			return err
		}
		return l.endImport(ctx)
	})
}

// importActs records the acts of the past, but for those that are known already.
func (l *ledger) importActs(ctx context.Context, p Past, posts []policy.Row, known map[int]bool) error {
	for i, act := range p.Acts {
		if !known[i] {
			if err := l.importAct(ctx, p, posts, act); err != nil {
				return inImport(err, "act %d, %s on %s", i+1, act.Kind, act.Subject.Path())
			}
		}
		p.came(ctx, i+1)
	}
	return nil
}

// endImport brings what is open up to today.
func (l *ledger) endImport(ctx context.Context) error {
	l.loaded.Today = l.today
	if err := l.passOn(ctx); err != nil {
		return err
	}
	for _, run := range []policy.RunKind{policy.RunObligations, policy.RunEvaluation, policy.RunCycle} {
		if _, _, err := l.lookAhead(ctx, policy.Run{Kind: run, Cycle: l.cycle.ID}); err != nil {
			return err
		}
	}
	if err := l.projectOpen(ctx); err != nil {
		return err
	}
	return l.store.note(ctx, l.q, l.now, l.people...)
}

// came tells that so many of the acts and rows are written.
func (p *Past) came(ctx context.Context, written int) {
	advance.Tell(ctx, "acts and rows", written, len(p.Acts)+len(p.Rows))
}

// importedBefore refuses a cycle whose key is taken by another than itself.
func importedBefore(ctx context.Context, q *sqlc.Queries, c NewCycle) error {
	known, err := q.FindCycle(ctx, c.ID)
	switch {
	case err != nil:
		return fmt.Errorf("cycle %s: %w", c.ID, err)
	case known.Imported != c.Imported:
		return policy.Refuse(policy.CodeConflict, "there is a cycle %s here already: what was forgotten is added with cycle import --add", c.ID)
	default:
		return nil
	}
}

// inImport says which part of an import a refusal is about.
func inImport(err error, format string, args ...any) error {
	refusal, is := errors.AsType[*policy.Error](err)
	if !is {
		return err
	}
	named := *refusal
	named.Said = policy.Sentence{}
	named.Message = fmt.Sprintf(format, args...) + ": " + named.Message
	return &named
}

// importAct records one act of the past.
func (l *ledger) importAct(ctx context.Context, p Past, posts []policy.Row, past policy.Recorded) error {
	if past.Subject.Cycle != p.ID {
		return policy.Refuse(policy.CodeInvalid, "it is about the cycle %s", past.Subject.Cycle)
	}
	given := past.ID // by which its file goes
	past, err := l.referred(ctx, past)
	if err != nil {
		return err
	}
	act := past.Act
	if act.Date.After(l.today) {
		return &policy.Error{Code: policy.CodeWrongDate, Field: "date", Message: fmt.Sprintf("%s lies in the future", act.Date)}
	}
	if _, err := l.records(ctx); err != nil {
		return err
	}
	// It is judged as of the day on which it happened, by who may have held the posts then.
	l.posts, l.loaded.Today = posts, act.Date
	l.loaded = l.heldOn(l.loaded, act.Date)
	if err := l.complete(ctx, p, given, &act); err != nil {
		return err
	}
	run := act.Subject.Run()
	envelope, err := evidence.Enclose(past.ID, importAddress(p.ID), act, l.now)
	if err != nil {
		return err
	}
	_, err = l.judgeAndRecord(ctx, Recording{Run: run, Now: l.now, Channel: evidence.ChannelImport, Envelope: envelope})
	if err == nil && act.Kind == policy.ActAmend {
		err = l.fallAway(ctx)
	}
	if err == nil {
		err = l.pipe.send(ctx) // what goes wrong with it is told of it
	}
	return err
}

// importAddress is where acts of the past are addressed to.
func importAddress(cycle string) string { return "import/" + cycle }

// referred gives an act with the IDs under which it and those that it names are recorded.
func (l *ledger) referred(ctx context.Context, past policy.Recorded) (policy.Recorded, error) {
	var failed error
	as := func(id string) string {
		recorded, err := l.recordedAs(ctx, id)
		failed = cmp.Or(failed, err)
		return recorded
	}
	past.ID, past.Act = as(past.ID), past.Referring(as)
	return past, failed
}

// fallAway discontinues what an amendment of the past took away, as its runs did then: what
// came back later begins anew.
func (l *ledger) fallAway(ctx context.Context) error {
	r, err := l.records(ctx)
	if err != nil {
		return err
	}
	return each(ctx, l, r.Gone(), (*ledger).discontinue)
}

// heldOn gives records with those who may hand in each OAP on a day; of the past, who may
// have then.
func (l *ledger) heldOn(r policy.Records, on policy.Date) policy.Records {
	if l.past {
		r.Drivers, r.Held = policy.DriversUntil(on, l.posts), policy.Date{}
		return r
	}
	return r.HeldOn(on, l.posts)
}

// complete adds to an act what follows from the documents: digests, the subject
// opened, the amended definition.
func (l *ledger) complete(ctx context.Context, p Past, id string, act *policy.Act) error {
	given := act.Version
	*act = act.Stated()
	act.Digest, act.Content = "", ""
	switch act.Kind {
	case policy.ActSubmit:
		if err := l.openFor(ctx, act.Subject); err != nil {
			return err
		}
		acts, err := l.acts(ctx, act.Subject)
		if err != nil {
			return err
		}
		version := policy.VersionOf(acts, *act)
		if content := p.Documents[fmt.Sprintf("%s/v%d", act.Subject.Path(), version)]; content != nil {
			if act.Content, err = l.putContent(ctx, content); err != nil {
				return err
			}
		} else if act.Content, err = l.putFile(ctx, p, id); err != nil {
			return err
		}
		act.Digest, err = evidence.VersionDigest(act.Subject, act.Document, act.Content, act.TextDigest)
		return err
	case policy.ActCorrect, policy.ActFinalise:
		return l.completeText(ctx, p, id, given, act)
	case policy.ActDecide, policy.ActLaunch, policy.ActPosition:
		if err := l.openFor(ctx, act.Subject); err != nil {
			return err
		}
		acts, err := l.acts(ctx, act.Subject)
		if handedIn := policy.SubmissionOf(acts, act.Version); handedIn != nil {
			act.Digest = handedIn.Digest
		}
		return err
	case policy.ActConfirm, policy.ActSetAside:
		confirmed, err := l.q.FindAct(ctx, act.Confirms)
		if errors.Is(err, pgx.ErrNoRows) {
			return policy.Refuse(policy.CodeUnknown, "there is no act %s before it", act.Confirms)
		}
		act.Digest = confirmed.Content
		return err
	case policy.ActAmend:
		return l.completeAmendment(ctx, p, act)
	default:
		return nil
	}
}

// completeText adds to a corrigendum or a final text what it brings: the whole text as the
// document of its version, or a file.
func (l *ledger) completeText(ctx context.Context, p Past, id string, version int, act *policy.Act) error {
	acts, err := l.acts(ctx, act.Subject)
	if err != nil {
		return err
	}
	if act.Kind == policy.ActFinalise {
		version = policy.NextText(acts)
	}
	if content := p.Documents[fmt.Sprintf("%s/v%d", act.Subject.Path(), version)]; version > 0 && content != nil {
		act.Content, err = l.putContent(ctx, content)
	} else {
		act.Content, err = l.putFile(ctx, p, id)
	}
	if err == nil {
		act.Digest, err = evidence.VersionDigest(act.Subject, act.Document, act.Content, act.TextDigest)
	}
	return err
}

func (l *ledger) completeAmendment(ctx context.Context, p Past, act *policy.Act) error {
	version := int(l.cycle.DefinitionVersion)
	definition, there := p.Definitions[version+1]
	if !there {
		return policy.Refuse(policy.CodeInvalid, "the definition as this amendment left it, version %d, is missing", version+1)
	}
	ref := policy.AmendmentRef{BaseVersion: version}
	if act.Amendment != nil {
		ref.Decision = act.Amendment.Decision
	}
	act.Amendment = &ref
	if l.loaded.StandingOfKind(policy.KindPriorities).Positive() {
		definition = definition.WordedOn(l.definition, act.Date)
	}
	var err error
	act.Digest, err = l.putContent(ctx, definition)
	return err
}

func (l *ledger) putContent(ctx context.Context, content any) (string, error) {
	canonical, err := evidence.Canonical(content)
	if err != nil {
		return "", err
	}
	digest := evidence.Digest(canonical)
	return digest, l.q.PutContent(ctx, sqlc.PutContentParams{Digest: digest, MediaType: MediaData, Body: canonical})
}

// putFile keeps the file that came with an act, and gives its digest; "" where none did.
func (l *ledger) putFile(ctx context.Context, p Past, id string) (string, error) {
	file, came := p.Files[id]
	if !came {
		return "", nil
	}
	digest := evidence.Digest(file.Body)
	return digest, l.q.PutContent(ctx, sqlc.PutContentParams{Digest: digest, MediaType: file.MediaType, Body: file.Body})
}

// openFor makes sure that a subject on which something happened is open.
func (l *ledger) openFor(ctx context.Context, subject policy.Subject) error {
	known, there := l.subjects[subject]
	if there {
		return nil
	}
	entry, err := entryOf(l.loaded, subject)
	if err != nil {
		return err
	}
	known.OpenedOn = l.loaded.OpenedOn(entry)
	return l.put(ctx, entry, known, policy.StandingOf(entry, known.OpenedOn, nil))
}

// numbered gives the rows of the past with the numbers that the persons whom they name have
// here.
func (l *ledger) numbered(ctx context.Context, p Past) ([]policy.Row, error) {
	for _, n := range p.People {
		if problems := n.Problems(); len(problems) > 0 {
			return nil, inImport(policy.Unsound(problems, "%s"), "person %d", n.Number)
		}
	}
	return policy.Renumber(p.Rows, func(row policy.Row, person int64) (int64, error) {
		name, err := p.nameIn(row, person)
		if err != nil {
			return 0, err
		}
		who, err := l.principal(ctx, policy.Actor{Name: name, Body: row.By.Body})
		return who.Person, err
	})
}

// nameIn gives the name of a person whom a row names by number.
func (p *Past) nameIn(row policy.Row, person int64) (string, error) {
	at := slices.IndexFunc(p.People, func(n policy.Named) bool { return n.Number == person })
	if at < 0 {
		return "", inImport(policy.Refuse(policy.CodeUnknown, "%s: nobody is known here as person %d", row.Key, person), "rows of the register of %s", row.Register)
	}
	return p.People[at].Name, nil
}

// importRows enters the rows of the past, which follow those that are kept: those of one
// register by one person that follow each other are one entry, or as many as they need. The
// import has a name of its own among those of the cycle.
func (l *ledger) importRows(ctx context.Context, p Past, kept []policy.Row, name string) error {
	var err error
	if p.Rows, err = l.numbered(ctx, p); err != nil {
		return err
	}
	r, err := l.records(ctx)
	if err != nil {
		return err
	}
	r.Today = l.today
	whole, err := l.store.gather(ctx, l.q, r, nil, nil, nil)
	if err != nil {
		return err
	}
	whole = rules.NewSnapshot(r, nil, whole.Contents, slices.Concat(kept, p.Rows))
	for from := 0; from < len(p.Rows); {
		to := from + 1
		for to < len(p.Rows) && to-from < policy.MaxRows && p.Rows[to].Register == p.Rows[from].Register && p.Rows[to].By == p.Rows[from].By {
			to++
		}
		rows := p.Rows[from:to]
		who, err := l.principal(ctx, rows[0].By)
		if err == nil {
			err = whole.JudgeRows(who, rows, true)
		}
		if err != nil {
			return inImport(err, "rows of the register of %s", rows[0].Register)
		}
		content, err := evidence.DigestOf(rows)
		if err != nil {
			return err
		}
		id := fmt.Sprintf("%s/%s/%s/%d", p.ID, name, rows[0].Register, from)
		if _, err := l.insertRows(ctx, Entering{ID: id, Cycle: p.ID, By: who.Actor, Rows: rows}, content); err != nil {
			return err
		}
		from = to
		p.came(ctx, len(p.Acts)+from)
	}
	return nil
}

// ListDefinitions gives every definition that a cycle ever had, by version.
func (s *Store) ListDefinitions(ctx context.Context, cycle string) (map[int]policy.Definition, error) {
	rows, err := sqlc.New(s.pool).ListDefinitions(ctx, cycle)
	if err != nil {
		return nil, translate(err)
	}
	definitions := map[int]policy.Definition{}
	for _, row := range rows {
		var d policy.Definition
		if err := policy.Read(row.Body, &d); err != nil {
			return nil, unreadable(fmt.Sprintf("the definition %d of %s", row.Version, cycle), err)
		}
		definitions[int(row.Version)] = d
	}
	return definitions, nil
}
