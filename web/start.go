package web

import (
	"strings"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// mayStart says whether the reader may start a cycle.
func (v *visit) mayStart() error {
	if _, err := v.me(); err != nil {
		return err
	}
	return policy.AuthoriseDeed(*v.Who, policy.DeedStart, "")
}

func startPage(v *visit) (body, error) {
	v.Title = v.T("start.title")
	if err := v.mayStart(); err != nil {
		return nil, err
	}
	return start(v), nil
}

// startCycle starts a cycle of a cycle file, or of the text of one.
func startCycle(v *visit) (string, error) {
	if err := v.decider(); err != nil {
		return "", err
	}
	read, err := files.ReadCycle("cycle.yaml", strings.NewReader(v.r.PostFormValue("source")))
	if err != nil {
		return "", err
	}
	cycle, err := v.service.StartCycle(v.ctx(), service.StartCycle{Definition: read.Definition})
	if err != nil {
		return "", err
	}
	v.Said = v.T("start.started")
	return "/cycles/" + cycle.ID, nil
}
