package e2e_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// A folder brings an agency, a working party of the Council and a Member State that the program
// does not know. The State drives the OAP and hands it in, agency and working party conclude on
// it, all who take part consent, and the agency gives the report that it owes.
func TestACycleTakesBodiesOfItsOwnFolder(t *testing.T) {
	t.Parallel()
	u, data := user{t, nil}, folder(t)
	of2032, err := filepath.Abs(filepath.Join("testdata", "of-2032"))
	if err != nil {
		t.Fatal(err)
	}
	c := u.rehearses(of2032, "6s", data)()
	goesWell(t, c, 1, 1, 1)
	for body, said := range map[policy.Body]string{"arms-agency": "took note", "wp-arms": "cleared"} {
		at := slices.IndexFunc(c.Decisions, func(d service.Decision) bool { return d.Body == body && d.Subject.Kind == policy.KindOAP })
		if at < 0 {
			t.Fatalf("%s has concluded nothing: %+v", body, c.Decisions)
		}
		d := c.Decisions[at]
		if d.Words.Title(d.Outcome) != said || (d.ConfirmedBy != "") != (body == "wp-arms") {
			t.Errorf("%s: %s, confirmed by %q", body, d.Words.Title(d.Outcome), d.ConfirmedBy)
		}
	}
	if owed := c.Obligations[0]; owed.Outcome != policy.Delivered {
		t.Errorf("the report of the agency: %s, %s", owed.State, owed.Outcome)
	}

	u.starts(data)
	oap := c.ID + "/oap/2032/arms"
	shown := u.succeeds("show", oap, "--data", data)
	for _, says := range []string{"Working Party on Arms", "Arms Tracing Agency", "cleared", "Rehearsal, Montenegro@me"} {
		if !strings.Contains(shown.out, says) && !strings.Contains(shown.out, strings.ReplaceAll(says, "Montenegro", "ME")) {
			t.Errorf("nothing says %q of the OAP:\n%s", says, shown.out)
		}
	}
	var lines []rules.Compliance
	u.gets(&lines, "compliance", c.ID, "--data", data)
	consents := lines[slices.IndexFunc(lines, func(l rules.Compliance) bool { return l.Rule == "S30" })]
	if consents.Result != rules.Holds || consents.Looked == 0 {
		t.Errorf("S30: %+v", consents)
	}

	u.fails(2, "did you mean wp-arms?", "remind", oap, "--to", "wp-arm", "--as", "anna@general-secretariat", "--data", data)
	u.fails(2, "did you mean arms-agency?", "inbox", "--body", "arm-agency", "--data", data)
	u.fails(2, "is not a body of the cycle", "findings", c.ID, "--as", "nils@nowhere", "--data", data)
	if list := u.succeeds("inbox", "--body", "arms-agency", "--data", data); list.err != "" {
		t.Errorf("its inbox: %s%s", list.out, list.err)
	}
}
