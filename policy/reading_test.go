package policy_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

const (
	read  = "empact" // the cycle of these tests
	other = "empact-2010"
)

// grants gives somebody with roles, all of which are at the body of the first.
func grants(t interface {
	Helper()
	Fatal(args ...any)
}, texts ...string,
) policy.Principal {
	t.Helper()
	var who policy.Principal
	for _, text := range texts {
		g, err := policy.ParseGrant(text)
		if err != nil {
			t.Fatal(err)
		}
		who.Grants = append(who.Grants, g)
	}
	who.Body = who.Grants[0].Body
	return who
}

// circle is the cycle of these tests on a day after the United Kingdom left.
func circle() policy.Circle { return policy.Circle{Cycle: read, Today: date("2022-06-01")} }

// document is a paper of the cycle that was handed in on a day.
func document(on string) policy.Thing {
	return policy.Thing{Matter: policy.MatterDocuments, Subject: policytest.On("oap/2022/firearms"), Version: 1, On: date(on)}
}

// Everybody outside the usual group once read whatever is marked LIMITE.
func TestVisibilityOf_TellsApartWhoIsNotOfTheGroup(t *testing.T) {
	t.Parallel()
	for _, body := range []policy.Body{"uk", policy.Operator, policy.EuropeanParliament, policy.NationalParliament, policy.Evaluator, "ch", policy.Interpol, policy.PrivatePartners} {
		sees := policy.VisibilityOf(policy.Asserted(policy.Actor{Name: "X", Body: body}), circle())
		if sees.Reads(document("2022-01-01")) {
			t.Errorf("%s reads what is marked LIMITE", body)
		}
		for _, m := range policy.Matters {
			if m != policy.MatterPeople && sees.Reads(policy.Thing{Matter: m, Of: policy.Europol}) {
				t.Errorf("%s reads %s", body, m)
			}
		}
		if sees.Some(policy.MatterPeople) != (body == policy.Operator) {
			t.Errorf("%s is told who is known here: %t", body, sees.Some(policy.MatterPeople))
		}
		if public := document("2022-01-01"); !sees.Document(public.Subject, 1, policy.Public, public.On) {
			t.Errorf("%s does not read what is public", body)
		}
	}
	for _, body := range []policy.Body{"fr", policy.Presidency, policy.Commission, policy.Europol, policy.EEAS, policy.CourtOfAuditors} {
		sees := policy.VisibilityOf(policy.Asserted(policy.Actor{Name: "X", Body: body}), circle())
		if !sees.Reads(document("2022-01-01")) || !sees.Some(policy.MatterTrail) || !sees.Some(policy.MatterPeople) {
			t.Errorf("%s does not read what is marked LIMITE", body)
		}
		if steers := body == policy.Presidency || body == policy.CourtOfAuditors; sees.All() != steers || sees.Whole() != steers {
			t.Errorf("%s sees the conduct of all: %t", body, sees.All())
		}
	}
}

func TestVisibilityOf_FollowsTheScopeOfTheRole(t *testing.T) {
	t.Parallel()
	for role, want := range map[string]bool{
		"official@europol": true, "official@europol/empact": true, "official@europol/*": true, "official@europol/empact-2010": false,
		"driver@es/empact/oap/2022/firearms": true, "action-leader@es/empact/oap/2022/firearms/1.1": true, "driver@es/empact-2010/oap/2012/drugs": false,
		"evaluator@evaluator": false, "evaluator@evaluator/*": false, "evaluator@evaluator/empact": true, "evaluator@evaluator/empact-2010": false,
		"official@evaluator/empact": true, "evaluator@general-secretariat": false, "administrator@general-secretariat": false,
		"auditor@court-of-auditors": true, "participant@fr/empact": true, "nec@fr": true, "participant@ch/empact": false,
	} {
		sees := policy.VisibilityOf(grants(t, role), circle())
		for _, m := range []policy.Matter{policy.MatterDocuments, policy.MatterProgress, policy.MatterRegisters, policy.MatterFindings, policy.MatterSums} {
			if got := sees.Reads(policy.Thing{Matter: m}); got != want || sees.Some(m) != want {
				t.Errorf("%s reads %s: %t, want %t", role, m, got, want)
			}
		}
	}
	if sees := policy.VisibilityOf(grants(t, "official@europol/empact-2010", "participant@europol/empact"), circle()); !sees.Reads(document("2022-01-01")) {
		t.Error("one of two roles is for the cycle")
	}
}

func TestVisibilityOf_TellsTheEvaluatorNothingOfStatesAndPeople(t *testing.T) {
	t.Parallel()
	sees := policy.VisibilityOf(grants(t, "evaluator@evaluator/empact"), circle())
	refusal := policy.Row{Register: policy.RegConsents, Key: "2022/firearms/1.1/fr", Date: date("2022-02-01"), Body: &policy.Consent{State: policy.Declined}}
	if sees.Conduct("fr") || sees.Row(refusal) || sees.Some(policy.MatterTrail) || sees.Some(policy.MatterPeople) || sees.All() {
		t.Error("a contractor sees the conduct of a State, or who did what")
	}
	if !sees.Conduct(policy.Europol) || !sees.Row(policy.Row{Register: policy.RegProgress, Key: "2022/firearms/may/1.1", Body: &policy.Progress{}}) {
		t.Error("a contractor does not see what the evaluation needs")
	}
}

func TestVisibilityOf_EndsForAStateOnTheDayOnWhichItLeft(t *testing.T) {
	t.Parallel()
	uk := grants(t, "driver@uk")
	sees := policy.VisibilityOf(uk, circle())
	row := func(on string) policy.Row {
		return policy.Row{Register: policy.RegAttendance, Key: "cosi-2019-12/uk", Date: date(on), Body: &policy.Attendance{Level: "expert"}}
	}
	for on, want := range map[string]bool{"2014-03-01": true, "2020-01-31": true, "2020-02-01": false, "2022-06-01": false} {
		if got := sees.Reads(document(on)); got != want {
			t.Errorf("a document of %s is read: %t", on, got)
		}
		if got := sees.Row(row(on)); got != want {
			t.Errorf("a row of %s is read: %t", on, got)
		}
		if got := sees.Reads(policy.Thing{Matter: policy.MatterTrail, On: date(on)}); got != want {
			t.Errorf("a line of the trail of %s is read: %t", on, got)
		}
	}
	if french := row("2014-03-01"); sees.ConductOn("fr", french.Date) {
		t.Error("it sees the conduct of another State")
	}
	while := circle()
	while.Today = date("2014-06-01")
	if member := policy.VisibilityOf(uk, while); !member.Some(policy.MatterProgress) || !member.Conduct("uk") {
		t.Error("a Member State does not read as one")
	}
	if joins := policy.VisibilityOf(grants(t, "official@hr"), policy.Circle{Cycle: read, Today: date("2012-01-01")}); joins.Reads(document("2011-01-01")) {
		t.Error("a State reads before it joins")
	}
}

func TestVisibilityOf_GivesParliamentsWhatWasSentToThem(t *testing.T) {
	t.Parallel()
	sent := policytest.On("obligation/annual-report/2021-12-31")
	in := circle()
	in.Sent = []policy.Sent{{Subject: sent, Version: 2, To: []policy.Body{policy.EuropeanParliament}}}
	in.Releases = []policy.Row{{Register: policy.RegReleases, Key: "oap/2022/firearms", Body: &policy.Release{To: []policy.Body{policy.NationalParliament}, Version: 1, Document: "ST 9/22 INIT"}}}
	for body, want := range map[policy.Body][2]bool{policy.EuropeanParliament: {true, false}, policy.NationalParliament: {false, true}, "ch": {}, "": {}} {
		who := policy.Principal{}
		if body != "" {
			who = policy.Asserted(policy.Actor{Name: "X", Body: body})
		}
		sees := policy.VisibilityOf(who, in)
		if got := [2]bool{sees.Document(sent, 2, policy.Limite, in.Today), sees.Document(policytest.On("oap/2022/firearms"), 1, "", in.Today)}; got != want {
			t.Errorf("%s reads the report and the plan: %v, want %v", body, got, want)
		}
		if sees.Document(sent, 1, "", in.Today) || sees.Document(policytest.On("oap/2022/firearms"), 2, "", in.Today) || sees.Reads(policy.Thing{Matter: policy.MatterSums}) {
			t.Errorf("%s reads more", body)
		}
	}
	release := policy.Row{Register: policy.RegReleases, Key: "oap/2022/firearms", Date: in.Today, Body: &policy.Release{Document: "ST 9/22 INIT", To: []policy.Body{policy.EuropeanParliament, policy.NationalParliament, "uk", policy.Evaluator, "ch"}}}
	if problems := new(policy.Definition).ProblemsOf(release); len(problems) > 0 {
		t.Errorf("it cannot be released to them: %v", problems)
	}
	for _, b := range []policy.Body{"fr", policy.Commission, policy.Council, policy.Operator, policy.CourtOfAuditors} {
		release.Body = &policy.Release{Document: "ST 9/22 INIT", To: []policy.Body{b}}
		if len(new(policy.Definition).ProblemsOf(release)) == 0 {
			t.Errorf("it is released to %s", b)
		}
	}
}

func TestSentTo_IsWhatWasOwedAndIsSettled(t *testing.T) {
	t.Parallel()
	d := policytest.Sound()
	d.Obligations[0].To = []policy.Body{policy.Council, policy.EuropeanParliament}
	d.Obligations[0].Due = []policy.Date{date("2021-12-31"), date("2022-12-31")}
	given, open := policytest.On("obligation/annual-report/2021-12-31"), policytest.On("obligation/annual-report/2022-12-31")
	r := policy.Records{Definition: &d, Standings: map[policy.Subject]policy.Standing{
		given: {Subject: given, State: policy.StateClosed, Outcome: policy.TookNote, Version: 2},
		open:  {Subject: open, State: policy.StateDeciding, Version: 1},
	}}
	if sent := r.SentTo(policy.EuropeanParliament); len(sent) != 1 || sent[0].Subject != given || sent[0].Version != 2 {
		t.Errorf("sent are %+v", sent)
	}
	if sent := r.SentTo(policy.NationalParliament); len(sent) > 0 {
		t.Errorf("sent are %+v", sent)
	}
}

// A cycle says itself who is of the group, for itself alone.
func TestReaders_AddAndLeaveOut(t *testing.T) {
	t.Parallel()
	in := circle()
	in.Readers = policy.Readers{Also: []policy.Body{"ch", policy.Evaluator, policy.EuropeanParliament}, Without: []policy.Body{policy.Eurojust, policy.SupportTeam}}
	for role, want := range map[string]bool{
		"participant@ch": true, "evaluator@evaluator": true, "official@european-parliament": true, "official@eurojust": false,
		"official@support-team": false, "official@europol": true, "participant@no": false,
	} {
		if got := policy.VisibilityOf(grants(t, role), in).Reads(document("2022-01-01")); got != want {
			t.Errorf("%s reads it: %t, want %t", role, got, want)
		}
	}
	if policy.VisibilityOf(grants(t, "evaluator@evaluator"), in).Conduct("fr") {
		t.Error("an evaluator whom the cycle adds sees the conduct of States")
	}
	d := policytest.Sound()
	for readers, want := range map[*policy.Readers]int{
		nil: 0, {Also: []policy.Body{"ch", "uk", policy.Evaluator, policy.NationalParliament}, Without: []policy.Body{"fr", policy.EPPO, policy.Presidency}}: 0,
		{Also: []policy.Body{"fr", policy.Europol, policy.COSI, policy.Operator, policy.CourtOfAuditors}}:            5,
		{Without: []policy.Body{"ch", "uk", policy.Evaluator, policy.GeneralSecretariat, policy.EuropeanParliament}}: 5,
	} {
		d.Readers = readers
		if problems := d.Validate(); len(problems) != want {
			t.Errorf("%+v: %v", readers, problems)
		}
	}
}

// Nobody reads more by a narrower scope, nor with fewer roles.
func TestVisibilityOf_WidensWithTheScope(t *testing.T) {
	t.Parallel()
	bodies := slices.DeleteFunc(slices.Concat(policy.Bodies(), policy.ThirdCountries), policy.Body.Collective)
	scopes := []string{"*", read, other, read + "/oap", read + "/oap/2022/firearms", other + "/oap", "*/oap", read + "/oap/2022/firearms/1.1"}
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SampledFrom(bodies).Draw(t, "body")
		role := rapid.SampledFrom(policy.Roles).Draw(t, "role")
		scope := rapid.SampledFrom(scopes).Draw(t, "scope")
		wider := rapid.SampledFrom([]string{read, other}).Draw(t, "wider")
		in := policy.Circle{
			Cycle: read, Today: date(rapid.SampledFrom([]string{"2012-01-01", "2019-01-01", "2022-06-01"}).Draw(t, "today")),
			Readers: policy.Readers{
				Also:    rapid.SliceOfN(rapid.SampledFrom(bodies), 0, 2).Draw(t, "also"),
				Without: rapid.SliceOfN(rapid.SampledFrom(bodies), 0, 2).Draw(t, "without"),
			},
			Releases: []policy.Row{{Register: policy.RegReleases, Key: "oap/2022/firearms", Body: &policy.Release{To: []policy.Body{rapid.SampledFrom(bodies).Draw(t, "to")}}}},
		}
		thing := policy.Thing{
			Matter: rapid.SampledFrom(policy.Matters).Draw(t, "matter"), Of: rapid.SampledFrom(bodies).Draw(t, "of"), Version: 1,
			Subject: policytest.On("oap/2022/firearms"), On: date(rapid.SampledFrom([]string{"2012-01-01", "2020-01-31", "2022-06-01"}).Draw(t, "on")),
		}
		reads := func(grants ...policy.Grant) bool {
			return policy.VisibilityOf(policy.Principal{Actor: policy.Actor{Name: "X", Body: body}, Grants: grants}, in).Reads(thing)
		}
		narrow := policy.Grant{Role: role, Body: body, Scope: scope}
		all := policy.Grant{Role: role, Body: body}
		if role != policy.RoleEvaluator && body != policy.Evaluator && reads(narrow) && !reads(all) { // an evaluator reads what is named
			t.Fatalf("%s reads %+v, and %s does not", narrow, thing, all)
		}
		whole := policy.Grant{Role: role, Body: body, Scope: wider}
		if narrow.Scope != "*" && whole.Covers(scope) && reads(narrow) && !reads(whole) {
			t.Fatalf("%s reads %+v, and %s does not", narrow, thing, whole)
		}
		if reads(narrow) && !reads(narrow, whole) || reads() {
			t.Fatalf("another role takes %+v from %s", thing, narrow)
		}
	})
}
