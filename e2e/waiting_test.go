package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/advance"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// slowed gives the address of a Postgres by a line on which everything that is asked
// takes a while longer.
func slowed(t *testing.T, address string, by time.Duration) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	behind := u.Host
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			asked, err := listener.Accept()
			if err != nil {
				return
			}
			answers, err := new(net.Dialer).DialContext(t.Context(), "tcp", behind)
			if err != nil {
				_ = asked.Close()
				return
			}
			go func() { _, _ = io.Copy(asked, answers); _ = asked.Close() }()
			go func() {
				defer func() { _ = answers.Close() }()
				question := make([]byte, 64<<10)
				for {
					n, err := asked.Read(question)
					if err != nil {
						return
					}
					<-time.After(by)
					if _, err := answers.Write(question[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	u.Host = listener.Addr().String()
	return u.String()
}

func TestAWholeCycleIsImportedHoweverLongItTakes(t *testing.T) {
	t.Parallel()
	const key, timeout = "slowly-taken-over", 2 * time.Second
	in := pastUnderWay(t, key)
	folder := &files.Folder{CycleFile: files.CycleFile{Definition: in.Definition}, Documents: in.Documents}
	for _, act := range in.Acts {
		folder.Acts = append(folder.Acts, files.Act{ID: act.ID, Act: act.Act})
	}
	from := filepath.Join(t.TempDir(), "cycle")
	if err := files.WriteFolder(from, folder); err != nil {
		t.Fatal(err)
	}
	u := user{t, []string{
		"DATABASE_URL=" + slowed(t, shared.DatabaseURL, 15*time.Millisecond),
		"TEMPORAL_ADDRESS=" + shared.TemporalAddress, "TEMPORAL_NAMESPACE=" + shared.Namespace,
	}}
	began := time.Now()
	u.succeeds("cycle", "import", from, "--as", "anna@general-secretariat", "--timeout", timeout.String())
	if took := time.Since(began); took < timeout {
		t.Fatalf("it took %s: less than a command waits for an answer", took)
	}
	var again service.Cycle
	u.gets(&again, "cycle", "import", from, "--as", "anna@general-secretariat")
	if again.ID != key {
		t.Errorf("imported once more: %+v", again.CycleLine)
	}
}

// held holds the records of a cycle until the function that it gives is called.
func (h *house) held(t *testing.T, cycle string) (release func()) {
	t.Helper()
	owner, err := pgx.Connect(t.Context(), shared.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = owner.Close(context.WithoutCancel(t.Context())) })
	holds, err := owner.Begin(t.Context())
	if err == nil {
		_, err = holds.Exec(t.Context(), "SELECT FROM cycles WHERE id = $1 FOR UPDATE", cycle)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := holds.Rollback(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestAnActIsWaitedForAsLongAsSomebodyWatchesAndHasAnIDToBeRepeatedUnder(t *testing.T) {
	t.Parallel()
	const timeout = 300 * time.Millisecond
	h := enter(t, timeout)
	h.works()
	const cycle = "waited-for"
	enter(t, 0).starts(past(cycle))
	submit := service.Submit{Subject: at(cycle, "assessment"), Statement: service.Statement{Date: date("2021-04-10")}}
	eva := as(t, h, policy.Actor{Name: "Eva", Body: policy.Europol})

	release := h.held(t, cycle)
	_, err := eva.Submit(t.Context(), submit)
	refused(t, err, policy.CodeOutcomeUnknown, "no answer came in time")
	lost, _ := errors.AsType[*policy.Error](err)
	if lost == nil || lost.Record == "" {
		t.Fatalf("nobody knows under which ID to repeat it: %v", err)
	}
	type answer struct {
		receipt *service.Receipt
		err     error
	}
	answered := make(chan answer, 1)
	go func() { // the same act again, and somebody waits for it
		again := submit
		again.ID = lost.Record
		receipt, err := eva.Submit(advance.Watch(t.Context(), func(advance.Step) {}), again)
		answered <- answer{receipt, err}
	}()
	select {
	case got := <-answered:
		t.Fatalf("nothing can be recorded, and it is answered: %+v, %v", got.receipt, got.err)
	case <-time.After(4 * timeout):
	}
	release()
	got := <-answered
	if got.err != nil || got.receipt.ID != lost.Record || got.receipt.Version != 1 {
		t.Fatalf("%+v, %v", got.receipt, got.err)
	}

	// Under its ID it is the same act on any day, though no date is given.
	undated := submit
	undated.ID, undated.Date = lost.Record, policy.Date{}
	receipt, err := eva.Submit(t.Context(), undated)
	if err != nil || receipt.Version != 1 || !receipt.Recorded.Equal(got.receipt.Recorded) {
		t.Errorf("on another day: %+v, %v", receipt, err)
	}
}

func TestAnActThatStandsInAQueueIsWaitedForToo(t *testing.T) {
	t.Parallel()
	const timeout, many = 300 * time.Millisecond, 12 // more than are sent at once
	h := enter(t, timeout)
	h.works()
	const cycle = "queued-for"
	enter(t, 0).starts(past(cycle))
	release := h.held(t, cycle)
	answered := make(chan error, many)
	for n := range many {
		go func() {
			_, err := as(t, h, policy.Actor{Name: fmt.Sprintf("Eva %d", n), Body: policy.Europol}).Submit(advance.Watch(t.Context(), func(advance.Step) {}), service.Submit{
				Subject: at(cycle, "assessment"), Statement: service.Statement{Date: date("2021-04-10")},
			})
			answered <- err
		}()
	}
	select {
	case err := <-answered:
		t.Errorf("nothing can be recorded, and one has an answer: %v", err)
	case <-time.After(4 * timeout):
	}
	release()
	for range many {
		if err := <-answered; policy.CodeOf(err) == policy.CodeUnavailable || policy.CodeOf(err) == policy.CodeOutcomeUnknown {
			t.Errorf("left without an answer: %v", err)
		}
	}
}
