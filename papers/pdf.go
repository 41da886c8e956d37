package papers

import (
	"io"
	"strconv"
)

// How the parts of a paper are set in PDF: as the template of the house sets them in Word.
var (
	mannerTitle   = manner{size: 16, before: 6, after: 10, bold: true, blue: true}
	mannerHeading = [...]manner{
		{size: 14, before: 16, after: 6, bold: true, blue: true},
		{size: 12, before: 12, after: 5, bold: true, blue: true},
		{size: 11, before: 10, after: 4, bold: true, blue: true},
	}
	mannerText     = manner{size: 10.5, after: 6}
	mannerItem     = manner{size: 10.5, before: 6, after: 2, indent: 24}
	mannerContinue = manner{size: 10.5, after: 2, indent: 24}
	mannerBullet   = manner{size: 10.5, after: 3, indent: 18}
	mannerCaption  = manner{size: 10, before: 10, after: 4, bold: true}
	mannerNote     = manner{size: 9, after: 6}
	mannerCell     = manner{size: 9}
	mannerHead     = manner{size: 9, bold: true}
	mannerPage     = manner{size: 9}
	mannerSmall    = manner{size: 6}
)

// writePDF writes a paper as a tagged PDF (PDF/UA-1): its structure is that of the paper, and
// what stands on each page is none of it.
func writePDF(w io.Writer, p *Paper) error {
	s, err := newSetter()
	if err != nil {
		return err
	}
	s.heading(1, said(p.Name), mannerTitle)
	s.headTable(p.Head)
	for i, b := range p.Body {
		if _, goesOn := b.(Item); !goesOn || i == 0 {
			s.items = nil
		}
		s.block(b)
	}
	for i, sheet := range s.sheets {
		s.marginals(sheet, p.Said, strconv.Itoa(i+1)+" / "+strconv.Itoa(len(s.sheets)))
	}
	return s.write(w, p)
}

func (s *setter) block(b Block) {
	switch b := b.(type) {
	case Heading:
		s.heading(b.Level+1, b.Text, mannerHeading[min(max(b.Level, 1), len(mannerHeading))-1])
	case Paragraph:
		s.paragraph(s.root.child("P"), b.Text, mannerText)
	case Note:
		s.paragraph(s.root.child("P"), b.Text, mannerNote)
	case Item:
		s.item(b)
	case List:
		list := s.root.child("L").with("List", "ListNumbering", "Disc")
		for _, text := range b.Items {
			s.labelled(list, "•", text, mannerBullet)
		}
	case Table:
		s.table(b)
	}
}

// heading sets a heading, which is a bookmark too.
func (s *setter) heading(level int, text Text, m manner) {
	const follows = 48 // of what it is about stands below it
	s.need(m.before + m.leading() + follows)
	s.bookmarks = append(s.bookmarks, bookmark{level, text.Plain(), s.sheet, s.y})
	s.paragraph(s.root.child("H"+strconv.Itoa(level)), text, m)
}

// item sets a numbered item: those that follow each other are one list.
func (s *setter) item(i Item) {
	if s.items == nil {
		s.items = s.root.child("L").with("List", "ListNumbering", "Decimal")
	}
	body := s.labelled(s.items, strconv.Itoa(i.Number)+".", i.Text, mannerItem)
	for _, line := range i.Lines {
		s.paragraph(body.child("P"), line, mannerContinue)
	}
}

// labelled sets a part of a list with what stands before it, and gives its body.
func (s *setter) labelled(list *element, label string, text Text, m manner) *element {
	item := list.child("LI")
	s.need(m.before + m.leading())
	s.y -= m.before
	m.before = 0
	s.draw(s.lines(said(label), m, m.indent)[0], pageSide, s.y-m.size, m, &reading{element: item.child("Lbl")})
	body := item.child("LBody")
	s.paragraph(body.child("P"), text, m)
	return body
}

// headTable sets what stands above the text: the first cell of each row says what it is.
func (s *setter) headTable(lines []Line) {
	if len(lines) == 0 {
		return
	}
	table := s.root.child("Table")
	widths := shares([]int{1, 4}, 2) //nolint:mnd // as in Word
	for _, l := range lines {
		row := table.child("TR")
		s.row(widths, []cell{
			s.cell(said(l.Label), widths[0], mannerHead, row.child("TH").with("Table", "Scope", "Row")),
			s.cell(l.Text, widths[1], mannerCell, row.child("TD")),
		})
	}
	s.y -= mannerText.after
}

// table sets a table. Its row of heads stands on each page, and is read once.
func (s *setter) table(t Table) {
	table, widths := s.root.child("Table"), shares(t.Widths, len(t.Head))
	head := func(of *element) []cell {
		cells := make([]cell, len(t.Head))
		for i, h := range t.Head {
			var th *element
			if of != nil {
				th = of.child("TH").with("Table", "Scope", "Column")
			}
			cells[i] = s.cell(said(h), widths[i], mannerHead, th)
			cells[i].shaded = true
		}
		return cells
	}
	const begins = 90 // of a table stand together
	s.need(begins)
	if len(t.Title) > 0 {
		s.paragraph(table.child("Caption"), t.Title, mannerCaption)
	}
	s.row(widths, head(table.child("THead").child("TR")))
	s.again = func() { s.row(widths, head(nil)) }
	if len(t.Rows) > 0 {
		body := table.child("TBody")
		for _, texts := range t.Rows {
			row, cells := body.child("TR"), make([]cell, len(widths))
			for i := range widths {
				var text Text
				if i < len(texts) {
					text = texts[i]
				}
				cells[i] = s.cell(text, widths[i], mannerCell, row.child("TD"))
			}
			s.row(widths, cells)
		}
	}
	s.again = nil
	s.y -= mannerText.after
}

// marginals sets what stands on each page.
func (s *setter) marginals(on *sheet, said Said, page string) {
	const above, below, small = pageHeight - 48, 46, 34
	s.sheet = on
	strongly := mannerPage
	strongly.bold = true
	s.aside(said.Number, above, mannerPage, false)
	s.aside(said.Marking, above, strongly, true)
	s.aside(said.Date, below, mannerPage, false)
	s.aside(page, below, mannerPage, true)
	s.aside(said.Digest, small, mannerSmall, false)
}

// aside sets a line at the left or the right of the page that is no part of the text.
func (s *setter) aside(text string, y float64, m manner, right bool) {
	line := s.lines(Text{{Text: text}}, m, textPoints)[0]
	x := float64(pageSide)
	if right {
		x = pageWidth - pageSide - line.width()
	}
	s.draw(line, x, y, m, nil)
}
