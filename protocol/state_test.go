package protocol_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/protocol"
)

// answered is a state in which every field says something.
func answered() protocol.State {
	priorities := policytest.On("priorities")
	outlook := policy.OutlookOf([]policy.Standing{{
		Subject: priorities, State: policy.StateDeciding, Version: 1, Digest: "sha256:1", Turn: []policy.Body{policy.Council},
		Since: policytest.Date("2021-05-13"), Due: policytest.Date("2021-06-13"), Pending: "p-1",
		Silence: &policy.Silence{Deadline: policytest.Date("2021-06-01")},
	}}, policytest.Date("2021-05-14"))
	outlook.Title, outlook.Rehearsal, outlook.Open[0].Title = "The cycle", true, "Priorities"
	outlook.Name(policy.BodyTable{{Body: policy.Council, Title: "Council", Kind: policy.KindCouncil}})
	outlook = outlook.ShownUpTo(policy.Limite)
	run := policy.Run{Kind: policy.RunCycle, Cycle: policytest.Key}
	return protocol.StateOf(protocol.NewRunState(run), policy.Orders{
		Epoch: "e", Sequence: 3, Definition: 1, Stage: policy.StagePriorities, Since: policytest.Date("2021-05-01"), Outlook: &outlook,
	})
}

func TestStateSchema_TakesWhatARunAnswers(t *testing.T) {
	t.Parallel()
	schema := compiled(t, protocol.StateSchema())
	holds := func(s protocol.State) error {
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(tree(t, text))
	}
	if err := holds(answered()); err != nil {
		t.Error(err)
	}
	if err := holds(protocol.StateOf(protocol.NewRunState(policy.Run{Kind: policy.RunCycle, Cycle: policytest.Key}), policy.Orders{})); err != nil {
		t.Errorf("before the first look: %v", err)
	}
	former := answered()
	former.Format = 1
	if holds(former) == nil {
		t.Error("an answer of another format passes")
	}
}

// A run is handed on by workers of this release and of the next, side by side.
func TestRunState_IsReadWhateverWasToldBefore(t *testing.T) {
	t.Parallel()
	state := protocol.NewRunState(policy.Run{Kind: policy.RunCycle, Cycle: policytest.Key})
	orders := answered().Orders
	outlook := answered().Outlook
	outlook.Open[0].State, outlook.Open[0].Waiting = "a-state-of-the-next-release", nil
	orders.Outlook = &outlook
	state.Told = protocol.TellsOn(orders)
	text, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	var read protocol.RunState
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if told := protocol.StateOf(read, policy.Orders{}); told.Since != orders.Since || told.Definition != 1 || len(told.Open) != 1 || told.Open[0].State != outlook.Open[0].State {
		t.Errorf("it tells %+v", told)
	}
}

func TestState_IsReadAsItWasAnswered(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(answered())
	if err != nil {
		t.Fatal(err)
	}
	var read protocol.State
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(read)
	if err != nil || !bytes.Equal(text, again) {
		t.Errorf("%v\n got %s\nwant %s", err, again, text)
	}
	if read.Orders.Outlook != nil || len(read.Open) != 1 {
		t.Errorf("what is open is told %d times, and in the orders %v", len(read.Open), read.Orders.Outlook)
	}
}
