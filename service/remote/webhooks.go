package remote

import (
	"context"
	"strconv"

	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
)

// MakeWebhook implements service.Webhooks.
func (s *Service) MakeWebhook(ctx context.Context, w service.Webhook) (*service.MadeWebhook, error) {
	return call(ctx, s, httpapi.MakeWebhook, httpapi.Keyed[service.Webhook]{Body: w})
}

// ListWebhooks implements service.Webhooks.
func (s *Service) ListWebhooks(ctx context.Context) ([]service.KnownWebhook, error) {
	return given(call(ctx, s, httpapi.ListWebhooks, httpapi.Nothing{}))
}

// PauseWebhook implements service.Webhooks.
func (s *Service) PauseWebhook(ctx context.Context, webhook int64) error {
	return done(call(ctx, s, httpapi.PauseWebhook, httpapi.Webhook{Webhook: webhook}))
}

// ResumeWebhook implements service.Webhooks.
func (s *Service) ResumeWebhook(ctx context.Context, webhook int64) error {
	return done(call(ctx, s, httpapi.ResumeWebhook, httpapi.Webhook{Webhook: webhook}))
}

// RemoveWebhook implements service.Webhooks.
func (s *Service) RemoveWebhook(ctx context.Context, webhook int64) error {
	return done(call(ctx, s, httpapi.RemoveWebhook, httpapi.Webhook{Webhook: webhook}))
}

// RotateWebhook implements service.Webhooks.
func (s *Service) RotateWebhook(ctx context.Context, webhook int64) (*service.MadeWebhook, error) {
	return call(ctx, s, httpapi.RotateWebhook, httpapi.Webhook{Webhook: webhook})
}

// TryWebhook implements service.Webhooks.
func (s *Service) TryWebhook(ctx context.Context, webhook int64) (*service.Replayed, error) {
	return call(ctx, s, httpapi.TryWebhook, httpapi.Webhook{Webhook: webhook})
}

// ReplayWebhook implements service.Webhooks.
func (s *Service) ReplayWebhook(ctx context.Context, r service.Replay) (*service.Replayed, error) {
	return call(ctx, s, httpapi.ReplayWebhook, httpapi.Keyed[service.Replay]{Body: r})
}

// ListDeliveries implements service.Webhooks.
func (s *Service) ListDeliveries(ctx context.Context, f service.DeliveryFilter) ([]service.Delivery, error) {
	in, past := httpapi.DeliveryFilter{Webhook: httpapi.Webhook{Webhook: f.Webhook}, Failed: f.Failed}, ""
	if f.Past > 0 {
		past = httpapi.Cursor(strconv.FormatInt(f.Past, 10))
	}
	return some(ctx, s, httpapi.ListDeliveries, past, f.Most, func(p httpapi.Paging) httpapi.DeliveryFilter { in.Paging = p; return in })
}
