-- +goose Up

-- Persons stand apart from what they did, so that a name can be erased without
-- touching the record. Until there is a log-in, name and body are as asserted.
CREATE TABLE persons (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    body text NOT NULL,
    UNIQUE (name, body)
);

-- Documents and proposed definitions, under the digest of their bytes.
CREATE TABLE contents (
    digest     text PRIMARY KEY CHECK (digest LIKE 'sha256:%'),
    media_type text  NOT NULL,
    body       bytea NOT NULL
);

CREATE TABLE cycles (
    id                 text PRIMARY KEY CHECK (id ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    title              text NOT NULL,
    predecessor        text NOT NULL DEFAULT '',
    definition_version int  NOT NULL CHECK (definition_version >= 1),
    -- Projection of where the cycle stands.
    stage              text NOT NULL CHECK (stage IN (
        'threat-assessment', 'policy-advice', 'priority-setting', 'planning',
        'implementation', 'evaluation', 'closed', 'ended-without-priorities')),
    stage_since        date NOT NULL,
    open_dues          date[] NOT NULL DEFAULT '{}', -- of each open subject
    next_path          text NOT NULL DEFAULT '',     -- of the one that falls due first
    -- The calendar of a rehearsal; real life has none.
    rehearsal          boolean NOT NULL,
    epoch              timestamptz,
    epoch_date         date,
    pace               double precision CHECK (pace > 0),
    script             jsonb,
    start_digest       text NOT NULL,
    started_by         bigint NOT NULL REFERENCES persons,
    created_at         timestamptz NOT NULL,
    -- The number of the last line in the trail of the cycle.
    sequence           bigint NOT NULL DEFAULT 0,
    CHECK (rehearsal = (epoch IS NOT NULL)),
    CHECK (rehearsal = (epoch_date IS NOT NULL)),
    CHECK (rehearsal = (pace IS NOT NULL)),
    CHECK (rehearsal = (script IS NOT NULL))
);

-- Every definition a cycle ever had. None changes.
CREATE TABLE definitions (
    cycle       text  NOT NULL REFERENCES cycles DEFERRABLE INITIALLY DEFERRED,
    version     int   NOT NULL CHECK (version >= 1),
    digest      text  NOT NULL,
    body        jsonb NOT NULL,
    PRIMARY KEY (cycle, version)
);
ALTER TABLE cycles ADD FOREIGN KEY (id, definition_version)
    REFERENCES definitions (cycle, version) DEFERRABLE INITIALLY DEFERRED;

-- Where each subject stands. A projection: it follows from the acts.
CREATE TABLE subjects (
    cycle      text NOT NULL REFERENCES cycles,
    path       text NOT NULL,
    kind       text NOT NULL,
    title      text NOT NULL,
    opened_on  date NOT NULL,
    opening    jsonb, -- of an extraordinary item
    definition int  NOT NULL, -- the version of the definition this follows from
    state      text NOT NULL CHECK (state IN ('drafting', 'deciding', 'closed')),
    version    int  NOT NULL CHECK (version >= 0),
    digest     text NOT NULL,
    turns      int  NOT NULL CHECK (turns >= 0),
    turn       text[] NOT NULL,
    settles    boolean NOT NULL, -- whether that turn settles the subject
    since      date NOT NULL,
    due        date,
    outcome    text NOT NULL,
    items      jsonb NOT NULL,
    closed_on  date,
    last_act   date,
    PRIMARY KEY (cycle, path),
    -- A subject is open with a due date, or closed with an outcome and a date.
    CHECK ((state = 'closed') = (outcome <> '')),
    CHECK ((state = 'closed') = (closed_on IS NOT NULL)),
    CHECK ((state = 'closed') = (due IS NULL)),
    CHECK (state <> 'deciding' OR (version >= 1 AND cardinality(turn) = 1)),
    CHECK ((kind = 'item') = (opening IS NOT NULL))
);
CREATE INDEX subjects_open ON subjects (cycle, due) WHERE state <> 'closed';

-- What was done: one row an act, never changed, in the order of sequence.
CREATE TABLE acts (
    id          text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 200),
    cycle       text NOT NULL REFERENCES cycles,
    sequence    bigint NOT NULL,
    path        text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('submit', 'decide', 'open', 'amend')),
    content     text NOT NULL, -- digest of the act as stated
    version     int  NOT NULL,
    digest      text NOT NULL, -- of the version
    date        date NOT NULL, -- when it happened
    arrived_on  date NOT NULL, -- what the calendar showed when it was recorded
    due         date,
    document    text NOT NULL,
    comment     text NOT NULL,
    rectifies   text REFERENCES acts,
    person      bigint NOT NULL REFERENCES persons,
    channel     text NOT NULL CHECK (channel IN ('update', 'signal')),
    recorded_at timestamptz NOT NULL,
    receipt     jsonb NOT NULL,
    UNIQUE (cycle, sequence),
    CHECK (date <= arrived_on)
);
CREATE INDEX acts_on_subject ON acts (cycle, path, sequence);
CREATE UNIQUE INDEX acts_one_submission_a_version ON acts (cycle, path, version) WHERE kind = 'submit' AND rectifies IS NULL;

-- What a body concluded: the rest of an act of the kind decide.
CREATE TABLE decisions (
    act         text PRIMARY KEY REFERENCES acts,
    body        text NOT NULL,
    outcome     text NOT NULL CHECK (outcome IN (
        'adopted', 'adopted-with-amendments', 'took-note', 'referred-back',
        'postponed', 'withdrawn-from-agenda', 'not-agreed')),
    procedure   text NOT NULL CHECK (procedure IN ('meeting', 'written-procedure')),
    meeting     text NOT NULL,
    skip_reason text NOT NULL
);

-- One row for each item that a decision settles among others.
CREATE TABLE decision_items (
    act     text NOT NULL REFERENCES decisions,
    item    text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('adopted', 'adopted-with-amendments', 'not-agreed')),
    PRIMARY KEY (act, item)
);

-- What an amendment made of the definition: the rest of an act of the kind amend.
CREATE TABLE amendments (
    act      text PRIMARY KEY REFERENCES acts,
    cycle    text NOT NULL,
    version  int  NOT NULL,
    decision text NOT NULL REFERENCES acts,
    FOREIGN KEY (cycle, version) REFERENCES definitions
);

-- Reminders given. The one of the kind overdue is the missed deadline itself.
CREATE TABLE notices (
    cycle       text NOT NULL,
    path        text NOT NULL,
    version     int  NOT NULL,
    turns       int  NOT NULL,
    due         date NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('ahead', 'due', 'overdue', 'escalation')),
    on_date     date NOT NULL,
    recipients  text[] NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (cycle, path, version, turns, due, kind, on_date),
    FOREIGN KEY (cycle, path) REFERENCES subjects
);

-- The trail: one line for each act recorded or refused and each change of
-- stage, numbered without gaps within its cycle.
CREATE TABLE trail (
    cycle       text   NOT NULL REFERENCES cycles,
    sequence    bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    on_date     date NOT NULL,
    act         text NOT NULL,
    act_id      text NOT NULL,
    path        text NOT NULL,
    person      bigint REFERENCES persons,
    accepted    boolean NOT NULL,
    code        text NOT NULL,
    message     text NOT NULL,
    PRIMARY KEY (cycle, sequence),
    CHECK (accepted = (code = ''))
);
CREATE INDEX trail_refusals ON trail (cycle, act_id) WHERE NOT accepted;

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is a record: its rows are never changed or deleted', TG_TABLE_NAME;
END $$;
-- +goose StatementEnd

CREATE TRIGGER definitions_stay BEFORE UPDATE OR DELETE ON definitions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER definitions_stay_whole BEFORE TRUNCATE ON definitions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER acts_stay BEFORE UPDATE OR DELETE ON acts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER acts_stay_whole BEFORE TRUNCATE ON acts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_stay BEFORE UPDATE OR DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_stay_whole BEFORE TRUNCATE ON decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_items_stay BEFORE UPDATE OR DELETE ON decision_items FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_items_stay_whole BEFORE TRUNCATE ON decision_items FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER amendments_stay BEFORE UPDATE OR DELETE ON amendments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER amendments_stay_whole BEFORE TRUNCATE ON amendments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER trail_stays BEFORE UPDATE OR DELETE ON trail FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER trail_stays_whole BEFORE TRUNCATE ON trail FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER contents_stay BEFORE UPDATE OR DELETE ON contents FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER contents_stay_whole BEFORE TRUNCATE ON contents FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE trail, notices, amendments, decision_items, decisions, acts, subjects CASCADE;
DROP TABLE definitions, cycles, contents, persons CASCADE;
DROP FUNCTION refuse_change;
