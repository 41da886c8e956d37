-- name: InsertCycle :execrows
INSERT INTO cycles (id, title, predecessor, definition_version, stage, stage_since,
                    rehearsal, day, year_seconds, script, scripted_rows, start_digest, started_by, started_by_body, created_at, language, imported)
VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
ON CONFLICT (id) DO NOTHING;

-- name: InsertDefinition :exec
INSERT INTO definitions (cycle, version, digest, body) VALUES ($1, $2, $3, $4);

-- name: FindDefinition :one
SELECT body FROM definitions WHERE cycle = $1 AND version = $2;

-- name: LockCycle :one
SELECT sqlc.embed(cycles), records_epoch() AS epoch_of_records, coalesce((SELECT max(k.renewed_at) FROM keys k), '0001-01-01 00:00+00')::timestamptz AS renewed_at FROM cycles WHERE cycles.id = $1 FOR UPDATE OF cycles;

-- name: SeeCycle :one
SELECT sqlc.embed(cycles), records_epoch() AS epoch_of_records, coalesce((SELECT max(k.renewed_at) FROM keys k), '0001-01-01 00:00+00')::timestamptz AS renewed_at FROM cycles WHERE cycles.id = $1;

-- name: FindCycle :one
SELECT cycles.*, coalesce(persons.name, '') AS started_by_name
FROM cycles JOIN persons ON persons.id = cycles.started_by
WHERE cycles.id = $1;

-- name: SetStage :exec
UPDATE cycles SET stage = $2, stage_since = $3 WHERE id = $1;

-- name: SetDefinition :exec
UPDATE cycles SET definition_version = $2, title = $3, language = $4 WHERE id = $1;

-- name: ProjectOpen :exec
UPDATE cycles c SET (open_dues, next_path) = (
    SELECT coalesce(array_agg(s.due ORDER BY s.due, s.path), '{}'),
           coalesce((array_agg(s.path ORDER BY s.due, s.path))[1], '')
    FROM subjects s WHERE s.cycle = c.id AND s.due IS NOT NULL
) WHERE c.id = $1;

-- name: ListCycles :many
-- Of each kind the next in order: what is past is a range of the index, and of ties the rest.
SELECT c.id, c.title, c.language, c.rehearsal, c.day, c.year_seconds, c.stage, c.stage_since, c.open_dues, c.next_path,
       coalesce(n.title, '') AS next_title, coalesce(n.state, '') AS next_state, coalesce(n.turn, '{}')::text[] AS next_turn,
       coalesce(n.settles, false) AS next_settles, coalesce(n.version, 0) AS next_version, coalesce(n.pending, '') AS next_pending, coalesce(w.body, '') AS next_second, n.since AS next_since, n.due AS next_due
FROM unnest(sqlc.arg(kinds)::boolean[]) AS k(rehearsal), LATERAL (
    SELECT * FROM cycles o
    WHERE o.rehearsal = k.rehearsal
      AND (sqlc.arg(pattern)::text = '' OR searchable(o.id) LIKE searchable(sqlc.arg(pattern)) OR searchable(o.title) LIKE searchable(sqlc.arg(pattern)))
      AND (sqlc.arg(past)::text = '' OR o.created_at <= (SELECT p.created_at FROM cycles p WHERE p.id = sqlc.arg(past))
           AND (o.id > sqlc.arg(past) OR o.created_at < (SELECT p.created_at FROM cycles p WHERE p.id = sqlc.arg(past))))
    ORDER BY o.created_at DESC, o.id LIMIT sqlc.arg(most)) AS c
LEFT JOIN subjects n ON n.cycle = c.id AND n.path = c.next_path LEFT JOIN acts w ON w.id = n.pending
ORDER BY c.created_at DESC, c.id LIMIT sqlc.arg(most);

-- name: ListScripts :many
SELECT id FROM cycles
WHERE rehearsal AND stage NOT IN ('closed', 'ended-without-priorities')
ORDER BY created_at, id;

-- name: TurnPage :execrows
UPDATE cycles SET day = sqlc.arg(day)::date
WHERE id = sqlc.arg(cycle) AND sequence = sqlc.arg(seen) AND day < sqlc.arg(day)::date;

-- name: FindBrief :one
SELECT c.day, c.year_seconds, coalesce(a.version, s.version, 0)::int AS version, coalesce(a.digest, s.digest, '')::text AS digest, a.date AS acted,
       ARRAY (SELECT jsonb_array_elements_text(coalesce(d.body -> 'keeps', '[]')))::text[] AS keeps
FROM cycles c JOIN definitions d ON d.cycle = c.id AND d.version = c.definition_version LEFT JOIN subjects s ON s.cycle = c.id AND s.path = sqlc.arg(path)
     LEFT JOIN acts a ON a.id = sqlc.arg(act) AND a.cycle = c.id AND a.path = sqlc.arg(path)
WHERE c.id = sqlc.arg(cycle);

-- name: FindCircle :one
SELECT c.id, c.day, c.year_seconds, coalesce(d.body -> 'readers', '{}')::jsonb AS readers, coalesce(d.body -> 'bodies', '[]')::jsonb AS bodies
FROM cycles c LEFT JOIN definitions d ON d.cycle = c.id AND d.version = c.definition_version AND (d.body ? 'readers' OR d.body ? 'bodies')
WHERE c.id = $1;

-- name: ListCirclesApart :many
-- Cycles that are named, that name the body in their cycle files or have States of their own,
-- and rehearsals on other days.
SELECT c.id, c.day, c.year_seconds, coalesce(d.body -> 'readers', '{}')::jsonb AS readers, coalesce(d.body -> 'bodies', '[]')::jsonb AS bodies
FROM cycles c LEFT JOIN definitions d ON d.cycle = c.id AND d.version = c.definition_version AND (d.body ? 'readers' OR d.body ? 'bodies')
WHERE c.id IN (
    SELECT unnest(sqlc.arg(named)::text[])
    UNION SELECT r.cycle FROM definitions r
    WHERE r.body ? 'readers' AND (r.body #> '{readers,also}' ? sqlc.arg(body)::text OR r.body #> '{readers,without}' ? sqlc.arg(body)::text)
    UNION SELECT b.cycle FROM definitions b
    WHERE b.body ? 'bodies' AND (b.body -> 'bodies' @> jsonb_build_array(jsonb_build_object('body', sqlc.arg(body)::text)) OR b.body -> 'bodies' @> '[{"kind": "member-state"}]')
    UNION SELECT o.id FROM cycles o WHERE o.day < sqlc.narg(before)::date OR o.day > sqlc.narg(after)::date
);

-- name: ListBodies :many
-- The bodies that cycles have of their own, those of the latest cycle first.
SELECT (d.body -> 'bodies')::jsonb AS bodies
FROM cycles c JOIN definitions d ON d.cycle = c.id AND d.version = c.definition_version AND d.body ? 'bodies'
ORDER BY c.created_at DESC, c.id;

-- name: ListMoving :many
SELECT c.id FROM cycles c WHERE c.id IN (
    SELECT m.id FROM cycles m WHERE m.stage NOT IN ('closed', 'ended-without-priorities') OR m.next_path <> ''
    UNION ALL SELECT o.id FROM cycles o JOIN definitions d ON d.cycle = o.id AND d.version = o.definition_version
    WHERE NOT o.rehearsal AND jsonb_array_length(coalesce(d.body -> 'obligations', '[]')) > 0
)
ORDER BY c.created_at, c.id;

-- name: SetWording :exec
UPDATE cycles SET conclusions = $2, general_masp = $3 WHERE id = $1;

-- name: FindWording :one
SELECT conclusions, general_masp FROM cycles WHERE id = $1;

-- name: ListDefinitions :many
SELECT version, body FROM definitions WHERE cycle = $1 ORDER BY version;

-- name: ListAmendments :many
SELECT m.version, a.date
FROM amendments m JOIN LATERAL (SELECT * FROM acts WHERE id = m.act LIMIT 1) a ON true
WHERE m.cycle = $1 ORDER BY m.version;

-- name: FindMark :one
-- What changes with all that is recorded of a cycle, of the one before, and of who is who.
SELECT c.sequence, c.head, c.xmin::text AS touched, c.day, c.year_seconds, coalesce(p.sequence, 0)::bigint AS before, coalesce(p.xmin::text, '')::text AS before_touched,
       (SELECT coalesce(max(w.sequence), 0) FROM people_trail w)::bigint AS people
FROM cycles c LEFT JOIN cycles p ON p.id = c.predecessor
WHERE c.id = $1;
