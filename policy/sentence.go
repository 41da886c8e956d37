package policy

import "fmt"

// Sentence is what is said to people: in English, and of what it was made, so that
// a face can say it in their language.
type Sentence struct {
	// Form is the sentence as fmt has it, without what stands in it; empty where it
	// is said in English alone.
	Form string `json:"form,omitempty"`
	// Parts are the texts that stand in it, in their order.
	Parts []string `json:"parts,omitempty"`
}

// sentence says something, and gives of what it was made.
func sentence(format string, args []any) (string, Sentence) {
	parts := make([]string, len(args))
	for i, arg := range args {
		parts[i] = fmt.Sprint(arg)
	}
	return fmt.Sprintf(format, args...), Sentence{Form: format, Parts: parts}
}
