// Package text holds what pages say, in English, French and German: catalogues of
// sentences and of the words of the field, and how dates and numbers are written.
package text

import (
	"cmp"
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en_GB"
	"github.com/go-playground/locales/fr"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v4"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/policycycle/policycycle/policy"
)

//go:embed *.yaml *.md
var files embed.FS

// Languages lists the languages of the interface, the first of which stands in
// where nothing else fits.
var Languages = []string{"en", "fr", "de"}

// calendars write dates as the CLDR has it, by language.
var calendars = map[string]locales.Translator{"en": en_GB.New(), "fr": fr.New(), "de": de.New()}

// Texts holds all catalogues.
type Texts struct {
	bundle    *i18n.Bundle
	matcher   language.Matcher
	sentences map[string]map[string]string // by language
}

// Load gives the catalogues that are part of the program. They are read once.
func Load() (*Texts, error) { return load() }

var load = sync.OnceValues(read)

func read() (*Texts, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	var tags []language.Tag
	sentences := map[string]map[string]string{}
	for _, lang := range Languages {
		for _, catalogue := range []string{"pages", "words"} {
			name := catalogue + "." + lang + ".yaml"
			body, err := files.ReadFile(name)
			if err == nil {
				_, err = bundle.ParseMessageFileBytes(body, name)
			}
			if err != nil {
				return nil, fmt.Errorf("catalogue %s: %w", name, err)
			}
		}
		tags = append(tags, language.Make(lang))
		if lang == Languages[0] {
			continue // sentences are English at first
		}
		var err error
		if sentences[lang], err = loadSentences(lang); err != nil {
			return nil, err
		}
	}
	return &Texts{bundle: bundle, matcher: language.NewMatcher(tags), sentences: sentences}, nil
}

// In gives a printer for the first language wanted that there is; wanted may be
// language tags and values of the header Accept-Language.
func (t *Texts) In(wanted ...string) *Printer {
	_, at := language.MatchStrings(t.matcher, wanted...)
	lang := Languages[at]
	return &Printer{
		Lang: lang, localizer: i18n.NewLocalizer(t.bundle, lang, Languages[0]), numbers: message.NewPrinter(language.Make(lang)),
		sentences: t.sentences[lang],
	}
}

// Printer writes in one language.
type Printer struct {
	Lang string
	// Names gives the title of what a sentence names by its path; nil for none.
	Names func(path string) (title string, is bool)
	// BodyTitle gives the title of a body that a cycle has, which no catalogue knows, or that it
	// calls otherwise; nil for none.
	BodyTitle func(policy.Body) (title string, is bool)
	localizer *i18n.Localizer
	numbers   *message.Printer
	sentences map[string]string // what is said in English, by its form
}

// T gives a sentence of the catalogue. pairs are names and values of what stands
// in it.
func (p *Printer) T(key string, pairs ...any) string { return p.say(key, nil, pairs) }

// N gives a sentence about a number of things; .Count stands for the number.
func (p *Printer) N(key string, n int, pairs ...any) string {
	return p.say(key, n, append(pairs, "Count", p.Number(int64(n))))
}

func (p *Printer) say(key string, count any, pairs []any) string {
	data := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		data[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	said, err := p.localizer.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data, PluralCount: count})
	if err != nil && said == "" {
		return "[" + key + "]" // a test looks for keys that no catalogue has
	}
	return said
}

// Word gives the name of a value of one of the field's lists, such as
// Word("outcome", policy.Adopted).
func (p *Printer) Word(list string, value any) string {
	text := fmt.Sprint(value)
	if text == "" {
		return ""
	}
	if list == "body" && p.BodyTitle != nil {
		if title, is := p.BodyTitle(policy.Body(text)); is {
			return title
		}
	}
	said := p.T(list + "." + text)
	if strings.HasPrefix(said, "[") {
		return text
	}
	return said
}

// Outcome says an outcome in the words of the body that reached it, or in the usual ones.
func (p *Printer) Outcome(o policy.Outcome, words policy.Wording) string {
	if said := words[o][policy.Language(p.Lang)]; said != "" {
		return said
	}
	return p.Word("outcome", o)
}

// Bodies joins the names of bodies, each once.
func (p *Printer) Bodies(bodies []policy.Body) string {
	var names []string
	for _, b := range bodies {
		if name := p.Word("body", b); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// Date writes a date as all pages do: 26 May 2021, with the month short.
func (p *Printer) Date(d policy.Date) string {
	if d.IsZero() {
		return ""
	}
	day, in := d.Time(policy.Brussels), calendars[p.Lang]
	date := strings.Replace(in.FmtDateLong(day), in.MonthWide(day.Month()), in.MonthAbbreviated(day.Month()), 1)
	if p.Lang == "fr" && day.Day() == 1 { // an ordinal, which no pattern of the CLDR can say
		return "1er" + strings.TrimPrefix(date, "1")
	}
	return date
}

// Months gives the short names of the months.
func (p *Printer) Months() []string { return calendars[p.Lang].MonthsAbbreviated() }

// isoDate is a date as programs write it, where it is no part of a path or a key.
var isoDate = regexp.MustCompile(`(^|[^\w/-])(\d{4}-\d{2}-\d{2})($|[^\w/-])`)

// path is what the record calls a part of a cycle by.
var path = regexp.MustCompile(`[a-z0-9-]+(?:/[a-z0-9.-]*[a-z0-9])+`)

// Written writes the dates and the parts of a cycle that stand in a text as all pages
// do: by their titles, where these are known.
func (p *Printer) Written(text string) string {
	if p.Names != nil {
		text = path.ReplaceAllStringFunc(text, func(found string) string {
			if title, is := p.Names(found); is {
				return title
			}
			return found
		})
	}
	return p.Dated(text)
}

// Dated writes the dates that stand in a text as all pages do.
func (p *Printer) Dated(text string) string {
	return isoDate.ReplaceAllStringFunc(text, func(found string) string {
		parts := isoDate.FindStringSubmatch(found)
		date, err := policy.ParseDate(parts[2])
		if err != nil {
			return found
		}
		return parts[1] + p.Date(date) + parts[3]
	})
}

// Instant writes an instant to the minute, in Brussels.
func (p *Printer) Instant(t time.Time) string {
	at := t.In(policy.Brussels)
	return p.Date(policy.NewDate(at.Year(), at.Month(), at.Day())) + ", " + at.Format("15:04")
}

// Number writes a number with the separators of the language.
func (p *Printer) Number(n int64) string { return p.numbers.Sprintf("%d", n) }

// Amount writes how much there is of an indicator with the separators of the language.
func (p *Printer) Amount(a policy.Amount) string {
	decimals := a.Decimals()
	if decimals == "" {
		return p.Number(a.Floor())
	}
	point := strings.Trim(p.numbers.Sprintf("%.1f", 0.5), "05")
	return p.Number(a.Floor()) + point + decimals
}

// Term is one entry of the glossary.
type Term struct {
	Term   string `yaml:"term"`
	Full   string `yaml:"full"`
	Text   string `yaml:"text"`
	Source string `yaml:"source"`
}

// Glossary gives the terms of the field, as the catalogue orders them.
func (p *Printer) Glossary() ([]Term, error) {
	body, err := files.ReadFile("glossary." + p.Lang + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("glossary: %w", err)
	}
	var terms []Term
	err = yaml.Unmarshal(body, &terms)
	return terms, err
}

// Paragraph is a part of a longer text: a heading, a paragraph or a list.
type Paragraph struct {
	Heading string
	Text    string
	Items   []string
}

// Read gives a longer text, such as "accessibility".
func (p *Printer) Read(name string) ([]Paragraph, error) {
	body, err := files.ReadFile(name + "." + p.Lang + ".md")
	if err != nil {
		return nil, fmt.Errorf("text %s: %w", name, err)
	}
	var parts []Paragraph
	for block := range strings.SplitSeq(strings.TrimSpace(string(body)), "\n\n") {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		switch {
		case strings.HasPrefix(lines[0], "#"):
			parts = append(parts, Paragraph{Heading: strings.TrimLeft(lines[0], "# ")})
		case strings.HasPrefix(lines[0], "- "):
			parts = append(parts, Paragraph{Items: items(lines)})
		default:
			parts = append(parts, Paragraph{Text: strings.Join(lines, " ")})
		}
	}
	return parts, nil
}

func items(lines []string) []string {
	var list []string
	for _, line := range lines {
		if item, begins := strings.CutPrefix(line, "- "); begins {
			list = append(list, item)
		} else if len(list) > 0 {
			list[len(list)-1] += " " + strings.TrimSpace(line)
		}
	}
	return list
}

// Place says where in a document something stands: "actions[2.3].co_leaders" is
// "2.3, Co-leaders".
func (p *Printer) Place(path string) string {
	var names []string
	for _, part := range pathParts.FindAllString(path, -1) {
		field := strings.TrimPrefix(part, ".")
		label := p.T("field." + field)
		switch {
		case field == "actions":
			continue
		case strings.HasPrefix(part, "["):
			label = strings.Trim(part, "[]")
		case strings.HasPrefix(label, "["):
			label = strings.ReplaceAll(field, "_", " ")
		}
		names = append(names, label)
	}
	return cmp.Or(strings.Join(names, ", "), path)
}

var pathParts = regexp.MustCompile(`\.[a-z_]+|\[[^\]]*\]`)
