// Command expect checks that the JSON of a rehearsal on standard input ended as
// it should, and says so in a line.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"github.com/policycycle/policycycle/service"
)

func main() {
	stage := flag.String("stage", "closed", "the stage at which the cycle ends")
	priorities := flag.Int("priorities", 0, "how many priorities it has")
	oaps := flag.Int("oaps", 0, "how many OAPs it has in each period")
	flag.Parse()
	line, err := check(*stage, *priorities, *oaps)
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "not as expected:", err)
		os.Exit(1)
	}
	_, _ = fmt.Fprintln(os.Stdout, line)
}

func check(stage string, priorities, oaps int) (string, error) {
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
