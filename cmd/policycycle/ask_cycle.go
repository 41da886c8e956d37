package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
)

func (a *app) cycleCommand() *cobra.Command {
	return group("cycle", "Start, change and look at cycles", "  policycycle cycle list\n  policycycle cycle show empact-2022-2025",
		a.cycleNewCommand(), a.cycleStartCommand(), a.cycleListCommand(), a.cycleShowCommand(),
		a.cycleAmendCommand(), a.cycleExportCommand(), a.cycleImportCommand(), a.cycleCheckCommand(), a.cycleSchemaCommand())
}

func (a *app) cycleStartCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "start FILE --as NAME@BODY",
		Short: "Start a cycle",
		Long: `Starts the cycle that a cycle file describes, or the example of that name. The
General Secretariat or the Presidency does so. To start the same file again
changes nothing.`,
		Example: "  policycycle cycle start empact-2026-2029 --as anna@general-secretariat",
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := a.cycleFile(args[0])
			if err != nil {
				return err
			}
			return enact(a, cmd, func(ctx context.Context, svc service.Service) (*service.Cycle, error) {
				started, err := svc.StartCycle(ctx, service.StartCycle{Definition: file.Definition})
				if err == nil && file.Script != nil {
					_, _ = fmt.Fprintln(a.err, "note: the script in the file is for policycycle rehearse; nobody acts it out here.")
				}
				return started, err
			}, func(p *page, started *service.Cycle) {
				if started.Begins.IsZero() {
					p.line("%s is under way: %s.", started.ID, stageText(started.CycleLine))
				} else {
					p.line("%s is recorded: it %s.", started.ID, stageText(started.CycleLine))
				}
				showWaiting(p, started.Waiting)
				p.line("\nNext: policycycle cycle show %s", started.ID)
			})
		},
	}
}

func (a *app) cycleShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "show CYCLE",
		Short:   "A whole cycle: stages, what waits, priorities, plans, decisions",
		Example: "  policycycle cycle show empact-2022-2025",
		RunE:    aboutCycle(a, service.Service.FindCycle, showCycle),
	}
}

func (a *app) cycleAmendCommand() *cobra.Command {
	var in service.AmendCycle
	c := &cobra.Command{
		Use:   "amend CYCLE FILE [--decision ACT-ID] --as NAME@BODY",
		Short: "Change a running cycle, resting on a recorded decision",
		Long: `Changes a cycle while it runs: its windows, periods, priorities and OAPs. The
change rests on a decision that is recorded already, such as the adoption of an
extraordinary item; policycycle show SUBJECT gives the ID of its record. Without a
decision the calendar of meetings changes and, until the Council has decided on them,
the priorities that are proposed to it.`,
		Example: "  policycycle cycle amend empact-2022-2025 two-year-oaps.yaml --decision 5f2c… --as anna@general-secretariat",
		RunE: func(cmd *cobra.Command, args []string) error {
			amendment, err := readFile(a, args[1], a.parts.readAmendment)
			if err != nil {
				return err
			}
			if in.Decision == "" && amendment.NeedsDecision() {
				return needed("decision", "say with --decision on which recorded decision the change rests")
			}
			in.Cycle, in.Amendment = args[0], amendment.Amendment
			return hand(a, cmd, func(svc service.Service, ctx context.Context, in service.AmendCycle) (*service.Receipt, error) {
				receipt, err := svc.AmendCycle(ctx, in)
				return receipt, amendment.Placed(err)
			}, in)
		},
	}
	c.Flags().StringVar(&in.Decision, "decision", "", "`ID` of the recorded decision it rests on")
	parsedFlag(c.Flags(), &in.Date, "date", policy.ParseDate, "`date` from which it counts (default: today on the cycle's calendar)")
	parsedFlag(c.Flags(), &in.Language, "language", policy.ParseLanguage, "`language` in which the reason is written, such as fr")
	c.Flags().StringVar(&in.ID, "id", "", "`ID` of the record, to repeat it safely (default: made from its content)")
	return c
}

func (a *app) cycleSchemaCommand() *cobra.Command {
	var amendment, state bool
	var message string
	c := &cobra.Command{
		Use:   "schema",
		Short: "The JSON Schema of cycle files, for editors, and of what travels through Temporal",
		Example: "  policycycle cycle schema > cycle.schema.json\n  policycycle cycle schema --amendment\n" +
			"  policycycle cycle schema --state\n  policycycle cycle schema --message approve",
		RunE: func(cmd *cobra.Command, _ []string) error {
			schema := files.Schema(files.CycleSchema)
			switch {
			case amendment:
				schema = files.Schema(files.AmendmentSchema)
			case state:
				schema = protocol.StateSchema()
			case cmd.Flags().Changed("message"):
				if schema = protocol.MessageSchema(message); schema == nil {
					return needed("message", "no message that carries an act is named %q: use %s", message, wordsText(protocol.Messages()))
				}
			}
			_, err := a.out.Write(schema)
			return err
		},
	}
	c.Flags().BoolVar(&amendment, "amendment", false, "the schema of amendment files")
	c.Flags().BoolVar(&state, "state", false, "the schema of what a run answers to the query state")
	c.Flags().StringVar(&message, "message", "", "the schema of what a message to a run carries: `MESSAGE` is "+wordsText(protocol.Messages()))
	c.MarkFlagsMutuallyExclusive("amendment", "state", "message")
	return c
}

// readFile opens a file, or standard input for "-", and reads it.
func readFile[T any](a *app, name string, read func(string, io.Reader) (T, error)) (nothing T, err error) {
	if name == "-" {
		return read("standard input", &bounded{Reader: a.in, left: mostInput})
	}
	file, err := os.Open(name)
	if err != nil {
		return nothing, unreadable(name, err)
	}
	defer func() { _ = file.Close() }()
	return read(name, &bounded{Reader: file, left: mostInput})
}

// mostInput is the most bytes of a file that a command reads.
const mostInput = 64 << 20

// bounded reads no more than it may, and refuses the rest.
type bounded struct {
	io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, needed("file", "the file is larger than %d MB: it is something else", mostInput>>20)
	}
	return n, err
}

func unreadable(name string, err error) error {
	if path, is := errors.AsType[*fs.PathError](err); is {
		err = path.Err
	}
	return needed("file", "the file %s cannot be read: %s", name, err)
}
