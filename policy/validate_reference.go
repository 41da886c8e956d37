package policy

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
)

// checkReference makes sure of what the cycle adds to the reference, that it serves a
// strategy, and that its objectives, threats and funds are there.
func (d *Definition) checkReference(ps *problems) {
	if d.TheStrategy() == nil {
		ps.add("strategy", "is %q: expected the key of a strategy that ships, or of one under strategies", d.Strategy)
		return
	}
	taken := map[string]string{}
	for i, s := range d.Strategies {
		field := fmt.Sprintf("strategies[%d]", i)
		ps.key(field+".key", s.Key, taken)
		ps.text(field+".title", s.Title)
		ps.termsAre(field+".objectives", s.Objectives)
		ps.termsAre(field+".threats", s.Threats)
	}
	funds := map[string]string{}
	for i, f := range d.Funds {
		field := fmt.Sprintf("funds[%d]", i)
		ps.key(field+".key", string(f.Key), funds)
		ps.text(field+".title", f.Title)
		if !f.From.IsZero() && !f.To.IsZero() {
			ps.order(field+".to", f.To, "it begins", f.From)
		}
	}
	d.terms(ps, "priorities", reflect.ValueOf(d.Priorities))
	d.checkWeights(ps)
}

func (ps *problems) termsAre(field string, terms []Term) {
	if len(terms) == 0 {
		ps.add(field, "is empty: expected at least one")
	}
	taken := map[string]string{}
	for i, t := range terms {
		ps.key(fmt.Sprintf("%s[%d].key", field, i), t.Key, taken)
		ps.text(fmt.Sprintf("%s[%d].title", field, i), t.Title)
	}
}

func (d *Definition) checkWeights(ps *problems) {
	if d.PreventionFloor < 0 || d.PreventionFloor > 100 {
		ps.add("prevention_floor", "is %d: expected a share in percent, from 0 to 100", d.PreventionFloor)
	}
	taken := map[string]string{}
	for i, w := range d.Weights {
		field := fmt.Sprintf("weights[%d]", i)
		switch {
		case !IsRule(w.Rule):
			ps.add(field+".rule", "is %q: expected the ID of a rule, such as S2", w.Rule)
		case taken[w.Rule] != "":
			ps.add(field+".rule", "is %s, as in %s: a rule has one weight", w.Rule, taken[w.Rule])
		}
		taken[w.Rule] = field
		if !slices.Contains(Severities, w.Severity) {
			ps.add(field+".severity", "is %q: expected blocks, warns or informs", w.Severity)
		}
		if _, err := ParseSubject(cmp.Or(d.Key, "c") + "/" + w.Decision); err != nil {
			ps.add(field+".decision", "is %q: expected the path of the item by whose outcome it is decided, such as item/own-assessments", w.Decision)
		}
	}
}

// WeightOf gives how much a rule weighs in the cycle, where its file sets that; nil where it
// does not.
func (d *Definition) WeightOf(rule string) *Weight {
	at := slices.IndexFunc(d.Weights, func(w Weight) bool { return w.Rule == rule })
	if at < 0 {
		return nil
	}
	return &d.Weights[at]
}
