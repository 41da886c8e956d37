package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// many gives records in which there are real cycles and rehearsals, of which everything
// waits, with what they are asked, and their owner.
func many(t *testing.T) (*store.Store, *storetest.Reads, *pgx.Conn) {
	t.Helper()
	url := storetest.URL(t)
	reads := &storetest.Reads{}
	s, err := store.Open(t.Context(), url, store.Options{Asserted: true, Trace: reads})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	owner, err := pgx.Connect(t.Context(), storetest.Owner(t, url))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = owner.Close(t.Context()) })
	takeOver(t, s)
	starts(t, s, "rehearsed", policy.Calendar{Day: date("2021-01-05"), YearSeconds: 10})
	starts(t, s, "begun", policy.Calendar{})
	return s, reads, owner
}

// starts begins a cycle, which waits for its first document.
func starts(t *testing.T, s *store.Store, id string, calendar policy.Calendar) {
	t.Helper()
	d := definition()
	d.Key = id
	now := noon("2021-01-05")
	cycle := store.NewCycle{ID: id, Definition: d, By: anna, Now: now, Calendar: calendar}
	if !calendar.RealTime() {
		cycle.Script = &policy.Script{}
	}
	if _, err := s.StartCycle(t.Context(), cycle); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reconcile(t.Context(), policy.Run{Kind: policy.RunCycle, Cycle: id}, now); err != nil {
		t.Fatal(err)
	}
}

// clones adds cycles to those that there are.
func clones(t *testing.T, owner *pgx.Conn, from, to int) {
	t.Helper()
	for _, cycle := range []string{key, "rehearsed"} {
		if err := storetest.Clone(t.Context(), owner, cycle, from, to); err != nil {
			t.Fatal(err)
		}
	}
	// As autovacuum leaves tables: what an index still has pending makes it look dear.
	if _, err := owner.Exec(t.Context(), "VACUUM (ANALYZE)"); err != nil {
		t.Fatal(err)
	}
}

// What a page of a list costs does not grow with the cycles that there are.
func TestLists_ReadNoMoreAmongManyCycles(t *testing.T) {
	t.Parallel()
	s, reads, owner := many(t)
	storetest.Tamper(t, owner.Config().ConnString(), "UPDATE subjects SET title = 'Counterfeit medals' WHERE cycle = 'begun'")
	const page, enough = 5, 100
	few, from := map[string]int{}, 1
	for _, size := range []int{20, 2000} {
		clones(t, owner, from, size)
		from = size + 1
		for name, do := range questions(s, page) {
			rows, plans := reads.Rows(t, owner, func() error { return do(t.Context()) })
			if few[name] == 0 { // a table that fits on a page is read as it is
				few[name] = max(rows, enough)
			}
			if rows > few[name] {
				t.Errorf("%s: among %d cycles, %d rows are looked at:\n%s", name, 2*size, rows, plans)
			}
		}
	}
}

// The notary looks at the trails in which something happened since it signed them.
func TestHeads_ReadWhatHasChanged(t *testing.T) {
	t.Parallel()
	s, reads, owner := many(t)
	signs := func() (signed int) {
		heads, err := s.Heads(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, head := range heads {
			if head.At = time.Now(); s.PutCheckpoint(t.Context(), head, []byte("signed")) != nil {
				t.Fatal("not signed:", head.Cycle)
			}
		}
		return len(heads)
	}
	if signed := signs(); signed != 3 {
		t.Errorf("at first %d trails are signed, want 3", signed)
	}
	clones(t, owner, 1, 1000) // with their checkpoints
	for _, changed := range []int{0, 1} {
		if changed == 1 {
			starts(t, s, "another", policy.Calendar{})
		}
		rows, plans := reads.Rows(t, owner, func() error {
			heads, err := s.Heads(t.Context())
			if len(heads) != changed {
				t.Errorf("%d trails are to be signed, want %d", len(heads), changed)
			}
			if err == nil {
				_, err = s.UnsignedSince(t.Context())
			}
			if err == nil {
				_, err = s.LastCheckpoints(t.Context(), time.Now().Add(time.Hour))
			}
			return err
		})
		if enough := 20; rows > enough {
			t.Errorf("where %d trails have changed, %d rows are looked at:\n%s", changed, rows, plans)
		}
	}
	if signed := signs() + signs(); signed != 1 {
		t.Errorf("then %d trails are signed, want 1", signed)
	}
}

// questions gives the first and the next page of each list.
func questions(s *store.Store, page int) map[string]func(context.Context) error {
	all := map[string]func(context.Context) error{}
	for kind, narrowed := range map[string]*bool{"": nil, " of real cycles": new(false), " of rehearsals": new(true)} {
		lists := map[string]store.LineFilter{"the list": {}, "the list by a text": {Text: "small-1"}, "the list by a text without hit": {Text: "nowhere"}}
		for name, f := range lists {
			f.Rehearsal, f.Most = narrowed, page
			all[name+kind] = func(ctx context.Context) error {
				lines, err := s.ListCycles(ctx, f)
				if err != nil || len(lines) < page {
					return err
				}
				f.Past = lines[len(lines)-1].ID
				_, err = s.ListCycles(ctx, f)
				return err
			}
		}
		inboxes := map[string]store.OpenFilter{
			"the inbox": {}, "the inbox of Europol": {Body: policy.Europol}, "the inbox of a body for which nothing waits": {Body: policy.EPPO},
			"the inbox of a Member State": {Body: "fr"}, "what is overdue": {Overdue: date("2022-06-01")}, "what is overdue, where nothing is": {Overdue: date("2020-01-01")},
			"what is overdue of a body": {Overdue: date("2022-06-01"), Body: policy.Europol}, "what somebody has taken on": {Claimed: 7},
		}
		for name, f := range inboxes {
			f.Reach, f.Rehearsal, f.Most = store.Reach{All: true}, narrowed, page
			all[name+kind] = func(ctx context.Context) error {
				open, err := s.ListOpen(ctx, f)
				if err != nil || len(open) < page {
					return err
				}
				f.Past, f.PastDue = open[len(open)-1].Subject, open[len(open)-1].Due
				_, err = s.ListOpen(ctx, f)
				return err
			}
		}
	}
	for name, text := range map[string]string{
		"a search without hit": "nowhere at all", "a search of a number without hit": "ST 9/99", "a search of a rare word": "medals", "a search of a cycle": "rehearsed-13",
	} {
		all[name] = func(ctx context.Context) error {
			_, err := s.Search(ctx, store.SearchFilter{
				Text: text, Cycles: store.Reach{All: true}, Plans: store.Reach{All: true}, Most: page,
			})
			return err
		}
	}
	return all
}
