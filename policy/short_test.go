package policy_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

func TestParseShort_TakesWhatItsNameHasAndSaysWhatToType(t *testing.T) {
	t.Parallel()
	for _, name := range policy.Messages {
		short, err := policy.ParseShort(name, []byte(name.Sample()))
		if err != nil || short.Act.Kind != name.Kind() || short.Act.By.Name == "" {
			t.Errorf("%s: the sample is read as %+v, %v", name, short, err)
		}
	}
	for text, says := range map[string]string{
		`approve {"document":"ST 1/21"}`:                                       "say who records it as NAME@BODY",
		`approve {"by":"anna"}`:                                                `"anna" is nobody who could record it`,
		`approve {"by":"anna@no.where"}`:                                       "is nobody who could record it",
		`approve {"by":{"name":"anna","body":"general-secretariat","age":40}}`: `unknown field "age"`,
		`approve {"by":"anna@general-secretariat","by":"bert@es"}`:             "by is given twice",
		`approve {"by":"anna@general-secretariat","date":"26 May"}`:            "is not a date",
		`approve {"by":"anna@general-secretariat","subject":"priorities"}`:     "is not a subject",
		`approve {"by":"anna@general-secretariat","outcome":"adopted"}`:        "who approves says no outcome",
		`approve {"by":"anna@general-secretariat","kind":"decide"}`:            "leave kind out",
		`approve {"by":"anna@general-secretariat","rectifies":"x"}`:            "say on which subject the earlier record is",
		`approve {"by":"anna@general-secretariat"} {}`:                         "more than one value",
		`conclude {"by":"anna@general-secretariat"}`:                           "say what the body concluded",
		`confirm {"by":"bert@general-secretariat","document":"ST 1/21"}`:       "document does not belong to an act of the kind confirm",
		`confirm {"by":"bert@general-secretariat","outcome":"adopted"}`:        "outcome does not belong to an act of the kind confirm",
		`submit {"by":"joana@presidency","body":"cosi"}`:                       "body does not belong to an act of the kind submit",
		`submit []`: "expected another kind of value",
	} {
		name, text, _ := strings.Cut(text, " ")
		_, err := policy.ParseShort(policy.Message(name), []byte(text))
		if policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), `may look like this: `+name+` {"by":"`) {
			t.Errorf("%s %s: %v, want … %s …", name, text, err, says)
		}
	}
}

func TestMessage_HasTheFieldsOfItsAct(t *testing.T) {
	t.Parallel()
	for _, name := range policy.Messages {
		fields := name.Fields()
		if !slices.Contains(fields, "by") || !slices.Contains(fields, "subject") || slices.Contains(fields, "kind") {
			t.Errorf("%s has %v", name, fields)
		}
		if slices.Contains(fields, "outcome") != (name == policy.MessageConclude) || slices.Contains(fields, "confirms") != (name == policy.MessageConfirm) {
			t.Errorf("%s has %v", name, fields)
		}
	}
}

// message reads a short message.
func message(t *testing.T, name policy.Message, text string) policy.Short {
	t.Helper()
	short, err := policy.ParseShort(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return short
}

func TestShortChoose_FindsWhatWaitsForSuchAnAct(t *testing.T) {
	t.Parallel()
	stands := func(path string, state policy.State, pending string, turn ...policy.Body) policy.Standing {
		return policy.Standing{Subject: on(path), State: state, Pending: pending, Turn: turn}
	}
	plan, report := stands("oap/2022/firearms", policy.StateDeciding, "", policy.COSI), stands("report/2022/firearms/may", policy.StateDrafting, "", "se")
	other := stands("report/2022/firearms/final", policy.StateDeciding, "", policy.SupportTeam)
	waiting := stands("oap/2022/firearms", policy.StateDeciding, "an-outcome", policy.COSI)
	closed := policy.Standing{Subject: on("oap/2022/firearms"), State: policy.StateClosed, Outcome: policy.Adopted}
	const anna, lars = `{"by":"anna@general-secretariat"}`, `{"by":"lars@se"}`
	for what, test := range map[string]struct {
		message   policy.Message
		text      string
		standings []policy.Standing
		subject   string
		says      string
	}{
		"the one before a body":              {policy.MessageApprove, anna, []policy.Standing{plan, report}, "oap/2022/firearms", ""},
		"the one to be handed in":            {policy.MessageSubmit, lars, []policy.Standing{plan, report}, "report/2022/firearms/may", ""},
		"a new version of what is before":    {policy.MessageSubmit, `{"by":"lars@se","revises":1}`, []policy.Standing{plan, report}, "oap/2022/firearms", ""},
		"the one that waits":                 {policy.MessageConfirm, anna, []policy.Standing{waiting, other}, "oap/2022/firearms", ""},
		"of several the one of who types":    {policy.MessageApprove, anna, []policy.Standing{plan, other}, "oap/2022/firearms", ""},
		"the one before the body that is":    {policy.MessageApprove, `{"by":"anna@general-secretariat","body":"support-team"}`, []policy.Standing{plan, other}, "report/2022/firearms/final", ""},
		"the one that is named":              {policy.MessageApprove, `{"by":"anna@general-secretariat","subject":"empact/report/2022/firearms/final"}`, []policy.Standing{plan, other}, "report/2022/firearms/final", ""},
		"one that is named and not there":    {policy.MessageApprove, `{"by":"anna@general-secretariat","subject":"empact/priorities"}`, []policy.Standing{plan}, "priorities", ""},
		"one of which it is judged later":    {policy.MessageApprove, lars, []policy.Standing{plan, report}, "oap/2022/firearms", ""},
		"several":                            {policy.MessageApprove, lars, []policy.Standing{plan, other}, "", `it could be about several subjects: empact/oap/2022/firearms, empact/report/2022/firearms/final; say which as "subject"`},
		"none before a body":                 {policy.MessageApprove, anna, []policy.Standing{report, closed}, "", "nothing here is before a body; open is empact/report/2022/firearms/may (Sweden)"},
		"none for a second person":           {policy.MessageConfirm, anna, []policy.Standing{plan}, "", "nothing here waits for a second person; open is empact/oap/2022/firearms (COSI)"},
		"another than waits":                 {policy.MessageConfirm, `{"by":"anna@general-secretariat","confirms":"x"}`, []policy.Standing{waiting}, "", "open is empact/oap/2022/firearms (a second person)"},
		"none to be handed in, nothing open": {policy.MessageSubmit, lars, []policy.Standing{closed}, "", "nothing here is to be handed in: nothing is open"},
	} {
		short := message(t, test.message, test.text)
		got, err := short.Choose(nil, test.standings)
		if test.says != "" {
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: %v, want … %s", what, err, test.says)
			}
			continue
		}
		if err != nil || got.Subject != on(test.subject) {
			t.Errorf("%s: %s, %v", what, got.Subject, err)
		}
	}
}

// stated writes an act as a short message without the fields that are left out.
func stated(t *rapid.T, act policy.Act, out []string) []byte {
	t.Helper()
	text, err := json.Marshal(act)
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]any{}
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	for _, field := range append(out, "kind") {
		delete(fields, field)
	}
	if rapid.Bool().Draw(t, "by hand") {
		fields["by"] = act.By.String()
	}
	if text, err = json.Marshal(fields); err != nil {
		t.Fatal(err)
	}
	return text
}

// Whatever of it somebody leaves out that the records know, the act is the one that was meant,
// and is judged as that.
func TestShortFill_GivesTheActThatWouldBeStatedWhole(t *testing.T) {
	t.Parallel()
	d := policytest.Sound()
	rapid.Check(t, func(t *rapid.T) {
		f := open(oap)
		for range rapid.IntRange(0, 12).Draw(t, "before") {
			_ = f.Takes(anyAct.Draw(t, "act"))
		}
		standing := f.Standing()
		act := anyAct.Draw(t, "message")
		act.Subject, act.Digest = f.Entry.Subject, ""
		name, known := policy.MessageSubmit, []string{"subject"}
		if act.Kind == policy.ActDecide {
			name = policy.MessageConclude
			if standing.State == policy.StateDeciding && rapid.Bool().Draw(t, "its turn") {
				act.Body, act.Version, known = standing.Turn[0], standing.Version, append(known, "body", "version")
				act.By.Body = policy.Recorder(act.Body)
				if d.UsualOutcome(act.Subject.Kind, act.Body, f.Entry.Settles(standing)) == act.Outcome {
					name = policy.MessageApprove
				}
			}
			if act.Version == standing.Version {
				act.Digest, known = standing.Digest, append(known, "digest")
			}
			known = append(known, "procedure")
		}
		if rapid.Bool().Draw(t, "today") {
			f.Facts.Today, known = act.Date, append(known, "date")
		}
		out := rapid.SliceOfDistinct(rapid.SampledFrom(known), rapid.ID).Draw(t, "left out")
		if name == policy.MessageApprove {
			out = append(out, "outcome")
		}
		text := stated(t, act, out)
		short, err := policy.ParseShort(name, text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		meant, err := short.Choose(nil, []policy.Standing{standing})
		if err != nil {
			if standing.State == policy.StateDeciding && act.Kind == policy.ActDecide || standing.State == policy.StateDrafting && act.Kind == policy.ActSubmit {
				t.Fatalf("%s: %v", text, err)
			}
			return // nothing waits for it
		}
		filled, err := short.Fill(&d, f.Entry, meant, f.Records, f.Facts.Today)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if difference := cmp.Diff(act, filled, plainDates); difference != "" {
			t.Fatalf("%s means another act: %s", text, difference)
		}
	})
}

// Of a confirmation the records know what waits, and what that states.
func TestShortFill_ConfirmsWhatWaits(t *testing.T) {
	t.Parallel()
	d, waiting := policytest.Sound(), policy.Recorded{Act: decides(policy.COSI, policy.Adopted, "2021-12-08"), ID: "an-outcome", Stated: "sha256:stated"}
	short := message(t, policy.MessageConfirm, `{"by":"bert@general-secretariat"}`)
	standing := policy.Standing{Subject: on(oap), State: policy.StateDeciding, Pending: waiting.ID}
	act, err := short.Fill(&d, policytest.EntryOf(d, oap), standing, []policy.Recorded{waiting}, date("2021-12-09"))
	if err != nil || act.Confirms != waiting.ID || act.Digest != waiting.Stated || act.Date != date("2021-12-09") || act.Subject != on(oap) {
		t.Errorf("it is %+v, %v", act, err)
	}
	standing.Pending = ""
	if _, err := short.Fill(&d, policytest.EntryOf(d, oap), standing, nil, date("2021-12-09")); policy.CodeOf(err) != policy.CodeNotOpen {
		t.Errorf("where nothing waits: %v", err)
	}
}

func TestShortRepeats_KnowsAnActThatSaysTheSame(t *testing.T) {
	t.Parallel()
	d := policytest.Sound()
	e := policytest.EntryOf(d, oap)
	act := decides(policy.COSI, policy.Adopted, "2021-12-08")
	act.Subject, act.By, act.Document = on(oap), policy.Actor{Person: 3, Body: policy.GeneralSecretariat}, "ST 1/21 INIT"
	recorded := policy.Recorded{Act: act, ID: "an-outcome"}
	for text, want := range map[string]bool{
		`approve {"by":"3@general-secretariat","document":"ST 1/21","date":"2021-12-08"}`:                           true,
		`conclude {"by":"3@general-secretariat","outcome":"adopted"}`:                                               true,
		`conclude {"by":"3@general-secretariat","outcome":"referred-back"}`:                                         false,
		`approve {"by":"4@general-secretariat","document":"ST 1/21"}`:                                               false,
		`approve {"by":"3@presidency","document":"ST 1/21"}`:                                                        false,
		`approve {"by":"3@general-secretariat","for":"4@general-secretariat","document":"ST 1/21"}`:                 false,
		`approve {"by":"3@general-secretariat","document":"ST 2/21"}`:                                               false,
		`approve {"by":"3@general-secretariat","document":"ST 1/21","date":"2021-12-09"}`:                           false,
		`approve {"by":"3@general-secretariat","subject":"empact/oap/2022/drugs"}`:                                  false,
		`approve {"by":"3@general-secretariat","items":[{"item":"firearms","outcome":"adopted"}]}`:                  false,
		`submit {"by":"3@general-secretariat","document":"ST 1/21"}`:                                                false,
		`approve {"by":{"person":3,"body":"general-secretariat"},"subject":"empact/oap/2022/firearms","version":1}`: true,
	} {
		name, text, _ := strings.Cut(text, " ")
		short := message(t, policy.Message(name), text)
		if short.Repeats(&d, e, recorded) != want {
			t.Errorf("%s %s repeats it: %v", name, text, !want)
		}
		in := short.RepeatedIn(&d, e, policy.Standing{Version: 1}, []policy.Recorded{recorded})
		back := policy.Recorded{Act: policy.Act{Kind: policy.ActSetAside, Confirms: recorded.ID}}
		if (in != "") != want || short.RepeatedIn(&d, e, policy.Standing{Version: 2}, []policy.Recorded{recorded}) != "" ||
			short.RepeatedIn(&d, e, policy.Standing{Version: 1}, []policy.Recorded{recorded, back}) != "" {
			t.Errorf("%s %s: it was found as %q, or on another version, or set aside", name, text, in)
		}
	}
}
