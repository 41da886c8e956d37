// Command expect checks that the JSON of a rehearsal on standard input ended as
// it should, or with -of that a command printed what README.md shows, and says so in a line.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/tools/readme"
)

func main() {
	stage := flag.String("stage", "closed", "the stage at which the cycle ends")
	priorities := flag.Int("priorities", 0, "how many priorities it has")
	oaps := flag.Int("oaps", 0, "how many OAPs it has in each period")
	of := flag.String("of", "", "the command of README.md that printed what stands on standard input")
	flag.Parse()
	check := func() (string, error) { return ended(*stage, *priorities, *oaps) }
	if *of != "" {
		check = func() (string, error) { return shown(*of) }
	}
	line, err := check()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "not as expected:", err)
		os.Exit(1)
	}
	_, _ = fmt.Fprintln(os.Stdout, line)
}

// shown holds what a command printed against what the README shows of it.
func shown(command string) (string, error) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		return "", err
	}
	printed, err := io.ReadAll(os.Stdin)
	if err != nil {
		return "", err
	}
	for _, step := range readme.Steps(string(text)) {
		if step.Command != command {
			continue
		}
		if missing := step.Missing(string(printed)); len(missing) > 0 {
			return "", fmt.Errorf("%s did not print\n%s", command, strings.Join(missing, "\n"))
		}
		return fmt.Sprintf("%s printed what README.md shows: %d lines", command, len(step.Prints)), nil
	}
	return "", fmt.Errorf("README.md does not show %s", command)
}

// ended holds the JSON of a rehearsal against what it must be.
func ended(stage string, priorities, oaps int) (string, error) {
	var c service.Cycle
	if err := json.NewDecoder(os.Stdin).Decode(&c); err != nil {
		return "", err
	}
	if string(c.Stage) != stage || len(c.Priorities) != priorities {
		return "", fmt.Errorf("stage %s with %d priorities", c.Stage, len(c.Priorities))
	}
	for _, p := range c.Periods {
		if len(p.OAPs) != oaps {
			return "", fmt.Errorf("%d OAPs in %s", len(p.OAPs), p.Key)
		}
	}
	for _, d := range c.Decisions {
		if d.Body == "" || d.Reference == "" || d.Date.IsZero() {
			return "", fmt.Errorf("the decision %s lacks body, reference or date", d.ID)
		}
	}
	return fmt.Sprintf("%s: %s on %s, %d priorities, %d OAPs in each of %d periods, %d decisions, greatest lag %d days",
		c.ID, c.Stage, c.StageSince, priorities, oaps, len(c.Periods), len(c.Decisions), c.GreatestLagDays), nil
}
