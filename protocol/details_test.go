package protocol_test

import (
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/protocol"
)

func TestDetails_SaysBeforeWhomSinceWhenAndUntilWhen(t *testing.T) {
	t.Parallel()
	state := answered()
	outlook := state.Outlook
	outlook.Open[0].Title, outlook.More, outlook.Rehearsal = "Priorities [of *all*](x)", 2, false
	orders := policy.Orders{Stage: policy.StagePriorities, Since: policytest.Date("2021-05-01"), Outlook: &outlook}
	want := "**priority setting** since 1 May 2021\n" +
		"- Priorities \\[of \\*all\\*\\](x) (`priorities`): before Council since 13 May 2021, due 13 June 2021; what was recorded waits for a second person\n" +
		"- and 2 more"
	if got := protocol.Details(orders); got != want {
		t.Errorf("it says\n%s\nwant\n%s", got, want)
	}
	public := outlook.ShownUpTo(policy.Public)
	orders.Outlook = &public
	if got, want := protocol.Details(orders), "**priority setting** since 1 May 2021\n- `priorities`\n- and 2 more"; got != want {
		t.Errorf("of what is public it says\n%s\nwant\n%s", got, want)
	}
	if got := protocol.Details(policy.Orders{Stage: policy.StagePriorities}); got != "" {
		t.Errorf("of orders of before it says %q", got)
	}
}

// A body of a cycle's own is called what the file of the cycle calls it, which is LIMITE like the
// other titles in it.
func TestDetails_CallsABodyOfTheCyclesOwnByItsTitle(t *testing.T) {
	t.Parallel()
	outlook := answered().Outlook
	outlook.Turn = []policy.Body{"arms-agency", policy.Council}
	outlook.Open[0].Turn, outlook.Open[0].Waiting, outlook.Names = outlook.Turn, nil, nil
	outlook.Name(policy.BodyTable{
		{Body: "arms-agency", Title: "Arms *Tracing* Agency", Kind: policy.KindAgency},
		{Body: "elsewhere", Title: "It has no turn", Kind: policy.KindAgency},
	})
	orders := policy.Orders{Stage: policy.StagePriorities, Outlook: &outlook}
	const want = "): before Arms \\*Tracing\\* Agency or Council since"
	if got := protocol.Details(orders); !strings.Contains(got, want) || len(outlook.Names) != 1 {
		t.Errorf("it says\n%s\nwant %q in it", got, want)
	}
	public := outlook.ShownUpTo(policy.Public)
	orders.Outlook = &public
	if got := protocol.Details(orders); strings.Contains(got, "Tracing") || public.Names != nil {
		t.Errorf("of what is public it says\n%s", got)
	}
}

func TestSummary_NamesWhatARunCarriesByItsKeys(t *testing.T) {
	t.Parallel()
	for run, want := range map[policy.Run]string{
		{Kind: policy.RunCycle, Cycle: "empact"}:       "the cycle empact",
		policytest.On("oap/2022/firearms").Run():       "OAP 2022/firearms of the cycle empact",
		policytest.On("masp/general").Run():            "MASP general of the cycle empact",
		policytest.On("evaluation").Run():              "evaluation of the cycle empact",
		{Kind: policy.RunObligations, Cycle: "empact"}: "reporting obligations of the cycle empact",
	} {
		if got := protocol.Summary(run); got != want {
			t.Errorf("%v is %q, want %q", run, got, want)
		}
	}
	if strings.Contains(protocol.Summary(policytest.On("oap/2022/firearms").Run()), "Firearms") {
		t.Error("a title stands in a summary")
	}
}
