package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/api"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/service/local"
)

func (a *app) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Know people, seal their acts and sign checkpoints",
		Long: `Serves an existing Temporal and Postgres until Ctrl-C: knows people by the tokens of
a provider (setting identity.kind), seals what they do with the key that it alone
has (seal.key), and signs checkpoints of the trail. worker does the work of the
cycles beside it; up does all of it on one machine.`,
		Example: `  policycycle serve --identity oidc --listen 0.0.0.0:8470 --config /etc/policycycle.yaml`,
		Args:    arguments(false),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context()) },
	}
}

func (a *app) serve(ctx context.Context) error {
	if err := a.startLog("info"); err != nil {
		return err
	}
	signer, ring, err := a.configuredKey()
	if err != nil {
		return err
	}
	conn, err := a.configured()
	if err == nil && conn.databaseURL == "" {
		err = needed("database.url", "say with database.url and temporal.address what to serve; on one machine, up does all of it")
	}
	if err != nil {
		return err
	}
	h := &house{failed: make(chan error, 1)}
	defer func() { _ = h.end() }()
	if h.conn, err = a.holding(conn, signer, ring); err != nil {
		return err
	}
	if h.rooms, err = a.reach(ctx, h.conn); err != nil {
		return err
	}
	h.later(func() error { h.rooms.close(); return nil })
	url, err := a.openOffice(ctx, h, signer, ring)
	if err != nil {
		return err
	}
	a.certify(ctx, h, signer)
	_, _ = fmt.Fprintf(a.out, "Ready in %.1f s, at %s for %s. Ctrl-C ends it.\n", time.Since(a.began).Seconds(), url, conn.name)
	err = h.wait(ctx)
	_, _ = fmt.Fprintln(a.out, "Stopping: what is under way is finished first.")
	return errors.Join(err, h.end())
}

// certify has checkpoints of the trail signed until the end.
func (a *app) certify(ctx context.Context, h *house, signer *evidence.Signer) {
	if h.rooms.records == nil {
		return
	}
	notary := &local.Notary{
		Store: h.rooms.records, Signer: signer, Folder: a.config.Audit.Checkpoints, Every: a.config.Audit.Every, Log: a.log,
	}
	h.run(ctx, notary.Run)
}

// openOffice opens the office where acts are sealed, and gives its address.
func (a *app) openOffice(ctx context.Context, h *house, signer *evidence.Signer, ring *evidence.Keyring) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", a.config.Server.Listen)
	if err != nil {
		return "", needed("server.listen", "nobody can listen at %s: another program does, or it is no address of this machine", a.config.Server.Listen)
	}
	scheme := "http"
	if a.config.Server.TLS.Cert != "" {
		scheme = "https"
	}
	address := scheme + "://" + listener.Addr().String()
	if a.config.Server.URL != "" { // how the world knows it
		address = a.config.Server.URL
	}
	opened, err := a.opensDoor(ctx, h.rooms.records, address)
	if err != nil {
		return "", errors.Join(err, listener.Close())
	}
	const patience = 30 * time.Second
	office := &api.Office{Identify: opened.identify, Signer: signer, Keys: ring, Log: a.log}
	server := &http.Server{
		Handler: opened.wrap(office.Handler()), MaxHeaderBytes: 64 << 10,
		ReadHeaderTimeout: patience / 3, ReadTimeout: patience, WriteTimeout: patience, IdleTimeout: 4 * patience,
	}
	serve := func() error { return server.Serve(listener) }
	if tls := a.config.Server.TLS; tls.Cert != "" {
		serve = func() error { return server.ServeTLS(listener, tls.Cert, tls.Key) }
	}
	h.run(ctx, func(ctx context.Context) error {
		ended := make(chan error, 1)
		go func() { ended <- serve() }()
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
			ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience/3)
			defer cancel()
			return server.Shutdown(ending)
		}
	})
	return address, nil
}
