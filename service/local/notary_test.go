package local_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
	"github.com/policycycle/policycycle/timestamps"
	"github.com/policycycle/policycycle/timestamps/timestampstest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// starts gives records in which cycles have started.
func starts(t *testing.T, cycles ...string) *store.Store {
	t.Helper()
	s := storetest.New(t)
	for _, cycle := range cycles {
		by := policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}
		if _, err := s.StartCycle(t.Context(), store.NewCycle{ID: cycle, Definition: policytest.Cycle(cycle), By: by, Now: policytest.Date("2021-01-02").Time(policy.Brussels)}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func notary(t *testing.T, s *store.Store) *local.Notary {
	t.Helper()
	private, _, err := evidence.NewKey(rand.Reader, "office.example.eu")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := evidence.ParseSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return &local.Notary{Store: s, Signer: signer, Folder: t.TempDir(), Every: time.Hour, Log: zerolog.Nop()}
}

// Who is stopped more often than every hour has checkpoints all the same.
func TestNotaryRun_MakesACheckpointAtTheStart(t *testing.T) {
	t.Parallel()
	s := starts(t, "empact")
	n := notary(t, s)
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	for {
		audit, err := s.FindAudit(t.Context(), "empact")
		if err != nil {
			t.Fatal(err)
		}
		if len(audit.Checkpoints) == 1 {
			break
		}
		select {
		case err := <-ended:
			t.Fatalf("the notary has ended: %v", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	end()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(n.Folder, "empact", "000000001.txt")); err != nil {
		t.Error(err)
	}
}

// A folder in other hands may be away: what was signed stands in the records all the same,
// other cycles have theirs there, and it is exported once it can be.
func TestNotarySign_KeepsACheckpointThatCannotBeExported(t *testing.T) {
	t.Parallel()
	s := starts(t, "empact-1", "empact-2", "empact-3")
	n := notary(t, s)
	signed := 0
	n.Signed = func() { signed++ }
	// A file stands where the folder of the first cycle is to be.
	if err := os.WriteFile(filepath.Join(n.Folder, "empact-1"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if since, err := s.UnsignedSince(t.Context()); err != nil || since.IsZero() {
		t.Errorf("before anything is signed: %s, %v", since, err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if made, err := n.Sign(t.Context()); err == nil || len(made) != 3 {
		t.Errorf("made %+v, %v", made, err)
	}
	if since, err := s.UnsignedSince(t.Context()); err != nil || !since.IsZero() {
		t.Errorf("not signed since %s, %v", since, err)
	}
	exported := func() (cycles []string) {
		kept, err := s.LastCheckpoints(t.Context(), time.Time{})
		if err != nil || len(kept) != 3 {
			t.Fatalf("kept are %+v, %v", kept, err)
		}
		for _, c := range kept {
			if held, err := os.ReadFile(local.CheckpointFile(n.Folder, c)); err == nil && bytes.Equal(held, c.Signed) {
				cycles = append(cycles, c.Cycle)
			}
		}
		return cycles
	}
	if now := exported(); !slices.Equal(now, []string{"empact-2", "empact-3"}) {
		t.Errorf("exported are those of %v", now)
	}
	if err := n.Run(ended); err != nil || signed > 0 {
		t.Errorf("all is said to be exported: %v", err)
	}
	if err := os.Remove(filepath.Join(n.Folder, "empact-1")); err != nil {
		t.Fatal(err)
	}
	if err := n.Run(ended); err != nil || signed != 1 || len(exported()) != 3 {
		t.Errorf("then exported are those of %v, %v, told %d times", exported(), err, signed)
	}
}

// What is exported bears the time of an authority outside. One that is away is asked again, and
// once it has answered no more.
func TestNotarySign_HasAnAuthoritySayWhen(t *testing.T) {
	t.Parallel()
	s := starts(t, "empact-1", "empact-2")
	n, authority := notary(t, s), timestampstest.Open(t)
	n.Stamp = timestamps.Authority{URL: authority.URL}.Stamp
	authority.Away(true)
	if made, err := n.Sign(t.Context()); err == nil || len(made) != 2 {
		t.Errorf("made %+v, %v", made, err)
	}
	authority.Away(false)
	for range 2 {
		if _, err := n.Sign(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if authority.Count() != 2 {
		t.Errorf("the authority was asked %d times", authority.Count())
	}
	trusted, err := timestamps.Trusted(authority.PEM)
	if err != nil {
		t.Fatal(err)
	}
	for _, cycle := range []string{"empact-1", "empact-2"} {
		checkpoint, err := os.ReadFile(filepath.Join(n.Folder, cycle, "000000001.txt"))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := os.ReadFile(filepath.Join(n.Folder, cycle, "000000001.tsr"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := timestamps.Check(answer, checkpoint, trusted); err != nil {
			t.Error(err)
		}
	}
}
