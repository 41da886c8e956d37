package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/wire"
)

// Office seals the acts of people whom it knows. It alone has the key: who sends
// an act straight to Temporal without it is refused by the record.
type Office struct {
	// Identify says who asks, with the roles that the person has now. Its refusals
	// have policy.CodeNotIdentified.
	Identify func(*http.Request) (policy.Capacity, error)
	Signer   *evidence.Signer
	// Keys are the public keys to believe, for whoever checks.
	Keys *evidence.Keyring
	Log  zerolog.Logger
}

// The paths of the office.
const (
	PathSeal   = "/v1/seal"   // POST an envelope, get it sealed
	PathKeys   = "/v1/keys"   // the public keys
	PathWhoAmI = "/v1/whoami" // who asks, with which roles
)

// Handler gives the office as an HTTP handler.
func (o *Office) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+PathSeal, o.seal)
	mux.HandleFunc("GET "+PathWhoAmI, o.whoAmI)
	mux.HandleFunc("GET "+PathKeys, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write(o.Keys.Text())
	})
	return mux
}

// seal seals an act of the person who asks, and of nobody else.
func (o *Office) seal(w http.ResponseWriter, r *http.Request) {
	who, err := o.Identify(r)
	if err != nil {
		o.refuse(w, err)
		return
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, evidence.MaxEnvelope))
	if err != nil {
		o.refuse(w, policy.Refuse(policy.CodeInvalid, "the envelope is larger than %d KiB", evidence.MaxEnvelope>>10))
		return
	}
	e, err := evidence.ParseEnvelope(text)
	if err == nil {
		err = e.Check()
	}
	if err == nil {
		e, err = o.Seal(r.Context(), who, e)
	}
	if err != nil {
		o.refuse(w, err)
		return
	}
	o.answer(w, http.StatusOK, e)
}

// Seal seals an act for somebody: the act must be theirs, and one that a role of
// theirs allows.
func (o *Office) Seal(_ context.Context, who policy.Capacity, e evidence.Envelope) (evidence.Envelope, error) {
	if e.Act.By.Person != who.Person || e.Act.By.Body != who.Body {
		return e, policy.Refuse(policy.CodeNotCompetent, "%s cannot have sealed what %s does", who.Actor, e.Act.By)
	}
	if e.Act.For == nil { // whom somebody stands in for, the record knows
		if err := who.MayDo(e.Act); err != nil {
			return e, err
		}
	}
	const skew = time.Minute
	if age := time.Since(e.IssuedAt); age > skew || age < -skew {
		return e, policy.Refuse(policy.CodeSeal, "the clock of this machine differs from that of the office: it is to be set")
	}
	return o.Signer.Seal(e)
}

func (o *Office) whoAmI(w http.ResponseWriter, r *http.Request) {
	who, err := o.Identify(r)
	if err != nil {
		o.refuse(w, err)
		return
	}
	o.answer(w, http.StatusOK, struct {
		policy.Actor
		Roles []policy.Grant `json:"roles"`
	}{who.Actor, who.Grants})
}

// refuse answers with a refusal, and never with anything else that went wrong.
func (o *Office) refuse(w http.ResponseWriter, err error) {
	refusal, is := errors.AsType[*policy.Error](err)
	if !is {
		o.Log.Error().Err(err).Msg("unforeseen")
		refusal = policy.Refuse(policy.CodeInternal, "something unforeseen happened; the log of the service tells more")
	}
	o.answer(w, wire.StatusOf(refusal.Code), struct {
		Error *policy.Error `json:"error"`
	}{refusal})
}

func (o *Office) answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		o.Log.Debug().Err(err).Msg("an answer was not taken")
	}
}
