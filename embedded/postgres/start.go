package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/policycycle/policycycle/embedded/internal/statefile"
)

// attempts to start on a port that was free a moment ago.
const attempts = 3

// What is left of a server that was killed ends by itself, but for what hangs: lingers is
// how long a start waits for it, and errLingers what is told then.
const lingers = time.Minute

var errLingers = errors.New("what is left of a PostgreSQL that was killed has not ended yet")

// adopt takes over a server that still runs on our data. It waits for one that
// is about to be ready or about to end.
func (s *Server) adopt(ctx context.Context) (adopted bool, err error) {
	waiting := until(ctx, func() bool {
		left, ok := readPostmaster(s.data())
		if !ok || !left.alive(s.data()) {
			err = s.forget(left)
			return true
		}
		s.port = left.port
		s.process.Store(&process{pid: left.pid})
		if !left.ready {
			return false
		}
		failure := s.ping(ctx)
		adopted = failure == nil
		err = hopeless(failure, s.data())
		return adopted || err != nil
	})
	if waiting != nil {
		return false, fmt.Errorf("a PostgreSQL (process %d) runs on %s and does not answer: %w", s.PID(), s.data(), waiting)
	}
	if adopted {
		s.options.Log.Info().Int("pid", s.PID()).Msg("took over a PostgreSQL that was left running")
	}
	return adopted, err
}

// forget removes a postmaster.pid that names a stranger: Postgres checks only
// whether some process has the number, and would refuse to start. One whose
// process is gone is removed by Postgres itself.
func (s *Server) forget(left postmaster) error {
	if left.pid == 0 || !left.stranger(s.data()) {
		return nil
	}
	if again, ok := readPostmaster(s.data()); ok && again.pid == left.pid {
		return os.Remove(pidFile(s.data()))
	}
	return nil
}

// hopeless tells the failures that waiting does not mend.
func hopeless(failure error, data string) error {
	refusal, refused := errors.AsType[*pgconn.PgError](failure)
	if errors.Is(failure, errElsewhere) || refused && strings.HasPrefix(refusal.Code, "28") {
		return fmt.Errorf("a PostgreSQL that is not ours runs on %s: %w", data, failure)
	}
	return nil
}

// create starts a new server, on new data if there are none.
func (s *Server) create(ctx context.Context) error {
	major, err := dataMajor(s.data())
	if err != nil {
		return err
	}
	finder := finder{
		explicit: cmp.Or(s.options.Binaries, os.Getenv(BinariesVariable)),
		places:   placesHere,
		download: download,
	}
	found, err := finder.find(ctx, major)
	if err != nil {
		return err
	}
	if err := s.owner.check(ctx, found, s.options.Dir); err != nil {
		return err
	}
	if major == 0 {
		if err := s.initialise(ctx, found); err != nil {
			return err
		}
	}
	patience, cancel := context.WithTimeout(ctx, lingers)
	defer cancel()
	waiting := until(patience, func() bool {
		err = s.launchSomewhere(ctx, found)
		return !errors.Is(err, errLingers)
	})
	return errors.Join(err, waiting)
}

// dataMajor returns the version that wrote the data, 0 if there are none.
func dataMajor(data string) (int, error) {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("the data in %s cannot be read: %w", data, err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%s is no data folder of PostgreSQL: %w", data, err)
	}
	return major, nil
}

// initialise makes new data beside their place and moves them there when they
// are whole, so that a killed first start leaves nothing half made.
//
// It asks for a Unicode character classification, which lower() and ILIKE need
// for names in all languages of the Union, with byte order as collation; where
// the machine lacks C.UTF-8 it makes do with C.
func (s *Server) initialise(ctx context.Context, found binaries) error {
	fresh := s.file("data.new")
	var failure error
	for _, ctype := range []string{"C.UTF-8", "C"} {
		if err := os.RemoveAll(fresh); err != nil {
			return fmt.Errorf("%s is in the way of new data: %w", fresh, err)
		}
		if err := os.Mkdir(fresh, 0o700); err != nil {
			return fmt.Errorf("no place for new data: %w", err)
		}
		if err := s.owner.take(fresh); err != nil {
			return err
		}
		if failure = s.initdb(ctx, found, fresh, ctype); failure == nil {
			return os.Rename(fresh, s.data())
		}
	}
	return failure
}

func (s *Server) initdb(ctx context.Context, found binaries, fresh, ctype string) error {
	arguments := []string{
		"--pgdata=" + fresh, "--username=" + User, "--pwfile=" + s.passwordFile(),
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--lc-ctype=" + ctype,
	}
	if s.options.Scratch {
		arguments = append(arguments, "--no-sync")
	}
	answer, err := s.owner.command(ctx, found.initdb(), arguments...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("PostgreSQL could not make new data in %s (%w): %s", fresh, err, strings.TrimSpace(string(answer)))
	}
	return nil
}

// launchSomewhere starts the server on the kept port, or on another one when a
// stranger takes it at the last moment.
func (s *Server) launchSomewhere(ctx context.Context, found binaries) error {
	var failure error
	for range attempts {
		if err := s.choosePort(); err != nil {
			return err
		}
		if failure = s.launch(ctx, found); failure == nil || statefile.Free(s.port) || ctx.Err() != nil {
			return failure
		}
	}
	return failure
}

func (s *Server) choosePort() error {
	if s.port = s.options.Port; s.port != 0 {
		if !statefile.Free(s.port) {
			return fmt.Errorf("port %d of 127.0.0.1, which PostgreSQL is to have, is taken by another program", s.port)
		}
		return nil
	}
	ports, err := statefile.Ports(s.file("port"), 1)
	if err != nil {
		return err
	}
	s.port = ports[0]
	return nil
}

// launch starts the server and waits until it answers or has ended.
func (s *Server) launch(ctx context.Context, found binaries) error {
	log, err := statefile.Log(s.logFile())
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the server has its own copy
	said, err := log.Seek(0, 2)
	if err != nil {
		return err
	}
	if err := s.spawn(found, log); err != nil {
		return fmt.Errorf("%s could not be run: %w", found.postgres(), err)
	}
	waiting := until(ctx, func() bool {
		current, ok := readPostmaster(s.data())
		return s.gone() || ok && current.pid == s.PID() && current.ready
	})
	if s.gone() {
		told := statefile.Tail(s.logFile(), said, toldLines)
		err := fmt.Errorf("PostgreSQL did not start; its log is %s and ends with:\n%s", s.logFile(), told)
		if strings.Contains(told, "pre-existing shared memory block") {
			return fmt.Errorf("%w: %w", errLingers, err)
		}
		return err
	}
	if waiting == nil {
		waiting = s.ping(ctx)
	}
	if waiting == nil {
		return nil
	}
	return errors.Join(fmt.Errorf("PostgreSQL did not come up: %w", waiting), s.abandon())
}

// spawn starts the process, in a group of its own: a Ctrl-C in the terminal
// must not end Postgres before those who still write to it.
func (s *Server) spawn(found binaries, log *os.File) error {
	cmd := s.owner.command(context.Background(), found.postgres(), s.settings()...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr.Setpgid = true
	if s.options.Scratch {
		dieWithUs(cmd.SysProcAttr)
	}
	started, exited := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread() // "our process is killed" means to the kernel: this thread ends
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // its log tells why it ended
			close(exited)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	s.process.Store(&process{cmd.Process.Pid, exited})
	return nil
}

// abandon ends a server that nobody will use.
func (s *Server) abandon() error {
	ctx, cancel := context.WithTimeout(context.Background(), immediateGrace)
	defer cancel()
	return s.end(ctx)
}

// settings are given on the command line, so that they are those of this
// program and not of the one that made the data. The log holds neither
// statements nor values: they may be marked LIMITE.
func (s *Server) settings() []string {
	settings := []string{
		"listen_addresses=127.0.0.1",
		"port=" + strconv.Itoa(s.port),
		"unix_socket_directories=",
		"max_connections=200",
		"jit=off", // short statements only
		// New tables grow from nothing to thousands of rows within a rehearsal: without
		// statistics, the planner takes them for empty.
		"autovacuum_naptime=5s",
		"timezone=UTC",
		"log_timezone=UTC",
		"log_checkpoints=off",
		"log_min_error_statement=panic",
		"log_error_verbosity=terse",
	}
	if s.options.Scratch {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	} else {
		settings = append(settings, "fsync=on", "synchronous_commit=on", "full_page_writes=on")
	}
	arguments := []string{"-D", s.data()}
	for _, setting := range settings {
		arguments = append(arguments, "-c", setting)
	}
	return arguments
}
