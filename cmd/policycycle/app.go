package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/remote"
	"github.com/policycycle/policycycle/telemetry"
)

// app is one run of the command line: its parts, its streams and, once the
// flags are read, its configuration.
type app struct {
	parts   parts
	in      io.Reader
	out     *screen   // results
	err     *screen   // errors, progress and the log
	told    *progress // on err
	environ []string
	began   time.Time

	root     *cobra.Command
	accepted bool   // the command line was understood and its command runs
	format   string // of results: table, json or yaml
	config   *config.Config
	who      *policy.Actor // who acts, once that is known
	message  string        // as what an act is printed instead of recorded; empty for recorded
	log      zerolog.Logger
}

func newApp(p parts, in io.Reader, out, err io.Writer, environ []string) *app {
	a := &app{
		parts: p, in: in, environ: environ, began: began,
		out: newScreen(out, environ), err: newScreen(err, environ),
		log: zerolog.Nop(), config: &config.Config{}, format: formatTable,
	}
	a.told = &progress{screen: a.err}
	a.root = a.rootCommand()
	return a
}

// run does what args say and gives the exit status.
func (a *app) run(ctx context.Context, args []string) int {
	a.root.SetArgs(args)
	a.root.SetIn(a.in)
	a.root.SetOut(a.out)
	a.root.SetErr(a.err)
	command, err := a.root.ExecuteContextC(ctx)
	if err != nil && !a.accepted {
		err = misused(command, err)
	}
	return a.report(ctx, err)
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "policycycle COMMAND",
		Short: "Run the EU policy cycle against serious and organised crime (EMPACT)",
		Long: `policycycle runs the EU policy cycle against serious and organised crime: from
the threat assessment over the Council's priorities, MASPs and OAPs to the
evaluation. It knows whose turn it is, reminds, and keeps the record.`,
		Example: `  policycycle up                           # in one terminal
  policycycle rehearse empact-2022-2025    # in another
  policycycle cycle list`,
		Version:           readBuildInfo().Version,
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              noSuchCommand,
		RunE:              showHelp,
		PersistentPreRunE: a.prepare,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
	}
	flags := root.PersistentFlags()
	flags.StringVarP(&a.format, "output", "o", formatTable, "how results are written: `table, json or yaml`")
	config.AddFlags(flags)
	a.completingEverywhere(root)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return misused(c, flagRefusal(err)) })
	root.SetUsageTemplate(usageTemplate)
	root.AddGroup(
		&cobra.Group{ID: "run", Title: "Run:"},
		&cobra.Group{ID: "act", Title: "Record what the institutions do:"},
		&cobra.Group{ID: "ask", Title: "Ask where things stand:"},
		&cobra.Group{ID: "trust", Title: "Show that it can be trusted:"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("run", a.upCommand(), a.rehearseCommand(), a.migrateCommand(), a.workerCommand(), a.serveCommand(), a.loginCommand(), a.logoutCommand())
	add("act", a.decideCommand(), a.confirmCommand(), a.setAsideCommand(), a.silenceCommand(), a.positionCommand(), a.correctCommand(), a.finaliseCommand(), a.submitCommand(), a.itemCommand(), a.registerCommand(), a.roundCommand(), a.meetingCommand(),
		a.draftCommand(), a.claimCommand(), a.remindCommand(), a.envelopeCommand())
	add("ask", a.cycleCommand(), a.inboxCommand(), a.calendarCommand(), a.mailCommand(), a.webhookCommand(), a.showCommand(), a.searchCommand(), a.watchCommand(), a.contentCommand(), a.paperCommand(), a.findingsCommand(), a.complianceCommand(), a.rulesCommand(),
		a.sheetCommand(), a.reportCommand(), a.pressCommand(), a.obligationsCommand(), a.handoverCommand(), a.moneyCommand(),
		a.objectivesCommand(), a.seriesCommand(), a.trailCommand(), a.extractCommand(), a.rolesCommand())
	add("trust", a.doctorCommand(), a.auditCommand(), a.dossierCommand(), a.archiveCommand(), a.peopleCommand(), a.keysCommand())
	add("", a.configCommand(), a.versionCommand(), a.manCommand(), exitCodesTopic(), settingsTopic())
	root.SetVersionTemplate("policycycle {{.Version}}\n")
	root.SetHelpCommand(helpCommand())
	inAll(root, func(c *cobra.Command) {
		c.DisableFlagsInUseLine = true
		takesArguments(c)
		a.completing(c)
	})
	return root
}

// inAll does something to a command and all below it.
func inAll(c *cobra.Command, do func(*cobra.Command)) {
	do(c)
	for _, child := range c.Commands() {
		inAll(child, do)
	}
}

// prepare reads the configuration before a command does anything.
func (a *app) prepare(cmd *cobra.Command, _ []string) error {
	if err := checkFormat(a.format); err != nil {
		a.format = formatTable
		return misused(cmd, err)
	}
	a.accepted = true
	if err := a.configure(cmd); err != nil {
		return misconfigured(err)
	}
	return a.startLog("")
}

// configure reads the configuration.
func (a *app) configure(cmd *cobra.Command) error {
	dir, err := a.parts.defaultData()
	if err != nil {
		dir = "" // only who needs it is told
	}
	c, err := config.Load(config.Input{Environ: a.environ, Flags: cmd.Flags(), DefaultData: dir})
	if err == nil {
		a.config = c
	}
	return err
}

// startLog sets up the log; level is what a command logs from when nobody has
// said otherwise, empty for the general default.
func (a *app) startLog(level string) error {
	if level == "" || a.config.Origin("log.level").Kind != config.FromDefault {
		level = a.config.Log.Level
	}
	var err error
	a.log, err = telemetry.NewLogger(a.err, telemetry.Options{
		Level: level, Format: a.config.Log.Format, Terminal: a.err.terminal, Colour: a.err.colour,
	})
	return err
}

// logAll has whatever knows the log of the standard library alone, as what clears away
// old log-ins does, say it in the log of ours.
func (a *app) logAll() {
	telemetry.HearAll(a.log)
}

// inField names the field that a refusal is about, where it does not yet.
func inField(field string, err error) error {
	refusal, is := errors.AsType[*policy.Error](err)
	if is && refusal.Field == "" {
		named := *refusal
		named.Field = field
		return &named
	}
	return err
}

// ask puts a question to the records and waits for the answer. It needs no Temporal.
func (a *app) ask(ctx context.Context, question func(context.Context, service.Service) error) error {
	return a.atRecords(ctx, asking, question)
}

// change changes what is no act: drafts, what somebody has taken on, reminders, people.
// It needs no Temporal either, and is waited for as an act is.
func (a *app) change(ctx context.Context, deed func(context.Context, service.Service) error) error {
	if _, err := a.actor(); err != nil {
		return err
	}
	return a.atRecords(ctx, acting, deed)
}

// atRecords does something at the records as whoever asks, waited for in a way.
func (a *app) atRecords(ctx context.Context, waited way, do func(context.Context, service.Service) error) error {
	conn, err := a.asked()
	if err != nil {
		return err
	}
	var r *rooms
	err = a.wait(ctx, asking(conn.name, nil), func(ctx context.Context) (err error) {
		r, err = a.parts.read(ctx, conn)
		return err
	})
	if err != nil {
		return err
	}
	defer r.close()
	return a.wait(ctx, waited(conn.name, r.alive), func(ctx context.Context) error {
		svc, err := a.given(ctx, r.Service)
		if err != nil {
			return err
		}
		return do(ctx, svc)
	})
}

// given gives the service to whoever asks. Who operates the machine with the local
// identity, and says no name, sees everything and does nothing; with a provider, who
// shows no token is the public.
func (a *app) given(ctx context.Context, svc service.Service) (service.Service, error) {
	oidc := a.config.Identity.Kind == config.IdentityOIDC
	if _, remotely := svc.(*remote.Service); remotely { // it knows who shows the token
		return svc, nil
	}
	if a.config.As == "" && !oidc {
		return svc, nil
	}
	if oidc && a.config.Identity.Token == "" && a.config.Identity.TokenFile == "" {
		return svc.As(policy.Principal{}), nil
	}
	by, err := a.actor()
	if err != nil {
		return nil, err
	}
	return service.As(ctx, svc, by)
}

// act does one act at the engine.
func (a *app) act(ctx context.Context, act func(context.Context, service.Service) error) error {
	return a.withRooms(ctx, func(r *rooms) error { return a.record(ctx, r, act) })
}

// withRooms reaches the engine for as long as do needs it, once it is known who acts.
func (a *app) withRooms(ctx context.Context, do func(*rooms) error) error {
	if _, err := a.actor(); err != nil {
		return err
	}
	conn, err := a.asked()
	if err != nil {
		return err
	}
	r, err := a.reach(ctx, conn)
	if err != nil {
		return err
	}
	defer r.close()
	return do(r)
}

// reach connects to an engine and waits for it.
func (a *app) reach(ctx context.Context, conn connection) (r *rooms, err error) {
	conn.timeout = a.config.Timeout
	opening := asking(conn.name, nil)
	opening.after = ": nothing was changed"
	err = a.wait(ctx, opening, func(ctx context.Context) (err error) {
		r, err = a.parts.open(ctx, conn, a.log)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.name = conn.name
	return r, nil
}

// record does one act at an engine that was reached, in the name of whoever asks.
func (a *app) record(ctx context.Context, r *rooms, act func(context.Context, service.Service) error) error {
	return a.wait(ctx, acting(r.name, r.alive), func(ctx context.Context) error {
		svc, err := a.given(ctx, r.Service)
		if err != nil {
			return err
		}
		return act(ctx, svc)
	})
}

// late puts into words that time ran out, unless the service already has, or
// somebody pressed Ctrl-C.
func late(ctx context.Context, err error, code policy.Code, format string, args ...any) error {
	if errors.Is(err, context.DeadlineExceeded) && policy.CodeOf(err) == policy.CodeInternal && ctx.Err() == nil {
		return policy.Refuse(code, format, args...)
	}
	return err
}
