package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/notify"
	"github.com/policycycle/policycycle/notify/notifytest"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/rehearsal"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	words "github.com/policycycle/policycycle/web/text"
	"github.com/policycycle/policycycle/worker"
)

// delivered is a mail on the day of the calendar on which it arrived.
type delivered struct {
	notifytest.Mail
	day   policy.Date
	waits bool // whether what it is about waited then
}

// mailroom rehearses a cycle with mail.
type mailroom struct {
	t   *testing.T
	h   *house
	svc *local.Service
	box *notifytest.Letterbox

	mu  sync.Mutex
	got []delivered
}

const mailed = "mailed-rehearsal-1"

// A rehearsed cycle in which everybody gets mail: nobody gets one late, twice, or about what was
// done already. The server for mail is away for a part of it: what it did not take arrives later,
// or was done meanwhile, and the calendar goes on.
func TestARehearsedCycleTellsEverybodyInTimeAndOnceEvenPastAServerForMailThatIsAway(t *testing.T) {
	t.Parallel()
	h := rooms(t, database(t, "mail"), "mail", nil, nil)
	h.works()
	m := &mailroom{t: t, h: h, svc: h.Mailing(local.Mail{Rehearsals: true}), box: notifytest.Open(t)}
	m.box.Seen = m.seen
	everybody := []policy.Actor{
		{Name: "mike", Body: policy.Europol}, {Name: "joana", Body: policy.Presidency}, {Name: "anna", Body: policy.COSI}, {Name: "carl", Body: policy.Council},
		{Name: "luc", Body: policy.Commission}, {Name: "sven", Body: "se"}, {Name: "claire", Body: "fr"}, {Name: "eva", Body: policy.SupportTeam},
	}
	for _, who := range everybody {
		choice := policy.MailChoice{Address: who.Name + "@example.eu", Kinds: policy.MailKinds[:3]}
		if _, err := as(t, m.svc, who).ChooseMail(t.Context(), choice); err != nil {
			t.Fatal(err)
		}
	}
	m.sendsMail()
	d := policytest.Cycle("mailed")
	if _, err := as(t, m.svc, anna).StartCycle(t.Context(), service.StartCycle{Definition: d, Rehearsal: &service.Rehearsal{Script: policy.DefaultScript, YearSeconds: 5}}); err != nil {
		t.Fatal(err)
	}
	m.plays()
	away, back := date("2021-08-25"), date("2021-09-10")
	eventually(t, "plans are drafted", func() bool { return !m.day().Before(away) })
	m.box.Close()
	eventually(t, "the calendar goes on without a server for mail", func() bool { return !m.day().Before(back) })
	m.box.OpenAgain(t)
	eventually(t, "the cycle is closed", func() bool {
		cycle, err := m.svc.FindCycle(t.Context(), mailed)
		return err == nil && cycle.Stage.Ended()
	})
	m.judge(away, back)
}

// sendsMail has mail sent until the test ends.
func (m *mailroom) sendsMail() {
	texts, err := words.Load()
	if err != nil {
		m.t.Fatal(err)
	}
	post := &notify.Post{
		Office: m.svc, Texts: texts, URL: "http://127.0.0.1", Domain: "example.eu", Marking: policy.Limite, Every: time.Minute, Pause: 50 * time.Millisecond, Clock: time.Now, Beat: worker.Beat, Log: zerolog.Nop(),
		Sender: notify.SMTP{Server: "127.0.0.1", Port: m.box.Port(), TLS: "none", From: "policycycle@example.eu"},
	}
	m.posts(post.Send)
}

// posts has something sent until the test ends.
func (m *mailroom) posts(send worker.Send) {
	m.until(func(ctx context.Context) error { return worker.ServePost(ctx, m.h.engine, send) })
}

func (m *mailroom) plays() {
	m.until(func(ctx context.Context) error { rehearsal.Play(ctx, m.svc, zerolog.Nop()); return nil })
}

// until does something until the test ends.
func (m *mailroom) until(do func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- do(ctx) }()
	m.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			m.t.Error(err)
		}
	})
}

func (m *mailroom) day() policy.Date {
	cycle, err := m.svc.FindCycle(m.t.Context(), mailed)
	if err != nil {
		return policy.Date{}
	}
	return cycle.Today
}

// seen takes note of a mail before its sender is answered: the calendar waits for that.
func (m *mailroom) seen(mail notifytest.Mail) {
	about := mail.Text[strings.Index(mail.Text, "/on/")+len("/on/"):]
	about = mailed + "/" + strings.TrimSpace(about[:strings.IndexByte(about, '\n')])
	open, err := m.svc.Inbox(m.t.Context(), service.InboxFilter{Cycle: mailed})
	waits := err == nil && slices.ContainsFunc(open, func(i service.InboxItem) bool { return i.Subject.String() == about })
	day := m.day()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.got = append(m.got, delivered{mail, day, waits})
}

// judge holds what has arrived against what was noted.
func (m *mailroom) judge(away, back policy.Date) {
	noted, err := m.svc.ListMails(m.t.Context(), service.MailFilter{})
	if err != nil {
		m.t.Fatal(err)
	}
	of, states, each := map[string]service.Mail{}, map[string]int{}, map[string]int{}
	for _, mail := range noted {
		of[fmt.Sprintf("<policycycle.%d@example.eu>", mail.Mail)] = mail
		states[mail.State]++
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	times, later := map[string]int{}, 0
	for _, got := range m.got {
		times[got.ID]++
		each[got.To+" "+of[got.ID].Kind]++
		on := policy.Latest(of[got.ID].On, m.got[0].day)                                         // the cycle is older than its rehearsal
		outage := !got.day.Before(away) && on.Before(back.AddDays(1)) || of[got.ID].Attempts > 1 // a busy machine did not take it in time
		switch {
		case times[got.ID] > 1:
			m.t.Errorf("%s got it %d times: %s", got.To, times[got.ID], got.Subject)
		case !got.waits:
			m.t.Errorf("%s is told on %s of what is done: %s (%+v)", got.To, got.day, got.Subject, of[got.ID])
		case got.day != on && !outage:
			m.t.Errorf("%s is told on %s of %s: %s (%+v)", got.To, got.day, on, got.Subject, of[got.ID])
		}
		if got.day != on {
			later++
		}
	}
	if states["sent"] != len(m.got) || states["refused"]+states["bounced"] > 0 {
		m.t.Errorf("%d mails arrived, and %v are noted", len(m.got), states)
	}
	if later == 0 {
		m.t.Errorf("nothing arrived after the server was back: %v", states)
	}
	m.t.Logf("%d mails arrived, %d of them after the server was back; noted are %v; %v", len(m.got), later, states, each)
}
