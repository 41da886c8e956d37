package main

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/telemetry"
)

// herald tells whoever operates a service what becomes of log-ins and tokens: each in a
// figure, and in the log without a token, and without a name but the number of a person.
type herald struct {
	log zerolog.Logger
	few zerolog.Logger // of what a stranger can cause as often as they like
	// person gives the number of who logged in or out; 0 where it is not known.
	person func(context.Context, identity.Outcome) int64
}

// How many lines of a level are written in each minute of what strangers cause. The
// figures count all.
const fewLines = 30

func newHerald(log zerolog.Logger, records *store.Store) *herald {
	few := func() zerolog.Sampler { return &zerolog.BurstSampler{Burst: fewLines, Period: time.Minute} }
	h := &herald{log: log, few: log.Sample(zerolog.LevelSampler{InfoSampler: few(), WarnSampler: few()})} // one hides none of the other
	h.person = func(ctx context.Context, o identity.Outcome) int64 {
		if o.Result == identity.ResultIn { // they may be new
			who, _ := welcome(ctx, records, o.Who, "", false)
			return who.Person
		}
		person, err := records.PersonOf(ctx, accountOf(o.Who))
		if err != nil {
			return 0
		}
		return person
	}
	return h
}

// login tells what became of a log-in in a browser.
func (h *herald) login(ctx context.Context, o identity.Outcome) {
	telemetry.CountLogin(string(o.Result))
	if o.Who == nil {
		h.few.Info().Str("result", string(o.Result)).Str("why", identity.Cause(o.Err)).Str("correlation", telemetry.Correlation(ctx)).Msg("a log-in failed")
		return
	}
	said := map[identity.Result]string{identity.ResultIn: "somebody logged in", identity.ResultOut: "somebody logged out"}[o.Result]
	h.log.Info().Str("issuer", o.Who.Issuer).Int64("person", h.person(ctx, o)).Str("correlation", telemetry.Correlation(ctx)).Msg(said)
}

// token tells of a token that was shown and not believed. Who shows none is the public.
func (h *herald) token(ctx context.Context, err error) {
	reason := "ended" // by a log-out, or by erasing the person
	token, is := errors.AsType[*identity.TokenError](err)
	switch {
	case is:
		reason = string(token.Reason)
	case policy.CodeOf(err) != policy.CodeNotIdentified: // the records are away
		return
	}
	telemetry.CountRefusedToken(reason)
	h.few.Warn().Str("reason", reason).Str("correlation", telemetry.Correlation(ctx)).Msg("a token was refused")
}
