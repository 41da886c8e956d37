package papers_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/policycycle/policycycle/examples"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
	"github.com/policycycle/policycycle/web/text"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// cycles are the examples that ship.
var cycles = []string{"empact-2022-2025", "empact-2026-2029", "initial-2011-2013"}

// archives makes the records of each example once: nothing here changes them.
var archives = func() map[string]func(*testing.T) string {
	all := map[string]func(*testing.T) string{}
	for _, name := range cycles {
		var once sync.Once
		var address string
		all[name] = func(t *testing.T) string {
			t.Helper()
			once.Do(func() {
				at := storetest.URL(t)
				if err := storetest.Opened(t, at, store.Options{Asserted: true}).Import(t.Context(), plays(folderOf(t, name))); err != nil {
					t.Fatal(err)
				}
				address = at
			})
			return address
		}
	}
	return all
}()

// recorded gives the records of an example in which all went well until today.
func recorded(t *testing.T, name string) *local.Service {
	t.Helper()
	address := archives[name](t)
	if address == "" {
		t.Fatalf("the records of %s could not be made", name)
	}
	return local.New(storetest.Opened(t, address, store.Options{Asserted: true}), nil, nil)
}

// reads gives the service as somebody sees it.
func reads(t *testing.T, svc service.Service, body policy.Body) service.Service {
	t.Helper()
	seen, err := service.As(t.Context(), svc, policy.Actor{Name: "Anna", Body: body})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

func press(t *testing.T) *papers.Press {
	t.Helper()
	return pressOn(t, nil)
}

func pressOn(t *testing.T, template *papers.Template) *papers.Press {
	t.Helper()
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	p, err := papers.NewPress(texts, template)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// plays gives what the institutions did in a cycle, if all went well.
func plays(folder *files.Folder) store.Past {
	d := &folder.Definition
	for _, item := range folder.Script.Items { // as if it had been so from the beginning
		if item.Amendment != nil {
			*d = d.Amend(*item.Amendment, d.PolicyWindow.From)
		}
	}
	past := store.Past{
		NewCycle:  store.NewCycle{ID: d.Key, Definition: *d, By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}, Now: time.Now()},
		Documents: map[string]policy.Content{},
	}
	for _, e := range d.Agenda() {
		if e.Subject.Period != "" && e.Subject.Period != d.Periods[0].Key {
			continue // one period tells as much as all
		}
		past.Acts = append(past.Acts, settles(folder, e)...)
	}
	slices.SortStableFunc(past.Acts, func(a, b policy.Recorded) int { return a.Date.Compare(b.Date) })
	now := time.Now()
	today := policy.NewDate(now.Year(), now.Month(), now.Day()).AddDays(-1)
	past.Acts = slices.DeleteFunc(past.Acts, func(r policy.Recorded) bool { return r.Date.After(today) })
	for _, a := range past.Acts {
		if a.Kind == policy.ActSubmit {
			if content := handsIn(folder, a.Subject); content != nil {
				past.Documents[a.Subject.Path()+"/v1"] = content
			}
		}
	}
	past.Rows = slices.DeleteFunc(slices.Clone(folder.Rows), func(r policy.Row) bool { return r.Date.After(today) })
	return past
}

// settles takes a subject through all its bodies.
func settles(folder *files.Folder, e policy.Entry) []policy.Recorded {
	d := &folder.Definition
	by := slices.Concat(e.Submitters, []policy.Body{"fr"})[0]
	if e.Subject.Kind == policy.KindOAP || e.Subject.Kind == policy.KindReport {
		by = policy.SupportTeam // whoever drives it
	}
	number := func(step int) policy.DocumentRef {
		return policy.DocumentRef(fmt.Sprintf("EX %d/%d INIT", 1000+len(e.Subject.Path())*100+step, e.Due.Year()%100))
	}
	played := func(body policy.Body, due policy.Date) policy.Date {
		if e.Subject.Kind != policy.KindObligation {
			return due
		}
		return folder.Script.When(folder.Script.SceneFor(e.Subject, body, 1), due)
	}
	acts := []policy.Recorded{{ID: e.Subject.Path() + "-0", Act: policy.Act{
		Kind: policy.ActSubmit, Subject: e.Subject, Date: played("", e.SubmitBy), By: policy.Actor{Name: "Eva", Body: by}, Document: number(1), Marking: policy.Limite,
	}}}
	for i, turn := range e.Turns {
		last := i == len(e.Turns)-1
		recorded := policy.Recorded{ID: fmt.Sprintf("%s-%d", e.Subject.Path(), i+1), Act: policy.Act{
			Kind: policy.ActDecide, Subject: e.Subject, Date: played(turn.Body, turn.Due), By: policy.Actor{Name: "Anna", Body: d.Bodies.Recorder(turn.Body)}, Body: turn.Body, Version: 1,
			Outcome: d.UsualOutcome(e.Subject.Kind, turn.Body, last), Document: number(i + 2), Procedure: policy.Meeting,
		}}
		acts = append(acts, policytest.Seconded([]policy.Recorded{recorded})...)
	}
	return acts
}

// handsIn gives what stands in a document; a report is made of the register of progress.
func handsIn(folder *files.Folder, s policy.Subject) policy.Content {
	if s.Kind != policy.KindReport {
		return folder.Documents[s.Path()+"/v1"]
	}
	report := &policy.Report{}
	for _, row := range folder.Rows {
		code, of := strings.CutPrefix(row.Key, s.Period+"/"+s.Key+"/"+s.Round+"/")
		if p, is := row.Body.(*policy.Progress); of && is {
			report.Actions = append(report.Actions, policy.ActionReport{Action: code, Status: p.Status, Figures: p.Figures, Text: p.Text})
		}
	}
	return report
}

func folderOf(t *testing.T, name string) *files.Folder {
	t.Helper()
	within, err := fs.Sub(examples.Files, name)
	if err != nil {
		t.Fatal(err)
	}
	folder, err := files.ReadFolderFS(name, within)
	if err != nil {
		t.Fatal(err)
	}
	return folder
}
