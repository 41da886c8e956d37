-- name: FindAccount :one
SELECT a.person, coalesce(p.name, '') AS name, p.service FROM accounts a JOIN persons p ON p.id = a.person
WHERE a.issuer = $1 AND a.subject = $2;

-- name: FindPerson :one
SELECT id, coalesce(name, '') AS name, service, erased_at FROM persons WHERE id = $1;

-- name: InsertPerson :one
INSERT INTO persons (name, service) VALUES ($1, $2) RETURNING id;

-- name: InsertAccount :execrows
INSERT INTO accounts (issuer, subject, person) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: LinkAccount :execrows
UPDATE accounts SET person = $3 WHERE issuer = $1 AND subject = $2;

-- name: ErasePerson :execrows
UPDATE persons SET name = NULL, erased_at = $2 WHERE id = $1 AND erased_at IS NULL;

-- name: ListGrants :many
SELECT DISTINCT ON (role, body, scope, source) role, body, scope, source, given, given_at
FROM grants WHERE person = $1 ORDER BY role, body, scope, source, id DESC;

-- name: InsertGrant :exec
INSERT INTO grants (person, role, body, scope, source, given, given_by, given_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: ListPersons :many
SELECT p.id, coalesce(p.name, '') AS name, p.service, p.erased_at,
       coalesce((SELECT array_agg(a.issuer || ' ' || a.subject ORDER BY a.issuer, a.subject) FROM accounts a WHERE a.person = p.id), '{}')::text[] AS accounts
FROM persons p ORDER BY p.id;

-- name: ForgetAccounts :exec
UPDATE accounts SET subject = 'erased ' || person || ' ' || md5(random()::text) WHERE person = $1;
