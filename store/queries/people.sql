-- name: FindAccount :one
SELECT a.id, a.issuer, a.subject, a.person, coalesce(p.name, '') AS name, p.service, (p.erased_at IS NOT NULL)::boolean AS erased, a.claims_at, a.signed_out_at
FROM account_holders a JOIN persons p ON p.id = a.person
WHERE a.issuer = sqlc.arg(issuer) AND a.subject IN (sqlc.arg(subject)::text, sqlc.arg(apart)::text, sqlc.arg(erased)::text)
ORDER BY a.subject <> sqlc.arg(subject)::text, a.id LIMIT 1;

-- name: SignOut :exec
UPDATE accounts SET signed_out_at = greatest(signed_out_at, sqlc.arg(at)::timestamptz) WHERE issuer = sqlc.arg(issuer) AND subject = sqlc.arg(subject);

-- name: RenamePerson :exec
UPDATE persons SET name = sqlc.arg(name)::text, salt = sqlc.arg(salt)::text WHERE id = sqlc.arg(id) AND erased_at IS NULL;

-- name: FindPerson :one
SELECT id, coalesce(name, '') AS name, coalesce(salt, '') AS salt, service, erased_at FROM persons WHERE id = $1;

-- name: InsertPerson :one
INSERT INTO persons (name, salt, service) VALUES ($1, $2, $3) RETURNING id;

-- name: InsertAccount :one
INSERT INTO accounts (issuer, subject, person) VALUES ($1, $2, $3) RETURNING id;

-- name: TakeClaims :execrows
UPDATE accounts SET claims_at = sqlc.arg(issued)::timestamptz WHERE id = $1 AND (claims_at IS NULL OR claims_at < sqlc.arg(issued)::timestamptz);

-- name: RenameAccount :exec
UPDATE accounts SET subject = $2 WHERE id = $1;

-- name: ErasePerson :exec
UPDATE persons SET name = NULL, salt = NULL, erased_at = $2 WHERE id = $1 AND erased_at IS NULL;

-- name: LockAccount :exec
-- Whoever makes an account is alone in making it, and its person.
SELECT pg_advisory_xact_lock(hashtextextended('policycycle account ' || sqlc.arg(issuer)::text || ' ' || sqlc.arg(subject)::text, 0));

-- name: LockPeople :exec
SELECT pg_advisory_xact_lock(hashtext('policycycle people'));

-- name: LastPersonLine :one
SELECT sequence, hash FROM people_trail ORDER BY sequence DESC LIMIT 1;

-- name: InsertPersonLine :exec
INSERT INTO people_trail (sequence, person, account, body, hash, key_id, signature) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: ListPersonLines :many
SELECT * FROM people_trail WHERE person = $1 ORDER BY sequence;

-- name: ListAccountLines :many
SELECT * FROM people_trail WHERE account = $1 ORDER BY sequence;

-- name: ListPeopleTrail :many
SELECT * FROM people_trail ORDER BY sequence;

-- name: FindSealedFrom :one
SELECT * FROM sealed_from;

-- name: ListPersons :many
SELECT p.id, coalesce(p.name, '') AS name, coalesce(p.salt, '') AS salt, p.service, p.erased_at,
       coalesce((SELECT array_agg(a.issuer || ' ' || a.subject ORDER BY a.issuer, a.subject) FROM account_holders a WHERE a.person = p.id), '{}')::text[] AS accounts
FROM persons p ORDER BY p.id;

-- name: ListAccounts :many
SELECT id, issuer, subject FROM account_holders WHERE person = $1 ORDER BY issuer, subject;

-- name: EndSessions :exec
-- What all log-ins of an account share stands under its digest.
DELETE FROM sessions WHERE token = ANY(sqlc.arg(words)::text[]);

-- name: TakeTurn :execrows
-- One of those who want to do something at once may, for a time.
INSERT INTO sessions (token, data, expiry) VALUES (sqlc.arg(word)::text, ''::bytea, sqlc.arg(until)::timestamptz)
ON CONFLICT (token) DO UPDATE SET expiry = EXCLUDED.expiry WHERE sessions.expiry < current_timestamp;
