package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/telemetry"
)

func TestHerald_TellsOfWhoComesAndFillsNoDisk(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := newHerald(zerolog.New(&log), nil)
	h.person = func(context.Context, identity.Outcome) int64 { return 42 }
	who := &identity.Identified{Issuer: "https://login.example.eu", Subject: "anna-secret", Name: "Anna Berg"}
	h.login(t.Context(), identity.Outcome{Result: identity.ResultIn, Who: who})
	h.login(t.Context(), identity.Outcome{Result: identity.ResultOut, Who: who})
	for _, want := range []string{`"level":"info","issuer":"https://login.example.eu","person":42`, "somebody logged in", "somebody logged out"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, log.String())
		}
	}
	log.Reset()
	expired := &identity.TokenError{Refusal: policy.Refuse(policy.CodeNotIdentified, "the token has expired: log in again"), Reason: identity.ReasonExpired, Cause: errors.New("eyJ.secret")}
	const many = 1000
	for range many {
		h.token(t.Context(), expired)
		h.login(t.Context(), identity.Outcome{Result: identity.ResultDisbelief, Err: errors.Join(policy.Refuse(policy.CodeNotIdentified, "not believed"), expired)})
	}
	h.token(t.Context(), policy.Refuse(policy.CodeUnavailable, "the database with the records does not answer"))
	if lines := strings.Count(log.String(), "\n"); lines == 0 || lines > 2*fewLines {
		t.Errorf("%d lines of %d", lines, 2*many)
	}
	for _, want := range []string{`"level":"warn","reason":"expired"`, `"level":"info","result":"disbelief","why":"expired"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s:\n%.1000s", want, log.String())
		}
	}
	if strings.Contains(log.String(), "secret") {
		t.Errorf("the log tells too much:\n%.1000s", log.String())
	}
	figures := httptest.NewRecorder()
	telemetry.NewMetrics().Handler().ServeHTTP(figures, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	for _, want := range []string{`policycycle_logins_total{result="disbelief"} 1000`, `policycycle_logins_total{result="in"} 1`, `policycycle_refused_tokens_total{reason="expired"} 1000`} {
		if !strings.Contains(figures.Body.String(), want) {
			t.Errorf("the figures lack %s", want)
		}
	}
}
