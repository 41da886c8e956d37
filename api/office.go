package api

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
)

// Office seals the acts of people whom it knows. It alone has the key: who sends
// an act straight to Temporal without it is refused by the record.
type Office struct {
	Signer *evidence.Signer
	// Keys are the public keys to believe, for whoever checks.
	Keys *evidence.Keyring
}

// Seal seals an act for somebody: the act must be theirs, and one that a role of
// theirs allows.
func (o *Office) Seal(who policy.Principal, e evidence.Envelope) (evidence.Envelope, error) {
	if err := e.Check(); err != nil {
		return e, err
	}
	if e.Act.By.Person != who.Person || e.Act.By.Body != who.Body {
		return e, policy.Refuse(policy.CodeNotCompetent, "%s cannot have sealed what %s does", who.Actor, e.Act.By)
	}
	if e.Act.For == nil { // whom somebody stands in for, the record knows
		if err := who.HasRoleFor(e.Act); err != nil {
			return e, err
		}
	}
	const skew = time.Minute
	if age := time.Since(e.IssuedAt); age > skew || age < -skew {
		return e, policy.Refuse(policy.CodeSeal, "the clock of this machine differs from that of the office: it is to be set")
	}
	return o.Signer.Seal(e)
}

// office serves what the service knows of who asks, what it seals, and what changes.
func (s *server) office(api huma.API) {
	nothing := policy.Refuse(policy.CodeUnknown, "nothing is sealed here")
	register(s, api, httpapi.Seal, func(ctx context.Context, c call, in *httpapi.Keyed[evidence.Envelope]) (*evidence.Envelope, error) {
		if s.Office == nil {
			return nil, nothing
		}
		if in.Body.Act.Deed().WantsFreshLogin() {
			if err := s.decides(ctx); err != nil {
				return nil, err
			}
		}
		sealed, err := s.Office.Seal(c.Who, in.Body)
		return &sealed, err
	})
	registerRaw(s, api, httpapi.Keys, "text/plain; charset=utf-8", func(context.Context, call, *httpapi.Nothing) (*httpapi.Raw, error) {
		if s.Office == nil {
			return nil, nothing
		}
		keys := httpapi.Raw(s.Office.Keys.Text())
		return &keys, nil
	})
	register(s, api, httpapi.WhoAmI, func(ctx context.Context, c call, _ *httpapi.Nothing) (*httpapi.WhoAmIs, error) {
		if c.Who.Body == "" {
			return nil, policy.Refuse(policy.CodeNotIdentified, "no token was shown: log in with the provider")
		}
		may, err := c.May(ctx)
		return &httpapi.WhoAmIs{Actor: c.Who.Actor, Roles: c.Who.Grants, May: may}, err
	})
	s.events(api)
}

// events tells what changes, as server-sent events: event "change", data the JSON
// of a service.Change.
func (s *server) events(api huma.API) {
	const mediaType = "text/event-stream"
	huma.Register(api, rawly(operation(s, httpapi.WhatChanges), mediaType), func(_ context.Context, in *httpapi.Events) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			r, w := humago.Unwrap(ctx)
			err := s.Streams.Serve(w, r, httpapi.Stream{
				Cycle: in.Cycle, Ending: s.Ending,
				See: func() (policy.Actor, service.Service, error) {
					who, err := s.identify(r)
					if err != nil {
						return policy.Actor{}, nil, err
					}
					return who.Actor, s.Service.As(who), nil
				},
				Tell: func(c service.Change) string {
					return fmt.Sprintf("event: change\nid: %d\ndata: %s\n\n", c.Sequence, jsonOf(c))
				},
				Broke: func(err error) { s.Log.Warn().Err(err).Msg("a stream of changes broke off") },
			})
			if err != nil {
				s.refuse(w, r, err)
			}
		}}, nil
	})
}
