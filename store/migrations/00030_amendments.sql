-- The amendments of a cycle, and those that rest on a decision, are asked for with each
-- act: neither reads those of all cycles.

-- +goose Up
CREATE INDEX amendments_of_cycle ON amendments (cycle, version);
CREATE INDEX amendments_on_decision ON amendments (decision) WHERE decision IS NOT NULL;

-- +goose Down
DROP INDEX amendments_on_decision;
DROP INDEX amendments_of_cycle;
