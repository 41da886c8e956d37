-- +goose Up
-- The digest of a text that is held elsewhere, of what is marked above the ceiling.
ALTER TABLE acts ADD COLUMN text_digest text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE acts DROP COLUMN text_digest;
