package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// event is a line of go test -json.
type event struct {
	Action, Package, Test, Output string
}

// report makes of events what go test prints without -json.
type report struct {
	out      io.Writer
	all      bool // what tests print is wanted as it comes
	packages []*results
}

// results are what a package has printed so far, of tests that have not passed.
type results struct {
	name  string
	lines []line
}

// line is one that a test has printed; test is empty for the package itself.
type line struct{ test, text string }

func newReport(out io.Writer, all bool) *report { return &report{out: out, all: all} }

func (r *report) print(text string) { _, _ = fmt.Fprint(r.out, text) }

// takes takes a line of go test.
func (r *report) takes(text []byte) {
	var e event
	if err := json.Unmarshal(text, &e); err != nil {
		r.print(string(text))
		return
	}
	switch {
	case e.Action == "build-output" || e.Action == "output" && r.all:
		r.print(e.Output)
	case r.all: // printed as it came
	case e.Action == "output":
		p := r.of(e.Package)
		p.lines = append(p.lines, line{e.Test, e.Output})
	case e.Test != "" && (e.Action == "pass" || e.Action == "skip"):
		p := r.of(e.Package)
		p.lines = slices.DeleteFunc(p.lines, func(l line) bool { return l.test == e.Test })
	case e.Test == "" && (e.Action == "pass" || e.Action == "skip"):
		r.passed(r.closes(e.Package))
	case e.Test == "" && e.Action == "fail":
		r.failed(r.closes(e.Package))
	}
}

func (r *report) of(name string) *results {
	for _, p := range r.packages {
		if p.name == name {
			return p
		}
	}
	p := &results{name: name}
	r.packages = append(r.packages, p)
	return p
}

func (r *report) closes(name string) *results {
	p := r.of(name)
	r.packages = slices.DeleteFunc(r.packages, func(other *results) bool { return other == p })
	return p
}

// passed prints the last line of a package: ok, or that it has no tests.
func (r *report) passed(p *results) {
	if len(p.lines) > 0 {
		r.print(p.lines[len(p.lines)-1].text)
	}
}

// failed prints all of a package but what passed: each test with what it said, in the
// order in which they began, and then the package itself.
func (r *report) failed(p *results) {
	var order []string
	for _, l := range p.lines {
		if l.test != "" && !slices.Contains(order, l.test) {
			order = append(order, l.test)
		}
	}
	for _, test := range append(order, "") {
		for _, l := range p.lines {
			if l.test == test && !strings.HasPrefix(l.text, "=== ") {
				r.print(l.text)
			}
		}
	}
}

// ends prints what is left of packages that go test did not get to tell the end of.
func (r *report) ends() {
	for _, p := range r.packages {
		r.failed(p)
	}
}
