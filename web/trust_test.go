package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// What a stranger sent in somebody's name is not said to be theirs.
func TestTrailPage_SaysInWhoseNameAStrangerTried(t *testing.T) {
	t.Parallel()
	w := enters(t, &house{}, "general-secretariat")
	status, page, _ := w.asks(http.MethodGet, "/cycles/small/trail", "", http.NoBody)
	before, after, named := strings.Cut(page, "in the name of")
	if status != http.StatusOK || !named || strings.Contains(before, "Vera") || !strings.Contains(after, "Vera") || strings.Contains(after, "in the name of") {
		t.Errorf("status %d: %s", status, page)
	}
}
