package papers

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/policycycle/policycycle/policy"
)

// MostPasted is how long a text may be that is pasted in, in bytes: about three hundred pages.
const MostPasted = 1 << 20

// pasted is a text as it was copied from Word, a PDF or a page, read line by line.
type pasted struct {
	head   []string // before the first point
	points []pastedPoint
}

// pastedPoint is one point of it: a numbered paragraph or, where none is numbered, any.
type pastedPoint struct {
	number string
	lines  []string
}

// title is the first line of a point.
func (p pastedPoint) title() string { return p.lines[0] }

// whole is all of a point.
func (p pastedPoint) whole() string { return strings.Join(p.lines, "\n") }

// numbered begins a point of an agenda: "12.", "3)", "(4)", "II.", with what may stand before it.
var numbered = regexp.MustCompile(`^[-–•*\s]*\(?(\d{1,3}|[IVX]{1,5})[.)][)\s]+(\S.*)$`)

// months are the names of the months in the languages that are read.
const months = `january|february|march|april|may|june|july|august|september|october|november|december|` +
	`janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|` +
	`januar|februar|märz|juni|juli|oktober|dezember`

// dated begins a line with a day, which looks like the number of a point.
var dated = regexp.MustCompile(`(?i)^\s*\d{1,2}\.\s*(?:\d{1,2}\.|` + months + `)\s*(?:19|20)\d\d`)

// linesOf gives the lines of a text, without what is nothing to read. The error has CodeInvalid.
func linesOf(text string) ([]string, error) {
	if len(text) > MostPasted {
		return nil, policy.Refuse(policy.CodeInvalid, "the text has %d bytes: %d at most are read; paste the part that matters", len(text), MostPasted)
	}
	var lines []string
	some := false
	for line := range strings.Lines(norm.NFC.String(strings.ToValidUTF8(text, "�"))) {
		line = strings.Join(strings.FieldsFunc(line, blank), " ")
		some = some || line != ""
		lines = append(lines, line)
	}
	if !some {
		return nil, policy.Refuse(policy.CodeInvalid, "the text is empty: paste the agenda, the outcome or the press release")
	}
	return lines, nil
}

// readPasted splits a text into points. The error has CodeInvalid.
func readPasted(text string) (*pasted, error) {
	lines, err := linesOf(text)
	if err != nil {
		return nil, err
	}
	p := new(pasted)
	paragraph := true // whether the line before was empty
	var prose []pastedPoint
	for _, line := range lines {
		if line == "" {
			paragraph = true
			continue
		}
		if m := numbered.FindStringSubmatch(line); m != nil && !dated.MatchString(line) {
			p.points = append(p.points, pastedPoint{m[1], []string{m[2]}})
		} else if n := len(p.points); n > 0 {
			p.points[n-1].lines = append(p.points[n-1].lines, line)
		} else {
			p.head = append(p.head, line)
			if paragraph || len(prose) == 0 {
				prose = append(prose, pastedPoint{})
			}
			prose[len(prose)-1].lines = append(prose[len(prose)-1].lines, line)
		}
		paragraph = false
	}
	if len(p.points) == 0 {
		p.points = prose
	}
	return p, nil
}

// blank says of a rune that it is nothing to read.
func blank(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u00ad' || r == '\ufeff' || r == '\u200b'
}

// numbers finds what may be a register number in a text, with or without its series.
var numbers = regexp.MustCompile(`(?i)\b(?:(?:ST|WK|CM|DS|SN|LT|RH|EX) ?)?\d{1,5}(?:/\d{1,2})?/(?:20)?\d{2}\b(?: (?:INIT|(?:REV|ADD|COR|EXT|AMD) ?\d{1,2})\b)*|\b(?:COM|SWD|JOIN|SEC) ?\(\d{4}\) ?\d{1,5}\b|\bEDOC ?-?#? ?\d{5,8}(?:[- ]*v\.? ?\d{1,3})?`)

// documentsIn lists the register numbers in a text. One without a series is of the series ST.
func documentsIn(text string) (found []policy.DocumentRef) {
	for _, said := range numbers.FindAllString(text, -1) {
		ref, err := policy.ParseDocumentRef(said)
		if err != nil {
			ref, err = policy.ParseDocumentRef("ST " + said)
		}
		if err == nil && !slices.Contains(found, ref) {
			found = append(found, ref)
		}
	}
	return found
}

// sameNumber says whether two documents have one number, with whatever revision.
func sameNumber(a, b policy.DocumentRef) bool {
	base := func(d policy.DocumentRef) string {
		series, rest, _ := strings.Cut(string(d), " ")
		number, _, _ := strings.Cut(rest, " ")
		return series + " " + number
	}
	return a != "" && base(a) == base(b)
}

// words gives the words of a text as they are compared: without accents, case and endings.
func words(text string) []string {
	var all []string
	bare := func(r rune) bool { return unicode.Is(unicode.Mn, r) }
	text = strings.Map(func(r rune) rune {
		if bare(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(text))
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if !slices.Contains(fillers, word) {
			all = append(all, stem(word))
		}
	}
	return all
}

// fillers are words that tell nothing of what a text is about.
var fillers = strings.Fields("the of on and a an for to in at by or with its der die das des dem den und fur von zu im am mit le la les de du d l et en au aux sur par un une")

// stem cuts the ending of a word, so that the singular meets the plural and a noun its verb.
func stem(word string) string {
	const shortest, longest = 4, 6
	for _, ending := range []string{"s", "ing", "ed", "e"} {
		if cut := strings.TrimSuffix(word, ending); utf8.RuneCountInString(cut) >= shortest {
			word = cut
		}
	}
	runes := []rune(word)
	return string(runes[:min(len(runes), longest)])
}

// hold says how many of some words another text has.
func hold(text, wanted []string) (n int) {
	for _, word := range wanted {
		if slices.Contains(text, word) {
			n++
		}
	}
	return n
}
