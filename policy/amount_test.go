package policy_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

func TestParseAmount_SaysHowFiguresAreWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ is, says string }{
		"829": {"829", ""}, "12.5": {"12.5", ""}, "0.001": {"0.001", ""}, "12.345": {"12.345", ""}, "5.0": {"5", ""}, "007": {"7", ""}, "0": {"0", ""},
		"12,5":    {"", "decimals come after a point, as in 12.5"},
		"1.250":   {"", "may be read in two ways: write 1.25, or 1250"},
		"1.000":   {"", "write 1, or 1000"},
		"1.000,5": {"", "is not a number as figures are written"},
		"1 000":   {"", "is not a number"}, "12.": {"", "is not a number"}, ".5": {"", "is not a number"}, "1e3": {"", "is not a number"}, "1.-5": {"", "is not a number"},
		"12.3456": {"", "has more than three decimals"},
	} {
		got, err := policy.ParseAmount(text)
		if want.says == "" && (err != nil || got.String() != want.is) {
			t.Errorf("%q is read as %s, %v", text, got, err)
		}
		if want.says != "" && (policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), want.says)) {
			t.Errorf("%q is refused with %v", text, err)
		}
	}
}

// amounts draws what may be handed in, and what is the difference of two.
var amounts = rapid.Custom(func(t *rapid.T) policy.Amount {
	var a policy.Amount
	if err := json.Unmarshal([]byte(rapid.StringMatching(`0\.[0-9]{1,3}`).Draw(t, "parts")), &a); err != nil {
		t.Fatal(err)
	}
	return a.Plus(policy.Whole(rapid.Int64Range(-policy.MaxNumber, policy.MaxNumber).Draw(t, "whole")))
})

// exactly gives an amount as a fraction.
func exactly(a policy.Amount) *big.Rat {
	r, _ := new(big.Rat).SetString(a.String())
	return r
}

func TestAmount_AddsUpExactlyAndReadsBackWhatItWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := amounts.Draw(t, "a"), amounts.Draw(t, "b")
		if got, want := exactly(a.Plus(b)), new(big.Rat).Add(exactly(a), exactly(b)); got.Cmp(want) != 0 {
			t.Errorf("%s + %s = %s", a, b, a.Plus(b))
		}
		if got, want := exactly(a.Minus(b)), new(big.Rat).Sub(exactly(a), exactly(b)); got.Cmp(want) != 0 {
			t.Errorf("%s - %s = %s", a, b, a.Minus(b))
		}
		if got, want := a.Compare(b), exactly(a).Cmp(exactly(b)); got != want || (a == b) != (want == 0) {
			t.Errorf("%s to %s is %d", a, b, got)
		}
		text, err := json.Marshal(a)
		var again policy.Amount
		if err == nil {
			err = json.Unmarshal(text, &again)
		}
		if err != nil || again != a || string(text) != a.String() {
			t.Errorf("%s is written as %s and read as %s, %v", a, text, again, err)
		}
	})
}

func TestAmount_WritesWholeNumbersAsBefore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		was, err := json.Marshal(n)
		is, err2 := json.Marshal(policy.Whole(n))
		var again policy.Amount
		if err != nil || err2 != nil || !bytes.Equal(was, is) || json.Unmarshal(was, &again) != nil || again != policy.Whole(n) {
			t.Errorf("%s is written as %s", was, is)
		}
	})
}
