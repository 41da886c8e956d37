-- +goose Up
-- What a cycle was taken over with, as a digest: to import the same again is safe,
-- and something else under its key is refused. Empty where nothing was taken over.
ALTER TABLE cycles ADD COLUMN imported text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE cycles DROP COLUMN imported;
