package papers_test

import (
	"context"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// secretariat is a service that has one meeting and two plans, of which one was handed in.
type secretariat struct {
	service.Service
	meeting *rules.MeetingView
	gone    bool // once the public asks
}

func (d *secretariat) As(policy.Principal) service.Service {
	if d.gone {
		return &secretariat{meeting: nil, gone: true}
	}
	return d
}

func (d *secretariat) FindCycle(context.Context, string) (*service.Cycle, error) {
	return &service.Cycle{CycleLine: service.CycleLine{ID: "small", Title: "A small cycle", Language: "en"}}, nil
}

func (d *secretariat) FindMeeting(context.Context, string, string) (*rules.MeetingView, error) {
	if d.meeting == nil {
		return nil, errAway
	}
	return d.meeting, nil
}

func (d *secretariat) FindSubject(_ context.Context, s policy.Subject) (*service.Subject, error) {
	found := &service.Subject{Subject: s, Path: s.Path()}
	if s.Key == "firearms" {
		found.Versions = []service.Version{{Version: 2, Document: "ST 2/21 INIT", Date: policytest.Date("2021-11-20"), Marking: policy.Limite}}
	}
	return found, nil
}
