package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// Enter keeps what was entered.
func (f *fakeService) Enter(_ context.Context, e service.Enter) (*service.Entered, error) {
	f.entered = append(f.entered, e)
	return &service.Entered{ID: "e1", Rows: len(e.Rows)}, nil
}

func TestEnter_TakesARowTypedOrFromAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "consents.csv")
	if err := os.WriteFile(file, []byte("key,date,state\n2022/firearms/2.3/fr,2022-01-05,confirmed\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	row := func(day policy.Date, consent policy.Consent, reason string) policy.Row {
		return policy.Row{Register: policy.RegConsents, Key: "2022/firearms/2.3/fr", Date: day, Body: &consent, Reason: reason}
	}
	officers := policy.Consent{State: policy.Confirmed, Contribution: "two officers"}
	for name, test := range map[string]struct {
		args []string
		want policy.Row
	}{
		"today": {
			[]string{"2022/firearms/2.3/fr", "state=confirmed", "contribution=two officers"}, row(policy.Date{}, officers, ""),
		},
		"on a day, with a reason": {
			[]string{"2022/firearms/2.3/fr", "state=confirmed", "contribution=two officers", "--date", "2022-01-05", "--reason", "as agreed"},
			row(policy.NewDate(2022, 1, 5), officers, "as agreed"),
		},
		"from a file": {[]string{"--file", file}, row(policy.NewDate(2022, 1, 5), policy.Consent{State: policy.Confirmed}, "")},
	} {
		svc := &fakeService{}
		got := command(t.Context(), fakeParts(svc), nil, append([]string{"register", "enter", "c", "consents", "--as", "claire@fr"}, test.args...)...)
		if got.status != 0 || len(svc.entered) != 1 {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		if diff := cmp.Diff([]policy.Row{test.want}, svc.entered[0].Rows, cmp.AllowUnexported(policy.Date{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestEnter_SendsNoRowThatCannotBeUnderstood(t *testing.T) {
	t.Parallel()
	for says, args := range map[string][]string{
		"FIELD=VALUE":          {"consents", "2022/firearms/2.3/fr", "confirmed"},
		"the others are":       {"consents", "2022/firearms/2.3/fr", "state=confirmed", "date=2022-01-05"},
		"is not a register":    {"consent", "2022/firearms/2.3/fr", "state=confirmed"},
		"a state of consent":   {"consents", "2022/firearms/2.3/fr", "state=perhaps"},
		"give CYCLE":           {"consents"},
		"did you mean state":   {"consents", "2022/firearms/2.3/fr", "staet=confirmed"},
		"cannot be read":       {"consents", "--file", "/nowhere.csv"},
		"code of a Member":     {"consents", "2022/firearms/2.3/europol", "state=confirmed"},
		"expected PERIOD/OAP/": {"consents", "fr", "state=confirmed"},
	} {
		svc := &fakeService{}
		got := command(t.Context(), fakeParts(svc), nil, append([]string{"register", "enter", "c", "--as", "claire@fr"}, args...)...)
		if got.status != 2 || len(svc.entered) > 0 || !strings.Contains(got.err, says) {
			t.Errorf("%q: status %d, %q; want %q", args, got.status, got.err, says)
		}
	}
}
