package papers

import (
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// conclusions makes the Council's conclusions on the priorities, as they were handed in last:
// each priority with its parts and where it comes from.
func conclusions(d *desk) error {
	s, held, err := d.held(string(policy.KindPriorities))
	if err != nil {
		return err
	}
	text, is := held.Content.(*policy.Conclusions)
	if !is {
		return policy.Refuse(policy.CodeUnknown, "what stands in the conclusions is not kept here")
	}
	d.paper.Name, d.paper.Subject = d.T("paper.conclusions"), d.quoted(s.Title)
	d.head(d.body(policy.GeneralSecretariat), d.body(policy.Council))
	d.heading(d.T("paper.priorities"))
	for i := range text.Priorities {
		d.add(Item{Number: i + 1, Text: d.quoted(text.Priorities[i].Title), Lines: d.set(&text.Priorities[i])})
	}
	if len(text.Divergences) > 0 {
		d.heading(d.T("paper.divergences"))
		all := make([]Text, len(text.Divergences))
		for i, left := range text.Divergences {
			all[i] = d.quoted(left.Priority + ": " + left.Reason)
		}
		d.add(List{all})
	}
	return nil
}

// set writes what the Council says of a priority.
func (d *desk) set(p *policy.SetPriority) (lines []Text) {
	line := func(label, text string) {
		if text != "" {
			lines = append(lines, append(said(label+": "), d.quoted(text)...))
		}
	}
	parts := make([]string, len(p.SubPriorities))
	for i, s := range p.SubPriorities {
		parts[i] = s.Title
	}
	line(d.T("paper.aim"), p.Aim)
	line(d.T("paper.parts"), strings.Join(parts, "; "))
	line(d.T("paper.areas"), strings.Join(p.Areas, "; "))
	for _, l := range p.Lineage {
		lines = append(lines, append(said(d.T("paper.lineage", "How", d.Word("descent", l.How))+": "), d.quoted(l.Priority)...))
	}
	line(d.T("paper.divergence"), p.Divergence)
	return lines
}

// roadmap makes the roadmap of the evaluation: each recommendation, to whom, by when, and what
// became of it. Its date is that of the last answer.
func roadmap(d *desk) error {
	_, held, err := d.held(string(policy.KindEvaluation))
	if err != nil {
		return err
	}
	report, is := held.Content.(*policy.EvaluationReport)
	if !is {
		return policy.Refuse(policy.CodeUnknown, "what stands in the evaluation is not kept here")
	}
	p := d.paper
	p.Name, p.Subject = d.T("paper.roadmap"), d.quoted(d.cycle.Title)
	answers, err := d.service.ListRows(d.ctx, service.RowFilter{Cycle: d.cycle.ID, Register: policy.RegRecommendations})
	if err != nil && !keptFrom(err) {
		return err
	}
	p.Number, p.Digest, p.Marking = "", "", "" // it is made of more than the evaluation
	table := Table{
		Head:   []string{d.T("content.code"), d.T("evaluation.text"), d.T("evaluation.to"), d.Word("column", "body.by"), d.T("evaluation.answer")},
		Widths: []int{2, 5, 3, 2, 4},
	}
	for _, r := range report.Recommendations {
		answer, by, on := d.answer(report, answers, r.Key)
		p.Date = policy.Latest(p.Date, on)
		table.Rows = append(table.Rows, []Text{said(r.Key), d.quoted(r.Text), said(d.Bodies(r.To)), by, answer})
	}
	d.head(report.Evaluator, d.body(policy.COSI))
	if len(p.Head) > 0 {
		p.Head[0].Text = d.quoted(report.Evaluator)
	}
	d.heading(d.T("evaluation.recommendations"))
	d.add(table)
	return nil
}

// answer says what became of a recommendation, by when it is carried out, and when that was said.
func (d *desk) answer(report *policy.EvaluationReport, rows []policy.Row, key string) (answer, by Text, on policy.Date) {
	answer, until := strong(d.T("evaluation.unanswered")), policy.Date{}
	if at := slices.IndexFunc(report.Roadmap, func(p policy.RoadmapPoint) bool { return p.Recommendation == key }); at >= 0 {
		until = report.Roadmap[at].By
	}
	for _, row := range rows {
		if f, is := row.Body.(*policy.FollowUp); is && row.Key == key {
			on, answer = row.Date, said(joined(" ", d.T("answer."+string(f.State)), f.Reason))
			if !f.By.IsZero() {
				until = f.By
			}
		}
	}
	by = said(d.Date(until))
	if until.IsZero() {
		by = said(d.T("paper.missing"))
	}
	return answer, by, on
}
