package workflows

import (
	"context"
	"crypto/rand"
	"log"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"runtime"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rs/zerolog"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/policy"
)

// Each of these workflows would take another way when it is replayed.

func badClock(workflow.Context) time.Time           { return time.Now() }
func badSince(_ workflow.Context, at time.Time) any { return time.Since(at) }
func badSleep(workflow.Context)                     { time.Sleep(time.Second) }
func badTimer(workflow.Context) any                 { return time.NewTimer(time.Second) }
func badAfter(workflow.Context) any                 { return time.After(time.Second) }
func badZone(workflow.Context) any                  { zone, _ := time.LoadLocation("Local"); return zone }
func badLocal(_ workflow.Context, at time.Time) any { return at.Local() }
func badEnvironment(workflow.Context) string        { return os.Getenv("HOME") }
func badLookup(workflow.Context) any                { value, _ := os.LookupEnv("HOME"); return value }
func badFile(workflow.Context) any                  { content, _ := os.ReadFile("rules.yaml"); return content }
func badHost(workflow.Context) any                  { name, _ := os.Hostname(); return name }
func badCPU(workflow.Context) int                   { return runtime.NumCPU() }
func badChance(workflow.Context) int                { return mathrand.IntN(6) }
func badText(workflow.Context) string               { return rand.Text() }
func badUUID(workflow.Context) string               { return uuid.NewString() }
func badLog(workflow.Context)                       { log.Println("again") }
func badSlog(workflow.Context)                      { slog.Info("again") }
func badGo(workflow.Context)                        { go func() {}() }
func badPrint(workflow.Context)                     { println("not seen"); badDeeper() }
func badDeeper()                                    { _ = uuid.New() }

func badMap(_ workflow.Context, m map[string]int) (sum int) {
	for _, n := range m {
		sum += n
	}
	return sum
}

func badZerolog(_ workflow.Context, l zerolog.Logger) { l.Info().Msg("again") }

func badPool(_ workflow.Context, p *pgxpool.Pool) error {
	_, err := p.Exec(context.Background(), "SELECT 1")
	return err
}

func badConnection(_ workflow.Context, c *pgx.Conn) any {
	return c.QueryRow(context.Background(), "SELECT 1")
}

func badCalendar(ctx workflow.Context, c policy.Calendar) policy.Date {
	return c.Today(workflow.Now(ctx))
}

// These are as they should be.

func goodClock(ctx workflow.Context) time.Time { return workflow.Now(ctx) }

func goodSleep(ctx workflow.Context) error { return workflow.Sleep(ctx, time.Second) }

func goodLog(ctx workflow.Context) { workflow.GetLogger(ctx).Info("once") }

func goodChance(ctx workflow.Context) any {
	return workflow.SideEffect(ctx, func(workflow.Context) any { return uuid.NewString() })
}
