package notify_test

import (
	"context"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"
	"github.com/rs/zerolog"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/notify"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
)

// ear is a program that is told of what is recorded.
type ear struct {
	*httptest.Server
	mu     sync.Mutex
	heard  []call
	answer func(http.ResponseWriter, *http.Request)
}

// call is an event as it arrived.
type call struct {
	header http.Header
	body   []byte
	cloudevents.Event
}

func listens(t *testing.T) *ear {
	t.Helper()
	e := &ear{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		c := call{header: r.Header, body: body}
		if err != nil || json.Unmarshal(body, &c.Event) != nil || c.Validate() != nil { // a second program reads it
			t.Errorf("this is no CloudEvent: %s (%v)", body, errors.Join(err, c.Validate()))
		}
		e.mu.Lock()
		e.heard = append(e.heard, c)
		answer := e.answer
		e.mu.Unlock()
		if answer != nil {
			answer(w, r)
		}
	}))
	t.Cleanup(e.Close)
	return e
}

// answers has it answer so from now on.
func (e *ear) answers(answer func(http.ResponseWriter, *http.Request)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer = answer
}

func (e *ear) says(status int, text string) {
	e.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = io.WriteString(w, text) })
}

// heardOf gives the IDs of the events that have arrived since it was asked last.
func (e *ear) heardOf() (ids []string) {
	for _, c := range e.calls() {
		ids = append(ids, c.ID())
	}
	return ids
}

func (e *ear) calls() []call {
	e.mu.Lock()
	defer e.mu.Unlock()
	heard := e.heard
	e.heard = nil
	return heard
}

// exchange is an office, and what tells programs.
type exchange struct {
	*office
	*local.Service
	hooks *notify.Webhooks
}

// opensExchange opens an exchange by rules.
func opensExchange(t *testing.T, marking policy.Marking) *exchange {
	t.Helper()
	o := opensOffice(t)
	o.now = time.Now() // of signatures
	x := &exchange{office: o}
	x.by(marking)
	x.hooks = &notify.Webhooks{
		Board: x.Service, Client: notify.ClientFor([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}), URL: "https://cycle.example.eu", Clock: func() time.Time { return o.now },
		Beat: func(context.Context) {}, Log: zerolog.Nop(),
	}
	return x
}

// by has it go by another marking.
func (x *exchange) by(marking policy.Marking) {
	locks := func() ([]cipher.AEAD, error) {
		return identity.LocksOf([]byte("a secret that the database does not have"))
	}
	rules := policy.WebhookRules{Hosts: []string{"127.0.0.1"}, Marking: marking}
	x.Service = x.office.Hooking(local.Webhooks{WebhookRules: rules, Locks: locks, Patience: time.Hour})
	if x.hooks != nil {
		x.hooks.Board = x.Service
	}
}

// as gives the service to somebody.
func (x *exchange) as(name string, body policy.Body) service.Service {
	x.t.Helper()
	s, err := service.As(x.t.Context(), x.Service, policy.Actor{Name: name, Body: body})
	if err != nil {
		x.t.Fatal(err)
	}
	return s
}

func (x *exchange) dora() service.Service { return x.as("Dora", policy.GeneralSecretariat) }

// tells makes a webhook of Dora's.
func (x *exchange) tells(e *ear, kinds ...policy.EventKind) *service.MadeWebhook {
	x.t.Helper()
	made, err := x.dora().MakeWebhook(x.t.Context(), service.Webhook{URL: e.URL + "/in", Kinds: kinds})
	if err != nil {
		x.t.Fatal(err)
	}
	return made
}

// records records that an item is opened.
func (x *exchange) records(keys ...string) {
	x.t.Helper()
	for _, key := range keys {
		act := policy.Act{
			Kind: policy.ActOpen, Subject: policy.Subject{Cycle: cycle, Kind: policy.KindItem, Key: key}, By: policy.Actor{Name: "Dora", Body: policy.GeneralSecretariat},
			Date: policytest.Date("2021-01-05"), Opening: &policy.Opening{Title: "Title of " + key, Due: policytest.Date("2021-12-01"), Through: []policy.Body{policy.COSI}},
		}
		e, err := evidence.Enclose("", "cycle/"+cycle, act, x.now)
		if err != nil {
			x.t.Fatal(err)
		}
		answer, err := x.store.Record(x.t.Context(), store.Recording{Run: run, Now: x.now, Channel: protocol.ChannelUpdate, Envelope: e})
		if err != nil || answer.Refusal != nil {
			x.t.Fatal(err, answer.Refusal)
		}
	}
}

// sends does a round.
func (x *exchange) sends() (next time.Duration) {
	x.t.Helper()
	again, err := x.hooks.Send(x.t.Context())
	if err != nil {
		x.t.Fatal(err)
	}
	return again.Sub(x.now)
}

// passes lets time pass.
func (x *exchange) passes(d time.Duration) { x.now = x.now.Add(d) }

// log gives what became of the events to a webhook, the first of them first.
func (x *exchange) log(w *service.MadeWebhook) (states []string) {
	x.t.Helper()
	all, err := x.dora().ListDeliveries(x.t.Context(), service.DeliveryFilter{Webhook: w.Number})
	if err != nil {
		x.t.Fatal(err)
	}
	slices.Reverse(all)
	for _, d := range all {
		states = append(states, fmt.Sprintf("%s %s %d %d %s", d.Event, d.State, d.Attempts, d.Status, d.Said))
	}
	return states
}

func (x *exchange) logs(w *service.MadeWebhook, want ...string) {
	x.t.Helper()
	if got := x.log(w); !slices.Equal(got, want) {
		x.t.Errorf("the log says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func (x *exchange) hears(e *ear, want ...string) {
	x.t.Helper()
	if got := e.heardOf(); !slices.Equal(got, want) {
		x.t.Errorf("it heard of %v, want %v", got, want)
	}
}

// verifies says whether a call is signed by a secret, as the library of Standard Webhooks says.
func verifies(t *testing.T, c call, secret string) bool {
	t.Helper()
	wh, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	return wh.VerifyIgnoringTimestamp(c.body, c.header) == nil // the clock of the test is its own
}

// What is recorded from now on arrives once, in its order, signed, as a CloudEvent that names nobody.
func TestWebhooks_TellOnceAndInOrderOfWhatIsRecorded(t *testing.T) {
	t.Parallel()
	x, e := opensExchange(t, policy.Limite), listens(t)
	made := x.tells(e)
	x.sends()
	x.hears(e)
	x.records("a", "b", "c")
	first := x.sequence() - 2
	x.sends()
	x.sends()
	calls := e.calls()
	if len(calls) != 3 {
		t.Fatalf("%d events arrived", len(calls))
	}
	for i, c := range calls {
		key := string(rune('a' + i))
		if !verifies(t, c, made.Secret) || verifies(t, c, "whsec_"+base64.StdEncoding.EncodeToString([]byte("another secret of 24 bytes"))) {
			t.Errorf("%s is signed %v", c.ID(), c.header)
		}
		if at := c.header.Get("Webhook-Timestamp"); at != strconv.FormatInt(x.now.Unix(), 10) {
			t.Errorf("the time of %s is %s", c.ID(), at)
		}
		var data map[string]any
		if err := c.DataAs(&data); err != nil {
			t.Error(err)
		}
		want := map[string]any{
			"cycle": cycle, "sequence": float64(first + int64(i)), "act": "open", "subject": cycle + "/item/" + key, "body": string(policy.GeneralSecretariat), "on": policy.Calendar{}.Today(x.now).String(), "record": data["record"],
		}
		if fmt.Sprint(data) != fmt.Sprint(want) || data["record"] == "" {
			t.Errorf("it tells %v, want %v", data, want)
		}
		if id := fmt.Sprintf("%s/%d", cycle, first+int64(i)); c.ID() != id || c.header.Get("Webhook-Id") != id || c.Source() != "https://cycle.example.eu/cycles/"+cycle ||
			c.Type() != "eu.policycycle.open.v1" || c.Subject() != cycle+"/item/"+key || strings.Contains(string(c.body), "Dora") {
			t.Errorf("it arrives as %s", c.body)
		}
	}
	x.logs(made, fmt.Sprintf("%s/%d delivered 1 200 ", cycle, first), fmt.Sprintf("%s/%d delivered 1 200 ", cycle, first+1), fmt.Sprintf("%s/%d delivered 1 200 ", cycle, first+2))
}

// sequence is where the trail of the cycle stands.
func (x *exchange) sequence() int64 {
	x.t.Helper()
	lines, err := x.Trail(x.t.Context(), cycle, service.TrailFilter{})
	if err != nil {
		x.t.Fatal(err)
	}
	return lines[len(lines)-1].Sequence
}

func (x *exchange) id(back int64) string { return fmt.Sprintf("%s/%d", cycle, x.sequence()-back) }

// A program that is away is told later, in order; for how long it is left alone follows from the
// event and the attempt, and is no less than it asks for.
func TestWebhooks_WaitForAProgramThatIsAway(t *testing.T) {
	t.Parallel()
	x, e := opensExchange(t, policy.Limite), listens(t)
	x.hooks.Every = time.Hour
	made := x.tells(e)
	e.says(http.StatusInternalServerError, strings.Repeat("x", 500))
	x.records("a", "b")
	next := x.sends()
	x.hears(e, x.id(1))
	if next < time.Minute || next > 75*time.Second {
		t.Errorf("it is tried again after %s", next)
	}
	if again := x.sends(); again > next {
		t.Errorf("it looks again after %s", again)
	}
	x.hears(e)
	x.logs(made, x.id(1)+" waiting 1 500 "+strings.Repeat("x", 200), x.id(0)+" waiting 0 0 ")
	x.passes(next)
	e.answers(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "600")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	x.sends()
	x.hears(e, x.id(1))
	x.passes(599 * time.Second)
	x.sends()
	x.hears(e)
	e.says(http.StatusNoContent, "")
	x.passes(time.Second)
	x.sends()
	x.hears(e, x.id(1), x.id(0))
	x.logs(made, x.id(1)+" delivered 3 204 ", x.id(0)+" delivered 1 204 ")
}

// What does not arrive for too long has failed, and is sent anew when somebody wants it, as the same
// event; so is what has arrived.
func TestWebhooks_SendAnewWhatIsWanted(t *testing.T) {
	t.Parallel()
	x, e := opensExchange(t, policy.Limite), listens(t)
	made := x.tells(e)
	e.says(http.StatusNotFound, "nobody is here")
	x.records("a", "b")
	x.sends()
	x.passes(time.Hour)
	x.sends()
	x.logs(made, x.id(1)+" failed 2 404 nobody is here", x.id(0)+" failed 0 0 ")
	x.hears(e, x.id(1), x.id(1))
	e.says(http.StatusOK, "")
	x.passes(time.Hour)
	x.sends()
	x.hears(e)
	x.replays(2, service.Replay{Webhook: made.Number})
	x.sends()
	x.hears(e, x.id(1), x.id(0))
	x.replays(0, service.Replay{Webhook: made.Number})
	x.replays(0, service.Replay{Webhook: made.Number, Since: x.now})
	x.replays(2, service.Replay{Webhook: made.Number, Since: x.now.Add(-24 * time.Hour)})
	x.sends()
	x.hears(e, x.id(1), x.id(0))
	all, err := x.dora().ListDeliveries(t.Context(), service.DeliveryFilter{Webhook: made.Number, Most: 1})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	x.replays(1, service.Replay{Webhook: made.Number, Delivery: all[0].Delivery})
	x.sends()
	x.hears(e, x.id(0))
}

func (x *exchange) replays(events int, r service.Replay) {
	x.t.Helper()
	if replayed, err := x.dora().ReplayWebhook(x.t.Context(), r); err != nil || replayed.Events != events {
		x.t.Errorf("%+v sends %+v anew (%v), want %d", r, replayed, err, events)
	}
}

// A program that hangs keeps no other waiting.
func TestWebhooks_TellOthersBesideOneThatHangs(t *testing.T) {
	t.Parallel()
	x, deaf, e := opensExchange(t, policy.Limite), listens(t), listens(t)
	told := make(chan struct{})
	x.hooks.Client.Timeout = 5 * time.Second
	silent := x.tells(deaf)
	deaf.answers(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-told: // the other was told meanwhile
		case <-r.Context().Done():
			t.Error("the other one waits")
		}
		panic(http.ErrAbortHandler)
	})
	e.answers(func(http.ResponseWriter, *http.Request) { close(told) })
	x.tells(e)
	x.records("a")
	x.sends()
	x.hears(e, x.id(0))
	if log := x.log(silent); len(log) != 1 || !strings.HasPrefix(log[0], x.id(0)+" waiting 1 0 ") {
		t.Errorf("of the one that hangs it says %v", log)
	}
}

// A program that is gone is told nothing until it is resumed; then what was recorded meanwhile, too.
func TestWebhooks_LeaveAloneWhoIsGoneOrPaused(t *testing.T) {
	t.Parallel()
	x, e := opensExchange(t, policy.Limite), listens(t)
	made := x.tells(e)
	e.says(http.StatusGone, "")
	x.records("a")
	x.sends()
	x.hears(e, x.id(0))
	x.passes(2 * time.Hour)
	x.records("b")
	x.sends()
	x.hears(e)
	known, err := x.dora().ListWebhooks(t.Context())
	if err != nil || len(known) != 1 || known[0].State != "gone" || known[0].Waiting != 1 {
		t.Errorf("%+v (%v)", known, err)
	}
	e.says(http.StatusOK, "")
	if err := x.dora().ResumeWebhook(t.Context(), made.Number); err != nil {
		t.Fatal(err)
	}
	x.sends()
	x.hears(e, x.id(1), x.id(0))
	if err := x.dora().PauseWebhook(t.Context(), made.Number); err != nil {
		t.Fatal(err)
	}
	x.records("c")
	x.sends()
	x.hears(e)
	if err := x.dora().RemoveWebhook(t.Context(), made.Number); err != nil {
		t.Fatal(err)
	}
	x.sends()
	x.hears(e)
	if err := x.dora().ResumeWebhook(t.Context(), made.Number); policy.CodeOf(err) != policy.CodeUnknown {
		t.Errorf("one that is removed is resumed (%v)", err)
	}
}

// No redirect is followed, and no address is called that is not public, whatever its name says.
func TestWebhooks_CallNobodyElse(t *testing.T) {
	t.Parallel()
	x, e, other := opensExchange(t, policy.Limite), listens(t), listens(t)
	e.answers(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	made := x.tells(e)
	x.records("a")
	x.sends()
	x.hears(e, x.id(0))
	x.hears(other)
	if log := x.log(made); len(log) != 1 || !strings.HasPrefix(log[0], x.id(0)+" waiting 1 307") {
		t.Errorf("%v", log)
	}
	x.hooks.Client = notify.ClientFor(nil)
	x.passes(time.Hour)
	x.sends()
	x.hears(e)
	if log := x.log(made); len(log) != 1 || !strings.Contains(log[0], "127.0.0.1 is no public address") {
		t.Errorf("%v", log)
	}
}

// While a secret is replaced events are signed by both, and a day later by the new one alone.
func TestWebhooks_SignByTwoSecretsWhileOneIsReplaced(t *testing.T) {
	t.Parallel()
	x, e := opensExchange(t, policy.Limite), listens(t)
	made := x.tells(e)
	rotated, err := x.dora().RotateWebhook(t.Context(), made.Number)
	if err != nil || rotated.Secret == made.Secret {
		t.Fatal(rotated, err)
	}
	x.records("a")
	x.sends()
	x.passes(24 * time.Hour)
	x.records("b")
	x.sends()
	calls := e.calls()
	if len(calls) != 2 {
		t.Fatalf("%d events arrived", len(calls))
	}
	for i, former := range []bool{true, false} {
		if !verifies(t, calls[i], rotated.Secret) || verifies(t, calls[i], made.Secret) != former {
			t.Errorf("%s is signed %v", calls[i].ID(), calls[i].header)
		}
	}
}

// forgetful is a switchboard that ends before it has taken note that an event has arrived.
type forgetful struct{ notify.Switchboard }

func (forgetful) Delivered(context.Context, service.DueEvent, service.Answer) error {
	return errors.New("killed")
}

func TestWebhooks_TellAgainUnderTheSameIDWhatNobodyTookNoteOf(t *testing.T) {
	t.Parallel()
	x, e := opensExchange(t, policy.Limite), listens(t)
	made := x.tells(e)
	x.records("a", "b")
	x.hooks.Board = forgetful{x.Service}
	if _, err := x.hooks.Send(t.Context()); err == nil {
		t.Fatal("nobody was killed")
	}
	x.hooks.Board = x.Service
	x.sends()
	x.hears(e, x.id(1), x.id(1), x.id(0))
	x.logs(made, x.id(1)+" delivered 1 200 ", x.id(0)+" delivered 1 200 ")
}

// Where LIMITE may not be told an event is that something was recorded, whatever was wanted before.
func TestWebhooks_TellNothingAboveTheMarking(t *testing.T) {
	t.Parallel()
	x, e := opensExchange(t, policy.Limite), listens(t)
	x.tells(e, "decide")
	all := x.tells(e)
	x.by(policy.Public)
	x.records("canary-by-sea")
	x.sends()
	calls := e.calls()
	if len(calls) == 0 {
		t.Fatal("nothing arrived")
	}
	for _, c := range calls {
		if strings.Contains(string(c.body), "canary") || strings.Contains(string(c.body), "open") || c.Type() != "eu.policycycle.recorded.v1" || c.Subject() != "" {
			t.Errorf("it tells %s", c.body)
		}
	}
	x.logs(all, x.id(0)+" delivered 1 200 ")
	if _, err := x.dora().MakeWebhook(t.Context(), service.Webhook{URL: e.URL, Kinds: []policy.EventKind{"decide"}}); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("what arrives tells of what kind it is (%v)", err)
	}
}

// Only those are told who may take out what it tells of, and read it when it leaves.
func TestWebhooks_TellWhatTheirPersonMayRead(t *testing.T) {
	t.Parallel()
	x, e := opensExchange(t, policy.Limite), listens(t)
	for _, body := range []policy.Body{"fr", policy.Europol, policy.Operator} {
		if _, err := x.as("mike", body).MakeWebhook(t.Context(), service.Webhook{URL: e.URL}); policy.CodeOf(err) != policy.CodeNotCompetent {
			t.Errorf("%s is told (%v)", body, err)
		}
	}
	closed := policytest.Cycle("closed")
	closed.Readers = &policy.Readers{Without: []policy.Body{policy.Presidency}}
	made, err := x.as("joana", policy.Presidency).MakeWebhook(t.Context(), service.Webhook{URL: e.URL})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.store.StartCycle(t.Context(), store.NewCycle{ID: "closed", Definition: closed, By: policy.Actor{Name: "Dora", Body: policy.GeneralSecretariat}, Now: x.now}); err != nil {
		t.Fatal(err)
	}
	x.records("a")
	x.sends()
	x.hears(e, x.id(0))
	all, err := x.as("joana", policy.Presidency).ListDeliveries(t.Context(), service.DeliveryFilter{Webhook: made.Number, Failed: true})
	if err != nil || len(all) != 1 || all[0].State != "withheld" || all[0].Event != "closed/1" {
		t.Errorf("%+v (%v)", all, err)
	}
	for _, other := range []service.Service{x.dora(), x.as("root", policy.Operator)} {
		if _, err := other.ListDeliveries(t.Context(), service.DeliveryFilter{Webhook: made.Number}); policy.CodeOf(err) != policy.CodeUnknown {
			t.Errorf("somebody else reads what was sent (%v)", err)
		}
		if _, err := other.RotateWebhook(t.Context(), made.Number); policy.CodeOf(err) != policy.CodeUnknown {
			t.Errorf("somebody else gets a secret (%v)", err)
		}
	}
	if err := x.as("root", policy.Operator).PauseWebhook(t.Context(), made.Number); err != nil {
		t.Errorf("who manages people cannot pause it: %v", err)
	}
}

// An event that tells of nothing tries a webhook.
func TestTryWebhook_SendsAnEventOfNothing(t *testing.T) {
	t.Parallel()
	x, e := opensExchange(t, policy.Limite), listens(t)
	made := x.tells(e)
	if _, err := x.dora().TryWebhook(t.Context(), made.Number); err != nil {
		t.Fatal(err)
	}
	x.sends()
	calls := e.calls()
	if len(calls) != 1 || calls[0].Type() != "eu.policycycle.test.v1" || !strings.HasPrefix(calls[0].ID(), "test/") || string(calls[0].Data()) != "{}" || !verifies(t, calls[0], made.Secret) {
		t.Errorf("%+v", calls)
	}
}
