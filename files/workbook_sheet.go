package files

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/policycycle/policycycle/policy"
)

// bookWriter writes the sheets of a workbook.
type bookWriter struct {
	file   *excelize.File
	styles map[string]int    // by what they are for
	lists  [][]string        // the words of each list, a line each
	listed map[string]string // where the words of a list stand
}

// spareLines is how many lines below the last are made ready for new ones.
const spareLines = 500

// sheet writes one sheet: the titles of the columns, their names in a hidden line, and the lines; the mark of
// each line is in a hidden column.
func (b *bookWriter) sheet(s BookSheet) error {
	if _, err := b.file.NewSheet(s.Sheet); err != nil {
		return err
	}
	columns := make([]column, len(s.Columns))
	for i, name := range s.Columns {
		columns[i] = s.table.columns[slices.Index(s.table.names(), name)]
	}
	if err := b.surround(s, columns); err != nil {
		return err
	}
	out, err := b.file.NewStreamWriter(s.Sheet)
	if err != nil {
		return err
	}
	if err := b.columns(out, s, columns); err != nil {
		return err
	}
	if err := b.heads(out, s); err != nil {
		return err
	}
	for i, line := range s.Lines {
		cells := []any{excelize.Cell{StyleID: b.styles["locked"], Value: line.Row}}
		for j, text := range line.Cells {
			value, err := valueOf(columns[j], text)
			if err != nil {
				return err
			}
			cells = append(cells, excelize.Cell{StyleID: b.styles[s.look(columns[j])], Value: value})
		}
		if s.Beside != "" {
			cells = append(cells, excelize.Cell{StyleID: b.styles["locked"], Value: s.About[i]})
		}
		if err := out.SetRow("A"+strconv.Itoa(i+firstLine), cells); err != nil {
			return err
		}
	}
	return out.Flush()
}

// firstLine is the first line below the titles and the names.
const firstLine = 3

// heads writes the titles of the columns and, hidden, their names.
func (b *bookWriter) heads(out *excelize.StreamWriter, s BookSheet) error {
	titles, names := []any{excelize.Cell{StyleID: b.styles["title"], Value: ""}}, []any{excelize.Cell{StyleID: b.styles["locked"], Value: "row"}}
	for _, name := range s.Columns {
		title := s.Titles[name]
		if title == "" {
			title = name
		}
		titles = append(titles, excelize.Cell{StyleID: b.styles["title"], Value: title})
		names = append(names, excelize.Cell{StyleID: b.styles["locked"], Value: name})
	}
	if s.Beside != "" {
		titles = append(titles, excelize.Cell{StyleID: b.styles["title"], Value: s.Beside})
		names = append(names, excelize.Cell{StyleID: b.styles["locked"], Value: forPeople})
	}
	if err := out.SetRow("A1", titles); err != nil {
		return err
	}
	return out.SetRow("A2", names, excelize.RowOpts{Hidden: true})
}

// valueOf gives a text as what a cell holds: a day, a number, or a text, which is never a formula.
func valueOf(c column, text string) (any, error) {
	const most = 32767
	if len(utf16.Encode([]rune(text))) > most {
		return nil, policy.Refuse(policy.CodeInvalid, "what stands in the column %s has more than the %d signs that a cell of a spreadsheet may have", c.name, most)
	}
	switch {
	case text == "":
		return nil, nil
	case c.typ == reflect.TypeFor[policy.Date]():
		if day, err := time.Parse(time.DateOnly, text); err == nil && day.Year() > 1900 {
			return day, nil
		}
	case isNumber(c):
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, nil
		}
	}
	return text, nil
}

func isNumber(c column) bool { return c.typ.Kind() == reflect.Int || c.typ.Kind() == reflect.Int64 }

// look names the style of a column.
func (s BookSheet) look(c column) string {
	look := "text"
	switch {
	case c.typ == reflect.TypeFor[policy.Date]():
		look = "day"
	case isNumber(c):
		look = "number"
	}
	if slices.Contains(s.Locked, c.name) {
		look += " locked"
	}
	return look
}

// style makes the styles there are.
func (b *bookWriter) style() error {
	if len(b.styles) > 0 {
		return nil
	}
	day, number := "yyyy\\-mm\\-dd", "#,##0"
	const text = 49 // the format Text: what is typed stays as it is
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	grey := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7E9EE"}}
	for name, style := range map[string]*excelize.Style{
		"text":   {NumFmt: text, Alignment: top},
		"day":    {CustomNumFmt: &day, Alignment: top},
		"number": {CustomNumFmt: &number, Alignment: top},
		"title":  {NumFmt: text, Font: &excelize.Font{Bold: true}, Fill: grey, Alignment: top},
	} {
		for _, locked := range []bool{false, true} {
			with := *style
			with.Protection = &excelize.Protection{Locked: locked || name == "title"}
			named := name
			if locked {
				named, with.Fill = name+" locked", grey
			}
			id, err := b.file.NewStyle(&with)
			if err != nil {
				return err
			}
			b.styles[named] = id
		}
	}
	b.styles["locked"] = b.styles["text locked"]
	return nil
}

// columns makes the columns as wide as what stands in them asks, and those below the last line ready.
func (b *bookWriter) columns(out *excelize.StreamWriter, s BookSheet, columns []column) error {
	const least, most = 10, 48
	if err := out.SetColVisible(1, 1, false); err != nil {
		return err
	}
	for i, c := range columns {
		width := utf8.RuneCountInString(s.Titles[c.name]) + 2
		for _, line := range s.Lines {
			width = max(width, utf8.RuneCountInString(line.Cells[i])+1)
		}
		look := s.look(c)
		if s.Closed {
			look = "locked"
		}
		if err := out.SetColStyle(i+2, i+2, b.styles[look]); err != nil {
			return err
		}
		if err := out.SetColWidth(i+2, i+2, float64(min(max(width, least), most))); err != nil {
			return err
		}
	}
	if s.Beside != "" {
		return out.SetColWidth(len(columns)+2, len(columns)+2, most)
	}
	return nil
}

// surround says what stands around the cells: what is locked, what is printed on each page, the lists.
func (b *bookWriter) surround(s BookSheet, columns []column) error {
	if err := b.style(); err != nil {
		return err
	}
	f := b.file
	marking := strings.ReplaceAll(string(s.Marking), "&", "&&")
	header := &excelize.HeaderFooterOptions{OddHeader: "&C&B" + marking, OddFooter: "&L" + marking + "&C" + strings.ReplaceAll(s.Sheet, "&", "&&") + "&R&P / &N"}
	landscape, fit := "landscape", true
	wide, tall := 1, 0
	for _, err := range []error{
		f.SetHeaderFooter(s.Sheet, header),
		f.SetPageLayout(s.Sheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &wide, FitToHeight: &tall}),
		f.SetSheetProps(s.Sheet, &excelize.SheetPropsOptions{FitToPage: &fit}),
		f.SetPanes(s.Sheet, &excelize.Panes{Freeze: true, XSplit: 2, YSplit: firstLine - 1, TopLeftCell: "C3", ActivePane: "bottomRight"}),
		f.ProtectSheet(s.Sheet, &excelize.SheetProtectionOptions{ // without a password: it keeps from mistakes
			SelectLockedCells: true, SelectUnlockedCells: true, FormatCells: true, FormatColumns: true, FormatRows: true,
			InsertRows: !s.Closed, DeleteRows: !s.Closed, Sort: true, AutoFilter: true,
		}),
	} {
		if err != nil {
			return err
		}
	}
	for i, c := range columns {
		if words := s.Lists[c.name]; len(words) > 0 && !slices.Contains(s.Locked, c.name) {
			if err := b.dropDown(s, i+2, c, words); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropDown offers words in a column. Where a cell may hold several, with ; between them, others are taken too.
func (b *bookWriter) dropDown(s BookSheet, at int, c column, words []string) error {
	letter, err := excelize.ColumnNumberToName(at)
	if err != nil {
		return err
	}
	list := excelize.NewDataValidation(true)
	list.Sqref = fmt.Sprintf("%s%d:%s%d", letter, firstLine, letter, firstLine+len(s.Lines)+spareLines)
	list.SetSqrefDropList(b.listOf(words))
	list.ShowErrorMessage = c.typ.Kind() != reflect.Slice
	warning := "warning"
	list.ErrorStyle = &warning
	return b.file.AddDataValidation(s.Sheet, list)
}

// listOf gives where the words of a list stand: each list in one line of a hidden sheet.
func (b *bookWriter) listOf(words []string) string {
	key := strings.Join(words, "\n")
	if b.listed[key] == "" {
		b.lists = append(b.lists, words)
		last, _ := excelize.ColumnNumberToName(min(len(words), maxColumns))
		b.listed[key] = fmt.Sprintf("'%s'!$A$%d:$%s$%d", listSheet, len(b.lists), last, len(b.lists))
	}
	return b.listed[key]
}

// hidden writes lines of texts into a sheet that nobody sees.
func (b *bookWriter) hidden(name string, lines [][]string) error {
	if _, err := b.file.NewSheet(name); err != nil {
		return err
	}
	if err := b.file.SetSheetVisible(name, false); err != nil {
		return err
	}
	out, err := b.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, line := range lines {
		cells := make([]any, len(line))
		for j, text := range line {
			cells[j] = text
		}
		if err := out.SetRow("A"+strconv.Itoa(i+1), cells); err != nil {
			return err
		}
	}
	return out.Flush()
}
