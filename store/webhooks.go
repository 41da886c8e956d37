package store

import (
	"context"
	"math"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Webhook is an address at which a program is told of what is recorded. The secrets are as they
// were given: the store cannot read them.
type Webhook struct {
	ID int64
	policy.Actor
	policy.Webhook
	State    string // "active", "paused" or "gone"
	Made     time.Time
	Failures int       // in a row
	Next     time.Time // of the next attempt after one that failed; zero for at once
	Waiting  int       // events on their way

	Secret, Former []byte
	// FormerUntil is how long is signed by the former secret, too; zero for none.
	FormerUntil time.Time
}

// MakeWebhook keeps a webhook, which is told of what is recorded from now on.
func (s *Store) MakeWebhook(ctx context.Context, by policy.Principal, w policy.Webhook, secret []byte, now time.Time) (Webhook, error) {
	made := Webhook{Actor: by.Actor, Webhook: w, State: "active", Made: now.UTC().Truncate(time.Microsecond)}
	err := s.change(ctx, func(q *sqlc.Queries) error {
		known, err := q.CountWebhooks(ctx, by.Person)
		if err == nil && known >= policy.MostWebhooks {
			err = policy.Refuse(policy.CodeTooMany, "you have %d webhooks: remove one of them first", known)
		}
		if err != nil {
			return err
		}
		kinds := policy.Texts(w.Kinds)
		if kinds == nil {
			kinds = []string{}
		}
		made.ID, err = q.InsertWebhook(ctx, sqlc.InsertWebhookParams{
			Person: by.Person, Body: string(by.Body), Url: w.URL, OfCycle: w.Cycle, Kinds: kinds, Secret: secret, MadeAt: made.Made,
		})
		if err != nil {
			return err
		}
		return q.BeginWebhook(ctx, sqlc.BeginWebhookParams{Webhook: made.ID, OfCycle: w.Cycle})
	})
	return made, err
}

// ListWebhooks lists the webhooks of somebody, or those of everybody, without their secrets.
func (s *Store) ListWebhooks(ctx context.Context, of int64, everybody bool) ([]Webhook, error) {
	return ask(ctx, s, func(q *sqlc.Queries) ([]Webhook, error) {
		rows, err := q.ListWebhooks(ctx, sqlc.ListWebhooksParams{Everybody: everybody, Person: of})
		all := make([]Webhook, len(rows))
		for i, r := range rows {
			all[i] = Webhook{
				ID: r.ID, Actor: policy.Actor{Person: r.Person, Name: r.Name, Body: policy.Body(r.Body)}, Webhook: webhookOf(r.Url, r.OfCycle, r.Kinds),
				State: r.State, Made: r.MadeAt, Failures: int(r.Failures), Next: r.NextAt.Time, Waiting: int(r.Waiting), FormerUntil: r.FormerUntil.Time,
			}
		}
		return all, err
	})
}

func webhookOf(url, cycle string, kinds []string) policy.Webhook {
	w := policy.Webhook{URL: url, Cycle: cycle}
	for _, k := range kinds {
		w.Kinds = append(w.Kinds, policy.EventKind(k))
	}
	return w
}

func wholeWebhook(r sqlc.Webhook) Webhook {
	return Webhook{
		ID: r.ID, Actor: policy.Actor{Person: r.Person, Body: policy.Body(r.Body)}, Webhook: webhookOf(r.Url, r.OfCycle, r.Kinds), State: r.State,
		Made: r.MadeAt, Failures: int(r.Failures), Next: r.NextAt.Time, Secret: r.Secret, Former: r.Former, FormerUntil: r.FormerUntil.Time,
	}
}

// withWebhook does something to a webhook of somebody. One of somebody else's there is to whoever
// manages people alone, and only where others may; else it is policy.CodeUnknown.
func (s *Store) withWebhook(ctx context.Context, by policy.Principal, id int64, others bool, do func(*sqlc.Queries, Webhook) error) error {
	return s.change(ctx, func(q *sqlc.Queries) error {
		row, err := q.FindWebhook(ctx, id)
		switch {
		case err != nil:
			return noRow(err, noWebhook(id))
		case row.Person != by.Person && (!others || policy.AuthoriseDeed(by, policy.DeedPeople, "") != nil):
			return noWebhook(id)
		}
		return do(q, wholeWebhook(row))
	})
}

func noWebhook(id int64) error {
	return policy.Refuse(policy.CodeUnknown, "you have no webhook with the number %d; policycycle webhook list shows those there are", id)
}

// SetWebhook pauses a webhook, or has it go on.
func (s *Store) SetWebhook(ctx context.Context, by policy.Principal, id int64, state string) error {
	return s.withWebhook(ctx, by, id, true, func(q *sqlc.Queries, _ Webhook) error {
		return q.SetWebhookState(ctx, sqlc.SetWebhookStateParams{ID: id, State: state})
	})
}

// RemoveWebhook removes a webhook. That it was removed before is no error to who could.
func (s *Store) RemoveWebhook(ctx context.Context, by policy.Principal, id int64, now time.Time) error {
	return s.withWebhook(ctx, by, id, true, func(q *sqlc.Queries, _ Webhook) error {
		if err := q.RemoveWebhook(ctx, id); err != nil {
			return err
		}
		return q.EndDeliveries(ctx, sqlc.EndDeliveriesParams{Webhook: id, At: now})
	})
}

// RotateWebhook gives a webhook another secret, made of its address; for some time the former one
// counts, too.
func (s *Store) RotateWebhook(ctx context.Context, by policy.Principal, id int64, until time.Time, secret func(url string) ([]byte, error)) (Webhook, error) {
	var w Webhook
	err := s.withWebhook(ctx, by, id, false, func(q *sqlc.Queries, known Webhook) error {
		w = known
		w.FormerUntil = until
		kept, err := secret(known.URL)
		if err != nil {
			return err
		}
		return q.RotateWebhook(ctx, sqlc.RotateWebhookParams{ID: id, Secret: kept, Until: until})
	})
	return w, err
}

// TryWebhook has an event sent to a webhook that tells of nothing, and gives the number of its
// delivery.
func (s *Store) TryWebhook(ctx context.Context, by policy.Principal, id int64, now time.Time) (delivery int64, err error) {
	err = s.withWebhook(ctx, by, id, false, func(q *sqlc.Queries, w Webhook) error {
		if w.State != "active" {
			return policy.Refuse(policy.CodeNotOpen, "webhook %d is %s: resume it first", id, w.State)
		}
		delivery, err = q.PutTrial(ctx, sqlc.PutTrialParams{Webhook: id, At: now})
		return err
	})
	return delivery, err
}

// Replay says which deliveries are sent anew: one, all of what was recorded since an instant, or
// those that did not arrive.
type Replay struct {
	Delivery int64
	Since    time.Time
}

// ReplayWebhook has deliveries sent anew, and says how many.
func (s *Store) ReplayWebhook(ctx context.Context, by policy.Principal, id int64, r Replay, now time.Time) (n int64, err error) {
	err = s.withWebhook(ctx, by, id, false, func(q *sqlc.Queries, _ Webhook) error {
		n, err = q.ReplayDeliveries(ctx, sqlc.ReplayDeliveriesParams{Webhook: id, Delivery: r.Delivery, Since: timestamptz(r.Since), At: now})
		return err
	})
	return n, err
}

// Delivery is an event on its way to a webhook, and what became of it.
type Delivery struct {
	ID, Webhook int64
	Cycle       string // empty of one that tries the webhook
	Sequence    int64  // in the trail of the cycle
	Kind        policy.EventKind
	Made        time.Time
	State       string // "waiting", "delivered", "failed" or "withheld"
	Attempts    int
	Ended       time.Time
	Status      int    // of the last answer
	Said        string // how it began
}

// DeliveryFilter narrows a list of deliveries.
type DeliveryFilter struct {
	Webhook int64
	Failed  bool  // those alone that did not arrive, or have not yet
	Past    int64 // the last one seen
	Most    int
}

// ListDeliveries lists deliveries to a webhook of somebody, the latest first. One that is not theirs
// is policy.CodeUnknown.
func (s *Store) ListDeliveries(ctx context.Context, by policy.Principal, f DeliveryFilter) ([]Delivery, error) {
	most := int32(min(f.Most, math.MaxInt32))
	if f.Most == 0 {
		most = math.MaxInt32
	}
	return ask(ctx, s, func(q *sqlc.Queries) ([]Delivery, error) {
		person, err := q.FindWebhookPerson(ctx, f.Webhook)
		if err == nil && person != by.Person {
			err = noWebhook(f.Webhook)
		}
		if err != nil {
			return nil, noRow(err, noWebhook(f.Webhook))
		}
		rows, err := q.ListDeliveries(ctx, sqlc.ListDeliveriesParams{Webhook: f.Webhook, Past: f.Past, Failed: f.Failed, Most: most})
		all := make([]Delivery, len(rows))
		for i, r := range rows {
			all[i] = Delivery{
				ID: r.ID, Webhook: r.Webhook, Cycle: r.OfCycle, Sequence: r.Sequence, Kind: policy.EventKind(r.Kind), Made: r.MadeAt,
				State: r.State, Attempts: int(r.Attempts), Ended: r.EndedAt.Time, Status: int(r.Status), Said: r.Said,
			}
		}
		return all, err
	})
}

// ListActiveWebhooks lists the webhooks that are told of what is recorded, with their secrets.
func (s *Store) ListActiveWebhooks(ctx context.Context) ([]Webhook, error) {
	return ask(ctx, s, func(q *sqlc.Queries) ([]Webhook, error) {
		rows, err := q.ListActiveWebhooks(ctx)
		all := make([]Webhook, len(rows))
		for i, r := range rows {
			all[i] = wholeWebhook(r)
		}
		return all, err
	})
}

// mostNoted is of how many lines of trails note is taken at once.
const mostNoted = 1000

// NoteDeliveries takes note of what a webhook is to be told of what was recorded since it was
// looked last, and gives what waits, at most so many. Of what was refused no program is told.
func (s *Store) NoteDeliveries(ctx context.Context, w Webhook, most int, now time.Time) (due []Delivery, err error) {
	err = s.change(ctx, func(q *sqlc.Queries) error {
		lines, err := q.ListUntold(ctx, sqlc.ListUntoldParams{ID: w.ID, Most: mostNoted})
		if err != nil {
			return err
		}
		seen := map[string]int64{}
		for _, l := range lines {
			seen[l.Cycle] = l.Sequence
			kind := policy.EventKindOf(l.Act)
			if !l.Accepted || !w.Wants(kind) {
				continue
			}
			p := sqlc.PutDeliveryParams{Webhook: w.ID, OfCycle: l.Cycle, Sequence: l.Sequence, Kind: string(kind), MadeAt: l.RecordedAt, At: now}
			if err := q.PutDelivery(ctx, p); err != nil {
				return err
			}
		}
		for cycle, sequence := range seen {
			if err := q.PutWebhookPosition(ctx, sqlc.PutWebhookPositionParams{Webhook: w.ID, OfCycle: cycle, Sequence: sequence}); err != nil {
				return err
			}
		}
		rows, err := q.ListWaitingDeliveries(ctx, sqlc.ListWaitingDeliveriesParams{Webhook: w.ID, Most: int32(min(most, math.MaxInt32))})
		for _, r := range rows {
			due = append(due, Delivery{
				ID: r.ID, Webhook: w.ID, Cycle: r.OfCycle, Sequence: r.Sequence, Kind: policy.EventKind(r.Kind), Made: r.MadeAt,
				State: "waiting", Attempts: int(r.Attempts),
			})
		}
		return err
	})
	return due, err
}

// Answered is what a program outside answered: a status, and how its text began. One that did not
// answer has the status 0, and says why.
type Answered struct {
	Status int
	Said   string
}

// Delivered takes note that an event has arrived.
func (s *Store) Delivered(ctx context.Context, d Delivery, a Answered, now time.Time) error {
	return s.change(ctx, func(q *sqlc.Queries) error {
		if err := q.EndDelivery(ctx, ended(d, "delivered", 1, a, now)); err != nil {
			return err
		}
		return q.WebhookAnswered(ctx, d.Webhook)
	})
}

// Withhold takes note that an event does not leave: whoever made the webhook may not read it.
func (s *Store) Withhold(ctx context.Context, d Delivery, now time.Time) error {
	return s.change(ctx, func(q *sqlc.Queries) error { return q.EndDelivery(ctx, ended(d, "withheld", 0, Answered{}, now)) })
}

func ended(d Delivery, state string, tried int32, a Answered, now time.Time) sqlc.EndDeliveryParams {
	return sqlc.EndDeliveryParams{ID: d.ID, State: state, Tried: tried, Status: int32(a.Status), Said: kept(a.Said), At: now}
}

// PutOffDelivery takes note of an attempt that failed, and of when the webhook is tried next.
// What has waited for it since before an instant has failed; how much that is, is given.
func (s *Store) PutOffDelivery(ctx context.Context, d Delivery, a Answered, next, before, now time.Time) (failed int, err error) {
	err = s.change(ctx, func(q *sqlc.Queries) error {
		if err := q.PutOffDelivery(ctx, sqlc.PutOffDeliveryParams{ID: d.ID, Status: int32(a.Status), Said: kept(a.Said)}); err != nil {
			return err
		}
		if err := q.PutOffWebhook(ctx, sqlc.PutOffWebhookParams{ID: d.Webhook, NextAt: next}); err != nil {
			return err
		}
		rows, err := q.FailDeliveries(ctx, sqlc.FailDeliveriesParams{Webhook: d.Webhook, At: now, Before: before})
		failed = len(rows)
		return err
	})
	return failed, err
}

// WebhookGone takes note that a webhook answered that there is nothing any more. What waits for it
// leaves once it is resumed.
func (s *Store) WebhookGone(ctx context.Context, d Delivery, a Answered) error {
	return s.change(ctx, func(q *sqlc.Queries) error {
		if err := q.PutOffDelivery(ctx, sqlc.PutOffDeliveryParams{ID: d.ID, Status: int32(a.Status), Said: kept(a.Said)}); err != nil {
			return err
		}
		return q.SetWebhookState(ctx, sqlc.SetWebhookStateParams{ID: d.Webhook, State: "gone"})
	})
}

// NextDelivery gives when a webhook for which something waits is tried next; zero where nothing
// waits.
func (s *Store) NextDelivery(ctx context.Context) (time.Time, error) {
	return ask(ctx, s, func(q *sqlc.Queries) (time.Time, error) {
		next, err := q.NextDelivery(ctx)
		if err != nil || len(next) == 0 {
			return time.Time{}, err
		}
		return next[0], nil
	})
}
