package papers

import (
	"regexp"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// Papers of the Council are written in all languages; these readers know English, French and
// German, as the pages do. What they do not recognise they leave to whoever pasted it.

// kindWords are the words by which a point of an agenda names a kind of document.
var kindWords = []struct {
	kind policy.Kind
	word *regexp.Regexp
}{
	{policy.KindAssessment, saying(`threat assessment|S?OCTA|évaluation de la menace|bedrohungs(?:analyse|bewertung|lage)`)},
	{policy.KindAdvisory, saying(`(?:policy )?advisory document|PAD|document (?:consultatif|d'orientation)|strategiepapier|(?:politisches )?beratungs?(?:papier|dokument)`)},
	{policy.KindPriorities, saying(`conclusions? (?:on|sur|setting|fixant|établissant)|priorities|priorités|prioritäten|schlussfolgerungen`)},
	{policy.KindMASP, saying(`MASPs?|multi-?annual strategic (?:action )?plans?|plans? (?:d'action )?stratégiques? pluriannuels?|mehrjährigen? (?:strategischen? )?(?:strategiepl|aktionspl)[aä]ne?`)},
	{policy.KindOAP, saying(`OAPs?|PAO|operational action plans?|plans? d'action opérationnels?|operativen? aktionspl[aä]ne?`)},
	{policy.KindReport, saying(`reports? (?:on|about)|reporting|rapports? sur|berichte? (?:über|zu)`)},
	{policy.KindChange, saying(`(?:change|amendment)s? (?:of|to)|modifications? (?:de|du|des)|änderung(?:en)? (?:des|der|von)`)},
	{policy.KindCorrection, saying(`corrections? of|corrections? (?:de|du)|berichtigung(?:en)? (?:des|der|von)`)},
	{policy.KindReview, saying(`interim assessment|mid-?term (?:review|assessment)|évaluation (?:intermédiaire|à mi-parcours)|zwischenbewertung`)},
	{policy.KindEvaluation, saying(`(?:independent|final) evaluation|evaluation of|évaluation (?:indépendante|finale)|(?:unabhängige|abschließende) bewertung|evaluierung`)},
}

// saying reads one of some words in a text, whatever stands around them.
func saying(one string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[^\p{L}\d])(?:` + one + `)(?:$|[^\p{L}\d])`)
}

// kindsNamed lists the kinds of documents that a text names. A report on an OAP names the report.
func kindsNamed(text string) (kinds []policy.Kind) {
	for _, k := range kindWords {
		if k.word.MatchString(text) {
			kinds = append(kinds, k.kind)
		}
	}
	about := []policy.Kind{policy.KindReport, policy.KindChange, policy.KindCorrection}
	if slices.ContainsFunc(kinds, func(k policy.Kind) bool { return slices.Contains(about, k) }) {
		kinds = slices.DeleteFunc(kinds, func(k policy.Kind) bool { return k == policy.KindOAP || k == policy.KindMASP })
	}
	return kinds
}

// What a body does is told with the body, or with a form of to be or to have, before the verb:
// so "the plans adopted in 2023" and "with a view to adopting them" tell of no outcome.
const (
	doer    = `(?:council|committee|cosi|coreper|cats|group|party|delegations|ministers|presidency|it|they|was|were|been|has|have|is|are|not|also|thus|then|and|formally|unanimously|conseil|comité|groupe|délégations|ministres|il|elle|ils|elles|a|ont|est|été|sont|rat|ausschuss|gruppe|delegationen|minister|er|sie|wurde|wurden|hat|haben|ist|worden)`
	between = `(?:[\s,]+(?:also|thus|then|therefore|formally|unanimously|hereby|has|have|a|ont|hat|haben|été|y|en|la|le|les|den|die|das|dem|der|also|daraufhin|einstimmig|ensuite|formellement|à l'unanimité))*[\s:]+`
	label   = `(?:^|[=→:–-])\s*`
)

// outcomeWords are the words by which an outcome is told, those that deny before those that they deny.
var outcomeWords = []struct {
	outcome policy.Outcome
	words   []*regexp.Regexp
}{
	{policy.NotAgreed, []*regexp.Regexp{
		saying(`(?:did|could|does|was|were|is|are|has|have) not (?:\w+ )?(?:adopt|approve|endorse|agree|validate|reach|adopted|approved|endorsed|agreed|validated)`),
		saying(`no agreement|failed to (?:adopt|agree|approve)|not agreed|rejected`),
		saying(`n'(?:a|ont) pas (?:été )?(?:adopt|approuv|marqué|pu|valid)\p{L}*|aucun accord|sans accord|rejet(?:é|ée|és|ées)`),
		saying(`nicht (?:angenommen|gebilligt|genehmigt|bestätigt)|keine einigung|kein einvernehmen|abgelehnt`),
	}},
	{policy.WithdrawnFromAgenda, []*regexp.Regexp{
		saying(`(?:withdrawn|removed|taken|struck) (?:off|from|out of) (?:the|its|this) agenda`),
		saying(`retir(?:é|ée|és|ées) de l'ordre du jour`),
		saying(`von der tagesordnung (?:abgesetzt|genommen|gestrichen)`),
	}},
	{policy.ReferredBack, []*regexp.Regexp{
		saying(`(?:referred|sent|returned|remitted) (?:it |them |the \w+ |the matter )?back`),
		saying(`renvoy(?:é|ée|és|ées)`),
		saying(`zurückverwiesen|zurückgegeben`),
	}},
	{policy.Postponed, []*regexp.Regexp{
		saying(`postponed|deferred|adjourned`),
		saying(`report(?:é|ée|és|ées) (?:à|au|aux|le|la|l')?.*|ajourn(?:é|ée|és|ées)`),
		saying(`vertagt|verschoben`),
	}},
	{policy.Adopted, []*regexp.Regexp{
		saying(doer + between + `(?:adopt|adopts|adopted|approves?|approved|endorsed?|endorses|validated|agreed (?:on|to|with)|agrees? (?:on|to|with)|confirm(?:s|ed)? (?:its|the|their) agreement|adoptés?|adoptées?|approuvés?|approuvées?|entérinés?|entérinées?|validés?|validées?|marqué (?:son|leur) accord|confirmé (?:son|leur|l')\s?accord)`),
		saying(doer + `[^.;]*?(?:angenommen|gebilligt|genehmigt|einvernehmen (?:erzielt|bestätigt))`),
		saying(`(?:nimmt|nehmen|nahm|nahmen)[^.;]* an|(?:billigt|billigen|billigte|billigten|genehmigt|genehmigte)(?: die| den| das)`),
		regexp.MustCompile(`(?i)` + label + `(?:adopted|approved|endorsed|agreed|agreement confirmed|adoptée?s?|approuvée?s?|accord (?:confirmé|marqué)|angenommen|gebilligt|einvernehmen (?:erzielt|bestätigt))(?:$|[^\p{L}])`),
	}},
	{policy.TookNote, []*regexp.Regexp{
		saying(`(?:took|takes|take|taken) note|(?:was|were) informed|noted (?:that|the)`),
		saying(`pris (?:note|acte)|pren(?:d|nent) (?:note|acte)`),
		saying(`zur kenntnis`),
	}},
}

// amended are the words by which an adoption is told to be one with amendments.
var amended = saying(`(?:with|subject to)(?: the| some| minor| these| certain| several)* (?:amendment|change|modification)s?|as amended|avec (?:des |les |certaines |quelques )?modifications|telle?s? que modifié(?:e|s|es)?|mit (?:den |einigen |folgenden )?änderungen|in (?:der )?geänderter? fassung`)

// notYet are the words of what is still to be concluded.
var notYet = saying(`(?:is|are|will be) (?:invited|asked|requested|expected) to|with a view to|to be|(?:est|sont) invités?(?:es?)? à|en vue (?:de|d')|wird (?:gebeten|ersucht)|werden (?:gebeten|ersucht)`)

// sentences parts a text where one statement ends; lines may break within it.
var sentences = regexp.MustCompile(`[.;!?](?:\s+|$)|\n(?:[=→•–-]\s*)`)

// outcomesIn lists what a text says was concluded, each with the sentence that says so.
func outcomesIn(text string) (told []toldOutcome) {
	for _, sentence := range sentences.Split(text, -1) {
		if sentence = strings.Join(strings.Fields(sentence), " "); sentence == "" || notYet.MatchString(sentence) {
			continue
		}
		if outcome := outcomeIn(sentence); outcome != "" && !slices.ContainsFunc(told, func(t toldOutcome) bool { return t.outcome == outcome }) {
			told = append(told, toldOutcome{outcome, sentence})
		}
	}
	return told
}

// toldOutcome is an outcome with the sentence that tells it.
type toldOutcome struct {
	outcome  policy.Outcome
	sentence string
}

func outcomeIn(sentence string) policy.Outcome {
	for _, o := range outcomeWords {
		if !slices.ContainsFunc(o.words, func(r *regexp.Regexp) bool { return r.MatchString(sentence) }) {
			continue
		}
		if o.outcome == policy.Adopted && amended.MatchString(sentence) {
			return policy.AdoptedWithAmendments
		}
		return o.outcome
	}
	return ""
}
