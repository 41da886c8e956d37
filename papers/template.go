package papers

import (
	"archive/zip"
	"bytes"
	"cmp"
	"embed"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// house holds the parts of the template of the house, as they stand in its .docx.
//
//go:embed all:template
var house embed.FS

// The parts of a .docx that a paper is written into.
const (
	partDocument = "word/document.xml"
	partStyles   = "word/styles.xml"
	partCore     = "docProps/core.xml"
)

// Template is a .docx on which papers are written. Its styles, its page, its header and its
// footer are used; what stands in its body is not. In header and footer, content controls with
// the tags marking, number, date and digest are filled in.
type Template struct {
	parts   []part
	styles  map[string]string // IDs by the names that are the same in all languages
	section []byte            // the page, with its header and footer
}

type part struct {
	name string
	body []byte
}

// The styles that a template has, by the names that Word stores in every language. Those of
// ours may be missing: Normal stands in.
var (
	stylesNeeded = []string{"Normal", "Title", "heading 1", "heading 2", "heading 3", "List Number", "List Continue", "List Bullet", "caption", "Table Grid"}
	stylesOurs   = []string{"Paper Note", "Paper Table"}
)

// The bounds of a template: it is a file of an institution, and read whole.
const (
	mostOfTemplate = 16 << 20
	mostParts      = 500
)

// HouseTemplate gives the template of the house.
func HouseTemplate() (*Template, error) {
	var parts []part
	err := fs.WalkDir(house, "template", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := house.ReadFile(name)
		parts = append(parts, part{strings.TrimPrefix(name, "template/"), body})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("the template of the house: %w", err)
	}
	return newTemplate(parts)
}

// ReadTemplate reads the .docx of an institution. The error has policy.CodeInvalid and says
// what is missing.
func ReadTemplate(docx []byte) (*Template, error) {
	archive, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		return nil, policy.Refuse(policy.CodeInvalid, "the template of papers is no .docx: %s", err)
	}
	if len(archive.File) > mostParts {
		return nil, policy.Refuse(policy.CodeInvalid, "the template of papers has more than %d parts", mostParts)
	}
	var parts []part
	left := int64(mostOfTemplate)
	for _, file := range archive.File {
		if strings.HasSuffix(file.Name, "/") {
			continue
		}
		body, err := readPart(file, left)
		if err != nil {
			return nil, policy.Refuse(policy.CodeInvalid, "the template of papers cannot be read at %s: %s", file.Name, err)
		}
		if strings.Contains(file.Name, "vbaProject") {
			return nil, policy.Refuse(policy.CodeInvalid, "the template of papers has macros: save it as .docx")
		}
		left -= int64(len(body))
		parts = append(parts, part{file.Name, body})
	}
	return newTemplate(parts)
}

func readPart(file *zip.File, most int64) ([]byte, error) {
	from, err := file.Open()
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(from, most+1))
	if err == nil && int64(len(body)) > most {
		err = fmt.Errorf("it holds more than %d bytes", mostOfTemplate)
	}
	return body, cmp.Or(err, from.Close())
}

func newTemplate(parts []part) (*Template, error) {
	t := &Template{parts: parts, styles: map[string]string{}}
	for _, name := range []string{partDocument, partStyles, partCore} {
		if t.part(name) == nil {
			return nil, policy.Refuse(policy.CodeInvalid, "the template of papers lacks %s: save it as .docx", name)
		}
	}
	if err := t.findStyles(); err != nil {
		return nil, err
	}
	document := t.part(partDocument)
	from, to := bytes.LastIndex(document, []byte("<w:sectPr")), bytes.LastIndex(document, []byte("</w:sectPr>"))
	if from < 0 || to < from {
		return nil, policy.Refuse(policy.CodeInvalid, "the template of papers has no page: save it as .docx")
	}
	t.section = document[from : to+len("</w:sectPr>")]
	if err := t.checkHeaders(); err != nil {
		return nil, err
	}
	return t, nil
}

// probe stands for a marking, to see whether a template shows it.
const probe = "shown-9f2c"

// checkHeaders makes sure that the marking stands on each page.
func (t *Template) checkHeaders() error {
	headers := 0
	for _, p := range t.parts {
		if !strings.HasPrefix(path.Base(p.name), "header") || path.Dir(p.name) != "word" {
			continue
		}
		headers++
		if filled, err := fillIn(p.body, map[string]string{"marking": probe}); err != nil || !bytes.Contains(filled, []byte(probe)) {
			return errors.Join(policy.Refuse(policy.CodeInvalid, "the template of papers does not show the marking in %s: give it a content control with the tag marking", p.name), err)
		}
	}
	if headers == 0 {
		return policy.Refuse(policy.CodeInvalid, "the template of papers has no header, in which the marking stands")
	}
	return nil
}

func (t *Template) part(name string) []byte {
	if at := slices.IndexFunc(t.parts, func(p part) bool { return p.name == name }); at >= 0 {
		return t.parts[at].body
	}
	return nil
}

func (t *Template) findStyles() error {
	var read struct {
		Styles []struct {
			ID   string `xml:"styleId,attr"`
			Name struct {
				Val string `xml:"val,attr"`
			} `xml:"name"`
		} `xml:"style"`
	}
	if err := xml.Unmarshal(t.part(partStyles), &read); err != nil {
		return policy.Refuse(policy.CodeInvalid, "the styles of the template of papers cannot be read: %s", err)
	}
	for _, s := range read.Styles {
		t.styles[strings.ToLower(s.Name.Val)] = s.ID
	}
	for _, name := range stylesNeeded {
		if t.styles[strings.ToLower(name)] == "" {
			return policy.Refuse(policy.CodeInvalid, "the template of papers lacks the style %q", name)
		}
	}
	for _, name := range stylesOurs {
		if key := strings.ToLower(name); t.styles[key] == "" {
			t.styles[key] = t.styles["normal"]
		}
	}
	return nil
}

// Save writes the template as a .docx, for an institution to make its own of.
func (t *Template) Save(w io.Writer) error { return zipped(w, t.parts) }

// zipped writes parts as a .docx: the same parts are the same bytes.
func zipped(w io.Writer, parts []part) error {
	archive := zip.NewWriter(w)
	for _, p := range parts {
		to, err := archive.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err == nil {
			_, err = to.Write(p.body)
		}
		if err != nil {
			return fmt.Errorf("writing %s: %w", p.name, err)
		}
	}
	return archive.Close()
}

// fillIn fills the content controls of a part by their tags. The first text of a control is
// replaced, so that it keeps its look, and others are emptied.
func fillIn(body []byte, values map[string]string) ([]byte, error) {
	f := filling{values: values}
	var out bytes.Buffer
	var done int64
	decoder := xml.NewDecoder(bytes.NewReader(body))
	for {
		before := decoder.InputOffset()
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			out.Write(body[done:])
			return out.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
		value, replaces := f.meets(token)
		if !replaces {
			continue
		}
		out.Write(body[done:before])
		if err := xml.EscapeText(&out, []byte(value)); err != nil {
			return nil, err
		}
		done = decoder.InputOffset()
	}
}

// filling is how far the content controls of a part are filled.
type filling struct {
	values map[string]string
	tags   []string // of the controls around; "" before a tag is read
	fresh  bool     // no text of the control was met yet
	within bool     // a text of it
}

// meets goes on by a token, and says by what a text is replaced.
func (f *filling) meets(token xml.Token) (value string, replaces bool) {
	switch token := token.(type) {
	case xml.StartElement:
		switch token.Name.Local {
		case "sdt":
			f.tags, f.fresh = append(f.tags, ""), true
		case "tag":
			if len(f.tags) > 0 && len(token.Attr) > 0 {
				f.tags[len(f.tags)-1] = token.Attr[0].Value
			}
		case "t":
			f.within = len(f.tags) > 0
		}
	case xml.EndElement:
		if token.Name.Local == "sdt" && len(f.tags) > 0 {
			f.tags = f.tags[:len(f.tags)-1]
		}
		f.within = false
	case xml.CharData:
		if !f.within {
			return "", false
		}
		if value, replaces = f.values[f.tags[len(f.tags)-1]]; !f.fresh {
			value = ""
		}
		f.fresh = f.fresh && !replaces
	}
	return value, replaces
}

var languageOf = regexp.MustCompile(`<w:lang\b[^>]*/>`)

// inLanguage sets the language of a document in its styles.
func inLanguage(styles []byte, tag string) []byte {
	first := true
	return languageOf.ReplaceAllFunc(styles, func(found []byte) []byte {
		if !first {
			return found
		}
		first = false
		return []byte(`<w:lang w:val="` + tag + `" w:eastAsia="` + tag + `" w:bidi="ar-SA"/>`)
	})
}
