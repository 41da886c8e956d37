-- name: PutMailChoice :exec
-- Who wants more than before begins anew.
INSERT INTO mail_choices (person, body, address, kinds, language) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (person, body) DO UPDATE SET address = excluded.address, kinds = excluded.kinds, language = excluded.language,
    begun = mail_choices.begun AND mail_choices.kinds @> excluded.kinds;

-- name: FindMailChoice :one
SELECT * FROM mail_choices WHERE person = $1 AND body = $2;

-- name: ListMailChoices :many
-- Of those who get mail.
SELECT * FROM mail_choices WHERE kinds <> '{}' ORDER BY id;

-- name: ForgetMailChoice :exec
-- Nobody knows the address any more, and no mail waits for it.
WITH forgotten AS (UPDATE mail_choices SET address = '', kinds = '{}' WHERE person = $1 RETURNING id)
UPDATE mails SET state = 'overtaken', next_at = NULL, ended_at = sqlc.arg(at)::timestamptz
WHERE state = 'waiting' AND choice IN (SELECT id FROM forgotten);

-- name: BeginMail :one
-- Says whether mail had begun before.
UPDATE mail_choices c SET begun = true FROM mail_choices was WHERE c.id = $1 AND was.id = c.id RETURNING was.begun;

-- name: PutMail :exec
-- One there is already stays as it is.
INSERT INTO mails (choice, mark, kind, notice, cycle, path, on_date, made_at, state, next_at, ended_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, sqlc.arg(at), $8, sqlc.narg(next_at), sqlc.narg(ended_at)) ON CONFLICT (choice, mark) DO NOTHING;

-- name: OvertakeMails :exec
-- What waits and is wanted no more.
UPDATE mails SET state = 'overtaken', next_at = NULL, ended_at = sqlc.arg(at)::timestamptz
WHERE choice = $1 AND state = 'waiting' AND NOT mark = ANY(sqlc.arg(wanted)::text[]);

-- name: ListMailsDue :many
SELECT id, mark, attempts FROM mails WHERE choice = $1 AND state = 'waiting' AND next_at <= sqlc.arg(at)::timestamptz ORDER BY id;

-- name: EndMail :exec
UPDATE mails SET state = sqlc.arg(state), attempts = attempts + 1, next_at = NULL, ended_at = sqlc.arg(at)::timestamptz, said = sqlc.arg(said)
WHERE id = $1 AND state = 'waiting';

-- name: PutOffMail :exec
UPDATE mails SET attempts = attempts + 1, next_at = sqlc.arg(next_at)::timestamptz, said = sqlc.arg(said) WHERE id = $1 AND state = 'waiting';

-- name: BounceMail :one
UPDATE mails SET state = 'bounced', said = sqlc.arg(said), ended_at = sqlc.arg(at)::timestamptz WHERE id = $1 AND state IN ('sent', 'bounced') RETURNING id;

-- name: NextMail :many
SELECT next_at FROM mails WHERE state = 'waiting' ORDER BY next_at LIMIT 1;

-- name: ListMails :many
-- Of one person, or of everybody; the latest first. What was known before is no mail.
SELECT m.id, m.kind, m.notice, m.cycle, m.path, m.on_date, m.made_at, m.state, m.attempts, m.next_at, m.ended_at, m.said, c.person, c.body, c.address, coalesce(p.name, '') AS name
FROM mails m JOIN mail_choices c ON c.id = m.choice JOIN persons p ON p.id = c.person
WHERE m.state <> 'known' AND (sqlc.arg(everybody)::boolean OR c.person = sqlc.arg(person))
    AND (sqlc.arg(past)::bigint = 0 OR m.id < sqlc.arg(past)) AND (NOT sqlc.arg(failed)::boolean OR m.state IN ('refused', 'bounced') OR m.state = 'waiting' AND m.attempts > 0)
ORDER BY m.id DESC LIMIT sqlc.arg(most);

-- name: ListReminders :many
-- Those given on turns that are not over, by the ladder or by hand.
SELECT s.cycle, s.path, n.kind, n.on_date, n.recipients
FROM subjects s JOIN notices n ON n.cycle = s.cycle AND n.path = s.path AND n.version = s.version AND n.turns = s.turns AND n.due = s.due
WHERE s.due IS NOT NULL
UNION ALL
SELECT s.cycle, s.path, 'asked', r.on_date, ARRAY[r.recipient]
FROM subjects s JOIN reminders_asked r ON r.cycle = s.cycle AND r.path = s.path AND r.on_date >= s.since
WHERE s.due IS NOT NULL
ORDER BY 1, 2, 4, 3;

-- name: ListRehearsed :many
-- Where the calendars of rehearsals stand, and how much is recorded in them.
SELECT c.id, c.day, c.sequence, (SELECT count(*) FROM notices n WHERE n.cycle = c.id) AS notices
FROM cycles c WHERE c.rehearsal AND c.day IS NOT NULL AND (sqlc.arg(of_cycle)::text = '' OR c.id = sqlc.arg(of_cycle));

-- name: PutMailRound :exec
INSERT INTO mail_rounds (cycle, day, sequence, notices) VALUES ($1, $2, $3, $4)
ON CONFLICT (cycle) DO UPDATE SET day = excluded.day, sequence = excluded.sequence, notices = excluded.notices;

-- name: FindMailRound :one
SELECT day, sequence, notices FROM mail_rounds WHERE cycle = $1;
