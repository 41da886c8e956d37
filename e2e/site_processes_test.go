package e2e_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/remote"
)

// process is one of a site, which may be started anew.
type process struct {
	*up
	name, kind, instance string
}

func (p *process) String() string { return p.name }

// settles gives a site at which an administrator has followed the page so far that two workers
// and two services run. Each answers in the time that it does anywhere: who gets no answer asks
// again.
func settles(t *testing.T) *site {
	t.Helper()
	s := empties(t)
	s.settings = []string{"POLICYCYCLE_TIMEOUT="} // is none
	for _, heading := range []string{"1. The database", "2. Configuration and keys", "3. Tables and namespace"} {
		s.follows(heading)
	}
	s.begins()
	return s
}

// begins starts two workers and two services.
func (s *site) begins() {
	s.t.Helper()
	s.processes = []*process{
		{nil, "worker 1", "worker", "1"}, {nil, "worker 2", "worker", "2"},
		{nil, "service 1", "serve", s.instance(0)}, {nil, "service 2", "serve", s.instance(1)},
	}
	for _, p := range s.processes {
		p.up = s.unit(p.kind, p.instance)
	}
}

// restart ends a process by a signal and starts it anew. Whoever was asked to end has to end in
// order.
func (s *site) restart(p *process, by syscall.Signal) {
	s.t.Helper()
	if err := p.Process.Signal(by); err != nil {
		s.t.Fatalf("%s is not there: %v", p, err)
	}
	if <-p.ended; by != syscall.SIGKILL && p.err != nil {
		s.t.Errorf("%s did not end in order: %v\n%s", p, p.err, p.out)
	}
	p.up = s.unit(p.kind, p.instance)
}

// orders gives the orders in which something can be done with each: of four processes, 24.
func orders[T any](of []T) [][]T {
	if len(of) == 0 {
		return [][]T{nil}
	}
	var all [][]T
	for i, first := range of {
		others := append(append([]T{}, of[:i]...), of[i+1:]...)
		for _, rest := range orders(others) {
			all = append(all, append([]T{first}, rest...))
		}
	}
	return all
}

// person is somebody at the one name of a site, with a token of their own.
type person struct {
	*remote.Service
	site        *site
	name, group string
	since       time.Time // when they got their token
}

func (s *site) person(name, group string) *person {
	s.t.Helper()
	return &person{Service: &remote.Service{URL: s.name, Client: &http.Client{Transport: s.browser().Transport}}, site: s, name: name, group: group}
}

// shows gives the service to the person, who shows a token that is fresh enough to decide.
func (p *person) shows() *remote.Service {
	const long = 5 * time.Minute
	if time.Since(p.since) > long {
		p.Token, p.since = p.site.bearer(p.name, p.group), time.Now()
	}
	return p.Service
}

// plans brings a cycle to where so many plans wait for COSI.
func (s *site) plans(cycle string, many int) (plans []policy.Subject) {
	s.t.Helper()
	d := past(cycle)
	d.Priorities[0].OAPs = nil
	for i := range many {
		key := fmt.Sprintf("plan-%d", i)
		d.Priorities[0].OAPs = append(d.Priorities[0].OAPs, policy.OAP{Key: key, Title: key, Driver: "se"})
		plans = append(plans, at(cycle, "oap/2022/"+key))
	}
	cleo, bert := s.person("Cleo", "empact-general-secretariat"), s.person("Bert", "empact-general-secretariat")
	eva := map[policy.Body]*person{}
	for _, body := range []policy.Body{policy.Europol, policy.Presidency, policy.Commission, "se"} {
		eva[body] = s.person("Eva of "+string(body), "empact-"+string(body))
	}
	if _, err := cleo.shows().StartCycle(s.t.Context(), service.StartCycle{Definition: d}); err != nil {
		s.t.Fatal(err)
	}
	hands := func(by policy.Body, subject policy.Subject, on string) {
		s.acts(func() error {
			_, err := eva[by].shows().Submit(s.t.Context(), service.Submit{Subject: subject, Statement: service.Statement{Date: date(on)}})
			return err
		})
	}
	adopts := func(body policy.Body, path, on string) {
		adopted := adoption(body, at(cycle, path), policy.Adopted, on)
		adopted.ID = cycle + "-" + path
		s.acts(func() error { _, err := cleo.shows().Decide(s.t.Context(), adopted); return err })
		s.acts(func() error {
			_, err := bert.shows().Confirm(s.t.Context(), service.Second{Record: adopted.ID})
			return err
		})
	}
	hands(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	hands(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	adopts(policy.Council, "priorities", "2021-05-26")
	hands(policy.Commission, at(cycle, "masp/general"), "2021-10-01")
	adopts(policy.COSI, "masp/general", "2021-10-15")
	for _, plan := range plans {
		hands("se", plan, "2021-11-01")
	}
	return plans
}

// acts repeats an act until its subject is open and the act is acknowledged.
func (s *site) acts(act func() error) {
	s.t.Helper()
	var err error
	eventually(s.t, "the act is recorded", func() bool {
		err = act()
		code := policy.CodeOf(err)
		return code != policy.CodeNotOpen && code != policy.CodeOutcomeUnknown && code != policy.CodeUnavailable
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// isInOrder looks whether the record of a cycle stands up to an auditor, no process has ended by
// itself, and no run of any kind has failed, was terminated or ran out of time.
func (s *site) isInOrder(cycle string) {
	s.t.Helper()
	for _, p := range s.processes {
		if p.hasEnded() {
			s.t.Errorf("%s has ended by itself (%v):\n%s", p, p.err, p.out)
		}
	}
	s.at(s.name, "Ada", "auditors").succeeds("audit", "verify", cycle, "--keys", filepath.Join(s.dir, "etc", "keys.txt"), "--checkpoint", filepath.Join(s.dir, "witness"))
	for _, kind := range []string{"serve", "worker"} {
		eventually(s.t, "doctor finds all runs in motion, asked by who runs a "+kind, func() bool {
			said := user{s.t, s.env()}.types("--config", filepath.Join(s.dir, "etc", kind, "policycycle.yaml"), "doctor")
			return said.status == 0 && strings.Contains(said.out, "all that must be are in motion")
		})
	}
	runs := s.runs()
	s.t.Logf("of the runs there are %v", runs)
	const running = enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
	good := []enumspb.WorkflowExecutionStatus{running, enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED}
	for status, many := range runs {
		if !slices.Contains(good, status) {
			s.t.Errorf("%d runs are %s", many, status)
		}
	}
	if runs[running] == 0 {
		s.t.Error("no run is in motion")
	}
}

// runs counts what Temporal knows, by how it is.
func (s *site) runs() map[enumspb.WorkflowExecutionStatus]int {
	s.t.Helper()
	config, err := s.certs.config()
	if err != nil {
		s.t.Fatal(err)
	}
	temporal, err := client.Dial(client.Options{HostPort: s.temporal, Logger: quiet{}, ConnectionOptions: client.ConnectionOptions{TLS: config}})
	if err != nil {
		s.t.Fatal(err)
	}
	defer temporal.Close()
	runs := map[enumspb.WorkflowExecutionStatus]int{}
	for next := []byte(nil); ; {
		page, err := temporal.ListWorkflow(s.t.Context(), &workflowservice.ListWorkflowExecutionsRequest{PageSize: 500, NextPageToken: next})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, run := range page.GetExecutions() {
			runs[run.GetStatus()]++
		}
		if next = page.GetNextPageToken(); len(next) == 0 {
			return runs
		}
	}
}
