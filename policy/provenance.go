package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Cited is a public source, and what it gives of a definition.
type Cited struct {
	Source string `json:"source"` // who said it, when, and where it is found
	// Parts are the parts that it gives, by their path, such as priorities[].title.
	Parts []string `json:"parts" jsonschema:"minItems=1"`
}

func (d *Definition) checkSources(ps *problems) {
	for i, c := range d.Sources {
		ps.text(fmt.Sprintf("sources[%d].source", i), c.Source)
		ps.text(fmt.Sprintf("sources[%d].parts", i), strings.Join(c.Parts, ""))
	}
}

// Provenance says how much of a definition public sources give. Names by which the file
// refers to its own parts are no facts, nor is what an installation chooses.
type Provenance struct {
	Sourced      int `json:"sourced"`      // values that a source gives
	Illustrative int `json:"illustrative"` // values that none gives
	// Open are the paths of values of which nothing is said.
	Open []string `json:"open"`
	// Idle are the paths that are given and lead nowhere.
	Idle []string `json:"idle"`
}

// Provenance goes through every value of the definition. What a source gives is no longer
// illustrative, so that a list may be illustrative but for one of its items.
func (d *Definition) Provenance() (Provenance, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return Provenance{}, err
	}
	var whole map[string]any
	if err := json.Unmarshal(text, &whole); err != nil {
		return Provenance{}, err
	}
	maps.DeleteFunc(whole, func(name string, _ any) bool { return slices.Contains(noFacts, name) })
	found, led := Provenance{Open: []string{}, Idle: []string{}}, map[string]bool{}
	var sourced []string
	for _, c := range d.Sources {
		sourced = append(sourced, c.Parts...)
	}
	meets := func(parts []string, at []step) (met bool) {
		for _, part := range parts {
			if leads(part, at) {
				led[part], met = true, true
			}
		}
		return met
	}
	walk(whole, nil, func(at []step) {
		bySource, made := meets(sourced, at), meets(d.Illustrative, at)
		switch {
		case slices.Contains(noFacts, at[len(at)-1].name):
		case bySource:
			found.Sourced++
		case made:
			found.Illustrative++
		default:
			found.Open = append(found.Open, written(at))
		}
	})
	for _, part := range slices.Concat(sourced, d.Illustrative) {
		if !led[part] {
			found.Idle = append(found.Idle, part)
		}
	}
	return found, nil
}

// noFacts are the fields that say nothing of the world: names by which the file refers to its
// own parts, what an installation chooses, and the account of sources itself.
var noFacts = []string{
	"format", "key", "language", "predecessor", "sub_priority", "settles", "keeps", "reminders", "sources", "illustrative", "added_on",
}

// step is one step of the way to a value: a field, and which item of it where it is a list.
type step struct {
	name string
	item bool
	at   int
	key  string // of the item, where it has one
}

// walk leads to every value below one, in a fixed order.
func walk(value any, at []step, visit func(at []step)) {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			walk(value[name], append(slices.Clone(at), step{name: name}), visit)
		}
	case []any:
		for i, item := range value {
			way := slices.Clone(at)
			last := &way[len(way)-1]
			last.item, last.at = true, i
			if fields, is := item.(map[string]any); is {
				last.key, _ = fields["key"].(string)
			}
			walk(item, way, visit)
		}
	case nil: // a list that is not there
	default:
		visit(at)
	}
}

// leads says whether a path leads to a value or to a part around it: [] stands for each item
// of a list, a number for one, counted from 0, and a key for the item that has it.
func leads(path string, to []step) bool {
	parts := strings.Split(path, ".")
	if len(parts) > len(to) {
		return false
	}
	for i, part := range parts {
		name, which, chosen := strings.Cut(strings.TrimSuffix(part, "]"), "[")
		s := to[i]
		switch {
		case name != s.name, chosen && !s.item, !chosen && s.item && i < len(parts)-1:
			return false
		case which != "" && which != strconv.Itoa(s.at) && (which != s.key || digitsAlone(which)):
			return false
		}
	}
	return true
}

func digitsAlone(text string) bool { return strings.Trim(text, "0123456789") == "" }

// written gives the way to a value as a path.
func written(at []step) string {
	var all []string
	for _, s := range at {
		name := s.name
		switch {
		case s.item && s.key != "" && !digitsAlone(s.key):
			name += "[" + s.key + "]"
		case s.item:
			name += fmt.Sprintf("[%d]", s.at)
		}
		all = append(all, name)
	}
	return strings.Join(all, ".")
}
