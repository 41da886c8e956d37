package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// A page offers nothing that the record never takes: no row of a register that the cycle does not
// keep, and no item of a cycle that has ended.
func TestPages_OfferNothingThatIsNeverTaken(t *testing.T) {
	t.Parallel()
	w := enters(t, &house{}, "general-secretariat")
	for _, test := range []struct{ page, action, offer string }{
		{"/registers/posts", "/registers/posts", ""},
		{"/meetings/cosi-2021-12", "/agenda", "Put on the agenda"},
		{"/evaluation", "", "/registers/recommendations?row="},
		{"", "", "/open"},
	} {
		for cycle, want := range map[string]bool{"small": true, "closed": false} {
			at := "/cycles/" + cycle + test.page
			_, page, _ := w.asks(http.MethodGet, at, "", http.NoBody)
			offered := test.offer != "" && strings.Contains(page, test.offer)
			for _, form := range formsOn(t, at, page) {
				offered = offered || test.action != "" && strings.HasSuffix(form.action, test.action)
			}
			if offered != want {
				t.Errorf("%s: offered is %v, want %v", at, offered, want)
			}
		}
	}
	for _, always := range []string{"/registers/substitutions", "/registers/releases"} {
		if _, page, _ := w.asks(http.MethodGet, "/cycles/closed"+always, "", http.NoBody); len(formsOn(t, always, page)) == 0 {
			t.Errorf("%s of a cycle that keeps no register is not offered", always)
		}
	}
	if status, page, _ := w.asks(http.MethodGet, "/cycles/closed/open", "", http.NoBody); status != http.StatusConflict || !strings.Contains(page, "the cycle ended on 2 Dec 2021") {
		t.Errorf("an item of a closed cycle: status %d", status)
	}
}

// Who may not start, open or amend anything is told so before they type.
func TestStartPage_TellsWhoMayNotBeforeTheyType(t *testing.T) {
	t.Parallel()
	w := enters(t, &house{}, "fr")
	for at, says := range map[string]string{
		"/start": "may not start a cycle", "/cycles/small/open": "France may not do this", "/cycles/small/amend": "France may not do this",
	} {
		status, page, _ := w.asks(http.MethodGet, at, "", http.NoBody)
		if status != http.StatusForbidden || !strings.Contains(page, says) || len(formsOn(t, at, page)) > 0 {
			t.Errorf("%s: status %d: %s", at, status, page)
		}
	}
}
