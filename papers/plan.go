package papers

import (
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// oap makes the paper of an OAP as it was handed in last, with what has changed against the
// version before.
func oap(d *desk) error { return d.plan(policy.KindOAP) }

// masp makes the paper of a MASP in the same way.
func masp(d *desk) error { return d.plan(policy.KindMASP) }

func (d *desk) plan(kind policy.Kind) error {
	s, held, err := d.held(string(kind) + "/" + d.order.Key)
	if err != nil {
		return err
	}
	d.paper.Name, d.paper.Subject = d.Word("kind", kind), d.quoted(s.Title)
	d.head(d.writer(s, held.Version), "")
	switch content := held.Content.(type) {
	case *policy.OperationalPlan:
		d.operational(content)
	case *policy.StrategicPlan:
		d.strategic(content)
	}
	return d.changes(s, held.Version)
}

// held finds the text of a subject that is in force: the version that was handed in last, or
// the final text or the corrigendum that took its place. The paper has its number, date,
// marking and digest.
func (d *desk) held(path string) (*service.Subject, *service.Document, error) {
	s, err := d.subject(path)
	if err != nil {
		return nil, nil, err
	}
	held, err := d.service.FindContent(d.ctx, s.Subject, 0)
	if err != nil {
		return nil, nil, err
	}
	p, found := d.paper, false
	p.Marking = held.Marking
	for _, v := range s.Versions {
		if v.Version == held.Version {
			p.Number, p.Date, p.Digest, found = v.Document, v.Date, v.Digest, true
		}
	}
	if f := s.Final; f != nil && f.Version == held.Version {
		p.Number, p.Date, p.Digest, found = f.Document, f.On, f.Content, true
	}
	for _, c := range s.Corrigenda {
		if c.Version == held.Version {
			p.Number, p.Date, p.Digest, found = c.Document, c.On, c.Content, true
		}
	}
	if !found {
		return nil, nil, policy.Refuse(policy.CodeUnknown, "no version of %s is there for you to read", s.Path)
	}
	return s, held, nil
}

// writer gives the body of who handed a version in.
func (d *desk) writer(s *service.Subject, version int) string {
	for _, v := range s.Versions {
		if _, body, is := strings.Cut(v.By, "@"); is && v.Version == version {
			return d.body(policy.Body(body))
		}
	}
	return ""
}

// operational writes the actions of an OAP. What its skeleton does not hold says so, and so
// does what is missing.
func (d *desk) operational(plan *policy.OperationalPlan) {
	if plan.IsSkeleton() {
		d.add(Note{said(d.T("skeleton.says"))})
	}
	d.heading(d.T("content.actions"))
	table := Table{
		Head:   []string{d.T("content.code"), d.T("content.action"), d.T("content.leader"), d.T("content.from"), d.T("content.to"), d.Word("column", "kpis")},
		Widths: []int{1, 5, 3, 2, 2, 3},
	}
	for i := range plan.Actions {
		a := &plan.Actions[i]
		held := func(f policy.PlanField, text Text) Text {
			switch {
			case !plan.Holds(f):
				return said(d.T("skeleton.not_held"))
			case text.Plain() == "":
				return said(d.T("paper.missing"))
			default:
				return text
			}
		}
		table.Rows = append(table.Rows, []Text{
			said(a.Code), held(policy.FieldTitle, d.quoted(a.Title)), held(policy.FieldLeader, said(d.led(a))),
			held(policy.FieldFrom, said(d.Date(a.From))), held(policy.FieldTo, said(d.Date(a.To))), held(policy.FieldKPIs, said(d.measured(a))),
		})
	}
	d.add(table)
}

// led names who leads an action and who does so with them.
func (d *desk) led(a *policy.OperationalAction) string {
	if a.Leader == "" {
		return ""
	}
	return d.Bodies(append([]policy.Body{a.Leader}, a.CoLeaders...))
}

// measured says by what an action is measured: from where, and to where.
func (d *desk) measured(a *policy.OperationalAction) string {
	var all []string
	for _, k := range a.KPIs {
		all = append(all, k.Indicator+": "+d.Amount(k.Baseline)+" → "+d.Amount(k.Target))
	}
	return strings.Join(all, "; ")
}

// strategic writes the goals of a MASP.
func (d *desk) strategic(plan *policy.StrategicPlan) {
	d.heading(d.T("content.goals"))
	for _, g := range plan.Goals {
		d.add(Heading{2, append(said(g.Key+" "), d.quoted(g.Title)...)})
		var lines []Text
		if g.Objective != "" {
			lines = append(lines, said(d.T("content.objective")+" "+string(g.Objective)))
		}
		for _, i := range g.Indicators {
			lines = append(lines, d.quoted(i))
		}
		if len(lines) > 0 {
			d.add(List{lines})
		}
	}
}

// changes shows where a version differs from the one before. A version before that the reader
// may not read is not told of.
func (d *desk) changes(s *service.Subject, version int) error {
	if version == 1 {
		return nil
	}
	found, err := d.service.CompareVersions(d.ctx, s.Subject, version-1, version)
	if keptFrom(err) {
		return nil
	}
	if err != nil {
		return err
	}
	d.heading(d.T("diff.title", "Was", found.Was, "Is", found.Is))
	if len(found.Differences) == 0 {
		d.add(Paragraph{said(d.T("diff.none"))})
		return nil
	}
	table := Table{Head: []string{d.T("diff.where"), d.T("diff.was"), d.T("diff.is")}, Widths: []int{3, 4, 4}}
	for _, f := range found.Differences {
		was, is := changed(f.Was, f.Is)
		if f.Was == "" {
			was = said("–")
		}
		if f.Is == "" {
			is = said("–")
		}
		table.Rows = append(table.Rows, []Text{said(d.Place(f.Path)), was, is})
	}
	d.add(table)
	return nil
}
