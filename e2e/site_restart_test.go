package e2e_test

import (
	"flag"
	"syscall"
	"testing"
)

// long has the tests of a site go on for longer.
var long = flag.Bool("long", false, "start the processes of a site anew in every order, and have its provider away for five minutes")

// TestNothingIsLostWhileEachProcessIsStartedAnewUnderSixteenDeciders ends each of two workers and
// two services in turn, in order and then by a power cut. Nobody starts anything else for it.
func TestNothingIsLostWhileEachProcessIsStartedAnewUnderSixteenDeciders(t *testing.T) {
	t.Parallel()
	s := settles(t)
	l := starts(s, "rolling")
	l.during("nothing at first", func() {})
	rounds := orders(s.processes)
	if !*long {
		rounds = [][]*process{rounds[0], rounds[len(rounds)-1]}
	}
	for i, order := range rounds {
		by := []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL}[i%2]
		for _, p := range order {
			l.restarts(p, by)
		}
	}
	l.report()
	s.isInOrder(l.cycle)
}
