package identity_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/identity/identitytest"
	"github.com/policycycle/policycycle/policy"
)

func TestLoginOnLoopback_LogsInAtTheCommandLine(t *testing.T) {
	t.Parallel()
	p := identitytest.New(t, now)
	options := identity.Options{Issuer: p.URL, ClientID: "policycycle", Now: func() time.Time { return now }}
	browse := func(address string) {
		go func() {
			answer, err := new(http.Client).Get(address)
			if err == nil {
				answer.Body.Close()
			}
		}()
	}
	token, err := identity.LoginOnLoopback(t.Context(), options, false, browse)
	if err != nil {
		t.Fatal(err)
	}
	provider := dials(t, p, "")
	who, err := provider.Verify(t.Context(), token)
	if err != nil || who.Subject != "anna" {
		t.Errorf("the token shows %+v, %v", who, err)
	}
	p.Since = now.Add(-time.Hour)
	for again, fresh := range map[bool]bool{false: false, true: true} {
		token, err := identity.LoginOnLoopback(t.Context(), options, again, browse)
		if err != nil {
			t.Fatal(err)
		}
		if who, err := provider.Verify(t.Context(), token); err != nil || who.Fresh(time.Minute, now) != fresh {
			t.Errorf("again %v: %+v, %v", again, who, err)
		}
	}
	p.Declines = "access_denied"
	if _, err := identity.LoginOnLoopback(t.Context(), options, false, browse); policy.CodeOf(err) != policy.CodeNotIdentified {
		t.Errorf("declined: %v", err)
	}
	p.Declines = ""
	options.Audience, options.Claims = identitytest.Audience, readClaims(t)
	if token, err = identity.LoginOnLoopback(t.Context(), options, false, browse); err != nil {
		t.Fatal(err)
	}
	provider, err = identity.Dial(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if who, err := provider.Verify(t.Context(), token); err != nil || who.Subject != "anna" {
		t.Errorf("for an audience of its own, the token shows %+v, %v", who, err)
	}
	impatient, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := identity.LoginOnLoopback(impatient, options, false, func(string) {}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nobody logs in: %v", err)
	}
}
