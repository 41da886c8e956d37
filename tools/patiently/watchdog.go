package main

import (
	"fmt"
	"io"
	"maps"
	"syscall"
	"time"

	"github.com/policycycle/policycycle/tools/processes"
)

// patience says how long tests may be still.
type patience struct {
	look       time.Duration // between two looks at the processes
	still      time.Duration // without a word and with less work than
	work       time.Duration // this much time of a processor
	speechless time.Duration // without a word, however much is worked
	last       time.Duration // to tell where they stand
}

// watchdog knows when something last happened.
type watchdog struct {
	patience
	root int // the process of go test
	says io.Writer

	interrupted    bool
	spoke, stirred time.Time         // when something was last told, and when it last happened
	worked         time.Duration     // until then; -1: not measured yet
	started        map[int]bool      // what go test had started
	asked          map[int]time.Time // where it stands
}

func (w *watchdog) begins() {
	w.asked = map[int]time.Time{}
	w.moved()
}

// moved notes that something has happened.
func (w *watchdog) moved() {
	w.spoke = time.Now()
	w.stirred = w.spoke
	w.worked = -1
}

// looks looks whether anything has happened that nobody tells, and ends tests that
// hang.
func (w *watchdog) looks() {
	if w.interrupted {
		w.ends() // what was about to be started, too
		return
	}
	started, worked := descendants(w.root)
	switch {
	case !maps.Equal(started, w.started):
		w.started = started
		w.moved()
	case w.worked < 0 || worked < w.worked: // who ends without being waited for takes its time along
		w.worked = worked
	case worked-w.worked >= w.work:
		w.stirred, w.worked = time.Now(), worked
	}
	if time.Since(w.stirred) < w.still && time.Since(w.spoke) < w.speechless {
		return
	}
	for pid := range started {
		asked, is := w.asked[pid]
		if !is {
			w.asked[pid] = time.Now()
			_, _ = fmt.Fprintf(w.says, "patiently: nothing has happened for %s; process %d is asked where it stands\n", time.Since(w.spoke).Round(time.Second), pid)
			_ = syscall.Kill(pid, syscall.SIGQUIT)
		} else if time.Since(asked) > w.last {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// ends ends what go test has started, and so go test.
func (w *watchdog) ends() {
	started, _ := descendants(w.root)
	for pid := range started {
		_ = syscall.Kill(pid, syscall.SIGTERM)
	}
	_ = syscall.Kill(w.root, syscall.SIGINT) // it starts nothing more
}

// descendants gives the processes that a process has started itself, and how long it
// and all that live by it have worked.
func descendants(root int) (started map[int]bool, worked time.Duration) {
	all := processes.All()
	started = map[int]bool{}
	for _, p := range processes.Below(all, func(p processes.Process) bool { return p.PID == root }) {
		worked += p.Worked
		if p.Parent == root {
			started[p.PID] = true
		}
	}
	return started, worked
}
