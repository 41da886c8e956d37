package store

import (
	"context"
	"fmt"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// wording names the texts in force from which the definitions of a cycle take their words, by
// the digests of their contents; empty for one that is not adopted or not kept here.
type wording struct{ conclusions, generalMASP string }

func wordingOf(c sqlc.Cycle) wording { return wording{c.Conclusions, c.GeneralMasp} }

// definitionKey is a version of a definition in the words that were adopted since.
type definitionKey struct {
	cycle   string
	version int32
	wording
}

// planned gives the agenda of a definition that was read before; nil for another.
func (s *Store) planned(d *policy.Definition) []policy.Entry {
	known, _ := s.agendas.Load(d)
	planned, _ := known.([]policy.Entry)
	return planned
}

func (s *Store) definition(ctx context.Context, q *sqlc.Queries, key definitionKey) (*policy.Definition, error) {
	if known, ok := s.definitions.Load(key); ok {
		return known.(*policy.Definition), nil //nolint:forcetypeassert // nothing else is kept there
	}
	definition, err := s.readDefinition(ctx, q, key)
	if err == nil {
		s.definitions.Store(key, definition)
	}
	return definition, err
}

// readDefinition reads a definition anew.
func (s *Store) readDefinition(ctx context.Context, q *sqlc.Queries, key definitionKey) (*policy.Definition, error) {
	body, err := q.FindDefinition(ctx, sqlc.FindDefinitionParams{Cycle: key.cycle, Version: key.version})
	if err != nil {
		return nil, fmt.Errorf("definition %d of %s: %w", key.version, key.cycle, err)
	}
	definition := new(policy.Definition)
	if err := policy.Read(body, definition); err != nil {
		return nil, unreadable(fmt.Sprintf("the definition %d of %s", key.version, key.cycle), err)
	}
	texts, err := s.adopted(ctx, q, key.wording)
	if err != nil {
		return nil, err
	}
	definition = definition.WithAdopted(texts)
	s.agendas.Store(definition, definition.Agenda())
	return definition, nil
}

// adopted reads the texts from which definitions take their words.
func (s *Store) adopted(ctx context.Context, q *sqlc.Queries, w wording) (texts policy.AdoptedTexts, err error) {
	if texts.Conclusions, err = adoptedText[*policy.Conclusions](ctx, s, q, policy.KindPriorities, w.conclusions); err != nil {
		return texts, err
	}
	texts.GeneralMASP, err = adoptedText[*policy.StrategicPlan](ctx, s, q, policy.KindMASP, w.generalMASP)
	return texts, err
}

// adoptedText reads a text that is kept here under a digest; nil for none, and where it
// cannot be read, which the log is told.
func adoptedText[T policy.Content](ctx context.Context, s *Store, q *sqlc.Queries, kind policy.Kind, digest string) (none T, err error) {
	if digest == "" {
		return none, nil
	}
	stored, err := q.FindContent(ctx, digest)
	if err != nil {
		return none, fmt.Errorf("content %s: %w", digest, err)
	}
	if stored.MediaType != MediaData { // it was handed in as a file
		return none, nil
	}
	content, err := policy.ReadContent(kind, stored.Body)
	if err != nil {
		s.tell(unreadable("the text "+digest, err))
		return none, nil
	}
	text, _ := content.(T)
	return text, nil
}

// former gives the definitions that were in force before a version, the first one first.
// One that cannot be read, which a newer version wrote, is left out, and the log is told.
func (s *Store) former(ctx context.Context, q *sqlc.Queries, key definitionKey) ([]policy.Former, error) {
	return s.formerBy(ctx, q, key, s.definition)
}

// reading gives a definition.
type reading = func(ctx context.Context, q *sqlc.Queries, key definitionKey) (*policy.Definition, error)

func (s *Store) formerBy(ctx context.Context, q *sqlc.Queries, key definitionKey, read reading) ([]policy.Former, error) {
	if key.version <= 1 {
		return nil, nil
	}
	amendments, err := q.ListAmendments(ctx, key.cycle)
	if err != nil {
		return nil, fmt.Errorf("amendments of %s: %w", key.cycle, err)
	}
	former := make([]policy.Former, 0, len(amendments))
	for _, a := range amendments {
		before := key
		before.version = a.Version - 1
		d, err := read(ctx, q, before)
		switch {
		case a.Version > key.version:
		case err == nil:
			former = append(former, policy.Former{Definition: d, Planned: s.planned(d), Until: fromDate(a.Date)})
		case s.refusalOf(err) == nil:
			return nil, err
		}
	}
	return former, nil
}

// reword takes up the words of a text that an act on the subject of an entry brought into
// force, or took out of it: in the definitions, and in the titles of what is open already. What
// an item adopts is a corrigendum of another subject.
func (l *ledger) reword(ctx context.Context, e policy.Entry) error {
	if !l.definition.TakesWordsFrom(e.Subject) && e.Adopts == "" {
		return nil
	}
	r, err := l.records(ctx)
	if err != nil {
		return err
	}
	now := wordingOf(l.cycle)
	conclusions, general := l.definition.SubjectOf(policy.KindPriorities), l.definition.GeneralMASP()
	l.pipe.expect(func(q *sqlc.Queries) { _, _ = actsOn(ctx, q, conclusions); _, _ = actsOn(ctx, q, general) })
	for subject, digest := range map[policy.Subject]*string{conclusions: &now.conclusions, general: &now.generalMASP} {
		acts, err := l.acts(ctx, subject)
		if err != nil {
			return err
		}
		*digest = r.AdoptedContent(subject, acts)
	}
	if now == wordingOf(l.cycle) {
		return nil
	}
	l.cycle.Conclusions, l.cycle.GeneralMasp = now.conclusions, now.generalMASP
	err = l.q.SetWording(ctx, sqlc.SetWordingParams{ID: l.cycle.ID, Conclusions: now.conclusions, GeneralMasp: now.generalMASP})
	if err != nil {
		return fmt.Errorf("the texts in force of %s: %w", l.cycle.ID, err)
	}
	key := definitionKey{l.cycle.ID, l.cycle.DefinitionVersion, now}
	read := l.store.definition
	if l.past { // it may be taken back as a whole, and come again with another definition
		read = l.store.readDefinition
	}
	if l.definition, err = read(ctx, l.q, key); err != nil {
		return err
	}
	if l.former, err = l.store.formerBy(ctx, l.q, key, read); err != nil {
		return err
	}
	return l.retitle(ctx)
}

// retitle gives the subjects that are open already the titles that the definition has now.
func (l *ledger) retitle(ctx context.Context) error {
	r, err := l.records(ctx)
	if err != nil {
		return err
	}
	for _, e := range r.WholeAgenda() {
		if known, opened := l.subjects[e.Subject]; opened && known.Title != e.Title {
			if err := l.put(ctx, e, known, known.Standing); err != nil {
				return err
			}
		}
	}
	return nil
}
