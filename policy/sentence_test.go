package policy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// angles are what takes most room in JSON: six bytes for each.
var angles = strings.Repeat("<", 60_000)

// fits makes sure that a refusal is small, whatever it quotes.
func fits(t *testing.T, what string, err error, most int) {
	t.Helper()
	text, failed := json.Marshal(err)
	if err == nil || failed != nil || len(text) > most {
		t.Errorf("%s: refused in %d bytes, at most %d travel: %v %.200v", what, len(text), most, failed, err)
	}
}

// A refusal that were larger than a message of Temporal would be tried again for ever, and
// its run with it.
func TestRefuse_IsSmallWhateverItQuotes(t *testing.T) {
	t.Parallel()
	const most = 16 << 10
	for kind, whole := range wholeActs() {
		leaves(reflect.ValueOf(whole), "", func(at string, leaf reflect.Value) {
			if leaf.Kind() != reflect.String || at == "digest" { // is held against what is recorded
				return
			}
			changed := copied(whole)
			leaves(reflect.ValueOf(&changed).Elem(), "", func(other string, leaf reflect.Value) {
				if other == at {
					leaf.SetString(angles)
				}
			})
			fits(t, string(kind)+" with a long "+at, changed.Check(), most)
		})
	}
	read := func(kind policy.Kind, text string) error {
		_, err := policy.AdmitContent(kind, []byte(text))
		return err
	}
	for name, err := range map[string]error{
		"an unknown field":   read(policy.KindOAP, `{"`+strings.Repeat("‹<", 100<<10)+`":1}`),
		"a key twice":        read(policy.KindOAP, `{"`+angles+`":1,"`+angles+`":1}`),
		"a number too large": read(policy.KindOAP, `{"actions":`+strings.Repeat("9", 60_000)+`}`),
		"an unknown kind":    read(policy.KindOAP, `{"actions":[{"kind":"`+angles+`"}]}`),
		"a text in a text":   policy.Refuse(policy.CodeInvalid, "%q, %q and %v", angles, strings.Repeat("\U000e0001\"", 9000), policy.Say("%s", angles)),
		"another's mistake":  policy.Refuse(policy.CodeInvalid, "%s", fmt.Errorf("%s", angles)),
	} {
		fits(t, name, err, most)
	}
}

func TestRefuse_IsSmallThoughItTellsMany(t *testing.T) {
	t.Parallel()
	rows := make([]map[string]string, 50)
	for i := range rows {
		rows[i] = map[string]string{"code": angles, "title": angles}
	}
	text, err := json.Marshal(map[string]any{"actions": rows})
	if err != nil {
		t.Fatal(err)
	}
	_, err = policy.AdmitContent(policy.KindOAP, text)
	refusal, is := errors.AsType[*policy.Error](err)
	if !is || len(refusal.Mistakes) == 0 {
		t.Fatalf("fifty actions: %v", err)
	}
	fits(t, "fifty actions", refusal.Told(), policy.MostRefusal)
	if brief := refusal.Told(); len(brief.Mistakes) > 0 || brief.Message != refusal.Message {
		t.Errorf("fifty actions are told as %+v", brief)
	}
	huge := (&policy.Error{Code: policy.CodeInvalid, Message: angles}).Told()
	fits(t, "one that quotes all", huge, policy.MostRefusal)
	small := policy.Refuse(policy.CodeBlocked, "no")
	if huge.Code != policy.CodeInvalid || small.Told() != small || (*policy.Error)(nil).Told() != nil {
		t.Errorf("told as %+v, %+v", huge, small.Told())
	}
}

// Pages say the parts of a sentence in three languages: a part is what was typed.
func TestSay_TakesPartsAsText(t *testing.T) {
	t.Parallel()
	_, err := policy.AdmitContent(policy.KindOAP, []byte(`{"actions":[{"kind":"foo"}]}`))
	refusal, is := err.(*policy.Error) //nolint:errorlint // it is wanted as it is
	if !is || refusal.Said.Parts[0] != "foo" {
		t.Errorf("of the kind foo it says %+v", refusal)
	}
	if said := policy.Say("%q and %s", []byte("foo"), []byte("bar")); said.Message != `"foo" and bar` || !slices.Equal(said.Said.Parts, []string{"foo", "bar"}) {
		t.Errorf("said %+v", said)
	}
}

func TestExcerpt_IsTheTextOrItsBeginning(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, most := rapid.String().Draw(t, "text"), rapid.IntRange(10, 60).Draw(t, "most")
		short := policy.Excerpt(text, most)
		written, err := json.Marshal(short)
		if err != nil || len(written)-len(`""`) > most {
			t.Errorf("%s takes %d bytes, not %d: %v", written, len(written)-len(`""`), most, err)
		}
		if short != text && !strings.HasSuffix(short, "…") {
			t.Errorf("%q is told as %q", text, short)
		}
	})
}
