package comments_test

import (
	"testing"

	"github.com/policycycle/policycycle/tools/comments"
)

func TestSentence_ReadsWithoutTheNameInGo(t *testing.T) {
	t.Parallel()
	for comment, want := range map[string]string{
		"":                                   "",
		"From is the\n first day.\n":         "The first day.",
		"From are the first days":            "The first days.",
		"From says that it has a first day.": "Whether it has a first day.",
		"From lists the days; none for all.": "The days; none for all.",
		"From leaves the turn out.":          "Leaves the turn out.",
		"key of the cycle before":            "Key of the cycle before.",
		"Fromage is cheese.":                 "Fromage is cheese.",
	} {
		if got := comments.Sentence("From", comment); got != want {
			t.Errorf("%q reads %q, want %q", comment, got, want)
		}
	}
}

func TestIn_FindsTypesAndFields(t *testing.T) {
	t.Parallel()
	found, err := comments.In("../../policy")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"policy.Window":     "A span of days, both ends included.",
		"policy.Receipt.ID": "ID of the record.",
		"policy.Population": "How many people live in a Member State.",
	} {
		if got := found[name]; got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
