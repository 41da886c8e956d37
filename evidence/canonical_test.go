package evidence_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

// The vectors of RFC 8785: whoever checks our seals with a library of their own
// finds the same bytes.
func TestCanonical_GivesWhatRFC8785Gives(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"section 3.2.2: literals, numbers and strings": {
			`{
				"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
				"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
				"literals": [null, true, false]
			}`,
			`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		},
		"section 3.2.3: keys in the order of their UTF-16": {
			`{
				"\u20ac": "Euro Sign",
				"\r": "Carriage Return",
				"\ufb33": "Hebrew Letter Dalet With Dagesh",
				"1": "One",
				"\ud83d\ude00": "Emoji: Grinning Face",
				"\u0080": "Control",
				"\u00f6": "Latin Small Letter O With Diaeresis"
			}`,
			`{"\r":"Carriage Return","1":"One","` + "\u0080" + `":"Control","ö":"Latin Small Letter O With Diaeresis",` +
				`"€":"Euro Sign","😀":"Emoji: Grinning Face","` + "\ufb33" + `":"Hebrew Letter Dalet With Dagesh"}`,
		},
		"section 3.2.2.2: all but controls, quotes and backslashes as it is": {
			`"\u2028\u2029\u003cscript\u003e&\u007f\b\f\u0000\ud83d\ude02"`,
			"\"\u2028\u2029<script>&\u007f" + `\b\f\u0000` + "😂\"",
		},
		"no spaces, and the order of lists": {" [ 56 , { \"d\" : true , \"10\" : null , \"1\" : [ ] } ] ", `[56,{"1":[],"10":null,"d":true}]`},
	} {
		got, err := evidence.Canonical(json.RawMessage(c.in))
		if err != nil || string(got) != c.want {
			t.Errorf("%s:\n got %s, %v\nwant %s", name, got, err, c.want)
		}
	}
}

// Appendix B of RFC 8785, as the bits of a double and its text.
func TestCanonical_WritesNumbersAsRFC8785(t *testing.T) {
	t.Parallel()
	for bits, want := range map[uint64]string{
		0x0000000000000000: "0",
		0x8000000000000000: "0",
		0x0000000000000001: "5e-324",
		0x8000000000000001: "-5e-324",
		0x7fefffffffffffff: "1.7976931348623157e+308",
		0xffefffffffffffff: "-1.7976931348623157e+308",
		0x4340000000000000: "9007199254740992",
		0xc340000000000000: "-9007199254740992",
		0x4430000000000000: "295147905179352830000",
		0x44b52d02c7e14af5: "9.999999999999997e+22",
		0x44b52d02c7e14af6: "1e+23",
		0x44b52d02c7e14af7: "1.0000000000000001e+23",
		0x444b1ae4d6e2ef4e: "999999999999999700000",
		0x444b1ae4d6e2ef4f: "999999999999999900000",
		0x444b1ae4d6e2ef50: "1e+21",
		0x3eb0c6f7a0b5ed8c: "9.999999999999997e-7",
		0x3eb0c6f7a0b5ed8d: "0.000001",
		0x41b3de4355555553: "333333333.3333332",
		0x41b3de4355555554: "333333333.33333325",
		0x41b3de4355555555: "333333333.3333333",
		0x41b3de4355555556: "333333333.3333334",
		0x41b3de4355555557: "333333333.33333343",
		0xbecbf647612f3696: "-0.0000033333333333333333",
		0x43143ff3c1cb0959: "1424953923781206.2",
	} {
		if got, err := evidence.Canonical(math.Float64frombits(bits)); err != nil || string(got) != want {
			t.Errorf("%016x is written %s, %v: want %s", bits, got, err, want)
		}
	}
	for _, bits := range []uint64{0x7fffffffffffffff, 0x7ff0000000000000} { // no number, and one without end
		if got, err := evidence.Canonical(math.Float64frombits(bits)); err == nil {
			t.Errorf("%016x is written %s", bits, got)
		}
	}
}

// RFC 8785 knows doubles alone. Every number that comes in is one exactly, so two
// amounts never have one digest.
func TestCanonical_TakesEveryNumberAsItIs(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{policy.MaxNumber, policy.MaxNumber - 1, -policy.MaxNumber} {
		want, err := json.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := evidence.Canonical(n); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is written %s, %v", want, got, err)
		}
	}
}

func TestCanonical_RefusesWhatHasNoOneForm(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		`{"a":1,"\u0061":2}`: "Duplicate key",
		`"\ud800, alone"`:    "surrogate",
		`"\udead\udead"`:     "surrogate",
		"\"\xff\"":           "UTF-8",
	} {
		if got, err := evidence.Canonical(json.RawMessage(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s is written %q, %v", text, got, err)
		}
	}
}
