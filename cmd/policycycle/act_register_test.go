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
		"expected PERIOD/OAP/": {"consents", "fr", "state=confirmed"},
	} {
		svc := &fakeService{}
		got := command(t.Context(), fakeParts(svc), nil, append([]string{"register", "enter", "c", "--as", "claire@fr"}, args...)...)
		if got.status != 2 || len(svc.entered) > 0 || !strings.Contains(got.err, says) {
			t.Errorf("%q: status %d, %q; want %q", args, got.status, got.err, says)
		}
	}
}

// ListRows gives what was entered.
func (f *fakeService) ListRows(context.Context, service.RowFilter) ([]policy.Row, error) {
	var rows []policy.Row
	for _, e := range f.entered {
		rows = append(rows, e.Rows...)
	}
	return rows, nil
}

// What is taken out for a spreadsheet program is entered again as it was.
func TestRegisterShow_WritesCSVThatIsEnteredAgain(t *testing.T) {
	t.Parallel()
	row := policy.Row{
		Register: policy.RegConsents, Key: "2022/firearms/1.10/fr", Date: policy.NewDate(2022, 1, 5), By: policy.Actor{Name: "Zoë", Body: "fr"},
		Body: &policy.Consent{State: policy.Confirmed, Contribution: "=HYPERLINK(\"http://127.0.0.1/x\")\n„Müller“"},
	}
	for form, head := range map[string]string{"": "\ufeffkey,date,by,reason,state,condition,contribution\n", "--semicolons": "\ufeffkey;date;by;reason;state;condition;contribution\n"} {
		svc := &fakeService{entered: []service.Enter{{Rows: []policy.Row{row}}}}
		args := append([]string{"register", "show", "c", "consents", "--csv"}, strings.Fields(form)...)
		got := command(t.Context(), fakeParts(svc), nil, args...)
		if got.status != 0 || !strings.HasPrefix(got.out, head) || !strings.Contains(got.out, "'=HYPERLINK") {
			t.Errorf("%q: %+v", form, got)
		}
		file := filepath.Join(t.TempDir(), "consents.csv")
		if err := os.WriteFile(file, []byte(got.out), 0o600); err != nil {
			t.Fatal(err)
		}
		again := &fakeService{}
		if got := command(t.Context(), fakeParts(again), nil, "register", "enter", "c", "consents", "--file", file, "--as", "claire@fr"); got.status != 0 {
			t.Fatalf("%+v", got)
		}
		if diff := cmp.Diff([]policy.Row{row}, again.entered[0].Rows, cmp.AllowUnexported(policy.Date{})); diff != "" {
			t.Errorf("%q: %s", form, diff)
		}
	}
	svc := &fakeService{entered: []service.Enter{{Rows: []policy.Row{row}}}}
	if got := command(t.Context(), fakeParts(svc), nil, "register", "show", "c", "consents"); got.status != 0 || strings.Contains(got.out, "condition") || !strings.Contains(got.out, "1.10/fr") {
		t.Errorf("for people: %+v", got)
	}
	if got := command(t.Context(), fakeParts(svc), nil, "register", "show", "c", "consents", "--semicolons"); got.status != 2 {
		t.Errorf("semicolons without CSV: %+v", got)
	}
}
