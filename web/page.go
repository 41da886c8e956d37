package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
	"github.com/policycycle/policycycle/telemetry"
	"github.com/policycycle/policycycle/web/text"
)

// body is what stands on a page, below its head.
type body = templ.Component

// page is one request for a page: who asks, in which language, and the service as
// that one sees it. Every template gets it.
type page struct {
	*text.Printer
	site    *site
	r       *http.Request
	service service.Service

	Who     *policy.Principal // nil for the public
	Title   string
	Cycle   string          // the cycle that the page is about
	Titles  policy.Language // in which the titles of that cycle are written
	Theme   string          // "light", "dark" or "" for that of the device
	Updates string          // "on" or "off": whether an open page shows what changes
	Badge   int             // what waits for the reader
	Problem *policy.Error
	Told    string   // the problem in the reader's language, where it is not the problem's own sentence
	Details []string // of the problem, in the reader's language
	// Stranger is why somebody who is logged in sees what the public sees; nil for
	// everybody else.
	Stranger   *policy.Error
	Said       string            // what was done just now
	Typed      []saidField       // what was typed, where no form on the page shows it
	Failed     bool              // whether the page tells of a refusal
	at         string            // of a form: the address of the page on which it stands
	sent       *sent             // what was sent with a form, and is to come back
	lost       url.Values        // what of it has no field on the page
	file       attached          // what was sent with it
	kept       string            // the word by which it is found after a log-in
	unfinished *identity.Failure // the log-in that did not come to its end; nil for none
	// priorities holds the titles of priorities that are decided one by one, by key.
	priorities map[string]string
	about      *service.Cycle       // the cycle, once it is known
	bodies     *policy.BodyTable    // those of cycles on record, once they were asked for
	titles     map[string]string    // of its parts, by their paths
	indicators map[string]indicator // of its register, by their keys
	incoming   *papers.Incoming     // what the workbook that was sent would change
	minutes    *papers.Minutes      // what the text that was pasted tells of the meeting
	release    *papers.Release      // what the press release that was pasted says in numbers
	conflict   *conflict            // of the draft that was to be saved with that of another
	named      string               // what the page is about, as the record calls it
	ids        map[string]int       // how often a field of a name stands on the page
}

// view gives what stands on a page.
type view func(v *page) (body, error)

// get serves a page.
func (s *site) get(show view) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.page(r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		v.r = r.WithContext(service.Once(r.Context()))
		v.Said, v.Problem = s.takeSaid(w, r), v.Stranger
		v.takeKept()
		v.render(w, http.StatusOK, show)
	})
}

// download serves a file; what is refused shows as a page.
func (s *site) download(write func(v *page, w http.ResponseWriter) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.page(r)
		if err == nil {
			err = write(v, w)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
	})
}

// plainPage is a page of which nothing is known but in which language it is read.
func (s *site) plainPage(r *http.Request) *page {
	v := &page{site: s, r: r, Printer: s.texts.In(preference(r, "language"), r.Header.Get("Accept-Language"))}
	v.BodyTitle = v.bodyTitle
	return v
}

// page finds out who asks.
func (s *site) page(r *http.Request) (*page, error) {
	v := s.plainPage(r)
	if theme := preference(r, "theme"); theme == "light" || theme == "dark" {
		v.Theme = theme
	}
	v.Updates = "on"
	if preference(r, "updates") == "off" {
		v.Updates = "off"
	}
	v.Cycle = r.PathValue("cycle")
	var reader policy.Principal
	who, err := s.Sessions.Who(r.Context())
	if err == nil {
		var principal policy.Principal
		if principal, err = s.Principal(r.Context(), who, s.Sessions.Body(r.Context())); err == nil {
			v.Who, reader = &principal, principal
		} else if policy.CodeOf(err) == policy.CodeNotIdentified {
			v.Stranger = policy.Refuse(policy.CodeNotIdentified, "you are logged in, but have no role here: an administrator gives roles, and until then you see what the public sees")
		}
	}
	if err != nil && policy.CodeOf(err) != policy.CodeNotIdentified {
		return v, err
	}
	v.service = s.Service.As(reader)
	return v, nil
}

func (v *page) ctx() context.Context { return v.r.Context() }

// Correlation is the number by which the log knows the request.
func (v *page) Correlation() string { return telemetry.Correlation(v.ctx()) }

// actor gives who does something; nobody is told to log in.
func (v *page) actor() (policy.Actor, error) {
	switch {
	case v.Stranger != nil:
		return policy.Actor{}, v.Stranger
	case v.Who == nil:
		return policy.Actor{}, policy.Refuse(policy.CodeNotIdentified, "log in first")
	}
	return v.Who.Actor, nil
}

// begins counts what somebody sends, who is known, until end is called.
func (v *page) begins() (end func(), err error) {
	me, err := v.actor()
	if err != nil {
		return nil, err
	}
	return v.site.Acts.Begin(me)
}

// fresh has a form taken from who has logged in just now, where a deed, or a row of a
// register, wants that.
func fresh(what interface{ WantsFreshLogin() bool }, do deed) deed {
	return func(v *page) (string, error) {
		if err := v.freshFor(what); err != nil {
			return "", err
		}
		return do(v)
	}
}

func (v *page) freshFor(what interface{ WantsFreshLogin() bool }) error {
	if what.WantsFreshLogin() && !v.site.Sessions.Fresh(v.ctx()) {
		return policy.Refuse(policy.CodeNotIdentified, "a decision wants a fresh log-in: log in again")
	}
	return nil
}

// path gives a part of the address.
func (v *page) path(name string) string { return v.r.PathValue(name) }

// query gives a parameter of the address.
func (v *page) query(name string) string { return strings.TrimSpace(v.r.URL.Query().Get(name)) }

// form gives what was typed into a field.
func (v *page) form(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }

// subject gives the subject that the address names.
func (v *page) subject() (policy.Subject, error) {
	return policy.ParseSubject(v.path("cycle") + "/" + v.path("path"))
}

// MyBodies lists the bodies for which the reader may act.
func (v *page) MyBodies() []policy.Body {
	if v.Who == nil {
		return nil
	}
	return v.Who.Bodies()
}

// render writes the page.
func (v *page) render(w http.ResponseWriter, status int, show view) {
	content, err := show(v)
	if err != nil {
		problem := v.site.refusal(v.r, err) // which is logged where it is unforeseen
		if v.Problem == nil || v.Problem == v.Stranger {
			v.Problem, status = problem, httpapi.StatusOf(problem.Code)
		}
		content = v.instead()
	}
	v.count()
	v.Failed = status >= http.StatusBadRequest
	page, err := v.compose(content)
	if err != nil {
		v.site.Log.Error().Err(err).Str("correlation", v.Correlation()).Msg("a page could not be rendered")
		http.Error(w, "The page could not be made. The number of the request is "+v.Correlation()+".", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Language", v.Lang)
	if v.Problem != nil {
		retryAfter(h, v.Problem.Code)
	}
	w.WriteHeader(status)
	_, _ = w.Write(page)
}

// fullTitle is what a tab of the browser shows: first whether something was refused, and
// behind the title of the page in which rehearsal it is, for a rehearsal has all other
// titles of the real cycle.
func (v *page) fullTitle() string {
	title := v.Title
	if v.about != nil && v.about.Rehearsal {
		title += " – " + v.T("rehearsal.numbered", "Number", v.about.ID[strings.LastIndex(v.about.ID, "-")+1:])
	}
	title += " – policycycle"
	if v.Failed {
		title = v.T("problem.title") + " " + title
	}
	return title
}

// instead gives what stands on the page of somebody who may not see it: the log-in,
// or nothing but the refusal.
func (v *page) instead() body {
	if v.mustLogIn() && v.Who == nil {
		v.Title = v.T("login.title")
		return logInFirst(v)
	}
	v.Title = v.Word("code", v.Problem.Code)
	return emptyPage(v)
}

// refusedAlone is a page on which nothing stands but what was refused.
func refusedAlone(v *page) (body, error) { return v.instead(), nil }

// compose makes the page, and puts what was sent back into its form. What has no place
// there stands beside it.
func (v *page) compose(content body) ([]byte, error) {
	page, err := v.plain(content)
	if err != nil || v.sent == nil {
		return page, err
	}
	var again []byte
	again, v.lost = v.sent.again(page)
	if v.Typed = v.fields(v.lost); len(v.Typed) == 0 {
		return again, nil
	}
	if page, err = v.plain(content); err != nil {
		return nil, err
	}
	again, _ = v.sent.again(page)
	return again, nil
}

func (v *page) plain(content body) ([]byte, error) {
	v.ids = nil
	var page bytes.Buffer
	err := layout(v, content).Render(context.WithoutCancel(v.ctx()), &page)
	return page.Bytes(), err
}

// mostCounted is up to where a badge counts.
const mostCounted = 100

// count counts what waits for the reader's body.
func (v *page) count() {
	if v.Who == nil || v.Who.Body == "" {
		return
	}
	if waiting, err := v.service.Inbox(v.ctx(), service.InboxFilter{Body: v.Who.Body, Rehearsal: new(false), Most: mostCounted}); err == nil {
		v.Badge = len(waiting)
	}
}

// refusal gives what a person is told; what went wrong inside is for the log.
func (s *site) refusal(r *http.Request, err error) *policy.Error {
	if refusal, is := errors.AsType[*policy.Error](err); is {
		return refusal
	}
	if r.Context().Err() == nil { // somebody who has gone needs no answer
		s.Log.Error().Err(err).Str("page", r.URL.Path).Str("correlation", telemetry.Correlation(r.Context())).Msg("unforeseen")
	}
	return policy.Refuse(policy.CodeInternal, "something unforeseen happened; the log of the service tells more")
}

// localized says what went wrong in the reader's language, where the catalogues have it.
func (v *page) localized(err error) string {
	refusal := v.site.refusal(v.r, err)
	if said, is := v.Sentence(refusal.Said); is {
		return said
	}
	return refusal.Message
}

// refuse shows a page that tells nothing but a refusal.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, err error) {
	v := s.plainPage(r)
	v.Problem = s.refusal(r, err)
	v.render(w, httpapi.StatusOf(v.Problem.Code), refusedAlone)
}

// failed shows a page where log-ins cannot be read or kept; why is for the log.
func (s *site) failed(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil { // somebody who has gone needs no answer
		s.Log.Warn().Err(err).Str("page", r.URL.Path).Str("correlation", telemetry.Correlation(r.Context())).Msg("log-ins cannot be read or kept")
	}
	s.refuse(w, r, policy.Refuse(policy.CodeUnavailable, "log-ins cannot be read or kept now, so nothing was changed: try again in a moment"))
}

// retryAfter tells programs, and who looks after them, when to come again.
func retryAfter(h http.Header, code policy.Code) {
	switch code { //nolint:exhaustive // nothing else is mended by waiting
	case policy.CodeTooMany:
		h.Set("Retry-After", "1") // seconds
	case policy.CodeUnavailable:
		h.Set("Retry-After", "5")
	}
}

// The cookies that hold what a reader prefers.
const cookiePrefix = "policycycle-"

func preference(r *http.Request, name string) string {
	cookie, err := r.Cookie(cookiePrefix + name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

func (s *site) setPreference(w http.ResponseWriter, name, value string) {
	const year = 365 * 24 * 60 * 60
	http.SetCookie(w, &http.Cookie{
		Name: cookiePrefix + name, Value: value, Path: "/", MaxAge: year, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.Sessions.Secure(),
	})
}

// prefer keeps what a reader prefers, and leads back to where they were.
func (s *site) prefer(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxWords)
	if err := r.ParseForm(); err != nil {
		s.refuse(w, r, policy.Refuse(policy.CodeInvalid, "the form cannot be read"))
		return
	}
	if lang := r.PostForm.Get("language"); slices.Contains(text.Languages, lang) {
		s.setPreference(w, "language", lang)
	}
	if theme := r.PostForm.Get("theme"); slices.Contains([]string{"light", "dark", "device"}, theme) {
		s.setPreference(w, "theme", theme)
	}
	if updates := r.PostForm.Get("updates"); updates == "on" || updates == "off" {
		s.setPreference(w, "updates", updates)
	}
	if chosen := r.PostForm.Get("body"); chosen != "" {
		if b, err := policy.ParseBody(chosen); err == nil {
			s.Sessions.ActFor(r.Context(), b)
		}
	}
	http.Redirect(w, r, cmp.Or(identity.OwnPath(r.PostForm.Get("next")), "/"), http.StatusSeeOther)
}
