package web

import (
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// mistaken has the page list the mistakes in what was sent, each on a line of its own
// and with its place where it stands in a file. A single one that has no place is told
// by the refusal itself.
func (v *page) mistaken(refusal *policy.Error) {
	mistakes := refusal.Mistakes
	if len(mistakes) == 0 || len(mistakes) == 1 && mistakes[0].File == "" {
		return
	}
	v.Told, v.Details = v.N("problem.mistakes", len(mistakes)), nil
	for _, m := range mistakes {
		line, is := v.Sentence(m.Said)
		if !is {
			line = strings.TrimSpace(m.Field + " " + m.Message)
		}
		switch {
		case m.Sheet != "":
			line = m.Place() + ": " + line
		case m.File != "":
			line = v.T("problem.place", "Line", m.Line, "Column", m.Column) + ": " + line
		}
		v.Details = append(v.Details, line)
	}
}
