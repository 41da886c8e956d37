package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// LocalIssuer is the issuer of accounts that are believed on their word.
const LocalIssuer = "local"

// Account is how somebody is known: who issued the name, and the name.
type Account struct {
	Issuer, Subject string
	Name            string // for people; may be empty
	Service         bool
}

// Person is somebody whom the records know.
type Person struct {
	ID       int64
	Name     string // "" once erased
	Service  bool
	Erased   time.Time // zero while the name is there
	Accounts []string  // "ISSUER SUBJECT"
	Grants   []policy.Grant
}

// local gives the account of somebody who is believed on a name: in any case, a
// name is one person, whatever body it speaks for.
func local(name string) Account {
	name = strings.Join(strings.Fields(name), " ")
	return Account{Issuer: LocalIssuer, Subject: strings.ToLower(name), Name: name}
}

// findOrPut gives the number of the person who has an account, made when it is
// new.
func findOrPut(ctx context.Context, q *sqlc.Queries, a Account) (int64, string, error) {
	found, err := q.FindAccount(ctx, sqlc.FindAccountParams{Issuer: a.Issuer, Subject: a.Subject})
	if err == nil || !errors.Is(err, pgx.ErrNoRows) {
		return found.Person, found.Name, err
	}
	name := a.Name
	if name == "" {
		name = a.Subject
	}
	id, err := q.InsertPerson(ctx, sqlc.InsertPersonParams{Name: &name, Service: a.Service})
	if err != nil {
		return 0, "", err
	}
	made, err := q.InsertAccount(ctx, sqlc.InsertAccountParams{Issuer: a.Issuer, Subject: a.Subject, Person: id})
	if err != nil || made == 1 {
		return id, name, err
	}
	// Somebody else made it meanwhile; the person just made has no account.
	found, err = q.FindAccount(ctx, sqlc.FindAccountParams{Issuer: a.Issuer, Subject: a.Subject})
	return found.Person, found.Name, err
}

// identify gives the actor with the number under which the records know the
// person. Where names are not believed, one alone is policy.CodeNotIdentified.
func (s *Store) identify(ctx context.Context, q *sqlc.Queries, by policy.Actor) (policy.Actor, error) {
	if by.Person != 0 {
		known, err := q.FindPerson(ctx, by.Person)
		if errors.Is(err, pgx.ErrNoRows) {
			return by, policy.Refuse(policy.CodeNotIdentified, "nobody is known here as person %d", by.Person)
		}
		by.Name = known.Name
		return by, err
	}
	if !s.options.Asserted {
		return by, policy.Refuse(policy.CodeNotIdentified, "a name is not believed here: log in")
	}
	if strings.TrimSpace(by.Name) == "" {
		return by, policy.Refuse(policy.CodeNotIdentified, "say who it is as NAME@BODY")
	}
	var err error
	if by.Person, by.Name, err = findOrPut(ctx, q, local(by.Name)); err != nil {
		return by, fmt.Errorf("person: %w", err)
	}
	return by, nil
}

// capacity gives as what somebody acts, with the roles that the person has at
// this moment.
func (s *Store) capacity(ctx context.Context, q *sqlc.Queries, by policy.Actor) (policy.Capacity, error) {
	by, err := s.identify(ctx, q, by)
	if err != nil {
		return policy.Capacity{Actor: by}, err
	}
	if s.options.Asserted {
		return policy.Asserted(by), nil
	}
	grants, err := grantsOf(ctx, q, by.Person)
	return policy.Capacity{Actor: by, Grants: grants}, err
}

func grantsOf(ctx context.Context, q *sqlc.Queries, person int64) ([]policy.Grant, error) {
	rows, err := q.ListGrants(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("roles of person %d: %w", person, err)
	}
	withdrawn := map[policy.Grant]bool{} // by hand, whatever the claims say
	var held []policy.Grant
	for _, row := range rows {
		g := policy.Grant{Role: policy.Role(row.Role), Body: policy.Body(row.Body), Scope: row.Scope}
		switch {
		case row.Given && !slices.Contains(held, g):
			held = append(held, g)
		case !row.Given && row.Source == sourceHand:
			withdrawn[g] = true
		}
	}
	return slices.DeleteFunc(held, func(g policy.Grant) bool { return withdrawn[g] }), nil
}

// The sources of a role.
const (
	sourceClaims = "claims"
	sourceHand   = "hand"
)

// CapacityOf gives as what somebody acts, with the roles that the person has now.
// Somebody who is not known is policy.CodeNotIdentified.
func (s *Store) CapacityOf(ctx context.Context, by policy.Actor) (policy.Capacity, error) {
	var who policy.Capacity
	err := s.transact(ctx, pgx.TxOptions{}, func(q *sqlc.Queries) (err error) {
		who, err = s.capacity(ctx, q, by)
		return err
	})
	return who, err
}

// Welcome takes note of somebody whom a provider vouches for, with the roles that
// follow from its claims, and gives the number of the person. Roles that no
// longer follow are withdrawn; a role that was withdrawn by hand stays so.
func (s *Store) Welcome(ctx context.Context, a Account, claimed []policy.Grant, now time.Time) (int64, error) {
	var person int64
	err := s.transact(ctx, pgx.TxOptions{}, func(q *sqlc.Queries) (err error) {
		if person, _, err = findOrPut(ctx, q, a); err != nil {
			return err
		}
		rows, err := q.ListGrants(ctx, person)
		if err != nil {
			return err
		}
		had := map[policy.Grant]bool{}
		for _, row := range rows {
			if row.Source == sourceClaims && row.Given {
				had[policy.Grant{Role: policy.Role(row.Role), Body: policy.Body(row.Body), Scope: row.Scope}] = true
			}
		}
		for _, g := range claimed {
			if !had[g] {
				err = errors.Join(err, putGrant(ctx, q, person, g, sourceClaims, true, nil, now))
			}
			delete(had, g)
		}
		for g := range had {
			err = errors.Join(err, putGrant(ctx, q, person, g, sourceClaims, false, nil, now))
		}
		return err
	})
	return person, err
}

func putGrant(ctx context.Context, q *sqlc.Queries, person int64, g policy.Grant, source string, given bool, by *int64, now time.Time) error {
	return q.InsertGrant(ctx, sqlc.InsertGrantParams{
		Person: person, Role: string(g.Role), Body: string(g.Body), Scope: g.Scope, Source: source, Given: given, GivenBy: by, GivenAt: now,
	})
}

// Grant gives a role to a person, or withdraws it, at once and whatever the
// claims of a provider say. Only who manages people may: policy.DeedPeople.
func (s *Store) Grant(ctx context.Context, by policy.Actor, person int64, g policy.Grant, given bool, now time.Time) error {
	return s.administer(ctx, by, person, func(q *sqlc.Queries, admin int64) error {
		return putGrant(ctx, q, person, g, sourceHand, given, &admin, now)
	})
}

// Link says that an account is that of a person, so that four eyes are those of
// two human beings. An account that is not there is policy.CodeUnknown.
func (s *Store) Link(ctx context.Context, by policy.Actor, a Account, person int64) error {
	return s.administer(ctx, by, person, func(q *sqlc.Queries, _ int64) error {
		n, err := q.LinkAccount(ctx, sqlc.LinkAccountParams{Issuer: a.Issuer, Subject: a.Subject, Person: person})
		if err == nil && n == 0 {
			return policy.Refuse(policy.CodeUnknown, "there is no account %q of %s", a.Subject, a.Issuer)
		}
		return err
	})
}

// Erase takes the name of a person out of the records. What the person did stays,
// under the number alone. Accounts that show the name go, too.
func (s *Store) Erase(ctx context.Context, by policy.Actor, person int64, now time.Time) error {
	return s.administer(ctx, by, person, func(q *sqlc.Queries, _ int64) error {
		if err := q.ForgetAccounts(ctx, person); err != nil {
			return err
		}
		n, err := q.ErasePerson(ctx, sqlc.ErasePersonParams{ID: person, ErasedAt: timestamptz(now)})
		if err == nil && n == 0 {
			return policy.Refuse(policy.CodeAlreadyDecided, "the name of person %d was erased before", person)
		}
		return err
	})
}

// administer does something to a person for somebody who manages people.
func (s *Store) administer(ctx context.Context, by policy.Actor, person int64, do func(q *sqlc.Queries, admin int64) error) error {
	return s.transact(ctx, pgx.TxOptions{}, func(q *sqlc.Queries) error {
		who, err := s.capacity(ctx, q, by)
		if err != nil {
			return err
		}
		if err := policy.AuthoriseDeed(who, policy.DeedPeople, ""); err != nil {
			return err
		}
		if _, err := q.FindPerson(ctx, person); errors.Is(err, pgx.ErrNoRows) {
			return policy.Refuse(policy.CodeUnknown, "there is no person %d; policycycle people list shows those there are", person)
		} else if err != nil {
			return err
		}
		if who.Person == person {
			return policy.Refuse(policy.CodeFourEyes, "nobody gives a role to themselves or takes one: another administrator does")
		}
		return do(q, who.Person)
	})
}

// ListPersons gives everybody whom the records know, with their roles.
func (s *Store) ListPersons(ctx context.Context) ([]Person, error) {
	var persons []Person
	err := s.read(ctx, func(q *sqlc.Queries) error {
		rows, err := q.ListPersons(ctx)
		if err != nil {
			return err
		}
		for _, row := range rows {
			p := Person{ID: row.ID, Name: row.Name, Service: row.Service, Erased: row.ErasedAt.Time, Accounts: row.Accounts}
			if p.Grants, err = grantsOf(ctx, q, row.ID); err != nil {
				return err
			}
			persons = append(persons, p)
		}
		return nil
	})
	return persons, err
}
