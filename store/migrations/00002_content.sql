-- +goose Up

-- What stands in a version, where it is kept here, and who stands for a fact
-- that went against a rule.
ALTER TABLE acts
    ADD COLUMN held text REFERENCES contents,
    ADD COLUMN irregular text NOT NULL DEFAULT '',
    ADD COLUMN confirmed_by bigint REFERENCES persons,
    ADD CHECK ((irregular = '') = (confirmed_by IS NULL)),
    ADD CHECK (confirmed_by <> person),
    DROP CONSTRAINT acts_channel_check,
    ADD CONSTRAINT acts_channel_check CHECK (channel IN ('update', 'signal', 'import'));

-- An amendment that moves meetings alone rests on no decision.
ALTER TABLE amendments ALTER COLUMN decision DROP NOT NULL;

-- A change of an OAP is opened by hand, as an extraordinary item is.
ALTER TABLE subjects
    DROP CONSTRAINT subjects_check4,
    ADD CONSTRAINT subjects_opening_check CHECK ((kind IN ('item', 'change')) = (opening IS NOT NULL));

-- What the actors of a rehearsal enter into registers, and when.
ALTER TABLE cycles ADD COLUMN scripted_rows text REFERENCES contents;

-- What was entered into registers: one row a handing-in, which may hold many.
CREATE TABLE entries (
    id          text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 200),
    cycle       text   NOT NULL REFERENCES cycles,
    sequence    bigint NOT NULL,
    register    text   NOT NULL,
    content     text   NOT NULL, -- digest of the rows as stated
    size        int    NOT NULL CHECK (size > 0),
    person      bigint NOT NULL REFERENCES persons,
    recorded_at timestamptz NOT NULL,
    UNIQUE (cycle, sequence)
);

-- The registers. A row is never changed: a later one takes its place from its
-- date on.
CREATE TABLE register_rows (
    cycle    text   NOT NULL,
    register text   NOT NULL,
    key      text   NOT NULL CHECK (key <> ''),
    sequence bigint NOT NULL, -- of the entry
    position int    NOT NULL, -- within the entry
    date     date   NOT NULL, -- from when on it holds
    reason   text   NOT NULL,
    body     jsonb  NOT NULL,
    person   bigint NOT NULL REFERENCES persons,
    PRIMARY KEY (cycle, register, key, sequence, position),
    FOREIGN KEY (cycle, sequence) REFERENCES entries (cycle, sequence)
);
CREATE INDEX register_rows_by_prefix ON register_rows (cycle, register, key text_pattern_ops);

CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_stay_whole BEFORE TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER register_rows_stay BEFORE UPDATE OR DELETE ON register_rows FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER register_rows_stay_whole BEFORE TRUNCATE ON register_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE register_rows, entries;
ALTER TABLE cycles DROP COLUMN scripted_rows;
ALTER TABLE subjects
    DROP CONSTRAINT subjects_opening_check,
    ADD CONSTRAINT subjects_check4 CHECK ((kind = 'item') = (opening IS NOT NULL));
ALTER TABLE acts DROP COLUMN held, DROP COLUMN irregular, DROP COLUMN confirmed_by;
