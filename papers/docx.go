package papers

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"github.com/policycycle/policycycle/policy"
)

// tagOf gives a language with its country, as documents name it: en-GB, fr-FR.
func tagOf(l policy.Language) string {
	if l == "" || l == "en" {
		return "en-GB"
	}
	region, _ := language.Make(string(l)).Region()
	return string(l) + "-" + region.String()
}

// write writes a paper as a .docx on the template.
func (t *Template) write(w io.Writer, p *Paper) error {
	values := map[string]string{"marking": p.Said.Marking, "number": p.Said.Number, "date": p.Said.Date, "digest": p.Said.Digest}
	parts := make([]part, len(t.parts))
	for i, was := range t.parts {
		body := was.body
		switch base := path.Base(was.name); {
		case was.name == partDocument:
			body = t.document(p)
		case was.name == partStyles:
			body = inLanguage(body, tagOf(p.Language))
		case was.name == partCore:
			body = properties(p)
		case strings.HasPrefix(base, "header") || strings.HasPrefix(base, "footer"):
			filled, err := fillIn(body, values)
			if err != nil {
				return fmt.Errorf("template, %s: %w", was.name, err)
			}
			body = filled
		}
		parts[i] = part{was.name, body}
	}
	return zipped(w, parts)
}

// markup writes XML.
type markup struct {
	bytes.Buffer
	styles map[string]string
}

func (m *markup) text(s string) { _ = xml.EscapeText(&m.Buffer, []byte(s)) } // a buffer takes all

// put writes markup in which each %s is escaped.
func (m *markup) put(form string, values ...string) {
	for _, value := range values {
		piece, rest, _ := strings.Cut(form, "%s")
		m.WriteString(piece)
		m.text(value)
		form = rest
	}
	m.WriteString(form)
}

// properties gives those of the document: what it is called, and in which language.
func properties(p *Paper) []byte {
	m := &markup{}
	day := p.Date.String() + "T00:00:00Z"
	m.WriteString(xml.Header)
	m.put(`<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`)
	m.put(`<dc:title>%s</dc:title><dc:subject>%s</dc:subject><dc:creator>policycycle</dc:creator><cp:keywords>%s</cp:keywords><dc:identifier>%s</dc:identifier><dc:language>%s</dc:language>`,
		p.title(), p.Subject.Plain(), p.Said.Marking, string(p.Number), tagOf(p.Language))
	if !p.Date.IsZero() {
		m.put(`<dcterms:created xsi:type="dcterms:W3CDTF">%s</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">%s</dcterms:modified>`, day, day)
	}
	m.put(`</cp:coreProperties>`)
	return m.Bytes()
}

// title gives what the paper is called in a list of documents.
func (p *Paper) title() string { return joined(": ", p.Name, p.Subject.Plain()) }

// document gives the text.
func (t *Template) document(p *Paper) []byte {
	m := &markup{styles: t.styles}
	before, _, _ := bytes.Cut(t.part(partDocument), []byte("<w:body>")) // its names for what the page refers to
	m.Write(before)
	m.WriteString("<w:body>")
	m.paragraph("Title", said(p.Name))
	m.headTable(p.Head)
	for _, b := range p.Body {
		m.block(b)
	}
	m.Write(t.section)
	m.WriteString("</w:body></w:document>")
	return m.Bytes()
}

func (m *markup) block(b Block) {
	switch b := b.(type) {
	case Heading:
		m.paragraph("heading "+strconv.Itoa(b.Level), b.Text)
	case Paragraph:
		m.paragraph("Normal", b.Text)
	case Item:
		m.paragraph("List Number", b.Text)
		for _, line := range b.Lines {
			m.paragraph("List Continue", line)
		}
	case List:
		for _, item := range b.Items {
			m.paragraph("List Bullet", item)
		}
	case Table:
		m.table(b)
	case Note:
		m.paragraph("Paper Note", b.Text)
	}
}

func (m *markup) paragraph(style string, text Text) {
	m.put(`<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr>`, m.styles[strings.ToLower(style)])
	for _, r := range text {
		m.run(r)
	}
	m.WriteString(`</w:p>`)
}

func (m *markup) run(r Run) {
	m.WriteString(`<w:r>`)
	if r.Look != "" || r.Language != "" {
		m.WriteString(`<w:rPr>`)
		if style := m.styles["paper "+string(r.Look)]; style != "" {
			m.put(`<w:rStyle w:val="%s"/>`, style)
		} else {
			m.WriteString(map[Look]string{Strong: `<w:b/>`, Struck: `<w:strike/>`, Added: `<w:u w:val="single"/>`}[r.Look])
		}
		if r.Language != "" {
			m.put(`<w:lang w:val="%s"/>`, tagOf(r.Language))
		}
		m.WriteString(`</w:rPr>`)
	}
	for i, line := range strings.Split(r.Text, "\n") {
		if i > 0 {
			m.WriteString(`<w:br/>`)
		}
		m.put(`<w:t xml:space="preserve">%s</w:t>`, line)
	}
	m.WriteString(`</w:r>`)
}

// textWidth is how wide the text of a page is, in twentieths of a point.
const textWidth = 9638

// table writes a table with its row of heads, which is repeated on each page.
func (m *markup) table(t Table) {
	if len(t.Title) > 0 {
		m.paragraph("caption", t.Title)
	}
	widths := columns(t.Widths, len(t.Head))
	m.beginTable(widths, t.Title.Plain(), true)
	head := make([]Text, len(t.Head))
	for i, h := range t.Head {
		head[i] = strong(h)
	}
	m.row(widths, head, true)
	for _, row := range t.Rows {
		m.row(widths, row, false)
	}
	m.WriteString(`</w:tbl>`)
	m.paragraph("Paper Note", nil) // tables that touch become one
}

// headTable writes what stands above the text: its first column says what each line is.
func (m *markup) headTable(lines []Line) {
	widths := columns([]int{1, 4}, 2)
	m.beginTable(widths, "", false)
	for _, l := range lines {
		m.row(widths, []Text{strong(l.Label), l.Text}, false)
	}
	m.WriteString(`</w:tbl>`)
	m.paragraph("Paper Note", nil)
}

func (m *markup) beginTable(widths []int, title string, heads bool) {
	first := map[bool]string{true: "1", false: "0"}[heads]
	m.put(`<w:tbl><w:tblPr><w:tblStyle w:val="%s"/><w:tblW w:w="%s" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0000" w:firstRow="%s" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>`,
		m.styles["table grid"], strconv.Itoa(textWidth), first)
	if title != "" {
		m.put(`<w:tblCaption w:val="%s"/>`, title)
	}
	m.WriteString(`</w:tblPr><w:tblGrid>`)
	for _, width := range widths {
		m.put(`<w:gridCol w:w="%s"/>`, strconv.Itoa(width))
	}
	m.WriteString(`</w:tblGrid>`)
}

func (m *markup) row(widths []int, cells []Text, head bool) {
	m.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
	if head {
		m.WriteString(`<w:tblHeader/>`)
	}
	m.WriteString(`</w:trPr>`)
	for i, width := range widths {
		m.put(`<w:tc><w:tcPr><w:tcW w:w="%s" w:type="dxa"/></w:tcPr>`, strconv.Itoa(width))
		var cell Text
		if i < len(cells) {
			cell = cells[i]
		}
		m.paragraph("Paper Table", cell)
		m.WriteString(`</w:tc>`)
	}
	m.WriteString(`</w:tr>`)
}

// columns shares the width of the text among columns.
func columns(parts []int, n int) []int {
	if len(parts) != n {
		parts = make([]int, n)
		for i := range parts {
			parts[i] = 1
		}
	}
	all, widths := 0, make([]int, n)
	for _, p := range parts {
		all += p
	}
	for i, p := range parts {
		widths[i] = textWidth * p / all
	}
	return widths
}
