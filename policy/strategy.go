package policy

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Strategy is an internal security strategy of the Union: its objectives, and the main threats
// that it names. Which there are, the reference says, and the cycle file.
type Strategy struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	// From is the day of its adoption.
	From       Date   `json:"from,omitzero"`
	Source     string `json:"source,omitempty"` // the documents that it stands in
	Objectives []Term `json:"objectives" jsonschema:"minItems=1"`
	Threats    []Term `json:"threats" jsonschema:"minItems=1"` // the main ones
}

// Term is an objective or a main threat of a strategy.
type Term struct {
	Key   string `json:"key"`
	Title string `json:"title"`
}

// Objective is the key of an objective of the strategy that a cycle serves.
type Objective string

// MainThreat is the key of a main threat that the strategy of a cycle names.
type MainThreat string

// firstStrategy is that of a cycle which names none: the conclusions of 24-25 February 2011
// speak of it.
const firstStrategy = "iss-2010"

var shippedStrategies = shipped[Strategy]("strategies.json")

// TheStrategy gives the strategy that the cycle serves; nil where it names one that there is
// not.
func (d *Definition) TheStrategy() *Strategy {
	all := slices.Concat(d.Strategies, shippedStrategies)
	at := slices.IndexFunc(all, func(s Strategy) bool { return s.Key == cmp.Or(d.Strategy, firstStrategy) })
	if at < 0 {
		return nil
	}
	return &all[at]
}

// Objectives lists the objectives of the strategy that the cycle serves.
func (d *Definition) Objectives() []Objective {
	return termsOf[Objective](given(d.TheStrategy()).Objectives)
}

// MainThreats lists the main threats that the strategy of the cycle names.
func (d *Definition) MainThreats() []MainThreat {
	return termsOf[MainThreat](given(d.TheStrategy()).Threats)
}

// ObjectiveTitle gives the name of an objective of the strategy that the cycle serves; its key
// where it has none.
func (d *Definition) ObjectiveTitle(o Objective) string {
	return titleIn(given(d.TheStrategy()).Objectives, string(o))
}

// ThreatTitle gives the name of a main threat in the same way.
func (d *Definition) ThreatTitle(t MainThreat) string {
	return titleIn(given(d.TheStrategy()).Threats, string(t))
}

func titleIn(terms []Term, key string) string {
	if at := slices.IndexFunc(terms, func(t Term) bool { return t.Key == key }); at >= 0 {
		return terms[at].Title
	}
	return key
}

func termsOf[T ~string](terms []Term) []T {
	keys := make([]T, len(terms))
	for i, t := range terms {
		keys[i] = T(t.Key)
	}
	return keys
}

// everyTerm lists the objectives, or the threats, of all strategies that ship.
func everyTerm(of func(Strategy) []Term) []string {
	var keys []string
	for _, s := range shippedStrategies {
		for _, key := range termsOf[string](of(s)) {
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// Words lists the objectives of the strategies that ship.
func (Objective) Words() []string {
	return everyTerm(func(s Strategy) []Term { return s.Objectives })
}

// Open says that a cycle may have other objectives.
func (Objective) Open() {}

// UnmarshalText reads the key of an objective; whether there is one, the cycle says.
func (o *Objective) UnmarshalText(text []byte) error { return codeOf(o, text, "a strategic objective") }

// Words lists the main threats of the strategies that ship.
func (MainThreat) Words() []string {
	return everyTerm(func(s Strategy) []Term { return s.Threats })
}

// Open says that a cycle may have other threats.
func (MainThreat) Open() {}

// UnmarshalText reads the key of a main threat; whether there is one, the cycle says.
func (t *MainThreat) UnmarshalText(text []byte) error { return codeOf(t, text, "a main threat") }

// codeOf reads a word of a list to which a cycle may add: one that ships as oneOf does, another
// one as it is written; empty text is none.
func codeOf[T listed](into *T, text []byte, what string) error {
	if err := oneOf(into, text, what); err == nil || !ValidCode(string(text)) {
		return err
	}
	*into = T(text)
	return nil
}

// JudgeTerms holds that what names a body, an objective, a main threat or a fund names one of the
// cycle. The error has CodeInvalid and lists those that there are.
func (d *Definition) JudgeTerms(of string, v any) error {
	ps := d.Terms(v)
	if len(ps) == 0 {
		return nil
	}
	return Unsound(ps, "%s: %s", of)
}

// Terms lists what a value names that the cycle does not have.
func (d *Definition) Terms(v any) []Problem {
	var ps problems
	d.terms(&ps, "", reflect.ValueOf(v))
	return ps
}

// terms notes the terms in a value that the cycle does not know.
func (d *Definition) terms(ps *problems, field string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			d.terms(ps, field, v.Elem())
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[BodyTable]() {
			return // it says which there are
		}
		for i := range v.Len() {
			d.terms(ps, fmt.Sprintf("%s[%d]", field, i), v.Index(i))
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
		for _, key := range keys {
			d.terms(ps, fieldIn(field, key.String()), v.MapIndex(key))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			part := v.Type().Field(i)
			if !part.IsExported() {
				continue
			}
			name, _, _ := strings.Cut(part.Tag.Get("json"), ",")
			if part.Anonymous && name == "" {
				d.terms(ps, field, v.Field(i))
			} else {
				d.terms(ps, fieldIn(field, cmp.Or(name, part.Name)), v.Field(i))
			}
		}
	case reflect.String:
		switch term := v.Interface().(type) {
		case Body:
			ps.bodyOf(d.Bodies, field, term)
		case Objective:
			ps.oneOfTheCycle(field, string(term), "a strategic objective", Texts(d.Objectives()))
		case MainThreat:
			ps.oneOfTheCycle(field, string(term), "a main threat", Texts(d.MainThreats()))
		case FundingSource:
			ps.oneOfTheCycle(field, string(term), "a source of funding", d.fundKeys())
		}
	default: // no term
	}
}

func (d *Definition) fundKeys() []string {
	var keys []string
	for _, f := range d.AllFunds() {
		keys = append(keys, string(f.Key))
	}
	return keys
}

func (ps *problems) oneOfTheCycle(field, term, what string, known []string) {
	if term != "" && !slices.Contains(known, term) {
		ps.add(field, "is %q: expected %s of the cycle, one of %s", term, what, strings.Join(known, ", "))
	}
}
