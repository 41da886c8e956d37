package evidence_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

func act() policy.Act {
	return policy.Act{
		Kind: policy.ActSubmit, Subject: policy.Subject{Cycle: "empact", Kind: policy.KindAssessment}, Date: policy.NewDate(2021, 4, 12),
		By: policy.Actor{Name: "Eva <Berg> & Co", Body: policy.Europol},
	}
}

func TestCanonical_GivesEqualValuesOneText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fields := rapid.MapOf(rapid.String(), rapid.Int64()).Draw(t, "fields")
		first, err := evidence.Canonical(fields)
		if err != nil {
			t.Fatal(err)
		}
		var read any
		if err := json.Unmarshal(first, &read); err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		again, err := evidence.Canonical(json.RawMessage(" " + string(first) + "\n"))
		if err != nil || !bytes.Equal(again, first) {
			t.Fatalf("%s, then %s, %v", first, again, err)
		}
	})
	text, err := evidence.Canonical(act())
	if err != nil || !strings.Contains(string(text), "Eva <Berg> & Co") || !strings.Contains(string(text), `"date":"2021-04-12"`) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestEnclose_GivesTheSameActTheSameID(t *testing.T) {
	t.Parallel()
	seal := func(id, to string, a policy.Act, at time.Time) evidence.Envelope {
		e, err := evidence.Enclose(id, to, a, at)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	first := seal("", "cycle/empact", act(), time.Unix(1, 0))
	later := seal("", "cycle/empact", act(), time.Unix(99, 0))
	other := act()
	other.Comment = "another"
	if first.ID != later.ID || len(first.ID) != 16 {
		t.Errorf("the IDs are %q and %q", first.ID, later.ID)
	}
	for what, e := range map[string]evidence.Envelope{
		"another act": seal("", "cycle/empact", other, time.Unix(1, 0)), "another address": seal("", "cycle/other", act(), time.Unix(1, 0)),
	} {
		if e.ID == first.ID {
			t.Errorf("%s has the same ID", what)
		}
	}
	if named := seal("mine", "cycle/empact", act(), time.Unix(1, 0)); named.ID != "mine" || named.Check() != nil {
		t.Errorf("%+v", named)
	}
	a, _ := first.Content()
	b, _ := later.Content()
	if a != b || !strings.HasPrefix(a, "sha256:") {
		t.Errorf("the contents are %q and %q", a, b)
	}
}

func TestEnvelopeCheck_RefusesAnotherFormat(t *testing.T) {
	t.Parallel()
	for _, e := range []evidence.Envelope{{}, {Format: 2, ID: "x", Act: act()}, {Format: 1, Act: act()}, {Format: 1, ID: strings.Repeat("x", 201), Act: act()}, {Format: 1, ID: "x"}} {
		if err := e.Check(); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%+v: %v", e, err)
		}
	}
}
