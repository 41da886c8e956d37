package e2e_test

import (
	"testing"

	"github.com/policycycle/policycycle/e2e/browser"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// chooses takes another language for the pages.
func (p *official) chooses(language string) {
	p.Holds(`(() => { const s = document.getElementById('language'); s.value = '` + language + `'; s.form.submit(); return true })()`)
}

func TestEachTextKeepsTheLanguageInWhichItWasWritten(t *testing.T) {
	t.Parallel()
	r := receives(t)
	cycle := "pages-language"
	definition := past(cycle)
	definition.Language = "en"
	r.starts(definition)
	assessment := at(cycle, "assessment")
	r.awaits(assessment, policy.StateDrafting)
	in := service.Submit{Subject: assessment, Statement: service.Statement{Date: date("2021-04-10"), Comment: "vollständig", Language: "xx"}}
	eve := as(t, r, policy.Actor{Name: "Eve", Body: policy.Europol})
	_, err := eve.Submit(t.Context(), in)
	refused(t, err, policy.CodeInvalid, "not an official language")
	in.Language = "de"
	r.soon(func() (*service.Receipt, error) { return eve.Submit(t.Context(), in) })
	r.awaits(at(cycle, "priorities"), policy.StateDrafting)
	r.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")

	anna := r.signsIn(t, "Anna", "General Secretariat", browser.Options{})
	anna.goes("/cycles/" + cycle + "/on/priorities")
	anna.chooses("fr")
	anna.See("Se déconnecter")
	anna.Click("approuvé")
	anna.Fill("Numéro de registre", "ST 8665/21 INIT")
	anna.Fill("Date", "2099-01-01")
	anna.Click("Enregistrer le résultat")
	anna.See("1er janv. 2099 est dans l'avenir") // what the engine refuses is told in the language of the page
	anna.Fill("Date", "2021-05-26")
	anna.Fill("Commentaire", "sans débat")
	anna.Click("Enregistrer le résultat")
	anna.See("sans débat")
	found, err := r.FindSubject(t.Context(), at(cycle, "priorities"))
	if err != nil || len(found.Decisions) != 1 || found.Decisions[0].Language != "fr" {
		t.Errorf("the decision is in no language: %+v, %v", found, err)
	}
	if !anna.Holds(`document.querySelector('h1').lang === 'en'`) {
		t.Error("an English title on a French page does not say so")
	}
	anna.chooses("en")
	anna.See("Log out")
	if !anna.Holds(`[...document.querySelectorAll('dd span')].some(e => e.lang === 'fr' && e.innerText === 'sans débat')`) {
		t.Error("a French comment on an English page does not say so")
	}
	submitted, err := r.FindSubject(t.Context(), assessment)
	if err != nil || submitted.Versions[0].Language != "de" {
		t.Errorf("the version is in no language: %+v, %v", submitted, err)
	}
}
