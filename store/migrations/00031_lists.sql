-- What lists, the notary and the workers ask at each turn is found by an index: it costs the
-- same among a hundred cycles and among a hundred thousand.

-- +goose Up

-- Those of which a run may have to be in motion.
CREATE INDEX cycles_moving ON cycles (created_at, id) WHERE stage NOT IN ('closed', 'ended-without-priorities') OR next_path <> '';
CREATE INDEX definitions_obliging ON definitions (cycle, version) WHERE jsonb_array_length(coalesce(body -> 'obligations', '[]')) > 0;
-- Rehearsals of which something may be overdue, each on its own calendar.
CREATE INDEX cycles_late ON cycles (id) WHERE rehearsal AND (day IS NULL OR open_dues[1] < day);
-- Rehearsals by their day: who reads what may have been another then.
CREATE INDEX cycles_days ON cycles (day) WHERE day IS NOT NULL;
-- Cycle files that name a body among those who read it, or who do not.
CREATE INDEX definitions_naming ON definitions USING gin ((body #> '{readers,also}'), (body #> '{readers,without}')) WHERE body ? 'readers';

-- For whom a subject waits: a line for each body whose turn it is, or of which a second person
-- is awaited; for the empty name where it is nobody's turn, and for * in any case. It follows
-- from the subject, and gives each inbox in its order.
CREATE TABLE waiting (
    body      text    NOT NULL,
    rehearsal boolean NOT NULL,
    due       date    NOT NULL,
    cycle     text    NOT NULL,
    path      text    NOT NULL,
    PRIMARY KEY (cycle, path, body)
);
CREATE INDEX waiting_in_order ON waiting (body, rehearsal, due, cycle, path);
GRANT SELECT, INSERT, DELETE ON waiting TO policycycle_serve, policycycle_worker;
GRANT SELECT ON waiting TO policycycle_auditor;

-- +goose StatementBegin
CREATE FUNCTION wait_for() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM waiting w WHERE w.cycle = NEW.cycle AND w.path = NEW.path;
    INSERT INTO waiting (body, rehearsal, due, cycle, path)
    SELECT b.body, c.rehearsal, s.due, s.cycle, s.path
    FROM subjects s JOIN cycles c ON c.id = s.cycle LEFT JOIN acts a ON a.id = s.pending,
         unnest(s.turn || ARRAY['*', a.body, CASE WHEN s.turn = '{}' THEN '' END]) AS b(body)
    WHERE s.cycle = NEW.cycle AND s.path = NEW.path AND s.due IS NOT NULL AND b.body IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
-- +goose StatementEnd
-- At the end of the transaction, when the act that waits for a second person is there.
CREATE CONSTRAINT TRIGGER subjects_begin_to_wait AFTER INSERT ON subjects DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.due IS NOT NULL) EXECUTE FUNCTION wait_for();
CREATE CONSTRAINT TRIGGER subjects_wait AFTER UPDATE ON subjects DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN ((OLD.due, OLD.turn, OLD.pending) IS DISTINCT FROM (NEW.due, NEW.turn, NEW.pending)) EXECUTE FUNCTION wait_for();
INSERT INTO waiting (body, rehearsal, due, cycle, path)
SELECT DISTINCT b.body, c.rehearsal, s.due, s.cycle, s.path
FROM subjects s JOIN cycles c ON c.id = s.cycle LEFT JOIN acts a ON a.id = s.pending,
     unnest(s.turn || ARRAY['*', a.body, CASE WHEN s.turn = '{}' THEN '' END]) AS b(body)
WHERE s.due IS NOT NULL AND b.body IS NOT NULL;

DROP INDEX subjects_due;
CREATE INDEX claims_of_person ON claims (person);

-- +goose Down
DROP INDEX claims_of_person;
CREATE INDEX subjects_due ON subjects (due, cycle, path) WHERE state <> 'closed';
DROP TRIGGER subjects_begin_to_wait ON subjects;
DROP TRIGGER subjects_wait ON subjects;
DROP FUNCTION wait_for;
DROP TABLE waiting;
DROP INDEX definitions_naming, cycles_days, cycles_late, definitions_obliging, cycles_moving;
