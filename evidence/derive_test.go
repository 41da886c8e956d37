package evidence_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

// begun is the dossier of a cycle that has begun with a definition, and of which nothing is
// shown that does not follow from that.
func begun(t reporter, definition policy.Definition) *evidence.Dossier {
	t.Helper()
	text, err := evidence.Canonical(definition)
	if err != nil {
		t.Fatal(err)
	}
	record, err := evidence.Canonical(evidence.StartRecord{Cycle: cycle, Definition: evidence.Digest(text), Recorded: noon})
	if err != nil {
		t.Fatal(err)
	}
	line, err := evidence.Chain(evidence.Genesis(cycle), evidence.Line{
		Cycle: cycle, Sequence: 1, Recorded: noon, On: policy.NewDate(2026, 11, 23), Act: "start", Person: 7, Accepted: true, Record: evidence.Digest(record),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &evidence.Dossier{
		Cycle: cycle, Made: noon, Trail: []evidence.Line{line}, Records: map[int64]json.RawMessage{1: record},
		Contents: map[string][]byte{evidence.Digest(text): text}, Shown: &evidence.Shown{Cycle: evidence.ShownCycle{
			Title: definition.Title, Definition: 1, Stage: policy.StageAssessment, Since: definition.PolicyWindow.From, Sequence: 1, Head: line.Hash,
		}},
		Who: &evidence.Who{Believed: true},
	}
}

// reread writes a dossier and reads it again.
func reread(t *testing.T, d *evidence.Dossier) *evidence.Dossier {
	t.Helper()
	var file bytes.Buffer
	if err := evidence.WriteDossier(&file, d); err != nil {
		t.Fatal(err)
	}
	read, err := evidence.ReadDossier(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// What could not be checked is not called sound, and is no fault either.
func TestDossierVerify_SaysWhatItCouldNotCompare(t *testing.T) {
	t.Parallel()
	tooLarge := policytest.Cycle(cycle)
	for i := range policy.MaxPlans {
		tooLarge.Priorities[0].OAPs = append(tooLarge.Priorities[0].OAPs, policy.OAP{Key: fmt.Sprint("plan-", i)})
	}
	for name, test := range map[string]struct {
		change func(d *evidence.Dossier)
		d      policy.Definition
		says   string
	}{
		"nothing":                 {func(*evidence.Dossier) {}, policytest.Cycle(cycle), ""},
		"of whom it is":           {func(d *evidence.Dossier) { d.Who = nil }, policytest.Cycle(cycle), "who had which role, and whether rows of registers are sealed, was not checked"},
		"of an earlier version":   {func(d *evidence.Dossier) { d.Shown = nil }, policytest.Cycle(cycle), "an earlier version made the dossier"},
		"without its definition":  {func(d *evidence.Dossier) { clear(d.Contents) }, policytest.Cycle(cycle), "version 1 of the definition cannot be read here"},
		"larger than a cycle is":  {func(*evidence.Dossier) {}, tooLarge, "version 1 of the definition cannot be read here"},
		"a subject of later":      {func(d *evidence.Dossier) { d.Shown.Unread = []string{"forecast/2030"} }, policytest.Cycle(cycle), "what is shown of forecast/2030 cannot be read here"},
		"a trail without a start": {func(d *evidence.Dossier) { d.Trail[0].Act, d.Trail[0].Accepted = "overdue", false; rechain(d) }, policytest.Cycle(cycle), "does not say how the cycle began"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := begun(t, test.d)
			test.change(d)
			for _, r := range []*evidence.Report{d.Verify(nil), reread(t, d).Verify(nil)} {
				var said []string
				for _, u := range r.Unchecked {
					said = append(said, u.Message)
				}
				if !r.OK() || (test.says == "") != (len(said) == 0) || !strings.Contains(strings.Join(said, "; "), test.says) {
					t.Errorf("it could not check %q, and found %+v; want %q", said, r.Faults, test.says)
				}
			}
		})
	}
}

func TestDossierVerify_ComparesWhatIsShown(t *testing.T) {
	t.Parallel()
	d := begun(t, policytest.Cycle(cycle))
	d.Shown.Cycle.Stage = policy.StageClosed
	e := policytest.EntryOf(policytest.Sound(), "assessment")
	d.Shown.Subjects = []evidence.ShownSubject{{
		Title: e.Title, OpenedOn: e.Opens, Settles: true, Standing: policy.Standing{
			Subject: e.Subject, State: policy.StateDrafting, Turn: e.Submitters, Since: e.Opens, Due: e.SubmitBy.AddDays(1),
		},
	}}
	r := reread(t, d).Verify(nil)
	if len(r.Faults) != 2 || r.Subjects != 1 || r.Faults[0].Kind != evidence.FaultShown || r.Faults[1].Kind != evidence.FaultShown {
		t.Errorf("%+v", r)
	}
}
