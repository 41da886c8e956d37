package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Reconcile brings the record in line with the state that a run must have at an
// instant, and gives the run its orders: subjects whose time has come are
// opened, those that an amendment took away are discontinued, due dates that
// moved are moved, and the stage is projected. Looking twice changes nothing.
// An unknown cycle is policy.CodeUnknown.
//
// What stands in the records never keeps a run from looking: what cannot be read or
// done of it is left alone, and the log is told. Where that is all, the run looks
// again later.
func (s *Store) Reconcile(ctx context.Context, run policy.Run, now time.Time) (policy.Orders, error) {
	expect := func(q *sqlc.Queries) {
		_, _ = q.ListSubjects(ctx, run.Cycle)
		_, _ = q.ListHolders(ctx, run.Cycle)
		expectOrders(ctx, q, run.Cycle)
	}
	return s.onRun(ctx, run, now, expect, func(*ledger) error { return nil })
}

// lookDays is how often a run looks by itself, in days: whatever it was not told of, it
// learns then. lookAgain is when a run looks again that could not.
const (
	lookDays  = 7
	lookAgain = time.Hour
)

func (l *ledger) ordersNow(ctx context.Context, run policy.Run) (policy.Orders, error) {
	var orders policy.Orders
	err := l.attempt(ctx, func(l *ledger) (err error) {
		orders, _, err = l.lookAhead(ctx, run)
		return err
	})
	if refusal := l.store.refusalOf(err); refusal == nil {
		return orders, err
	}
	return l.waiting(), nil
}

// waiting gives the orders of a run that can do nothing now.
func (l *ledger) waiting() policy.Orders {
	return policy.Orders{Epoch: l.epoch, Renew: l.renewed, Sequence: l.cycle.Sequence, Definition: int(l.cycle.DefinitionVersion), WakeAt: l.now.Add(lookAgain)}
}

// lookAhead looks, and gives besides the orders the next day, today included, on
// which the run has something to do by time alone; zero for none.
func (l *ledger) lookAhead(ctx context.Context, run policy.Run) (policy.Orders, policy.Date, error) {
	p, open, err := l.reconcile(ctx, run)
	if err != nil {
		return policy.Orders{}, policy.Date{}, err
	}
	notices, err := l.dueNotices(ctx, open)
	if err != nil {
		return policy.Orders{}, policy.Date{}, err
	}
	orders := policy.Orders{
		Epoch: l.epoch, Renew: l.renewed, Sequence: l.cycle.Sequence, Definition: int(l.cycle.DefinitionVersion),
		Stage: p.Stage, Since: p.Since, Start: p.Start,
	}
	next := l.wakeOn(p)
	orders.WakeAt, _ = l.instant(next)
	for _, n := range notices {
		next = policy.Earliest(next, n.Notice.On)
		if at, known := l.instant(n.Notice.On); known {
			n.At = at
			orders.Notices = append(orders.Notices, n)
		}
	}
	orders.Outlook, err = l.outlook(ctx, run, open)
	return orders, next, err
}

// wakeOn gives the day on which a run looks again though nothing came; zero for never.
func (l *ledger) wakeOn(p policy.DesiredState) policy.Date {
	on := p.Wake
	if l.calendar.RealTime() && !p.Stage.Ended() {
		on = policy.Earliest(on, l.today.AddDays(lookDays))
	}
	return on
}

// farthest is how far ahead a run is told to wake, in years: an older version may have
// taken any day, and no timer lasts for ever.
const farthest = 50

// instant gives when a day begins, if that is known and there is a day.
func (l *ledger) instant(d policy.Date) (time.Time, bool) {
	if d.IsZero() {
		return time.Time{}, false
	}
	at, known := l.calendar.Instant(d, l.now)
	if most := l.now.AddDate(farthest, 0, 0); at.After(most) {
		at = most
	}
	return at, known
}

// reconcile makes the record what the desired state of a run says, and gives that state
// and the subjects that are open.
func (l *ledger) reconcile(ctx context.Context, run policy.Run) (policy.DesiredState, []policy.Standing, error) {
	if _, err := l.records(ctx); err != nil {
		return policy.DesiredState{}, nil, err
	}
	p := policy.DesiredStateOf(run, l.loaded)
	if err := each(ctx, l, p.Gone, (*ledger).discontinue); err != nil {
		return p, nil, err
	}
	if err := each(ctx, l, p.Lapsed, (*ledger).lapse); err != nil {
		return p, nil, err
	}
	open, err := l.openAll(ctx, p.Open)
	if err != nil {
		return p, nil, err
	}
	if run.Kind == policy.RunCycle {
		if err := l.enter(ctx, p); err != nil {
			return p, nil, err
		}
	}
	return p, open, nil
}

// discontinue ends a subject that an amendment took away.
func (l *ledger) discontinue(ctx context.Context, gone policy.Subject) error {
	known := l.subjects[gone]
	if err := l.put(ctx, policy.Entry{Title: known.Title}, known, known.Discontinue(l.today)); err != nil {
		return err
	}
	_, err := l.write(ctx, line{act: evidence.LineDiscontinued, path: gone.Path()})
	return err
}

// lapse ends an occurrence of an obligation that was never met.
func (l *ledger) lapse(ctx context.Context, lapsed policy.Lapse) error {
	if _, odd := l.odd[lapsed.Subject]; odd {
		return nil
	}
	entry, err := entryOf(l.loaded, lapsed.Subject)
	if err != nil {
		return err
	}
	known, there := l.subjects[lapsed.Subject]
	if !there {
		known.OpenedOn = l.loaded.OpenedOn(entry)
		known.Standing = policy.StandingOf(entry, known.OpenedOn, nil)
	}
	if err := l.put(ctx, entry, known, known.Lapse(lapsed.On)); err != nil {
		return err
	}
	_, err = l.write(ctx, line{act: evidence.LineLapsed, path: lapsed.Subject.Path()})
	return err
}

// openAll opens the subjects that must be open, and gives those that are.
func (l *ledger) openAll(ctx context.Context, entries []policy.Entry) ([]policy.Standing, error) {
	behind := slices.DeleteFunc(slices.Clone(entries), func(e policy.Entry) bool {
		known, there := l.subjects[e.Subject]
		return l.odd[e.Subject] != nil || there && known.definition == l.cycle.DefinitionVersion && !passedOn(known, e)
	})
	if err := each(ctx, l, behind, (*ledger).open); err != nil {
		return nil, err
	}
	open := make([]policy.Standing, 0, len(entries))
	for _, e := range entries {
		if known, there := l.subjects[e.Subject]; there {
			open = append(open, known.Standing)
		}
	}
	return open, nil
}

// passedOn says whether what is drafted is in other hands by now: a post was given from a day
// on that has come, or a State has left the Union.
func passedOn(known Subject, e policy.Entry) bool {
	return known.State == policy.StateDrafting && !slices.Equal(known.Turn, e.Submitters)
}

// open makes sure that a subject is open, and that it stands where the
// definition in force puts it: an amendment may have moved its dates.
func (l *ledger) open(ctx context.Context, e policy.Entry) error {
	known, there := l.subjects[e.Subject]
	if !there {
		known.OpenedOn = l.loaded.OpenedOn(e)
	}
	var acts []policy.Recorded
	if known.Version > 0 {
		var err error
		if acts, err = l.acts(ctx, e.Subject); err != nil {
			return err
		}
	}
	return l.put(ctx, e, known, policy.StandingOf(e, known.OpenedOn, acts))
}

// enter projects the stage of the cycle and writes each change into the trail.
func (l *ledger) enter(ctx context.Context, p policy.DesiredState) error {
	if l.cycle.Stage == string(p.Stage) && fromDate(l.cycle.StageSince) == p.Since {
		return nil
	}
	changed := l.cycle.Stage != string(p.Stage)
	err := l.q.SetStage(ctx, sqlc.SetStageParams{ID: l.cycle.ID, Stage: string(p.Stage), StageSince: toDate(p.Since)})
	if err != nil {
		return fmt.Errorf("stage of %s: %w", l.cycle.ID, err)
	}
	l.cycle.Stage, l.cycle.StageSince, l.changed = string(p.Stage), toDate(p.Since), true
	if changed {
		_, err = l.write(ctx, line{act: evidence.LineStage + string(p.Stage)})
	}
	return err
}

// dueNotices gives the next reminder of each open subject.
func (l *ledger) dueNotices(ctx context.Context, open []policy.Standing) ([]policy.DueNotice, error) {
	rows := l.given
	if rows == nil {
		var err error
		if rows, err = l.notices(ctx); err != nil {
			return nil, err
		}
	}
	on := map[string][]sqlc.ListNoticesOpenRow{}
	for _, row := range rows {
		on[row.Path] = append(on[row.Path], row)
	}
	var due []policy.DueNotice
	for _, s := range open {
		var given []policy.Notice
		for _, row := range on[s.Subject.Path()] {
			turn := int(row.Version) == s.Version || !fromDate(row.OnDate).Before(s.Since) // a version may take the place of another in it
			if turn && int(row.Turns) == s.Turns && fromDate(row.Due) == s.Due {
				given = append(given, policy.Notice{Kind: policy.NoticeKind(row.Kind), On: fromDate(row.OnDate)})
			}
		}
		if next, more := policy.NextNotice(s, l.definition.Ladder(), given, l.today); more {
			due = append(due, policy.DueNotice{Subject: s.Subject, Notice: next})
		}
	}
	return earliest(due), nil
}

// mostNotices is how many reminders a run knows of at a time. Each that it gives brings
// the next ones; with all of thousands of subjects in every answer, its history would
// grow beyond what Temporal keeps.
const mostNotices = 50

// earliest gives the reminders that come first, in their order.
func earliest(due []policy.DueNotice) []policy.DueNotice {
	slices.SortFunc(due, func(a, b policy.DueNotice) int {
		return cmp.Or(a.Notice.On.Compare(b.Notice.On), strings.Compare(a.Subject.Path(), b.Subject.Path()))
	})
	return due[:min(len(due), mostNotices)]
}

// notices gives the reminders of all that is open.
func (l *ledger) notices(ctx context.Context) ([]sqlc.ListNoticesOpenRow, error) {
	rows, err := l.q.ListNoticesOpen(ctx, l.cycle.ID)
	if err != nil {
		return nil, fmt.Errorf("notices of %s: %w", l.cycle.ID, err)
	}
	return rows, nil
}

// expectOrders asks for what orders tell beside where the subjects stand.
func expectOrders(ctx context.Context, q *sqlc.Queries, cycle string) {
	_, _ = q.ListNoticesOpen(ctx, cycle)
	_, _ = q.ListWaiting(ctx, cycle)
}

// expectOrders has it come with what is written.
func (l *ledger) expectOrders(ctx context.Context) {
	l.pipe.expect(func(q *sqlc.Queries) { expectOrders(ctx, q, l.cycle.ID) })
}

// Remind records a reminder that has come due on a subject, unless its turn
// has ended meanwhile, and gives the run its orders. The reminder of the kind
// overdue is the missed deadline itself and stands in the trail.
func (s *Store) Remind(ctx context.Context, run policy.Run, now time.Time, notice policy.DueNotice) (policy.Orders, error) {
	var orders policy.Orders
	err := s.inLedger(ctx, run.Cycle, now, nil, func(l *ledger) error {
		err := l.attempt(ctx, func(l *ledger) error { return l.remind(ctx, notice) })
		if err == nil {
			orders, err = l.ordersNow(ctx, run)
			return err
		}
		if refusal := s.refusalOf(err); refusal == nil {
			return err
		}
		orders = l.waiting() // it would be due again at once
		return nil
	})
	return orders, err
}

func (l *ledger) remind(ctx context.Context, notice policy.DueNotice) error {
	if l.unread != nil {
		return l.unread
	}
	rows, err := l.q.ListSubjectsAt(ctx, sqlc.ListSubjectsAtParams{Cycle: l.cycle.ID, Paths: []string{notice.Subject.Path()}})
	if err != nil || len(rows) == 0 {
		return err
	}
	known, err := subjectOf(rows[0])
	if err != nil {
		return err
	}
	// Ask again what is due: the turn may have ended since the orders were
	// given, or the due date may have moved.
	due, err := l.dueNotices(ctx, []policy.Standing{known.Standing})
	if err != nil {
		return err
	}
	if len(due) == 0 || due[0].Notice.On.After(l.today) {
		return nil
	}
	kind := due[0].Notice.Kind
	recipients, err := l.recipients(ctx, known)
	if err != nil {
		return err
	}
	if kind == policy.NoticeEscalation && !slices.Contains(recipients, policy.Presidency) {
		recipients = append(slices.Clone(recipients), policy.Presidency)
	}
	err = l.q.PutNotice(ctx, sqlc.PutNoticeParams{
		Cycle: l.cycle.ID, Path: known.Subject.Path(), Version: int32(known.Version), Turns: int32(known.Turns),
		Due: toDate(known.Due), Kind: string(kind), OnDate: toDate(l.today), // it may come late
		Recipients: policy.Texts(recipients), RecordedAt: l.now,
	})
	if err != nil {
		return fmt.Errorf("notice on %s: %w", known.Subject, err)
	}
	if kind == policy.NoticeOverdue {
		_, err = l.write(ctx, line{act: evidence.LineOverdue, path: known.Subject.Path()})
	}
	return err
}

// recipients are those who are reminded of a subject: those whose turn it is
// and, of a report, those who lead the actions that have not reported.
func (l *ledger) recipients(ctx context.Context, known Subject) ([]policy.Body, error) {
	recipients := known.Turn
	if known.Subject.Kind != policy.KindReport || known.State != policy.StateDrafting || !policy.Stores(l.definition, policy.RegProgress) {
		return recipients, nil
	}
	r, err := l.records(ctx)
	if err != nil {
		return nil, err
	}
	snapshot, err := l.store.roundSnapshot(ctx, l.q, r, known.Subject)
	if err != nil {
		return nil, err
	}
	round, err := snapshot.Round(known.Subject)
	if err != nil {
		return recipients, nil //nolint:nilerr // where the plan is not kept, its driver alone is known
	}
	recipients = slices.Clone(recipients)
	for _, late := range round.Late {
		if late.Leader != "" && !slices.Contains(recipients, late.Leader) {
			recipients = append(recipients, late.Leader)
		}
	}
	return recipients, nil
}
