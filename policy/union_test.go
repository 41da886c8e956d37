package policy_test

import (
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

func TestMembersOn_FollowsStatesThatJoinAndLeave(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		day     string
		members int
		state   policy.Body
		member  bool
	}{
		{"2006-12-31", 25, "bg", false}, {"2007-01-01", 27, "ro", true},
		{"2013-06-30", 27, "hr", false}, {"2013-07-01", 28, "hr", true}, {"2014-06-01", 28, "uk", true},
		{"2020-01-31", 28, "uk", true}, {"2020-02-01", 27, "uk", false}, {"2026-01-01", 27, "hr", true},
		{"2014-06-01", 28, "cosi", false}, {"2014-06-01", 28, "no", false}, {"2014-06-01", 28, "", false},
	} {
		on := date(test.day)
		members := policy.MembersOn(on)
		if len(members) != test.members || test.state.MemberOn(on) != test.member || slices.Contains(members, test.state) != test.member {
			t.Errorf("on %s: %d members, %q a member: %t", test.day, len(members), test.state, test.state.MemberOn(on))
		}
	}
	if len(policy.MemberStates) != 28 {
		t.Errorf("asking for members took some away: %v", policy.MemberStates)
	}
}

func TestPresidencyOn_PassesOnEveryHalfYear(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		day  string
		want policy.Body
	}{
		{"2009-12-31", ""}, {"2010-01-01", "es"}, {"2010-06-30", "es"}, {"2010-07-01", "be"}, {"2011-02-25", "hu"}, {"2011-12-31", "pl"},
		{"2012-02-01", "dk"}, {"2013-06-15", "ie"}, {"2015-10-01", "lu"}, {"2016-05-24", "nl"},
		{"2017-05-18", "mt"}, {"2017-07-01", "ee"}, // the United Kingdom gave its turn up
		{"2020-12-17", "de"}, {"2021-05-26", "pt"}, {"2021-12-31", "si"}, {"2022-01-01", "fr"}, {"2025-06-13", "pl"}, {"2025-10-01", "dk"},
		{"2026-06-30", "cy"}, {"2026-11-01", "ie"}, {"2030-12-31", "mt"}, {"2031-01-01", ""},
	} {
		if got := policy.PresidencyOn(date(test.day)); got != test.want {
			t.Errorf("on %s it is %q, want %q", test.day, got, test.want)
		}
	}
	for day, want := range map[string]string{"2021-01-01": "2021-07-01", "2021-06-30": "2021-07-01", "2021-07-01": "2022-01-01", "2021-12-31": "2022-01-01"} {
		if got := policy.NextPresidency(date(day)); got != date(want) {
			t.Errorf("after %s it changes on %s, want %s", day, got, want)
		}
	}
	for d := date("2010-01-01"); d.Before(date("2031-01-01")); d = policy.NextPresidency(d) {
		if held := policy.PresidencyOn(d); !held.MemberOn(d) {
			t.Errorf("on %s %q holds it, which is no Member State", d, held)
		}
	}
}
