package e2e_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/policycycle/policycycle/e2e/browser"
	"github.com/policycycle/policycycle/policy"
)

// downloads gives a workbook that a page gives, after somebody has typed into a cell of it.
func (p *official) downloads(tb testing.TB, address, was, is string) []byte {
	tb.Helper()
	packed := p.Words(`fetch(` + fmt.Sprintf("%q", address) + `).then(a => a.arrayBuffer()).then(b => btoa([...new Uint8Array(b)].map(c => String.fromCharCode(c)).join('')))`)
	content, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		tb.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		tb.Fatal(err)
	}
	defer book.Close()
	sheet := book.GetSheetList()[0]
	cells, err := book.SearchSheet(sheet, was)
	if err != nil || len(cells) != 1 {
		tb.Fatalf("%q stands in %v: %v", was, cells, err)
	}
	if err := book.SetCellStr(sheet, cells[0], is); err != nil {
		tb.Fatal(err)
	}
	changed, err := book.WriteToBuffer()
	if err != nil {
		tb.Fatal(err)
	}
	return changed.Bytes()
}

// choosesFile chooses a file in the form that leads to an address.
func (p *official) choosesFile(tb testing.TB, address string, content []byte) {
	tb.Helper()
	if !p.Holds(`(() => {
		const input = document.querySelector('form[action="` + address + `"] input[type=file]'), chosen = new DataTransfer()
		chosen.items.add(new File([Uint8Array.from(atob('` + base64.StdEncoding.EncodeToString(content) + `'), c => c.charCodeAt(0))], 'plan.xlsx'))
		input.files = chosen.files
		return input.files.length === 1
	})()`) {
		tb.Fatal("no file can be chosen")
	}
}

// A driver works in Excel: the workbook that the page gave comes back, is looked at, and is taken. What somebody
// else saves in between is not lost, and nobody else is offered to.
func TestADriverTakesBackTheWorkbookThatThePageGave(t *testing.T) {
	t.Parallel()
	r := receives(t)
	const cycle = "pages-workbook"
	r.starts(kept(cycle))
	r.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	r.awaits(oap, policy.StateDrafting)
	r.hands("se", oap, cleanPlanDate, assessed(twoActions()))

	driver := r.signsIn(t, "Dagny", "Sweden", browser.Options{})
	content, upload := "/cycles/"+cycle+"/content/"+oap.Path(), "/cycles/"+cycle+"/upload/"+oap.Path()
	driver.goes(content)
	book := driver.downloads(t, "/cycles/"+cycle+"/sheets/"+oap.Path(), "Tell dealers", "Tell dealers and hunters")
	driver.Click("Take an Excel workbook in")
	driver.choosesFile(t, upload, book)
	driver.Click("See what it changes")
	driver.See("One change.")
	driver.See("Tell dealers and hunters")
	driver.checks(t, "what a workbook changes", browser.Options{})
	driver.Click("Take all of it")
	driver.See("The draft is saved.")
	driver.See("Revision 1, saved by Dagny")
	driver.See("Tell dealers and hunters")

	driver.goes(upload)
	driver.choosesFile(t, upload, book)
	driver.Click("See what it changes")
	driver.See("there is nothing to take")

	other := driver.downloads(t, "/cycles/"+cycle+"/sheets/"+oap.Path(), "Tell dealers and hunters", "Tell hunters")
	driver.goes(upload)
	driver.choosesFile(t, upload, other)
	driver.Click("See what it changes")
	colleague := r.signsIn(t, "Doris", "Sweden", browser.Options{})
	colleague.goes("/cycles/" + cycle + "/draft/" + oap.Path())
	colleague.Click("Edit action 1.1")
	colleague.Fill("Title", "Trace all firearms")
	colleague.Click("Save the draft")
	driver.Click("Take all of it")
	driver.See("made of a draft that has changed since")
	colleague.goes("/cycles/" + cycle + "/draft/" + oap.Path())
	colleague.See("Trace all firearms")
	colleague.SeeNot("Tell hunters")

	last := colleague.downloads(t, "/cycles/"+cycle+"/sheets/"+oap.Path(), "Tell dealers and hunters", "Tell hunters")
	colleague.goes(upload)
	colleague.choosesFile(t, upload, last)
	colleague.Click("See what it changes")
	colleague.Click("Hand it in at once")
	colleague.See("It takes the place of version 1")
	colleague.checks(t, "a workbook that is handed in", browser.Options{})
	colleague.Fill("Register number", "EX 14001/21 REV 1")
	colleague.Click("Take all of it and hand it in")
	colleague.See("now before COSI")
	colleague.goes(content + "?version=2&was=1")
	colleague.See("Trace all firearms")
	colleague.See("Tell hunters")

	nina := r.signsIn(t, "Nina", "France", browser.Options{})
	nina.goes(content)
	nina.SeeNot("Take an Excel workbook in")
	nina.goes(upload)
	if nina.Status() != 403 {
		t.Errorf("who may not hand it in: status %d", nina.Status())
	}
	if problems := slices.Concat(driver.Problems(), colleague.Problems()); len(problems) > 0 {
		t.Errorf("the browser complains: %q", problems)
	}
}
