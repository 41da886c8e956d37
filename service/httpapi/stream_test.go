package httpapi_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
)

// watched is a service whose streams end at once, in a way of their own.
type watched struct {
	service.Service
	ends func(context.Context) error
}

func (w watched) Watch(ctx context.Context, _ string, _ func(service.Change)) error {
	return w.ends(ctx)
}

// Who closes the page while the stream is being opened breaks nothing: nobody is told.
// What fails while somebody listens is told once.
func TestServe_TellsOfABrokenStreamAndNotOfWhoLeft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		leaves bool
		err    error
		told   int
	}{
		"who listened left":     {leaves: true, err: context.Canceled},
		"the records broke off": {err: errors.New("gone"), told: 1},
		"it ended in order":     {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			told := 0
			svc := watched{ends: func(context.Context) error {
				if c.leaves {
					leave()
				}
				return c.err
			}}
			err := httpapi.NewStreams().Serve(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/v1/events", nil), httpapi.Stream{
				See:   func() (policy.Actor, service.Service, error) { return policy.Actor{}, svc, nil },
				Tell:  func(service.Change) string { return "" },
				Broke: func(error) { told++ },
			})
			if err != nil || told != c.told {
				t.Errorf("told %d times, want %d; %v", told, c.told, err)
			}
		})
	}
}
