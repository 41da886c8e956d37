package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// may says whether the reader may do something in the cycle that the page is about.
func (v *page) may(d policy.Deed) bool { return v.about != nil && slices.Contains(v.about.May, d) }

// mayOpen says why the reader cannot open an item in the cycle.
func (v *page) mayOpen() error {
	if v.may(policy.Deed(policy.ActOpen)) {
		return nil
	}
	if err := policy.JudgeRunning(v.about.Stages); err != nil {
		return err
	}
	return v.mayNot(policy.Deed(policy.ActOpen))
}

// mayNot refuses what the reader is not offered.
func (v *page) mayNot(d policy.Deed) error {
	if _, err := v.actor(); err != nil {
		return err
	}
	return d.Refuse(*v.Who, v.Cycle)
}

// openView is what the page shows on which something is opened outside the
// calendar.
type openView struct {
	Cycle *service.Cycle
	Of    policy.Subject // the OAP that is changed, or the report that is corrected; zero for an item
}

// path gives the page on which an item is opened, or a change of an OAP.
func (o openView) path() string {
	if o.Of == (policy.Subject{}) {
		return "/cycles/" + o.Cycle.ID + "/open"
	}
	return changePath(o.Of)
}

func openPage(v *page, c *service.Cycle) (body, error) {
	o := openView{Cycle: c}
	_, err := v.actor()
	if err == nil {
		o.Of, err = v.changed()
	}
	if err == nil && o.Of == (policy.Subject{}) {
		err = v.mayOpen()
	}
	if err != nil {
		return nil, err
	}
	v.titleIn("open.item")
	if o.Of != (policy.Subject{}) {
		v.titleIn("open."+string(o.Of.ChangedBy("1").Kind), "Of", v.name(o.Of.Path()))
	}
	return openForm(v, o), nil
}

// changePath gives the page on which a change of an OAP is opened, or a correction of a report.
func changePath(subject policy.Subject) string {
	return "/cycles/" + subject.Cycle + "/open?" + url.Values{"of": {subject.Path()}}.Encode()
}

// changed gives the OAP that is to be changed, or the report that is to be corrected, by the
// address; the zero Subject where it names none.
func (v *page) changed() (policy.Subject, error) {
	path := v.query("of")
	if path == "" {
		return policy.Subject{}, nil
	}
	subject, err := policy.ParseSubject(v.path("cycle") + "/" + path)
	if err == nil && subject.ChangedBy("1") == (policy.Subject{}) {
		err = policy.RefuseOpening()
	}
	return subject, err
}

// openItem opens an extraordinary item, a change of an OAP or a correction of a report.
func openItem(v *page) (string, error) {
	path := string(policy.KindItem) + "/" + v.form("key")
	of, err := v.changed()
	if err != nil {
		return "", err
	}
	if of != (policy.Subject{}) {
		path = of.ChangedBy(v.form("key")).Path()
	}
	r := v.reading()
	in := service.OpenItem{
		Statement: r.statement(), Subject: r.subjectAt(path),
		Opening: policy.Opening{Title: v.form("title"), Due: r.day("due"), Through: r.bodies("through")},
	}
	if r.err != nil {
		return "", r.err
	}
	return v.acted(v.service.OpenItem(v.ctx(), in))
}

func amendPage(v *page, c *service.Cycle) (body, error) {
	if !v.may(policy.Deed(policy.ActAmend)) {
		return nil, v.mayNot(policy.Deed(policy.ActAmend))
	}
	v.titleIn("amend.title")
	return amendForm(v, c), nil
}

// grounds lists the decisions on which an amendment may rest, the latest first.
func grounds(c *service.Cycle) []service.Decision {
	settled := slices.DeleteFunc(slices.Clone(c.Decisions), func(d service.Decision) bool {
		return !d.Outcome.Positive() || d.Awaits != "" || d.SetAsideBy != "" || d.Undone || d.RectifiedBy != ""
	})
	slices.Reverse(settled)
	return settled
}

// amendCycle amends the cycle by an amendment file, or the text of one.
func amendCycle(v *page) (string, error) {
	amendment, err := files.ReadAmendment("amendment.yaml", strings.NewReader(v.r.PostFormValue("source")))
	if err != nil {
		return "", err
	}
	r := v.reading()
	said := r.statement()
	if r.err != nil {
		return "", r.err
	}
	in := service.AmendCycle{
		Cycle: v.path("cycle"), Decision: v.form("decision"), Amendment: amendment.Amendment,
		Date: said.Date, For: said.For, Language: said.Language,
	}
	receipt, err := v.service.AmendCycle(v.ctx(), in)
	if err != nil {
		return "", amendment.Placed(err)
	}
	v.Said = v.T("amend.amended") + v.remarks(receipt.Remarked)
	return "/cycles/" + in.Cycle, nil
}
