-- name: InsertCalendar :one
INSERT INTO calendars (token, person, body, of_body, of_cycle, language, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id;

-- name: ListCalendars :many
-- Of one person, or of everybody; those alone that are read.
SELECT c.id, c.person, coalesce(p.name, '') AS name, c.of_body, c.of_cycle, c.language, c.made_at, c.read_on
FROM calendars c JOIN persons p ON p.id = c.person
WHERE c.revoked_at IS NULL AND (sqlc.arg(everybody)::boolean OR c.person = sqlc.arg(person)) ORDER BY c.id;

-- name: FindCalendar :one
SELECT id, person, revoked_at FROM calendars WHERE id = $1;

-- name: OpenCalendar :one
SELECT id, person, body, of_body, of_cycle, language, read_on FROM calendars WHERE token = $1 AND revoked_at IS NULL;

-- name: RevokeCalendar :exec
UPDATE calendars SET revoked_at = sqlc.arg(at)::timestamptz WHERE id = $1 AND revoked_at IS NULL;

-- name: ReadCalendar :exec
UPDATE calendars SET read_on = sqlc.arg(day)::date WHERE id = $1;
