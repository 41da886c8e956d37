package papers

import (
	"github.com/policycycle/policycycle/policy/rules"
)

// outcome makes the draft outcome of proceedings of a meeting: what is recorded of each item of
// its agenda, and what waits for a second person.
func outcome(d *desk) error {
	m, err := d.meeting(d.T("paper.outcome"))
	if err != nil {
		return err
	}
	points := m.Points()
	if len(points) == 0 {
		d.add(Paragraph{said(d.T("meeting.nothing"))})
	}
	var section rules.Section
	for _, p := range points {
		if p.Section != section {
			section = p.Section
			d.heading(d.T("paper.section_" + string(section)))
		}
		d.add(Item{Number: p.Number, Text: d.quoted(p.Title), Lines: d.concluded(m, p)})
	}
	return nil
}

// concluded tells what the meeting concluded on a point. What was set aside or corrected is no
// outcome.
func (d *desk) concluded(m *rules.MeetingView, p rules.Point) (lines []Text) {
	for _, o := range m.Outcomes {
		if p.Subject == "" || o.Subject != p.Subject || o.State != rules.OutcomeInEffect && o.State != rules.OutcomeWaiting {
			continue
		}
		line := said(joined(", ", d.Outcome(o.Outcome, o.Words), string(o.Document), d.Date(o.Date)))
		if o.State == rules.OutcomeWaiting {
			line = append(line, Run{Text: " (" + d.T("paper.waiting") + ")", Look: Strong})
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		lines = []Text{said(d.T("paper.no_outcome"))}
	}
	return lines
}
