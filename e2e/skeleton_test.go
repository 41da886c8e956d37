package e2e_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// checksum is that of the text that the registry of the Council holds.
const checksum = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// bare hands in an OAP that is RESTREINT UE, with what stands here of it.
func (h *house) bare(t *testing.T, oap policy.Subject, plan *policy.OperationalPlan) (*service.Receipt, error) {
	t.Helper()
	text, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	return as(t, h, policy.Actor{Name: "Eva", Body: "se"}).Submit(t.Context(), service.Submit{
		Subject: oap, Statement: service.Statement{Date: date("2021-11-01")}, Document: "EX 1500/21 INIT", Content: text,
		Marking: policy.Restricted, Holder: "registry of the Council", TextDigest: checksum,
	})
}

// A cycle whose OAP is RESTREINT UE is run on its skeleton: the codes of its actions.
func TestACycleRunsOnTheSkeletonsOfItsOAPs(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "bare-bones"
	h.starts(kept(cycle))
	h.toPlans(cycle)
	oap, report := at(cycle, "oap/2022/firearms"), at(cycle, "report/2022/firearms/final")
	skeleton := policy.SkeletonOf(twoActions(), nil)
	h.soon(func() (*service.Receipt, error) { return h.bare(t, oap, skeleton) })

	titled := policy.SkeletonOf(twoActions(), nil)
	titled.Actions[0].Title = "Trace firearms"
	_, err := h.bare(t, oap, titled)
	refused(t, err, policy.CodeInvalid, "actions[0].title stands in a skeleton, which holds no free text")
	_, err = h.bare(t, oap, policy.SkeletonOf(twoActions(), []policy.PlanField{policy.FieldLeader}))
	refused(t, err, policy.CodeInvalid, "actions[0].leader may not be kept here: a skeleton holds code, by the setting skeleton.fields")
	_, err = h.bare(t, oap, twoActions())
	refused(t, err, policy.CodeMarking, "no content is kept here but the skeleton of an OAP")

	says := func(code, state string, who policy.ConsentState) policy.Row {
		return row(policy.RegConsents, "2022/firearms/"+code+"/"+state, "2021-11-20", &policy.Consent{State: who})
	}
	if err := h.enters(policy.SupportTeam, cycle, says("1.1", "fr", policy.Invited), says("1.2", "fr", policy.Invited)); err != nil {
		t.Fatal(err)
	}
	if err := h.enters("fr", cycle, says("1.1", "fr", policy.Confirmed)); err != nil {
		t.Fatal(err)
	}
	if err := h.enters(policy.Presidency, cycle, row(policy.RegAgenda, "cosi-2021-12/oap/2022/firearms", "2021-12-01", &policy.AgendaItem{Title: "OAP"})); err != nil {
		t.Fatal(err)
	}
	h.decides(policy.COSI, oap, policy.Adopted, "2021-12-08")
	h.counts(cycle)
	for _, code := range []string{"1.1", "1.2"} {
		done := &policy.Progress{Status: policy.Completed, Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(7)}}}
		if err := h.enters("se", cycle, row(policy.RegProgress, "2022/firearms/final/"+code, "2022-12-20", done)); err != nil {
			t.Fatal(err)
		}
	}
	h.soon(func() (*service.Receipt, error) {
		return as(t, h, policy.Actor{Name: "Eva", Body: "se"}).CloseRound(t.Context(), service.CloseRound{Report: report, Statement: service.Statement{Date: date("2023-01-10")}})
	})
	h.told(t, oap, report)
	h.standsUp(cycle)
	h.carried(t, cycle)
}

// told looks at what people are told of an OAP that stands here as a skeleton.
func (h *house) told(t *testing.T, oap, report policy.Subject) {
	t.Helper()
	found, err := h.FindSubject(t.Context(), oap)
	if err != nil || found.Versions[0].Marking != policy.Restricted || found.Versions[0].TextDigest != checksum || found.Versions[0].Content == "" {
		t.Errorf("its version is %+v, %v", found, err)
	}
	eva := as(t, h, policy.Actor{Name: "Eva", Body: "fr"})
	document, err := eva.FindContent(t.Context(), oap, 0)
	if err != nil || policy.SkeletonIn(document.Content) == nil || document.Marking != policy.Limite {
		t.Errorf("FR reads %+v, %v", document, err)
	}
	if _, err := as(t, h, policy.Actor{}).FindContent(t.Context(), oap, 0); policy.CodeOf(err) != policy.CodeMarking {
		t.Errorf("the public reads it: %v", err)
	}
	hits, err := eva.Search(t.Context(), "1.2")
	if err != nil || !slices.ContainsFunc(hits, func(f service.Found) bool { return f.Subject == oap && f.Code == "1.2" && f.Said == "1.2" }) {
		t.Errorf("of 1.2 it finds %+v, %v", hits, err)
	}
	round, err := h.FindRound(t.Context(), report)
	if err != nil || len(round.Actions) != 2 || len(round.Totals.Figures) != 1 || round.Totals.Figures[0].Value != policy.Whole(14) {
		t.Errorf("the round is %+v, %v", round, err)
	}
	sheet, err := eva.NationalSheet(t.Context(), oap.Cycle, "fr")
	said := func(action string, state policy.ConsentState) func(rules.ConsentLine) bool {
		return func(l rules.ConsentLine) bool {
			return l.Action == "2022/firearms/"+action && l.Title == action && l.State == state
		}
	}
	if err != nil || !slices.ContainsFunc(sheet.Consents, said("1.1", policy.Confirmed)) || !slices.ContainsFunc(sheet.Consents, said("1.2", policy.Invited)) {
		t.Errorf("the sheet of FR is %+v, %v", sheet, err)
	}
	lines, err := h.Compliance(t.Context(), oap.Cycle)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines { // what needs more than the codes says so, and names the fields
		fields := rules.FindRule(line.Rule).Fields
		bones := func(g rules.Gap) bool {
			return g.Cause == rules.Skeleton && g.Number == 2 && slices.ContainsFunc(fields, func(f policy.PlanField) bool { return strings.Contains(g.Message, string(f)) })
		}
		if len(fields) > 0 && (line.Result == rules.Holds || line.Result == rules.DeclaredOnly || !slices.ContainsFunc(line.Gaps, bones)) {
			t.Errorf("%s needs %v and is %s: %+v", line.Rule, fields, line.Result, line.Gaps)
		}
	}
	findings, err := h.Findings(t.Context(), oap.Cycle, service.FindingFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if strings.HasPrefix(f.Subject, "oap/") {
			t.Errorf("of a skeleton it finds %s: %s", f.Rule, f.Message)
		}
	}
}

// carried takes a cycle out into a folder and over again.
func (h *house) carried(t *testing.T, cycle string) {
	t.Helper()
	whole, err := h.Export(t.Context(), cycle)
	if err != nil {
		t.Fatal(err)
	}
	whole.Definition.Key = cycle + "-again"
	again := renamed(t, whole, cycle, whole.Definition.Key)
	folder := &files.Folder{CycleFile: files.CycleFile{Definition: again.Definition}, Documents: again.Documents, Files: again.Files, Rows: again.Rows, People: again.People}
	for _, act := range again.Acts {
		act.By.Person, act.Digest, act.Content = 0, "", ""
		folder.Acts = append(folder.Acts, files.Act{ID: act.ID, Act: act.Act})
	}
	dir := filepath.Join(t.TempDir(), "folder")
	if err := files.WriteFolder(dir, folder); err != nil {
		t.Fatal(err)
	}
	read, err := files.ReadFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(again.Documents, read.Documents, cmp.AllowUnexported(policy.Date{}, policy.Amount{})); diff != "" {
		t.Errorf("what stands in the folder differs:\n%s", diff)
	}
	again.Documents = read.Documents
	h.takesOver(again)
	taken, err := h.FindSubject(t.Context(), at(whole.Definition.Key, "oap/2022/firearms"))
	if err != nil || taken.Versions[0].TextDigest != checksum || taken.Versions[0].Holder != "registry of the Council" {
		t.Errorf("it was taken over as %+v, %v", taken, err)
	}
	h.standsUp(whole.Definition.Key)
}
