package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/wire"
	"github.com/policycycle/policycycle/telemetry"
	"github.com/policycycle/policycycle/web/text"
)

// body is what stands on a page, below its head.
type body = templ.Component

// visit is one request for a page: who asks, in which language, and the service as
// that one sees it. Every template gets it.
type visit struct {
	*text.Printer
	site    *site
	r       *http.Request
	service service.Service

	Who     *policy.Capacity // nil for the public
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
	Stranger *policy.Error
	Said     string // what was done just now
	posted   bool
	// priorities holds the titles of priorities that are decided one by one, by key.
	priorities map[string]string
	named      string         // what the page is about, as the record calls it
	ids        map[string]int // how often a field of a name stands on the page
}

// view gives what stands on a page; deed does what a form asks, and gives the path
// of the page that follows.
type (
	view func(v *visit) (body, error)
	deed func(v *visit) (next string, err error)
)

// get serves a page.
func (s *site) get(show view) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.visit(r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		v.Said, v.Problem = s.takeSaid(w, r), v.Stranger
		v.render(w, http.StatusOK, show)
	})
}

// download serves a file; what is refused shows as a page.
func (s *site) download(write func(v *visit, w http.ResponseWriter) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.visit(r)
		if err == nil {
			err = write(v, w)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
	})
}

// The most bytes of a form: a document and what is said of it, or a few words.
const (
	maxForm  = service.MaxContent + 1<<20
	maxWords = 16 << 10
)

// post takes a form. What is refused shows on the page on which the form stands,
// with what was typed. Nobody is listened to before it is known who they are, but
// to log in.
func (s *site) post(do deed, show view) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.visit(r)
		most := int64(maxForm)
		if r.URL.Path == identity.PathLogin {
			most = maxWords
		} else if err == nil {
			var end func()
			if end, err = v.begins(); err == nil {
				defer end()
			}
		}
		if err == nil {
			r.Body = http.MaxBytesReader(w, r.Body, most)
			defer v.tidy()
			err = v.parse()
		}
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		v.posted = true
		next, err := do(v)
		if err == nil {
			s.say(w, v.Said)
			http.Redirect(w, r, next, http.StatusSeeOther)
			return
		}
		v.Problem = s.refusal(r, err)
		v.Said = ""
		v.render(w, wire.StatusOf(v.Problem.Code), show)
	})
}

// visit finds out who asks.
func (s *site) visit(r *http.Request) (*visit, error) {
	v := &visit{site: s, r: r, Printer: s.texts.In(preference(r, "language"), r.Header.Get("Accept-Language"))}
	if theme := preference(r, "theme"); theme == "light" || theme == "dark" {
		v.Theme = theme
	}
	v.Updates = "on"
	if preference(r, "updates") == "off" {
		v.Updates = "off"
	}
	v.Cycle = r.PathValue("cycle")
	var reader policy.Actor
	who, err := s.Sessions.Who(r.Context())
	if err == nil {
		var capacity policy.Capacity
		if capacity, err = s.Capacity(r.Context(), who, s.Sessions.Body(r.Context())); err == nil {
			v.Who, reader = &capacity, capacity.Actor
		} else if policy.CodeOf(err) == policy.CodeNotIdentified {
			v.Stranger = policy.Refuse(policy.CodeNotIdentified, "you are logged in, but have no role here: an administrator gives roles, and until then you see what the public sees")
		}
	}
	if err != nil && policy.CodeOf(err) != policy.CodeNotIdentified {
		return v, err
	}
	if v.service, err = s.Service.As(r.Context(), reader); err != nil {
		return v, err
	}
	return v, nil
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// Correlation is the number by which the log knows the request.
func (v *visit) Correlation() string { return telemetry.Correlation(v.ctx()) }

// me gives who does something; nobody is told to log in.
func (v *visit) me() (policy.Actor, error) {
	switch {
	case v.Stranger != nil:
		return policy.Actor{}, v.Stranger
	case v.Who == nil:
		return policy.Actor{}, policy.Refuse(policy.CodeNotIdentified, "log in first")
	}
	return v.Who.Actor, nil
}

// begins counts what somebody sends, who is known, until end is called.
func (v *visit) begins() (end func(), err error) {
	me, err := v.me()
	if err != nil {
		return nil, err
	}
	return v.site.Acts.Begin(me)
}

// decider is me, logged in as freshly as a decision wants.
func (v *visit) decider() (policy.Actor, error) {
	me, err := v.me()
	if err == nil && !v.site.Sessions.Fresh(v.ctx()) {
		return me, policy.Refuse(policy.CodeNotIdentified, "a decision wants a fresh log-in: log in again")
	}
	return me, err
}

// writer is who enters rows into a register: the decider where they give effect to
// something.
func (v *visit) writer(r policy.Register) (policy.Actor, error) {
	if wire.GivesEffect(r) {
		return v.decider()
	}
	return v.me()
}

func (v *visit) parse() error {
	const inMemory = 1 << 20
	err := v.r.ParseMultipartForm(inMemory)
	if errors.Is(err, http.ErrNotMultipart) {
		err = v.r.ParseForm()
	}
	if err != nil {
		return policy.Refuse(policy.CodeInvalid, "the form cannot be read, or is larger than %d MiB", maxForm>>20)
	}
	return nil
}

// tidy takes away the files that a form brought. The server would, were the
// request that was parsed the one it knows.
func (v *visit) tidy() {
	if v.r.MultipartForm != nil {
		_ = v.r.MultipartForm.RemoveAll()
	}
}

// path gives a part of the address.
func (v *visit) path(name string) string { return v.r.PathValue(name) }

// query gives a parameter of the address.
func (v *visit) query(name string) string { return strings.TrimSpace(v.r.URL.Query().Get(name)) }

// form gives what was typed into a field.
func (v *visit) form(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }

// was gives what was typed into a field of a form that was refused, else what
// stands there at first.
func (v *visit) was(name, first string) string {
	if v.posted && v.Problem != nil && v.r.PostForm.Has(name) {
		return v.form(name)
	}
	return first
}

// subject gives the subject that the address names.
func (v *visit) subject() (policy.Subject, error) {
	return policy.ParseSubject(v.path("cycle") + "/" + v.path("path"))
}

// Here is the address of the page, without what is refused on it.
func (v *visit) Here() string { return v.r.URL.RequestURI() }

// MyBodies lists the bodies for which the reader may act.
func (v *visit) MyBodies() []policy.Body {
	if v.Who == nil {
		return nil
	}
	return v.Who.Bodies()
}

// render writes the page.
func (v *visit) render(w http.ResponseWriter, status int, show view) {
	content, err := show(v)
	if err != nil {
		problem := v.site.refusal(v.r, err)
		if v.Problem == nil || v.Problem == v.Stranger {
			v.Problem, status = problem, wire.StatusOf(problem.Code)
		}
		v.Title, content = v.Word("code", v.Problem.Code), emptyPage(v)
	}
	v.count()
	var page bytes.Buffer
	if err := layout(v, content).Render(context.WithoutCancel(v.ctx()), &page); err != nil {
		v.site.Log.Error().Err(err).Str("correlation", v.Correlation()).Msg("a page could not be rendered")
		http.Error(w, "The page could not be made. The number of the request is "+v.Correlation()+".", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Language", v.Lang)
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}

// mostCounted is up to where a badge counts.
const mostCounted = 100

// count counts what waits for the reader's body.
func (v *visit) count() {
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

// told says what went wrong in the reader's language, where the catalogues have it.
func (v *visit) told(err error) string {
	refusal := v.site.refusal(v.r, err)
	if said, is := v.Sentence(refusal.Said); is {
		return said
	}
	return refusal.Message
}

// refuse shows a page that tells nothing but a refusal.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, err error) {
	v := &visit{site: s, r: r, Printer: s.texts.In(preference(r, "language"), r.Header.Get("Accept-Language"))}
	v.Problem = s.refusal(r, err)
	v.Title = v.Word("code", v.Problem.Code)
	if v.Problem.Code == policy.CodeTooMany {
		w.Header().Set("Retry-After", "1") // seconds
	}
	v.render(w, wire.StatusOf(v.Problem.Code), func(v *visit) (body, error) { return emptyPage(v), nil })
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
