-- +goose Up

-- What somebody wants by mail. It is no record: it may change, and the address goes with the name
-- of its person.
CREATE TABLE mail_choices (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person    bigint NOT NULL REFERENCES persons,
    body      text NOT NULL, -- of what waits for it the mail tells
    address   text NOT NULL,
    kinds     text[] NOT NULL,
    language  text NOT NULL DEFAULT '',
    -- Whether what waited when the choice was made is known: no mail tells of it but the daily one.
    begun     boolean NOT NULL DEFAULT false,
    UNIQUE (person, body)
);

-- Each mail, and what became of it. The mark names its occasion, of which there are no two.
CREATE TABLE mails (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    choice   bigint NOT NULL REFERENCES mail_choices,
    mark     text NOT NULL,
    kind     text NOT NULL,
    notice   text NOT NULL DEFAULT '',
    cycle    text NOT NULL DEFAULT '',
    path     text NOT NULL DEFAULT '',
    on_date  date NOT NULL,
    made_at  timestamptz NOT NULL,
    -- known: of before the choice; overtaken: it was done before the mail could leave
    state    text NOT NULL CHECK (state IN ('waiting', 'sent', 'known', 'overtaken', 'refused', 'bounced')),
    attempts int NOT NULL DEFAULT 0,
    next_at  timestamptz, -- of the next attempt, while it waits
    ended_at timestamptz,
    said     text NOT NULL DEFAULT '', -- by the server for mail, when it did not take it
    UNIQUE (choice, mark),
    CHECK ((state = 'waiting') = (next_at IS NOT NULL))
);
CREATE INDEX mails_waiting ON mails (next_at) WHERE state = 'waiting';
CREATE INDEX mails_of_choice ON mails (choice, id DESC);

-- How far the mail of a rehearsal is, whose calendar waits for it.
CREATE TABLE mail_rounds (
    cycle    text PRIMARY KEY REFERENCES cycles,
    day      date NOT NULL,
    sequence bigint NOT NULL,
    notices  bigint NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON mail_choices, mails, mail_rounds TO policycycle_serve;
GRANT SELECT ON mails, mail_rounds TO policycycle_auditor;

-- +goose Down
DROP TABLE mails, mail_choices, mail_rounds;
