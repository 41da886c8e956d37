package files_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
)

var (
	first = policy.NewDate(2022, 1, 1)
	last  = policy.NewDate(2022, 12, 31)
	anna  = policy.Actor{Name: "Anna Berg", Body: policy.GeneralSecretariat}
)

func action(code string) policy.OperationalAction {
	return policy.OperationalAction{
		Code: code, Title: "Trace, and seize; \"all\"", Description: "Two\nlines.", Goals: []string{"1"}, Area: "firearms", Kind: "operational",
		Leader: "fr", CoLeaders: []policy.Body{"es", policy.Europol}, From: first, To: last,
		KPIs:    []policy.KPI{{Indicator: "arrests", Target: policy.Whole(50)}, {Indicator: "seizures", Baseline: policy.Whole(3)}},
		Funding: policy.Funding{State: policy.FundingAsked, Source: "isf", Need: 1000}, BurdensOthers: true,
	}
}

// wholeFolder is a cycle with something in each place.
func wholeFolder(tb testing.TB) *files.Folder {
	tb.Helper()
	f := &files.Folder{CycleFile: *example(tb, "empact-2022-2025")}
	f.Stores = []string{"oap", "change", "masp", "consents", "recommendations"}
	f.Meetings = []policy.PlannedMeeting{{Key: "cosi-1", Title: "COSI", Body: policy.COSI, On: policy.NewDate(2021, 12, 1), Settles: []string{"oap/2022/*"}}}
	f.AttendanceLevel = "director"
	f.Lineage = []policy.Lineage{{Priority: "old", How: "ended"}}
	f.Priorities[0].Areas, f.Priorities[0].Objectives = []string{"firearms"}, []policy.Objective{"criminal-networks"}
	f.Priorities[0].Threats, f.Priorities[0].Lineage = []policy.MainThreat{"drugs"}, []policy.Lineage{{Priority: "old", How: "kept"}}
	f.Priorities[0].OAPs[0].From = []string{"older"}
	f.Obligations[0].Kind = policy.ParliamentReport
	moved := f.Definition
	moved.Meetings = []policy.PlannedMeeting{{Key: "cosi-1", Title: "COSI", Body: policy.COSI, On: policy.NewDate(2021, 12, 2)}}
	f.Definitions = map[int]policy.Definition{2: moved}
	subject := func(path string) policy.Subject {
		s, err := policy.ParseSubject("empact-2022-2025/" + path)
		if err != nil {
			tb.Fatal(err)
		}
		return s
	}
	act := func(id string, kind policy.ActKind, path string) files.Act {
		return files.Act{ID: id, Act: policy.Act{Kind: kind, Subject: subject(path), Date: first, By: anna}}
	}
	conclude := act("a2", policy.ActDecide, "priorities")
	conclude.Body, conclude.Outcome, conclude.Procedure, conclude.Document, conclude.Version = policy.Council, policy.Adopted, policy.Meeting, "ST 8665/21 INIT", 1
	conclude.Items = []policy.ItemOutcome{{Item: "firearms", Outcome: policy.NotAgreed}}
	conclude.Irregular = "It was so."
	open := act("a6", policy.ActOpen, "change/2022/firearms/1")
	open.Opening = &policy.Opening{Title: "One action more", Due: last}
	amend := act("a7", policy.ActAmend, "definition")
	amend.Amendment, amend.Version = &policy.AmendmentRef{BaseVersion: 1, Decision: "a2"}, 2
	revises := act("a4", policy.ActSubmit, "oap/2022/firearms")
	revises.Revises = 1
	mend := act("a5", policy.ActSubmit, "oap/2022/firearms")
	mend.Rectifies, mend.Comment = "a4", "Wrong\r\nnumber; see \\share"
	mendFirst := act("a5-1", policy.ActSubmit, "oap/2022/firearms")
	mendFirst.Rectifies = "a3"
	corrects := act("COR 1/a:b", policy.ActCorrect, "oap/2022/firearms")
	corrects.Document = "ST 1/22 COR 1"
	f.Files = map[string]policy.File{
		"a1": {MediaType: "application/pdf", Body: []byte("%PDF-1.7\r\n\x00")}, "COR 1/a:b": {MediaType: "application/octet-stream", Body: []byte("a fax")},
	}
	launch := act("a9", policy.ActLaunch, "oap/2022/firearms")
	launch.Body, launch.Procedure, launch.Document, launch.Version, launch.Deadline = policy.COSI, policy.SilenceProcedure, "CM 3/22 INIT", 1, last
	end := act("a9-end", policy.ActDecide, "oap/2022/firearms")
	end.Body, end.Procedure, end.Document, end.Version, end.Outcome = policy.COSI, policy.SilenceProcedure, "CM 3/22 INIT", 1, policy.Adopted
	f.Acts = []files.Act{
		act("a1", policy.ActSubmit, "priorities"), conclude, act("a3", policy.ActSubmit, "oap/2022/firearms"),
		revises, mend, open, amend, act("a8", policy.ActSubmit, "change/2022/firearms/1"), launch, end, corrects, mendFirst,
	}
	impact := policy.ImpactAssessment{Financial: "none", Burden: policy.Burden{Union: "none"}}
	f.Documents = map[string]policy.Content{
		"assessment/v1":         &policy.ThreatAssessment{Kind: policy.SOCTA, Cover: policy.Cover{Illustrative: true}},
		"oap/2022/firearms/v1":  &policy.OperationalPlan{Actions: []policy.OperationalAction{action("1.1"), action("1.2")}},
		"oap/2022/firearms/v2":  &policy.OperationalPlan{Impact: &impact, Actions: []policy.OperationalAction{action("1.1")}, OwnImpacts: []policy.OwnImpact{{Action: "1.1", ImpactAssessment: impact}}},
		"oap/2022/firearms/v10": &policy.OperationalPlan{Actions: []policy.OperationalAction{action("1.1")}},
		"change/2022/firearms/1/v1": &policy.OperationalPlan{
			Cover: policy.Cover{Marking: policy.Limite}, Actions: []policy.OperationalAction{action("1.1"), action("1.3")},
		},
		"masp/general/v1": &policy.StrategicPlan{Goals: []policy.StrategicGoal{{Key: "1", Title: "One"}}},
	}
	f.Rows = []policy.Row{
		{Register: policy.RegConsents, Key: "2022/firearms/1.1/fr", Date: first, By: anna, Body: &policy.Consent{State: policy.Conditional, Condition: "money"}},
		{Register: policy.RegConsents, Key: "2022/firearms/1.1/fr", Date: last, Body: &policy.Consent{State: policy.Confirmed}, Reason: "The money came."},
		{Register: policy.RegRecommendations, Key: "one", Date: last, Body: &policy.FollowUp{State: policy.FollowRejected, Reason: "No."}},
		{Register: policy.RegSubstitutions, Key: "1", Date: first, By: anna, Body: &policy.Substitution{Substitute: 2, From: first, Until: last}},
	}
	f.People = []policy.Named{{Number: 1, Name: anna.Name}, {Number: 2, Name: "Bert Holm"}}
	return f
}

// written writes a folder and gives its directory.
func written(tb testing.TB, f *files.Folder) string {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "cycle")
	if err := files.WriteFolder(dir, f); err != nil {
		tb.Fatal(err)
	}
	return dir
}

// texts gives the text of each file in a directory.
func texts(tb testing.TB, dir string) map[string]string {
	tb.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, name))
		all[name] = string(content)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

func put(tb testing.TB, dir, name, text string) {
	tb.Helper()
	at := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o750); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}

func TestReadFolder_ReadsWhatWasWritten(t *testing.T) {
	t.Parallel()
	f := wholeFolder(t)
	dir := written(t, f)
	put(t, dir, "README.md", "# A cycle\n")
	put(t, dir, ".git/config", "")
	again, err := files.ReadFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f, again, cmp.AllowUnexported(policy.Date{})); diff != "" {
		t.Error(diff)
	}
	before := texts(t, dir)
	delete(before, "README.md")
	delete(before, ".git/config")
	if diff := cmp.Diff(before, texts(t, written(t, again))); diff != "" {
		t.Error(diff)
	}
	names := []string{
		"acts.csv", "actions.csv", "cycle.yaml", "definitions/v2.yaml", "documents/assessment/v1.yaml", "documents/change/2022/firearms/1/v1.yaml",
		"documents/masp/general/v1.yaml", "documents/oap/2022/firearms/v1.yaml", "documents/oap/2022/firearms/v10.yaml",
		"documents/oap/2022/firearms/v2.yaml", "files/COR+1%2Fa%3Ab.bin", "files/a1.pdf", "people.csv", "registers/consents.csv",
		"registers/recommendations.csv", "registers/substitutions.csv",
	}
	for _, name := range names {
		if _, there := before[name]; !there {
			t.Errorf("there is no %s", name)
		}
	}
	if strings.Contains(before["acts.csv"], ",digest") || len(before) != len(names) {
		t.Errorf("%d files\n%s", len(before), before["acts.csv"])
	}
}

func TestReadFolder_WantsAnActForEachFile(t *testing.T) {
	t.Parallel()
	dir := written(t, wholeFolder(t))
	put(t, dir, "files/stray.pdf", "%PDF")
	_, err := files.ReadFolder(dir)
	if err == nil || !strings.Contains(err.Error(), "stray.pdf:1:1: belongs to no act") {
		t.Errorf("a file that nobody handed in: %v", err)
	}
}

func TestFolderHanded_KnowsWhichVersionAnActHandedIn(t *testing.T) {
	t.Parallel()
	want := []string{
		"priorities/v1", "", "oap/2022/firearms/v1", "oap/2022/firearms/v2", "oap/2022/firearms/v2", "", "", "change/2022/firearms/1/v1", "", "", "", "oap/2022/firearms/v1",
	}
	if diff := cmp.Diff(want, wholeFolder(t).Handed()); diff != "" {
		t.Error(diff)
	}
}

func TestReadFolder_LetsAnOAPListItsActionsItself(t *testing.T) {
	t.Parallel()
	f := wholeFolder(t)
	dir := written(t, f)
	plan := "actions:\n  - { code: \"9\", title: Nine, kind: training, from: 2022-01-01, to: 2022-12-31 }\n"
	put(t, dir, "documents/oap/2023/firearms/v1.yaml", plan)
	again, err := files.ReadFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	own, is := again.Documents["oap/2023/firearms/v1"].(*policy.OperationalPlan)
	if !is || len(own.Actions) != 1 || own.Actions[0].Code != "9" {
		t.Errorf("%+v", own)
	}
}

func TestReadFolder_TakesAFolderOfACycleAlone(t *testing.T) {
	t.Parallel()
	f := &files.Folder{CycleFile: *example(t, "initial-2011-2013")}
	again, err := files.ReadFolder(written(t, f))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f, again, cmp.AllowUnexported(policy.Date{})); diff != "" {
		t.Error(diff)
	}
}

// Who writes acts by hand says what a body concluded in its own words, in any language.
func TestReadFolder_TakesTheWordsOfTheBody(t *testing.T) {
	t.Parallel()
	want := wholeFolder(t)
	dir := written(t, want)
	acts := texts(t, dir)["acts.csv"]
	for _, words := range []string{"approved", "Approuvé", "gebilligt"} {
		put(t, dir, "acts.csv", strings.Replace(acts, "council,adopted", "council,"+words, 1))
		again, err := files.ReadFolder(dir)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Acts, again.Acts, cmp.AllowUnexported(policy.Date{})); diff != "" {
			t.Errorf("%s: %s", words, diff)
		}
	}
}

func TestReadFolder_NamesEachMistakeWithItsPlace(t *testing.T) {
	t.Parallel()
	right := texts(t, written(t, wholeFolder(t)))
	tests := map[string]struct {
		file, from, to string // what is changed; from "" is the whole file
		in             string // where it is found; "" is the same file
		line, column   int
		field, says    string
	}{
		"no cycle":                    {"cycle.yaml", "", "-", "", 1, 1, "", "is missing"},
		"a broken cycle":              {"cycle.yaml", "title:", "titel:", "", 3, 1, "titel", "did you mean title?"},
		"an unknown file":             {"action.csv", "", "x", "", 1, 1, "", "did you mean actions.csv?"},
		"an unknown register":         {"registers/consent.csv", "", "x", "", 1, 1, "", "did you mean registers/consents.csv?"},
		"a file of no version":        {"definitions/draft.yaml", "", "x", "", 1, 1, "", "does not belong here"},
		"a first definition":          {"definitions/v1.yaml", "", "x", "", 1, 1, "", "does not belong here"},
		"a gap in the definitions":    {"definitions/v4.yaml", "", right["definitions/v2.yaml"], "", 1, 1, "", "follows no definitions/v3.yaml"},
		"a definition of nobody":      {"definitions/v3.yaml", "", right["definitions/v2.yaml"], "", 1, 1, "", "the work of no act"},
		"another cycle's definition":  {"definitions/v2.yaml", "\"empact-2022-2025\"", "other", "", 2, 6, "key", "expected empact-2022-2025"},
		"an unsound definition":       {"definitions/v2.yaml", "title: \"EMPACT", "title: \"\" #", "", 3, 8, "title", "empty"},
		"a script in a definition":    {"definitions/v2.yaml", "format: 1", "format: 1\nrehearsal: { lead_days: 1 }", "", 2, 12, "rehearsal", "alone"},
		"a document of no subject":    {"documents/opa/2022/firearms/v1.yaml", "", "{}", "", 1, 1, "", "no subject"},
		"a document off the agenda":   {"documents/oap/2022/firearm/v1.yaml", "", "{}", "", 1, 1, "", "did you mean oap/2022/firearms?"},
		"a document kept elsewhere":   {"documents/item/x/v1.yaml", "", "{}", "", 1, 1, "", "not kept here"},
		"a broken document":           {"documents/masp/general/v1.yaml", "title:", "titel:", "", 3, 5, "goals[0].titel", "did you mean title?"},
		"an unsound document":         {"documents/masp/general/v1.yaml", "\"1\"", "\"?\"", "", 2, 10, "goals[0].key", "short code"},
		"actions in two places":       {"documents/oap/2022/firearms/v1.yaml", "", "actions: []\n", "", 1, 10, "actions", "one place"},
		"actions in no place":         {"actions.csv", "", "-", "documents/masp/general/v1.yaml", 0, 0, "-", ""},
		"an action of no document":    {"actions.csv", "oap/2022/firearms/v1,'1.2", "oap/2022/firearms/v7,1.2", "", 8, 1, "document", "there is no documents/oap/2022/firearms/v7.yaml"},
		"an action of no version":     {"actions.csv", "oap/2022/firearms/v1,'1.2", "masp/general/v1,'1.2", "", 8, 1, "document", "a version of an OAP"},
		"an action twice":             {"actions.csv", "oap/2022/firearms/v1,'1.2", "oap/2022/firearms/v1,1.1", "", 8, 22, "code", "repeats"},
		"an impossible date":          {"actions.csv", "operational,fr,es; europol,,,2022-01-01", "operational,fr,es; europol,,,2022-02-30", "", 3, 49, "from", "not a date"},
		"an act of no cycle":          {"acts.csv", "a1,submit,empact-2022-2025/", "a1,submit,other/", "", 2, 11, "subject", "expected a subject of empact-2022-2025"},
		"an act on nothing":           {"acts.csv", "a3,submit,empact-2022-2025/oap/2022/firearms", "a3,submit,empact-2022-2025/oap/2022/firearm", "", 4, 11, "subject", "did you mean oap/2022/firearms?"},
		"an act twice":                {"acts.csv", "a4,submit", "a3,submit", "", 5, 1, "id", "an ID of its own"},
		"an act without an ID":        {"acts.csv", "a1,submit", ",submit", "", 2, 1, "id", "missing"},
		"an act without a subject":    {"acts.csv", "empact-2022-2025/priorities,", ",", "", 2, 11, "subject", "which subject"},
		"an act of no kind":           {"acts.csv", "a1,submit", "a1,submitted", "", 2, 4, "kind", "not a kind of act"},
		"a decision without outcome":  {"acts.csv", "council,adopted", "council,", "", 3, 0, "outcome", "what the body concluded"},
		"an outcome of nobody":        {"acts.csv", "council,adopted", "council,fine", "", 3, 0, "outcome", "is not an outcome: use approved (adopted)"},
		"the words of another body":   {"acts.csv", "council,adopted", "council,agreed", "", 3, 0, "outcome", "is not an outcome"},
		"an item of another outcome":  {"acts.csv", "firearms:not-agreed", "firearms:fine", "", 3, 0, "items", "is not an outcome"},
		"an act that mends nothing":   {"acts.csv", "\",,a4,", "\",,a9,", "", 7, 22, "rectifies", "no such act"},
		"an amendment without basis":  {"acts.csv", "1,a2", "1,a9", "", 9, 0, "amendment.decision", "no such act"},
		"an amendment of nothing":     {"acts.csv", "1,a2", "5,a2", "", 9, 0, "amendment.base_version", "definitions/v6.yaml"},
		"an opening without a date":   {"acts.csv", "One action more,2022-12-31", "One action more,", "", 8, 0, "opening.due", "falls due"},
		"a document that is not kept": {"documents/oap/2022/firearms/v2.yaml", "", "-", "acts.csv", 5, 11, "subject", "there is no documents/oap/2022/firearms/v2.yaml"},
		"a person without a name":     {"people.csv", "2,Bert Holm", "2,", "", 3, 3, "name", "missing"},
		"two persons of one number":   {"people.csv", "2,Bert", "1,Bert", "", 3, 1, "number", "each person has a number"},
		"a substitute of whom nobody": {"people.csv", "2,Bert", "3,Bert", "registers/substitutions.csv", 2, 0, "substitute", "is 2: expected a number of people.csv"},
		"a row of no State":           {"registers/consents.csv", "1.1/fr,2022-01-01", "1.1/xx,2022-01-01", "", 2, 1, "key", "Member State"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, text := range right {
				put(t, dir, name, text)
			}
			switch {
			case test.to == "-":
				if err := os.Remove(filepath.Join(dir, test.file)); err != nil {
					t.Fatal(err)
				}
			case test.from == "":
				put(t, dir, test.file, test.to)
			case !strings.Contains(right[test.file], test.from):
				t.Fatalf("%s does not contain %q:\n%s", test.file, test.from, right[test.file])
			default:
				put(t, dir, test.file, strings.Replace(right[test.file], test.from, test.to, 1))
			}
			_, err := files.ReadFolder(dir)
			if test.field == "-" { // a plan without actions
				if err == nil || strings.Count(err.Error(), "actions is empty") != 4 {
					t.Errorf("%v", err)
				}
				return
			}
			file := test.in
			if file == "" {
				file = test.file
			}
			wrong, is := errors.AsType[*files.Error](err)
			if !is || policy.CodeOf(err) != policy.CodeInvalid || !slices.ContainsFunc(wrong.Problems, func(p files.Problem) bool {
				return p.File == filepath.Join(dir, file) && p.Line == test.line && (test.column == 0 || p.Column == test.column) &&
					p.Field == test.field && strings.Contains(p.Message, test.says)
			}) {
				t.Errorf("%v\nwant %s:%d:%d, field %q, %q", err, file, test.line, test.column, test.field, test.says)
			}
		})
	}
}

func TestReadFolder_TellsAllMistakesOfAllFilesTogether(t *testing.T) {
	t.Parallel()
	dir := written(t, wholeFolder(t))
	put(t, dir, "notes.txt", "")
	put(t, dir, "acts.csv", "id,kind\n")
	put(t, dir, "registers/consents.csv", "key,date,state\n"+strings.Repeat("x,y,z\n", 30))
	_, err := files.ReadFolder(dir)
	for _, part := range []string{"notes.txt:1:1: ", "consents.csv:2:3: date ", "and ", " more"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in %v", part, err)
		}
	}
	if wrong, is := errors.AsType[*files.Error](err); !is || len(wrong.Problems) != 1+60+3 || !strings.HasSuffix(err.Error(), "2 files: and 44 more") {
		t.Errorf("%v", err)
	}
}

func TestReadFolder_RefusesWhatIsNoFolder(t *testing.T) {
	t.Parallel()
	if _, err := files.ReadFolder(filepath.Join(t.TempDir(), "nowhere")); policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), "nowhere:1:1: cannot be read") {
		t.Errorf("%v", err)
	}
	dir := written(t, wholeFolder(t))
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "registers", "posts.csv")); err != nil {
		t.Fatal(err)
	}
	if _, err := files.ReadFolder(dir); err == nil || !strings.Contains(err.Error(), "posts.csv:1:1: is not a plain file") {
		t.Errorf("%v", err)
	}
}

func TestWriteFolder_WritesOverNoOther(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "README.md", "# Here")
	put(t, dir, "registers/posts.csv", "key,date\n")
	err := files.WriteFolder(dir, wholeFolder(t))
	if policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), "registers is there already") || len(texts(t, dir)) != 2 {
		t.Errorf("%v", err)
	}
	for name, spoil := range map[string]func(*files.Folder){
		"a way out":    func(f *files.Folder) { f.Documents["../../../x/v1"] = f.Documents["assessment/v1"] },
		"a lost row":   func(f *files.Folder) { f.Rows[0].Body = nil },
		"no register":  func(f *files.Folder) { f.Rows[0].Register = "nothing" },
		"no directory": nil,
	} {
		f, dir := wholeFolder(t), t.TempDir()
		if spoil == nil {
			dir = filepath.Join(dir, "file")
			put(t, filepath.Dir(dir), "file", "")
		} else {
			spoil(f)
		}
		if err := files.WriteFolder(dir, f); err == nil {
			t.Errorf("%s is written", name)
		}
	}
}
