// Package readme reads the sessions that a document shows, so that what it says a
// command prints can be held against what the command prints.
package readme

import (
	"regexp"
	"strings"
)

// Step is a command that a document shows, and what it says the command prints.
type Step struct {
	Command string   // as somebody would type it, on one line
	Prints  []string // line by line; what is left out is left out here, too
}

// Steps lists the steps of a Markdown text in their order: in a fenced block a command
// begins with "$ ", goes on after a backslash, and what it prints follows.
func Steps(markdown string) (steps []Step) {
	fenced, goesOn := false, false
	var now *Step
	for line := range strings.Lines(markdown) {
		line = strings.TrimRight(line, "\n")
		command, begins := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			fenced, goesOn, now = !fenced, false, nil
		case !fenced:
		case goesOn:
			now.Command += " " + strings.TrimSpace(line)
		case begins:
			steps = append(steps, Step{Command: command})
			now = &steps[len(steps)-1]
		case now != nil && strings.TrimSpace(line) != "" && line != "…":
			now.Prints = append(now.Prints, line)
		}
		if now != nil {
			now.Command, goesOn = strings.CutSuffix(now.Command, " \\")
		}
	}
	return steps
}

// changing is what differs from one time to the next: how long something took, how late it is
// by now, the port at which an engine listens, and the ID of a record that nobody chose.
var changing = regexp.MustCompile(`[0-9.]+ (s\b|days overdue)|(127\.0\.0\.1:)[0-9]+|\b[a-z2-7]{16}\b`)

// normal gives a line without what differs, and with one blank where columns stand apart.
func normal(line string) string {
	return strings.Join(strings.Fields(changing.ReplaceAllString(line, "N $1$2")), " ")
}

// Missing lists the lines of a step that do not stand in what was printed, in their order.
func (s Step) Missing(printed string) (missing []string) {
	lines := strings.Split(printed, "\n")
	for _, want := range s.Prints {
		at := 0
		for at < len(lines) && normal(lines[at]) != normal(want) {
			at++
		}
		if at == len(lines) {
			missing = append(missing, want)
			continue
		}
		lines = lines[at+1:]
	}
	return missing
}
