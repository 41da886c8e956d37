package policy

import (
	"regexp"
	"strconv"
	"strings"
)

// Document is a reference to a document by its register number, in one
// canonical text: "ST 8665/21 INIT", "ST 9927/16 REV 1", "COM(2011) 790".
// The zero Document means "not given".
type Document string

// RehearsalSeries is the series of documents that exist only in a rehearsal,
// so that an invented number is never taken for one of the Council's register.
const RehearsalSeries = "RH"

var (
	// 9927/1/16 REV 1 carries the revision twice; the suffix alone is kept.
	registerNumber = regexp.MustCompile(`^(ST|WK|CM|RH) ?(\d{1,5})(?:/(\d{1,2}))?/(\d{2}|\d{4})((?: (?:INIT|(?:REV|ADD|COR) \d{1,2}))*)$`)
	comNumber      = regexp.MustCompile(`^COM ?\((\d{4})\) ?(\d{1,4})(?: FINAL)?((?: (?:REV|ADD|COR) \d{1,2})*)$`)
	revision       = regexp.MustCompile(`(REV|ADD|COR) ?0*(\d)`)
)

// ParseDocument reads a register number: a series (ST, WK, CM, COM), number,
// year and, where there is one, INIT, REV, ADD or COR. The error has
// CodeInvalid and shows the form.
func ParseDocument(text string) (Document, error) {
	s := strings.ToUpper(strings.Join(strings.Fields(text), " "))
	s = revision.ReplaceAllString(s, "$1 $2")
	if m := comNumber.FindStringSubmatch(s); m != nil {
		return Document("COM(" + m[1] + ") " + trimZeros(m[2]) + m[3]), nil
	}
	m := registerNumber.FindStringSubmatch(s)
	if m == nil {
		return "", Refuse(CodeInvalid, "%q is not a register number: write series, number and year, such as \"ST 8665/21\", \"ST 9927/16 REV 1\" or \"COM(2011) 790\"", text)
	}
	suffix := strings.ReplaceAll(m[5], " INIT", "")
	switch {
	case suffix == "" && m[3] != "":
		suffix = " REV " + trimZeros(m[3])
	case suffix == "":
		suffix = " INIT"
	}
	return Document(m[1] + " " + trimZeros(m[2]) + "/" + m[4][len(m[4])-2:] + suffix), nil
}

func trimZeros(number string) string {
	n, err := strconv.Atoi(number)
	if err != nil {
		return number
	}
	return strconv.Itoa(n)
}

// Rehearsed says whether the document exists only in a rehearsal.
func (d Document) Rehearsed() bool { return strings.HasPrefix(string(d), RehearsalSeries+" ") }

// UnmarshalText reads a document as ParseDocument does; empty text is none.
func (d *Document) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = ""
		return nil
	}
	parsed, err := ParseDocument(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
