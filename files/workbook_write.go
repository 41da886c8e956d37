package files

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/policycycle/policycycle/policy"
)

// BookSheet is a sheet that is written: a grid, and how people see it.
type BookSheet struct {
	Stamp
	*Grid
	Titles map[string]string   // what people call a column
	Lists  map[string][]string // what a column may say
	Locked []string            // columns that are not for them to change
	Closed bool                // no line is to be added
	Beside string              // what people call a column that says what each line is about
	About  []string            // and what stands in it; it is not read again
}

// Stamp says what a sheet was made of. It stands in a hidden sheet of the workbook, so that what comes back
// is held against the same.
type Stamp struct {
	Sheet    string          `json:"sheet"`
	Cycle    string          `json:"cycle"`
	Subject  string          `json:"subject,omitempty"` // the path of the document, such as oap/2022/firearms
	Register policy.Register `json:"register,omitempty"`
	Version  int             `json:"version,omitempty"`
	Revision int             `json:"revision,omitempty"` // of the draft that it was made of; 0 for none
	Digest   string          `json:"digest,omitempty"`   // of what it was made of
	Marking  policy.Marking  `json:"marking,omitempty"`
}

var stampTable = tableOf([]string{"sheet", "cycle"}, nil, reflect.TypeFor[Stamp]())

// The hidden sheets of a workbook: its stamps, and the words of its lists.
const stampSheet, listSheet = "policycycle", "policycycle lists"

// Stamps reads what the sheets of a workbook were made of; none where it was not made here.
func (w *Workbook) Stamps() ([]Stamp, error) {
	if !slices.ContainsFunc(w.sheets, func(s bookSheet) bool { return s.name == stampSheet }) {
		return nil, nil
	}
	s, err := stampTable.readSheet(w, stampSheet)
	if err == nil {
		err = asError(s.problems)
	}
	if err != nil {
		return nil, err
	}
	var stamps []Stamp
	for _, r := range s.records {
		stamps = append(stamps, *part[Stamp](r, 0))
	}
	return stamps, nil
}

// SheetNames gives each sheet a name that spreadsheet programs take, like its title and apart from the others.
func SheetNames(titles []string) []string {
	const most = 31
	var names []string
	taken := []string{stampSheet, listSheet}
	for _, title := range titles {
		plain := strings.Trim(strings.Map(func(r rune) rune {
			if strings.ContainsRune(`[]:*?/\'`, r) || r < ' ' {
				return ' '
			}
			return r
		}, title), " ")
		name := cut(plain, most)
		for i := 2; name == "" || slices.ContainsFunc(taken, func(other string) bool { return strings.EqualFold(other, name) }); i++ {
			mark := " " + strconv.Itoa(i)
			name = strings.TrimSpace(cut(plain, most-len(mark)) + mark)
		}
		names, taken = append(names, name), append(taken, name)
	}
	return names
}

// cut gives the beginning of a text, as spreadsheet programs count.
func cut(text string, most int) string {
	for len(utf16.Encode([]rune(text))) > most {
		runes := []rune(text)
		text = string(runes[:len(runes)-1])
	}
	return strings.TrimRight(text, " ")
}

// WriteWorkbook writes sheets as a workbook that OpenWorkbook reads, also after a spreadsheet program has
// written it anew. Nothing in it is a formula.
func WriteWorkbook(w io.Writer, sheets []BookSheet) error {
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // it removes what it kept in files
	b := &bookWriter{file: f, styles: map[string]int{}, listed: map[string]string{}}
	for _, s := range sheets {
		if err := b.sheet(s); err != nil {
			return fmt.Errorf("sheet %q: %w", s.Sheet, err)
		}
	}
	rows := make([][]reflect.Value, len(sheets))
	for i, s := range sheets {
		rows[i] = []reflect.Value{reflect.ValueOf(s.Stamp)}
	}
	lines, err := stampTable.texts(rows)
	if err != nil {
		return err
	}
	if err := b.hidden(stampSheet, append([][]string{stampTable.names()}, lines...)); err != nil {
		return err
	}
	if err := b.hidden(listSheet, b.lists); err != nil {
		return err
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		return err
	}
	f.SetActiveSheet(0)
	return f.Write(w)
}
