package store

import (
	"reflect"
	"slices"
	"testing"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

func TestNames_KeepPersonsApart(t *testing.T) {
	t.Parallel()
	people := names{of: map[int64]string{}, taken: map[string]bool{}}
	given := func(person int64, name string) string {
		return people.actor(policy.Actor{Person: person, Name: name, Body: policy.GeneralSecretariat}).String()
	}
	for _, one := range []struct {
		person     int64
		name, want string
	}{
		{1, "Anna Berg", "Anna Berg@general-secretariat"},
		{2, "anna berg", "anna berg (2)@general-secretariat"},
		{3, "", "erased person@general-secretariat"},
		{4, "", "erased person (2)@general-secretariat"},
		{3, "", "erased person@general-secretariat"},
		{1, "Anna Berg", "Anna Berg@general-secretariat"},
	} {
		if got := given(one.person, one.name); got != one.want {
			t.Errorf("person %d, %q, leaves as %s, want %s", one.person, one.name, got, one.want)
		}
	}
	absent := policy.Actor{Person: 4}
	r := people.in(policy.Recorded{Act: policy.Act{By: policy.Actor{Person: 2}, For: &absent}})
	if r.By.Name != "anna berg (2)" || r.For.Name != "erased person (2)" || r.By.Person != 0 || absent.Person != 4 {
		t.Errorf("the act leaves as by %v for %v", r.By, r.For)
	}
}

func TestNames_NumberWhomRowsNameAnew(t *testing.T) {
	t.Parallel()
	people := names{of: map[int64]string{}, taken: map[string]bool{}}
	row := func(away string, person, substitute int64) policy.Row {
		return policy.Row{
			Register: policy.RegSubstitutions, Key: away, Body: &policy.Substitution{Substitute: substitute}, By: policy.Actor{Person: person, Name: "Anna", Body: "fr"},
		}
	}
	consent := policy.Row{Register: policy.RegConsents, Key: "2022/firearms/1.1/fr", Body: &policy.Consent{}, By: policy.Actor{Person: 9, Name: "Bert", Body: "fr"}}
	rows := []policy.Row{row("7", 7, 40), consent, row("40", 40, 9), row("7", 7, 3)}
	told, named, err := people.number(rows, func(person int64) (string, error) {
		return map[int64]string{7: "Anna", 40: "Anna", 9: "Bert"}[person], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []policy.Row{row("1", 0, 2), consent, row("2", 0, 3), row("1", 0, 4)}
	want[1].By.Person, want[2].By.Name = 0, "Anna (2)"
	who := []policy.Named{{Number: 1, Name: "Anna"}, {Number: 2, Name: "Anna (2)"}, {Number: 3, Name: "Bert"}, {Number: 4, Name: "erased person"}}
	if !reflect.DeepEqual(told, want) || !slices.Equal(named, who) {
		t.Errorf("told of %v: %+v", named, told)
	}
	if body, is := rows[0].Body.(*policy.Substitution); !is || body.Substitute != 40 {
		t.Error("what is recorded was changed")
	}
}

// An act that came with the ID of one of another cycle leaves with it; one that was recorded
// here keeps its own.
func TestAsGiven_TakesOffTheKeyOfAnImport(t *testing.T) {
	t.Parallel()
	act := func(id, channel, restsOn string, names policy.Act) Act {
		return Act{Recorded: policy.Recorded{ID: id, Act: names}, Channel: channel, RestsOn: restsOn}
	}
	given := asGiven("live", []Act{
		act("live:council", evidence.ChannelImport, "", policy.Act{}),
		act("live:council-2", evidence.ChannelImport, "live:council", policy.Act{Confirms: "live:council"}),
		act("live:live:x", evidence.ChannelImport, "", policy.Act{Rectifies: "live:council"}),
		act("live:live:y", evidence.ChannelImport, "", policy.Act{}),
		act("live:launch", evidence.ChannelImport, "", policy.Act{}),
		act("live:launch-end", evidence.ChannelCalendar, "live:launch", policy.Act{}),
		act("live:y", "update", "", policy.Act{Opening: &policy.Opening{Adopts: "live:launch-end"}}),
		act("y", "update", "", policy.Act{Amendment: &policy.AmendmentRef{Decision: "live:y"}}),
	})
	var ids []string
	for _, a := range given {
		ids = append(ids, a.ID)
	}
	if want := []string{"council", "council-2", "live:x", "live:live:y", "launch", "launch-end", "live:y", "y"}; !slices.Equal(ids, want) {
		t.Errorf("%v", ids)
	}
	if given[1].Confirms != "council" || given[2].Rectifies != "council" || given[6].Opening.Adopts != "launch-end" || given[7].Amendment.Decision != "live:y" {
		t.Errorf("%+v", given)
	}
}
