package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/service"
)

// answer puts a question to the records and prints the answer.
func answer[T any](a *app, cmd *cobra.Command, question func(context.Context, service.Service) (T, error), show func(*page, T)) error {
	return printed(a, cmd, a.ask, question, show)
}

// alter changes what is no act, and prints what came of it. To repeat it must be safe.
func alter[T any](a *app, cmd *cobra.Command, deed func(context.Context, service.Service) (T, error), show func(*page, T)) error {
	return printed(a, cmd, a.change, deed, show)
}

// printed does something at the records and prints what came of it.
func printed[T any](a *app, cmd *cobra.Command, at func(context.Context, func(context.Context, service.Service) error) error,
	do func(context.Context, service.Service) (T, error), show func(*page, T)) error {
	var found T
	err := at(cmd.Context(), func(ctx context.Context, svc service.Service) (err error) {
		found, err = do(ctx, svc)
		return err
	})
	if err != nil {
		return err
	}
	return a.print(found, func(p *page) { show(p, found) })
}
