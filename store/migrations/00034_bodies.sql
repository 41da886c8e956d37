-- A cycle file may have bodies of its own. Which there are on record, and in which cycles who
-- reads for a body may read other than elsewhere, is found by an index.

-- +goose Up
CREATE INDEX definitions_of_bodies ON definitions (cycle, version) WHERE body ? 'bodies';

-- +goose Down
DROP INDEX definitions_of_bodies;
