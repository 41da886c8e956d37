// Package httpapi is the HTTP form of the service: each operation with its path, what
// goes in and what comes out, written once. Package api serves them, and
// service/remote asks them.
//
// What goes in is a struct whose fields say where they travel: `path`, `query` and
// `header` name a parameter, and the field Body is the JSON of the request.
package httpapi

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// Operation is one thing that can be asked or done over HTTP.
type Operation[I, O any] struct {
	ID      string
	Method  string
	Path    string
	Summary string
	// Codes are the refusals that it may be answered with, beside those of every
	// operation.
	Codes []policy.Code
	// Acts says that it changes something: the public may not.
	Acts bool
	// Deed is what somebody does by it, where that is one of the role matrix: some want
	// a log-in of just now.
	Deed policy.Deed
	// MaxBody is the most bytes of a request; 0 is MaxSmall.
	MaxBody int64
}

// How large requests may be: with a document, or with a whole cycle, else small.
const (
	MaxSmall    = 1 << 20
	MaxDocument = 2 * service.MaxContent // base64 takes a third more
	MaxWhole    = 256 << 20
)

// The headers beside those of HTTP.
const (
	HeaderKey         = "Idempotency-Key"  // the ID of an act: to repeat it is safe
	HeaderCorrelation = "X-Correlation-Id" // names a request, from here to the log
)

// The paths beside those of the operations.
const (
	PathHealth = "/healthz" // it is there
	PathReady  = "/readyz"  // it can do its work
)

// Nothing is what goes in, or comes out, where nothing does.
type Nothing struct{}

// Cycle names a cycle.
type Cycle struct {
	Cycle string `path:"cycle" doc:"key of the cycle" example:"empact-2022-2025" maxLength:"100"`
}

// Subject names a subject of a cycle by its path.
type Subject struct {
	Cycle
	Path string `query:"path" required:"true" doc:"path of the subject within the cycle" example:"oap/2023/firearms" maxLength:"300"`
}

// Subject gives the subject that is named.
func (s Subject) Subject() (policy.Subject, error) {
	return policy.ParseSubject(s.Cycle.Cycle + "/" + s.Path)
}

// NameSubject names a subject.
func NameSubject(s policy.Subject) Subject {
	return Subject{Cycle: Cycle{s.Cycle}, Path: s.Path()}
}

// Act is something that is to be recorded.
type Act[B any] struct {
	Key  string `header:"Idempotency-Key" doc:"ID of the act: repeating it with the same content is answered alike" maxLength:"200"`
	Body B
}

// Paging asks for a part of a list.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"how many at most"`
	Cursor string `query:"cursor" maxLength:"500" doc:"where the part before ended: next of its answer"`
}

// Cursor gives the cursor of what follows something, of what it is known by in the order
// of its list; no part but the last has a space.
func Cursor(of ...string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(of, " ")))
}

// Past gives of what the cursor was made, in so many parts; nil where the list begins.
func (p Paging) Past(parts int) ([]string, error) {
	if p.Cursor == "" {
		return nil, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	of := strings.SplitN(string(text), " ", parts)
	if err != nil || len(of) < parts {
		return nil, NoCursor()
	}
	return of, nil
}

// NoCursor refuses a cursor that no answer gave.
func NoCursor() error {
	return &policy.Error{Code: policy.CodeInvalid, Field: "cursor", Message: "the cursor is not the next of an answer"}
}

// Page is a part of a list.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"cursor of the part that follows; absent at the end"`
}

// Revision is that of a draft.
type Revision struct {
	Match string `header:"If-Match" doc:"ETag of the draft that was changed; left out for a new one" maxLength:"40"`
}

// actCodes are the refusals of acts that a run judges.
var actCodes = []policy.Code{
	policy.CodeInvalid, policy.CodeUnknown, policy.CodeNotOpen, policy.CodeAlreadyDecided, policy.CodeNotCompetent, policy.CodeWrongVersion,
	policy.CodeWrongDate, policy.CodeNotReady, policy.CodeBlocked, policy.CodeFourEyes, policy.CodeSeal, policy.CodeMarking, policy.CodeConflict,
	policy.CodeOutcomeUnknown,
}

// queryCodes are the refusals of questions about a cycle.
var queryCodes = []policy.Code{policy.CodeUnknown, policy.CodeMarking}

// Common are the refusals of every operation.
var Common = []policy.Code{policy.CodeInvalid, policy.CodeNotIdentified, policy.CodeUnavailable, policy.CodeInternal}

func get[I, O any](id, path, summary string, codes ...policy.Code) Operation[I, O] {
	return Operation[I, O]{ID: id, Method: http.MethodGet, Path: path, Summary: summary, Codes: codes}
}

func mutation[I, O any](id, path, summary string, codes ...policy.Code) Operation[I, O] {
	return Operation[I, O]{ID: id, Method: http.MethodPost, Path: path, Summary: summary, Codes: codes, Acts: true}
}

// does gives an operation by which somebody does a deed of the role matrix.
func does[I, O any](d policy.Deed, o Operation[I, O]) Operation[I, O] {
	o.Deed = d
	return o
}

// withMaxBody gives an operation whose requests are of another size than most.
func withMaxBody[I, O any](o Operation[I, O], most int64) Operation[I, O] {
	o.MaxBody = most
	return o
}

// withMethod gives an operation another method.
func withMethod[I, O any](o Operation[I, O], method string) Operation[I, O] {
	o.Method = method
	return o
}

// Match asks for a revision of a draft; 0 is a new one.
func Match(revision int) Revision {
	if revision == 0 {
		return Revision{}
	}
	return Revision{Match: `"` + strconv.Itoa(revision) + `"`}
}

// StatusOf gives the HTTP status of a code.
func StatusOf(code policy.Code) int {
	switch code {
	case policy.CodeNotIdentified:
		return http.StatusUnauthorized
	case policy.CodeNotCompetent, policy.CodeFourEyes, policy.CodeMarking:
		return http.StatusForbidden
	case policy.CodeUnknown:
		return http.StatusNotFound
	case policy.CodeTooMany:
		return http.StatusTooManyRequests
	case policy.CodeUnavailable:
		return http.StatusServiceUnavailable
	case policy.CodeOutcomeUnknown:
		return http.StatusGatewayTimeout
	case policy.CodeInternal:
		return http.StatusInternalServerError
	case policy.CodeInvalid, policy.CodeSeal, policy.CodeWrongDate:
		return http.StatusUnprocessableEntity
	default:
		return http.StatusConflict
	}
}
