package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// What lies beyond the calendar that a cycle has: items that are opened, and
// amendments of the cycle itself.

// recordOpening opens an extraordinary item.
func (l *ledger) recordOpening(ctx context.Context, w work) (policy.Receipt, error) {
	act := w.act
	r, err := l.records(ctx)
	if err != nil {
		return policy.Receipt{}, err
	}
	if _, taken := l.subjects[act.Subject]; taken || l.odd[act.Subject] != nil {
		return policy.Receipt{}, policy.Refuse(policy.CodeConflict, "%s was opened before: choose another key", act.Subject)
	}
	entry := r.Opened(*act.Opening, act.Subject, act.Date)
	if act.Subject.Kind.OfPlan() && entry.Priority == "" {
		return policy.Receipt{}, policy.Refuse(policy.CodeUnknown, "the cycle %s has no subject %s", act.Subject.Cycle, act.Subject.Plan().Path())
	}
	if err := policy.Authorise(w.who, act, entry); err != nil {
		return policy.Receipt{}, err
	}
	if err := policy.JudgeOpening(r, act, l.cycle.Rehearsal); err != nil {
		return policy.Receipt{}, err
	}
	if err := l.judgeAdopted(ctx, act.Opening.Adopts); err != nil {
		return policy.Receipt{}, err
	}
	standing := policy.StandingOf(entry, act.Date, nil)
	if err := l.put(ctx, entry, Subject{OpenedOn: act.Date, Opening: act.Opening}, standing); err != nil {
		return policy.Receipt{}, err
	}
	return l.insert(ctx, w, policy.Date{}, standing)
}

// judgeAdopted makes sure that the corrigendum that an item is to adopt is recorded in
// this cycle, and substantive; no ID is none.
func (l *ledger) judgeAdopted(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	acts, err := l.actsWith(ctx, id)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(acts, func(a policy.Recorded) bool { return a.ID == id && a.Kind == policy.ActCorrect })
	switch {
	case at < 0:
		return policy.Refuse(policy.CodeUnknown, "no corrigendum %s is recorded in the cycle %s", id, l.cycle.ID)
	case !acts[at].Substantive:
		return policy.Refuse(policy.CodeInvalid, "the corrigendum %s changes no meaning: it is not adopted anew", id)
	}
	return nil
}

// recordAmendment puts an amended definition, which the service has stored
// under its digest, in the place of the one in force.
func (l *ledger) recordAmendment(ctx context.Context, w work) (policy.Receipt, error) {
	act := w.act
	r, err := l.records(ctx)
	if err != nil {
		return policy.Receipt{}, err
	}
	if err := policy.Authorise(w.who, act, policy.Entry{Bodies: r.Definition.Bodies}); err != nil {
		return policy.Receipt{}, err
	}
	if got, now := act.Amendment.BaseVersion, int(l.cycle.DefinitionVersion); got != now {
		return policy.Receipt{}, policy.Refuse(policy.CodeConflict, "the definition has changed meanwhile: the amendment was written against version %d, version %d is in force", got, now)
	}
	amended, body, err := l.amended(ctx, act)
	if err != nil {
		return policy.Receipt{}, err
	}
	if act.Amendment.Decision != "" {
		err = l.judgeBasis(ctx, r, act, amended)
	} else {
		err = r.JudgeMoved(amended, act)
	}
	if err == nil && !l.past { // what was recorded elsewhere stands as it is
		err = policy.JudgeMeetings(l.definition, amended, act, l.today)
	}
	if err == nil && !l.past {
		err = r.JudgeBodies(amended, l.posts)
	}
	if err != nil {
		return policy.Receipt{}, err
	}
	if err := policy.JudgeAmendment(l.definition, amended, act.Date); err != nil {
		return policy.Receipt{}, err
	}
	version := l.cycle.DefinitionVersion + 1
	w.act.Version = int(version)
	if err := l.q.InsertDefinition(ctx, sqlc.InsertDefinitionParams{Cycle: l.cycle.ID, Version: version, Digest: act.Digest, Body: body}); err != nil {
		return policy.Receipt{}, fmt.Errorf("definition %d of %s: %w", version, l.cycle.ID, err)
	}
	stands := sqlc.SetDefinitionParams{ID: l.cycle.ID, DefinitionVersion: version, Title: amended.Title, Language: string(amended.Language)}
	if err := l.q.SetDefinition(ctx, stands); err != nil {
		return policy.Receipt{}, fmt.Errorf("definition %d of %s: %w", version, l.cycle.ID, err)
	}
	receipt, err := l.insert(ctx, w, policy.Date{}, policy.Standing{Subject: act.Subject})
	if err != nil {
		return policy.Receipt{}, err
	}
	err = l.q.InsertAmendment(ctx, sqlc.InsertAmendmentParams{
		Act: w.Envelope.ID, Cycle: l.cycle.ID, Version: version, Decision: optional(act.Amendment.Decision),
	})
	if err != nil {
		return policy.Receipt{}, fmt.Errorf("amendment %d of %s: %w", version, l.cycle.ID, err)
	}
	before := r.Agenda()
	l.former = append(slices.Clip(l.former), policy.Former{Definition: l.definition, Planned: l.store.planned(l.definition), Until: act.Date})
	l.cycle.DefinitionVersion, l.definition = version, amended
	return receipt, l.takeUpAgain(ctx, before)
}

// takeUpAgain begins anew what an amendment has brought back, given the agenda before it.
func (l *ledger) takeUpAgain(ctx context.Context, before []policy.Entry) error {
	r, err := l.records(ctx)
	if err != nil {
		return err
	}
	for _, e := range r.Returned(before) {
		known := l.subjects[e.Subject]
		known.OpenedOn, known.returned = r.OpenedOn(e), l.cycle.Sequence
		back := policy.Return(e.Subject, known.OpenedOn, known.Version)
		if err := l.put(ctx, e, known, policy.StandingOf(e, known.OpenedOn, []policy.Recorded{back})); err != nil {
			return err
		}
	}
	return nil
}

// judgeBasis checks the decision on which an amendment rests.
func (l *ledger) judgeBasis(ctx context.Context, r policy.Records, act policy.Act, amended *policy.Definition) error {
	id := act.Amendment.Decision
	acts, err := l.actsWith(ctx, id)
	if err != nil {
		return err
	}
	if len(acts) == 0 {
		return policy.Refuse(policy.CodeUnknown, "no decision %s is recorded in the cycle %s", id, l.cycle.ID)
	}
	if err := policy.JudgeBasis(r.Definition.Bodies, r.Standings[acts[0].Subject], acts, act, l.today); err != nil {
		return err
	}
	last, err := l.q.FindLastAmendment(ctx, l.cycle.ID)
	if err != nil {
		return fmt.Errorf("the last amendment of %s: %w", l.cycle.ID, err)
	}
	if l.past { // what was recorded elsewhere stands as it is
		last = pgtype.Date{}
	}
	at := slices.IndexFunc(acts, func(a policy.Recorded) bool { return a.ID == id })
	return policy.JudgeScope(acts[at].Subject, acts[at].Date, l.definition, amended, fromDate(last))
}

// actsWith gives what is recorded on the subject of an act of this cycle, with the act
// itself; nothing where there is no such act.
func (l *ledger) actsWith(ctx context.Context, id string) ([]policy.Recorded, error) {
	row, err := l.q.FindAct(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && row.Cycle != l.cycle.ID {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("act %s: %w", id, err)
	}
	subject, err := policy.ParseSubject(row.Cycle + "/" + row.Path)
	if err != nil {
		return nil, unreadable(id, err)
	}
	return l.acts(ctx, subject)
}

// amended reads the stored definition of an amendment and makes sure that it is
// sound.
func (l *ledger) amended(ctx context.Context, act policy.Act) (*policy.Definition, []byte, error) {
	stored, err := l.q.FindContent(ctx, act.Digest)
	if err != nil {
		return nil, nil, noRow(fmt.Errorf("amended definition: %w", err), policy.Refuse(policy.CodeUnknown, "no amended definition is stored under %s", act.Digest))
	}
	amended := new(policy.Definition)
	if err := policy.Read(stored.Body, amended); err != nil || stored.MediaType != MediaData {
		return nil, nil, policy.Refuse(policy.CodeInvalid, "what is stored under %s is not a definition", act.Digest)
	}
	if problems := amended.ValidateAmended(l.definition); len(problems) > 0 {
		return nil, nil, &policy.Error{Code: policy.CodeInvalid, Field: problems[0].Field, Message: problems[0].Field + " " + problems[0].Message}
	}
	if digest, err := definitionDigest(stored.Body); err != nil || digest != act.Digest { // it would not be found as it was written
		return nil, nil, policy.Refuse(policy.CodeInvalid, "what is stored under %s is no definition as policycycle writes it", act.Digest)
	}
	return amended, stored.Body, nil
}

// restingAmendments adds to the facts on a subject the amendments that rest on it.
func (l *ledger) restingAmendments(ctx context.Context, subject policy.Subject, facts *policy.Facts) error {
	rows, err := l.q.ListAmendmentsOn(ctx, sqlc.ListAmendmentsOnParams{Cycle: l.cycle.ID, Path: subject.Path()})
	if err != nil {
		return fmt.Errorf("amendments that rest on %s: %w", subject, err)
	}
	for _, row := range rows {
		on := fromDate(row.Date)
		facts.Resting = append(facts.Resting, policy.Resting{Amendment: row.Act, On: on})
		facts.RestedOn = policy.Earliest(facts.RestedOn, on)
	}
	return nil
}

// recordsFor gives the records by which an act is judged, and the entry of its subject there:
// those of now; but what an amendment took away was concluded on by the last definition that
// planned it.
func (l *ledger) recordsFor(r policy.Records, act policy.Act) (policy.Records, policy.Entry, error) {
	entry, none := entryOf(r, act.Subject)
	if odd := l.odd[act.Subject]; none == nil && odd != nil {
		return r, entry, odd
	}
	if none == nil || !l.seconds(act) {
		return r, entry, none
	}
	for i, f := range slices.Backward(r.Former) {
		then := r
		then.Definition, then.Planned, then.Former = f.Definition, f.Planned, r.Former[:i]
		if entry, planned := then.Entry(act.Subject); planned {
			return then, entry, nil
		}
	}
	return r, entry, none
}
