//go:build !lean

package temporal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/rs/zerolog"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// logger writes what the server says, from warnings on, to its own log file.
type logger struct {
	file     zerolog.Logger
	operator zerolog.Logger
	gaveUp   chan string // what the server called fatal first
}

var _ log.WithLogger = (*logger)(nil)

func newLogger(file io.Writer, operator zerolog.Logger) *logger {
	return &logger{
		file:     zerolog.New(lateWriter{file}).Level(zerolog.WarnLevel).With().Timestamp().Logger(),
		operator: operator,
		gaveUp:   make(chan string, 1),
	}
}

// fresh gives the same logger for another server, which has not given up.
func (l *logger) fresh() *logger {
	other := *l
	other.gaveUp = make(chan string, 1)
	return &other
}

// lateWriter drops what the server's last goroutines say once Stop has closed
// the file; zerolog would complain on the terminal.
type lateWriter struct{ io.Writer }

func (w lateWriter) Write(line []byte) (int, error) {
	n, err := w.Writer.Write(line)
	if errors.Is(err, os.ErrClosed) {
		return len(line), nil
	}
	return n, err
}

// With returns a logger that adds the tags to everything it writes.
func (l *logger) With(tags ...tag.Tag) log.Logger {
	context := l.file.With()
	for _, t := range tags {
		context = context.Interface(t.Key(), value(t))
	}
	with := *l
	with.file = context.Logger()
	return &with
}

// Debug and Info are not kept.
func (l *logger) Debug(string, ...tag.Tag) {}

// Info is not kept.
func (l *logger) Info(string, ...tag.Tag) {}

// Warn writes to the file.
func (l *logger) Warn(msg string, tags ...tag.Tag) { write(l.file.Warn(), msg, tags) }

// Error writes to the file.
func (l *logger) Error(msg string, tags ...tag.Tag) { write(l.file.Error(), msg, tags) }

// DPanic is an error outside of Temporal's own development.
func (l *logger) DPanic(msg string, tags ...tag.Tag) { write(l.file.Error(), msg, tags) }

// Panic writes and panics, as its callers expect.
func (l *logger) Panic(msg string, tags ...tag.Tag) {
	write(l.file.Error(), msg, tags)
	panic(msg) //nolint:forbidigo // that is what the interface asks for
}

// Fatal ends the goroutine that calls it, where Temporal's own logger ends the
// process: a part of the server is lost, but Postgres can still be stopped in
// order and the operator is told.
func (l *logger) Fatal(msg string, tags ...tag.Tag) {
	write(l.file.Error(), msg, tags)
	write(l.operator.Error(), "the Temporal server gave up: "+msg, tags)
	select {
	case l.gaveUp <- msg:
	default: // it said so before
	}
	runtime.Goexit()
}

func write(event *zerolog.Event, msg string, tags []tag.Tag) {
	for _, t := range tags {
		event = event.Interface(t.Key(), value(t))
	}
	event.Msg(msg)
}

// value shows an error as its text; as JSON it would be an empty object.
func value(t tag.Tag) any {
	if err, ok := t.Value().(error); ok {
		return err.Error()
	}
	return t.Value()
}

// guard runs a part of the server that may call Fatal or panic and makes an
// error of either.
func (l *logger) guard(run func() error) error {
	done := make(chan error, 1)
	go func() {
		err := errors.New("it gave up") // stands when Fatal ends this goroutine
		defer func() {
			if reason := recover(); reason != nil {
				err = fmt.Errorf("it panicked: %v", reason)
			}
			if err != nil {
				select {
				case said := <-l.gaveUp: // what follows on it, a panic in fx too, tells less
					err = errors.New(said)
				default:
				}
			}
			done <- err
		}()
		err = run()
	}()
	return <-done
}
