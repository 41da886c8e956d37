package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
	"github.com/policycycle/policycycle/telemetry"
)

// Problem is a refusal as HTTP tells it (RFC 9457).
type Problem struct { //nolint:errname // RFC 9457 calls it a problem
	Type   string      `json:"type" doc:"names the kind of refusal" example:"urn:policycycle:not-competent"`
	Title  string      `json:"title" doc:"of the status"`
	Status int         `json:"status"`
	Detail string      `json:"detail" doc:"a sentence for people"`
	Code   policy.Code `json:"code" doc:"for machines, stable"`
	Field  string      `json:"field,omitempty" doc:"which part of the input is wrong"`
	// Record is the ID of an act of which nobody knows whether it is recorded.
	Record string `json:"record,omitempty" doc:"ID of an act that may or may not be recorded: send it again under this Idempotency-Key"`
	// Mistakes are all that is wrong with what came in.
	Mistakes []policy.Mistake `json:"mistakes,omitempty" doc:"all that is wrong with what came in, each at its place where that is a file"`
	// Correlation names the request, in the log too.
	Correlation string `json:"correlation,omitempty"`
}

// Error gives the sentence for people.
func (p *Problem) Error() string { return p.Detail }

// GetStatus gives the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType gives the media type of a problem.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func problemOf(e *policy.Error) *Problem {
	status := httpapi.StatusOf(e.Code)
	return &Problem{
		Type: "urn:policycycle:" + string(e.Code), Title: http.StatusText(status), Status: status, Detail: e.Message, Code: e.Code,
		Field: e.Field, Record: e.Record, Mistakes: e.Mistakes,
	}
}

// problem gives a refusal, and never anything else that went wrong: that is for
// the log.
func (s *server) problem(ctx context.Context, err error) *Problem {
	refusal, is := errors.AsType[*policy.Error](err)
	if !is {
		if ctx.Err() == nil { // somebody who has gone needs no answer
			s.Log.Error().Err(err).Str("correlation", telemetry.Correlation(ctx)).Msg("unforeseen")
		}
		refusal = policy.Refuse(policy.CodeInternal, "something unforeseen happened; the log of the service tells more")
	}
	p := problemOf(refusal)
	p.Correlation = telemetry.Correlation(ctx)
	return p
}

// newProblem makes a problem of what is wrong with a request itself.
func newProblem(status int, message string, errs ...error) huma.StatusError {
	p := &Problem{Type: "urn:policycycle:" + string(policy.CodeInvalid), Title: http.StatusText(status), Status: status, Detail: message, Code: policy.CodeInvalid}
	if status >= http.StatusInternalServerError {
		p.Type, p.Code, p.Detail = "urn:policycycle:"+string(policy.CodeInternal), policy.CodeInternal, "something unforeseen happened; the log of the service tells more"
		return p
	}
	var details []string
	for _, err := range errs {
		if refusal, is := errors.AsType[*policy.Error](err); is {
			return problemOf(refusal)
		}
		said := err.Error()
		if detail, is := errors.AsType[*huma.ErrorDetail](err); is {
			field := strings.TrimPrefix(strings.TrimPrefix(detail.Location, "body."), "query.")
			said = strings.TrimPrefix(field+" "+detail.Message, "body ") // without what was sent: it may be long
			p.Field = cmp.Or(p.Field, field)
		}
		details = append(details, said)
	}
	if len(details) > 0 {
		p.Detail += ": " + strings.Join(details, "; ")
	}
	return p
}

// refuse writes a refusal where no operation does.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	s.write(w, r, s.problem(r.Context(), err))
}

func (s *server) write(w http.ResponseWriter, r *http.Request, p *Problem) {
	p.Correlation = telemetry.Correlation(r.Context())
	w.Header().Set("Content-Type", p.ContentType(""))
	if p.Status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1") // seconds
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write([]byte(jsonOf(p)))
}

// tooLarge is the problem of a request that is.
func tooLarge(most int64) *Problem {
	const status = http.StatusRequestEntityTooLarge
	p := problemOf(policy.Refuse(policy.CodeInvalid, "the request is larger than %d KiB", most>>10))
	p.Status, p.Title = status, http.StatusText(status)
	return p
}

func jsonOf(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return "{}"
	}
	return string(text)
}

// tagOf gives the ETag of a draft: its revision. Other answers have none.
func tagOf(out any) string {
	if draft, is := out.(*service.Draft); is {
		return `"` + strconv.Itoa(draft.Revision) + `"`
	}
	return ""
}

// revision reads the ETag of a draft; none is 0.
func revision(tag string) (int, error) {
	if tag == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(strings.Trim(strings.TrimPrefix(tag, "W/"), `"`))
	if err != nil || n < 0 {
		return 0, &policy.Error{Code: policy.CodeInvalid, Field: "If-Match", Message: "If-Match is not the ETag of a draft"}
	}
	return n, nil
}
