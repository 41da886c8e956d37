package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
)

// What happened to many for one cause is one line, with their names.
func TestGroupFindings_PutsTogetherWhatHasOneCause(t *testing.T) {
	t.Parallel()
	var all []policy.Finding
	find := func(rule, format string, args ...any) {
		cause, about := policy.CauseOf(format, args...)
		said := policy.Say(format, args...)
		all = append(all, policy.Finding{Rule: rule, Severity: policy.Warns, Message: said.Message, Cause: cause.Message, CauseSaid: cause.Said, About: about, Mend: []policy.Body{"at", policy.Body(about)}})
	}
	const low = "%s was at COSI on %s at the level %s"
	for _, meeting := range []string{"2022-05-12", "2022-10-12"} {
		for _, state := range []string{"Austria", "Belgium", "Austria"} {
			find("S22", low, state, policy.Same{Part: meeting}, "expert")
		}
	}
	find("S16", "%d euro in %q name nothing", 5, "a1")
	find("S16", "%d euro in %q name nothing", 6, "a2")
	groups := policy.GroupFindings(all)
	var got []string
	for _, g := range groups {
		got = append(got, g.Cause)
	}
	want := []string{"… was at COSI on 2022-05-12 at the level …", "… was at COSI on 2022-10-12 at the level …", "… euro in … name nothing"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if names := groups[0].Names(); len(groups[0].Findings) != 3 || !cmp.Equal(names, []string{"Austria", "Belgium"}) {
		t.Errorf("%d of %v", len(groups[0].Findings), names)
	}
	if mend := groups[0].Mend(); len(mend) != 3 || mend[0] != "at" {
		t.Errorf("%v", mend)
	}
	if said := groups[0].CauseSaid; said.Form != low || !cmp.Equal(said.Parts, []string{"…", "2022-05-12", "…"}) {
		t.Errorf("%+v", said)
	}
	if all[0].Message != "Austria was at COSI on 2022-05-12 at the level expert" {
		t.Error(all[0].Message)
	}
}
