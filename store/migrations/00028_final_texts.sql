-- +goose Up
-- The final text of what was adopted with amendments, which the General Secretariat enters. A
-- subject that waits for it is settled, and has a due date all the same.
ALTER TABLE acts
    DROP CONSTRAINT acts_kind_check,
    ADD CONSTRAINT acts_kind_check CHECK (kind IN (
        'submit', 'decide', 'confirm', 'set-aside', 'launch', 'position', 'correct', 'finalise', 'open', 'amend'));
ALTER TABLE subjects
    DROP CONSTRAINT subjects_check2,
    ADD CONSTRAINT subjects_due_check CHECK (
        CASE WHEN state = 'closed' THEN due IS NULL OR outcome = 'adopted-with-amendments' ELSE due IS NOT NULL END);
DROP INDEX subjects_open;
CREATE INDEX subjects_open ON subjects (cycle, due) WHERE due IS NOT NULL;

-- What was adopted so before waits, too, in cycles that go on.
UPDATE subjects s SET due = s.closed_on + 30, turn = '{general-secretariat}'
FROM cycles c
WHERE c.id = s.cycle AND s.state = 'closed' AND s.outcome = 'adopted-with-amendments' AND c.stage NOT IN ('closed', 'ended-without-priorities');
UPDATE cycles c SET (open_dues, next_path) = (
    SELECT coalesce(array_agg(s.due ORDER BY s.due, s.path), '{}'),
           coalesce((array_agg(s.path ORDER BY s.due, s.path))[1], '')
    FROM subjects s WHERE s.cycle = c.id AND s.due IS NOT NULL
);

-- +goose Down
UPDATE subjects SET due = NULL, turn = '{}' WHERE state = 'closed';
DROP INDEX subjects_open;
CREATE INDEX subjects_open ON subjects (cycle, due) WHERE state <> 'closed';
ALTER TABLE subjects
    DROP CONSTRAINT subjects_due_check,
    ADD CONSTRAINT subjects_check2 CHECK ((state = 'closed') = (due IS NULL));
ALTER TABLE acts
    DROP CONSTRAINT acts_kind_check,
    ADD CONSTRAINT acts_kind_check CHECK (kind IN (
        'submit', 'decide', 'confirm', 'set-aside', 'launch', 'position', 'correct', 'open', 'amend')) NOT VALID; -- what was entered stays
