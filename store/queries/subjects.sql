-- name: ListSubjects :many
SELECT * FROM subjects WHERE cycle = $1 ORDER BY opened_on, path;

-- name: ListSubjectsAt :many
SELECT * FROM subjects WHERE cycle = $1 AND path = ANY (sqlc.arg(paths)::text[]);

-- name: PutSubject :exec
INSERT INTO subjects (cycle, path, kind, title, opened_on, opening, definition, state, version, digest, turns, turn, settles,
                      since, due, outcome, items, closed_on, last_act, pending, silence, returned)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
ON CONFLICT (cycle, path) DO UPDATE SET
    title = excluded.title, opened_on = excluded.opened_on, returned = excluded.returned, definition = excluded.definition, state = excluded.state, version = excluded.version, digest = excluded.digest,
    turns = excluded.turns, turn = excluded.turn, settles = excluded.settles, since = excluded.since, due = excluded.due,
    outcome = excluded.outcome, items = excluded.items, closed_on = excluded.closed_on, last_act = excluded.last_act, pending = excluded.pending, silence = excluded.silence;

-- name: ListOpen :many
SELECT s.*, c.language, c.rehearsal, c.day, c.year_seconds, m.person AS claimed_person, coalesce(m.body, '') AS claimed_body, coalesce(p.name, '') AS claimed_name,
       coalesce(a.body, '') AS pending_body
FROM subjects s JOIN cycles c ON c.id = s.cycle
LEFT JOIN claims m ON m.cycle = s.cycle AND m.path = s.path LEFT JOIN persons p ON p.id = m.person
LEFT JOIN acts a ON a.id = s.pending
WHERE s.due IS NOT NULL
  AND (sqlc.arg(in_cycle)::text = '' OR s.cycle = sqlc.arg(in_cycle))
  AND (sqlc.narg(among)::text[] IS NULL OR s.cycle = ANY(sqlc.narg(among)::text[]))
  AND (sqlc.arg(rehearsals)::boolean OR NOT c.rehearsal) AND (sqlc.arg(cycles)::boolean OR c.rehearsal)
  AND (sqlc.arg(body)::text = '' OR s.turn && sqlc.arg(turns)::text[]
       OR a.body = sqlc.arg(body) -- a second person of the body that recorded it is awaited
       OR (cardinality(s.turn) = 0 AND sqlc.arg(member_state)::boolean))
  AND (sqlc.arg(claimed)::bigint = 0 OR m.person = sqlc.arg(claimed))
  AND (sqlc.arg(past_cycle)::text = '' OR (s.due, s.cycle, s.path) > (sqlc.arg(past_due)::date, sqlc.arg(past_cycle), sqlc.arg(past_path)::text))
ORDER BY s.due, s.cycle, s.path
LIMIT sqlc.arg(most);

-- name: PutNotice :exec
INSERT INTO notices (cycle, path, version, turns, due, kind, on_date, recipients, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING;

-- name: ListNotices :many
SELECT kind, on_date, due, recipients, version, turns FROM notices WHERE cycle = $1 AND path = $2 ORDER BY on_date, kind;

-- name: ListNoticesAt :many
SELECT path, kind, on_date, due, version, turns FROM notices
WHERE cycle = $1 AND path = ANY (sqlc.arg(paths)::text[]) ORDER BY on_date, kind;
