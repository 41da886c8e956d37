// Package bench measures what policycycle adds to the parts it stands on, as
// ratios within one run. It asserts nothing: run it with `make bench`; bench/peers
// measures others beside it, with `make peers`.
package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rs/zerolog"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/worker"
)

// Options say on which engine a bed stands.
type Options struct {
	// URL is the address of the database, TemporalAddress and Namespace that of Temporal.
	URL, TemporalAddress, Namespace string
	Store                           store.Options
	Sealer                          local.Sealer       // nil for none
	Keys                            *engine.Encryption // nil for none
	// Ahead is how far the calendar of the cycles is ahead of the clock; less than nothing is
	// behind it.
	Ahead time.Duration
}

// Bed is policycycle with its worker on an engine, and the bare parts beside it.
type Bed struct {
	*local.Service
	Store  *store.Store
	Engine *engine.Engine
	Client client.Client
	// Pool is the way of the bare parts to the same database.
	Pool *pgxpool.Pool

	ends []func()
}

// Make puts the rooms on an engine, with a worker.
func Make(ctx context.Context, o Options) (d *Bed, err error) {
	d = &Bed{}
	defer func() {
		if err != nil {
			d.Close()
		}
	}()
	if err := store.Migrate(ctx, o.URL); err != nil {
		return d, err
	}
	if d.Store, err = store.Open(ctx, o.URL, o.Store); err != nil {
		return d, err
	}
	d.ends = append(d.ends, d.Store.Close)
	if d.Pool, err = pgxpool.New(ctx, o.URL); err != nil {
		return d, err
	}
	d.ends = append(d.ends, d.Pool.Close)
	const table = "CREATE TABLE IF NOT EXISTS bare (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz DEFAULT now())"
	if _, err = d.Pool.Exec(ctx, table); err != nil {
		return d, err
	}
	dialled, err := engine.Dial(ctx, engine.Options{Address: o.TemporalAddress, Namespace: o.Namespace, Log: zerolog.Nop(), Encryption: o.Keys})
	if err != nil {
		return d, err
	}
	d.ends = append(d.ends, dialled.Close)
	w, err := worker.StartWith(dialled, o.registers(dialled, d.Store))
	if err != nil {
		return d, err
	}
	d.ends = append(d.ends, w.Stop)
	d.Engine, d.Client, d.Service = dialled, dialled.Client(), local.New(d.Store, dialled, o.Sealer)
	return d, nil
}

// Close ends what the bed has begun; the runs stay.
func (d *Bed) Close() {
	for ; len(d.ends) > 0; d.ends = d.ends[:len(d.ends)-1] {
		d.ends[len(d.ends)-1]()
	}
}

const (
	bareQueue  = "bare"
	bareUpdate = "update"
)

// bareWorkflow answers an update at once, or after one activity with one SQL
// statement.
func bareWorkflow(ctx workflow.Context, sql bool) error {
	err := workflow.SetUpdateHandler(ctx, bareUpdate, func(ctx workflow.Context) error {
		if !sql {
			return nil
		}
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		return workflow.ExecuteActivity(ctx, "insert").Get(ctx, nil)
	})
	if err != nil {
		return err
	}
	workflow.GetSignalChannel(ctx, "end").Receive(ctx, nil)
	return nil
}

// BareID names a bare run: its updates are answered at once, or after one activity
// with one SQL statement.
func BareID(sql bool, n int) string {
	if sql {
		return fmt.Sprintf("sql-%d", n)
	}
	return fmt.Sprintf("bare-%d", n)
}

// Bare starts a bare worker and, where they are not there yet, as many bare runs of
// each kind.
func (d *Bed) Bare(ctx context.Context, runs int) error {
	w := sdkworker.New(d.Client, bareQueue, sdkworker.Options{})
	w.RegisterWorkflowWithOptions(bareWorkflow, workflow.RegisterOptions{Name: "bare"})
	w.RegisterActivityWithOptions(func(ctx context.Context) error {
		_, err := d.Pool.Exec(ctx, "INSERT INTO bare DEFAULT VALUES")
		return err
	}, activity.RegisterOptions{Name: "insert"})
	if err := w.Start(); err != nil {
		return err
	}
	d.ends = append(d.ends, w.Stop)
	for n := range runs {
		for _, sql := range []bool{false, true} {
			if _, err := d.Client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: BareID(sql, n), TaskQueue: bareQueue}, "bare", sql); err != nil {
				return err
			}
		}
	}
	return nil
}

// Update asks a bare run, and waits for its answer.
func (d *Bed) Update(ctx context.Context, id string) error {
	handle, err := d.Client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: id, UpdateName: bareUpdate, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return err
	}
	return handle.Get(ctx, nil)
}
