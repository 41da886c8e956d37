package papers_test

import (
	"strings"
	"testing"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

const planted = "CANARY"

// plant puts a word into everything that is written for LIMITE readers alone.
func plant(past *store.Past) {
	for _, content := range past.Documents {
		switch c := content.(type) {
		case *policy.OperationalPlan:
			for i := range c.Actions {
				c.Actions[i].Title = planted + " " + c.Actions[i].Title
			}
		case *policy.StrategicPlan:
			for i := range c.Goals {
				c.Goals[i].Title = planted + " " + c.Goals[i].Title
			}
		case *policy.Report:
			for i := range c.Actions {
				c.Actions[i].Text = planted
			}
		case *policy.EvaluationReport:
			for i := range c.Recommendations {
				c.Recommendations[i].Text = planted
			}
		case *policy.Conclusions:
			c.Priorities[0].Divergence = planted
		}
	}
	for i := range past.Rows {
		switch b := past.Rows[i].Body.(type) {
		case *policy.Consent:
			if b.State == policy.Conditional {
				b.Condition = planted
			}
		case *policy.FollowUp:
			b.Reason = planted
		case *policy.AgendaItem:
			b.Title = planted
		case *policy.Indicator:
			b.Title = planted + " " + b.Title
		}
	}
}

// What is LIMITE is in the papers of those who read it, in no paper of the public, not in that
// for the public whoever asks for it, and a State has no sheet of another one.
func TestPapers_HoldNothingThatTheirReaderMayNotRead(t *testing.T) {
	t.Parallel()
	past := plays(folderOf(t, cycles[0]))
	plant(&past)
	s := storetest.New(t)
	if err := s.Import(t.Context(), past); err != nil {
		t.Fatal(err)
	}
	svc := local.New(s, nil, nil)
	secretariat := reads(t, svc, policy.GeneralSecretariat)
	p, held := press(t), map[papers.Kind]bool{}
	tells := func(by service.Service, o papers.Order) (bool, policy.Marking) {
		paper, err := p.Make(t.Context(), by, o)
		if policy.CodeOf(err) == policy.CodeMarking || policy.CodeOf(err) == policy.CodeUnknown {
			return false, ""
		}
		if err != nil {
			t.Fatalf("%+v: %v", o, err)
		}
		inWord := false
		for _, body := range parts(t, writes(t, p, paper, papers.DOCX)) {
			inWord = inWord || strings.Contains(body, planted)
		}
		inPDF := strings.Contains(poppler(t, writes(t, p, paper, papers.PDF), "pdftotext"), planted)
		if inWord != inPDF {
			t.Errorf("%s: Word tells %t, PDF %t", o.File(papers.PDF), inWord, inPDF)
		}
		return inWord, paper.Marking
	}
	for _, o := range orders(t, secretariat, cycles[0]) {
		told, marking := tells(secretariat, o)
		if told && marking == policy.Public {
			t.Errorf("%s is PUBLIC and tells what is LIMITE", o.File(papers.PDF))
		}
		held[o.Kind] = held[o.Kind] || told
		if told, _ := tells(svc.As(policy.Principal{}), o); told {
			t.Errorf("the public reads what is LIMITE in %s", o.File(papers.PDF))
		}
		if o.Kind != papers.KindNational {
			continue
		}
		if told, _ := tells(reads(t, svc, "de"), o); told {
			t.Errorf("Germany reads the sheet of another State, %s", o.File(papers.PDF))
		}
	}
	for _, kind := range papers.Kinds() {
		// An agenda and the obligations have the words of the published calendar and of the rules.
		wants := kind != papers.KindFactsheet && kind != papers.KindOutcome && kind != papers.KindObligations && kind != papers.KindAgenda
		if held[kind] != wants {
			t.Errorf("a paper of the kind %s tells what was planted: %t, want %t", kind, held[kind], wants)
		}
	}
}
