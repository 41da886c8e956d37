package local

import (
	"cmp"
	"context"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// What follows is for package notify, which sends events. No person asks for it.

// WebhookRules says where events may leave to, and what they tell.
func (s *Service) WebhookRules() policy.WebhookRules { return s.hooks.WebhookRules }

// Hooks takes note of what webhooks are to be told, and gives those that are told something now: of
// each at most so many events, in the order of their trails.
func (s *Service) Hooks(ctx context.Context, most int) ([]service.Hook, error) {
	active, err := s.store.ListActiveWebhooks(ctx)
	if err != nil {
		return nil, err
	}
	var hooks []service.Hook
	for _, w := range active {
		if !s.hooks.TellsLimite() {
			w.Kinds = nil // else what arrives told of what kind it is
		}
		due, err := s.store.NoteDeliveries(ctx, w, most, s.now())
		if err != nil {
			return nil, err
		}
		if len(due) == 0 || w.Next.After(s.now()) {
			continue
		}
		hook, err := s.hook(ctx, w)
		if err != nil {
			return nil, err
		}
		for _, d := range due {
			hook.Due = append(hook.Due, service.DueEvent{
				Delivery: d.ID, Webhook: d.Webhook, Event: eventID(d), Cycle: d.Cycle, Sequence: d.Sequence, Kind: d.Kind, Made: d.Made, Attempts: d.Attempts,
			})
		}
		hooks = append(hooks, hook)
	}
	return hooks, nil
}

// hook gives a webhook as what its person reads now.
func (s *Service) hook(ctx context.Context, w store.Webhook) (service.Hook, error) {
	hook := service.Hook{Webhook: w.ID, URL: w.URL, Failures: w.Failures, Next: w.Next}
	who, err := s.store.PrincipalOf(ctx, w.Actor)
	if err != nil && policy.CodeOf(err) != policy.CodeNotIdentified {
		return hook, err
	}
	hook.Principal = who
	hook.Withheld = policy.AuthoriseDeed(who, policy.DeedExport, w.Cycle) != nil // nobody may, neither
	if hook.Held = s.hooks.Judge(w.Webhook); hook.Held == nil {
		hook.Secrets, hook.Held = s.secretsOf(w)
	}
	return hook, nil
}

// secretsOf gives the secrets by which is signed for a webhook, the new one first.
func (s *Service) secretsOf(w store.Webhook) (secrets [][]byte, err error) {
	kept := [][]byte{w.Secret}
	if s.now().Before(w.FormerUntil) {
		kept = append(kept, w.Former)
	}
	for _, k := range kept {
		secret, err := s.hooks.open(w.URL, k)
		if err != nil {
			return nil, err
		}
		secrets = append(secrets, secret)
	}
	return secrets, nil
}

// Delivered takes note that an event has arrived.
func (s *Service) Delivered(ctx context.Context, e service.DueEvent, a service.Answer) error {
	return s.store.Delivered(ctx, of(e), store.Answered(a), s.now())
}

// Withhold takes note that an event does not leave, for whoever made the webhook may not read it.
func (s *Service) Withhold(ctx context.Context, e service.DueEvent) error {
	return s.store.Withhold(ctx, of(e), s.now())
}

// PutOffEvent takes note of an attempt that failed, and of when the webhook is tried next. What has
// waited for too long has failed; how much that is, is given.
func (s *Service) PutOffEvent(ctx context.Context, e service.DueEvent, a service.Answer, next time.Time) (failed int, err error) {
	const days = 3 * 24 * time.Hour
	now := s.now()
	return s.store.PutOffDelivery(ctx, of(e), store.Answered(a), next, now.Add(-cmp.Or(s.hooks.Patience, days)), now)
}

// WebhookGone takes note that a webhook answered that there is nothing any more.
func (s *Service) WebhookGone(ctx context.Context, e service.DueEvent, a service.Answer) error {
	return s.store.WebhookGone(ctx, of(e), store.Answered(a))
}

// NextEvent gives when an event is to leave next; zero where none waits.
func (s *Service) NextEvent(ctx context.Context) (time.Time, error) { return s.store.NextDelivery(ctx) }

func of(e service.DueEvent) store.Delivery { return store.Delivery{ID: e.Delivery, Webhook: e.Webhook} }
