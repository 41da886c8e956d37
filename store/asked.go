package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/store/sqlc"
)

// asked has each question of a list planned for what is asked: one plan for all filters
// would read everything for each. So the conditions that do not apply cost nothing, and how
// much is wanted counts.
type asked struct{ sqlc.DBTX }

// Query implements sqlc.DBTX.
func (a asked) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return a.DBTX.Query(ctx, sql, append([]any{pgx.QueryExecModeCacheDescribe}, args...)...)
}
