package main

import (
	"bytes"
	"context"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
)

// fakeWorklist is the worklist of one person, with one draft on it.
type fakeWorklist struct {
	fakeService
	claimed  []service.Claim
	reminded []service.Remind
	asked    []service.InboxFilter
	waiting  []service.InboxItem
	searched []string
	draft    service.Draft
	changes  []service.Change
	gone     bool // the engine goes away once the changes are told
}

func (f *fakeWorklist) As(who policy.Principal) service.Service {
	f.by = who.Actor
	return f
}

func (f *fakeWorklist) Claim(_ context.Context, c service.Claim) error {
	f.claimed = append(f.claimed, c)
	return nil
}

func (f *fakeWorklist) Remind(_ context.Context, r service.Remind) error {
	f.reminded = append(f.reminded, r)
	return nil
}

func (f *fakeWorklist) Inbox(_ context.Context, filter service.InboxFilter) ([]service.InboxItem, error) {
	f.asked = append(f.asked, filter)
	return slices.Clone(f.waiting), nil
}

func (f *fakeWorklist) Search(_ context.Context, text string) ([]service.Found, error) {
	f.searched = append(f.searched, text)
	return nil, nil
}

func (f *fakeWorklist) FindDraft(context.Context, policy.Subject) (*service.Draft, error) {
	found := f.draft
	return &found, nil
}

func (f *fakeWorklist) SaveDraft(_ context.Context, d service.SaveDraft) (*service.Draft, error) {
	if d.Revision+1 == f.draft.Revision && f.by.String() == f.draft.By {
		return &f.draft, nil // saved before
	}
	if d.Revision != f.draft.Revision {
		return nil, policy.Refuse(policy.CodeWrongVersion, "somebody was faster")
	}
	f.draft = service.Draft{Subject: d.Subject, Revision: d.Revision + 1, Content: d.Content, By: f.by.String(), Problems: d.Content.Problems()}
	return &f.draft, nil
}

func (f *fakeWorklist) DropDraft(_ context.Context, d service.SaveDraft) error {
	if f.draft.Revision > 0 && d.Revision != f.draft.Revision {
		return policy.Refuse(policy.CodeWrongVersion, "somebody was faster")
	}
	f.draft = service.Draft{Content: policy.NewContent(d.Subject.Kind)}
	return nil
}

func (f *fakeWorklist) ListCycles(context.Context, service.CycleFilter) ([]service.CycleLine, error) {
	return nil, nil
}

func (f *fakeWorklist) FindCycle(_ context.Context, id string) (*service.Cycle, error) {
	return nil, policy.Refuse(policy.CodeUnknown, "there is no cycle %q", id)
}

func (f *fakeWorklist) Watch(ctx context.Context, _ string, each func(service.Change)) error {
	for _, change := range f.changes {
		each(change)
	}
	if !f.gone {
		<-ctx.Done()
	}
	return nil
}

const oap = "empact-2022-2025/oap/2023/firearms"

func TestClaim_TakesOnAndGivesBackWhatWaits(t *testing.T) {
	t.Parallel()
	svc := &fakeWorklist{}
	took := command(t.Context(), fakeParts(svc), nil, "claim", oap, "--as", "lucia@es")
	gave := command(t.Context(), fakeParts(svc), nil, "claim", oap, "--release", "--as", "lucia@es", "-o", "json")
	if took.status != 0 || !strings.Contains(took.out, "Taken on: "+oap) || gave.status != 0 || !strings.Contains(gave.out, `"done": "released"`) {
		t.Errorf("%+v\n%+v", took, gave)
	}
	subject, by := policy.Subject{Cycle: "empact-2022-2025", Kind: policy.KindOAP, Period: "2023", Key: "firearms"}, policy.Actor{Name: "lucia", Body: "es"}
	want := []service.Claim{{Subject: subject}, {Subject: subject, Release: true}}
	if diff := cmp.Diff(want, svc.claimed); diff != "" || svc.by != by {
		t.Errorf("taken on by %s: %s", svc.by, diff)
	}
}

func TestRemind_GoesToTheBodyThatIsNamed(t *testing.T) {
	t.Parallel()
	svc := &fakeWorklist{}
	got := command(t.Context(), fakeParts(svc), nil, "remind", oap, "--to", "cosi", "--as", "anna@general-secretariat")
	if got.status != 0 || !strings.Contains(got.out, "Reminded: COSI") || len(svc.reminded) != 1 || svc.reminded[0].To != policy.COSI {
		t.Errorf("%+v: %+v", got, svc.reminded)
	}
}

func TestInbox_IsSortedAsAskedAndKnowsWhoseItIs(t *testing.T) {
	t.Parallel()
	item := func(title, since, due string) service.InboxItem {
		return service.InboxItem{Title: title, Since: policytest.Date(since), Due: policytest.Date(due)}
	}
	svc := &fakeWorklist{waiting: []service.InboxItem{item("B", "2022-03-01", "2022-05-01"), item("C", "2022-01-01", "2022-06-01"), item("A", "2022-02-01", "2022-04-01")}}
	for order, want := range map[string]string{"due": "ABC", "since": "CAB", "title": "ABC", "": "BCA"} {
		args := []string{"inbox", "-o", "json"}
		if order != "" {
			args = append(args, "--sort", order)
		}
		got := command(t.Context(), fakeParts(svc), nil, args...)
		var items []service.InboxItem
		if err := json.Unmarshal([]byte(got.out), &items); err != nil {
			t.Fatal(err, got)
		}
		titles := ""
		for _, i := range items {
			titles += i.Title
		}
		if titles != want {
			t.Errorf("by %q: %s, want %s", order, titles, want)
		}
	}
	svc.waiting = nil
	mine := command(t.Context(), fakeParts(svc), nil, "inbox", "--mine", "--as", "lucia@es")
	if mine.status != 0 || mine.out != "You have taken on nothing.\n" || !svc.asked[len(svc.asked)-1].Mine {
		t.Errorf("%+v, asked %+v", mine, svc.asked)
	}
}

func TestSearch_TakesTheWordsAsOneText(t *testing.T) {
	t.Parallel()
	svc := &fakeWorklist{}
	got := command(t.Context(), fakeParts(svc), nil, "search", "joint", "action", "days", "-o", "json")
	if got.status != 0 || got.out != "[]\n" || !slices.Equal(svc.searched, []string{"joint action days"}) {
		t.Errorf("%+v, searched %q", got, svc.searched)
	}
}

func TestDraft_IsSavedAsShownThoughUnfinished(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "oap.yaml")
	if err := os.WriteFile(file, []byte("actions:\n  - code: \"1.1\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	svc := &fakeWorklist{draft: service.Draft{Content: policy.NewContent(policy.KindOAP)}}
	draft := func(args ...string) ran {
		return command(t.Context(), fakeParts(svc), []string{"POLICYCYCLE_AS=lucia@es"}, append([]string{"draft"}, args...)...)
	}
	if got := draft("save", oap, "--file", file); got.status != 0 || !strings.Contains(got.out, "revision 1\nStands against handing it in:\n") {
		t.Fatalf("%+v", got)
	}
	saved := svc.draft.Content
	shown := draft("show", oap)
	if shown.status != 0 || !strings.HasPrefix(shown.out, "# Draft of "+oap+", revision 1: saved by lucia@es") {
		t.Fatalf("%+v", shown)
	}
	if err := os.WriteFile(file, []byte(shown.out), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := draft("save", oap, "--file", file, "--revision", "1"); got.status != 0 {
		t.Fatalf("%+v", got)
	}
	if diff := cmp.Diff(saved, svc.draft.Content, cmp.AllowUnexported(policy.Date{})); diff != "" {
		t.Error(diff)
	}
}

func TestDraft_ExplainsAStaleRevision(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "oap.json")
	if err := os.WriteFile(file, []byte(`{"actions": []}`), 0o600); err != nil {
		t.Fatal(err)
	}
	three := service.Draft{Revision: 3, By: "sven@se", Content: policy.NewContent(policy.KindOAP)}
	tests := map[string]struct {
		there service.Draft
		args  []string
		says  string
	}{
		"saved by another":    {three, []string{"save", oap, "--file", file, "--revision", "2"}, "sven@se has saved revision 3 meanwhile"},
		"made from none":      {three, []string{"save", oap, "--file", file}, "say with --revision"},
		"dropped by another":  {three, []string{"drop", oap, "--revision", "2"}, "sven@se has saved revision 3 meanwhile"},
		"nothing to be there": {service.Draft{Content: policy.NewContent(policy.KindOAP)}, []string{"save", oap, "--file", file, "--revision", "2"}, "has no draft"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			svc := &fakeWorklist{draft: test.there}
			got := command(t.Context(), fakeParts(svc), nil, slices.Concat([]string{"draft"}, test.args, []string{"--as", "dagny@se"})...)
			if got.status != 7 || !strings.Contains(got.err, test.says) || !strings.Contains(got.err, "hint: ") {
				t.Errorf("%+v, want %q", got, test.says)
			}
		})
	}
}

func TestWatch_TellsOfEachChangeUntilCtrlC(t *testing.T) {
	t.Parallel()
	changes := []service.Change{{Cycle: "empact-2022-2025", Sequence: 7, Path: "oap/2023/firearms"}, {Cycle: "empact-2026-2029", Sequence: 1}}
	for format, want := range map[string]string{
		"table": "     7  empact-2022-2025/oap/2023/firearms\n     1  empact-2026-2029\n",
		"json":  `{"cycle":"empact-2022-2025","sequence":7,"path":"oap/2023/firearms"}` + "\n" + `{"cycle":"empact-2026-2029","sequence":1}` + "\n",
		"yaml":  "- cycle: empact-2022-2025\n  sequence: 7\n  path: oap/2023/firearms\n- cycle: empact-2026-2029\n  sequence: 1\n",
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, interrupt := context.WithCancel(t.Context())
				var out, errs bytes.Buffer
				a := newApp(fakeParts(&fakeWorklist{changes: changes}), nil, &out, &errs, nil)
				status := make(chan int, 1)
				go func() { status <- a.run(ctx, []string{"watch", "-o", format}) }()
				synctest.Wait()
				interrupt()
				if got := <-status; got != 0 || out.String() != want {
					t.Errorf("status %d, wrote\n%s, want\n%s", got, &out, want)
				}
				if told := errs.String(); (told == "") == (format == "table") {
					t.Errorf("told %q", told)
				}
			})
		})
	}
}

func TestWatch_EndsWithAnErrorWhereNothingIs(t *testing.T) {
	t.Parallel()
	gone := command(t.Context(), fakeParts(&fakeWorklist{gone: true}), nil, "watch")
	if gone.status != 12 || !strings.Contains(gone.err, "has gone away") {
		t.Errorf("%+v", gone)
	}
	if got := command(t.Context(), fakeParts(&fakeWorklist{}), nil, "watch", "nothing"); got.status != 3 {
		t.Errorf("%+v", got)
	}
}

func TestIdentify_TakesWhoSaysNoNameForThePublic(t *testing.T) {
	t.Parallel()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:8470/v1/cycles", http.NoBody)
	if _, err := new(door).identify(request); policy.CodeOf(err) != policy.CodeNotIdentified {
		t.Errorf("who says no name: %v", err)
	}
	request.Header.Set(identity.HeaderAs, "anna@the senate?")
	if _, err := new(door).identify(request); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("who says a name that is none: %v", err)
	}
}

// notForCommands are the methods of the service that no command asks for, with the
// reason.
var notForCommands = map[string]string{
	"PrincipalOf":      "asked for by service.As, wherever somebody is named",
	"FindScriptedRows": "for the actors of a rehearsal",
	"ListScripts":      "for the actors of a rehearsal",
	"May":              "told by whoami of the API, for those who offer",
}

func TestCommands_AskForEverythingThatTheServiceDoes(t *testing.T) {
	t.Parallel()
	asked := askedOfTheService(t)
	for method := range reflect.TypeFor[service.Service]().Methods() {
		reason := notForCommands[method.Name]
		if asked[method.Name] == (reason != "") {
			t.Errorf("%s: asked for by a command: %t; the reason why not: %q", method.Name, asked[method.Name], reason)
		}
	}
	for name := range maps.Keys(notForCommands) {
		if _, there := reflect.TypeFor[service.Service]().MethodByName(name); !there {
			t.Errorf("the service has no %s", name)
		}
	}
}

// askedOfTheService finds in the source of the commands what they ask of a service:
// of what is declared as one, of the rooms that hold one, and by service.Service.X.
func askedOfTheService(t *testing.T) map[string]bool {
	t.Helper()
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	asked, services := map[string]bool{}, map[string]bool{}
	var chosen []*ast.SelectorExpr
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field:
				if called := nameOf(n.Type); called == "service.Service" || called == "rooms" {
					for _, name := range n.Names {
						services[name.Name] = true
					}
				}
			case *ast.SelectorExpr:
				chosen = append(chosen, n)
			}
			return true
		})
	}
	for _, c := range chosen {
		of := nameOf(c.X)
		if services[of[strings.LastIndex(of, ".")+1:]] || of == "service.Service" {
			asked[c.Sel.Name] = true
		}
	}
	return asked
}

// nameOf writes a name as source has it, such as service.Service or h.rooms.
func nameOf(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.StarExpr:
		return nameOf(x.X)
	case *ast.SelectorExpr:
		return nameOf(x.X) + "." + x.Sel.Name
	default:
		return ""
	}
}
