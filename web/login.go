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
func (v *page) loginBodies() []policy.Body {
	own := v.ownBodies()
	bodies := []policy.Body{
		policy.GeneralSecretariat, policy.Presidency, policy.SupportTeam, policy.Commission, policy.Europol, policy.Evaluator,
		policy.CourtOfAuditors, policy.Operator, policy.Eurojust, policy.Frontex, policy.CEPOL, policy.EEAS,
	}
	for _, b := range own.Added() {
		if !b.Collective && b.Kind != policy.KindMemberState {
			bodies = append(bodies, b.Body)
		}
	}
	return append(bodies, own.States()...)
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
	if err == nil && !slices.Contains(v.loginBodies(), b) {
		err = policy.Refuse(policy.CodeInvalid, "nobody acts for %s here", v.ownBodies().Title(b))
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
