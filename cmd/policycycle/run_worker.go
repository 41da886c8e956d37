package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/embedded"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
)

func (a *app) migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Make an existing Postgres and Temporal ready",
		Long: `Brings the tables of an existing Postgres up to date and, where a Temporal is
configured, makes its namespace and adds the search attributes by which its own
list is asked, where that is allowed. To repeat it is safe. up does so by itself.`,
		Example: `  DATABASE_URL=postgres://policycycle@db/policycycle \
  TEMPORAL_ADDRESS=temporal.example.eu:7233 policycycle migrate`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conn, err := a.database()
			if err != nil {
				return err
			}
			if err := a.wait(cmd.Context(), a.migrating(conn), func(ctx context.Context) error { return a.parts.migrate(ctx, conn) }); err != nil {
				return err
			}
			result := struct {
				Database config.DatabaseURL `json:"database"`
				Migrated bool               `json:"migrated"`
			}{config.DatabaseURL(conn.databaseURL), true}
			return a.print(result, func(p *page) {
				p.line("The records in %s are up to date.", result.Database)
				if at := conn.temporal.Address; at != "" && at == a.config.Temporal.Address { // a private one knows
					p.line("On the Temporal at %s, set limit.blobSize.error to %d for the namespace %s: what is larger is no act.", at, embedded.MaxPayload, conn.temporal.Namespace)
				}
			})
		},
	}
}

// migrating is what is waited for while tables are changed, however long one takes,
// as long as Postgres lives.
func (a *app) migrating(conn connection) waiting {
	w := asking(conn.name, func(ctx context.Context) error {
		r, err := a.parts.read(ctx, conn)
		if err == nil {
			r.close()
		}
		return err
	})
	w.endless, w.after = true, ": to repeat it is safe"
	return w
}

// database gives the Postgres to migrate; unlike everything else that needs no
// Temporal.
func (a *app) database() (connection, error) {
	url := a.config.Database.URL
	if a.config.Database.OwnerURL != "" {
		url = a.config.Database.OwnerURL
	}
	if url == "" || a.config.Origin("data").Kind == config.FromFlag {
		return a.connection()
	}
	return connection{name: url.String(), databaseURL: url.Reveal(), temporal: a.config.Temporal}, nil
}

func (a *app) workerCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "worker",
		Short: "Do the work of the cycles on an existing Temporal and Postgres",
		Long: `Does the work of the cycles on an existing Temporal and Postgres until Ctrl-C:
waits for due dates, reminds, and carries each decision into the record.
Several may run at once.`,
		Example: `  DATABASE_URL=postgres://policycycle@db/policycycle \
  TEMPORAL_ADDRESS=temporal.example.eu:7233 policycycle worker`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.work(cmd.Context()) },
	}
}

func (a *app) work(ctx context.Context) error {
	if err := a.startLog("info"); err != nil {
		return err
	}
	conn, err := a.connection()
	if err != nil {
		return err
	}
	conn.records.Role = store.RoleWorker
	if conn.records.Asserted { // whoever records then makes people known
		conn.records.Role = store.RoleApp
	}
	h := &house{conn: conn, failed: make(chan error, 1)}
	defer func() { _ = h.end() }()
	if err := a.observe(ctx, h, "worker"); err != nil {
		return err
	}
	if h.rooms, err = a.reach(ctx, h.conn); err != nil {
		return err
	}
	h.later(func() error { h.rooms.close(); return nil })
	if err := a.openMetrics(ctx, h); err != nil {
		a.log.Warn().Err(err).Msg("the figures of this worker are not served")
	}
	h.run(ctx, h.work)
	if err = h.waitReady(ctx, h.rooms); err == nil {
		h.run(ctx, func(ctx context.Context) error { a.parts.play(ctx, h.rooms.theatre, a.log); return nil })
		behind := h.behind(ctx, 0)
		told := &progress{screen: a.out}
		told.note("%s At work on %s. Ctrl-C ends it.", a.readyIn(behind), conn.name)
		err = h.waitTelling(ctx, behind, told.note)
		_, _ = fmt.Fprintln(a.out, "Stopping: what is under way is finished first.")
	}
	ended := h.end()
	if err == nil && ended == nil {
		_, _ = fmt.Fprintln(a.out, "Stopped.")
	}
	if err == nil && ended != nil {
		err = policy.Refuse(policy.CodeInternal, "it did not end cleanly: %s", ended)
	}
	return err
}
