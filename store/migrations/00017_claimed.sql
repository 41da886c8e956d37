-- +goose Up

-- An attempt that bears no good seal is nobody's: it only names somebody.
ALTER TABLE trail ADD COLUMN claimed boolean NOT NULL DEFAULT false;
CREATE INDEX trail_claimed ON trail (cycle, on_date) WHERE claimed;

-- +goose Down
ALTER TABLE trail DROP COLUMN claimed;
