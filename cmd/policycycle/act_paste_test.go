package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// pasteService has a meeting that is to deal with two OAPs, and counts arrests.
type pasteService struct {
	fakeService
	decided []service.Decide
}

func (f *pasteService) As(policy.Principal) service.Service { return f }

func (f *pasteService) FindMeeting(context.Context, string, string) (*rules.MeetingView, error) {
	m := &rules.MeetingView{PlannedMeeting: policy.PlannedMeeting{Key: "cosi-2021-12", Title: "COSI, December 2021", Body: policy.COSI, On: policy.NewDate(2021, 12, 10)}}
	for i, key := range []string{"firearms", "drugs"} {
		m.Items = append(m.Items, rules.MeetingItem{Number: i + 1, Subject: "oap/2022/" + key, Title: "OAP 2022 " + key, Ripeness: rules.Ripe, Outcomes: policy.Outcomes})
	}
	return m, nil
}

func (f *pasteService) FindSubject(_ context.Context, s policy.Subject) (*service.Subject, error) {
	return &service.Subject{Subject: s, Path: s.Path()}, nil
}

func (f *pasteService) Decide(_ context.Context, d service.Decide) (*service.Receipt, error) {
	f.decided = append(f.decided, d)
	return &service.Receipt{ID: "r", Subject: d.Subject}, nil
}

func (f *pasteService) ListRows(context.Context, service.RowFilter) ([]policy.Row, error) {
	return []policy.Row{{Key: "arrests", Body: &policy.Indicator{Title: "Arrests", Unit: "persons"}}}, nil
}

func (f *pasteService) Summary(context.Context, string, rules.SummaryFilter) (*rules.Summary, error) {
	return &rules.Summary{Totals: rules.Sums{Figures: []rules.Sum{{Indicator: "arrests", Value: policy.Whole(829), Unit: "persons"}}}}, nil
}

func textFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "pasted.txt")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestMeetingRead_RecordsWhatItRecognisedOnceThatIsWanted(t *testing.T) {
	t.Parallel()
	svc, name := &pasteService{}, textFile(t, "ST 15421/21\n\n1. Adoption of the agenda\n2. OAPs 2022\nThe Committee adopted the plans.")
	read := []string{"meeting", "read", "c", "cosi-2021-12", name, "--as", "anna@general-secretariat"}
	for _, args := range [][]string{read, append(read, "-o", "json"), append(read, "--record"), append(read, "--record", "-o", "json")} {
		if got := command(t.Context(), fakeParts(svc), nil, args...); got.status != 0 || len(svc.decided) != 0 || !strings.Contains(got.out, "oap/2022/drugs") {
			t.Errorf("%v: %+v, and %d decisions", args, got, len(svc.decided))
		}
	}
	if got := command(t.Context(), fakeParts(svc), nil, append(read, "--record", "--yes")...); got.status != 0 || len(svc.decided) != 2 {
		t.Fatalf("%+v, and %d decisions", got, len(svc.decided))
	}
	for _, d := range svc.decided {
		if d.Outcome != policy.Adopted || d.Document != "ST 15421/21 INIT" || d.Date.String() != "2021-12-10" || d.Meeting != "COSI, December 2021" || d.Body != policy.COSI {
			t.Errorf("recorded is %+v", d)
		}
	}
}

func TestPress_NamesBothNumbers(t *testing.T) {
	t.Parallel()
	name := textFile(t, "In 2023 there were 1 229 arrests in 27 countries.")
	got := command(t.Context(), fakeParts(&pasteService{}), nil, "press", "c", name, "--year", "2023")
	for _, want := range []string{"1229", "829 persons", "400 more", "27 countries"} {
		if got.status != 0 || !strings.Contains(got.out, want) {
			t.Errorf("%q is missing: %+v", want, got)
		}
	}
	if got := command(t.Context(), fakeParts(&pasteService{}), nil, "press", "c", textFile(t, " ")); got.status != 2 {
		t.Errorf("an empty text: %+v", got)
	}
}
