package e2e_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// deciders is how many people a load has: one half decides, the other half confirms.
const deciders = 16

// load is people who decide at a site without a pause, each at the one name with a token of
// their own. Two of them have two plans between them: one records that COSI postponed a plan,
// the other confirms it, while the first one is at the other plan.
type load struct {
	*site
	cycle string
	since int64 // the number of the last line of the trail before it
	wait  sync.WaitGroup
	stop  func() // ends it once each act that was sent is acknowledged

	mu     sync.Mutex
	acts   []sentAct
	spells []*spell
	now    *spell
	turned time.Time     // when that began, or went on
	done   [deciders]int // how many acts of each were acknowledged
}

// sentAct is what became of an act.
type sentAct struct {
	key          string // its Idempotency-Key
	in           *spell // in which its sending ended
	acknowledged bool
}

// spell is a time with a name, such as a restart, and what came of the acts that ended in it.
type spell struct {
	name                                        string
	took, longest                               time.Duration // the longest wait for an acknowledgement
	sent, acknowledged, repeated, lost, doubled int
}

// starts sets a load on a site, on a cycle of its own.
func starts(s *site, cycle string) *load {
	s.t.Helper()
	l := &load{site: s, cycle: cycle}
	plans := s.plans(cycle, deciders)
	trail := l.trail()
	l.since = trail[len(trail)-1].Sequence
	l.turns(still)
	var stopped atomic.Bool
	l.stop = func() {
		stopped.Store(true)
		l.wait.Wait()
	}
	s.t.Cleanup(l.stop)
	for n := 0; n < deciders; n += 2 {
		l.pair(n, plans[n:n+2], stopped.Load)
	}
	return l
}

// pair has two people decide on two plans until it is stopped, or one of them is refused.
func (l *load) pair(n int, between []policy.Subject, stopped func() bool) {
	const secretariat = "empact-general-secretariat"
	first, other := l.person(fmt.Sprintf("Decider %d", n), secretariat), l.person(fmt.Sprintf("Decider %d", n+1), secretariat)
	plans, recorded := make(chan policy.Subject, len(between)), make(chan service.Decide, len(between))
	for _, plan := range between {
		plans <- plan
	}
	l.wait.Go(func() {
		defer close(recorded)
		for i := 0; !stopped(); i++ {
			plan := <-plans
			d := adoption(policy.COSI, plan, policy.Postponed, "2021-12-08")
			d.ID, d.Comment = fmt.Sprintf("%s-%d-%d", l.cycle, n, i), fmt.Sprint("for the ", i, "th time")
			if !l.insists(n, d.ID, func() error { _, err := first.shows().Decide(l.t.Context(), d); return err }) {
				return
			}
			recorded <- d
		}
	})
	l.wait.Go(func() {
		for d := range recorded {
			confirms := service.Second{Record: d.ID, Statement: service.Statement{ID: d.ID + "-confirmed", Date: d.Date}}
			l.insists(n+1, confirms.ID, func() error { _, err := other.shows().Confirm(l.t.Context(), confirms); return err })
			plans <- d.Subject
		}
	})
}

// insists sends an act, and again under the same key as long as nobody knows what became of
// it. It says whether it was acknowledged.
func (l *load) insists(n int, key string, send func() error) bool {
	began, repeated := time.Now(), 0
	var err error
	eventually(l.t, key+" is acknowledged", func() bool {
		err = send()
		code := policy.CodeOf(err)
		again := l.t.Context().Err() == nil && (code == policy.CodeUnavailable || code == policy.CodeOutcomeUnknown)
		if again {
			repeated++
		}
		return !again
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	in := l.now
	in.sent++
	in.repeated += repeated
	in.longest = max(in.longest, time.Since(began))
	l.acts = append(l.acts, sentAct{key, in, err == nil})
	switch {
	case err == nil:
		in.acknowledged++
		l.done[n]++
	case l.t.Context().Err() == nil:
		l.t.Errorf("%s was refused after %d times: %v", key, repeated, err)
	}
	return err == nil
}

// still is the spell in which nothing else is done.
const still = "nothing else"

// turns ends one spell and begins another, or goes on with the one of that name.
func (l *load) turns(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.now != nil {
		l.now.took += now.Sub(l.turned)
	}
	l.turned = now
	at := slices.IndexFunc(l.spells, func(s *spell) bool { return s.name == name })
	if at < 0 {
		at, l.spells = len(l.spells), append(l.spells, &spell{name: name})
	}
	l.now = l.spells[at]
}

// during does something while all decide, and waits until each has had an act acknowledged
// after it: so whatever it does to an act is told in its own line of the report.
func (l *load) during(name string, do func()) {
	l.t.Helper()
	l.turns(name)
	do()
	before := l.acknowledged()
	eventually(l.t, "everybody decides after "+name, func() bool {
		if l.t.Failed() {
			l.t.FailNow()
		}
		now := l.acknowledged()
		for n := range now {
			if now[n] == before[n] {
				return false
			}
		}
		return true
	})
	l.turns(still)
}

// restarts ends a process by a signal while all decide, and starts it anew.
func (l *load) restarts(p *process, by syscall.Signal) {
	l.t.Helper()
	how := map[syscall.Signal]string{syscall.SIGTERM: "SIGTERM to ", syscall.SIGKILL: "kill -9 of "}
	l.during(how[by]+p.String(), func() { l.restart(p, by) })
}

// acknowledged gives how many acts of each were.
func (l *load) acknowledged() [deciders]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.done
}

// trail gives the lines of the trail since it began.
func (l *load) trail() []service.TrailEntry {
	l.t.Helper()
	trail, err := l.person("Ada", "auditors").shows().Trail(l.t.Context(), l.cycle, service.TrailFilter{Past: l.since})
	if err != nil {
		l.t.Fatal(err)
	}
	return trail
}

// report stops the load, holds what was acknowledged against the trail, and prints the
// figures. Each act has to be there once, and nothing else.
func (l *load) report() {
	l.t.Helper()
	l.stop()
	l.turns(still)
	lines := map[string]int{}
	for _, line := range l.trail() {
		switch {
		case !line.Accepted:
			l.t.Errorf("the trail has a refusal: %+v", line)
		case line.Act == string(policy.ActDecide) || line.Act == string(policy.ActConfirm):
			lines[line.ActID]++
		}
	}
	for _, act := range l.acts {
		there := lines[act.key]
		if act.acknowledged && there == 0 {
			act.in.lost++
		}
		act.in.doubled += max(there-1, 0)
		delete(lines, act.key)
	}
	if len(lines) > 0 {
		l.t.Errorf("the trail has what nobody sent: %v", lines)
	}
	all := l.table()
	if all.sent == 0 || all.acknowledged != all.sent || all.lost > 0 || all.doubled > 0 {
		l.t.Errorf("of %d acts %d were acknowledged, %d are lost, %d doubled", all.sent, all.acknowledged, all.lost, all.doubled)
	}
}

// table prints the figures of each spell, and gives those of all together.
func (l *load) table() (all spell) {
	l.t.Helper()
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(s *spell) {
		_, _ = fmt.Fprintln(table, strings.Join([]string{
			s.name, seconds(s.took), strconv.Itoa(s.sent), strconv.Itoa(s.acknowledged), strconv.Itoa(s.lost), strconv.Itoa(s.doubled),
			strconv.Itoa(s.repeated), seconds(s.longest), "",
		}, "\t"))
	}
	_, _ = fmt.Fprintln(table, "during\ttook\tacts sent\tacknowledged\tlost\tdoubled\trepeated\tlongest wait\t")
	all.name = "all"
	for _, s := range l.spells {
		row(s)
		all.adds(s)
	}
	row(&all)
	_ = table.Flush()
	l.t.Logf("%d people decide at the one name:\n%s", deciders, text.String())
	return all
}

func (s *spell) adds(other *spell) {
	s.took += other.took
	s.longest = max(s.longest, other.longest)
	s.sent += other.sent
	s.acknowledged += other.acknowledged
	s.repeated += other.repeated
	s.lost += other.lost
	s.doubled += other.doubled
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
