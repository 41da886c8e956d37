package policy

import (
	"slices"
	"strings"
)

// Content is what stands in a version that is handed in, where it is kept here
// and not elsewhere. Each kind of subject has a type of its own.
type Content interface {
	// Problems lists what is wrong with the content itself, whatever the rest
	// of the cycle says. What is wrong beside the rest is found by Rules.
	Problems() []Problem
	// cover gives the part that every content has.
	cover() *Cover
}

// Cover is the part that every content has.
type Cover struct {
	// Marking says who may read it; LIMITE when left out.
	Marking Marking `json:"marking,omitempty"`
	// Illustrative says that no public source gives this content: it was made
	// up to show how the cycle works.
	Illustrative bool `json:"illustrative,omitempty"`
}

func (c *Cover) cover() *Cover { return c }

// CoverOf gives the cover of a content.
func CoverOf(c Content) Cover { return *c.cover() }

// ParseContent reads the JSON of a content of a kind that is handed in. Unknown
// fields, keys given twice and everything that ProblemsOf finds are errors with CodeInvalid.
func ParseContent(kind Kind, text []byte) (Content, error) {
	if err := UniqueKeys(text); err != nil {
		return nil, err
	}
	c, err := shaped(kind, text)
	if err != nil {
		return nil, err
	}
	if ps := ProblemsOf(c); len(ps) > 0 {
		return nil, Unsound(ps, "the %s is not sound: %s", kind.Title())
	}
	return c, nil
}

// ReadContent reads the JSON of a content of a kind that is in the records: what its
// texts and dates had to be when it was handed in is not asked again.
func ReadContent(kind Kind, text []byte) (Content, error) {
	c, err := shaped(kind, text)
	if err != nil {
		return nil, err
	}
	if ps := c.Problems(); len(ps) > 0 {
		return nil, Unsound(ps, "the %s is not sound: %s", kind.Title())
	}
	return c, nil
}

func shaped(kind Kind, text []byte) (Content, error) {
	c := NewContent(kind)
	if c == nil {
		return nil, Refuse(CodeInvalid, "the content of a %s is not kept here", kind.Title())
	}
	return c, decodeStrictly(text, c)
}

// ProblemsOf lists what stands against handing a content in: what is wrong with it,
// and with its texts and dates.
func ProblemsOf(c Content) []Problem {
	ps := problems(c.Problems())
	ps.flaws(c)
	return ps
}

// ValidCode says whether text may name a threat, goal or action: small letters,
// digits, and hyphens and dots between them, at most 63 in all.
func ValidCode(text string) bool {
	return ValidKey(strings.ReplaceAll(text, ".", "-")) && !strings.Contains(text, "..")
}

// oneOf reads a text that must be one of a list, with spaces or underscores
// for hyphens; empty text is none.
func oneOf[T ~string](into *T, text []byte, what string, known []T) error {
	read := T(strings.NewReplacer(" ", "-", "_", "-").Replace(strings.ToLower(strings.TrimSpace(string(text)))))
	at := slices.IndexFunc(known, func(k T) bool { return strings.EqualFold(string(k), string(read)) })
	switch {
	case read == "":
		*into = ""
	case at < 0:
		return Refuse(CodeInvalid, "%q is not %s: use %s", string(text), what, strings.Join(Texts(known), ", "))
	default:
		*into = known[at]
	}
	return nil
}

// Texts gives the texts of a list of words.
func Texts[T ~string](words []T) []string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return texts
}
