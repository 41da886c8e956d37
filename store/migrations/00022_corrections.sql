-- A correction of a report is opened by hand, as a change of an OAP is.

-- +goose Up
ALTER TABLE subjects
    DROP CONSTRAINT subjects_opening_check,
    ADD CONSTRAINT subjects_opening_check CHECK ((kind IN ('item', 'change', 'correction')) = (opening IS NOT NULL));

-- +goose Down
ALTER TABLE subjects
    DROP CONSTRAINT subjects_opening_check,
    ADD CONSTRAINT subjects_opening_check CHECK ((kind IN ('item', 'change')) = (opening IS NOT NULL)) NOT VALID; -- what was opened stays
