package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var isoDates = regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)

// titledPages lists the pages that are told apart by their titles: those of the small cycle and
// of its rehearsals, and the parts of the inbox.
func titledPages() []string {
	paths := append(shownIn(), "/inbox?whose=mine", "/inbox?whose=overdue", "/inbox?whose=all", "/inbox?whose=rehearsals", "/cycles/small-rehearsal-2")
	for _, path := range shownIn() {
		if rest, is := strings.CutPrefix(path, "/cycles/small"); is {
			paths = append(paths, "/cycles/small-rehearsal-1"+rest)
		}
	}
	return paths
}

// Pages are told apart by their titles, which their headings bear, and name things and days as
// people do.
func TestPages_HaveATitleOfTheirOwn(t *testing.T) {
	t.Parallel()
	h := &house{}
	for _, language := range []string{"en", "fr", "de"} {
		w := enters(t, h, "general-secretariat")
		w.asks(http.MethodPost, "/preferences", typed, strings.NewReader("language="+language))
		seen := map[string]string{}
		for _, path := range titledPages() {
			status, page, _ := w.asks(http.MethodGet, path, "", http.NoBody)
			root := parsed(t, page)
			title, heading := "", ""
			for n := range root.Descendants() {
				switch n.DataAtom {
				case atom.Title:
					if n.Parent.DataAtom == atom.Head {
						title = strings.Join(strings.Fields(textOf(n)), " ")
					}
				case atom.H1:
					heading = strings.Join(strings.Fields(textOf(n)), " ")
				default:
				}
			}
			refused := map[string]string{"en": "Error: ", "fr": "Erreur : ", "de": "Fehler: "}[language]
			_, rehearsal, rehearsed := strings.Cut(path, "-rehearsal-")
			if rehearsed {
				heading += map[string]string{"en": " – Rehearsal ", "fr": " – Simulation ", "de": " – Probelauf "}[language] + rehearsal[:1]
			}
			if want := heading + " – policycycle"; title != want && (status < 400 || title != refused+want) {
				t.Errorf("%s (%s): the title is %q, the heading %q", path, language, title, heading)
			}
			if (status >= 400) != strings.HasPrefix(title, refused) {
				t.Errorf("%s (%s), status %d: the title is %q", path, language, status, title)
			}
			if other := seen[title]; other != "" {
				t.Errorf("%s and %s (%s) bear one title: %q", other, path, language, title)
			}
			seen[title] = path
			if rehearsed { // what the house tells of names the real cycle
				continue
			}
			for n := range root.Descendants() {
				if n.Type != html.TextNode || n.Parent.DataAtom == atom.Textarea || n.Parent.DataAtom == atom.Code || strings.Contains(path, "/registers") {
					continue
				}
				if isoDates.MatchString(n.Data) {
					t.Errorf("%s (%s) writes a date as programs do: %q", path, language, n.Data)
				}
				for subject := range subjects {
					if strings.Contains(subject, "/") && strings.Contains(n.Data, subject) {
						t.Errorf("%s (%s) shows the path %s: %q", path, language, subject, n.Data)
					}
				}
				if strings.Contains(n.Data, "assets-confiscated") && !strings.Contains(path, "/draft/") {
					t.Errorf("%s (%s) shows the key of an indicator: %q", path, language, n.Data)
				}
				for _, commission := range []string{"Commission, Commission", "Kommission, Kommission"} {
					if strings.Contains(n.Data, commission) {
						t.Errorf("%s (%s): %q", path, language, n.Data)
					}
				}
			}
		}
	}
	w := opensOn(t, h, nil)
	for path, want := range map[string]string{"/inbox": "Error: Log in – policycycle", "/nowhere": "Error: "} {
		_, page, _ := w.asks(http.MethodGet, path, "", http.NoBody)
		if !strings.Contains(strings.Join(strings.Fields(page), " "), "<title>"+want) {
			t.Errorf("%s of nobody: %s", path, page[:min(len(page), 400)])
		}
		if path == "/inbox" && (len(formsOn(t, path, page)) != 1 || strings.Count(page, "log in first") > 0) {
			t.Errorf("%s of nobody shows no log-in:\n%s", path, page)
		}
	}
}
