package papers

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/carlos7ags/folio/core"
	"github.com/carlos7ags/folio/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// typeface is a face with the glyphs of it that a paper uses. The Go fonts have the letters of
// all languages of the Union, Greek and Bulgarian too.
type typeface struct {
	*font.EmbeddedFont
	name   string
	widths map[rune]float64
}

// faces parses the fonts once.
var faces = sync.OnceValues(func() ([2]font.Face, error) {
	plain, err := font.ParseTTF(goregular.TTF)
	if err != nil {
		return [2]font.Face{}, fmt.Errorf("the font of papers: %w", err)
	}
	bold, err := font.ParseTTF(gobold.TTF)
	if err != nil {
		return [2]font.Face{}, fmt.Errorf("the bold font of papers: %w", err)
	}
	return [2]font.Face{thousandths{plain}, thousandths{bold}}, nil
})

func typefaces() (plain, bold *typeface, err error) {
	found, err := faces()
	if err != nil {
		return nil, nil, err
	}
	face := func(name string, f font.Face) *typeface {
		return &typeface{font.NewEmbeddedFont(f), name, map[rune]float64{}}
	}
	return face("F1", found[0]), face("F2", found[1]), nil
}

// width gives how wide a text is, in parts of its size, as the file says of each glyph.
func (t *typeface) width(text string) (width float64) {
	for _, r := range text {
		if r == unbroken {
			r = ' '
		}
		w, known := t.widths[r]
		if !known {
			const of = 1000
			w = float64(t.Face().GlyphAdvance(t.Face().GlyphIndex(r))*of/t.Face().UnitsPerEm()) / of
			t.widths[r] = w
		}
		width += w
	}
	return width
}

// thousandths is a face that tells its measures in thousandths of its size, in which a PDF has them.
type thousandths struct{ font.Face }

func (t thousandths) of(units int) int { return units * 1000 / t.UnitsPerEm() } //nolint:mnd // thousandths

// Ascent is how high it stands.
func (t thousandths) Ascent() int { return t.of(t.Face.Ascent()) }

// Descent is how deep it hangs.
func (t thousandths) Descent() int { return t.of(t.Face.Descent()) }

// CapHeight is how high its capitals stand.
func (t thousandths) CapHeight() int { return t.of(t.Face.CapHeight()) }

// BBox is what holds all of its glyphs.
func (t thousandths) BBox() (box [4]int) {
	for i, v := range t.Face.BBox() {
		box[i] = t.of(v)
	}
	return box
}

// element is a part of the structure, by which the paper is read aloud.
type element struct {
	tag, lang string
	more      [][3]string // attributes: owner, name, value
	parts     []any       // elements and marks, as they are read
}

// mark is where on a sheet a part of an element stands.
type mark struct {
	sheet *sheet
	id    int
}

func (e *element) child(tag string) *element {
	child := &element{tag: tag}
	e.parts = append(e.parts, child)
	return child
}

func (e *element) with(owner, name, value string) *element {
	e.more = append(e.more, [3]string{owner, name, value})
	return e
}

// object is a dictionary of a PDF.
type object struct{ *core.PdfDictionary }

func dictionary(kind string) object {
	o := object{core.NewPdfDictionary()}
	if kind != "" {
		o.Set("Type", core.NewPdfName(kind))
	}
	return o
}

func (o object) name(key, value string) { o.Set(key, core.NewPdfName(value)) }
func (o object) text(key, value string) { o.Set(key, core.NewPdfTextString(value)) }
func (o object) number(key string, value int) {
	o.Set(key, core.NewPdfInteger(value))
}

// file is the objects of a PDF, as they are written.
type file struct {
	all      []core.PdfObject
	pages    map[*sheet]*core.PdfIndirectReference
	elements map[*element]*core.PdfIndirectReference
}

func (f *file) add(o core.PdfObject) *core.PdfIndirectReference {
	f.all = append(f.all, o)
	return core.NewPdfIndirectReference(len(f.all), 0)
}

// write writes all that is set.
func (s *setter) write(w io.Writer, p *Paper) error {
	f := &file{pages: map[*sheet]*core.PdfIndirectReference{}, elements: map[*element]*core.PdfIndirectReference{}}
	catalog := dictionary("Catalog")
	root := f.add(catalog)
	catalog.Set("Pages", f.sheets(s))
	catalog.Set("StructTreeRoot", f.structure(s))
	catalog.Set("Outlines", f.outlines(s.bookmarks))
	marked, shows := dictionary(""), dictionary("")
	marked.Set("Marked", core.NewPdfBoolean(true))
	shows.Set("DisplayDocTitle", core.NewPdfBoolean(true))
	catalog.Set("MarkInfo", marked)
	catalog.Set("ViewerPreferences", shows)
	catalog.text("Lang", tagOf(p.Language))
	described := core.NewPdfStream(p.described())
	described.Dict.Set("Type", core.NewPdfName("Metadata"))
	described.Dict.Set("Subtype", core.NewPdfName("XML"))
	catalog.Set("Metadata", f.add(described))
	return f.write(w, root, f.add(p.info()))
}

// sheets adds the pages with their fonts.
func (f *file) sheets(s *setter) *core.PdfIndirectReference {
	pages := dictionary("Pages")
	parent := f.add(pages)
	fonts, resources := dictionary(""), dictionary("")
	for _, t := range []*typeface{s.plain, s.bold} {
		fonts.Set(t.name, f.add(t.BuildObjects(f.add)))
	}
	resources.Set("Font", fonts)
	kids, box := core.NewPdfArray(), core.NewPdfArray(core.NewPdfInteger(0), core.NewPdfInteger(0), core.NewPdfReal(pageWidth), core.NewPdfReal(pageHeight))
	for i, sheet := range s.sheets {
		page := dictionary("Page")
		page.Set("Parent", parent)
		page.Set("MediaBox", box)
		page.Set("Resources", resources)
		page.Set("Contents", f.add(sheet.ToPdfStream()))
		page.number("StructParents", i)
		page.name("Tabs", "S")
		f.pages[sheet] = f.add(page)
		kids.Add(f.pages[sheet])
	}
	pages.Set("Kids", kids)
	pages.number("Count", len(s.sheets))
	return parent
}

// structure adds the elements, and by which of them each mark of a page is read.
func (f *file) structure(s *setter) *core.PdfIndirectReference {
	tree := dictionary("StructTreeRoot")
	root := f.add(tree)
	tree.Set("K", f.element(s.root, root))
	numbers := core.NewPdfArray()
	for i, sheet := range s.sheets {
		of := core.NewPdfArray()
		for _, e := range sheet.marks {
			of.Add(f.elements[e])
		}
		numbers.Add(core.NewPdfInteger(i))
		numbers.Add(f.add(of))
	}
	parents := dictionary("")
	parents.Set("Nums", numbers)
	tree.Set("ParentTree", f.add(parents))
	tree.number("ParentTreeNextKey", len(s.sheets))
	return root
}

func (f *file) element(e *element, parent *core.PdfIndirectReference) *core.PdfIndirectReference {
	o := dictionary("StructElem")
	is := f.add(o)
	f.elements[e] = is
	o.name("S", e.tag)
	o.Set("P", parent)
	if e.lang != "" {
		o.text("Lang", e.lang)
	}
	for _, more := range e.more {
		attribute := dictionary("")
		attribute.name("O", more[0])
		attribute.name(more[1], more[2])
		o.Set("A", attribute)
	}
	kids := core.NewPdfArray()
	for _, part := range e.parts {
		switch part := part.(type) {
		case *element:
			kids.Add(f.element(part, is))
		case mark:
			place := dictionary("MCR")
			place.Set("Pg", f.pages[part.sheet])
			place.number("MCID", part.id)
			kids.Add(place)
		}
	}
	o.Set("K", kids)
	return is
}

// outlines adds the headings as bookmarks, each below the one that it belongs to.
func (f *file) outlines(all []bookmark) *core.PdfIndirectReference {
	type node struct {
		object
		level int
		ref   *core.PdfIndirectReference
		last  object // of its own
		count int    // of all below it
	}
	top := dictionary("Outlines")
	above := []*node{{object: top, ref: f.add(top)}}
	for _, b := range all {
		for above[len(above)-1].level >= b.level {
			above = above[:len(above)-1]
		}
		parent, o := above[len(above)-1], dictionary("")
		is := f.add(o)
		o.text("Title", b.text)
		o.Set("Parent", parent.ref)
		o.Set("Dest", core.NewPdfArray(f.pages[b.on], core.NewPdfName("XYZ"), core.NewPdfNull(), core.NewPdfReal(hundredths(b.y)), core.NewPdfNull()))
		if parent.last.PdfDictionary == nil {
			parent.Set("First", is)
		} else {
			parent.last.Set("Next", is)
			o.Set("Prev", parent.Get("Last"))
		}
		for _, n := range above {
			n.count++
			n.number("Count", n.count)
		}
		parent.last = o
		parent.Set("Last", is)
		above = append(above, &node{object: o, level: b.level, ref: is})
	}
	return above[0].ref
}

// info gives the properties of the document, as lists of documents show them.
func (p *Paper) info() core.PdfObject {
	o := dictionary("")
	o.text("Title", p.title())
	o.text("Subject", p.Subject.Plain())
	o.text("Keywords", p.Said.Marking)
	o.text("Creator", "policycycle")
	if !p.Date.IsZero() {
		day := "D:" + strings.ReplaceAll(p.Date.String(), "-", "") + "000000Z00'00'"
		o.Set("CreationDate", core.NewPdfLiteralString(day))
		o.Set("ModDate", core.NewPdfLiteralString(day))
	}
	return o
}

// described gives the same in XMP, and that the document is PDF/UA-1.
func (p *Paper) described() []byte {
	m := &markup{}
	m.WriteString("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n")
	m.put(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">`)
	m.put(`<pdfuaid:part>1</pdfuaid:part><dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title><dc:description><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:description><dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language><pdf:Keywords>%s</pdf:Keywords><xmp:CreatorTool>policycycle</xmp:CreatorTool>`,
		p.title(), p.Subject.Plain(), tagOf(p.Language), p.Said.Marking)
	if day := p.Date.String() + "T00:00:00Z"; !p.Date.IsZero() {
		m.put(`<xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate>`, day, day)
	}
	m.put(`</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`)
	return m.Bytes()
}

// write writes the objects, where each is, and which of them is the catalogue.
func (f *file) write(w io.Writer, root, info *core.PdfIndirectReference) error {
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n") // bytes that say that it is no text
	places := make([]int, len(f.all))
	for i, o := range f.all {
		places[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n", i+1)
		if _, err := o.WriteTo(&out); err != nil {
			return fmt.Errorf("PDF, object %d: %w", i+1, err)
		}
		out.WriteString("\nendobj\n")
	}
	sum := sha256.Sum256(out.Bytes())
	id := core.NewPdfHexString(string(sum[:16]))
	trailer := dictionary("")
	trailer.number("Size", len(f.all)+1)
	trailer.Set("Root", root)
	trailer.Set("Info", info)
	trailer.Set("ID", core.NewPdfArray(id, id))
	at := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(f.all)+1)
	for _, place := range places {
		fmt.Fprintf(&out, "%010d 00000 n \n", place)
	}
	out.WriteString("trailer\n")
	if _, err := trailer.WriteTo(&out); err != nil {
		return fmt.Errorf("PDF, trailer: %w", err)
	}
	fmt.Fprintf(&out, "\nstartxref\n%d\n%%%%EOF\n", at)
	_, err := w.Write(out.Bytes())
	return err
}
