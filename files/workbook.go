package files

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// A workbook (.xlsx) is read here part by part, as a stream, and not by the library that writes it: that
// one holds a whole sheet in memory, blank cells too, and does not say what is a number and what a text.

// What a workbook may be at most, before and after it is unpacked.
const (
	maxWorkbook = 16 << 20 // bytes of the file
	maxParts    = 2000     // files in it
	maxPart     = 64 << 20 // bytes of one of them, unpacked
	maxUnpacked = 256 << 20
	maxShared   = 1 << 20 // texts
	maxStyles   = 1 << 16
	maxMerged   = 1 << 17 // rows that merged cells reach over
)

// Workbook is a workbook that came in: tables in sheets.
type Workbook struct {
	name   string
	parts  map[string]*zip.File // by path in small letters
	sheets []bookSheet
	shared []string // the texts that its cells name by number
	days   []bool   // for each style whether it shows a number as a date
	since  int      // days from 1899-12-30 to the day that its dates count from
}

// bookSheet is one sheet of a workbook.
type bookSheet struct {
	name, path string
	hidden     bool
}

// IsWorkbook says whether a file is packed as a workbook is, or is one that is refused with
// what to do: anything else may be CSV.
func IsWorkbook(content []byte) bool {
	return bytes.HasPrefix(content, []byte("PK")) || bytes.HasPrefix(content, compound)
}

// compound begins the files of Excel before 2007, and those with a password since.
var compound = []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}

// OpenWorkbook reads which sheets there are. What is no workbook, or may do more than hold tables, is
// refused with what to do; its errors are like those of ReadCycle.
func OpenWorkbook(name string, r io.Reader) (*Workbook, error) {
	content, err := io.ReadAll(io.LimitReader(r, maxWorkbook+1))
	if err != nil {
		return nil, newError([]Problem{wholly(name, "cannot be read: "+err.Error())})
	}
	w := &Workbook{name: name, parts: map[string]*zip.File{}}
	if wrong := w.unpack(content); wrong != "" {
		return nil, newError([]Problem{wholly(name, wrong)})
	}
	for _, read := range []func() error{w.readSheets, w.readShared, w.readStyles} {
		if err := read(); err != nil {
			return nil, newError([]Problem{wholly(name, err.Error())})
		}
	}
	return w, nil
}

const saveAnew = ": open it in a spreadsheet program and save it as “Excel workbook (.xlsx)”"

// unpack looks at what the file is, and how much is in it, before anything is unpacked.
func (w *Workbook) unpack(content []byte) string {
	switch {
	case len(content) > maxWorkbook:
		return fmt.Sprintf("is larger than %d MiB", maxWorkbook>>20)
	case bytes.HasPrefix(content, compound) && bytes.Contains(content, wide("EncryptedPackage")):
		return "has a password: take it away in Excel (File, Info, Protect Workbook, Encrypt with Password), and send it as its marking asks"
	case bytes.HasPrefix(content, compound):
		return "is a workbook of Excel before 2007 (.xls)" + saveAnew
	}
	packed, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return "is no workbook, or a damaged one" + saveAnew
	}
	if len(packed.File) > maxParts {
		return fmt.Sprintf("has more than %d files in it, as no workbook has", maxParts)
	}
	var unpacked uint64
	for _, part := range packed.File {
		unpacked += min(part.UncompressedSize64, maxUnpacked)
		w.parts[strings.ToLower(strings.TrimPrefix(part.Name, "/"))] = part
	}
	if unpacked > maxUnpacked {
		return fmt.Sprintf("is larger than %d MiB when it is unpacked", maxUnpacked>>20)
	}
	return w.otherKind()
}

// wide gives a text in UTF-16.
func wide(text string) []byte {
	var out []byte
	for _, letter := range []byte(text) {
		out = append(out, letter, 0)
	}
	return out
}

// otherKind says of a package that it is not a plain workbook.
func (w *Workbook) otherKind() string {
	for name := range w.parts {
		if path.Base(name) == "vbaproject.bin" || strings.HasPrefix(name, "xl/macrosheets/") {
			return "has macros in it, which are not taken: save it as “Excel workbook (.xlsx)”, which has none"
		}
	}
	switch {
	case w.parts["xl/workbook.bin"] != nil:
		return "is a binary workbook (.xlsb)" + saveAnew
	case w.parts["mimetype"] != nil && w.parts["content.xml"] != nil:
		return "is an OpenDocument file (.ods)" + saveAnew
	case w.parts["[content_types].xml"] == nil:
		return "is no workbook" + saveAnew
	}
	return ""
}

// open opens a part, up to the most that it may hold.
func (w *Workbook) open(name string) (*io.LimitedReader, func() error, error) {
	packed := w.parts[strings.ToLower(name)]
	if packed == nil {
		return nil, nil, damaged(name, "it is not there")
	}
	text, err := packed.Open()
	if err != nil {
		return nil, nil, damaged(name, err.Error())
	}
	return &io.LimitedReader{R: text, N: maxPart + 1}, text.Close, nil
}

func damaged(part, why string) error {
	return fmt.Errorf("is damaged in %s (%s)%s", part, why, saveAnew)
}

// mentions says whether a word stands in a part.
func (w *Workbook) mentions(name, word string) (bool, error) {
	text, end, err := w.open(name)
	if err != nil {
		return false, err
	}
	defer end() //nolint:errcheck // it is read alone
	window, held := make([]byte, 64<<10), 0
	for {
		n, err := text.Read(window[held:])
		read := window[:held+n]
		switch {
		case bytes.Contains(read, []byte(word)):
			return true, nil
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil:
			return false, damaged(name, err.Error())
		}
		held = copy(window, read[max(len(read)-len(word), 0):])
	}
}

// part reads the elements of one part, as each begins and ends.
func (w *Workbook) part(name string, each func(xml.Token) error) error {
	bounded, end, err := w.open(name)
	if err != nil {
		return err
	}
	defer end() //nolint:errcheck // it is read alone
	d, open := xml.NewDecoder(bounded), 0
	for {
		token, err := d.RawToken()
		switch {
		case bounded.N <= 0:
			return fmt.Errorf("holds more than %d MiB in %s: take away the sheets and rows that are not needed", maxPart>>20, name)
		case errors.Is(err, io.EOF) && open > 0:
			return damaged(name, "it ends too early")
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return damaged(name, err.Error())
		}
		switch token.(type) {
		case xml.StartElement:
			open++
		case xml.EndElement:
			open--
		case xml.Directive:
			return damaged(name, "it declares a type of document, as no spreadsheet program does")
		}
		if err := each(token); err != nil {
			return err
		}
	}
}

// attribute gives an attribute of an element; "" where it has none.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// targets reads where the parts are that a part names, by their IDs, and with a type that ends so alone.
func (w *Workbook) targets(of, kind string) (map[string]string, error) {
	found := map[string]string{}
	at := path.Join(path.Dir(of), "_rels", path.Base(of)+".rels")
	if of == "" {
		at = "_rels/.rels"
	}
	if w.parts[strings.ToLower(at)] == nil {
		return found, nil
	}
	err := w.part(at, func(token xml.Token) error {
		e, is := token.(xml.StartElement)
		if !is || e.Name.Local != "Relationship" || !strings.HasSuffix(attribute(e, "Type"), "/"+kind) {
			return nil
		}
		target := attribute(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(path.Dir(of), target)
		}
		found[attribute(e, "Id")] = strings.TrimPrefix(path.Clean(target), "/")
		return nil
	})
	return found, err
}

// first1904 is the day that dates are counted from in workbooks that began on an old Macintosh.
const first1904 = 1462

// readSheets reads what sheets there are and from which day dates are counted.
func (w *Workbook) readSheets() error {
	main, err := w.main()
	if err != nil {
		return err
	}
	paths, err := w.targets(main, "worksheet")
	if err != nil {
		return err
	}
	err = w.part(main, func(token xml.Token) error {
		e, is := token.(xml.StartElement)
		switch {
		case is && e.Name.Local == "workbookPr" && slices.Contains([]string{"1", "true"}, attribute(e, "date1904")):
			w.since = first1904
		case is && e.Name.Local == "sheet":
			if at, known := paths[attribute(e, "id")]; known { // a chart in a sheet of its own is none
				w.sheets = append(w.sheets, bookSheet{name: attribute(e, "name"), path: at, hidden: strings.Contains(strings.ToLower(attribute(e, "state")), "hidden")})
			}
		}
		return nil
	})
	if err == nil && len(w.sheets) == 0 {
		err = errors.New("has no sheet with a table" + saveAnew)
	}
	return err
}

// main gives the path of the part that names the sheets.
func (w *Workbook) main() (string, error) {
	mains, err := w.targets("", "officeDocument")
	for _, main := range mains {
		if w.parts[strings.ToLower(main)] != nil {
			return main, err
		}
	}
	if err == nil && w.parts["xl/workbook.xml"] == nil {
		err = errors.New("is no workbook" + saveAnew)
	}
	return "xl/workbook.xml", err
}

// beside gives the path of a part of the whole workbook; "" where it has none.
func (w *Workbook) beside(kind, usual string) (string, error) {
	main, err := w.main()
	if err != nil {
		return "", err
	}
	found, err := w.targets(main, kind)
	for _, at := range found {
		return at, err
	}
	if w.parts[strings.ToLower(usual)] == nil {
		usual = ""
	}
	return usual, err
}

// readShared reads the texts that cells name by number.
func (w *Workbook) readShared() error {
	at, err := w.beside("sharedStrings", "xl/sharedStrings.xml")
	if err != nil || at == "" {
		return err
	}
	var text richText
	return w.part(at, func(token xml.Token) error {
		if e, is := token.(xml.StartElement); is && e.Name.Local == "si" {
			text = richText{}
		}
		text.add(token)
		if e, is := token.(xml.EndElement); is && e.Name.Local == "si" {
			if len(w.shared) == maxShared {
				return fmt.Errorf("has more than %d different texts: take away the sheets and rows that are not needed", maxShared)
			}
			w.shared = append(w.shared, text.String())
		}
		return nil
	})
}

// richText is a text in pieces, each with a look of its own, which is left aside, as is how it is spoken.
type richText struct {
	text   strings.Builder
	inText bool
	spoken int
}

func (r *richText) add(token xml.Token) {
	switch e := token.(type) {
	case xml.StartElement:
		if e.Name.Local == "rPh" {
			r.spoken++
		}
		r.inText = e.Name.Local == "t"
	case xml.EndElement:
		if e.Name.Local == "rPh" {
			r.spoken--
		}
		r.inText = false
	case xml.CharData:
		if r.inText && r.spoken <= 0 {
			r.text.Write(e)
		}
	}
}

func (r *richText) String() string { return unescaped(r.text.String()) }
