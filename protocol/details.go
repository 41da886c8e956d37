package protocol

import (
	"strconv"
	"strings"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// Summary says in a line, by keys alone, what a run carries: Temporal's own page shows it.
func Summary(run policy.Run) string {
	switch run.Kind {
	case policy.RunPlan:
		return strings.ToUpper(string(run.Plan.Kind)) + " " + strings.TrimPrefix(run.Plan.Path(), string(run.Plan.Kind)+"/") + " of the cycle " + run.Cycle
	case policy.RunObligations:
		return "reporting obligations of the cycle " + run.Cycle
	case policy.RunEvaluation:
		return "evaluation of the cycle " + run.Cycle
	default:
		return "the cycle " + run.Cycle
	}
}

// Details says where a run stands, for Temporal's own page: in Markdown, and with no more than
// may be shown there.
func Details(orders policy.Orders) string {
	if orders.Outlook == nil {
		return ""
	}
	o := orders.Outlook
	var text strings.Builder
	text.WriteString("**" + orders.Stage.Title() + "**")
	if !orders.Since.IsZero() {
		text.WriteString(" since " + day(orders.Since))
	}
	if o.Rehearsal {
		text.WriteString(", a rehearsal")
	}
	for _, a := range o.Open {
		text.WriteString("\n- " + detail(o, a))
	}
	if o.More > 0 {
		text.WriteString("\n- and " + strconv.Itoa(o.More) + " more")
	}
	return text.String()
}

// detail is a line on a subject that is open: its key, and where that may be shown its title,
// whose turn it is and until when.
func detail(o *policy.Outlook, a policy.Awaited) string {
	key := "`" + a.Subject.Path() + "`"
	if policy.Limite.Above(o.Shown) {
		return key
	}
	text := plain.Replace(a.Title) + " (" + key + "): " + turn(a, plain.Replace(o.Titles(a.Turn)))
	if !a.Since.IsZero() {
		text += " since " + day(a.Since)
	}
	if !a.Due.IsZero() {
		text += ", due " + day(a.Due)
	}
	if a.Overdue {
		text += ", **overdue**"
	}
	if a.Waiting != nil {
		text += "; what was recorded waits for a second person"
	}
	return text
}

// turn says whose turn it is, and to do what.
func turn(a policy.Awaited, whose string) string {
	switch {
	case a.State == policy.StateDeciding:
		return "before " + whose
	case a.State == policy.StateClosed:
		return "its final text awaited of " + whose
	case whose == "":
		return "awaited of any Member State"
	default:
		return "awaited of " + whose
	}
}

func day(d policy.Date) string { return d.Time(time.UTC).Format("2 January 2006") }

// plain keeps what people wrote from being read as Markdown.
var plain = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "!", `\!`)
