package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Export gives a cycle with what happened in it, in the form in which Import takes it over:
// persons by names, and acts by the IDs that they came with. Its documents stand with the versions.
func (s *Store) Export(ctx context.Context, id string) (*Past, error) {
	cycle, err := s.FindCycle(ctx, id)
	if err != nil {
		return nil, err
	}
	p := &Past{NewCycle: NewCycle{ID: id, Script: cycle.Script}}
	if p.Definitions, err = s.ListDefinitions(ctx, id); err != nil {
		return nil, err
	}
	p.Definition = p.Definitions[1]
	delete(p.Definitions, 1)
	rows, err := s.ListRows(ctx, id, nil, "")
	if err != nil {
		return nil, err
	}
	err = p.leaves(cycle.Acts, rows, func(person int64) (string, error) {
		return ask(ctx, s, func(q *sqlc.Queries) (string, error) { return nameOf(ctx, q, person) })
	})
	return p, err
}

// leaves gives a past the acts and rows of its cycle as they leave.
func (p *Past) leaves(acts []Act, rows []policy.Row, nameOf func(person int64) (string, error)) error {
	people := names{of: map[int64]string{}, taken: map[string]bool{}}
	for _, act := range asGiven(p.ID, acts) {
		p.Acts = append(p.Acts, people.in(act))
	}
	var err error
	p.Rows, p.People, err = people.number(rows, nameOf)
	return err
}

// nameOf gives the name of a person; "" for one who was erased, or is not known.
func nameOf(ctx context.Context, q *sqlc.Queries, person int64) (string, error) {
	found, err := q.FindPerson(ctx, person)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("person %d: %w", person, err)
	}
	return found.Name, nil
}

// An ID is that of one act of all cycles. Of a cycle that is taken over an act may bear one
// that an act of another has, too: it is recorded with the key of its cycle before it, and
// leaves without. So does one that begins with that key itself, for both to stay apart.

func keyed(cycle string) string { return cycle + ":" }

// recordedAs gives the ID under which an act of the past is recorded that came with another.
func (l *ledger) recordedAs(ctx context.Context, id string) (string, error) {
	if strings.HasPrefix(id, keyed(l.cycle.ID)) {
		return keyed(l.cycle.ID) + id, nil
	}
	taken, err := l.q.FindAct(ctx, id)
	switch {
	case errors.Is(err, pgx.ErrNoRows) || err == nil && taken.Cycle == l.cycle.ID:
		return id, nil
	case err != nil:
		return "", fmt.Errorf("act %s: %w", id, err)
	default:
		return keyed(l.cycle.ID) + id, nil
	}
}

// asGiven gives the acts of a cycle with the IDs with which they came.
func asGiven(cycle string, acts []Act) []policy.Recorded {
	imported, known := map[string]bool{}, make(map[string]bool, len(acts))
	for _, a := range acts {
		known[a.ID] = true
		imported[a.ID] = a.Channel == evidence.ChannelImport || a.Channel == evidence.ChannelCalendar && imported[a.RestsOn]
	}
	came := func(id string) string {
		if first := strings.TrimPrefix(id, keyed(cycle)); imported[id] && (imported[first] || !known[first]) {
			return first
		}
		return id
	}
	given := make([]policy.Recorded, len(acts))
	for i, a := range acts {
		given[i] = a.Recorded
		given[i].ID, given[i].Act = came(a.ID), a.Referring(came)
	}
	return given
}

// names gives persons names in the place of their numbers, which are those of this database
// alone. Nobody shares one: four eyes are to be told apart elsewhere, too, where two people
// have one name, or none any more.
type names struct {
	of    map[int64]string
	taken map[string]bool
}

func (n names) actor(a policy.Actor) policy.Actor {
	name, known := n.of[a.Person]
	if !known {
		first := cmp.Or(a.Name, "erased person")
		name = first
		for i := 2; n.taken[strings.ToLower(name)]; i++ {
			name = fmt.Sprintf("%s (%d)", first, i)
		}
		n.of[a.Person], n.taken[strings.ToLower(name)] = name, true
	}
	return policy.Actor{Name: name, Body: a.Body}
}

// in gives an act with these names.
func (n names) in(r policy.Recorded) policy.Recorded {
	r.By = n.actor(r.By)
	if r.For != nil {
		principal := n.actor(*r.For)
		r.For = &principal
	}
	return r
}

// number gives rows with these names. Whom they name by number has another there: 1 is the
// first of them, and people says who they are.
func (n names) number(rows []policy.Row, nameOf func(person int64) (string, error)) (told []policy.Row, people []policy.Named, err error) {
	numbers := map[int64]int64{}
	told, err = policy.Renumber(rows, func(_ policy.Row, person int64) (int64, error) {
		if number, known := numbers[person]; known {
			return number, nil
		}
		name, err := nameOf(person)
		numbers[person] = int64(len(people)) + 1
		people = append(people, policy.Named{Number: numbers[person], Name: n.actor(policy.Actor{Person: person, Name: name}).Name})
		return numbers[person], err
	})
	for i := range told {
		told[i].By = n.actor(told[i].By)
	}
	return told, people, err
}
