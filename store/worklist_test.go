package store_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// writes gives a draft of a person that was made from a revision.
func writes(t *testing.T, s *store.Store, name string, revision int, action string) store.Draft {
	t.Helper()
	who, err := s.PrincipalOf(t.Context(), policy.Actor{Name: name, Body: "es"})
	if err != nil {
		t.Fatal(err)
	}
	return store.Draft{
		Subject: policy.Subject{Cycle: key, Kind: policy.KindOAP, Period: "2022", Key: "firearms"}, Revision: revision, By: who.Actor, Saved: time.Now(),
		Content: &policy.OperationalPlan{Actions: []policy.OperationalAction{{Code: "1.1", Title: action}}},
	}
}

// Whoever had no answer in time saves again what may have been saved.
func TestSaveDraft_MakesOneRevisionOfTheSameTwice(t *testing.T) {
	t.Parallel()
	s := started(t)
	save := func(d store.Draft) error { return s.SaveDraft(t.Context(), d) }
	for range 2 {
		if err := save(writes(t, s, "Lucia", 0, "Parcels")); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := save(writes(t, s, "Lucia", 1, "Parcels and couriers")); err != nil {
			t.Fatal(err)
		}
	}
	if there, err := s.FindDraft(t.Context(), writes(t, s, "Lucia", 0, "").Subject); err != nil || there.Revision != 2 {
		t.Errorf("there is %+v, %v", there, err)
	}
	for what, d := range map[string]store.Draft{
		"another text of hers":          writes(t, s, "Lucia", 1, "Couriers"),
		"the same of somebody else":     writes(t, s, "Sven", 1, "Parcels and couriers"),
		"what she saved before that":    writes(t, s, "Lucia", 0, "Parcels"),
		"one made from what is not yet": writes(t, s, "Lucia", 3, "Parcels and couriers"),
	} {
		if err := save(d); policy.CodeOf(err) != policy.CodeWrongVersion {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestDropDraft_MayBeRepeated(t *testing.T) {
	t.Parallel()
	s := started(t)
	d := writes(t, s, "Lucia", 0, "Parcels")
	if err := s.SaveDraft(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, s.DropDraft(t.Context(), d.Subject, 2), policy.CodeWrongVersion)
	for range 2 {
		if err := s.DropDraft(t.Context(), d.Subject, 1); err != nil {
			t.Error(err)
		}
	}
	if there, err := s.FindDraft(t.Context(), d.Subject); err != nil || there != nil {
		t.Errorf("there is %+v, %v", there, err)
	}
}

// Postgres that ends a connection in the middle of a commit does not say what became of it.
func TestStore_NeverCallsAnUnansweredChangeUndone(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s, err := store.Open(t.Context(), url, store.Options{Asserted: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.StartCycle(t.Context(), store.NewCycle{ID: key, Definition: definition(), By: anna, Now: noon("2021-01-02")}); err != nil {
		t.Fatal(err)
	}
	owner, err := pgx.Connect(t.Context(), storetest.Owner(t, url))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(t.Context())
	for _, sql := range []string{
		"CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$",
		"CREATE CONSTRAINT TRIGGER break_off AFTER INSERT ON drafts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION break_off()",
	} {
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	refusedWith(t, s.SaveDraft(t.Context(), writes(t, s, "Lucia", 0, "Parcels")), policy.CodeOutcomeUnknown)
}
