package local

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// Webhooks says where events may leave to, and how their secrets are kept.
type Webhooks struct {
	policy.WebhookRules
	// Locks gives what encrypts the secrets, for the records do not know what opens them: the first
	// locks, all open. None is of who has no key, and makes no webhook. Nil gives none.
	Locks func() ([]cipher.AEAD, error)
	// Patience is how long an event is tried before it has failed. 0 is three days.
	Patience time.Duration
	// Elsewhere says that only who sends knows the rules, and judges by them.
	Elsewhere bool
}

// Hooking gives a service where webhooks may be made.
func (s *Service) Hooking(w Webhooks) *Service {
	other := *s
	other.hooks = &w
	return &other
}

const (
	// secretBytes is how long a secret is (Standard Webhooks: 24 to 64 bytes).
	secretBytes = 32
	// bothSigned is how long is signed by the former secret, too.
	bothSigned = 24 * time.Hour
)

// locks gives what encrypts the secrets. Who has none is policy.CodeSeal.
func (w *Webhooks) locks() ([]cipher.AEAD, error) {
	if w == nil || w.Locks == nil {
		return nil, errNoLocks()
	}
	locks, err := w.Locks()
	if err == nil && len(locks) == 0 {
		err = errNoLocks()
	}
	return locks, err
}

func errNoLocks() error {
	return policy.Refuse(policy.CodeSeal, "the secrets of webhooks are kept under the key of serve: name it with server.url alone, without database.url")
}

// lock makes a secret for the webhook at an address, and encrypts it. Bound to the address, it
// signs for no other that somebody wrote into the records.
func (w *Webhooks) lock(url string) (secret string, kept []byte, err error) {
	locks, err := w.locks()
	if err != nil {
		return "", nil, err
	}
	fresh := make([]byte, secretBytes)
	if _, err := rand.Read(fresh); err != nil {
		return "", nil, fmt.Errorf("secret of a webhook: %w", err)
	}
	return "whsec_" + base64.StdEncoding.EncodeToString(fresh), locks[0].Seal(nil, nil, fresh, []byte(url)), nil //nolint:gosec // the lock makes its own nonce
}

// open decrypts a secret.
func (w *Webhooks) open(url string, kept []byte) ([]byte, error) {
	locks, err := w.locks()
	if err != nil {
		return nil, err
	}
	for _, lock := range locks {
		if secret, err := lock.Open(nil, nil, kept, []byte(url)); err == nil {
			return secret, nil
		}
	}
	return nil, policy.Refuse(policy.CodeSeal, "the secret of the webhook at %s opens by no key that is here: rotate it", url)
}

// judge refuses a webhook that may not be.
func (s *Service) judge(ctx context.Context, who policy.Principal, w service.Webhook) error {
	if err := policy.AuthoriseDeed(who, policy.DeedExport, w.Cycle); err != nil {
		return err
	}
	rules := policy.WebhookRules{}
	switch {
	case s.hooks == nil:
	case s.hooks.Elsewhere:
		rules = policy.WebhookRules{Hosts: []string{policy.EveryHost}, Marking: policy.Limite}
	default:
		rules = s.hooks.WebhookRules
	}
	if err := rules.Judge(w); err != nil || w.Cycle == "" {
		return err
	}
	_, err := s.store.FindCircle(ctx, w.Cycle)
	return err
}

// MakeWebhook implements service.Webhooks.
func (s *Service) MakeWebhook(ctx context.Context, w service.Webhook) (*service.MadeWebhook, error) {
	who, err := s.me(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.judge(ctx, who, w); err != nil {
		return nil, err
	}
	secret, kept, err := s.hooks.lock(w.URL)
	if err != nil {
		return nil, err
	}
	made, err := s.store.MakeWebhook(ctx, who, w, kept, s.now())
	if err != nil {
		return nil, err
	}
	return &service.MadeWebhook{KnownWebhook: webhookView(made), Secret: secret}, nil
}

// ListWebhooks implements service.Webhooks.
func (s *Service) ListWebhooks(ctx context.Context) ([]service.KnownWebhook, error) {
	who, err := s.me(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.store.ListWebhooks(ctx, who.Person, policy.AuthoriseDeed(who, policy.DeedPeople, "") == nil)
	known := make([]service.KnownWebhook, len(rows))
	for i, row := range rows {
		known[i] = webhookView(row)
	}
	return known, err
}

func webhookView(w store.Webhook) service.KnownWebhook {
	return service.KnownWebhook{
		Number: w.ID, By: w.String(), Webhook: w.Webhook, Made: w.Made, State: w.State, Waiting: w.Waiting, Failures: w.Failures, Next: w.Next,
	}
}

// PauseWebhook implements service.Webhooks.
func (s *Service) PauseWebhook(ctx context.Context, webhook int64) error {
	return s.setWebhook(ctx, webhook, "paused")
}

// ResumeWebhook implements service.Webhooks.
func (s *Service) ResumeWebhook(ctx context.Context, webhook int64) error {
	return s.setWebhook(ctx, webhook, "active")
}

func (s *Service) setWebhook(ctx context.Context, webhook int64, state string) error {
	who, err := s.me(ctx)
	if err == nil {
		err = s.store.SetWebhook(ctx, who, webhook, state)
	}
	if err == nil {
		s.wakePost(ctx)
	}
	return err
}

// RemoveWebhook implements service.Webhooks.
func (s *Service) RemoveWebhook(ctx context.Context, webhook int64) error {
	who, err := s.me(ctx)
	if err != nil {
		return err
	}
	return s.store.RemoveWebhook(ctx, who, webhook, s.now())
}

// RotateWebhook implements service.Webhooks.
func (s *Service) RotateWebhook(ctx context.Context, webhook int64) (*service.MadeWebhook, error) {
	who, err := s.me(ctx)
	if err != nil {
		return nil, err
	}
	var secret string
	rotated, err := s.store.RotateWebhook(ctx, who, webhook, s.now().Add(bothSigned), func(url string) (kept []byte, err error) {
		secret, kept, err = s.hooks.lock(url)
		return kept, err
	})
	if err != nil {
		return nil, err
	}
	rotated.Name = who.Name
	return &service.MadeWebhook{KnownWebhook: webhookView(rotated), Secret: secret, FormerUntil: rotated.FormerUntil}, nil
}

// TryWebhook implements service.Webhooks.
func (s *Service) TryWebhook(ctx context.Context, webhook int64) (*service.Replayed, error) {
	who, err := s.me(ctx)
	if err == nil {
		_, err = s.store.TryWebhook(ctx, who, webhook, s.now())
	}
	if err != nil {
		return nil, err
	}
	s.wakePost(ctx)
	return &service.Replayed{Webhook: webhook, Events: 1}, nil
}

// ReplayWebhook implements service.Webhooks.
func (s *Service) ReplayWebhook(ctx context.Context, r service.Replay) (*service.Replayed, error) {
	who, err := s.me(ctx)
	if err != nil {
		return nil, err
	}
	n, err := s.store.ReplayWebhook(ctx, who, r.Webhook, store.Replay{Delivery: r.Delivery, Since: r.Since}, s.now())
	if err != nil {
		return nil, err
	}
	s.wakePost(ctx)
	return &service.Replayed{Webhook: r.Webhook, Events: int(n)}, nil
}

// ListDeliveries implements service.Webhooks.
func (s *Service) ListDeliveries(ctx context.Context, f service.DeliveryFilter) ([]service.Delivery, error) {
	who, err := s.me(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.store.ListDeliveries(ctx, who, store.DeliveryFilter(f))
	all := make([]service.Delivery, len(rows))
	for i, d := range rows {
		all[i] = service.Delivery{
			Delivery: d.ID, Webhook: d.Webhook, Event: eventID(d), Kind: string(d.Kind), Recorded: d.Made, State: d.State, Attempts: d.Attempts,
			Ended: d.Ended, Status: d.Status, Said: d.Said,
		}
	}
	return all, err
}

// eventID names an event, however often it is sent and to whom: a line of a trail never changes.
func eventID(d store.Delivery) string {
	if d.Cycle == "" {
		return fmt.Sprintf("test/%d", d.ID)
	}
	return fmt.Sprintf("%s/%d", d.Cycle, d.Sequence)
}

// wakePost has the run look that sends. Where it cannot be told now, it looks by itself soon.
func (s *Service) wakePost(ctx context.Context) {
	if s.engine == nil {
		return
	}
	const patience = time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	_ = s.engine.WakePost(ctx)
}
