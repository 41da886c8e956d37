package policy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Usage is in which words bodies say what they concluded: an outcome has one code everywhere,
// and the words of the body that reached it. Which there are, the reference says, and the
// cycle file.
type Usage struct {
	Bodies []Body `json:"bodies" jsonschema:"minItems=1"`
	// Kinds are the kinds of document on which they say so; left out, all.
	Kinds []Kind `json:"kinds,omitempty"`
	// Words are the words for an outcome, by the code of the language.
	Words  Wording `json:"words"`
	Source string  `json:"source,omitempty"` // where the words come from
}

// Wording is the words of a body for outcomes, by language; an outcome that is not there, or
// not in a language, is said in the usual words.
type Wording map[Outcome]map[Language]string

var shippedVocabulary = shipped[Usage]("vocabulary.json")

// VocabularyOn lists in which words bodies conclude on a kind of document: as the cycle says,
// then as is usual. What is of that kind alone stands before what is of all.
func (d *Definition) VocabularyOn(kind Kind) []Usage {
	var all []Usage
	for _, usages := range [][]Usage{d.Vocabulary, shippedVocabulary} {
		of := slices.DeleteFunc(slices.Clone(usages), func(u Usage) bool { return !u.on(kind) })
		slices.SortStableFunc(of, func(a, b Usage) int { return cmp.Compare(min(len(b.Kinds), 1), min(len(a.Kinds), 1)) })
		all = append(all, of...)
	}
	return all
}

func (u Usage) on(kind Kind) bool { return len(u.Kinds) == 0 || slices.Contains(u.Kinds, kind.Form()) }

// WordingOf gives the words of a body among those in which bodies conclude on a kind; the
// first counts.
func WordingOf(usages []Usage, body Body) Wording {
	var all Wording
	for _, u := range usages {
		if !slices.Contains(u.Bodies, body) {
			continue
		}
		for outcome, words := range u.Words {
			if all == nil {
				all = Wording{}
			}
			together := maps.Clone(words)
			maps.Copy(together, all[outcome])
			all[outcome] = together
		}
	}
	return all
}

// Wording gives the words in which a body concludes on a kind of document; nil for the usual
// ones.
func (d *Definition) Wording(kind Kind, body Body) Wording {
	return WordingOf(d.VocabularyOn(kind), body)
}

// SettledIn gives the words in which a subject is settled: those of its last body.
func (d *Definition) SettledIn(e Entry) Wording {
	if len(e.Turns) == 0 {
		return nil
	}
	return d.Wording(e.Subject.Kind, e.Turns[len(e.Turns)-1].Body)
}

// Title gives the words for an outcome in English.
func (w Wording) Title(o Outcome) string { return cmp.Or(w[o]["en"], o.Title()) }

// ParseOutcome reads an outcome by its code, or in the words of the body where these are of
// one alone. The error has CodeInvalid and lists both.
func (w Wording) ParseOutcome(text string) (Outcome, error) {
	if o, err := ParseOutcome(text); err == nil {
		return o, nil
	}
	var meant []Outcome
	for _, o := range Outcomes {
		said := append(slices.Collect(maps.Values(w[o])), o.Title())
		if slices.ContainsFunc(said, func(word string) bool { return hyphened(word) == hyphened(text) }) {
			meant = append(meant, o)
		}
	}
	if len(meant) == 1 {
		return meant[0], nil
	}
	known := make([]string, len(Outcomes))
	for i, o := range Outcomes {
		if known[i] = string(o); w[o]["en"] != "" {
			known[i] = fmt.Sprintf("%s (%s)", w[o]["en"], o)
		}
	}
	return "", Refuse(CodeInvalid, "%q is not an outcome: use %s", text, strings.Join(known, ", "))
}

// UsualOutcome gives what lets a subject go on: who settles it adopts, where such subjects are
// adopted; who comes before agrees, where it has words for that, and else takes note.
func (d *Definition) UsualOutcome(kind Kind, body Body, settles bool) Outcome {
	if settles && kind.Adopted() || !settles && d.Wording(kind, body)[Adopted] != nil {
		return Adopted
	}
	return TookNote
}
