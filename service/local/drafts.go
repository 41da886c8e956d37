package local

import (
	"context"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// writer makes sure that who acts may write a draft: whoever may hand it in.
func (s *Service) writer(ctx context.Context, subject policy.Subject) (policy.Actor, error) {
	who, err := s.me(ctx)
	if err != nil {
		return who.Actor, err
	}
	if policy.NewContent(subject.Kind) == nil {
		return who.Actor, policy.Refuse(policy.CodeInvalid, "what stands in %s is not kept as data: it has no draft here", subject)
	}
	cycle, err := s.store.FindCycleOn(ctx, subject)
	if err != nil {
		return who.Actor, err
	}
	today := cycle.Calendar.Today(s.now())
	if err := cycle.Definition.Bodies.JudgeActor(who.Actor, today); err != nil {
		return who.Actor, err
	}
	entry, planned := cycle.Records(today).Entry(subject)
	if !planned {
		return who.Actor, policy.Refuse(policy.CodeUnknown, "the cycle %s has no subject %s", subject.Cycle, subject.Path())
	}
	return who.Actor, policy.Authorise(who, policy.Act{Kind: policy.ActSubmit, Subject: subject, By: who.Actor}, entry)
}

// FindDraft implements service.Drafts.
func (s *Service) FindDraft(ctx context.Context, subject policy.Subject) (*service.Draft, error) {
	if _, err := s.writer(ctx, subject); err != nil {
		return nil, err
	}
	draft, of, err := s.draft(ctx, subject)
	if err == nil && of.Content != nil {
		err = s.noteReads(ctx, of)
	}
	if err != nil {
		return nil, err
	}
	return draft, nil
}

// draft gives the draft on a subject, and what is read with it: the draft itself, or
// the version that it is made from. The first text of the conclusions sets the priorities as
// the cycle proposes them.
func (s *Service) draft(ctx context.Context, subject policy.Subject) (*service.Draft, store.VersionHeld, error) {
	of := store.VersionHeld{Subject: subject}
	found, err := s.store.FindDraft(ctx, subject)
	if err != nil {
		return nil, of, err
	}
	if found != nil {
		of.Content = found.Content
		return &service.Draft{
			Subject: subject, Revision: found.Revision, Content: found.Content, By: found.By.String(), Saved: found.Saved,
			Problems: append([]policy.Problem{}, policy.ProblemsOf(found.Content)...),
		}, of, nil
	}
	content := policy.NewContent(subject.Kind)
	held, err := s.textHeld(ctx, subject)
	if err != nil {
		return nil, of, err
	}
	if held.Version > 0 {
		of = held
		if of.Unread != nil {
			return nil, of, of.Unread
		}
		content = of.Content
	} else if subject.Kind == policy.KindPriorities {
		cycle, err := s.store.FindScript(ctx, subject.Cycle)
		if err != nil {
			return nil, of, err
		}
		content = cycle.Definition.ProposedConclusions()
	}
	return &service.Draft{Subject: subject, Content: content, Problems: append([]policy.Problem{}, policy.ProblemsOf(content)...)}, of, nil
}

// SaveDraft implements service.Drafts.
func (s *Service) SaveDraft(ctx context.Context, d service.SaveDraft) (*service.Draft, error) {
	by, err := s.writer(ctx, d.Subject)
	if err != nil {
		return nil, err
	}
	if d.Content == nil {
		return nil, policy.Refuse(policy.CodeInvalid, "the draft of %s has no content", d.Subject)
	}
	if err := policy.JudgeMarking(d.Subject, d.Content, s.store.Limits()); err != nil {
		return nil, err
	}
	err = s.store.SaveDraft(ctx, store.Draft{Subject: d.Subject, Revision: d.Revision, Content: d.Content, By: by, Saved: s.now()})
	if err != nil {
		return nil, err
	}
	draft, _, err := s.draft(ctx, d.Subject)
	return draft, err
}

// DropDraft implements service.Drafts.
func (s *Service) DropDraft(ctx context.Context, d service.SaveDraft) error {
	if _, err := s.writer(ctx, d.Subject); err != nil {
		return err
	}
	return s.store.DropDraft(ctx, d.Subject, d.Revision)
}
