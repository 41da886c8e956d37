package web_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

func TestSubjectPage_AsksOnceAndAboutTheSubjectAlone(t *testing.T) {
	t.Parallel()
	h := &house{}
	w := enters(t, h, "general-secretariat")
	status, page, _ := w.asks(http.MethodGet, "/cycles/small/on/oap/2022/firearms", "", http.NoBody)
	if status != http.StatusOK || !strings.Contains(page, "is late since") || strings.Contains(page, "fell due on") {
		t.Errorf("status %d: %s", status, page)
	}
	if asked := h.looked.Load(); asked == nil || !asked.once || asked.filter.Subject != "oap/2022/firearms" {
		t.Errorf("findings were asked for by %+v", asked)
	}
}

// That the records do not answer is no answer: a page that cannot compare two versions
// says so, and does not look as if they were the same.
func TestSubjectPage_SaysThatVersionsCouldNotBeCompared(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err    error
		status int
	}{
		"the records do not answer":       {policy.Refuse(policy.CodeUnavailable, "the database with the records does not answer"), http.StatusServiceUnavailable},
		"something unforeseen happens":    {errors.New("a bug"), http.StatusInternalServerError},
		"a version is kept elsewhere":     {policy.Refuse(policy.CodeUnknown, "nothing is kept here"), http.StatusOK},
		"the one before may not be read":  {policy.Refuse(policy.CodeMarking, "it is marked"), http.StatusOK},
		"nothing stands in the way of it": {nil, http.StatusOK},
	} {
		w := enters(t, &house{compares: test.err}, "general-secretariat")
		if status, page, _ := w.asks(http.MethodGet, "/cycles/small/on/oap/2022/firearms", "", http.NoBody); status != test.status || strings.Contains(page, `class="diff"`) != (test.err == nil) {
			t.Errorf("%s: status %d: %s", name, status, page)
		}
	}
}
