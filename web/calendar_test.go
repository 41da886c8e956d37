package web_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web"
)

// Neither the answer to a program nor the log of what went wrong says which address it was: it
// opens what its person reads.
func TestCalendar_KeepsItsAddressToItself(t *testing.T) {
	t.Parallel()
	const token = "SECRETSECRETSECRETSECRETSE"
	for name, test := range map[string]struct {
		err    error
		status int
	}{
		"unknown": {policy.Refuse(policy.CodeUnknown, "there is no such calendar"), http.StatusNotFound},
		"away":    {policy.Refuse(policy.CodeUnavailable, "the records do not answer"), http.StatusServiceUnavailable},
		"broken":  {errors.New("a password is hunter2"), http.StatusInternalServerError},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := opens(t, nil, func(o *web.Options) {
				o.Calendar = func(_ context.Context, asked string) (policy.Principal, service.CalendarScope, error) {
					if asked != token {
						t.Errorf("asked for %q", asked)
					}
					return policy.Principal{}, service.CalendarScope{}, test.err
				}
			})
			status, said, header := w.asks(http.MethodGet, service.CalendarPath(token), "", nil)
			if status != test.status || strings.Contains(said, "hunter2") || header.Get("Cache-Control") != "no-store" {
				t.Errorf("%d %v %s", status, header, said)
			}
			if strings.Contains(w.log.String()+said, token) || (name == "broken") != strings.Contains(w.log.String(), "could not be made") {
				t.Errorf("the log says %s", w.log)
			}
		})
	}
}

// The button on a page of a cycle leads to where an address of its calendar is made.
func TestCalendarPage_IsLedToByInboxCycleAndMeeting(t *testing.T) {
	t.Parallel()
	w := opensOn(t, &house{}, nil)
	w.logsIn()
	for path, to := range map[string]string{"/inbox": `"/calendar"`, "/cycles/small": `"/calendar?cycle=small"`, "/cycles/small/meetings/cosi-2021-12": `"/calendar?cycle=small"`} {
		if status, page, _ := w.asks(http.MethodGet, path, "", nil); status != http.StatusOK || strings.Count(page, "href="+to) != 1 {
			t.Errorf("%s: %d, no button to %s", path, status, to)
		}
	}
	if _, page, _ := w.asks(http.MethodGet, "/calendar?cycle=small", "", nil); !strings.Contains(page, `<option value="small" selected>`) || !strings.Contains(page, "Revoke: No. 3") {
		t.Errorf("the page says %s", page)
	}
}
