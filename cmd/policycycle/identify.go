package main

import (
	"context"
	"crypto/cipher"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
)

// door is how a service knows who asks: by a token or a name that a command
// shows, or by the log-in of a browser.
type door struct {
	records  *store.Store
	provider *identity.Provider // nil where names are believed
	sessions *identity.Sessions
	fresh    time.Duration // how old a log-in may be by which somebody decides; 0 is any age
	herald   *herald       // tells what becomes of log-ins and tokens
	// mark has every answer say what it is to say.
	mark func(http.Handler) http.Handler
}

// opensDoor gives the door of the identity that is configured. The local one
// opens on this machine alone.
func (a *app) opensDoor(ctx context.Context, records *store.Store, url string, signer *evidence.Signer) (*door, error) {
	d := &door{records: records, fresh: a.config.Identity.Fresh, herald: newHerald(a.log, records), mark: func(next http.Handler) http.Handler { return next }}
	secure := strings.HasPrefix(url, "https:")
	if a.config.Identity.Kind == config.IdentityOIDC {
		if a.config.Server.Exposed() {
			return nil, needed("server.url", "others can reach %s, and nobody may log in there unencrypted: set server.tls.cert and server.tls.key, set server.url to the https address of a proxy, or listen on 127.0.0.1", a.config.Server.Listen)
		}
		if secure {
			d.mark = onlyEncrypted
		}
		options, err := a.providerOptions(url)
		if err != nil {
			return nil, err
		}
		options.Told = a.toldOfProvider
		d.provider = identity.NewProvider(options)
		const soon = 2 * time.Second // a provider that is away keeps nobody from the public pages
		asked, cancel := context.WithTimeout(ctx, soon)
		defer cancel()
		_ = d.provider.Ask(asked) // which is told
	} else {
		var local identity.Local
		if err := inField("server.listen", local.Check(a.config.Server.Listen)); err != nil {
			return nil, err
		}
		d.mark = local.Guard
	}
	locks, err := a.locksOfLogIns(signer)
	if err != nil {
		return nil, err
	}
	d.sessions = identity.NewSessions(identity.SessionOptions{
		Provider: d.provider, Store: records.Sessions(), Locks: locks, Lasts: a.config.Identity.Session, Fresh: a.config.Identity.Fresh,
		Secure: secure, Turn: records.TakeTurn, SignedOut: records.SignOut, Told: d.herald.login,
	})
	return d, nil
}

// locksOfLogIns gives the locks under which the database keeps log-ins, made of what the
// database does not have and all services share: the secret of the client at the provider,
// else the keys that seal. Log-ins outlive a change of those.
func (a *app) locksOfLogIns(signer *evidence.Signer) ([]cipher.AEAD, error) {
	secrets, err := signer.Secrets("log-ins")
	if a.config.Identity.ClientSecret != "" {
		var secret []byte
		secret, err = readSmall(a.config.Identity.ClientSecret)
		secrets = [][]byte{secret}
	}
	if err != nil {
		return nil, err
	}
	return identity.LocksOf(secrets...)
}

// onlyEncrypted has browsers come back encrypted alone.
func onlyEncrypted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		next.ServeHTTP(w, r)
	})
}

// identify says as what a command or program asks, and gives
// policy.CodeNotIdentified for nobody.
func (d *door) identify(r *http.Request) (policy.Principal, error) {
	if d.provider == nil {
		if r.Header.Get(identity.HeaderAs) == "" { // the public reads
			return policy.Principal{}, policy.Refuse(policy.CodeNotIdentified, "say who you are as NAME@BODY in %s", identity.HeaderAs)
		}
		actor, err := identity.Local{}.Identify(r)
		if err != nil {
			return policy.Principal{}, err
		}
		return d.records.PrincipalOf(r.Context(), actor)
	}
	who, err := d.shown(r)
	if err != nil {
		if r.Header.Get("Authorization") != "" {
			d.herald.token(r.Context(), err)
		}
		return policy.Principal{}, err
	}
	asked := r.Header.Get(identity.HeaderAs)
	var body policy.Body
	if asked != "" {
		if body, err = policy.ParseBody(asked[strings.LastIndex(asked, "@")+1:]); err != nil {
			return policy.Principal{}, err
		}
	}
	principal, err := welcome(r.Context(), d.records, who, body, true)
	if principal.Person == 0 {
		d.herald.token(r.Context(), err)
	}
	if bodies := principal.Bodies(); err == nil && body == "" && len(bodies) > 1 {
		return principal, policy.Refuse(policy.CodeInvalid, "say for which body with --as @BODY: you have roles at %s", policy.TitlesOf(bodies))
	}
	return principal, err
}

// shown says whose token a command or program shows.
func (d *door) shown(r *http.Request) (*identity.Identified, error) {
	bearer, shown := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !shown {
		refusal := policy.Refuse(policy.CodeNotIdentified, "no token was shown: log in with the provider")
		return nil, &identity.TokenError{Refusal: refusal, Reason: identity.ReasonForm}
	}
	return d.provider.Verify(r.Context(), bearer)
}

// decides refuses whoever shows a token by which they did not log in as freshly as
// a decision wants.
func (d *door) decides(r *http.Request) error {
	if d.provider == nil || d.fresh == 0 {
		return nil
	}
	who, err := d.shown(r)
	if err == nil && !who.Fresh(d.fresh, time.Now()) {
		err = policy.Refuse(policy.CodeNotIdentified, "a decision wants a log-in that is at most %s old: log in again, at the command line with policycycle login --again", d.fresh)
	}
	return err
}

// principal says as what somebody acts who is logged in: for the body that they
// chose, or for the first of theirs.
func (d *door) principal(ctx context.Context, who *identity.Identified, body policy.Body) (policy.Principal, error) {
	if d.provider == nil {
		return d.records.PrincipalOf(ctx, policy.Actor{Name: who.Name, Body: body})
	}
	principal, err := welcome(ctx, d.records, who, body, false)
	if policy.CodeOf(err) == policy.CodeNotCompetent { // the role there was withdrawn
		return welcome(ctx, d.records, who, "", false)
	}
	return principal, err
}

// calendar gives as what the person of a calendar reads now, and of what it is, by its token.
func (d *door) calendar(ctx context.Context, token string) (policy.Principal, policy.CalendarScope, error) {
	return d.records.OpenCalendar(ctx, token, policy.Calendar{}.Today(time.Now()))
}

// toldOfProvider tells whoever operates this that the provider has gone away, or is back.
func (a *app) toldOfProvider(away error) {
	if away == nil {
		a.log.Info().Msg("the provider answers again")
		return
	}
	a.log.Warn().Err(away).Msg("the provider does not answer: nobody can log in until it does; it is asked again")
}

// providerOptions says which provider is configured, and what its claims mean.
func (a *app) providerOptions(url string) (o identity.Options, err error) {
	i := a.config.Identity
	switch {
	case i.Issuer == "":
		return o, needed("identity.issuer", "say with identity.issuer which provider is believed")
	case i.ClientID == "":
		return o, needed("identity.client_id", "say with identity.client_id under which name it knows policycycle")
	case i.Claims == "":
		return o, needed("identity.claims", "say with identity.claims which file gives roles to claims")
	}
	file, err := os.Open(i.Claims)
	if err != nil {
		return o, unreadable(i.Claims, err)
	}
	defer func() { _ = file.Close() }()
	claims, err := identity.ReadClaims(file)
	if err != nil {
		return o, inField("identity.claims", err)
	}
	o = identity.Options{Issuer: i.Issuer, ClientID: i.ClientID, Audience: i.Audience, Claims: claims, RedirectURL: url + identity.PathCallback}
	if i.ClientSecret != "" {
		secret, err := readSmall(i.ClientSecret)
		if err != nil {
			return o, inField("identity.client_secret", err)
		}
		o.ClientSecret = strings.TrimSpace(string(secret))
	}
	return o, nil
}

// welcome takes note of who asks, and gives as what the person acts: for the body
// that is named, else for the first at which there is a role. A bearer shows a token;
// the others are logged in.
func welcome(ctx context.Context, records *store.Store, who *identity.Identified, body policy.Body, bearer bool) (policy.Principal, error) {
	person, err := records.Welcome(ctx, accountOf(who), store.Claims{Grants: who.Grants, Issued: who.Issued, Bearer: bearer}, time.Now())
	if err != nil {
		return policy.Principal{}, err
	}
	principal, err := records.PrincipalOf(ctx, policy.Actor{Person: person, Body: body})
	if err != nil {
		return principal, err
	}
	bodies := principal.Bodies()
	switch {
	case len(bodies) == 0:
		return principal, policy.Refuse(policy.CodeNotIdentified, "%s has no role here: an administrator gives roles", principal.Actor)
	case body == "":
		principal.Body = bodies[0]
	case !slices.Contains(bodies, body):
		return principal, policy.Refuse(policy.CodeNotCompetent, "%s has no role at %s", principal.Actor, body.Title())
	}
	return principal, nil
}

func accountOf(who *identity.Identified) store.Account {
	return store.Account{Issuer: who.Issuer, Subject: who.Subject, Name: who.Name, Service: who.Service}
}
