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
	Plan  string // the OAP that is changed, PERIOD/OAP; empty for an item
}

// path gives the page on which an item is opened, or a change of an OAP.
func (o openView) path() string {
	path := "/cycles/" + o.Cycle.ID + "/open"
	if o.Plan != "" {
		path += "?" + url.Values{"plan": {o.Plan}}.Encode()
	}
	return path
}

func openPage(v *page, c *service.Cycle) (body, error) {
	o := openView{Cycle: c, Plan: v.query("plan")}
	_, err := v.actor()
	if err == nil && o.Plan == "" {
		err = v.mayOpen()
	}
	if err != nil {
		return nil, err
	}
	v.titleIn("open.item")
	if o.Plan != "" {
		v.titleIn("open.change", "Plan", v.name("oap/"+o.Plan))
	}
	return openForm(v, o), nil
}

// changePath gives the page on which a change of an OAP is opened.
func changePath(oap policy.Subject) string {
	return "/cycles/" + oap.Cycle + "/open?plan=" + oap.Period + "/" + oap.Key
}

// openItem opens an extraordinary item, or a change of an OAP.
func openItem(v *page) (string, error) {
	path := string(policy.KindItem) + "/" + v.form("key")
	if plan := v.query("plan"); plan != "" {
		path = string(policy.KindChange) + "/" + plan + "/" + v.form("key")
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
