package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// goesOut exports a cycle to a folder of its own.
func (u user) goesOut(data, cycle string) string {
	u.tb.Helper()
	to := filepath.Join(folder(u.tb), "export")
	if got := u.types("cycle", "export", cycle, to, "--data", data); got.status != 0 {
		u.tb.Fatalf("exporting %s: %s", cycle, got.err)
	}
	return to
}

// comesBack imports what was exported into an empty database, exports it from
// there, and makes sure that both are the same, byte by byte.
func (u user) comesBack(exported, cycle string) {
	u.tb.Helper()
	data := folder(u.tb)
	u.starts(data)
	if got := u.types("cycle", "import", exported, "--as", "anna@general-secretariat", "--data", data); got.status != 0 {
		u.tb.Fatalf("importing %s: %s", cycle, got.err)
	}
	again := u.goesOut(data, cycle)
	files := 0
	err := filepath.WalkDir(exported, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		name, err := filepath.Rel(exported, path)
		if err != nil {
			return err
		}
		want, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if got, err := os.ReadFile(filepath.Join(again, name)); err != nil || !bytes.Equal(got, want) {
			u.tb.Errorf("%s is not what it was: %v", name, err)
		}
		return nil
	})
	if err != nil {
		u.tb.Fatal(err)
	}
	u.tb.Logf("%s came back the same in %d files", cycle, files)
}

// pastUnderWay is the cycle 2026-2029 with what happened in it until its General MASP was
// adopted.
func pastUnderWay(t *testing.T, key string) service.Whole {
	t.Helper()
	f, err := files.ReadFolder(filepath.Join("..", "examples", "empact-2026-2029"))
	if err != nil {
		t.Fatal(err)
	}
	in := service.Whole{Definition: f.Definition, Documents: f.Documents}
	in.Definition.Key = key
	act := func(kind policy.ActKind, path, on string, by, body policy.Body, outcome policy.Outcome) {
		a := policy.Act{Kind: kind, Subject: at(key, path), Date: date(on), By: policy.Actor{Name: "Anna of " + string(kind), Body: by}}
		if kind == policy.ActDecide {
			a.Body, a.Outcome, a.Procedure, a.Document, a.Version = body, outcome, policy.Meeting, "EX 9000/25 INIT", 1
		}
		if in.Acts = append(in.Acts, policy.Recorded{Act: a, ID: fmt.Sprintf("%s-%d", key, len(in.Acts))}); a.Confirmed() {
			in.Acts = append(in.Acts, policy.Recorded{ID: fmt.Sprintf("%s-%d", key, len(in.Acts)), Act: policy.Act{
				Kind: policy.ActConfirm, Subject: a.Subject, Date: a.Date, By: second, Confirms: in.Acts[len(in.Acts)-1].ID,
			}})
		}
	}
	act(policy.ActSubmit, "assessment", "2025-03-18", policy.Europol, "", "")
	act(policy.ActSubmit, "advisory-document", "2025-04-15", policy.Commission, "", "")
	act(policy.ActDecide, "advisory-document", "2025-05-06", policy.GeneralSecretariat, policy.COSI, policy.TookNote)
	act(policy.ActSubmit, "priorities", "2025-05-13", policy.Presidency, "", "")
	act(policy.ActDecide, "priorities", "2025-05-26", policy.GeneralSecretariat, policy.COSI, policy.TookNote)
	act(policy.ActDecide, "priorities", "2025-06-04", policy.GeneralSecretariat, policy.Coreper, policy.TookNote)
	act(policy.ActDecide, "priorities", "2025-06-13", policy.GeneralSecretariat, policy.Council, policy.Adopted)
	act(policy.ActSubmit, "masp/general", "2025-09-10", policy.Commission, "", "")
	act(policy.ActDecide, "masp/general", "2025-10-01", policy.GeneralSecretariat, policy.COSISupportGroup, policy.TookNote)
	act(policy.ActDecide, "masp/general", "2025-10-22", policy.GeneralSecretariat, policy.COSI, policy.Adopted)
	return in
}

// TestTheFolderOfThePageOnTakingOverIsTakenOver writes the two files that docs/takeover.md
// shows, and adds then the lines that it shows of what was forgotten.
func TestTheFolderOfThePageOnTakingOverIsTakenOver(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/takeover.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var shown []service.Whole
	text := string(page)
	for _, file := range []struct{ name, language string }{{"cycle.yaml", "yaml"}, {"acts.csv", "csv"}, {"acts.csv", "csv"}} {
		_, rest, shows := strings.Cut(text, "```"+file.language+"\n")
		body, rest, _ := strings.Cut(rest, "```")
		if text = rest; !shows {
			t.Fatalf("the page shows no %s", file.name)
		}
		if err := os.WriteFile(filepath.Join(dir, file.name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := files.ReadFolder(dir)
		if err != nil {
			t.Fatal(err)
		}
		in := service.Whole{Definition: f.Definition, Documents: f.Documents}
		for _, act := range f.Acts {
			in.Acts = append(in.Acts, policy.Recorded{Act: act.Act, ID: act.ID})
		}
		shown = append(shown, in)
	}
	h := enter(t, 0)
	h.works()
	h.takesOver(&shown[1])
	key := shown[1].Definition.Key
	eventually(t, "the cycle stands where its past has brought it", func() bool {
		c := h.cycle(key)
		return c.Stage == policy.StageImplementation && len(c.Decisions) == 3 && len(c.Items) == 1
	})
	added, err := as(t, h, anna).AddForgotten(t.Context(), shown[2])
	if err != nil || added.Acts != (service.Count{Added: len(shown[2].Acts)}) {
		t.Fatalf("added %+v, %v", added, err)
	}
	if item := added.Cycle.Items[0]; item.Outcome != policy.TookNote {
		t.Errorf("the item stands as %+v", item)
	}
}

func TestWhatWasForgottenIsAddedAndTheCycleGoesOnFromThere(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const key, forgotten = "empact-2026-2029-added-to", 7 // what the Council decided, and all of the MASP
	whole := pastUnderWay(t, key)
	first := whole
	first.Acts = whole.Acts[:len(whole.Acts)-forgotten]
	h.takesOver(&first)
	oap := at(key, "oap/2026-2027/criminal-networks")
	eventually(t, "the cycle waits for what was forgotten", func() bool {
		c := h.cycle(key)
		return len(c.Waiting) > 0 && len(c.Decisions) == 3
	})
	bad := whole
	bad.Acts = slices.Clone(whole.Acts)
	bad.Acts[len(bad.Acts)-1].By = bad.Acts[len(bad.Acts)-2].By
	_, err := as(t, h, anna).AddForgotten(t.Context(), bad)
	refused(t, err, policy.CodeFourEyes, "on masp/general")

	added, err := as(t, h, anna).AddForgotten(t.Context(), whole)
	if err != nil || added.Acts != (service.Count{Added: forgotten, There: len(first.Acts)}) {
		t.Fatalf("added %+v, %v", added, err)
	}
	eventually(t, "the cycle goes on from where that has brought it", func() bool {
		c := h.cycle(key)
		return c.Stage == policy.StageImplementation && c.StageSince == date("2026-01-01")
	})
	h.hands("lt", oap, "2025-11-20", whole.Documents["oap/2026-2027/criminal-networks/v1"])
	if again, err := as(t, h, anna).AddForgotten(t.Context(), whole); err != nil || again.Acts != (service.Count{There: len(whole.Acts)}) {
		t.Errorf("the same once more: %+v, %v", again, err)
	}
	late := whole
	late.Acts = append(slices.Clone(whole.Acts), policy.Recorded{ID: key + "-late", Act: policy.Act{
		Kind: policy.ActOpen, Subject: at(key, "item/late"), Date: date("2026-02-02"), By: anna,
		Opening: &policy.Opening{Title: "Late", Due: date("2026-03-02"), Through: []policy.Body{policy.COSI}},
	}})
	_, err = as(t, h, anna).AddForgotten(t.Context(), late)
	refused(t, err, policy.CodeConflict, "record what was forgotten as usual")
}

func TestACycleUnderWayIsTakenOverUnderItsTrueDates(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const key = "empact-2026-2029-taken-over"
	in := pastUnderWay(t, key)

	// One act out of order: nothing is taken over, and the act is named.
	wrong := in
	wrong.Acts = append([]policy.Recorded{}, in.Acts...)
	wrong.Acts[2], wrong.Acts[1] = wrong.Acts[1], wrong.Acts[2]
	_, err := as(t, h, anna).Import(t.Context(), wrong)
	refused(t, err, policy.CodeNotOpen, "act 2, decide on advisory-document")

	cycle, err := as(t, h, anna).Import(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the cycle stands where its past has brought it", func() bool {
		c := h.cycle(key)
		return c.Stage == policy.StageImplementation && c.StageSince == date("2026-01-01") && len(c.Waiting) > 0
	})
	if d := cycle.Decisions[len(cycle.Decisions)-1]; d.Date != date("2025-10-22") || d.Recorded.Year() < 2026 || cycle.Rehearsal {
		t.Errorf("the decision of %s was recorded at %s", d.Date, d.Recorded)
	}
	h.hands("lt", at(key, "oap/2026-2027/criminal-networks"), "2025-11-20", in.Documents["oap/2026-2027/criminal-networks/v1"])
	if _, err := as(t, h, anna).Import(t.Context(), in); err != nil {
		t.Errorf("the same once more: %v", err)
	}
	_, err = as(t, h, anna).Import(t.Context(), wrong)
	refused(t, err, policy.CodeConflict, "here already")
}

func TestWhatWasRectifiedComesBackAsItCounts(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "kept-rectified"
	h.starts(kept(cycle))
	h.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	first := h.hands("se", oap, "2021-11-01", twoActions())
	right, err := json.Marshal(assessed(twoActions()))
	if err != nil {
		t.Fatal(err)
	}
	_, err = as(t, h, policy.Actor{Name: "Eva", Body: "se"}).Submit(t.Context(), service.Submit{
		Subject: oap, Statement: service.Statement{Date: date("2021-11-02"), Comment: "The annex was missing."}, Content: right, Rectifies: first.ID,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.decides(policy.COSI, oap, policy.Adopted, "2021-12-08")
	whole, err := h.Export(t.Context(), cycle)
	if err != nil {
		t.Fatal(err)
	}
	whole.Definition.Key = cycle + "-again"
	again := renamed(t, whole, cycle, whole.Definition.Key)
	for i, act := range again.Acts { // the IDs are new, so what is named by them is, too
		for j, before := range whole.Acts {
			if act.Rectifies == before.ID {
				again.Acts[i].Rectifies = again.Acts[j].ID
			}
			if act.Confirms == before.ID {
				again.Acts[i].Confirms = again.Acts[j].ID
			}
		}
	}
	if _, err := as(t, h, anna).Import(t.Context(), *again); err != nil {
		t.Fatal(err)
	}
	found, err := h.FindSubject(t.Context(), at(whole.Definition.Key, "oap/2022/firearms"))
	if err != nil || found.Outcome != policy.Adopted || found.Version != 1 || len(found.Versions) != 2 {
		t.Errorf("it came back as %+v, %v", found, err)
	}
	if findings, err := h.Findings(t.Context(), whole.Definition.Key, service.FindingFilter{Rule: "S6"}); err != nil || len(findings) > 0 {
		t.Errorf("the assessment was lost: %+v, %v", findings, err)
	}
}
