package notify

import (
	"net/netip"
	"testing"
	"time"

	"github.com/policycycle/policycycle/service"
)

func TestCallable_IsWhatIsPublicOrAllowed(t *testing.T) {
	t.Parallel()
	inside := []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16"), netip.MustParsePrefix("fd00:20::/32")}
	for at, want := range map[string]bool{
		"8.8.8.8": true, "2a00:1450:4001::1": true, "10.20.3.4": true, "::ffff:10.20.3.4": true, "fd00:20::1": true,
		"10.21.0.1": false, "127.0.0.1": false, "::1": false, "::ffff:127.0.0.1": false, "0.0.0.0": false, "::": false, "192.168.1.1": false, "172.16.0.1": false,
		"169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false, "fd00:21::1": false, "100.64.0.1": false, "224.0.0.1": false, "ff02::1": false,
		"255.255.255.255": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "198.18.0.1": false, "2001:db8::1": false,
	} {
		if callable(netip.MustParseAddr(at), inside) != want {
			t.Errorf("%s: want %v", at, want)
		}
	}
}

// Each time twice as long, up to an hour, and a part that follows from the event and the attempt.
func TestPause_GrowsAndIsTheSameAgain(t *testing.T) {
	t.Parallel()
	w, e := &Webhooks{}, service.DueEvent{Webhook: 3, Event: "small/7"}
	for failed, least := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour} {
		got := w.pause(e, failed)
		if got < least || got > least+least/4 || got != w.pause(e, failed) {
			t.Errorf("after %d it is %s", failed, got)
		}
	}
	if other := (service.DueEvent{Webhook: 4, Event: "small/7"}); w.pause(e, 0) == w.pause(other, 0) {
		t.Error("two webhooks come again at the same time")
	}
}

func TestRetryAfter_IsReadAsSecondsAndAsADate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	for said, want := range map[string]time.Duration{
		"120": 2 * time.Minute, "Mon, 30 Nov 2026 09:10:00 GMT": 10 * time.Minute, "Mon, 30 Nov 2026 08:00:00 GMT": 0, "": 0, "soon": 0, "-5": 0, "99999999": longestAfter,
	} {
		if got := retryAfter(said, now); got != want {
			t.Errorf("%q is %s, want %s", said, got, want)
		}
	}
}
