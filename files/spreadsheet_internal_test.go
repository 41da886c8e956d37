package files

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// program is a spreadsheet program as it is set up somewhere, by how it saves a table that
// it has opened.
type program struct {
	where     string
	separator rune
	date      string // how it shows a day, in the layout of time
	mark      bool   // before UTF-8
	utf16     bool
	told      bool // sep= stands before
}

// programs are Excel as Windows sets it up in each language of the Union, and others.
var programs = []program{
	{where: "bg", separator: ';', date: "2.1.2006 г.", mark: true}, {where: "cs", separator: ';', date: "02.01.2006", mark: true},
	{where: "da", separator: ';', date: "02-01-2006", mark: true}, {where: "de", separator: ';', date: "02.01.2006", mark: true},
	{where: "el", separator: ';', date: "2/1/2006", mark: true}, {where: "en-IE", separator: ',', date: "02/01/2006", mark: true},
	{where: "es", separator: ';', date: "02/01/2006", mark: true}, {where: "et", separator: ';', date: "02.01.2006", mark: true},
	{where: "fi", separator: ';', date: "2.1.2006", mark: true}, {where: "fr", separator: ';', date: "02/01/2006", mark: true},
	{where: "ga", separator: ',', date: "02/01/2006", mark: true}, {where: "hr", separator: ';', date: "2.1.2006.", mark: true},
	{where: "hu", separator: ';', date: "2006. 01. 02.", mark: true}, {where: "it", separator: ';', date: "02/01/2006", mark: true},
	{where: "lt", separator: ';', date: "2006-01-02", mark: true}, {where: "lv", separator: ';', date: "2006.01.02.", mark: true},
	{where: "mt", separator: ',', date: "02/01/2006", mark: true}, {where: "nl", separator: ';', date: "2-1-2006", mark: true},
	{where: "pl", separator: ';', date: "2006-01-02", mark: true}, {where: "pt", separator: ';', date: "02/01/2006", mark: true},
	{where: "ro", separator: ';', date: "02.01.2006", mark: true}, {where: "sk", separator: ';', date: "2. 1. 2006", mark: true},
	{where: "sl", separator: ';', date: "2. 01. 2006", mark: true}, {where: "sv", separator: ';', date: "2006-01-02", mark: true},
	{where: "LibreOffice, cs", separator: ',', date: "02.\u00a001.\u00a02006"}, {where: "LibreOffice, fr", separator: ',', date: "02/01/06"},
	{where: "LibreOffice, de", separator: ';', date: "02.01.06"}, {where: "with times", separator: ';', date: "02/01/2006 00:00"},
	{where: "Unicode text", separator: '\t', date: "02/01/2006", utf16: true}, {where: "told", separator: '\t', date: "02.01.2006", told: true},
}

// saves gives a table as the program saves it that has opened it.
func (p program) saves(t *rapid.T, text string) string {
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, byteOrderMark)))
	lines, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if p.told {
		out.WriteString("sep=" + string(p.separator) + "\r\n")
	}
	w := csv.NewWriter(&out)
	w.Comma, w.UseCRLF = p.separator, false
	bare := rapid.IntRange(0, 2).Draw(t, "empty columns")
	for i, line := range lines {
		if i == 0 && rapid.Bool().Draw(t, "capitals") {
			line[0] = strings.ToUpper(line[0][:1]) + line[0][1:]
		}
		for j, cell := range line {
			line[j] = strings.ReplaceAll(p.shows(cell), "\r\n", "\r\r\n") // that reading takes one from
		}
		for range bare {
			line = append(line, "")
		}
		for i > 0 && line[len(line)-1] == "" && rapid.Bool().Draw(t, "a cell less") {
			line = line[:len(line)-1]
		}
		if err := w.Write(line); err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "an empty row") {
			if err := w.Write(make([]string, len(line)+1)); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.Flush()
	return p.encoded(out.String())
}

func (p program) encoded(text string) string {
	switch {
	case p.mark:
		return byteOrderMark + text
	case p.utf16:
		var bytes []byte
		for _, half := range utf16.Encode([]rune(byteOrderMark + text)) {
			bytes = binary.LittleEndian.AppendUint16(bytes, half)
		}
		return string(bytes)
	default:
		return text
	}
}

var (
	aNumber = regexp.MustCompile(`^[+-]?[\d.,]*\d[\d.,]*([eE][+-]?\d+)?( ?[%€]| kr)?$`)
	aTime   = regexp.MustCompile(`^\d{1,2}:\d{2}(:\d{2})?$`)
	aDate   = regexp.MustCompile(`(?i)^(\d{1,4}[./-]\d{1,2}([./-]\d{1,4})?|(\d{1,2} )?(may|mai) ?(\d{2,4})?)$`)
)

// shows gives what the program makes of a cell.
func (p program) shows(cell string) string {
	trimmed := strings.TrimSpace(cell)
	switch day, err := policy.ParseDate(cell); {
	case err == nil:
		return day.Time(time.UTC).Format(p.date)
	case strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+") || strings.HasPrefix(cell, "-") && !aNumber.MatchString(cell) || strings.HasPrefix(cell, "@"):
		return "#NAME?"
	case strings.EqualFold(trimmed, "true"), strings.EqualFold(trimmed, "vrai"):
		return "WAHR"
	case aNumber.MatchString(trimmed) && !aDate.MatchString(trimmed):
		if n, err := strconv.ParseInt(trimmed, 10, 64); err == nil && len(trimmed) <= mostDigits {
			return strconv.FormatInt(n, 10)
		}
		return "1,23E+11"
	case aTime.MatchString(trimmed):
		return trimmed + ":00"
	case aDate.MatchString(trimmed) && len(trimmed) > len("may"):
		return "01. Jan"
	default:
		return cell
	}
}

// dated reads the dates of some rows from a table with a separator.
func dated(separator string, dates ...string) ([]policy.Date, error) {
	text := "key" + separator + "date" + separator + "state\r\n"
	for i, date := range dates {
		text += "2026/firearms/1." + strconv.Itoa(i+1) + "/fr" + separator + date + separator + "confirmed\r\n"
	}
	file, err := ReadRows("consents.csv", policy.RegConsents, strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	var days []policy.Date
	for _, row := range file.Rows {
		days = append(days, row.Date)
	}
	return days, nil
}

func TestReadRows_ReadsDatesAsEachLanguageWritesThem(t *testing.T) {
	t.Parallel()
	for _, p := range programs {
		for _, day := range []policy.Date{policy.NewDate(2026, 11, 28), policy.NewDate(2026, 4, 3), policy.NewDate(2026, 5, 5)} {
			if p.separator == ',' && strings.Contains(p.date, "/") && day.String() == "2026-04-03" {
				continue // could be of an American
			}
			read, err := dated(";", day.Time(time.UTC).Format(p.date))
			if err != nil || read[0] != day {
				t.Errorf("%s: %s is read as %v, %v", p.where, day.Time(time.UTC).Format(p.date), read, err)
			}
		}
	}
	none, err := dated(";", "")
	if err != nil || !none[0].IsZero() {
		t.Errorf("no date is read as %v, %v", none, err)
	}
}

func TestReadRows_GuessesNoMonth(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		separator string
		dates     []string
		says      string // empty: all are read
	}{
		"a month first, as in America":         {",", []string{"11/28/2026"}, `date is "11/28/2026", with the month first, as in America`},
		"the same, elsewhere":                  {";", []string{"11/28/2026"}, "with the month first, as in America"},
		"either may be the month":              {",", []string{"03/04/2026"}, `date is "03/04/2026", which is 2026-04-03 or, as in America, 2026-03-04: write year-month-day`},
		"another date tells":                   {",", []string{"03/04/2026", "28/04/2026"}, ""},
		"another date tells that it is a pity": {",", []string{"03/04/2026", "04/28/2026"}, "with the month first, as in America"},
		"a semicolon tells":                    {";", []string{"03/04/2026"}, ""},
		"both are the same":                    {",", []string{"04/04/2026"}, ""},
		"with points":                          {",", []string{"03.04.2026"}, ""},
		"a year of two digits, anywhere":       {";", []string{"03-04-26"}, "write it with four digits"},
		"no day of the month":                  {";", []string{"30/02/2026"}, "is not a date"},
		"two signs":                            {";", []string{"03/04-2026"}, "is not a date"},
		"a number of days":                     {";", []string{"46354"}, "is not a date"},
	} {
		read, err := dated(test.separator, test.dates...)
		switch {
		case test.says == "" && (err != nil || read[0] != policy.NewDate(2026, 4, 3) && read[0] != policy.NewDate(2026, 4, 4)):
			t.Errorf("%s: %v, %v", name, read, err)
		case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
			t.Errorf("%s: %v, %v, want %q", name, read, err, test.says)
		}
	}
}

func TestGuarded_StandsBeforeWhatAProgramWouldAlter(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`=HYPERLINK("http://x","y")`, "+33 1 23", "-1+1", "@SUM(1)", "\tx", "\rx", "＝1", " =1", "1.10", "007", "2026-11-28", "3/4", "1e5", "50 %",
		"Mai 2026", "3 března", "28. nov", "TRUE", "faux", " ", "\u00a0", "5 kr", "12:30", "'=1", "''1.5",
	} {
		if got := guarded(text); got != "'"+text || unguarded(got) != text {
			t.Errorf("%q is written %q and read %q", text, got, unguarded(got))
		}
	}
	for _, text := range []string{"", "two officers", "'s-Hertogenbosch", "2026/firearms/1.1/fr", "SOCTA 2021", "ST 8665/21 INIT", "maybe", "Anna Berg@fr", "'", "a=b", "arrests:3"} {
		if got := guarded(text); got != text || unguarded(text) != text {
			t.Errorf("%q is written %q and read %q", text, got, unguarded(text))
		}
	}
}
