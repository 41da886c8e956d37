package policy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checkReference makes sure of what the cycle adds to the reference, that it serves a
// strategy: what names objectives, threats, funds and bodies is looked at in checkTerms.
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
	d.checkVocabulary(ps)
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

// checkVocabulary makes sure that the words of the cycle are those of bodies for outcomes.
func (d *Definition) checkVocabulary(ps *problems) {
	for i, u := range d.Vocabulary {
		field := fmt.Sprintf("vocabulary[%d]", i)
		if len(u.Bodies) == 0 {
			ps.add(field+".bodies", "is empty: expected at least one")
		}
		for j, body := range u.Bodies {
			if !d.Bodies.Collective(body) {
				ps.add(fmt.Sprintf("%s.bodies[%d]", field, j), "is %q: expected a body that meets, one of %s", body, strings.Join(Texts(d.Bodies.Collectives()), ", "))
			}
		}
		for j, kind := range u.Kinds {
			if !slices.Contains(Kinds(), kind) {
				ps.add(fmt.Sprintf("%s.kinds[%d]", field, j), "is %q: expected a kind of document, one of %s", kind, strings.Join(Texts(Kinds()), ", "))
			}
		}
		if len(u.Words) == 0 {
			ps.add(field+".words", "is empty: expected at least one")
		}
		for _, outcome := range slices.Sorted(maps.Keys(u.Words)) {
			ps.words(field+".words."+string(outcome), outcome, u.Words[outcome])
		}
	}
}

// words notes words for no outcome, in no language, or that are the code of another outcome.
func (ps *problems) words(field string, outcome Outcome, words map[Language]string) {
	if !slices.Contains(Outcomes, outcome) {
		ps.add(field, "is of %q: expected an outcome, one of %s", outcome, strings.Join(Texts(Outcomes), ", "))
	}
	if len(words) == 0 {
		ps.add(field, "is empty: expected at least one")
	}
	for _, language := range slices.Sorted(maps.Keys(words)) {
		in := field + "." + string(language)
		if !slices.Contains(Languages, language) {
			ps.add(in, "is of %q: expected an official language of the Union", language)
		}
		ps.text(in, words[language])
		if o, err := ParseOutcome(words[language]); err == nil && o != outcome {
			ps.add(in, "is %q, the code of another outcome", words[language])
		}
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
