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

// listed is a word of which a list has all.
type listed interface {
	~string
	Words() []string
}

// oneOf reads a text that must be one of its list, with spaces or underscores
// for hyphens; empty text is none.
func oneOf[T listed](into *T, text []byte, what string) error {
	read := hyphened(string(text))
	known := (*into).Words()
	at := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, read) })
	switch {
	case read == "":
		*into = ""
	case at < 0:
		return Refuse(CodeInvalid, "%q is not %s: use %s", string(text), what, strings.Join(known, ", "))
	default:
		*into = T(known[at])
	}
	return nil
}

// hyphened gives a word as lists have it: in small letters, with hyphens for spaces and
// underscores.
func hyphened(text string) string {
	return strings.NewReplacer(" ", "-", "_", "-").Replace(strings.ToLower(strings.TrimSpace(text)))
}

// fromText reads a text as parse does; empty text is none.
func fromText[T any](into *T, text []byte, parse func(string) (T, error)) error {
	var read T
	var err error
	if len(text) > 0 {
		read, err = parse(string(text))
	}
	if err == nil {
		*into = read
	}
	return err
}

// Texts gives the texts of a list of words.
func Texts[T ~string](words []T) []string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return texts
}
