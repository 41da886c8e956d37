package e2e_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/policycycle/policycycle/e2e/browser"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/remote"
)

// firearmsPlan brings the OAP on firearms before COSI.
func (r *reception) firearmsPlan(t *testing.T, cycle string) policy.Subject {
	t.Helper()
	r.starts(kept(cycle))
	r.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	r.awaits(oap, policy.StateDrafting)
	r.hands("se", oap, cleanPlanDate, assessed(twoActions()))
	r.awaits(oap, policy.StateDeciding)
	return oap
}

func TestWhoRecordsAnOutcomeSeesFirstWhatItRestsOn(t *testing.T) {
	t.Parallel()
	r := receives(t)
	oap := r.firearmsPlan(t, "pages-rests")
	r.decides(policy.COSI, oap, policy.ReferredBack, "2021-11-20")
	second := assessed(twoActions())
	second.Actions[1].Title = "Tell dealers and hunters"
	r.hands("se", oap, "2021-11-25", second)
	r.awaits(oap, policy.StateDeciding)
	nina := r.signsIn(t, "Nina", "France", browser.Options{})
	nina.goes("/cycles/pages-rests/on/oap/2022/firearms")
	nina.Click("Position of a delegation")
	nina.Choose("Position", "scrutiny reservation")
	nina.Fill("Date", "2021-11-26")
	nina.Fill("Comment", "the parliament has not spoken")
	nina.checks(t, "a position", browser.Options{})
	nina.Click("Record the position")
	nina.See("The position is recorded.")

	anna := r.signsIn(t, "Anna", "General Secretariat", browser.Options{})
	anna.goes("/cycles/pages-rests/on/oap/2022/firearms")
	anna.See("the parliament has not spoken")
	for _, first := range []string{"differences", "positions"} {
		if !anna.Holds("!!(document.getElementById('" + first + "').compareDocumentPosition(document.getElementById('decide')) & Node.DOCUMENT_POSITION_FOLLOWING)") {
			t.Errorf("the %s stand below the form", first)
		}
	}
	if anna.Has("took note") {
		t.Error("COSI is offered to take note of an OAP, which settles nothing")
	}
	anna.Click("referred back")
	anna.Fill("Register number", "EX 14001/21 INIT")
	anna.Fill("Date", "2021-12-01")
	anna.Click("Record the outcome")
	if anna.Status() != 422 || !anna.Holds("document.querySelector('[name=document]').value === 'EX 14001/21 INIT'") {
		t.Errorf("referring back without a reason: status %d\n%s", anna.Status(), anna.Text())
	}
	anna.checks(t, "a refused outcome", browser.Options{})
}

func TestAWrongEntryIsCorrectedAndEveryFactLeadsOn(t *testing.T) {
	t.Parallel()
	r := receives(t)
	oap := r.firearmsPlan(t, "pages-rectify")
	r.decides(policy.COSI, oap, policy.Adopted, "2021-12-08")
	r.awaits(oap, policy.StateClosed)
	cleo := r.signsIn(t, "Cleo", "General Secretariat", browser.Options{})
	cleo.goes("/cycles/pages-rectify/on/oap/2022/firearms")
	cleo.Click("Correct this entry")
	cleo.See("Correct how the outcome was recorded")
	if !cleo.Holds("document.querySelector('[name=document]').value === 'ST 8665/21 INIT' && document.querySelector('[name=outcome]:checked').value === 'adopted'") {
		t.Error("the form does not begin with what was recorded")
	}
	cleo.Fill("Register number", "EX 8666/21 INIT")
	cleo.Click("Record the outcome")
	cleo.See("It takes effect once a second person has confirmed it.")
	dora := r.signsIn(t, "Dora", "General Secretariat", browser.Options{})
	dora.goes("/cycles/pages-rectify/on/oap/2022/firearms")
	dora.checks(t, "an outcome that waits", browser.Options{})
	dora.Click("Confirm")
	dora.See("corrected by a later entry")
	dora.See("corrects an earlier entry")

	dora.Click("On version 1")
	dora.See("Trace firearms")
	dora.goes("/cycles/pages-rectify/on/oap/2022/firearms")
	dora.Click("In the audit trail")
	if !dora.Holds(`(row => row.innerText.includes('oap/2022/firearms') && row.innerText.includes('outcome recorded') &&
		row.getBoundingClientRect().top < innerHeight)(document.getElementById('here'))`) {
		t.Errorf("the link to the trail does not lead to the line:\n%s", dora.Text())
	}
	dora.goes("/cycles/pages-rectify/on/oap/2022/firearms")
	dora.Click("Cleo@general-secretariat")
	dora.See("Cleo")
	if dora.Holds("[...document.querySelectorAll('tbody th')].some(e => e.innerText.includes('Dora'))") {
		t.Error("the name of one person leads to others too")
	}
	if found, err := r.FindSubject(t.Context(), oap); err != nil || len(found.Decisions) != 2 || found.Decisions[1].Reference != "EX 8666/21 INIT" {
		t.Errorf("%+v %v", found, err)
	}
}

func TestAnOutcomeIsRecordedByKeyboardAloneAndConfirmedWithoutScripts(t *testing.T) {
	t.Parallel()
	r := receives(t)
	oap := r.firearmsPlan(t, "pages-keyboard")
	anna := r.signsIn(t, "Anna", "General Secretariat", browser.Options{})
	anna.TabTo("OAP 2022 Firearms")
	anna.Press(browser.Enter)
	anna.See("Record what COSI concluded")
	anna.TabTo("adopted")
	anna.Press(browser.Space)
	anna.TabTo("Register number")
	anna.Press("EX 14001/21")
	anna.TabTo("Record the outcome")
	anna.Press(browser.Enter)
	anna.See("It takes effect once a second person has confirmed it.")
	if anna.Clicks() > 1 { // the one by which she logged in
		t.Errorf("%d clicks", anna.Clicks())
	}
	bert := r.signsIn(t, "Bert", "General Secretariat", browser.Options{NoScript: true})
	bert.Click("OAP 2022 Firearms")
	bert.Click("Confirm")
	bert.See("settled, adopted")
	r.awaits(oap, policy.StateClosed)
}

func TestWhoMayNotActSeesNoButtonAndIsRefusedByTheAPI(t *testing.T) {
	t.Parallel()
	r := receives(t)
	oap := r.firearmsPlan(t, "pages-not")
	server := httptest.NewServer(r.programs())
	t.Cleanup(server.Close)
	anna := r.signsIn(t, "Anna", "General Secretariat", browser.Options{})
	anna.goes("/cycles/pages-not/on/oap/2022/firearms")
	if !anna.Has("Record the outcome") {
		t.Fatal("the General Secretariat is not offered to record the outcome")
	}
	for _, who := range []struct{ name, body, key string }{{"Nina", "France", "fr"}, {"Jean", "Commission", "commission"}, {"Eva", "Court of Auditors", "court-of-auditors"}} {
		p := r.signsIn(t, who.name, who.body, browser.Options{})
		p.goes("/cycles/pages-not/on/oap/2022/firearms")
		p.See("before a body")
		if p.Has("Record the outcome") {
			t.Errorf("%s is offered to record what COSI concluded", who.body)
		}
		p.Close()
		asks := &remote.Service{URL: server.URL, Client: server.Client(), Name: who.name + "@" + who.key}
		_, err := asks.Decide(t.Context(), adoption(policy.COSI, oap, policy.Adopted, "2021-12-08"))
		if policy.CodeOf(err) != policy.CodeNotCompetent {
			t.Errorf("%s records over the API: %v", who.body, err)
		}
	}
	nina := r.signsIn(t, "Nina", "France", browser.Options{})
	status := nina.Number(`fetch('/cycles/pages-not/decide/oap/2022/firearms', {method: 'POST', headers: {'Content-Type': 'application/x-www-form-urlencoded'},
		body: 'body=cosi&outcome=adopted&document=ST+8665/21+INIT&version=1'}).then(r => r.status)`)
	if status != 403 {
		t.Errorf("a form sent by who may not act is answered with %d", status)
	}
	if found, err := r.FindSubject(t.Context(), oap); err != nil || len(found.Decisions) > 0 {
		t.Errorf("something was recorded: %+v %v", found, err)
	}
}

// What fails of a whole meeting is told item by item, in the language of the reader.
func TestWhatFailsOfAMeetingIsToldItemByItem(t *testing.T) {
	t.Parallel()
	r := receives(t)
	oap := r.firearmsPlan(t, "pages-part")
	anna := r.signsIn(t, "Anna", "General Secretariat", browser.Options{})
	anna.goes("/cycles/pages-part/meetings/cosi-2021-12")
	anna.chooses("de")
	anna.See("Abmelden")
	anna.Choose("Ergebnis", "zurückverwiesen") // for which a reason is due
	anna.Click("Alle setzen")
	anna.Fill("Registernummer", "EX 14900/21 INIT")
	anna.Click("1 Ergebnis erfassen")
	anna.See("OAP 2022 Firearms: ")
	if text := anna.Text(); anna.Status() != 422 || strings.Contains(text, "say why") {
		t.Errorf("status %d:\n%s", anna.Status(), text)
	}
	if found, err := r.FindSubject(t.Context(), oap); err != nil || len(found.Decisions) > 0 {
		t.Errorf("something was recorded: %+v %v", found, err)
	}
}

func TestAPageOnPaperHoldsWhatItTellsAndNoButtons(t *testing.T) {
	t.Parallel()
	r := receives(t)
	r.firearmsPlan(t, "pages-paper")
	nina := r.signsIn(t, "Nina", "France", browser.Options{})
	nina.goes("/cycles/pages-paper/states/fr")
	shows := `(name => [...document.querySelectorAll(name)].some(e => e.getClientRects().length > 0))`
	nina.OnPaper(func() {
		if !nina.Holds(shows + `('form table th')`) {
			t.Error("what waits for an answer is not on paper")
		}
		if nina.Holds(shows+`('button')`) || nina.Holds(shows+`('header.top')`) {
			t.Error("buttons and the way to other pages are on paper")
		}
	})
}

// An open page is read while it changes: what its reader opened stays open, what has
// the focus keeps it, and the badge comes and goes.
func TestAPageThatChangesDoesNotDisturbItsReader(t *testing.T) {
	t.Parallel()
	r := receives(t)
	cycle := "pages-calm"
	r.starts(past(cycle))
	r.awaits(at(cycle, "assessment"), policy.StateDrafting)
	pia := r.signsIn(t, "Pia", "Presidency", browser.Options{})
	if pia.Holds("document.querySelector('.badge') !== null") {
		t.Error("something waits for the Presidency before Europol has delivered")
	}
	pia.goes("/cycles/" + cycle)
	pia.Click("The timeline as a table")
	pia.Holds("(document.querySelector('[data-live=timeline] table a').focus(), true)")
	still := r.signsIn(t, "Paul", "Presidency", browser.Options{})
	still.Holds(`(() => { const s = document.getElementById('updates'); s.value = 'off'; s.form.submit(); return true })()`)
	eventually(t, "the page is to keep still", func() bool { return still.Holds("document.querySelector('body[data-updates=off]') !== null") })
	still.goes("/cycles/" + cycle)

	r.pages.follows(t, cycle)
	r.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	pia.See("priority setting")
	eventually(t, "the badge comes", func() bool { return pia.Holds("document.querySelector('.badge') !== null") })
	if !pia.Holds("document.querySelector('[data-live=timeline] details').open") {
		t.Error("the table that was opened is shut")
	}
	if !pia.Holds("document.activeElement.closest('[data-live=timeline]') !== null") {
		t.Error("what had the focus lost it")
	}
	still.SeeNot("priority setting, since")
	r.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	eventually(t, "the badge goes", func() bool { return pia.Holds("document.querySelector('.badge') === null") })
}

func TestWhoHasNotReportedIsRemindedAtAClick(t *testing.T) {
	t.Parallel()
	r := receives(t)
	oap := r.firearmsPlan(t, "pages-remind")
	r.decides(policy.COSI, oap, policy.Adopted, "2021-12-08")
	report := at("pages-remind", "report/2022/firearms/final")
	r.awaits(report, policy.StateDrafting)
	sven := r.signsIn(t, "Sven", "Sweden", browser.Options{})
	sven.goes("/cycles/pages-remind/on/report/2022/firearms/final")
	sven.checks(t, "an open round", browser.Options{})
	sven.Click("Remind France of action 1.2")
	sven.See("France has been reminded.")
	found, err := r.FindSubject(t.Context(), report)
	if err != nil {
		t.Fatal(err)
	}
	asked := func(n service.Notice) bool { return n.Kind == policy.NoticeAsked && len(n.To) == 1 && n.To[0] == "fr" }
	told := 0
	for _, n := range found.Notices {
		if asked(n) {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the reminders are %+v", found.Notices)
	}
}

// dropping is an address at which the stream of changes of a cycle is dropped, and not
// let in again until told so.
type dropping struct {
	http.Handler
	cycle                      string
	open, drop, dropped, again chan struct{}
}

func (d *dropping) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/events" || r.URL.Query().Get("cycle") != d.cycle {
		d.Handler.ServeHTTP(w, r)
		return
	}
	select {
	case <-d.open: // this is another attempt
		select {
		case <-d.again:
			d.Handler.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
		return
	default:
		defer close(d.dropped)
	}
	ctx, end := context.WithCancel(r.Context())
	defer end()
	go func() {
		select {
		case <-d.drop:
			end()
		case <-ctx.Done():
		}
	}()
	d.Handler.ServeHTTP(&begun{w, sync.OnceFunc(func() { close(d.open) })}, r.WithContext(ctx))
}

// begun is an answer that tells when it is written to.
type begun struct {
	http.ResponseWriter
	tell func()
}

func (b *begun) Unwrap() http.ResponseWriter { return b.ResponseWriter }

func (b *begun) Write(p []byte) (int, error) {
	defer b.tell()
	return b.ResponseWriter.Write(p)
}

// Whoever had no connection for a while sees what happened meanwhile.
func TestAPageShowsWhatHappenedWhileItHadNoConnection(t *testing.T) {
	t.Parallel()
	r := receives(t)
	const cycle = "pages-lost"
	d := &dropping{r.pages, cycle, make(chan struct{}), make(chan struct{}), make(chan struct{}), make(chan struct{})}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	r.url = server.URL
	r.starts(past(cycle))
	r.awaits(at(cycle, "assessment"), policy.StateDrafting)
	anna := r.signsIn(t, "Anna", "General Secretariat", browser.Options{})
	anna.goes("/cycles/" + cycle)
	anna.See("threat assessment, since")
	<-d.open
	close(d.drop)
	<-d.dropped
	r.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	close(d.again)
	anna.See("priority setting, since")
}
