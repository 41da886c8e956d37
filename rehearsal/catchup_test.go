package rehearsal_test

import (
	"io/fs"
	"testing"

	"github.com/policycycle/policycycle/examples"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/rehearsal"
)

// What is told of a cycle ends on a day after which something is to be settled.
func TestLastTabled_LeavesSomethingToBeSettled(t *testing.T) {
	t.Parallel()
	folder, err := fs.Sub(examples.Files, "empact-2026-2029")
	if err != nil {
		t.Fatal(err)
	}
	read, err := files.ReadFolderFS("empact-2026-2029", folder)
	if err != nil {
		t.Fatal(err)
	}
	for today, want := range map[policy.Date]policy.Date{
		policy.NewDate(2024, 12, 1):  {},
		policy.NewDate(2025, 6, 10):  policy.NewDate(2025, 6, 4),   // Coreper: the Council has the priorities before it
		policy.NewDate(2025, 12, 1):  policy.NewDate(2025, 11, 11), // the Support Group: COSI has the OAPs
		policy.NewDate(2026, 11, 24): policy.NewDate(2026, 10, 24), // the Support Team: COSI has the reports
		policy.NewDate(2099, 1, 1):   policy.NewDate(2030, 2, 6),
	} {
		if got := rehearsal.LastTabled(&read.Definition, read.Script, today); got != want {
			t.Errorf("on %s, what is told ends on %s, want %s", today, got, want)
		}
	}
}
