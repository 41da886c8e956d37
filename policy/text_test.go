package policy_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
)

func TestRegisterNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]policy.Document{
		"ST 8665/21": "ST 8665/21 INIT", "st 8665/2021 init": "ST 8665/21 INIT", "ST 9927/1/16 REV 1": "ST 9927/16 REV 1",
		"ST 08665/21 COR2": "ST 8665/21 COR 2", "WK 12/23 ADD 1 REV 2": "WK 12/23 ADD 1 REV 2", "COM(2011) 790 final": "COM(2011) 790",
		"com (2011)790": "COM(2011) 790", "RH 1/22": "RH 1/22 INIT",
		"ST 9927/1/16": "ST 9927/16 REV 1", "ST 9927/16 rev 01": "ST 9927/16 REV 1",
	} {
		if got, err := policy.ParseDocument(text); err != nil || got != want {
			t.Errorf("%q is read as %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "8665/21", "ST 8665", "XX 1/21", "ST 1/21 FOO 2", "COM(11) 790", "ST 8665/21; DROP TABLE acts"} {
		if _, err := policy.ParseDocument(text); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestSubjectsAreReadByTheirPath(t *testing.T) {
	t.Parallel()
	for text, run := range map[string]policy.RunKind{
		"empact/assessment": policy.RunCycle, "empact/priorities": policy.RunCycle, "empact/item/ukraine": policy.RunCycle,
		"empact/masp/general": policy.RunPlan, "empact/oap/2023/firearms": policy.RunPlan, "/empact/report/2023/firearms/may/": policy.RunPlan,
		"empact/obligation/annual-report/2021-12-31": policy.RunObligations, "empact/evaluation": policy.RunEvaluation,
	} {
		s, err := policy.ParseSubject(text)
		if err != nil || s.Run().Kind != run {
			t.Errorf("%q is read as %+v of run %s, %v", text, s, s.Run().Kind, err)
		}
	}
	for _, text := range []string{"", "empact", "empact/nothing", "empact/oap/2023", "empact/masp", "empact/assessment/x", "Empact/assessment", "em pact/masp/general", "empact/masp/-x"} {
		if _, err := policy.ParseSubject(text); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestBodiesOutcomesAndActorsAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]policy.Body{"COSI": policy.COSI, "cosi support group": policy.COSISupportGroup, "Support_Team": policy.SupportTeam, "FR": "fr"} {
		if got, err := policy.ParseBody(text); err != nil || got != want {
			t.Errorf("%q is read as %q, %v", text, got, err)
		}
	}
	for text, want := range map[string]policy.Outcome{"adopted": policy.Adopted, "Adopted with amendments": policy.AdoptedWithAmendments, "took_note": policy.TookNote} {
		if got, err := policy.ParseOutcome(text); err != nil || got != want {
			t.Errorf("%q is read as %q, %v", text, got, err)
		}
	}
	actor, err := policy.ParseActor("Anna Berg@General Secretariat")
	if err != nil || actor != (policy.Actor{Name: "Anna Berg", Body: policy.GeneralSecretariat}) || actor.String() != "Anna Berg@general-secretariat" {
		t.Errorf("%+v, %v", actor, err)
	}
	_, body := policy.ParseBody("parliament")
	_, outcome := policy.ParseOutcome("delivered") // no body concludes it
	_, nobody := policy.ParseActor("@cosi")
	_, nowhere := policy.ParseActor("anna")
	_, day := policy.ParseDate("2021-02-30")
	for _, err := range []error{body, outcome, nobody, nowhere, day} {
		if policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%v", err)
		}
	}
}

func FuzzParseDocument(f *testing.F) {
	for _, seed := range []string{"ST 8665/21", "COM(2011) 790 final", "WK 1/22 REV 1 COR 2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := policy.ParseDocument(text)
		if err != nil {
			return
		}
		if again, err := policy.ParseDocument(string(d)); err != nil || again != d {
			t.Errorf("%q is read as %q, and that as %q, %v", text, d, again, err)
		}
	})
}

func FuzzParseSubject(f *testing.F) {
	for _, seed := range []string{"empact/assessment", "empact/oap/2023/firearms", "a/obligation/b/c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := policy.ParseSubject(text)
		if err != nil {
			return
		}
		if again, err := policy.ParseSubject(s.String()); err != nil || again != s {
			t.Errorf("%q is read as %q, and that as %q, %v", text, s, again, err)
		}
	})
}
