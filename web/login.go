package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
)

// loginBodies are those for which somebody may say to act, where names are
// believed, in the order in which people look for them.
func loginBodies() []policy.Body {
	bodies := []policy.Body{
		policy.GeneralSecretariat, policy.Presidency, policy.SupportTeam, policy.Commission, policy.Europol, policy.Evaluator,
		policy.CourtOfAuditors, policy.Operator, policy.Eurojust, policy.Frontex, policy.CEPOL, policy.EEAS,
	}
	return append(bodies, policy.MemberStates...)
}

// next is the page to go to after a log-in.
func (v *page) next() string { return url.QueryEscape(identity.OwnPath(v.query("next"))) }

func loginPage(v *page) (body, error) {
	v.Title = v.T("login.title")
	return login(v), nil
}

// logIn believes a name, where names are believed.
func logIn(v *page) (string, error) {
	b, err := policy.ParseBody(v.form("body"))
	if err == nil && !slices.Contains(loginBodies(), b) {
		err = policy.Refuse(policy.CodeInvalid, "nobody acts for %s here", b.Title())
	}
	if err != nil {
		return "", err
	}
	actor, err := policy.ParseActor(v.form("name") + "@" + string(b))
	if err != nil {
		return "", err
	}
	who := identity.Local{}.Named(actor.Name)
	return identity.OwnPath(v.query("next")), v.site.Sessions.SignIn(v.ctx(), who, b)
}

// logInFailed shows why a log-in did not come to its end, and how to go on.
func (s *site) logInFailed(w http.ResponseWriter, r *http.Request, f identity.Failure) {
	v, err := s.page(r)
	if err != nil { // what failed first is what is told
		v = s.plainPage(r)
	}
	v.unfinished, v.Problem = &f, s.refusal(r, f.Err)
	v.Title = v.T("login.failed")
	v.render(w, f.Status, func(v *page) (body, error) { return logInAgain(v), nil })
}

// againPath is where a log-in that did not come to its end begins anew.
func (v *page) againPath() string {
	path := identity.PathLogin + "?next=" + url.QueryEscape(v.unfinished.Next)
	if v.unfinished.Again {
		path += "&again"
	}
	return path
}
