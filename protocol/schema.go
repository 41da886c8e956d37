package protocol

import (
	"embed"
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// The schemas are written from the types and the comments on them when code is generated.
//
//go:embed schema/*.json
var schemas embed.FS

// Messages lists the names of the messages that carry an act: UpdateAct, and those of
// policy.Messages.
func Messages() []string { return append(policy.Texts(policy.Messages), UpdateAct) }

// MessageSchema gives the JSON Schema of what a message carries, or nil for a name that is none
// of Messages.
func MessageSchema(name string) []byte {
	if !slices.Contains(Messages(), name) {
		return nil
	}
	return schemaOf(name)
}

// StateSchema gives the JSON Schema of the answer to QueryState.
func StateSchema() []byte { return schemaOf(QueryState) }

func schemaOf(name string) []byte {
	text, err := schemas.ReadFile("schema/" + name + ".schema.json")
	if err != nil {
		panic(err) // the schemas are part of the binary: a test would have met this
	}
	return text
}
