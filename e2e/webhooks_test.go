package e2e_test

import (
	"crypto/cipher"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/notify"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/worker"
)

// follower is a program that is told of what is recorded.
type follower struct {
	url    string
	secret string

	mu      sync.Mutex
	away    bool
	refused int
	took    []string // IDs, in the order in which they came
	forged  int
}

func follows(t *testing.T) *follower {
	t.Helper()
	f := &follower{}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

// ServeHTTP implements http.Handler.
func (f *follower) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	f.mu.Lock()
	defer f.mu.Unlock()
	known, unknown := standardwebhooks.NewWebhook(f.secret)
	switch {
	case f.away:
		f.refused++
		w.WriteHeader(http.StatusServiceUnavailable)
	case err != nil || unknown != nil || known.Verify(body, r.Header) != nil:
		f.forged++
	default:
		f.took = append(f.took, r.Header.Get("Webhook-Id"))
	}
}

func (f *follower) goes(away bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.away = away
}

func (f *follower) taken() (took []string, refused, forged int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.took), f.refused, f.forged
}

// locks are those under which the secrets of webhooks are kept.
func locks() ([]cipher.AEAD, error) {
	return identity.LocksOf([]byte("a secret that the database does not have"))
}

// A rehearsed cycle of which a program is told: all that is recorded arrives, once, in its order and
// signed, although the program is away for a part of it; what is sent anew are the same events. The
// cycle waits for none of it.
func TestARehearsedCycleTellsAProgramOnceAndInOrderEvenPastAnOutage(t *testing.T) {
	t.Parallel()
	h := rooms(t, database(t, "hooks"), "hooks", nil, nil)
	h.works()
	m := &mailroom{t: t, h: h, svc: h.Hooking(local.Webhooks{WebhookRules: policy.WebhookRules{Hosts: []string{"127.0.0.1"}, Marking: policy.Limite}, Locks: locks})}
	f := follows(t)
	if _, err := as(t, m.svc, anna).StartCycle(t.Context(), service.StartCycle{Definition: policytest.Cycle("mailed"), Rehearsal: &service.Rehearsal{Script: policy.DefaultScript, YearSeconds: 5}}); err != nil {
		t.Fatal(err)
	}
	made, err := as(t, m.svc, anna).MakeWebhook(t.Context(), service.Webhook{URL: f.url, Cycle: mailed})
	if err != nil {
		t.Fatal(err)
	}
	f.secret = made.Secret
	from := m.recorded(0)
	out := &notify.Out{Webhooks: &notify.Webhooks{
		Board: m.svc, Client: notify.ClientFor([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}), URL: "http://127.0.0.1", Pause: 50 * time.Millisecond, Every: time.Second,
		Clock: time.Now, Beat: worker.Beat, Log: zerolog.Nop(),
	}}
	m.posts(out.Send)
	m.plays()
	eventually(t, "plans are drafted", func() bool { return !m.day().Before(date("2021-08-25")) })
	f.goes(true)
	eventually(t, "the calendar goes on without the program", func() bool {
		_, refused, _ := f.taken()
		return !m.day().Before(date("2021-10-20")) && refused > 0
	})
	f.goes(false)
	eventually(t, "the cycle is closed", func() bool {
		cycle, err := m.svc.FindCycle(t.Context(), mailed)
		return err == nil && cycle.Stage.Ended()
	})
	want := m.recorded(0)
	eventually(t, "all of it arrives", func() bool { took, _, _ := f.taken(); return slices.Contains(took, want[len(want)-1]) })
	eventually(t, "it is noted that it did", func() bool {
		sent, err := as(t, m.svc, anna).ListDeliveries(t.Context(), service.DeliveryFilter{Webhook: made.Number})
		return err == nil && !slices.ContainsFunc(sent, func(d service.Delivery) bool { return d.State == "waiting" })
	})
	took, refused, forged := f.taken()
	if len(took) == 0 || len(took) < len(want)-len(from) || !slices.Equal(took, want[len(want)-len(took):]) || forged > 0 {
		t.Errorf("%v arrived, %d of them not signed by its secret; %v was recorded", took, forged, want)
	}
	replayed, err := as(t, m.svc, anna).ReplayWebhook(t.Context(), service.Replay{Webhook: made.Number, Since: time.Now().Add(-time.Hour)})
	if err != nil || replayed.Events != len(took) {
		t.Errorf("%+v are sent anew (%v), %d arrived", replayed, err, len(took))
	}
	eventually(t, "it arrives again", func() bool { again, _, _ := f.taken(); return len(again) == 2*len(took) })
	if again, _, _ := f.taken(); !slices.Equal(again[len(took):], took) {
		t.Errorf("%v arrived anew, %v at first", again[len(took):], took)
	}
	t.Logf("%d events arrived once and in order, past %d attempts that were refused, and once more when they were wanted", len(took), refused)
}

// recorded gives the IDs of what was recorded behind a line of the trail.
func (m *mailroom) recorded(past int64) (ids []string) {
	m.t.Helper()
	lines, err := m.svc.Trail(m.t.Context(), mailed, service.TrailFilter{Past: past})
	if err != nil {
		m.t.Fatal(err)
	}
	for _, l := range lines {
		if l.Accepted {
			ids = append(ids, fmt.Sprintf("%s/%d", mailed, l.Sequence))
		}
	}
	return ids
}
