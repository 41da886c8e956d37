package papers_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
)

// checkPDF makes sure that another library finds nothing wrong with a PDF.
func checkPDF(t *testing.T, name string, pdf []byte) {
	t.Helper()
	how := model.NewDefaultConfiguration()
	how.ValidationMode = model.ValidationStrict
	if err := api.Validate(bytes.NewReader(pdf), how); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// poppler asks a program of poppler about a PDF.
func poppler(t *testing.T, pdf []byte, program string, args ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(name, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	args = append(args, name)
	if program == "pdftotext" {
		args = append(args, "-")
	}
	said, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s (poppler-utils) is needed: %v\n%s", program, err, said)
	}
	return string(said)
}

var pictures = flag.Bool("pictures", false, "keep the pictures of papers that docs/papers.md shows")

// keepPicture keeps the first page of a paper that the documentation shows, where pictures are wanted.
func keepPicture(t *testing.T, o papers.Order, pdf []byte) {
	t.Helper()
	shown := []string{"agenda-empact-2022-2025-council-2021-05", "annual-empact-2022-2025-2022", "factsheet-empact-2022-2025", "oap-empact-2022-2025-2022-high-risk-criminal-networks"}
	if !*pictures || !slices.Contains(shown, strings.TrimSuffix(o.File(papers.PDF), ".pdf")) {
		return
	}
	folder := t.TempDir()
	from := filepath.Join(folder, "paper.pdf")
	if err := os.WriteFile(from, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join("..", "docs", "screenshots", "paper-"+string(o.Kind))
	if said, err := exec.CommandContext(t.Context(), "pdftoppm", "-png", "-singlefile", "-r", "72", from, to).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm (poppler-utils) is needed: %v\n%s", err, said)
	}
}

// checkSays makes sure that a PDF says all that its paper says, and bears its marking on each page.
func checkSays(t *testing.T, name string, paper *papers.Paper, pdf []byte) {
	t.Helper()
	flat := func(text string) string { return strings.Join(strings.Fields(text), "") }
	said := flat(poppler(t, pdf, "pdftotext", "-raw", "-x", "0", "-y", "60", "-W", "600", "-H", "722")) // what is within the margins
	for _, text := range textsOf(paper) {
		if !strings.Contains(said, flat(text)) {
			t.Errorf("%s, as PDF, does not say %q:\n%.2000s", name, text, said)
		}
	}
	checkShown(t, name+", as PDF", paper, poppler(t, pdf, "pdftotext", "-layout"))
}

// textsOf lists the texts of a paper.
func textsOf(paper *papers.Paper) (all []string) {
	take := func(texts ...papers.Text) {
		for _, text := range texts {
			all = append(all, text.Plain())
		}
	}
	for _, l := range paper.Head {
		take(l.Text)
	}
	for _, b := range paper.Body {
		switch b := b.(type) {
		case papers.Heading:
			take(b.Text)
		case papers.Paragraph:
			take(b.Text)
		case papers.Note:
			take(b.Text)
		case papers.Item:
			take(append(b.Lines, b.Text)...)
		case papers.List:
			take(b.Items...)
		case papers.Table:
			all = append(all, b.Head...)
			for _, row := range b.Rows {
				take(row...)
			}
		}
	}
	return all
}

// every is a paper with one block of each sort, in three alphabets.
func every() *papers.Paper {
	plain := func(text string) papers.Text { return papers.Text{{Text: text}} }
	long := strings.Repeat("Bekämpfung des Menschenhandels ", 300)
	return &papers.Paper{
		Kind: papers.KindOAP, Language: "fr", Name: "Plan d'action", Subject: papers.Text{{Text: "Armes à feu – Πυροβόλα όπλα", Language: "el"}},
		Date: policy.NewDate(2025, 11, 30), Marking: policy.Limite,
		Head: []papers.Line{{Label: "Objet", Text: papers.Text{{Text: "Огнестрелни оръжия", Language: "bg"}}}},
		Body: []papers.Block{
			papers.Heading{Level: 1, Text: plain("Actions")},
			papers.Paragraph{Text: plain("Łódź, Żilina, Malmö, Šiauliai, Ċirkewwa: 12\u202f500 € → 3\u00a0%")},
			papers.Item{Number: 1, Text: plain("Premier point"), Lines: []papers.Text{plain("ST 12345/25 INIT")}},
			papers.List{Items: []papers.Text{plain("Indicateur")}},
			papers.Table{
				Title: plain("Différences"), Head: []string{"Où", "Était", "Est"},
				Rows: [][]papers.Text{
					{plain("title"), {{Text: "ancien", Look: papers.Struck}}, {{Text: "nouveau", Look: papers.Added}}},
					{plain("much"), plain(long), plain("a"), plain("more than heads")},
				},
			},
			papers.Heading{Level: 2, Text: plain("Fin")},
			papers.Note{Text: plain("中 is in no typeface of papers")},
		},
		Digest: "sha256:0123", Said: papers.Said{Marking: "LIMITE", Number: "ST 1/25", Date: "30 nov. 2025", Digest: "Somme sha256:0123"},
	}
}

// A PDF is read aloud as it is meant: with its language, its headings, its lists and the heads
// of its tables; what stands on each page is none of the text, and all letters of the Union are
// in it.
func TestPress_WritesTaggedPDF(t *testing.T) {
	t.Parallel()
	p := press(t)
	pdf := writes(t, p, every(), papers.PDF)
	checkPDF(t, "every", pdf)
	if !bytes.Equal(pdf, writes(t, p, every(), papers.PDF)) {
		t.Error("the same paper gives other bytes")
	}
	text := poppler(t, pdf, "pdftotext", "-layout")
	flat := strings.Join(strings.Fields(text), " ")
	for _, want := range []string{
		"Огнестрелни оръжия", "Łódź, Żilina, Malmö, Šiauliai, Ċirkewwa: 12 500 € → 3 %", "1. Premier point",
		"ST 12345/25 INIT", "• Indicateur", "ancien", "nouveau", "[U+4E2D] is in no typeface of papers",
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("the PDF does not say %q:\n%s", want, text)
		}
	}
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	for i, page := range pages {
		if !strings.Contains(page, "LIMITE") || !strings.Contains(page, "Somme sha256:0123") || i < len(pages)-1 && !strings.Contains(page, "Était") {
			t.Errorf("page %d lacks its marking, its digest or the heads of its table:\n%s", i+1, page)
		}
	}
	if len(pages) < 3 {
		t.Errorf("a row that is longer than a page stands on %d", len(pages))
	}
	structure := poppler(t, pdf, "pdfinfo", "-struct-text")
	for _, want := range []string{"Document", "H1", "\"Plan d'action\"", "H2", "L (block)", "Lbl", "\"1.\"", "TH", "THead", "TBody", "Caption", "Span"} {
		if !strings.Contains(structure, want) {
			t.Errorf("the structure lacks %s:\n%.3000s", want, structure)
		}
	}
	if n := strings.Count(structure, "Était"); n != 1 || strings.Contains(structure, "LIMITE") {
		t.Errorf("a screen reader reads the heads %d times, or what stands on each page", n)
	}
	about := poppler(t, pdf, "pdfinfo")
	fonts := poppler(t, pdf, "pdffonts")
	if !strings.Contains(about, "Tagged:          yes") || !strings.Contains(about, "Armes à feu – Πυροβόλα όπλα") || strings.Contains(fonts, " no  ") {
		t.Errorf("it is not tagged, has no title, or a font is not embedded:\n%s%s", about, fonts)
	}
	if !bytes.Contains(pdf, []byte("<pdfuaid:part>1</pdfuaid:part>")) || !bytes.Contains(pdf, []byte("/Lang (fr-FR)")) || !bytes.Contains(pdf, []byte("/Lang (bg-BG)")) {
		t.Error("it does not say that it is PDF/UA, or in which language it is")
	}
}
