package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/api"
	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

// readable is a service of which the public reads one cycle, and no sums.
type readable struct{ service.Service }

func (r readable) As(policy.Principal) service.Service { return r }

func (readable) FindCycle(_ context.Context, id string) (*service.Cycle, error) {
	if id != "small" {
		return nil, policy.Refuse(policy.CodeUnknown, "there is no cycle %q", id)
	}
	return &service.Cycle{CycleLine: service.CycleLine{ID: "small", Title: "A small cycle", Language: "en"}}, nil
}

func (readable) Summary(context.Context, string, rules.SummaryFilter) (*rules.Summary, error) {
	return nil, policy.Refuse(policy.CodeMarking, "what was reported is LIMITE")
}

// A program gets a paper in the format that it asks for, and is told what there is none of.
func TestServer_GivesPapers(t *testing.T) {
	t.Parallel()
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	press, err := papers.NewPress(texts, nil)
	if err != nil {
		t.Fatal(err)
	}
	nobody := func(*http.Request) (policy.Principal, error) {
		return policy.Principal{}, policy.Refuse(policy.CodeNotIdentified, "nobody asks")
	}
	asked := func(press *papers.Press, path string) *httptest.ResponseRecorder {
		answer := httptest.NewRecorder()
		api.New(api.Options{Service: readable{}, Identify: nobody, Press: press}).ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return answer
	}
	for _, f := range papers.Formats {
		answer := asked(press, "/v1/cycles/small/papers/factsheet?format="+string(f)+"&language=fr")
		begins := map[papers.Format]string{papers.DOCX: "PK", papers.PDF: "%PDF-"}[f]
		if answer.Code != http.StatusOK || answer.Header().Get("Content-Type") != f.MediaType() || !strings.HasPrefix(answer.Body.String(), begins) {
			t.Errorf("%s: %d, %s: %.60s", f, answer.Code, answer.Header().Get("Content-Type"), answer.Body)
		}
	}
	for path, want := range map[string]int{
		"/v1/cycles/small/papers/minutes":              http.StatusUnprocessableEntity,
		"/v1/cycles/small/papers/agenda":               http.StatusUnprocessableEntity, // of which meeting?
		"/v1/cycles/small/papers/factsheet?format=odt": http.StatusUnprocessableEntity,
		"/v1/cycles/other/papers/factsheet":            http.StatusNotFound,
	} {
		if answer := asked(press, path); answer.Code != want {
			t.Errorf("%s: %d, want %d: %s", path, answer.Code, want, answer.Body)
		}
	}
	if answer := asked(nil, "/v1/cycles/small/papers/factsheet"); answer.Code != http.StatusNotFound {
		t.Errorf("without a press: %d", answer.Code)
	}
}
