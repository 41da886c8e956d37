package web

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
)

// paperFile serves a paper in the language of the page, as its reader may read it.
func paperFile(v *page, w http.ResponseWriter) error {
	format, err := papers.ParseFormat(cmp.Or(v.r.URL.Query().Get("format"), string(papers.DOCX)))
	if err != nil {
		return err
	}
	press, err := papers.NewPress(v.site.texts, v.site.Template)
	if err != nil {
		return err
	}
	order := papers.Order{Kind: papers.Kind(v.r.PathValue("kind")), Cycle: v.Cycle, Key: v.r.PathValue("key"), Languages: []string{v.Lang}}
	paper, err := press.Make(v.ctx(), v.service, order)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := press.Write(&out, paper, format); err != nil {
		return err
	}
	return v.attaches(w, order.File(format), format.MediaType(), out.Bytes())
}

// sheetFile serves a table as a workbook, which somebody fills in.
func sheetFile(v *page, w http.ResponseWriter) error {
	sheets := papers.Sheets{Service: v.service, Words: v.Printer}
	book, err := sheets.Of(v.ctx(), v.Cycle, v.r.PathValue("what"), v.r.URL.Query().Get("key"))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		return err
	}
	return v.attaches(w, book.Name, papers.WorkbookType, out.Bytes())
}

// attaches serves a file that a browser keeps.
func (v *page) attaches(w http.ResponseWriter, name, mediaType string, content []byte) error {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	w.Header().Set("Cache-Control", "no-store")
	_, err := w.Write(content)
	return err
}

// sheetPath gives the address of a table as a workbook.
func sheetPath(cycle, what string) string { return "/cycles/" + cycle + "/sheets/" + what }

// paperPath gives the address of a paper in a format.
func paperPath(cycle string, kind papers.Kind, key string, f papers.Format) string {
	return "/cycles/" + cycle + "/papers/" + strings.TrimSuffix(string(kind)+"/"+key, "/") + "?format=" + string(f)
}

// planPaper gives the kind and the key of the paper that is made of the text in force.
func planPaper(c *contentView) (kind papers.Kind, key string, is bool) {
	if !c.InForce {
		return "", "", false
	}
	switch kind := papers.Kind(c.Subject.Kind); c.Subject.Kind {
	case policy.KindPriorities:
		return papers.KindConclusions, "", true
	case policy.KindOAP, policy.KindMASP:
		return kind, strings.TrimPrefix(c.Subject.Path(), string(kind)+"/"), true
	default:
		return "", "", false
	}
}

// hasSheet says whether what stands in a document is a table that is filled in.
func hasSheet(subject policy.Subject) bool {
	return subject.Kind == policy.KindOAP || subject.Kind == policy.KindChange
}
