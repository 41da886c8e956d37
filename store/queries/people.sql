-- name: FindAccount :one
SELECT a.id, a.person, coalesce(p.name, '') AS name, p.service, (p.erased_at IS NOT NULL)::boolean AS erased, a.claims_at
FROM accounts a JOIN persons p ON p.id = a.person
WHERE a.issuer = sqlc.arg(issuer) AND a.subject IN (sqlc.arg(subject)::text, sqlc.arg(erased)::text);

-- name: FindPerson :one
SELECT id, coalesce(name, '') AS name, service, erased_at FROM persons WHERE id = $1;

-- name: InsertPerson :one
INSERT INTO persons (name, service) VALUES ($1, $2) RETURNING id;

-- name: InsertAccount :execrows
INSERT INTO accounts (issuer, subject, person) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: TakeClaims :execrows
UPDATE accounts SET claims_at = sqlc.arg(issued)::timestamptz WHERE id = $1 AND (claims_at IS NULL OR claims_at < sqlc.arg(issued)::timestamptz);

-- name: MoveAccount :exec
UPDATE accounts SET person = $2, subject = $3 WHERE id = $1;

-- name: InsertAccountMove :exec
INSERT INTO account_moves (account, from_person, to_person, moved_by, moved_at) VALUES ($1, $2, $3, $4, $5);

-- name: ErasePerson :exec
UPDATE persons SET name = NULL, erased_at = $2 WHERE id = $1 AND erased_at IS NULL;

-- name: ListGrants :many
SELECT DISTINCT ON (role, body, scope, source, account) role, body, scope, source, account, given, given_at
FROM grants WHERE person = $1 ORDER BY role, body, scope, source, account, id DESC;

-- name: InsertGrant :exec
INSERT INTO grants (person, role, body, scope, source, account, given, given_by, given_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: ListPersons :many
SELECT p.id, coalesce(p.name, '') AS name, p.service, p.erased_at,
       coalesce((SELECT array_agg(a.issuer || ' ' || a.subject ORDER BY a.issuer, a.subject) FROM accounts a WHERE a.person = p.id), '{}')::text[] AS accounts
FROM persons p ORDER BY p.id;

-- name: ListAccounts :many
SELECT id, issuer, subject FROM accounts WHERE person = $1 ORDER BY issuer, subject;

-- name: EndSessions :exec
-- The log-ins of browsers of somebody; what is kept of one names who it is.
DELETE FROM sessions WHERE position(convert_to(sqlc.arg(named)::text, 'UTF8') IN data) > 0;
