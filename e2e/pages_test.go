package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/e2e/browser"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/web"
)

// reception is a house with pages, on records of its own.
type reception struct {
	*fortress
	pages   *listening
	url     string
	browser *browser.Browser
}

// receives opens the pages of a house in which names are believed.
func receives(t *testing.T) *reception {
	t.Helper()
	f := defends(t, true)
	f.works()
	ending := make(chan struct{})
	pages, err := web.New(web.Options{
		Service:  f.Service,
		Sessions: identity.NewSessions(identity.SessionOptions{Store: f.store.Sessions(), Lasts: time.Hour}),
		Principal: func(ctx context.Context, who *identity.Identified, body policy.Body) (policy.Principal, error) {
			return f.store.PrincipalOf(ctx, policy.Actor{Name: who.Name, Body: body})
		},
		Keys: f.ring, Ending: ending, Log: zerolog.New(os.Stderr).Level(zerolog.ErrorLevel),
	})
	if err != nil {
		t.Fatal(err)
	}
	door := f.listening(pages)
	server := httptest.NewServer(door)
	t.Cleanup(func() { close(ending); server.Close() })
	return &reception{fortress: f, pages: door, url: server.URL, browser: browser.Start(t)}
}

// official is somebody at a window of their own.
type official struct {
	*browser.Page
	url string
}

// signsIn opens a window in which somebody is logged in.
func (r *reception) signsIn(tb testing.TB, name, body string, o browser.Options) *official {
	tb.Helper()
	p := &official{r.browser.NewPage(tb, o), r.url}
	p.Open(r.url + "/login")
	p.Fill("Name", name)
	p.Choose("Body", body)
	p.Click("Log in")
	p.See("Policy cycles")
	p.See(name)
	return p
}

func (p *official) goes(path string) { p.Open(p.url + path) }

// awaits waits until a subject is open for submission or decision.
func (h *house) awaits(subject policy.Subject, state policy.State) {
	h.tb.Helper()
	eventually(h.tb, subject.String()+" is "+string(state), func() bool {
		found, err := h.FindSubject(h.tb.Context(), subject)
		return err == nil && found.State == state
	})
}

const cleanPlanDate = "2021-11-01"

func TestAnOutcomeGoesFromTheInboxToTheTrailInFourClicks(t *testing.T) {
	t.Parallel()
	r := receives(t)
	cycle := "pages-outcome"
	r.starts(kept(cycle))
	r.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	r.awaits(oap, policy.StateDrafting)
	r.hands("se", oap, cleanPlanDate, assessed(twoActions()))

	anna := r.signsIn(t, "Anna", "General Secretariat", browser.Options{})
	anna.ResetClicks()
	anna.Click("OAP 2022 Firearms")
	anna.See("The decision is on exactly this")
	anna.Click("referred back")
	anna.Fill("Register number", "EX 14001/21 INIT")
	anna.Fill("Comment or reason", "the second action lacks its participants")
	anna.Click("Record the outcome")
	anna.See("It takes effect once a second person has confirmed it.")
	if anna.Clicks() > 4 {
		t.Errorf("a routine outcome took %d clicks", anna.Clicks())
	}
	if anna.Has("Confirm") {
		t.Error("who recorded an outcome is offered to confirm it")
	}
	bert := r.signsIn(t, "Bert", "General Secretariat", browser.Options{})
	bert.Click("OAP 2022 Firearms")
	bert.See("EX 14001/21 INIT")
	bert.Click("Confirm")
	bert.See("now to be handed in by Sweden")

	driver := r.signsIn(t, "Dagny", "Sweden", browser.Options{NoScript: true}) // works without JavaScript
	driver.Click("OAP 2022 Firearms")
	driver.Click("Write the draft here")
	driver.Click("Edit action 1.2")
	driver.Fill("Title", "Tell dealers and hunters")
	driver.Click("Save the draft")
	driver.See("The draft is saved.")
	driver.Fill("Register number", "EX 14001/21 REV 1")
	driver.Click("Hand in")
	driver.See("now before COSI")

	anna.goes("/inbox")
	anna.Click("OAP 2022 Firearms")
	anna.See("What differs between version 1 and version 2")
	anna.See("Tell dealers and hunters")
	anna.Click("adopted")
	anna.Fill("Register number", "EX 14001/21 REV 1")
	anna.Click("Record the outcome")
	anna.See("It takes effect once")
	bert.goes("/")
	bert.Click("OAP 2022 Firearms")
	bert.Click("Confirm")
	bert.See("settled, adopted")
	bert.goes("/cycles/" + cycle)
	bert.Click("The timeline as a table")
	if !bert.Holds(`[...document.querySelectorAll('[data-live=timeline] tr')].some(row => row.innerText.includes('OAP 2022 Firearms') && row.innerText.includes('adopted') && row.querySelectorAll('time').length === 2)`) {
		t.Errorf("the timeline does not tell when the OAP was adopted:\n%s", bert.Text())
	}

	eva := r.signsIn(t, "Eva", "Court of Auditors", browser.Options{})
	eva.goes("/cycles/" + cycle + "/trail")
	eva.Click("Verify")
	eva.See("The record stands up")
	if eva.Number(`[...document.querySelectorAll('[data-live=trail] tr')].filter(row => row.innerText.includes('oap/2022/firearms') && row.innerText.includes('outcome recorded')).length`) != 2 {
		t.Errorf("the trail does not tell of both outcomes:\n%s", eva.Text())
	}
	for _, p := range []*official{anna, bert, driver, eva} {
		if problems := p.Problems(); len(problems) > 0 {
			t.Errorf("the browser complains: %q", problems)
		}
	}
}

func TestACoordinatorConfirmsInBulkAndAWholeMeetingIsRecordedInOnePass(t *testing.T) {
	t.Parallel()
	r := receives(t)
	cycle := "pages-meeting"
	r.starts(kept(cycle))
	r.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	r.awaits(oap, policy.StateDrafting)
	r.hands("se", oap, cleanPlanDate, assessed(twoActions()))

	nina := r.signsIn(t, "Nina", "France", browser.Options{})
	nina.Click("National sheet")
	nina.Click("A cycle of the past")
	nina.See("actions wait for an answer")
	if nina.Holds(`[...document.querySelectorAll('main select')].some(s => s.value !== '' && s.name.startsWith('answer-'))`) {
		t.Error("an answer is chosen at first")
	}
	nina.See("Record the answers")
	nina.Choose("Answer", "confirmed")
	nina.Fill("Contribution", "two investigators")
	nina.Click("Set all")
	nina.Click("Confirm 2 actions")
	nina.See("2 answers are recorded.")
	nina.See("0 actions wait for an answer")

	pia := r.signsIn(t, "Pia", "Presidency", browser.Options{})
	pia.goes("/cycles/" + cycle + "/meetings")
	pia.Click("COSI, December 2021")
	pia.See("No item on monitoring is on the agenda yet")
	pia.Click("Put monitoring on the agenda")
	pia.See("It stands on the agenda.")
	if pia.Has("Record the outcomes") {
		t.Error("the Presidency is offered to record what COSI concluded")
	}

	anna := r.signsIn(t, "Anna", "General Secretariat", browser.Options{})
	anna.goes("/cycles/" + cycle + "/meetings/cosi-2021-12")
	anna.Click("Draft the outcome")
	anna.Fill("Register number", "EX 14900/21 INIT")
	anna.Click("Record 1 outcome")
	anna.See("1 outcome is recorded.")
	anna.See("awaits a second person")
	anna.SeeNot("Put on the agenda: OAP")
	bert := r.signsIn(t, "Bert", "General Secretariat", browser.Options{})
	bert.goes("/cycles/" + cycle + "/meetings/cosi-2021-12")
	bert.Choose("Your answer", "confirm")
	bert.Click("Set all")
	bert.Click("Confirm 1 outcome")
	bert.See("1 answer is recorded.")
	bert.See("What the meeting concluded")
	bert.See("EX 14900/21 INIT")
	bert.See("in effect")
	r.awaits(oap, policy.StateClosed)
}

func TestOfTwoOfficialsAtOnceOneWinsAndTheOtherIsTold(t *testing.T) {
	t.Parallel()
	r := receives(t)
	cycle := "pages-race"
	r.starts(past(cycle))
	r.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	r.awaits(at(cycle, "priorities"), policy.StateDrafting)
	r.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	path := "/cycles/" + cycle + "/on/priorities"

	desks := []*official{r.signsIn(t, "Anna", "General Secretariat", browser.Options{}), r.signsIn(t, "Bert", "General Secretariat", browser.Options{})}
	for i, outcome := range []string{"approved", "not agreed"} {
		desks[i].goes(path)
		desks[i].Click(outcome)
		desks[i].Fill("Register number", "ST 8665/21 INIT")
		desks[i].Fill("Comment", "as the Council concluded")
	}
	var both sync.WaitGroup
	for _, desk := range desks {
		both.Go(func() { desk.Click("Record the outcome") })
	}
	both.Wait()
	won, told := 0, 0
	for _, desk := range desks {
		switch text := desk.Text(); {
		case strings.Contains(text, "It takes effect once a second person"):
			won++
		case (desk.Status() == 409 || desk.Status() == 403) && desk.Holds(`document.querySelector('[role=alert] p').innerText.length > 20`):
			told++
		default:
			t.Errorf("status %d: %s", desk.Status(), text)
		}
	}
	if won != 1 || told != 1 {
		t.Errorf("%d recorded, %d told", won, told)
	}
}

func TestEachPageIsForEverybodyLightAndFar(t *testing.T) {
	t.Parallel()
	r := receives(t)
	cycle := "pages-all"
	d := kept(cycle)
	d.Obligations = []policy.Obligation{{Key: "annual", Title: "Annual report", OwedBy: policy.Commission, To: []policy.Body{policy.Council}, Due: []policy.Date{date("2022-11-30")}}}
	r.starts(d)
	r.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	r.awaits(oap, policy.StateDrafting)
	r.hands("se", oap, cleanPlanDate, assessed(twoActions()))
	r.decides(policy.COSI, oap, policy.ReferredBack, "2021-11-20")
	second := assessed(twoActions())
	second.Actions[0].Title = "Trace and seize firearms"
	r.hands("se", oap, "2021-11-25", second)
	post := row(policy.RegPosts, "driver/firearms", "2021-11-25", &policy.Holding{Holder: "se", Person: "42"})
	if err := r.enters(policy.SupportTeam, cycle, post); err != nil {
		t.Fatal(err)
	}

	hooks := r.Hooking(local.Webhooks{WebhookRules: policy.WebhookRules{Hosts: []string{"hooks.example.eu"}}, Locks: locks})
	made, err := as(t, hooks, policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}).MakeWebhook(t.Context(), service.Webhook{URL: "https://hooks.example.eu"})
	if err == nil {
		_, err = as(t, hooks, policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}).TryWebhook(t.Context(), made.Number)
	}
	if err != nil {
		t.Fatal(err)
	}
	paths := append(pagesOf(cycle), fmt.Sprintf("/webhooks/%d", made.Number))
	narrow := browser.Options{Width: 320, Height: 700}
	for _, who := range []struct {
		name, body string
		browser.Options
		looked bool // whether somebody has looked at all but the layout
	}{{"Anna", "General Secretariat", browser.Options{}, false}, {"Anna", "General Secretariat", narrow, true}, {"Dagny", "Sweden", narrow, false}} {
		p := r.signsIn(t, who.name, who.body, who.Options)
		for _, path := range paths {
			p.goes(path)
			if who.looked {
				p.checksBy(t, path, who.Options, p.AxeOfLayout)
			} else {
				p.checks(t, path, who.Options)
			}
		}
		p.Close()
	}
	everyPage(t, paths)
	public := &official{r.browser.NewPage(t, browser.Options{}), r.url}
	for _, path := range []string{"/", "/login", "/glossary", "/accessibility", "/search?q=fire", "/cycles/" + cycle, "/cycles/" + cycle + "/plans", "/cycles/" + cycle + "/trail", "/nowhere"} {
		public.goes(path)
		public.checks(t, path+" (public)", browser.Options{})
	}
	for _, language := range []string{"Français", "Deutsch"} {
		public.goes("/")
		public.Holds(`(() => { const s = document.getElementById('language'); s.value = {'Français': 'fr', 'Deutsch': 'de'}['` + language + `']; s.form.submit(); return true })()`)
		public.See(map[string]string{"Français": "Cycles politiques", "Deutsch": "Politikzyklen"}[language])
		for _, path := range []string{"/", "/glossary", "/accessibility", "/cycles/" + cycle} {
			public.goes(path)
			public.checks(t, path+" "+language, browser.Options{})
		}
	}
}

// everyPage makes sure that the paths lead to every page that there is.
func everyPage(t *testing.T, paths []string) {
	t.Helper()
	mux := http.NewServeMux()
	missing := map[string]bool{}
	for _, pattern := range web.Patterns() {
		downloaded := strings.HasSuffix(pattern, ".csv") || strings.Contains(pattern, "/file/") || strings.Contains(pattern, "/sheets/") || strings.Contains(pattern, "/papers/")
		if strings.HasPrefix(pattern, "GET ") && !downloaded {
			mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
			missing[pattern] = true
		}
	}
	for _, path := range paths {
		_, pattern := mux.Handler(httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
		delete(missing, pattern)
	}
	for pattern := range missing {
		t.Errorf("no path leads to %s", pattern)
	}
}

// pagesOf lists every kind of page about a cycle.
func pagesOf(cycle string) []string {
	c := "/cycles/" + cycle
	return []string{
		"/", "/login", "/start", "/inbox", "/inbox?whose=all", "/search?q=firearms", "/glossary", "/accessibility", "/people", "/calendar", "/mail", "/webhooks", c, c + "/plans", c + "/meetings",
		c + "/meetings/cosi-2021-12", c + "/findings", c + "/compliance", c + "/obligations", c + "/results", c + "/report", c + "/evaluation", c + "/trail",
		c + "/states/se", c + "/on/priorities", c + "/on/oap/2022/firearms", c + "/on/masp/general", c + "/content/oap/2022/firearms",
		c + "/content/oap/2022/firearms?version=2&was=1", c + "/content/masp/general", c + "/content/assessment", c + "/on/nowhere",
		c + "/draft/oap/2022/firearms", c + "/draft/oap/2022/firearms?action=1.1", "/national",
		c + "/registers", c + "/registers/posts", c + "/registers/strategy?row=a1", c + "/registers/nowhere", c + "/upload/registers/posts", c + "/upload/oap/2022/firearms", c + "/open", c + "/open?of=oap/2022/firearms", c + "/amend",
	}
}

// checks makes sure that a page is accessible in both themes, light and complete.
func (p *official) checks(t *testing.T, path string, o browser.Options) {
	t.Helper()
	p.checksBy(t, path, o, p.Axe)
}

func (p *official) checksBy(t *testing.T, path string, o browser.Options, axe func() []browser.Violation) {
	t.Helper()
	const heaviest, deepest = 150_000, 2
	looks := func(scheme string) {
		for _, v := range axe() {
			t.Errorf("%s (%+v, %s): %s", path, o, scheme, v)
		}
	}
	if o.Width == 0 {
		p.InBoth(looks)
	} else { // the colours are those of the wide page
		looks("light")
	}
	if bytes, depth := p.Weight(); bytes > heaviest || depth > deepest {
		t.Errorf("%s weighs %d bytes, %d requests deep", path, bytes, depth)
	}
	if p.Holds("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1") {
		t.Errorf("%s (%+v) has to be scrolled sideways", path, o)
	}
	if text := p.Text(); strings.Contains(text, "[") && strings.Contains(text, "]") {
		for word := range strings.FieldsSeq(text) {
			if strings.HasPrefix(word, "[") && strings.Contains(word, ".") && strings.HasSuffix(word, "]") && !strings.Contains(word, "actions[") {
				t.Errorf("%s lacks the text %s", path, word)
			}
		}
	}
	if strings.Contains(p.Text(), "(v, ") {
		t.Errorf("%s shows what makes it: %s", path, p.Text())
	}
	problems := slices.DeleteFunc(p.Problems(), func(s string) bool { return strings.Contains(s, "404") })
	if len(problems) > 0 {
		t.Errorf("%s: the browser complains: %q", path, problems)
	}
}

func TestAPageShowsWhatChangesWhileItIsOpen(t *testing.T) {
	t.Parallel()
	r := receives(t)
	cycle := "pages-live"
	r.starts(past(cycle))
	r.awaits(at(cycle, "assessment"), policy.StateDrafting)
	anna := r.signsIn(t, "Anna", "General Secretariat", browser.Options{})
	anna.goes("/cycles/" + cycle)
	anna.See("threat assessment, since")
	r.pages.follows(t, cycle)
	r.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	anna.See("priority setting")

	// Signing out in one window ends the other.
	other := r.signsIn(t, "Anna", "General Secretariat", browser.Options{})
	other.Click("Log out")
	other.See("Log in")
	anna.goes("/inbox")
	if anna.Status() != 401 {
		t.Errorf("the session in another browser is still there: status %d", anna.Status())
	}
}

func TestACycleIsStartedFromAPage(t *testing.T) {
	t.Parallel()
	r := receives(t)
	anna := r.signsIn(t, "Anna", "General Secretariat", browser.Options{})
	anna.Click("Start a policy cycle")
	anna.Fill("Text of a cycle file (YAML)", strings.Replace(smallCycleFile, "title: A small cycle", "titel: A small cycle", 1))
	anna.Click("Start the cycle")
	anna.See("line 3, column 1: titel is not a field here")
	if anna.Status() != 422 {
		t.Errorf("a file that is not sound: status %d", anna.Status())
	}
	anna.Fill("Text of a cycle file (YAML)", smallCycleFile)
	anna.Click("Start the cycle")
	anna.See("The cycle is under way.")
	anna.See("A small cycle")
	nina := r.signsIn(t, "Nina", "France", browser.Options{})
	if nina.Has("Start a policy cycle") {
		t.Error("a delegation is offered to start a cycle")
	}
	nina.goes("/start")
	nina.See("may not start a cycle")
	if nina.Status() != 403 || nina.Has("Start the cycle") {
		t.Errorf("a delegation is asked for a cycle: status %d", nina.Status())
	}
}

// Two people of one body see what each has taken on.
func TestWhoTakesSomethingOnIsSeenByTheOthers(t *testing.T) {
	t.Parallel()
	r := receives(t)
	cycle := "pages-claim"
	r.starts(past(cycle))
	r.awaits(at(cycle, "assessment"), policy.StateDrafting)
	eve := r.signsIn(t, "Eve", "Europol", browser.Options{})
	eve.Click("SOCTA 2021")
	eve.Click("Take on")
	eve.See("You have taken it on.")
	eve.goes("/inbox?whose=mine")
	eve.See("SOCTA 2021")
	rob := r.signsIn(t, "Rob", "Europol", browser.Options{})
	rob.Click("SOCTA 2021")
	rob.See("Taken on by Eve@europol")
	if err := as(t, r, policy.Actor{Name: "Rob", Body: policy.Europol}).Claim(t.Context(), service.Claim{Subject: at(cycle, "assessment")}); policy.CodeOf(err) != policy.CodeConflict {
		t.Errorf("a second person took it on: %v", err)
	}
	rob.Click("Release")
	rob.See("It is released.")
	if text, err := json.Marshal(r.cycle(cycle).Waiting); err != nil || strings.Contains(string(text), "claimed_by") {
		t.Errorf("still taken on: %s %v", text, err)
	}
}

func TestAnOfficialSignsInWithTheProvider(t *testing.T) {
	t.Parallel()
	s := opens(t)
	s.provider.Claims = map[string]any{"sub": "anna", "name": "Anna", "groups": []string{"empact-general-secretariat", "empact-fr"}}
	p := browser.Start(t).NewPage(t, browser.Options{})
	p.Open(s.url)
	p.Click("Log in")
	p.See("Anna")
	if !p.Has("Inbox") {
		t.Errorf("nobody is logged in:\n%s", p.Text())
	}
	p.Click("Switch") // to the body that is chosen
	p.See("Waits for")
	p.Click("Log out") // also at the provider, which has nothing to show here
	p.See("404 page not found")
	p.Open(s.url + "/inbox")
	if p.Status() != 401 {
		t.Errorf("after the log-out: %d", p.Status())
	}
	if problems := p.Problems(); len(problems) > 0 {
		t.Errorf("the browser complains: %q", problems)
	}
}
