package papers

import (
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
)

// national makes the sheet of a Member State: what waits for it, what it owes, and what it said.
func national(d *desk) error {
	state, err := policy.ParseBody(d.order.Key)
	if err != nil {
		return err
	}
	sheet, err := d.service.NationalSheet(d.ctx, d.cycle.ID, state)
	if err != nil {
		return err
	}
	d.paper.Subject = said(d.body(state))
	d.today(d.T("paper.national"), d.Word("role", policy.RoleNEC))
	var open, answered []rules.ConsentLine
	for _, l := range sheet.Consents {
		if l.Answered() {
			answered = append(answered, l)
		} else {
			open = append(open, l)
		}
	}
	d.heading(d.T("national.open"))
	d.consents(open)
	d.heading(d.T("national.waits"))
	turns := make([]Text, len(sheet.Reports))
	for i, r := range sheet.Reports {
		turns[i] = append(d.quoted(r.Title), said(", "+d.Date(r.Due))...)
	}
	d.listed(turns)
	d.heading(d.T("national.progress"))
	due := make([]Text, len(sheet.Progress))
	for i, p := range sheet.Progress {
		due[i] = append(d.quoted(p.Title), said(" ("+d.action(p.Action)+"), "+d.Date(p.Due))...)
		if p.Overdue {
			due[i] = append(due[i], Run{Text: ", " + d.T("owed.overdue"), Look: Strong})
		}
	}
	d.listed(due)
	d.heading(d.T("national.ending"))
	ending := make([]Text, len(sheet.Ending))
	for i, e := range sheet.Ending {
		ending[i] = append(d.quoted(e.Title), said(" ("+d.action(e.Action)+"), "+d.Date(e.Ends))...)
	}
	d.listed(ending)
	d.heading(d.T("national.posts"))
	posts := make([]Text, len(sheet.Posts))
	for i, p := range sheet.Posts {
		posts[i] = said(d.post(p.Post) + ": " + joined(", ", p.Person, d.T("overview.since")+" "+d.Date(p.Since)))
	}
	d.listed(posts)
	d.heading(d.T("national.said"))
	d.consents(answered)
	return nil
}

// listed adds a list; an empty one says so.
func (d *desk) listed(items []Text) {
	if len(items) == 0 {
		d.add(Paragraph{said(d.T("paper.nothing"))})
		return
	}
	d.add(List{items})
}

// consents writes what a State said on actions, or is asked.
func (d *desk) consents(lines []rules.ConsentLine) {
	if len(lines) == 0 {
		d.add(Paragraph{said(d.T("paper.nothing"))})
		return
	}
	table := Table{Head: []string{d.T("content.action"), d.T("content.from"), d.T("national.part"), d.T("national.consent")}, Widths: []int{5, 2, 2, 4}}
	for _, l := range lines {
		begins, part := said(d.Date(l.Begins)), ""
		if l.Begins.IsZero() {
			begins = said(d.T("skeleton.not_held"))
		}
		switch {
		case l.Leads:
			part = d.T("content.leads")
		case l.Listed:
			part = d.T("content.takes_part")
		}
		answer := said(d.T("paper.missing"))
		if l.State != "" {
			answer = said(joined(", ", d.Word("consent", l.State), d.Date(l.On), l.Condition, l.Contribution))
		}
		table.Rows = append(table.Rows, []Text{append(d.quoted(l.Title), said(" ("+d.action(l.Action)+")")...), begins, said(part), answer})
	}
	d.add(table)
}

// action names an action by its plan and its code.
func (d *desk) action(path string) string {
	at := strings.LastIndex(path, "/")
	return d.Written("oap/"+path[:at]) + ", " + path[at+1:]
}

// post names a post: "driver/firearms" is the driver of firearms.
func (d *desk) post(key string) string {
	post, of, _ := strings.Cut(key, "/")
	if title, is := d.titles["priorities/"+of]; is {
		of = title
	}
	if policy.Role(post) == policy.RoleNEC {
		of = d.body(policy.Body(of))
	}
	return d.Word("role", post) + ", " + of
}
