package policy_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// The script of the stories: Sweden is late with all it hands in, the first
// version of the OAP on firearms comes back, and COSI once goes on alone.
var scripted = policy.Script{
	LeadDays: 5,
	Scenes: []policy.Scene{
		{On: "oap/2022/firearms", DaysLate: new(10)},
		{On: "oap/2022/*", Body: policy.SupportTeam, Version: 1, Outcome: policy.ReferredBack},
		{On: "oap/2022/*", Body: policy.SupportTeam, Outcome: policy.NotAgreed},
		{On: "oap/2023/drugs", Body: policy.COSI, Version: 2, Date: date("2022-12-24"), Outcome: policy.Adopted, SkipReason: "No meeting in December."},
		{On: "[", Body: policy.COSI, Outcome: policy.NotAgreed, SkipReason: "a pattern that nothing matches"},
	},
}

func TestScriptSceneFor_PlaysTheFirstThatMatches(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		on      string
		body    policy.Body
		version int
		outcome policy.Outcome
	}{
		"the first version comes back":       {"oap/2022/firearms", policy.SupportTeam, 1, policy.ReferredBack},
		"the second one finds no agreement":  {"oap/2022/drugs", policy.SupportTeam, 2, policy.NotAgreed},
		"another body is not in the scene":   {"oap/2022/firearms", policy.COSISupportGroup, 1, ""},
		"another year is not in the scene":   {"oap/2023/firearms", policy.SupportTeam, 1, ""},
		"a report is no OAP":                 {"report/2022/firearms/may", policy.SupportTeam, 1, ""},
		"the scene of a version that it has": {"oap/2023/drugs", policy.COSI, 2, policy.Adopted},
		"the scene of another version":       {"oap/2023/drugs", policy.COSI, 1, ""},
	} {
		if scene := scripted.SceneFor(on(test.on), test.body, test.version); scene.Outcome != test.outcome {
			t.Errorf("%s: it is %q, want %q", name, scene.Outcome, test.outcome)
		}
	}
}

func TestScriptSkipping_OnlyWhereTheScriptGivesTheReason(t *testing.T) {
	t.Parallel()
	if scene, skips := scripted.Skipping(on("oap/2023/drugs"), 2); !skips || scene.Body != policy.COSI {
		t.Errorf("the second version: %+v, %v", scene, skips)
	}
	for path, number := range map[string]int{"oap/2023/drugs": 1, "oap/2022/drugs": 2} {
		if scene, skips := scripted.Skipping(on(path), number); skips {
			t.Errorf("version %d of %s: %+v", number, path, scene)
		}
	}
}

func TestScriptWhen_IsEarlyUnlessTheSceneSays(t *testing.T) {
	t.Parallel()
	due := date("2021-10-29")
	for name, test := range map[string]struct {
		scene policy.Scene
		want  string
	}{
		"all goes well":       {policy.Scene{}, "2021-10-24"},
		"ten days late":       {policy.Scene{DaysLate: new(10)}, "2021-11-08"},
		"on the day":          {policy.Scene{DaysLate: new(0)}, "2021-10-29"},
		"a month early":       {policy.Scene{DaysLate: new(-30)}, "2021-09-29"},
		"on a given day":      {policy.Scene{Date: date("2022-01-06")}, "2022-01-06"},
		"the day comes first": {policy.Scene{Date: date("2022-01-06"), DaysLate: new(1)}, "2022-01-06"},
	} {
		if when := scripted.When(test.scene, due); when != date(test.want) {
			t.Errorf("%s: on %s, want %s", name, when, test.want)
		}
	}
	if when := policy.DefaultScript.When(policy.Scene{}, due); when != date("2021-10-26") {
		t.Errorf("without a script: on %s, want three days early", when)
	}
}
