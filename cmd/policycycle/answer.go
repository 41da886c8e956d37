package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// runs is what cobra calls when a command runs.
type runs = func(cmd *cobra.Command, args []string) error

// aboutCycle asks about the cycle that the first argument names.
func aboutCycle[T any](a *app, question func(service.Service, context.Context, string) (T, error), show func(*page, T)) runs {
	return func(cmd *cobra.Command, args []string) error {
		return answer(a, cmd, func(ctx context.Context, svc service.Service) (T, error) { return question(svc, ctx, args[0]) }, show)
	}
}

// aboutSubject asks about the subject that the first argument names.
func aboutSubject[T any](a *app, question func(service.Service, context.Context, policy.Subject) (T, error), show func(*page, T)) runs {
	var subject policy.Subject
	return withSubject(&subject, func(cmd *cobra.Command, _ []string) error {
		return answer(a, cmd, func(ctx context.Context, svc service.Service) (T, error) { return question(svc, ctx, subject) }, show)
	})
}

// withSubject reads the subject that the first argument names, and goes on.
func withSubject(into *policy.Subject, then runs) runs {
	return func(cmd *cobra.Command, args []string) (err error) {
		if *into, err = policy.ParseSubject(args[0]); err != nil {
			return inField("subject", err)
		}
		return then(cmd, args)
	}
}

// required has a command refuse to run without a flag, and say what to give. Flags are
// missed in the order in which they are required.
func required(c *cobra.Command, flag, say string) {
	before := c.PreRunE
	c.PreRunE = func(cmd *cobra.Command, args []string) error {
		if before != nil {
			if err := before(cmd, args); err != nil {
				return err
			}
		}
		if cmd.Flag(flag).Value.String() == "" {
			return needed(flag, "%s", say)
		}
		return nil
	}
}

// known refuses a command before it does anything, where nobody says who asks.
func (a *app) known(*cobra.Command, []string) error {
	_, err := a.actor()
	return err
}

// answer puts a question to the records and prints the answer.
func answer[T any](a *app, cmd *cobra.Command, question func(context.Context, service.Service) (T, error), show func(*page, T)) error {
	return printed(a, cmd, a.ask, question, show)
}

// alter changes what is no act, and prints what came of it. To repeat it must be safe.
func alter[T any](a *app, cmd *cobra.Command, deed func(context.Context, service.Service) (T, error), show func(*page, T)) error {
	return printed(a, cmd, a.change, deed, show)
}

// enact does an act, and prints what came of it.
func enact[T any](a *app, cmd *cobra.Command, act func(context.Context, service.Service) (T, error), show func(*page, T)) error {
	return printed(a, cmd, a.act, act, show)
}

// hand hands in one act, and prints its receipt, or its envelope where that is wanted.
func hand[T any](a *app, cmd *cobra.Command, act func(service.Service, context.Context, T) (*service.Receipt, error), in T) error {
	if a.message != "" {
		return a.printEnvelope(cmd, func(ctx context.Context, svc service.Service) error { _, err := act(svc, ctx, in); return err })
	}
	return enact(a, cmd, func(ctx context.Context, svc service.Service) (*service.Receipt, error) { return act(svc, ctx, in) }, a.showReceipt)
}

// printed does something with a service, in a way that it is waited for, and prints what
// came of it.
func printed[T any](a *app, cmd *cobra.Command, at func(context.Context, func(context.Context, service.Service) error) error,
	do func(context.Context, service.Service) (T, error), show func(*page, T)) error {
	var found T
	err := at(cmd.Context(), func(ctx context.Context, svc service.Service) (err error) {
		if found, err = do(ctx, svc); err == nil && a.format == formatTable {
			a.out.bodies, _ = svc.ListBodies(ctx) // else they are called by their codes
		}
		return err
	})
	if err != nil {
		return err
	}
	return a.print(found, func(p *page) { show(p, found) })
}
