package tools

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// documents gives every Markdown file of the repository by its path, and the
// paths of all its files and folders.
func documents(t *testing.T) (texts map[string]string, there map[string]bool) {
	t.Helper()
	texts, there = map[string]string{}, map[string]bool{}
	skipped := []string{".git", "bin", "dist", "man", "completions", "node_modules"}
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		within := filepath.ToSlash(name[len(".."):])
		if entry.IsDir() && slices.Contains(skipped, entry.Name()) {
			return fs.SkipDir
		}
		there[strings.TrimPrefix(within, "/")] = true
		if filepath.Ext(name) != ".md" {
			return nil
		}
		text, err := os.ReadFile(name)
		texts[strings.TrimPrefix(within, "/")] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts, there
}

var (
	fenced    = regexp.MustCompile("(?ms)^ *(```|~~~).*?\n *(```|~~~) *$")
	code      = regexp.MustCompile("`[^`\n]*`")
	comment   = regexp.MustCompile(`(?s)<!--.*?-->`)
	heading   = regexp.MustCompile(`(?m)^#{1,6} +(.*?)[ #]*$`)
	anchored  = regexp.MustCompile(`<a (?:id|name)="([^"]+)"`)
	link      = regexp.MustCompile(`\]\(\s*<?([^)>\s]+)>?(?:\s+"[^"]*")?\s*\)`)
	reference = regexp.MustCompile(`(?m)^ {0,3}\[[^\]]+\]:\s+<?([^>\s]+)`)
	elsewhere = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:`)
	linked    = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

// anchors gives the anchors that a page on the repository's host has: one for
// each heading, with a number where several are the same.
func anchors(text string) map[string]bool {
	all, times := map[string]bool{}, map[string]int{}
	text = fenced.ReplaceAllString(text, "")
	for _, match := range heading.FindAllStringSubmatch(text, -1) {
		title := linked.ReplaceAllString(match[1], "$1")
		anchor := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsNumber(r), r == '-', r == '_':
				return unicode.ToLower(r)
			default:
				return -1
			}
		}, title)
		if n := times[anchor]; n > 0 {
			all[anchor+"-"+strconv.Itoa(n)] = true
		} else {
			all[anchor] = true
		}
		times[anchor]++
	}
	for _, match := range anchored.FindAllStringSubmatch(text, -1) {
		all[match[1]] = true
	}
	return all
}

// targets gives what a page links to. What stands in code is no link.
func targets(text string) (all []string) {
	for _, plain := range []*regexp.Regexp{fenced, comment, code} {
		text = plain.ReplaceAllString(text, "")
	}
	for _, form := range []*regexp.Regexp{link, reference} {
		for _, match := range form.FindAllStringSubmatch(text, -1) {
			all = append(all, match[1])
		}
	}
	return all
}

// follow says why a link of a page leads nowhere.
func follow(page, target string, texts map[string]string, there map[string]bool) error {
	if elsewhere.MatchString(target) {
		return nil // another site
	}
	file, anchor, hasAnchor := strings.Cut(target, "#")
	name := page
	if file != "" {
		name = path.Join(path.Dir(page), file)
	}
	if name == "." {
		name = ""
	}
	text, isPage := texts[name]
	switch {
	case strings.HasPrefix(target, "/"):
		return errors.New("name it from where the page lies")
	case !there[name]:
		return errors.New("there is no such file")
	case hasAnchor && !isPage:
		return errors.New("only Markdown has headings")
	case hasAnchor && !anchors(text)[anchor]:
		return errors.New("there is no such heading")
	}
	return nil
}

func TestLinks_AllLeadSomewhere(t *testing.T) {
	t.Parallel()
	texts, there := documents(t)
	links := 0
	for page, text := range texts {
		for _, target := range targets(text) {
			links++
			if err := follow(page, target, texts, there); err != nil {
				t.Errorf("%s links to %s: %v", page, target, err)
			}
		}
	}
	if links == 0 {
		t.Error("no page links to anything")
	}
}

func TestFollow_FindsALinkThatLeadsNowhere(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"README.md": "# A [name](docs/a.md), and `code`\n\n## Twice\n\n## Twice\n\n```\n# no heading\n[no](link.md)\n```\n\nA `[x](y.md)`, <!-- [x](z.md) --> and <a id=\"here\"></a>",
		"docs/a.md": "[one](../README.md#twice-1) [two](b.png \"a picture\") [three](#four)\n\n[ref]: ../gone.md\n\n## Über Größe\n",
	}
	there := map[string]bool{"": true, "README.md": true, "docs": true, "docs/a.md": true, "docs/b.png": true}
	if got := targets(texts["README.md"]); !slices.Equal(got, []string{"docs/a.md"}) {
		t.Errorf("README.md links to %q", got)
	}
	if got := targets(texts["docs/a.md"]); !slices.Equal(got, []string{"../README.md#twice-1", "b.png", "#four", "../gone.md"}) {
		t.Errorf("docs/a.md links to %q", got)
	}
	for target, want := range map[string]string{
		"../README.md": "", "../README.md#twice": "", "../README.md#twice-1": "", "../README.md#a-name-and-code": "",
		"../README.md#here": "", "#über-größe": "", "b.png": "", "..": "", ".": "", "https://example.eu/x#y": "", "mailto:a@example.eu": "",
		"../README.md#twice-2": "no such heading", "../README.md#no-heading": "no such heading", "#four": "no such heading",
		"../gone.md": "no such file", "README.md": "no such file", "../../README.md": "no such file", "/README.md": "from where the page lies",
		"b.png#top": "only Markdown",
	} {
		err := follow("docs/a.md", target, texts, there)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", target, err)
		}
	}
}
