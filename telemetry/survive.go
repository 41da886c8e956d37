package telemetry

import (
	"fmt"
	"runtime/debug"

	"github.com/rs/zerolog"
)

// Survive does a part of the work. A panic in it is an error of that part, so that what
// is wrong with one cycle ends no other's work.
func Survive(do func() error) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = &panicked{fmt.Sprint(reason), string(debug.Stack())}
		}
	}()
	return do()
}

// panicked is a panic that was survived.
type panicked struct{ reason, stack string }

func (p *panicked) Error() string { return "it panicked: " + p.reason }

// MarshalZerologObject tells the log where it was.
func (p *panicked) MarshalZerologObject(e *zerolog.Event) {
	e.Str("panic", p.reason).Str("stack", p.stack)
}
