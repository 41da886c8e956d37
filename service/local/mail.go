package local

import (
	"context"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// FindMailChoice implements service.Mails.
func (s *Service) FindMailChoice(ctx context.Context) (*service.MailChoice, error) {
	who, err := s.me(ctx)
	if err != nil {
		return nil, err
	}
	found, err := s.store.FindMailChoice(ctx, who.Actor)
	found = found.Settled()
	return &found, err
}

// ChooseMail implements service.Mails. Who wants nothing any more may say so anywhere.
func (s *Service) ChooseMail(ctx context.Context, c service.MailChoice) (*service.MailChoice, error) {
	who, err := s.me(ctx)
	switch {
	case err != nil:
		return nil, err
	case s.mail != nil:
		err = c.Judge(s.mail.Domains)
	case len(c.Kinds) > 0:
		err = policy.Refuse(policy.CodeInvalid, "no mail leaves here: whoever operates it sets mail.server")
	}
	if err != nil {
		return nil, err
	}
	c = c.Settled()
	return &c, s.store.ChooseMail(ctx, who.Actor, c)
}

// ListMails implements service.Mails.
func (s *Service) ListMails(ctx context.Context, filter service.MailFilter) ([]service.Mail, error) {
	of := store.MailFilter{Failed: filter.Failed, Past: filter.Past, Most: filter.Most}
	if s.reader != nil {
		who, err := s.me(ctx)
		if err != nil {
			return nil, err
		}
		if filter.Mine || policy.AuthoriseDeed(who, policy.DeedPeople, "") != nil {
			of.Person = who.Person
		}
	}
	rows, err := s.store.ListMails(ctx, of)
	all := make([]service.Mail, len(rows))
	for i, m := range rows {
		all[i] = service.Mail{
			Mail: m.ID, To: m.String(), At: m.Address, Kind: string(m.Occasion.Kind), Notice: string(m.Occasion.Notice), On: m.Occasion.On,
			Made: m.Made, State: m.State, Attempts: m.Attempts, Next: m.Next, Ended: m.Ended, Said: m.Said,
		}
		if m.Occasion.Subject != (policy.Subject{}) {
			all[i].About = m.Occasion.Subject.String()
		}
	}
	return all, err
}

// BounceMail implements service.Mails.
func (s *Service) BounceMail(ctx context.Context, b service.Bounce) error {
	who, err := s.me(ctx)
	if err == nil {
		err = policy.AuthoriseDeed(who, policy.DeedPeople, "")
	}
	if err != nil {
		return err
	}
	return s.store.BounceMail(ctx, b.Mail, tidied(b.Said), s.now())
}
