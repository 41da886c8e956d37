package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/unicode/norm"

	"github.com/policycycle/policycycle/evidence"
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
	name = norm.NFC.String(strings.Join(strings.Fields(name), " "))
	return Account{Issuer: LocalIssuer, Subject: strings.ToLower(name), Name: name}
}

// erased is what is left of the name of an account once the person is erased: not
// the name, but enough to know it again. A name that is merely said, and believed,
// is forgotten: somebody else may bear it.
func (a Account) erased() string {
	if a.named() {
		return "erased " + rand.Text()
	}
	sum := sha256.Sum256([]byte(a.Issuer + " " + a.Subject))
	return "erased " + hex.EncodeToString(sum[:])
}

// apart is how a name was kept that somebody gave with accents apart from their letters,
// before all were put together.
func (a Account) apart() string {
	if a.named() {
		return norm.NFD.String(a.Subject)
	}
	return a.Subject
}

// digest is by what the trail of people knows the account.
func (a Account) digest() string { return evidence.AccountDigest(a.Issuer, a.Subject) }

// named says whether the account is a name alone, which no provider vouches for.
func (a Account) named() bool {
	return a.Issuer == LocalIssuer || strings.HasPrefix(a.Issuer, importIssuer)
}

// importIssuer begins the issuer of the accounts of a cycle that was taken over.
const importIssuer = "import of "

// findOrPut gives an account, made with its person when it is new, and what the trail of
// people is to say of it then. That of a person who was erased is policy.CodeNotIdentified.
func findOrPut(ctx context.Context, q *sqlc.Queries, a Account) (sqlc.FindAccountRow, []evidence.PersonLine, error) {
	found, err := findAccount(ctx, q, a)
	if !errors.Is(err, pgx.ErrNoRows) {
		return found, nil, err
	}
	// Whoever else makes it meanwhile waits here, and finds it then.
	if err := q.LockAccount(ctx, sqlc.LockAccountParams{Issuer: a.Issuer, Subject: a.Subject}); err != nil {
		return found, nil, err
	}
	if found, err = findAccount(ctx, q, a); !errors.Is(err, pgx.ErrNoRows) {
		return found, nil, err
	}
	name, salt := cmp.Or(a.Name, a.Subject), rand.Text()
	person, err := q.InsertPerson(ctx, sqlc.InsertPersonParams{Name: &name, Salt: &salt, Service: a.Service})
	if err != nil {
		return found, nil, err
	}
	account, err := q.InsertAccount(ctx, sqlc.InsertAccountParams{Issuer: a.Issuer, Subject: a.Subject, Person: person})
	if err != nil {
		return found, nil, err
	}
	found, err = findAccount(ctx, q, a)
	return found, []evidence.PersonLine{
		{Act: evidence.PersonKnown, Person: person, Account: account, AccountDigest: a.digest()},
		{Act: evidence.PersonNamed, Person: person, Account: account, NameDigest: evidence.NameDigest(salt, name)},
	}, err
}

// findAccount gives an account as the tables have it; pgx.ErrNoRows for none. That of
// a person who was erased is policy.CodeNotIdentified.
func findAccount(ctx context.Context, q *sqlc.Queries, a Account) (sqlc.FindAccountRow, error) {
	p := sqlc.FindAccountParams{Issuer: a.Issuer, Subject: a.Subject, Apart: a.apart(), Erased: a.Subject}
	if !a.named() { // a name that was erased is forgotten
		p.Erased = a.erased()
	}
	found, err := q.FindAccount(ctx, p)
	if err == nil && found.Erased {
		err = policy.Refuse(policy.CodeNotIdentified, "whoever has this account was erased from the records: an administrator says whose it is now")
	}
	return found, err
}

// expectedOf asks for what principal will ask of somebody.
func (s *Store) expectedOf(ctx context.Context, q *sqlc.Queries, by policy.Actor) {
	switch {
	case by.Person != 0:
		_, _ = q.FindPerson(ctx, by.Person)
	case s.options.Asserted:
		_, _ = findAccount(ctx, q, local(by.Name))
	}
	if s.options.Asserted {
		return
	}
	_, _ = q.ListPersonLines(ctx, by.Person)
	if s.options.Sealed {
		_, _ = q.FindSealedFrom(ctx)
	}
}

// identify gives the actor with the number under which the records know the
// person. Where names are not believed, one alone is policy.CodeNotIdentified.
func (s *Store) identify(ctx context.Context, q *sqlc.Queries, by policy.Actor) (policy.Actor, error) {
	if by.Person != 0 {
		known, err := q.FindPerson(ctx, by.Person)
		if errors.Is(err, pgx.ErrNoRows) {
			return by, policy.Refuse(policy.CodeNotIdentified, "nobody is known here as person %d", by.Person)
		}
		if err == nil && known.ErasedAt.Valid {
			return by, policy.Refuse(policy.CodeNotIdentified, "person %d was erased from the records", by.Person)
		}
		by.Name = norm.NFC.String(known.Name)
		return by, err
	}
	if !s.options.Asserted {
		return by, policy.Refuse(policy.CodeNotIdentified, "a name is not believed here: log in")
	}
	if strings.TrimSpace(by.Name) == "" {
		return by, policy.Refuse(policy.CodeNotIdentified, "say who it is as NAME@BODY")
	}
	account, _, err := findOrPut(ctx, q, local(by.Name)) // of names that are believed nothing is sealed
	if err != nil {
		return by, fmt.Errorf("person: %w", err)
	}
	by.Person, by.Name = account.Person, account.Name
	return by, nil
}

// principal gives as what somebody acts, with the roles that the person has at
// this moment.
func (s *Store) principal(ctx context.Context, q *sqlc.Queries, by policy.Actor) (policy.Principal, error) {
	by, err := s.identify(ctx, q, by)
	if err != nil {
		return policy.Principal{Actor: by}, err
	}
	if s.options.Asserted {
		return policy.Asserted(by), nil
	}
	lines, err := s.linesOf(ctx, q, by.Person)
	return policy.Principal{Actor: by, Grants: evidence.RolesOf(lines)}, err
}

// PrincipalOf gives as what somebody acts, with the roles that the person has now.
// Somebody who is not known is policy.CodeNotIdentified, and a body that neither ships nor is of
// a cycle policy.CodeInvalid.
func (s *Store) PrincipalOf(ctx context.Context, by policy.Actor) (policy.Principal, error) {
	if s.options.Asserted && !by.Body.Known() { // else the roles say which bodies are theirs
		if _, err := s.bodiesFor(ctx, by.Body); err != nil {
			return policy.Principal{Actor: by}, err
		}
	}
	var who policy.Principal
	find := func(q *sqlc.Queries) (err error) {
		who, err = s.principal(ctx, q, by)
		return err
	}
	err := s.glance(ctx, func(p *pipe) error {
		p.expect(func(q *sqlc.Queries) { s.expectedOf(ctx, q, by) })
		return find(sqlc.New(p))
	})
	if errors.Is(err, errChanges) { // it is somebody new
		return who, s.transact(ctx, find)
	}
	return who, translate(err)
}

// meet gives the account of a provider, made with its person when it is new.
func (s *Store) meet(ctx context.Context, q *sqlc.Queries, a Account, now time.Time) (sqlc.FindAccountRow, error) {
	found, lines, err := findOrPut(ctx, q, a)
	if err == nil {
		err = s.note(ctx, q, now, lines...)
	}
	if err != nil {
		return found, err
	}
	found.Person, err = s.holderOf(ctx, q, a, found.ID)
	return found, err
}

// byClaims gives what the trail of people is to say of the roles that follow from the claims
// of an account: which are given, which no longer follow, and of which nobody noted the
// account. lines are those about whose the account is.
func byClaims(account sqlc.FindAccountRow, lines []evidence.PersonLine, claimed []policy.Grant) (more []evidence.PersonLine) {
	say := func(of int64, role policy.Grant, given bool) {
		more = append(more, evidence.PersonLine{
			Act: evidence.PersonRole, Person: account.Person, Account: of, Role: &role, Source: evidence.FromClaims, Given: given,
		})
	}
	for _, role := range evidence.RolesFrom(lines, evidence.FromClaims, 0) {
		say(0, role, false)
	}
	had := evidence.RolesFrom(lines, evidence.FromClaims, account.ID)
	for _, role := range claimed {
		if !slices.Contains(had, role) {
			say(account.ID, role, true)
		}
	}
	for _, role := range had {
		if !slices.Contains(claimed, role) {
			say(account.ID, role, false)
		}
	}
	return more
}

// Grant gives a role to a person, or withdraws it, at once and whatever the
// claims of a provider say. Only who manages people may: policy.DeedPeople. What was
// done by hand last, done once more, changes nothing.
func (s *Store) Grant(ctx context.Context, by policy.Actor, person int64, g policy.Grant, given bool, now time.Time) error {
	return s.administer(ctx, by, person, func(q *sqlc.Queries, admin int64) error {
		lines, err := s.linesOf(ctx, q, person)
		if err != nil {
			return err
		}
		if last, said := evidence.SaidByHand(lines, g); said && last == given {
			return nil
		}
		if err := judgeBody(ctx, q, g); given && err != nil {
			return err
		}
		if !given && !slices.Contains(evidence.RolesOf(lines), g) {
			return policy.Refuse(policy.CodeUnknown, "person %d has no role %s that could be withdrawn", person, g)
		}
		return s.note(ctx, q, now, evidence.PersonLine{Act: evidence.PersonRole, Person: person, Role: &g, Source: evidence.FromHand, Given: given, By: admin})
	})
}

// judgeBody holds that a role is one at a body that ships, or that the cycle has which the role
// names, and that types for itself.
func judgeBody(ctx context.Context, q *sqlc.Queries, g policy.Grant) error {
	if g.Body.Known() {
		return nil
	}
	row, err := q.FindCircle(ctx, g.Cycle())
	if err != nil {
		return noRow(err, unknownCycle(g.Cycle()))
	}
	circle, err := circleOf(sqlc.ListCirclesApartRow(row))
	if err != nil {
		return err
	}
	return circle.Bodies.JudgeGrant(g)
}

// Link says that an account is that of a person, so that four eyes are those of
// two human beings, and takes note of it. What the claims of the account gave to
// whoever had it goes; the next log-in gives it to the person. An account that is
// not there is policy.CodeUnknown, the own one policy.CodeFourEyes.
func (s *Store) Link(ctx context.Context, by policy.Actor, a Account, person int64, now time.Time) error {
	return s.administer(ctx, by, person, func(q *sqlc.Queries, admin int64) error {
		account, err := q.FindAccount(ctx, sqlc.FindAccountParams{Issuer: a.Issuer, Subject: a.Subject, Apart: a.apart(), Erased: a.erased()})
		if err != nil {
			return noRow(err, policy.Refuse(policy.CodeUnknown, "there is no account %q of %s", a.Subject, a.Issuer))
		}
		holder, err := s.holderOf(ctx, q, a, account.ID)
		switch {
		case err != nil && policy.CodeOf(err) != policy.CodeNotIdentified: // of which nobody said so far whose it is
			return err
		case cmp.Or(holder, account.Person) == admin:
			return policy.Refuse(policy.CodeFourEyes, "nobody moves their own account to another person: another administrator does")
		case holder == person:
			return nil
		}
		account.Person = holder // whoever that is by the tables
		lines, err := s.linesOf(ctx, q, holder)
		if err != nil {
			return err
		}
		if err := q.RenameAccount(ctx, sqlc.RenameAccountParams{ID: account.ID, Subject: a.Subject}); err != nil {
			return err
		}
		moved := evidence.PersonLine{Act: evidence.PersonMoved, Person: person, Account: account.ID, AccountDigest: a.digest(), By: admin}
		return s.note(ctx, q, now, append(byClaims(account, lines, nil), moved)...)
	})
}

// Erase takes the name of a person and the mail address out of the records, ends the log-ins, removes the
// webhooks and refuses the accounts from then on. What the person did stays, under the number alone. Whoever
// was erased stays so.
func (s *Store) Erase(ctx context.Context, by policy.Actor, person int64, now time.Time) error {
	err := s.administer(ctx, by, person, func(q *sqlc.Queries, admin int64) error {
		if err := q.ErasePerson(ctx, sqlc.ErasePersonParams{ID: person, ErasedAt: timestamptz(now)}); err != nil {
			return err
		}
		if err := q.ForgetMailChoice(ctx, sqlc.ForgetMailChoiceParams{Person: person, At: now}); err != nil {
			return err
		}
		if err := q.RemoveWebhooksOf(ctx, sqlc.RemoveWebhooksOfParams{Person: person, At: now}); err != nil {
			return err
		}
		accounts, err := q.ListAccounts(ctx, person)
		if err != nil {
			return err
		}
		words := make([]string, len(accounts))
		for i, row := range accounts {
			a := Account{Issuer: row.Issuer, Subject: row.Subject}
			words[i] = a.digest()
			if err := q.RenameAccount(ctx, sqlc.RenameAccountParams{ID: row.ID, Subject: a.erased()}); err != nil {
				return err
			}
		}
		if err := q.EndSessions(ctx, words); err != nil {
			return err
		}
		return s.note(ctx, q, now, evidence.PersonLine{Act: evidence.PersonErased, Person: person, By: admin})
	})
	if policy.CodeOf(err) == policy.CodeAlreadyDecided { // it is as was asked
		return nil
	}
	return err
}

// administer does something to a person for somebody who manages people.
func (s *Store) administer(ctx context.Context, by policy.Actor, person int64, do func(q *sqlc.Queries, admin int64) error) error {
	return s.change(ctx, func(q *sqlc.Queries) error {
		who, err := s.principal(ctx, q, by)
		if err != nil {
			return err
		}
		if err := policy.AuthoriseDeed(who, policy.DeedPeople, ""); err != nil {
			return err
		}
		known, err := q.FindPerson(ctx, person)
		switch {
		case err != nil:
			return noRow(err, policy.Refuse(policy.CodeUnknown, "there is no person %d; policycycle people list shows those there are", person))
		case known.ErasedAt.Valid:
			return policy.Refuse(policy.CodeAlreadyDecided, "the name of person %d was erased before", person)
		case who.Person == person:
			return policy.Refuse(policy.CodeFourEyes, "nobody gives a role to themselves or takes one: another administrator does")
		}
		return do(q, who.Person)
	})
}

// ListPersons gives everybody whom the records know, with their roles.
func (s *Store) ListPersons(ctx context.Context) ([]Person, error) {
	return ask(ctx, s, func(q *sqlc.Queries) (persons []Person, err error) {
		rows, err := q.ListPersons(ctx)
		if err != nil {
			return nil, err
		}
		trail, err := q.ListPeopleTrail(ctx)
		if err != nil {
			return nil, err
		}
		said, err := s.counting(ctx, q, trail)
		if err != nil {
			return nil, err
		}
		lines := map[int64][]evidence.PersonLine{}
		for _, l := range said {
			lines[l.Person] = append(lines[l.Person], l)
		}
		for _, row := range rows {
			p := Person{ID: row.ID, Name: row.Name, Service: row.Service, Erased: row.ErasedAt.Time, Accounts: row.Accounts}
			p.Grants = evidence.RolesOf(lines[row.ID])
			persons = append(persons, p)
		}
		return persons, nil
	})
}
