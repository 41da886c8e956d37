package papers_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
)

// repacked gives a .docx with its parts changed, as an institution's own template is.
func repacked(t *testing.T, docx []byte, change func(name, body string) string) []byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, file := range archive.File {
		from, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		if changed := change(file.Name, string(body)); changed != "" {
			part, err := to.Create(file.Name)
			if err == nil {
				_, err = part.Write([]byte(changed))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withPart gives a .docx with one more part.
func withPart(t *testing.T, docx []byte, name string) []byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, file := range archive.File {
		if err := to.Copy(file); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := to.Create(name); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func houseDocx(t *testing.T) []byte {
	t.Helper()
	house, err := papers.HouseTemplate()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := house.Save(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// partOf gives a part of a .docx as text.
func partOf(t *testing.T, docx []byte, name string) (text string) {
	t.Helper()
	repacked(t, docx, func(part, body string) string {
		if part == name {
			text = body
		}
		return body
	})
	return text
}

// An institution writes papers on its own template: its styles, its header and its footer are
// in them, and the marking stands where its control is.
func TestReadTemplate_WritesOnTheTemplateOfAnInstitution(t *testing.T) {
	t.Parallel()
	own := repacked(t, houseDocx(t), func(name, body string) string {
		switch name {
		case "word/styles.xml":
			return strings.Replace(body, "</w:styles>", `<w:style w:type="paragraph" w:styleId="OfTheCouncil"><w:name w:val="Of the Council"/></w:style></w:styles>`, 1)
		case "word/header1.xml":
			return strings.Replace(body, "</w:hdr>", `<w:p><w:r><w:t>Council of the Union</w:t></w:r></w:p></w:hdr>`, 1)
		}
		return body
	})
	template, err := papers.ReadTemplate(own)
	if err != nil {
		t.Fatal(err)
	}
	svc := reads(t, recorded(t, cycles[0]), policy.GeneralSecretariat)
	p := pressOn(t, template)
	paper, err := p.Make(t.Context(), svc, orders(t, svc, cycles[0])[0])
	if err != nil {
		t.Fatal(err)
	}
	docx := writes(t, p, paper, papers.DOCX)
	if header := partOf(t, docx, "word/header1.xml"); !strings.Contains(header, "Council of the Union") || !strings.Contains(header, paper.Said.Marking) {
		t.Errorf("its header is not in the paper, or does not show the marking: %s", header)
	}
	if !strings.Contains(partOf(t, docx, "word/styles.xml"), "OfTheCouncil") {
		t.Error("its styles are not in the paper")
	}
}

// A template on which a paper would lose its marking, or that is none, is refused, and why.
func TestReadTemplate_RefusesWhatAPaperCannotBeWrittenOn(t *testing.T) {
	t.Parallel()
	house := houseDocx(t)
	without := func(part string) []byte {
		return repacked(t, house, func(name, body string) string {
			if name == part {
				return ""
			}
			return body
		})
	}
	for name, test := range map[string]struct {
		docx []byte
		says string
	}{
		"no file":            {nil, "no .docx"},
		"a text":             {[]byte("Ordre du jour"), "no .docx"},
		"half of it":         {house[:len(house)/2], "no .docx"},
		"without a header":   {without("word/header1.xml"), "header"},
		"without styles":     {without("word/styles.xml"), "styles.xml"},
		"without a document": {without("word/document.xml"), "document.xml"},
		"without the marking": {repacked(t, house, func(name, body string) string {
			if name == "word/header1.xml" {
				return strings.ReplaceAll(body, `w:val="marking"`, `w:val="other"`)
			}
			return body
		}), "marking"},
		"with macros": {withPart(t, house, "word/vbaProject.bin"), "macros"},
	} {
		_, err := papers.ReadTemplate(test.docx)
		if policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want a refusal that says %q", name, err, test.says)
		}
	}
}
