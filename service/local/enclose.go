package local

import (
	"context"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// Enclose implements service.Acts: the act goes its way up to where it would be sent.
func (s *Service) Enclose(ctx context.Context, e service.Enclose) (*evidence.Envelope, error) {
	var enclosed evidence.Envelope
	other := *s
	other.enclosed = &enclosed
	receipt, err := e.Do(ctx, &other, other.short)
	switch {
	case err != nil:
		return nil, err
	case enclosed.ID == "": // it is there already
		return nil, policy.Refuse(policy.CodeAlreadyDecided, "it is recorded already as %s", receipt.ID)
	default:
		return &enclosed, nil
	}
}

// short does a decision of which the records know the rest, as a run fills it in.
func (s *Service) short(ctx context.Context, in service.Short) (*service.Receipt, error) {
	said := policy.Short{Message: in.Message, Act: in.Act, Outcome: in.Said}
	said.Act.Kind = policy.ActDecide
	cycle, err := s.store.FindCycleOn(ctx, in.Subject)
	if err != nil {
		return nil, err
	}
	today := cycle.Calendar.Today(s.now())
	records := cycle.Records(today)
	entry, planned := records.Entry(in.Subject)
	known, opened := cycle.Subjects[in.Subject]
	if !planned || !opened {
		return nil, explain(cycle, records, in.Subject)
	}
	act, err := said.Fill(cycle.Definition, entry, known.Standing, cycle.ActsOn(in.Subject), today)
	if err != nil {
		return nil, err
	}
	return s.send(ctx, in.ID, act)
}
