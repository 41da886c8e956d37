package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// The text of an OAP that is classified is held elsewhere: its pages say where, and call its
// actions by their codes.
func TestContentPage_ShowsASkeletonAsOne(t *testing.T) {
	t.Parallel()
	w := enters(t, &house{bare: policy.SkeletonOf(plan(), []policy.PlanField{policy.FieldTo})}, "general-secretariat")
	_, page, _ := w.asks(http.MethodGet, "/cycles/small/content/oap/2022/firearms", "", http.NoBody)
	for _, want := range []string{
		"The text itself is classified", "RESTREINT UE", "registry of the Council", "EX 1500/21 INIT", "sha256:" + strings.Repeat("9f86d081", 8),
		"code, to", "<summary>1.1</summary>", "not kept here", "2022-12-31",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the text does not say %q:\n%s", want, page)
		}
	}
	if strings.Contains(page, "Trace firearms") || strings.Contains(page, "<summary></summary>") {
		t.Error("it has a title, or an action without a name")
	}
	_, page, _ = w.asks(http.MethodGet, "/cycles/small/on/oap/2022/firearms", "", http.NoBody)
	for _, want := range []string{"registry of the Council", "Checksum of that text", "sha256:9f86d081"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the OAP does not say %q:\n%s", want, page)
		}
	}
	w = enters(t, &house{}, "general-secretariat")
	if _, page, _ = w.asks(http.MethodGet, "/cycles/small/content/oap/2022/firearms", "", http.NoBody); strings.Contains(page, "not kept here") || strings.Contains(page, "classified") {
		t.Errorf("the whole is shown as a skeleton:\n%s", page)
	}
}

// A checksum that is none is told where it was typed.
func TestSubmit_TellsOfAChecksumThatIsNone(t *testing.T) {
	t.Parallel()
	w := enters(t, &house{}, "se")
	if _, page := w.sends("/cycles/small/submit/oap/2022/firearms", url.Values{"text_digest": {"12ab"}, "date": {"2021-12-09"}}); !strings.Contains(page, "is not the digest of a text") {
		t.Errorf("it says %s", page)
	}
}
