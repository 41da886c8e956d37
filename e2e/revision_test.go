package e2e_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/policycycle/policycycle/e2e/browser"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// preparing gives a cycle in which Support Team and Support Group prepare an OAP for COSI, and
// who of them is asked again about a new version.
func preparing(d policy.Definition, again ...policy.Body) policy.Definition {
	chain := policy.Chain{}
	for _, body := range []policy.Body{policy.SupportTeam, policy.COSISupportGroup, policy.COSI} {
		chain.Through = append(chain.Through, policy.Step{Body: body, Again: slices.Contains(again, body)})
	}
	d.Chains[policy.KindOAP] = chain
	return d
}

// concludes records what a body concluded on a version.
func (h *house) concludes(body policy.Body, on policy.Subject, version int, outcome policy.Outcome, day string) *service.Receipt {
	h.tb.Helper()
	said := adoption(body, on, outcome, day)
	said.Version = version
	if !body.Collective() {
		said.By = policy.Actor{Name: "Tove", Body: body}
	}
	return h.soon(func() (*service.Receipt, error) { return h.Decide(h.tb.Context(), said) })
}

func TestANewVersionComesBetweenSupportGroupAndCOSI(t *testing.T) {
	t.Parallel()
	r := receives(t)
	const cycle = "revised"
	r.starts(preparing(kept(cycle)))
	r.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	r.hands("se", oap, "2021-10-20", assessed(twoActions()))
	r.concludes(policy.SupportTeam, oap, 1, policy.TookNote, "2021-11-01")
	r.concludes(policy.COSISupportGroup, oap, 1, policy.TookNote, "2021-11-20")

	better := assessed(twoActions())
	better.Actions[1].Title = "Tell dealers and hunters"
	text, err := json.Marshal(better)
	if err != nil {
		t.Fatal(err)
	}
	in := service.Submit{Subject: oap, Statement: service.Statement{Date: date("2021-11-25")}, Document: "EX 14001/21 REV 1", Content: text}
	eva := as(t, r, policy.Actor{Name: "Eva", Body: "se"})
	_, err = eva.Submit(t.Context(), in)
	refused(t, err, policy.CodeNotOpen, "as a revision of version 1")
	in.Revises = 1
	_, err = as(t, r, policy.Actor{Name: "Nina", Body: "fr"}).Submit(t.Context(), in)
	refused(t, err, policy.CodeNotCompetent, "")
	receipt, err := eva.Submit(t.Context(), in)
	if err != nil || receipt.Version != 2 || !slices.Equal(receipt.Standing.Turn, []policy.Body{policy.COSI}) {
		t.Fatalf("handed in: %+v, %v", receipt, err)
	}
	_, err = as(t, r, anna).Decide(t.Context(), adoption(policy.COSI, oap, policy.Adopted, "2021-12-10")) // version 1
	refused(t, err, policy.CodeWrongVersion, "version 2")

	nina := r.signsIn(t, "Nina", "France", browser.Options{})
	nina.goes("/cycles/revised/on/oap/2022/firearms")
	for _, told := range []string{"Concluded on an older version", "COSI Support Group: took note (version 1)", "in place of version 1 (REV)", "Tell dealers and hunters"} {
		nina.See(told)
	}
	nina.checks(t, "a version that took the place of another", browser.Options{})

	r.concludes(policy.COSI, oap, 2, policy.Adopted, "2021-12-10")
	found, err := r.FindSubject(t.Context(), oap)
	if err != nil || found.Outcome != policy.Adopted || found.Version != 2 || found.Versions[1].Revises != 1 || !found.Versions[1].Due.IsZero() {
		t.Errorf("it ended as %+v, %v", found, err)
	}
	want := []policy.Concluded{
		{Body: policy.SupportTeam, Version: 1, Outcome: policy.TookNote, On: date("2021-11-01"), Older: true},
		{Body: policy.COSISupportGroup, Version: 1, Outcome: policy.TookNote, On: date("2021-11-20"), Older: true},
		{Body: policy.COSI, Version: 2, Outcome: policy.Adopted, On: date("2021-12-10")},
	}
	if !slices.Equal(found.Concluded, want) {
		t.Errorf("concluded was %+v", found.Concluded)
	}
	document, err := r.FindContent(t.Context(), oap, 0)
	if err != nil || document.Version != 2 || document.Content.(*policy.OperationalPlan).Actions[1].Title != "Tell dealers and hunters" {
		t.Errorf("what stands is %+v, %v", document, err)
	}
	r.provesBoth(oap)
	r.takesOverRevised(cycle)
}

// provesBoth has a dossier verified without the records, in which both versions are told.
func (r *reception) provesBoth(oap policy.Subject) {
	r.tb.Helper()
	d, err := as(r.tb, r, auditor).Dossier(r.tb.Context(), oap.Cycle)
	if err != nil {
		r.tb.Fatal(err)
	}
	if report := d.Verify(r.ring); !report.OK() || len(report.Unchecked) > 0 {
		r.tb.Errorf("the dossier: %+v", report)
	}
	found, err := r.FindSubject(r.tb.Context(), oap)
	if err != nil {
		r.tb.Fatal(err)
	}
	for _, v := range found.Versions {
		if len(d.Contents[v.Content]) == 0 {
			r.tb.Errorf("the dossier does not hold version %d", v.Version)
		}
	}
}

// takesOverRevised has a cycle taken over under another key, and everything of its OAP with it.
func (r *reception) takesOverRevised(cycle string) {
	r.tb.Helper()
	whole, err := r.Export(r.tb.Context(), cycle)
	if err != nil {
		r.tb.Fatal(err)
	}
	t := r.tb
	whole.Definition.Key = cycle + "-again"
	again := *whole
	again.Acts = slices.Clone(whole.Acts)
	for i := range again.Acts {
		again.Acts[i].Subject.Cycle = whole.Definition.Key
	}
	if _, err := as(t, r, anna).Import(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	was, err := r.FindSubject(t.Context(), at(cycle, "oap/2022/firearms"))
	if err != nil {
		t.Fatal(err)
	}
	is, err := r.FindSubject(t.Context(), at(whole.Definition.Key, "oap/2022/firearms"))
	if err != nil || is.Versions[1].Revises != 1 || is.Versions[1].Digest == "" || !slices.Equal(is.Concluded, was.Concluded) || is.Outcome != was.Outcome {
		t.Errorf("taken over it is %+v, %v", is, err)
	}
}

func TestTheSupportGroupIsAskedAgainWhereTheChainSaysSo(t *testing.T) {
	t.Parallel()
	r := receives(t)
	const cycle = "asked-again"
	r.starts(preparing(past(cycle), policy.COSISupportGroup))
	r.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	r.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	r.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	r.submits(policy.Commission, at(cycle, "masp/general"), "2021-10-01")
	r.decides(policy.COSI, at(cycle, "masp/general"), policy.Adopted, "2021-10-15")
	oap := at(cycle, "oap/2022/firearms")
	r.submits("se", oap, "2021-10-20")
	r.concludes(policy.SupportTeam, oap, 1, policy.TookNote, "2021-11-01")
	r.concludes(policy.COSISupportGroup, oap, 1, policy.TookNote, "2021-11-20")
	reserves := service.Position{Subject: oap, Delegation: "nl", Stance: policy.Reserves, Statement: service.Statement{Date: date("2021-11-24")}}
	if _, err := as(t, r, policy.Actor{Name: "Jan", Body: "nl"}).TakePosition(t.Context(), reserves); err != nil {
		t.Fatal(err)
	}

	eva := r.signsIn(t, "Eva", "Sweden", browser.Options{})
	eva.goes("/cycles/asked-again/on/oap/2022/firearms")
	eva.Click("Hand in a new version in its place (REV)")
	eva.See("It takes the place of version 1")
	eva.Fill("Register number", "EX 14001/21 REV 1")
	eva.Fill("Date", "2021-11-25")
	eva.checks(t, "a revision", browser.Options{})
	eva.Click("Hand in")
	eva.See("in place of version 1 (REV)")
	eva.SeeNot("scrutiny reservation") // of another delegation
	secretary := r.signsIn(t, "Anna", "General Secretariat", browser.Options{})
	secretary.goes("/cycles/asked-again/on/oap/2022/firearms")
	for _, told := range []string{"Concluded on an older version", "On older versions: these do not count", "scrutiny reservation"} {
		secretary.See(told)
	}
	found, err := r.FindSubject(t.Context(), oap)
	if err != nil || found.Version != 2 || !slices.Equal(found.Turn, []policy.Body{policy.COSISupportGroup}) || len(found.Positions) > 0 || len(found.EarlierPositions) != 1 {
		t.Fatalf("it stands at %+v, %v", found, err)
	}
	_, err = r.Decide(t.Context(), adoption(policy.COSI, oap, policy.Adopted, "2021-12-08"))
	refused(t, err, policy.CodeNotOpen, "COSI Support Group")
	r.concludes(policy.COSISupportGroup, oap, 2, policy.TookNote, "2021-12-01")
	r.concludes(policy.COSI, oap, 2, policy.Adopted, "2021-12-08") // the reservation was on the older version
	if found, err = r.FindSubject(t.Context(), oap); err != nil || found.Outcome != policy.Adopted {
		t.Errorf("it ended as %+v, %v", found, err)
	}
	older := slices.DeleteFunc(found.Concluded, func(c policy.Concluded) bool { return !c.Older })
	if len(older) != 1 || older[0].Body != policy.SupportTeam || len(found.Decisions) != 4 {
		t.Errorf("on an older version concluded %+v, of %d decisions", older, len(found.Decisions))
	}
}
