package service

import (
	"context"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// Webhooks are the addresses at which programs are told of what is recorded, as it happens. Such a
// program is told what whoever made the webhook may read when the event leaves.
type Webhooks interface {
	// MakeWebhook makes a webhook for whoever acts, who may take out what it tells of
	// (policy.DeedExport). Its secret is given this once.
	MakeWebhook(ctx context.Context, w Webhook) (*MadeWebhook, error)
	// ListWebhooks lists the webhooks: one's own and, to who manages people, everybody's.
	ListWebhooks(ctx context.Context) ([]KnownWebhook, error)
	// PauseWebhook lets nothing leave to a webhook until it is resumed: one's own or, for who manages
	// people, anybody's.
	PauseWebhook(ctx context.Context, webhook int64) error
	// ResumeWebhook lets events leave again: what was recorded meanwhile, too.
	ResumeWebhook(ctx context.Context, webhook int64) error
	// RemoveWebhook removes a webhook with its secret: one's own or, for who manages people, anybody's.
	RemoveWebhook(ctx context.Context, webhook int64) error
	// RotateWebhook gives a webhook of one's own another secret. For a day events are signed by both.
	RotateWebhook(ctx context.Context, webhook int64) (*MadeWebhook, error)
	// TryWebhook sends an event that tells of nothing to a webhook of one's own. What became of it
	// stands among its deliveries.
	TryWebhook(ctx context.Context, webhook int64) (*Replayed, error)
	// ReplayWebhook sends events to a webhook of one's own anew: they are the same events.
	ReplayWebhook(ctx context.Context, r Replay) (*Replayed, error)
	// ListDeliveries lists the events that were sent to a webhook of one's own, the latest first.
	ListDeliveries(ctx context.Context, filter DeliveryFilter) ([]Delivery, error)
}

// Webhook is an address at which a program is told of what is recorded.
type Webhook = policy.Webhook

// KnownWebhook is a webhook without its secret.
type KnownWebhook struct {
	Number int64  `json:"webhook"`
	By     string `json:"by"` // NAME@BODY: what it is told, they may read
	policy.Webhook
	Made time.Time `json:"made"`
	// State is "active", "paused", or "gone" where it answered that there is nothing any more.
	State    string    `json:"state"`
	Waiting  int       `json:"waiting,omitempty"`  // events on their way
	Failures int       `json:"failures,omitempty"` // attempts in a row that failed
	Next     time.Time `json:"next,omitzero"`      // of the next attempt after one that failed
}

// MadeWebhook is a webhook whose secret is new.
type MadeWebhook struct {
	KnownWebhook
	// Secret is that by which events are signed. Nobody can ask for it again.
	Secret string `json:"secret"`
	// FormerUntil is how long events are signed by the former secret, too.
	FormerUntil time.Time `json:"former_until,omitzero"`
}

// Replay says which events are sent anew: where it names none, those that did not arrive.
type Replay struct {
	Webhook  int64     `json:"webhook"`
	Since    time.Time `json:"since,omitzero"`     // all of what was recorded then or later
	Delivery int64     `json:"delivery,omitempty"` // this one alone
}

// Replayed says how many events are on their way.
type Replayed struct {
	Webhook int64 `json:"webhook"`
	Events  int   `json:"events"`
}

// DeliveryFilter narrows a list of deliveries; zero fields do not.
type DeliveryFilter struct {
	Webhook int64
	Failed  bool  // those alone that did not arrive, or have not yet
	Past    int64 // the number of the last one seen
	Most    int   // 0 is all
}

// Delivery is an event on its way to a webhook, and what became of it.
type Delivery struct {
	Delivery int64     `json:"delivery"` // its number
	Webhook  int64     `json:"webhook"`
	Event    string    `json:"event"` // its ID
	Kind     string    `json:"kind"`  // of what was recorded, such as `decide`; `test` of one that tries the webhook
	Recorded time.Time `json:"recorded"`
	// State is "waiting", "delivered", "failed" after too long a time, or "withheld" where whoever
	// made the webhook may not read it.
	State    string    `json:"state"`
	Attempts int       `json:"attempts,omitempty"`
	Ended    time.Time `json:"ended,omitzero"`
	Status   int       `json:"status,omitempty"` // of the last answer; left out where there was none
	Said     string    `json:"said,omitempty"`   // how that answer began, or why there was none
}

// Hook is a webhook to which events may leave now, as what its person reads.
type Hook struct {
	Webhook int64
	policy.Principal
	URL     string
	Secrets [][]byte // by which events are signed; the first is the new one
	Next    time.Time
	// Failures are the attempts in a row that failed.
	Failures int
	Due      []DueEvent
	// Withheld says that its person may not take out any more what it tells of.
	Withheld bool
	// Held says why nothing can leave to it now; nil where it can.
	Held error
}

// DueEvent is an event that is to leave now.
type DueEvent struct {
	Delivery int64
	Webhook  int64
	Event    string // its ID
	Cycle    string // empty of one that tells of nothing
	Sequence int64  // in the trail of the cycle
	Kind     policy.EventKind
	Made     time.Time
	Attempts int // that failed
}

// Answer is what a program outside answered. One that did not answer has the status 0, and says why.
type Answer struct {
	Status int
	Said   string // how it began
}
