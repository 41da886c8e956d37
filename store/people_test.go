package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

const issuer = "https://login.example.eu"

// desk is a store that knows people by their provider, with an administrator.
type desk struct {
	*store.Store
	t    *testing.T
	root policy.Actor
	url  string
}

func opensDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, url: storetest.URL(t)}
	var err error
	if d.Store, err = store.Open(t.Context(), d.url, store.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	d.root = policy.Actor{Person: d.comes("root", "2022-01-01", "administrator@operator"), Body: policy.Operator}
	return d
}

// comes has somebody come with claims of a day.
func (d *desk) comes(account, issued string, roles ...string) int64 {
	d.t.Helper()
	person, err := d.tries(account, issued, roles...)
	if err != nil {
		d.t.Fatal(err)
	}
	return person
}

func (d *desk) tries(account, issued string, roles ...string) (int64, error) {
	claims := store.Claims{Issued: noon(issued)}
	for _, role := range roles {
		g, err := policy.ParseGrant(role)
		if err != nil {
			d.t.Fatal(err)
		}
		claims.Grants = append(claims.Grants, g)
	}
	return d.Welcome(d.t.Context(), store.Account{Issuer: issuer, Subject: account, Name: "Name of " + account}, claims, noon(issued))
}

func (d *desk) has(person int64, want ...string) {
	d.t.Helper()
	who, err := d.PrincipalOf(d.t.Context(), policy.Actor{Person: person})
	if err != nil {
		d.t.Fatal(err)
	}
	var got []string
	for _, g := range who.Grants {
		got = append(got, g.String())
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		d.t.Errorf("person %d has %q, want %q", person, got, want)
	}
}

func TestPrincipalOf_GivesAnOldLogInNothingBack(t *testing.T) {
	t.Parallel()
	d := opensDesk(t)
	eva := d.comes("eva", "2022-01-01", "official@europol", "nec@fr")
	d.has(eva, "nec@fr", "official@europol")
	d.comes("eva", "2022-01-02", "nec@fr") // the provider took the other role away
	d.has(eva, "nec@fr")
	d.comes("eva", "2022-01-01", "official@europol", "nec@fr") // a browser that is still logged in
	d.has(eva, "nec@fr")
	d.comes("eva", "2022-01-02", "nec@fr")
	d.has(eva, "nec@fr")
	d.comes("eva", "2022-01-03", "official@europol")
	d.has(eva, "official@europol")
}

func TestLink_LetsAccountsKeepTheirOwnRoles(t *testing.T) {
	t.Parallel()
	d := opensDesk(t)
	eva, other := d.comes("eva", "2022-01-01", "official@europol"), d.comes("eva-fr", "2022-01-01", "nec@fr")
	if err := d.Link(t.Context(), d.root, store.Account{Issuer: issuer, Subject: "eva-fr"}, eva, time.Now()); err != nil {
		t.Fatal(err)
	}
	d.has(other) // what followed from the account went with it
	for range 3 {
		if d.comes("eva", "2022-01-02", "official@europol") != d.comes("eva-fr", "2022-01-02", "nec@fr") {
			t.Fatal("linked, they are two people")
		}
		d.has(eva, "nec@fr", "official@europol")
	}
	d.comes("eva-fr", "2022-01-03")
	d.has(eva, "official@europol")
}

func TestErase_LetsSomebodyComeBackAsNobody(t *testing.T) {
	t.Parallel()
	d := opensDesk(t)
	eva, ivo := d.comes("eva-secret", "2022-01-01", "official@europol"), d.comes("ivo-other", "2022-01-01", "official@europol")
	owner, err := pgx.Connect(t.Context(), storetest.Owner(t, d.url))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(t.Context())
	for _, account := range []string{"eva-secret", "ivo-other"} {
		_, err := owner.Exec(t.Context(), "INSERT INTO sessions VALUES ($1, 'the word', now() + interval '1 hour')", evidence.AccountDigest(issuer, account))
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Erase(t.Context(), d.root, eva, time.Now()); err != nil {
		t.Fatal(err)
	}
	var left []string
	rows, err := owner.Query(t.Context(), "SELECT token FROM sessions")
	if err == nil {
		left, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil || !slices.Equal(left, []string{evidence.AccountDigest(issuer, "ivo-other")}) {
		t.Errorf("logged in are still %q, %v", left, err)
	}
	_, err = d.tries("eva-secret", "2022-01-02", "official@europol")
	refusedWith(t, err, policy.CodeNotIdentified)
	_, err = d.PrincipalOf(t.Context(), policy.Actor{Person: eva, Body: policy.Europol})
	refusedWith(t, err, policy.CodeNotIdentified)
	if err := d.Erase(t.Context(), d.root, eva, time.Now()); err != nil {
		t.Errorf("erased again: %v", err)
	}
	refusedWith(t, d.Grant(t.Context(), d.root, eva, policy.Grant{Role: "official", Body: policy.Europol}, true, time.Now()), policy.CodeAlreadyDecided)
	people, err := d.ListPersons(t.Context())
	if err != nil || len(people) != 3 || people[1].Name != "" || slices.Contains(people[1].Accounts, issuer+" eva-secret") {
		t.Errorf("the records know %+v, %v", people, err)
	}
	d.has(ivo, "official@europol")

	// An administrator says whose the account is now.
	if err := d.Link(t.Context(), d.root, store.Account{Issuer: issuer, Subject: "eva-secret"}, ivo, time.Now()); err != nil {
		t.Fatal(err)
	}
	if d.comes("eva-secret", "2022-01-03", "nec@fr") != ivo {
		t.Error("the account is not that of the person whom the administrator named")
	}
	d.has(ivo, "nec@fr", "official@europol")
}

func TestGrant_MayBeRepeated(t *testing.T) {
	t.Parallel()
	d := opensDesk(t)
	eva := d.comes("eva", "2022-01-01")
	owner, err := pgx.Connect(t.Context(), storetest.Owner(t, d.url))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(t.Context())
	role := policy.Grant{Role: "official", Body: policy.Europol}
	for _, given := range []bool{true, true, false, false, true} {
		if err := d.Grant(t.Context(), d.root, eva, role, given, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	d.has(eva, "official@europol")
	var times int
	if err := owner.QueryRow(t.Context(), "SELECT count(*) FROM people_trail WHERE person = $1 AND body::jsonb ->> 'act' = 'role'", eva).Scan(&times); err != nil || times != 3 {
		t.Errorf("written %d times, %v", times, err)
	}
}

func TestLink_RefusesAnAdministratorsOwnAccount(t *testing.T) {
	t.Parallel()
	d := opensDesk(t)
	eva, ivo := d.comes("eva", "2022-01-01", "official@europol"), d.comes("ivo", "2022-01-01", "administrator@operator")
	own := store.Account{Issuer: issuer, Subject: "root"}
	refusedWith(t, d.Link(t.Context(), d.root, own, eva, time.Now()), policy.CodeFourEyes)
	if d.comes("root", "2022-01-02", "administrator@operator") != d.root.Person {
		t.Error("it was moved all the same")
	}
	other := policy.Actor{Person: ivo, Body: policy.Operator}
	if err := d.Link(t.Context(), other, own, eva, time.Now()); err != nil {
		t.Fatal(err)
	}
	owner, err := pgx.Connect(t.Context(), storetest.Owner(t, d.url))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(t.Context())
	var to, by int64
	const moved = "SELECT person, (body::jsonb ->> 'by')::bigint FROM people_trail WHERE body::jsonb ->> 'act' = 'moved'"
	if err := owner.QueryRow(t.Context(), moved).Scan(&to, &by); err != nil || to != eva || by != ivo {
		t.Errorf("the record says that %d moved it to %d, %v", by, to, err)
	}
}

// Two keyboards make é in two ways: whoever bears the name is one person.
func TestPrincipalOf_KnowsANameHoweverItsAccentsAreTyped(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), storetest.URL(t), store.Options{Asserted: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	known := func(name string) policy.Principal {
		who, err := s.PrincipalOf(t.Context(), policy.Actor{Name: name, Body: "fr"})
		if err != nil {
			t.Fatal(err)
		}
		return who
	}
	apart := known("Zoe\u0308 Mu\u0308ller")
	for _, name := range []string{"Zo\u00eb M\u00fcller", "ZOE\u0308 M\u00dcLLER", " zo\u00eb  mu\u0308ller "} {
		if who := known(name); who.Person != apart.Person || who.Name != "Zo\u00eb M\u00fcller" {
			t.Errorf("%+q is %+v, not %+v", name, who.Actor, apart.Actor)
		}
	}
}
