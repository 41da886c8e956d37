package policy_test

import (
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

func TestParseDocumentRef_ReadsNumbersAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]policy.DocumentRef{
		"ST 8665/21": "ST 8665/21 INIT", "st 8665/2021 init": "ST 8665/21 INIT", "ST 9927/1/16 REV 1": "ST 9927/16 REV 1",
		"ST 08665/21 COR2": "ST 8665/21 COR 2", "WK 12/23 ADD 1 REV 2": "WK 12/23 ADD 1 REV 2", "COM(2011) 790 final": "COM(2011) 790",
		"com (2011)790": "COM(2011) 790", "RH 1/22": "RH 1/22 INIT",
		"ST 9927/1/16": "ST 9927/16 REV 1", "ST 9927/16 rev 01": "ST 9927/16 REV 1",
		"CM 1234/25": "CM 1234/25 INIT", "ST 7100/1/25 REV 1": "ST 7100/25 REV 1", "WK 1234/2025": "WK 1234/25 INIT", "DS 1010/24": "DS 1010/24 INIT",
		"SN 2210/25 REV 2": "SN 2210/25 REV 2", "PE-CONS 12/21": "PE-CONS 12/21 INIT", "ST 15421/22 ADD 1 EXT 1": "ST 15421/22 ADD 1 EXT 1", "ST 5907/21 DCL 1": "ST 5907/21 DCL 1",
		"COM(2021) 170": "COM(2021) 170", "COM/2021/0170 final": "COM(2021) 170", "COM(2021) 170 final/2": "COM(2021) 170/2", "C(2021) 1234": "C(2021) 1234",
		"C(2021)1234 final": "C(2021) 1234", "SWD(2021) 74 final": "SWD(2021) 74", "JOIN(2025) 9": "JOIN(2025) 9", "SEC(2010) 1626": "SEC(2010) 1626",
		"Ares(2025)1234567": "Ares(2025)1234567", "OJ C 123/1": "OJ C 123/1", "OJ L 52, 3.3.2010, p. 50": "OJ L 52, 3.3.2010, p. 50", "oj c123A, 12.3.2021": "OJ C 123A, 12.3.2021",
		"OJ L, 2024/1234, 3.5.2024": "OJ L, 2024/1234, 3.5.2024", "OJ C, C/2025/1122": "OJ C, 2025/1122",
		"EDOC#1234567": "EDOC#1234567", "EDOC#1234567v3": "EDOC#1234567v3", "edoc #1234567 V03": "EDOC#1234567v3", "EDOC-#1234567-v12": "EDOC#1234567v12", "Europol EDOC#1234567-v3": "EDOC#1234567v3",
	} {
		if got, err := policy.ParseDocumentRef(text); err != nil || got != want {
			t.Errorf("%q is read as %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "8665/21", "ST 8665", "XX 1/21", "ST 1/21 FOO 2", "COM(11) 790", "ST 8665/21; DROP TABLE acts",
		"EDOC#", "EDOC#12", "EDOC1234567x", "OJ C", "OJ L 52", "OJ K 1/2", "C/2021/1234", "COM 170", "SWD(2021)", "Ares 1234567", "PE 123.456", "EDOC#1234567v", "ST 8665/21 EDOC#1234567"} {
		if _, err := policy.ParseDocumentRef(text); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseDocumentRef_SaysThatASeriesIsMissing(t *testing.T) {
	t.Parallel()
	if _, err := policy.ParseDocumentRef("16797/10 JAI 990"); err == nil || !strings.Contains(err.Error(), "write ST 16797/10") {
		t.Error(err)
	}
}

func TestParseSubject_ReadsThePath(t *testing.T) {
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

func TestParse_ReadsBodiesAndOutcomesAsPeopleType(t *testing.T) {
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
	_, body := policy.ParseBody("the parliament, maybe")
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
	for _, seed := range []string{"ST 8665/21", "COM(2011) 790 final", "WK 1/22 REV 1 COR 2", "COM(2021) 170 final/2", "EDOC-#1234567-v3", "OJ L 52, 3.3.2010, p. 50", "OJ C, C/2025/1122", "Ares(2025)1234567"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := policy.ParseDocumentRef(text)
		if err != nil {
			return
		}
		if again, err := policy.ParseDocumentRef(string(d)); err != nil || again != d {
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
