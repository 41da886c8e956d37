package e2e_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/remote"
	"github.com/policycycle/policycycle/telemetry"
)

// receiver takes traces as OTLP over HTTP, and keeps the spans.
type receiver struct {
	mu    sync.Mutex
	spans []*tracepb.Span
	sent  []byte
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	var sent collector.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(body, &sent)
	}
	if err != nil || request.URL.Path != "/v1/traces" {
		http.Error(w, "no traces", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent = append(r.sent, body...)
	for _, resource := range sent.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			r.spans = append(r.spans, scope.GetSpans()...)
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

// beneath finds the spans by some names, each the child of the one before, and the workflow that
// the last of them is of; nil where they are not there yet.
func (r *receiver) beneath(names ...string) (path []*tracepb.Span) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var find func(parent *tracepb.Span, names []string) []*tracepb.Span
	find = func(parent *tracepb.Span, names []string) []*tracepb.Span {
		if len(names) == 0 {
			return []*tracepb.Span{}
		}
		for _, span := range r.spans {
			if span.GetName() != names[0] || parent != nil && (!bytes.Equal(span.GetParentSpanId(), parent.GetSpanId()) || !bytes.Equal(span.GetTraceId(), parent.GetTraceId())) {
				continue
			}
			if rest := find(span, names[1:]); rest != nil {
				return append([]*tracepb.Span{span}, rest...)
			}
		}
		return nil
	}
	return find(nil, names)
}

// An act through the API is one trace: from the request through the update and the task of the
// run to the activity that records it. Nothing that somebody wrote leaves with it; and where
// nobody takes traces, nothing waits for that.
func TestAnActThroughTheAPIIsOneTrace(t *testing.T) {
	t.Parallel()
	taken, log := &receiver{}, &safeBuffer{}
	endpoint := httptest.NewServer(taken)
	t.Cleanup(endpoint.Close)
	traces, err := telemetry.NewTraces(t.Context(), endpoint.URL, "up", zerolog.New(log))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(traces.Close)
	f := watched(t, true, traces)
	f.works()
	door := httptest.NewServer(traces.Door("api", f.programs()))
	t.Cleanup(door.Close)
	over := func(name string, body policy.Body) *remote.Service {
		return &remote.Service{URL: door.URL, Client: new(http.Client), Name: name + "@" + string(body)}
	}
	const cycle, secret = "traced", "Alpenglow"
	if _, err := over("Anna", policy.GeneralSecretariat).StartCycle(t.Context(), service.StartCycle{Definition: past(cycle)}); err != nil {
		t.Fatal(err)
	}
	f.awaits(at(cycle, "assessment"), policy.StateDrafting)
	named := telemetry.Correlate(t.Context(), "request-of-eva")
	assessment := service.Submit{Subject: at(cycle, "assessment"), Statement: service.Statement{ID: "act-" + secret, Date: date("2021-04-10"), Comment: secret}}
	if _, err := over("Eva", policy.Europol).Submit(named, assessment); err != nil {
		t.Fatal(err)
	}
	refused := assessment
	refused.ID, refused.Comment = "second-"+secret, "once more "+secret
	if _, err := over("Eva", policy.Europol).Submit(t.Context(), refused); policy.CodeOf(err) == policy.CodeInternal || err == nil {
		t.Errorf("handed in twice: %v", err)
	}

	var path []*tracepb.Span
	eventually(t, "the trace of the act is there", func() bool {
		path = taken.beneath("api POST", "UpdateWorkflow:act", "HandleUpdate:act", "StartActivity:record", "RunActivity:record")
		return path != nil
	})
	has := func(span *tracepb.Span, key, value string) bool {
		for _, a := range span.GetAttributes() {
			if a.GetKey() == key {
				return a.GetValue().GetStringValue() == value
			}
		}
		return false
	}
	if !has(path[4], "temporalWorkflowID", "cycle/"+cycle) || !has(path[2], "temporalWorkflowID", "cycle/"+cycle) {
		t.Errorf("the spans are of another run: %v", path)
	}
	taken.mu.Lock()
	bears := slices.ContainsFunc(taken.spans, func(s *tracepb.Span) bool { return has(s, "policycycle.correlation", "request-of-eva") })
	if !bears {
		t.Error("no span bears the name of the request, by which the log knows it")
	}
	if bytes.Contains(taken.sent, []byte(secret)) {
		t.Errorf("what somebody wrote is told: %q", taken.sent)
	}
	taken.mu.Unlock()

	endpoint.Close()
	f.awaits(at(cycle, "priorities"), policy.StateDrafting)
	if _, err := over("Pia", policy.Presidency).Submit(t.Context(), service.Submit{Subject: at(cycle, "priorities"), Statement: service.Statement{Date: date("2021-05-01")}}); err != nil {
		t.Errorf("while nobody takes traces: %v", err)
	}
	traces.Close()
	if !strings.Contains(log.String(), "traces are not taken") {
		t.Errorf("the log has %q", log)
	}
}
