-- +goose Up
-- Which account has which roles by its claims, and of when the claims are that were
-- applied last: a log-in of before gives nothing back that was taken since.
ALTER TABLE accounts
    ADD COLUMN id bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    ADD COLUMN claims_at timestamptz;
ALTER TABLE grants
    ADD COLUMN account bigint REFERENCES accounts (id),
    ADD CHECK (account IS NULL OR source = 'claims');

-- Who said that an account is another person's: never changed.
CREATE TABLE account_moves (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account    bigint NOT NULL REFERENCES accounts (id),
    from_person bigint NOT NULL REFERENCES persons,
    to_person  bigint NOT NULL REFERENCES persons,
    moved_by   bigint NOT NULL REFERENCES persons,
    moved_at   timestamptz NOT NULL
);
CREATE TRIGGER account_moves_stay BEFORE UPDATE OR DELETE ON account_moves FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_moves_stay_whole BEFORE TRUNCATE ON account_moves FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT UPDATE (claims_at) ON accounts TO policycycle_app;
GRANT SELECT ON account_moves TO policycycle_app, policycycle_auditor;
GRANT INSERT ON account_moves TO policycycle_app;

-- +goose Down
DROP TABLE account_moves;
ALTER TABLE grants DROP COLUMN account;
ALTER TABLE accounts DROP COLUMN claims_at, DROP COLUMN id;
