-- +goose Up
-- The life of the keys that encrypt and of those that seal: known, in use, retired. Of a
-- key that encrypts a proof stands here, of one that seals the public line.
ALTER TABLE encryption_keys RENAME TO keys;
ALTER TABLE keys
    ADD COLUMN kind text NOT NULL DEFAULT 'encryption' CHECK (kind IN ('encryption', 'seal')),
    ADD COLUMN seen_at timestamptz, -- when a process that works with it was seen last
    ADD COLUMN renewed_at timestamptz, -- runs from before this instant may hold what it encrypted
    ADD COLUMN retired_at timestamptz;
ALTER TABLE keys ALTER COLUMN kind DROP DEFAULT, DROP CONSTRAINT encryption_keys_pkey, ADD PRIMARY KEY (kind, id);
UPDATE keys SET seen_at = now() WHERE used_at IS NOT NULL;

REVOKE DELETE ON keys FROM policycycle_serve;
GRANT UPDATE (seen_at) ON keys TO policycycle_serve, policycycle_worker;
GRANT UPDATE (renewed_at, retired_at) ON keys TO policycycle_serve;

-- +goose Down
DELETE FROM keys WHERE kind = 'seal';
GRANT DELETE ON keys TO policycycle_serve;
ALTER TABLE keys DROP CONSTRAINT keys_pkey, DROP COLUMN kind, DROP COLUMN seen_at, DROP COLUMN renewed_at, DROP COLUMN retired_at;
ALTER TABLE keys RENAME TO encryption_keys;
ALTER TABLE encryption_keys ADD CONSTRAINT encryption_keys_pkey PRIMARY KEY (id);
