package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/policy"
)

// health is what the doctor says of one thing.
type health string

const (
	sound   health = "ok"
	doubt   health = "warn"
	unsafe  health = "bad"
	unknown health = "unknown"
)

// check is one thing that the doctor looked at.
type check struct {
	Check  string `json:"check"`
	Status health `json:"status"`
	Found  string `json:"found"`          // what is
	Why    string `json:"why,omitempty"`  // why it matters
	Mend   string `json:"mend,omitempty"` // what to do
}

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say what is not safe in this configuration, and what stands still",
		Long: `Looks at the configuration, the keys, Postgres and Temporal, and says what is not
safe or stands still, why it matters and what to do. It connects to all that the configuration
names: to Postgres as the login of database.url, to Temporal, and to the provider. It changes
nothing. The exit status is 18 where something is bad or unknown, for it could not be looked
at, and 0 where there are warnings at most. With -o json, each check has a status: ok, warn,
bad or unknown.`,
		Example: "  policycycle doctor\n  policycycle doctor -o json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			checks := a.examineAll(cmd.Context())
			if err := a.print(checks, func(p *page) { showChecks(p, checks) }); err != nil {
				return err
			}
			bad := 0
			for _, c := range checks {
				if c.Status == unsafe || c.Status == unknown {
					bad++
				}
			}
			if bad > 0 {
				return policy.Refuse(policy.CodeUnsafe, "%s not safe here, or not known", count(bad, "thing")+map[bool]string{true: " is", false: " are"}[bad == 1])
			}
			return nil
		},
	}
}

func showChecks(p *page, checks []check) {
	colours := map[health]style{sound: green, doubt: yellow, unsafe: red, unknown: faint}
	p.grid(cells{"", "what", "found"}, each(checks, func(c check) cells {
		said := c.Found
		if c.Status != sound && c.Why != "" {
			said += "; " + c.Why
		}
		if c.Status != sound && c.Mend != "" {
			said += ": " + c.Mend
		}
		return cells{p.paint(colours[c.Status], string(c.Status)), c.Check, said}
	}))
}

// examineAll looks at everything: what is written down here, and what that names elsewhere.
func (a *app) examineAll(ctx context.Context) []check {
	checks := append(a.examine(), a.examineProvider(ctx)...)
	conn, err := a.examined()
	if err != nil {
		return append(checks, check{"engine", unknown, refusalOf(err).Message, "nothing can be said of Postgres, Temporal and the runs", ""})
	}
	if conn.remote != nil {
		return append(checks, a.examineService(ctx, conn))
	}
	if conn.encryption, err = a.encryption(); err != nil {
		checks = append(checks, check{"keys that encrypt", unsafe, refusalOf(err).Message, "what needs them will not start", "look at encryption.keys"})
	}
	checks = append(checks, a.examineRecords(ctx, conn)...)
	checks = append(checks, a.examineTemporal(ctx, conn)...)
	return append(checks, a.examineOperations(ctx, conn)...)
}

// examined gives the engine to look at. Nobody acts there, so it needs no
// token.
func (a *app) examined() (connection, error) {
	if a.isClient() {
		return a.client()
	}
	conn, err := a.engine()
	conn, _ = a.believing(conn) // keys that cannot be read are a finding of their own
	return conn, err
}

// judged gives a check that is sound or not.
func judged(name string, fine bool, otherwise health, good, bad, why, mend string) check {
	if fine {
		return check{Check: name, Status: sound, Found: good}
	}
	return check{Check: name, Status: otherwise, Found: bad, Why: why, Mend: mend}
}

func worse(condition bool, then, otherwise health) health {
	if condition {
		return then
	}
	return otherwise
}

// troubled gives a check of which an error says what is wrong.
func troubled(name string, err error, good, why, mend string) check {
	if err == nil {
		return check{Check: name, Status: sound, Found: good}
	}
	return check{name, unsafe, refusalOf(err).Message, why, mend}
}
