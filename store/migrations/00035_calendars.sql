-- +goose Up

-- The addresses at which calendar programs read, which cannot log in. The token is known by its
-- digest alone. Each making and revoking is a line of people_trail, too.
CREATE TABLE calendars (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token      text NOT NULL UNIQUE,
    person     bigint NOT NULL REFERENCES persons,
    body       text NOT NULL, -- for which the person acted
    of_body    text NOT NULL DEFAULT '',
    of_cycle   text NOT NULL DEFAULT '',
    language   text NOT NULL DEFAULT '',
    made_at    timestamptz NOT NULL,
    revoked_at timestamptz CHECK (revoked_at >= made_at),
    read_on    date,
    CHECK (of_body = '' OR of_cycle = '')
);
CREATE INDEX calendars_of_person ON calendars (person) WHERE revoked_at IS NULL;
GRANT SELECT, INSERT, UPDATE (revoked_at, read_on) ON calendars TO policycycle_serve;
GRANT SELECT ON calendars TO policycycle_auditor;

-- +goose Down
DROP TABLE calendars;
