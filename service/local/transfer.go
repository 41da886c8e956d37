package local

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/policycycle/policycycle/advance"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// Export implements service.Transfer.
func (s *Service) Export(ctx context.Context, id string) (*service.Whole, error) {
	came := func(part int) { advance.Tell(ctx, "parts of the cycle", part, 3) }
	came(1)
	past, err := s.store.Export(ctx, id)
	if err != nil {
		return nil, err
	}
	if s.reader != nil {
		if err := policy.AuthoriseDeed(*s.reader, policy.DeedExport, id); err != nil {
			return nil, err
		}
	}
	if err := s.whole(ctx, id); err != nil {
		return nil, err
	}
	whole := &service.Whole{
		Definition: past.Definition, Definitions: past.Definitions, Acts: past.Acts, Documents: map[string]policy.Content{}, Rows: past.Rows, People: past.People,
	}
	if past.Script != nil {
		script := *past.Script
		script.Documents = nil // they stand with the versions
		whole.Script = &script
	}
	came(2)
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
	whole.Files, err = s.files(ctx, past.Acts, whole.Documents)
	return whole, err
}

// files gives what was handed in as a file, by the ID of the act: what is no document that
// stands among the others already.
func (s *Service) files(ctx context.Context, acts []policy.Recorded, documents map[string]policy.Content) (map[string]policy.File, error) {
	files := map[string]policy.File{}
	for _, act := range acts {
		_, there := documents[fmt.Sprintf("%s/v%d", act.Subject.Path(), act.Version)]
		if act.Content == "" || there && (act.Kind == policy.ActSubmit || act.Kind == policy.ActFinalise || act.Whole()) {
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
	past, err := s.past(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := s.store.Import(ctx, *past); err != nil {
		return nil, err
	}
	if err := s.setsGoing(ctx, policy.Run{Kind: policy.RunCycle, Cycle: past.ID}); err != nil {
		return nil, err
	}
	return s.FindCycle(ctx, past.ID)
}

// AddForgotten implements service.Transfer. Definitions are sound where they are those that
// are recorded, and amendments look at the others. Runs look at the record then, those that
// went on before among them: what they waited for may be settled.
func (s *Service) AddForgotten(ctx context.Context, in service.Whole) (*service.Added, error) {
	tidy(&in)
	past, err := s.past(ctx, in)
	if err != nil {
		return nil, err
	}
	before, err := s.inMotion(ctx, past.ID)
	if err != nil {
		return nil, err
	}
	added, err := s.store.Add(ctx, *past)
	if err != nil {
		return nil, err
	}
	after, err := s.inMotion(ctx, past.ID)
	if err != nil {
		return nil, err
	}
	runs := slices.DeleteFunc(before, func(run policy.Run) bool { return slices.Contains(after, run) })
	if err := s.Wake(ctx, append(runs, after...)); err != nil {
		return nil, notKnownGoing(past.ID, err)
	}
	cycle, err := s.FindCycle(ctx, past.ID)
	if err != nil {
		return nil, err
	}
	return &service.Added{
		Acts: service.Count{Added: added.Acts, There: added.ActsThere}, Rows: service.Count{Added: added.Rows, There: added.RowsThere}, Cycle: *cycle,
	}, nil
}

// inMotion gives the runs of a cycle that must be in motion today.
func (s *Service) inMotion(ctx context.Context, id string) ([]policy.Run, error) {
	cycle, err := s.store.FindCycle(ctx, id)
	if err != nil {
		return nil, err
	}
	return cycle.Records(cycle.Calendar.Today(s.now())).InMotion(), nil
}

// past gives a whole cycle as the store takes it over, from somebody who may have it do so. A
// rehearsal stays one, and goes on at the pace of life.
func (s *Service) past(ctx context.Context, in service.Whole) (*store.Past, error) {
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
	handed, err := asHanded(in.Files)
	if err != nil {
		return nil, err
	}
	return &store.Past{
		NewCycle:    store.NewCycle{ID: in.Definition.Key, Definition: in.Definition, By: who.Actor, Now: s.now(), Script: in.Script},
		Definitions: in.Definitions, Acts: in.Acts, Documents: in.Documents, Files: handed, Rows: in.Rows, People: in.People,
	}, nil
}

// asHanded gives files as they are kept where they are handed in one by one: of a bounded
// size, and never as data into which policycycle has looked.
func asHanded(files map[string]policy.File) (map[string]policy.File, error) {
	handed := make(map[string]policy.File, len(files))
	for _, id := range slices.Sorted(maps.Keys(files)) {
		file := files[id]
		if len(file.Body) > service.MaxContent {
			return nil, policy.Refuse(policy.CodeInvalid, "the document has %d bytes: at most %d are kept", len(file.Body), service.MaxContent)
		}
		handed[id] = policy.File{MediaType: unread(file.MediaType), Body: file.Body}
	}
	return handed, nil
}
