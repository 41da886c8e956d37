package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
)

// The most bytes of a form: a document and what is said of it; of somebody who is
// refused whatever they send; a few words. And how much more of a form that is too large
// is passed over: a browser shows the answer once it has sent all, or that the line broke.
const (
	maxForm    = service.MaxContent*4/3 + 1<<20 // a third more, as text, when a page sends the file along
	maxRefused = 1 << 20
	maxWords   = 16 << 10

	maxPassedOver = 128 << 20
)

// deed does what a form asks, and gives the path of the page that follows; "" for the
// form again, as it was sent.
type deed func(v *page) (next string, err error)

// post takes a form, which stands on the page at an address. What is refused shows
// there, with what was sent. Of somebody who is not logged in nothing is done, but
// what they typed is kept until they are.
func (s *site) post(do deed, show view, at string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.page(r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		v.at = at
		next, err := v.does(w, do)
		switch {
		case err != nil:
			v.Problem, v.Said = s.refusal(r, err), ""
			v.mistaken(v.Problem)
			v.keep()
			shown := show
			if v.Who == nil && v.mustLogIn() {
				shown = refusedAlone
			}
			v.render(w, httpapi.StatusOf(v.Problem.Code), shown)
		case next == "":
			v.render(w, http.StatusOK, show)
		default:
			s.say(w, v.Said)
			http.Redirect(w, r, next, http.StatusSeeOther)
		}
	})
}

// does does what a form asks, within the bounds of what one person sends. Of whoever
// is refused beforehand, what they typed is read all the same.
func (v *page) does(w http.ResponseWriter, do deed) (next string, err error) {
	most := int64(maxWords)
	if v.r.URL.Path != identity.PathLogin {
		end, refused := v.begins()
		if refused != nil {
			_ = v.take(w, maxRefused)
			return "", refused
		}
		defer end()
		most = maxForm
	}
	if err := v.take(w, most); err != nil {
		return "", err
	}
	return do(v)
}

// chooseAgain says that the file of a form has to be chosen again; "" where there was none.
func (v *page) chooseAgain() string {
	if v.sent == nil || v.sent.File == "" {
		return ""
	}
	return v.T("problem.file", "Name", v.sent.File)
}

// keep keeps what was sent for whoever has to log in before it is taken.
func (v *page) keep() {
	if !v.mustLogIn() || v.sent == nil || len(v.fields(v.sent.Form)) == 0 && v.sent.File == "" {
		return
	}
	text, err := json.Marshal(v.sent)
	if err == nil {
		v.kept, err = v.site.Sessions.Keep(text)
	}
	if err != nil { // it stands on the page all the same
		v.site.Log.Warn().Err(err).Str("correlation", v.Correlation()).Msg("what was typed could not be kept")
	}
}

// takeKept finds what was kept while somebody logged in.
func (v *page) takeKept() {
	word := v.query(keptName)
	if word == "" || v.Who == nil {
		return
	}
	text, err := v.site.Sessions.Kept(word)
	if err == nil && text == nil {
		err = policy.Refuse(policy.CodeUnknown, "what was typed before the log-in is no longer kept")
	}
	if err == nil {
		v.sent = &sent{}
		err = json.Unmarshal(text, v.sent)
	}
	if err != nil {
		v.sent, v.Problem = nil, v.site.refusal(v.r, err)
		return
	}
	v.Said = strings.TrimSpace(v.T("login.kept") + " " + v.chooseAgain())
}

// keptName is the parameter by which a page finds what was kept.
const keptName = "kept"

// mustLogIn says whether the reader is refused until they log in, or do so anew.
func (v *page) mustLogIn() bool {
	return v.Problem != nil && v.Problem.Code == policy.CodeNotIdentified && v.Stranger == nil && v.unfinished == nil
}

// asks says whether a field is to be answered that a form does not have at first.
func (v *page) asks(name string) bool {
	return v.Problem != nil && v.Problem.Field == name || v.sent != nil && v.sent.Form.Has(name)
}

// Here is the address of the page: of a form, that of the page on which it stands.
func (v *page) Here() string {
	if v.at == "" {
		return v.r.URL.RequestURI()
	}
	parts := strings.Split(v.at, "/")
	for i, part := range parts {
		if name, is := strings.CutPrefix(part, "{"); is {
			parts[i] = v.path(strings.TrimRight(name, ".}"))
		}
	}
	here := url.URL{Path: strings.Join(parts, "/"), RawQuery: v.r.URL.RawQuery}
	return here.RequestURI()
}

// back is where a log-in leads: to the page, with what was kept.
func (v *page) back() string {
	here, err := url.Parse(v.Here())
	if err != nil || v.kept == "" {
		return v.Here()
	}
	query := here.Query()
	query.Set(keptName, v.kept)
	here.RawQuery = query.Encode()
	return here.RequestURI()
}

// ended says to somebody who is not logged in what became of what they sent.
func (v *page) ended() string {
	switch {
	case v.sent == nil:
		return v.T("login.first")
	case v.kept != "":
		return v.T("login.ended") + " " + v.T("login.carried")
	default:
		return v.T("login.ended")
	}
}
