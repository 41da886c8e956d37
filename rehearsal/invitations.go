package rehearsal

import (
	"context"
	"fmt"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// invite invites each Member State whose coordinator has answered everything to a few
// more actions of the OAPs in force, all in one entry.
func (k *keeper) invite(ctx context.Context) error {
	entered, err := k.theatre.ListRows(ctx, service.RowFilter{Cycle: k.cycle, Register: policy.RegConsents, History: true})
	if err != nil {
		return err
	}
	said, waiting := map[string]bool{}, map[policy.Body]int{}
	for _, row := range policy.RowsOn(k.today, entered) {
		said[row.Key] = true
		if consent, is := row.Body.(*policy.Consent); is && consent.State == policy.Invited {
			waiting[policy.Body(row.Key[strings.LastIndex(row.Key, "/")+1:])]++
		}
	}
	var rows []policy.Row
	for at, state := range policy.MembersOn(k.today) {
		if waiting[state] > 0 {
			continue
		}
		if k.actions == nil {
			if k.actions, err = k.actionsInForce(ctx); err != nil {
				return err
			}
		}
		rows = append(rows, k.invitations(state, at, said)...)
	}
	if len(rows) > 0 {
		// The ID tells how much was entered before: a second time is the same.
		id := fmt.Sprintf("%sinvitations-%d", actPrefix, len(entered))
		_, err = as(ctx, k.theatre, somebody(policy.SupportTeam), service.Service.Enter, service.Enter{ID: id, Cycle: k.cycle, Rows: rows})
	}
	k.invited = err == nil && (len(rows) > 0 || len(waiting) > 0)
	return err
}

// invitations gives a few invitations to a State, to actions of which it has said
// nothing yet. States begin at different ones.
func (k *keeper) invitations(state policy.Body, at int, said map[string]bool) (rows []policy.Row) {
	const few, apart = 5, 7
	for i := range k.actions {
		key := k.actions[(i+at*apart)%len(k.actions)] + "/" + string(state)
		if said[key] {
			continue
		}
		rows = append(rows, policy.Row{Register: policy.RegConsents, Key: key, Body: &policy.Consent{State: policy.Invited}})
		if len(rows) == few {
			break
		}
	}
	return rows
}

// actionsInForce lists the actions of the OAPs in force, PERIOD/OAP/CODE.
func (k *keeper) actionsInForce(ctx context.Context) ([]string, error) {
	actions := []string{}
	for _, oap := range k.plans {
		plan, err := k.planInForce(ctx, oap)
		if err != nil {
			return nil, err
		}
		for i := range plan.Actions {
			actions = append(actions, plan.Actions[i].Path(oap))
		}
	}
	return actions, nil
}
