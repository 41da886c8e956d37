package local

import (
	"context"
	"sync"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// Mail says whom mail may leave to.
type Mail struct {
	Domains    []string // empty is everywhere
	Rehearsals bool     // whether it tells of rehearsals, whose calendars wait for it then
}

// mailing is Mail, and where the rehearsals stood when the run that sends mail was woken for them.
type mailing struct {
	Mail

	mu    sync.Mutex
	woken map[string]store.Rehearsed
}

// Mailing gives a service where people may choose to get mail.
func (s *Service) Mailing(m Mail) *Service {
	other := *s
	other.mail = &mailing{Mail: m, woken: map[string]store.Rehearsed{}}
	return &other
}

// wakes says whether the run that sends mail is to be woken for where a rehearsal stands.
func (m *mailing) wakes(now store.Rehearsed) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.woken[now.Cycle] == now {
		return false
	}
	m.woken[now.Cycle] = now
	return true
}

// What follows is for package notify, which sends mail. No person asks for it.

// TellsRehearsals says whether mail tells of rehearsals.
func (s *Service) TellsRehearsals() bool { return s.mail != nil && s.mail.Rehearsals }

// Subscribers lists those who get mail, as what they read now. Whom nobody knows any more is left
// out, and whose address is not one to which mail may leave now.
func (s *Service) Subscribers(ctx context.Context) ([]service.Subscriber, error) {
	choices, err := s.store.ListMailChoices(ctx)
	if err != nil {
		return nil, err
	}
	var all []service.Subscriber
	for _, c := range choices {
		if c.Judge(s.mail.Domains) != nil {
			continue
		}
		who, err := s.store.PrincipalOf(ctx, c.Actor)
		if policy.CodeOf(err) == policy.CodeNotIdentified {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, service.Subscriber{Choice: c.ID, Principal: who, MailChoice: c.MailChoice})
	}
	return all, nil
}

// Reminders lists the reminders on all turns that are not over, in the order of their days.
func (s *Service) Reminders(ctx context.Context) (map[policy.Subject][]service.Reminder, error) {
	given, err := s.store.ListReminders(ctx)
	all := make(map[policy.Subject][]service.Reminder, len(given))
	for subject, reminders := range given {
		for _, r := range reminders {
			all[subject] = append(all[subject], service.Reminder(r))
		}
	}
	return all, err
}

// NoteMails takes note of all of which somebody is to get mail at this moment, and gives what is to
// leave now. See store.Store.NoteMails.
func (s *Service) NoteMails(ctx context.Context, choice int64, wanted []policy.MailOccasion) ([]service.DueMail, error) {
	due, err := s.store.NoteMails(ctx, choice, wanted, s.now())
	mails := make([]service.DueMail, len(due))
	for i, d := range due {
		mails[i] = service.DueMail{Mail: d.ID, Occasion: d.Occasion, Attempts: d.Attempts}
	}
	return mails, err
}

// MailSent takes note that the server for mail has taken one.
func (s *Service) MailSent(ctx context.Context, mail int64) error {
	return s.store.MailSent(ctx, mail, s.now())
}

// MailRefused takes note that the server for mail does not take one, and what it said.
func (s *Service) MailRefused(ctx context.Context, mail int64, said string) error {
	return s.store.MailRefused(ctx, mail, said, s.now())
}

// PutOffMail takes note of an attempt that failed, and of when the next one is.
func (s *Service) PutOffMail(ctx context.Context, mail int64, said string, next time.Time) error {
	return s.store.PutOffMail(ctx, mail, said, next)
}

// NextMail gives when the next attempt is due; zero where no mail waits.
func (s *Service) NextMail(ctx context.Context) (time.Time, error) { return s.store.NextMail(ctx) }

// Round has mail tell of all that stands in the records now. A rehearsal waits for it before its
// calendar goes on.
func (s *Service) Round(ctx context.Context, tell func() error) error {
	var rehearsed []store.Rehearsed
	if s.TellsRehearsals() {
		var err error
		if rehearsed, err = s.store.ListRehearsed(ctx); err != nil {
			return err
		}
	}
	if err := tell(); err != nil || len(rehearsed) == 0 {
		return err
	}
	return s.store.MailedUpTo(ctx, rehearsed)
}
