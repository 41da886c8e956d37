package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Sentence is what is said to people: in English, and of what it was made, so that
// a face can say it in their language.
type Sentence struct {
	// Form is the sentence as fmt has it, without what stands in it; empty where it
	// is said in English alone.
	Form string `json:"form,omitempty"`
	// Parts are the texts that stand in it, in their order.
	Parts []string `json:"parts,omitempty"`
	// Within are the parts that are sentences themselves, by their place from 0.
	Within map[int][]Sentence `json:"within,omitempty"`
}

// maxQuoted is how much of a text a sentence quotes, in bytes of JSON. A refusal has each
// part several times and travels in one message of Temporal, which takes no more than so much.
const maxQuoted = 1000

// sentence says something, and gives of what it was made. What somebody else wrote, however
// long, is quoted in part; what was said before stands in it whole.
func sentence(format string, args []any) (string, Sentence) {
	args = slices.Clone(args)
	said := Sentence{Form: format, Parts: make([]string, len(args))}
	within := func(i int, remark Remark) {
		if said.Within == nil {
			said.Within = map[int][]Sentence{}
		}
		said.Within[i] = append(said.Within[i], remark.Said)
	}
	for i, arg := range args {
		if text, is := arg.([]byte); is {
			arg = string(text)
		}
		said.Parts[i] = fmt.Sprint(arg)
		switch arg := arg.(type) {
		case Remark:
			within(i, arg)
		case *Error:
			within(i, Remark{arg.Message, arg.Said})
		case remarks:
			for _, remark := range arg {
				within(i, remark)
			}
		default:
			if short := Excerpt(said.Parts[i], maxQuoted); short != said.Parts[i] {
				said.Parts[i], args[i] = short, short
			}
		}
	}
	return fmt.Sprintf(format, args...), said
}

// Same is a part of a sentence that is the same for all that have one cause, such as the day of
// a meeting.
type Same struct{ Part any }

// String gives the part.
func (s Same) String() string { return fmt.Sprint(s.Part) }

// elided stands for a part of a sentence that differs.
const elided = "…"

// verb is what fmt puts a part into.
var verb = regexp.MustCompile(`%[#+-]?[0-9.]*[a-z]`)

// CauseOf says what was said without what it is about: parts that are not the Same are left
// out, and the first of them is what it is about.
func CauseOf(format string, args ...any) (cause Remark, about string) {
	parts := make([]any, len(args))
	for i, arg := range args {
		if same, is := arg.(Same); is {
			parts[i] = same.String()
			continue
		}
		if parts[i] = elided; about == "" {
			about = fmt.Sprint(arg)
		}
	}
	cause.Message = fmt.Sprintf(verb.ReplaceAllString(format, "%s"), parts...)
	_, cause.Said = sentence(verb.ReplaceAllString(format, "%s"), parts)
	cause.Said.Form = format
	return cause, about
}

// Remark is a sentence by itself, or one that stands in another one.
type Remark struct {
	Message string
	Said    Sentence
}

// String gives it in English.
func (r Remark) String() string { return r.Message }

// Say says something that is to stand in another sentence, or beside others.
func Say(format string, args ...any) Remark {
	message, said := sentence(format, args)
	return Remark{message, said}
}

type remarks []Remark

// few gives as many as a sentence holds, and says how many more there are.
func (rs remarks) few() remarks {
	const most, mostBytes = 20, 3000 // whichever is reached first
	size := 0
	for i, r := range rs {
		if i == most || size > mostBytes {
			return append(slices.Clone(rs[:i]), Say("and %d more", len(rs)-i))
		}
		size += len(r.Message)
	}
	return rs
}

func (rs remarks) String() string {
	texts := make([]string, len(rs))
	for i, r := range rs {
		texts[i] = r.Message
	}
	return strings.Join(texts, "; ")
}
