package store

import (
	"context"
	"fmt"
	"time"
)

// Privileges says what somebody may do to the records with this connection.
type Privileges struct {
	User      string
	Superuser bool
	Owner     bool // of the tables, or a member of the role that is
	// MayChange says whether what is recorded can be changed, deleted or emptied, MayRecord
	// whether acts can be added, MayKnowPeople whether people can be made known, and
	// MayLogIn whether log-ins can be written.
	MayChange, MayRecord, MayKnowPeople, MayLogIn bool
	// Elsewhere lists the other databases of the server to which it may connect.
	Elsewhere []string
	Encrypted bool
	Version   string    // of Postgres
	Clock     time.Time // what the database takes for now
	Schema    Schema
}

// privileges asks the catalogue of Postgres, which the generated queries cannot.
const privileges = `
SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
       pg_has_role(current_user, (SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = 'trail'), 'MEMBER'),
       (SELECT bool_or(has_table_privilege(t, 'UPDATE, DELETE, TRUNCATE'))
        FROM unnest(ARRAY['trail', 'acts', 'decisions', 'decision_items', 'amendments', 'positions', 'definitions', 'contents',
                          'entries', 'register_rows', 'people_trail', 'sealed_from', 'checkpoints', 'reads']) t),
       has_table_privilege('acts', 'INSERT'), has_table_privilege('people_trail', 'INSERT'), has_table_privilege('sessions', 'INSERT'),
       (SELECT coalesce(array_agg(datname::text ORDER BY datname), '{}') FROM pg_database
        WHERE datallowconn AND datname <> current_database() AND has_database_privilege(oid, 'CONNECT')),
       coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
       current_setting('server_version'), clock_timestamp()`

// FindPrivileges tells what this connection may do.
func (s *Store) FindPrivileges(ctx context.Context) (Privileges, error) {
	var p Privileges
	err := s.pool.QueryRow(ctx, privileges).Scan(&p.User, &p.Superuser, &p.Owner,
		&p.MayChange, &p.MayRecord, &p.MayKnowPeople, &p.MayLogIn, &p.Elsewhere, &p.Encrypted, &p.Version, &p.Clock)
	if err != nil {
		return p, translate(fmt.Errorf("privileges: %w", err))
	}
	p.Schema, err = schemaOf(ctx, s.pool)
	return p, err
}
