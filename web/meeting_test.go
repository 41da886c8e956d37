package web_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html/atom"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/policy/rules"
)

const decemberPage = "/cycles/small/meetings/cosi-2021-12"

// choicesOf lists what a select of a form offers, but for none.
func choicesOf(form formOf, name string) []string {
	var choices []string
	for n := range form.node.Descendants() {
		if n.DataAtom == atom.Option && attrOf(n.Parent, "name") == name && attrOf(n, "value") != "" {
			choices = append(choices, attrOf(n, "value"))
		}
	}
	return choices
}

// three has three outcomes wait: Anna, who reads, recorded the last one in another role.
func three(view *rules.MeetingView) {
	waits := func(id string, may ...policy.Deed) rules.MeetingOutcome {
		return rules.MeetingOutcome{
			ID: id, Subject: "oap/2022/" + id, Title: "OAP 2022 " + id, Outcome: policy.Adopted, Document: "ST 3/21 INIT",
			Date: december, State: rules.OutcomeWaiting, By: "Anna@commission", May: may,
		}
	}
	view.Outcomes = []rules.MeetingOutcome{waits("cyber", seconding...), waits("drugs", seconding...), waits("firearms", policy.Deed(policy.ActSetAside)), waits("vat")}
}

// What a meeting concluded is offered as the record takes it: an outcome to confirm not
// to who stands behind it, and to record not to who handed in the version.
func TestMeetingPage_OffersWhatTheRecordTakes(t *testing.T) {
	t.Parallel()
	h := &house{meets: func(view *rules.MeetingView) {
		three(view)
		mine := view.Items[0]
		mine.Subject, mine.Title, mine.May = "oap/2022/cyber", "OAP 2022 Cyber", nil
		view.Items = append(view.Items, mine)
		view.Items[0].Outcomes = []policy.Outcome{policy.Adopted, policy.ReferredBack}
	}}
	w := enters(t, h, "general-secretariat")
	_, page, _ := w.asks(http.MethodGet, decemberPage, "", http.NoBody)
	seconds, outcomes := formIn(t, decemberPage, page, "/confirm"), formIn(t, decemberPage, page, "/outcomes")
	for name, want := range map[string][]string{
		"second-drugs": {"confirm", "set-aside"}, "second-firearms": {"set-aside"}, "second-vat": nil, "set-second": {"confirm", "set-aside"},
	} {
		if got := choicesOf(seconds, name); !slices.Equal(got, want) {
			t.Errorf("%s offers %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string][]string{
		"outcome-oap/2022/firearms": {"adopted", "referred-back"}, "outcome-oap/2022/cyber": nil, "set-outcome": {"adopted", "referred-back"},
	} {
		if got := choicesOf(outcomes, name); !slices.Equal(got, want) {
			t.Errorf("%s offers %q, want %q", name, got, want)
		}
	}
	sent := seconds.state()
	sent.Set("set-second", "confirm")
	sent.Set("set", "yes")
	_, page, _ = w.asks(http.MethodPost, seconds.action, typed, strings.NewReader(sent.Encode()))
	set := formIn(t, decemberPage, page, "/confirm").state()
	if set.Get("second-cyber") != "confirm" || set.Get("second-drugs") != "confirm" || set.Get("second-firearms") != "" {
		t.Errorf("all were set to confirm: %v", set)
	}
}

// Pages say an outcome in the words of the body, in the reader's language: in the draft, in the
// form, and of what was concluded.
func TestMeetingPage_SaysOutcomesInTheWordsOfTheBody(t *testing.T) {
	t.Parallel()
	cycle := policytest.Cycle("small")
	words := cycle.Wording(policy.KindPriorities, policy.Coreper)
	h := &house{meets: func(view *rules.MeetingView) {
		view.Body = policy.Coreper
		item, done := &view.Items[0], &view.Outcomes[0]
		item.Subject, item.Title, item.Words, item.Draft = "priorities", "Council conclusions", words, "a draft"
		item.Number, item.Section = 1, rules.SectionI
		done.Outcome, done.Words = policy.AdoptedWithAmendments, words
	}}
	w := enters(t, h, "general-secretariat")
	for lang, says := range map[string][]string{
		"en": {"Coreper on Council conclusions, version 2: agreement confirmed.", `<option value="adopted">agreement confirmed</option>`, "agreement confirmed with amendments</span>", "<td>1 (I)</td>", "Points of part I are approved", "3 (II) Where the strategy stands"},
		"fr": {"Coreper, Council conclusions, version 2 : accord confirmé.", `<option value="adopted">accord confirmé</option>`, "accord confirmé avec modifications</span>", "Les points de la partie I"},
		"de": {"AStV zu Council conclusions, Version 2: Einvernehmen bestätigt.", `<option value="adopted">Einvernehmen bestätigt</option>`, "Einvernehmen mit Änderungen bestätigt</span>", "I-Punkte werden ohne Aussprache"},
	} {
		page := w.reads(decemberPage, lang)
		for _, say := range says {
			if !strings.Contains(page, say) {
				t.Errorf("in %s the page does not say %q:\n%s", lang, say, page)
			}
		}
	}
}

// Of three outcomes two are confirmed, and one is refused: that one is left, counted as
// one, and nothing is shown as not recorded that is.
func TestRecordMeeting_BringsNoRecordedRowBack(t *testing.T) {
	t.Parallel()
	var confirmed sync.Map
	h := &house{}
	h.meets = func(view *rules.MeetingView) {
		three(view)
		view.Outcomes[2].May = seconding
		for i, o := range view.Outcomes {
			if _, is := confirmed.Load(o.ID); is {
				view.Outcomes[i].State, view.Outcomes[i].May = rules.OutcomeInEffect, nil
			}
		}
	}
	h.confirms = func(record string) bool {
		if record != "firearms" {
			confirmed.Store(record, true)
		}
		return record != "firearms"
	}
	w := enters(t, h, "general-secretariat")
	_, page, _ := w.asks(http.MethodGet, decemberPage, "", http.NoBody)
	form := formIn(t, decemberPage, page, "/confirm")
	sent := form.state()
	for _, row := range []string{"cyber", "drugs", "firearms"} {
		sent.Set("second-"+row, "confirm")
	}
	status, page, _ := w.asks(http.MethodPost, form.action, typed, strings.NewReader(sent.Encode()))
	left := formIn(t, decemberPage, page, "/confirm")
	if status < http.StatusBadRequest || !strings.Contains(page, "2 answers are recorded") {
		t.Errorf("status %d, and the page does not say what is recorded", status)
	}
	if left.state().Get("second-firearms") != "confirm" || !strings.Contains(textOf(left.node), "Confirm 1 outcome") {
		t.Errorf("one is left: %v, %s", left.state(), textOf(left.node))
	}
	for _, gone := range []string{"Your answer: cyber", "Your answer: drugs"} {
		if strings.Contains(page, gone) {
			t.Errorf("the page shows %q as if it were not recorded", gone)
		}
	}
	confirmed.Store("firearms", true) // by another, meanwhile
	confirmed.Delete("drugs")
	sent.Del("second-cyber")
	sent.Set("set-second", "set-aside")
	sent.Set("set", "yes")
	_, page, _ = w.asks(http.MethodPost, form.action, typed, strings.NewReader(sent.Encode()))
	if left = formIn(t, decemberPage, page, "/confirm"); !strings.Contains(page, "Your answer: firearms") || !strings.Contains(textOf(left.node), "Record 1 answer") {
		t.Errorf("a row that the page has no more counts, or is lost: %s", textOf(left.node))
	}
}

// On the day of a meeting an outcome is one of that meeting, unless somebody says
// otherwise; on another day nobody is taken to mean one.
func TestSubjectPage_NamesTheMeetingOfTheDay(t *testing.T) {
	t.Parallel()
	meets := func(body policy.Body, title string) policy.PlannedMeeting {
		return policy.PlannedMeeting{Key: strings.ToLower(title), Title: title, Body: body, On: today}
	}
	for name, test := range map[string]struct {
		meetings []policy.PlannedMeeting
		want     string
	}{
		"COSI meets":        {[]policy.PlannedMeeting{meets(policy.COSI, "Extra"), meets(policy.Council, "Council")}, "Extra"},
		"another body does": {[]policy.PlannedMeeting{meets(policy.Council, "Council")}, ""},
		"COSI meets twice":  {[]policy.PlannedMeeting{meets(policy.COSI, "Morning"), meets(policy.COSI, "Evening")}, ""},
	} {
		w := enters(t, &house{meetings: test.meetings}, "general-secretariat")
		const subject = "/cycles/small/on/oap/2022/firearms"
		_, page, _ := w.asks(http.MethodGet, subject, "", http.NoBody)
		if got := formIn(t, subject, page, "/decide/oap/2022/firearms").state().Get("meeting"); got != test.want {
			t.Errorf("%s: the form names %q, want %q", name, got, test.want)
		}
	}
}
