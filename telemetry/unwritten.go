package telemetry

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// A log that cannot be written, on a full disk say, would be told of line by line. It is
// told of once a minute.
func init() { //nolint:gochecknoinits // it is one for the whole process, and zerolog's own
	zerolog.ErrorHandler = (&unwritten{out: os.Stderr, now: time.Now}).lost //nolint:reassign // it is there to be set
}

// unwritten counts lines of the log that could not be written.
type unwritten struct {
	out io.Writer
	now func() time.Time

	mu   sync.Mutex
	n    int
	next time.Time // when it is told of again
}

func (u *unwritten) lost(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.n++
	if u.now().Before(u.next) {
		return
	}
	_, _ = fmt.Fprintf(u.out, "policycycle: the log cannot be written, %d of its lines are lost: %s\n", u.n, err)
	u.n, u.next = 0, u.now().Add(time.Minute)
}
