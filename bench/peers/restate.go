package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/ingress"
	"github.com/restatedev/sdk-go/server"
)

// restateVersion is that of the server; that of the SDK stands in go.mod.
const restateVersion = "1.7.12"

// Plan is a virtual object of Restate: one approval on it at a time. It is exported
// because the SDK looks for exported handlers.
type Plan struct{ pool *pgxpool.Pool }

// Approve records an approval in one transaction, as a step, and keeps how many
// there were.
func (p Plan) Approve(ctx restate.ObjectContext, a approval) (string, error) {
	acts, err := restate.Get[int](ctx, "acts")
	if err != nil {
		return "", err
	}
	receipt, err := restate.Run(ctx, func(ctx restate.RunContext) (string, error) {
		return a.ID, pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
			return recordWith(a, func(sql string, arguments ...any) error {
				_, err := tx.Exec(ctx, sql, arguments...)
				return err
			})
		})
	})
	if err != nil {
		return "", err
	}
	restate.Set(ctx, "acts", acts+1)
	return receipt, nil
}

// openRestate gives Restate: a virtual object for each plan records an approval in
// one transaction, on which the caller waits.
func openRestate(ctx context.Context, st *stand, program string) (s *subject, err error) {
	defer func() { err = of("restate", err) }()
	pool, err := openRecords(ctx, st, st.database("restate"), st.runs)
	if err != nil {
		return nil, err
	}
	handler, err := server.NewRestate().WithLogger(slog.DiscardHandler, true).Bind(restate.Reflect(Plan{pool})).Handler()
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	service := &http.Server{Handler: handler, Protocols: &protocols, ReadHeaderTimeout: time.Minute}
	go service.Serve(listener) //nolint:errcheck // it ends with the stand
	st.atEnd(func() { _ = service.Close() })
	r, err := startRestate(ctx, st, program)
	if err != nil {
		return nil, err
	}
	if err := r.register(ctx, "http://"+listener.Addr().String()); err != nil {
		return nil, err
	}
	callers := ingress.NewClient("http://"+r.ingress, ingress.WithHttpClient(&http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: st.callers}}))
	return &subject{name: "restate", crowd: true, pid: r.pid, settle: flushing(pool), database: pool.Config().ConnConfig.Database, approve: func(ctx context.Context, run int, comment string) error {
		a := approvalOf(planKey(run%st.runs), comment)
		return is(a.ID)(ingress.Object[approval, string](callers, "Plan", a.Plan, "Approve").Request(ctx, a))
	}}, nil
}

// restateServer is a running server.
type restateServer struct {
	pid            int
	ingress, admin string
}

// startRestate starts a server whose records are in the folder of the stand. It keeps
// its defaults: one node that waits for the disk.
func startRestate(ctx context.Context, st *stand, program string) (*restateServer, error) {
	dir, err := os.MkdirTemp(st.dir, "restate-")
	if err != nil {
		return nil, err
	}
	node, ingress, admin := freePort(ctx), freePort(ctx), freePort(ctx)
	config := filepath.Join(dir, "restate.toml")
	err = os.WriteFile(config, fmt.Appendf(nil, `node-name = "peers"
listen-mode = "tcp"
disable-telemetry = true
log-filter = "warn"
bind-address = %[1]q
advertised-address = "http://%[1]s"
[ingress]
bind-address = %[2]q
[admin]
bind-address = %[3]q
disable-web-ui = true
`, node, ingress, admin), 0o600)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, "--config-file", config, "--base-dir", filepath.Join(dir, "data"), "--no-logo")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	st.atEnd(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	})
	r := &restateServer{cmd.Process.Pid, ingress, admin}
	return r, until(ctx, time.Minute, func() error {
		select {
		case <-ended:
			return errGone
		default:
		}
		return errors.Join(answers(ctx, http.MethodGet, "http://"+admin+"/health", nil), answers(ctx, http.MethodGet, "http://"+ingress+"/restate/health", nil))
	})
}

var errGone = errors.New("the server has ended")

// register tells the server where the handlers are.
func (r *restateServer) register(ctx context.Context, handlers string) error {
	body, err := json.Marshal(map[string]string{"uri": handlers})
	if err != nil {
		return err
	}
	return until(ctx, time.Minute, func() error { return answers(ctx, http.MethodPost, "http://"+r.admin+"/deployments", body) })
}

// answers says what is wrong with an answer.
func answers(ctx context.Context, method, address string, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := (&http.Client{}).Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s: %s", address, answer.Status)
	}
	return nil
}

// until tries for a time, and gives the last error.
func until(ctx context.Context, most time.Duration, try func() error) error {
	deadline := time.Now().Add(most)
	for {
		err := try()
		if err == nil || errors.Is(err, errGone) || time.Now().After(deadline) {
			return err
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

func freePort(ctx context.Context) string {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "127.0.0.1:0" // what listens there says why
	}
	defer listener.Close()
	return listener.Addr().String()
}

// installRestate puts the server into a folder with npm, and gives its program.
func installRestate(ctx context.Context, dir string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "install", "--silent", "--no-audit", "--no-fund", "--no-save", "--prefix", dir, "@restatedev/restate-server@"+restateVersion)
	npm.WaitDelay = time.Second
	if said, err := npm.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm does not install it: %w %s", err, strings.TrimSpace(string(said)))
	}
	found, err := filepath.Glob(filepath.Join(dir, "node_modules", "@restatedev", "restate-server-*", "bin", "restate-server"))
	if err != nil || len(found) == 0 {
		return "", errors.New("npm has no program for this system")
	}
	return found[0], nil
}
