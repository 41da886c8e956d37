// Package postgres runs a private PostgreSQL: one data folder, one server, on
// 127.0.0.1 only. It finds or downloads the binaries, makes the data on first
// use, keeps port and password from one start to the next, and takes over a
// server that a killed process has left running.
//
// It assumes that no two processes start the same folder at once; package
// embedded sees to that with a lock. It works on Unix systems.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/embedded/internal/statefile"
)

// User is the database role that owns everything in the private Postgres.
const User = "policycycle"

const (
	look           = 5 * time.Millisecond // between two looks at a starting or stopping server
	immediateGrace = 5 * time.Second      // for a server that was told to drop everything
	toldLines      = 8                    // of the server's log in an error
)

// Options say where and how a private Postgres runs.
type Options struct {
	// Dir holds the data, the password, the port and the log. It is made if it
	// is not there. It may be empty for a Scratch server, which then lives in a
	// temporary folder that Stop removes.
	Dir string
	// Log receives what an operator may want to know. The server's own log is
	// the file postgres.log in Dir.
	Log zerolog.Logger
	// Port of 127.0.0.1; 0 chooses a free one and keeps it for the next start.
	Port int
	// Scratch trades durability for speed: for tests, and for nothing else. On
	// Linux such a server also ends when our process is killed.
	Scratch bool
	// Binaries is the folder of initdb and postgres. Empty: the environment
	// variable POLICYCYCLE_POSTGRES, PATH, pg_config, the places where packages
	// put them, and in the end a download.
	Binaries string
}

// Server is a running private Postgres. Its methods may be called at the same
// time.
type Server struct {
	options  Options
	owner    owner
	password string
	port     int
	process  atomic.Pointer[process] // the one that runs now, or ran last
	fleeting bool                    // the folder goes when the server goes
}

// process is a running postmaster.
type process struct {
	pid    int
	exited chan struct{} // closed when our child has ended; nil for one that was adopted
}

// Start brings up the Postgres of a folder and returns once it answers. A
// server that still runs there from a killed process is adopted. Whoever
// cancels ctx gets no server, and none is left running.
//
// Errors are sentences for the operator: no PostgreSQL on the machine, a folder
// that its user cannot enter, a server that did not start (with the last lines
// of its log).
func Start(ctx context.Context, options Options) (*Server, error) {
	s := &Server{options: options}
	err := s.prepare()
	if err == nil {
		err = s.bringUp(ctx)
	}
	if err != nil {
		s.tidy()
		return nil, err
	}
	return s, nil
}

// bringUp takes over the server that runs, or starts one.
func (s *Server) bringUp(ctx context.Context) error {
	adopted, err := s.adopt(ctx)
	if err == nil && !adopted {
		err = s.create(ctx)
	}
	return err
}

// prepare makes the folder and what is kept in it.
func (s *Server) prepare() (err error) {
	if err = s.makeFolder(); err != nil {
		return fmt.Errorf("the folder for PostgreSQL cannot be made: %w", err)
	}
	if s.owner, err = pickOwner(s.data()); err != nil {
		return err
	}
	if s.password, err = statefile.Secret(s.passwordFile()); err != nil {
		return err
	}
	return s.owner.take(s.passwordFile())
}

// makeFolder settles on the folder's real path: it must be the same whichever
// link led to it, since a running server is recognised by it.
func (s *Server) makeFolder() (err error) {
	dir := s.options.Dir
	switch {
	case dir != "":
		err = os.MkdirAll(dir, statefile.FolderMode())
	case s.options.Scratch:
		if dir, err = os.MkdirTemp("", "policycycle-postgres-"); err == nil {
			s.fleeting = true
			err = os.Chmod(dir, statefile.FolderMode())
		}
	default:
		err = errors.New("no folder was given")
	}
	if err == nil {
		dir, err = statefile.RealPath(dir)
	}
	s.options.Dir = dir
	return err
}

func (s *Server) file(name string) string { return filepath.Join(s.options.Dir, name) }
func (s *Server) data() string            { return s.file("data") }
func (s *Server) passwordFile() string    { return s.file("password") }
func (s *Server) logFile() string         { return s.file("postgres.log") }

// tidy removes the temporary folder of a scratch server that has ended.
func (s *Server) tidy() {
	if s.fleeting {
		_ = os.RemoveAll(s.options.Dir)
	}
}

// URL is the address of a database for pgx, password included.
func (s *Server) URL(database string) string {
	address := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(User, s.password),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return address.String()
}

// Login makes a login in a role, with a password of its own that is kept beside
// ours, and gives the address of a database for it.
func (s *Server) Login(ctx context.Context, name, role, database string) (string, error) {
	file := s.file(name + "-password")
	password, err := statefile.Secret(file)
	if err != nil {
		return "", fmt.Errorf("the password of %s cannot be kept: %w", name, err)
	}
	if err := s.owner.take(file); err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, s.URL(database))
	if err != nil {
		return "", fmt.Errorf("the private Postgres does not answer: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	quoted, text := pgx.Identifier{name}.Sanitize(), "'"+strings.ReplaceAll(password, "'", "''")+"'"
	for _, sql := range []string{
		"DO $$ BEGIN CREATE ROLE " + quoted + " LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
		"ALTER ROLE " + quoted + " PASSWORD " + text,
		"GRANT " + pgx.Identifier{role}.Sanitize() + " TO " + quoted,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return "", fmt.Errorf("the login %s cannot be made: %w", name, err)
		}
	}
	address, err := url.Parse(s.URL(database))
	if err != nil {
		return "", err
	}
	address.User = url.UserPassword(name, password)
	return address.String(), nil
}

// PID is the process number of the server.
func (s *Server) PID() int {
	if p := s.process.Load(); p != nil {
		return p.pid
	}
	return 0
}

// CreateDatabase makes a database unless it is there already.
func (s *Server) CreateDatabase(ctx context.Context, name string) error {
	err := s.createDatabase(ctx, name)
	if err != nil {
		return fmt.Errorf("the database %s could not be made: %w", name, err)
	}
	return nil
}

func (s *Server) createDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	var there bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there)
	if err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	if refusal, ok := errors.AsType[*pgconn.PgError](err); ok && (refusal.Code == "42P04" || refusal.Code == "23505") {
		return nil // somebody else was quicker
	}
	return err
}

// errElsewhere says that another server answers on the port.
var errElsewhere = errors.New("another PostgreSQL answers there")

// ping connects with our password and makes sure that the server is the one of
// our data folder.
func (s *Server) ping(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	var data string
	if err := conn.QueryRow(ctx, "SHOW data_directory").Scan(&data); err != nil {
		return err
	}
	if data != s.data() {
		return errElsewhere
	}
	return nil
}

// Stop ends the server in order (a fast shutdown: open transactions are rolled
// back) and returns once it is gone. When ctx ends first, the server is told to
// drop everything, which loses nothing that was committed, and Stop returns
// ctx's error. End Keep before.
func (s *Server) Stop(ctx context.Context) error {
	defer s.tidy()
	return s.end(ctx)
}

func (s *Server) end(ctx context.Context) error {
	s.signal(syscall.SIGINT)
	if s.waitGone(ctx) {
		return nil
	}
	s.signal(syscall.SIGQUIT)
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), immediateGrace)
	defer cancel()
	if !s.waitGone(grace) {
		return fmt.Errorf("PostgreSQL (process %d) does not stop: %w", s.PID(), ctx.Err())
	}
	return fmt.Errorf("PostgreSQL did not stop in time and was told to drop everything: %w", ctx.Err())
}

// signal reaches the server unless it is gone: its number may then belong to
// somebody else.
func (s *Server) signal(what syscall.Signal) {
	if !s.gone() {
		_ = syscall.Kill(s.PID(), what)
	}
}

func (s *Server) gone() bool {
	p := s.process.Load()
	if p == nil {
		return true
	}
	if p.exited != nil {
		select {
		case <-p.exited:
			return true
		default:
			return false
		}
	}
	current, ok := readPostmaster(s.data())
	return !ok || current.pid != p.pid || !current.alive(s.data())
}

func (s *Server) waitGone(ctx context.Context) bool {
	return until(ctx, s.gone) == nil
}

// until looks again and again whether something holds, and gives up with ctx.
func until(ctx context.Context, holds func() bool) error {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	return nil
}
