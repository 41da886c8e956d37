-- name: PutContent :exec
INSERT INTO contents (digest, media_type, body) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING;

-- name: FindContent :one
SELECT media_type, body FROM contents WHERE digest = $1;

-- name: FindAct :one
SELECT id, cycle, path, kind, content, receipt FROM acts WHERE id = $1;

-- name: ListWaiting :many
-- What acts state that wait for a second person in a cycle, in short.
SELECT a.id, a.kind, a.content, a.date, a.document, coalesce(d.body, o.body, '') AS body, coalesce(d.outcome, '') AS outcome
FROM subjects s JOIN LATERAL (SELECT * FROM acts WHERE id = s.pending LIMIT 1) a ON true
LEFT JOIN LATERAL (SELECT * FROM decisions WHERE act = a.id LIMIT 1) d ON true
LEFT JOIN LATERAL (SELECT * FROM positions WHERE act = a.id LIMIT 1) o ON true
WHERE s.cycle = $1 AND s.pending IS NOT NULL;

-- name: InsertAct :exec
INSERT INTO acts (id, cycle, sequence, path, kind, content, version, digest, date, arrived_on, due,
                  document, comment, rectifies, person, principal, body, channel, recorded_at, receipt, held, irregular,
                  marking, holder, rests_on, envelope, substantive, language, text_digest, revises)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30);

-- name: InsertDecision :exec
INSERT INTO decisions (act, body, outcome, procedure, meeting, skip_reason, other_day) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: InsertDecisionItem :exec
INSERT INTO decision_items (act, item, outcome) VALUES ($1, $2, $3);

-- name: InsertAmendment :exec
INSERT INTO amendments (act, cycle, version, decision) VALUES ($1, $2, $3, $4);

-- name: ListAmendmentsOn :many
-- Those that rest on what is recorded on a subject.
SELECT m.act, a.date
FROM acts basis JOIN LATERAL (SELECT * FROM amendments WHERE decision = basis.id OFFSET 0) m ON true
JOIN LATERAL (SELECT * FROM acts WHERE id = m.act LIMIT 1) a ON true
WHERE basis.cycle = $1 AND basis.path = $2
ORDER BY a.sequence;

-- name: FindLastAmendment :one
-- The day of the last one that rests on a decision; none where there is none.
SELECT max((SELECT a.date FROM acts a WHERE a.id = m.act))::date FROM amendments m WHERE m.cycle = $1 AND m.decision IS NOT NULL;

-- name: InsertPosition :exec
INSERT INTO positions (act, body, procedure, deadline, delegation, stance) VALUES ($1, $2, $3, $4, $5, $6);

-- name: ListActs :many
-- All of a cycle.
SELECT a.*, coalesce(p.name, '') AS name, coalesce(q.name, '') AS principal_name,
       coalesce(d.body, o.body, '') AS decided_by, coalesce(d.outcome, '') AS outcome,
       coalesce(d.procedure, o.procedure, '') AS procedure, o.deadline,
       coalesce(o.delegation, '') AS delegation, coalesce(o.stance, '') AS stance, coalesce(d.meeting, '') AS meeting,
       coalesce(d.skip_reason, '') AS skip_reason, coalesce(d.other_day, false) AS other_day,
       coalesce((SELECT json_agg(json_build_object('item', i.item, 'outcome', i.outcome) ORDER BY i.item)
                 FROM decision_items i WHERE i.act = a.id), '[]')::jsonb AS items,
       coalesce(m.version, 0) AS amends_to, coalesce(m.decision, '') AS amends_by
FROM acts a
JOIN persons p ON p.id = a.person
JOIN persons q ON q.id = a.principal
LEFT JOIN decisions d ON d.act = a.id
LEFT JOIN positions o ON o.act = a.id
LEFT JOIN amendments m ON m.act = a.id
WHERE a.cycle = $1
ORDER BY a.sequence;

-- name: ListActsOn :many
-- The same on one subject. What belongs to an act is looked up for each of the few: however
-- much is recorded, no plan reads a table whole.
SELECT a.*, coalesce(p.name, '') AS name, coalesce(q.name, '') AS principal_name,
       coalesce(d.body, o.body, '') AS decided_by, coalesce(d.outcome, '') AS outcome,
       coalesce(d.procedure, o.procedure, '') AS procedure, o.deadline,
       coalesce(o.delegation, '') AS delegation, coalesce(o.stance, '') AS stance, coalesce(d.meeting, '') AS meeting,
       coalesce(d.skip_reason, '') AS skip_reason, coalesce(d.other_day, false) AS other_day,
       coalesce((SELECT json_agg(json_build_object('item', i.item, 'outcome', i.outcome) ORDER BY i.item)
                 FROM decision_items i WHERE i.act = a.id), '[]')::jsonb AS items,
       coalesce(m.version, 0) AS amends_to, coalesce(m.decision, '') AS amends_by
FROM acts a
LEFT JOIN LATERAL (SELECT * FROM persons WHERE id = a.person LIMIT 1) p ON true
LEFT JOIN LATERAL (SELECT * FROM persons WHERE id = a.principal LIMIT 1) q ON true
LEFT JOIN LATERAL (SELECT * FROM decisions WHERE act = a.id LIMIT 1) d ON true
LEFT JOIN LATERAL (SELECT * FROM positions WHERE act = a.id LIMIT 1) o ON true
LEFT JOIN LATERAL (SELECT * FROM amendments WHERE act = a.id LIMIT 1) m ON true
WHERE a.cycle = $1 AND a.path = $2
ORDER BY a.sequence;

-- name: ListActedOn :many
SELECT DISTINCT cycle, path FROM acts WHERE recorded_at >= $1;

-- name: FindLastRecorded :one
-- When an act was recorded last; the epoch where none was.
SELECT coalesce(max(recorded_at), 'epoch')::timestamptz FROM acts;

-- name: ListConfirmedOn :many
-- Where something was confirmed on a day, lately first. A confirmation has effect as of the day of what it confirms.
SELECT path FROM acts WHERE cycle = $1 AND kind = 'confirm' AND date = $2 GROUP BY path ORDER BY max(sequence) DESC;
