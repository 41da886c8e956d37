-- +goose Up
-- The language in which the titles of a cycle, and what is said of an act, are
-- written; '' where nobody said.
ALTER TABLE cycles ADD COLUMN language text NOT NULL DEFAULT '';
ALTER TABLE acts ADD COLUMN language text NOT NULL DEFAULT '';
GRANT UPDATE (language) ON cycles TO policycycle_app;

-- +goose Down
ALTER TABLE acts DROP COLUMN language;
ALTER TABLE cycles DROP COLUMN language;
