package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/service"
)

// answer puts a question to the records and prints the answer.
func answer[T any](a *app, cmd *cobra.Command, question func(context.Context, service.Service) (T, error), show func(*page, T)) error {
	var found T
	err := a.ask(cmd.Context(), func(ctx context.Context, svc service.Service) (err error) {
		found, err = question(ctx, svc)
		return err
	})
	if err != nil {
		return err
	}
	return a.print(found, func(p *page) { show(p, found) })
}
