package local

import (
	"strings"
	"testing"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// A corrected outcome is one outcome: who reads the dossier sees which line counts.
func TestSummaryOf_ShowsACorrectionAsOne(t *testing.T) {
	t.Parallel()
	oap := policy.Subject{Cycle: "small", Kind: policy.KindOAP, Period: "2022", Key: "firearms"}
	made := func(id string, outcome policy.Outcome, more service.Decision) service.Decision {
		more.ID, more.Subject, more.Body, more.Outcome, more.RecordedBy, more.ConfirmedBy = id, oap, policy.COSI, outcome, "Anna@fr", "Bert@fr"
		return more
	}
	c := &service.Cycle{CycleLine: service.CycleLine{ID: "small", Title: "A small cycle"}, Decisions: []service.Decision{
		made("wrong", policy.Adopted, service.Decision{RectifiedBy: "right"}), made("right", policy.Postponed, service.Decision{Rectifies: "wrong"}),
	}}
	d := &evidence.Dossier{}
	for i, id := range []string{"other", "wrong", "right"} {
		var line evidence.Line
		line.Sequence, line.Accepted, line.ActID = int64(i+1), true, id
		d.Trail = append(d.Trail, line)
	}
	looked := []rules.Compliance{{
		Rule: "S1", Title: "Actions stay consistent", Result: rules.CouldNotLook,
		Coverage: rules.Coverage{Looked: 3, Of: 4, Declared: 2, Gaps: []rules.Gap{{Message: "1 OAP: marked above what is kept here"}}},
	}}
	text := summaryOf(c, d, looked)
	for _, says := range []string{
		"| corrected by line 3, does not count | 2 |", "| Bert@fr; corrects line 2 | 3 |",
		"| S1 | Actions stay consistent | could not look | 3 of 4 | 0 | 1 OAP: marked above what is kept here; 2 declared only |",
	} {
		if !strings.Contains(text, says) {
			t.Errorf("no %q in\n%s", says, text)
		}
	}
}
