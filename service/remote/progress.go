package remote

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"

	"github.com/policycycle/policycycle/advance"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/httpapi"
)

// watched has a request tell whoever watches it how far it has come: what was sent,
// what the service says of its work, and what came back.
func watched(ctx context.Context, request *http.Request) *http.Request {
	if !advance.Watched(ctx) {
		return request
	}
	request.Header.Set(httpapi.HeaderProgress, "wanted")
	if request.ContentLength > 0 {
		body := request.GetBody
		request.Body = &moving{ReadCloser: request.Body, ctx: ctx, what: "KB sent", all: request.ContentLength}
		request.GetBody = body // sent once more after a redirect
	}
	return request.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		Got1xxResponse: func(_ int, header textproto.MIMEHeader) error {
			if p, is := httpapi.ReadProgress(header); is {
				advance.Tell(ctx, p.What, p.Done, p.All)
			}
			return nil
		},
	}))
}

// moving is a body that tells how much of it has been read.
type moving struct {
	io.ReadCloser
	ctx       context.Context //nolint:containedctx // of the request that it is the body of
	what      string
	done, all int64 // bytes
}

func (m *moving) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p)
	m.done += int64(n)
	advance.Tell(m.ctx, m.what, int(m.done>>10), int(max(m.all, 0)>>10))
	return n, err
}

// Alive says whether the service answers, and can do its work.
func (s *Service) Alive(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+httpapi.PathReady, http.NoBody)
	if err != nil {
		return policy.Refuse(policy.CodeInvalid, "%q is not the address of a service", s.URL)
	}
	answer, err := s.Client.Do(request)
	if err != nil {
		return s.lost(false, err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode >= http.StatusMultipleChoices {
		return policy.Refuse(policy.CodeUnavailable, "the service at %s answered with status %d", s.URL, answer.StatusCode)
	}
	return nil
}
