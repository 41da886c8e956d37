-- A search reads what it finds, and not everything that there is.

-- +goose Up

-- What the actions of a plan say: their codes and titles.
-- +goose StatementBegin
CREATE FUNCTION actions_said(body bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN coalesce((
        SELECT string_agg(concat_ws(E'\n', x.action ->> 'code', x.action ->> 'title'), E'\n')
        FROM jsonb_array_elements(actions_of(body)) AS x(action)), '');
EXCEPTION
    WHEN OTHERS THEN RETURN '';
END $$;

-- The indexes rest on pg_trgm, which comes with Postgres or beside it, and which the owner
-- of the database may add. Without it the same is found, more slowly. Says whether they are
-- there; migrate asks each time, so that they come with it.
CREATE FUNCTION index_for_search() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    place text;
    wanted text;
    made boolean := false;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('policycycle index_for_search'));
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
            RETURN false;
        END IF;
        BEGIN
            CREATE EXTENSION pg_trgm;
        EXCEPTION WHEN insufficient_privilege THEN RETURN false;
        END;
    END IF;
    SELECT quote_ident(n.nspname) INTO place FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm';
    FOREACH wanted IN ARRAY ARRAY[
        'cycles_said ON cycles USING gin (searchable(id) OPS, searchable(title) OPS)',
        'subjects_said ON subjects USING gin (searchable(title) OPS, searchable(path) OPS)',
        'versions_said ON acts USING gin (searchable(document) OPS) WHERE kind IN (''submit'', ''correct'', ''finalise'')',
        'outcomes_said ON acts USING gin (searchable(document) OPS, searchable(comment) OPS) WHERE kind = ''decide''',
        'decisions_said ON decisions USING gin (searchable(meeting) OPS)',
        'contents_said ON contents USING gin (searchable(actions_said(body)) OPS) WHERE media_type = ''application/json'''] LOOP
        CONTINUE WHEN to_regclass(split_part(wanted, ' ', 1)) IS NOT NULL;
        -- What is not sorted in yet is read at each search: it stays little.
        EXECUTE 'CREATE INDEX ' || regexp_replace(replace(wanted, 'OPS', place || '.gin_trgm_ops'), '( WHERE |$)', ' WITH (gin_pending_list_limit = 256)\1');
        made := true;
    END LOOP;
    IF made THEN -- else it is not known how rare words are
        ANALYZE cycles, subjects, acts, decisions, contents;
    END IF;
    RETURN true;
END $$;
-- +goose StatementEnd

CREATE INDEX acts_held ON acts (held) WHERE held IS NOT NULL;
CREATE INDEX acts_decided ON acts (date DESC, id) WHERE kind = 'decide';

-- +goose Down
DROP INDEX acts_decided, acts_held;
DROP INDEX IF EXISTS cycles_said, subjects_said, versions_said, outcomes_said, decisions_said, contents_said;
DROP FUNCTION index_for_search;
DROP FUNCTION actions_said;
