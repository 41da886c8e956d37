package local_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

var (
	anna = policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}
	eva  = policy.Actor{Name: "Eva", Body: policy.SupportTeam}
	day  = policytest.Date("2022-02-01")
)

func counted(key string, on policy.Date, version int) policy.Row {
	return policy.Row{
		Register: policy.RegIndicators, Key: key, Date: on, By: eva,
		Body: &policy.Indicator{Title: "Arrests", Unit: "persons", Rule: "each once", Version: version},
	}
}

// listed gives the records of some cycles that wait for their assessments, and the
// service as France sees it.
func listed(t *testing.T) (*store.Store, service.Service) {
	t.Helper()
	s := storetest.New(t)
	for i := range 7 {
		definition := policytest.Cycle(fmt.Sprintf("cycle-%d", i))
		definition.Stores = []string{"indicators", "consents"}
		definition.Assessment.Due = definition.Assessment.Due.AddDays(-i % 3)
		now := day.Time(policy.Brussels)
		if _, err := s.StartCycle(t.Context(), store.NewCycle{ID: definition.Key, Definition: definition, By: anna, Now: now}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Reconcile(t.Context(), policy.Run{Kind: policy.RunCycle, Cycle: definition.Key}, now); err != nil {
			t.Fatal(err)
		}
	}
	seen, err := service.As(t.Context(), local.New(s, nil, nil), policy.Actor{Name: "Jean", Body: "fr"})
	if err != nil {
		t.Fatal(err)
	}
	return s, seen
}

func enters(t *testing.T, s *store.Store, by policy.Actor, rows ...policy.Row) error {
	t.Helper()
	_, err := s.Enter(t.Context(), store.Entering{ID: fmt.Sprint(rows[0].Key, rows[0].Date, by.Name), Cycle: "cycle-0", By: by, Rows: rows, Now: time.Now()})
	return err
}

// walked gives a list as it is gathered part by part, in parts of each size; between two
// parts something happens.
func walked[T any](t *testing.T, between func(), next func(past *T, most int) ([]T, error)) [][]T {
	t.Helper()
	var lists [][]T
	for most := 1; most < 6; most++ {
		all := []T{}
		var past *T
		for {
			part, err := next(past, most)
			if err != nil {
				t.Fatal(err)
			}
			if len(part) > most {
				t.Errorf("a part of %d has %d", most, len(part))
			}
			if all = append(all, part...); len(part) < most {
				break
			}
			past = &part[len(part)-1]
			between()
		}
		lists = append(lists, all)
	}
	return lists
}

func nothing() {}

func TestInbox_PartByPartIsTheWhole(t *testing.T) {
	t.Parallel()
	_, s := listed(t)
	for _, filter := range []service.InboxFilter{{}, {Overdue: true}, {Body: policy.Europol}, {Cycle: "cycle-3"}, {Mine: true}} {
		whole, err := s.Inbox(t.Context(), filter)
		if err != nil {
			t.Fatal(err)
		}
		for _, all := range walked(t, nothing, func(past *service.InboxItem, most int) ([]service.InboxItem, error) {
			part := filter
			if part.Most = most; past != nil {
				part.Past, part.PastDue = past.Subject, past.Due
			}
			return s.Inbox(t.Context(), part)
		}) {
			if diff := cmp.Diff(paths(whole), paths(all)); diff != "" {
				t.Errorf("%+v: %s", filter, diff)
			}
		}
	}
}

func paths(items []service.InboxItem) []string {
	list := []string{}
	for _, item := range items {
		list = append(list, item.Due.String()+" "+item.Subject.String())
	}
	return list
}

// France does not see what Germany tried in vain; what it sees has no gaps. Lines that
// come meanwhile come last.
func TestTrail_PartByPartIsTheWhole(t *testing.T) {
	t.Parallel()
	records, s := listed(t)
	n := 0
	happens := func() {
		if n++; n > 60 { // it must not go on for ever
			return
		}
		row := counted(fmt.Sprintf("arrests-%d", n), day, 1)
		if err := enters(t, records, policy.Actor{Name: "Dirk", Body: "de"}, row); policy.CodeOf(err) != policy.CodeNotCompetent {
			t.Fatal(err)
		}
		if err := enters(t, records, eva, row); err != nil {
			t.Fatal(err)
		}
	}
	for range 4 {
		happens()
	}
	for _, filter := range []service.TrailFilter{{}, {Act: "enter indicators"}, {Prefix: "assess"}, {Refused: true}} {
		for i, all := range walked(t, happens, func(past *service.TrailEntry, most int) ([]service.TrailEntry, error) {
			part := filter
			if part.Most = most; past != nil {
				part.Past = past.Sequence
			}
			return s.Trail(t.Context(), "cycle-0", part)
		}) {
			whole, err := s.Trail(t.Context(), "cycle-0", filter)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(whole[:min(len(all), len(whole))], all, cmpopts.EquateComparable(policy.Date{})); diff != "" {
				t.Errorf("%+v in parts of %d: %s", filter, i+1, diff)
			}
		}
	}
	for _, filter := range []service.TrailFilter{{}, {Refused: true}} {
		if _, err := s.Trail(t.Context(), "nowhere", filter); policy.CodeOf(err) != policy.CodeUnknown {
			t.Errorf("the trail of no cycle: %v", err)
		}
	}
}

func TestListRows_PartByPartIsTheWhole(t *testing.T) {
	t.Parallel()
	records, s := listed(t)
	for i, key := range []string{"b", "a-1", "b2", "a", "a1", "z", "c-3", "c", "ab"} {
		for version := range 1 + i%3 {
			if err := enters(t, records, eva, counted(key, day.AddDays(version), version+1)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, filter := range []service.RowFilter{{}, {Prefix: "a"}, {Register: policy.RegIndicators}, {Register: policy.RegConsents}} {
		filter.Cycle = "cycle-0"
		whole, err := s.ListRows(t.Context(), filter)
		if err != nil {
			t.Fatal(err)
		}
		next := func(past *policy.Row, most int) ([]policy.Row, error) {
			part := filter
			if part.Most = most; past != nil {
				part.Past = past.Place()
			}
			return s.ListRows(t.Context(), part)
		}
		for _, all := range walked(t, nothing, next) {
			if diff := cmp.Diff(keys(whole), keys(all)); diff != "" {
				t.Errorf("%+v: %s", filter, diff)
			}
		}
	}
	n := 0
	for _, all := range walked(t, func() {
		if n++; n > 40 { // it must not go on for ever
			return
		}
		if err := enters(t, records, eva, counted(fmt.Sprintf("%c-%d", 'a'+n%26, n), day, 1)); err != nil {
			t.Fatal(err)
		}
	}, func(past *policy.Row, most int) ([]policy.Row, error) {
		part := service.RowFilter{Cycle: "cycle-0", Most: most}
		if past != nil {
			part.Past = past.Place()
		}
		return s.ListRows(t.Context(), part)
	}) {
		seen := keys(all)
		if !slices.IsSorted(seen) || len(slices.Compact(slices.Clone(seen))) != len(seen) {
			t.Errorf("while rows come, the list is %v", seen)
		}
		for _, was := range []string{"b2", "a", "a-1", "a1", "ab", "b", "c", "c-3", "z"} {
			if !slices.ContainsFunc(all, func(r policy.Row) bool { return r.Key == was }) {
				t.Errorf("while rows come, %s is not listed: %v", was, seen)
			}
		}
	}
}

func keys(rows []policy.Row) []string {
	list := []string{}
	for _, row := range rows {
		list = append(list, fmt.Sprint(row.Register, " ", row.Key, " ", row.Date))
	}
	return list
}
