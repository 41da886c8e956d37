package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

func TestServes_LetsWhatIsUnderWayComeToItsOwn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answers bool
		within  time.Duration
	}{
		"a slow answer":                         {true, time.Minute},
		"one that takes longer than any answer": {false, time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			underWay, release := make(chan struct{}), make(chan struct{})
			server := &http.Server{WriteTimeout: test.within, ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				close(underWay)
				<-release
				_, _ = io.WriteString(w, "recorded")
			})}
			var log strings.Builder
			a := &app{log: zerolog.New(&log)}
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			ended, answer := make(chan error, 1), make(chan string, 1)
			go func() { ended <- a.serves(ctx, server, func() error { return server.Serve(listener) }) }()
			go func() { answer <- get(t, "http://"+listener.Addr().String()) }()
			<-underWay
			stop()
			if test.answers {
				close(release)
			}
			if err := <-ended; err != nil {
				t.Errorf("it ended with %v", err)
			}
			if cut := strings.Contains(log.String(), "requests were cut"); cut == test.answers {
				t.Errorf("the log tells %q", log.String())
			}
			if got := <-answer; (got == "recorded") != test.answers {
				t.Errorf("it was answered %q", got)
			}
			if !test.answers {
				close(release)
			}
		})
	}
}

// get gives what an address answers; nothing where it does not.
func get(t *testing.T, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Error(err)
		return ""
	}
	response, err := (&http.Client{Timeout: time.Minute}).Do(request)
	if err != nil {
		return ""
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(response.Body)
	return string(body)
}
