package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/httpapi"
	"github.com/policycycle/policycycle/telemetry"
)

// call asks the service for an operation.
func call[I, O any](ctx context.Context, s *Service, op httpapi.Operation[I, O], in I) (*O, error) {
	request, err := requestOf(ctx, s.URL, op.Method, op.Path, reflect.ValueOf(in))
	if err != nil {
		return nil, err
	}
	answer, err := s.Client.Do(s.named(watched(ctx, request)))
	if err != nil {
		return nil, s.lost(op.Acts, err)
	}
	defer func() { _ = answer.Body.Close() }()
	coming := &moving{ReadCloser: answer.Body, ctx: ctx, what: "KB received", all: answer.ContentLength}
	body, err := io.ReadAll(io.LimitReader(coming, httpapi.MaxWhole))
	switch {
	case err != nil:
		return nil, s.lost(op.Acts, err)
	case answer.StatusCode >= http.StatusMultipleChoices:
		return nil, s.refused(op.Acts, answer.StatusCode, body)
	}
	out := new(O)
	if raw, is := any(out).(*httpapi.Raw); is {
		*raw = body
		return out, nil
	}
	if len(body) == 0 {
		return out, nil
	}
	if err := policy.Read(body, out); err != nil {
		return nil, errors.Join(policy.Refuse(unclear(op.Acts), "the service at %s answers otherwise than this version expects", s.URL), err)
	}
	return out, nil
}

// named has a request say who asks, and which one it is.
func (s *Service) named(request *http.Request) *http.Request {
	if s.Name != "" {
		request.Header.Set("Policycycle-As", s.Name)
	}
	if s.Token != "" {
		request.Header.Set("Authorization", "Bearer "+s.Token)
	}
	if id := telemetry.Correlation(request.Context()); id != "" {
		request.Header.Set(httpapi.HeaderCorrelation, id)
	}
	return request
}

// lost says what is known when no answer came: of an act, it may be recorded.
func (s *Service) lost(acts bool, err error) error {
	if refusedToConnect := (*url.Error)(nil); acts && errors.As(err, &refusedToConnect) && strings.Contains(err.Error(), "connect:") {
		acts = false // it never arrived
	}
	if acts {
		return errors.Join(policy.Refuse(policy.CodeOutcomeUnknown, "the service at %s broke off: it may or may not be recorded", s.URL), err)
	}
	return errors.Join(policy.Refuse(policy.CodeUnavailable, "the service at %s does not answer; nothing was changed", s.URL), err)
}

// unclear is the code of an answer that tells nothing: an act may be recorded.
func unclear(acts bool) policy.Code {
	if acts {
		return policy.CodeOutcomeUnknown
	}
	return policy.CodeUnavailable
}

// refused reads why something was refused. What stands before the service, such as a proxy,
// gives no reason: where it has waited in vain for the answer to an act, that may be recorded.
func (s *Service) refused(acts bool, status int, body []byte) error {
	var problem struct {
		Code     policy.Code      `json:"code"`
		Detail   string           `json:"detail"`
		Field    string           `json:"field"`
		Record   string           `json:"record"`
		Mistakes []policy.Mistake `json:"mistakes"`
	}
	if json.Unmarshal(body, &problem) == nil && problem.Code != "" {
		return &policy.Error{
			Code: problem.Code, Message: problem.Detail, Field: problem.Field, Record: problem.Record, Mistakes: problem.Mistakes,
		}
	}
	return policy.Refuse(unclear(acts && status >= http.StatusInternalServerError), "the service at %s answered with status %d", s.URL, status)
}

// requestOf makes the request of an operation: each field of what goes in travels
// where its tag says.
func requestOf(ctx context.Context, base, method, path string, in reflect.Value) (*http.Request, error) {
	query, header := url.Values{}, http.Header{}
	var body io.Reader = http.NoBody
	err := place(in, func(kind, name string, value reflect.Value) error {
		if kind == "body" {
			text, err := json.Marshal(value.Interface())
			if err != nil {
				return fmt.Errorf("what is sent: %w", err)
			}
			body = bytes.NewReader(text)
			header.Set("Content-Type", "application/json")
			return nil
		}
		text := fmt.Sprint(value.Interface())
		if at, is := reflect.TypeAssert[time.Time](value); is {
			text = at.Format(time.RFC3339Nano)
		}
		switch {
		case kind == "path":
			path = strings.Replace(path, "{"+name+"}", url.PathEscape(text), 1)
		case value.IsZero(): // left out
		case kind == "query":
			query.Set(name, text)
		case kind == "header":
			header.Set(name, text)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, base+path, body)
	if err != nil {
		return nil, policy.Refuse(policy.CodeInvalid, "%q is not the address of a service", base)
	}
	request.Header = header
	return request, nil
}

// place visits the fields of what goes in with where each travels.
func place(in reflect.Value, visit func(kind, name string, value reflect.Value) error) error {
	for i := range in.NumField() {
		field := in.Type().Field(i)
		var err error
		switch {
		case field.Anonymous:
			err = place(in.Field(i), visit)
		case field.Name == "Body":
			err = visit("body", "", in.Field(i))
		default:
			for _, kind := range []string{"path", "query", "header"} {
				if name := field.Tag.Get(kind); name != "" {
					err = visit(kind, name, in.Field(i))
				}
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// some gathers as much of a list as is wanted behind a cursor, 0 for all, from its parts.
func some[I, T any](ctx context.Context, s *Service, op httpapi.Operation[I, httpapi.Page[T]], past string, most int, in func(httpapi.Paging) I) ([]T, error) {
	const atOnce = 1000
	all := []T{}
	paging := httpapi.Paging{Cursor: past}
	for {
		if paging.Limit = atOnce; most > 0 {
			paging.Limit = min(most-len(all), atOnce)
		}
		page, err := call(ctx, s, op, in(paging))
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.Next == "" || len(all) == most {
			return all, nil
		}
		paging.Cursor = page.Next
	}
}
