package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
)

// Bodies of a cycle are known from then on: who reads for one, who is given a role there, and
// whose inbox is asked for.
func TestBodies_AreThoseOfTheCyclesOnRecord(t *testing.T) {
	t.Parallel()
	d := opensDesk(t)
	official := policy.Actor{Person: d.comes("anna", "2022-01-01", "official@general-secretariat"), Body: policy.GeneralSecretariat}
	eva := d.comes("eva", "2022-01-01")
	role := func(text string) policy.Grant {
		g, err := policy.ParseGrant(text)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	grants := func(text string) error { return d.Grant(t.Context(), d.root, eva, role(text), true, time.Now()) }
	refusedWith(t, grants("official@arms-agency/own"), policy.CodeUnknown)
	for _, key := range []string{"own", "other"} {
		cycle := definition()
		if cycle.Key = key; key == "own" {
			cycle.Bodies = policy.BodyTable{
				{Body: "arms-agency", Title: "Arms Tracing Agency", Kind: policy.KindAgency},
				{Body: "wp-arms", Title: "Working Party on Arms", Kind: policy.KindCouncil, Collective: true},
				{Body: "euda", Title: "Drugs Agency", Kind: policy.KindAgency},
			}
		}
		if _, err := d.StartCycle(t.Context(), store.NewCycle{ID: key, Definition: cycle, By: official, Now: noon("2021-01-05")}); err != nil {
			t.Fatal(err)
		}
	}

	all, err := d.Bodies(t.Context())
	if err != nil || len(all) != 2 || all.Title("arms-agency") != "Arms Tracing Agency" || !all.Collective("wp-arms") {
		t.Errorf("on record are %+v, %v", all, err)
	}
	apart, err := d.ListCirclesApart(t.Context(), "arms-agency", nil, policy.Date{}, policy.Date{})
	if at := slices.IndexFunc(apart, func(c store.Circle) bool { return c.Cycle == "own" && c.Bodies.Known("arms-agency") }); err != nil || at < 0 || len(apart) != 1 {
		t.Errorf("the agency reads otherwise in %+v, %v", apart, err)
	}
	if err := grants("official@arms-agency/own"); err != nil {
		t.Error(err)
	}
	refusedWith(t, grants("official@arms-agency/other"), policy.CodeInvalid)
	refusedWith(t, grants("official@arm-agency/own"), policy.CodeInvalid)
	refusedWith(t, grants("official@wp-arms/own"), policy.CodeInvalid)
	for body, code := range map[policy.Body]policy.Code{"arms-agency": "", "wp-arms": "", policy.GeneralSecretariat: "", "arm-agency": policy.CodeInvalid} {
		if _, err := d.ListOpen(t.Context(), store.OpenFilter{Body: body, Reach: store.Reach{All: true}}); policy.CodeOf(err) != code {
			t.Errorf("what waits for %s: %v", body, err)
		}
	}
}
