package web_test

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// beside gives a browser of somebody else before the same pages.
func (w *window) beside(t *testing.T) *window {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := *w.browser
	browser.Jar = jar
	return &window{tb: t, handler: w.handler, url: w.url, browser: &browser}
}

// Many read, are logged out in the middle of a form, and log in again: each has their own
// form back. ./test runs this under the race detector.
func TestPages_ServeManyAtOnceEachTheirOwnForm(t *testing.T) {
	t.Parallel()
	pages := enters(t, &house{}, "general-secretariat")
	for i, body := range []string{"general-secretariat", "fr", "general-secretariat", "commission", "general-secretariat", "fr", "commission", "fr"} {
		t.Run(fmt.Sprintf("%d for %s", i, body), func(t *testing.T) {
			t.Parallel()
			w := pages.beside(t)
			w.logsInFor(body)
			for range 3 {
				for _, path := range []string{"/", "/inbox", "/cycles/small", "/cycles/small/plans", "/cycles/small/on/priorities"} {
					if status, page, _ := w.asks(http.MethodGet, path, "", http.NoBody); status != http.StatusOK {
						t.Errorf("%s: status %d\n%s", path, status, page)
					}
				}
			}
			w.signsOut()
			title := fmt.Sprintf("The title of %d", i)
			sent := url.Values{"code": {"1.1"}, "title": {title}, "revision": {"1"}}
			_, page, _ := w.asks(http.MethodPost, "/cycles/small/draft/oap/2022/firearms?action=1.1", typed, strings.NewReader(sent.Encode()))
			if back := w.logsInOn(t, page); strings.Count(back, "The title of ") == 0 || strings.Count(back, "The title of ") != strings.Count(back, title) {
				t.Errorf("%s does not stand there, or beside others:\n%s", title, back)
			}
		})
	}
}
