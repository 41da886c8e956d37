-- name: PutPerson :one
INSERT INTO persons (name, body) VALUES ($1, $2)
ON CONFLICT (name, body) DO UPDATE SET name = excluded.name
RETURNING id;

-- name: PutContent :exec
INSERT INTO contents (digest, media_type, body) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING;

-- name: FindContent :one
SELECT media_type, body FROM contents WHERE digest = $1;

-- name: FindAct :one
SELECT id, cycle, path, kind, content, receipt FROM acts WHERE id = $1;

-- name: InsertAct :exec
INSERT INTO acts (id, cycle, sequence, path, kind, content, version, digest, date, arrived_on, due,
                  document, comment, rectifies, person, channel, recorded_at, receipt, held, irregular, confirmed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21);

-- name: InsertDecision :exec
INSERT INTO decisions (act, body, outcome, procedure, meeting, skip_reason) VALUES ($1, $2, $3, $4, $5, $6);

-- name: InsertDecisionItem :exec
INSERT INTO decision_items (act, item, outcome) VALUES ($1, $2, $3);

-- name: InsertAmendment :exec
INSERT INTO amendments (act, cycle, version, decision) VALUES ($1, $2, $3, $4);

-- name: ListActs :many
SELECT a.id, a.sequence, a.path, a.kind, a.version, a.digest, a.date, a.arrived_on, a.due, a.document,
       a.comment, a.rectifies, a.channel, a.recorded_at, p.name, p.body AS person_body,
       coalesce(a.held, '') AS held, a.irregular, coalesce(second.name, '') AS second_name, coalesce(second.body, '') AS second_body,
       coalesce(d.body, '') AS body, coalesce(d.outcome, '') AS outcome,
       coalesce(d.procedure, '') AS procedure, coalesce(d.meeting, '') AS meeting,
       coalesce(d.skip_reason, '') AS skip_reason,
       coalesce((SELECT json_agg(json_build_object('item', i.item, 'outcome', i.outcome) ORDER BY i.item)
                 FROM decision_items i WHERE i.act = a.id), '[]')::jsonb AS items,
       coalesce(m.version, 0) AS amends_to, coalesce(m.decision, '') AS rests_on, o.opening
FROM acts a
JOIN persons p ON p.id = a.person
LEFT JOIN decisions d ON d.act = a.id
LEFT JOIN amendments m ON m.act = a.id
LEFT JOIN subjects o ON a.kind = 'open' AND o.cycle = a.cycle AND o.path = a.path
LEFT JOIN persons second ON second.id = a.confirmed_by
WHERE a.cycle = $1 AND (sqlc.arg(path)::text = '' OR a.path = sqlc.arg(path))
ORDER BY a.sequence;

-- name: InsertTrail :exec
INSERT INTO trail (cycle, sequence, recorded_at, on_date, act, act_id, path, person, accepted, code, message)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: CountRefusals :one
SELECT count(*) FROM trail WHERE cycle = $1 AND act_id = $2 AND NOT accepted AND code = $3 AND message = $4;

-- name: ListTrail :many
SELECT t.*, coalesce(p.name, '') AS name, coalesce(p.body, '') AS body
FROM trail t LEFT JOIN persons p ON p.id = t.person
WHERE t.cycle = $1 ORDER BY t.sequence;
