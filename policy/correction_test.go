package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// reported is a cycle in which the report of May on the OAP on firearms was settled on
// 15 June 2022.
func reported() policy.Records {
	d := sound()
	d.Stores = []string{"report"}
	r := policy.Records{Definition: &d, Standings: map[policy.Subject]policy.Standing{}, Today: date("2022-09-01")}
	for path, day := range map[string]string{"priorities": "2021-05-26", "oap/2022/firearms": "2021-12-08", "report/2022/firearms/may": "2022-06-15"} {
		r.Standings[on(path)] = policy.Standing{Subject: on(path), State: policy.StateClosed, Outcome: policy.TookNote, ClosedOn: date(day)}
	}
	set := r.Standings[on("priorities")]
	for _, p := range d.Priorities {
		set.Items = append(set.Items, policy.ItemOutcome{Item: p.Key, Outcome: policy.Adopted})
	}
	r.Standings[set.Subject] = set
	return r
}

func opensCorrection(number, day string) policy.Act {
	return policy.Act{
		Kind: policy.ActOpen, Subject: on("correction/2022/firearms/may/" + number), Date: date(day), By: policy.Actor{Name: "Eva", Body: policy.SupportTeam},
		Opening: &policy.Opening{Title: "Arrests of May", Due: date("2022-10-20")},
	}
}

func TestJudgeOpening_LetsASettledReportBeCorrected(t *testing.T) {
	t.Parallel()
	r := reported()
	first := opensCorrection("1", "2022-09-01")
	if err := first.Check(); err != nil {
		t.Fatal(err)
	}
	if err := policy.JudgeOpening(r, first, false); err != nil {
		t.Fatal(err)
	}
	entry := r.Opened(*first.Opening, first.Subject, first.Date)
	report, _ := r.Entry(first.Subject.Report())
	through := func(e policy.Entry) (bodies []policy.Body) {
		for _, turn := range e.Turns {
			bodies = append(bodies, turn.Body)
		}
		return bodies
	}
	if !slices.Equal(through(entry), through(report)) || !slices.Equal(entry.Submitters, report.Submitters) || !slices.Equal(entry.Requires, []policy.Subject{report.Subject}) {
		t.Errorf("it is %+v, its report %+v", entry, report)
	}
	if run := entry.Subject.Run(); run.Kind != policy.RunCycle { // that of the plan may have ended
		t.Errorf("it is settled in %v", run)
	}
	if entry.Subject.Place() != on("oap/2022/firearms").String() || !policy.Stores(r.Definition, entry.Subject.Kind) {
		t.Errorf("its place is %s; it is kept: %t", entry.Subject.Place(), policy.Stores(r.Definition, entry.Subject.Kind))
	}

	r.Items = append(r.Items, entry)
	r.Standings[entry.Subject] = policy.StandingOf(entry, first.Date, nil)
	second := policy.JudgeOpening(r, opensCorrection("2", "2022-09-01"), false)
	early := policy.JudgeOpening(reported(), opensCorrection("1", "2022-06-14"), false)
	open := reported()
	open.Standings[on("report/2022/firearms/may")] = policy.Standing{State: policy.StateDrafting}
	unsettled := policy.JudgeOpening(open, first, false)
	through2 := first
	through2.Opening = &policy.Opening{Title: "A", Due: date("2022-10-20"), Through: []policy.Body{policy.COSI}}
	for name, test := range map[string]struct {
		err  error
		code policy.Code
		says string
	}{
		"two at once":        {second, policy.CodeNotReady, "is being corrected already: correction/2022/firearms/may/1 is open"},
		"before it stood":    {early, policy.CodeWrongDate, "2022-06-14 lies before 2022-06-15"},
		"while it is open":   {unsettled, policy.CodeNotOpen, "is not settled: hand in a new version"},
		"through own bodies": {through2.Check(), policy.CodeInvalid, "leave the bodies out"},
	} {
		if policy.CodeOf(test.err) != test.code || !strings.Contains(test.err.Error(), test.says) {
			t.Errorf("%s: %v", name, test.err)
		}
	}
}

func TestRefuseSettled_SaysHowAReportIsPutRight(t *testing.T) {
	t.Parallel()
	r := reported()
	err := policy.RefuseSettled(r.Standings[on("report/2022/firearms/may")])
	if policy.CodeOf(err) != policy.CodeAlreadyDecided || !strings.HasSuffix(err.Error(), "correction, which is opened first: correction/2022/firearms/may/NUMBER") {
		t.Errorf("of a report: %v", err)
	}
	if err := policy.RefuseSettled(r.Standings[on("oap/2022/firearms")]); strings.Contains(err.Error(), "opened first") {
		t.Errorf("of an OAP: %v", err)
	}
}

// What was reported counts whatever becomes of the OAP, and so it can be corrected.
func TestRecordsOpened_FindsWhoCorrectsTheReportOfAnOAPThatIsGone(t *testing.T) {
	t.Parallel()
	r := reported()
	before := *r.Definition
	r.Former = []policy.Former{{Definition: &before, Until: date("2022-08-01")}}
	amended := before.Amend(policy.Amendment{Priorities: before.Priorities[1:]}, date("2022-08-01"))
	r.Definition = &amended
	opening := opensCorrection("1", "2022-09-01")
	if err := policy.JudgeOpening(r, opening, false); err != nil {
		t.Fatal(err)
	}
	e := r.Opened(*opening.Opening, opening.Subject, opening.Date)
	if e.Priority != "firearms" || !slices.Contains(e.Submitters, policy.SupportTeam) {
		t.Errorf("it is %+v", e)
	}
	r.Items = []policy.Entry{e}
	if _, planned := r.Entry(e.Subject); !planned {
		t.Error("it fell with its OAP")
	}
}

// One correction after the other may be settled on one day.
func TestRecordsChanges_TakesTheTenthAfterTheNinth(t *testing.T) {
	t.Parallel()
	r := reported()
	for _, number := range []string{"10", "9", "2"} {
		opening := opensCorrection(number, "2022-08-01")
		r.Items = append(r.Items, r.Opened(*opening.Opening, opening.Subject, opening.Date))
		r.Standings[opening.Subject] = policy.Standing{Subject: opening.Subject, State: policy.StateClosed, Outcome: policy.TookNote, ClosedOn: date("2022-08-20")}
	}
	var numbers []string
	for _, s := range r.Changes()[on("report/2022/firearms/may")] {
		numbers = append(numbers, s.Subject.Number)
	}
	if !slices.Equal(numbers, []string{"2", "9", "10"}) {
		t.Errorf("they stand in the order %v", numbers)
	}
}

func TestSubject_SaysWhatChangesItAndWhatItChanges(t *testing.T) {
	t.Parallel()
	for of, by := range map[string]string{"oap/2022/firearms": "change/2022/firearms/3", "report/2022/firearms/may": "correction/2022/firearms/may/3"} {
		if got := on(of).ChangedBy("3"); got != on(by) || got.Changed() != on(of) {
			t.Errorf("%s is changed by %s, which changes %s", of, got, got.Changed())
		}
	}
	if got := on("masp/firearms").ChangedBy("3"); got != (policy.Subject{}) || on("masp/firearms").Changed() != on("masp/firearms") {
		t.Errorf("a MASP is changed by %s", got)
	}
}
