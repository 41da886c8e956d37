// Package survive keeps a mistake in one part of the work from ending all of it.
package survive

import (
	"fmt"
	"runtime/debug"

	"github.com/rs/zerolog"
)

// Do does a part of the work. A panic in it is an error of that part, so that what
// is wrong with one cycle ends no other's work.
func Do(do func() error) (err error) {
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
