package store_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/store/storetest"
)

var today = policytest.Date("2026-11-30")

// who gives as what a person acts at a body.
func (d *desk) who(person int64, body policy.Body) policy.Principal {
	d.t.Helper()
	who, err := d.PrincipalOf(d.t.Context(), policy.Actor{Person: person, Body: body})
	if err != nil {
		d.t.Fatal(err)
	}
	return who
}

// gone fails the test unless nothing is read with a token.
func (d *desk) gone(token string) {
	d.t.Helper()
	if who, _, err := d.OpenCalendar(d.t.Context(), token, today); policy.CodeOf(err) != policy.CodeUnknown {
		d.t.Errorf("somebody reads as %v (%v)", who, err)
	}
}

func TestOpenCalendar_ReadsAsItsPersonDoesNow(t *testing.T) {
	t.Parallel()
	d := opensDesk(t)
	eva := d.comes("eva", "2026-01-01", "official@europol", "nec@fr")
	scope := policy.CalendarScope{Body: policy.COSI, Language: "fr"}
	made, token, err := d.MakeCalendar(t.Context(), d.who(eva, policy.Europol), scope, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	reads := func(roles int) {
		t.Helper()
		who, of, err := d.OpenCalendar(t.Context(), token, today)
		if err != nil || who.Person != eva || len(who.Grants) != roles || of != scope {
			t.Errorf("%+v of %+v (%v)", who, of, err)
		}
	}
	reads(2)
	known, err := d.ListCalendars(t.Context(), eva, false)
	if err != nil || len(known) != 1 || known[0].ID != made.ID || known[0].Read != today || known[0].Scope != scope || known[0].Name != "Name of eva" {
		t.Errorf("%+v (%v)", known, err)
	}
	d.comes("eva", "2026-01-02") // the provider took both roles away
	reads(0)
	d.gone("another token")
	d.gone("")
	if err := d.Erase(t.Context(), d.root, eva, time.Now()); err != nil {
		t.Fatal(err)
	}
	d.gone(token)
}

func TestRevokeCalendar_EndsItForItsPersonAndForWhoManagesPeople(t *testing.T) {
	t.Parallel()
	d := opensDesk(t)
	ctx, now := t.Context(), time.Now()
	eva, ivo := d.who(d.comes("eva", "2026-01-01", "official@europol"), policy.Europol), d.who(d.comes("ivo", "2026-01-01", "official@europol"), policy.Europol)
	first, token, err := d.MakeCalendar(ctx, eva, policy.CalendarScope{}, now)
	if err != nil {
		t.Fatal(err)
	}
	second, other, err := d.MakeCalendar(ctx, eva, policy.CalendarScope{}, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.RevokeCalendar(ctx, ivo, first.ID, now); policy.CodeOf(err) != policy.CodeUnknown {
		t.Errorf("a stranger revokes it: %v", err)
	}
	for range 2 { // to repeat it changes nothing
		if err := d.RevokeCalendar(ctx, eva, first.ID, now); err != nil {
			t.Fatal(err)
		}
	}
	d.gone(token)
	if _, _, err := d.OpenCalendar(ctx, other, today); err != nil {
		t.Errorf("the other one went, too: %v", err)
	}
	root := d.who(d.root.Person, policy.Operator)
	if err := d.RevokeCalendar(ctx, root, second.ID, now); err != nil {
		t.Fatal(err)
	}
	d.gone(other)
	if known, err := d.ListCalendars(ctx, eva.Person, true); err != nil || len(known) != 0 {
		t.Errorf("%+v (%v)", known, err)
	}
	want := []evidence.PersonLine{
		{Calendar: first.ID, Given: true, By: eva.Person}, {Calendar: second.ID, Given: true, By: eva.Person},
		{Calendar: first.ID, By: eva.Person}, {Calendar: second.ID, By: root.Person},
	}
	if got := d.saidOfCalendars(eva.Person); !slices.Equal(got, want) {
		t.Errorf("the trail of people says %+v", got)
	}
}

// saidOfCalendars gives what the trail of people says of the calendars of a person.
func (d *desk) saidOfCalendars(person int64) (said []evidence.PersonLine) {
	d.t.Helper()
	for _, body := range d.column("SELECT body FROM people_trail WHERE person = $1 ORDER BY sequence", person) {
		var l evidence.PersonLine
		if err := json.Unmarshal([]byte(body), &l); err != nil {
			d.t.Fatal(err)
		}
		if l.Act == evidence.PersonCalendar {
			said = append(said, evidence.PersonLine{Calendar: l.Calendar, Given: l.Given, By: l.By})
		}
	}
	return said
}

// column asks the tables themselves.
func (d *desk) column(sql string, args ...any) []string {
	d.t.Helper()
	owner, err := pgx.Connect(d.t.Context(), storetest.Owner(d.t, d.url))
	if err != nil {
		d.t.Fatal(err)
	}
	defer owner.Close(d.t.Context())
	rows, err := owner.Query(d.t.Context(), sql, args...)
	if err != nil {
		d.t.Fatal(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		d.t.Fatal(err)
	}
	return found
}

func TestMakeCalendar_KeepsNoTokenAndNoMoreThanSomebodyNeeds(t *testing.T) {
	t.Parallel()
	d := opensDesk(t)
	eva := d.who(d.comes("eva", "2026-01-01", "official@europol"), policy.Europol)
	for n := range policy.MostCalendars + 1 {
		_, token, err := d.MakeCalendar(t.Context(), eva, policy.CalendarScope{Cycle: "empact"}, time.Now())
		if n == policy.MostCalendars {
			if policy.CodeOf(err) != policy.CodeTooMany {
				t.Errorf("one too many: %v", err)
			}
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range append(d.column("SELECT c::text FROM calendars c"), d.column("SELECT body FROM people_trail")...) {
			if len(token) < 26 || strings.Contains(row, token) {
				t.Fatalf("the token %q stands in %s", token, row)
			}
		}
	}
}
