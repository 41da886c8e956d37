-- name: FindEpoch :one
SELECT records_epoch() AS epoch, coalesce((SELECT e.epoch FROM epochs e ORDER BY e.since DESC LIMIT 1), '')::text AS told;

-- name: PutEpoch :exec
INSERT INTO epochs (epoch, since) VALUES ($1, $2) ON CONFLICT (epoch) DO UPDATE SET since = excluded.since;

-- name: LockEncryptionKeys :exec
SELECT pg_advisory_xact_lock(hashtext('policycycle encryption keys'));

-- name: ListEncryptionKeys :many
SELECT * FROM encryption_keys ORDER BY known_at, id;

-- name: PutEncryptionKey :exec
INSERT INTO encryption_keys (id, proof, known_at, used_at) VALUES ($1, $2, $3, $4);

-- name: UseEncryptionKey :exec
UPDATE encryption_keys SET used_at = $2 WHERE id = $1;

-- name: ForgetEncryptionKey :execrows
DELETE FROM encryption_keys WHERE id = $1;

-- name: TryWrite :exec
INSERT INTO write_tries (filler) VALUES ($1);
