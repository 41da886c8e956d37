package notify

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/policycycle/policycycle/service"
)

const (
	// calledWithin is how long a program may take for its answer.
	calledWithin = 10 * time.Second
	// largestAnswer is how much of an answer is read, and longestSaid how much of that is kept.
	largestAnswer, longestSaid = 64 << 10, 200
	// longestAfter bounds for how long a program may ask to be left alone.
	longestAfter = 24 * time.Hour
)

// ClientFor gives the client by which events leave. It follows no redirect, goes by no proxy, and
// calls no address that is not public but in the networks that are allowed: each address is judged
// when it is called, whatever its name meant before.
func ClientFor(networks []netip.Prefix) *http.Client {
	dialer := &net.Dialer{
		Timeout: calledWithin,
		Control: func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err == nil && !callable(at.Addr(), networks) {
				err = fmt.Errorf("%s is no public address: whoever operates this allows it with webhooks.networks", at.Addr())
			}
			return err
		},
	}
	return &http.Client{
		Timeout: calledWithin,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: calledWithin, ResponseHeaderTimeout: calledWithin,
			MaxResponseHeaderBytes: largestAnswer, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// special are the networks of the registries of IANA that lead to no host of the public, or through
// which one of another kind is reached.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

// callable says whether an address may be called.
func callable(at netip.Addr, networks []netip.Prefix) bool {
	at = at.Unmap().WithZone("")
	for _, n := range networks {
		if n.Contains(at) {
			return true
		}
	}
	for _, n := range special {
		if n.Contains(at) {
			return false
		}
	}
	return at.IsGlobalUnicast() && !at.IsPrivate()
}

// answer is what a program answered, and for how long it asks to be left alone.
type answer struct {
	service.Answer
	after time.Duration
}

// post calls a program with an event, signed as Standard Webhooks says.
func (w *Webhooks) post(ctx context.Context, hook service.Hook, id string, body []byte) answer {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(body))
	if err == nil {
		err = sign(r.Header, hook.Secrets, id, w.Clock(), body)
	}
	if err != nil {
		return unanswered(err)
	}
	r.Header.Set("Content-Type", eventMediaType)
	r.Header.Set("User-Agent", "policycycle")
	response, err := w.Client.Do(r)
	if err != nil {
		return unanswered(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, largestAnswer))
	if err != nil { // its status came: that counts
		text = []byte(err.Error())
	}
	return answer{
		Answer: service.Answer{Status: response.StatusCode, Said: beginning(string(text))},
		after:  retryAfter(response.Header.Get("Retry-After"), w.Clock()),
	}
}

// unanswered says why there is no answer, without the address, which stands with the webhook.
func unanswered(err error) answer {
	if calling, is := errors.AsType[*url.Error](err); is {
		err = calling.Err
	}
	return answer{Answer: service.Answer{Said: beginning(err.Error())}}
}

func beginning(said string) string {
	return strings.ToValidUTF8(said[:min(len(said), longestSaid)], "?")
}

// sign adds the headers by which a program knows that an event comes from here: one signature for
// each secret.
func sign(h http.Header, secrets [][]byte, id string, now time.Time, body []byte) error {
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		by, err := standardwebhooks.NewWebhook(base64.StdEncoding.EncodeToString(secret))
		if err == nil {
			signatures[i], err = by.Sign(id, now, body)
		}
		if err != nil {
			return err
		}
	}
	h.Set("Webhook-Id", id)
	h.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	h.Set("Webhook-Signature", strings.Join(signatures, " "))
	return nil
}

// retryAfter reads for how long a program asks to be left alone: seconds, or a date (RFC 9110,
// 10.2.3).
func retryAfter(said string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(said, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, longestAfter)
	}
	if at, err := http.ParseTime(said); err == nil {
		return min(max(at.Sub(now), 0), longestAfter)
	}
	return 0
}
