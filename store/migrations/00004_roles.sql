-- +goose Up

-- Three roles. The owner of the tables migrates them. policycycle_app is what
-- commands, worker and serve log in with: it adds to the records and never takes
-- away, and changes only projections and names. policycycle_auditor reads. A login
-- of one's own is made by whoever runs the database:
--   CREATE ROLE worker LOGIN PASSWORD '...' IN ROLE policycycle_app;
-- Roles belong to the whole server, so they may be there already.
-- +goose StatementBegin
DO $$
DECLARE wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['policycycle_app', 'policycycle_auditor'] LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = wanted);
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL; -- another database made it meanwhile
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'the owner of the tables may not make roles here: let an administrator of the server run CREATE ROLE policycycle_app NOLOGIN; CREATE ROLE policycycle_serve NOLOGIN; CREATE ROLE policycycle_worker NOLOGIN; CREATE ROLE policycycle_auditor NOLOGIN; GRANT policycycle_serve, policycycle_worker TO policycycle_app; and migrate again';
        END;
    END LOOP;
END $$;
-- +goose StatementEnd

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO policycycle_app, policycycle_auditor;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO policycycle_app, policycycle_auditor;
GRANT INSERT ON
    persons, accounts, grants, contents, cycles, definitions, subjects, acts, decisions, decision_items, amendments, positions,
    notices, trail, entries, register_rows, checkpoints, reads
    TO policycycle_app;
GRANT UPDATE (title, definition_version, stage, stage_since, open_dues, next_path, sequence, head) ON cycles TO policycycle_app;
GRANT UPDATE ON subjects TO policycycle_app;
GRANT UPDATE (name, erased_at) ON persons TO policycycle_app;
GRANT UPDATE (person, subject) ON accounts TO policycycle_app;

-- +goose Down
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM policycycle_app, policycycle_auditor;
