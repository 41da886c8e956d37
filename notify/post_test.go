package notify_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/notify"
	"github.com/policycycle/policycycle/notify/notifytest"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
	"github.com/policycycle/policycycle/web/text"
)

// office is a cycle, a letterbox, and what sends mail between them.
type office struct {
	t     *testing.T
	store *store.Store
	*local.Service
	box  *notifytest.Letterbox
	post *notify.Post
	now  time.Time
}

const cycle = "empact"

func opensOffice(t *testing.T) *office {
	t.Helper()
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, store: storetest.New(t), box: notifytest.Open(t)}
	o.on("2021-01-05")
	o.Service = local.New(o.store, nil, nil).Mailing(local.Mail{Domains: []string{"example.eu"}}).At(func() time.Time { return o.now })
	o.post = &notify.Post{
		Office: o.Service, Texts: texts, URL: "https://cycle.example.eu", Domain: "example.eu", Marking: policy.Limite, Daily: 7 * time.Hour, Every: time.Minute,
		Sender: notify.SMTP{Server: "127.0.0.1", Port: o.box.Port(), TLS: "none", From: "policycycle@example.eu"},
		Clock:  func() time.Time { return o.now }, Beat: func(context.Context) {}, Log: zerolog.Nop(),
	}
	start := store.NewCycle{ID: cycle, Definition: policytest.Cycle(cycle), By: policy.Actor{Name: "Dora", Body: policy.GeneralSecretariat}, Now: o.now}
	if _, err := o.store.StartCycle(t.Context(), start); err != nil {
		t.Fatal(err)
	}
	o.looks()
	return o
}

// on has it be noon of a day in Brussels.
func (o *office) on(day string) {
	o.now = policytest.Date(day).Time(policy.Brussels).Add(12 * time.Hour)
}

var run = policy.Run{Kind: policy.RunCycle, Cycle: cycle}

// looks has the run of the cycle look at the record, and remind of what is due.
func (o *office) looks() {
	o.t.Helper()
	orders, err := o.store.Reconcile(o.t.Context(), run, o.now)
	for err == nil && len(orders.Notices) > 0 && !orders.Notices[0].At.After(o.now) {
		orders, err = o.store.Remind(o.t.Context(), run, o.now, orders.Notices[0])
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// hands records that Europol hands the threat assessment in.
func (o *office) hands(day string) {
	o.t.Helper()
	o.on(day)
	who, err := o.store.PrincipalOf(o.t.Context(), policy.Actor{Name: "mike", Body: policy.Europol})
	if err != nil {
		o.t.Fatal(err)
	}
	act := policy.Act{Kind: policy.ActSubmit, By: who.Actor, Subject: policytest.Subject(cycle, "assessment"), Date: policytest.Date(day), Document: "EX 1/21 INIT"}
	e, err := evidence.Enclose("", "cycle/"+cycle, act, o.now)
	if err != nil {
		o.t.Fatal(err)
	}
	answer, err := o.store.Record(o.t.Context(), store.Recording{Run: run, Now: o.now, Channel: protocol.ChannelUpdate, Envelope: e})
	if err != nil || answer.Refusal != nil {
		o.t.Fatal(err, answer.Refusal)
	}
}

// chooses has somebody say what they get.
func (o *office) chooses(name string, body policy.Body, kinds ...policy.MailKind) {
	o.t.Helper()
	s, err := service.As(o.t.Context(), o.Service, policy.Actor{Name: name, Body: body})
	if err == nil {
		_, err = s.ChooseMail(o.t.Context(), policy.MailChoice{Address: name + "@example.eu", Kinds: kinds})
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// sends does a round, and gives what has arrived.
func (o *office) sends() []notifytest.Mail {
	o.t.Helper()
	if _, err := o.post.Send(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	return o.box.Arrived()
}

// mails lists all mails by what became of them.
func (o *office) mails(state string) (of []service.Mail) {
	o.t.Helper()
	all, err := o.ListMails(o.t.Context(), service.MailFilter{})
	if err != nil {
		o.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(m service.Mail) bool { return m.State != state })
}

// what is a mail in a word or two.
func what(mails []notifytest.Mail) string {
	said := make([]string, len(mails))
	for i, m := range mails {
		said[i] = m.To + ": " + m.Subject
	}
	return strings.Join(said, "\n")
}

// Of what waits already nobody is told who has just chosen to get mail; of each turn and
// reminder after that once, and of nothing that is done.
func TestSend_TellsOfEachTurnAndReminderOnceAndOfNothingThatIsDone(t *testing.T) {
	t.Parallel()
	o := opensOffice(t)
	o.chooses("mike", policy.Europol, policy.MailKinds[:3]...)
	o.chooses("joana", policy.Presidency, policy.MailKinds[:3]...)
	if mails := o.sends(); len(mails) != 0 {
		t.Errorf("of what waited before is told: %s", what(mails))
	}
	seen := map[string]int{}
	for day := policytest.Date("2021-03-20"); !day.After(policytest.Date("2021-06-15")); day = day.AddDays(1) {
		o.on(day.String())
		o.looks()
		if day == policytest.Date("2021-06-01") {
			o.hands(day.String())
			o.looks()
		}
		for _, m := range append(o.sends(), o.sends()...) {
			seen[m.ID]++
			if m.To == "mike@example.eu" && !day.Before(policytest.Date("2021-06-01")) {
				t.Errorf("on %s Europol, which has handed in, is told: %s", day, m.Subject)
			}
			if !strings.Contains(m.Text, "https://cycle.example.eu/cycles/empact/on/") || m.Header.Get("Auto-Submitted") != "auto-generated" {
				t.Errorf("the mail says %s", m.Text)
			}
			t.Log(day, m.To, m.Subject)
		}
	}
	for id, times := range seen {
		if times > 1 {
			t.Errorf("%s arrived %d times", id, times)
		}
	}
	kinds := map[string]int{}
	for _, m := range o.mails("sent") {
		kinds[m.To+" "+m.Kind]++
	}
	for _, k := range []string{"mike@europol reminder", "joana@presidency escalation", "joana@presidency invitation"} {
		if kinds[k] == 0 {
			t.Errorf("nobody got %s: %v", k, kinds)
		}
	}
}

// A server for mail that is away keeps nobody from anything: what it did not take waits, arrives
// later, and is dropped where it was done meanwhile.
func TestSend_KeepsWhatCannotLeaveUntilItIsDone(t *testing.T) {
	t.Parallel()
	o := opensOffice(t)
	o.chooses("mike", policy.Europol, policy.MailReminder)
	o.sends()
	o.box.Close()
	o.on("2021-04-12") // the day on which it is due
	o.looks()
	o.sends()
	if waiting := o.mails("waiting"); len(waiting) != 1 || waiting[0].Attempts != 1 || waiting[0].Said == "" || !waiting[0].Next.After(o.now) {
		t.Fatalf("%+v waits", waiting)
	}
	o.box.OpenAgain(t)
	if mails := o.sends(); len(mails) != 0 {
		t.Errorf("it is tried again at once: %s", what(mails))
	}
	o.now = o.now.Add(2 * time.Minute)
	if mails := o.sends(); len(mails) != 1 || !strings.Contains(mails[0].Subject, "Due today") {
		t.Errorf("later arrives %q", what(mails))
	}

	o.box.Close()
	o.on("2021-04-13")
	o.looks()
	o.sends()
	o.hands("2021-04-14")
	o.looks()
	o.box.OpenAgain(t)
	if mails := o.sends(); len(mails) != 0 || len(o.mails("overtaken")) != 1 || len(o.mails("waiting")) != 0 {
		t.Errorf("of what is done is told: %q; %+v", what(mails), o.mails("overtaken"))
	}
}

// What a server refuses is not tried again, and shown with what it said; what comes back is
// shown, too.
func TestSend_ShowsWhatIsRefusedAndWhatComesBack(t *testing.T) {
	t.Parallel()
	o := opensOffice(t)
	o.chooses("mike", policy.Europol, policy.MailReminder)
	o.sends()
	o.box.Says(&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox\x00\xff" + strings.Repeat("é", 300)})
	o.on("2021-04-12")
	o.looks()
	o.sends()
	refused := o.mails("refused")
	if len(refused) != 1 || !strings.Contains(refused[0].Said, "no such mailbox") || len(refused[0].Said) > 500 {
		t.Fatalf("%+v is refused", refused)
	}
	o.box.Says(nil)
	o.now = o.now.Add(48 * time.Hour)
	o.looks()
	mails := o.sends()
	if len(mails) != 1 {
		t.Fatalf("%s arrives", what(mails))
	}
	bounce, err := notify.ReadBounce(strings.NewReader("Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" +
		"Final-Recipient: rfc822; mike@example.eu\r\nAction: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 mailbox full\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: " + mails[0].ID + "\r\n\r\n--b--\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	bounce.Said += "\x00"
	who, err := o.PrincipalOf(t.Context(), policy.Actor{Name: "root", Body: policy.Operator})
	if err == nil {
		err = o.As(who).BounceMail(t.Context(), bounce)
	}
	if back := o.mails("bounced"); err != nil || len(back) != 1 || !strings.Contains(back[0].Said, "mailbox full") {
		t.Errorf("%+v came back (%v)", back, err)
	}
	if err := o.As(policy.Principal{}).BounceMail(t.Context(), bounce); policy.CodeOf(err) != policy.CodeNotIdentified {
		t.Errorf("anybody says what came back: %v", err)
	}
	for _, no := range []string{"", "Subject: Hello\r\n\r\nHello", "Action: failed\r\n"} {
		if _, err := notify.ReadBounce(strings.NewReader(no)); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%q is taken for one: %v", no, err)
		}
	}
}

// The daily mail comes once a day, after its hour, and not where there is nothing to say.
func TestSend_SendsTheDailyMailOnceADay(t *testing.T) {
	t.Parallel()
	o := opensOffice(t)
	o.chooses("mike", policy.Europol, policy.MailDaily)
	o.now = policytest.Date("2021-02-01").Time(policy.Brussels).Add(6 * time.Hour)
	if mails := o.sends(); len(mails) != 0 {
		t.Errorf("before its hour comes %s", what(mails))
	}
	o.now = o.now.Add(2 * time.Hour)
	first := append(o.sends(), o.sends()...)
	if len(first) != 1 || !strings.Contains(first[0].Text, "1 thing waits for you") {
		t.Errorf("%s", what(first))
	}
	o.hands("2021-02-01")
	o.looks()
	o.on("2021-02-02")
	if mails := o.sends(); len(mails) != 1 || !strings.Contains(mails[0].Text, "handed in empact/assessment") {
		t.Errorf("%+v", mails)
	}
	o.on("2021-02-04")
	if mails := o.sends(); len(mails) != 0 {
		t.Errorf("there is nothing to say, and it says %+v", mails)
	}
}

// Where LIMITE may not leave, a mail says no more than a published calendar: what is due when.
func TestSend_TellsNoMoreThanMayLeave(t *testing.T) {
	t.Parallel()
	o := opensOffice(t)
	o.post.Marking = policy.Public
	o.chooses("mike", policy.Europol, policy.MailKinds...)
	o.chooses("joana", policy.Presidency, policy.MailKinds...)
	o.sends()
	var mails []notifytest.Mail
	for _, day := range []string{"2021-03-29", "2021-04-12", "2021-04-13", "2021-05-12"} {
		o.on(day)
		o.looks()
		mails = append(mails, o.sends()...)
	}
	o.hands("2021-05-13")
	o.looks()
	mails = append(mails, o.sends()...)
	if len(mails) < 6 {
		t.Errorf("there come %s", what(mails))
	}
	for _, m := range mails {
		for _, above := range []string{"LIMITE", "turn", "verdue", "not done", "Before", "handed in", "decided on"} {
			if strings.Contains(m.Subject+m.Text, above) {
				t.Errorf("%q is told: %s\n%s", above, m.Subject, m.Text)
			}
		}
	}
}

// Who wants more than before is not told of all that waits already, nor is anybody at an address to
// which mail may not leave any more.
func TestSend_KeepsFromWhoChoosesAnewWhatTheyKnow(t *testing.T) {
	t.Parallel()
	o := opensOffice(t)
	o.chooses("mike", policy.Europol, policy.MailReminder)
	o.sends()
	o.chooses("mike", policy.Europol, policy.MailReminder, policy.MailInvitation)
	if mails := o.sends(); len(mails) != 0 {
		t.Errorf("of what waited before is told: %s", what(mails))
	}
	o.post.Office = o.Mailing(local.Mail{Domains: []string{"elsewhere.eu"}})
	o.on("2021-04-12")
	o.looks()
	if mails := o.sends(); len(mails) != 0 {
		t.Errorf("mail leaves to %s", what(mails))
	}
}

func TestChooseMail_RefusesWhatNoMailCanFollow(t *testing.T) {
	t.Parallel()
	o := opensOffice(t)
	s, err := service.As(t.Context(), o.Service, policy.Actor{Name: "mike", Body: policy.Europol})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []policy.MailChoice{
		{Address: "nobody", Kinds: policy.MailKinds}, {Kinds: policy.MailKinds}, {Address: "mike@elsewhere.org", Kinds: policy.MailKinds},
		{Address: "Mike <mike@example.eu>", Kinds: policy.MailKinds}, {Address: "mike@example.eu\r\nBcc: all@example.eu", Kinds: policy.MailKinds}, {Address: "mike@example.eu", Kinds: []policy.MailKind{"spam"}},
	} {
		if _, err := s.ChooseMail(t.Context(), c); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
	none := local.New(o.store, nil, nil)
	s, err = service.As(t.Context(), none, policy.Actor{Name: "mike", Body: policy.Europol})
	if err == nil {
		_, err = s.ChooseMail(t.Context(), policy.MailChoice{Address: "mike@example.eu", Kinds: policy.MailKinds})
	}
	if policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), "mail.server") {
		t.Errorf("where no mail leaves: %v", err)
	}
	if _, err := o.Service.As(policy.Principal{}).ChooseMail(t.Context(), policy.MailChoice{}); !errors.As(err, new(*policy.Error)) {
		t.Errorf("the public gets mail: %v", err)
	}
}
