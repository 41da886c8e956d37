package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/embedded"
	"github.com/policycycle/policycycle/embedded/running"
	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/rehearsal"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

var update = flag.Bool("update", false, "write the golden files and generated documents anew")

// golden compares text with a file under testdata, or writes it.
func golden(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s is not up to date; run go test ./cmd/policycycle -update:\n%s", file, diff)
	}
}

// fakeService answers with what a test gives it, and keeps what it was asked.
type fakeService struct {
	service.Service // nil: what a test does not expect panics
	decided         []service.Decide
	vocabulary      []policy.Usage
	submitted       []service.Submit
	opened          []service.OpenItem
	amended         []service.AmendCycle
	refuse          func(policy.Subject) error // of acts; nil accepts
	lines           func() ([]service.CycleLine, error)
	entered         []service.Enter
	positions       []service.Position
	launched        []service.Launch
	kept            bool           // what is handed in is kept as data
	by              policy.Actor   // to whom it was given last
	read            []policy.Actor // who looked at a subject
}

func (f *fakeService) As(who policy.Principal) service.Service {
	f.by = who.Actor
	return f
}

func (f *fakeService) ListBodies(context.Context) (policy.BodyTable, error) { return nil, nil }

func (f *fakeService) PrincipalOf(_ context.Context, by policy.Actor) (policy.Principal, error) {
	return policy.Asserted(by), nil
}

func (f *fakeService) receipt(id string, subject policy.Subject) (*service.Receipt, error) {
	if f.refuse != nil {
		if err := f.refuse(subject); err != nil {
			return nil, err
		}
	}
	return &service.Receipt{ID: "id-" + id, Subject: subject, Version: 1, Standing: policy.Standing{State: policy.StateClosed, Outcome: policy.Adopted}}, nil
}

func (f *fakeService) Decide(_ context.Context, d service.Decide) (*service.Receipt, error) {
	f.decided = append(f.decided, d)
	return f.receipt(d.ID, d.Subject)
}

func (f *fakeService) TakePosition(_ context.Context, p service.Position) (*service.Receipt, error) {
	f.positions = append(f.positions, p)
	return f.receipt(p.ID, p.Subject)
}

func (f *fakeService) Launch(_ context.Context, l service.Launch) (*service.Receipt, error) {
	f.launched = append(f.launched, l)
	return f.receipt(l.ID, l.Subject)
}

func (f *fakeService) FindSubject(context.Context, policy.Subject) (*service.Subject, error) {
	f.read = append(f.read, f.by)
	return &service.Subject{Stored: f.kept, Vocabulary: f.vocabulary}, nil
}

func (f *fakeService) Submit(_ context.Context, s service.Submit) (*service.Receipt, error) {
	f.submitted = append(f.submitted, s)
	return f.receipt(s.ID, s.Subject)
}

func (f *fakeService) OpenItem(_ context.Context, o service.OpenItem) (*service.Receipt, error) {
	f.opened = append(f.opened, o)
	return f.receipt(o.ID, o.Subject)
}

func (f *fakeService) AmendCycle(_ context.Context, a service.AmendCycle) (*service.Receipt, error) {
	f.amended = append(f.amended, a)
	return f.receipt(a.ID, policy.Subject{Cycle: a.Cycle, Kind: policy.KindDefinition})
}

func (f *fakeService) ListCycles(_ context.Context, filter service.CycleFilter) ([]service.CycleLine, error) {
	lines, err := f.lines()
	if at := slices.IndexFunc(lines, func(l service.CycleLine) bool { return l.ID == filter.Past }); at >= 0 {
		lines = lines[at+1:]
	}
	if filter.Most > 0 {
		lines = lines[:min(len(lines), filter.Most)]
	}
	return lines, err
}

// fakeParts are parts with the service in them and an engine that is up.
func fakeParts(svc service.Service) parts {
	untilEnd := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	return parts{
		defaultData: func() (string, error) { return "/data", nil },
		keptKey: func(string) (*evidence.Signer, *evidence.Keyring, error) {
			return new(evidence.Signer), new(evidence.Keyring), nil
		},
		find: func(dir string) (running.Info, error) {
			return running.Info{Dir: "/found" + dir, DatabaseURL: "postgres://found/db", TemporalAddress: "127.0.0.1:1"}, nil
		},
		announce: func(running.Info) (func(), error) { return func() {}, nil },
		startEngine: func(context.Context, embedded.Options) (privateEngine, error) {
			return nil, errors.New("no engine in this test")
		},
		temporal: func(context.Context, connection) (placed, error) {
			return placed{namespace: engine.Namespace{Name: "policycycle", Retention: engine.Retention}}, nil
		},
		operations: func(context.Context, connection) (operations, error) { return operations{}, nil },
		migrate:    func(context.Context, connection) error { return nil },
		keys:       func(context.Context, connection) ([]store.Key, error) { return nil, nil },
		retireKey: func(_ context.Context, _ connection, key store.Key, _ bool) (store.Key, error) {
			return key, nil
		},

		askProvider: func(context.Context, identity.Options) error { return nil },
		read: func(context.Context, connection) (*rooms, error) {
			return &rooms{Service: svc, close: func() {}}, nil
		},
		open: func(context.Context, connection, zerolog.Logger) (*rooms, error) {
			return &rooms{Service: svc, work: untilEnd, ready: func(context.Context) error { return nil }, waiting: func(context.Context) (int, error) { return 0, nil }, close: func() {}}, nil
		},
		play:      func(ctx context.Context, _ rehearsal.Theatre, _ zerolog.Logger) { <-ctx.Done() },
		readCycle: func(string, io.Reader) (*files.CycleFile, error) { return &files.CycleFile{}, nil },
		readAmendment: func(string, io.Reader) (*files.AmendmentFile, error) {
			return &files.AmendmentFile{Amendment: policy.Amendment{Reason: "because"}}, nil
		},
	}
}

// ran is what a command wrote and its exit status.
type ran struct {
	out, err string
	status   int
}

// command runs the command line on the parts.
func command(ctx context.Context, p parts, environ []string, args ...string) ran {
	var out, err bytes.Buffer
	a := newApp(p, bytes.NewReader(nil), &out, &err, environ)
	status := a.run(ctx, args)
	return ran{out.String(), err.String(), status}
}
