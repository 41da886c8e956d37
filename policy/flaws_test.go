package policy_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// wholeActs are one act of each kind with everything that such an act may say.
func wholeActs() map[policy.ActKind]policy.Act {
	by := policy.Actor{Person: 7, Name: "Anna", Body: policy.GeneralSecretariat}
	act := func(kind policy.ActKind, path string, more func(*policy.Act)) policy.Act {
		principal := policy.Actor{Person: 8, Name: "Bert", Body: policy.GeneralSecretariat}
		a := policy.Act{Kind: kind, Subject: on(path), Date: date("2021-05-26"), By: by, For: &principal, Comment: "First line.\nSecond.", Language: "en"}
		more(&a)
		return a
	}
	return map[policy.ActKind]policy.Act{
		policy.ActSubmit: act(policy.ActSubmit, "priorities", func(a *policy.Act) {
			a.Document, a.Rectifies, a.Version, a.Digest, a.Content = "ST 8665/21 INIT", "first", 2, "sha256:1", "sha256:2"
			a.Marking, a.Holder = policy.Limite, "the registry"
		}),
		policy.ActDecide: act(policy.ActDecide, "priorities", func(a *policy.Act) {
			a.Document, a.Rectifies, a.Version, a.Digest, a.Body, a.Outcome = "ST 8665/21 INIT", "first", 1, "sha256:1", policy.Council, policy.Adopted
			a.Procedure, a.Meeting, a.SkipReason, a.Irregular = policy.Meeting, "3797th", "COSI met too late", "it was adopted all the same"
			a.Items = []policy.ItemOutcome{{Item: "firearms", Outcome: policy.NotAgreed}}
		}),
		policy.ActConfirm:  act(policy.ActConfirm, "priorities", func(a *policy.Act) { a.Confirms, a.Digest = "first", "sha256:1" }),
		policy.ActSetAside: act(policy.ActSetAside, "priorities", func(a *policy.Act) { a.Confirms, a.Digest = "first", "sha256:1" }),
		policy.ActLaunch: act(policy.ActLaunch, "priorities", func(a *policy.Act) {
			a.Document, a.Version, a.Digest, a.Body, a.Procedure, a.Deadline = "ST 8665/21 INIT", 1, "sha256:1", policy.COSI, policy.SilenceProcedure, date("2021-06-10")
		}),
		policy.ActPosition: act(policy.ActPosition, "priorities", func(a *policy.Act) {
			a.Version, a.Digest, a.Body, a.Delegation, a.Stance = 1, "sha256:1", policy.COSI, "fr", policy.Agrees
		}),
		policy.ActCorrect: act(policy.ActCorrect, "priorities", func(a *policy.Act) {
			a.Document, a.Digest, a.Substantive, a.Content, a.Marking = "ST 8665/21 COR 1", "sha256:1", true, "sha256:2", policy.Limite
		}),
		policy.ActFinalise: act(policy.ActFinalise, "priorities", func(a *policy.Act) {
			a.Document, a.Rectifies, a.Digest, a.Content = "ST 8665/1/21 REV 1", "first", "sha256:1", "sha256:2"
			a.Marking, a.Holder = policy.Limite, "the registry"
		}),
		policy.ActOpen: act(policy.ActOpen, "item/ukraine", func(a *policy.Act) {
			a.Opening = &policy.Opening{Title: "Ukraine", Due: date("2021-09-01"), Through: []policy.Body{policy.COSI}, Adopts: "corrigendum"}
		}),
		policy.ActAmend: act(policy.ActAmend, "definition", func(a *policy.Act) {
			a.Digest, a.Amendment = "sha256:1", &policy.AmendmentRef{BaseVersion: 1, Decision: "first"}
		}),
	}
}

// copied gives an act of which nothing is shared with the first.
func copied(a policy.Act) policy.Act {
	var deep func(v reflect.Value)
	deep = func(v reflect.Value) {
		switch {
		case v.Kind() == reflect.Pointer && !v.IsNil():
			fresh := reflect.New(v.Type().Elem())
			fresh.Elem().Set(v.Elem())
			v.Set(fresh)
			deep(v.Elem())
		case v.Kind() == reflect.Slice && !v.IsNil():
			fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(fresh, v)
			v.Set(fresh)
		case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[policy.Date]():
			for _, field := range v.Fields() {
				deep(field)
			}
		}
	}
	deep(reflect.ValueOf(&a).Elem())
	return a
}

// leaves gives every text and every date in a value, by its place.
func leaves(v reflect.Value, at string, each func(at string, leaf reflect.Value)) {
	switch {
	case v.Kind() == reflect.String, v.Type() == reflect.TypeFor[policy.Date]():
		each(at, v)
	case v.Type() == reflect.TypeFor[policy.Subject]():
	case v.Kind() == reflect.Pointer && !v.IsNil():
		leaves(v.Elem(), at, each)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			leaves(v.Index(i), at+"[]", each)
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			leaves(v.Field(i), strings.TrimPrefix(at+"."+name, "."), each)
		}
	}
}

func TestActCheck_BoundsEveryTextAndDate(t *testing.T) {
	t.Parallel()
	texts := []string{strings.Repeat("λ", 4001), "\x1b]0;title\x07", "a\tb", "a\u200bb", "soft\u00adhyphen", "a\u2028b", "\ufeffa", "a\ufe0f", "a\u3164", "a\u2060b", "a\u0085b", "paid by \u202eelcyc", "\u2066x", "a\x00b", "a\rb", "\xff\xfe"}
	dates := []policy.Date{date("9999-12-31"), date("0001-01-01"), date("2100-01-01"), date("1957-03-25")}
	for kind, whole := range wholeActs() {
		if err := whole.Check(); err != nil {
			t.Errorf("a whole act of the kind %s: %v", kind, err)
		}
		met := 0
		leaves(reflect.ValueOf(whole), "", func(at string, _ reflect.Value) {
			if at == "digest" && slices.Contains([]policy.ActKind{policy.ActDecide, policy.ActLaunch, policy.ActPosition, policy.ActConfirm, policy.ActSetAside}, kind) {
				return // is held against what is recorded
			}
			for i := range max(len(texts), len(dates)) {
				changed := copied(whole)
				leaves(reflect.ValueOf(&changed).Elem(), "", func(other string, leaf reflect.Value) {
					switch {
					case other != at:
					case leaf.Kind() == reflect.String && i < len(texts):
						leaf.SetString(texts[i])
					case leaf.Kind() == reflect.Struct && i < len(dates):
						leaf.Set(reflect.ValueOf(dates[i]))
					}
				})
				if reflect.DeepEqual(changed, whole) {
					continue
				}
				met++
				if err := changed.Check(); policy.CodeOf(err) != policy.CodeInvalid {
					t.Errorf("%s: %s takes %.20q or %s: %v", kind, at, texts[i], dates[min(i, len(dates)-1)], err)
				}
			}
		})
		if met < 80 {
			t.Errorf("%s: only %d changes were tried", kind, met)
		}
	}
}

// What belongs to another kind of act would be recorded nowhere: it is refused, not
// left out in silence.
func TestActCheck_TakesWhatItsKindHasAndNothingElse(t *testing.T) {
	t.Parallel()
	acts := wholeActs()
	for kind, whole := range acts {
		for _, other := range acts {
			for i := range reflect.TypeFor[policy.Act]().NumField() {
				changed := copied(whole)
				field, given := reflect.ValueOf(&changed).Elem().Field(i), reflect.ValueOf(other).Field(i)
				name, _, _ := strings.Cut(reflect.TypeFor[policy.Act]().Field(i).Tag.Get("json"), ",")
				if !field.IsZero() || given.IsZero() || name == "version" || name == "digest" { // which every act is recorded with
					continue
				}
				field.Set(given)
				refusal, is := reflect.TypeAssert[*policy.Error](reflect.ValueOf(changed.Check()))
				if !is || refusal.Code != policy.CodeInvalid || refusal.Field != name {
					t.Errorf("an act of the kind %s has %s: %v", kind, name, refusal)
				}
			}
		}
	}
	if got, want := len(acts), len(policy.ActKinds); got != want {
		t.Errorf("%d kinds of act were tried, of %d", got, want)
	}
}

// A line break in a title would be a line of its own on the screen of whoever reads it.
func TestFlaws_TakeLineBreaksInTextsAlone(t *testing.T) {
	t.Parallel()
	const lines = "Line one\nDecisions\nCOSI adopted"
	d := sound()
	d.Title, d.Priorities[0].Title, d.Priorities[0].Aim = lines, lines, lines
	var told []string
	for _, p := range d.Validate() {
		told = append(told, p.Field+" "+p.Message)
	}
	if want := []string{"title has a line break: expected one line", "priorities[0].title has a line break: expected one line"}; !slices.Equal(told, want) {
		t.Errorf("%q, want %q", told, want)
	}
	for register, bodies := range map[policy.Register][2]policy.RowBody{ // with one field that takes lines, and one that takes none
		policy.RegConsents: {&policy.Consent{State: policy.Conditional, Condition: lines, Contribution: lines}, &policy.Consent{State: "confirmed\n"}},
		policy.RegPosts:    {&policy.Holding{Holder: "fr", Person: "Head of unit"}, &policy.Holding{Holder: "fr", Person: lines}},
		policy.RegDays: {
			&policy.JointActionDay{Title: "Days", From: date("2022-01-01"), To: date("2022-01-02"), Plans: []string{"2022/firearms"}},
			&policy.JointActionDay{Title: lines, From: date("2022-01-01"), To: date("2022-01-02"), Plans: []string{"2022/firearms"}},
		},
	} {
		row := rowOf(register)
		row.Reason = lines
		for i, body := range bodies {
			row.Body = body
			ps := row.Problems()
			if refused := slices.ContainsFunc(ps, func(p policy.Problem) bool { return strings.HasPrefix(p.Message, "has a line break") }); refused != (i == 1) {
				t.Errorf("%s, %d: %+v", register, i, ps)
			}
		}
	}
}

// What an older version has taken stays, and stands in the way of no amendment.
func TestDefinitionValidateAmended_AsksForWhatIsNewAlone(t *testing.T) {
	t.Parallel()
	was := sound()
	was.Title = "EMPACT\u200b of old"
	amended := was.Amend(policy.Amendment{Reason: "Another aim"}, date("2022-01-01"))
	if ps := amended.ValidateAmended(&was); len(ps) > 0 {
		t.Errorf("what stood there before: %+v", ps)
	}
	amended.Priorities = slices.Clone(amended.Priorities)
	amended.Priorities[0].Title = "New\u200b"
	if ps := amended.ValidateAmended(&was); len(ps) != 1 || ps[0].Field != "priorities[0].title" {
		t.Errorf("what is new: %+v", ps)
	}
}

func TestOneLine_IsALineThatCanBeRead(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Anna Berg", "Ωmega", "d'Ó-Briain", "Zoë 2"} {
		if !policy.OneLine(name) {
			t.Errorf("%q is not taken", name)
		}
	}
	for _, name := range []string{"", "  ", "\u200b\u200b", "Tom\u200bmy", "Tom\nBert", "Tom\tB", "\x1b[31mTom", "Tom\u202e", "Tom\u00ad", "Tom\ufe0f", "\u3164", "Tom\u2028Bert"} {
		if policy.OneLine(name) {
			t.Errorf("%q is taken", name)
		}
	}
}

// A day that somebody typed wrong in an older version must never be one that cannot be
// written: a run that cannot write its next day stands still.
func TestDate_LiesWhereItCanBeWritten(t *testing.T) {
	t.Parallel()
	last, first := date("9999-12-31"), date("0001-01-01")
	for _, d := range []policy.Date{last.AddDays(1), last.AddDays(4000), last.AddMonths(12), first.AddDays(-1), first.AddMonths(-24), policy.NewDate(40_000, 1, 1), policy.NewDate(-40_000, 1, 1)} {
		again, err := policy.ParseDate(d.String())
		if err != nil || again != d || d != last && d != first {
			t.Errorf("%s is read as %s, %v", d, again, err)
		}
		at, _ := policy.Calendar{}.Instant(d, time.Time{})
		if _, err := at.MarshalJSON(); err != nil {
			t.Errorf("%s: %v", d, err)
		}
	}
}

func TestDefinitionValidate_KeepsDatesInTheYearsOfCycles(t *testing.T) {
	t.Parallel()
	for _, wrong := range []policy.Date{date("9999-12-31"), date("1957-03-25")} {
		count := 0
		d := sound()
		leaves(reflect.ValueOf(&d).Elem(), "", func(at string, leaf reflect.Value) {
			if leaf.Kind() == reflect.String {
				return
			}
			count++
			was := leaf.Interface()
			leaf.Set(reflect.ValueOf(wrong))
			if ps := d.Validate(); !slices.ContainsFunc(ps, func(p policy.Problem) bool { return strings.Contains(p.Message, "expected a year between") }) {
				t.Errorf("%s is %s: %v", at, wrong, ps)
			}
			leaf.Set(reflect.ValueOf(was))
		})
		if count < 15 {
			t.Errorf("only %d dates were tried", count)
		}
	}
	d := sound()
	d.Title = "EMPACT \x1b[2J"
	if ps := d.Validate(); len(ps) != 1 || ps[0].Field != "title" {
		t.Errorf("a title that wipes the screen: %v", ps)
	}
	if flaws := policy.Flaws(struct {
		At time.Time `json:"at"`
	}{time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}); len(flaws) != 1 || flaws[0].Field != "at" {
		t.Errorf("an instant: %v", flaws)
	}
}
