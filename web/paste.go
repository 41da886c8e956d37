package web

import (
	"slices"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// readMinutes reads the text that was pasted and chooses the outcomes that it tells, and the items
// of the agenda that it names. Nothing is recorded.
func (v *page) readMinutes() (err error) {
	v.minutes, err = papers.ReadMinutes(v.ctx(), v.service, v.path("cycle"), v.path("meeting"), v.form("pasted"))
	if err != nil {
		return err
	}
	for path, outcome := range v.minutes.Drafts() {
		if name := "outcome-" + path; v.sent.Form.Has(name) && v.form(name) == "" {
			v.sent.Form.Set(name, string(outcome))
		}
	}
	if v.sent.Form.Has("document") && v.form("document") == "" {
		v.sent.Form.Set("document", string(v.minutes.Document))
	}
	v.sent.Form.Del("tabled")
	for _, s := range untabled(v.minutes) {
		v.sent.Form.Add("tabled", s.Path)
	}
	return nil
}

// untabled lists the subjects that a text names and that do not stand on the agenda.
func untabled(m *papers.Minutes) (all []papers.MinutesSubject) {
	for _, p := range m.Points {
		for _, s := range p.Subjects {
			if !s.Tabled && !slices.ContainsFunc(all, func(o papers.MinutesSubject) bool { return o.Path == s.Path }) {
				all = append(all, s)
			}
		}
	}
	return all
}

// tableText reads an agenda that was pasted, and puts on the agenda what was chosen of it.
func tableText(v *page) (string, error) {
	if v.form("read") != "" {
		return "", v.readMinutes()
	}
	chosen := v.sent.Form["tabled"]
	if err := v.readMinutes(); err != nil {
		return "", err
	}
	v.sent.Form["tabled"] = chosen
	var rows []policy.Row
	for _, s := range untabled(v.minutes) {
		if slices.Contains(chosen, s.Path) {
			rows = append(rows, policy.Row{Register: policy.RegAgenda, Key: v.path("meeting") + "/" + s.Path, Body: &policy.AgendaItem{Title: s.Title}})
		}
	}
	if len(rows) == 0 {
		return "", policy.Refuse(policy.CodeInvalid, "nothing is chosen: tick what is to stand on the agenda")
	}
	if _, err := v.service.Enter(v.ctx(), service.Enter{Cycle: v.path("cycle"), Rows: rows}); err != nil {
		return "", err
	}
	v.Said = v.T("meeting.tabled")
	return v.meetingPath(), nil
}

// holdRelease holds the numbers of a press release against the record. Nothing is recorded.
func holdRelease(v *page) (_ string, err error) {
	r := v.reading()
	of := papers.ReleaseOf{Day: v.form("action_days"), SummaryFilter: rules.SummaryFilter{Year: r.number("year")}}
	if r.err != nil {
		return "", r.err
	}
	v.release, err = papers.ReadRelease(v.ctx(), v.service, v.path("cycle"), of, v.form("pasted"))
	return "", err
}
