-- A new version (REV) may take the place of one that is before a body.

-- +goose Up
ALTER TABLE acts ADD COLUMN revises int CHECK (revises IS NULL OR revises >= 1 AND kind = 'submit');

-- +goose Down
ALTER TABLE acts DROP COLUMN revises;
