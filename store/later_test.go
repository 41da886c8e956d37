package store_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// later is what a later version writes into the records of smallPast: an OAP with a field and
// a word that are not known here, a strategic plan that a check of today would refuse, rows
// with a column more, and rows of a register that there is not.
var later = strings.Join([]string{
	`UPDATE contents SET body = convert_to(jsonb_set(jsonb_set(convert_from(body, 'UTF8')::jsonb, '{mandate}', '"Article 4"'), '{actions,0,kind}', '"drone-patrol"')::text, 'UTF8')
		WHERE convert_from(body, 'UTF8') LIKE '%"Trace"%'`,
	`UPDATE contents SET body = convert_to(jsonb_set(convert_from(body, 'UTF8')::jsonb, '{goals,0,key}', '"No key"')::text, 'UTF8')
		WHERE convert_from(body, 'UTF8') LIKE '%Fewer firearms%'`,
	`UPDATE register_rows SET body = body || '{"deputy": "fi"}' WHERE register = 'posts'`,
	`UPDATE register_rows SET body = '{"status": "postponed", "until": "2023"}' WHERE register = 'progress'`,
	`UPDATE register_rows SET register = 'forecasts' WHERE register = 'warnings'`,
}, "; ")

// written gives records of smallPast with the rows, and then with what a later version wrote.
func written(t *testing.T) (*store.Store, func() []string) {
	t.Helper()
	url := storetest.URL(t)
	s, _ := told(t, url)
	takeOver(t, s)
	for id, row := range map[string]policy.Row{
		"posts":    {Register: policy.RegPosts, Key: "driver/firearms", Date: date("2022-04-01"), Body: &policy.Holding{Holder: "fr"}},
		"warnings": {Register: policy.RegWarnings, Key: "kits", Date: date("2022-04-01"), Body: &policy.Warning{Title: "Conversion kits", Area: "firearms"}},
		"progress": progress("1.1", "2022-04-01", policy.Ongoing),
	} {
		if _, err := enter(t, s, id, "2022-05-01", policy.SupportTeam, row); err != nil {
			t.Fatal(err)
		}
	}
	storetest.Tamper(t, url, later)
	return told(t, url) // nothing is remembered
}

func snapshot(t *testing.T, s *store.Store) (*rules.Snapshot, error) {
	t.Helper()
	c, err := s.FindCycle(t.Context(), key)
	if err != nil {
		return nil, err
	}
	return s.Snapshot(t.Context(), c, date("2022-05-02"))
}

func TestSnapshot_LooksIntoWhatALaterVersionWrote(t *testing.T) {
	t.Parallel()
	s, told := written(t)
	oap := on("oap/2022/firearms")
	d, err := snapshot(t, s)
	if err != nil {
		t.Fatal(err)
	}
	plan, kept := d.Contents[oap].(*policy.OperationalPlan)
	if !kept || plan.Actions[0].Kind != "drone-patrol" || plan.Actions[0].Leader != "fr" {
		t.Errorf("in the OAP stands %+v", plan)
	}
	if masp, kept := d.Contents[on("masp/general")].(*policy.StrategicPlan); !kept || masp.Goals[0].Key != "No key" {
		t.Errorf("in the strategic plan stands %+v", masp)
	}
	if !slices.ContainsFunc(d.Blocking(oap), func(f policy.Finding) bool { return f.Rule == "S6" }) {
		t.Errorf("an OAP without an impact assessment is kept off no agenda: %+v", d.Blocking(oap))
	}
	rows := d.Rows(policy.RegProgress, "")
	if len(rows) != 1 || rows[0].Body.(*policy.Progress).Status != "postponed" {
		t.Errorf("the progress is %+v", rows)
	}
	if len(d.Unread) > 0 || len(told()) > 0 {
		t.Errorf("it could not look into %+v: %v", d.Unread, told())
	}
	versions, err := s.ListVersions(t.Context(), key, "")
	if err != nil || len(versions) != 4 || slices.ContainsFunc(versions, func(v store.VersionHeld) bool { return v.Content == nil }) {
		t.Errorf("the versions are %+v, %v", versions, err)
	}
	all, err := s.ListRows(t.Context(), key, nil, "")
	text, _ := json.Marshal(all) // what stands in it is looked at
	if err != nil || len(all) != 3 || !strings.Contains(string(text), `{"register":"forecasts","key":"kits","date":"2022-04-01","body":{"area":"firearms","title":"Conversion kits"}`) {
		t.Errorf("the rows are %s, %v", text, err)
	}
}

func TestRecord_GoesOnBesideALaterVersion(t *testing.T) {
	t.Parallel()
	s, told := written(t)
	look(t, s, "2022-05-02")
	plan := policy.Run{Kind: policy.RunPlan, Cycle: key, Plan: on("oap/2022/firearms")}
	if _, err := s.Reconcile(t.Context(), plan, noon("2022-05-02")); err != nil {
		t.Fatal(err)
	}
	e := sealed(t, "", policy.Act{
		Kind: policy.ActOpen, Subject: on("change/2022/firearms/1"), Date: date("2022-05-02"), By: policy.Actor{Name: "Claire", Body: "fr"},
		Opening: &policy.Opening{Title: "A third action", Due: date("2022-06-20")},
	})
	e.WorkflowID = "plan/" + key + "/oap/2022/firearms"
	answer, err := s.Record(t.Context(), store.Recording{Run: plan, Now: noon("2022-05-02"), Channel: "update", Envelope: e})
	if err != nil || answer.Refusal != nil {
		t.Errorf("the one who holds the post, by a row of a later version, may not act: %v, %v", answer.Refusal, err)
	}
	if _, err := enter(t, s, "again", "2022-05-02", "fr", progress("1.2", "2022-05-02", policy.Ongoing)); err != nil {
		t.Error(err)
	}
	if len(told()) > 0 {
		t.Errorf("the log is told of %v", told())
	}
}

// A later version hands in a document with a field more; a worker of this one records it.
func TestRecord_TakesADocumentOfALaterVersion(t *testing.T) {
	t.Parallel()
	s := keeps(t)
	hands := func(mediaType, content string) *policy.Error {
		t.Helper()
		digest, err := s.PutContent(t.Context(), mediaType, []byte(content))
		if err != nil {
			t.Fatal(err)
		}
		act := policy.Act{Kind: policy.ActSubmit, Subject: on("evaluation"), Date: date("2024-07-02"), By: policy.Actor{Name: "Luc", Body: policy.Commission}, Content: digest, Digest: "sha256:e"}
		if answer, err := s.Reconcile(t.Context(), policy.Run{Kind: policy.RunEvaluation, Cycle: key}, noon("2024-07-02")); err != nil {
			t.Fatal(answer, err)
		}
		e := sealed(t, "", act)
		answer, err := s.Record(t.Context(), store.Recording{
			Run: policy.Run{Kind: policy.RunEvaluation, Cycle: key}, Now: noon("2024-07-02"), Channel: "update", Envelope: e,
		})
		if err != nil {
			t.Fatal(err)
		}
		return answer.Refusal
	}
	if refusal := hands(store.MediaData, `{"findings":[],"recommendations":[]}`); refusal == nil || !strings.Contains(refusal.Message, "evaluator is missing") {
		t.Errorf("an unsound one: %v", refusal)
	}
	if refusal := hands("text/plain", `{"evaluator":"Consultants","findings":[],"recommendations":[] }`); refusal == nil || !strings.Contains(refusal.Message, "has looked into") {
		t.Errorf("bytes that nobody looked into: %v", refusal)
	}
	if refusal := hands(store.MediaData, `{"evaluator":"Consultants","findings":[],"recommendations":[],"survey":{"answers":412}}`); refusal != nil {
		t.Errorf("a field of a later version: %v", refusal)
	}
}

func TestFindAudit_AccusesNobodyOfALaterVersion(t *testing.T) {
	t.Parallel()
	s := keeps(t)
	for id, row := range map[string]policy.Row{
		"column": {Register: policy.RegPosts, Key: "driver/firearms", Date: date("2022-04-01"), Body: policy.Verbatim{RawMessage: []byte(`{"holder":"fr","deputy":"fi"}`)}},
		"word":   {Register: policy.RegProgress, Key: "2022/firearms/may/1.1", Date: date("2022-04-01"), Body: policy.Verbatim{RawMessage: []byte(`{"status":"postponed"}`)}},
	} {
		if _, err := enter(t, s, id, "2022-05-01", policy.SupportTeam, row); err != nil {
			t.Fatal(err)
		}
	}
	inOrder(t, s, key)
}

// What cannot be read at all stops nothing, and everybody who would look is told.
func TestSnapshot_LetsRulesTellWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s, _ := told(t, url)
	takeOver(t, s)
	storetest.Tamper(t, url, `UPDATE contents SET body = 'scorched' WHERE convert_from(body, 'UTF8') LIKE '%"Trace"%'`)
	s, told := told(t, url)
	look(t, s, "2022-05-02")
	d, err := snapshot(t, s)
	if err != nil || len(told()) == 0 {
		t.Fatalf("the log is told of %v; %v", told(), err)
	}
	lines := d.Compliance()
	at := slices.IndexFunc(lines, func(line rules.Compliance) bool { return line.Rule == "S6" })
	unread := func(g rules.Gap) bool {
		return g.Cause == rules.Unreadable && g.What == string(policy.KindOAP) && g.Number == 1
	}
	if line := lines[at]; line.Result != rules.CouldNotLook || !slices.ContainsFunc(line.Gaps, unread) {
		t.Errorf("S6 is %s: %+v", line.Result, line.Gaps)
	}
	versions, err := s.ListVersions(t.Context(), key, "oap/2022/firearms")
	if err != nil || len(versions) != 1 || policy.CodeOf(versions[0].Unread) != policy.CodeInternal {
		t.Errorf("the versions are %+v, %v", versions, err)
	}
}
