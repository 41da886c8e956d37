package main

import (
	"context"
	"crypto/cipher"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/notify"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/worker"
)

// hooking says where events may leave to from a connection. Where they may from an `up`, up knows,
// whose key lies in its folder.
func (a *app) hooking(conn connection) local.Webhooks {
	w := local.Webhooks{WebhookRules: a.webhookRules(), Patience: a.config.Webhooks.Patience}
	if !conn.private || conn.keys == "" {
		return w
	}
	w.Elsewhere = len(w.Hosts) == 0
	w.Locks = locksOfWebhooks(func() (*evidence.Signer, error) { return readSigner(keyBeside(conn.keys)) })
	return w
}

func (a *app) webhookRules() policy.WebhookRules {
	return policy.WebhookRules{Hosts: a.config.Webhooks.Hosts, Marking: policy.Marking(a.config.Webhooks.Marking)}
}

// locksOfWebhooks gives the locks under which the database keeps the secrets of webhooks, made of
// the keys that seal once they are needed.
func locksOfWebhooks(key func() (*evidence.Signer, error)) func() ([]cipher.AEAD, error) {
	return func() ([]cipher.AEAD, error) {
		signer, err := key()
		if err != nil {
			return nil, err
		}
		secrets, err := signer.Secrets("webhooks")
		if err != nil {
			return nil, err
		}
		return identity.LocksOf(secrets...)
	}
}

// webhooksOf gives what tells programs; nil where no event may leave.
func (a *app) webhooksOf(h *house, url string) *notify.Webhooks {
	if len(a.config.Webhooks.Hosts) == 0 {
		return nil
	}
	return &notify.Webhooks{
		Board: h.rooms.board, Client: notify.ClientFor(a.config.Webhooks.Networks), URL: url, Clock: time.Now, Beat: worker.Beat, Log: a.log,
	}
}

// wakePost has the run look that sends whenever something is recorded, until the context ends: once
// for all that is recorded at a time. Where it cannot be told, it looks by itself within a minute.
func (a *app) wakePost(ctx context.Context, r *rooms) {
	const breath = time.Second
	news := make(chan struct{}, 1)
	go func() {
		for ctx.Err() == nil {
			err := r.Watch(ctx, "", func(service.Change) {
				select {
				case news <- struct{}{}:
				default: // it looks soon anyway
				}
			})
			if err != nil && ctx.Err() == nil {
				a.log.Warn().Err(err).Msg("what is recorded is not heard of at the moment: events leave within a minute")
			}
			_ = pause(ctx, breath) // the end is seen above
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case <-news:
		}
		if err := r.wake(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn().Err(err).Msg("the run that sends events could not be woken: they leave within a minute")
		}
		_ = pause(ctx, breath)
	}
}
