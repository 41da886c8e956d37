package store_test

import (
	"strings"
	"testing"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
)

// A report that is handed in as a document names its indicators as a row does.
func TestRecord_RefusesAReportOnAMisspeltIndicator(t *testing.T) {
	t.Parallel()
	s := keeps(t)
	arrests := policy.Row{Register: policy.RegIndicators, Key: "arrests", Date: date("2022-01-01"), Body: &policy.Indicator{Title: "Arrests", Unit: "persons", Rule: "once", Version: 1}}
	if _, err := enter(t, s, "indicators", "2022-05-02", policy.SupportTeam, arrests); err != nil {
		t.Fatal(err)
	}
	run := policy.Run{Kind: policy.RunPlan, Cycle: key, Plan: on("oap/2022/firearms")}
	if _, err := s.Reconcile(t.Context(), run, noon("2022-05-12")); err != nil {
		t.Fatal(err)
	}
	hands := func(content string) *policy.Error {
		t.Helper()
		digest, err := s.PutContent(t.Context(), store.MediaData, []byte(content))
		if err != nil {
			t.Fatal(err)
		}
		e, err := evidence.Enclose("", "plan/"+key+"/oap/2022/firearms", policy.Act{
			Kind: policy.ActSubmit, Subject: on("report/2022/firearms/may"), Date: date("2022-05-12"), By: policy.Actor{Name: "Dagny", Body: "se"},
			Content: digest, Digest: "sha256:r",
		}, noon("2022-05-12"))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := s.Record(t.Context(), store.Recording{Run: run, Now: noon("2022-05-12"), Channel: "update", Envelope: e})
		if err != nil {
			t.Fatal(err)
		}
		return answer.Refusal
	}
	const report = `{"actions":[{"action":"1.1","status":"ongoing","figures":[{"indicator":"INDICATOR","value":12.5}]}]}`
	if refusal := hands(strings.Replace(report, "INDICATOR", "arests", 1)); refusal == nil || refusal.Code != policy.CodeUnknown || !strings.Contains(refusal.Message, "is it arrests?") {
		t.Errorf("a misspelt one: %v", refusal)
	}
	if refusal := hands(strings.Replace(report, "INDICATOR", "arrests", 1)); refusal != nil {
		t.Errorf("one that there is: %v", refusal)
	}
}
