package remote_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/remote"
)

// Between a command and the service may stand a proxy, which gives up before the service does:
// of an act nobody then knows whether it is recorded, of a question nothing was changed.
func TestCall_LearnsNothingOfAnActFromAProxy(t *testing.T) {
	t.Parallel()
	on := policy.Subject{Cycle: "empact", Kind: policy.KindItem, Key: "ports"}
	for name, test := range map[string]struct {
		status        int
		body          string
		act, question policy.Code
	}{
		"it has waited in vain":       {http.StatusGatewayTimeout, "<html>504 Gateway Time-out</html>", policy.CodeOutcomeUnknown, policy.CodeUnavailable},
		"the service broke off":       {http.StatusBadGateway, "", policy.CodeOutcomeUnknown, policy.CodeUnavailable},
		"a page instead of an answer": {http.StatusOK, "<html>Log in</html>", policy.CodeOutcomeUnknown, policy.CodeUnavailable},
		"it lets nobody through":      {http.StatusProxyAuthRequired, "", policy.CodeUnavailable, policy.CodeUnavailable},
		"the service says why":        {http.StatusServiceUnavailable, `{"code":"unavailable","detail":"nothing was recorded"}`, policy.CodeUnavailable, policy.CodeUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			}))
			t.Cleanup(proxy.Close)
			svc := &remote.Service{URL: proxy.URL, Client: proxy.Client()}
			_, acted := svc.Decide(t.Context(), service.Decide{ID: "once", Act: policy.Act{Subject: on}})
			_, asked := svc.FindSubject(t.Context(), on)
			if policy.CodeOf(acted) != test.act || policy.CodeOf(asked) != test.question {
				t.Errorf("the act: %v (%s); the question: %v (%s)", acted, policy.CodeOf(acted), asked, policy.CodeOf(asked))
			}
		})
	}
}
