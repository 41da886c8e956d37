package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

// sheetService has one consent, invited.
type sheetService struct{ fakeService }

func (f *sheetService) As(policy.Principal) service.Service { return f }

func (f *sheetService) FindCycle(context.Context, string) (*service.Cycle, error) {
	return &service.Cycle{}, nil
}

func (f *sheetService) ListRows(_ context.Context, filter service.RowFilter) ([]policy.Row, error) {
	if filter.Register != policy.RegConsents {
		return nil, nil
	}
	return []policy.Row{{Register: policy.RegConsents, Key: "2022/firearms/2.3/fr", Date: policy.NewDate(2022, 1, 5), Body: &policy.Consent{State: policy.Invited}}}, nil
}

func TestSheet_GoesOutAndIsTakenOnceItWasShown(t *testing.T) {
	t.Parallel()
	svc, dir := &sheetService{}, t.TempDir()
	out := filepath.Join(dir, "out.xlsx")
	if got := command(t.Context(), fakeParts(svc), nil, "sheet", "out", "c/registers/consents", "--to", out, "--as", "claire@fr"); got.status != 0 {
		t.Fatalf("%+v", got)
	}
	if got := command(t.Context(), fakeParts(svc), nil, "sheet", "in", out, "--yes", "--as", "claire@fr"); got.status != 0 || !strings.Contains(got.out, "nothing is changed") {
		t.Errorf("%+v", got)
	}
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	book, err := papers.Sheets{Service: svc, Words: texts.In("en")}.Register(t.Context(), service.RowFilter{Cycle: "c", Register: policy.RegConsents})
	if err != nil {
		t.Fatal(err)
	}
	book.Sheets[0].Lines[0].Cells[book.Sheets[0].Column("state")] = "confirmed"
	in := filepath.Join(dir, "in.xlsx")
	file, err := os.Create(in)
	if err == nil {
		err = book.Write(file)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"sheet", "in", in, "--as", "claire@fr"}, {"sheet", "in", in, "-o", "json", "--as", "claire@fr"}} {
		if got := command(t.Context(), fakeParts(svc), nil, args...); got.status != 0 || len(svc.entered) != 0 || !strings.Contains(got.out, "confirmed") {
			t.Errorf("%v: %+v, and %d entries", args, got, len(svc.entered))
		}
	}
	if got := command(t.Context(), fakeParts(svc), nil, "sheet", "in", in, "--yes", "--as", "claire@fr"); got.status != 0 || len(svc.entered) != 1 || !strings.Contains(got.out, "Recorded: 1 row") {
		t.Errorf("%+v, and %d entries", got, len(svc.entered))
	}
}
