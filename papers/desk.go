package papers

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

// desk is where one paper is written: what the reader sees, and in which words.
type desk struct {
	*text.Printer
	ctx     context.Context //nolint:containedctx // a desk is there for one paper
	service service.Service
	order   Order
	cycle   *service.Cycle
	titles  map[string]string // of the parts of the cycle, by their paths
	paper   *Paper
	// indicators are those of the register, once something was added up.
	indicators map[string]policy.Indicator
}

// know takes the titles of the cycle, by which its parts are named from then on.
func (d *desk) know() {
	c := d.cycle
	d.titles = map[string]string{}
	all := slices.Concat(c.Policy, c.MASPs, c.Items, c.Obligations, c.Discontinued)
	for _, p := range c.Periods {
		all = slices.Concat(all, p.OAPs, p.Reports)
	}
	for _, s := range all {
		d.titles[s.Subject.Path()] = s.Title
	}
	for _, p := range c.Priorities {
		d.titles["priorities/"+p.Key] = p.Title
	}
	d.Names = func(path string) (string, bool) {
		title, is := d.titles[strings.TrimPrefix(path, c.ID+"/")]
		return title, is
	}
	d.BodyTitle = c.Bodies.OwnTitle
}

// quoted is a text of the record, in the language of the cycle.
func (d *desk) quoted(text string) Text { return Text{{Text: text, Language: d.foreign()}} }

// foreign gives the language of the titles, where it is not that of the paper.
func (d *desk) foreign() policy.Language {
	if d.cycle.Language == d.paper.Language {
		return ""
	}
	return d.cycle.Language
}

// body gives the name of a body.
func (d *desk) body(b policy.Body) string { return d.Word("body", b) }

// add adds blocks to the paper.
func (d *desk) add(blocks ...Block) { d.paper.Body = append(d.paper.Body, blocks...) }

// heading adds a heading of the first level in the language of the paper.
func (d *desk) heading(text string) { d.add(Heading{1, said(text)}) }

// head writes what stands above the text. What has no number yet says so.
func (d *desk) head(from, to string) {
	p := d.paper
	p.Head = nil
	for _, l := range []Line{
		{d.T("paper.from"), said(from)},
		{d.T("paper.to"), said(to)},
		{d.T("paper.number"), said(cmp.Or(string(p.Number), d.T("paper.no_number")))},
		{d.T("paper.date"), said(d.Date(p.Date))},
		{d.T("paper.subject"), p.Subject},
		{d.T("paper.cycle"), d.quoted(d.cycle.Title)},
	} {
		if l.Text.Plain() != "" {
			p.Head = append(p.Head, l)
		}
	}
}

// version gives the version of a subject that was handed in last; nil where none was.
func version(s *service.Subject) *service.Version {
	if len(s.Versions) == 0 {
		return nil
	}
	return &s.Versions[len(s.Versions)-1]
}

// subject finds a part of the cycle by its path.
func (d *desk) subject(path string) (*service.Subject, error) {
	subject, err := policy.ParseSubject(d.cycle.ID + "/" + path)
	if err != nil {
		return nil, err
	}
	return d.service.FindSubject(d.ctx, subject)
}

// texts joins texts with a sign between them.
func joined(between string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(t string) bool { return t == "" }), between)
}
