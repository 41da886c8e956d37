package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
)

var (
	anna = policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}
	bert = policy.Actor{Name: "Bert", Body: policy.GeneralSecretariat}
	tom  = policy.Actor{Name: "Tom", Body: policy.SupportTeam}
)

// Cycle is a small cycle with one priority.
func Cycle(key string) policy.Definition {
	d := policytest.Cycle(key)
	d.Priorities = d.Priorities[:1]
	return d
}

// as gives the bed to somebody.
func (d *Bed) as(ctx context.Context, who policy.Actor) (service.Service, error) {
	return service.As(ctx, d.Service, who)
}

// Items starts a cycle and puts extraordinary items before COSI.
func (d *Bed) Items(ctx context.Context, key string, n int) ([]policy.Subject, error) {
	office, err := d.as(ctx, anna)
	if err != nil {
		return nil, err
	}
	eva, err := d.as(ctx, policy.Actor{Name: "Eva", Body: policy.GeneralSecretariat})
	if err != nil {
		return nil, err
	}
	if _, err := office.StartCycle(ctx, service.StartCycle{Definition: Cycle(key)}); err != nil {
		return nil, err
	}
	today := policy.Calendar{}.Today(time.Now())
	items := make([]policy.Subject, n)
	for i := range items {
		items[i] = policy.Subject{Cycle: key, Kind: policy.KindItem, Key: fmt.Sprintf("item-%d", i)}
		if _, err := office.OpenItem(ctx, service.OpenItem{
			Subject: items[i],
			Opening: policy.Opening{Title: "item", Due: today.AddDays(30), Through: []policy.Body{policy.COSI}},
		}); err != nil {
			return nil, err
		}
		if _, err := eva.Submit(ctx, service.Submit{Subject: items[i]}); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// PostponeItem records, for COSI, an outcome after which the item is where it was
// once [Bed.ConfirmItem] has confirmed it. It gives the ID of the record.
func (d *Bed) PostponeItem(ctx context.Context, item policy.Subject, comment string) (string, error) {
	return d.decide(ctx, anna, policy.Act{
		Subject: item, Body: policy.COSI, Outcome: policy.Postponed, Document: "ST 1/26 INIT", Comment: comment,
	})
}

// ConfirmItem confirms, as a second person, what was recorded.
func (d *Bed) ConfirmItem(ctx context.Context, record string) error {
	second, err := d.as(ctx, bert)
	if err != nil {
		return err
	}
	_, err = second.Confirm(ctx, service.Second{Record: record})
	return err
}

// step is what a body did on a day: it handed in, or adopted.
type step struct {
	by       policy.Body
	path, on string
	adopts   bool
}

// Plans starts a cycle in which a number of OAPs, each with a run of its own, and the
// evaluation are before the EMPACT Support Team.
func (d *Bed) Plans(ctx context.Context, key string, n int) ([]policy.Subject, error) {
	team := policy.Chain{SubmitDaysBefore: 7, Through: []policy.Step{{Body: policy.SupportTeam, DaysBefore: 3}, {Body: policy.COSI}}}
	definition := Cycle(key)
	definition.Chains = map[policy.Kind]policy.Chain{policy.KindEvaluation: team, policy.KindOAP: team}
	definition.Priorities[0].OAPs = nil
	plans := make([]policy.Subject, n)
	for i := range plans {
		name := fmt.Sprintf("plan-%d", i)
		definition.Priorities[0].OAPs = append(definition.Priorities[0].OAPs, policy.OAP{Key: name, Title: "A plan", Driver: "se"})
		plans[i] = policytest.Subject(key, "oap/2022/"+name)
	}
	office, err := d.as(ctx, anna)
	if err != nil {
		return nil, err
	}
	if _, err := office.StartCycle(ctx, service.StartCycle{Definition: definition}); err != nil {
		return nil, err
	}
	steps := []step{
		{policy.Europol, "assessment", "2021-04-12", false},
		{policy.Presidency, "priorities", "2021-05-01", false},
		{policy.Council, "priorities", "2021-05-26", true},
		{policy.Commission, "masp/general", "2021-09-01", false},
		{policy.COSI, "masp/general", "2021-10-15", true},
	}
	for _, plan := range plans {
		steps = append(steps, step{"se", plan.Path(), "2021-11-01", false})
	}
	steps = append(steps, step{policy.Evaluator, "evaluation", "2022-09-01", false})
	for _, s := range steps {
		does := d.hands
		if s.adopts {
			does = d.adopts
		}
		if err := does(ctx, s.by, policytest.Subject(key, s.path), s.on); err != nil {
			return nil, err
		}
	}
	return plans, nil
}

// Postpone records that the EMPACT Support Team postponed, which leaves the subject
// where it was.
func (d *Bed) Postpone(ctx context.Context, subject policy.Subject, comment string) error {
	_, err := d.decide(ctx, tom, policy.Act{
		Subject: subject, Body: policy.SupportTeam, Outcome: policy.Postponed, Document: "WK 1/26 INIT", Comment: comment,
	})
	return err
}

func (d *Bed) hands(ctx context.Context, by policy.Body, subject policy.Subject, on string) error {
	theirs, err := d.as(ctx, policy.Actor{Name: "Eva", Body: by})
	if err != nil {
		return err
	}
	for range 3000 { // until the run has opened it
		_, err = theirs.Submit(ctx, service.Submit{Subject: subject, Statement: service.Statement{Date: policytest.Date(on)}})
		if policy.CodeOf(err) != policy.CodeNotOpen {
			break
		}
	}
	return err
}

func (d *Bed) adopts(ctx context.Context, body policy.Body, subject policy.Subject, on string) error {
	record, err := d.decide(ctx, anna, policy.Act{
		Subject: subject, Date: policytest.Date(on), Body: body, Outcome: policy.Adopted, Document: "ST 1/21 INIT", SkipReason: "prepared before",
	})
	if err != nil {
		return err
	}
	return d.ConfirmItem(ctx, record)
}

func (d *Bed) decide(ctx context.Context, by policy.Actor, act policy.Act) (string, error) {
	theirs, err := d.as(ctx, by)
	if err != nil {
		return "", err
	}
	receipt, err := theirs.Decide(ctx, service.Decide{Act: act})
	return receipt.ID, err
}
