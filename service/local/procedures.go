package local

import (
	"context"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// Launch implements service.Acts.
func (s *Service) Launch(ctx context.Context, l service.Launch) (*service.Receipt, error) {
	brief, err := s.store.FindBriefFor(ctx, l.ID, l.Subject)
	if err != nil {
		return nil, err
	}
	version, digest := versionOr(l.Version, l.Digest, brief)
	return s.send(ctx, l.ID, policy.Act{
		Kind: policy.ActLaunch, Subject: l.Subject, Date: s.dateOr(l.Date, brief), By: l.By, For: l.For, Body: l.Body,
		Procedure: policy.SilenceProcedure, Deadline: l.Deadline, Document: l.Document, Comment: l.Comment, Language: l.Language,
		Version: version, Digest: digest,
	})
}

// TakePosition implements service.Acts.
func (s *Service) TakePosition(ctx context.Context, p service.Position) (*service.Receipt, error) {
	brief, err := s.store.FindBriefFor(ctx, p.ID, p.Subject)
	if err != nil {
		return nil, err
	}
	if p.Body == "" {
		found, err := s.FindSubject(ctx, p.Subject)
		if err != nil {
			return nil, err
		}
		if len(found.Turn) == 1 {
			p.Body = found.Turn[0]
		}
	}
	version, digest := versionOr(p.Version, p.Digest, brief)
	return s.send(ctx, p.ID, policy.Act{
		Kind: policy.ActPosition, Subject: p.Subject, Date: s.dateOr(p.Date, brief), By: p.By, For: p.For, Body: p.Body,
		Delegation: p.Delegation, Stance: p.Stance, Comment: p.Comment, Language: p.Language, Version: version, Digest: digest,
	})
}

// Correct implements service.Acts.
func (s *Service) Correct(ctx context.Context, c service.Correct) (*service.Receipt, error) {
	if len(c.Content) > service.MaxContent {
		return nil, policy.Refuse(policy.CodeInvalid, "the document has %d bytes: at most %d are kept", len(c.Content), service.MaxContent)
	}
	brief, err := s.store.FindBriefFor(ctx, c.ID, c.Subject)
	if err != nil {
		return nil, err
	}
	act := policy.Act{
		Kind: policy.ActCorrect, Subject: c.Subject, Date: s.dateOr(c.Date, brief), By: c.By, For: c.For, Document: c.Document,
		Comment: c.Comment, Language: c.Language, Substantive: c.Substantive,
	}
	held, err := s.keepCorrection(ctx, c, act)
	if err != nil {
		return nil, err
	}
	if act.Digest, err = evidence.VersionDigest(c.Subject, c.Document, held); err != nil {
		return nil, err
	}
	return s.send(ctx, c.ID, act)
}
