package identity

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// How long the keys of a provider are believed without asking for them again. What it
// says itself counts (Cache-Control: max-age) within bounds. While it is away, the
// keys that are known are good for longer, so that people can go on.
const (
	keysLast     = 5 * time.Minute // where it says nothing
	keysLeast    = time.Minute
	keysMost     = 15 * time.Minute
	keysAway     = time.Hour
	keysPatience = 30 * time.Second // before one that is away is asked again
)

// keySet holds the keys of a provider. The library keeps those that it has until it
// meets one that it does not know; a key that was withdrawn would be good for ever.
type keySet struct {
	open func() oidc.KeySet // one that knows no key yet, and asks for them
	now  func() time.Time

	mu   sync.Mutex
	held oidc.KeySet // nil before the first
	due  time.Time   // when they are asked for again
	ends time.Time   // when they are good no longer
	last time.Duration
}

// newKeySet gives the keys at an address, which are asked for once they are needed.
func newKeySet(ctx context.Context, client *http.Client, url string, now func() time.Time) *keySet {
	k := &keySet{now: now, last: keysLast}
	noting := *client
	noting.Transport = noted{client.Transport, k.note}
	ctx = oidc.ClientContext(context.WithoutCancel(ctx), &noting)
	k.open = func() oidc.KeySet { return oidc.NewRemoteKeySet(ctx, url) }
	return k
}

// VerifySignature verifies a token by the keys that are good now.
func (k *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	held, next := k.choose()
	if next == nil {
		return held.VerifySignature(ctx, token)
	}
	payload, err := next.VerifySignature(ctx, token)
	switch {
	case err == nil || !unfetched(err):
		k.take(next)
	case held != nil:
		return held.VerifySignature(ctx, token)
	}
	return payload, err
}

// choose gives the keys that are good, nil where none are, and whoever is to ask for
// new ones the set to do so with.
func (k *keySet) choose() (held, next oidc.KeySet) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	switch {
	case k.held == nil || now.After(k.ends):
		return nil, k.open()
	case now.Before(k.due):
		return k.held, nil
	default: // the others go on meanwhile
		k.due = now.Add(keysPatience)
		return k.held, k.open()
	}
}

// take takes on keys that were asked for just now.
func (k *keySet) take(next oidc.KeySet) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	k.held, k.due, k.ends = next, now.Add(k.last), now.Add(keysAway)
}

// note notes for how long the provider says that its keys are good.
func (k *keySet) note(answer *http.Response) {
	last := keysLast
	for directive := range strings.SplitSeq(answer.Header.Get("Cache-Control"), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		if seconds, err := strconv.ParseUint(value, 10, 31); err == nil && strings.EqualFold(name, "max-age") {
			last = min(max(time.Duration(seconds)*time.Second, keysLeast), keysMost)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.last = last
}

// noted has somebody take note of the answers.
type noted struct {
	http.RoundTripper
	note func(*http.Response)
}

// RoundTrip asks.
func (n noted) RoundTrip(r *http.Request) (*http.Response, error) {
	transport := n.RoundTripper
	if transport == nil {
		transport = http.DefaultTransport
	}
	answer, err := transport.RoundTrip(r)
	if err == nil {
		n.note(answer)
	}
	return answer, err
}

// unfetched says whether the keys could not be had. The library tells so in text alone.
func unfetched(err error) bool { return strings.Contains(err.Error(), "fetching keys") }
