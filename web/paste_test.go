package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// The text of an outcome chooses what it says was concluded, with its number, and records nothing.
func TestMeetingPage_ChoosesWhatAPastedOutcomeSays(t *testing.T) {
	t.Parallel()
	h := &house{}
	w := enters(t, h, "general-secretariat")
	_, page, _ := w.asks(http.MethodGet, decemberPage, "", http.NoBody)
	form := formIn(t, decemberPage, page, "/outcomes")
	sent, before := form.state(), h.acts.Load()
	sent.Set("pasted", "ST 15421/21\nOUTCOME OF PROCEEDINGS\n1. OAP 2022 Firearms: the Committee adopted the plan with minor amendments.\n2. Any other business")
	sent.Set("read", "yes")
	status, page, _ := w.asks(http.MethodPost, form.action, typed, strings.NewReader(sent.Encode()))
	read := formIn(t, decemberPage, page, "/outcomes").state()
	if status != http.StatusOK || read.Get("outcome-oap/2022/firearms") != "adopted-with-amendments" || read.Get("document") != "ST 15421/21 INIT" || read.Get("pasted") != sent.Get("pasted") {
		t.Errorf("status %d, the form has %v", status, read)
	}
	if !strings.Contains(page, "the Committee adopted the plan with minor amendments") || !strings.Contains(page, "No subject of the cycle") {
		t.Error("the page does not show what was recognised, and what was not")
	}
	if h.acts.Load() != before {
		t.Error("reading a text records something")
	}
	sent.Set("pasted", "")
	if status, page, _ = w.asks(http.MethodPost, form.action, typed, strings.NewReader(sent.Encode())); status != http.StatusUnprocessableEntity && status != http.StatusBadRequest || !strings.Contains(page, "the text is empty") {
		t.Errorf("an empty text: status %d", status)
	}
}

// The text of an agenda offers what it names and what does not stand on the agenda yet.
func TestMeetingPage_PutsOnTheAgendaWhatAPastedTextNames(t *testing.T) {
	t.Parallel()
	h := &house{}
	w := enters(t, h, "general-secretariat")
	const march = "/cycles/small/meetings/cosi-2022-03"
	_, page, _ := w.asks(http.MethodGet, march, "", http.NoBody)
	form := formIn(t, march, page, "/text")
	sent := url.Values{"pasted": {"PROVISIONAL AGENDA\n1. Adoption of the agenda\n2. Operational Action Plans 2022"}, "read": {"yes"}}
	status, page, _ := w.asks(http.MethodPost, form.action, typed, strings.NewReader(sent.Encode()))
	read := formIn(t, march, page, "/text")
	if status != http.StatusOK || !slices.Equal(read.state()["tabled"], []string{"oap/2022/firearms"}) {
		t.Fatalf("status %d, chosen is %v", status, read.state()["tabled"])
	}
	before := h.acts.Load()
	if _, _, header := w.asks(http.MethodPost, form.action, typed, strings.NewReader(read.state().Encode())); header.Get("Location") != march && h.acts.Load() == before {
		t.Errorf("what was chosen leads to %q", header.Get("Location"))
	}
	sent = url.Values{"pasted": sent["pasted"]}
	if _, page, _ = w.asks(http.MethodPost, form.action, typed, strings.NewReader(sent.Encode())); !strings.Contains(page, "nothing is chosen") {
		t.Error("nothing was chosen, and nobody says so")
	}
}

// The numbers of a press release stand beside those of the record.
func TestResultsPage_HoldsAPressReleaseAgainstTheRecord(t *testing.T) {
	t.Parallel()
	w := enters(t, &house{}, "europol")
	const results = "/cycles/small/results"
	_, page, _ := w.asks(http.MethodGet, results, "", http.NoBody)
	form := formIn(t, results, page, "/results")
	sent := url.Values{"pasted": {"Assets worth EUR 7 777 000 were confiscated in 12 countries, and 3 geese were seen."}}
	status, page, _ := w.asks(http.MethodPost, form.action, typed, strings.NewReader(sent.Encode()))
	for _, want := range []string{"Assets confiscated", "7,777,000", "7,777,425", "does not add up", "425 less", "3 geese were seen"} {
		if !strings.Contains(page, want) {
			t.Errorf("status %d, and the page does not say %q", status, want)
		}
	}
}
