// Package remote does over HTTP what only a server can: it has acts sealed by
// who has the key.
package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
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
	text, err := evidence.Canonical(e)
	if err != nil {
		return e, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, o.URL+"/v1/seal", bytes.NewReader(text))
	if err != nil {
		return e, policy.Refuse(policy.CodeInvalid, "%q is not the address of a service", o.URL)
	}
	request.Header.Set("Content-Type", "application/json")
	body, err := o.ask(request)
	if err != nil {
		return e, err
	}
	return evidence.ParseEnvelope(body)
}

// ask sends a request as whoever asks, and gives what comes back.
func (o *Office) ask(request *http.Request) ([]byte, error) {
	request.Header.Set("Policycycle-As", o.As)
	if o.Token != "" {
		request.Header.Set("Authorization", "Bearer "+o.Token)
	}
	answer, err := o.Client.Do(request)
	if err != nil {
		return nil, policy.Refuse(policy.CodeUnavailable, "the service at %s, which knows people and seals acts, does not answer; nothing was changed", o.URL)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, evidence.MaxEnvelope))
	if err != nil {
		return nil, policy.Refuse(policy.CodeUnavailable, "the service at %s broke off; nothing was changed", o.URL)
	}
	if answer.StatusCode == http.StatusOK {
		return body, nil
	}
	var refused struct {
		Error *policy.Error `json:"error"`
	}
	if json.Unmarshal(body, &refused) == nil && refused.Error != nil {
		return nil, refused.Error
	}
	return nil, policy.Refuse(policy.CodeUnavailable, "the service at %s answered with status %d; nothing was changed", o.URL, answer.StatusCode)
}

// WhoAmI asks the office who shows the token: the person, and the body for which
// the person acts.
func (o *Office) WhoAmI(ctx context.Context) (policy.Actor, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, o.URL+"/v1/whoami", http.NoBody)
	if err != nil {
		return policy.Actor{}, policy.Refuse(policy.CodeInvalid, "%q is not the address of a service", o.URL)
	}
	body, err := o.ask(request)
	if err != nil {
		return policy.Actor{}, err
	}
	var actor policy.Actor
	if err := json.Unmarshal(body, &actor); err != nil || actor.Person == 0 {
		return policy.Actor{}, policy.Refuse(policy.CodeUnavailable, "the service at %s does not say who asks", o.URL)
	}
	return actor, nil
}
