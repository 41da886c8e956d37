package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

const draftOf = "/cycles/small/draft/oap/2022/firearms"

// saves has somebody else save the draft.
func (h *house) saves(revision int, change func(*policy.OperationalPlan)) {
	theirs := plan()
	change(theirs)
	h.theirs.Store(&service.Draft{Revision: revision, By: "Sven@se", Content: theirs})
}

// actions lists the codes and titles of the draft that was saved.
func (h *house) actions(t *testing.T) (list []string) {
	t.Helper()
	saved := h.saved.Swap(nil)
	if saved == nil {
		return nil
	}
	held, is := saved.Content.(*policy.OperationalPlan)
	if !is {
		t.Fatalf("what is saved is a %T", saved.Content)
	}
	for _, a := range held.Actions {
		list = append(list, a.Code+" "+a.Title)
	}
	return list
}

// A draft that another has saved meanwhile gives way only to who has seen it and says so.
func TestDraftPage_ReplacesAnothersDraftOnlyWhenSaidSo(t *testing.T) {
	t.Parallel()
	h := &house{}
	w := enters(t, h, "general-secretariat")
	const form = draftOf + "?action=1.1"
	_, page, _ := w.asks(http.MethodGet, form, "", http.NoBody)
	sent := formsOn(t, form, page)[0].state()
	sent.Set("title", "Trace and seize firearms")
	h.saves(2, func(p *policy.OperationalPlan) { p.Actions[0].Description = "From the factory to the street" })
	for range 3 { // however often it is saved
		status, page, _ := w.asks(http.MethodPost, form, typed, strings.NewReader(sent.Encode()))
		if status != http.StatusConflict && status != http.StatusPreconditionFailed {
			t.Fatalf("status %d", status)
		}
		for _, want := range []string{"From the factory to the street", "From end to end", "Trace and seize firearms", "Replace theirs", "Sven@se"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not show %q", want)
			}
		}
		if h.saved.Load() != nil {
			t.Fatal("the other's draft is gone unseen")
		}
		again := formsOn(t, form, page)[0].state()
		if again.Get("title") != "Trace and seize firearms" || again.Get("revision") != "1" {
			t.Errorf("the form holds %v", again)
		}
		sent = again
	}
	sent.Set("replace", "2")
	if status, page, _ := w.asks(http.MethodPost, form, typed, strings.NewReader(sent.Encode())); status != http.StatusSeeOther || h.saved.Load() == nil {
		t.Errorf("status %d: %s", status, page)
	}
}

// A new action takes no code that the draft has: what is typed stays, to be saved under another.
func TestSaveDraft_GivesANewActionAFreeCode(t *testing.T) {
	t.Parallel()
	h := &house{}
	w := enters(t, h, "general-secretariat")
	h.saves(1, func(*policy.OperationalPlan) {})
	const at = draftOf + "?action=new"
	_, page, _ := w.asks(http.MethodGet, at, "", http.NoBody)
	sent := formsOn(t, at, page)[0].state()
	sent.Set("code", "1.1")
	sent.Set("title", "Another one")
	status, page, _ := w.asks(http.MethodPost, at, typed, strings.NewReader(sent.Encode()))
	back := formsOn(t, at, page)[0].state()
	if status != http.StatusConflict || !strings.Contains(page, "has an action 1.1 already") || back.Get("code") != "1.1" || back.Get("title") != "Another one" || h.saved.Load() != nil {
		t.Errorf("status %d, the form holds %v", status, back)
	}
	sent.Set("code", "1.3")
	status, _, _ = w.asks(http.MethodPost, at, typed, strings.NewReader(sent.Encode()))
	if saved := strings.Join(h.actions(t), ", "); status != http.StatusSeeOther || saved != "1.1 Trace firearms, 1.2 Tell dealers, 1.3 Another one" {
		t.Errorf("status %d, saved is %s", status, saved)
	}
}

// Of two actions that bear one code, which the text of a draft may have, one alone is shown and
// removed at a time.
func TestSaveDraft_RemovesNoOtherActionOfACode(t *testing.T) {
	t.Parallel()
	h := &house{}
	w := enters(t, h, "general-secretariat")
	h.saves(1, func(p *policy.OperationalPlan) { p.Actions[1].Code = "1.1" })
	const at = draftOf + "?action=1.1"
	_, page, _ := w.asks(http.MethodGet, at, "", http.NoBody)
	sent := formsOn(t, at, page)[0].state()
	if sent.Get("title") != "Trace firearms" {
		t.Errorf("the form holds %v", sent)
	}
	sent.Set("remove", "yes")
	w.asks(http.MethodPost, at, typed, strings.NewReader(sent.Encode()))
	if saved := strings.Join(h.actions(t), ", "); saved != "1.1 Tell dealers" {
		t.Errorf("saved is %q", saved)
	}
}

// Who edits an action that another has removed meanwhile has it before them all the same, and puts
// it back if they say so.
func TestDraftPage_KeepsARemovedActionInItsEditorsForm(t *testing.T) {
	t.Parallel()
	h := &house{}
	w := enters(t, h, "general-secretariat")
	const at = draftOf + "?action=1.1"
	_, page, _ := w.asks(http.MethodGet, at, "", http.NoBody)
	sent := formsOn(t, at, page)[0].state()
	sent.Set("title", "Trace and seize firearms")
	h.saves(2, func(p *policy.OperationalPlan) { p.Actions = p.Actions[1:] })
	status, page, _ := w.asks(http.MethodPost, at, typed, strings.NewReader(sent.Encode()))
	form := formsOn(t, at, page)[0]
	if wrong := differs(form, sent); form.action != at || wrong != "" || !strings.Contains(page, "Replace theirs") {
		t.Errorf("status %d, the form at %s: %s", status, form.action, wrong)
	}
	sent.Set("replace", "2")
	w.asks(http.MethodPost, at, typed, strings.NewReader(sent.Encode()))
	if saved := strings.Join(h.actions(t), ", "); saved != "1.2 Tell dealers, 1.1 Trace and seize firearms" {
		t.Errorf("saved is %q", saved)
	}
}
