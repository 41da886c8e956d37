package store_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// A Postgres that answers is not said to be away: whoever can mend it reads what is wrong.
func TestOpen_SaysWhyPostgresTurnsSomebodyAway(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	closed := storetest.Copy(t, address)
	owner, err := pgx.Connect(t.Context(), storetest.Owner(t, closed))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(t.Context())
	if _, err := owner.Exec(t.Context(), "REVOKE CONNECT ON DATABASE "+owner.Config().Database+" FROM PUBLIC; CREATE ROLE barred NOLOGIN PASSWORD 'x'"); err != nil {
		t.Fatal(err)
	}
	changed := func(change func(*url.URL)) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		change(u)
		return u.String()
	}
	for wrong, test := range map[string]struct{ url, says string }{
		"the password":   {changed(func(u *url.URL) { u.User = url.UserPassword(u.User.Username(), "wrong") }), "its password is wrong"},
		"no password":    {changed(func(u *url.URL) { u.User = url.User(u.User.Username()) }), "refuses the login"},
		"no such login":  {changed(func(u *url.URL) { u.User = url.UserPassword("nobody", "x") }), "refuses the login"},
		"no log-in":      {changed(func(u *url.URL) { u.User = url.UserPassword("barred", "x") }), "lets the login not in"},
		"the database":   {changed(func(u *url.URL) { u.Path = "/nowhere" }), "has no database of that name"},
		"not let in":     {closed, "may not connect to the database"},
		"nobody is here": {changed(func(u *url.URL) { u.Host = "127.0.0.1:9" }), "does not answer"},
	} {
		_, opening := store.Open(t.Context(), test.url, store.Options{})
		for what, err := range map[string]error{"open": opening, "migrate": store.Migrate(t.Context(), test.url)} {
			if policy.CodeOf(err) != policy.CodeUnavailable || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s, %s: %v, want %q", wrong, what, err, test.says)
			}
		}
	}
}
