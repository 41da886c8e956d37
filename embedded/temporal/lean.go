//go:build lean

package temporal

import (
	"context"
	"errors"
)

// Included says whether this build has the server in it; a lean one has not.
const Included = false

// Server is a running Temporal server. In a lean build there is none.
type Server struct{}

// Start says that there is no server in a lean build.
func Start(context.Context, Options) (*Server, error) {
	return nil, errors.New("this policycycle was built without the Temporal server")
}

// Keep ends with ctx.
func (*Server) Keep(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Address is empty: there is no server.
func (*Server) Address() string { return "" }

// Namespace is where policycycle's workflows would live.
func (*Server) Namespace() string { return Namespace }

// Stop ends nothing.
func (*Server) Stop() error { return nil }
