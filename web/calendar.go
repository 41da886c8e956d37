package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
	"github.com/policycycle/policycycle/telemetry"
)

// Programs that read a calendar come once an hour; a person has few of them.
const (
	feedsAtOnce    = 2
	feedsPerSecond = 0.2
	feedsBurst     = 30
)

func newFeeds() *httpapi.Acts {
	return &httpapi.Acts{AtOnce: feedsAtOnce, PerSecond: feedsPerSecond, Burst: feedsBurst}
}

// calendarsView is what the page of calendars shows.
type calendarsView struct {
	Known  []service.KnownCalendar
	Bodies []policy.Body
	Cycles []string
}

func calendarsPage(v *page) (body, error) {
	v.Title = v.T("calendar.title")
	if _, err := v.actor(); err != nil {
		return nil, err
	}
	c := calendarsView{Bodies: v.ownBodies().Bodies()}
	lines, err := v.service.ListCycles(v.ctx(), service.CycleFilter{Most: mostCounted})
	for _, line := range lines {
		c.Cycles = append(c.Cycles, line.ID)
	}
	if chosen := v.query("cycle"); chosen != "" && !slices.Contains(c.Cycles, chosen) { // an older one, from its page
		c.Cycles = append(c.Cycles, chosen)
	}
	if err == nil {
		c.Known, err = v.service.ListCalendars(v.ctx())
	}
	return calendars(v, c), err
}

// calendarPath gives the address of the page of calendars, at which a cycle is chosen.
func calendarPath(cycle string) string {
	if cycle == "" {
		return "/calendar"
	}
	return "/calendar?" + url.Values{"cycle": {cycle}}.Encode()
}

// calendarOf says of what a calendar is.
func (v *page) calendarOf(of service.CalendarScope) string {
	switch {
	case of.Cycle != "":
		return of.Cycle
	case of.Body != "":
		return v.Word("body", of.Body)
	default:
		return v.T("calendar.of_me")
	}
}

// makeCalendar makes an address, and shows it this once.
func makeCalendar(v *page) (string, error) {
	made, err := v.service.MakeCalendar(v.ctx(), service.CalendarScope{
		Body: policy.Body(v.form("of-body")), Cycle: v.form("of-cycle"), Language: policy.Language(v.Lang),
	})
	if err != nil {
		return "", err
	}
	v.Said = v.T("calendar.new", "Address", v.site.URL+made.Path)
	return "/calendar", nil
}

// revokeCalendar takes an address back.
func revokeCalendar(v *page) (string, error) {
	number, err := wholeNumber(v.form("calendar"))
	if err != nil {
		return "", err
	}
	v.Said = v.T("calendar.revoked")
	return "/calendar", v.service.RevokeCalendar(v.ctx(), int64(number))
}

// feed serves a calendar to a program, which has no log-in but the address. What is refused is
// no page, and neither says nor logs which address it was.
func (s *site) feed(w http.ResponseWriter, r *http.Request) {
	content, err := s.calendar(r)
	if err != nil {
		code := policy.CodeOf(err)
		if code == policy.CodeInternal {
			s.Log.Error().Err(err).Str("correlation", telemetry.Correlation(r.Context())).Msg("a calendar could not be made")
		}
		w.Header().Set("Cache-Control", "no-store")
		retryAfter(w.Header(), code)
		http.Error(w, s.texts.In(r.Header.Get("Accept-Language")).Word("code", code), httpapi.StatusOf(code))
		return
	}
	sum := sha256.Sum256(content)
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `inline; filename="policycycle.ics"`)
	h.Set("Cache-Control", "private, no-cache") // asked for anew each time, by its ETag
	h.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// calendar makes the calendar that an address names, as its person reads now.
func (s *site) calendar(r *http.Request) ([]byte, error) {
	token, is := strings.CutSuffix(r.PathValue("file"), ".ics")
	if !is || s.Calendar == nil {
		return nil, policy.Refuse(policy.CodeUnknown, "there is no such calendar")
	}
	who, scope, err := s.Calendar(r.Context(), token)
	if err != nil {
		return nil, err
	}
	end, err := s.feeds.Begin(who.Actor)
	if err != nil {
		return nil, err
	}
	defer end()
	ctx := service.Once(r.Context())
	c := papers.Calendar{
		Scope: scope, Readers: papers.ReadersOf(s.Service, who), Marking: s.CalendarMarking, URL: s.URL, Printer: s.texts.In(string(scope.Language)),
	}
	bodies, err := s.Service.As(who).ListBodies(ctx)
	if err != nil {
		return nil, err
	}
	c.BodyTitle = bodies.OwnTitle
	var out bytes.Buffer
	err = c.Write(ctx, &out)
	return out.Bytes(), err
}
