package main

import (
	"context"
	"errors"
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

// planService has one OAP, and keeps what is handed in.
type planService struct {
	sheetService
	handed []service.Submit
}

func (f *planService) As(policy.Principal) service.Service { return f }

func (f *planService) FindSubject(_ context.Context, s policy.Subject) (*service.Subject, error) {
	return &service.Subject{Subject: s, Path: s.Path(), Title: "OAP 2022 Firearms", State: policy.StateDeciding, Version: 2}, nil
}

func (f *planService) FindDraft(_ context.Context, s policy.Subject) (*service.Draft, error) {
	action := policy.OperationalAction{Code: "1.1", Title: "Trace firearms", Kind: policy.Prevention, From: policy.NewDate(2022, 1, 1), To: policy.NewDate(2022, 12, 31)}
	return &service.Draft{Subject: s, Revision: 1, Content: &policy.OperationalPlan{Actions: []policy.OperationalAction{action}}}, nil
}

func (f *planService) SaveDraft(_ context.Context, d service.SaveDraft) (*service.Draft, error) {
	return &service.Draft{Subject: d.Subject, Revision: d.Revision + 1, Content: d.Content}, nil
}

func (f *planService) DropDraft(context.Context, service.SaveDraft) error { return nil }

func (f *planService) Submit(_ context.Context, in service.Submit) (*service.Receipt, error) {
	f.handed = append(f.handed, in)
	return &service.Receipt{ID: "r1", Subject: in.Subject, Version: 3}, nil
}

func TestSheet_IsHandedInWhereThatIsWanted(t *testing.T) {
	t.Parallel()
	svc, name := &planService{}, filepath.Join(t.TempDir(), "in.xlsx")
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	book, err := papers.Sheets{Service: svc, Words: texts.In("en")}.Of(t.Context(), "c", "oap/2022/firearms", "")
	if err != nil {
		t.Fatal(err)
	}
	book.Sheets[0].Lines[0].Cells[book.Sheets[0].Column("title")] = "Trace all firearms"
	file, err := os.Create(name)
	if err == nil {
		err = errors.Join(book.Write(file), file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := command(t.Context(), fakeParts(svc), nil, "sheet", "in", name, "--submit", "--as", "lucia@es"); len(svc.handed) != 0 || !strings.Contains(got.out, "in the place of version 2") {
		t.Errorf("before it is wanted: %+v", got)
	}
	got := command(t.Context(), fakeParts(svc), nil, "sheet", "in", name, "--submit", "--yes", "--document", "EX 1/21 REV 1", "--comment", "as agreed", "--as", "lucia@es")
	if got.status != 0 || len(svc.handed) != 1 || !strings.Contains(got.out, "Recorded: c/oap/2022/firearms, version 3") {
		t.Fatalf("%+v, and %d versions", got, len(svc.handed))
	}
	if in := svc.handed[0]; in.Revises != 2 || in.Document != "EX 1/21 REV 1" || in.Comment != "as agreed" || !strings.Contains(string(in.Content), "Trace all firearms") {
		t.Errorf("%+v", in)
	}
}
