package papers

import (
	"fmt"
	"math"
	"strings"

	"github.com/carlos7ags/folio/content"

	"github.com/policycycle/policycycle/policy"
)

// The page in points: A4, with the text as wide as in Word.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
	pageSide   = 56.7
	pageTop    = 79 // from above to the text
	pageFoot   = 72 // from below
	textPoints = pageWidth - 2*pageSide
	cellSide   = 4.25
	cellTop    = 3
)

// manner is how a text is set.
type manner struct {
	size, before, after, indent float64
	bold, blue                  bool
}

// leading is from one line to the next.
func (m manner) leading() float64 { return m.size * 1.32 }

// setter sets a paper on sheets, from above to below.
type setter struct {
	plain, bold *typeface
	root        *element
	sheets      []*sheet
	sheet       *sheet
	y           float64 // how far down the sheet is full
	items       *element
	again       func() // what a table has on each sheet
	bookmarks   []bookmark
}

// sheet is one page. The marks on it are parts of elements, by their IDs.
type sheet struct {
	*content.Stream
	marks []*element
}

type bookmark struct {
	level int
	text  string
	on    *sheet
	y     float64
}

func newSetter() (*setter, error) {
	plain, bold, err := typefaces()
	if err != nil {
		return nil, err
	}
	s := &setter{plain: plain, bold: bold, root: &element{tag: "Document"}}
	s.turn()
	return s, nil
}

// turn begins a sheet.
func (s *setter) turn() {
	s.sheet = &sheet{Stream: content.NewStream()}
	s.sheets = append(s.sheets, s.sheet)
	s.y = pageHeight - pageTop
	if s.again != nil {
		s.again()
	}
}

// need begins a sheet where less room than this is left.
func (s *setter) need(room float64) {
	if s.y-room < pageFoot && s.y < pageHeight-pageTop {
		s.turn()
	}
}

// token is a part of a line in one look: a blank, or what is not broken.
type token struct {
	text  string
	run   int // of the text
	look  Look
	lang  policy.Language
	width float64
	blank bool
}

type line []token

func (l line) width() (width float64) {
	for _, t := range l {
		width += t.width
	}
	return width
}

// typeface gives what a token is set in.
func (s *setter) typeface(look Look, m manner) *typeface {
	if look == Strong || m.bold {
		return s.bold
	}
	return s.plain
}

// lines breaks a text into lines of a width: at blanks, after hyphens and strokes, and within
// what is wider than a line. There is one line at least.
func (s *setter) lines(text Text, m manner, width float64) []line {
	b := breaking{width: width, lines: []line{nil}}
	for i, r := range text {
		face := s.typeface(r.Look, m)
		for part := range strings.SplitAfterSeq(strings.ReplaceAll(face.shown(r.Text), "\n", " \n "), " ") {
			word, blank := strings.CutSuffix(part, " ")
			if word == "\n" {
				b.ends()
				continue
			}
			for piece := range strings.FieldsFuncSeq(strings.NewReplacer("-", "-\x00", "/", "/\x00").Replace(word), func(r rune) bool { return r == 0 }) {
				b.takes(token{piece, i, r.Look, r.Language, face.width(piece) * m.size, false}, func(part string) float64 { return face.width(part) * m.size })
			}
			if blank {
				b.takes(token{" ", i, r.Look, r.Language, face.width(" ") * m.size, true}, nil)
			}
		}
	}
	b.places()
	return b.lines
}

// breaking is how far a text is broken into lines.
type breaking struct {
	width float64
	lines []line
	word  line // what is not broken, and not placed yet
}

func (b *breaking) last() *line { return &b.lines[len(b.lines)-1] }

// takes goes on by a token. What is wider than a line is broken anywhere.
func (b *breaking) takes(t token, measure func(string) float64) {
	switch {
	case t.blank:
		b.places()
		if len(*b.last()) > 0 {
			*b.last() = append(*b.last(), t)
		}
	case t.width > b.width:
		for _, r := range t.text {
			one := t
			one.text, one.width = string(r), measure(string(r))
			b.word = append(b.word, one)
			b.places()
		}
	default:
		b.word = append(b.word, t)
		if strings.HasSuffix(t.text, "-") || strings.HasSuffix(t.text, "/") {
			b.places()
		}
	}
}

// places puts what is not broken on the line, or on the next.
func (b *breaking) places() {
	if len(b.word) == 0 {
		return
	}
	if len(*b.last()) > 0 && b.last().width()+b.word.width() > b.width {
		b.lines = append(b.lines, nil)
	}
	*b.last() = append(*b.last(), b.word...)
	b.word = nil
}

func (b *breaking) ends() {
	b.places()
	b.lines = append(b.lines, nil)
}

// reading is the element of which lines are a part, with the spans within that have a language
// or a look of their own.
type reading struct {
	*element
	spans map[int]*element
}

// of gives the element of a token.
func (r *reading) of(t token) *element {
	if t.lang == "" && t.look != Added && t.look != Struck {
		return r.element
	}
	if r.spans[t.run] == nil {
		if r.spans == nil {
			r.spans = map[int]*element{}
		}
		span := r.child("Span")
		if t.lang != "" {
			span.lang = tagOf(t.lang)
		}
		if decoration := map[Look]string{Added: "Underline", Struck: "LineThrough"}[t.look]; decoration != "" {
			span.with("Layout", "TextDecorationType", decoration)
		}
		r.spans[t.run] = span
	}
	return r.spans[t.run]
}

// paragraph sets a text as an element, over sheets where need be.
func (s *setter) paragraph(as *element, text Text, m manner) {
	s.need(m.before + m.leading())
	s.y -= m.before
	reads := &reading{element: as}
	for _, l := range s.lines(text, m, textPoints-m.indent) {
		s.need(m.leading())
		s.draw(l, pageSide+m.indent, s.y-m.size, m, reads)
		s.y -= m.leading()
	}
	s.y -= m.after
}

// draw sets a line at a place; what is no part of the text has nothing that reads it.
func (s *setter) draw(l line, x, y float64, m manner, reads *reading) {
	for len(l) > 0 && l[len(l)-1].blank {
		l = l[:len(l)-1]
	}
	for i := 0; i < len(l); {
		to, width, text := i, 0.0, strings.Builder{}
		for ; to < len(l) && l[to].run == l[i].run; to++ {
			width += l[to].width
			text.WriteString(l[to].text)
		}
		if reads == nil {
			s.sheet.BeginMarkedContent("Artifact")
		} else {
			s.sheet.mark(reads.of(l[i]))
		}
		s.show(text.String(), x, y, m, s.typeface(l[i].look, m))
		s.sheet.EndMarkedContent()
		s.strike(l[i].look, x, y, width, m)
		x += width
		i = to
	}
}

func (s *setter) show(text string, x, y float64, m manner, face *typeface) {
	s.sheet.BeginText()
	s.colour(m)
	s.sheet.SetFont(face.name, m.size)
	s.sheet.MoveText(hundredths(x), hundredths(y))
	s.sheet.ShowTextHex(face.EncodeString(strings.ReplaceAll(text, string(unbroken), " ")))
	s.sheet.EndText()
}

func (s *setter) colour(m manner) {
	if m.blue {
		s.sheet.SetFillColorRGB(0.122, 0.22, 0.392)
		return
	}
	s.sheet.SetFillColorGray(0)
}

// strike draws the line below what was added and through what was struck.
func (s *setter) strike(look Look, x, y, width float64, m manner) {
	at, is := map[Look]float64{Added: -0.12, Struck: 0.28}[look]
	if !is {
		return
	}
	s.rectangle(x, y+at*m.size, width, 0.6, func() {
		s.sheet.SetFillColorGray(0)
	}, s.sheet.Fill)
}

// rectangle draws a rectangle that is no part of the text.
func (s *setter) rectangle(x, y, width, height float64, prepare, paint func()) {
	s.sheet.BeginMarkedContent("Artifact")
	prepare()
	s.sheet.Rectangle(hundredths(x), hundredths(y), hundredths(width), hundredths(height))
	paint()
	s.sheet.EndMarkedContent()
}

// cell is a cell of a row, broken into lines.
type cell struct {
	lines  []line
	manner manner
	reads  *reading // nil where it was read before
	shaded bool
}

func (s *setter) cell(text Text, width float64, m manner, as *element) cell {
	c := cell{lines: s.lines(text, m, width-2*cellSide), manner: m}
	if as != nil {
		c.reads = &reading{element: as}
	}
	return c
}

// row sets a row of cells of one manner: on one sheet where it fits, and else over sheets.
func (s *setter) row(widths []float64, cells []cell) {
	all, leading := 0, mannerCell.leading()
	for _, c := range cells {
		all = max(all, len(c.lines))
	}
	fits := func() int { return max(int((s.y-pageFoot-2*cellTop)/leading), 0) }
	const few = 3
	if room := fits(); all > room && (all <= s.whole(leading) || room < few) {
		s.need(pageHeight)
	}
	for from := 0; from < all; {
		to := min(all, from+max(fits(), 1))
		s.part(widths, cells, from, to)
		if from = to; from < all {
			s.turn()
		}
	}
}

// whole is how many lines of a row a sheet holds.
func (s *setter) whole(leading float64) int {
	return int((pageHeight - pageTop - pageFoot - 4*cellTop) / leading) //nolint:mnd // of the row and of the heads
}

// part sets some lines of each cell of a row.
func (s *setter) part(widths []float64, cells []cell, from, to int) {
	height := float64(to-from)*mannerCell.leading() + 2*cellTop
	x := float64(pageSide)
	for i, c := range cells {
		if c.shaded {
			s.rectangle(x, s.y-height, widths[i], height, func() { s.sheet.SetFillColorRGB(0.871, 0.902, 0.941) }, s.sheet.Fill)
		}
		s.rectangle(x, s.y-height, widths[i], height, func() {
			s.sheet.SetStrokeColorGray(0.5)
			s.sheet.SetLineWidth(0.5)
		}, s.sheet.Stroke)
		for at := from; at < min(to, len(c.lines)); at++ {
			y := s.y - cellTop - float64(at-from)*mannerCell.leading() - c.manner.size
			s.draw(c.lines[at], x+cellSide, y, c.manner, c.reads)
		}
		x += widths[i]
	}
	s.y -= height
}

// shares shares the width of the text among columns.
func shares(parts []int, n int) []float64 {
	twips := columns(parts, n)
	widths := make([]float64, n)
	for i, part := range twips {
		widths[i] = float64(part) / textWidth * textPoints
	}
	return widths
}

// mark begins a part of an element.
func (s *sheet) mark(e *element) {
	s.BeginMarkedContentWithID(e.tag, len(s.marks))
	e.parts = append(e.parts, mark{s, len(s.marks)})
	s.marks = append(s.marks, e)
}

func hundredths(v float64) float64 { return math.Round(v*100) / 100 } //nolint:mnd // they are

// unbroken is a blank at which no line ends.
const unbroken = '\u00a0'

// shown gives a text as a typeface can show it: blanks are one blank, and a character that it
// does not have is shown by its number.
func (t *typeface) shown(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '\n':
			out.WriteRune(r)
		case strings.ContainsRune("\u00ad\u200b\u200c\u200d\ufeff\r", r): // not shown anyway
		case strings.ContainsRune("\u00a0\u202f\u2007", r):
			out.WriteRune(unbroken)
		case r == '\t' || r == '\u2009':
			out.WriteRune(' ')
		case r == '\u2011':
			out.WriteRune('-')
		case t.Face().GlyphIndex(r) == 0:
			fmt.Fprintf(&out, "[U+%04X]", r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}
