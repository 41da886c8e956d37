package store_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// asks gives what a question of the owner of the tables finds, in one column.
func (d *desk) asks(question string, args ...any) []string {
	d.t.Helper()
	owner, err := pgx.Connect(d.t.Context(), storetest.Owner(d.t, d.url))
	if err != nil {
		d.t.Fatal(err)
	}
	defer owner.Close(context.Background())
	var found []string
	rows, err := owner.Query(d.t.Context(), question, args...)
	if err == nil {
		found, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return found
}

// Twelve first requests of somebody new come over two services at once.
func TestWelcome_MakesOnePersonOfManyFirstRequests(t *testing.T) {
	t.Parallel()
	d := opensDesk(t)
	other, err := store.Open(t.Context(), d.url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Close)
	const rounds, requests = 5, 12
	for round := range rounds {
		subject := "new-" + string(rune('a'+round))
		persons := make([]int64, requests)
		begin := make(chan struct{})
		var all sync.WaitGroup
		for i := range persons {
			all.Go(func() {
				<-begin
				s := []*store.Store{d.Store, other}[i%2]
				var err error
				persons[i], err = s.Welcome(t.Context(), store.Account{Issuer: issuer, Subject: subject, Name: subject}, store.Claims{Issued: noon("2022-01-01")}, time.Now())
				if err != nil {
					t.Error(err)
				}
			})
		}
		close(begin)
		all.Wait()
		if len(slices.Compact(persons)) != 1 {
			t.Errorf("they are the persons %d", persons)
		}
	}
	if lost := d.asks("SELECT name FROM persons p WHERE NOT EXISTS (SELECT FROM accounts WHERE person = p.id)"); len(lost) > 0 {
		t.Errorf("persons without an account: %q", lost)
	}
	if all := d.asks("SELECT name FROM persons"); len(all) != rounds+1 {
		t.Errorf("%d persons", len(all))
	}
}

func TestWelcome_RefusesATokenFromBeforeTheLogOut(t *testing.T) {
	t.Parallel()
	d := opensDesk(t)
	eva, out := d.comes("eva", "2022-01-02"), noon("2022-01-02").Add(700*time.Millisecond)
	other := d.comes("ivo", "2022-01-02")
	shows := func(subject string, issued time.Time, bearer bool) (int64, error) {
		return d.Welcome(t.Context(), store.Account{Issuer: issuer, Subject: subject}, store.Claims{Issued: issued, Bearer: bearer}, time.Now())
	}
	if err := d.SignOut(t.Context(), issuer, "eva", out); err != nil {
		t.Fatal(err)
	}
	if err := d.SignOut(t.Context(), issuer, "eva", out.Add(-time.Hour)); err != nil { // told late
		t.Fatal(err)
	}
	for _, issued := range []time.Time{{}, noon("2022-01-01"), noon("2022-01-02")} {
		_, err := shows("eva", issued, true)
		refusedWith(t, err, policy.CodeNotIdentified)
	}
	for name, test := range map[string]struct {
		subject string
		issued  time.Time
		bearer  bool
		want    int64
	}{
		"a token of after the log-out":  {"eva", noon("2022-01-02").Add(time.Second), true, eva},
		"a log-in that this room keeps": {"eva", noon("2022-01-02"), false, eva},
		"the token of somebody else":    {"ivo", noon("2022-01-02"), true, other},
	} {
		if person, err := shows(test.subject, test.issued, test.bearer); err != nil || person != test.want {
			t.Errorf("%s: person %d, %v", name, person, err)
		}
	}
	if err := d.SignOut(t.Context(), issuer, "nobody", out); err != nil {
		t.Errorf("an account that nobody knows: %v", err)
	}
}

func TestWelcome_TakesOnANewNameByALineThatStays(t *testing.T) {
	t.Parallel()
	d := opensDesk(t)
	comes := func(subject, name, issued string) int64 {
		person, err := d.Welcome(t.Context(), store.Account{Issuer: issuer, Subject: subject, Name: name}, store.Claims{Issued: noon(issued)}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return person
	}
	called := func(person int64) string {
		who, err := d.PrincipalOf(t.Context(), policy.Actor{Person: person})
		if err != nil {
			t.Fatal(err)
		}
		return who.Name
	}
	cleo := comes("cleo", "Cleo One", "2022-01-01")
	comes("cleo", "Cleo Two", "2022-01-02")
	comes("cleo", "Cleo One", "2022-01-01") // an old log-in
	comes("cleo", "", "2022-01-03")         // a token without a name
	if name := called(cleo); name != "Cleo Two" {
		t.Errorf("she is called %s", name)
	}
	// A second account with a name of its own is taken on once, not each time it comes.
	second := comes("cleo-fr", "Cléo", "2022-01-01")
	if err := d.Link(t.Context(), d.root, store.Account{Issuer: issuer, Subject: "cleo-fr"}, cleo, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, day := range []string{"2022-01-04", "2022-01-05"} {
		comes("cleo-fr", "Cléo", day)
		comes("cleo", "Cleo Two", day)
	}
	if name := called(cleo); name != "Cléo" {
		t.Errorf("with a second account she is called %s", name)
	}
	const names = "SELECT body::jsonb ->> 'name_digest' FROM people_trail WHERE person = $1 AND body::jsonb ->> 'act' = 'named' ORDER BY sequence"
	salt := d.asks("SELECT salt FROM persons WHERE id = $1", cleo)[0]
	want := []string{evidence.NameDigest(salt, "Cleo One"), evidence.NameDigest(salt, "Cleo Two"), evidence.NameDigest(salt, "Cléo")}
	if got := d.asks(names, cleo); !slices.Equal(got, want) {
		t.Errorf("recorded are %q, want %q", got, want)
	}
	for _, person := range []int64{cleo, second} {
		if err := d.Erase(t.Context(), d.root, person, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	const left = "SELECT coalesce(name, '-') || coalesce(salt, '-') FROM persons WHERE id = $1"
	if got := d.asks(left, cleo); !slices.Equal(got, []string{"--"}) {
		t.Errorf("erased, the records know %q", got)
	}
}

// Who was known before names were hashed gets a salt with the next name: nobody finds an
// erased name by trying.
func TestWelcome_HashesNoNameWithoutASalt(t *testing.T) {
	t.Parallel()
	d := opensDesk(t)
	eva := d.comes("eva", "2022-01-01")
	asOwner(t, d.url, "UPDATE persons SET salt = NULL")
	_, err := d.Welcome(t.Context(), store.Account{Issuer: issuer, Subject: "eva", Name: "Eva the Second"}, store.Claims{Issued: noon("2022-01-02")}, noon("2022-01-02"))
	if err != nil {
		t.Fatal(err)
	}
	salt := d.asks("SELECT coalesce(salt, '') FROM persons WHERE id = $1", eva)[0]
	last := d.asks("SELECT body::jsonb ->> 'name_digest' FROM people_trail WHERE person = $1 ORDER BY sequence DESC LIMIT 1", eva)[0]
	if salt == "" || last != evidence.NameDigest(salt, "Eva the Second") {
		t.Errorf("the salt is %q, the digest %s", salt, last)
	}
}

func TestTakeTurn_IsOfOneAtATime(t *testing.T) {
	t.Parallel()
	d := opensDesk(t)
	takes := func(word string, lasts time.Duration) bool {
		taken, err := d.TakeTurn(t.Context(), word, time.Now().Add(lasts))
		if err != nil {
			t.Fatal(err)
		}
		return taken
	}
	if !takes("turn.a", time.Hour) || takes("turn.a", time.Hour) || !takes("turn.b", -time.Second) || !takes("turn.b", time.Hour) {
		t.Error("it is taken by several, or by nobody")
	}
}
