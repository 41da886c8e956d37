package identity_test

import (
	"testing"
	"time"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/identity/identitytest"
	"github.com/policycycle/policycycle/policy"
)

// ages is a provider that is believed by a clock of its own.
func ages(t *testing.T, p *identitytest.Provider) (known *identity.Provider, clock *time.Time) {
	t.Helper()
	clock = new(now)
	known, err := identity.Dial(t.Context(), identity.Options{
		Issuer: p.URL, ClientID: "policycycle", Claims: readClaims(t), Now: func() time.Time { return *clock },
	})
	if err != nil {
		t.Fatal(err)
	}
	return known, clock
}

// lasting is a token that is good for long.
func lasting(p *identitytest.Provider) string {
	claims := p.Good()
	claims["exp"] = now.Add(24 * time.Hour).Unix()
	return p.Signs(claims)
}

// Nobody shows a token with the new key; the old one is no longer believed all the same.
func TestProviderVerify_BelievesAKeyThatWasWithdrawnNoLongerThanItWasGood(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		says string
		good time.Duration
	}{
		"nothing":          {"", 5 * time.Minute},
		"three minutes":    {"public, max-age=180", 3 * time.Minute},
		"no time at all":   {"max-age=0", time.Minute},
		"a year":           {"Max-Age=31536000", 15 * time.Minute},
		"what is no time":  {"max-age=soon", 5 * time.Minute},
		"to keep it never": {"no-store", 5 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := identitytest.New(t, now)
			p.KeysLast = test.says
			known, clock := ages(t, p)
			token := lasting(p)
			if _, err := known.Verify(t.Context(), token); err != nil {
				t.Fatal(err)
			}
			p.Rotate("second") // the first is withdrawn
			*clock = now.Add(test.good - time.Second)
			if _, err := known.Verify(t.Context(), token); err != nil || p.Asked != 1 {
				t.Errorf("while its keys are good, after %d questions: %v", p.Asked, err)
			}
			*clock = now.Add(test.good)
			if _, err := known.Verify(t.Context(), token); policy.CodeOf(err) != policy.CodeNotIdentified {
				t.Errorf("after %s: %v", test.good, err)
			}
			if _, err := known.Verify(t.Context(), lasting(p)); err != nil {
				t.Errorf("with its new key: %v", err)
			}
		})
	}
}

func TestProviderVerify_GoesOnForAnHourWhileTheProviderIsAway(t *testing.T) {
	t.Parallel()
	p := identitytest.New(t, now)
	known, clock := ages(t, p)
	token := lasting(p)
	if _, err := known.Verify(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	p.Away = true
	for minute := range 60 {
		*clock = now.Add(time.Duration(minute) * time.Minute)
		for range 3 {
			if _, err := known.Verify(t.Context(), token); err != nil {
				t.Fatalf("after %d minutes: %v", minute, err)
			}
		}
	}
	if most := 1 + 55; p.Asked > most {
		t.Errorf("it was asked %d times while it was away, want %d at most", p.Asked, most)
	}
	*clock = now.Add(time.Hour + time.Second)
	if _, err := known.Verify(t.Context(), token); policy.CodeOf(err) != policy.CodeUnavailable {
		t.Errorf("after an hour: %v", err)
	}
	p.Away = false
	if _, err := known.Verify(t.Context(), token); err != nil {
		t.Errorf("once it is back: %v", err)
	}
}
