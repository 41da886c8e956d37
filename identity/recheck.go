package identity

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/policycycle/policycycle/policy"
)

// A provider that takes a role away, or locks somebody out, does not say so. It is asked
// again and again, by the refresh token that it gave with the log-in. Where it gave none,
// the browser goes by it and back, which nobody notices who is still logged in there.
const (
	recheckEvery = 5 * time.Minute  // with a refresh token
	vouchedFor   = 15 * time.Minute // without one
	vouchedAway  = time.Hour        // with one, while the provider does not answer
	recheckTurn  = 30 * time.Second // before another request of the same browser asks
)

// vouch keeps when a provider vouched for a log-in last, and by what it is asked again.
func (s *Sessions) vouch(ctx context.Context, refresh string) error {
	s.manager.Put(ctx, sessionVouched, s.now().Unix())
	return s.keepSecret(ctx, sessionRefresh, refresh)
}

// vouched says whether a log-in is still good by what the provider said last.
func (s *Sessions) vouched(ctx context.Context) bool {
	if s.Believes() {
		return true
	}
	most := vouchedFor
	if s.manager.Exists(ctx, sessionRefresh) {
		most = vouchedAway
	}
	return s.vouchedSince(ctx) < most
}

func (s *Sessions) vouchedSince(ctx context.Context) time.Duration {
	return s.now().Sub(time.Unix(s.manager.GetInt64(ctx, sessionVouched), 0))
}

// recheck asks the provider again about who is logged in, where it is time to. What has
// ended there ends here.
func (s *Sessions) recheck(ctx context.Context) {
	who, is := s.manager.Get(ctx, sessionWho).(Identified)
	if s.Believes() || !is || s.vouchedSince(ctx) < recheckEvery {
		return
	}
	if refresh := s.secret(ctx, sessionRefresh); refresh != "" && s.takesTurn(ctx) {
		ctx = context.WithoutCancel(ctx) // what the provider gives anew is not lost
		if err := s.renew(ctx, who, refresh); err != nil && policy.CodeOf(err) != policy.CodeUnavailable {
			s.manager.Remove(ctx, sessionWho)
			s.tell(ctx, Outcome{Result: ResultLapsed, Err: err})
		}
	}
	if !s.vouched(ctx) {
		s.manager.Remove(ctx, sessionWho)
	}
}

// renew has the provider say anew who is logged in. One that does so without saying
// who it is cannot be asked so.
func (s *Sessions) renew(ctx context.Context, who Identified, refresh string) error {
	given, err := s.options.Provider.refresh(ctx, refresh)
	switch {
	case err != nil:
		return err
	case given.who == nil:
		s.manager.Remove(ctx, sessionRefresh)
		return nil
	case given.who.Issuer != who.Issuer || given.who.Subject != who.Subject:
		return policy.Refuse(policy.CodeNotIdentified, "the token belongs to another log-in")
	}
	s.manager.Put(ctx, sessionWho, *given.who)
	if err := s.vouch(ctx, given.refresh); err != nil {
		return err
	}
	if _, _, err = s.manager.Commit(ctx); err != nil { // at once: the former refresh token may be spent
		return errors.Join(policy.Refuse(policy.CodeUnavailable, "the log-in could not be kept: try again"), err)
	}
	return nil
}

// refresh asks for the tokens of a log-in anew.
func (p *Provider) refresh(ctx context.Context, refresh string) (*given, error) {
	provider, err := p.ask(ctx)
	if err != nil {
		return nil, err
	}
	tokens, err := provider.oauth.TokenSource(oidc.ClientContext(ctx, p.options.HTTP), &oauth2.Token{RefreshToken: refresh}).Token()
	if refused, answered := errors.AsType[*oauth2.RetrieveError](err); answered && refused.ErrorCode != "invalid_grant" {
		return nil, errors.Join(p.isAway(), err) // nothing is wrong with the log-in itself
	}
	if err != nil {
		return nil, p.unexchanged(err)
	}
	g := &given{refresh: tokens.RefreshToken}
	if g.id, _ = tokens.Extra("id_token").(string); g.id != "" {
		g.who, err = p.verify(ctx, g.id, true)
	}
	return g, err
}

// takesTurn says whether this request is the one that asks the provider: a refresh
// token may be good for once.
func (s *Sessions) takesTurn(ctx context.Context) bool {
	word, until := under("turn", s.manager.Token(ctx)), time.Now().Add(recheckTurn)
	if s.options.Turn != nil {
		mine, err := s.options.Turn(ctx, word, until)
		return mine && err == nil
	}
	s.turns.Lock()
	defer s.turns.Unlock()
	_, taken, err := s.manager.Store.Find(word)
	return err == nil && !taken && s.manager.Store.Commit(word, []byte{}, until) == nil
}

// Load has the handlers behind it know the session of a browser. Whoever opens a page
// when the provider is to vouch for them anew goes by it, once.
func (s *Sessions) Load(next http.Handler) http.Handler {
	return s.once(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		was := s.manager.Exists(ctx, sessionWho)
		s.recheck(ctx)
		lapsed := was && !s.manager.Exists(ctx, sessionWho)
		if lapsed && !s.manager.Exists(ctx, sessionRefresh) && looksAtPage(r) {
			http.Redirect(w, r, PathLogin+"?quietly&next="+url.QueryEscape(r.URL.RequestURI()), http.StatusFound)
			return
		}
		next.ServeHTTP(w, r)
	}))
}

// looksAtPage says whether a browser opens a page for somebody, other than those of
// the log-in.
func looksAtPage(r *http.Request) bool {
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document" &&
		r.URL.Path != PathLogin && r.URL.Path != PathCallback
}
