package local

import (
	"context"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// may makes sure that who acts may do a deed in a cycle.
func (s *Service) may(ctx context.Context, deed policy.Deed, cycle string) error {
	who, err := s.me(ctx)
	if err != nil {
		return err
	}
	return policy.AuthoriseDeed(who, deed, cycle)
}

// audits makes sure that who acts may look into everything of a cycle.
func (s *Service) audits(ctx context.Context, cycle string) error {
	if err := s.may(ctx, policy.DeedAudit, cycle); err != nil {
		return err
	}
	return s.whole(ctx, cycle)
}

// Dossier implements service.Audits.
func (s *Service) Dossier(ctx context.Context, id string) (*evidence.Dossier, error) {
	if err := s.audits(ctx, id); err != nil {
		return nil, err
	}
	cycle, err := s.FindCycle(ctx, id)
	if err != nil {
		return nil, err
	}
	versions, err := s.store.ListMarkings(ctx, id)
	if err == nil {
		err = s.noteReads(ctx, versions...)
	}
	if err != nil {
		return nil, err
	}
	d, err := s.store.FindAudit(ctx, id)
	if err != nil {
		return nil, err
	}
	lines, err := s.Compliance(ctx, id)
	if err != nil {
		return nil, err
	}
	d.Made = s.now()
	d.Summary = summaryOf(cycle, d, lines)
	return d, nil
}

// ListReads implements service.Audits.
func (s *Service) ListReads(ctx context.Context, cycle string) ([]service.Read, error) {
	if err := s.audits(ctx, cycle); err != nil {
		return nil, err
	}
	rows, err := s.store.ListReads(ctx, cycle)
	if err != nil {
		return nil, err
	}
	reads := make([]service.Read, len(rows))
	for i, r := range rows {
		reads[i] = service.Read{Sequence: r.Sequence, At: r.At, By: r.By.String(), Subject: r.Subject, Version: r.Version}
	}
	return reads, nil
}

// ListPeople implements service.People.
func (s *Service) ListPeople(ctx context.Context) ([]service.Person, error) {
	who, err := s.me(ctx)
	if err != nil {
		return nil, err
	}
	if visibility := s.nowhere(who); !visibility.Some(policy.MatterPeople) {
		return nil, visibility.Refuse("who is known here")
	}
	rows, err := s.store.ListPersons(ctx)
	if err != nil {
		return nil, err
	}
	manages := policy.AuthoriseDeed(who, policy.DeedPeople, "") == nil
	people := make([]service.Person, len(rows))
	for i, p := range rows {
		people[i] = service.Person{Person: p.ID, Name: p.Name, Service: p.Service, Roles: p.Grants, Accounts: []string{}}
		if manages {
			people[i].Accounts = p.Accounts
		}
		if !p.Erased.IsZero() {
			people[i].Erased = &p.Erased
		}
	}
	return people, nil
}

// ChangeRole implements service.People.
func (s *Service) ChangeRole(ctx context.Context, r service.ChangeRole) error {
	who, err := s.me(ctx)
	if err != nil {
		return err
	}
	return s.store.Grant(ctx, who.Actor, r.Person, r.Role, !r.Withdraw, s.now())
}

// LinkAccount implements service.People.
func (s *Service) LinkAccount(ctx context.Context, l service.LinkAccount) error {
	who, err := s.me(ctx)
	if err != nil {
		return err
	}
	return s.store.Link(ctx, who.Actor, store.Account{Issuer: l.Issuer, Subject: l.Subject}, l.Person, s.now())
}

// ErasePerson implements service.People.
func (s *Service) ErasePerson(ctx context.Context, person int64) error {
	who, err := s.me(ctx)
	if err != nil {
		return err
	}
	return s.store.Erase(ctx, who.Actor, person, s.now())
}
