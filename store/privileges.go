package store

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/policy"
)

// Role is what a login at Postgres is there for.
type Role string

// The roles that migrate makes.
const (
	RoleServe   Role = "policycycle_serve"
	RoleWorker  Role = "policycycle_worker"
	RoleApp     Role = "policycycle_app" // both, for one process and for names that are believed
	RoleAuditor Role = "policycycle_auditor"
)

// Privileges says what somebody may do to the records with this connection.
type Privileges struct {
	User      string
	Superuser bool
	Owner     bool // of the tables, or a member of the role that is
	App       bool // a member of RoleApp
	// MayRead says whether the records can be read, MayChange whether what is recorded can be
	// changed, deleted or emptied, MayRecord whether acts can be added, MayKnowPeople whether
	// people can be made known, and MayLogIn whether log-ins can be written.
	MayRead, MayChange, MayRecord, MayKnowPeople, MayLogIn bool
	// Elsewhere lists the other databases of the server to which it may connect.
	Elsewhere []string
	Encrypted bool
	Version   string    // of Postgres
	Clock     time.Time // what the database takes for now
	Schema    Schema
	// SearchesByIndex says whether a search reads what it finds alone: pg_trgm is there.
	SearchesByIndex bool
}

// Suits refuses, with policy.CodeNotCompetent, a login that lacks what somebody in a role
// needs, and says what gives it. The empty role is that of whoever only asks.
func (p Privileges) Suits(role Role) error {
	lacks := func(what string) error {
		return policy.Refuse(policy.CodeNotCompetent,
			"the login %q at Postgres may not %s, and may not do here what it is for: let the owner of the tables run GRANT %s TO %s; nothing was changed",
			p.User, what, cmp.Or(role, RoleAuditor), pgx.Identifier{p.User}.Sanitize())
	}
	both := role == RoleServe || role == RoleApp
	switch {
	case !p.MayRead:
		return lacks("read the records")
	case role != "" && role != RoleAuditor && !p.MayRecord:
		return lacks("record acts")
	case both && !p.MayKnowPeople:
		return lacks("make people known")
	case both && !p.MayLogIn:
		return lacks("keep log-ins")
	default:
		return nil
	}
}

// Excess says why a login may more than any process needs; "" where it does not.
func (p Privileges) Excess() string {
	switch {
	case p.Superuser:
		return "owns the whole server"
	case p.Owner:
		return "owns the tables"
	case p.MayChange:
		return "may change or delete what is recorded"
	default:
		return ""
	}
}

// privileges asks the catalogue of Postgres, which the generated queries cannot. Where
// there are no tables yet, nothing may be done to them.
const privileges = `
WITH may AS (SELECT name, to_regclass(name) AS at FROM unnest(ARRAY[
    'trail', 'acts', 'decisions', 'decision_items', 'amendments', 'positions', 'definitions', 'contents',
    'entries', 'register_rows', 'people_trail', 'sealed_from', 'checkpoints', 'reads']) name)
SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
       coalesce(pg_has_role(current_user, (SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = 'trail'), 'MEMBER'), false),
       coalesce((SELECT pg_has_role(current_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = 'policycycle_app'), false),
       coalesce((SELECT bool_or(has_table_privilege(at, 'UPDATE, DELETE, TRUNCATE')) FROM may), false),
       coalesce(has_table_privilege(to_regclass('trail'), 'SELECT'), false),
       coalesce(has_table_privilege(to_regclass('acts'), 'INSERT'), false),
       coalesce(has_table_privilege(to_regclass('people_trail'), 'INSERT'), false),
       coalesce(has_table_privilege(to_regclass('sessions'), 'INSERT'), false),
       (SELECT coalesce(array_agg(datname::text ORDER BY datname), '{}') FROM pg_database
        WHERE datallowconn AND datname <> current_database() AND has_database_privilege(oid, 'CONNECT')),
       coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
       current_setting('server_version'), clock_timestamp(), to_regclass('contents_said') IS NOT NULL`

// FindPrivileges tells what this connection may do.
func (s *Store) FindPrivileges(ctx context.Context) (Privileges, error) {
	var p Privileges
	err := s.pool.QueryRow(ctx, privileges).Scan(&p.User, &p.Superuser, &p.Owner, &p.App,
		&p.MayChange, &p.MayRead, &p.MayRecord, &p.MayKnowPeople, &p.MayLogIn, &p.Elsewhere, &p.Encrypted, &p.Version, &p.Clock, &p.SearchesByIndex)
	if err != nil {
		return p, translate(fmt.Errorf("privileges: %w", err))
	}
	if p.Schema, err = schemaOf(ctx, s.pool); insufficient(err) {
		p.MayRead = false
		return p, nil
	}
	return p, err
}

// Suits refuses a login that lacks what it is there for. See Privileges.Suits.
func (s *Store) Suits(ctx context.Context) error {
	p, err := s.FindPrivileges(ctx)
	if err != nil {
		return err
	}
	return p.Suits(s.options.Role)
}

// fits refuses what Open does: tables of another version, and a login that lacks what it
// is there for.
func (s *Store) fits(ctx context.Context) error {
	p, err := s.FindPrivileges(ctx)
	if err == nil {
		err = p.Schema.Fits() // which finds no fault with what may not be looked at
	}
	if err != nil {
		return err
	}
	return p.Suits(s.options.Role)
}
