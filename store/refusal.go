package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// What cannot be written is refused, and what cannot be read is left alone: neither is
// tried again without end, for it would be the same again. Tried again is what is
// nobody's fault, such as a Postgres that is away.

// The classes of errors of Postgres that are about what was to be written.
const (
	classData      = "22" // a value that a column does not take
	classIntegrity = "23" // one that does not go together with what is there
	classLimit     = "54" // one that is too large
)

// unkept gives the refusal that an error of Postgres about what was to be written
// comes to, and nil for every other error.
func unkept(err error) *policy.Error {
	const untranslatable, notInEncoding, unique, missingReference = "22P05", "22021", "23505", "23503"
	server, is := errors.AsType[*pgconn.PgError](err)
	if !is {
		return nil
	}
	switch class := server.Code[:min(len(server.Code), 2)]; {
	case server.ConstraintName == "acts_four_eyes":
		return policy.Refuse(policy.CodeFourEyes, "who recorded or handed in something does not confirm it or decide on it: another person does")
	case server.Code == unique:
		return policy.Refuse(policy.CodeConflict, "the same, or something else in its place, was recorded already: look at what is there")
	case server.Code == missingReference:
		return policy.Refuse(policy.CodeUnknown, "it names something that is not in the records")
	case server.Code == untranslatable || server.Code == notInEncoding:
		return policy.Refuse(policy.CodeInvalid, "a text has a character that cannot be kept")
	case class == classData:
		return policy.Refuse(policy.CodeInvalid, "a value in it cannot be kept")
	case class == classIntegrity:
		return policy.Refuse(policy.CodeInvalid, "it does not go together with what is recorded and cannot be kept")
	case class == classLimit:
		return policy.Refuse(policy.CodeInvalid, "it is larger than what can be kept")
	default:
		return nil
	}
}

// unreadable says that something in the records cannot be read. The cause stays in the
// tree for the log.
func unreadable(what string, err error) error {
	return errors.Join(policy.Refuse(policy.CodeInternal, "what is recorded of %s cannot be read by this version of policycycle: a newer one wrote it, or it was changed", what), err)
}

// refusalOf gives the refusal that an error comes to, nil where it is nobody's fault.
// What nobody foresaw, the log is told of: Postgres names the constraint.
func (s *Store) refusalOf(err error) *policy.Error {
	refusal, foreseen := errors.AsType[*policy.Error](err)
	if !foreseen {
		refusal = unkept(err)
	}
	if refusal != nil && (!foreseen || refusal.Code == policy.CodeInternal) {
		s.tell(err)
	}
	return refusal
}

// tell tells the log of what the records do not take, or hold and cannot be read.
func (s *Store) tell(odd error) {
	if odd != nil && s.options.Odd != nil {
		s.options.Odd(odd)
	}
}

// attempt runs do within a savepoint: all that it does, or nothing of it. What it
// refuses leaves the ledger as it was, and so does what Postgres refuses of it.
func (l *ledger) attempt(ctx context.Context, do func(l *ledger) error) error {
	tried := *l
	tried.subjects, tried.loaded.Standings, tried.loaded.Items = maps.Clone(l.subjects), maps.Clone(l.loaded.Standings), slices.Clone(l.loaded.Items)
	err := l.pipe.attempt(ctx, func() error { return do(&tried) })
	if err == nil {
		*l = tried
	}
	return err
}

// apart attempts one thing among others: where what is recorded does not let it be
// done, the log is told, and the others are done all the same.
func (l *ledger) apart(ctx context.Context, do func(l *ledger) error) error {
	err := l.attempt(ctx, do)
	if refusal := l.store.refusalOf(err); refusal == nil {
		return err
	}
	return nil
}

// each does the same with each of several things. It tries all at once, for hundreds one
// by one, as after an amendment, would cost a look its time; where one of them cannot be
// done, it does each apart.
func each[T any](ctx context.Context, l *ledger, things []T, do func(l *ledger, ctx context.Context, thing T) error) error {
	if len(things) == 0 {
		return nil
	}
	err := l.attempt(ctx, func(l *ledger) error {
		for _, thing := range things {
			if err := do(l, ctx, thing); err != nil {
				return err
			}
		}
		return nil
	})
	if refused := l.store.refusalOf(err) != nil; !refused {
		return err
	}
	for _, thing := range things {
		if err := l.apart(ctx, func(l *ledger) error { return do(l, ctx, thing) }); err != nil {
			return err
		}
	}
	return nil
}

// maxID is the longest ID of an act, maxMessage the longest sentence in the trail, in
// bytes.
const (
	maxID      = 200
	maxMessage = 2000
)

// refuseApart writes the attempt of an act into the trail, if that can be written.
func (l *ledger) refuseApart(ctx context.Context, e evidence.Envelope, refusal *policy.Error) error {
	return l.apart(ctx, func(l *ledger) error {
		err := l.refuseAct(ctx, e, refusal)
		l.expectOrders(ctx)
		return err
	})
}

// refuseAct writes the attempt of an act into the trail.
func (l *ledger) refuseAct(ctx context.Context, e evidence.Envelope, refusal *policy.Error) error {
	n := line{act: string(e.Act.Kind), actID: e.ID, by: l.attributed(ctx, e.Act.By), claimed: l.claimed(e), refusal: refusal}
	if !slices.Contains(policy.ActKinds, e.Act.Kind) {
		n.act = "malformed"
	}
	if e.Act.Subject.Kind != "" {
		n.path = policy.Legible(e.Act.Subject.Path(), maxID)
	}
	return l.refuse(ctx, n, e)
}

// refuse writes a refused attempt into the trail, once however often the same
// attempt is repeated. Whatever was attempted, the line can be written: an attempt
// that has no ID that can be kept is known by the digest of what it says.
func (l *ledger) refuse(ctx context.Context, n line, attempt any) error {
	if len(n.actID) > maxID || !policy.OneLine(n.actID) {
		digest, err := evidence.DigestOf(attempt)
		if err != nil { // it says what no JSON says
			digest = evidence.Digest(fmt.Appendf(nil, "%#v", attempt))
		}
		n.actID = digest
	}
	told := *n.refusal
	told.Message = policy.Legible(told.Message, maxMessage)
	n.refusal = &told
	times, err := l.q.CountRefusals(ctx, sqlc.CountRefusalsParams{
		Cycle: l.cycle.ID, ActID: n.actID, Code: string(told.Code), Message: told.Message,
	})
	if err != nil || times > 0 {
		return err
	}
	if n.claimed {
		return l.refuseClaimed(ctx, n)
	}
	_, err = l.write(ctx, n)
	return err
}

// attributed gives who an attempt says it is from, where the records know
// somebody like that; an attempt makes nobody known.
func (l *ledger) attributed(ctx context.Context, by policy.Actor) policy.Actor {
	if !l.bodies().Known(by.Body) {
		by.Body = ""
	}
	switch {
	case by.Person != 0:
		if _, err := l.q.FindPerson(ctx, by.Person); err != nil {
			return policy.Actor{Body: by.Body}
		}
	case l.store.options.Asserted && policy.OneLine(by.Name): // another is nobody's
		found, err := findAccount(ctx, l.q, local(by.Name))
		if err != nil {
			return policy.Actor{Body: by.Body}
		}
		by.Person = found.Person
	}
	return by
}
