package notify

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// event is an event as it leaves: CloudEvents 1.0, structured, in JSON.
type event struct {
	SpecVersion string    `json:"specversion"`
	ID          string    `json:"id"`
	Source      string    `json:"source"`
	Type        string    `json:"type"`
	Subject     string    `json:"subject,omitempty"`
	Time        time.Time `json:"time"`
	ContentType string    `json:"datacontenttype"`
	Data        recorded  `json:"data"`
}

// recorded is what an event tells. Where LIMITE may not be told it is where it was recorded alone.
type recorded struct {
	Cycle    string         `json:"cycle,omitempty"`
	Sequence int64          `json:"sequence,omitempty"` // in the trail of the cycle
	Act      string         `json:"act,omitempty"`
	Record   string         `json:"record,omitempty"` // ID of the record
	Subject  string         `json:"subject,omitempty"`
	Body     policy.Body    `json:"body,omitempty"` // that acted; nobody is named
	On       policy.Date    `json:"on,omitzero"`
	Version  int            `json:"version,omitempty"`
	Outcome  policy.Outcome `json:"outcome,omitempty"`
}

// errWithheld says that an event does not leave: whoever made the webhook may not read it.
var errWithheld = errors.New("its reader may not read it")

const (
	// eventType begins the type of every event.
	eventType = "eu.policycycle."
	// EventMediaType is the type of the bodies that leave.
	eventMediaType = "application/cloudevents+json; charset=utf-8"
)

// event gives an event as whoever made the webhook may read it now.
func (w *Webhooks) event(ctx context.Context, desk service.Service, due service.DueEvent) ([]byte, error) {
	e := event{
		SpecVersion: "1.0", ID: due.Event, Source: w.URL + "/cycles/" + url.PathEscape(due.Cycle), Type: eventType + "recorded.v1", Time: due.Made.UTC(),
		ContentType: "application/json", Data: recorded{Cycle: due.Cycle, Sequence: due.Sequence},
	}
	if due.Cycle == "" {
		e.Source, e.Type = w.URL, eventType+"test.v1"
		return json.Marshal(e)
	}
	line, err := lineOf(ctx, desk, due)
	if err != nil {
		return nil, err
	}
	if w.Board.WebhookRules().TellsLimite() {
		e.Type, e.Subject = eventType+string(due.Kind)+".v1", line.Subject
		e.Data.Act, e.Data.Record, e.Data.Subject, e.Data.On = line.Act, line.ActID, line.Subject, line.On
		if at := strings.LastIndexByte(line.By, '@'); at >= 0 {
			e.Data.Body = policy.Body(line.By[at+1:])
		}
		if err := e.Data.conclude(ctx, desk); err != nil {
			return nil, err
		}
	}
	return json.Marshal(e)
}

// lineOf reads the line of the trail of which an event tells.
func lineOf(ctx context.Context, desk service.Service, due service.DueEvent) (service.TrailEntry, error) {
	lines, err := desk.Trail(ctx, due.Cycle, service.TrailFilter{Past: due.Sequence - 1, Most: 1})
	switch {
	case policy.CodeOf(err) == policy.CodeMarking:
		return service.TrailEntry{}, errWithheld
	case err != nil:
		return service.TrailEntry{}, err
	case len(lines) == 0 || lines[0].Sequence != due.Sequence:
		return service.TrailEntry{}, errWithheld
	}
	return lines[0], nil
}

// conclude adds which version was handed in, and what was concluded on which, as far as the reader
// sees that.
func (r *recorded) conclude(ctx context.Context, desk service.Service) error {
	subject, err := policy.ParseSubject(r.Subject)
	if r.Record == "" || err != nil {
		return nil //nolint:nilerr // it is about no subject
	}
	found, err := desk.FindSubject(ctx, subject)
	switch policy.CodeOf(err) {
	case "":
	case policy.CodeMarking, policy.CodeUnknown:
		return nil
	default:
		return err
	}
	for _, v := range found.Versions {
		if v.ID == r.Record {
			r.Version = v.Version
		}
	}
	for _, d := range found.Decisions {
		if d.ID == r.Record {
			r.Version, r.Outcome = d.Version, d.Outcome
		}
	}
	return nil
}
