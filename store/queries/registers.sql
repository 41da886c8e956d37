-- name: FindEntry :one
SELECT content, sequence, size, recorded_at FROM entries WHERE id = $1;

-- name: InsertEntry :exec
INSERT INTO entries (id, cycle, sequence, register, content, size, person, principal, body, recorded_at, key_id, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: InsertRows :copyfrom
INSERT INTO register_rows (cycle, register, key, sequence, position, date, reason, body, person)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: ListRows :many
-- The entry of a row is looked up by its number: where the tables have no statistics
-- yet, a join compares each row with all entries of the cycle.
SELECT r.register, r.key, r.sequence, r.date, r.reason, r.body, r.person, coalesce(p.name, '') AS name,
       coalesce((SELECT e.body FROM entries e WHERE e.cycle = r.cycle AND e.sequence = r.sequence), '')::text AS person_body
FROM register_rows r JOIN persons p ON p.id = r.person
WHERE r.cycle = $1 AND (cardinality(sqlc.arg(registers)::text[]) = 0 OR r.register = ANY (sqlc.arg(registers)))
  AND r.key LIKE sqlc.arg(prefix)::text || '%'
ORDER BY r.sequence, r.position;

-- name: ListRowsIn :many
-- The same of some registers.
SELECT r.register, r.key, r.sequence, r.date, r.reason, r.body, r.person,
       coalesce((SELECT p.name FROM persons p WHERE p.id = r.person), '')::text AS name,
       coalesce((SELECT e.body FROM entries e WHERE e.cycle = r.cycle AND e.sequence = r.sequence), '')::text AS person_body
FROM register_rows r
WHERE r.cycle = $1 AND r.register = ANY (sqlc.arg(registers)::text[])
ORDER BY r.sequence, r.position;

-- name: ListRowsUnder :many
-- The same of some keys of a register.
SELECT r.register, r.key, r.sequence, r.date, r.reason, r.body, r.person,
       coalesce((SELECT p.name FROM persons p WHERE p.id = r.person), '')::text AS name,
       coalesce((SELECT e.body FROM entries e WHERE e.cycle = r.cycle AND e.sequence = r.sequence), '')::text AS person_body
FROM register_rows r
WHERE r.cycle = $1 AND r.register = $2 AND r.key = ANY (sqlc.arg(keys)::text[])
ORDER BY r.sequence, r.position;

-- name: ListRowsOfKeys :many
-- The rows of the next keys, as bytes sort: policy.RowsOn sorts so.
WITH keys AS (
    SELECT DISTINCT k.register COLLATE "C" AS register, k.key COLLATE "C" AS key FROM register_rows k
    WHERE k.cycle = $1 AND (cardinality(sqlc.arg(registers)::text[]) = 0 OR k.register = ANY (sqlc.arg(registers)))
      AND k.key LIKE sqlc.arg(prefix)::text || '%'
      AND (k.register COLLATE "C", k.key COLLATE "C") > (sqlc.arg(past_register)::text, sqlc.arg(past_key)::text)
    ORDER BY 1, 2 LIMIT sqlc.arg(most)
)
SELECT r.register, r.key, r.sequence, r.date, r.reason, r.body, r.person, coalesce(p.name, '') AS name,
       coalesce((SELECT e.body FROM entries e WHERE e.cycle = r.cycle AND e.sequence = r.sequence), '')::text AS person_body
FROM keys JOIN register_rows r ON r.cycle = $1 AND r.register = keys.register COLLATE "default" AND r.key = keys.key COLLATE "default" JOIN persons p ON p.id = r.person
ORDER BY r.sequence, r.position;

-- name: ListHolders :many
-- Of each post of a plan and each day the last row: the others hold on no day.
SELECT DISTINCT ON (key, date) key, date, body
FROM register_rows
WHERE cycle = $1 AND register = 'posts' AND (key LIKE 'driver/%' OR key LIKE 'co-driver/%')
ORDER BY key, date, sequence DESC, position DESC;

-- name: ListTexts :many
-- What says which text of each subject is in force: what was handed in, corrigenda and
-- final texts, and their confirmations.
SELECT a.path, a.id, a.kind, a.version, a.date, a.substantive, a.rectifies, a.rests_on, a.held
FROM acts a
WHERE a.cycle = $1
  AND (a.kind IN ('submit', 'correct', 'finalise')
       OR a.kind IN ('confirm', 'set-aside') AND (SELECT f.kind FROM acts f WHERE f.id = a.rests_on) = 'finalise')
ORDER BY a.path, a.sequence;

-- name: ListTextsOn :many
-- The same of some subjects.
SELECT a.path, a.id, a.kind, a.version, a.date, a.substantive, a.rectifies, a.rests_on, a.held
FROM acts a
WHERE a.cycle = $1 AND a.path = ANY (sqlc.arg(paths)::text[])
  AND (a.kind IN ('submit', 'correct', 'finalise')
       OR a.kind IN ('confirm', 'set-aside') AND (SELECT f.kind FROM acts f WHERE f.id = a.rests_on) = 'finalise')
ORDER BY a.path, a.sequence;

-- name: ListHeld :many
-- What is kept as data under digests.
SELECT digest, body FROM contents WHERE digest = ANY (sqlc.arg(digests)::text[]) AND media_type = 'application/json';

-- name: ListVersionsHeld :many
-- What stands in versions, of those that are data.
SELECT v.path, v.version, v.marking, h.date AS handed_in, c.body
FROM versions v JOIN acts h ON h.cycle = v.cycle AND h.sequence = v.sequence
JOIN contents c ON c.digest = v.held AND c.media_type = 'application/json'
WHERE v.cycle = $1 AND (sqlc.arg(path)::text = '' OR v.path = sqlc.arg(path))
ORDER BY v.path, v.version;

-- name: ListEntries :many
SELECT id, sequence, recorded_at, key_id, signature FROM entries WHERE cycle = $1 ORDER BY sequence;

-- name: ListContents :many
SELECT DISTINCT c.digest, c.body FROM contents c JOIN acts a ON a.held = c.digest OR (a.kind = 'amend' AND a.digest = c.digest)
WHERE a.cycle = $1 ORDER BY c.digest;

-- name: FindMarking :one
SELECT v.marking FROM versions v WHERE v.cycle = $1 AND v.path = $2 ORDER BY v.version DESC LIMIT 1;

-- name: ListMarkings :many
SELECT path, version, marking FROM versions WHERE cycle = $1 AND held IS NOT NULL ORDER BY sequence;
