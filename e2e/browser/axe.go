package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Violation is something that keeps people from using a page.
type Violation struct {
	Rule, Impact, Help string
	Where              []string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s (%s): %s at %s", v.Rule, v.Impact, v.Help, strings.Join(v.Where, " | "))
}

// What axe-core is asked for: WCAG 2.2 AA and good practice, and of these what looks at
// colours.
const (
	everything = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
	colours    = "{type: 'rule', values: ['color-contrast', 'link-in-text-block']}"
	layout     = "{type: 'rule', values: ['target-size', 'scrollable-region-focusable']}"
)

// Axe looks for violations of WCAG 2.2 AA and of good practice with axe-core.
func (p *Page) Axe() []Violation {
	p.tb.Helper()
	if p.seenDark {
		return p.axe(colours)
	}
	return p.axe(everything)
}

// AxeOfLayout looks for those that the width of a page decides, where the rest was looked at in
// another width.
func (p *Page) AxeOfLayout() []Violation {
	p.tb.Helper()
	return p.axe(layout)
}

func (p *Page) axe(wanted string) []Violation {
	p.tb.Helper()
	if !p.Holds("!!window.axe") {
		source, err := os.ReadFile(axePath(p.tb))
		if err != nil {
			p.tb.Fatalf("axe-core is not there: ./test installs it (%v)", err)
		}
		p.Holds("(() => {" + string(source) + "\n; return true })()")
	}
	result := evaluate[string](p, "axe.run(document, {resultTypes: ['violations'], runOnly: "+wanted+`}).then(r => JSON.stringify(
		r.violations.map(v => ({Rule: v.id, Impact: v.impact, Help: v.help, Where: v.nodes.map(n => n.target.join(' ') + ' ' + (n.any[0] ? n.any[0].message : ''))}))))`)
	var violations []Violation
	if err := json.Unmarshal([]byte(result), &violations); err != nil {
		p.tb.Fatal(err)
	}
	return violations
}

// axePath finds axe-core where ./test puts it, from the root of the module.
func axePath(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	return filepath.Join(dir, "bin", "node_modules", "axe-core", "axe.min.js")
}
