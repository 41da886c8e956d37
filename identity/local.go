package identity

import (
	"net"
	"net/http"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// Local believes whoever says a name: NAME@BODY in the header HeaderAs. It is for
// one machine, for rehearsals and for learning, and for nothing real.
type Local struct{}

// LocalIssuer is the issuer of names that are believed, as the records have it.
const LocalIssuer = "local"

// The headers by which a command says as whom it asks, and a local answer says
// that it is for nothing real.
const (
	HeaderAs    = "Policycycle-As"
	HeaderLocal = "Policycycle-Identity"
)

// Check refuses an address that others than this machine could reach.
func (Local) Check(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil || !onThisMachine(host) {
		return policy.Refuse(policy.CodeInvalid, "the local identity believes whoever says a name, so it listens on this machine alone: %s can be reached by others; listen on 127.0.0.1, or set identity.kind to oidc", listen)
	}
	return nil
}

// onThisMachine says whether a host is this machine and can be nothing else.
func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Identify gives the name that somebody says. Requests that come from a page of
// elsewhere are refused: a browser may be talked into them.
func (Local) Identify(r *http.Request) (policy.Actor, error) {
	site := r.Header.Get("Sec-Fetch-Site")
	if r.Header.Get("Origin") != "" && site != "same-origin" || site == "cross-site" {
		return policy.Actor{}, policy.Refuse(policy.CodeNotIdentified, "the local identity believes nobody who comes from elsewhere")
	}
	return policy.ParseActor(r.Header.Get(HeaderAs))
}

// Named gives who somebody is who is believed on a name: in any case, a name is one person.
func (Local) Named(name string) Identified {
	return Identified{Issuer: LocalIssuer, Subject: strings.ToLower(name), Name: name}
}

// Guard lets nobody in who asks for another host than this machine, since a name
// of elsewhere may be made to point here, and has every answer say that it is for
// nothing real.
func (Local) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(HeaderLocal, "local; not for real use")
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if !onThisMachine(strings.Trim(host, "[]")) {
			http.Error(w, "Names are believed here, so this machine alone is served: ask for localhost.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
