package text

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/policycycle/policycycle/policy"
)

// loadSentences reads what the rules and the refusals say in a language, by their
// English form.
func loadSentences(lang string) (map[string]string, error) {
	body, err := files.ReadFile("sentences." + lang + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("sentences: %w", err)
	}
	sentences := map[string]string{}
	err = yaml.Unmarshal(body, &sentences)
	return sentences, err
}

// Sentence says in the reader's language what was said in English, and whether it
// can be: with dates, bodies and titles as pages write them.
func (p *Printer) Sentence(s policy.Sentence) (said string, is bool) {
	form, is := p.sentences[s.Form]
	if p.sentences == nil && s.Form != "" {
		form, is = placed(s.Form), true
	}
	if !is {
		return "", false
	}
	var pairs []string
	for i, part := range s.Parts {
		if within, is := p.within(s.Within[i]); is {
			part = within
		} else {
			part = p.part(part)
		}
		pairs = append(pairs, "{"+strconv.Itoa(i+1)+"}", part)
	}
	return p.Written(strings.NewReplacer(pairs...).Replace(form)), true
}

// within says sentences that stand in another one, and whether all can be said.
func (p *Printer) within(sentences []policy.Sentence) (string, bool) {
	texts := make([]string, len(sentences))
	for i, s := range sentences {
		text, is := p.Sentence(s)
		if !is {
			return "", false
		}
		texts[i] = text
	}
	return strings.Join(texts, p.T("said.then")), len(texts) > 0
}

// part says what stands in a sentence: a date, bodies and words of the field as
// the language has them, anything else as it is.
func (p *Printer) part(text string) string {
	if bodies, is := p.listed(text); is {
		return bodies
	}
	if said := p.T("said." + text); !strings.HasPrefix(said, "[") {
		return said
	}
	return text
}

// verb is what fmt puts a part into.
var verb = regexp.MustCompile(`%[#+-]?[0-9.]*[a-zA-Z%]`)

// placed gives a form of fmt as the catalogues have theirs, with {1} for the first
// part.
func placed(form string) string {
	n := 0
	return verb.ReplaceAllStringFunc(form, func(verb string) string {
		if verb == "%%" {
			return "%"
		}
		n++
		if verb == "%q" {
			return "“{" + strconv.Itoa(n) + "}”"
		}
		return "{" + strconv.Itoa(n) + "}"
	})
}

// listed says the names of bodies, which a sentence joins with commas and "or".
func (p *Printer) listed(text string) (string, bool) {
	names := strings.Split(strings.ReplaceAll(text, " or ", ", "), ", ")
	for i, name := range names {
		body, is := bodyTitled[name]
		if !is {
			return "", false
		}
		names[i] = p.Word("body", body)
	}
	last := len(names) - 1
	if last == 0 || !strings.Contains(text, " or ") {
		return strings.Join(names, ", "), true
	}
	return strings.Join(names[:last], ", ") + " " + p.T("said.or") + " " + names[last], true
}

// bodyTitled finds a body by its English title.
var bodyTitled = func() map[string]policy.Body {
	titled := map[string]policy.Body{}
	for _, body := range append(policy.Bodies(), policy.ThirdCountries...) {
		titled[body.Title()] = body
	}
	return titled
}()
