package web

import (
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// reports gives the page on which an action reports.
func (v *page) reports(s *subjectView, action string) string {
	return rowPath(v.Cycle, policy.RegProgress, s.Subject.Subject.Progress()+action)
}

// closeRound makes the report of what was reported, and hands it in.
func closeRound(v *page) (string, error) {
	var in service.CloseRound
	err := v.statement(&in.Statement)
	if err != nil {
		return "", err
	}
	if in.Report, err = v.subject(); err != nil {
		return "", err
	}
	if in.Document, err = v.document(); err != nil {
		return "", err
	}
	receipt, err := v.service.CloseRound(v.ctx(), in)
	if err != nil {
		return "", err
	}
	v.Said = v.recorded(receipt)
	return subjectAddress(in.Report), nil
}

// remind reminds somebody of what waits.
func remind(v *page) (string, error) {
	subject, err := v.subject()
	if err != nil {
		return "", err
	}
	to, err := policy.ParseBody(v.form("to"))
	if err != nil {
		return "", err
	}
	v.Said = v.T("recorded.reminded", "Body", v.Word("body", to))
	return subjectAddress(subject), v.service.Remind(v.ctx(), service.Remind{Subject: subject, To: to})
}
