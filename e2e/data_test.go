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

// A folder brings a strategy, a fund of 2028 and words of the Council that the program does not
// know. The cycle is played, its OAP adopted with an action that this fund pays for beyond 2027,
// and the rules look with the data of the folder.
func TestACycleServesAStrategyAndTakesAFundOfItsOwnFolder(t *testing.T) {
	t.Parallel()
	u, data := user{t, nil}, folder(t)
	of2028, err := filepath.Abs(filepath.Join("testdata", "of-2028"))
	if err != nil {
		t.Fatal(err)
	}
	c := u.rehearses(of2028, "6s", data)()
	goesWell(t, c, 1, 1, 1)
	u.starts(data)
	council := slices.IndexFunc(c.Decisions, func(d service.Decision) bool { return d.Body == policy.Council })
	if d := c.Decisions[council]; d.Outcome != policy.Adopted || d.Words.Title(d.Outcome) != "resolved" {
		t.Errorf("the Council %s: %s, %v", d.Words.Title(d.Outcome), d.Outcome, d.Words)
	}
	shown := u.succeeds("show", c.ID+"/priorities", "--data", data)
	if !strings.Contains(shown.out, "agreement confirmed") || !strings.Contains(shown.out, "resolved") {
		t.Errorf("the conclusions are shown as\n%s", shown.out)
	}

	var lines []rules.Compliance
	u.gets(&lines, "compliance", c.ID, "--data", data)
	for rule, found := range map[string][]string{
		"S4":  {"objectives/open-seas"},               // no priority and no action serves it
		"S5":  nil,                                    // the one action serves an objective of the new strategy
		"S19": {"2028/firearms/1.2", "envelopes/old"}, // the fund that ends in 2027; the new one spans its action
		"S29": {"threats/piracy"},                     // drones are answered, sabotage is handled elsewhere
	} {
		at := slices.IndexFunc(lines, func(l rules.Compliance) bool { return l.Rule == rule })
		line, records := lines[at], []string(nil)
		for _, f := range line.Findings {
			records = append(records, f.Record)
		}
		slices.Sort(records)
		want := rules.Broken
		if found == nil {
			want = rules.Holds
		}
		if !slices.Equal(records, found) || line.Result != want || line.Looked == 0 {
			t.Errorf("%s: %s, looked at %d, found %q, want %q", rule, line.Result, line.Looked, records, found)
		}
	}
}
