package papers

import (
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// agenda makes the provisional agenda of a meeting: its items as the rules number them, each
// with its document.
func agenda(d *desk) error {
	m, err := d.meeting(d.T("paper.agenda"))
	if err != nil {
		return err
	}
	if !m.Cancelled.IsZero() {
		d.add(Note{strong(d.T("paper.meeting_cancelled", "Date", d.Date(m.Cancelled)))})
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
			if agreed, _ := rules.Sections(m.Body); section == agreed {
				d.add(Note{said(d.T("meeting.sections_" + string(m.Body)))})
			}
		}
		if err := d.point(p); err != nil {
			return err
		}
	}
	return nil
}

// meeting finds the meeting that the paper is about, and writes the head.
func (d *desk) meeting(name string) (*rules.MeetingView, error) {
	m, err := d.service.FindMeeting(d.ctx, d.cycle.ID, d.order.Key)
	if err != nil {
		return nil, err
	}
	d.paper.Name, d.paper.Date, d.paper.Subject = name, m.On, d.quoted(m.Title)
	d.head(d.body(policy.GeneralSecretariat), d.body(m.Body))
	return m, nil
}

// point writes a point of an agenda.
func (d *desk) point(p rules.Point) error {
	item := Item{Number: p.Number, Text: d.quoted(p.Title)}
	if p.Subject != "" {
		s, err := d.subject(p.Subject)
		if err != nil {
			return err
		}
		item.Lines = d.documents(s)
	}
	d.add(item)
	return nil
}

// documents tells by which documents a subject is dealt with.
func (d *desk) documents(s *service.Subject) []Text {
	v := version(s)
	if v == nil {
		return []Text{said(d.T("paper.no_document"))}
	}
	line := joined(", ", string(v.Document), d.T("paper.version", "Number", d.Number(int64(v.Version))), d.Date(v.Date), d.Word("marking", v.Marking))
	if v.Document == "" {
		line = d.T("paper.no_number") + ", " + line
	}
	lines := []Text{said(line)}
	for _, c := range s.Corrigenda {
		lines = append(lines, said(joined(", ", string(c.Document), d.Date(c.On))))
	}
	return lines
}
