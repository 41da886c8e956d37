package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Difference is one place at which two contents differ.
type Difference struct {
	// Path names the place, such as "actions[2.3].leader"; the parts of a list
	// are found by their key or code, not by their number.
	Path string `json:"path"`
	Was  string `json:"was,omitempty"` // empty: it is new
	Is   string `json:"is,omitempty"`  // empty: it is gone
}

// Diff lists where two contents differ, in the order of their paths.
func Diff(was, is Content) ([]Difference, error) {
	before, err := treeOf(was)
	if err != nil {
		return nil, err
	}
	after, err := treeOf(is)
	if err != nil {
		return nil, err
	}
	var found []Difference
	compare("", before, after, &found)
	return found, nil
}

func treeOf(c Content) (any, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("content: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, fmt.Errorf("content: %w", err)
	}
	return tree, nil
}

func compare(path string, was, is any, found *[]Difference) {
	before, both := fields(was)
	after, and := fields(is)
	if both && and {
		names := slices.Sorted(maps.Keys(before))
		for _, name := range slices.Sorted(maps.Keys(after)) {
			if _, there := before[name]; !there {
				names = append(names, name)
			}
		}
		for _, name := range names {
			compare(path+name, before[name], after[name], found)
		}
		return
	}
	if w, i := plainText(was), plainText(is); w != i {
		*found = append(*found, Difference{Path: path, Was: w, Is: i})
	}
}

// fields gives the parts of an object or list, by the name that they have in a
// path.
func fields(node any) (map[string]any, bool) {
	switch n := node.(type) {
	case map[string]any:
		parts := make(map[string]any, len(n))
		for name, part := range n {
			parts["."+name] = part
		}
		return parts, true
	case []any:
		parts := make(map[string]any, len(n))
		for i, part := range n {
			parts[nameIn(part, i)] = part
		}
		return parts, true
	default:
		return nil, false
	}
}

// nameIn gives the name of a part of a list: its key or code, or what it says.
func nameIn(part any, at int) string {
	object, is := part.(map[string]any)
	if !is {
		return fmt.Sprintf("[%v]", part)
	}
	for _, field := range []string{"key", "code", "action", "priority", "recommendation", "indicator", "criterion", "day"} {
		if name, is := object[field].(string); is && name != "" {
			return "[" + name + "]"
		}
	}
	return fmt.Sprintf("[%d]", at)
}

func plainText(node any) string {
	switch n := node.(type) {
	case nil:
		return ""
	case string:
		return n
	case []any:
		if len(n) == 0 { // as if it were not there
			return ""
		}
	}
	text, err := json.Marshal(node)
	if err != nil {
		return fmt.Sprint(node)
	}
	return string(text)
}
