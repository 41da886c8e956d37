package policy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

func TestUniqueKeys_NamesAKeyGivenTwice(t *testing.T) {
	t.Parallel()
	for text, key := range map[string]string{
		`{"outcome":"adopted","outcome":"not-agreed"}`:         "outcome",
		`{"outcome":"adopted","Outcome":"not-agreed"}`:         "Outcome",
		`{"a":1,"b":[{"c":1},{"c":1,"d":{"e":1,"\u0065":2}}]}`: "e",
		`[{"a":{"a":{"a":1}}},{"b":1,"a":[],"b":{}}]`:          "b",
	} {
		refusal, is := errors.AsType[*policy.Error](policy.UniqueKeys([]byte(text)))
		if !is || refusal.Code != policy.CodeInvalid || refusal.Field != key {
			t.Errorf("%s: %v", text, refusal)
		}
	}
	for _, text := range []string{``, `{}`, `7`, `{"a":{"a":"a"},"b":["a","a",{"a":"b"}],"c":"b"}`, `{"a":`, `}`, `{"a":"b" "a":"b"}`} {
		if err := policy.UniqueKeys([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := policy.UniqueKeys([]byte(strings.Repeat("[", 100_000))); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("a hundred thousand levels: %v", err)
	}
}
