package telemetry_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/telemetry"
)

func TestMetrics_ServeTheFiguresOfTheProcess(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics()
	door := m.Count("api", http.NotFoundHandler())
	for _, method := range []string{http.MethodGet, "ODD"} {
		door.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), method, "/x", http.NoBody))
	}
	recorder := httptest.NewRecorder()
	m.Handler().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	text, err := io.ReadAll(recorder.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`policycycle_http_request_seconds_count{door="api",method="GET",status="404"} 1`, `method="other"`, "go_goroutines"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the figures lack %s", want)
		}
	}
}
