package policy_test

import (
	"encoding"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

var (
	anyBody = rapid.Custom(func(t *rapid.T) policy.Body {
		return rapid.SampledFrom(append(slices.Clone(everybody), policy.MemberStates...)).Draw(t, "body")
	})
	anyKey     = rapid.StringMatching(`[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`)
	anySubject = rapid.Custom(func(t *rapid.T) policy.Subject {
		s := policy.Subject{Cycle: anyKey.Draw(t, "cycle")}
		switch rapid.IntRange(0, 4).Draw(t, "shape") {
		case 0:
			s.Kind = rapid.SampledFrom([]policy.Kind{
				policy.KindAssessment, policy.KindAdvisory, policy.KindPriorities, policy.KindReview, policy.KindEvaluation, policy.KindDefinition,
			}).Draw(t, "kind")
		case 1:
			s.Kind, s.Key = rapid.SampledFrom([]policy.Kind{policy.KindMASP, policy.KindItem}).Draw(t, "kind"), anyKey.Draw(t, "key")
		case 2:
			s.Kind, s.Period, s.Key = policy.KindOAP, anyKey.Draw(t, "period"), anyKey.Draw(t, "key")
		case 3:
			s.Kind, s.Period, s.Key, s.Round = policy.KindReport, anyKey.Draw(t, "period"), anyKey.Draw(t, "key"), anyKey.Draw(t, "round")
		default:
			s.Kind, s.Key, s.Round = policy.KindObligation, anyKey.Draw(t, "key"), anyDate.Draw(t, "due").String()
		}
		return s
	})
	anyDocument = rapid.Custom(func(t *rapid.T) string {
		number, year := rapid.IntRange(1, 99999).Draw(t, "number"), rapid.IntRange(2000, 2099).Draw(t, "year")
		text := fmt.Sprintf("%s %d/%02d", rapid.SampledFrom([]string{"ST", "WK", "CM", "RH", "EX"}).Draw(t, "series"), number, year%100)
		if rapid.Bool().Draw(t, "com") {
			text = fmt.Sprintf("COM(%d) %d", year, number%10000)
		}
		for range rapid.IntRange(0, 3).Draw(t, "suffixes") {
			text += fmt.Sprintf(" %s %d", rapid.SampledFrom([]string{"REV", "ADD", "COR"}).Draw(t, "suffix"), rapid.IntRange(1, 99).Draw(t, "nth"))
		}
		return text
	})
)

// asPeopleType writes a word of the cycle in another case, with spaces or
// underscores for hyphens and room around it.
func asPeopleType(t *rapid.T, text string) string {
	text = strings.ReplaceAll(text, "-", rapid.SampledFrom([]string{"-", " ", "_"}).Draw(t, "joint"))
	if rapid.Bool().Draw(t, "upper") {
		text = strings.ToUpper(text)
	}
	return rapid.SampledFrom([]string{"", " ", "\t"}).Draw(t, "room") + text
}

// again writes a value as JSON and reads it back.
func again[T any](t *rapid.T, value T) T {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var read T
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return read
}

func TestParse_ReadsBackWhatIsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anySubject.Draw(t, "subject")
		if read, err := policy.ParseSubject(s.String()); err != nil || read != s || again(t, s) != s {
			t.Fatalf("%q is read as %+v, %v", s, read, err)
		}
		if !strings.HasPrefix(s.String(), s.Cycle+"/") || s.String() != s.Cycle+"/"+s.Path() {
			t.Fatalf("%q is not the cycle and the path %q", s, s.Path())
		}
		if alone := (policy.Subject{Cycle: s.Cycle}); again(t, alone) != alone {
			t.Fatalf("the cycle %q alone is read as %+v", alone, again(t, alone))
		}
		b := anyBody.Draw(t, "body")
		if read, err := policy.ParseBody(asPeopleType(t, string(b))); err != nil || read != b || again(t, b) != b {
			t.Fatalf("%q is read as %q, %v", b, read, err)
		}
		o := rapid.SampledFrom(policy.Outcomes).Draw(t, "outcome")
		if read, err := policy.ParseOutcome(asPeopleType(t, string(o))); err != nil || read != o || again(t, o) != o {
			t.Fatalf("%q is read as %q, %v", o, read, err)
		}
		written := anyDocument.Draw(t, "document")
		d, err := policy.ParseDocumentRef(asPeopleType(t, written))
		if err != nil || again(t, d) != d || !strings.HasPrefix(string(d), written) {
			t.Fatalf("%q is read as %q, %v", written, d, err)
		}
		day := anyDate.Draw(t, "date").AddDays(rapid.IntRange(0, 30).Draw(t, "days"))
		if again(t, day) != day {
			t.Fatalf("%s comes back as %s", day, again(t, day))
		}
	})
}

func TestUnmarshalText_ReadsNothingWhereNothingIsGiven(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(map[string]any{"date": policy.Date{}, "subject": policy.Subject{}})
	if err != nil || string(text) != `{"date":"","subject":""}` {
		t.Errorf("nothing is written as %s, %v", text, err)
	}
	s, d, day := on("assessment"), policy.DocumentRef("ST 1/21 INIT"), date("2021-05-26")
	b, o, p := policy.COSI, policy.Adopted, policy.Meeting
	for name, into := range map[string]encoding.TextUnmarshaler{"subject": &s, "document": &d, "date": &day, "body": &b, "outcome": &o, "procedure": &p} {
		if err := into.UnmarshalText(nil); err != nil {
			t.Errorf("no %s: %v", name, err)
		}
	}
	if s != (policy.Subject{}) || d != "" || !day.IsZero() || b != "" || o != "" || p != "" {
		t.Errorf("left over: %q %q %q %q %q %q", s, d, day, b, o, p)
	}
	for _, wrong := range []encoding.TextUnmarshaler{&s, &d, &day, &b, &o, &p} {
		if err := wrong.UnmarshalText([]byte("by telephone")); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%T: %v", wrong, err)
		}
	}
	// No body concludes these two, but records hold them.
	for _, ends := range []policy.Outcome{policy.Delivered, policy.Discontinued} {
		if err := o.UnmarshalText([]byte(ends)); err != nil || o != ends {
			t.Errorf("%s is read as %q, %v", ends, o, err)
		}
	}
	if err := p.UnmarshalText([]byte("Written procedure")); err != nil || p != policy.WrittenProcedure {
		t.Errorf("a written procedure is read as %q, %v", p, err)
	}
}

func TestParseActor_ReadsNameAndBody(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]policy.Actor{
		"anna@general-secretariat":       {Name: "anna", Body: policy.GeneralSecretariat},
		" Anna Berg @ Support Team ":     {Name: "Anna Berg", Body: policy.SupportTeam},
		"anna@example.eu@se":             {Name: "anna@example.eu", Body: "se"}, // the last @ counts
		"Ægir Ó@FI":                      {Name: "Ægir Ó", Body: "fi"},
		strings.Repeat("a", 200) + "@fr": {Name: strings.Repeat("a", 200), Body: "fr"},
	} {
		if got, err := policy.ParseActor(text); err != nil || got != want {
			t.Errorf("%q is read as %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "anna", "@se", "  @se", "anna@", "anna@no.body", "anna@x, y", strings.Repeat("a", 201) + "@se"} {
		if _, err := policy.ParseActor(text); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTitle_SaysWhatPeopleSay(t *testing.T) {
	t.Parallel()
	stages := append(slices.Clone(policy.CycleStages), policy.StageNoPriorities, policy.StageDrafting, policy.StageDeciding,
		policy.StageInForce, policy.StageCompleted, policy.StageNotAgreed, policy.StageDiscontinued, policy.StageRunning)
	for _, s := range stages {
		if s.Title() == "" {
			t.Errorf("stage %q has no title", s)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if s := anySubject.Draw(t, "subject"); s.Kind.Title() == "" {
			t.Fatalf("kind %q has no title", s.Kind)
		}
	})
	if title := policy.Body("fr").Title() + ", " + policy.TitlesOf([]policy.Body{policy.Commission, policy.COSI, "se"}); title != "France, Commission, COSI or Sweden" {
		t.Errorf("bodies are called %s", title)
	}
}

func TestCalendar_KeepsDaysWhenTheClocksChange(t *testing.T) {
	t.Parallel()
	for day, hours := range map[string]int{"2022-03-26": 24, "2022-03-27": 23, "2022-10-29": 24, "2022-10-30": 25} {
		begin, _ := policy.Calendar{}.Instant(date(day), time.Time{})
		end, _ := policy.Calendar{}.Instant(date(day).AddDays(1), time.Time{})
		if end.Sub(begin) != time.Duration(hours)*time.Hour {
			t.Errorf("%s lasts %s, want %d hours", day, end.Sub(begin), hours)
		}
		for at := begin; at.Before(end); at = at.Add(time.Hour) {
			if shown := (policy.Calendar{}).Today(at.UTC()); shown != date(day) {
				t.Errorf("at %s it is %s", at, shown)
			}
		}
	}
}

func FuzzParseActor(f *testing.F) {
	for _, seed := range []string{"anna@cosi", "Anna Berg@general secretariat", "@", "a@b@se"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := policy.ParseActor(text)
		if err != nil {
			return
		}
		if read, err := policy.ParseActor(a.String()); err != nil || read != a {
			t.Errorf("%q is read as %+v, and that as %+v, %v", text, a, read, err)
		}
	})
}
