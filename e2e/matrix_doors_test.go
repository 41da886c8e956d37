package e2e_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/remote"
	"github.com/policycycle/policycycle/web"
)

// apiDoor is the API of a fortress, in which a person is known by the number.
type apiDoor struct{ url string }

func (f *fortress) opensAPI() apiDoor {
	f.tb.Helper()
	server := httptest.NewServer(f.programs())
	f.tb.Cleanup(server.Close)
	return apiDoor{server.URL}
}

// as gives the API as it answers somebody.
func (d apiDoor) as(who policy.Actor) *remote.Service {
	return &remote.Service{URL: d.url, Client: new(http.Client), Name: fmt.Sprintf("%d@%s", who.Person, who.Body)}
}

// pageDoor is the pages of a fortress.
type pageDoor struct {
	tb    testing.TB
	url   string
	tried int
}

// opensPages opens the pages with a log-in that believes the number of a person.
func (f *fortress) opensPages() *pageDoor {
	f.tb.Helper()
	return f.opensPagesFor(identity.SessionOptions{Lasts: time.Hour})
}

func (f *fortress) opensPagesFor(o identity.SessionOptions) *pageDoor {
	f.tb.Helper()
	sessions := identity.NewSessions(o)
	pages, err := web.New(web.Options{
		Service: f.Service, Sessions: sessions, Keys: f.ring, Log: zerolog.Nop(),
		Principal: func(ctx context.Context, who *identity.Identified, body policy.Body) (policy.Principal, error) {
			person, err := strconv.ParseInt(who.Subject, 10, 64)
			if err != nil {
				return policy.Principal{}, err
			}
			return f.store.PrincipalOf(ctx, policy.Actor{Person: person, Body: body})
		},
	})
	if err != nil {
		f.tb.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.Handle("/test-login", sessions.Load(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		who := identity.Identified{Issuer: "test", Subject: r.URL.Query().Get("person"), Name: "person " + r.URL.Query().Get("person")}
		if err := sessions.SignIn(r.Context(), who, policy.Body(r.URL.Query().Get("body"))); err != nil {
			f.tb.Error(err)
		}
	})))
	server := httptest.NewServer(mux)
	f.tb.Cleanup(server.Close)
	return &pageDoor{tb: f.tb, url: server.URL}
}

var codeOnPage = regexp.MustCompile(`data-code="([a-z-]+)"`)

// through does an act by the form of its page, and gives the code by which it was
// refused.
func (d *pageDoor) through(a policy.Act) policy.Code {
	d.tb.Helper()
	d.tried++
	form := url.Values{"date": {a.Date.String()}, "document": {string(a.Document)}, "body": {string(a.Body)}}
	deed := string(a.Kind)
	switch a.Kind {
	case policy.ActSubmit:
		form.Set("revises", strconv.Itoa(a.Revises))
	case policy.ActCorrect, policy.ActFinalise: // nothing but the document
	case policy.ActDecide:
		form.Set("outcome", string(a.Outcome))
		form.Set("version", strconv.Itoa(a.Version))
	case policy.ActConfirm, policy.ActSetAside:
		deed = "confirm"
		form.Set("record", a.Confirms)
		if a.Kind == policy.ActSetAside {
			form.Set("set_aside", "yes")
		}
	case policy.ActLaunch:
		deed = "silence"
		form.Set("deadline", a.Deadline.String())
	case policy.ActPosition:
		deed = "position"
		form.Set("delegation", string(a.Delegation))
		form.Set("stance", string(a.Stance))
	case policy.ActOpen:
		for name, value := range map[string]string{"key": a.Subject.Key, "title": a.Opening.Title, "due": a.Opening.Due.String(), "through": "cosi"} {
			form.Set(name, value)
		}
		return d.posts(a.By, "/cycles/"+a.Subject.Cycle+"/open", form)
	case policy.ActAmend:
		form.Set("source", "reason: as decided\ntitle: Another title\n")
		form.Set("decision", a.Amendment.Decision)
		return d.posts(a.By, "/cycles/"+a.Subject.Cycle+"/amend", form)
	}
	return d.posts(a.By, "/cycles/"+a.Subject.Cycle+"/"+deed+"/"+a.Subject.Path(), form)
}

// enters enters a row by the form of its register.
func (d *pageDoor) enters(by policy.Actor, cycle string, row policy.Row) policy.Code {
	d.tb.Helper()
	cells, err := files.RowCells(row.Register, []policy.Row{row})
	if err != nil {
		d.tb.Fatal(err)
	}
	form := url.Values{"row": {row.Key}, "date": {row.Date.String()}}
	for i, column := range files.Columns(row.Register) {
		if !column.Every {
			form.Set("c-"+column.Name, cells[0][i])
		}
	}
	return d.posts(by, "/cycles/"+cycle+"/registers/"+string(row.Register), form)
}

// posts sends a form as somebody, and gives the code by which it was refused.
func (d *pageDoor) posts(by policy.Actor, path string, form url.Values) policy.Code {
	d.tb.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.tb.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	d.asks(client, http.MethodGet, fmt.Sprintf("/test-login?person=%d&body=%s", by.Person, by.Body), nil)
	status, page := d.asks(client, http.MethodPost, path, form)
	if status == http.StatusSeeOther {
		return ""
	}
	found := codeOnPage.FindStringSubmatch(page)
	if found == nil {
		d.tb.Fatalf("%s answers with %d and no reason: %.400s", path, status, page)
	}
	return policy.Code(found[1])
}

func (d *pageDoor) asks(client *http.Client, method, path string, form url.Values) (int, string) {
	d.tb.Helper()
	request, err := http.NewRequestWithContext(d.tb.Context(), method, d.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		d.tb.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := client.Do(request)
	if err != nil {
		d.tb.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		d.tb.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// A form that another site sends, and a page that nobody may see, are refused.
func TestNoFormIsTakenFromElsewhereNorFromNobody(t *testing.T) {
	t.Parallel()
	f := defends(t, false)
	d := f.opensPages()
	for _, pattern := range web.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if method != http.MethodPost || path == "/login" || path == "/preferences" {
			continue
		}
		path = strings.NewReplacer("{cycle}", "none", "{meeting}", "none", "{state}", "fr", "{register}", "posts", "{path...}", "priorities", "{what...}", "registers/posts").Replace(path)
		for _, headers := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Origin": {"https://elsewhere.example"}}, {}} {
			request, err := http.NewRequestWithContext(t.Context(), method, d.url+path, strings.NewReader("record=x&body=cosi&outcome=adopted&action=2022/x/1.1"))
			if err != nil {
				t.Fatal(err)
			}
			request.Header = headers.Clone()
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			answer, err := new(http.Client).Do(request)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			want := http.StatusForbidden
			if len(headers) == 0 {
				want = http.StatusUnauthorized
			}
			if answer.StatusCode != want {
				t.Errorf("%s with %v: status %d, want %d", pattern, headers, answer.StatusCode, want)
			}
		}
	}
}

func TestADecisionWantsAFreshLogInWhereThatIsConfigured(t *testing.T) {
	t.Parallel()
	f := defends(t, false)
	f.works()
	const cycle = "fresh"
	people := f.people()
	f.waiting(cycle, people)
	stale := f.opensPagesFor(identity.SessionOptions{Lasts: time.Hour, Fresh: time.Nanosecond})
	anna := people["official@general-secretariat"].Actor
	form := url.Values{"body": {"council"}, "outcome": {"adopted"}, "document": {"EX 1/21 INIT"}, "record": {"x"}, "deadline": {"2099-01-01"}, "text": {"x"}}
	on := "/cycles/" + cycle
	for _, path := range []string{
		"/start", on + "/open", on + "/amend", on + "/decide/priorities", on + "/confirm/priorities", on + "/silence/priorities",
		on + "/position/priorities", on + "/correct/priorities", on + "/states/fr/consents",
		on + "/upload/states/fr", on + "/upload/registers/posts", on + "/registers/releases", on + "/registers/substitutions", on + "/registers/posts",
	} {
		if code := stale.posts(anna, path, form); code != policy.CodeNotIdentified {
			t.Errorf("%s with an old log-in: %s", path, code)
		}
	}
	for _, path := range []string{on + "/submit/priorities", on + "/registers/progress", on + "/upload/registers/progress"} {
		if code := stale.posts(anna, path, form); code == policy.CodeNotIdentified {
			t.Errorf("%s, which decides nothing, wants a fresh log-in", path)
		}
	}
}
