-- +goose Up

-- The digests of the texts in force from which the definitions of a cycle take their words:
-- the Council's conclusions on the priorities and the general MASP; empty for none.
ALTER TABLE cycles ADD COLUMN conclusions text NOT NULL DEFAULT '', ADD COLUMN general_masp text NOT NULL DEFAULT '';
GRANT UPDATE (conclusions, general_masp) ON cycles TO policycycle_serve, policycycle_worker;

-- +goose Down
ALTER TABLE cycles DROP COLUMN conclusions, DROP COLUMN general_masp;
