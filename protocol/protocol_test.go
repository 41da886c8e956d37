package protocol_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

func TestWorkflowID_NamesItsRun(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]struct{ id, name string }{
		"empact/priorities":                          {"cycle/empact", protocol.WorkflowCycle},
		"empact/masp/general":                        {"plan/empact/masp/general", protocol.WorkflowPlan},
		"empact/oap/2023/firearms":                   {"plan/empact/oap/2023/firearms", protocol.WorkflowPlan},
		"empact/report/2023/firearms/may":            {"plan/empact/oap/2023/firearms", protocol.WorkflowPlan},
		"empact/obligation/annual-report/2021-12-31": {"obligations/empact", protocol.WorkflowObligations},
		"empact/evaluation":                          {"evaluation/empact", protocol.WorkflowEvaluation},
	} {
		s, err := policy.ParseSubject(path)
		if err != nil {
			t.Fatal(err)
		}
		run := s.Run()
		if id := protocol.WorkflowID(run); id != want.id || protocol.WorkflowName(run) != want.name {
			t.Errorf("%s is settled in %s, a %s", path, id, protocol.WorkflowName(run))
		}
	}
}

func TestRunStateCheck_RefusesNewerState(t *testing.T) {
	t.Parallel()
	state := protocol.NewRunState(policy.Run{Kind: policy.RunCycle, Cycle: "empact"})
	if err := state.Check(); err != nil {
		t.Error(err)
	}
	for _, format := range []int{0, protocol.StateFormat + 1} {
		state.Format = format
		if state.Check() == nil {
			t.Errorf("a state of format %d was taken", format)
		}
	}
}
