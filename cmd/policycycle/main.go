// Command policycycle runs the EU policy cycle against serious and organised
// crime: it starts cycles, records what the institutions do and tells where
// each cycle stands.
//
// It parses, wires and owns the exit status; everything else is done by the
// service.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

// began is when the process came up, as near as a program can tell.
var began = time.Now()

// collectAt is by how much the heap grows until it is collected, in per cent. The engine
// allocates much and keeps little: at Go's 100, a rehearsal spends a fifth of its time on that.
const collectAt = 300

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second Ctrl-C ends the process at once; nothing committed is lost.
	context.AfterFunc(ctx, stop)
	a := newApp(wire(), os.Stdin, os.Stdout, os.Stderr, os.Environ())
	os.Exit(a.run(ctx, os.Args[1:]))
}
