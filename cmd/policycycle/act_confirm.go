package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/service"
)

// second is a command by which a second person deals with a recorded outcome.
type second struct {
	use, short, long, example string
	do                        func(service.Service, context.Context, service.Second) (*service.Receipt, error)
}

func (a *app) confirmCommand() *cobra.Command {
	return a.secondCommand(second{
		use: "confirm", short: "Confirm an outcome as a second person",
		long: `Confirms what another official recorded of what a body concluded; by it the
outcome takes effect. Who recorded it, or handed in the version, cannot: neither
by another account nor by standing in for somebody. What stands in the record is
shown first (policycycle show SUBJECT); if it is wrong, set it aside.`,
		example: "  policycycle inbox --body general-secretariat\n  policycycle confirm k3vq5xk2a7c4m9ta --as bert@general-secretariat",
		do:      service.Service.Confirm,
	})
}

func (a *app) setAsideCommand() *cobra.Command {
	return a.secondCommand(second{
		use: "set-aside", short: "Take back an outcome that is not confirmed yet",
		long: `Takes back an outcome that was recorded and not confirmed yet. It stays in the
record, without effect, and what the body concluded can be recorded anew.`,
		example: "  policycycle set-aside k3vq5xk2a7c4m9ta --comment \"wrong meeting\" --as bert@general-secretariat",
		do:      service.Service.SetAside,
	})
}

func (a *app) secondCommand(s second) *cobra.Command {
	var in service.Second
	c := &cobra.Command{
		Use: s.use + " RECORD --as NAME@BODY", Short: s.short, Long: s.long, Example: s.example,
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Record = args[0]
			return hand(a, cmd, s.do, in)
		},
	}
	statementFlags(c.Flags(), &in.Statement, "`date` of it")
	return c
}
