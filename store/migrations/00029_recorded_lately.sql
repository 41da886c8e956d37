-- +goose Up
-- On which runs something was recorded lately: each looks once more, for it may not know it.
CREATE INDEX acts_in_time ON acts (recorded_at);

-- +goose Down
DROP INDEX acts_in_time;
