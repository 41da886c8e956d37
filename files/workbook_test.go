package files_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
)

// packed packs parts as a workbook is packed.
func packed(tb testing.TB, parts map[string]string) []byte {
	tb.Helper()
	var out bytes.Buffer
	zipped := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		w, err := zipped.Create(name)
		if err == nil {
			_, err = w.Write([]byte(parts[name]))
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := zipped.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// parts are those of a workbook with one sheet, Consents, as spreadsheet programs write them: style 1 shows
// dates.
func parts(lines string) map[string]string {
	return map[string]string{
		"[Content_Types].xml": `<Types/>`,
		"_rels/.rels":         `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": `<?xml version="1.0" encoding="UTF-8"?><x:workbook xmlns:x="m" xmlns:r="r"><x:workbookPr/><x:sheets><x:sheet name="Consents" sheetId="1" r:id="a"/>` +
			`</x:sheets></x:workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="a" Type="http://x/worksheet" Target="/xl/worksheets/sheet1.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst><si><t>confirmed</t></si><si><r><t>key</t></r><rPh><t>キー</t></rPh></si><si><t>a_x0041__x000D_&#10;b</t></si></sst>`,
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs>` +
			`<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + lines + `</sheetData></worksheet>`,
	}
}

// line is a line of texts.
func line(texts ...string) string {
	cells := ""
	for _, text := range texts {
		cells += `<c t="inlineStr"><is><t>` + text + `</t></is></c>`
	}
	return "<row>" + cells + "</row>"
}

// rowsOf reads the consents in a workbook.
func rowsOf(content []byte, titles map[string]string) ([]policy.Row, error) {
	book, err := files.OpenWorkbook("consents.xlsx", bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	grid, err := book.RowGrid("Consents", policy.RegConsents, titles)
	if err != nil {
		return nil, err
	}
	file, err := grid.Rows(policy.RegConsents)
	if err != nil {
		return nil, err
	}
	return file.Rows, nil
}

const consentKey = "2022/firearms/1.1/fr"

func TestWorkbook_ReadsWhatSpreadsheetProgramsWrite(t *testing.T) {
	t.Parallel()
	head := line("key", "date", "state", "contribution")
	since1904 := func(p map[string]string) {
		p["xl/workbook.xml"] = strings.Replace(p["xl/workbook.xml"], "<x:workbookPr/>", `<x:workbookPr date1904="1"/>`, 1)
	}
	day := policy.NewDate(2022, 1, 1)
	tests := map[string]struct {
		lines        string
		beside       string // after the lines
		change       func(map[string]string)
		contribution string
	}{
		"a day as a number":           {lines: head + row(textCell(consentKey), `<c s="1"><v>44562</v></c>`, shared(0), textCell("x")), contribution: "x"},
		"a number that is a day":      {lines: head + row(textCell(consentKey), `<c><v>44562</v></c>`, shared(0)), contribution: ""},
		"since 1904":                  {lines: head + row(textCell(consentKey), `<c s="1"><v>43100</v></c>`, shared(0)), change: since1904},
		"a number since 1904":         {lines: head + row(textCell(consentKey), `<c><v>43100</v></c>`, shared(0)), change: since1904},
		"a day as a text":             {lines: head + row(textCell(consentKey), textCell(" 1.1.2022 "), shared(0))},
		"a formula with its value":    {lines: head + row(textCell(consentKey), `<c s="1"><f>TODAY()</f><v>44562</v></c>`, `<c t="str"><f>A1</f><v>Confirmed</v></c>`)},
		"a number as a text":          {lines: head + row(textCell(consentKey), textCell("2022-01-01"), shared(0), `<c><v>0.30000000000000004</v></c>`), contribution: "0.3"},
		"Greek and Bulgarian":         {lines: head + row(textCell(consentKey), textCell("1.1.2022 г."), shared(0), textCell("δύο ερευνητές, двама следователи")), contribution: "δύο ερευνητές, двама следователи"},
		"other order":                 {lines: line("contribution", "state", "Date", "KEY") + row(textCell("x"), shared(0), textCell("2022-01-01"), textCell(consentKey)), contribution: "x"},
		"titles above the names":      {lines: line("Consents of France") + line("Schlüssel", "Datum", "Was", "Wozu") + head + row(textCell(consentKey), textCell("2022-01-01"), shared(0), textCell("x")), contribution: "x"},
		"titles alone":                {lines: line("Schlüssel", "Datum", "Zusage") + row(textCell(consentKey), textCell("2022-01-01"), shared(0))},
		"formatted text and its kana": {lines: row(shared(1), textCell("date"), textCell("state")) + row(textCell(consentKey), textCell("2022-01-01"), shared(0))},
		"a hidden sign":               {lines: head + row(textCell(consentKey), textCell("2022-01-01"), shared(0), shared(2)), contribution: "aA\nb"},
		"60,000 blank lines":          {lines: head + strings.Repeat(`<row><c s="1"/><c/><c t="inlineStr"><is><t> </t></is></c></row>`, 60_000) + row(textCell(consentKey), textCell("2022-01-01"), shared(0))},
		"far apart": {lines: `<row r="3">` + inner(head) + `</row><row r="1048576"><c r="A1048576" t="inlineStr"><is><t>` + consentKey +
			`</t></is></c><c r="C1048576" t="s"><v>0</v></c></row>`},
		"merged cells": {lines: head + row(textCell(consentKey), `<c s="1"><v>44562</v></c>`, shared(0), textCell("x")) + row(textCell("2022/firearms/1.2/fr")),
			beside: `<mergeCells><mergeCell ref="B2:B60000"/><mergeCell ref="C2:C3"/></mergeCells>`, contribution: "x"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := parts(test.lines)
			p["xl/worksheets/sheet1.xml"] = strings.Replace(p["xl/worksheets/sheet1.xml"], "</worksheet>", test.beside+"</worksheet>", 1)
			if test.change != nil {
				test.change(p)
			}
			rows, err := rowsOf(packed(t, p), map[string]string{"Schlüssel": "key", "Datum": "date", "Zusage": "state"})
			if err != nil || len(rows) == 0 {
				t.Fatalf("%d rows: %v", len(rows), err)
			}
			for _, r := range rows {
				consent, is := r.Body.(*policy.Consent)
				if !is || consent.State != policy.Confirmed || r.Date != day && name != "far apart" {
					t.Errorf("%+v on %s", r.Body, r.Date)
				}
			}
			if first, is := rows[0].Body.(*policy.Consent); !is || rows[0].Key != consentKey || first.Contribution != test.contribution {
				t.Errorf("%s %+v, want %q", rows[0].Key, rows[0].Body, test.contribution)
			}
		})
	}
}

func textCell(text string) string { return inner(line(text)) }

func shared(n int) string { return fmt.Sprintf(`<c t="s"><v>%d</v></c>`, n) }

func row(cells ...string) string { return "<row>" + strings.Join(cells, "") + "</row>" }

func inner(row string) string { return strings.TrimSuffix(strings.TrimPrefix(row, "<row>"), "</row>") }

func TestWorkbook_NamesTheCellThatIsWrong(t *testing.T) {
	t.Parallel()
	head := line("key", "date", "state", "contribution")
	for name, test := range map[string]struct{ cells, place, says string }{
		"a wrong word":       {row(textCell(consentKey), textCell("2022-01-01"), textCell("perhaps")), "Consents!C2", "perhaps"},
		"an error":           {row(textCell(consentKey), `<c t="e"><v>#REF!</v></c>`, shared(0)), "Consents!B2", "#REF!"},
		"no value":           {row(textCell(consentKey), `<c><f>TODAY()</f></c>`, shared(0)), "Consents!B2", "formula"},
		"a number":           {row(textCell(consentKey), `<c><v>2022</v></c>`, shared(0)), "Consents!B2", "not a date"},
		"half a day":         {row(textCell(consentKey), `<c s="1"><v>44562.5</v></c>`, shared(0)), "Consents!B2", "date"},
		"a day by mistake":   {row(textCell(consentKey), textCell("2022-01-01"), shared(0), `<c s="1"><v>44562</v></c>`), "Consents!D2", "made one of what was typed"},
		"no such text":       {row(textCell(consentKey), textCell("2022-01-01"), shared(9)), "Consents!C2", "damaged"},
		"beside the columns": {row(`<c r="A2" t="inlineStr"><is><t>` + consentKey + `</t></is></c><c r="AB2"><v>5</v></c>`), "Consents!AB2", "without a name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := rowsOf(packed(t, parts(head+test.cells)), nil)
			if err == nil || !strings.Contains(err.Error(), "consents.xlsx:"+test.place+":") || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v\nwant %s and %q", err, test.place, test.says)
			}
		})
	}
	wide := parts(head + row(textCell(consentKey), textCell("2022-01-01"), shared(0)))
	wide["xl/worksheets/sheet1.xml"] = strings.Replace(wide["xl/worksheets/sheet1.xml"], "</worksheet>", `<mergeCells><mergeCell ref="C2:D2"/></mergeCells></worksheet>`, 1)
	if _, err := rowsOf(packed(t, wide), nil); err == nil || !strings.Contains(err.Error(), "Consents!C2: state is merged with the cell beside it") {
		t.Error(err)
	}
}

func TestOpenWorkbook_SaysWhatToDoWithWhatItDoesNotTake(t *testing.T) {
	t.Parallel()
	with := func(name, content string) []byte {
		p := parts(line("key"))
		p[name] = content
		return packed(t, p)
	}
	compound := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)
	for name, test := range map[string]struct {
		content []byte
		says    string
	}{
		"a password":     {[]byte(compound + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"), "has a password: take it away"},
		"xls":            {[]byte(compound), "before 2007 (.xls): open it in a spreadsheet program and save it as"},
		"macros":         {with("xl/vbaProject.bin", "x"), "has macros"},
		"xlsb":           {with("xl/workbook.bin", "x"), "(.xlsb)"},
		"ods":            {packed(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}), "(.ods)"},
		"another zip":    {packed(t, map[string]string{"letter.txt": "Dear"}), "is no workbook"},
		"a letter":       {[]byte("Dear colleagues"), "is no workbook"},
		"too large":      {make([]byte, 17<<20), "larger than 16 MiB"},
		"a bomb":         {with("xl/worksheets/sheet1.xml", `<worksheet><sheetData>`+strings.Repeat(" ", 65<<20)), "take away the sheets and rows"},
		"many bombs":     {bombs(t, 10), "when it is unpacked"},
		"many parts":     {bombs(t, 3000), "more than 2000 files"},
		"entities":       {with("xl/workbook.xml", `<!DOCTYPE x [<!ENTITY a "b">]><workbook/>`), "declares a type of document"},
		"cut off":        {with("xl/worksheets/sheet1.xml", `<worksheet><sheetData><row><c t="inlineStr"><is><t>key</t></is></c></row>`), "ends too early"},
		"another sheet":  {with("xl/workbook.xml", strings.Replace(parts("")["xl/workbook.xml"], "Consents", "Tabelle1", 1)), `has no sheet "Consents": expected one of Tabelle1`},
		"no sheet":       {with("xl/workbook.xml", `<workbook/>`), "has no sheet with a table"},
		"nothing in it":  {packed(t, parts("")), "is empty"},
		"no such column": {packed(t, parts(line("code", "title"))), "is not a column here"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := rowsOf(test.content, nil)
			if err == nil || rows != nil || policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v\nwant %q", err, test.says)
			}
		})
	}
}

// bombs is a workbook with parts that are each said to be 100 MiB.
func bombs(tb testing.TB, n int) []byte {
	tb.Helper()
	var out bytes.Buffer
	zipped := zip.NewWriter(&out)
	for i := range n {
		w, err := zipped.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("xl/%d.xml", i), Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte("x")), CompressedSize64: 1, UncompressedSize64: 100 << 20})
		if err == nil {
			_, err = w.Write([]byte("x"))
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := zipped.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// What is damaged is refused, or read: nothing crashes, and nothing takes more than it may.
func TestWorkbook_StandsFiveHundredMalformedSheets(t *testing.T) {
	t.Parallel()
	const sheets, most = 500, 512 << 20
	random := rand.New(rand.NewPCG(19, 2022)) // the same sheets each time
	sound := line("key", "date", "state", "contribution") +
		row(textCell(consentKey), `<c s="1"><v>44562</v></c>`, shared(0), textCell("x")) + row(textCell("2022/firearms/1.2/fr"), textCell("2022-01-01"), shared(0), shared(2))
	pieces := []string{
		"<", ">", "</row>", "<row>", `<row r="-5">`, `<row r="9999999999">`, `<c r="ZZZZ1">`, `<c r="A0" t="s">`, "<v>1e999</v>", "<v>-1</v>", "\x00", "\xff\xfe", "&amp;", "&x;",
		"<!DOCTYPE x>", "<?xml version=\"1.0\" encoding=\"UTF-16\"?>", "]]>", "<![CDATA[x]]>", "<mergeCell ref=\"A1:XFD1048576\"/>", "<f/>", "<is>", strings.Repeat("<c>", 500), strings.Repeat("9", 400),
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	refused := 0
	for i := range sheets {
		p := parts(sound)
		for range 1 + random.IntN(4) {
			name := slices.Sorted(maps.Keys(p))[random.IntN(len(p))]
			was := p[name]
			at := random.IntN(len(was) + 1)
			switch random.IntN(5) {
			case 0:
				p[name] = was[:at]
			case 1:
				p[name] = was[:at] + pieces[random.IntN(len(pieces))] + was[at:]
			case 2:
				p[name] = was[:at] + pieces[random.IntN(len(pieces))] + was[min(at+random.IntN(20), len(was)):]
			case 3:
				p[name] = was[:at] + strings.Repeat(was[at:min(at+50, len(was))], 1+random.IntN(2000)) + was[at:]
			default:
				delete(p, name)
			}
			if len(p) == 0 {
				break
			}
		}
		content := packed(t, p)
		for range random.IntN(3) { // and of the package itself
			content[random.IntN(len(content))] ^= byte(1 << random.IntN(8))
		}
		if random.IntN(20) == 0 {
			content = content[:random.IntN(len(content))]
		}
		if _, err := rowsOf(content, nil); err != nil {
			refused++
			if policy.CodeOf(err) != policy.CodeInvalid {
				t.Errorf("sheet %d: %v", i, err)
			}
		}
		runtime.ReadMemStats(&after)
		if after.HeapAlloc > before.HeapAlloc+most {
			t.Fatalf("sheet %d: %d MiB", i, (after.HeapAlloc-before.HeapAlloc)>>20)
		}
	}
	if refused < sheets/2 {
		t.Errorf("%d of %d are refused, so that most were sound", refused, sheets)
	}
}
