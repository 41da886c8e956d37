-- +goose Up
-- What people work with beside the records: who has taken what on, what is being
-- written, whom somebody reminded, and who is logged in. None of it decides
-- anything, so it may change.
CREATE TABLE claims (
    cycle      text NOT NULL,
    path       text NOT NULL,
    person     bigint NOT NULL REFERENCES persons,
    body       text NOT NULL,
    claimed_at timestamptz NOT NULL,
    PRIMARY KEY (cycle, path),
    FOREIGN KEY (cycle, path) REFERENCES subjects
);

CREATE TABLE drafts (
    cycle    text NOT NULL REFERENCES cycles,
    path     text NOT NULL,
    revision int  NOT NULL CHECK (revision >= 1),
    content  jsonb NOT NULL,
    person   bigint NOT NULL REFERENCES persons,
    body     text NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (cycle, path)
);

CREATE TABLE reminders_asked (
    cycle     text NOT NULL,
    path      text NOT NULL,
    recipient text NOT NULL,
    on_date   date NOT NULL,
    person    bigint NOT NULL REFERENCES persons,
    body      text NOT NULL,
    asked_at  timestamptz NOT NULL,
    PRIMARY KEY (cycle, path, recipient, on_date),
    FOREIGN KEY (cycle, path) REFERENCES subjects
);

CREATE TABLE sessions (
    token  text PRIMARY KEY, -- hashed
    data   bytea NOT NULL,
    expiry timestamptz NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expiry);

CREATE INDEX subjects_due ON subjects (due, cycle, path) WHERE state <> 'closed';
CREATE INDEX cycles_in_order ON cycles (rehearsal, created_at DESC, id);

-- Whoever watches is told of each line of a trail once it is there for all to see.
-- +goose StatementBegin
CREATE FUNCTION tell_of_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('policycycle', NEW.cycle || ' ' || NEW.sequence || ' ' || NEW.path);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER trail_is_told AFTER INSERT ON trail FOR EACH ROW EXECUTE FUNCTION tell_of_line();

GRANT SELECT ON claims, drafts, reminders_asked TO policycycle_app, policycycle_auditor;
GRANT INSERT, UPDATE, DELETE ON claims, drafts TO policycycle_app;
GRANT INSERT ON reminders_asked TO policycycle_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO policycycle_app;

-- +goose Down
DROP TRIGGER trail_is_told ON trail;
DROP FUNCTION tell_of_line;
DROP INDEX cycles_in_order, subjects_due;
DROP TABLE sessions, reminders_asked, drafts, claims;
