package policy_test

import (
	"encoding"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
)

// bodies holds a sound key and body for each register.
var bodies = map[policy.Register]struct {
	key  string
	body func() policy.RowBody
}{
	policy.RegPosts:    {"driver/firearms", func() policy.RowBody { return &policy.Holding{Holder: "se"} }},
	policy.RegConsents: {"2022/firearms/2.3/fr", func() policy.RowBody { return &policy.Consent{State: policy.Confirmed} }},
	policy.RegProgress: {"2022/firearms/may/2.3", func() policy.RowBody { return &policy.Progress{Status: policy.Ongoing} }},
	policy.RegIndicators: {"arrests", func() policy.RowBody {
		return &policy.Indicator{Title: "Arrests", Unit: "persons", Rule: "once", Version: 1}
	}},
	policy.RegDays: {"jad-2022", func() policy.RowBody {
		return &policy.JointActionDay{Title: "JAD", From: date("2022-10-01"), To: date("2022-10-02"), Plans: []string{"2022/firearms"}}
	}},
	policy.RegEnvelopes: {"isf", func() policy.RowBody {
		return &policy.Envelope{Source: "isf", From: date("2022-01-01"), To: date("2023-12-31"), Amount: 1}
	}},
	policy.RegAllocations: {"a1", func() policy.RowBody { return &policy.Allocation{Envelope: "isf", Amount: 1} }},
	policy.RegWarnings:    {"war", func() policy.RowBody { return &policy.Warning{Title: "War", Area: "firearms"} }},
	policy.RegAgenda:      {"cosi-2022-06/oap/2022/firearms", func() policy.RowBody { return &policy.AgendaItem{Title: "OAP"} }},
	policy.RegAttendance:  {"cosi-2022-06/fr", func() policy.RowBody { return &policy.Attendance{Level: "expert"} }},
	policy.RegDeliveries: {"annual-report/2021-12-31/council", func() policy.RowBody {
		return &policy.DeliveryProof{On: date("2021-12-20"), Document: "COM(2021) 1"}
	}},
	policy.RegRecommendations: {"r1", func() policy.RowBody { return &policy.FollowUp{State: policy.FollowDone} }},
	policy.RegStrategy: {"floods", func() policy.RowBody {
		return &policy.StrategyAction{Title: "Floods", Proposer: policy.Commission, Status: policy.StrategyProposed}
	}},
	policy.RegElsewhere: {"road-accidents", func() policy.RowBody { return &policy.Elsewhere{Where: "the transport Council"} }},
	policy.RegSubstitutions: {"7", func() policy.RowBody {
		return &policy.Substitution{Substitute: 8, On: "oap/2022/firearms", From: date("2022-02-01"), Until: date("2022-02-28")}
	}},
	policy.RegReleases: {"oap/2022/firearms", func() policy.RowBody {
		return &policy.Release{To: []policy.Body{"ch", policy.Interpol}, Document: "ST 1/22 INIT"}
	}},
	policy.RegIrregular: {"2022/firearms/2.3", func() policy.RowBody {
		return &policy.Irregularity{Rule: "S2", Reason: "the war", ConfirmedBy: "Jan@presidency"}
	}},
}

func rowOf(r policy.Register) policy.Row {
	return policy.Row{Register: r, Key: bodies[r].key, Date: date("2022-02-01"), Body: bodies[r].body()}
}

func TestRegisters_HaveATitleAShapeAndAType(t *testing.T) {
	t.Parallel()
	all := policy.Registers()
	if len(all) != 17 || !slices.IsSorted(all) || len(all) != len(bodies) {
		t.Errorf("the registers are %v", all)
	}
	for _, r := range all {
		if r.Holds() == "" || r.Shape() == "" || strings.ToUpper(r.Shape()) != r.Shape() {
			t.Errorf("%s is %q with keys %q", r, r.Holds(), r.Shape())
		}
		if got, want := reflect.TypeOf(r.NewRow()), reflect.TypeOf(bodies[r].body()); got != want {
			t.Errorf("a row of %s is a %v, want %v", r, got, want)
		}
		if enter, _ := r.Enterers(); len(enter) == 0 {
			t.Errorf("nobody enters rows of %s", r)
		}
		if ps := rowOf(r).Problems(); len(ps) > 0 {
			t.Errorf("a sound row of %s: %+v", r, ps)
		}
	}
	none := policy.Register("nothing")
	if none.NewRow() != nil || none.Holds() != "" {
		t.Error("there is a register of nothing")
	}
	if ps := (policy.Row{Register: none}).Problems(); len(ps) != 1 || ps[0].Field != "register" || !strings.Contains(ps[0].Message, "posts, progress") {
		t.Errorf("a row of no register: %+v", ps)
	}
}

func TestRegisterShape_IsThatOfItsKeys(t *testing.T) {
	t.Parallel()
	for _, r := range policy.Registers() {
		sound := rowOf(r)
		open := r.Shape() == "SUBJECT" || r.Shape() == "MEETING/ITEM"
		for _, key := range []string{"", "/", sound.Key + "/more", strings.ToUpper(sound.Key), sound.Key + "/", "/" + sound.Key, strings.Replace(sound.Key, "/", "//", 1), sound.Key + " x", "../" + sound.Key} {
			if key == sound.Key || open && key == sound.Key+"/more" {
				continue
			}
			row := sound
			row.Key = key
			ps := new(policy.Definition).ProblemsOf(row)
			if len(ps) != 1 || ps[0].Field != "key" || !strings.Contains(ps[0].Message, "expected "+r.Shape()) {
				t.Errorf("%s %q: %+v", r, key, ps)
			}
		}
		if parts := strings.Split(sound.Key, "/"); len(parts) > 1 && r.Shape() != "SUBJECT" {
			row := sound
			row.Key = parts[0]
			if ps := row.Problems(); len(ps) != 1 || ps[0].Field != "key" {
				t.Errorf("%s %q: %+v", r, row.Key, ps)
			}
		}
	}
}

// Each mistake in a row is made alone and must be found alone.
func TestRowProblems_GiveOneForOneMistake(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		register policy.Register
		change   func(*policy.Row)
		field    string
		says     string
	}{
		"no date":                  {policy.RegWarnings, func(r *policy.Row) { r.Date = policy.Date{} }, "date", "is missing"},
		"a date long ago":          {policy.RegWarnings, func(r *policy.Row) { r.Date = date("1999-01-01") }, "date", "between 2005 and 2099"},
		"a long reason":            {policy.RegWarnings, func(r *policy.Row) { r.Reason = strings.Repeat("x", 4001) }, "reason", "has 4001 characters"},
		"no body":                  {policy.RegWarnings, func(r *policy.Row) { r.Body = nil }, "body", "is missing"},
		"a post that there is not": {policy.RegPosts, func(r *policy.Row) { r.Key = "king/fr" }, "key", `names the post "king"`},
		"two in one post":          {policy.RegPosts, func(r *policy.Row) { r.Body.(*policy.Holding).Acting = "fr" }, "acting", "only while the post is vacant"},
		"silence as consent":       {policy.RegConsents, func(r *policy.Row) { r.Body.(*policy.Consent).State = "" }, "state", "is missing"},
		"a condition unsaid":       {policy.RegConsents, func(r *policy.Row) { r.Body.(*policy.Consent).State = policy.Conditional }, "condition", "is missing"},
		"the operator consents":    {policy.RegConsents, func(r *policy.Row) { r.Key = "2022/firearms/2.3/operator" }, "key", "expected who takes part, by its code"},
		"progress without status":  {policy.RegProgress, func(r *policy.Row) { r.Body.(*policy.Progress).Status = "" }, "status", "is missing: expected one of"},
		"progress in a long text":  {policy.RegProgress, func(r *policy.Row) { r.Body.(*policy.Progress).Text = strings.Repeat("x", 4001) }, "text", "has 4001 characters"},
		"a figure twice": {policy.RegProgress, func(r *policy.Row) {
			r.Body.(*policy.Progress).Figures = []policy.Figure{{Indicator: "a", Value: policy.Whole(1)}, {Indicator: "a", Value: policy.Whole(1)}}
		}, "figures[1].indicator", `repeats the code "a"`},
		"a figure of nothing":        {policy.RegProgress, func(r *policy.Row) { r.Body.(*policy.Progress).Figures = []policy.Figure{{Value: policy.Whole(1)}} }, "figures[0].indicator", "expected a short code"},
		"an indicator untitled":      {policy.RegIndicators, func(r *policy.Row) { r.Body.(*policy.Indicator).Title = "" }, "title", "is missing"},
		"an indicator unitless":      {policy.RegIndicators, func(r *policy.Row) { r.Body.(*policy.Indicator).Unit = " " }, "unit", "is missing"},
		"an indicator unruled":       {policy.RegIndicators, func(r *policy.Row) { r.Body.(*policy.Indicator).Rule = strings.Repeat("x", 4001) }, "rule", "at most 4000"},
		"an indicator of version 0":  {policy.RegIndicators, func(r *policy.Row) { r.Body.(*policy.Indicator).Version = 0 }, "version", "from 1"},
		"a day untitled":             {policy.RegDays, func(r *policy.Row) { r.Body.(*policy.JointActionDay).Title = "" }, "title", "is missing"},
		"a day without beginning":    {policy.RegDays, func(r *policy.Row) { r.Body.(*policy.JointActionDay).From = policy.Date{} }, "from", "is missing"},
		"a day without end":          {policy.RegDays, func(r *policy.Row) { r.Body.(*policy.JointActionDay).To = policy.Date{} }, "to", "is missing"},
		"a day of no OAP":            {policy.RegDays, func(r *policy.Row) { r.Body.(*policy.JointActionDay).Plans = nil }, "plans", "is empty"},
		"an envelope of no source":   {policy.RegEnvelopes, func(r *policy.Row) { r.Body.(*policy.Envelope).Source = "" }, "source", "is missing"},
		"an envelope backwards":      {policy.RegEnvelopes, func(r *policy.Row) { r.Body.(*policy.Envelope).To = date("2021-12-31") }, "to", "before it begins"},
		"an empty envelope":          {policy.RegEnvelopes, func(r *policy.Row) { r.Body.(*policy.Envelope).Amount = 0 }, "amount", "expected whole euro"},
		"an allocation of nothing":   {policy.RegAllocations, func(r *policy.Row) { r.Body.(*policy.Allocation).Amount = -1 }, "amount", "is -1: expected whole euro"},
		"an allocation from nowhere": {policy.RegAllocations, func(r *policy.Row) { r.Body.(*policy.Allocation).Envelope = "" }, "envelope", "is missing"},
		"a warning untitled":         {policy.RegWarnings, func(r *policy.Row) { r.Body.(*policy.Warning).Title = "" }, "title", "is missing"},
		"a warning of no area":       {policy.RegWarnings, func(r *policy.Row) { r.Body.(*policy.Warning).Area = "" }, "area", "is missing"},
		"an item untitled":           {policy.RegAgenda, func(r *policy.Row) { r.Body.(*policy.AgendaItem).Title = "" }, "title", "is missing"},
		"attendance at no level":     {policy.RegAttendance, func(r *policy.Row) { r.Body.(*policy.Attendance).Level = "" }, "level", "is missing"},
		"attendance of an agency":    {policy.RegAttendance, func(r *policy.Row) { r.Key = "cosi-2022-06/europol" }, "key", "expected the code of a Member State"},
		"delivered on no day":        {policy.RegDeliveries, func(r *policy.Row) { r.Body.(*policy.DeliveryProof).On = policy.Date{} }, "on", "is missing"},
		"delivered without proof":    {policy.RegDeliveries, func(r *policy.Row) { r.Body.(*policy.DeliveryProof).Document = "" }, "document", "is missing"},
		"an answer that is none":     {policy.RegRecommendations, func(r *policy.Row) { r.Body.(*policy.FollowUp).State = "" }, "state", "is missing"},
		"rejected for no reason":     {policy.RegRecommendations, func(r *policy.Row) { r.Body.(*policy.FollowUp).State = policy.FollowRejected }, "reason", "is missing"},
		"an action untitled":         {policy.RegStrategy, func(r *policy.Row) { r.Body.(*policy.StrategyAction).Title = "" }, "title", "is missing"},
		"an action of nobody":        {policy.RegStrategy, func(r *policy.Row) { r.Body.(*policy.StrategyAction).Proposer = "" }, "proposer", "is missing"},
		"an action without status":   {policy.RegStrategy, func(r *policy.Row) { r.Body.(*policy.StrategyAction).Status = "" }, "status", "is missing"},
		"nowhere":                    {policy.RegElsewhere, func(r *policy.Row) { r.Body.(*policy.Elsewhere).Where = "" }, "where", "is missing"},
		"against no rule":            {policy.RegIrregular, func(r *policy.Row) { r.Body.(*policy.Irregularity).Rule = "S33" }, "rule", "expected the ID of a rule"},
		"for no reason":              {policy.RegIrregular, func(r *policy.Row) { r.Body.(*policy.Irregularity).Reason = "" }, "reason", "is missing"},
		"confirmed by nobody":        {policy.RegIrregular, func(r *policy.Row) { r.Body.(*policy.Irregularity).ConfirmedBy = "Jan" }, "confirmed_by", "NAME@BODY"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			row := rowOf(test.register)
			test.change(&row)
			ps := new(policy.Definition).ProblemsOf(row)
			if len(ps) != 1 || strings.Trim(ps[0].Field, ".") != test.field || !strings.Contains(ps[0].Message, test.says) {
				t.Errorf("%+v, want %s … %s …", ps, test.field, test.says)
			}
		})
	}
}

// Who may enter rows of which register: se and fr stand for all States, and a
// consent is that of fr.
func TestAuthoriseRow_SaysWhoMayEnterWhat(t *testing.T) {
	t.Parallel()
	want := map[policy.Register]string{
		policy.RegAgenda:          "presidency general-secretariat",
		policy.RegAllocations:     "commission europol",
		policy.RegAttendance:      "presidency general-secretariat",
		policy.RegConsents:        "fr",
		policy.RegDays:            "support-team europol se fr",
		policy.RegDeliveries:      "presidency general-secretariat commission",
		policy.RegElsewhere:       "presidency general-secretariat commission",
		policy.RegEnvelopes:       "commission europol",
		policy.RegIndicators:      "support-team commission europol",
		policy.RegIrregular:       "presidency general-secretariat",
		policy.RegPosts:           "support-team presidency general-secretariat se fr",
		policy.RegProgress:        "support-team europol eurojust frontex cepol euda eu-lisa euipo olaf eppo se fr",
		policy.RegRecommendations: "presidency general-secretariat commission",
		policy.RegStrategy:        "presidency general-secretariat commission",
		policy.RegReleases:        "presidency general-secretariat",
		policy.RegSubstitutions:   "support-team presidency general-secretariat commission europol eurojust frontex cepol euda eu-lisa euipo olaf eppo eeas evaluator se fr",
		policy.RegWarnings:        "support-team europol",
	}
	for _, r := range policy.Registers() {
		var may []string
		for _, body := range everybody {
			switch err := new(policy.Definition).AuthoriseRow(policy.Actor{Name: "Eva", Body: body}, rowOf(r)); policy.CodeOf(err) {
			case "":
				may = append(may, string(body))
			case policy.CodeNotCompetent:
			default:
				t.Errorf("%s in %s: %v", body, r, err)
			}
		}
		if got := strings.Join(may, " "); got != want[r] {
			t.Errorf("%s: %s, want %s", r, got, want[r])
		}
	}
}

func TestAuthoriseRow_LetsAStateAloneConsent(t *testing.T) {
	t.Parallel()
	for _, state := range []policy.ConsentState{policy.Invited, policy.Confirmed, policy.Conditional, policy.Declined, policy.Withdrawn} {
		row := rowOf(policy.RegConsents)
		row.Body = &policy.Consent{State: state, Condition: "none"}
		for _, body := range everybody {
			err := new(policy.Definition).AuthoriseRow(policy.Actor{Name: "Eva", Body: body}, row)
			may := body == "fr" || body == policy.SupportTeam && state == policy.Invited
			if may != (err == nil) || err != nil && policy.CodeOf(err) != policy.CodeNotCompetent {
				t.Errorf("%s for fr, %s: %v", body, state, err)
			}
		}
	}
	err := new(policy.Definition).AuthoriseRow(policy.Actor{Name: "Eva", Body: policy.SupportTeam}, rowOf(policy.RegConsents))
	if err == nil || !strings.Contains(err.Error(), "EMPACT Support Team may invite; that somebody consents or not, they alone say") {
		t.Errorf("the Support Team consents: %v", err)
	}
	err = new(policy.Definition).AuthoriseRow(policy.Actor{Name: "Eva", Body: "se"}, rowOf(policy.RegConsents))
	if err == nil || !strings.Contains(err.Error(), "EMPACT Support Team or who takes part itself does") {
		t.Errorf("SE consents for FR: %v", err)
	}
	err = new(policy.Definition).AuthoriseRow(policy.Actor{Name: "Eva", Body: policy.Council}, rowOf(policy.RegDays))
	if err == nil || !strings.Contains(err.Error(), "EMPACT Support Team or Europol or a Member State does") {
		t.Errorf("the Council enters a day: %v", err)
	}
}

func TestAuthoriseRow_WantsASecondPersonForAnIrregularFact(t *testing.T) {
	t.Parallel()
	row := rowOf(policy.RegIrregular) // confirmed by Jan
	for _, name := range []string{"Anna", "Jan", " jan "} {
		err := new(policy.Definition).AuthoriseRow(policy.Actor{Name: name, Body: policy.GeneralSecretariat}, row)
		if may := name == "Anna"; may != (err == nil) || err != nil && policy.CodeOf(err) != policy.CodeNotCompetent {
			t.Errorf("%q enters what Jan confirms: %v", name, err)
		}
	}
}

func TestAdmitRow_IsStrict(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		`{"status": "done-ish"}`:                  `"done-ish" is not a status of an action: use not-started, ongoing, completed, not-completed, cancelled`,
		`{"status": "ongoing", "stauts": 1}`:      `unknown field "stauts"`,
		`{"status": 1}`:                           "status is a number",
		`{"status": "ongoing"} {}`:                "more than one value",
		`{"status": "ongoing"`:                    "unexpected EOF",
		``:                                        "EOF",
		`[]`:                                      "array",
		`{"figures": [{"value": 1.0005}]}`:        "1.0005\" has more than three decimals",
		`{"figures": [{"value": "3"}]}`:           "is not a number as figures are written",
		`{"figures": [{"count": 3}]}`:             `unknown field "count"`,
		`{"status": "ongoing", "text": ["a"]}`:    "text is a array",
		`{"status": "ongoing"}, {"status": "x"}`:  "more than one value",
		`{"figures": [{"value": 99999999999e9}]}`: "number",
	} {
		_, err := policy.AdmitRow(policy.RegProgress, []byte(text))
		if policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want … %s …", text, err, says)
		}
	}
	body, err := policy.AdmitRow(policy.RegProgress, []byte(` {"status": "Not Started", "figures": [{"indicator": "arrests", "value": 3}]} `))
	if want := (&policy.Progress{Status: policy.NotStarted, Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(3)}}}); err != nil || !cmp.Equal(body, policy.RowBody(want)) {
		t.Errorf("%+v, %v", body, err)
	}
	if _, err := policy.AdmitRow("nothing", []byte(`{}`)); policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), "is not a register: use agenda, allocations") {
		t.Errorf("a row of no register: %v", err)
	}
	for _, text := range []string{`{}`, `[{"register": "nothing"}]`, `[{"register": "progress", "body": {"x": 1}}]`, `[{"register": "progress"}]`} {
		if rows, err := policy.AdmitRows([]byte(text)); policy.CodeOf(err) != policy.CodeInvalid || rows != nil {
			t.Errorf("%s: %v, %v", text, rows, err)
		}
	}
	text := `[{"register": "posts", "key": "nec/fr", "date": "2022-01-01", "body": {"holder": "fr"}, "by": {"name": "Eva", "body": "fr"}}]`
	rows, err := policy.AdmitRows([]byte(text))
	if err != nil || len(rows) != 1 || rows[0].Date != date("2022-01-01") || rows[0].By.Body != "fr" || rows[0].Body.(*policy.Holding).Holder != "fr" {
		t.Errorf("%+v, %v", rows, err)
	}
}

// word is a word of one of the closed lists.
type word interface {
	encoding.TextUnmarshaler
	Words() []string
}

func TestUnmarshalText_TakesTheWordsOfAListAlone(t *testing.T) {
	t.Parallel()
	lists := []func() word{
		func() word { return new(policy.Register) }, func() word { return new(policy.Marking) }, func() word { return new(policy.ThreatLevel) },
		func() word { return new(policy.Trend) }, func() word { return new(policy.Treatment) }, func() word { return new(policy.ActionKind) },
		func() word { return new(policy.FundingState) }, func() word { return new(policy.EEASPart) }, func() word { return new(policy.Verdict) },
		func() word { return new(policy.ActionStatus) },
		func() word { return new(policy.Criterion) }, func() word { return new(policy.ConsentState) }, func() word { return new(policy.Level) },
		func() word { return new(policy.FollowUpState) }, func() word { return new(policy.StrategyStatus) },
		func() word { return new(policy.Descent) }, func() word { return new(policy.ObligationKind) },
		func() word { return new(policy.AssessmentKind) },
	}
	for _, list := range lists {
		words := list().Words()
		if len(words) < 2 {
			t.Errorf("%T has the words %q", list(), words)
		}
		for _, known := range words {
			for _, text := range []string{known, " " + strings.ToUpper(known) + " ", strings.ReplaceAll(known, "-", "_"), strings.ReplaceAll(known, "-", " ")} {
				into := list()
				if err := into.UnmarshalText([]byte(text)); err != nil || reflect.ValueOf(into).Elem().String() != known {
					t.Errorf("%T %q: %v, %v", into, text, reflect.ValueOf(into).Elem(), err)
				}
			}
		}
		for _, text := range []string{"unclear", words[0] + "s", words[0] + "," + words[1], "-"} {
			into := list()
			err := into.UnmarshalText([]byte(text))
			if policy.CodeOf(err) != policy.CodeInvalid || reflect.ValueOf(into).Elem().String() != "" || !strings.Contains(err.Error(), strings.Join(words, ", ")) {
				t.Errorf("%T %q: %v, %v", into, text, reflect.ValueOf(into).Elem(), err)
			}
		}
		into := list()
		if err := into.UnmarshalText([]byte(words[1])); err != nil {
			t.Error(err)
		}
		if err := into.UnmarshalText(nil); err != nil || reflect.ValueOf(into).Elem().String() != "" {
			t.Errorf("%T, no text: %v, %v", into, reflect.ValueOf(into).Elem(), err)
		}
	}
}

func TestRowsOn_HoldsTheLastRowOfEachKey(t *testing.T) {
	t.Parallel()
	holds := func(key, day string, holder policy.Body) policy.Row {
		return policy.Row{Register: policy.RegPosts, Key: key, Date: date(day), Body: &policy.Holding{Holder: holder}}
	}
	rows := []policy.Row{
		holds("nec/fr", "2022-06-01", "fr"), holds("driver/drugs", "2022-01-01", "nl"), holds("driver/drugs", "2022-03-01", "be"), holds("driver/drugs", "2022-03-01", "lu"),
		rowOf(policy.RegWarnings),
	}
	for day, want := range map[string]string{
		"2021-12-31": "", "2022-01-31": "driver/drugs nl", "2022-03-01": "driver/drugs lu, war", "2022-06-01": "driver/drugs lu, nec/fr fr, war",
	} {
		var got []string
		for _, r := range policy.RowsOn(date(day), rows) {
			if h, is := r.Body.(*policy.Holding); is {
				got = append(got, r.Key+" "+string(h.Holder))
			} else {
				got = append(got, r.Key)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("on %s: %q, want %s", day, got, want)
		}
	}
}
