-- The database of policycycle, its owner and its logins. An administrator of the server runs
-- it once, with psql, in the folder with the four files of passwords:
--
--   psql "host=db.example.eu user=postgres dbname=postgres sslmode=verify-full" -f postgres.sql
--
-- Everything in it may be there already but the owner, the logins and the database.

\set ON_ERROR_STOP on
\set owner_password `cat owner.password`
\set serve_password `cat serve.password`
\set worker_password `cat worker.password`
\set auditor_password `cat auditor.password`

-- What processes may do. `policycycle migrate` grants these roles what they need; see
-- docs/hardening.md. Where the owner of the tables may make roles it makes them itself: here it
-- may not, and needs no right outside its database.
SELECT format('CREATE ROLE %I NOLOGIN', name)
FROM unnest(ARRAY['policycycle_app', 'policycycle_serve', 'policycycle_worker', 'policycycle_auditor']) AS name
WHERE name NOT IN (SELECT rolname FROM pg_roles) \gexec
GRANT policycycle_serve, policycycle_worker TO policycycle_app;

-- Who owns the tables. `policycycle migrate` alone logs in so.
CREATE ROLE policycycle_owner LOGIN PASSWORD :'owner_password';

-- A login for each kind of process.
CREATE ROLE serve LOGIN PASSWORD :'serve_password' IN ROLE policycycle_serve;
CREATE ROLE worker LOGIN PASSWORD :'worker_password' IN ROLE policycycle_worker;
CREATE ROLE auditor LOGIN PASSWORD :'auditor_password' IN ROLE policycycle_auditor;

CREATE DATABASE policycycle OWNER policycycle_owner;

-- Every database lets everybody connect unless that is revoked. Do so for the others of the
-- server, too, or these logins reach them.
REVOKE CONNECT ON DATABASE policycycle FROM PUBLIC;
GRANT CONNECT ON DATABASE policycycle TO policycycle_serve, policycycle_worker, policycycle_auditor;

\connect policycycle
ALTER SCHEMA public OWNER TO policycycle_owner; -- before PostgreSQL 15 it is the administrator's
