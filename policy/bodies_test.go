package policy_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

// An agency, a working party and a State that do not ship, and a Member State that leaves.
func ownBodies() policy.BodyTable {
	return policy.BodyTable{
		{Body: "arms-agency", Title: "Arms Tracing Agency", Kind: policy.KindAgency},
		{Body: "wp-arms", Title: "Working Party on Arms", Kind: policy.KindCouncil, Collective: true},
		{Body: "me", Title: "Montenegro", Kind: policy.KindMemberState, Joined: date("2022-03-01")},
		{Body: "dk", Title: "Kingdom of Denmark", Kind: policy.KindMemberState, Left: date("2022-05-31")},
	}
}

// A cycle file adds bodies of its own, and no line of Go changes for them: they drive, hand in,
// conclude, consent and read by what they are.
func TestDefinition_TakesBodiesOfItsOwnFile(t *testing.T) {
	t.Parallel()
	d := sound()
	d.Bodies = ownBodies()
	d.Chains = map[policy.Kind]policy.Chain{policy.KindOAP: {SubmitDaysBefore: 40, Through: []policy.Step{
		{Body: "arms-agency", DaysBefore: 20}, {Body: "wp-arms", DaysBefore: 10}, {Body: policy.COSI},
	}}}
	d.Priorities[0].OAPs[0].Driver = "me"
	d.Vocabulary = []policy.Usage{{Bodies: []policy.Body{"wp-arms"}, Words: policy.Wording{policy.Adopted: {"en": "cleared"}}}}
	d.Meetings = append(d.Meetings, policy.PlannedMeeting{Key: "wp-1", Title: "Working Party", Body: "wp-arms", On: date("2021-11-20")})
	d.Obligations = append(d.Obligations, policy.Obligation{Key: "traces", Title: "Traces", OwedBy: "arms-agency", To: []policy.Body{policy.Council}, Due: []policy.Date{date("2022-05-01")}})
	if ps := d.Validate(); len(ps) > 0 {
		t.Fatalf("it is not sound: %+v", ps)
	}
	if got := d.Wording(policy.KindOAP, "wp-arms").Title(policy.Adopted); got != "cleared" {
		t.Errorf("the working party says %q", got)
	}

	if next := d.Successor(4); !slices.Equal(next.Bodies, d.Bodies) {
		t.Errorf("the next cycle begins with %+v", next.Bodies)
	}

	oap := policytest.EntryOf(d, "oap/2022/firearms")
	by := func(body policy.Body) policy.Principal { return policy.Asserted(policy.Actor{Name: "x", Body: body}) }
	on := func(who policy.Principal, kind policy.ActKind, body policy.Body) error {
		return policy.Authorise(who, policy.Act{Kind: kind, Subject: oap.Subject, By: who.Actor, Body: body}, oap)
	}
	for name, err := range map[string]error{
		"the State hands in":            on(by("me"), policy.ActSubmit, ""),
		"the agency concludes":          on(by("arms-agency"), policy.ActDecide, "arms-agency"),
		"for the party the secretariat": on(by(policy.GeneralSecretariat), policy.ActDecide, "wp-arms"),
		"the State enters its own":      d.AuthoriseRow(policy.Actor{Name: "x", Body: "me"}, policy.Row{Register: policy.RegConsents, Key: "2022/firearms/1.1/me", Body: new(policy.Consent)}),
		"the agency consents":           d.AuthoriseRow(policy.Actor{Name: "x", Body: "arms-agency"}, policy.Row{Register: policy.RegConsents, Key: "2022/firearms/1.1/arms-agency", Body: new(policy.Consent)}),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := on(by("arms-agency"), policy.ActDecide, "wp-arms")
	if policy.CodeOf(err) != policy.CodeNotCompetent || !strings.Contains(err.Error(), "Arms Tracing Agency may not record what Working Party on Arms concluded") {
		t.Errorf("%v", err)
	}
	decided := policy.Act{Kind: policy.ActDecide, By: policy.Actor{Body: policy.GeneralSecretariat}, Body: "wp-arms"}
	if !decided.Confirmed() {
		t.Error("nobody confirms what the working party concluded")
	}
	if turns := d.Bodies.TurnsOf(policy.GeneralSecretariat); !slices.Contains(turns, "wp-arms") {
		t.Errorf("the General Secretariat waits for %v", turns)
	}

	for _, test := range []struct {
		body  policy.Body
		on    string
		reads bool
	}{{"arms-agency", "2022-01-01", true}, {"me", "2022-02-28", false}, {"me", "2022-03-01", true}, {"dk", "2022-05-31", true}, {"dk", "2022-06-01", false}} {
		in := policy.Circle{Cycle: d.Key, Today: date(test.on), Bodies: d.Bodies}
		if sees := policy.VisibilityOf(by(test.body), in).Some(policy.MatterProgress); sees != test.reads {
			t.Errorf("%s reads on %s: %t", test.body, test.on, sees)
		}
	}
	if members := d.Bodies.MembersOn(date("2022-06-01")); slices.Contains(members, "dk") || !slices.Contains(members, "me") || len(members) != 27 {
		t.Errorf("on 1 June 2022 the members are %v", members)
	}
}

func TestDefinitionValidate_RefusesBodiesThatContradictThemselvesOrThoseThatShip(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		row         policy.KnownBody
		field, says string
	}{
		"no code":                      {policy.KnownBody{Title: "X", Kind: policy.KindAgency}, "body", "is missing"},
		"no name":                      {policy.KnownBody{Body: "x", Kind: policy.KindAgency}, "title", "is missing"},
		"the name of another":          {policy.KnownBody{Body: "x", Title: "europol", Kind: policy.KindAgency}, "title", "is that of europol"},
		"an unknown kind":              {policy.KnownBody{Body: "x", Title: "X", Kind: "club"}, "kind", "expected one of council"},
		"a State that meets":           {policy.KnownBody{Body: "x", Title: "X", Kind: policy.KindMemberState, Joined: date("2022-01-01"), Collective: true}, "collective", "expected one of the kind"},
		"a working party that types":   {policy.KnownBody{Body: "x", Title: "X", Kind: policy.KindCouncil}, "collective", "concludes in meetings"},
		"an agency that joins":         {policy.KnownBody{Body: "x", Title: "X", Kind: policy.KindAgency, Joined: date("2022-01-01")}, "joined", "a Member State alone"},
		"a State that never joined":    {policy.KnownBody{Body: "x", Title: "X", Kind: policy.KindMemberState}, "joined", "is missing"},
		"a State that leaves before":   {policy.KnownBody{Body: "x", Title: "X", Kind: policy.KindMemberState, Joined: date("2022-01-01"), Left: date("2021-01-01")}, "left", "before it joins"},
		"a State that becomes private": {policy.KnownBody{Body: "fr", Title: "France", Kind: policy.KindPrivate}, "kind", "fr is of the kind member-state"},
		"COSI that types":              {policy.KnownBody{Body: "cosi", Title: "COSI", Kind: policy.KindInstitution}, "kind", "cosi is of the kind council"},
		"an institution that meets":    {policy.KnownBody{Body: "edps", Title: "EDPS", Kind: policy.KindUnionBody, Collective: true}, "collective", "of edps it is false"},
		"a State that never left":      {policy.KnownBody{Body: "uk", Title: "United Kingdom", Kind: policy.KindMemberState}, "left", "uk left after 2020-01-31"},
		"a State that joined later":    {policy.KnownBody{Body: "hr", Title: "Croatia", Kind: policy.KindMemberState, Joined: date("2020-01-01")}, "joined", "hr joined on 2013-07-01"},
	} {
		d := sound()
		d.Bodies = append(ownBodies(), test.row)
		if field := "bodies[4]." + test.field; !names(d.Validate(), field, test.says) || len(d.Validate()) != 1 {
			t.Errorf("%s: found %+v, want %s to say %q", name, d.Validate(), field, test.says)
		}
	}
	d := sound()
	d.Bodies = append(ownBodies(), ownBodies()[0])
	if ps := d.Validate(); !names(ps, "bodies[4].body", "repeats the key") {
		t.Errorf("a body that is listed twice: %+v", ps)
	}
	d = sound()
	d.Priorities[0].OAPs[0].Driver, d.Obligations = "uropol", []policy.Obligation{{Key: "x", Title: "X", OwedBy: "uropol", To: []policy.Body{policy.Council}, Due: []policy.Date{date("2022-01-01")}}}
	if ps := d.Validate(); !names(ps, "obligations[0].owed_by", "did you mean europol?") || !names(ps, "priorities[0].oaps[0].driver", "a Member State") || len(ps) != 2 {
		t.Errorf("bodies that there are not: %+v", ps)
	}
}

func TestJudgeAct_RefusesABodyThatTheCycleDoesNotHave(t *testing.T) {
	t.Parallel()
	oap := policytest.EntryOf(sound(), "oap/2022/firearms")
	good := policy.Act{Kind: policy.ActDecide, Subject: oap.Subject, By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}, Body: policy.COSI}
	for _, test := range []struct {
		change      func(*policy.Act)
		field, says string
	}{
		{func(a *policy.Act) { a.Body = "cosy" }, "body", `"cosy" is not a body of the cycle: did you mean cosi?`},
		{func(a *policy.Act) { a.Body = "parliament" }, "body", "use amla, cats, "},
		{func(a *policy.Act) { a.By.Body = "general-secretary" }, "by", "did you mean general-secretariat?"},
		{func(a *policy.Act) { a.Kind, a.Delegation = policy.ActPosition, "me" }, "delegation", "which Member State"},
		{func(a *policy.Act) { a.Kind, a.Body = policy.ActLaunch, policy.Europol }, "body", "which collective body"},
		{func(a *policy.Act) { a.Opening = &policy.Opening{Through: []policy.Body{policy.Commission}} }, "through", "Commission cannot settle an item"},
	} {
		act := policytest.Of(good, test.change)
		err := policy.Authorise(policy.Asserted(act.By), act, oap)
		refusal, is := errors.AsType[*policy.Error](err)
		if !is || refusal.Code != policy.CodeInvalid || refusal.Field != test.field || !strings.Contains(refusal.Message, test.says) {
			t.Errorf("%v, want %s to say %q", err, test.field, test.says)
		}
	}
	if err := policy.Authorise(policy.Asserted(good.By), good, oap); err != nil {
		t.Error(err)
	}
}

func TestRecordsJudgeBodies_LeavesOutNobodyWhoIsAwaitedOrHoldsAPost(t *testing.T) {
	t.Parallel()
	w := decided(policy.Adopted, firearmsYes, drugsYes)
	before := *w.Definition
	before.Bodies = ownBodies()
	w.Definition = &before
	amended := func(bodies ...policy.KnownBody) *policy.Definition {
		d := before
		d.Bodies = bodies
		return &d
	}
	agency, party, state := before.Bodies[0], before.Bodies[1], before.Bodies[2]
	post := policy.Row{Register: policy.RegPosts, Key: "leader/2022-firearms-1.1", Date: date("2021-06-01"), Body: &policy.Holding{Holder: "arms-agency", Person: "Nils"}}
	item := w.Definition.Opened(policy.Opening{Title: "X", Due: date("2022-01-01"), Through: []policy.Body{policy.COSI, "wp-arms"}}, on("item/x"), date("2021-06-02"))
	w.Items = []policy.Entry{item}
	w.Standings[item.Subject] = policy.StandingOf(item, item.Opens, nil)
	other := agency
	other.Kind = policy.KindPrivate
	typing := party
	typing.Collective = false
	for name, test := range map[string]struct {
		to    *policy.Definition
		posts []policy.Row
		says  string
	}{
		"all stay":              {amended(agency, party, state), []policy.Row{post}, ""},
		"nothing holds the two": {amended(party), nil, ""},
		"it holds a post":       {amended(party, state), []policy.Row{post}, "Arms Tracing Agency cannot be left out: it holds the post leader/2022-firearms-1.1"},
		"it will have a turn":   {amended(agency, state), nil, "Working Party on Arms cannot be left out"},
		"of another kind":       {amended(other, party, state), nil, "does not become one of the kind private"},
		"it meets no more":      {amended(agency, typing, state), nil, "concludes in meetings"},
	} {
		err := w.JudgeBodies(test.to, test.posts)
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a cycle adds changes nothing of those that ship: of each, on any day, the same is so.
func TestBodyTable_LeavesThoseThatShipAsTheyAre(t *testing.T) {
	t.Parallel()
	all := slices.Concat(policy.Bodies(), policy.ThirdCountries)
	rapid.Check(t, func(t *rapid.T) {
		added := policy.BodyTable{
			{Body: "arms-agency", Title: "Arms Tracing Agency", Kind: rapid.SampledFrom([]policy.BodyKind{policy.KindAgency, policy.KindOffice, policy.KindPrivate}).Draw(t, "kind")},
			{Body: "ar", Title: "Arcadia", Kind: policy.KindMemberState, Joined: anyDate.Draw(t, "joined")},
		}
		b, on := rapid.SampledFrom(all).Draw(t, "body"), anyDate.Draw(t, "day")
		facts := func(in policy.BodyTable) []any {
			return []any{
				in.Title(b), in.Kind(b), in.Collective(b), in.MemberOn(b, on), in.Foreign(b, on), in.LeftBefore(b, on), in.Outside(b), in.OfUnion(b), in.TakesPart(b), in.Recorder(b),
				policy.VisibilityOf(policy.Asserted(policy.Actor{Body: b}), policy.Circle{Cycle: "c", Today: on, Bodies: in}).Some(policy.MatterProgress),
			}
		}
		if diff := cmp.Diff(facts(nil), facts(added)); diff != "" {
			t.Fatalf("%s on %s: %s", b, on, diff)
		}
	})
}

func TestParseGrant_WantsTheCycleOfABodyThatDoesNotShip(t *testing.T) {
	t.Parallel()
	if g, err := policy.ParseGrant("official@arms-agency/of-2032"); err != nil || g.Body != "arms-agency" || g.Cycle() != "of-2032" {
		t.Errorf("%+v, %v", g, err)
	}
	for _, text := range []string{"official@arms-agency", "official@arms-agency/*", "official@cosi/of-2032"} {
		if _, err := policy.ParseGrant(text); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%s: %v", text, err)
		}
	}
	for role, says := range map[string]string{"official@arms-agency/c": "", "official@wp-arms/c": "nobody has a role at Working Party on Arms", "official@arm-agency/c": "did you mean arms-agency?"} {
		g, err := policy.ParseGrant(role)
		if err == nil {
			err = ownBodies().JudgeGrant(g)
		}
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", role, err)
		}
	}
}
