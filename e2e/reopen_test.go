package e2e_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// rectifies puts right what a body concluded, and has a second person confirm it.
func (h *house) rectifies(first *service.Receipt, right service.Decide) *service.Receipt {
	h.tb.Helper()
	right.Rectifies = first.ID
	receipt, err := h.Decide(h.tb.Context(), right)
	if err != nil {
		h.tb.Fatal(err)
	}
	return receipt
}

// standsUp holds what is shown of a cycle against what was recorded.
func (h *house) standsUp(cycle string) {
	h.tb.Helper()
	dossier, err := as(h.tb, h, auditor).Dossier(h.tb.Context(), cycle)
	if err != nil {
		h.tb.Fatal(err)
	}
	if r := dossier.Verify(nil); !r.OK() {
		h.tb.Errorf("the record: %+v", r.Faults)
	}
}

func TestAReportNotedByMistakeIsOpenAgainWithItsCycle(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "reopened-report"
	h.starts(past(cycle))
	h.carriesOut(cycle)
	h.closes(cycle)
	plan, report := at(cycle, "oap/2022/firearms"), at(cycle, "report/2022/firearms/final")
	whole, stranger := policy.Run{Kind: policy.RunCycle, Cycle: cycle}, h.engine.Client()
	ended(t, stranger, plan.Run())
	ended(t, stranger, whole)
	first := func(subject policy.Subject) *service.Receipt {
		found, err := h.FindSubject(t.Context(), subject)
		if err != nil {
			t.Fatal(err)
		}
		return &service.Receipt{ID: found.Decisions[0].ID}
	}

	// On the OAP rests the report, and so its adoption stays.
	wrong := adoption(policy.COSI, plan, policy.NotAgreed, "2021-12-08")
	wrong.Rectifies = first(plan).ID
	_, err := h.Decide(t.Context(), wrong)
	refused(t, err, policy.CodeAlreadyDecided, "on the outcome of "+plan.String()+" rests report/2022/firearms/final")

	// The report was only put off: the run of the OAP goes on, and so does the cycle.
	noted := first(report)
	receipt := h.rectifies(noted, adoption(policy.COSI, report, policy.Postponed, "2023-02-10"))
	if !receipt.Standing.Open() {
		t.Errorf("it stands at %+v, want it open", receipt.Standing)
	}
	eventually(t, "the OAP and its cycle are in motion", func() bool { return moving(t, stranger, plan.Run()) && moving(t, stranger, whole) })
	eventually(t, "the cycle is open again", func() bool { return h.cycle(cycle).Stage == policy.StageEvaluation })
	h.decides(policy.COSI, report, policy.TookNote, "2023-03-01")
	h.closes(cycle)
	ended(t, stranger, plan.Run())
	ended(t, stranger, whole)
	if c := h.cycle(cycle); c.StageSince != date("2023-03-01") {
		t.Errorf("it closed on %s", c.StageSince)
	}

	// What followed stays, and is named.
	back := adoption(policy.COSI, report, policy.ReferredBack, "2023-02-10")
	back.Rectifies = noted.ID
	_, err = h.Decide(t.Context(), back)
	refused(t, err, policy.CodeAlreadyDecided, "rests what followed on "+report.String())
	h.standsUp(cycle)
}

func TestAnOAPNotAgreedByMistakeIsCarriedOut(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "reopened-oap"
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	failed := h.decides(policy.Council, at(cycle, "priorities"), policy.NotAgreed, "2021-05-26")
	ended(t, h.engine.Client(), policy.Run{Kind: policy.RunCycle, Cycle: cycle})

	// The cycle ended with the wrong entry, and goes on with the right one.
	h.rectifies(failed, adoption(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26"))
	h.submits(policy.Commission, at(cycle, "masp/general"), "2021-10-01")
	h.decides(policy.COSI, at(cycle, "masp/general"), policy.Adopted, "2021-10-15")
	plan := at(cycle, "oap/2022/firearms")
	h.submits("se", plan, "2021-11-01")
	wrong := h.decides(policy.COSI, plan, policy.NotAgreed, "2021-12-08")
	ended(t, h.engine.Client(), plan.Run())
	h.rectifies(wrong, adoption(policy.COSI, plan, policy.Adopted, "2021-12-08"))
	h.submits("se", at(cycle, "report/2022/firearms/final"), "2023-01-20")

	// What rests on the conclusions is named.
	again := adoption(policy.Council, at(cycle, "priorities"), policy.NotAgreed, "2021-05-26")
	again.Rectifies = failed.ID
	_, err := h.Decide(t.Context(), again)
	refused(t, err, policy.CodeAlreadyDecided, "masp/general, oap/2022/firearms")
	h.standsUp(cycle)
}
