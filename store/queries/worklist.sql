-- name: PutClaim :execrows
INSERT INTO claims (cycle, path, person, body, claimed_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (cycle, path) DO UPDATE SET body = excluded.body WHERE claims.person = excluded.person;

-- name: FindClaim :one
SELECT c.person, c.body, coalesce(p.name, '') AS name FROM claims c JOIN persons p ON p.id = c.person
WHERE c.cycle = $1 AND c.path = $2;

-- name: DeleteClaim :execrows
DELETE FROM claims WHERE cycle = $1 AND path = $2;

-- name: FindDraft :one
SELECT d.*, coalesce(p.name, '') AS name FROM drafts d JOIN persons p ON p.id = d.person
WHERE d.cycle = $1 AND d.path = $2;

-- name: InsertDraft :execrows
INSERT INTO drafts (cycle, path, revision, content, person, body, saved_at) VALUES ($1, $2, 1, $3, $4, $5, $6)
ON CONFLICT DO NOTHING;

-- name: UpdateDraft :execrows
UPDATE drafts SET revision = revision + 1, content = $3, person = $4, body = $5, saved_at = $6
WHERE cycle = $1 AND path = $2 AND revision = $7;

-- name: DeleteDraft :execrows
DELETE FROM drafts WHERE cycle = $1 AND path = $2 AND revision = $3;

-- name: PutReminderAsked :exec
INSERT INTO reminders_asked (cycle, path, recipient, on_date, person, body, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING;

-- name: ListRemindersAsked :many
SELECT * FROM reminders_asked WHERE cycle = $1 AND path = $2 ORDER BY on_date, recipient;

-- name: SearchCycles :many
SELECT c.id, c.title FROM cycles c
WHERE searchable(c.id) LIKE searchable(sqlc.arg(pattern)::text) OR searchable(c.title) LIKE searchable(sqlc.arg(pattern)::text)
ORDER BY c.created_at DESC, c.id LIMIT sqlc.arg(most);

-- name: SearchSubjects :many
-- By what they are called, and by the numbers of their documents.
SELECT s.cycle, s.path, s.title, s.state FROM subjects s
JOIN ((SELECT n.cycle, n.path FROM subjects n
       WHERE (searchable(n.title) LIKE searchable(sqlc.arg(pattern)::text) OR searchable(n.path) LIKE searchable(sqlc.arg(pattern)::text))
         AND (sqlc.narg(among)::text[] IS NULL OR n.cycle = ANY(sqlc.narg(among)::text[])) AND NOT n.cycle = ANY(sqlc.arg(without)::text[])
       ORDER BY n.cycle, n.path LIMIT sqlc.arg(most))
      UNION
      (SELECT DISTINCT v.cycle, v.path FROM acts v
       WHERE v.kind IN ('submit', 'correct', 'finalise') AND searchable(v.document) LIKE searchable(sqlc.arg(pattern)::text)
         AND (sqlc.narg(among)::text[] IS NULL OR v.cycle = ANY(sqlc.narg(among)::text[])) AND NOT v.cycle = ANY(sqlc.arg(without)::text[])
       ORDER BY v.cycle, v.path LIMIT sqlc.arg(most))) AS hits ON hits.cycle = s.cycle AND hits.path = s.path
ORDER BY s.cycle, s.path LIMIT sqlc.arg(most);

-- name: SearchDecisions :many
SELECT a.cycle, a.path, a.document, (d.body || ', ' || d.outcome || ', ' || a.date || CASE a.comment WHEN '' THEN '' ELSE ': ' || a.comment END)::text AS said
FROM acts a JOIN decisions d ON d.act = a.id
JOIN ((SELECT b.id FROM acts b
       WHERE b.kind = 'decide' AND (searchable(b.document) LIKE searchable(sqlc.arg(pattern)::text) OR searchable(b.comment) LIKE searchable(sqlc.arg(pattern)::text))
         AND (sqlc.narg(among)::text[] IS NULL OR b.cycle = ANY(sqlc.narg(among)::text[])) AND NOT b.cycle = ANY(sqlc.arg(without)::text[])
       ORDER BY b.date DESC, b.id LIMIT sqlc.arg(most))
      UNION
      (SELECT b.id FROM decisions m JOIN acts b ON b.id = m.act AND b.kind = 'decide'
       WHERE searchable(m.meeting) LIKE searchable(sqlc.arg(pattern)::text)
         AND (sqlc.narg(among)::text[] IS NULL OR b.cycle = ANY(sqlc.narg(among)::text[])) AND NOT b.cycle = ANY(sqlc.arg(without)::text[])
       ORDER BY b.date DESC, b.id LIMIT sqlc.arg(most))) AS hits ON hits.id = a.id
ORDER BY a.date DESC, a.id LIMIT sqlc.arg(most);

-- name: SearchActions :many
-- In the versions that were handed in last and in what may stand in their place: others says
-- where there is more than one text. Of more than are wanted, it gives some.
SELECT s.cycle, s.path, s.title, v.version, v.marking, h.date AS handed_in,
       EXISTS (SELECT FROM acts o WHERE o.cycle = s.cycle AND o.path = s.path AND o.kind IN ('correct', 'finalise') AND o.version > 0) AS others,
       coalesce(x.action ->> 'code', '')::text AS code, coalesce(x.action ->> 'title', '')::text AS said
FROM contents c,
LATERAL (SELECT w.cycle, w.path, w.version, w.marking, w.sequence FROM versions w WHERE w.held = c.digest OFFSET 0) AS v
JOIN subjects s ON s.cycle = v.cycle AND s.path = v.path AND s.kind = 'oap'
JOIN acts h ON h.cycle = v.cycle AND h.sequence = v.sequence AND (h.kind <> 'submit' OR v.version = s.version),
LATERAL jsonb_array_elements(actions_of(c.body)) AS x(action)
WHERE c.media_type = 'application/json' AND searchable(actions_said(c.body)) LIKE searchable(sqlc.arg(pattern)::text)
  AND ((sqlc.narg(among)::text[] IS NULL OR s.cycle = ANY(sqlc.narg(among)::text[])) AND NOT s.cycle = ANY(sqlc.arg(without)::text[])
       OR v.marking = 'PUBLIC' OR EXISTS (
          SELECT FROM register_rows r WHERE r.cycle = s.cycle AND r.register = 'releases' AND r.key = s.path AND r.body -> 'to' ? sqlc.arg(body)::text))
  AND (searchable(x.action ->> 'title') LIKE searchable(sqlc.arg(pattern)::text) OR searchable(x.action ->> 'code') LIKE searchable(sqlc.arg(pattern)::text))
LIMIT sqlc.arg(most);
