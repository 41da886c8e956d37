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

-- name: SearchRecords :many
(SELECT 'cycle'::text AS what, c.id AS cycle, ''::text AS path, c.title AS title, ''::text AS said
 FROM cycles c WHERE searchable(c.id) LIKE searchable(sqlc.arg(pattern)::text) OR searchable(c.title) LIKE searchable(sqlc.arg(pattern)::text) ORDER BY c.created_at DESC LIMIT sqlc.arg(most))
UNION ALL
(SELECT 'subject', s.cycle, s.path, s.title, s.state
 FROM subjects s WHERE (sqlc.arg(everything)::boolean OR s.cycle = ANY(sqlc.arg(cycles)::text[])) AND (searchable(s.title) LIKE searchable(sqlc.arg(pattern)::text) OR searchable(s.path) LIKE searchable(sqlc.arg(pattern)::text)
   OR EXISTS (SELECT FROM acts v WHERE v.cycle = s.cycle AND v.path = s.path AND v.kind IN ('submit', 'correct', 'finalise') AND searchable(v.document) LIKE searchable(sqlc.arg(pattern)::text)))
 ORDER BY s.cycle, s.path LIMIT sqlc.arg(most))
UNION ALL
(SELECT 'decision', a.cycle, a.path, a.document, d.body || ', ' || d.outcome || ', ' || a.date || CASE a.comment WHEN '' THEN '' ELSE ': ' || a.comment END
 FROM acts a JOIN decisions d ON d.act = a.id
 WHERE (sqlc.arg(everything)::boolean OR a.cycle = ANY(sqlc.arg(cycles)::text[]))
   AND (searchable(a.document) LIKE searchable(sqlc.arg(pattern)::text) OR searchable(d.meeting) LIKE searchable(sqlc.arg(pattern)::text) OR searchable(a.comment) LIKE searchable(sqlc.arg(pattern)::text))
 ORDER BY a.date DESC LIMIT sqlc.arg(most));

-- name: SearchActions :many
-- In the versions that were handed in last and in what may stand in their place: others says
-- where there is more than one text.
SELECT s.cycle, s.path, s.title, v.version, v.marking, h.date AS handed_in,
       EXISTS (SELECT FROM acts o WHERE o.cycle = s.cycle AND o.path = s.path AND o.kind IN ('correct', 'finalise') AND o.version > 0) AS others,
       coalesce(x.action ->> 'code', '')::text AS code, coalesce(x.action ->> 'title', '')::text AS said
FROM subjects s
JOIN versions v ON v.cycle = s.cycle AND v.path = s.path
JOIN acts h ON h.cycle = v.cycle AND h.sequence = v.sequence AND (h.kind <> 'submit' OR v.version = s.version)
JOIN contents c ON c.digest = v.held,
LATERAL jsonb_array_elements(actions_of(c.body)) AS x(action)
WHERE s.kind = 'oap' AND c.media_type = 'application/json'
  AND (sqlc.arg(everything)::boolean OR s.cycle = ANY(sqlc.arg(plans)::text[]) OR v.marking = 'PUBLIC' OR EXISTS (
      SELECT FROM register_rows r WHERE r.cycle = s.cycle AND r.register = 'releases' AND r.key = s.path AND r.body -> 'to' ? sqlc.arg(body)::text))
  AND (searchable(x.action ->> 'title') LIKE searchable(sqlc.arg(pattern)::text) OR searchable(x.action ->> 'code') LIKE searchable(sqlc.arg(pattern)::text))
ORDER BY s.cycle, s.path LIMIT sqlc.arg(most);
