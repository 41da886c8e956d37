package web

import (
	"github.com/a-h/templ"
	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/policycycle/policycycle/policy"
)

// langAttr says in which language a text of the record is written, where that is known
// and not the one of the page.
func (v *page) langAttr(l policy.Language) templ.Attributes {
	if l == "" || string(l) == v.Lang {
		return nil
	}
	return templ.Attributes{"lang": string(l)}
}

// titleLangAttr is in for the title of a page, which is either one of the record or one
// of the catalogue.
func (v *page) titleLangAttr(title string) templ.Attributes {
	if title != v.named {
		return nil
	}
	return v.langAttr(v.Titles)
}

// named gives the name of a language in itself.
func named(l policy.Language) string { return display.Self.Name(language.Make(string(l))) }

// nameInList gives the name of a language in itself as it stands in a list to choose from,
// where every language begins with a capital.
func nameInList(l policy.Language) string {
	return cases.Title(language.Make(string(l)), cases.NoLower).String(named(l))
}

// written gives the language in which somebody says that they wrote.
func (v *page) written() policy.Language { return policy.Language(v.form("language")) }
