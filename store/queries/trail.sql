-- name: InsertTrail :exec
INSERT INTO trail (cycle, sequence, recorded_at, on_date, act, act_id, path, person, principal, body, accepted, code, message,
                   record, previous, hash, claimed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17);

-- name: CountRefusals :one
SELECT count(*) FROM trail WHERE cycle = $1 AND act_id = $2 AND NOT accepted AND code = $3 AND message = $4;

-- name: CountClaimed :one
SELECT count(*) FROM trail WHERE cycle = $1 AND on_date = $2 AND claimed;

-- name: ListTrail :many
SELECT t.*, coalesce(p.name, '') AS name, coalesce(q.name, '') AS principal_name
FROM trail t LEFT JOIN persons p ON p.id = t.person LEFT JOIN persons q ON q.id = t.principal
WHERE t.cycle = $1 AND t.sequence > sqlc.arg(past) AND NOT (sqlc.arg(refused)::boolean AND t.accepted)
  AND (sqlc.arg(act)::text = '' OR t.act = sqlc.arg(act)) AND starts_with(t.path, sqlc.arg(prefix)::text)
  AND (sqlc.narg(since)::timestamptz IS NULL OR t.recorded_at >= sqlc.narg(since))
ORDER BY t.sequence
LIMIT sqlc.arg(most);

-- name: SetHead :exec
UPDATE cycles SET sequence = $2, head = $3 WHERE id = $1;

-- name: PutCheckpoint :exec
INSERT INTO checkpoints (cycle, size, note, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: ListCheckpoints :many
SELECT * FROM checkpoints WHERE cycle = $1 ORDER BY size;

-- name: DropUnsigned :exec
-- An act on the cycle waits for this, or this for the act, which then has written a line more.
DELETE FROM unsigned_trails u
WHERE u.cycle = (SELECT c.id FROM cycles c WHERE c.id = $1 AND c.sequence <= sqlc.arg(size) FOR UPDATE);

-- name: ListUncheckpointed :many
SELECT c.id, c.sequence, c.head FROM unsigned_trails u, LATERAL (SELECT * FROM cycles o WHERE o.id = u.cycle LIMIT 1) AS c
WHERE c.sequence > coalesce((SELECT max(k.size) FROM checkpoints k WHERE k.cycle = c.id), 0) ORDER BY c.id;

-- name: ListLastCheckpoints :many
SELECT DISTINCT ON (cycle) * FROM checkpoints WHERE made_at >= sqlc.arg(since) ORDER BY cycle, size DESC;

-- name: FirstUncheckpointed :one
SELECT first.recorded_at FROM unsigned_trails u, LATERAL (
    SELECT t.recorded_at FROM trail t
    WHERE t.cycle = u.cycle AND t.sequence = 1 + coalesce((SELECT max(k.size) FROM checkpoints k WHERE k.cycle = u.cycle), 0) LIMIT 1) AS first
ORDER BY first.recorded_at LIMIT 1;

-- name: LastRead :one
SELECT sequence, hash FROM reads WHERE cycle = $1 ORDER BY sequence DESC LIMIT 1;

-- name: InsertRead :exec
INSERT INTO reads (cycle, sequence, read_at, person, body, path, version, previous, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: ListReads :many
SELECT r.*, coalesce(p.name, '') AS name FROM reads r JOIN persons p ON p.id = r.person WHERE r.cycle = $1 ORDER BY r.sequence;

-- name: LockReads :exec
SELECT pg_advisory_xact_lock(hashtextextended('reads of ' || sqlc.arg(cycle)::text, 0));
