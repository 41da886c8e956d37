package storetest

import (
	"context"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/store"
)

// touched are the databases, by name, that a test changed behind the back of the store.
var touched sync.Map

func nameIn(tb testing.TB, address string) string {
	tb.Helper()
	u, err := url.Parse(address)
	if err != nil {
		tb.Fatal(err)
	}
	return u.Path[1:]
}

// Verify checks the record of a cycle as an auditor would.
func Verify(ctx context.Context, s *store.Store, cycle string, further ...[]byte) (*evidence.Report, error) {
	d, err := s.FindAudit(ctx, cycle)
	if err != nil {
		return nil, err
	}
	d.Made = d.Trail[len(d.Trail)-1].Recorded
	return d.Verify(nil, further...), nil
}

// sound makes sure that nothing is found wrong with what a test left in its database, so
// that every test of the records shows that verification finds fault with nothing sound.
func sound(tb testing.TB, address string) {
	tb.Helper()
	if _, is := touched.Load(nameIn(tb, address)); is || tb.Failed() {
		return
	}
	ctx := context.WithoutCancel(tb.Context())
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return // the test has ended its Postgres
	}
	defer conn.Close(ctx)
	rows, _ := conn.Query(ctx, "SELECT id FROM cycles ORDER BY id")
	cycles, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(cycles) == 0 {
		return
	}
	s, err := store.Open(ctx, address, store.Options{Asserted: true})
	if err != nil {
		tb.Error(err)
		return
	}
	defer s.Close()
	for _, cycle := range cycles {
		r, err := Verify(ctx, s, cycle)
		if err != nil {
			tb.Errorf("verifying %s: %v", cycle, err)
			continue
		}
		for _, f := range r.Faults {
			if f.Kind == evidence.FaultSeal || f.Kind == evidence.FaultCheckpoint {
				continue // the keys are with the test
			}
			tb.Errorf("verifying %s, line %d: %s: %s", cycle, f.Sequence, f.Kind, f.Message)
		}
		for _, u := range r.Unchecked {
			tb.Errorf("verifying %s: %s", cycle, u.Message)
		}
	}
}
