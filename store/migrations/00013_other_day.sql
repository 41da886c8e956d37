-- +goose Up
-- Whether a meeting took place on another day than the calendar of the cycle has for
-- it, as whoever recorded its outcome says.
ALTER TABLE decisions ADD COLUMN other_day boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE decisions DROP COLUMN other_day;
