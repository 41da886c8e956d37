package files

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/policycycle/policycycle/policy"
)

// What Excel and LibreOffice make of a table: they write it in their own way, and take
// what stands in a cell for a formula, a number or a date where it looks like one.

// byteOrderMark stands before a table, so that Excel reads it as UTF-8.
const byteOrderMark = "\ufeff"

// The signs that stand between the cells of a table. Excel reads a semicolon where
// numbers have a decimal comma, which is most of Europe, and a comma elsewhere.
const (
	Comma     = ','
	Semicolon = ';'
)

// separators are what spreadsheet programs write between cells.
const separators = ",;\t|"

// utf8Wanted says how a table is saved so that every letter of Europe is in it. A code page
// cannot be guessed: one byte is another letter in Warsaw, Athens and Paris.
const utf8Wanted = "is not in UTF-8 but in a code page such as Windows-1252: save it anew, in Excel as “CSV UTF-8 (Comma delimited)”," +
	" in LibreOffice with the character set “Unicode (UTF-8)”"

// plainText reads the text of a table in UTF-8, or in UTF-16 as Excel saves “Unicode text”,
// without the mark with which it begins, and with lines that end in a line feed. Where it
// cannot, it says why and where.
func plainText(r io.Reader) (string, place, string) {
	start := place{line: 1, column: 1}
	text, err := io.ReadAll(io.LimitReader(r, maxTable+1))
	if err != nil {
		return "", start, fmt.Sprintf("cannot be read: %v", err)
	}
	if len(text) > maxTable {
		return "", start, fmt.Sprintf("is larger than %d MiB", maxTable>>20)
	}
	text = bytes.TrimPrefix(ofUTF16(text), []byte(byteOrderMark))
	if !bytes.Contains(text, []byte("\n")) { // as Excel on a Macintosh saves it
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	switch {
	case !utf8.Valid(text):
		for at := 0; ; {
			sign, size := utf8.DecodeRune(text[at:])
			if sign == utf8.RuneError && size == 1 {
				return "", placeOf(string(text[:at])), utf8Wanted
			}
			at += size
		}
	case len(bytes.TrimSpace(text)) == 0:
		return "", start, "is empty: expected a line with the names of the columns"
	}
	return string(text), start, ""
}

// placeOf gives the place behind a text.
func placeOf(text string) place {
	return place{line: strings.Count(text, "\n") + 1, column: utf8.RuneCountInString(text[strings.LastIndexByte(text, '\n')+1:]) + 1}
}

// ofUTF16 gives a text that is in UTF-16 in UTF-8, and any other as it is.
func ofUTF16(text []byte) []byte {
	var order binary.ByteOrder
	switch {
	case len(text) < 2 || len(text)%2 != 0:
		return text
	case text[0] == 0xff && text[1] == 0xfe, text[0] != 0 && text[1] == 0:
		order = binary.LittleEndian
	case text[0] == 0xfe && text[1] == 0xff, text[0] == 0 && text[1] != 0:
		order = binary.BigEndian
	default:
		return text
	}
	halves := make([]uint16, len(text)/2)
	for i := range halves {
		halves[i] = order.Uint16(text[2*i:])
	}
	return []byte(string(utf16.Decode(halves)))
}

// told is a first line that says what stands between cells, as Excel reads it: sep=;
var told = regexp.MustCompile(`^\s*"?(?i:sep)=([,;\t|]?)[^\n]*`)

// separatorOf says what stands between cells, and gives the text without the line that
// says so: by the line with the names of the columns, of which it finds most.
func (t *table) separatorOf(text string) (string, rune) {
	if line := told.FindStringSubmatchIndex(text); line != nil {
		rest := strings.Repeat("\n", strings.Count(text[:line[1]], "\n")) + text[line[1]:]
		if line[2] < line[3] {
			return rest, rune(text[line[2]])
		}
		text = rest
	}
	head := ""
	for line := range strings.Lines(text) {
		if head = line; strings.ContainsFunc(line, unicode.IsLetter) {
			break
		}
	}
	best, most := Comma, -1
	for _, separator := range separators {
		named := 0
		for cell := range strings.SplitSeq(head, string(separator)) {
			if t.named(strings.Trim(strings.TrimSpace(cell), `"`)) >= 0 {
				named++
			}
		}
		if signs := named*len(head) + strings.Count(head, string(separator)); signs > most {
			best, most = separator, signs
		}
	}
	return text, best
}

// named finds the column that a cell of the first line names, whether with capitals or
// blanks or as it is; -1 for none.
func (t *table) named(cell string) int {
	alike := strings.NewReplacer(" ", "_", "-", "_")
	name := alike.Replace(strings.ToLower(strings.TrimSpace(cell)))
	at := slices.IndexFunc(t.columns, func(c column) bool { return alike.Replace(c.name) == name })
	if title, is := t.titles[strings.ToLower(strings.TrimSpace(cell))]; is && at < 0 {
		return title
	}
	return at
}

// guarded gives the text of a cell so that a spreadsheet program leaves it as it is: an
// apostrophe stands before what it would take for a formula, a number or a date.
func guarded(text string) string {
	if altered(strings.TrimLeft(text, "'")) {
		return "'" + text
	}
	return text
}

// unguarded reads what guarded writes.
func unguarded(cell string) string {
	if rest, is := strings.CutPrefix(cell, "'"); is && altered(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return cell
}

// figure is a sign that may stand in a number, or in a date made of numbers.
const figure = `[\d.,:/%€$£()'’ \x{a0}\x{202f}-]`

var (
	// formulaic is what begins a formula, or did in some program.
	formulaic = regexp.MustCompile(`^[=+\-@＝＋－＠]`)
	// numeric is a number, a date, a time, a fraction or a share, also with its currency.
	numeric = regexp.MustCompile(`(?i)^` + figure + `*\d` + figure + `*(?:e[+-]?\d+` + figure + `*)?` +
		`(?:[ap]\.?m?\.?|kr\.?|kč|zł|ft|lei|лв\.?|eur|г\.?)?$`)
	// count is a number that every program writes as it is.
	count = regexp.MustCompile(`^(?:0|[1-9]\d{0,10})$`)
	// worded is a date with the name of a month.
	worded = regexp.MustCompile(`^(?:\d{1,4}[-./, ]*)?(\p{L}{3,15})\.?(?:[-./, ]*\d{1,4})?$`)
	// truth is what cells call true and false.
	truth = regexp.MustCompile(`(?i)^(?:true|false|wahr|falsch|vrai|faux|verdadero|falso|vero|verdadeiro|waar|onwaar|sant|falskt|sandt?|falsk|` +
		`tosi|epätosi|prawda|fałsz|igaz|hamis|pravda|nepravda|adev[aă]rat|fals|istina|laž|tõene|väär|αληθησ|αληθης|ψευδησ|ψευδης|истина|ложь)$`)
)

// altered says whether a spreadsheet program would make something else of a text, or lose
// it. Some that it would leave alone are among them.
func altered(text string) bool {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return text != ""
	}
	if m := worded.FindStringSubmatch(trimmed); len(m) > 0 && len(m[1]) < len(trimmed) && inMonth(m[1]) {
		return true
	}
	return strings.ContainsRune("\t\r\n", rune(text[0])) || formulaic.MatchString(trimmed) || numeric.MatchString(trimmed) && !count.MatchString(text) || truth.MatchString(trimmed)
}

// months are the beginnings of the names of months in the languages of the Union.
var months = strings.Fields(`
	jan ene gen ian ean ιαν яну sij led sau sty tam jaa
	feb fev fév fea feá fra φεβ фев velj úno vas lut hel vee
	mar mär maa mrt μαρ мар ožu bře kov tou mär már
	apr avr abr aib awi απρ апр tra dub bal kwi huh ápr
	mai may maj mei mag bea mej μαϊ μαΐ μάι май svi kvě geg tou máj
	jun jui giu iun mei ġun jūn ιου юни lip čer bir cze kes jún
	jul lug iul iúi lul jūl юли srp lie heinä hei júl
	aug aoû ago lún aww αυγ авг kol srp rgp sie elo avg
	sep set sei mfó σεπ септ сеп ruj zář rgs wrz syy
	oct okt ott out dfó οκτ окт lis říj spa paź lok
	nov noi sam νοε ное stu lap mar
	dec dic dez déc dés nol diċ δεκ дек pro gru jou det`)

// inMonth says whether a word begins as the name of a month.
func inMonth(word string) bool {
	word = strings.ToLower(word)
	return slices.ContainsFunc(months, func(m string) bool { return strings.HasPrefix(word, m) })
}

// written is a date as spreadsheet programs write it, in numbers.
var written = regexp.MustCompile(`^(\d{1,4}) ?([./-]) ?(\d{1,2}) ?([./-]) ?(\d{1,4})\.?(?: ?г\.?)?(?:[ T]00?:00(?::00(?:[.,]0+)?)?)?$`)

// day reads a date as Excel and LibreOffice write it in a language of the Union: the year
// or the day is first. A month that is first, as in America, is refused, and so is a date
// in a table of which nobody can say whether its months are.
func (s *sheet) day(at place, c column, cell cell) (policy.Date, error) {
	text := cmp.Or(cell.dated, cell.text)
	read := strings.Join(strings.Fields(text), " ")
	part := written.FindStringSubmatch(read)
	if len(part) == 0 || part[2] != part[4] {
		date, err := policy.ParseDate(read)
		return date, unreadable(err)
	}
	year, month, day := part[5], part[3], part[1]
	switch {
	case len(part[1]) == len("2006"):
		year, day = part[1], part[5]
	case len(year) == 2 && part[2] == "-":
		return policy.Date{}, fmt.Errorf("is %q: the year may be the first or the last: write it with four digits, such as 2021-05-26", text)
	case len(year) == 2:
		year = "20" + year
	}
	d, m := numberOf(day), numberOf(month)
	date, err := policy.ParseDate(fmt.Sprintf("%04d-%02d-%02d", numberOf(year), m, d))
	if len(part[1]) == len("2006") {
		return date, unreadable(err)
	}
	switch {
	case m > 12 && d <= 12:
		return policy.Date{}, fmt.Errorf("is %q, with the month first, as in America: write year-month-day, such as 2021-05-26, or the day first", text)
	case part[2] == "/" && d > 12:
		s.dayFirst = true
	case part[2] == "/" && d != m && !s.source.dayFirst() && err == nil:
		s.doubtful = append(s.doubtful, s.problem(at, c.name, fmt.Sprintf(
			"is %q, which is %s or, as in America, %s: write year-month-day", text, date, policy.NewDate(date.Year(), time.Month(d), m))))
	}
	return date, unreadable(err)
}

// numberOf gives the number of some digits.
func numberOf(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		panic(err) // the pattern has taken digits alone
	}
	return n
}
