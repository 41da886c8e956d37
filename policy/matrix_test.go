package policy_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
)

// Who may do what, one line for each body. x is yes. The columns:
//
//	ass assessment  pad advisory document  pri conclusions  mas MASP
//	oap OAP driven by Sweden  vac OAP without driver  rep report on the driven one
//	rev review  eva evaluation  obl obligation of the Commission  ite extraordinary item
//	cou, sup, tea, com record what the Council, the Support Group, the Support
//	Team and the Commission concluded  ope opens an item  ame amends  sta starts
const whoMayDoWhat = `
                     ass pad pri mas oap vac rep rev eva obl ite cou sup tea com ope ame sta
council               .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
coreper               .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
cosi                  .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
cosi-support-group    .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
support-team          .   .   .   .   x   x   x   .   .   .   .   .   .   x   .   .   .   .
presidency            .   x   x   x   .   .   .   .   .   .   x   .   .   .   .   x   x   x
general-secretariat   .   .   .   .   .   .   .   .   .   .   x   x   x   .   .   x   x   x
commission            .   x   .   x   .   .   .   .   x   x   x   .   .   .   x   .   .   .
europol               x   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .
eurojust              .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
evaluator             .   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .
european-parliament   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
se                    .   .   .   .   x   x   x   .   .   .   .   .   .   .   .   .   .   .
fr                    .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .
`

func TestAuthorise_SaysWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	item := new(policy.Definition).Opened(policy.Opening{Title: "Ukraine", Due: date("2022-03-28"), Through: []policy.Body{policy.Council}}, on("item/ukraine"), date("2022-03-20"))
	entries := []policy.Entry{
		entryOf(sound(), "assessment"), entryOf(sound(), "advisory-document"), entryOf(sound(), "priorities"), entryOf(sound(), "masp/general"),
		entryOf(sound(), oap), entryOf(sound(), "oap/2022/drugs"), entryOf(sound(), "report/2022/firearms/may"), entryOf(sound(), "review"),
		entryOf(sound(), "evaluation"), entryOf(sound(), "obligation/annual-report/2021-12-31"), item,
	}
	var got strings.Builder
	for line := range strings.Lines(whoMayDoWhat) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "ass" {
			got.WriteString(line)
			continue
		}
		by := policy.Actor{Name: "x", Body: policy.Body(fields[0])}
		var answers []error
		for _, e := range entries {
			answers = append(answers, policy.Authorise(policy.Asserted(by), policy.Act{Kind: policy.ActSubmit}, e))
		}
		for _, body := range []policy.Body{policy.Council, policy.COSISupportGroup, policy.SupportTeam, policy.Commission} {
			answers = append(answers, policy.Authorise(policy.Asserted(by), policy.Act{Kind: policy.ActDecide, Body: body}, policy.Entry{}))
		}
		answers = append(answers, policy.Authorise(policy.Asserted(by), policy.Act{Kind: policy.ActOpen}, policy.Entry{}),
			policy.Authorise(policy.Asserted(by), policy.Act{Kind: policy.ActAmend}, policy.Entry{}), policy.AuthoriseDeed(policy.Asserted(by), policy.DeedStart, "empact"))
		fmt.Fprintf(&got, "%-20s", fields[0])
		for _, err := range answers {
			mark := "."
			if err == nil {
				mark = "x"
			} else if !strings.HasPrefix(err.Error(), by.Body.Title()+" may not") {
				t.Errorf("%s is told %q, want told that it may not", by.Body, err)
			}
			fmt.Fprintf(&got, "  %s ", mark)
		}
		got.WriteString("\n")
	}
	trim := func(text string) []string {
		var lines []string
		for line := range strings.Lines(text) {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
		return lines
	}
	if diff := cmp.Diff(trim(whoMayDoWhat), trim(got.String())); diff != "" {
		t.Error(diff)
	}
}

func TestAuthorise_AllowsEveryStateAPlanWithoutADriver(t *testing.T) {
	t.Parallel()
	for _, state := range policy.MemberStates {
		vacant := policy.Authorise(policy.Asserted(policy.Actor{Name: "x", Body: state}), policy.Act{Kind: policy.ActSubmit}, entryOf(sound(), "oap/2022/drugs"))
		driven := policy.Authorise(policy.Asserted(policy.Actor{Name: "x", Body: state}), policy.Act{Kind: policy.ActSubmit}, entryOf(sound(), oap))
		if vacant != nil || (driven == nil) != (state == "se") {
			t.Errorf("%s: without driver %v, driven by Sweden %v", state, vacant, driven)
		}
	}
}

func TestCodeOf_FindsARefusalWhereverItIsWrapped(t *testing.T) {
	t.Parallel()
	refusal := policy.Refuse(policy.CodeNotReady, "%s is not adopted yet", "the MASP")
	wrapped := fmt.Errorf("record: %w", errors.Join(errors.New("other"), refusal))
	for want, err := range map[policy.Code]error{policy.CodeNotReady: wrapped, policy.CodeInternal: errors.New("disk full"), "": nil} {
		if got := policy.CodeOf(err); got != want {
			t.Errorf("%v has the code %q, want %q", err, got, want)
		}
	}
	if refusal.Error() != "the MASP is not adopted yet" {
		t.Errorf("it says %q", refusal)
	}
}

func TestSortEntries_FollowsTheOrderInWhichWorkStarts(t *testing.T) {
	t.Parallel()
	d := sound()
	entries := d.Agenda()
	slices.Reverse(entries)
	policy.SortEntries(entries)
	for i := 1; i < len(entries); i++ {
		before, after := entries[i-1], entries[i]
		if after.Opens.Before(before.Opens) || after.Opens == before.Opens && after.Subject.String() <= before.Subject.String() {
			t.Errorf("%s (%s) before %s (%s)", before.Subject, before.Opens, after.Subject, after.Opens)
		}
	}
	if len(entries) != len(d.Agenda()) || entries[0].Subject != on("assessment") {
		t.Errorf("%d entries, first %s", len(entries), entries[0].Subject)
	}
}
