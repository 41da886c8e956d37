// Command client runs a cycle from a program of one's own: it knows the SDK of Temporal, and
// nothing of the code of policycycle. It starts a cycle through the API, hands in the threat
// assessment and the priorities, records the Council's approval and its confirmation by a
// second official, and asks where the cycle stands.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
)

func main() {
	var p program
	flag.StringVar(&p.api, "api", "http://127.0.0.1:8470", "address of the API: policycycle up says it as that of its pages")
	flag.StringVar(&p.address, "temporal", "127.0.0.1:7233", "address of Temporal, as policycycle up says it")
	flag.StringVar(&p.namespace, "namespace", "policycycle", "namespace of Temporal")
	flag.StringVar(&p.cycle, "cycle", "client-example", "key of the cycle to start: small letters, digits and hyphens")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := p.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		os.Exit(1)
	}
}

// program is what was said on the command line, and the connection to Temporal.
type program struct {
	api, address, namespace, cycle string

	temporal client.Client
}

// fields are those of a short message; what they leave out the records know.
type fields map[string]any

func (p *program) run(ctx context.Context) (err error) {
	warnings := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	p.temporal, err = client.DialContext(ctx, client.Options{HostPort: p.address, Namespace: p.namespace, Logger: log.NewStructuredLogger(warnings)})
	if err != nil {
		return err
	}
	defer p.temporal.Close()
	stage, err := p.start(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("start    %s: %s\n", p.cycle, stage)
	if stage != "threat-assessment" { // starting it again changed nothing
		return fmt.Errorf("%s was there already: name another by -cycle", p.cycle)
	}
	for _, step := range []struct {
		message, awaits string
		fields          fields
	}{
		{"submit", "assessment", fields{"by": "mike@europol", "document": "EX 6000/21", "date": "2021-04-10"}},
		{"submit", "priorities", fields{"by": "joana@presidency", "document": "EX 8000/21", "date": "2021-05-05"}},
		{"approve", "priorities", fields{"by": "anna@general-secretariat", "document": "EX 9000/21", "date": "2021-05-26"}},
		{"confirm", "priorities", fields{"by": "bert@general-secretariat"}},
		{"confirm", "", fields{"by": "bert@general-secretariat"}}, // sent again, it is answered alike
	} {
		if err := p.await(ctx, step.awaits); err != nil {
			return err
		}
		receipt, err := p.send(ctx, step.message, step.fields)
		if err != nil {
			return fmt.Errorf("%s: %w", step.message, err)
		}
		fmt.Printf("%-8s %s\n", step.message, receipt)
	}
	state, err := p.state(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("state    %s\n", state.Stage)
	return nil
}
