-- +goose Up

-- Who is who, and who may do what: one line each time, chained, and sealed by serve. A
-- line holds its text as it was sealed; the columns beside it only find it. What stands
-- in no line with a good seal does not count where acts are sealed.
CREATE TABLE people_trail (
    sequence  bigint PRIMARY KEY CHECK (sequence >= 1),
    person    bigint NOT NULL REFERENCES persons,
    account   bigint REFERENCES accounts (id), -- whose it is from now on
    body      text NOT NULL,
    hash      text NOT NULL, -- of the body
    key_id    text NOT NULL,
    signature text NOT NULL
);
CREATE INDEX people_trail_of_person ON people_trail (person, sequence);
CREATE INDEX people_trail_of_account ON people_trail (account, sequence) WHERE account IS NOT NULL;

-- Beside a name stands what is hashed with it, so that the digest of an erased name
-- cannot be guessed. It goes with the name.
ALTER TABLE persons ADD COLUMN salt text, ADD CHECK (erased_at IS NULL OR salt IS NULL);

-- What is entered into registers bears the seal of serve.
ALTER TABLE entries ADD COLUMN key_id text NOT NULL DEFAULT '', ADD COLUMN signature text NOT NULL DEFAULT '';

-- What was recorded before it could be sealed: the lines on people up to this one, and
-- the entries before this instant. The owner of the tables alone writes here.
CREATE TABLE sealed_from (people bigint NOT NULL, entries timestamptz NOT NULL);

-- What was known of people so far, in the order in which it came.
-- +goose StatementBegin
DO $$
DECLARE
    said record;
    last text := 'sha256:' || encode(sha256(convert_to('policycycle people', 'UTF8')), 'hex');
    n bigint := 0;
    line text;
BEGIN
    UPDATE persons SET salt = gen_random_uuid()::text
    WHERE name IS NOT NULL AND id IN (SELECT person FROM accounts WHERE issuer <> 'local' AND issuer NOT LIKE 'import of %');
    FOR said IN
        SELECT p.at, p.person, p.account, p.line FROM ( -- the claims of an account stand in the line alone
            SELECT 1 AS part, a.id AS sort, now() AS at, coalesce(first.from_person, a.person) AS person, a.id AS account, jsonb_build_object(
                'act', 'known', 'account', a.id,
                'account_digest', 'sha256:' || encode(sha256(convert_to(a.issuer || E'\n' || a.subject, 'UTF8')), 'hex')) AS line
            FROM accounts a
            LEFT JOIN LATERAL (SELECT m.from_person FROM account_moves m WHERE m.account = a.id ORDER BY m.id LIMIT 1) first ON true
            WHERE a.issuer <> 'local' AND a.issuer NOT LIKE 'import of %'
            UNION ALL
            SELECT 2, m.id, m.moved_at, m.to_person, m.account, jsonb_build_object(
                'act', 'moved', 'account', m.account, 'by', m.moved_by,
                'account_digest', 'sha256:' || encode(sha256(convert_to(a.issuer || E'\n' || a.subject, 'UTF8')), 'hex'))
            FROM account_moves m JOIN accounts a ON a.id = m.account
            UNION ALL
            SELECT 3, p.id, now(), p.id, NULL, jsonb_build_object(
                'act', 'named', 'name_digest', 'sha256:' || encode(sha256(convert_to(p.salt || E'\n' || p.name, 'UTF8')), 'hex'))
            FROM persons p WHERE p.salt IS NOT NULL
            UNION ALL
            SELECT 4, g.id, g.given_at, g.person, NULL::bigint, jsonb_strip_nulls(jsonb_build_object(
                'act', 'role', 'account', g.account, 'source', g.source, 'given', g.given, 'by', g.given_by,
                'role', jsonb_build_object('role', g.role, 'body', g.body, 'scope', g.scope)))
            FROM grants g
            UNION ALL
            SELECT 5, p.id, p.erased_at, p.id, NULL, jsonb_build_object('act', 'erased')
            FROM persons p WHERE p.erased_at IS NOT NULL
        ) p ORDER BY p.part, p.sort
    LOOP
        n := n + 1;
        line := (jsonb_strip_nulls(jsonb_build_object('sequence', n, 'person', said.person, 'previous', last,
            'recorded', to_char(said.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))) || said.line)::text;
        last := 'sha256:' || encode(sha256(convert_to(line, 'UTF8')), 'hex');
        INSERT INTO people_trail (sequence, person, account, body, hash, key_id, signature)
        VALUES (n, said.person, said.account, line, last, '', '');
    END LOOP;
    INSERT INTO sealed_from (people, entries) VALUES (n, now());
END $$;
-- +goose StatementEnd
DROP TABLE grants, account_moves;

-- Whose an account is: whoever the last line says, and where nobody says, whose it was.
CREATE VIEW account_holders AS
SELECT a.id, a.issuer, a.subject, a.claims_at, a.signed_out_at,
    coalesce((SELECT t.person FROM people_trail t WHERE t.account = a.id ORDER BY t.sequence DESC LIMIT 1), a.person) AS person
FROM accounts a;

CREATE TRIGGER people_trail_stays BEFORE UPDATE OR DELETE ON people_trail FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER people_trail_stays_whole BEFORE TRUNCATE ON people_trail FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Logins apart. policycycle_serve knows people, keeps log-ins and takes cycles over;
-- policycycle_worker records what arrives at the runs. policycycle_app is both, for a
-- policycycle of one process and for names that are believed. A login of one's own is
-- made by whoever runs the database.
-- +goose StatementBegin
DO $$
DECLARE wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['policycycle_serve', 'policycycle_worker'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another database made it meanwhile
            END;
        END IF;
        IF NOT pg_has_role('policycycle_app', wanted, 'MEMBER') THEN
            BEGIN
                EXECUTE format('GRANT %I TO policycycle_app', wanted);
            EXCEPTION WHEN unique_violation THEN NULL;
            END;
        END IF;
    END LOOP;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'the owner of the tables may not make roles here: let an administrator of the server run CREATE ROLE policycycle_serve NOLOGIN; CREATE ROLE policycycle_worker NOLOGIN; GRANT policycycle_serve, policycycle_worker TO policycycle_app; and migrate again';
END $$;
-- +goose StatementEnd

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM policycycle_app;
GRANT USAGE ON SCHEMA public TO policycycle_serve, policycycle_worker;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO policycycle_serve, policycycle_worker, policycycle_auditor;
REVOKE SELECT ON sessions, accounts, account_holders, drafts FROM policycycle_worker;
REVOKE SELECT ON sessions FROM policycycle_auditor;

-- What arrives is recorded by the worker; serve takes over whole cycles and enters rows.
GRANT INSERT ON
    contents, definitions, subjects, acts, decisions, decision_items, amendments, positions, notices, trail, write_tries
    TO policycycle_serve, policycycle_worker;
GRANT UPDATE (title, language, definition_version, stage, stage_since, open_dues, next_path, sequence, head, day) ON cycles
    TO policycycle_serve, policycycle_worker;
GRANT UPDATE ON subjects TO policycycle_serve, policycycle_worker;
GRANT INSERT, UPDATE (since) ON epochs TO policycycle_serve, policycycle_worker;
GRANT INSERT, UPDATE (used_at) ON encryption_keys TO policycycle_serve, policycycle_worker;
GRANT DELETE ON encryption_keys TO policycycle_serve;

GRANT INSERT ON cycles, entries, register_rows, checkpoints, reads, reminders_asked, persons, accounts, people_trail TO policycycle_serve;
GRANT UPDATE (name, salt, erased_at) ON persons TO policycycle_serve;
GRANT UPDATE (subject, claims_at, signed_out_at) ON accounts TO policycycle_serve;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, claims, drafts TO policycycle_serve;

-- Where names are believed, whoever records makes them known.
GRANT INSERT ON persons, accounts TO policycycle_app;
GRANT SELECT ON accounts, account_holders TO policycycle_app;

-- +goose Down
-- +goose StatementBegin
DO $$ BEGIN RAISE EXCEPTION 'the trail of people is not taken apart: restore the backup from before the migration'; END $$;
-- +goose StatementEnd
