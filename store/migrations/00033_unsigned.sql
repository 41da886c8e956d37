-- The notary looks at the trails in which something happened, and not at all there are.

-- +goose Up
CREATE TABLE unsigned_trails (cycle text PRIMARY KEY);
INSERT INTO unsigned_trails (cycle)
SELECT c.id FROM cycles c WHERE c.sequence > coalesce((SELECT max(k.size) FROM checkpoints k WHERE k.cycle = c.id), 0);
-- +goose StatementBegin
CREATE FUNCTION leave_unsigned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO unsigned_trails (cycle) VALUES (NEW.cycle) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER trail_unsigned AFTER INSERT ON trail FOR EACH ROW EXECUTE FUNCTION leave_unsigned();
GRANT SELECT, INSERT ON unsigned_trails TO policycycle_serve, policycycle_worker;
GRANT DELETE ON unsigned_trails TO policycycle_serve;
GRANT SELECT ON unsigned_trails TO policycycle_auditor;
CREATE INDEX checkpoints_in_time ON checkpoints (made_at);

-- +goose Down
DROP INDEX checkpoints_in_time;
DROP TRIGGER trail_unsigned ON trail;
DROP FUNCTION leave_unsigned;
DROP TABLE unsigned_trails;
