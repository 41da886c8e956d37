package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/policycycle/policycycle/policy"
)

// away says why the records cannot be had: Postgres turns us away, it does not answer, or
// whoever asked no longer waits, which says nothing of Postgres. The cause stays in the
// tree for the log; the sentence is for people.
func away(err error) error {
	switch refusal := turnedAway(err); {
	case refusal != nil:
		return errors.Join(refusal, err)
	case errors.Is(err, context.DeadlineExceeded):
		return errors.Join(policy.Refuse(policy.CodeUnavailable, "time ran out before the records had answered"), err)
	default:
		return errors.Join(policy.Refuse(policy.CodeUnavailable, "the database with the records does not answer; nothing was changed"), err)
	}
}

// turnedAway gives what a Postgres that answers, and gives us nothing, says of the login;
// nil for every other error. It is policy.CodeUnavailable: what somebody asked for is
// not at fault, and the same succeeds once the login is mended. The sentences may be read
// by anybody, so they name neither login nor database: whoever can mend it has both in
// their configuration.
func turnedAway(err error) *policy.Error {
	const (
		wrongPassword, notLetIn = "28P01", "28000"
		noDatabase, tooMany     = "3D000", "53300"
	)
	server, is := errors.AsType[*pgconn.PgError](err)
	if !is {
		return nil
	}
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	switch {
	case server.Code == wrongPassword:
		return policy.Refuse(policy.CodeUnavailable, "Postgres answers and refuses the login: its password is wrong or missing; nothing was changed; whoever runs this looks at database.url, for migrate at database.owner_url")
	case server.Code == notLetIn:
		return policy.Refuse(policy.CodeUnavailable, "Postgres answers and lets the login not in: it is not there, may not log in or not from here; nothing was changed; whoever runs this looks at database.url, for migrate at database.owner_url, and at pg_hba.conf")
	case server.Code == noDatabase:
		return policy.Refuse(policy.CodeUnavailable, "Postgres answers and has no database of that name: CREATE DATABASE makes it; nothing was changed; whoever runs this looks at database.url, for migrate at database.owner_url")
	case server.Code == tooMany:
		return policy.Refuse(policy.CodeUnavailable, "Postgres answers and takes no more connections; nothing was changed; repeat the same later, or raise max_connections")
	case insufficient(err) && connecting:
		return policy.Refuse(policy.CodeUnavailable, "Postgres answers and the login may not connect to the database: GRANT CONNECT ON DATABASE lets it; nothing was changed")
	case insufficient(err):
		return policy.Refuse(policy.CodeUnavailable, "Postgres answers and the login lacks a right that this needs; nothing was changed; whoever runs this asks policycycle doctor which")
	default:
		return nil
	}
}

// insufficient says whether Postgres does not let the login do something.
func insufficient(err error) bool {
	const insufficientPrivilege = "42501"
	server, is := errors.AsType[*pgconn.PgError](err)
	return is && server.Code == insufficientPrivilege
}
