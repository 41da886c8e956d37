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
-- Of each body and kind the next in order, up to a day; and of rehearsals, which have
-- calendars of their own, what is overdue there.
SELECT s.cycle, s.path, s.title, s.state, s.turn, s.settles, s.version, s.pending, s.since, s.due,
       c.language, c.rehearsal, c.day, c.year_seconds, m.person AS claimed_person, coalesce(m.body, '') AS claimed_body, coalesce(p.name, '') AS claimed_name,
       coalesce(a.body, '') AS pending_body
FROM (
    SELECT f.due, f.cycle, f.path
    FROM unnest(sqlc.arg(bodies)::text[]) AS b(body), unnest(sqlc.arg(kinds)::boolean[]) AS k(rehearsal), LATERAL (
        SELECT w.due, w.cycle, w.path FROM waiting w LEFT JOIN claims m ON m.cycle = w.cycle AND m.path = w.path
        WHERE w.body = b.body AND w.rehearsal = k.rehearsal AND w.due <= sqlc.arg(until)::date
          AND (sqlc.arg(in_cycle)::text = '' OR w.cycle = sqlc.arg(in_cycle))
          AND (sqlc.narg(among)::text[] IS NULL OR w.cycle = ANY(sqlc.narg(among)::text[])) AND NOT w.cycle = ANY(sqlc.arg(without)::text[])
          AND (sqlc.arg(claimed)::bigint = 0 OR m.person = sqlc.arg(claimed))
          AND (sqlc.arg(past_cycle)::text = '' OR (w.due, w.cycle, w.path) > (sqlc.arg(past_due)::date, sqlc.arg(past_cycle), sqlc.arg(past_path)::text))
        ORDER BY w.due, w.cycle, w.path LIMIT sqlc.arg(most)) AS f
    UNION
    SELECT o.due, o.cycle, o.path
    FROM cycles l, LATERAL (
        SELECT w.due, w.cycle, w.path FROM waiting w LEFT JOIN claims m ON m.cycle = w.cycle AND m.path = w.path
        WHERE w.cycle = l.id AND w.body = ANY(sqlc.arg(bodies)::text[]) AND w.due < coalesce(l.day, sqlc.arg(today)::date)
          AND (sqlc.arg(in_cycle)::text = '' OR w.cycle = sqlc.arg(in_cycle))
          AND (sqlc.narg(among)::text[] IS NULL OR w.cycle = ANY(sqlc.narg(among)::text[])) AND NOT w.cycle = ANY(sqlc.arg(without)::text[])
          AND (sqlc.arg(claimed)::bigint = 0 OR m.person = sqlc.arg(claimed))
          AND (sqlc.arg(past_cycle)::text = '' OR (w.due, w.cycle, w.path) > (sqlc.arg(past_due)::date, sqlc.arg(past_cycle), sqlc.arg(past_path)::text))
        ORDER BY w.due, w.cycle, w.path LIMIT sqlc.arg(most)) AS o
    WHERE sqlc.arg(late)::boolean AND l.rehearsal AND (l.day IS NULL OR l.open_dues[1] < l.day)
    ORDER BY 1, 2, 3 LIMIT sqlc.arg(most)
) AS found
JOIN subjects s ON s.cycle = found.cycle AND s.path = found.path JOIN cycles c ON c.id = s.cycle
LEFT JOIN claims m ON m.cycle = s.cycle AND m.path = s.path LEFT JOIN persons p ON p.id = m.person
LEFT JOIN acts a ON a.id = s.pending
ORDER BY found.due, found.cycle, found.path;

-- name: PutNotice :exec
INSERT INTO notices (cycle, path, version, turns, due, kind, on_date, recipients, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING;

-- name: ListNotices :many
SELECT kind, on_date, due, recipients, version, turns FROM notices WHERE cycle = $1 AND path = $2 ORDER BY on_date, kind;

-- name: ListNoticesOpen :many
-- Those on what is open in a cycle.
SELECT n.path, n.kind, n.on_date, n.due, n.version, n.turns
FROM subjects s JOIN LATERAL (SELECT * FROM notices WHERE cycle = s.cycle AND path = s.path OFFSET 0) n ON true
WHERE s.cycle = $1 AND s.due IS NOT NULL ORDER BY n.on_date, n.kind;
