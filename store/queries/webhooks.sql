-- name: InsertWebhook :one
INSERT INTO webhooks (person, body, url, of_cycle, kinds, secret, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id;

-- name: BeginWebhook :exec
-- It is told of what is recorded from now on.
INSERT INTO webhook_positions (webhook, of_cycle, sequence)
SELECT sqlc.arg(webhook)::bigint, c.id, c.sequence FROM cycles c
WHERE sqlc.arg(of_cycle)::text = c.id OR sqlc.arg(of_cycle)::text = '' AND NOT c.rehearsal;

-- name: CountWebhooks :one
SELECT count(*) FROM webhooks WHERE person = $1 AND state <> 'removed';

-- name: ListWebhooks :many
-- Of one person, or of everybody.
SELECT w.id, w.person, coalesce(p.name, '') AS name, w.body, w.url, w.of_cycle, w.kinds, w.state, w.made_at, w.failures, w.next_at, w.former_until,
    (SELECT count(*) FROM deliveries d WHERE d.webhook = w.id AND d.state = 'waiting') AS waiting
FROM webhooks w JOIN persons p ON p.id = w.person
WHERE w.state <> 'removed' AND (sqlc.arg(everybody)::boolean OR w.person = sqlc.arg(person)) ORDER BY w.id;

-- name: FindWebhook :one
SELECT * FROM webhooks WHERE id = $1 AND state <> 'removed' FOR UPDATE;

-- name: FindWebhookPerson :one
SELECT person FROM webhooks WHERE id = $1 AND state <> 'removed';

-- name: SetWebhookState :exec
-- Where it begins again it is tried at once.
UPDATE webhooks SET state = sqlc.arg(state), failures = 0, next_at = NULL WHERE id = $1 AND state <> 'removed';

-- name: RemoveWebhook :exec
UPDATE webhooks SET state = 'removed', secret = '', former = NULL, former_until = NULL, next_at = NULL WHERE id = $1;

-- name: EndDeliveries :exec
-- What waits for a webhook that is removed leaves no more.
UPDATE deliveries SET state = 'withheld', ended_at = sqlc.arg(at)::timestamptz WHERE webhook = $1 AND state = 'waiting';

-- name: RemoveWebhooksOf :exec
WITH removed AS (
    UPDATE webhooks SET state = 'removed', secret = '', former = NULL, former_until = NULL, next_at = NULL WHERE person = $1 AND state <> 'removed' RETURNING id
)
UPDATE deliveries SET state = 'withheld', ended_at = sqlc.arg(at)::timestamptz
WHERE state = 'waiting' AND webhook IN (SELECT id FROM removed);

-- name: RotateWebhook :exec
UPDATE webhooks SET former = secret, former_until = sqlc.arg(until)::timestamptz, secret = sqlc.arg(secret) WHERE id = $1;

-- name: ListActiveWebhooks :many
SELECT * FROM webhooks WHERE state = 'active' ORDER BY id;

-- name: ListUntold :many
-- What was recorded behind the positions of a webhook, in the order of each trail.
SELECT t.cycle, t.sequence, t.act, t.accepted, t.recorded_at
FROM webhooks w JOIN cycles c ON c.id = w.of_cycle OR w.of_cycle = '' AND NOT c.rehearsal
    LEFT JOIN webhook_positions p ON p.webhook = w.id AND p.of_cycle = c.id
    JOIN trail t ON t.cycle = c.id AND t.sequence > coalesce(p.sequence, 0)
WHERE w.id = $1 AND c.sequence > coalesce(p.sequence, 0)
ORDER BY t.cycle, t.sequence LIMIT sqlc.arg(most);

-- name: PutDelivery :exec
-- One there is already stays as it is.
INSERT INTO deliveries (webhook, of_cycle, sequence, kind, made_at, queued_at)
VALUES ($1, $2, $3, $4, sqlc.arg(made_at), sqlc.arg(at)) ON CONFLICT (webhook, of_cycle, sequence) WHERE of_cycle <> '' DO NOTHING;

-- name: PutTrial :one
INSERT INTO deliveries (webhook, kind, made_at, queued_at) VALUES ($1, 'test', sqlc.arg(at), sqlc.arg(at)) RETURNING id;

-- name: PutWebhookPosition :exec
INSERT INTO webhook_positions (webhook, of_cycle, sequence) VALUES ($1, $2, $3)
ON CONFLICT (webhook, of_cycle) DO UPDATE SET sequence = greatest(webhook_positions.sequence, excluded.sequence);

-- name: ListWaitingDeliveries :many
SELECT id, of_cycle, sequence, kind, made_at, attempts FROM deliveries WHERE webhook = $1 AND state = 'waiting' ORDER BY id LIMIT sqlc.arg(most);

-- name: EndDelivery :exec
UPDATE deliveries SET state = sqlc.arg(state), attempts = attempts + sqlc.arg(tried)::int, ended_at = sqlc.arg(at)::timestamptz, status = sqlc.arg(status), said = sqlc.arg(said)
WHERE id = $1 AND state = 'waiting';

-- name: WebhookAnswered :exec
UPDATE webhooks SET failures = 0, next_at = NULL WHERE id = $1 AND failures > 0;

-- name: PutOffDelivery :exec
UPDATE deliveries SET attempts = attempts + 1, status = sqlc.arg(status), said = sqlc.arg(said) WHERE id = $1 AND state = 'waiting';

-- name: PutOffWebhook :exec
UPDATE webhooks SET failures = failures + 1, next_at = sqlc.arg(next_at)::timestamptz WHERE id = $1;

-- name: FailDeliveries :many
-- What has waited for too long; one is tried in vain at least.
UPDATE deliveries SET state = 'failed', ended_at = sqlc.arg(at)::timestamptz
WHERE webhook = $1 AND state = 'waiting' AND queued_at <= sqlc.arg(before)::timestamptz RETURNING id;

-- name: NextDelivery :many
-- When a webhook for which something waits is tried next; the epoch for at once.
SELECT coalesce(w.next_at, 'epoch')::timestamptz AS next_at FROM webhooks w
WHERE w.state = 'active' AND EXISTS (SELECT FROM deliveries d WHERE d.webhook = w.id AND d.state = 'waiting') ORDER BY 1 LIMIT 1;

-- name: ReplayDeliveries :execrows
-- Those that did not arrive; one alone, or all since an instant, whatever became of them.
UPDATE deliveries SET state = 'waiting', attempts = 0, ended_at = NULL, status = 0, said = '', queued_at = sqlc.arg(at)::timestamptz
WHERE webhook = $1 AND state <> 'waiting' AND CASE
    WHEN sqlc.arg(delivery)::bigint <> 0 THEN id = sqlc.arg(delivery)
    WHEN sqlc.narg(since)::timestamptz IS NOT NULL THEN made_at >= sqlc.narg(since)
    ELSE state IN ('failed', 'withheld') END;

-- name: ListDeliveries :many
-- The latest first.
SELECT id, webhook, of_cycle, sequence, kind, made_at, state, attempts, ended_at, status, said FROM deliveries
WHERE webhook = $1 AND (sqlc.arg(past)::bigint = 0 OR id < sqlc.arg(past))
    AND (NOT sqlc.arg(failed)::boolean OR state IN ('failed', 'withheld') OR state = 'waiting' AND attempts > 0)
ORDER BY id DESC LIMIT sqlc.arg(most);
