package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Recording is an act that arrived at a run.
type Recording struct {
	Run      policy.Run // the run that received it
	Now      time.Time
	Received time.Time // when it is judged: seals are held against it
	Channel  string    // "update" or "signal"
	Envelope evidence.Envelope
	// Short is a short message, of which the envelope tells what was typed; nil where the
	// envelope is whole.
	Short *Short
}

// Answer is what became of an act: exactly one of Receipt and Refusal counts.
type Answer struct {
	Receipt policy.Receipt
	Refusal *policy.Error
	Orders  policy.Orders
}

// Record judges an act against the records and either records it, with its
// line in the trail and its effect on the subject, or refuses it, with a line
// in the trail and nothing else. All of it is one transaction. An act that is
// recorded already gets its first receipt again; another act under the same ID
// is refused with policy.CodeConflict. What the rules let pass and Postgres does
// not take is refused like anything else.
//
// The error is for what is nobody's fault: Postgres away, or a seal that another worker can
// verify. A refusal is an answer.
func (s *Store) Record(ctx context.Context, in Recording) (Answer, error) {
	var answer Answer
	orders, err := s.onRun(ctx, in.Run, in.Now, s.expected(ctx, in.Envelope), func(l *ledger) error {
		if err := l.waitForKey(ctx, in.Envelope.KeyID); err != nil {
			return err
		}
		_, _ = l.records(ctx) // once, also where the act is refused
		err := l.attempt(ctx, func(l *ledger) (err error) {
			if answer.Receipt, err = l.receive(ctx, in); err == nil {
				l.expectOrders(ctx)
			}
			return err
		})
		refusal := s.refusalOf(err)
		if refusal == nil {
			return err
		}
		answer = Answer{Refusal: refusal}
		return l.refuseApart(ctx, in.attempted(), refusal)
	})
	answer.Orders = orders
	return answer, err
}

// expected asks for what an act is judged by, as far as its envelope tells. It comes with the
// lock of the cycle, and after it.
func (s *Store) expected(ctx context.Context, e evidence.Envelope) func(q *sqlc.Queries) {
	act := e.Act
	if e.Check() != nil { // Postgres may not even hear it
		return nil
	}
	return func(q *sqlc.Queries) {
		_, _ = q.FindAct(ctx, e.ID)
		s.expectedOf(ctx, q, act.By)
		if act.For != nil {
			s.expectedOf(ctx, q, *act.For)
		}
		_, _ = q.ListSubjects(ctx, act.Subject.Cycle)
		_, _ = q.ListHolders(ctx, act.Subject.Cycle)
		if act.Kind != policy.ActOpen && act.Kind != policy.ActAmend {
			_, _ = actsOn(ctx, q, act.Subject)
		}
		if act.Content != "" {
			_, _ = q.FindContent(ctx, act.Content)
		}
	}
}

// RecordRefusal leaves a line in the trail for a message that is refused before
// the records are asked: one that nobody can read, or that went astray.
func (s *Store) RecordRefusal(ctx context.Context, run policy.Run, now time.Time, e evidence.Envelope, refusal *policy.Error) (policy.Orders, error) {
	return s.onRun(ctx, run, now, nil, func(l *ledger) error { return l.refuseApart(ctx, e, refusal) })
}

// onRun does something in the ledger of a run, and gives the run its orders.
func (s *Store) onRun(
	ctx context.Context, run policy.Run, now time.Time, expect func(q *sqlc.Queries), do func(l *ledger) error,
) (policy.Orders, error) {
	var orders policy.Orders
	err := s.inLedger(ctx, run.Cycle, now, expect, func(l *ledger) error {
		err := do(l)
		if err == nil {
			orders, err = l.ordersNow(ctx, run)
		}
		return err
	})
	return orders, err
}

func (l *ledger) judgeAndRecord(ctx context.Context, in Recording) (policy.Receipt, error) {
	e := in.Envelope
	if err := e.Check(); err != nil {
		return policy.Receipt{}, err
	}
	if err := l.verifySeal(in); err != nil {
		return policy.Receipt{}, err
	}
	if err := l.settlesHere(in.Run, e.Act.Subject); err != nil {
		return policy.Receipt{}, err
	}
	content, err := e.Content()
	if err != nil {
		return policy.Receipt{}, err
	}
	first, err := l.q.FindAct(ctx, e.ID)
	if err == nil {
		return repeated(first, content)
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return policy.Receipt{}, fmt.Errorf("act %s: %w", e.ID, err)
	}
	if l.definition != nil { // else it cannot be read, which is told
		if err := l.definition.Bodies.JudgeAct(e.Act); err != nil {
			return policy.Receipt{}, err
		}
	}
	w := work{Recording: in, act: e.Act, stated: content}
	if w.who, err = l.resolveActors(ctx, &w.act); err != nil {
		return policy.Receipt{}, err
	}
	switch e.Act.Kind {
	case policy.ActOpen:
		return l.recordOpening(ctx, w)
	case policy.ActAmend:
		return l.recordAmendment(ctx, w)
	default:
		return l.recordOnSubject(ctx, w)
	}
}

// settlesHere makes sure that a subject is settled by a run of this cycle.
func (l *ledger) settlesHere(run policy.Run, subject policy.Subject) error {
	if subject.Cycle != l.cycle.ID || subject.Run() != run {
		return policy.Refuse(policy.CodeInvalid, "%s is not settled here", subject)
	}
	return nil
}

// work is an act on its way into the record.
type work struct {
	Recording
	who    policy.Principal
	act    policy.Act // with the numbers of the persons
	stated string     // digest of the act as it was stated
	// restsOn is the act that this one decides on, confirms or sets aside.
	restsOn string
}

// resolveActors finds out who does an act, and for whom, with their roles at this
// moment.
func (l *ledger) resolveActors(ctx context.Context, a *policy.Act) (policy.Principal, error) {
	who, err := l.principal(ctx, a.By)
	if err != nil {
		return who, err
	}
	a.By = who.Actor
	if a.For == nil {
		return who, nil
	}
	principal, err := l.principal(ctx, *a.For)
	if err != nil {
		return who, err
	}
	who.OnBehalfOf, a.For = &principal, &principal.Actor
	if l.past { // the register follows the acts in an import
		return who, nil
	}
	rows, err := rowsIn(ctx, l.q, l.cycle.ID, policy.RegSubstitutions)
	if err != nil {
		return who, err
	}
	substitutions, _ := l.store.rowsOf(rows)
	return who, policy.JudgeSubstitution(substitutions, who, a.Subject, l.today)
}

// repeated answers an act whose ID is in the record.
func repeated(first sqlc.FindActRow, content string) (policy.Receipt, error) {
	var receipt policy.Receipt
	if first.Content != content {
		return receipt, policy.Refuse(policy.CodeConflict, "another act was recorded as %s already", first.ID)
	}
	if err := policy.Read(first.Receipt, &receipt); err != nil {
		return receipt, unreadable(first.ID, err)
	}
	return receipt, nil
}

// recordOnSubject records a submission or a decision.
func (l *ledger) recordOnSubject(ctx context.Context, w work) (policy.Receipt, error) {
	act := w.act
	r, err := l.records(ctx)
	if err != nil {
		return policy.Receipt{}, err
	}
	if act.Kind == policy.ActSubmit { // who held the post on that day
		r = l.heldOn(r, act.Date)
	}
	r, entry, err := l.recordsFor(r, act)
	if err != nil {
		return policy.Receipt{}, err
	}
	known, err := l.opened(ctx, w, r, entry)
	if err != nil {
		return policy.Receipt{}, err
	}
	acts, err := l.acts(ctx, act.Subject)
	if err != nil {
		return policy.Receipt{}, err
	}
	facts, err := l.judge(ctx, w, r, entry, known.OpenedOn, acts)
	if err != nil {
		return policy.Receipt{}, err
	}
	act = numbered(policy.Expand(entry, act, facts.Items), acts, facts.Whole)
	w.act, w.restsOn = act, act.Confirms
	if submission := policy.Submission(acts); (act.Kind == policy.ActDecide || act.Kind == policy.ActLaunch) && submission != nil {
		w.restsOn = submission.ID
	}
	standing := policy.StandingOf(entry, known.OpenedOn, append(acts, policy.Recorded{Act: act, ID: w.Envelope.ID}))
	if known.Outcome == policy.Discontinued && standing.Open() { // it goes on to nobody
		standing = standing.Discontinue(known.ClosedOn)
	}
	if err := l.put(ctx, entry, known, standing); err != nil {
		return policy.Receipt{}, err
	}
	due := entry.DueOf(act, known.Standing)
	if act.Rectifies != "" {
		due = dueOf(acts, act.Rectifies)
	}
	receipt, err := l.insert(ctx, w, due, standing)
	if err != nil {
		return receipt, err
	}
	return receipt, l.reword(ctx, entry)
}

// numbered gives an act that brings a text the number of its version. whole says that a
// corrigendum brings the whole text: another one is no text of its own.
func numbered(act policy.Act, before []policy.Recorded, whole bool) policy.Act {
	switch {
	case act.Kind == policy.ActSubmit:
		act.Version = policy.VersionOf(before, act)
	case act.Kind == policy.ActFinalise, whole:
		act.Version = policy.NextText(before)
	case act.Kind == policy.ActCorrect:
		act.Version = 0
	}
	return act
}

// opened gives the subject of an act, which is refused where that is not open or was taken
// away; but for the second person's word on what was concluded before.
func (l *ledger) opened(ctx context.Context, w work, r policy.Records, entry policy.Entry) (Subject, error) {
	known, opened := l.subjects[w.act.Subject]
	if !opened && !l.past { // its time may have come while its run was not in motion
		if _, err := l.ordersNow(ctx, w.Run); err != nil {
			return known, err
		}
		known, opened = l.subjects[w.act.Subject]
	}
	switch {
	case !opened:
		return known, r.NotOpenYet(entry)
	case known.Outcome == policy.Discontinued && !l.seconds(w.act):
		return known, policy.Refuse(policy.CodeAlreadyDecided, "%s was discontinued on %s", w.act.Subject, known.ClosedOn)
	default:
		return known, nil
	}
}

// seconds says whether an act is a second person's word on what waits for it.
func (l *ledger) seconds(act policy.Act) bool {
	return act.Confirms != "" && l.subjects[act.Subject].Pending == act.Confirms
}

// judge says whether somebody may do an act on a subject, and gives the facts by
// which it was judged. A confirmation is judged by what it confirms.
func (l *ledger) judge(ctx context.Context, w work, r policy.Records, entry policy.Entry, opened policy.Date, acts []policy.Recorded) (policy.Facts, error) {
	judged := w.act
	if err := policy.Authorise(w.who, w.act, entry); err != nil {
		return policy.Facts{}, err
	}
	if waiting := policy.PendingIn(acts); waiting != nil && w.act.Confirms == waiting.ID {
		judged = waiting.Act
		if err := policy.AuthoriseSecond(w.who, w.act, judged, entry); err != nil {
			return policy.Facts{}, err
		}
	}
	facts, err := l.facts(ctx, r, entry, judged)
	if err != nil {
		return facts, err
	}
	facts.Positions = policy.PositionsOn(acts, judged.Body, judged.Version)
	return facts, policy.Judge(entry, opened, acts, w.act, facts)
}

// facts gathers what an act on a subject is judged by. What stands against the
// subject is looked at where the act is to settle it.
func (l *ledger) facts(ctx context.Context, r policy.Records, e policy.Entry, act policy.Act) (policy.Facts, error) {
	facts := r.FactsFor(e)
	facts.Rehearsal, facts.Past = l.cycle.Rehearsal, l.past
	facts.Voting = r.Definition.VotingOf(act.Body)
	if act.Rectifies != "" {
		if err := l.restingAmendments(ctx, e.Subject, &facts); err != nil {
			return facts, err
		}
	}
	settles := act.Kind == policy.ActDecide && len(e.Turns) > 0 && act.Body == e.Turns[len(e.Turns)-1].Body
	if settles && act.Outcome.Positive() {
		then := r
		then.Today = act.Date // what stood against it on that day
		snapshot, err := l.snapshotOn(ctx, then, e.Subject)
		if err != nil {
			return facts, err
		}
		facts.Blocking = snapshot.Blocking(e.Subject)
		if text, is := snapshot.Contents[e.Subject].(*policy.Conclusions); is && len(text.Priorities) > 0 { // what is proposed may have changed since
			if err := r.JudgeConclusions(text); err != nil {
				return facts, err
			}
		}
	}
	facts.Limits = l.store.options.Limits
	if act.Kind != policy.ActSubmit && act.Kind != policy.ActCorrect && act.Kind != policy.ActFinalise {
		return facts, nil
	}
	content, err := l.submitted(ctx, e.Subject.Kind, act.Content, facts.Stored, act.Kind != policy.ActCorrect)
	if err != nil {
		return facts, err
	}
	facts.Whole = act.Kind == policy.ActCorrect && content != nil
	if err := r.Definition.JudgeTerms(e.Subject.Path(), content); err != nil {
		return facts, err
	}
	switch content := content.(type) {
	case *policy.Report:
		err = l.judgeFigures(ctx, r, e.Subject, content)
	case *policy.Conclusions:
		err = r.JudgeConclusions(content)
	default:
	}
	if err != nil {
		return facts, err
	}
	return facts, policy.JudgeKept(act, content, facts.Limits)
}

// judgeFigures holds the figures of a report against the register of indicators. In an
// import the register follows the acts.
func (l *ledger) judgeFigures(ctx context.Context, r policy.Records, subject policy.Subject, report *policy.Report) error {
	if l.past || !policy.Stores(r.Definition, policy.RegIndicators) {
		return nil
	}
	stored, err := rowsIn(ctx, l.q, l.cycle.ID, policy.RegIndicators)
	if err != nil {
		return err
	}
	rows, _ := l.store.rowsOf(stored)
	return rules.NewSnapshot(r, nil, nil, rows).JudgeReport(subject, report)
}

// submitted gives the content that an act names, and makes sure that it is there and has the
// shape of its kind; nil where the cycle does not keep it as data, or where it is a file and
// need not be data.
func (l *ledger) submitted(ctx context.Context, kind policy.Kind, digest string, kept, must bool) (policy.Content, error) {
	if digest == "" {
		return nil, nil
	}
	stored, err := l.q.FindContent(ctx, digest)
	if err != nil {
		return nil, noRow(fmt.Errorf("content %s: %w", digest, err), policy.Refuse(policy.CodeUnknown, "no content is stored under %s", digest))
	}
	if !kept || !must && stored.MediaType != MediaData {
		return nil, nil
	}
	if stored.MediaType != MediaData {
		return nil, policy.Refuse(policy.CodeInvalid, "what is stored under %s is no %s that policycycle has looked into", digest, kind.Title())
	}
	content, err := policy.ReadContent(kind, stored.Body)
	if err == nil { // a later version may have admitted it: what it has more passes
		err = policy.JudgeContent(kind, content)
	}
	return content, err
}

func entryOf(r policy.Records, subject policy.Subject) (policy.Entry, error) {
	entry, planned := r.Entry(subject)
	if !planned {
		return entry, policy.Refuse(policy.CodeUnknown, "the cycle %s has no subject %s", subject.Cycle, subject.Path())
	}
	return entry, nil
}

func dueOf(acts []policy.Recorded, id string) policy.Date {
	for _, a := range acts {
		if a.ID == id {
			return a.Due
		}
	}
	return policy.Date{}
}
