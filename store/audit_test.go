package store_test

import (
	"testing"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
)

// What was chained when it was recorded is what comes back from the tables.
func TestFindAudit_GivesBackWhatWasChained(t *testing.T) {
	t.Parallel()
	s := keeps(t)
	if _, err := enter(t, s, "e1", "2022-05-02", "fr", progress("1.1", "2022-05-01", policy.Ongoing)); err != nil {
		t.Fatal(err)
	}
	inOrder(t, s, key)
}

// inOrder makes sure that each line of the trail of a cycle holds what the tables hold.
func inOrder(t *testing.T, s *store.Store, cycle string) {
	t.Helper()
	audit, err := s.FindAudit(t.Context(), cycle)
	if err != nil {
		t.Fatal(err)
	}
	records := 0
	for _, line := range audit.Trail {
		record, there := audit.Records[line.Sequence]
		if there != (line.Record != "") || there && evidence.Digest(record) != line.Record {
			t.Errorf("line %d, %s %s: %s", line.Sequence, line.Act, line.ActID, record)
		}
		if there {
			records++
		}
	}
	if records != len(audit.Records) || records == 0 {
		t.Errorf("%d of %d records have a line", records, len(audit.Records))
	}
}
