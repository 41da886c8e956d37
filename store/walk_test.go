package store_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// Whoever goes through a list page by page sees everything once and in order, whatever comes
// meanwhile.
func TestLists_PageByPageGiveEverythingOnce(t *testing.T) {
	t.Parallel()
	s, _, owner := many(t)
	clones(t, owner, 1, 7)
	if _, err := owner.Exec(t.Context(), `INSERT INTO claims (cycle, path, person, body, claimed_at) SELECT cycle, path, 1, 'fr', now() FROM waiting WHERE body = '*' AND cycle LIKE '%3'`); err != nil {
		t.Fatal(err)
	}
	added := 7
	comes := func(rt *rapid.T) {
		const enough = 40
		if added++; added > enough || !rapid.Bool().Draw(rt, "something comes") {
			return
		}
		of := rapid.SampledFrom([]string{key, "rehearsed", "begun"}).Draw(rt, "of")
		if err := storetest.Clone(t.Context(), owner, of, added, added); err != nil {
			rt.Fatal(err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		kind := rapid.SampledFrom([]*bool{nil, new(false), new(true)}).Draw(rt, "kind")
		most := rapid.IntRange(1, 9).Draw(rt, "page")
		lines := store.LineFilter{Rehearsal: kind, Text: rapid.SampledFrom([]string{"", "-3", "nowhere"}).Draw(rt, "text")}
		walk(rt, comes, most, func(past *store.Line, most int) ([]store.Line, error) {
			page := lines
			if page.Most = most; past != nil {
				page.Past = past.ID
			}
			return s.ListCycles(t.Context(), page)
		}, func(l store.Line) string { return l.ID }, nil)
		open := store.OpenFilter{
			Reach: rapid.SampledFrom([]store.Reach{{All: true}, {All: true, Without: []string{"begun", key}}, {Among: []string{key + "-1", "rehearsed-3", "gone"}}, {}}).Draw(rt, "reach"),
			Body:  rapid.SampledFrom([]policy.Body{"", policy.Europol, policy.GeneralSecretariat, policy.EPPO, "fr"}).Draw(rt, "body"), Rehearsal: kind,
			Overdue: rapid.SampledFrom([]policy.Date{{}, date("2021-04-02"), date("2022-06-20")}).Draw(rt, "overdue"),
			Claimed: rapid.SampledFrom([]int64{0, 0, 1, 2}).Draw(rt, "taken on by"),
		}
		walk(rt, comes, most, func(past *store.OpenSubject, most int) ([]store.OpenSubject, error) {
			page := open
			if page.Most = most; past != nil {
				page.Past, page.PastDue = past.Subject, past.Due
			}
			return s.ListOpen(t.Context(), page)
		}, func(o store.OpenSubject) string { return o.Subject.String() }, func(a, b store.OpenSubject) int {
			return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Subject.Cycle, b.Subject.Cycle), cmp.Compare(a.Subject.Path(), b.Subject.Path()))
		})
	})
}

// walk goes through a list in parts, between which something comes, and holds that all that
// was there is given once, in the order of the whole.
func walk[T any](rt *rapid.T, comes func(*rapid.T), most int, next func(past *T, most int) ([]T, error), name func(T) string, order func(a, b T) int) {
	whole, err := next(nil, 0)
	if err != nil {
		rt.Fatal(err)
	}
	var seen []T
	for past := (*T)(nil); ; past = &seen[len(seen)-1] {
		part, err := next(past, most)
		if err != nil {
			rt.Fatal(err)
		}
		if seen = append(seen, part...); len(part) < most {
			break
		}
		comes(rt)
	}
	names := func(of []T) (all []string) {
		for _, one := range of {
			all = append(all, name(one))
		}
		return all
	}
	got, was := names(seen), names(whole)
	if twice := slices.Sorted(slices.Values(got)); len(slices.Compact(slices.Clone(twice))) != len(twice) {
		rt.Fatalf("something is given twice: %v", got)
	}
	among := slices.DeleteFunc(slices.Clone(got), func(n string) bool { return !slices.Contains(was, n) })
	if !slices.Equal(among, was) {
		rt.Fatalf("page by page it is %v, as a whole %v", among, was)
	}
	if order != nil && !slices.IsSortedFunc(seen, order) {
		rt.Fatalf("it is out of order: %v", got)
	}
}

// What an inbox gives is what stands in the subjects: whose turn it is, of whom a second
// person is awaited, and what nobody in particular is to do.
func TestListOpen_GivesWhatWaitsForABody(t *testing.T) {
	t.Parallel()
	s, _, owner := many(t)
	clones(t, owner, 1, 3)
	for sql, what := range map[string]string{
		"UPDATE subjects SET turn = '{}' WHERE cycle = 'rehearsed-1'":                                                  "nobody's turn",
		"UPDATE subjects SET pending = (SELECT id FROM acts WHERE cycle = subjects.cycle LIMIT 1) WHERE cycle LIKE $1": "a second person",
		"UPDATE subjects SET turn = '{fr,de}' WHERE cycle = 'rehearsed-2'":                                             "the turn of two",
		"UPDATE cycles SET day = '2030-01-01' WHERE id = 'rehearsed-3'":                                                "a rehearsal that is late",
		"UPDATE subjects SET due = '2020-12-31' WHERE cycle = 'begun'":                                                 "something late",
	} {
		var args []any
		if what == "a second person" {
			args = append(args, key+"-2")
		}
		if tag, err := owner.Exec(t.Context(), sql, args...); err != nil || tag.RowsAffected() == 0 {
			t.Fatal(what, err)
		}
	}
	rows, _ := owner.Query(t.Context(), `SELECT s.cycle || '/' || s.path, s.turn, coalesce(a.body, ''), s.due < coalesce(c.day, '2021-02-01')
		FROM subjects s JOIN cycles c ON c.id = s.cycle LEFT JOIN acts a ON a.id = s.pending WHERE s.due IS NOT NULL ORDER BY s.due, s.cycle, s.path`)
	type waits struct {
		Subject string
		Turn    []string
		Second  string
		Late    bool
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[waits])
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []policy.Body{"", policy.Europol, policy.Presidency, policy.GeneralSecretariat, "fr", "se", "it", policy.EPPO} {
		for _, overdue := range []bool{false, true} {
			var want []string
			for _, w := range all {
				turn := slices.ContainsFunc(w.Turn, func(b string) bool { return slices.Contains(policy.BodyTable(nil).TurnsOf(body), policy.Body(b)) })
				waitsFor := body == "" || turn || w.Second == string(body) || len(w.Turn) == 0 && body.MemberState()
				if waitsFor && (w.Late || !overdue) {
					want = append(want, w.Subject)
				}
			}
			f := store.OpenFilter{Reach: store.Reach{All: true}, Body: body}
			if overdue {
				f.Overdue = date("2021-02-01")
			}
			open, err := s.ListOpen(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range open {
				got = append(got, o.Subject.String())
			}
			if !slices.Equal(got, want) {
				t.Errorf("for %q, overdue %v: %v, want %v", body, overdue, got, want)
			}
		}
	}
}

// Where pg_trgm is missing, the same is found, and migrate makes up for it once it is there.
func TestSearch_DoesWithoutItsIndexes(t *testing.T) {
	t.Parallel()
	s, _, owner := many(t)
	search := func() string {
		hits, err := s.Search(t.Context(), store.SearchFilter{Text: "firearms", Cycles: all, Plans: all, Most: 50})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(hits)
	}
	with := search()
	for _, step := range []struct {
		sql     string
		indexed bool
	}{{"DROP EXTENSION pg_trgm CASCADE", false}, {"SELECT index_for_search()", true}} {
		if _, err := owner.Exec(t.Context(), step.sql); err != nil {
			t.Fatal(err)
		}
		if p, err := s.FindPrivileges(t.Context()); err != nil || p.SearchesByIndex != step.indexed {
			t.Errorf("after %s, it is said that a search goes by an index: %v, %v", step.sql, p.SearchesByIndex, err)
		}
		if without := search(); without != with {
			t.Errorf("after %s, it finds %s, before %s", step.sql, without, with)
		}
	}
}
