-- +goose Up

-- The addresses at which programs are told of what is recorded. They are no record: they may
-- change. The secret by which events are signed is encrypted with what the database does not
-- have, and bound to the address.
CREATE TABLE webhooks (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person       bigint NOT NULL REFERENCES persons,
    body         text NOT NULL, -- for which the person acted: what it is told, it may read
    url          text NOT NULL,
    of_cycle     text NOT NULL DEFAULT '', -- every one that is no rehearsal
    kinds        text[] NOT NULL DEFAULT '{}', -- all
    secret       bytea NOT NULL,
    former       bytea, -- the one before, by which is signed besides
    former_until timestamptz,
    -- gone: it answered that there is nothing any more
    state        text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'gone', 'removed')),
    made_at      timestamptz NOT NULL,
    failures     int NOT NULL DEFAULT 0, -- in a row
    next_at      timestamptz, -- of the next attempt after one that failed
    CHECK ((former IS NULL) = (former_until IS NULL))
);
CREATE INDEX webhooks_of_person ON webhooks (person) WHERE state <> 'removed';

-- How far in each trail a webhook is. What is behind it stands among the deliveries.
CREATE TABLE webhook_positions (
    webhook  bigint NOT NULL REFERENCES webhooks,
    of_cycle text NOT NULL REFERENCES cycles,
    sequence bigint NOT NULL,
    PRIMARY KEY (webhook, of_cycle)
);

-- Each event on its way to a webhook, and what became of it; not what it told.
CREATE TABLE deliveries (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook   bigint NOT NULL REFERENCES webhooks,
    of_cycle  text NOT NULL DEFAULT '', -- none of one that tries the webhook
    sequence  bigint NOT NULL DEFAULT 0,
    kind      text NOT NULL,
    made_at   timestamptz NOT NULL,
    queued_at timestamptz NOT NULL, -- when it was made, or sent anew
    -- withheld: the person may not read it
    state     text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed', 'withheld')),
    attempts  int NOT NULL DEFAULT 0,
    ended_at  timestamptz,
    status    int NOT NULL DEFAULT 0, -- of the last answer
    said      text NOT NULL DEFAULT '', -- how it began
    CHECK ((state = 'waiting') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX deliveries_once ON deliveries (webhook, of_cycle, sequence) WHERE of_cycle <> '';
CREATE INDEX deliveries_waiting ON deliveries (webhook, id) WHERE state = 'waiting';
CREATE INDEX deliveries_of_webhook ON deliveries (webhook, id DESC);

GRANT SELECT, INSERT, UPDATE ON webhooks, webhook_positions, deliveries TO policycycle_serve;
GRANT SELECT (id, person, body, url, of_cycle, kinds, state, made_at, failures, next_at) ON webhooks TO policycycle_auditor;
GRANT SELECT ON webhook_positions, deliveries TO policycycle_auditor;

-- +goose Down
DROP TABLE deliveries, webhook_positions, webhooks;
