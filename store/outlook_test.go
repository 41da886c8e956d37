package store_test

import (
	"maps"
	"reflect"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// What waits for a second person is told with what it states, so that whoever reads it can
// confirm it.
func TestReconcile_TellsWhatIsOpenAndWhatWaitsForASecondPerson(t *testing.T) {
	t.Parallel()
	s := started(t)
	record(t, s, "2021-04-10", sealed(t, "assessed", assessment("2021-04-10")))
	look(t, s, "2021-04-12")
	record(t, s, "2021-04-28", sealed(t, "submitted", policy.Act{
		Kind: policy.ActSubmit, Subject: on("priorities"), Date: date("2021-04-28"), By: policy.Actor{Name: "Eva", Body: policy.Presidency}, Digest: "sha256:p",
	}))
	decided := record(t, s, "2021-05-01", sealed(t, "decided", policy.Act{
		Kind: policy.ActDecide, Subject: on("priorities"), Date: date("2021-05-01"), By: anna, Body: policy.COSI, Outcome: policy.TookNote,
		Procedure: policy.Meeting, Document: "ST 1000/21 INIT", Version: 1, Digest: "sha256:p",
	}))
	if decided.Refusal != nil {
		t.Fatal(decided.Refusal)
	}
	_, stated, err := s.FindStated(t.Context(), "decided")
	if err != nil {
		t.Fatal(err)
	}
	got := decided.Orders.Outlook
	if got == nil || len(got.Open) == 0 {
		t.Fatalf("the orders tell nothing: %+v", decided.Orders)
	}
	open := got.Open[0]
	want := policy.Awaited{
		Subject: on("priorities"), Title: open.Title, State: policy.StateDeciding, Version: 1, Digest: "sha256:p",
		Turn: []policy.Body{policy.COSI}, Since: date("2021-04-28"), Due: open.Due,
		Waiting: &policy.Waiting{
			ID: "decided", Kind: policy.ActDecide, Body: policy.COSI, Outcome: policy.TookNote, Date: date("2021-05-01"), Document: "ST 1000/21 INIT", Stated: stated,
		},
	}
	if !reflect.DeepEqual(open, want) || open.Title == "" || open.Due.IsZero() {
		t.Errorf("what is open: %+v, %+v\nwant %+v, %+v", open, open.Waiting, want, want.Waiting)
	}
	seconded(t, s, decided.Receipt)
	after := look(t, s, "2021-05-02").Outlook
	if len(after.Open) != 1 || after.Open[0].Waiting != nil || after.Open[0].Turn[0] == policy.COSI {
		t.Errorf("once it is confirmed: %+v", after.Open)
	}
}

// Who reads where a run stands knows the bodies that ship, not those that the cycle names itself.
func TestReconcile_TellsTheTitlesOfBodiesThatTheCycleNames(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	d := definition()
	d.Bodies = policy.BodyTable{
		{Body: policy.Europol, Title: "Agency at The Hague", Kind: policy.KindAgency},
		{Body: "arms-agency", Title: "It has no turn", Kind: policy.KindAgency},
	}
	if _, err := s.StartCycle(t.Context(), store.NewCycle{ID: d.Key, Definition: d, By: anna, Now: noon("2021-01-05")}); err != nil {
		t.Fatal(err)
	}
	told := look(t, s, "2021-02-01").Outlook
	if want := map[policy.Body]string{policy.Europol: "Agency at The Hague"}; !maps.Equal(told.Names, want) {
		t.Errorf("it names %v, want %v; the turn is of %v", told.Names, want, told.Turn)
	}
	if public := told.ShownUpTo(policy.Public); public.Names != nil {
		t.Errorf("of what is public it names %v", public.Names)
	}
}
