package local

import (
	"testing"

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
