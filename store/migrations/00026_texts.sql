-- +goose Up
-- What was handed in, as it stands: of a version that was rectified, the last
-- rectification. Every one names the first act, which has the version. What brings a whole
-- text beside, a corrigendum or the final text of what was adopted with amendments, has a
-- version of its own.
CREATE OR REPLACE VIEW versions AS
SELECT a.cycle, a.path, f.version, a.marking, a.held, a.sequence
FROM acts a JOIN acts f ON f.id = coalesce(a.rectifies, a.id)
WHERE a.kind = 'submit' AND NOT EXISTS (
    SELECT FROM acts later
    WHERE later.cycle = a.cycle AND later.path = a.path AND later.kind = 'submit' AND later.sequence > a.sequence AND later.rectifies = f.id
)
UNION ALL
SELECT a.cycle, a.path, a.version, a.marking, a.held, a.sequence
FROM acts a
WHERE a.kind IN ('correct', 'finalise') AND a.version > 0;

-- +goose Down
CREATE OR REPLACE VIEW versions AS
SELECT a.cycle, a.path, f.version, a.marking, a.held, a.sequence
FROM acts a JOIN acts f ON f.id = coalesce(a.rectifies, a.id)
WHERE a.kind = 'submit' AND NOT EXISTS (
    SELECT FROM acts later
    WHERE later.cycle = a.cycle AND later.path = a.path AND later.kind = 'submit' AND later.sequence > a.sequence AND later.rectifies = f.id
);
