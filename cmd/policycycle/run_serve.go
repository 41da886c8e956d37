package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/api"
	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/httpapi"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/telemetry"
	"github.com/policycycle/policycycle/timestamps"
	"github.com/policycycle/policycycle/web"
	"github.com/policycycle/policycycle/worker"
)

func (a *app) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Open pages and API, seal acts and sign checkpoints",
		Long: `Serves an existing Temporal and Postgres until Ctrl-C: opens the pages for people and
the API for commands and programs (server.listen), knows people by the tokens of a
provider (identity.kind), seals what they do with the key that it alone has
(seal.key), and signs checkpoints of the trail. As long as names are believed it
listens on this machine alone. worker does the work of the cycles beside it; up does
all of it on one machine.`,
		Example: `  policycycle serve --identity oidc --listen 0.0.0.0:8470 --config /etc/policycycle.yaml`,
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
	h.conn.records.Role = store.RoleServe
	if err := a.observe(ctx, h, "serve"); err != nil {
		return err
	}
	if h.rooms, err = a.reach(ctx, h.conn); err != nil {
		return err
	}
	h.later(func() error { h.rooms.close(); return nil })
	address, err := a.openDoors(ctx, h, signer, ring, false)
	if err != nil {
		return err
	}
	a.certify(ctx, h, signer)
	h.run(ctx, h.rooms.keep)
	_, _ = fmt.Fprintf(a.out, "Ready in %.1f s, at %s for %s. Ctrl-C ends it.\n", time.Since(a.began).Seconds(), address, conn.name)
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
		Signed: telemetry.CountSigned,
	}
	if authority := a.config.Audit.Timestamps; authority != "" {
		notary.Stamp = timestamps.Authority{URL: authority}.Stamp
	}
	h.run(ctx, notary.Run)
}

// openDoors opens the service to commands, programs and browsers, and gives its
// address. Mail and events, which lead there, leave from then on.
func (a *app) openDoors(ctx context.Context, h *house, signer *evidence.Signer, ring *evidence.Keyring, demo bool) (string, error) {
	a.logAll()
	listener, err := a.listen(ctx)
	if err != nil {
		return "", err
	}
	scheme := "http"
	if a.config.Server.TLS.Cert != "" {
		scheme = "https"
	}
	address := scheme + "://" + listener.Addr().String()
	if a.config.Server.URL != "" { // how the world knows it
		address = a.config.Server.URL
	}
	ending := make(chan struct{}) // streams last as long as a page is open
	handler, err := a.doors(ctx, h, web.Options{
		Keys: ring, Demo: demo, Ending: ending, Streams: httpapi.NewStreams(), Acts: httpapi.NewActs(), Log: a.log,
	}, address, signer)
	if err == nil {
		err = a.openMetrics(ctx, h)
	}
	if err != nil {
		return "", errors.Join(err, listener.Close())
	}
	server := a.serverOf(handler)
	server.RegisterOnShutdown(func() { close(ending) })
	serve := func() error { return server.Serve(listener) }
	if tls := a.config.Server.TLS; tls.Cert != "" {
		serve = func() error { return server.ServeTLS(listener, tls.Cert, tls.Key) }
	}
	h.run(ctx, func(ctx context.Context) error { return a.serves(ctx, server, serve) })
	return address, a.sendOut(ctx, h, address)
}

// answerWithin is how long a request and its answer may take.
const answerWithin = 30 * time.Second

func (a *app) serverOf(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, MaxHeaderBytes: 64 << 10, ErrorLog: telemetry.Lines(a.log),
		ReadHeaderTimeout: answerWithin / 3, ReadTimeout: answerWithin, WriteTimeout: answerWithin, IdleTimeout: 4 * answerWithin,
	}
}

// serves serves until ctx ends, and lets what is under way come to its own: for as long as
// an answer may take, for later nobody could be told any more.
func (a *app) serves(ctx context.Context, server *http.Server, serve func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- serve() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), server.WriteTimeout)
	defer cancel()
	err := server.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		a.log.Warn().Dur("waited", server.WriteTimeout).Msg("requests were cut that took longer than an answer may: who sent them repeats them")
		return server.Close()
	}
	return err
}

// openMetrics serves the figures of this process at an address of their own, where
// one is configured: they are for whoever operates it, not for who reads pages.
func (a *app) openMetrics(ctx context.Context, h *house) error {
	at := a.config.Server.Metrics
	if at == "" {
		return nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", at)
	if err != nil {
		return needed("server.metrics", "nobody can listen at %s: another program does, or it is no address of this machine", at)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", h.conn.observed.metrics.Handler())
	server := a.serverOf(mux)
	h.run(ctx, func(ctx context.Context) error {
		return a.serves(ctx, server, func() error { return server.Serve(listener) })
	})
	return nil
}

// listen listens where the configuration says. Where it says nothing and another
// program has the usual port, any other is as good.
func (a *app) listen(ctx context.Context) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", a.config.Server.Listen)
	if err != nil && a.config.Origin("server.listen").Kind == config.FromDefault {
		listener, err = new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, needed("server.listen", "nobody can listen at %s: another program does, or it is no address of this machine", a.config.Server.Listen)
	}
	return listener, nil
}

// doors gives everything that is served: the office and the pages.
func (a *app) doors(
	ctx context.Context, h *house, o web.Options, url string, signer *evidence.Signer,
) (http.Handler, error) {
	d, err := a.opensDoor(ctx, h.rooms.records, url, signer)
	if err != nil {
		return nil, err
	}
	if h.rooms.stopped != nil {
		o.Stopped = func() []web.Stopped { return stoppedOf(h.rooms.stopped()) }
	}
	o.Service, o.Sessions, o.Principal, o.Provider = h.rooms, d.sessions, d.principal, originOf(a.config.Identity.Issuer)
	o.URL, o.Calendar, o.CalendarMarking = url, d.calendar, policy.Marking(a.config.Calendar.Marking)
	if o.Template, err = a.template(); err != nil {
		return nil, err
	}
	pages, err := web.New(o)
	if err != nil {
		return nil, err
	}
	press, err := a.press()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	door := func(name string, behind http.Handler) http.Handler {
		return h.conn.observed.traces.Door(name, h.conn.observed.metrics.Count(name, behind))
	}
	programs := door("api", api.New(api.Options{
		Service: h.rooms, Identify: d.identify, Decides: d.decides, Office: &api.Office{Signer: signer, Keys: o.Keys},
		Codec: a.codec(h.conn.encryption), Press: press,
		Ready:  (&readiness{try: h.rooms.able}).check,
		Ending: o.Ending, Streams: o.Streams, Acts: o.Acts, Log: a.log,
	}))
	for _, path := range []string{"/v1/", api.PathHealth, api.PathReady, api.PathCodec} {
		mux.Handle(path, programs)
	}
	mux.Handle("/", door("pages", pages))
	return d.mark(mux), nil
}

// codec decrypts for Temporal's own page, where that is configured and anything is encrypted; nil
// elsewhere.
func (a *app) codec(keys *engine.Encryption) *api.Codec {
	if len(a.config.Codec.Origins) == 0 || keys == nil {
		return nil
	}
	return &api.Codec{Handler: keys.Handler(), Origins: a.config.Codec.Origins}
}

// stoppedOf names runs that stand still as people know them: a cycle, or a plan of one.
func stoppedOf(runs []worker.Stopped) []web.Stopped {
	return each(runs, func(s worker.Stopped) web.Stopped {
		if s.Run.Kind == policy.RunPlan {
			return web.Stopped{What: s.Run.Plan.String(), Since: s.Since}
		}
		return web.Stopped{What: s.Run.Cycle, Since: s.Since}
	})
}

// originOf gives the origin of an address; "" for none.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
