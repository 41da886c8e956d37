package policy

import (
	"embed"
	"encoding/json"
)

// What a cycle takes as given ships as data: the bodies, with what they are and since when
// States are members; the strategies, with their objectives and threats; the funds, with the
// time in which each exists; the vocabulary of the bodies. A cycle file may add bodies,
// strategies, funds and words of its own.
//
//go:embed reference/*.json
var reference embed.FS

// shipped reads a file of the reference. It is part of the program: one that cannot be read
// is a mistake of whoever built it.
func shipped[T any](name string) []T {
	var all []T
	text, err := reference.ReadFile("reference/" + name)
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		panic("policy/reference/" + name + ": " + err.Error()) //nolint:forbidigo // no input leads here: the files are part of the program
	}
	return all
}
