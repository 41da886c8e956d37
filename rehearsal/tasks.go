package rehearsal

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// task is a sort of thing that waits for a role in a demonstration: the same again and
// again, on a subject of its own each time.
type task struct {
	Waiting
	series policy.Subject // without the number
	by     policy.Body    // who opens a change; items the Presidency opens
	title  string
	steps  []step // what happened to it before it waits

	awaits  string      // as in an inbox
	turn    policy.Body // whose turn it is then
	silence bool        // whether delegations are asked in silence meanwhile
	draft   bool        // whether a draft of whose turn it is stands half written meanwhile

	number   int  // of the subject that was opened last; 0 for none
	waits    bool // whether that waited at the last look
	hopeless bool // whether it never came to wait
}

// step is one act on the way to where a task waits. It does nothing where the record
// has it under that ID already.
type step func(ctx context.Context, k *keeper, subject policy.Subject, id string) error

// subject gives the subject of a task that is opened as the n-th.
func (t *task) subject(n int) policy.Subject {
	s := t.series
	switch {
	case s.Kind == policy.KindChange:
		s.Number = strconv.Itoa(n)
	case n > 1:
		s.Key += "-" + strconv.Itoa(n)
	}
	return s
}

// papersOf are the tasks on extraordinary items for COSI, which may be opened on any day.
func papersOf(cycle string) []*task {
	item := func(key string) policy.Subject {
		return policy.Subject{Cycle: cycle, Kind: policy.KindItem, Key: key}
	}
	return []*task{{
		Waiting: Waiting{"General Secretariat", "an outcome of COSI to record"},
		series:  item("firearms-from-the-war"), title: "Firearms from the war against Ukraine: what the OAPs can do",
		awaits: "decision", turn: policy.COSI,
		steps: []step{handsIn(policy.Presidency, 7)},
	}, {
		Waiting: Waiting{"General Secretariat", "an outcome to confirm as second person"},
		series:  item("ports"), title: "The European Ports Alliance and EMPACT",
		awaits: "confirmation", turn: policy.COSI,
		steps: []step{handsIn(policy.Presidency, 7), concludes(policy.COSI, policy.Adopted, "", 1)},
	}, {
		Waiting: Waiting{"Delegations", "a silence procedure, in which each Member State can object"},
		series:  item("contact-points"), title: "List of contact points for operational data",
		awaits: "decision", turn: policy.COSI, silence: true,
		steps: []step{handsIn(policy.Presidency, 7), launches, confirms(launchedAgo)},
	}, {
		Waiting: Waiting{"Presidency", "a paper to hand in"},
		series:  item("drones"), title: "Drones in the hands of smugglers: paper of the Presidency",
		awaits: "submission", turn: policy.Presidency,
	}, {
		Waiting: Waiting{"Commission", "a note to hand in"},
		series:  item("funding"), title: "Funding of operational actions: note of the Commission",
		awaits: "submission", turn: policy.Commission,
	}}
}

// changesOf are the tasks on changes of the OAPs in force, which are given by key.
func changesOf(plans map[string]policy.Subject) []*task {
	change := func(key string) policy.Subject {
		s := plans[key]
		s.Kind = policy.KindChange
		return s
	}
	return slices.DeleteFunc([]*task{{
		Waiting: Waiting{"General Secretariat", "a change of an OAP that was referred back, in two versions"},
		series:  change("criminal-finances"), title: "Higher targets for seized assets",
		by: "be", awaits: "decision", turn: policy.COSISupportGroup,
		steps: []step{
			handsInPlan("be", 18, raised), concludes(policy.SupportTeam, policy.TookNote, "", 14),
			concludes(policy.COSISupportGroup, policy.ReferredBack, "Expected results are missing.", 10), confirms(10),
			handsInPlan("be", 5, explained), concludes(policy.SupportTeam, policy.TookNote, "", 2),
		},
	}, {
		Waiting: Waiting{"EMPACT Support Team", "a change of an OAP to take note of"},
		series:  change("ip-crime"), title: "Higher targets for goods seized at parcel centres",
		by: "pt", awaits: "decision", turn: policy.SupportTeam, steps: []step{handsInPlan("pt", 4, explained)},
	}, {
		Waiting: Waiting{"Driver: Poland", "a change of the OAP on synthetic drugs, half written"},
		series:  change("synthetic-drugs"), title: "A new action on nitazenes",
		by: "pl", awaits: "submission", turn: "pl", draft: true, steps: []step{drafts("pl", "Test strips and a warning system for nitazenes")},
	}, {
		Waiting: Waiting{"Driver: France", "a change of the OAP on environmental crime, half written"},
		series:  change("environmental-crime"), title: "A new action on waste shipments",
		by: "fr", awaits: "submission", turn: "fr", draft: true, steps: []step{drafts("fr", "Controls of waste shipments at inland ports")},
	}, {
		Waiting: Waiting{"Europol", "a change of the OAP on online fraud, half written: it is co-driver there"},
		series:  change("online-fraud"), title: "A new action on voice cloning",
		by: "ie", awaits: "submission", turn: policy.Europol, draft: true,
		steps: []step{drafts(policy.Europol, "Patterns of calls with cloned voices")},
	}}, func(t *task) bool { return t.series.Key == "" })
}

// somebody is who acts for a body in a demonstration.
func somebody(body policy.Body) policy.Actor {
	return policy.Actor{Name: "Demonstration, " + body.Title(), Body: body}
}

// ago gives the day so many days ago, or the earliest on which something can have
// happened on a subject.
func (k *keeper) ago(ctx context.Context, subject policy.Subject, days int) (policy.Date, error) {
	rests := policy.Subject{Cycle: subject.Cycle, Kind: policy.KindAssessment}
	if subject.Kind == policy.KindChange {
		rests = subject.Plan()
	}
	found, err := k.theatre.FindSubject(ctx, rests)
	if err != nil {
		return policy.Date{}, err
	}
	return policy.Latest(k.today.AddDays(-days), found.ClosedOn), nil
}

// How many days ago the subject of a task was opened, and how many days ahead it falls
// due, or a silence procedure ends.
const (
	openedAgo   = 21
	launchedAgo = 3
	dueIn       = 49
	silentFor   = 21
)

// opens opens the subject of a task.
func (t *task) opens(ctx context.Context, k *keeper, subject policy.Subject, id string) error {
	on, err := k.ago(ctx, subject, openedAgo)
	if err != nil {
		return err
	}
	by, title, through := t.by, t.title, []policy.Body(nil)
	if subject.Kind == policy.KindItem {
		by, through = policy.Presidency, []policy.Body{policy.COSI}
	}
	if subject.Kind == policy.KindItem && subject.Key != t.series.Key {
		title += " (" + subject.Key[len(t.series.Key)+1:] + ")"
	}
	_, err = as(ctx, k.theatre, somebody(by), service.Service.OpenItem, service.OpenItem{
		Statement: service.Statement{ID: id, Date: on}, Subject: subject,
		Opening: policy.Opening{Title: title, Due: k.today.AddDays(dueIn), Through: through},
	})
	if err == nil {
		k.done[id] = true
	}
	return err
}

// dated is a step that happens so many days ago.
func dated(daysAgo int, do func(context.Context, *keeper, policy.Subject, service.Statement) error) step {
	return func(ctx context.Context, k *keeper, subject policy.Subject, id string) error {
		on, err := k.ago(ctx, subject, daysAgo)
		if err != nil {
			return err
		}
		return do(ctx, k, subject, service.Statement{ID: id, Date: on, Language: "en"})
	}
}

// handsIn hands in a paper of which nothing is kept here but its number.
func handsIn(by policy.Body, daysAgo int) step {
	return dated(daysAgo, func(ctx context.Context, k *keeper, subject policy.Subject, said service.Statement) error {
		_, err := as(ctx, k.theatre, somebody(by), service.Service.Submit, service.Submit{
			Statement: said, Subject: subject, Document: invented("ST", subject, by, 1, said.Date),
		})
		return err
	})
}

// handsInPlan hands in a version of a change of an OAP, made of the OAP in force.
func handsInPlan(by policy.Body, daysAgo int, edit func(*policy.OperationalPlan)) step {
	return dated(daysAgo, func(ctx context.Context, k *keeper, subject policy.Subject, said service.Statement) error {
		plan, err := k.planInForce(ctx, subject.Plan())
		if err != nil {
			return err
		}
		edit(plan)
		content, err := json.Marshal(plan)
		if err != nil {
			return err
		}
		_, err = as(ctx, k.theatre, somebody(by), service.Service.Submit, service.Submit{
			Statement: said, Subject: subject, Document: invented("ST", subject, by, daysAgo, said.Date),
			Content: content, MediaType: "application/json",
		})
		return err
	})
}

// concludes records what a body concluded.
func concludes(body policy.Body, outcome policy.Outcome, comment string, daysAgo int) step {
	return dated(daysAgo, func(ctx context.Context, k *keeper, subject policy.Subject, said service.Statement) error {
		by := somebody(policy.Recorder(body))
		if !body.Collective() {
			by.Name = "Demonstration, head of " + body.Title()
		}
		_, err := as(ctx, k.theatre, by, service.Service.Decide, service.Decide{ID: said.ID, Act: policy.Act{
			Subject: subject, Date: said.Date, Body: body, Outcome: outcome, Procedure: policy.WrittenProcedure,
			Document: invented("ST", subject, body, daysAgo, said.Date), Comment: comment, Language: said.Language,
		}})
		return err
	})
}

// confirms confirms, as a second person, what was recorded last.
func confirms(daysAgo int) step {
	return dated(daysAgo, func(ctx context.Context, k *keeper, subject policy.Subject, said service.Statement) error {
		pending, err := k.pending(ctx, subject)
		if err != nil || pending == "" {
			return err
		}
		_, err = as(ctx, k.theatre, secondPerson, service.Service.Confirm, service.Second{
			Statement: service.Statement{ID: said.ID, Date: said.Date}, Record: pending, // it says nothing in any language
		})
		return err
	})
}

var secondPerson = policy.Actor{Name: "Demonstration, second person", Body: policy.GeneralSecretariat}

// pending gives the ID of the outcome on a subject that waits for a second person.
func (k *keeper) pending(ctx context.Context, subject policy.Subject) (string, error) {
	inbox, err := k.theatre.Inbox(ctx, service.InboxFilter{Cycle: k.cycle})
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(inbox, func(item service.InboxItem) bool { return item.Subject == subject })
	if at < 0 {
		return "", nil
	}
	return inbox[at].Pending, nil
}

// launches launches a silence procedure of COSI, for which two people stand.
var launches = dated(launchedAgo, func(ctx context.Context, k *keeper, subject policy.Subject, said service.Statement) error {
	_, err := as(ctx, k.theatre, somebody(policy.GeneralSecretariat), service.Service.Launch, service.Launch{
		Statement: said, Subject: subject, Body: policy.COSI,
		Deadline: k.today.AddDays(silentFor), Document: invented("CM", subject, policy.COSI, 1, said.Date),
	})
	return err
})

// drafts begins a draft of a change and leaves it half written: a new action that does
// not say yet what kind it is and when it ends. A draft that is there stays.
func drafts(by policy.Body, title string) step {
	return func(ctx context.Context, k *keeper, subject policy.Subject, _ string) error {
		found, err := k.theatre.FindSubject(ctx, subject)
		if err != nil || found.State != policy.StateDrafting {
			return err
		}
		draft, err := as(ctx, k.theatre, somebody(by), service.Service.FindDraft, subject)
		if err != nil || draft.Revision > 0 {
			return err
		}
		plan, err := k.planInForce(ctx, subject.Plan())
		if err != nil {
			return err
		}
		goal := plan.Actions[len(plan.Actions)-1].Goals
		plan.Actions = append(plan.Actions, policy.OperationalAction{
			Code: newCode(plan), Title: title, Goals: goal, Area: plan.Actions[0].Area, Leader: by, From: k.today.AddDays(dueIn),
		})
		_, err = as(ctx, k.theatre, somebody(by), service.Service.SaveDraft, service.SaveDraft{Subject: subject, Content: plan})
		return err
	}
}

// newCode gives a code that no action of a plan has, after the last one.
func newCode(plan *policy.OperationalPlan) string {
	for n := len(plan.Actions) + 1; ; n++ {
		code := fmt.Sprintf("%d.1", n)
		if !slices.ContainsFunc(plan.Actions, func(a policy.OperationalAction) bool { return a.Code == code }) {
			return code
		}
	}
}

// planInForce gives what stands in an OAP as the last change has it.
func (k *keeper) planInForce(ctx context.Context, oap policy.Subject) (*policy.OperationalPlan, error) {
	document, err := k.theatre.FindContent(ctx, oap, 0)
	if err == nil && document.ReplacedBy != "" {
		var change policy.Subject
		if change, err = policy.ParseSubject(k.cycle + "/" + document.ReplacedBy); err == nil {
			document, err = k.theatre.FindContent(ctx, change, 0)
		}
	}
	if err != nil {
		return nil, err
	}
	plan, is := document.Content.(*policy.OperationalPlan)
	if !is || len(plan.Actions) == 0 {
		return nil, policy.Refuse(policy.CodeUnknown, "nothing is kept here of what stands in %s", oap)
	}
	return plan, nil
}

// raised raises the targets of the first action of a plan by half, and forgets to say
// what comes of that.
func raised(plan *policy.OperationalPlan) {
	const half = 2
	raise(plan, half, "")
}

// explained raises them by less, and says what comes of that.
func explained(plan *policy.OperationalPlan) {
	const quarter = 4
	raise(plan, quarter, "A quarter more, with two more analysts.")
}

func raise(plan *policy.OperationalPlan, part int64, results string) {
	first := &plan.Actions[0]
	for i := range first.KPIs {
		target := first.KPIs[i].Target
		first.KPIs[i].Target = target.Plus(policy.Whole(target.Floor() / part))
	}
	first.Results = results
}
