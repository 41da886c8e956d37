package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"go.yaml.in/yaml/v4"

	"github.com/policycycle/policycycle/embedded/running"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
)

const conclusions = "empact-2022-2025/priorities"

// decideArgs are the least that a decision needs, and more.
func decideArgs(more ...string) []string {
	return append([]string{"decide", conclusions, "--body", "council", "--outcome", "adopted", "--document", "ST 8665/21", "--as", "anna@general-secretariat"}, more...)
}

func TestDecide_SaysTheWholeAct(t *testing.T) {
	t.Parallel()
	svc := &fakeService{}
	got := command(t.Context(), fakeParts(svc), nil, decideArgs(
		"--date", "2021-05-26", "--meeting", "Council, 26 May 2021", "--version", "2", "--comment", "as read",
		"--item", "firearms=adopted", "--item", "vat-fraud=not agreed", "--skip-reason", "none", "--rectifies", "r1", "--id", "d1")...)
	if got.status != 0 {
		t.Fatal(got)
	}
	want := service.Decide{ID: "d1", Act: policy.Act{
		Kind: policy.ActDecide, Subject: policy.Subject{Cycle: "empact-2022-2025", Kind: policy.KindPriorities},
		Date:     policy.NewDate(2021, 5, 26),
		Document: "ST 8665/21 INIT", Comment: "as read", Rectifies: "r1", Version: 2,
		Body: policy.Council, Outcome: policy.Adopted, Meeting: "Council, 26 May 2021",
		Items:      []policy.ItemOutcome{{Item: "firearms", Outcome: policy.Adopted}, {Item: "vat-fraud", Outcome: policy.NotAgreed}},
		SkipReason: "none",
	}}
	if diff := cmp.Diff([]service.Decide{want}, svc.decided, cmp.AllowUnexported(policy.Date{})); diff != "" {
		t.Error(diff)
	}
	if want := (policy.Actor{Name: "anna", Body: policy.GeneralSecretariat}); svc.by != want {
		t.Errorf("recorded by %s", svc.by)
	}
}

// A position and a silence procedure can be held to the version that somebody has read.
func TestPosition_SaysOnWhichVersionAsSilenceDoes(t *testing.T) {
	t.Parallel()
	svc := &fakeService{}
	for _, args := range [][]string{
		{"position", conclusions, "agrees", "--version", "2", "--as", "nina@fr"},
		{"silence", conclusions, "--body", "cosi", "--until", "2021-05-20", "--document", "CM 1/21", "--version", "2", "--as", "anna@general-secretariat"},
	} {
		if got := command(t.Context(), fakeParts(svc), nil, args...); got.status != 0 {
			t.Fatal(got)
		}
	}
	if len(svc.positions) != 1 || svc.positions[0].Version != 2 || len(svc.launched) != 1 || svc.launched[0].Version != 2 {
		t.Errorf("sent %+v and %+v", svc.positions, svc.launched)
	}
}

// What is decided on is shown as whoever decides may see it, and not as the operator does.
func TestDecide_ShowsWhoDecidesWhatTheyMaySee(t *testing.T) {
	t.Parallel()
	svc := &fakeService{}
	anna := policy.Actor{Name: "anna", Body: policy.GeneralSecretariat}
	if got := command(t.Context(), fakeParts(svc), nil, decideArgs()...); got.status != 0 || !slices.Equal(svc.read, []policy.Actor{anna}) {
		t.Errorf("%+v: shown to %v", got, svc.read)
	}
}

// An outcome is typed by its code or in the words of the body, and recorded by its code.
func TestDecide_TakesTheWordsOfTheBody(t *testing.T) {
	t.Parallel()
	cycle := policytest.Cycle("small")
	for typed, want := range map[string]policy.Outcome{"approved": policy.Adopted, "mit Änderungen gebilligt": policy.AdoptedWithAmendments, "took note": policy.TookNote} {
		svc := &fakeService{vocabulary: cycle.VocabularyOn(policy.KindPriorities)}
		got := command(t.Context(), fakeParts(svc), nil, decideArgs("--outcome", typed, "--item", "firearms=approved with amendments")...)
		if got.status != 0 || svc.decided[0].Outcome != want || svc.decided[0].Items[0].Outcome != policy.AdoptedWithAmendments {
			t.Errorf("%q: %+v, %+v", typed, got, svc.decided)
		}
	}
	svc := &fakeService{vocabulary: cycle.VocabularyOn(policy.KindPriorities)}
	got := command(t.Context(), fakeParts(svc), nil, decideArgs("--outcome", "agreed")...)
	if got.status == 0 || len(svc.decided) > 0 || !strings.Contains(got.err, "approved (adopted), approved with amendments (adopted-with-amendments)") {
		t.Errorf("the Council agreed: %+v, %+v", got, svc.decided)
	}
}

func TestDecide_ReadsRegisterNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]policy.DocumentRef{
		"ST 8665/21":             "ST 8665/21 INIT",
		"st 8665/2021 init":      "ST 8665/21 INIT",
		"ST 9927/1/16 REV 1":     "ST 9927/16 REV 1",
		"WK  1234/22":            "WK 1234/22 INIT",
		"COM(2011) 790":          "COM(2011) 790",
		"CM 3456/22 COR 1 ADD 2": "CM 3456/22 COR 1 ADD 2",
	} {
		svc := &fakeService{}
		got := command(t.Context(), fakeParts(svc), nil, "decide", conclusions, "--body", "council", "--outcome", "adopted",
			"--document", text, "--as", "Anna Berg@general secretariat", "--written-procedure")
		if got.status != 0 || svc.decided[0].Document != want || svc.decided[0].Procedure != policy.WrittenProcedure {
			t.Errorf("%q: %+v, %+v", text, got, svc.decided)
		}
		if svc.by.Name != "Anna Berg" {
			t.Errorf("recorded by %s", svc.by)
		}
	}
}

func TestDecide_SendsNothingThatCannotBeUnderstood(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		args  []string
		field string
		says  string
	}{
		"no subject":                      {[]string{"decide"}, "", "SUBJECT is missing"},
		"no body":                         {[]string{"decide", conclusions}, "body", "--body cosi"},
		"no outcome":                      {[]string{"decide", conclusions, "--body", "cosi"}, "outcome", "--outcome adopted"},
		"no document":                     {[]string{"decide", conclusions, "--body", "cosi", "--outcome", "adopted"}, "document", "ST 8665/21"},
		"what can be no body":             {decideArgs("--body", "senate?"), "body", "is not a body"},
		"an unknown outcome":              {decideArgs("--outcome", "fine"), "outcome", "is not an outcome"},
		"an impossible date":              {decideArgs("--date", "2021-02-30"), "date", "is not a date"},
		"a document that is none":         {decideArgs("--document", "8665"), "document", "register number"},
		"a subject that is none":          {append(decideArgs(), "x/y/z"), "subject", "is not a subject"},
		"a meeting in writing":            {decideArgs("--meeting", "COSI", "--written-procedure"), "procedure", "either"},
		"an item without outcome":         {decideArgs("--item", "firearms"), "item", "KEY=OUTCOME"},
		"an item with another outcome":    {decideArgs("--item", "firearms=fine"), "item", "is not an outcome"},
		"a negative version":              {decideArgs("--version", "-1"), "version", "count from 1"},
		"a position on no version":        {[]string{"position", conclusions, "agrees", "--version", "0", "--as", "a@fr"}, "version", "count from 1"},
		"one ID for two":                  {append(decideArgs("--id", "x"), conclusions), "subject", "name one subject"},
		"nobody":                          {decideArgs("--as", ""), "as", "NAME@BODY"},
		"nobody's body":                   {decideArgs("--as", "anna@senate?"), "as", "is not a body"},
		"an unknown flag":                 {decideArgs("--colour"), "", "--colour"},
		"an unknown command":              {[]string{"cycel"}, "", "did you mean cycle?"},
		"an unknown command of a group":   {[]string{"cycle", "shw"}, "", "did you mean show?"},
		"an unknown form of output":       {[]string{"cycle", "list", "-o", "xml"}, "output", "table, json, yaml"},
		"one argument too many":           {[]string{"cycle", "list", "x"}, "", "one argument too many"},
		"a file that is not there":        {[]string{"cycle", "start", "/nowhere.yaml", "--as", "a@presidency"}, "file", "cannot be read"},
		"an item that is none":            {[]string{"item", "open", conclusions}, "subject", "CYCLE/item/KEY"},
		"an item without bodies":          {[]string{"item", "open", "c/item/x", "--title", "X"}, "through", "--through"},
		"an item through what is no body": {[]string{"item", "open", "c/item/x", "--through", "cosi,senate?"}, "through", "is not a body"},
		"an amendment resting on nothing": {[]string{"cycle", "amend", "c", "-", "--as", "a@presidency"}, "decision", "--decision"},
		"an unsound configuration":        {[]string{"cycle", "list", "--timeout", "soon"}, "timeout", "flag --timeout"},
		"nothing to claim":                {[]string{"claim", "--as", "a@es"}, "", "SUBJECT is missing"},
		"a claim of nobody":               {[]string{"claim", conclusions}, "as", "NAME@BODY"},
		"a claim on no subject":           {[]string{"claim", "x/y/z", "--as", "a@es"}, "subject", "is not a subject"},
		"an inbox of nobody":              {[]string{"inbox", "--mine"}, "as", "--mine lists what you have taken on"},
		"an unknown order":                {[]string{"inbox", "--sort", "urgency"}, "sort", "use due, since, title"},
		"nobody to remind":                {[]string{"remind", conclusions, "--as", "a@presidency"}, "to", "--to cosi"},
		"what is no body to remind":       {[]string{"remind", conclusions, "--to", "senate?"}, "to", "is not a body"},
		"nothing to search":               {[]string{"search"}, "", "TEXT is missing"},
		"a draft from nowhere":            {[]string{"draft", "save", conclusions, "--as", "a@es"}, "file", "--file"},
		"a draft from a lost file":        {[]string{"draft", "save", conclusions, "--file", "/nowhere.yaml", "--as", "a@es"}, "file", "cannot be read"},
		"a negative revision":             {[]string{"draft", "save", conclusions, "--file", "x", "--revision", "-1", "--as", "a@es"}, "revision", "count from 1"},
		"no revision to drop":             {[]string{"draft", "drop", conclusions, "--as", "a@es"}, "revision", "policycycle draft show"},
		"two cycles to watch":             {[]string{"watch", "a", "b"}, "", "watch one cycle"},
		"a year of no length":             {[]string{"rehearse", "x", "--year", "0s"}, "year", "--year 10s"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			svc := &fakeService{}
			got := command(t.Context(), fakeParts(svc), nil, tc.args...)
			if got.status != 2 || got.out != "" || !strings.Contains(got.err, tc.says) {
				t.Errorf("status %d, wrote %q and %q; want %q", got.status, got.out, got.err, tc.says)
			}
			if len(svc.decided)+len(svc.opened)+len(svc.amended) > 0 {
				t.Error("the service was asked")
			}
			if tc.field == "output" {
				return
			}
			inJSON := command(t.Context(), fakeParts(svc), nil, append([]string{"-o", "json"}, tc.args...)...)
			var told struct{ Error policy.Error }
			if err := json.Unmarshal([]byte(inJSON.err), &told); err != nil {
				t.Fatalf("%v in %q", err, inJSON.err)
			}
			if told.Error.Code != policy.CodeInvalid || told.Error.Field != tc.field {
				t.Errorf("told %+v, want the field %q", told.Error, tc.field)
			}
		})
	}
}

func TestDecide_TriesAllOfManySubjects(t *testing.T) {
	t.Parallel()
	svc := &fakeService{refuse: func(s policy.Subject) error {
		switch s.Key {
		case "b":
			return policy.Refuse(policy.CodeNotReady, "its MASP is not adopted")
		case "c":
			return policy.Refuse(policy.CodeNotOpen, "it is not open")
		default:
			return nil
		}
	}}
	args := []string{"decide", "x/oap/2022/a", "x/oap/2022/b", "x/oap/2022/c", "x/oap/2022/d", "--body", "cosi",
		"--outcome", "adopted", "--document", "ST 1/21", "--as", "a@general-secretariat"}
	got := command(t.Context(), fakeParts(svc), nil, args...)
	if got.status != 9 || len(svc.decided) != 4 {
		t.Errorf("status %d after %d decisions", got.status, len(svc.decided))
	}
	if strings.Count(got.out, "\n") != 4 || !strings.Contains(got.err, "2 of 4 are not recorded") {
		t.Errorf("wrote %q and %q", got.out, got.err)
	}
	inJSON := command(t.Context(), fakeParts(svc), nil, append(args, "-o", "json")...)
	var results []decided
	if err := json.Unmarshal([]byte(inJSON.out), &results); err != nil {
		t.Fatal(err)
	}
	if len(results) != 4 || results[0].Receipt == nil || results[1].Error.Code != policy.CodeNotReady || results[3].Error != nil {
		t.Errorf("results: %s", inJSON.out)
	}
}

func TestSubmit_ReadsTheDocument(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "plan.pdf")
	if err := os.WriteFile(file, []byte("%PDF-1.4"), 0o600); err != nil {
		t.Fatal(err)
	}
	svc := &fakeService{}
	got := command(t.Context(), fakeParts(svc), []string{"POLICYCYCLE_AS=lucia@es"}, "submit", "x/oap/2023/firearms", "--file", file, "--document", "WK 1/22")
	if got.status != 0 {
		t.Fatal(got)
	}
	s := svc.submitted[0]
	if string(s.Content) != "%PDF-1.4" || s.MediaType != "application/pdf" || svc.by.Body != "es" || s.Document != "WK 1/22 INIT" {
		t.Errorf("handed in %+v", s)
	}
	for _, content := range [][]byte{nil, make([]byte, service.MaxContent+1)} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := command(t.Context(), fakeParts(svc), nil, "submit", "x/oap/2023/firearms", "--file", file, "--as", "l@es"); got.status != 2 {
			t.Errorf("%d bytes: %+v", len(content), got)
		}
	}
}

// What the cycle keeps is read as data, whatever the file is called; anything else is
// handed in byte for byte.
func TestSubmit_ReadsOnlyWhatTheCycleKeeps(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, text := range map[string]string{"masp.yaml": "goals:\n- {key: a, title: A}\n", "masp.txt": "COSI adopted it.", "masp.pdf": "%PDF-1.4"} {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		submits := func(svc service.Service) ran {
			return command(t.Context(), fakeParts(svc), nil, "submit", "x/masp/general", "--file", file, "--as", "jean@commission")
		}
		elsewhere := &fakeService{}
		if got := submits(elsewhere); got.status != 0 || string(elsewhere.submitted[0].Content) != text {
			t.Errorf("%s where it is not kept: %+v, %+v", name, got, elsewhere.submitted)
		}
		here := &fakeService{kept: true}
		got := submits(here)
		switch {
		case name == "masp.yaml":
			if got.status != 0 || !strings.HasPrefix(string(here.submitted[0].Content), `{"`) || here.submitted[0].MediaType != "application/json" {
				t.Errorf("%s: %+v, %+v", name, got, here.submitted)
			}
		case got.status != 2 || !strings.Contains(got.err, name+":1:") || len(here.submitted) > 0:
			t.Errorf("%s where data are kept: %+v", name, got)
		}
	}
}

func TestItem_OpensAsTypedAndAnAmendmentToo(t *testing.T) {
	t.Parallel()
	svc := &fakeService{}
	got := command(t.Context(), fakeParts(svc), nil, "item", "open", "x/item/two-years", "--title", "Two years", "--through", "cosi, coreper,council",
		"--due", "2023-03-09", "--date", "2023-02-01", "--as", "a@presidency")
	want := policy.Opening{Title: "Two years", Due: policy.NewDate(2023, 3, 9), Through: []policy.Body{policy.COSI, policy.Coreper, policy.Council}}
	if got.status != 0 || !cmp.Equal(svc.opened[0].Opening, want, cmp.AllowUnexported(policy.Date{})) {
		t.Errorf("%+v: opened %+v", got, svc.opened)
	}
	got = command(t.Context(), fakeParts(svc), nil, "cycle", "amend", "x", "-", "--decision", "d1", "--as", "a@presidency")
	if a := svc.amended; got.status != 0 || a[0].Cycle != "x" || a[0].Decision != "d1" || a[0].Amendment.Reason != "because" {
		t.Errorf("%+v: amended %+v", got, a)
	}
}

func TestApp_GivesEachErrorItsStatus(t *testing.T) {
	t.Parallel()
	for _, o := range outcomes {
		svc := &fakeService{lines: func() ([]service.CycleLine, error) {
			return nil, fmt.Errorf("listing: %w", policy.Refuse(o.code, "a sentence"))
		}}
		got := command(t.Context(), fakeParts(svc), nil, "cycle", "list")
		if got.status != o.status || !strings.Contains(got.err, "policycycle: a sentence\n") {
			t.Errorf("%s: %+v", o.code, got)
		}
	}
	svc := &fakeService{lines: func() ([]service.CycleLine, error) { return nil, errors.New("boom") }}
	if got := command(t.Context(), fakeParts(svc), nil, "cycle", "list"); got.status != 1 {
		t.Errorf("an unforeseen error: %+v", got)
	}
}

func TestCycleList_IsNeverNull(t *testing.T) {
	t.Parallel()
	svc := &fakeService{lines: func() ([]service.CycleLine, error) { return nil, nil }}
	if got := command(t.Context(), fakeParts(svc), nil, "cycle", "list", "-o", "json"); got.out != "[]\n" {
		t.Errorf("wrote %q", got.out)
	}
}

// A list that is longer than one lot reads as one list, in every form, whatever its length.
func TestCycleList_ListsAllInLots(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, cyclesShown, cyclesShown + 1, cyclesAtOnce - 1, cyclesAtOnce, cyclesAtOnce + 1, 2 * cyclesAtOnce} {
		lines := make([]service.CycleLine, n)
		for i := range lines {
			lines[i] = service.CycleLine{ID: fmt.Sprintf("cycle-%04d", i), Title: "A [cycle], and more"}
		}
		p := fakeParts(&fakeService{lines: func() ([]service.CycleLine, error) { return lines, nil }})
		for _, format := range []string{formatJSON, formatYAML} {
			var read []service.CycleLine
			got := command(t.Context(), p, nil, "cycle", "list", "--all", "-o", format)
			if err := yaml.Unmarshal([]byte(got.out), &read); err != nil || len(read) != n {
				t.Fatalf("%d cycles as %s: read %d, %v", n, format, len(read), err)
			}
		}
		if got := command(t.Context(), p, nil, "cycle", "list", "--all"); n > 0 && strings.Count(got.out, "\n") != n+1 {
			t.Errorf("%d cycles: the table has %d lines", n, strings.Count(got.out, "\n"))
		}
		got := command(t.Context(), p, nil, "cycle", "list", "-o", "json")
		if told := strings.Contains(got.err, "--all"); told != (n > cyclesShown) || strings.Count(got.out, "cycle-") != min(n, cyclesShown) {
			t.Errorf("%d cycles: without --all it lists %d, and says that there are more: %v", n, strings.Count(got.out, "cycle-"), told)
		}
	}
}

func TestConnection_KnowsWhichEngineIsMeant(t *testing.T) {
	t.Parallel()
	both := []string{"DATABASE_URL=postgres://u:p@configured/db", "TEMPORAL_ADDRESS=configured:7233"}
	cases := map[string]struct {
		env  []string
		args []string
		want string // the database, or part of the error
	}{
		"the one that runs":             {nil, nil, "/found"},
		"the one in a folder":           {nil, []string{"--data", "/srv"}, "/found/srv"},
		"the folder of the environment": {[]string{"POLICYCYCLE_DATA=/env"}, nil, "/found/env"},
		"the configured one":            {both, nil, "configured:7233"},
		"a folder asked for over that":  {both, []string{"--data", "/srv"}, "/found/srv"},
		"half of one: Postgres":         {both[:1], nil, "temporal.address is not"},
		"half of one: Temporal":         {both[1:], nil, "database.url is not"},
		"half of one, but a folder":     {both[:1], []string{"--data", "/srv"}, "/found/srv"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApp(fakeParts(nil), nil, &strings.Builder{}, &strings.Builder{}, tc.env)
			if err := a.root.ParseFlags(tc.args); err != nil {
				t.Fatal(err)
			}
			if err := a.prepare(a.root, nil); err != nil {
				t.Fatal(err)
			}
			conn, err := a.connection()
			if got := conn.name + fmt.Sprint(err); !strings.Contains(got, tc.want) {
				t.Errorf("talks to %s (%v), want %s", conn.name, err, tc.want)
			}
		})
	}
}

func TestCycleList_SaysThatNothingIsUp(t *testing.T) {
	t.Parallel()
	p := fakeParts(nil)
	p.find = func(string) (running.Info, error) {
		return running.Info{}, fmt.Errorf("%w: type `policycycle up` in another terminal", running.ErrNone)
	}
	got := command(t.Context(), p, nil, "cycle", "list")
	if got.status != 12 || got.err != "policycycle: no policycycle is up: type `policycycle up` in another terminal\n" {
		t.Errorf("%+v", got)
	}
}
