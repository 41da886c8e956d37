package text_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/web/text"
)

func catalogue(t *testing.T, name string) map[string]any {
	t.Helper()
	body, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var entries map[string]any
	if err := yaml.Unmarshal(body, &entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestCatalogues_AreComplete(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"pages", "words"} {
		english := catalogue(t, name+".en.yaml")
		for _, lang := range text.Languages[1:] {
			other := catalogue(t, name+"."+lang+".yaml")
			if a, b := slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(other)); !slices.Equal(a, b) {
				t.Errorf("%s.%s.yaml has other entries than the English one", name, lang)
			}
			for key, value := range other {
				if value == "" || value == nil {
					t.Errorf("%s.%s.yaml says nothing for %s", name, lang, key)
				}
				if was, is := english[key].(string); is && strings.Count(was, "{{") != strings.Count(value.(string), "{{") {
					t.Errorf("%s.%s.yaml leaves something out of %s", name, lang, key)
				}
			}
		}
	}
}

// What has a title in the rules has it in the English catalogue.
func TestWords_AreTheTitlesOfTheRules(t *testing.T) {
	t.Parallel()
	titles := map[string]string{}
	for _, r := range rules.Rules() {
		titles["rule."+r.ID] = r.Title
	}
	for _, k := range policy.Kinds() {
		titles["kind."+string(k)] = k.Title()
	}
	for _, m := range policy.Markings {
		titles["marking."+string(m)] = m.Title()
	}
	words := catalogue(t, "words.en.yaml")
	delete(titles, "kind."+string(policy.KindDefinition)) // no page is about it
	for key := range words {
		switch of, word, _ := strings.Cut(key, "."); of {
		case "body":
			if len(word) > len("xx") { // a State is its code in the rules
				titles[key] = policy.Body(word).Title()
			}
		case "outcome":
			titles[key] = policy.Outcome(word).Title()
		case "stage":
			titles[key] = policy.Stage(word).Title()
		default:
		}
	}
	for key, title := range titles {
		if words[key] != title {
			t.Errorf("%s is %q in the catalogue and %q in the rules", key, words[key], title)
		}
	}
}

// What pages and handlers say stands in the catalogues, and nothing else does.
func TestCatalogues_HoldWhatPagesSay(t *testing.T) {
	t.Parallel()
	known := catalogue(t, "pages.en.yaml")
	files, err := filepath.Glob("../*.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range []string{"papers", "notify"} {
		more, err := filepath.Glob("../../" + room + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	said, begun := map[string]bool{}, map[string]bool{}
	key := regexp.MustCompile(`(?:\.(?:T|N|result|titleIn)\(|(?:None|Some|Same): )"([a-z_]+\.[a-z_-]*)"( ?\+)?`)
	field := regexp.MustCompile(`@(?:field|textarea|choice)\(v, "([a-z_]+)"`)
	for _, name := range files {
		if strings.HasSuffix(name, "_templ.go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		body, err := os.ReadFile(name)
		if err != nil {
			continue // a folder
		}
		for _, found := range key.FindAllStringSubmatch(string(body), -1) {
			if found[2] == "" && !strings.HasSuffix(found[1], ".") && !strings.HasSuffix(found[1], "_") {
				said[found[1]] = true
			} else {
				begun[found[1]] = true
			}
		}
		for _, found := range field.FindAllStringSubmatch(string(body), -1) {
			said["field."+found[1]] = true
		}
	}
	for key := range said {
		if _, is := known[key]; !is {
			t.Errorf("a page says %s, which no catalogue holds", key)
		}
	}
	for key := range known {
		used := said[key]
		for beginning := range begun {
			used = used || strings.HasPrefix(key, beginning)
		}
		if !used {
			t.Errorf("no page says %s", key)
		}
	}
}

func TestWord_NamesEveryWordOfTheField(t *testing.T) {
	t.Parallel()
	known := catalogue(t, "words.en.yaml")
	wanted := map[string][]string{
		"body": append(policy.Texts(policy.MemberStates), policy.Texts(policy.ThirdCountries)...), "outcome": policy.Texts(policy.Outcomes),
		"stage": policy.Texts(policy.CycleStages), "role": policy.Texts(policy.Roles), "act": policy.Texts(policy.ActKinds), "procedure": policy.Texts(policy.Procedures),
		"stance": policy.Texts(policy.Stances), "status": policy.Texts(policy.ActionStatuses), "marking": policy.Texts(policy.Markings),
		"act.enter": nil, "consent": policy.ConsentState("").Words(), "finding": {"blocks", "warns", "informs"},
		"level": policy.Texts(policy.Levels), "followup": policy.FollowUpState("").Words(), "strategy": policy.StrategyStatus("").Words(),
		"funding": policy.FundingSource("").Words(), "objective": policy.Objective("").Words(), "threat": policy.MainThreat("").Words(),
		"compliance": rules.Result("").Words(),
	}
	for _, register := range policy.Registers() {
		wanted["act"] = append(wanted["act"], "enter "+string(register))
		wanted["register"] = append(wanted["register"], string(register))
		for _, column := range files.Columns(register) {
			wanted["column"] = append(wanted["column"], column.Name)
		}
	}
	wanted["column"] = append(wanted["column"], files.ActionColumns()...)
	for list, values := range wanted {
		for _, value := range values {
			if _, is := known[list+"."+value]; !is {
				t.Errorf("%s.%s has no name", list, value)
			}
		}
	}
}

func TestPrinter_WritesDatesAndNumbersAsPeopleDo(t *testing.T) {
	t.Parallel()
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ wanted, date, number, late, body string }{
		{"en-GB", "1 May 2021", "1,234", "2 days late", "France"}, {"fr-BE,fr;q=0.9", "1er mai 2021", "1\u202f234", "2 jours de retard", "France"},
		{"de", "1. Mai 2021", "1.234", "2 Tage zu spät", "Frankreich"}, {"fi", "1 May 2021", "1,234", "2 days late", "France"},
	} {
		p := texts.In("", tc.wanted)
		if got := p.Date(policy.NewDate(2021, 5, 1)); got != tc.date {
			t.Errorf("%s writes the date as %q", tc.wanted, got)
		}
		if got := p.Number(1234); got != tc.number && strings.ReplaceAll(got, "\u00a0", "\u202f") != tc.number {
			t.Errorf("%s writes the number as %q", tc.wanted, got)
		}
		if got := p.N("due.late", 2); got != tc.late {
			t.Errorf("%s says %q", tc.wanted, got)
		}
		if got := p.Word("body", policy.Body("fr")); got != tc.body {
			t.Errorf("%s calls fr %q", tc.wanted, got)
		}
		terms, err := p.Glossary()
		if err != nil || len(terms) < 30 {
			t.Errorf("%s has %d terms: %v", tc.wanted, len(terms), err)
		}
		if parts, err := p.Read("accessibility"); err != nil || len(parts) < 8 {
			t.Errorf("%s has %d parts of the statement: %v", tc.wanted, len(parts), err)
		}
	}
}

// Short enough for a table, and in the order of the language.
func TestDate_IsWrittenAsTheCLDRHasIt(t *testing.T) {
	t.Parallel()
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string][]string{
		"en": {"1 Jan 2021", "26 Sep 2022", "2 Dec 2023"},
		"fr": {"1er janv. 2021", "26 sept. 2022", "2 déc. 2023"},
		"de": {"1. Jan. 2021", "26. Sept. 2022", "2. Dez. 2023"},
	} {
		p := texts.In(lang)
		for i, date := range []policy.Date{policy.NewDate(2021, 1, 1), policy.NewDate(2022, 9, 26), policy.NewDate(2023, 12, 2)} {
			if got := p.Date(date); got != want[i] {
				t.Errorf("%s writes %q, want %q", lang, got, want[i])
			}
		}
		if len(p.Months()) != 12 {
			t.Errorf("%s has %d months", lang, len(p.Months()))
		}
	}
	for _, lang := range text.Languages {
		if texts.In(lang).Date(policy.NewDate(2021, 5, 1)) == "" {
			t.Errorf("%s writes no dates", lang)
		}
	}
}
