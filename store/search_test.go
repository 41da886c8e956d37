package store_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

var all = store.Reach{All: true}

func whats(t *testing.T, s *store.Store, f store.SearchFilter) []string {
	t.Helper()
	f.Most = 50
	hits, err := s.Search(t.Context(), f)
	if err != nil {
		t.Fatalf("%+v: %v", f, err)
	}
	var whats []string
	for _, hit := range hits {
		whats = append(whats, hit.What)
	}
	slices.Sort(whats)
	return slices.Compact(whats)
}

func TestSearch_GoesPastADocumentThatIsNoPlan(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s, err := store.Open(t.Context(), url, store.Options{Asserted: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	takeOver(t, s)
	if got := whats(t, s, store.SearchFilter{Text: "trace", Cycles: all, Plans: all}); !slices.Equal(got, []string{"action"}) {
		t.Fatalf("before, %q are found", got)
	}
	const ofTheOAP = " WHERE digest = (SELECT held FROM acts WHERE path = 'oap/2022/firearms' AND kind = 'submit')"
	for name, body := range map[string]string{
		"no list of actions": `convert_to('{"actions": {"trace": 1}}', 'UTF8')`, "actions that are none": `convert_to('{"actions": ["trace", 1, null]}', 'UTF8')`,
		"no object": `convert_to('"trace"', 'UTF8')`, "not UTF-8": `'\xff7472616365'`, "a zero character": `convert_to('{"actions": [{"title": "trace \u0000"}]}', 'UTF8')`,
		"very deep": `convert_to('trace' || repeat('[', 1000000), 'UTF8')`, "nothing": `''`,
	} {
		storetest.Tamper(t, url, "UPDATE contents SET body = "+body+ofTheOAP)
		if got := whats(t, s, store.SearchFilter{Text: "trace", Cycles: all, Plans: all}); len(got) > 0 {
			t.Errorf("%s: %q are found", name, got)
		}
		if got := whats(t, s, store.SearchFilter{Text: "firearms", Cycles: all, Plans: all}); !slices.Equal(got, []string{"subject"}) {
			t.Errorf("%s: of others, %q are found", name, got)
		}
	}
	if got := whats(t, s, store.SearchFilter{Text: "firearms"}); len(got) > 0 {
		t.Errorf("the public finds %q", got)
	}
	if got := whats(t, s, store.SearchFilter{Text: "small"}); !slices.Equal(got, []string{"cycle"}) {
		t.Errorf("the public finds %q", got)
	}
}

// A question that takes too long is ended, so that it holds up nobody else.
func TestListCycles_DoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	bound := "?statement_timeout=5000" // long enough for a busy machine to open the store within it
	if strings.Contains(url, "?") {
		bound = "&" + bound[1:]
	}
	s, err := store.Open(t.Context(), url+bound, store.Options{Asserted: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	owner, err := pgx.Connect(t.Context(), storetest.Owner(t, url))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(t.Context())
	holds, err := owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holds.Exec(t.Context(), "LOCK TABLE cycles IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	if _, err = s.ListCycles(t.Context(), store.LineFilter{}); policy.CodeOf(err) != policy.CodeUnavailable || !strings.Contains(err.Error(), "takes too long") {
		t.Errorf("while another holds the table: %v", err)
	}
	if err := holds.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err = s.ListCycles(t.Context(), store.LineFilter{}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// Nobody types accents, capitals or a number as the records have them.
func TestSearch_FindsAWordHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s, err := store.Open(t.Context(), url, store.Options{Asserted: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	takeOver(t, s)
	storetest.Tamper(t, url, "UPDATE subjects SET title = 'Überfälle an der Straße, Łódź, Ηράκλειο, София, Århus, œuvre_100%' WHERE path = 'oap/2022/firearms'")
	for _, text := range []string{
		"überfälle", "UBERFALLE", "Uberfa\u0308lle", "strasse", "STRASSE", "straße", "STRAẞE", "lodz", "ŁÓDŹ", "Łódź", "ΗΡΑΚΛΕΙΟ", "ηρακλειο", "Ηράκλειο",
		"СОФИЯ", "софия", "arhus", "oeuvre_100%", "œuvre",
	} {
		if got := whats(t, s, store.SearchFilter{Text: text, Cycles: all, Plans: all}); !slices.Equal(got, []string{"subject"}) {
			t.Errorf("%s finds %q", text, got)
		}
	}
	for _, text := range []string{"strase", "oeuvreX100", "100_"} {
		if got := whats(t, s, store.SearchFilter{Text: text, Cycles: all, Plans: all}); len(got) > 0 {
			t.Errorf("%s finds %q", text, got)
		}
	}
	storetest.Tamper(t, url, "UPDATE acts SET document = 'ST 12345/21 REV 2' WHERE path = 'oap/2022/firearms' AND kind = 'submit'")
	for _, text := range []string{"ST 12345/21", "st 12345/21 rev 2"} {
		if got := whats(t, s, store.SearchFilter{Text: text, Cycles: all, Plans: all}); !slices.Equal(got, []string{"subject"}) {
			t.Errorf("the number %s finds %q", text, got)
		}
		if got := whats(t, s, store.SearchFilter{Text: text}); len(got) > 0 {
			t.Errorf("the public finds %q by %s", got, text)
		}
	}
}
