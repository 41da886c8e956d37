-- +goose Up
-- When somebody logged out last who has an account: a token from before opens nothing.
ALTER TABLE accounts ADD COLUMN signed_out_at timestamptz;
GRANT UPDATE (signed_out_at) ON accounts TO policycycle_app;

-- +goose Down
ALTER TABLE accounts DROP COLUMN signed_out_at;
