-- +goose Up

-- Whose turn it is is told that a silence procedure has ended: a person records its end.
ALTER TABLE notices
    DROP CONSTRAINT notices_kind_check,
    ADD CONSTRAINT notices_kind_check CHECK (kind IN ('ahead', 'due', 'overdue', 'escalation', 'silence-ended'));

-- +goose Down
ALTER TABLE notices
    DROP CONSTRAINT notices_kind_check,
    ADD CONSTRAINT notices_kind_check CHECK (kind IN ('ahead', 'due', 'overdue', 'escalation')) NOT VALID; -- what was told stays
