package web_test

import (
	"context"
	"slices"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// reader is the house as somebody sees it: it offers what the rules let them do.
type reader struct {
	*house
	who policy.Principal
}

func (r *reader) May(context.Context) ([]policy.Deed, error) { return policy.MayHere(r.who), nil }

// in gives what the rules look at in a cycle of the house.
func in(c *service.Cycle) policy.Records {
	return policy.Records{Definition: &policy.Definition{Key: c.ID, Stores: c.Keeps}, Today: today}
}

// offered gives a cycle with what somebody may do in it.
func offered(c *service.Cycle, who policy.Principal) *service.Cycle {
	c.MayEnter = in(c).MayEnter(who)
	c.May = slices.DeleteFunc(in(c).May(who), func(d policy.Deed) bool {
		return d == policy.Deed(policy.ActOpen) && policy.JudgeRunning(c.Stages) != nil
	})
	return c
}

func (r *reader) FindCycle(ctx context.Context, id string) (*service.Cycle, error) {
	c, err := r.house.FindCycle(ctx, id)
	return offered(c, r.who), err
}

func (r *reader) FindMeeting(ctx context.Context, cycle, key string) (*rules.MeetingView, error) {
	c, err := r.house.FindCycle(ctx, cycle)
	if err != nil {
		return nil, err
	}
	view, err := r.house.FindMeeting(ctx, cycle, key)
	if err == nil {
		view.May = in(c).MayAt(r.who, key)
	}
	return view, err
}

func (r *reader) NationalSheet(ctx context.Context, cycle string, state policy.Body) (*rules.NationalSheet, error) {
	c, err := r.house.FindCycle(ctx, cycle)
	if err != nil {
		return nil, err
	}
	sheet, err := r.house.NationalSheet(ctx, cycle, state)
	if err == nil {
		sheet.MayConsent = in(c).MayConsent(r.who, state)
	}
	return sheet, err
}

func (r *reader) FindRound(ctx context.Context, report policy.Subject) (*rules.RoundStatus, error) {
	c, err := r.house.FindCycle(ctx, report.Cycle)
	if err != nil {
		return nil, err
	}
	round, err := r.house.FindRound(ctx, report)
	if err == nil {
		for i := range round.Late {
			round.Late[i].MayReport = in(c).MayReport(r.who, report, round.Late[i].Action)
		}
	}
	return round, err
}
