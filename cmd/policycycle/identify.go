package main

import (
	"context"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
)

// door is how the office knows who asks, and what it offers for that.
type door struct {
	identify func(*http.Request) (policy.Capacity, error)
	// wrap adds the paths of a log-in, and what every answer is to say.
	wrap func(http.Handler) http.Handler
}

// opensDoor gives the door of the identity that is configured. The local one
// opens on this machine alone.
func (a *app) opensDoor(ctx context.Context, records *store.Store, url string) (door, error) {
	if a.config.Identity.Kind != config.IdentityOIDC {
		var local identity.Local
		return door{
			identify: func(r *http.Request) (policy.Capacity, error) {
				actor, err := local.Identify(r)
				if err != nil {
					return policy.Capacity{}, err
				}
				return records.CapacityOf(r.Context(), actor)
			},
			wrap: local.Mark,
		}, inField("server.listen", local.Check(a.config.Server.Listen))
	}
	provider, err := a.provider(ctx, url)
	if err != nil {
		return door{}, err
	}
	sessions := identity.NewSessions(identity.SessionOptions{Provider: provider, Lasts: a.config.Identity.Session, Secure: strings.HasPrefix(url, "https:")})
	return door{
		identify: func(r *http.Request) (policy.Capacity, error) {
			who, err := identified(r, provider, sessions)
			if err != nil {
				return policy.Capacity{}, err
			}
			return welcome(r, records, who)
		},
		wrap: func(next http.Handler) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("/", sessions.Load(next))
			for _, path := range []string{identity.PathLogin, identity.PathCallback, identity.PathLogout} {
				mux.Handle(path, sessions.Handler())
			}
			return mux
		},
	}, nil
}

// provider dials the provider that is configured.
func (a *app) provider(ctx context.Context, url string) (*identity.Provider, error) {
	i := a.config.Identity
	switch {
	case i.Issuer == "":
		return nil, needed("identity.issuer", "say with identity.issuer which provider is believed")
	case i.ClientID == "":
		return nil, needed("identity.client_id", "say with identity.client_id under which name it knows policycycle")
	case i.Claims == "":
		return nil, needed("identity.claims", "say with identity.claims which file gives roles to claims")
	}
	file, err := os.Open(i.Claims)
	if err != nil {
		return nil, unreadable(i.Claims, err)
	}
	defer func() { _ = file.Close() }()
	claims, err := identity.ReadClaims(file)
	if err != nil {
		return nil, inField("identity.claims", err)
	}
	options := identity.Options{Issuer: i.Issuer, ClientID: i.ClientID, Audience: i.Audience, Claims: claims, RedirectURL: url + identity.PathCallback}
	if i.ClientSecret != "" {
		secret, err := readSmall(i.ClientSecret)
		if err != nil {
			return nil, inField("identity.client_secret", err)
		}
		options.ClientSecret = strings.TrimSpace(string(secret))
	}
	return identity.Dial(ctx, options)
}

// identified says who asks: by a bearer token, else by the session of a browser.
func identified(r *http.Request, p *identity.Provider, s *identity.Sessions) (*identity.Identified, error) {
	if bearer, shown := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); shown {
		return p.Verify(r.Context(), bearer)
	}
	return s.Who(r.Context())
}

// welcome takes note of who asks, and gives as what the person acts: for the body
// that the request names, else for the only one at which there is a role.
func welcome(r *http.Request, records *store.Store, who *identity.Identified) (policy.Capacity, error) {
	account := store.Account{Issuer: who.Issuer, Subject: who.Subject, Name: who.Name, Service: who.Service}
	person, err := records.Welcome(r.Context(), account, who.Grants, time.Now())
	if err != nil {
		return policy.Capacity{}, err
	}
	asked := r.Header.Get(identity.HeaderAs)
	var body policy.Body
	if asked != "" {
		if body, err = policy.ParseBody(asked[strings.LastIndex(asked, "@")+1:]); err != nil {
			return policy.Capacity{}, err
		}
	}
	capacity, err := records.CapacityOf(r.Context(), policy.Actor{Person: person, Body: body})
	if err != nil {
		return capacity, err
	}
	bodies := capacity.Bodies()
	switch {
	case len(bodies) == 0:
		return capacity, policy.Refuse(policy.CodeNotIdentified, "%s has no role here: an administrator gives roles", capacity.Actor)
	case body == "" && len(bodies) > 1:
		return capacity, policy.Refuse(policy.CodeInvalid, "say for which body with --as @BODY: you have roles at %s", policy.TitlesOf(bodies))
	case body == "":
		capacity.Body = bodies[0]
	case !slices.Contains(bodies, body):
		return capacity, policy.Refuse(policy.CodeNotCompetent, "%s has no role at %s", capacity.Actor, body.Title())
	}
	return capacity, nil
}
