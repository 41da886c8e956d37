package store

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Calendar is an address at which a calendar program reads.
type Calendar struct {
	ID     int64
	Person int64
	Name   string // of the person; "" once erased
	Scope  policy.CalendarScope
	Made   time.Time
	Read   policy.Date // when it was read last; zero for never
}

// MakeCalendar makes an address for somebody, and gives its token, which is kept as a digest
// alone.
func (s *Store) MakeCalendar(ctx context.Context, by policy.Principal, scope policy.CalendarScope, now time.Time) (c Calendar, token string, err error) {
	token = rand.Text()
	c = Calendar{Person: by.Person, Name: by.Name, Scope: scope, Made: now.UTC().Truncate(time.Microsecond)}
	err = s.change(ctx, func(q *sqlc.Queries) error {
		known, err := q.ListCalendars(ctx, sqlc.ListCalendarsParams{Person: by.Person})
		if err == nil && len(known) >= policy.MostCalendars {
			err = policy.Refuse(policy.CodeTooMany, "you have %d addresses of calendars: revoke one of them first", len(known))
		}
		if err != nil {
			return err
		}
		c.ID, err = q.InsertCalendar(ctx, sqlc.InsertCalendarParams{
			Token: evidence.Digest([]byte(token)), Person: by.Person, Body: string(by.Body),
			OfBody: string(scope.Body), OfCycle: scope.Cycle, Language: string(scope.Language), MadeAt: c.Made,
		})
		if err != nil {
			return err
		}
		return s.note(ctx, q, now, evidence.PersonLine{Act: evidence.PersonCalendar, Person: by.Person, Calendar: c.ID, Given: true, By: by.Person})
	})
	return c, token, err
}

// ListCalendars lists the addresses of somebody that are read, or those of everybody.
func (s *Store) ListCalendars(ctx context.Context, of int64, everybody bool) ([]Calendar, error) {
	return ask(ctx, s, func(q *sqlc.Queries) ([]Calendar, error) {
		rows, err := q.ListCalendars(ctx, sqlc.ListCalendarsParams{Everybody: everybody, Person: of})
		all := make([]Calendar, len(rows))
		for i, r := range rows {
			all[i] = Calendar{
				ID: r.ID, Person: r.Person, Name: r.Name, Made: r.MadeAt, Read: fromDate(r.ReadOn),
				Scope: policy.CalendarScope{Body: policy.Body(r.OfBody), Cycle: r.OfCycle, Language: policy.Language(r.Language)},
			}
		}
		return all, err
	})
}

// RevokeCalendar takes an address back. Of somebody else's, who manages people may alone; to
// others there is none.
func (s *Store) RevokeCalendar(ctx context.Context, by policy.Principal, id int64, now time.Time) error {
	return s.change(ctx, func(q *sqlc.Queries) error {
		unknown := policy.Refuse(policy.CodeUnknown, "you have no address of a calendar with the number %d; policycycle calendar list shows those there are", id)
		known, err := q.FindCalendar(ctx, id)
		switch {
		case err != nil:
			return noRow(err, unknown)
		case known.Person != by.Person && policy.AuthoriseDeed(by, policy.DeedPeople, "") != nil:
			return unknown
		case known.RevokedAt.Valid: // it is as was asked
			return nil
		}
		if err := q.RevokeCalendar(ctx, sqlc.RevokeCalendarParams{ID: id, At: now}); err != nil {
			return err
		}
		return s.note(ctx, q, now, evidence.PersonLine{Act: evidence.PersonCalendar, Person: known.Person, Calendar: id, By: by.Person})
	})
}

// OpenCalendar gives of what the calendar with a token is, and as what its person reads now.
// One that was never made or was revoked, or whose person is not known any more, is
// policy.CodeUnknown. That it was read on a day is noted.
func (s *Store) OpenCalendar(ctx context.Context, token string, today policy.Date) (policy.Principal, policy.CalendarScope, error) {
	unknown := policy.Refuse(policy.CodeUnknown, "there is no such calendar")
	q := sqlc.New(s.pool)
	row, err := q.OpenCalendar(ctx, evidence.Digest([]byte(token)))
	if errors.Is(err, pgx.ErrNoRows) {
		return policy.Principal{}, policy.CalendarScope{}, unknown
	}
	if err != nil {
		return policy.Principal{}, policy.CalendarScope{}, translate(err)
	}
	who, err := s.PrincipalOf(ctx, policy.Actor{Person: row.Person, Body: policy.Body(row.Body)})
	if policy.CodeOf(err) == policy.CodeNotIdentified {
		return who, policy.CalendarScope{}, unknown
	}
	if err == nil && fromDate(row.ReadOn) != today {
		err = translate(q.ReadCalendar(ctx, sqlc.ReadCalendarParams{ID: row.ID, Day: toDate(today)}))
	}
	return who, policy.CalendarScope{Body: policy.Body(row.OfBody), Cycle: row.OfCycle, Language: policy.Language(row.Language)}, err
}
