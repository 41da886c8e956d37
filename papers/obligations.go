package papers

import (
	"cmp"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
)

// obligations makes the sheet of the obligations of the Council conclusions: what becomes of
// each, and what its rule looked at. Its date is that of the last change it looked at.
func obligations(d *desk) error {
	lines, err := d.service.Compliance(d.ctx, d.cycle.ID)
	if err != nil {
		return err
	}
	p := d.paper
	p.Name, p.Subject = d.T("tab.compliance"), d.quoted(d.cycle.Title)
	table := Table{
		Head:   []string{d.T("compliance.obligation"), d.T("compliance.result"), d.T("compliance.looked"), d.T("tab.findings"), d.T("compliance.changed")},
		Widths: []int{5, 5, 2, 2, 2},
	}
	for i := range lines {
		l := &lines[i]
		if p.Date.Before(l.Changed) {
			p.Date = l.Changed
		}
		result := said(d.Word("compliance", l.Result))
		for _, reason := range d.reasons(l) {
			result = append(append(result, Run{Text: ". "}), reason...)
		}
		table.Rows = append(table.Rows, []Text{
			said(l.Rule + " " + d.Word("rule", l.Rule)), result, said(d.T("compliance.of", "Looked", l.Looked, "Of", l.Of)),
			said(d.Number(int64(len(l.Findings)))), said(d.Date(l.Changed)),
		})
	}
	d.head("", "")
	d.add(Paragraph{said(d.T("compliance.what"))})
	sums := Table{Head: []string{d.T("compliance.result"), d.T("paper.number_of")}, Widths: []int{4, 1}}
	for _, n := range rules.CountResults(lines) {
		sums.Rows = append(sums.Rows, []Text{said(d.Word("compliance", n.Result)), said(d.Number(int64(n.Count)))})
	}
	d.add(sums, table)
	return nil
}

// reasons says why an obligation could not be looked at, or does not apply.
func (d *desk) reasons(l *rules.Compliance) (all []Text) {
	for _, g := range l.Gaps {
		all = append(all, d.sentence(g.Said, g.Message))
	}
	if l.Why != "" {
		all = append(all, d.sentence(l.Said, l.Why))
	}
	if l.Declared > 0 {
		all = append(all, said(d.T("compliance.declared", "Number", l.Declared)))
	}
	return all
}

// sentence says a sentence of the rules in the language of the paper, or else in English.
func (d *desk) sentence(s policy.Sentence, english string) Text {
	if text, is := d.Sentence(s); is || d.Lang == "en" {
		return said(cmp.Or(text, english))
	}
	return Text{{Text: d.Written(english), Language: "en"}}
}
