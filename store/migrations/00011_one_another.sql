-- +goose Up
-- Which records these are: another server, another time line of it, another database or
-- tables made anew from a dump are other records, whatever stands in them. Orders carry
-- it, so that runs do not keep what they were told by records that are gone.
-- +goose StatementBegin
CREATE FUNCTION records_epoch() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT concat_ws('/', s.system_identifier, c.timeline_id,
        (SELECT oid FROM pg_database WHERE datname = current_database()), 'cycles'::regclass::oid)
    FROM pg_control_system() s, pg_control_checkpoint() c
$$;
-- +goose StatementEnd

-- The epochs of which all runs have been told.
CREATE TABLE epochs (
    epoch text PRIMARY KEY,
    since timestamptz NOT NULL
);

-- The keys with which what travels through Temporal is encrypted, each with a proof by
-- which it can be recognised and from which it cannot be found out. A key that somebody
-- has begun to encrypt with must be there wherever policycycle runs.
CREATE TABLE encryption_keys (
    id       text PRIMARY KEY CHECK (octet_length(id) BETWEEN 1 AND 200),
    proof    text NOT NULL,
    known_at timestamptz NOT NULL,
    used_at  timestamptz
);

-- What is written here is taken back at once: it shows whether anything can be written.
CREATE TABLE write_tries (filler bytea NOT NULL);
ALTER TABLE write_tries ALTER COLUMN filler SET STORAGE EXTERNAL;

GRANT SELECT ON epochs, encryption_keys TO policycycle_app, policycycle_auditor;
GRANT INSERT, UPDATE (since) ON epochs TO policycycle_app;
GRANT INSERT, UPDATE (used_at), DELETE ON encryption_keys TO policycycle_app;
GRANT INSERT ON write_tries TO policycycle_app;

-- +goose Down
DROP TABLE write_tries, encryption_keys, epochs;
DROP FUNCTION records_epoch;
