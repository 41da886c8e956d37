-- Few cycles say themselves who reads what is marked LIMITE: whoever lists cycles finds
-- those without reading every definition.

-- +goose Up
CREATE INDEX definitions_readers ON definitions (cycle, version) WHERE body ? 'readers';

-- +goose Down
DROP INDEX definitions_readers;
