package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
)

func (a *app) envelopeCommand() *cobra.Command {
	c := group("envelope", "Print the envelope of an act, for any client of Temporal to deliver",
		`  policycycle envelope decide empact-2022-2025/priorities --body council --outcome adopted \
    --document "ST 8665/21" --as anna@general-secretariat |
    temporal workflow update execute -w cycle/empact-2022-2025 --name act --input-file /dev/stdin
  policycycle envelope approve empact-2022-2025/priorities --document "ST 8665/21" \
    --as anna@general-secretariat |
    temporal workflow update execute -w cycle/empact-2022-2025 --name approve --input-file /dev/stdin`,
		a.shortCommand(policy.MessageApprove), a.shortCommand(policy.MessageConclude),
		a.enclosing("decide", "decide", a.decideCommand()), a.enclosing("confirm", "confirm", a.confirmCommand()),
		a.enclosing("set-aside", "set-aside", a.setAsideCommand()), a.enclosing("silence", "silence", a.silenceCommand()),
		a.enclosing("position", "position", a.positionCommand()), a.enclosing("correct", "correct", a.correctCommand()),
		a.enclosing("finalise", "finalise", a.finaliseCommand()), a.enclosing("submit", "submit", a.submitCommand()),
		a.enclosing("open", "item open", a.itemOpenCommand()), a.enclosing("amend", "cycle amend", a.cycleAmendCommand()))
	c.Long = `Prints the envelope of an act instead of recording it: the seal of the office is on it
where acts are sealed, and what was left out is filled in. Any client of Temporal may
deliver it, within 72 hours where it is sealed, and as often as it likes: it is one act.

An envelope is sent by the name act. approve, conclude, confirm and submit print a short
message, which is sent by that name. To whom it goes is said beside it.`
	return c
}

// enclosing gives a command that prints the envelope of what another one records.
func (a *app) enclosing(name, records string, c *cobra.Command) *cobra.Command {
	_, rest, _ := strings.Cut(c.Use, " ")
	c.Use, c.Short = name+" "+rest, "Print the envelope of what policycycle "+records+" records"
	c.Long = "Prints what policycycle " + records + " records as a message, and records nothing.\nIts flags are those of that command: policycycle help " + records + "."
	c.Example = strings.ReplaceAll(c.Example, "policycycle "+records+" ", "policycycle envelope "+name+" ")
	lines := strings.SplitAfter(c.Example, "\n")
	c.Example = strings.TrimRight(strings.Join(slices.DeleteFunc(lines, func(line string) bool {
		return strings.HasPrefix(line, "  policycycle ") && !strings.HasPrefix(line, "  policycycle envelope ")
	}), ""), "\n")
	run := c.RunE
	c.RunE = func(cmd *cobra.Command, args []string) error {
		a.message = name
		return run(cmd, args)
	}
	return c
}

// shortCommand prints a decision of which the records know the rest.
func (a *app) shortCommand(name policy.Message) *cobra.Command {
	var in decideFlags
	c := &cobra.Command{
		Use: string(name) + " SUBJECT --document NUMBER --as NAME@BODY", Short: "Print the approval of the body whose turn it is",
		Long: `Prints an approval as a short message: the body is the one whose turn it is, and the
outcome that by which the subject goes on. Any client of Temporal sends it by the name
approve.`,
		Example: `  policycycle envelope approve empact-2022-2025/priorities --document "ST 8665/21" \
    --date 2021-05-26 --as anna@general-secretariat`,
		RunE: func(cmd *cobra.Command, args []string) error {
			decisions, err := in.decisions(args)
			if err != nil {
				return err
			}
			short := service.Short{Message: name, Decide: decisions[0], Said: in.outcome}
			short.Outcome, a.message = "", string(name)
			return a.printEnvelope(cmd, func(ctx context.Context, svc service.Service) error {
				return a.enclose(ctx, svc, service.Enclose{ID: in.said.ID, Short: &short})
			})
		},
	}
	in.define(c)
	if name == policy.MessageConclude {
		c.Use, c.Short = "conclude SUBJECT --outcome OUTCOME --document NUMBER --as NAME@BODY", "Print what the body concluded whose turn it is"
		c.Long = `Prints what a body concluded as a short message: the body is the one whose turn it is.
Any client of Temporal sends it by the name conclude.`
		c.Example = `  policycycle envelope conclude empact-2022-2025/priorities --outcome referred-back \
    --comment "the OCTA is from last year" --document "ST 8665/21" --as anna@general-secretariat`
		required(c, "outcome", "say with --outcome what the body concluded, such as --outcome adopted")
	} else {
		c.Flag("outcome").Hidden = true
	}
	required(c, "document", "name with --document the document that shows it, such as --document \"ST 8665/21\"")
	return c
}

// printEnvelope does acts with a service that puts them in envelopes, which are printed.
func (a *app) printEnvelope(cmd *cobra.Command, act func(context.Context, service.Service) error) error {
	return a.change(cmd.Context(), func(ctx context.Context, svc service.Service) error {
		return act(ctx, encloser{svc, a})
	})
}

// enclose prints the envelope of one act, on a line, and says where it goes.
func (a *app) enclose(ctx context.Context, svc service.Service, in service.Enclose) error {
	e, err := svc.Enclose(ctx, in)
	if err != nil {
		return err
	}
	name, message := protocol.UpdateAct, policy.Message(a.message)
	text, err := json.Marshal(e)
	if slices.Contains(policy.Messages, message) {
		name = a.message
		text, err = evidence.Spelt(message, *e)
	}
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(a.out, "%s\n", text)
	a.told.note("It goes to %s: temporal workflow update execute -w %s --name %s --input-file /dev/stdin", e.Act.Subject, e.WorkflowID, name)
	return nil
}

// encloser is a service that prints the envelope of each act instead of sending it.
type encloser struct {
	service.Service
	app *app
}

func (e encloser) put(ctx context.Context, in service.Enclose) (*service.Receipt, error) {
	return nil, e.app.enclose(ctx, e.Service, in)
}

func (e encloser) Decide(ctx context.Context, in service.Decide) (*service.Receipt, error) {
	return e.put(ctx, service.Enclose{ID: in.ID, Decide: &in})
}

func (e encloser) Confirm(ctx context.Context, in service.Second) (*service.Receipt, error) {
	return e.put(ctx, service.Enclose{ID: in.ID, Confirm: &in})
}

func (e encloser) SetAside(ctx context.Context, in service.Second) (*service.Receipt, error) {
	return e.put(ctx, service.Enclose{ID: in.ID, SetAside: &in})
}

func (e encloser) Launch(ctx context.Context, in service.Launch) (*service.Receipt, error) {
	return e.put(ctx, service.Enclose{ID: in.ID, Launch: &in})
}

func (e encloser) TakePosition(ctx context.Context, in service.Position) (*service.Receipt, error) {
	return e.put(ctx, service.Enclose{ID: in.ID, Position: &in})
}

func (e encloser) Correct(ctx context.Context, in service.Correct) (*service.Receipt, error) {
	return e.put(ctx, service.Enclose{ID: in.ID, Correct: &in})
}

func (e encloser) Submit(ctx context.Context, in service.Submit) (*service.Receipt, error) {
	return e.put(ctx, service.Enclose{ID: in.ID, Submit: &in})
}

func (e encloser) Finalise(ctx context.Context, in service.Submit) (*service.Receipt, error) {
	return e.put(ctx, service.Enclose{ID: in.ID, Finalise: &in})
}

func (e encloser) OpenItem(ctx context.Context, in service.OpenItem) (*service.Receipt, error) {
	return e.put(ctx, service.Enclose{ID: in.ID, Open: &in})
}

func (e encloser) AmendCycle(ctx context.Context, in service.AmendCycle) (*service.Receipt, error) {
	return e.put(ctx, service.Enclose{ID: in.ID, Amend: &in})
}
