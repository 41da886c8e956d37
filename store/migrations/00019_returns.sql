-- +goose Up

-- A subject that an amendment took away and another brought back begins anew: acts up to
-- this line of the trail are of the time before; 0 for one that never came back.
ALTER TABLE subjects ADD COLUMN returned bigint NOT NULL DEFAULT 0 CHECK (returned >= 0);

-- +goose Down
ALTER TABLE subjects DROP COLUMN returned;
