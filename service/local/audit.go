package local

import (
	"context"
	"fmt"
	"strings"

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
	d.Made = s.now()
	d.Summary = summaryOf(cycle, d)
	return d, nil
}

// summaryOf tells people what is in a dossier.
func summaryOf(c *service.Cycle, d *evidence.Dossier) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", c.Title)
	if c.Rehearsal {
		b.WriteString("A rehearsal: none of this happened.\n\n")
	}
	fmt.Fprintf(&b, "The record of the cycle `%s`: %d lines of the trail, of which %d record something.\n", c.ID, len(d.Trail), d.RecordCount())
	if c.Begins.IsZero() {
		fmt.Fprintf(&b, "It stands at: %s, since %s.\n", c.Stage.Title(), c.StageSince)
	} else {
		fmt.Fprintf(&b, "It begins on %s.\n", c.Begins)
	}
	b.WriteString("\nTo check it, without a database: `policycycle dossier verify FILE`.\n")
	b.WriteString("\n## What was decided\n\n| date | subject | version | body | outcome | reference | recorded by | confirmed by | line |\n|---|---|---|---|---|---|---|---|---|\n")
	lines := map[string]int64{}
	for _, line := range d.Trail {
		if line.Accepted {
			lines[line.ActID] = line.Sequence
		}
	}
	for _, made := range c.Decisions {
		remark := made.ConfirmedBy
		switch {
		case made.RectifiedBy != "":
			remark = fmt.Sprintf("corrected by line %d, does not count", lines[made.RectifiedBy])
		case made.Rectifies != "" && made.ConfirmedBy != "":
			remark = fmt.Sprintf("%s; corrects line %d", remark, lines[made.Rectifies])
		case made.SetAsideBy != "":
			remark = "set aside by " + made.SetAsideBy
		case made.Undone:
			remark = "undone: a delegation had objected in time"
		case made.Awaits != "":
			remark = "not confirmed yet"
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %s | %s | %s | %s | %s | %d |\n",
			made.Date, cell(made.Subject.Path()), made.Version, made.Body.Title(), made.Outcome.Title(), cell(string(made.Reference)),
			cell(made.RecordedBy), cell(remark), lines[made.ID])
	}
	b.WriteString("\n## Attempts that were refused\n\n| line | what | why |\n|---|---|---|\n")
	for _, line := range d.Trail {
		if !line.Accepted {
			fmt.Fprintf(&b, "| %d | %s %s | %s: %s |\n", line.Sequence, cell(line.Act), cell(line.Path), line.Code, cell(line.Message))
		}
	}
	return b.String()
}

// cell makes text fit into a cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ", "\r", " ").Replace(text)
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
