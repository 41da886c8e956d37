package web

import (
	"github.com/a-h/templ"
	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/policycycle/policycycle/policy"
)

// in says in which language a text of the record is written, where that is known
// and not the one of the page.
func (v *visit) in(l policy.Language) templ.Attributes {
	if l == "" || string(l) == v.Lang {
		return nil
	}
	return templ.Attributes{"lang": string(l)}
}

// titled is in for the title of a page, which is either one of the record or one
// of the catalogue.
func (v *visit) titled(title string) templ.Attributes {
	if title != v.named {
		return nil
	}
	return v.in(v.Titles)
}

// named gives the name of a language in itself.
func named(l policy.Language) string { return display.Self.Name(language.Make(string(l))) }

// nameInList gives the name of a language in itself as it stands in a list to choose from,
// where every language begins with a capital.
func nameInList(l policy.Language) string {
	return cases.Title(language.Make(string(l)), cases.NoLower).String(named(l))
}

// written gives the language in which somebody says that they wrote.
func (v *visit) written() policy.Language { return policy.Language(v.form("language")) }
