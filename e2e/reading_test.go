package e2e_test

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/policycycle/policycycle/api"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web"
)

// readers are the people who read in this test, beside those of the role matrix: with
// roles for one of the two cycles, of parliaments, and of a State that left.
var readers = append(slices.Clone(roles),
	"evaluator@evaluator/seen", "evaluator@evaluator/old", "official@european-parliament", "official@national-parliaments",
	"official@uk", "driver@uk/old", "official@europol/old", "driver@se/seen/oap/2022/firearms", "action-leader@fr/old/oap/2015/firearms",
	"nec@fr/seen", "official@presidency/old", "official@eurojust", "participant@ch/seen", "official@private-partners", "auditor@court-of-auditors/seen",
)

// Two cycles are read: one of today, and one that was over before the United Kingdom left.
// What is planted in them shows on the pages, and through the API, to those alone to whom
// the reading matrix gives it.
const (
	ofPlan   = "planted-in-a-plan"
	ofRow    = "planted-in-a-row"
	ofState  = "planted-in-a-consent"
	ofPerson = "planted-as-a-name"
)

// walk is one reader on a walk through a cycle.
type walk struct {
	role string
	who  policy.Principal
	in   policy.Circle
	sees policy.Visibility
	year int // of the plans of the cycle
	// report is that of the year, on which who hands it in may write.
	report policy.Entry
}

func (w walk) oap() policy.Subject { return at(w.in.Cycle, fmt.Sprintf("oap/%d/firearms", w.year)) }

func (w walk) some(m policy.Matter) bool { return w.sees.Some(m) }

func (w walk) whole(deed policy.Deed) bool {
	return policy.AuthoriseDeed(w.who, deed, w.in.Cycle) == nil && w.sees.Whole()
}

// drafts says whether the reader may hand in the report of the year, and so may write on it.
func (w walk) drafts() bool {
	act := policy.Act{Kind: policy.ActSubmit, Subject: w.report.Subject, By: w.who.Actor}
	return policy.Authorise(w.who, act, w.report) == nil && policy.BodyTable(nil).JudgeActor(w.who.Actor, w.in.Today) == nil
}

func (w walk) sheet() bool { return w.some(policy.MatterProgress) && w.sees.Conduct("fr") }

// known says whether the reader is somebody, who has calendars of their own.
func (w walk) known() bool { return w.who.Person != 0 }

// asked is an address with what the reading matrix says of who may ask for it.
type asked struct {
	address string
	want    func(walk) bool
}

func everybody(walk) bool { return true }

func nobody(walk) bool { return false } // the cycle is over: nothing is opened

func of(m policy.Matter) func(walk) bool { return func(w walk) bool { return w.some(m) } }

// operations are the questions of the API, by the name of the operation.
func operations(c string, year int) map[string][]asked {
	base, y := "/v1/cycles/"+c, strconv.Itoa(year)
	oap, report, change := "?path=oap/"+y+"/firearms", "?path=report/"+y+"/firearms/may", "?path=change/"+y+"/firearms/1"
	progress, sums := of(policy.MatterProgress), of(policy.MatterSums)
	plan := func(w walk) bool { return w.sees.Document(w.oap(), 1, "", handedIn[w.in.Cycle]) }
	given := fmt.Sprintf("obligation/annual-report/%d-12-31", year-1)
	sent := func(w walk) bool { return w.sees.Document(at(c, given), 1, "", handedIn[w.in.Cycle]) }
	return map[string][]asked{
		"list-cycles": {{"/v1/cycles", everybody}}, "find-cycle": {{base, everybody}}, "find-subject": {{base + "/subject?path=priorities", everybody}},
		"search": {{"/v1/search?text=planted", everybody}, {"/v1/search?text=firearms", everybody}}, "whoami": {{"/v1/whoami", everybody}}, "keys": {{"/v1/keys", everybody}},
		"find-content":     {{base + "/content" + oap, plan}, {base + "/content?path=" + given, sent}},
		"find-file":        {{base + "/file" + oap, plan}, {base + "/file?path=" + given, sent}},
		"compare-versions": {{base + "/differences" + change, plan}},
		"find-draft":       {{base + "/draft" + report, walk.drafts}},
		"findings":         {{base + "/findings", of(policy.MatterFindings)}, {base + "/findings" + oap, of(policy.MatterFindings)}},
		"compliance":       {{base + "/compliance", of(policy.MatterFindings)}},
		"handover":         {{base + "/handover?on=" + y + "-07-01", progress}},
		"find-meeting":     {{base + "/meetings/cosi-" + y + "-06", progress}},
		"find-round":       {{base + "/round" + report, progress}},
		"roll-over":        {{base + "/roll-over?path=oap/" + strconv.Itoa(year+1) + "/firearms", progress}},
		"find-script":      {{base + "/script", progress}}, "find-scripted-rows": {{base + "/scripted-rows", progress}},
		"inbox": {{"/v1/inbox?cycle=" + c, progress}, {"/v1/inbox", walk.anywhere}}, "list-scripts": {{"/v1/scripts", walk.anywhere}}, "list-bodies": {{"/v1/bodies", everybody}},
		"money": {{base + "/money", sums}}, "objectives": {{base + "/objectives", sums}}, "obligations": {{base + "/obligations", sums}},
		"sheet-out":  {{base + "/sheets?what=oap/" + y + "/firearms", plan}, {base + "/sheets?what=registers/consents", of(policy.MatterRegisters)}},
		"make-paper": {{base + "/papers/progress?format=pdf", sums}, {base + "/papers/oap?key=" + y + "/firearms", plan}},
		"summary":    {{base + "/summary", sums}}, "series": {{base + "/series/arrests", sums}},
		"list-rows": {{base + "/rows", of(policy.MatterRegisters)}}, "national-sheet": {{base + "/states/fr", walk.sheet}},
		"trail": {{base + "/trail", of(policy.MatterTrail)}}, "list-people": {{"/v1/people", of(policy.MatterPeople)}},
		"list-calendars": {{"/v1/calendars", walk.known}}, "find-mail-choice": {{"/v1/mail/choice", walk.known}}, "list-mails": {{"/v1/mail", walk.known}},
		"list-webhooks": {{"/v1/webhooks", walk.known}}, "list-deliveries": nil, // those of one's own: TestWebhooks_TellWhatTheirPersonMayRead
		"dossier":      {{base + "/dossier", func(w walk) bool { return w.whole(policy.DeedAudit) }}},
		"list-reads":   {{base + "/reads", func(w walk) bool { return w.whole(policy.DeedAudit) }}},
		"export-cycle": {{base + "/export", func(w walk) bool { return w.whole(policy.DeedExport) }}},
		"events":       nil, // TestWhatChangesIsToldAsFarAsItIsRead
	}
}

// anywhere says whether the reader reads of one cycle at least where things stand.
func (w walk) anywhere() bool {
	return w.sees.Usually(policy.MatterProgress)
}

// addresses are the pages, by their patterns.
func addresses(c string, year int) map[string][]asked {
	base, y := "/cycles/"+c, strconv.Itoa(year)
	progress, sums := of(policy.MatterProgress), of(policy.MatterSums)
	plan := func(w walk) bool { return w.sees.Document(w.oap(), 1, "", handedIn[w.in.Cycle]) }
	deed := func(d policy.Deed, scope string) func(walk) bool {
		return func(w walk) bool { return policy.AuthoriseDeed(w.who, d, scope) == nil }
	}
	on := func(path string) string { return base + path }
	return map[string][]asked{
		"/{$}": {{"/", everybody}}, "/search": {{"/search?q=planted", everybody}, {"/search?q=firearms", everybody}},
		"/glossary": {{"/glossary", everybody}}, "/accessibility": {{"/accessibility", everybody}},
		"/inbox": {{"/inbox", walk.anywhere}, {"/inbox?cycle=" + c, progress}}, "/people": {{"/people", of(policy.MatterPeople)}}, "/calendar": {{"/calendar", walk.known}}, "/mail": {{"/mail", walk.known}},
		"/webhooks": {{"/webhooks", walk.known}}, "/webhooks/{webhook}": nil, // as list-deliveries
		"/start": {{"/start", deed(policy.DeedStart, "")}}, "/national": {{"/national", func(w walk) bool { return w.who.Body.MemberState() }}}, "/login": nil,
		"/cycles/{cycle}": {{base, everybody}}, "/cycles/{cycle}/plans": {{on("/plans"), everybody}}, "/cycles/{cycle}/meetings": {{on("/meetings"), everybody}},
		"/cycles/{cycle}/open": {{on("/open"), nobody}}, "/cycles/{cycle}/amend": {{on("/amend"), deed(policy.Deed(policy.ActAmend), c)}},
		"/cycles/{cycle}/meetings/{meeting}":            {{on("/meetings/cosi-" + y + "-06"), progress}},
		"/cycles/{cycle}/findings":                      {{on("/findings"), of(policy.MatterFindings)}},
		"/cycles/{cycle}/compliance":                    {{on("/compliance"), of(policy.MatterFindings)}},
		"/cycles/{cycle}/obligations":                   {{on("/obligations"), sums}},
		"/cycles/{cycle}/registers":                     {{on("/registers"), of(policy.MatterRegisters)}},
		"/cycles/{cycle}/registers/{register}":          {{on("/registers/agenda"), of(policy.MatterRegisters)}, {on("/registers/consents"), of(policy.MatterRegisters)}},
		"/cycles/{cycle}/registers/{register}/rows.csv": {{on("/registers/consents/rows.csv"), of(policy.MatterRegisters)}},
		"/cycles/{cycle}/sheets/{what...}": {
			{on("/sheets/oap/" + y + "/firearms"), plan}, {on("/sheets/registers/consents"), of(policy.MatterRegisters)}, {on("/sheets/states/fr"), walk.sheet},
		},
		"/cycles/{cycle}/upload/{what...}": {{on("/upload/oap/" + y + "/firearms"), nobody}}, // the plan is adopted
		"/cycles/{cycle}/papers/{kind}": {
			{on("/papers/factsheet"), everybody}, {on("/papers/progress"), sums}, {on("/papers/obligations"), of(policy.MatterFindings)},
		},
		"/cycles/{cycle}/papers/{kind}/{key...}": {
			{on("/papers/agenda/cosi-" + y + "-06"), progress}, {on("/papers/oap/" + y + "/firearms?format=pdf"), plan},
			{on("/papers/annual/" + y), sums}, {on("/papers/national/fr"), walk.sheet},
		},
		"/cycles/{cycle}/results": {{on("/results"), sums}}, "/cycles/{cycle}/report": {{on("/report"), sums}}, "/cycles/{cycle}/evaluation": {{on("/evaluation"), of(policy.MatterRegisters)}},
		"/cycles/{cycle}/trail":             {{on("/trail"), of(policy.MatterTrail)}},
		"/cycles/{cycle}/states/{state}":    {{on("/states/fr"), walk.sheet}},
		"/cycles/{cycle}/on/{path...}":      {{on("/on/priorities"), everybody}, {on("/on/oap/" + y + "/firearms"), everybody}},
		"/cycles/{cycle}/content/{path...}": {{on("/content/oap/" + y + "/firearms"), plan}},
		"/cycles/{cycle}/file/{path...}":    {{on("/file/oap/" + y + "/firearms"), plan}},
		"/cycles/{cycle}/draft/{path...}":   {{on("/draft/report/" + y + "/firearms/may"), walk.drafts}},
	}
}

// handedIn are the days on which the plans of the cycles were handed in, near enough.
var handedIn = map[string]policy.Date{"seen": date("2021-11-02"), "old": date("2014-11-02")}

func TestNobodyReadsMoreThanTheReadingMatrixGives(t *testing.T) {
	t.Parallel()
	f := defends(t, false)
	f.works()
	years := map[string]int{"seen": 2022, "old": 2015}
	people := f.peopleWith(readers)
	for cycle, year := range years {
		f.plants(people["official@general-secretariat"].Actor, cycle, year)
	}
	programs, pages := f.opensAPI(), f.opensPages()
	var walks []walk
	people["the public"] = policy.Principal{}
	for role, who := range people {
		for cycle, year := range years {
			walks = append(walks, f.walks(role, who, cycle, year))
		}
	}
	var mu sync.Mutex
	total, allowed, found := 0, 0, map[string]int{}
	t.Run("walk", func(t *testing.T) { // and ends once everybody is through
		for _, w := range walks {
			t.Run(fmt.Sprintf("%s through %s", w.role, w.in.Cycle), func(t *testing.T) {
				t.Parallel()
				others := slices.DeleteFunc(slices.Clone(walks), func(o walk) bool { return o.role != w.role })
				w.goes(t, programs, pages, func(door string, a asked, code policy.Code, answer string) {
					mu.Lock()
					defer mu.Unlock()
					if total++; code == "" {
						allowed++
					}
					refused := code == policy.CodeMarking || code == policy.CodeNotCompetent || code == policy.CodeNotIdentified || code == policy.CodeNotOpen
					if a.want != nil && a.want(w) == refused {
						t.Errorf("%s, %s as %q: %q, want %t", door, a.address, w.role, code, a.want(w))
					}
					for _, o := range others {
						o.finds(t, door+" "+a.address, strings.Contains(a.address, "people"), answer, found)
					}
				})
			})
		}
	})
	f.asksForAll(years)
	for cycle := range years {
		for _, planted := range []string{ofPlan, ofRow, ofState, ofPerson} {
			if found[planted+"-"+cycle] == 0 {
				t.Errorf("nobody finds %s-%s", planted, cycle)
			}
		}
	}
	t.Logf("what is planted was found: %v", found)
	t.Logf("%d people, two cycles: %d questions by the API and the pages, %d answered", len(people), total, allowed)
}

// goes asks for every page and every question of the API, and hands each answer on.
func (w walk) goes(t *testing.T, programs apiDoor, pages *pageDoor, look func(door string, a asked, code policy.Code, answer string)) {
	t.Helper()
	for _, questions := range operations(w.in.Cycle, w.year) {
		for _, a := range questions {
			if w.who.Person == 0 { // the API of this test answers people alone
				continue
			}
			code, answer := programs.gets(t, w.who.Actor, a.address)
			look("by the API", a, code, answer)
		}
	}
	reads := pages.logsIn(w.who.Actor)
	for _, questions := range addresses(w.in.Cycle, w.year) {
		for _, a := range questions {
			code, answer := reads(a.address)
			look("by the page", a, code, answer)
		}
	}
}

// asksForAll makes sure that no page and no question of the API is left out.
func (f *fortress) asksForAll(years map[string]int) {
	f.tb.Helper()
	known := addresses("seen", years["seen"])
	for _, pattern := range web.Patterns() {
		if method, path, _ := strings.Cut(pattern, " "); method == http.MethodGet {
			if _, asked := known[path]; !asked {
				f.tb.Errorf("nobody asks for the page %s", path)
			}
		}
	}
	described, err := api.OpenAPI()
	if err != nil {
		f.tb.Fatal(err)
	}
	questions := operations("seen", years["seen"])
	for _, found := range regexp.MustCompile(`(?m)^    get:\n(?:      .*\n)*?      operationId: (\S+)`).FindAllStringSubmatch(string(described), -1) {
		if _, asked := questions[found[1]]; !asked {
			f.tb.Errorf("nobody asks by the API for %s", found[1])
		}
		delete(questions, found[1])
	}
	for name := range questions {
		f.tb.Errorf("the API has no %s", name)
	}
}

// finds makes sure that an answer holds nothing of what is planted in the cycle but what
// the reader may read.
func (w walk) finds(t *testing.T, where string, ofPeople bool, answer string, found map[string]int) {
	t.Helper()
	on := handedIn[w.in.Cycle]
	answer = unpacked(t, answer)
	for planted, may := range map[string]bool{
		ofPlan:   w.sees.Document(w.oap(), 1, "", on),
		ofRow:    w.sees.Reads(policy.Thing{Matter: policy.MatterRegisters, On: on}),
		ofState:  w.sees.Reads(policy.Thing{Matter: policy.MatterRegisters, On: on}) && w.sees.ConductOn("fr", on),
		ofPerson: w.some(policy.MatterTrail) || ofPeople && w.some(policy.MatterPeople),
	} {
		if !strings.Contains(answer, planted+"-"+w.in.Cycle) {
			continue
		}
		if found[planted+"-"+w.in.Cycle]++; !may {
			t.Errorf("%s tells %q what is %s-%s", where, w.role, planted, w.in.Cycle)
		}
	}
}

// unpacked gives all that stands in a workbook or a paper; another answer as it is.
func unpacked(t *testing.T, answer string) string {
	t.Helper()
	if !strings.HasPrefix(answer, "PK") {
		return answer
	}
	archive, err := zip.NewReader(strings.NewReader(answer), int64(len(answer)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range archive.File {
		part, err := file.Open()
		if err == nil {
			_, err = io.Copy(&all, part)
		}
		if err != nil {
			t.Fatalf("%s: %v", file.Name, err)
		}
	}
	return all.String()
}

// walks gives a reader who walks through a cycle.
func (f *fortress) walks(role string, who policy.Principal, cycle string, year int) walk {
	f.tb.Helper()
	today := policy.Calendar{}.Today(time.Now())
	in := policy.Circle{Cycle: cycle, Today: today}
	whole, err := f.store.FindCycle(f.tb.Context(), cycle)
	if err != nil {
		f.tb.Fatal(err)
	}
	records := whole.Records(today)
	if who.Body.Parliament() {
		in.Sent = records.SentTo(who.Body)
	}
	report, planned := records.Entry(at(cycle, fmt.Sprintf("report/%d/firearms/may", year)))
	if !planned {
		f.tb.Fatalf("%s has no report of %d", cycle, year)
	}
	return walk{role: role, who: who, in: in, sees: policy.VisibilityOf(who, in), year: year, report: report}
}

var (
	yearIn   = regexp.MustCompile(`202[0-9]`)
	numberIn = regexp.MustCompile(`/(2[0-9]) INIT`)
)

// plants takes over a cycle in which nothing is wrong, as it were in another year, with
// what shows who reads it.
func (f *fortress) plants(by policy.Actor, cycle string, year int) {
	f.tb.Helper()
	const written = 2022
	from, dir := filepath.Join("..", "examples", "findings", "sound"), f.tb.TempDir()
	err := filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		moved := func(text string) string {
			text = numberIn.ReplaceAllStringFunc(text, func(found string) string {
				n, _ := strconv.Atoi(found[1:3])
				return fmt.Sprintf("/%02d INIT", n+year-written)
			})
			return yearIn.ReplaceAllStringFunc(text, func(found string) string {
				n, _ := strconv.Atoi(found)
				return strconv.Itoa(n + year - written)
			})
		}
		to := filepath.Join(dir, moved(strings.TrimPrefix(path, from)))
		if entry.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, []byte(moved(string(text))), 0o600)
	})
	if err != nil {
		f.tb.Fatal(err)
	}
	in := soundIn(f.tb, dir, cycle)
	mark := func(what string) string { return what + "-" + cycle }
	in.Documents[fmt.Sprintf("oap/%d/firearms/v1", year)].(*policy.OperationalPlan).Actions[0].Title = mark(ofPlan)
	in.Documents[fmt.Sprintf("change/%d/firearms/1/v1", year)].(*policy.OperationalPlan).Actions[0].Title = mark(ofPlan)
	for i := range in.Acts {
		if in.Acts[i].By.Name == "Eva" {
			in.Acts[i].By.Name = mark(ofPerson)
		}
	}
	for i := range in.Rows {
		if in.Rows[i].By.Name == "Eva" {
			in.Rows[i].By.Name = mark(ofPerson)
		}
		switch body := in.Rows[i].Body.(type) {
		case *policy.AgendaItem:
			body.Title = mark(ofRow)
		case *policy.Consent:
			if strings.HasSuffix(in.Rows[i].Key, "/fr") && body.State == policy.Conditional {
				body.Condition = mark(ofState)
			}
		}
	}
	if _, err := as(f.tb, f, by).Import(f.tb.Context(), *in); err != nil {
		f.tb.Fatal(err)
	}
}

// gets asks the API for something as somebody, and gives the code by which it was refused.
func (d apiDoor) gets(tb testing.TB, who policy.Actor, address string) (policy.Code, string) {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, d.url+address, http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	request.Header.Set(identity.HeaderAs, fmt.Sprintf("%d@%s", who.Person, who.Body))
	answer, err := new(http.Client).Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		tb.Fatal(err)
	}
	if answer.StatusCode == http.StatusOK {
		return "", string(text)
	}
	var problem struct{ Code policy.Code }
	if err := json.Unmarshal(text, &problem); err != nil {
		tb.Fatalf("%s: status %d, %.200s", address, answer.StatusCode, text)
	}
	return problem.Code, string(text)
}

// logsIn gives how somebody who is logged in opens pages: the code by which each was refused,
// and the page.
func (d *pageDoor) logsIn(who policy.Actor) func(path string) (policy.Code, string) {
	d.tb.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.tb.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	if who.Person != 0 {
		d.asks(client, http.MethodGet, fmt.Sprintf("/test-login?person=%d&body=%s", who.Person, who.Body), nil)
	}
	return func(path string) (policy.Code, string) {
		status, page := d.asks(client, http.MethodGet, path, url.Values{})
		if status == http.StatusOK {
			return "", page
		}
		if found := codeOnPage.FindStringSubmatch(page); found != nil {
			return policy.Code(found[1]), page
		}
		d.tb.Errorf("%s: status %d without a reason", path, status)
		return "", page
	}
}

// Who follows the changes is told that there is one, and of what to those alone who read
// where things stand.
func TestWhatChangesIsToldAsFarAsItIsRead(t *testing.T) {
	t.Parallel()
	f := defends(t, false)
	f.works()
	const cycle = "seen"
	people := f.peopleWith(readers)
	f.waiting(cycle, people)
	type told struct {
		role   string
		change service.Change
	}
	ctx, stop := context.WithCancel(t.Context())
	heard := make(chan told, 64*len(people))
	for role, who := range people {
		for _, of := range []string{cycle, ""} {
			go func() {
				_ = f.As(who).Watch(ctx, of, func(c service.Change) { heard <- told{role, c} })
			}()
		}
	}
	defer stop()
	want, got := map[string]bool{}, map[string]int{}
	for role, who := range people {
		want[role] = policy.VisibilityOf(who, policy.Circle{Cycle: cycle, Today: policy.Calendar{}.Today(time.Now())}).Some(policy.MatterProgress)
	}
	steps := 0
	eventually(t, "everybody heard of a change twice", func() bool {
		steps++
		in := service.Submit{Statement: service.Statement{Date: date("2021-05-02"), Comment: fmt.Sprint(steps)}, Subject: at(cycle, "priorities")}
		_, _ = as(t, f, people["official@presidency"].Actor).Submit(t.Context(), in) // refused or not: the trail has a line
		for {
			select {
			case h := <-heard:
				if got[h.role]++; (h.change.Path != "") != want[h.role] {
					t.Errorf("%q is told of %+v", h.role, h.change)
				}
				continue
			case <-time.After(50 * time.Millisecond):
			}
			break
		}
		return len(got) == len(people) && !slices.ContainsFunc(readers, func(role string) bool { return got[role] < 2 })
	})
	t.Logf("%d people follow, %d are told of what", len(people), len(slices.DeleteFunc(readers, func(role string) bool { return !want[role] })))
}
