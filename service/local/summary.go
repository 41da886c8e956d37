package local

import (
	"fmt"
	"strings"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// summaryOf tells people what is in a dossier.
func summaryOf(c *service.Cycle, d *evidence.Dossier, obligations []rules.Compliance) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", c.Title)
	if c.Rehearsal {
		b.WriteString("A rehearsal: none of this happened.\n\n")
	}
	fmt.Fprintf(&b, "The record of the cycle `%s`: %d lines of the trail, of which %d record something.\n", c.ID, len(d.Trail), d.RecordCount())
	if c.Begins.IsZero() {
		fmt.Fprintf(&b, "It stands at: %s, since %s.\n", c.Stage.Title(), c.StageSince)
	} else {
		fmt.Fprintf(&b, "It begins on %s.\n", c.Begins)
	}
	b.WriteString("\nTo check it, without a database: `policycycle dossier verify FILE`.\n")
	b.WriteString("\n## What was decided\n\n| date | subject | version | body | outcome | reference | recorded by | confirmed by | line |\n|---|---|---|---|---|---|---|---|---|\n")
	lines := map[string]int64{}
	for _, line := range d.Trail {
		if line.Accepted {
			lines[line.ActID] = line.Sequence
		}
	}
	for _, made := range c.Decisions {
		remark := made.ConfirmedBy
		switch {
		case made.RectifiedBy != "":
			remark = fmt.Sprintf("corrected by line %d, does not count", lines[made.RectifiedBy])
		case made.Rectifies != "" && made.ConfirmedBy != "":
			remark = fmt.Sprintf("%s; corrects line %d", remark, lines[made.Rectifies])
		case made.SetAsideBy != "":
			remark = "set aside by " + made.SetAsideBy
		case made.Undone:
			remark = "undone: a delegation had objected in time"
		case made.Awaits != "":
			remark = "not confirmed yet"
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %s | %s | %s | %s | %s | %d |\n",
			made.Date, cell(made.Subject.Path()), made.Version, c.Bodies.Title(made.Body), made.Words.Title(made.Outcome), cell(string(made.Reference)),
			cell(made.RecordedBy), cell(remark), lines[made.ID])
	}
	b.WriteString("\n## Attempts that were refused\n\n| line | what | why |\n|---|---|---|\n")
	for _, line := range d.Trail {
		if !line.Accepted {
			fmt.Fprintf(&b, "| %d | %s %s | %s: %s |\n", line.Sequence, cell(line.Act), cell(line.Path), line.Code, cell(line.Message))
		}
	}
	writeObligations(&b, obligations)
	return b.String()
}

// writeObligations tells what became of each obligation of the conclusions by the day on which
// the dossier was made, and what was not looked at.
func writeObligations(b *strings.Builder, obligations []rules.Compliance) {
	b.WriteString("\n## Obligations of the Council conclusions of 24-25 February 2011\n\n| rule | obligation | result | looked at | findings | what was not looked at |\n|---|---|---|---|---|---|\n")
	for _, line := range obligations {
		var not []string
		for _, gap := range line.Gaps {
			not = append(not, gap.Message)
		}
		if line.Why != "" {
			not = append(not, line.Why)
		}
		if line.Declared > 0 {
			not = append(not, fmt.Sprintf("%d declared only", line.Declared))
		}
		fmt.Fprintf(b, "| %s | %s | %s | %d of %d | %d | %s |\n",
			line.Rule, cell(line.Title), strings.ReplaceAll(string(line.Result), "-", " "), line.Looked, line.Of, len(line.Findings), cell(strings.Join(not, "; ")))
	}
}

// cell makes text fit into a cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ", "\r", " ").Replace(text)
}
