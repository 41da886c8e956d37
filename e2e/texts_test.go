package e2e_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store/storetest"
)

// titled gives the plan of two actions with another title of the first.
func titled(title string) *policy.OperationalPlan {
	plan := assessed(twoActions())
	plan.Actions[0].Title = title
	return plan
}

// asData gives a content as it is handed in.
func asData(t *testing.T, content policy.Content) []byte {
	t.Helper()
	text, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// reads makes sure that the text of a plan that is in force, as people, views and searches
// find it, begins with an action of a title, and that nobody finds one of another.
func (h *house) reads(t *testing.T, oap policy.Subject, version int, title, other string) {
	t.Helper()
	all := as(t, h, anna)
	document, err := all.FindContent(t.Context(), oap, 0)
	if err != nil || document.Version != version || document.Content.(*policy.OperationalPlan).Actions[0].Title != title {
		t.Errorf("what stands in %s is %+v, %v", oap, document, err)
	}
	found := func(text string) bool {
		hits, err := all.Search(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(hits, func(hit service.Found) bool { return hit.What == "action" && hit.Subject == oap })
	}
	if !found(title) || found(other) {
		t.Errorf("a search finds %q: %v, and %q: %v", title, found(title), other, found(other))
	}
}

func TestACorrigendumThatBringsTheWholeTextStandsInThePlaceOfWhatItCorrects(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "kept-corrected"
	h.starts(kept(cycle))
	h.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	h.hands("se", oap, "2021-11-01", titled("Trace fire arms"))
	h.decides(policy.COSI, oap, policy.Adopted, "2021-12-08")
	h.reads(t, oap, 1, "Trace fire arms", "Trace firearms")

	correct := service.Correct{Subject: oap, Document: "EX 1/21 COR 1", Statement: service.Statement{Date: date("2021-12-20")}, MediaType: "application/json"}
	correct.Content = []byte(`{"actions":[{"code":"1.1"}]}`)
	_, err := as(t, h, anna).Correct(t.Context(), correct)
	refused(t, err, policy.CodeInvalid, "is not sound")
	correct.Content = asData(t, titled("Trace firearms"))
	if _, err := as(t, h, anna).Correct(t.Context(), correct); err != nil {
		t.Fatal(err)
	}
	h.reads(t, oap, 2, "Trace firearms", "Trace fire arms")

	correct.Document, correct.Content, correct.Substantive = "EX 1/21 COR 2", asData(t, titled("Trace all arms")), true
	second, err := as(t, h, anna).Correct(t.Context(), correct)
	if err != nil {
		t.Fatal(err)
	}
	h.reads(t, oap, 2, "Trace firearms", "Trace all arms")
	item := at(cycle, "item/corrigendum")
	if _, err := as(t, h, policy.Actor{Name: "Pia", Body: policy.Presidency}).OpenItem(t.Context(), service.OpenItem{Subject: item, Statement: service.Statement{Date: date("2022-01-03")}, Opening: policy.Opening{
		Title: "Corrigendum", Due: date("2022-03-01"), Through: []policy.Body{policy.COSI}, Adopts: second.ID,
	}}); err != nil {
		t.Fatal(err)
	}
	h.submits(policy.Presidency, item, "2022-01-04")
	h.decides(policy.COSI, item, policy.Adopted, "2022-02-20")
	h.reads(t, oap, 3, "Trace all arms", "Trace firearms")
	h.correctedIs(t, oap)
}

// correctedIs looks at an OAP with two corrigenda: what differs, what is taken over elsewhere,
// and whether its proof holds.
func (h *house) correctedIs(t *testing.T, oap policy.Subject) {
	t.Helper()
	compared, err := as(t, h, anna).CompareVersions(t.Context(), oap, 1, 3)
	if err != nil || len(compared.Differences) != 1 || compared.Differences[0].Was != "Trace fire arms" {
		t.Errorf("original and final differ in %+v, %v", compared, err)
	}
	found, err := as(t, h, anna).FindSubject(t.Context(), oap)
	if err != nil || len(found.Corrigenda) != 2 || found.Corrigenda[0].Version != 2 || found.Corrigenda[1].Version != 3 || found.Corrigenda[1].AdoptedBy == "" || found.Version != 1 {
		t.Errorf("it stands at %+v, %v", found, err)
	}
	report, err := storetest.Verify(t.Context(), h.store, oap.Cycle)
	if err != nil || !report.OK() {
		t.Errorf("the proof of it: %+v, %v", report, err)
	}
	again := h.takenOverAgain(oap.Cycle)
	h.reads(t, at(again, oap.Path()), 3, "Trace all arms", "Trace firearms")
}

// An OAP that COSI adopts with amendments waits for its final text: the General Secretariat is
// reminded, enters it, and a second person confirms it. From then on it is what counts.
func TestAnOAPAdoptedWithAmendmentsWaitsForItsFinalText(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "kept-amended"
	h.starts(kept(cycle))
	h.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	h.hands("se", oap, "2021-11-01", titled("Trace fire arms"))
	final := service.Submit{Subject: oap, Document: "EX 1/1/21 REV 1", Statement: service.Statement{Date: date("2021-12-20")}}
	_, err := as(t, h, anna).Finalise(t.Context(), final)
	refused(t, err, policy.CodeNotOpen, "is not settled")
	h.decides(policy.COSI, oap, policy.AdoptedWithAmendments, "2021-12-08")

	h.isReminded(t, oap)
	_, err = as(t, h, anna).Finalise(t.Context(), final)
	refused(t, err, policy.CodeInvalid, "enter the content of its final text, too")
	without := titled("Trace firearms")
	without.Impact = nil // which COSI struck
	final.Content, final.MediaType = asData(t, without), "application/json"
	entered, err := as(t, h.Service, anna).Finalise(t.Context(), final)
	if err != nil {
		t.Fatal(err)
	}
	found, err := as(t, h, anna).FindSubject(t.Context(), oap)
	if err != nil || found.Final == nil || found.Pending != entered.ID {
		t.Fatalf("it stands at %+v, %v", found, err)
	}
	h.reads(t, oap, 1, "Trace fire arms", "Trace firearms") // nobody has confirmed it yet
	_, err = as(t, h.Service, anna).Confirm(t.Context(), service.Second{Record: entered.ID})
	refused(t, err, policy.CodeFourEyes, "entered this final text")
	if _, err := as(t, h.Service, second).Confirm(t.Context(), service.Second{Record: entered.ID}); err != nil {
		t.Fatal(err)
	}
	h.reads(t, oap, 2, "Trace firearms", "Trace fire arms")
	h.finds(cycle, "S6 oap/2022/firearms") // the final text has no impact assessment
	h.finalIs(t, oap)
}

// isReminded makes sure that the General Secretariat sees and is told that a final text is
// awaited.
func (h *house) isReminded(t *testing.T, oap policy.Subject) {
	t.Helper()
	found, err := as(t, h, anna).FindSubject(t.Context(), oap)
	if err != nil || found.Outcome != policy.AdoptedWithAmendments || found.Awaits != "final-text" || found.TurnDue != date("2022-01-07") || !found.Overdue ||
		!slices.Contains(found.May, policy.Deed(policy.ActFinalise)) {
		t.Errorf("adopted with amendments it stands at %+v, %v", found, err)
	}
	inbox, err := as(t, h, anna).Inbox(t.Context(), service.InboxFilter{Cycle: oap.Cycle, Body: policy.GeneralSecretariat})
	waits := func(item service.InboxItem) bool {
		return item.Subject == oap && item.Awaits == "final-text" && item.Overdue
	}
	if err != nil || !slices.ContainsFunc(inbox, waits) {
		t.Errorf("what waits for the General Secretariat is %+v, %v", inbox, err)
	}
	eventually(t, "the General Secretariat is reminded", func() bool {
		found, err := as(t, h, anna).FindSubject(t.Context(), oap)
		return err == nil && slices.ContainsFunc(found.Notices, func(n service.Notice) bool {
			return n.Due == date("2022-01-07") && slices.Contains(n.To, policy.GeneralSecretariat)
		})
	})
}

// finalIs looks at an OAP with its final text: nothing is awaited, both texts are there, taken
// over and proven.
func (h *house) finalIs(t *testing.T, oap policy.Subject) {
	t.Helper()
	found, err := as(t, h, anna).FindSubject(t.Context(), oap)
	if err != nil || found.Awaits != "" || !found.TurnDue.IsZero() || found.Final == nil || found.Final.Pending || found.Final.Version != 2 || found.Version != 1 {
		t.Errorf("with its final text it stands at %+v, %v", found, err)
	}
	compared, err := as(t, h, anna).CompareVersions(t.Context(), oap, 0, 0)
	if err != nil || compared.Was != 1 || compared.Is != 2 || len(compared.Differences) < 2 {
		t.Errorf("original and final differ in %+v, %v", compared, err)
	}
	dossier, err := as(t, h, auditor).Dossier(t.Context(), oap.Cycle)
	if err != nil {
		t.Fatal(err)
	}
	report, err := storetest.Verify(t.Context(), h.store, oap.Cycle)
	if err != nil || !report.OK() {
		t.Errorf("the proof of it: %+v, %v", report, err)
	}
	for _, version := range []int{1, 2} {
		document, err := as(t, h, anna).FindContent(t.Context(), oap, version)
		if err != nil {
			t.Fatal(err)
		}
		text, err := evidence.Canonical(document.Content)
		if _, there := dossier.Contents[evidence.Digest(text)]; err != nil || !there {
			t.Errorf("version %d does not stand in the dossier: %v", version, err)
		}
	}
	again := h.takenOverAgain(oap.Cycle)
	h.reads(t, at(again, oap.Path()), 2, "Trace firearms", "Trace fire arms")
}
