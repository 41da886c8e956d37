package papers_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// orders lists papers of a cycle: one of each kind.
func orders(t *testing.T, svc service.Service, cycle string) []papers.Order {
	t.Helper()
	c, err := svc.FindCycle(t.Context(), cycle)
	if err != nil {
		t.Fatal(err)
	}
	year := strconv.Itoa(c.ImplementationWindow.From.Year())
	all := []papers.Order{{Kind: papers.KindNational, Cycle: cycle, Key: "fr"}, {Kind: papers.KindAnnual, Cycle: cycle, Key: year}, {Kind: papers.KindAnnual, Cycle: cycle, Key: year + "/" + c.Priorities[0].Key}}
	for _, kind := range []papers.Kind{papers.KindObligations, papers.KindConclusions, papers.KindProgress, papers.KindFactsheet} {
		all = append(all, papers.Order{Kind: kind, Cycle: cycle})
	}
	if _, err := svc.FindContent(t.Context(), policy.Subject{Cycle: cycle, Kind: policy.KindEvaluation}, 0); err == nil {
		all = append(all, papers.Order{Kind: papers.KindRoadmap, Cycle: cycle})
	}
	for _, m := range c.Meetings {
		if len(m.Settles) > 0 {
			all = append(all, papers.Order{Kind: papers.KindAgenda, Cycle: cycle, Key: m.Key}, papers.Order{Kind: papers.KindOutcome, Cycle: cycle, Key: m.Key})
			break
		}
	}
	seen := map[policy.Kind]bool{}
	for _, s := range slices.Concat(c.MASPs, c.Periods[0].OAPs) {
		kind := s.Subject.Kind
		if _, err := svc.FindContent(t.Context(), s.Subject, 0); err == nil && !seen[kind] {
			seen[kind] = true
			all = append(all, papers.Order{Kind: papers.Kind(kind), Cycle: cycle, Key: strings.TrimPrefix(s.Path, string(kind)+"/")})
		}
	}
	return all
}

func writes(t *testing.T, p *papers.Press, paper *papers.Paper, f papers.Format) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := p.Write(&out, paper, f); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Each kind of paper of each example is made in each language, twice the same, for Word and as a
// PDF, and other programs open it and show what it says, with the marking on every page.
func TestPapers_OfEveryExampleOpenElsewhere(t *testing.T) {
	t.Parallel()
	for _, cycle := range cycles {
		t.Run(cycle, func(t *testing.T) {
			t.Parallel()
			svc := reads(t, recorded(t, cycle), policy.GeneralSecretariat)
			p, folder, made, kinds := press(t), t.TempDir(), map[string]*papers.Paper{}, map[papers.Kind]bool{}
			for _, o := range orders(t, svc, cycle) {
				kinds[o.Kind] = true
				for _, lang := range []string{"en", "fr", "de"} {
					o.Languages = []string{lang}
					paper, err := p.Make(t.Context(), svc, o)
					if err != nil {
						t.Fatalf("%+v: %v", o, err)
					}
					checkItems(t, paper)
					name := lang + "-" + o.File(papers.DOCX)
					docx := writes(t, p, paper, papers.DOCX)
					checkXML(t, name, docx)
					pdf := writes(t, p, paper, papers.PDF)
					checkPDF(t, name, pdf)
					if lang != "en" {
						continue // for the other programs it is the same
					}
					if again, err := p.Make(t.Context(), svc, o); err != nil || !bytes.Equal(docx, writes(t, p, again, papers.DOCX)) || !bytes.Equal(pdf, writes(t, p, again, papers.PDF)) {
						t.Errorf("%s: the same record gives other bytes, or %v", name, err)
					}
					checkSays(t, name, paper, pdf)
					keepPicture(t, o, pdf)
					made[name] = paper
					if err := os.WriteFile(filepath.Join(folder, name), docx, 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			for _, kind := range papers.Kinds() {
				if !kinds[kind] && (kind != papers.KindRoadmap || cycle != cycles[1]) { // which is not evaluated yet
					t.Errorf("no paper of the kind %s is made", kind)
				}
			}
			if cycle != cycles[0] {
				return // LibreOffice has seen one of each kind
			}
			for name, text := range converted(t, folder) {
				checkShown(t, name, made[name], text)
			}
		})
	}
}

// checkItems makes sure that items are numbered as a writer numbers them.
func checkItems(t *testing.T, paper *papers.Paper) {
	t.Helper()
	n := 0
	for _, b := range paper.Body {
		if item, is := b.(papers.Item); is {
			if n++; item.Number != n {
				t.Errorf("%s: item %d has the number %d", paper.Subject.Plain(), n, item.Number)
			}
		}
	}
}

// checkXML makes sure that each part of a .docx can be read.
func checkXML(t *testing.T, name string, docx []byte) {
	t.Helper()
	for part, body := range parts(t, docx) {
		for d := xml.NewDecoder(strings.NewReader(body)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s, %s: %v", name, part, err)
			}
		}
	}
}

func parts(t *testing.T, docx []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, file := range archive.File {
		part, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		texts[file.Name] = string(body)
	}
	return texts
}

// converted has LibreOffice open all papers of a folder, and gives the text of each.
func converted(t *testing.T, folder string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.docx"))
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-env:UserInstallation=file://" + filepath.Join(folder, "profile"), "--headless", "--convert-to", "pdf", "--outdir", folder}, names...)
	if said, err := exec.CommandContext(t.Context(), "soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("LibreOffice (libreoffice-writer) is needed: %v\n%s", err, said)
	}
	texts := map[string]string{}
	for _, name := range names {
		texts[filepath.Base(name)] = textOf(t, strings.TrimSuffix(name, ".docx")+".pdf")
	}
	return texts
}

// textOf gives the text of a PDF.
func textOf(t *testing.T, pdf string) string {
	t.Helper()
	text, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", pdf, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext (poppler-utils) is needed: %v", err)
	}
	return string(text)
}

// checkShown makes sure that the pages of a paper show what it says.
func checkShown(t *testing.T, name string, paper *papers.Paper, text string) {
	t.Helper()
	flat := strings.Join(strings.Fields(text), " ")
	wanted := []string{paper.Subject.Plain(), paper.Said.Date, paper.Said.Digest[:20]}
	for _, b := range paper.Body {
		if item, is := b.(papers.Item); is {
			wanted = append(wanted, item.Text.Plain()[:min(len(item.Text.Plain()), 20)])
		}
	}
	for _, want := range wanted {
		if !strings.Contains(flat, want) {
			t.Errorf("%s does not show %q:\n%s", name, want, text)
		}
	}
	if strings.Contains(text, "[paper.") || strings.Contains(text, "[meeting.") {
		t.Errorf("%s says what no catalogue holds:\n%s", name, text)
	}
	for page := range strings.SplitSeq(strings.TrimSuffix(text, "\f"), "\f") {
		if !strings.Contains(page, paper.Said.Marking) {
			t.Errorf("%s has a page without its marking:\n%s", name, page)
		}
	}
}

// On the agenda stand the plans that COSI is to adopt, each with its document, and who asks for
// what is not there is told.
func TestAgenda_ListsItemsWithTheirDocuments(t *testing.T) {
	t.Parallel()
	svc := &secretariat{meeting: &rules.MeetingView{
		PlannedMeeting: policy.PlannedMeeting{Key: "council-2021-12", Title: "Council, December 2021", Body: policy.Council, On: policy.NewDate(2021, 12, 9)},
		Items: []rules.MeetingItem{
			{Number: 1, Section: rules.SectionA, Subject: "oap/2022/firearms", Title: "OAP 2022 Firearms"},
			{Number: 2, Section: rules.SectionB, Subject: "oap/2022/drugs", Title: "OAP 2022 Drugs"},
		},
		Others: []string{"State of play"},
	}}
	p := press(t)
	paper, err := p.Make(t.Context(), svc, papers.Order{Kind: papers.KindAgenda, Cycle: "small", Key: "council-2021-12", Languages: []string{"fr"}})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, b := range paper.Body {
		switch b := b.(type) {
		case papers.Heading:
			said = append(said, b.Text.Plain())
		case papers.Item:
			said = append(said, b.Text.Plain())
			for _, line := range b.Lines {
				said = append(said, "  "+line.Plain())
			}
		}
	}
	want := []string{
		"Points A", "OAP 2022 Firearms", "  ST 2/21 INIT, version 2, 20 nov. 2021, LIMITE",
		"Points B", "OAP 2022 Drugs", "  Aucun document n'a été remis.", "State of play",
	}
	if !slices.Equal(said, want) {
		t.Errorf("the agenda says\n%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
	}
	if document := parts(t, writes(t, p, paper, papers.DOCX)); !strings.Contains(document["word/document.xml"], `<w:lang w:val="en-GB"/>`) || !strings.Contains(document["word/styles.xml"], `<w:lang w:val="fr-FR"`) {
		t.Error("the paper is in French, and its titles in English: it does not say so")
	}
	for name, o := range map[string]papers.Order{
		"is not a kind of paper": {Kind: "minutes", Cycle: "small"}, "say what the paper is about": {Kind: papers.KindAgenda, Cycle: "small"},
	} {
		if _, err := p.Make(t.Context(), svc, o); policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), name) {
			t.Errorf("want %q, got %v", name, err)
		}
	}
}

// What the public reads decides the marking: where that cannot be asked, no paper is made, rather
// than one with another marking.
func TestPress_MakesNoPaperWhoseMarkingItCannotAsk(t *testing.T) {
	t.Parallel()
	svc := &secretariat{meeting: &rules.MeetingView{PlannedMeeting: policy.PlannedMeeting{Key: "cosi", Title: "COSI", Body: policy.COSI, On: policy.NewDate(2021, 12, 9)}}, gone: true}
	if _, err := press(t).Make(t.Context(), svc, papers.Order{Kind: papers.KindAgenda, Cycle: "small", Key: "cosi"}); policy.CodeOf(err) != policy.CodeUnavailable {
		t.Errorf("it is made, or refused as %v", err)
	}
}
