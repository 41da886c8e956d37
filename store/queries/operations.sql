-- name: FindEpoch :one
SELECT records_epoch() AS epoch, coalesce((SELECT e.epoch FROM epochs e ORDER BY e.since DESC LIMIT 1), '')::text AS told;

-- name: PutEpoch :exec
INSERT INTO epochs (epoch, since) VALUES ($1, $2) ON CONFLICT (epoch) DO UPDATE SET since = excluded.since;

-- name: LockKeys :exec
SELECT pg_advisory_xact_lock(hashtext('policycycle keys'));

-- name: ListKeys :many
SELECT * FROM keys ORDER BY kind, known_at, id;

-- name: PutKey :exec
INSERT INTO keys (kind, id, proof, known_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: UseKey :exec
UPDATE keys SET used_at = coalesce(used_at, @seen_at), seen_at = greatest(seen_at, @seen_at::timestamptz) WHERE kind = $1 AND id = $2;

-- name: RenewKey :exec
UPDATE keys SET renewed_at = @renewed_at::timestamptz WHERE kind = $1 AND id = $2;

-- name: RetireKey :exec
UPDATE keys SET retired_at = @retired_at::timestamptz WHERE kind = $1 AND id = $2 AND retired_at IS NULL;

-- name: TryWrite :exec
INSERT INTO write_tries (filler) VALUES ($1);
