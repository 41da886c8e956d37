package identity

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

// All log-ins of an account share a word, which the store keeps beside them under
// the account. Log-out takes the word away, and with it every one of them, in
// whatever browser: none has to be looked for.

// wordOf is under which the store keeps the word of an account: its digest. A session is
// under a hash without a colon.
func wordOf(issuer, subject string) string { return evidence.AccountDigest(issuer, subject) }

// under is under which the store keeps something of a kind, which it cannot tell from
// that.
func under(kind, of string) string {
	sum := sha256.Sum256([]byte(of))
	return kind + "." + hex.EncodeToString(sum[:])
}

// join gives a log-in the word of its account.
func (s *Sessions) join(ctx context.Context, who Identified) error {
	word, there, err := s.manager.Store.Find(wordOf(who.Issuer, who.Subject))
	if err != nil {
		return err
	}
	if !there {
		word = []byte(rand.Text())
	}
	s.manager.Put(ctx, sessionAccount, string(word))
	const longer = time.Minute // than any log-in that has it
	until := time.Now().Add(s.options.Lasts + longer)
	err = s.manager.Store.Commit(wordOf(who.Issuer, who.Subject), word, until)
	if err == nil && who.session != "" {
		err = s.manager.Store.Commit(sessionOf(who.Issuer, who.session), []byte(who.Subject), until)
	}
	return err
}

// joined says whether a log-in has the word of its account.
func (s *Sessions) joined(ctx context.Context, who Identified) (bool, error) {
	word, there, err := s.manager.Store.Find(wordOf(who.Issuer, who.Subject))
	return there && string(word) == s.manager.GetString(ctx, sessionAccount), err
}

// logout ends every session of whoever asks, in any browser, and the one at the
// provider where that is offered.
func (s *Sessions) logout(w http.ResponseWriter, r *http.Request) *Failure {
	to := s.farewell(r.Context())
	if who, err := s.Who(r.Context()); err == nil {
		err = errors.Join(s.end(r.Context(), who.Issuer, who.Subject), s.manager.Destroy(r.Context()))
		if err != nil {
			err = errors.Join(policy.Refuse(policy.CodeUnavailable, "the log-out could not be kept: try again"), err)
			return &Failure{ResultNotKept, http.StatusServiceUnavailable, "/", false, err}
		}
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// end ends every log-in of an account, and what was issued for it until now.
func (s *Sessions) end(ctx context.Context, issuer, subject string) error {
	err := s.manager.Store.Delete(wordOf(issuer, subject))
	if s.options.SignedOut != nil {
		err = errors.Join(err, s.options.SignedOut(ctx, issuer, subject, s.now()))
	}
	if err == nil {
		s.tell(ctx, Outcome{Result: ResultOut, Who: &Identified{Issuer: issuer, Subject: subject}})
	}
	return err
}

// farewell is where a log-out leads: to the provider, which ends its own and leads
// back, or to the first page.
func (s *Sessions) farewell(ctx context.Context) string {
	p := s.options.Provider
	if p == nil {
		return "/"
	}
	provider, err := p.ask(ctx)
	if err != nil || provider.endSession == "" {
		return "/"
	}
	to, err := url.Parse(provider.endSession)
	if err != nil {
		return "/"
	}
	query := to.Query()
	query.Set("client_id", p.options.ClientID)
	query.Set("post_logout_redirect_uri", strings.TrimSuffix(p.options.RedirectURL, PathCallback)+"/")
	if token := s.secret(ctx, sessionToken); token != "" {
		query.Set("id_token_hint", token)
	}
	to.RawQuery = query.Encode()
	return to.String()
}

// mostSecret is the largest token that is kept: one that is larger fits into no address.
const mostSecret = 4 << 10

// keepSecret keeps a token of the provider with a log-in; one that is too large is not
// kept. It would open the API, or bring new ones, so it is encrypted by the secret of the
// cookie, which the store does not know.
func (s *Sessions) keepSecret(ctx context.Context, key, token string) error {
	if token == "" || len(token) > mostSecret {
		s.manager.Remove(ctx, key)
		return nil
	}
	lock, err := lockOf(s.manager.Token(ctx))
	if err == nil {
		s.manager.Put(ctx, key, lock.Seal(nil, nil, []byte(token), nil)) //nolint:gosec // the lock makes its own nonce
	}
	return err
}

// secret gives a token of the provider; "" where none was kept.
func (s *Sessions) secret(ctx context.Context, key string) string {
	lock, err := lockOf(s.manager.Token(ctx))
	if err != nil {
		return ""
	}
	token, err := lock.Open(nil, nil, s.manager.GetBytes(ctx, key), nil)
	if err != nil {
		return ""
	}
	return string(token)
}

func lockOf(secret string) (cipher.AEAD, error) {
	key := sha256.Sum256([]byte("the token of the provider\x00" + secret))
	return lockBy(key[:])
}
