package web

import (
	"encoding/base64"
	"net/http"
	"slices"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// routes are all pages and forms. A form stands on the page at an address, which is
// shown again with what was typed when it is refused.
func (s *site) routes() []Route {
	page, form := s.shows, s.takes
	act := func(kind policy.ActKind, do deed) deed { return fresh(policy.Deed(kind), do) }
	const meeting, subject, draft = "/cycles/{cycle}/meetings/{meeting}", "/cycles/{cycle}/on/{path...}", "/cycles/{cycle}/draft/{path...}"
	routes := []Route{
		page("/{$}", overviewPage),
		page("/inbox", inboxPage),
		form("/inbox/claim", claim, inboxPage, "/inbox"),
		page("/start", startPage),
		form("/start", fresh(policy.DeedStart, startCycle), startPage, "/start"),
		page("/search", searchPage),
		page("/glossary", glossaryPage),
		page("/accessibility", accessibilityPage),
		page("/people", peoplePage),
		form("/people/roles", fresh(policy.DeedPeople, changeRole), peoplePage, "/people"),
		page("/national", nationalHome),
		page("/cycles/{cycle}", ofCycle(cyclePage)),
		page("/cycles/{cycle}/open", ofCycle(openPage)),
		form("/cycles/{cycle}/open", act(policy.ActOpen, openItem), ofCycle(openPage), "/cycles/{cycle}/open"),
		page("/cycles/{cycle}/amend", ofCycle(amendPage)),
		form("/cycles/{cycle}/amend", act(policy.ActAmend, amendCycle), ofCycle(amendPage), "/cycles/{cycle}/amend"),
		page("/cycles/{cycle}/plans", ofCycle(plansPage)),
		page("/cycles/{cycle}/meetings", ofCycle(meetingsPage)),
		page("/cycles/{cycle}/meetings/{meeting}", meetingPage),
		form("/cycles/{cycle}/meetings/{meeting}/move", moveMeeting, meetingPage, meeting),
		form("/cycles/{cycle}/meetings/{meeting}/cancel", cancelMeeting, meetingPage, meeting),
		form("/cycles/{cycle}/meetings/{meeting}/agenda", tableItem, meetingPage, meeting),
		form("/cycles/{cycle}/meetings/{meeting}/text", tableText, meetingPage, meeting),
		form("/cycles/{cycle}/meetings/{meeting}/outcomes", act(policy.ActDecide, recordMeeting), meetingPage, meeting),
		form("/cycles/{cycle}/meetings/{meeting}/confirm", act(policy.ActConfirm, confirmMeeting), meetingPage, meeting),
		form("/cycles/{cycle}/results", holdRelease, ofCycle(resultsPage), "/cycles/{cycle}/results"),
		page("/cycles/{cycle}/registers", ofCycle(registersPage)),
		page("/cycles/{cycle}/registers/{register}", ofCycle(registerPage)),
		form("/cycles/{cycle}/registers/{register}", enterRows, ofCycle(registerPage), "/cycles/{cycle}/registers/{register}"),
		page("/cycles/{cycle}/states/{state}", ofCycle(nationalPage)),
		form("/cycles/{cycle}/states/{state}/consents", fresh(policy.RegConsents, answerConsents), ofCycle(nationalPage), "/cycles/{cycle}/states/{state}"),
		page("/cycles/{cycle}/on/{path...}", subjectPage),
		form("/cycles/{cycle}/decide/{path...}", act(policy.ActDecide, decide), subjectPage, subject),
		form("/cycles/{cycle}/confirm/{path...}", act(policy.ActConfirm, confirm), subjectPage, subject),
		form("/cycles/{cycle}/submit/{path...}", submit, subjectPage, subject),
		form("/cycles/{cycle}/position/{path...}", act(policy.ActPosition, takePosition), subjectPage, subject),
		form("/cycles/{cycle}/silence/{path...}", act(policy.ActLaunch, launch), subjectPage, subject),
		form("/cycles/{cycle}/correct/{path...}", act(policy.ActCorrect, correct), subjectPage, subject),
		form("/cycles/{cycle}/finalise/{path...}", act(policy.ActFinalise, finalise), subjectPage, subject),
		form("/cycles/{cycle}/round/{path...}", closeRound, subjectPage, subject),
		form("/cycles/{cycle}/remind/{path...}", remind, subjectPage, subject),
		page("/cycles/{cycle}/content/{path...}", contentPage),
		page("/cycles/{cycle}/draft/{path...}", draftPage),
		form("/cycles/{cycle}/draft/{path...}", saveDraft, draftPage, draft),
		form("/cycles/{cycle}/hand-in/{path...}", submit, draftPage, draft),
		page("/cycles/{cycle}/upload/{what...}", ofCycle(uploadPage)),
		form("/cycles/{cycle}/upload/{what...}", takeSheet, ofCycle(uploadPage), "/cycles/{cycle}/upload/{what...}"),
		{"POST /preferences", http.HandlerFunc(s.prefer)},
	}
	for name, show := range cycleViews {
		routes = append(routes, page("/cycles/{cycle}/"+name, ofCycle(show)))
	}
	return slices.Concat(routes, s.paperRoutes(), s.calendarRoutes(), s.logInRoutes())
}

func (s *site) shows(path string, show view) Route { return Route{"GET " + path, s.get(show)} }

func (s *site) takes(path string, do deed, show view, on string) Route {
	return Route{"POST " + path, s.post(do, show, on)}
}

// paperRoutes are what is taken away as a file.
func (s *site) paperRoutes() []Route {
	return []Route{
		{"GET /cycles/{cycle}/registers/{register}/rows.csv", s.download(rowsCSV)},
		{"GET /cycles/{cycle}/sheets/{what...}", s.download(sheetFile)},
		{"GET /cycles/{cycle}/papers/{kind}", s.download(paperFile)},
		{"GET /cycles/{cycle}/papers/{kind}/{key...}", s.download(paperFile)},
		{"GET /cycles/{cycle}/file/{path...}", s.download(handedFile)},
	}
}

// calendarRoutes are the pages on which somebody has their calendars, their mail and their webhooks,
// and their forms.
func (s *site) calendarRoutes() []Route {
	return []Route{
		s.shows("/calendar", calendarsPage),
		s.takes("/calendar", makeCalendar, calendarsPage, "/calendar"),
		s.takes("/calendar/revoke", revokeCalendar, calendarsPage, "/calendar"),
		s.shows("/mail", mailPage),
		s.takes("/mail", chooseMail, mailPage, "/mail"),
		s.shows("/webhooks", webhooksPage),
		s.takes("/webhooks", makeWebhook, webhooksPage, "/webhooks"),
		s.takes("/webhooks/change", changeWebhook, webhooksPage, "/webhooks"),
		s.shows("/webhooks/{webhook}", deliveriesPage),
		s.takes("/webhooks/{webhook}/replay", replayWebhook, deliveriesPage, "/webhooks/{webhook}"),
	}
}

// cycleViews are the pages about a whole cycle on which nothing is done.
var cycleViews = map[string]func(*page, *service.Cycle) (body, error){
	"findings": findingsPage, "compliance": compliancePage, "obligations": obligationsPage, "results": resultsPage,
	"report": reportPage, "evaluation": evaluationPage, "trail": trailPage,
}

// logInRoutes are the page and the form of the log-in, where names are believed.
func (s *site) logInRoutes() []Route {
	if s.Sessions != nil && !s.Sessions.Believes() {
		return nil
	}
	return []Route{{"GET /login", s.get(loginPage)}, {"POST /login", s.post(logIn, loginPage, "/login")}}
}

// said is the cookie that carries what was done to the page that follows.
const said = cookiePrefix + "said"

func (s *site) say(w http.ResponseWriter, text string) {
	if text == "" {
		return
	}
	const soon = 60
	http.SetCookie(w, &http.Cookie{
		Name: said, Value: base64.RawURLEncoding.EncodeToString([]byte(text)), Path: "/", MaxAge: soon, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.Sessions.Secure(),
	})
}

// takeSaid gives what was done on the page before, once.
func (s *site) takeSaid(w http.ResponseWriter, r *http.Request) string {
	cookie, err := r.Cookie(said)
	if err != nil || r.Header.Get("Sec-Fetch-Dest") == "empty" { // live.js looks; the person has not read it yet
		return ""
	}
	http.SetCookie(w, &http.Cookie{Name: said, Path: "/", Expires: time.Unix(1, 0), MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.Sessions.Secure()})
	text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return ""
	}
	return string(text)
}
