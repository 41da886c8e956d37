package files

import (
	"encoding/xml"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// read says what stands in a cell.
func (c *rawCell) read(w *Workbook) cell {
	value := c.value.String()
	switch c.kind {
	case "s":
		at, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || at < 0 || at >= len(w.shared) {
			return cell{wrong: "is damaged: no text has its number" + saveAnew}
		}
		return textCell(w.shared[at])
	case "inlineStr":
		return textCell(c.rich.String())
	case "str":
		return textCell(unescaped(value))
	case "e":
		return cell{text: value, wrong: fmt.Sprintf("is the error %s of a spreadsheet program: expected a value", value)}
	case "b":
		return textCell(map[string]string{"1": "yes", "0": "no"}[strings.TrimSpace(value)])
	case "d":
		return textCell(strings.TrimSuffix(value, "Z"))
	}
	switch value = strings.TrimSpace(value); {
	case value == "" && c.formula:
		return cell{wrong: "is a formula of which the file does not hold the value: open it in a spreadsheet program and save it, or write the value"}
	case value == "":
		return cell{blank: true}
	}
	return c.number(w, value)
}

// textCell is a cell with a text, in which lines end as they do in CSV.
func textCell(text string) cell {
	return cell{text: strings.ReplaceAll(text, "\r\n", "\n"), blank: strings.TrimSpace(text) == ""}
}

// number reads a number, with as many digits as a spreadsheet program keeps, and the day that it may stand
// for.
func (c *rawCell) number(w *Workbook, value string) cell {
	const digits = 15
	number, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsInf(number, 0) || math.IsNaN(number) {
		return cell{wrong: fmt.Sprintf("is damaged: %q is not a number%s", value, saveAnew)}
	}
	number, _ = strconv.ParseFloat(strconv.FormatFloat(number, 'g', digits, 64), 64)
	read := cell{text: strconv.FormatFloat(number, 'f', -1, 64)}
	if c.style >= 0 && c.style < len(w.days) && w.days[c.style] {
		read.day = true
	}
	read.dated = w.dayOf(number, read.day)
	if read.day && read.dated != "" {
		read.text = read.dated
	}
	return read
}

// dayOf gives the day that a number stands for; "" where it stands for none. A number that is shown as one
// has to lie in the time that is recorded here.
func (w *Workbook) dayOf(number float64, shown bool) string {
	const first, last = 36526, 73050 // of 2000 and of 2099, counted from 1899-12-30
	day, part := math.Modf(number)
	if since := day + float64(w.since); part != 0 || !shown && (since < first || since > last) || since < 61 || since > 2958465 {
		return ""
	}
	return policy.NewDate(1899, 12, 30).AddDays(int(day) + w.since).String()
}

// escapedSign is a sign as XML of a workbook writes it that XML has not.
var escapedSign = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescaped reads such signs.
func unescaped(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	return escapedSign.ReplaceAllStringFunc(text, func(sign string) string {
		code, err := strconv.ParseUint(sign[2:6], 16, 16)
		if err != nil || code >= 0xd800 && code < 0xe000 {
			return sign
		}
		return string(rune(code))
	})
}

// readStyles reads which styles show a number as a date.
func (w *Workbook) readStyles() error {
	at, err := w.beside("styles", "xl/styles.xml")
	if err != nil || at == "" {
		return err
	}
	formats, inCells := map[string]bool{}, false
	return w.part(at, func(token xml.Token) error {
		switch e := token.(type) {
		case xml.EndElement:
			inCells = inCells && e.Name.Local != "cellXfs"
		case xml.StartElement:
			switch {
			case e.Name.Local == "cellXfs":
				inCells = true
			case e.Name.Local == "numFmt" && len(formats) < maxStyles:
				formats[attribute(e, "numFmtId")] = showsDay(attribute(e, "formatCode"))
			case e.Name.Local == "xf" && inCells && len(w.days) < maxStyles:
				id := attribute(e, "numFmtId")
				day, own := formats[id]
				w.days = append(w.days, own && day || !own && slices.Contains(dayFormats, id))
			}
		}
		return nil
	})
}

// dayFormats are the formats for dates that have a number in every workbook.
var dayFormats = strings.Fields("14 15 16 17 18 19 20 21 22 27 28 29 30 31 32 33 34 35 36 45 46 47 50 51 52 53 54 55 56 57 58")

// literal is what a format shows as it is, and what it says about colours and places.
var literal = regexp.MustCompile(`"[^"]*"|\\.|\[[^\]]*\]|_.|\*.|(?i:general|standard)`)

// showsDay says whether a format shows a number as a date or a time.
func showsDay(format string) bool {
	return strings.ContainsAny(literal.ReplaceAllString(format, ""), "yYdDmMhHsS")
}
