package local

import (
	"context"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// Launch implements service.Acts.
func (s *Service) Launch(ctx context.Context, l service.Launch) (*service.Receipt, error) {
	act, brief, err := s.stated(ctx, policy.ActLaunch, l.Subject, l.Statement)
	if err != nil {
		return nil, err
	}
	act.Body, act.Procedure, act.Deadline, act.Document = l.Body, policy.SilenceProcedure, l.Deadline, l.Document
	act.Version, act.Digest = versionOr(l.Version, l.Digest, brief)
	return remarked(policy.RemarkDaysOff(l.Deadline))(s.send(ctx, l.ID, act))
}

// TakePosition implements service.Acts.
func (s *Service) TakePosition(ctx context.Context, p service.Position) (*service.Receipt, error) {
	act, brief, err := s.stated(ctx, policy.ActPosition, p.Subject, p.Statement)
	if err != nil {
		return nil, err
	}
	act.Body, act.Delegation, act.Stance = p.Body, p.Delegation, p.Stance
	if act.Delegation == "" {
		who, err := s.me(ctx)
		if err != nil {
			return nil, err
		}
		act.Delegation = who.Body
	}
	if act.Body == "" {
		found, err := s.FindSubject(ctx, p.Subject)
		if err != nil {
			return nil, err
		}
		act.Body = beforeWhom(found)
	}
	act.Version, act.Digest = versionOr(p.Version, p.Digest, brief)
	return s.send(ctx, p.ID, act)
}

// beforeWhom gives the body before which a position on a subject is taken: whose turn it is,
// or that whose silence procedure settled it.
func beforeWhom(found *service.Subject) policy.Body {
	switch last := len(found.Decisions) - 1; {
	case len(found.Turn) == 1:
		return found.Turn[0]
	case last >= 0 && found.Decisions[last].Procedure == policy.SilenceProcedure:
		return found.Decisions[last].Body
	default:
		return ""
	}
}

// Correct implements service.Acts.
func (s *Service) Correct(ctx context.Context, c service.Correct) (*service.Receipt, error) {
	if len(c.Content) > service.MaxContent {
		return nil, policy.Refuse(policy.CodeInvalid, "the document has %d bytes: at most %d are kept", len(c.Content), service.MaxContent)
	}
	act, brief, err := s.stated(ctx, policy.ActCorrect, c.Subject, c.Statement)
	if err != nil {
		return nil, err
	}
	act.Document, act.Substantive = c.Document, c.Substantive
	if act.Content, act.Marking, err = s.keepCorrection(ctx, c, act, brief.Keeps(c.Subject.Kind)); err != nil {
		return nil, err
	}
	if act.Digest, err = evidence.VersionDigest(c.Subject, c.Document, act.Content, ""); err != nil {
		return nil, err
	}
	return s.send(ctx, c.ID, act)
}
