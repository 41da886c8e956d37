package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/service"
)

func (a *app) confirmCommand() *cobra.Command {
	return a.secondCommand(service.Service.Confirm, &cobra.Command{
		Use: "confirm RECORD --as NAME@BODY", Short: "Confirm an outcome as a second person",
		Long: `Confirms what another official recorded of what a body concluded; by it the
outcome takes effect. Who recorded it, or handed in the version, cannot: neither
by another account nor by standing in for somebody. What stands in the record is
shown first (policycycle show SUBJECT); if it is wrong, set it aside.`,
		Example: "  policycycle inbox --body general-secretariat\n  policycycle confirm k3vq5xk2a7c4m9ta --as bert@general-secretariat",
	})
}

func (a *app) setAsideCommand() *cobra.Command {
	return a.secondCommand(service.Service.SetAside, &cobra.Command{
		Use: "set-aside RECORD --as NAME@BODY", Short: "Take back an outcome that is not confirmed yet",
		Long: `Takes back an outcome that was recorded and not confirmed yet. It stays in the
record, without effect, and what the body concluded can be recorded anew.`,
		Example: "  policycycle set-aside k3vq5xk2a7c4m9ta --comment \"wrong meeting\" --as bert@general-secretariat",
	})
}

// secondCommand has a command deal with a recorded outcome, as a second person.
func (a *app) secondCommand(do func(service.Service, context.Context, service.Second) (*service.Receipt, error), c *cobra.Command) *cobra.Command {
	var in service.Second
	c.RunE = func(cmd *cobra.Command, args []string) error {
		in.Record = args[0]
		return hand(a, cmd, do, in)
	}
	statementFlags(c.Flags(), &in.Statement, "`date` of it")
	return c
}
