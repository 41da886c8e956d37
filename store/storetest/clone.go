package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Clone copies what is recorded of a cycle, numbered from and to, so that there are many
// at once: small becomes small-1, small-2 … It needs the owner of the server, and gives no
// records that an auditor would find sound.
func Clone(ctx context.Context, owner *pgx.Conn, cycle string, from, to int) error {
	tables, err := columns(ctx, owner)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, owner, func(tx pgx.Tx) error {
		// What follows from other rows is copied with them.
		if _, err := tx.Exec(ctx, "SET LOCAL session_replication_role = replica"); err != nil {
			return err
		}
		for table, columns := range tables {
			if _, err := tx.Exec(ctx, copies(table, columns), cycle, from, to); err != nil {
				return fmt.Errorf("cloning %s: %w", table, err)
			}
		}
		return nil
	})
}

// ofActs are the tables that name their cycle by an act alone.
var ofActs = []string{"decisions", "decision_items", "positions"}

// columns gives the columns of the tables in which something of a cycle stands.
func columns(ctx context.Context, owner *pgx.Conn) (map[string][]string, error) {
	rows, err := owner.Query(ctx, `SELECT t.table_name::text, array_agg(c.column_name::text ORDER BY c.ordinal_position)
		FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name)
		WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT IN ('drafts', 'reads', 'mails', 'mail_rounds')
		GROUP BY t.table_name HAVING bool_or(column_name = 'cycle') OR t.table_name IN ('cycles', 'decisions', 'decision_items', 'positions', 'contents')`)
	if err != nil {
		return nil, err
	}
	tables := map[string][]string{}
	var table string
	var names []string
	_, err = pgx.ForEachRow(rows, []any{&table, &names}, func() error {
		tables[table] = slices.Clone(names)
		return nil
	})
	return tables, err
}

// named says whether what stands in a column is a name of its own in each cycle.
func named(table, column string) bool {
	switch table + "." + column {
	case "trail.act": // what was done
		return false
	case "amendments.decision", "contents.digest":
		return true
	}
	return slices.Contains([]string{"id", "act", "cycle", "act_id", "rests_on", "rectifies", "pending", "held"}, column)
}

func copies(table string, columns []string) string {
	values := make([]string, len(columns))
	for i, column := range columns {
		switch {
		case table == "cycles" && column == "created_at":
			values[i] = "t.created_at - n * interval '1 second'"
		case named(table, column):
			values[i] = fmt.Sprintf("CASE t.%[1]s WHEN '' THEN '' ELSE t.%[1]s || '-' || n END", column)
		default:
			values[i] = "t." + column
		}
	}
	of := "t.cycle = $1"
	switch {
	case table == "cycles":
		of = "t.id = $1"
	case table == "contents":
		of = "t.digest IN (SELECT held FROM acts WHERE cycle = $1)"
	case slices.Contains(ofActs, table):
		of = "t.act IN (SELECT id FROM acts WHERE cycle = $1)"
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s t, generate_series($2::int, $3::int) n WHERE %s",
		table, strings.Join(columns, ", "), strings.Join(values, ", "), table, of)
}
