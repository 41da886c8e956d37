package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/dbos-inc/dbos-transact-golang/dbos"
)

const (
	topic   = "approval"
	patient = time.Hour // how long somebody waits at most
)

// openDBOS gives DBOS Transact: a workflow for each plan waits for an approval,
// records it in one transaction, and says so by an event, for which the caller waits.
func openDBOS(ctx context.Context, st *stand) (s *subject, err error) {
	defer func() { err = of("dbos", err) }()
	pool, err := openRecords(ctx, st, st.database("dbos"), st.runs)
	if err != nil {
		return nil, err
	}
	app, err := dbos.NewContext(ctx, dbos.Config{AppName: "peers", SystemDBPool: pool, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	st.atEnd(func() { dbos.Shutdown(app, 5*time.Second) })
	source, err := dbos.NewDataSource(app, pool) // the pool of DBOS: a step is one transaction
	if err != nil {
		return nil, err
	}
	plan := func(ctx dbos.Context, _ string) (string, error) {
		for {
			a, err := dbos.Recv[approval](ctx, topic, patient)
			if err != nil {
				return "", err
			}
			receipt, err := dbos.RunAsTransaction(ctx, source, func(ctx context.Context, tx dbos.Tx) (string, error) {
				return a.ID, recordWith(a, func(sql string, arguments ...any) error {
					_, err := tx.Exec(ctx, sql, arguments...)
					return err
				})
			})
			if err != nil {
				return "", err
			}
			if err := dbos.SetEvent(ctx, a.ID, receipt); err != nil {
				return "", err
			}
		}
	}
	dbos.RegisterWorkflow(app, plan, dbos.WithWorkflowName("plan"))
	if err := dbos.Launch(app); err != nil {
		return nil, err
	}
	for n := range st.runs {
		if _, err := dbos.RunWorkflow(app, plan, planKey(n), dbos.WithWorkflowID(planKey(n))); err != nil {
			return nil, err
		}
	}
	return &subject{name: "dbos", crowd: true, settle: flushing(pool), database: pool.Config().ConnConfig.Database, approve: func(_ context.Context, run int, comment string) error {
		a := approvalOf(planKey(run%st.runs), comment)
		if err := dbos.Send(app, a.Plan, a, topic); err != nil {
			return err
		}
		return is(a.ID)(dbos.GetEvent[string](app, a.Plan, a.ID, patient))
	}}, nil
}
