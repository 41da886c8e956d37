-- +goose Up

-- The trail is chained from the first line of a cycle on, so it cannot begin in
-- the middle of one.
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM cycles) THEN
        RAISE EXCEPTION 'the records in this database were written before the trail was chained: export each cycle with the version that wrote it (policycycle cycle export), and import it into a new database';
    END IF;
END $$;
-- +goose StatementEnd

-- A person is one human being, or one service. The name alone can change: it can
-- be erased. What is recorded holds the number.
ALTER TABLE persons DROP COLUMN body, ALTER COLUMN name DROP NOT NULL;
ALTER TABLE persons
    ADD COLUMN service boolean NOT NULL DEFAULT false,
    ADD COLUMN erased_at timestamptz,
    ADD CHECK ((name IS NULL) = (erased_at IS NOT NULL));

-- How persons are known: who issued the name, and the name. Several accounts may
-- be one person.
CREATE TABLE accounts (
    issuer  text NOT NULL, -- of a provider, or 'local' where names are believed
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 400),
    person  bigint NOT NULL REFERENCES persons,
    PRIMARY KEY (issuer, subject)
);

-- Roles given and withdrawn, one row each time; of each role the last row counts.
CREATE TABLE grants (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person bigint NOT NULL REFERENCES persons,
    role   text NOT NULL,
    body   text NOT NULL,
    scope  text NOT NULL,
    source text NOT NULL CHECK (source IN ('claims', 'hand')),
    given  boolean NOT NULL,
    given_by bigint REFERENCES persons, -- none where it follows from claims
    given_at timestamptz NOT NULL,
    CHECK ((source = 'claims') = (given_by IS NULL))
);
CREATE INDEX grants_of_person ON grants (person, id);

-- Who stands behind an act: the body for which the person acted, and for whom
-- the person stood in; oneself where for nobody. The envelope is how it came.
ALTER TABLE acts
    ADD COLUMN body      text   NOT NULL,
    ADD COLUMN principal bigint NOT NULL REFERENCES persons,
    ADD COLUMN envelope  bytea  NOT NULL,
    ADD COLUMN marking   text   NOT NULL DEFAULT '' CHECK (marking IN ('', 'PUBLIC', 'LIMITE', 'RESTRICTED', 'CONFIDENTIAL', 'SECRET')),
    ADD COLUMN holder    text   NOT NULL DEFAULT '',
    ADD COLUMN substantive boolean NOT NULL DEFAULT false CHECK (NOT substantive OR kind = 'correct'),
    DROP COLUMN confirmed_by,
    DROP CONSTRAINT acts_kind_check,
    ADD CONSTRAINT acts_kind_check CHECK (kind IN (
        'submit', 'decide', 'confirm', 'set-aside', 'launch', 'position', 'correct', 'open', 'amend')),
    DROP CONSTRAINT acts_channel_check,
    ADD CONSTRAINT acts_channel_check CHECK (channel IN ('update', 'signal', 'import', 'calendar'));
ALTER TABLE decisions
    DROP CONSTRAINT decisions_procedure_check,
    ADD CONSTRAINT decisions_procedure_check CHECK (procedure IN ('meeting', 'written-procedure', 'silence-procedure'));

-- A silence procedure launched, or the position of a delegation: the rest of an
-- act of these kinds.
CREATE TABLE positions (
    act        text PRIMARY KEY REFERENCES acts,
    body       text NOT NULL,
    procedure  text NOT NULL CHECK (procedure IN ('', 'silence-procedure')),
    deadline   date,
    delegation text NOT NULL,
    stance     text NOT NULL CHECK (stance IN ('', 'agrees', 'objects', 'abstains', 'reserves', 'lifts')),
    CHECK ((procedure = '') = (deadline IS NULL)),
    CHECK ((procedure = '') = (delegation <> '')),
    CHECK ((delegation = '') = (stance = ''))
);

-- Four eyes: a confirmation rests on what another person recorded, and that on
-- what another person handed in, substitutes included on all sides.
ALTER TABLE acts
    ADD COLUMN rests_on text REFERENCES acts,
    ADD CHECK ((kind IN ('decide', 'launch', 'confirm', 'set-aside')) = (rests_on IS NOT NULL));
CREATE UNIQUE INDEX acts_dealt_with_once ON acts (rests_on) WHERE kind IN ('confirm', 'set-aside');
CREATE UNIQUE INDEX acts_ended_once ON acts (rests_on) WHERE channel = 'calendar';

-- +goose StatementBegin
CREATE FUNCTION four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        WITH RECURSIVE below AS (
            SELECT id, person, principal, rests_on FROM acts WHERE id = NEW.rests_on
            UNION ALL
            SELECT a.id, a.person, a.principal, a.rests_on FROM acts a JOIN below b ON a.id = b.rests_on
        )
        SELECT FROM below WHERE person IN (NEW.person, NEW.principal) OR principal IN (NEW.person, NEW.principal)
    ) THEN
        RAISE EXCEPTION 'who recorded or handed in something does not confirm it or decide on it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'acts_four_eyes', TABLE = 'acts';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER acts_four_eyes BEFORE INSERT ON acts FOR EACH ROW
    -- What a silence procedure ends in rests on its launch, by the same two people.
    WHEN (NEW.kind IN ('decide', 'launch', 'confirm') AND NEW.channel <> 'calendar') EXECUTE FUNCTION four_eyes();

-- An outcome that waits for its second person.
ALTER TABLE subjects
    ADD COLUMN pending text REFERENCES acts DEFERRABLE INITIALLY DEFERRED,
    ADD COLUMN silence jsonb; -- the silence procedure that was launched last on the version

ALTER TABLE entries ADD COLUMN body text NOT NULL, ADD COLUMN principal bigint NOT NULL REFERENCES persons;
ALTER TABLE cycles ADD COLUMN started_by_body text NOT NULL;

-- The trail, chained: each line holds the digest of what was recorded with it and
-- the hash of the line before it.
ALTER TABLE trail
    ADD COLUMN principal bigint REFERENCES persons,
    ADD COLUMN body      text NOT NULL,
    ADD COLUMN record    text NOT NULL,
    ADD COLUMN previous  text NOT NULL,
    ADD COLUMN hash      text NOT NULL,
    ADD CHECK (accepted OR record = '');
ALTER TABLE cycles ADD COLUMN head text NOT NULL DEFAULT ''; -- the hash of the last line

-- Signed states of the trail.
CREATE TABLE checkpoints (
    cycle   text   NOT NULL REFERENCES cycles,
    size    bigint NOT NULL,
    note    text   NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (cycle, size)
);

-- Who read what is marked LIMITE, where that is recorded.
CREATE TABLE reads (
    cycle    text   NOT NULL REFERENCES cycles,
    sequence bigint NOT NULL,
    read_at  timestamptz NOT NULL,
    person   bigint NOT NULL REFERENCES persons,
    body     text   NOT NULL,
    path     text   NOT NULL,
    version  int    NOT NULL,
    previous text   NOT NULL,
    hash     text   NOT NULL,
    PRIMARY KEY (cycle, sequence)
);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['positions', 'grants', 'checkpoints', 'reads'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t || '_stay', t);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t || '_stay_whole', t);
    END LOOP;
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
DO $$ BEGIN RAISE EXCEPTION 'a chained trail is not taken apart: restore the backup from before the migration'; END $$;
-- +goose StatementEnd
