package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// mute is a service that does what is asked, and the first so many times does not answer.
type mute struct {
	fakeWorklist
	unanswered int
	rehearsals map[string]bool
}

func (m *mute) As(who policy.Principal) service.Service {
	m.by = who.Actor
	return m
}

func (m *mute) answer(ctx context.Context) error {
	if m.unanswered == 0 {
		return nil
	}
	m.unanswered--
	<-ctx.Done()
	return ctx.Err()
}

func (m *mute) Claim(ctx context.Context, _ service.Claim) error             { return m.answer(ctx) }
func (m *mute) Remind(ctx context.Context, _ service.Remind) error           { return m.answer(ctx) }
func (m *mute) ChangeRole(ctx context.Context, _ service.ChangeRole) error   { return m.answer(ctx) }
func (m *mute) LinkAccount(ctx context.Context, _ service.LinkAccount) error { return m.answer(ctx) }

func (m *mute) ErasePerson(ctx context.Context, _ int64) error { return m.answer(ctx) }

func (m *mute) SaveDraft(ctx context.Context, d service.SaveDraft) (*service.Draft, error) {
	saved, err := m.fakeWorklist.SaveDraft(ctx, d)
	if err == nil {
		err = m.answer(ctx)
	}
	return saved, err
}

func (m *mute) DropDraft(ctx context.Context, d service.SaveDraft) error {
	if err := m.fakeWorklist.DropDraft(ctx, d); err != nil {
		return err
	}
	return m.answer(ctx)
}

func (m *mute) ListCycles(context.Context, service.CycleFilter) ([]service.CycleLine, error) {
	lines := []service.CycleLine{{ID: "empact-rehearsal-1"}}
	for id := range m.rehearsals {
		lines = append(lines, service.CycleLine{ID: id, Stage: policy.StageClosed})
	}
	return lines, nil
}

func (m *mute) StartCycle(ctx context.Context, in service.StartCycle) (*service.Cycle, error) {
	m.rehearsals[in.Rehearsal.ID] = true
	return &service.Cycle{CycleLine: service.CycleLine{ID: in.Rehearsal.ID}}, m.answer(ctx)
}

func (m *mute) FindCycle(_ context.Context, id string) (*service.Cycle, error) {
	return &service.Cycle{CycleLine: service.CycleLine{ID: id, Stage: policy.StageClosed}}, nil
}

func TestActing_SaysThatUnansweredActsAreSafeToRepeat(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "oap.json")
	if err := os.WriteFile(file, []byte(`{"actions": []}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{
		"claim " + oap, "claim " + oap + " --release", "remind " + oap + " --to cosi",
		"draft save " + oap + " --revision 3 --file " + file, "draft drop " + oap + " --revision 3",
		"people grant 7 official@europol", "people withdraw 7 official@europol", "people link 7 https://login.example.eu berg", "people erase 7",
	} {
		t.Run(typed, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				svc := &mute{unanswered: 1, fakeWorklist: fakeWorklist{draft: service.Draft{Revision: 3, By: "sven@es", Content: policy.NewContent(policy.KindOAP)}}}
				args := append(strings.Fields(typed), "--as", "lucia@es")
				first := command(t.Context(), fakeParts(svc), nil, args...)
				if first.status != 11 || !strings.Contains(first.err, "may or may not be recorded") || strings.Contains(first.err, "nothing was changed") {
					t.Errorf("unanswered: %+v", first)
				}
				if again := command(t.Context(), fakeParts(svc), nil, args...); again.status != 0 {
					t.Errorf("repeated: %+v", again)
				}
				<-time.After(time.Minute) // for what goes on though nobody waits
			})
		})
	}
}

func TestRehearse_StartsOnceThoughNoAnswerCame(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		unanswered int
		args       []string
		status     int
		says       string
	}{
		"answered the second time": {1, nil, 0, "as empact-rehearsal-2:"},
		"never answered":           {1000, nil, 11, "with --id empact-rehearsal-2:"},
		"repeated under its ID":    {0, []string{"--id", "empact-rehearsal-2"}, 0, "as empact-rehearsal-2:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				svc := &mute{unanswered: tc.unanswered, rehearsals: map[string]bool{}}
				p := fakeParts(svc)
				p.readCycle = func(string, io.Reader) (*files.CycleFile, error) {
					return &files.CycleFile{Definition: policy.Definition{Key: "empact"}}, nil
				}
				got := command(t.Context(), p, nil, append([]string{"rehearse", "-"}, tc.args...)...)
				if got.status != tc.status || !strings.Contains(got.err, tc.says) || len(svc.rehearsals) != 1 {
					t.Errorf("%+v, started %v", got, svc.rehearsals)
				}
				<-time.After(time.Minute) // for what goes on though nobody waits
			})
		})
	}
	got := command(t.Context(), fakeParts(nil), nil, "rehearse", "--watch", "empact-rehearsal-1", "--id", "empact-rehearsal-2")
	if got.status != 2 || !strings.Contains(got.err, "give one of them") {
		t.Errorf("to go on with one and start another: %+v", got)
	}
}
