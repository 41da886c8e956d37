package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// brexit is the small cycle in the years in which the United Kingdom left: it drives the OAP
// on firearms of 2019 to 2021.
func brexit() policy.Definition {
	d := sound()
	before := *d.Successor(-2)
	before.Key = key
	before.Priorities[0].OAPs[0].Driver = "uk"
	return before
}

func TestDefinitionValidate_TakesDriversThatAreMembersInTheTimeOfTheCycle(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		years  int
		driver policy.Body
		sound  bool
	}{
		"left within the cycle":    {-2, "uk", true},
		"left before the cycle":    {0, "uk", false},
		"joined before the cycle":  {0, "hr", true},
		"joined within the cycle":  {-9, "hr", true},
		"joined after the cycle":   {-12, "hr", false},
		"joined on its first day":  {-8, "hr", true},
		"never a member":           {0, "ch", false},
		"an agency drives nothing": {0, policy.Europol, false},
	} {
		whole := sound()
		d := whole.Successor(test.years)
		if test.years == -8 {
			d.PolicyWindow.From = date("2013-07-01")
		}
		d.Priorities[0].OAPs[0].Driver = test.driver
		found := slices.ContainsFunc(d.Validate(), func(p policy.Problem) bool { return p.Field == "priorities[0].oaps[0].driver" })
		if found == test.sound {
			t.Errorf("%s: %+v", name, d.Validate())
		}
	}
}

func TestJudgeAmendment_GivesNoPlanToAStateThatHasLeft(t *testing.T) {
	t.Parallel()
	before := brexit()
	for _, test := range []struct {
		driver policy.Body
		day    string
		code   policy.Code
	}{
		{"fr", "2020-03-01", ""}, {"uk", "2020-03-01", ""}, // as it was
		{"", "2020-03-01", ""},
	} {
		after := before
		after.Priorities = slices.Clone(before.Priorities)
		after.Priorities[0].OAPs = slices.Clone(before.Priorities[0].OAPs)
		after.Priorities[0].OAPs[0].Driver = test.driver
		if err := policy.JudgeAmendment(&before, &after, date(test.day)); policy.CodeOf(err) != test.code {
			t.Errorf("%q on %s: %v", test.driver, test.day, err)
		}
		// And the other way round: the plan passes from that State to the United Kingdom.
		back := policy.JudgeAmendment(&after, &before, date(test.day))
		if given := test.driver != "uk"; (policy.CodeOf(back) == policy.CodeInvalid) != given {
			t.Errorf("from %q to UK on %s: %v", test.driver, test.day, back)
		}
		if err := policy.JudgeAmendment(&after, &before, date("2020-01-31")); err != nil {
			t.Errorf("while it was a member: %v", err)
		}
	}
}

func TestRecordsDriven_PassesFromAStateOnTheDayAfterItLeft(t *testing.T) {
	t.Parallel()
	d := brexit()
	row := func(post string, holder policy.Body) policy.Row {
		return policy.Row{Register: policy.RegPosts, Key: post + "/firearms", Date: date("2019-02-01"), Body: &policy.Holding{Holder: holder}}
	}
	for name, test := range map[string]struct {
		posts []policy.Row
		day   string
		want  []policy.Body
	}{
		"the driver of the cycle, on the last day":   {nil, "2020-01-31", []policy.Body{"uk", policy.SupportTeam}},
		"the driver of the cycle, afterwards":        {nil, "2020-02-01", []policy.Body{policy.SupportTeam}},
		"the driver of the posts, on the last day":   {[]policy.Row{row("driver", "uk")}, "2020-01-31", []policy.Body{"uk", policy.SupportTeam}},
		"the driver of the posts, afterwards":        {[]policy.Row{row("driver", "uk")}, "2020-02-01", []policy.Body{policy.SupportTeam}},
		"the co-driver of the posts, afterwards":     {[]policy.Row{row("driver", "fr"), row("co-driver", "uk")}, "2020-02-01", []policy.Body{"fr", policy.SupportTeam}},
		"a co-driver stays when the driver has left": {[]policy.Row{row("driver", "uk"), row("co-driver", policy.Europol)}, "2020-02-01", []policy.Body{policy.Europol, policy.SupportTeam}},
	} {
		r := policy.Records{Definition: &d, Standings: map[policy.Subject]policy.Standing{}, Today: date("2021-01-01")}.HeldOn(date(test.day), test.posts)
		for _, path := range []string{"oap/2020/firearms", "report/2020/firearms/may"} {
			if e, _ := r.Entry(on(path)); !slices.Equal(e.Submitters, test.want) {
				t.Errorf("%s: %s is handed in by %v, want %v", name, path, e.Submitters, test.want)
			}
		}
		if e, _ := r.Entry(on("assessment")); !slices.Equal(e.Submitters, []policy.Body{policy.Europol}) {
			t.Errorf("%s: the assessment is handed in by %v", name, e.Submitters)
		}
	}
}

// What a State does counts by the day on which it did it, whenever that is entered.
func TestJudge_TakesAnActOfAStateOnDaysOnWhichItIsAMemberAlone(t *testing.T) {
	t.Parallel()
	d := brexit()
	for i := range d.Priorities[0].OAPs {
		d.Priorities[0].OAPs[i].Driver = "" // any Member State hands it in
	}
	e := entryOf(d, "report/2020/firearms/may")
	act := policy.Act{Kind: policy.ActSubmit, Subject: e.Subject, By: policy.Actor{Name: "Eva", Body: "uk"}, Document: "CM 1/20", Digest: "sha256:1"}
	facts := policy.Facts{Today: date("2021-06-01"), Required: []policy.Standing{{Subject: on("oap/2020/firearms"), State: policy.StateClosed, Outcome: policy.Adopted}}}
	for day, code := range map[string]policy.Code{"2020-01-31": "", "2020-02-01": policy.CodeNotCompetent} {
		act.Date = date(day)
		err := policy.Judge(e, e.Opens, nil, act, facts)
		if policy.CodeOf(err) != code || err != nil && !strings.Contains(err.Error(), "United Kingdom was no member of the Union on 2020-02-01: it left after 2020-01-31") {
			t.Errorf("on %s: %v", day, err)
		}
		past := facts
		past.Past = true
		if err := policy.Judge(e, e.Opens, nil, act, past); err != nil {
			t.Errorf("taken over from elsewhere, of %s: %v", day, err)
		}
	}
	r := policy.Records{Definition: &d, Standings: map[policy.Subject]policy.Standing{}}
	for subject := range map[string]bool{"oap/2020/firearms": true, "report/2020/firearms/may": true} {
		entry := entryOf(d, subject)
		r.Standings[entry.Subject] = policy.StandingOf(entry, entry.Opens, nil)
	}
	for day, offered := range map[string]bool{"2020-01-31": true, "2020-02-01": false} {
		r.Today = date(day)
		who := policy.Asserted(act.By)
		if got := slices.Contains(r.MayDo(who, e, nil), policy.Deed(policy.ActSubmit)); got != offered {
			t.Errorf("on %s it is offered: %t", day, got)
		}
		r.Definition.Stores = policy.Register("").Words()
		if got := slices.Contains(r.MayEnter(who), policy.RegConsents); got != offered {
			t.Errorf("on %s it enters consents: %t", day, got)
		}
	}
}

func TestRecordsStages_AreAsOfTheDay(t *testing.T) {
	t.Parallel()
	d := sound()
	r := policy.Records{Definition: &d, Standings: map[policy.Subject]policy.Standing{}, Today: d.PolicyWindow.From.AddDays(-1)}
	for _, span := range r.Stages() {
		if !span.Since.IsZero() || !span.Until.IsZero() {
			t.Errorf("before the cycle begins: %+v", span)
		}
	}
	run := policy.Run{Kind: policy.RunCycle, Cycle: key}
	if s := policy.DesiredStateOf(run, r); s.Stage != policy.StageAssessment || s.Since != d.PolicyWindow.From || s.Wake != d.PolicyWindow.From || len(s.Open) > 0 {
		t.Errorf("before the cycle begins its run is to stand at %+v", s)
	}
	r.Today = d.PolicyWindow.From
	if first := r.Stages()[0]; first.Since != r.Today {
		t.Errorf("on the first day: %+v", first)
	}
	s := inOrder()
	for s.Today = date("2020-12-01"); s.Today.Before(date("2024-06-30")); s.Today = s.Today.AddDays(13) {
		stages := records(s).Stages()
		for i, span := range stages {
			switch {
			case span.Since.After(s.Today) || span.Until.After(s.Today):
				t.Errorf("on %s: %+v", s.Today, span)
			case !span.Planned.IsZero() && span.Planned.Before(span.Since):
				t.Errorf("on %s the end is planned before the beginning: %+v", s.Today, span)
			case i > 0 && !span.Planned.IsZero() && span.Planned.Before(stages[i-1].Planned):
				t.Errorf("on %s the end is planned before that of the stage before: %+v", s.Today, span)
			}
		}
	}
}
