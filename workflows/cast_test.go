package workflows_test

import (
	"errors"
	"fmt"

	"go.temporal.io/sdk/temporal"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

// The cycle of the stories, with an advisory document and two rounds of reports.
const key = "empact"

func smallCycle() policy.Definition {
	d := policytest.Cycle(key)
	d.AdvisoryDocument = &policy.Milestone{Due: date("2021-04-30")}
	d.Periods[0].Reports = []policy.Round{
		{Key: "may", Opens: date("2022-04-01"), Due: date("2022-06-15")},
		{Key: "final", Opens: date("2022-12-01"), Due: date("2023-02-15")},
	}
	return d
}

func subject(path string) policy.Subject { return policytest.Subject(key, path) }

var (
	theCycle      = policy.Run{Kind: policy.RunCycle, Cycle: key}
	firearms      = subject("oap/2022/firearms")
	drugs         = subject("oap/2022/drugs")
	general       = subject("masp/general")
	priorities    = subject("priorities")
	theAssessment = subject("assessment")
	theAdvice     = subject("advisory-document")
	theEvaluation = subject("evaluation")
)

// submits is a version handed in.
func submits(by policy.Body, what policy.Subject, on string) policy.Act {
	return policy.Act{
		Kind: policy.ActSubmit, Subject: what, Date: date(on), By: policy.Actor{Name: "Eva", Body: by},
		Digest: "sha256:" + what.Path() + on,
	}
}

// finalises enters the final text of what was adopted with amendments.
func finalises(what policy.Subject, on string) policy.Act {
	return policy.Act{
		Kind: policy.ActFinalise, Subject: what, Date: date(on), By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat},
		Document: "EX 1/21 REV 4", Digest: "sha256:final",
	}
}

// decides is an outcome of a body on version 1, recorded as it has to be.
func decides(body policy.Body, what policy.Subject, outcome policy.Outcome, on string) policy.Act {
	recorder := body
	if body.Collective() {
		recorder = policy.GeneralSecretariat
	}
	act := policy.Act{
		Kind: policy.ActDecide, Subject: what, Date: date(on), By: policy.Actor{Name: "Anna", Body: recorder},
		Body: body, Outcome: outcome, Procedure: policy.Meeting, Document: policy.DocumentRef(fmt.Sprintf("ST 1000/%s INIT", on[2:4])), Version: 1,
	}
	if outcome.WantsReason() {
		act.Comment = "The actions do not match the goals."
	}
	return act
}

// policyMade is everything up to the Council's adoption of both priorities.
func policyMade() []policy.Act {
	return []policy.Act{
		submits(policy.Europol, theAssessment, "2021-04-10"),
		submits(policy.Commission, theAdvice, "2021-04-15"),
		decides(policy.COSI, theAdvice, policy.TookNote, "2021-04-29"),
		submits(policy.Presidency, priorities, "2021-04-30"),
		decides(policy.COSI, priorities, policy.TookNote, "2021-05-04"),
		decides(policy.Coreper, priorities, policy.TookNote, "2021-05-18"),
		decides(policy.Council, priorities, policy.Adopted, "2021-05-26"),
	}
}

// strategyMade is the adoption of the MASP.
func strategyMade() []policy.Act {
	return []policy.Act{
		submits(policy.Commission, general, "2021-09-01"),
		decides(policy.COSISupportGroup, general, policy.TookNote, "2021-09-20"),
		decides(policy.COSI, general, policy.Adopted, "2021-10-10"),
	}
}

// planMade is the adoption of an OAP.
func planMade(plan policy.Subject, driver policy.Body) []policy.Act {
	return []policy.Act{
		submits(driver, plan, "2021-10-20"),
		decides(policy.SupportTeam, plan, policy.TookNote, "2021-11-08"),
		decides(policy.COSISupportGroup, plan, policy.TookNote, "2021-11-22"),
		decides(policy.COSI, plan, policy.Adopted, "2021-12-08"),
	}
}

// reported is a report handed in and dealt with.
func reported(plan policy.Subject, driver policy.Body, round, submitted, checked, noted string) []policy.Act {
	report := subject("report/" + plan.Period + "/" + plan.Key + "/" + round)
	return []policy.Act{
		submits(driver, report, submitted),
		decides(policy.SupportTeam, report, policy.TookNote, checked),
		decides(policy.COSI, report, policy.TookNote, noted),
	}
}

// carriedOut is everything that happens to one plan after its adoption.
func carriedOut(plan policy.Subject, driver policy.Body) []policy.Act {
	return append(
		reported(plan, driver, "may", "2022-05-20", "2022-06-05", "2022-06-14"),
		reported(plan, driver, "final", "2023-01-20", "2023-02-03", "2023-02-10")...)
}

// evaluated is the evaluation, noted by COSI on a date.
func evaluated(submitted, noted string) []policy.Act {
	return []policy.Act{
		submits(policy.Evaluator, theEvaluation, submitted),
		decides(policy.COSI, theEvaluation, policy.TookNote, noted),
	}
}

// codeOf reads the code of a refusal that came through Temporal.
func codeOf(err error) policy.Code {
	if refused, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return policy.Code(refused.Type())
	}
	return policy.CodeOf(err)
}
