// Package processes tells what runs on this machine, as far as the system tells it in
// /proc. Where there is none, nothing is seen to run.
package processes

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Process is one that runs.
type Process struct {
	PID, Parent int
	// Worked is how long it has had a processor, and its children that have ended.
	Worked time.Duration
}

// All lists what runs. One that has ended, and about which nobody has asked yet, does
// not.
func All() (all []Process) {
	folders, _ := filepath.Glob("/proc/[0-9]*") // the only error is a bad pattern
	for _, folder := range folders {
		stat, err := os.ReadFile(filepath.Join(folder, "stat"))
		if err != nil {
			continue // it has ended
		}
		pid, err := strconv.Atoi(filepath.Base(folder))
		if err != nil {
			continue
		}
		if p, runs := read(string(stat)); runs {
			p.PID = pid
			all = append(all, p)
		}
	}
	return all
}

// read reads the line that proc(5) describes.
func read(stat string) (p Process, runs bool) {
	const state, parent, user, waited = 0, 1, 11, 14 // after the name, which may hold anything
	const tick = 10 * time.Millisecond
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) <= waited || fields[state] == "Z" {
		return p, false
	}
	p.Parent, _ = strconv.Atoi(fields[parent])
	for _, field := range fields[user : waited+1] {
		ticks, _ := strconv.Atoi(field)
		p.Worked += time.Duration(ticks) * tick
	}
	return p, true
}

// Command gives the words of the command; none of a process that has ended.
func (p Process) Command() []string { return p.words("cmdline") }

// Environment gives what the process was given as NAME=value, if we may see it.
func (p Process) Environment() []string { return p.words("environ") }

func (p Process) words(of string) (words []string) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.PID, of)) // it may have ended
	for word := range bytes.SplitSeq(text, []byte{0}) {
		words = append(words, string(word))
	}
	return words
}

// Below gives those of all for which a condition holds, with all that these have
// started.
func Below(all []Process, holds func(Process) bool) (chosen []Process) {
	is := map[int]bool{}
	for _, p := range all {
		is[p.PID] = holds(p)
	}
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if is[p.Parent] && !is[p.PID] {
				is[p.PID], grown = true, true
			}
		}
	}
	for _, p := range all {
		if is[p.PID] {
			chosen = append(chosen, p)
		}
	}
	return chosen
}
