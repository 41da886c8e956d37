package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Claims is what a provider says that somebody is, and when it said so; zero where
// it does not tell.
type Claims struct {
	Grants []policy.Grant
	Issued time.Time
	// Bearer says that somebody shows a token, which a log-out ends as well. The log-ins
	// of browsers end by themselves.
	Bearer bool
}

// Welcome takes note of somebody whom a provider vouches for, with the roles that
// follow from its claims, and gives the number of the person. Roles that no
// longer follow are withdrawn; a role that was withdrawn by hand stays so. Claims
// from before those that were applied last, such as those of an old log-in, change
// nothing. Each account of a person has the roles of its own claims, and the person the
// name that an account has brought last. A token from before the last log-out, and an
// account of which no line says under seal whose it is, are policy.CodeNotIdentified.
func (s *Store) Welcome(ctx context.Context, a Account, claims Claims, now time.Time) (int64, error) {
	var person int64
	err := s.transact(ctx, func(q *sqlc.Queries) error {
		account, err := s.meet(ctx, q, a, now)
		if err != nil {
			return err
		}
		if out := account.SignedOutAt; claims.Bearer && out.Valid && !claims.Issued.After(out.Time.Truncate(time.Second)) { // a token counts seconds
			return policy.Refuse(policy.CodeNotIdentified, "you have logged out since this token was issued: log in again")
		}
		person = account.Person
		if claims.Issued.Before(account.ClaimsAt.Time) {
			return nil
		}
		if claims.Issued.After(account.ClaimsAt.Time) {
			n, err := q.TakeClaims(ctx, sqlc.TakeClaimsParams{ID: account.ID, Issued: claims.Issued})
			if err != nil || n == 0 { // newer ones came meanwhile
				return err
			}
		}
		lines, err := s.linesOf(ctx, q, person)
		if err != nil {
			return err
		}
		named, err := takeName(ctx, q, account, lines, a.Name)
		if err != nil {
			return err
		}
		return s.note(ctx, q, now, append(named, byClaims(account, lines, claims.Grants)...)...)
	})
	return person, err
}

// takeName takes on the name that an account brings, where it is another one than it
// brought last, and gives what the trail of people is to say of it. lines are those about
// whose the account is.
func takeName(ctx context.Context, q *sqlc.Queries, account sqlc.FindAccountRow, lines []evidence.PersonLine, name string) ([]evidence.PersonLine, error) {
	if name == "" {
		return nil, nil
	}
	known, err := q.FindPerson(ctx, account.Person)
	if err != nil {
		return nil, err
	}
	salt := cmp.Or(known.Salt, rand.Text()) // who was known before there was a provider has none
	called := evidence.NameDigest(salt, known.Name)
	for _, l := range lines {
		if l.Act == evidence.PersonNamed && l.Account == account.ID {
			called = l.NameDigest
		}
	}
	brings := evidence.NameDigest(salt, name)
	if brings == called {
		return nil, nil
	}
	err = q.RenamePerson(ctx, sqlc.RenamePersonParams{ID: account.Person, Name: name, Salt: salt})
	return []evidence.PersonLine{{Act: evidence.PersonNamed, Person: account.Person, Account: account.ID, NameDigest: brings}}, err
}

// PersonOf gives the number of the person whose an account is; 0 where nobody is known.
func (s *Store) PersonOf(ctx context.Context, a Account) (int64, error) {
	found, err := sqlc.New(s.pool).FindAccount(ctx, sqlc.FindAccountParams{Issuer: a.Issuer, Subject: a.Subject, Apart: a.apart(), Erased: a.erased()})
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return found.Person, translate(err)
}

// SignOut takes note that whoever has an account has logged out: what was issued
// before opens nothing any more. An account that nobody knows has nothing to end.
func (s *Store) SignOut(ctx context.Context, issuer, subject string, now time.Time) error {
	return s.transact(ctx, func(q *sqlc.Queries) error {
		return q.SignOut(ctx, sqlc.SignOutParams{Issuer: issuer, Subject: subject, At: now})
	})
}

// TakeTurn says whether it is the turn of whoever asks to do something that several
// would do at once; it is nobody else's until then.
func (s *Store) TakeTurn(ctx context.Context, word string, until time.Time) (bool, error) {
	var taken int64
	err := s.transact(ctx, func(q *sqlc.Queries) (err error) {
		taken, err = q.TakeTurn(ctx, sqlc.TakeTurnParams{Word: word, Until: until})
		return err
	})
	return taken > 0, err
}
