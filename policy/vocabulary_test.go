package policy_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

// Coreper and COSI agree on draft conclusions, the Council approves them; COSI adopts plans.
func TestDefinitionWording_FollowsTheBody(t *testing.T) {
	t.Parallel()
	d := policytest.Cycle("small")
	for _, test := range []struct {
		kind    policy.Kind
		body    policy.Body
		outcome policy.Outcome
		says    string
	}{
		{policy.KindPriorities, policy.COSI, policy.Adopted, "agreed"},
		{policy.KindPriorities, policy.Coreper, policy.Adopted, "agreement confirmed"},
		{policy.KindPriorities, policy.Council, policy.Adopted, "approved"},
		{policy.KindPriorities, policy.Council, policy.AdoptedWithAmendments, "approved with amendments"},
		{policy.KindPriorities, policy.Council, policy.NotAgreed, "not agreed"},
		{policy.KindItem, policy.Coreper, policy.Adopted, "agreement confirmed"},
		{policy.KindItem, policy.Council, policy.Adopted, "adopted"},
		{policy.KindOAP, policy.COSI, policy.Adopted, "adopted"},
		{policy.KindMASP, policy.COSI, policy.Adopted, "adopted"},
		{policy.KindReport, policy.COSI, policy.TookNote, "took note"},
	} {
		if says := d.Wording(test.kind, test.body).Title(test.outcome); says != test.says {
			t.Errorf("%s on %s is said as %q, want %q", test.body.Title(), test.kind.Title(), says, test.says)
		}
	}
	if e := (policy.Entry{Subject: d.SubjectOf(policy.KindPriorities)}); d.SettledIn(e) != nil {
		t.Error("what no body settles is said in the words of one")
	}
}

// Each word that ships is there in the languages of the pages, has its source, and is of one outcome alone.
func TestVocabulary_ShipsInEachLanguageWithItsSource(t *testing.T) {
	t.Parallel()
	d := policytest.Cycle("small")
	met := 0
	for _, kind := range policy.Kinds() {
		for _, u := range d.VocabularyOn(kind) {
			if u.Source == "" {
				t.Errorf("the words of %v have no source", u.Bodies)
			}
			for _, body := range u.Bodies {
				words := d.Wording(kind, body)
				for outcome, said := range u.Words {
					for _, language := range []policy.Language{"en", "fr", "de"} {
						met++
						if read, err := words.ParseOutcome(strings.ToUpper(said[language])); err != nil || read != outcome {
							t.Errorf("%s, %s: %q is read as %q: %v", body, kind, said[language], read, err)
						}
					}
				}
			}
		}
	}
	if met < 80 {
		t.Errorf("only %d words were looked at", met)
	}
	d.Vocabulary = d.VocabularyOn(policy.KindPriorities)
	if ps := d.Validate(); len(ps) > 0 {
		t.Errorf("what ships is not sound: %+v", ps)
	}
}

func TestWordingParseOutcome_TakesCodesAndTheWordsOfTheBody(t *testing.T) {
	t.Parallel()
	d := policytest.Cycle("small")
	cosi := d.Wording(policy.KindPriorities, policy.COSI)
	for text, want := range map[string]policy.Outcome{
		"adopted": policy.Adopted, "Agreed": policy.Adopted, "accord marqué": policy.Adopted, "Einvernehmen erzielt": policy.Adopted,
		"agreed with amendments": policy.AdoptedWithAmendments, "took note": policy.TookNote, "took_note": policy.TookNote,
		"withdrawn from the agenda": policy.WithdrawnFromAgenda, "not agreed": policy.NotAgreed,
	} {
		if read, err := cosi.ParseOutcome(text); err != nil || read != want {
			t.Errorf("%q is read as %q: %v", text, read, err)
		}
	}
	_, err := cosi.ParseOutcome("approved")
	if policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), "use agreed (adopted), agreed with amendments (adopted-with-amendments), took-note, ") {
		t.Errorf("COSI approves: %v", err)
	}
	twice := policy.Wording{policy.Postponed: {"en": "held over"}, policy.ReferredBack: {"en": "held over"}}
	if read, err := twice.ParseOutcome("held over"); err == nil {
		t.Errorf("what two outcomes are called is read as %q", read)
	}
}

// Whatever a cycle says of words, a code is read as itself.
func TestWordingParseOutcome_ReadsEachCodeAsItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		outcome := rapid.SampledFrom(policy.Outcomes)
		word := rapid.OneOf(rapid.StringMatching(`[a-zé ]{1,12}`), rapid.Map(outcome, policy.Outcome.Title))
		words := policy.Wording(rapid.MapOf(outcome, rapid.MapOf(rapid.SampledFrom(policy.Languages), word)).Draw(t, "words"))
		code := outcome.Draw(t, "code")
		if read, err := words.ParseOutcome(string(code)); err != nil || read != code {
			t.Fatalf("%q is read as %q: %v", code, read, err)
		}
	})
}

// A cycle puts words in the place of those that ship, by its file or by an amendment, and leaves the rest.
func TestDefinitionVocabulary_IsAmendedByTheCycle(t *testing.T) {
	t.Parallel()
	d := policytest.Cycle("small")
	own := []policy.Usage{
		{Bodies: []policy.Body{policy.Council}, Words: policy.Wording{policy.Adopted: {"en": "resolved"}, policy.TookNote: {"en": "heard"}}},
		{Bodies: []policy.Body{policy.Council}, Kinds: []policy.Kind{policy.KindPriorities}, Words: policy.Wording{policy.Adopted: {"en": "adopted"}}},
	}
	for name, d := range map[string]policy.Definition{
		"a file":       func() policy.Definition { d := d; d.Vocabulary = own; return d }(),
		"an amendment": d.Amend(policy.Amendment{Reason: "Words.", Vocabulary: own}, date("2021-06-01")),
	} {
		if ps := d.Validate(); len(ps) > 0 {
			t.Fatalf("%s: %+v", name, ps)
		}
		on := d.Wording(policy.KindPriorities, policy.Council)
		if on.Title(policy.Adopted) != "adopted" || on[policy.Adopted]["fr"] != "approuvé" || on.Title(policy.TookNote) != "heard" {
			t.Errorf("%s: on the priorities %v", name, on)
		}
		if on := d.Wording(policy.KindItem, policy.Council); on.Title(policy.Adopted) != "resolved" {
			t.Errorf("%s: on an item %v", name, on)
		}
		if on := d.Wording(policy.KindPriorities, policy.Coreper); on.Title(policy.Adopted) != "agreement confirmed" {
			t.Errorf("%s: Coreper %v", name, on)
		}
	}
	for field, wrong := range map[string]policy.Usage{
		"vocabulary[0].bodies":                 {Words: own[0].Words},
		"vocabulary[0].bodies[0]":              {Bodies: []policy.Body{"fr"}, Words: own[0].Words},
		"vocabulary[0].kinds[0]":               {Bodies: own[0].Bodies, Kinds: []policy.Kind{"letter"}, Words: own[0].Words},
		"vocabulary[0].words":                  {Bodies: own[0].Bodies},
		"vocabulary[0].words.fine":             {Bodies: own[0].Bodies, Words: policy.Wording{"fine": {"en": "fine"}}},
		"vocabulary[0].words.adopted":          {Bodies: own[0].Bodies, Words: policy.Wording{policy.Adopted: {}}},
		"vocabulary[0].words.adopted.xx":       {Bodies: own[0].Bodies, Words: policy.Wording{policy.Adopted: {"xx": "fine"}}},
		"vocabulary[0].words.adopted.en":       {Bodies: own[0].Bodies, Words: policy.Wording{policy.Adopted: {"en": " "}}},
		"vocabulary[0].words.not-agreed.en":    {Bodies: own[0].Bodies, Words: policy.Wording{policy.NotAgreed: {"en": "took note"}}},
		"vocabulary[0].words.referred-back.de": {Bodies: own[0].Bodies, Words: policy.Wording{policy.ReferredBack: {"de": "zurück\x00"}}},
	} {
		d := d
		d.Vocabulary = []policy.Usage{wrong}
		if ps := d.Validate(); !slices.ContainsFunc(ps, func(p policy.Problem) bool { return p.Field == field }) {
			t.Errorf("%s: %+v", field, ps)
		}
	}
}

func TestDefinitionUsualOutcome_LetsThoseAgreeWhoPrepareConclusions(t *testing.T) {
	t.Parallel()
	d := policytest.Cycle("small")
	for _, test := range []struct {
		kind    policy.Kind
		body    policy.Body
		settles bool
		want    policy.Outcome
	}{
		{policy.KindPriorities, policy.COSI, false, policy.Adopted},
		{policy.KindPriorities, policy.Coreper, false, policy.Adopted},
		{policy.KindPriorities, policy.Council, true, policy.Adopted},
		{policy.KindOAP, policy.SupportTeam, false, policy.TookNote},
		{policy.KindOAP, policy.COSISupportGroup, false, policy.TookNote},
		{policy.KindOAP, policy.COSI, true, policy.Adopted},
		{policy.KindReport, policy.COSI, true, policy.TookNote},
		{policy.KindAdvisory, policy.COSI, true, policy.TookNote},
	} {
		if got := d.UsualOutcome(test.kind, test.body, test.settles); got != test.want {
			t.Errorf("%s on %s is expected to have %s", test.body.Title(), test.kind.Title(), got)
		}
	}
}
