package local

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/policycycle/policycycle/advance"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// Export implements service.Transfer.
func (s *Service) Export(ctx context.Context, id string) (*service.Whole, error) {
	cycle, err := s.store.FindCycle(ctx, id)
	if err != nil {
		return nil, err
	}
	came := func(part int) { advance.Tell(ctx, "parts of the cycle", part, 3) }
	came(1)
	whole := &service.Whole{Definitions: map[int]policy.Definition{}, Documents: map[string]policy.Content{}}
	definitions, err := s.store.ListDefinitions(ctx, id)
	if err != nil {
		return nil, err
	}
	if s.reader != nil {
		if err := policy.AuthoriseDeed(*s.reader, policy.DeedExport, id); err != nil {
			return nil, err
		}
	}
	for version, definition := range definitions {
		if version == 1 {
			whole.Definition = definition
		} else {
			whole.Definitions[version] = definition
		}
	}
	if cycle.Script != nil {
		script := *cycle.Script
		script.Documents = nil // they stand with the versions
		whole.Script = &script
	}
	came(2)
	people := names{of: map[int64]string{}, taken: map[string]bool{}}
	for _, act := range cycle.Acts {
		whole.Acts = append(whole.Acts, people.in(act.Recorded))
	}
	versions, err := s.store.ListVersions(ctx, id, "")
	if err == nil {
		err = s.noteReads(ctx, versions...)
	}
	if err != nil {
		return nil, err
	}
	came(3)
	for _, v := range versions {
		if v.Unread != nil {
			return nil, v.Unread
		}
		whole.Documents[fmt.Sprintf("%s/v%d", v.Subject.Path(), v.Version)] = v.Content
	}
	if whole.Files, err = s.files(ctx, cycle, whole.Documents); err != nil {
		return nil, err
	}
	whole.Rows, err = s.store.ListRows(ctx, id, nil, "")
	for i := range whole.Rows {
		whole.Rows[i].By = people.actor(whole.Rows[i].By)
	}
	return whole, err
}

// files gives what was handed in as a file, by the ID of the act: what is no document that
// stands among the others already.
func (s *Service) files(ctx context.Context, cycle *store.Cycle, documents map[string]policy.Content) (map[string]policy.File, error) {
	files := map[string]policy.File{}
	for _, act := range cycle.Acts {
		_, there := documents[fmt.Sprintf("%s/v%d", act.Subject.Path(), act.Version)]
		if act.Content == "" || act.Kind == policy.ActSubmit && there {
			continue
		}
		file, err := s.store.FindFile(ctx, act.Content)
		if err != nil {
			return nil, err
		}
		files[act.ID] = file
	}
	return files, nil
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

// Import implements service.Transfer. Everything is recorded first, then the
// run of the cycle starts and looks at the record.
func (s *Service) Import(ctx context.Context, in service.Whole) (*service.Cycle, error) {
	tidy(&in)
	if err := sound(in.Definition.ValidateStart()); err != nil {
		return nil, err
	}
	for _, definition := range in.Definitions {
		if err := sound(definition.Validate()); err != nil {
			return nil, err
		}
	}
	who, err := s.me(ctx)
	if err != nil {
		return nil, err
	}
	if err := policy.AuthoriseDeed(who, policy.DeedStart, in.Definition.Key); err != nil {
		return nil, err
	}
	if s.engine == nil {
		return nil, policy.Refuse(policy.CodeUnavailable, "no engine is configured here: no cycle can be taken over")
	}
	now := s.now()
	past := store.Past{ // a rehearsal stays one, and goes on at the pace of life
		NewCycle:    store.NewCycle{ID: in.Definition.Key, Definition: in.Definition, By: who.Actor, Now: now, Script: in.Script},
		Definitions: in.Definitions, Acts: in.Acts, Documents: in.Documents, Files: in.Files, Rows: in.Rows,
	}
	if err := s.store.Import(ctx, past); err != nil {
		return nil, err
	}
	if err := s.setsGoing(ctx, policy.Run{Kind: policy.RunCycle, Cycle: in.Definition.Key}); err != nil {
		return nil, err
	}
	return s.FindCycle(ctx, in.Definition.Key)
}
