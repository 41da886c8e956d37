package bench_test

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/policycycle/policycycle/bench"
	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
	"github.com/policycycle/policycycle/web/text"
)

// BenchmarkSheet measures a workbook of 15 OAPs out and in, with 20 actions each and with 200: writing it, showing
// what 30 changed cells are, and taking them into drafts. Time and memory grow no worse than linearly.
func BenchmarkSheet(b *testing.B) {
	r := measures(b, "sheet")
	d := readOnly(b, storetest.URL(b))
	r.on(d.owner.Config().ConnString())
	sizes := []int{20, 200}
	for _, size := range sizes {
		d.takeOverPlans(b, size)
	}
	_, err := d.Pool.Exec(b.Context(), "ANALYZE")
	must(b, err)
	texts, err := text.Load()
	must(b, err)
	sheets := papers.Sheets{Service: as(b, d, policy.Actor{Name: "Eva", Body: "se"}), Words: texts.In("en")}
	for n := range rounds() {
		r.say("round %d", n+1)
		for _, size := range sizes {
			r.sheet(sheets, size)
		}
	}
	for _, what := range []string{"out", "in, shown", "in, taken"} {
		r.Compare("workbook "+what+", 200 actions an OAP to 20", what, each(200), each(20))
	}
	for _, what := range []string{"memory out", "memory in"} {
		r.Compare("workbook, "+what+", 200 actions an OAP to 20", what, each(200), each(20))
	}
	r.keep()
}

func each(size int) string { return fmt.Sprintf("15 OAPs × %d actions", size) }

func sheetCycle(size int) string { return fmt.Sprintf("sheets-%d", size) }

const sheetPlans = 15

// takeOverPlans takes over a cycle with 15 OAPs.
func (d *bed) takeOverPlans(b *testing.B, size int) {
	b.Helper()
	definition := bench.Cycle(sheetCycle(size))
	definition.Stores = []string{"masp", "oap", "consents", "indicators"}
	definition.Priorities[0].OAPs = nil
	for i := range sheetPlans {
		definition.Priorities[0].OAPs = append(definition.Priorities[0].OAPs, policy.OAP{Key: fmt.Sprintf("plan-%d", i), Title: fmt.Sprintf("A plan, number %d", i), Driver: "se"})
	}
	past := pastOf(definition)
	for i := range sheetPlans {
		path := fmt.Sprintf("oap/2022/plan-%d", i)
		past.Documents[path+"/v1"] = benchPlan(size, i)
		past.adopt(path, "2021-12-10", "se", policy.SupportTeam, policy.COSISupportGroup, policy.COSI)
	}
	must(b, d.Store.Import(b.Context(), store.Past{
		NewCycle: store.NewCycle{ID: definition.Key, Definition: definition, By: anna, Now: time.Now()}, Acts: past.Acts, Documents: past.Documents,
	}))
	_, err := d.Store.Reconcile(b.Context(), policy.Run{Kind: policy.RunCycle, Cycle: definition.Key}, time.Now())
	must(b, err)
}

// sheet has a workbook go out, come in with 30 cells changed, and be taken.
func (r *results) sheet(s papers.Sheets, size int) {
	r.b.Helper()
	const changes = 30
	cycle, on := sheetCycle(size), each(size)
	var book *papers.Workbook
	var out, changed bytes.Buffer
	r.Add("memory out", on, "MB", r.peak(on, "out", func() (err error) {
		if book, err = s.PeriodActions(r.b.Context(), cycle, "2022"); err == nil {
			err = book.Write(&out)
		}
		return err
	}))
	r.Add("size", on, "kB", float64(out.Len())/1e3)
	for i := range changes {
		sheet := book.Sheets[i%sheetPlans]
		sheet.Lines[i/sheetPlans].Cells[sheet.Column("title")] = fmt.Sprintf("Changed by a spreadsheet program, %d", i)
	}
	must(r.b, book.Write(&changed))
	var in *papers.Incoming
	r.Add("memory in", on, "MB", r.peak(on, "in, shown", func() (err error) {
		in, err = s.Preview(r.b.Context(), "oaps.xlsx", changed.Bytes(), papers.Meant{Cycle: cycle})
		return err
	}))
	if in.Changed() != changes {
		r.b.Fatalf("%d cells have changed", in.Changed())
	}
	var taken *papers.Taken
	r.peak(on, "in, taken", func() (err error) { taken, err = s.Take(r.b.Context(), in); return err })
	for _, path := range taken.Drafts {
		subject, err := policy.ParseSubject(path)
		must(r.b, err)
		must(r.b, s.Service.DropDraft(r.b.Context(), service.SaveDraft{Subject: subject, Revision: 1}))
	}
}

// peak measures how long something takes, and gives how many MB it holds at most: more than before it.
func (r *results) peak(on, what string, do func() error) float64 {
	r.b.Helper()
	runtime.GC()
	before := held()
	done, most := make(chan struct{}), make(chan float64)
	go func() {
		const look = 2 * time.Millisecond
		tick, highest := time.NewTicker(look), before
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				highest = max(highest, held())
			case <-done:
				most <- max(highest, held())
				return
			}
		}
	}()
	began := time.Now()
	must(r.b, do())
	r.Add(what, on, "s", time.Since(began).Seconds())
	close(done)
	return <-most - before
}

// held is how much the heap holds, what waits for the collector included, in MB.
func held() float64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return float64(sample[0].Value.Uint64()) / 1e6
}
