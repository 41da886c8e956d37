package web

import (
	"net/url"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// reports gives the page on which an action reports.
func (v *page) reports(s *subjectView, action string) string {
	return rowPath(v.Cycle, policy.RegProgress, s.Subject.Subject.Progress()+action)
}

// figuresSheet gives the address of the figures of a round as a workbook.
func (v *page) figuresSheet(s *subjectView) string {
	return sheetPath(v.Cycle, "registers/"+string(policy.RegProgress)) + "?" + url.Values{"key": {s.Subject.Subject.Progress()}}.Encode()
}

// closeRound makes the report of what was reported, and hands it in.
func closeRound(v *page) (string, error) {
	r := v.reading()
	in := service.CloseRound{Statement: r.statement(), Report: r.subject(), Document: r.document(), Published: r.published(), Revises: r.number("revises")}
	if r.err != nil {
		return "", r.err
	}
	return v.acted(v.service.CloseRound(v.ctx(), in))
}

// published reads totals that were printed elsewhere; nil where there are none.
func (r *reading) published() *policy.Totals {
	figures, err := policy.ParseFigures(r.form("published"))
	r.noted(err)
	if len(figures) == 0 {
		return nil
	}
	return &policy.Totals{Figures: figures}
}

// remind reminds somebody of what waits.
func remind(v *page) (string, error) {
	r := v.reading()
	in := service.Remind{Subject: r.subject(), To: r.body("to")}
	if r.err != nil {
		return "", r.err
	}
	v.Said = v.T("recorded.reminded", "Body", v.Word("body", in.To))
	return subjectAddress(in.Subject), v.service.Remind(v.ctx(), in)
}
