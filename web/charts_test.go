package web_test

import (
	"math"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html/atom"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/web/text"
)

// themes gives the colours of the style sheet as light and as dark devices have them.
func themes(t *testing.T) map[string]map[string]string {
	t.Helper()
	sheet, err := os.ReadFile("static/style.css")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?s)(:root[^{]*)\{([^}]*)\}`).FindAllStringSubmatch(string(sheet), -1)
	found := map[string]map[string]string{}
	for i, block := range blocks {
		colours := map[string]string{}
		for _, c := range regexp.MustCompile(`(--[a-z0-9-]+): (#[0-9a-f]{3,6});`).FindAllStringSubmatch(block[2], -1) {
			colours[c[1]] = c[2]
		}
		found[strings.TrimSpace(block[1])+strconv.Itoa(i)] = colours
	}
	const light, darkByDevice, darkByChoice = 1, 1, 1
	if len(found) != light+darkByDevice+darkByChoice {
		t.Fatalf("the style sheet has %d themes", len(found))
	}
	return found
}

// luminance is that of WCAG 2.2 of a colour such as #0b5cad or #fff.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	hex := strings.TrimPrefix(colour, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatalf("%s is no colour: %v", colour, err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	one, other := luminance(t, a), luminance(t, b)
	return (max(one, other) + 0.05) / (min(one, other) + 0.05)
}

// WCAG 2.2, 1.4.11: what a drawing tells is told from the background, in each theme.
func TestStylesheet_ShowsWhatIsDrawnOnEveryBackground(t *testing.T) {
	t.Parallel()
	const drawn, written = 3, 4.5
	for theme, colours := range themes(t) {
		for name, least := range map[string]float64{
			"--c0": drawn, "--c1": drawn, "--c2": drawn, "--c3": drawn, "--c4": drawn, "--accent": drawn, "--line": drawn,
			"--link": written, "--bad": written, "--good": written, "--warn": written, "--soft": written, "--text": written,
		} {
			if got := contrast(t, colours[name], colours["--back"]); got < least {
				t.Errorf("%s: %s (%s) on %s is %.2f : 1, want %.1f", theme, name, colours[name], colours["--back"], got, least)
			}
		}
	}
	sheet, err := os.ReadFile("static/style.css")
	if err != nil {
		t.Fatal(err)
	}
	if wild := regexp.MustCompile(`svg [^{]*\{[^}]*#[0-9a-f]{3,6}`).FindAllString(string(sheet), -1); len(wild) > 0 {
		t.Errorf("a drawing has colours of no theme: %q", wild)
	}
}

// WCAG 2.2, 1.4.1: what a drawing tells is told by more than colour, and the legend
// names all of it.
func TestResultsPage_TellsWhatIsDrawnByMoreThanColour(t *testing.T) {
	t.Parallel()
	w := enters(t, &house{}, "general-secretariat")
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	english := texts.In("en")
	_, page, _ := w.asks(http.MethodGet, "/cycles/small/results", "", http.NoBody)
	root := parsed(t, page)
	patterns, used, legend := map[string]bool{}, map[string]int{}, ""
	for n := range root.Descendants() {
		if n.Data == "pattern" {
			patterns["url(#"+attrOf(n, "id")+")"] = true
		}
		if fill := attrOf(n, "fill"); strings.HasPrefix(fill, "url(") {
			used[fill]++
		}
		if strings.Contains(attrOf(n, "class"), "legend") {
			legend += textOf(n)
		}
	}
	if len(used) != len(policy.ActionStatuses)-1 {
		t.Errorf("%d statuses have these patterns: %v; one is plain", len(policy.ActionStatuses), used)
	}
	for fill := range used {
		if !patterns[fill] {
			t.Errorf("the pattern %s is not there", fill)
		}
	}
	for _, status := range policy.ActionStatuses {
		if !strings.Contains(legend, english.Word("status", status)) {
			t.Errorf("the legend does not name %s", status)
		}
	}

	_, page, _ = w.asks(http.MethodGet, "/cycles/small", "", http.NoBody)
	drawn, named := map[string]string{}, map[string]bool{}
	for n := range parsed(t, page).Descendants() {
		class := attrOf(n, "class")
		inLegend := false
		for parent := range n.Ancestors() {
			inLegend = inLegend || strings.Contains(attrOf(parent, "class"), "legend")
		}
		var shape string
		switch n.Data {
		case "polygon":
			shape = "polygon of " + strconv.Itoa(len(strings.Fields(attrOf(n, "points"))))
			if class == "plan" {
				shape += ", hollow"
			}
		case "rect":
			shape = "bar of " + attrOf(n, "height")
			if class == "bar" {
				shape += ", hollow"
			}
		default:
			continue
		}
		if inLegend {
			named[class] = true
		} else if n.Parent.DataAtom != atom.Pattern {
			drawn[class] = shape
		}
	}
	shapes := map[string]string{}
	for class, shape := range drawn {
		if other := shapes[shape]; other != "" {
			t.Errorf("%s and %s are both a %s", class, other, shape)
		}
		shapes[shape] = class
		if !named[class] {
			t.Errorf("the legend does not name %s, a %s", class, shape)
		}
	}
	for _, class := range []string{"plan", "real", "missed", "bar", "bar on", "bar done"} {
		if drawn[class] == "" {
			t.Errorf("the timeline does not draw %s", class)
		}
	}
}

// What does not add up, what the registers say otherwise, what is not kept here and where the
// counting rule changed stand on the pages, as the commands tell them.
func TestPages_ShowWhatFiguresDoNotSay(t *testing.T) {
	t.Parallel()
	w := enters(t, &house{}, "general-secretariat")
	for path, says := range map[string][]string{
		"/cycles/small/on/report/2022/firearms/may": {"arrests is published as 829, the parts add up to 800: 29 more", "5 in the report, 8 in the register"},
		"/cycles/small/report":                      {"Handed in; its figures are not kept here", "/cycles/small/on/report/2022/drugs/october", "The counting rule changed"},
	} {
		_, page, _ := w.asks(http.MethodGet, path, "", http.NoBody)
		for _, said := range says {
			if !strings.Contains(page, said) {
				t.Errorf("%s does not say %q", path, said)
			}
		}
	}
}
