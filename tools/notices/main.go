// Command notices writes NOTICES.txt: the licences of all modules that
// policycycle links, on any system that a release is made for.
//
// Their licences ask that their text goes along with every copy. So the file
// lies in each archive, and a test fails when it no longer fits what is linked.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

// run writes the file anew. It is called in the root of the repository.
func run(ctx context.Context) error {
	modules, err := linked(ctx, ".")
	if err != nil {
		return err
	}
	text, err := document(modules)
	if err != nil {
		return err
	}
	return os.WriteFile("NOTICES.txt", []byte(text), 0o644) //nolint:gosec // everybody may read it
}
