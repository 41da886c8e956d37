package e2e_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	whole, err := h.Export(t.Context(), oap.Cycle)
	if err != nil {
		t.Fatal(err)
	}
	whole.Definition.Key = oap.Cycle + "-again"
	again := renamed(t, whole, oap.Cycle, whole.Definition.Key)
	if _, err := as(t, h, anna).Import(t.Context(), *again); err != nil {
		t.Fatal(err)
	}
	taken, err := h.Export(t.Context(), whole.Definition.Key)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(stated(again), stated(taken), cmp.AllowUnexported(policy.Date{})); diff != "" {
		t.Errorf("what came out again differs:\n%s", diff)
	}
	h.reads(t, at(whole.Definition.Key, oap.Path()), 3, "Trace all arms", "Trace firearms")
}
