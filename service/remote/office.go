// Package remote does over HTTP what only a server can: it has acts sealed by
// who has the key.
package remote

import (
	"context"
	"net/http"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/httpapi"
)

// Office is where acts are sealed: serve, or a running up.
type Office struct {
	URL    string
	Client *http.Client
	// Token is the bearer token to show; empty where names are believed. As is the
	// name that is said there, and the body for which somebody acts.
	Token string
	As    string
}

// Seal has an act sealed. A refusal of the office is a *policy.Error; one that
// does not answer is policy.CodeUnavailable.
func (o *Office) Seal(ctx context.Context, e evidence.Envelope) (evidence.Envelope, error) {
	sealed, err := call(ctx, o.service(), httpapi.Seal, httpapi.Keyed[evidence.Envelope]{Body: e})
	if policy.CodeOf(err) == policy.CodeOutcomeUnknown { // it is not sent before it is sealed
		err = policy.Refuse(policy.CodeUnavailable, "the service at %s, which knows people and seals acts, does not answer; nothing was changed", o.URL)
	}
	if err != nil {
		return e, err
	}
	return *sealed, nil
}

// WhoAmI asks the office who shows the token: the person, and the body for which
// the person acts.
func (o *Office) WhoAmI(ctx context.Context) (policy.Actor, error) {
	who, err := call(ctx, o.service(), httpapi.WhoAmI, httpapi.Nothing{})
	if err != nil {
		return policy.Actor{}, err
	}
	if who.Person == 0 {
		return policy.Actor{}, policy.Refuse(policy.CodeUnavailable, "the service at %s does not say who asks", o.URL)
	}
	return who.Actor, nil
}

// Alive says whether the office answers.
func (o *Office) Alive(ctx context.Context) error { return o.service().Alive(ctx) }

// Keys gives the public keys to believe, as a file of keys has them.
func (o *Office) Keys(ctx context.Context) ([]byte, error) {
	keys, err := call(ctx, o.service(), httpapi.Keys, httpapi.Nothing{})
	if err != nil {
		return nil, err
	}
	return *keys, nil
}

func (o *Office) service() *Service {
	return &Service{URL: o.URL, Client: o.Client, Token: o.Token, Name: o.As}
}
