-- +goose Up
-- What was handed in, as it stands: of a version that was rectified, the last
-- rectification. Every one names the first act, which has the version.
CREATE VIEW versions AS
SELECT a.cycle, a.path, f.version, a.marking, a.held, a.sequence
FROM acts a JOIN acts f ON f.id = coalesce(a.rectifies, a.id)
WHERE a.kind = 'submit' AND NOT EXISTS (
    SELECT FROM acts later
    WHERE later.cycle = a.cycle AND later.path = a.path AND later.kind = 'submit' AND later.sequence > a.sequence AND later.rectifies = f.id
);

-- The actions of a plan in which a text stands. A document may be of any shape: of
-- one that is no plan, there are none, and whoever searches finds the others.
-- +goose StatementBegin
CREATE FUNCTION actions_with(body bytea, pattern text) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    said text;
    actions jsonb;
BEGIN
    said := convert_from(body, 'UTF8');
    IF said NOT ILIKE pattern THEN
        RETURN '[]';
    END IF;
    actions := said::jsonb -> 'actions';
    RETURN CASE WHEN jsonb_typeof(actions) = 'array' THEN actions ELSE '[]' END;
EXCEPTION
    WHEN OTHERS THEN RETURN '[]';
END $$;
-- +goose StatementEnd

GRANT SELECT ON versions TO policycycle_app, policycycle_auditor;

-- +goose Down
DROP FUNCTION actions_with;
DROP VIEW versions;
