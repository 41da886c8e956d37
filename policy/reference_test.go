package policy_test

import (
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

func TestDefinitionFund_BelongsToItsFramework(t *testing.T) {
	t.Parallel()
	d := policytest.Cycle("small")
	for _, test := range []struct {
		fund             policy.FundingSource
		first, last      string
		national, always bool
	}{
		{"isec", "2007-01-01", "2013-12-31", false, false},
		{"isf-police", "2014-01-01", "2020-12-31", false, false},
		{"isf", "2021-01-01", "2027-12-31", false, false},
		{"europol-grant", "2005-01-01", "2099-12-31", false, true},
		{"own-resources", "2005-01-01", "2099-12-31", true, true},
		{"other", "2005-01-01", "2099-12-31", false, true},
	} {
		fund, first, last := d.Fund(test.fund), date(test.first), date(test.last)
		if !fund.Spans(policy.Window{From: first, To: last}) || fund.National != test.national || fund.Title == "" {
			t.Errorf("%s does not exist from %s to %s: %+v", test.fund, first, last, fund)
		}
		before, after := policy.Window{From: first.AddDays(-1), To: last}, policy.Window{From: first, To: last.AddDays(1)}
		if fund.Spans(before) != test.always || fund.Spans(after) != test.always {
			t.Errorf("%s exists before %s or after %s", test.fund, first, last)
		}
	}
	if none := d.Fund(""); none != nil || none.Spans(policy.Window{}) {
		t.Error("no fund is a fund")
	}
}

// A cycle file adds strategies and funds of its own, and no line of Go changes for them.
func TestDefinition_ServesAStrategyAndTakesAFundOfItsOwnFile(t *testing.T) {
	t.Parallel()
	d := policytest.Cycle("later")
	d.Strategy = "iss-2030"
	if ps := d.Validate(); !slices.ContainsFunc(ps, func(p policy.Problem) bool { return p.Field == "strategy" }) {
		t.Errorf("it serves a strategy that there is not: %+v", ps)
	}
	d.Strategies = []policy.Strategy{{
		Key: "iss-2030", Title: "Strategy of 2030", Objectives: []policy.Term{{Key: "cities", Title: "safe cities"}}, Threats: []policy.Term{{Key: "drones", Title: "drones"}},
	}}
	d.Funds = []policy.Fund{{Key: "usis", Title: "Union support for internal security", From: date("2028-01-01"), To: date("2034-12-31"), Source: "COM(2025) 542"}}
	d.Priorities[0].Objectives, d.Priorities[0].Threats = []policy.Objective{"cities"}, []policy.MainThreat{"drones"}
	if ps := d.Validate(); len(ps) > 0 {
		t.Errorf("it is not sound: %+v", ps)
	}
	if !d.Fund("usis").Spans(policy.Window{From: date("2028-01-01"), To: date("2034-12-31")}) || d.Fund("isf") == nil {
		t.Errorf("the funds are %+v", d.AllFunds())
	}
	for _, wrong := range []any{
		&policy.StrategyAction{Objective: "borders"}, &policy.StrategyAction{Threat: "terrorism"}, &policy.Envelope{Source: "lottery"},
		&policy.OperationalPlan{Actions: []policy.OperationalAction{{Funding: policy.Funding{Source: "lottery"}}}},
		&policy.StrategicPlan{Goals: []policy.StrategicGoal{{Objective: "borders"}}},
	} {
		if err := d.JudgeTerms("what is entered", wrong); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	r := policy.Records{Definition: &d}
	for threat, code := range map[string]policy.Code{"boredom": policy.CodeUnknown, "terrorism": policy.CodeUnknown, "drones": ""} {
		row := policy.Row{Register: policy.RegElsewhere, Key: threat, Body: &policy.Elsewhere{Where: "another cycle"}}
		if err := r.JudgeRow(row); policy.CodeOf(err) != code {
			t.Errorf("the threat %s is handled elsewhere: %v", threat, err)
		}
	}
	if err := d.JudgeTerms("what is entered", &policy.StrategyAction{Objective: "cities", Threat: "drones"}); err != nil {
		t.Error(err)
	}
}

func TestDefinitionNeedsOwnImpact_AsksForItWhateverTheMoneyIsCalled(t *testing.T) {
	t.Parallel()
	d := policytest.Cycle("small")
	for name, test := range map[string]struct {
		is    policy.Funding
		needs bool
	}{
		"asks for money of its own":      {policy.Funding{State: policy.FundingGranted, Source: "own-resources", Need: 1}, false},
		"needs none":                     {policy.Funding{State: policy.FundingNone, Source: "isf"}, false},
		"says nothing":                   {policy.Funding{}, false},
		"needs some and does not say of": {policy.Funding{State: policy.FundingAsked, Need: 1}, true},
		"asks for Union money":           {policy.Funding{State: policy.FundingAsked, Source: "isf", Need: 1}, true},
		"asks and does not say how much": {policy.Funding{State: policy.FundingAsked, Source: "isf"}, true},
		"was granted other money":        {policy.Funding{State: policy.FundingGranted, Source: "other", Granted: 900_000}, true},
		"was granted unknown money":      {policy.Funding{State: policy.FundingGranted, Source: "lottery", Granted: 1}, true},
	} {
		if a := (policy.OperationalAction{Funding: test.is}); d.NeedsOwnImpact(&a) != test.needs {
			t.Errorf("an action that %s", name)
		}
	}
}

func TestBodyKind_IsKnownOfEachBody(t *testing.T) {
	t.Parallel()
	for body, union := range map[policy.Body]bool{
		policy.Commission: true, policy.Europol: true, policy.EEAS: true, "fra": true, "amla": true, "efca": true, "eige": true, "euaa": true, "edps": true,
		policy.Interpol: false, policy.PrivatePartners: false, "ch": false, "fr": false, policy.Evaluator: false, policy.Operator: false, policy.COSI: false,
	} {
		if body.OfUnion() != union || body.Kind() == "" {
			t.Errorf("%s is a %s", body.Title(), body.Kind())
		}
	}
	for _, body := range []policy.Body{"european-council", "cats", "lewp", "ccwp", "hdg"} {
		if !body.Collective() || !slices.Contains(policy.Collectives(), body) {
			t.Errorf("%s does not meet", body)
		}
	}
	if body := policy.Body("nobody"); body.Known() || body.Kind() != "" || body.Title() != "NOBODY" {
		t.Errorf("%q is a %s", body, body.Kind())
	}
}
