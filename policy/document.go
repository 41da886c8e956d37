package policy

import (
	"regexp"
	"strconv"
	"strings"
)

// DocumentRef is a reference to a document by its register number, in one
// canonical text: "ST 8665/21 INIT", "ST 9927/16 REV 1", "COM(2011) 790",
// "EDOC#1234567v3".
// The zero DocumentRef means "not given".
type DocumentRef string

// The series of numbers that are invented, so that none is ever taken for one of the
// Council's register.
const (
	RehearsalSeries = "RH" // of documents that exist only in a rehearsal, and are refused elsewhere
	ExampleSeries   = "EX" // of those in examples, demonstrations and what is tried out
)

// MostInvented is the largest number that is invented in a year: a real year has about as
// many documents of the series ST.
const MostInvented = 16_999

// form is one way in which documents of the field are numbered, and the text by which
// such a number is kept. It is read in capitals, with single blanks.
type form struct {
	pattern *regexp.Regexp
	kept    func(part []string) string
}

var forms = []form{
	// The Council: ST, meeting documents, notices, working papers, and what is invented.
	// 9927/1/16 REV 1 carries the revision twice; the suffix alone is kept.
	{regexp.MustCompile(`^(ST|WK|CM|DS|SN|LT|PE-CONS|RH|EX) ?(\d{1,5})(?:/(\d{1,2}))?/(\d{2}|\d{4})((?: (?:INIT|(?:REV|ADD|COR|EXT|DCL|AMD) \d{1,2}))*)$`), ofCouncil},
	// The Commission, and with the High Representative: COM(2021) 170 final, COM/2021/170.
	{regexp.MustCompile(`^(COM|SWD|JOIN|SEC) ?(?:\((\d{4})\)|/(\d{4})/) ?(\d{1,5})(?: ?FINAL)?(?:/(\d{1,2}))?((?: (?:REV|ADD|COR) \d{1,2})*)$`), ofCommission},
	{regexp.MustCompile(`^(C) ?(?:\((\d{4})\)()) ?(\d{1,5})(?: ?FINAL)?(?:/(\d{1,2}))?((?: (?:REV|ADD|COR) \d{1,2})*)$`), ofCommission},
	{regexp.MustCompile(`^ARES ?\((\d{4})\) ?(\d{1,9})$`), func(m []string) string { return "Ares(" + m[1] + ")" + trimZeros(m[2]) }},
	// The Official Journal: until October 2023 by issue, since then by act.
	{regexp.MustCompile(`^OJ ?([LC]) ?(\d{1,3}[AEI]?)/(\d{1,4})$`), func(m []string) string { return "OJ " + m[1] + " " + m[2] + "/" + trimZeros(m[3]) }},
	{regexp.MustCompile(`^OJ ?([LC]) ?(\d{1,3}[AEI]?), ?(\d{1,2}\.\d{1,2}\.\d{4})(?:, ?P\.? ?(\d{1,4}))?$`), ofJournal},
	{regexp.MustCompile(`^OJ ?([LC]),? ?(?:[LC]/)?(20\d{2})/(\d{1,5})(?:, ?(\d{1,2}\.\d{1,2}\.\d{4}))?$`), ofJournalSince},
	// Europol: EDOC#1234567v3, EDOC-#1234567-v3.
	{regexp.MustCompile(`^(?:EUROPOL )?EDOC ?-?#? ?(\d{5,8})(?:[- ]*V\.? ?(\d{1,3}))?$`), ofEuropol},
}

var (
	revision = regexp.MustCompile(`(REV|ADD|COR|EXT|DCL|AMD) ?0*(\d)`)
	bare     = regexp.MustCompile(`^\d{1,5}(?:/\d{1,2})?/(?:\d{2}|\d{4})(?: .*)?$`)
)

func ofCouncil(m []string) string {
	suffix := strings.ReplaceAll(m[5], " INIT", "")
	switch {
	case suffix == "" && m[3] != "":
		suffix = " REV " + trimZeros(m[3])
	case suffix == "":
		suffix = " INIT"
	}
	return m[1] + " " + trimZeros(m[2]) + "/" + m[4][len(m[4])-2:] + suffix
}

func ofCommission(m []string) string {
	return m[1] + "(" + m[2] + m[3] + ") " + trimZeros(m[4]) + behind("/", m[5]) + m[6]
}

func ofJournal(m []string) string {
	return "OJ " + m[1] + " " + m[2] + ", " + m[3] + behind(", p. ", m[4])
}

func ofJournalSince(m []string) string {
	return "OJ " + m[1] + ", " + m[2] + "/" + trimZeros(m[3]) + behind(", ", m[4])
}

func ofEuropol(m []string) string { return "EDOC#" + m[1] + behind("v", m[2]) }

// behind gives a part of a number that need not be there, with what stands before it.
func behind(sign, part string) string {
	if part == "" {
		return ""
	}
	return sign + trimZeros(part)
}

// ParseDocumentRef reads the number of a document in a register of the Council, the
// Commission or Europol, or its place in the Official Journal. The error has
// CodeInvalid and shows the forms.
func ParseDocumentRef(text string) (DocumentRef, error) {
	s := strings.ToUpper(strings.Join(strings.Fields(text), " "))
	s = revision.ReplaceAllString(s, "$1 $2")
	for _, f := range forms {
		if m := f.pattern.FindStringSubmatch(s); m != nil {
			return DocumentRef(f.kept(m)), nil
		}
	}
	if bare.MatchString(s) {
		return "", Refuse(CodeInvalid, "%q is not a register number without its series: write ST %s, or WK, CM, DS where it is one of those", text, s)
	}
	return "", Refuse(CodeInvalid,
		"%q is not a register number: expected one such as \"ST 8665/21\", \"COM(2011) 790\", \"SWD(2021) 74\", \"OJ C 123/1\" or \"EDOC#1234567v3\"", text)
}

func trimZeros(number string) string {
	n, err := strconv.Atoi(number)
	if err != nil {
		return number
	}
	return strconv.Itoa(n)
}

// Rehearsed says whether the document exists only in a rehearsal.
func (d DocumentRef) Rehearsed() bool { return strings.HasPrefix(string(d), RehearsalSeries+" ") }

// UnmarshalText reads a document as ParseDocumentRef does; empty text is none.
func (d *DocumentRef) UnmarshalText(text []byte) error { return fromText(d, text, ParseDocumentRef) }
