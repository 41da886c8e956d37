package store_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// officeKey gives the key of an office, and the keys that believe it.
func officeKey(t *testing.T) (*evidence.Signer, *evidence.Keyring) {
	t.Helper()
	private, public, err := evidence.NewKey(rand.Reader, "office.example.eu")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := evidence.ParseSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := evidence.ParseKeyring([]byte(public))
	if err != nil {
		t.Fatal(err)
	}
	return signer, ring
}

// sealedDesk is a desk whose records believe what bears a seal, opened as serve does, and
// a worker beside it.
func sealedDesk(t *testing.T) (d *desk, worker *store.Store, signer *evidence.Signer, ring *evidence.Keyring) {
	t.Helper()
	signer, ring = officeKey(t)
	d = &desk{t: t, url: storetest.URL(t)}
	open := func(role string, signer *evidence.Signer) *store.Store {
		s, err := store.Open(t.Context(), storetest.As(t, d.url, role), store.Options{Sealed: true, Keys: ring, Signer: signer})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	d.Store, worker = open(storetest.Serve, signer), open(storetest.Worker, nil)
	d.root = policy.Actor{Person: d.comes("root", "2022-01-01", "administrator@operator"), Body: policy.Operator}
	return d, worker, signer, ring
}

// steals runs SQL with a stolen login.
func (d *desk) steals(role, sql string, args ...any) error {
	d.t.Helper()
	conn, err := pgx.Connect(d.t.Context(), storetest.As(d.t, d.url, role))
	if err != nil {
		d.t.Fatal(err)
	}
	defer conn.Close(d.t.Context())
	_, err = conn.Exec(d.t.Context(), sql, args...)
	return err
}

// forges writes a line into the trail of people as serve would, without its key.
func (d *desk) forges(l evidence.PersonLine, account *int64) {
	d.t.Helper()
	if err := d.forgesAs(storetest.Serve, l, account); err != nil {
		d.t.Fatal(err)
	}
}

// Whoever has the login of serve and not its key gives nobody a role.
func TestPrincipalOf_CountsNoRoleWithoutASeal(t *testing.T) {
	t.Parallel()
	d, worker, _, _ := sealedDesk(t)
	ghost := d.comes("ghost", "2022-01-01")
	official := policy.Grant{Role: policy.RoleOfficial, Body: policy.GeneralSecretariat}
	d.forges(evidence.PersonLine{Act: evidence.PersonRole, Person: ghost, Role: &official, Source: evidence.FromHand, Given: true, By: d.root.Person}, nil)
	d.has(ghost)
	// A line that is sealed, moved to another person, and one repeated after the role was withdrawn.
	eva := d.comes("eva", "2022-01-01", "official@europol")
	d.comes("eva", "2022-01-02")
	const again = `INSERT INTO people_trail SELECT (SELECT max(sequence) + 1 FROM people_trail), $1, account, body, hash, key_id, signature
		FROM people_trail WHERE person = $2 AND body::jsonb ->> 'given' = 'true'`
	for _, to := range []int64{ghost, eva} {
		if err := d.steals(storetest.Serve, again, to, eva); err != nil {
			t.Fatal(err)
		}
		d.has(to)
	}
	d.comes("ghost", "2022-01-02", "official@europol") // what serve says counts, also behind such lines
	d.has(ghost, "official@europol")
	who, err := worker.PrincipalOf(t.Context(), policy.Actor{Person: ghost, Body: policy.Europol})
	if err != nil || len(who.Grants) != 1 {
		t.Errorf("a worker sees %+v, %v", who, err)
	}
}

// An account is whose the sealed lines say: whoever changes the tables locks somebody out
// at most, and becomes nobody else.
func TestWelcome_MakesNobodyAnotherPerson(t *testing.T) {
	t.Parallel()
	d, _, _, _ := sealedDesk(t)
	anna, mallory := d.comes("anna", "2022-01-01", "official@general-secretariat"), d.comes("mallory", "2022-01-01", "participant@fr")
	// The row of an account for another person.
	insufficient(t, d.steals(storetest.Serve, "UPDATE accounts SET person = $1 WHERE subject = 'mallory'", anna))
	// An account that nobody sealed.
	if err := d.steals(storetest.Serve, "INSERT INTO accounts (issuer, subject, person) VALUES ($1, 'mallory-2', $2)", issuer, anna); err != nil {
		t.Fatal(err)
	}
	_, err := d.tries("mallory-2", "2022-01-02")
	refusedWith(t, err, policy.CodeNotIdentified)
	// A line that says so without a seal.
	account := d.accountOf("mallory")
	d.forges(evidence.PersonLine{
		Act: evidence.PersonMoved, Person: anna, Account: account, AccountDigest: evidence.AccountDigest(issuer, "mallory"), By: d.root.Person,
	}, &account)
	if got := d.comes("mallory", "2022-01-02", "participant@fr"); got != mallory {
		t.Errorf("mallory is person %d, want %d", got, mallory)
	}
	// Two accounts that have changed their names.
	for _, sql := range []string{
		"UPDATE accounts SET subject = 'gone' WHERE subject = 'mallory'",
		"UPDATE accounts SET subject = 'mallory' WHERE subject = 'anna'",
	} {
		if err := d.steals(storetest.Serve, sql); err != nil {
			t.Fatal(err)
		}
	}
	_, err = d.tries("mallory", "2022-01-03")
	refusedWith(t, err, policy.CodeNotIdentified)
	// An administrator says whose an account is, under the seal.
	if err := d.Link(t.Context(), d.root, store.Account{Issuer: issuer, Subject: "mallory-2"}, mallory, time.Now()); err != nil {
		t.Fatal(err)
	}
	if got := d.comes("mallory-2", "2022-01-04"); got != mallory {
		t.Errorf("the account is that of person %d, want %d", got, mallory)
	}
}

// What an account gave goes from whoever had it by the sealed lines, whomever the tables name.
func TestLink_TakesFromWhoeverHadTheAccountUnderSeal(t *testing.T) {
	t.Parallel()
	d, _, _, _ := sealedDesk(t)
	eva, ghost, ivo := d.comes("eva", "2022-01-01", "official@europol"), d.comes("ghost", "2022-01-01"), d.comes("ivo", "2022-01-01")
	account := d.accountOf("eva")
	d.forges(evidence.PersonLine{Act: evidence.PersonMoved, Person: ghost, Account: account, AccountDigest: evidence.AccountDigest(issuer, "eva")}, &account)
	if err := d.Link(t.Context(), d.root, store.Account{Issuer: issuer, Subject: "eva"}, ivo, noon("2022-01-02")); err != nil {
		t.Fatal(err)
	}
	d.has(eva)
	if got := d.comes("eva", "2022-01-03", "official@europol"); got != ivo {
		t.Errorf("the account is that of person %d, want %d", got, ivo)
	}
	d.has(ivo, "official@europol")
}

// A worker makes nobody known and gives nobody a role.
func TestGrant_WantsTheKeyOfServe(t *testing.T) {
	t.Parallel()
	d, worker, _, _ := sealedDesk(t)
	eva := d.comes("eva", "2022-01-01")
	role := policy.Grant{Role: policy.RoleOfficial, Body: policy.Europol}
	refusedWith(t, worker.Grant(t.Context(), d.root, eva, role, true, time.Now()), policy.CodeSeal)
	for _, sql := range []string{
		"INSERT INTO people_trail VALUES (99, 1, NULL, '{}', '', '', '')", "INSERT INTO accounts (issuer, subject, person) VALUES ('x', 'y', 1)",
		"INSERT INTO persons (name) VALUES ('Eve')", "UPDATE persons SET name = 'Eve'", "SELECT * FROM sessions", "SELECT * FROM accounts",
		"INSERT INTO sessions VALUES ('t', '', now())", "INSERT INTO checkpoints VALUES ('x', 1, '', now())", "INSERT INTO entries DEFAULT VALUES",
	} {
		insufficient(t, d.steals(storetest.Worker, sql))
	}
	for _, sql := range []string{"SELECT * FROM sessions", "INSERT INTO acts DEFAULT VALUES", "UPDATE subjects SET state = 'closed'", "UPDATE cycles SET title = ''"} {
		insufficient(t, d.steals(storetest.Auditor, sql))
	}
	insufficient(t, d.steals(storetest.Serve, "INSERT INTO sealed_from VALUES (99, now())"))
}

// What was known of people before their trail was sealed counts on.
func TestMigrate_KeepsWhatWasKnownOfPeople(t *testing.T) {
	t.Parallel()
	url := storetest.Bare(t)
	if err := store.MigrateTo(t.Context(), url, 15); err != nil {
		t.Fatal(err)
	}
	asOwner(t, url, fmt.Sprintf(strings.Join([]string{
		"INSERT INTO persons (name) VALUES ('Root'), ('Eva'), ('Ivo')",
		"INSERT INTO persons (erased_at) VALUES (now())",
		"INSERT INTO accounts (issuer, subject, person) VALUES ('%[1]s', 'root', 1), ('%[1]s', 'eva', 2), ('%[1]s', 'eva-fr', 2), ('local', 'ada', 3)",
		"INSERT INTO account_moves (account, from_person, to_person, moved_by, moved_at) SELECT id, 3, 2, 1, now() FROM accounts WHERE subject = 'eva-fr'",
		"INSERT INTO grants (person, role, body, scope, source, account, given, given_by, given_at) SELECT 2, 'official', 'europol', '', 'claims', id, true, NULL, now() FROM accounts WHERE subject = 'eva'",
		"INSERT INTO grants (person, role, body, scope, source, given, given_by, given_at) VALUES (2, 'nec', 'fr', '', 'hand', true, 1, now()), (2, 'nec', 'de', '', 'hand', true, 1, now()), (2, 'nec', 'de', '', 'hand', false, 1, now())",
	}, "; "), issuer))
	if err := store.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	signer, ring := officeKey(t)
	d := &desk{t: t, url: url}
	var err error
	if d.Store, err = store.Open(t.Context(), url, store.Options{Sealed: true, Keys: ring, Signer: signer}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	d.has(2, "nec@fr", "official@europol")
	if d.comes("eva", "2022-01-01", "official@europol") != 2 || d.comes("eva-fr", "2022-01-01") != 2 || d.comes("root", "2022-01-01") != 1 {
		t.Error("somebody is another person than before")
	}
	d.comes("eva", "2022-01-02") // the claim of before is withdrawn by the same account
	d.has(2, "nec@fr")
}

func insufficient(t *testing.T, err error) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), "SQLSTATE 42501") {
		t.Errorf("not denied: %v", err)
	}
}

// accountOf gives the number of an account.
func (d *desk) accountOf(subject string) (id int64) {
	d.t.Helper()
	conn, err := pgx.Connect(d.t.Context(), storetest.Owner(d.t, d.url))
	if err != nil {
		d.t.Fatal(err)
	}
	defer conn.Close(d.t.Context())
	if err := conn.QueryRow(d.t.Context(), "SELECT id FROM accounts WHERE subject = $1", subject).Scan(&id); err != nil {
		d.t.Fatal(err)
	}
	return id
}
