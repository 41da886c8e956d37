package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/identity"
)

// examineProvider asks the provider whether it is one, where one is named.
func (a *app) examineProvider(ctx context.Context) []check {
	i := a.config.Identity
	if i.Kind != config.IdentityOIDC || i.Issuer == "" {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, a.config.Timeout)
	defer cancel()
	options := identity.Options{Issuer: i.Issuer, ClientID: i.ClientID}
	var err error
	if i.Claims != "" { // as serve asks it
		options, err = a.providerOptions(a.config.Server.URL)
	}
	if err == nil {
		err = a.parts.askProvider(bounded, options)
	}
	return []check{troubled("provider", err, "answers at "+i.Issuer, "nobody can log in until it does; the public is served", "see to it, or to identity.issuer")}
}

// examineService asks the service of another machine whether it can do its work: of what
// it needs, the doctor there can tell.
func (a *app) examineService(ctx context.Context, conn connection) check {
	bounded, cancel := context.WithTimeout(ctx, a.config.Timeout)
	defer cancel()
	return troubled("service", conn.remote.Alive(bounded), "the one at "+a.config.Server.URL+" is ready",
		"nothing can be asked or done from here", "run policycycle doctor on its machine")
}

// placed is what is known of our place in Temporal.
type placed struct {
	namespace engine.Namespace
	missing   error // why the namespace is not known
	ahead     time.Duration
	clock     error    // why its clock is not known
	unlisted  []string // what Temporal's list is asked by and the namespace lacks
	list      error    // why that is not known
}

func examineTemporal(ctx context.Context, c connection) (placed, error) {
	var found placed
	options, err := c.options(zerolog.Nop())
	if err != nil {
		return found, err
	}
	e, err := engine.Dial(ctx, options)
	if err != nil {
		return found, err
	}
	defer e.Close()
	found.namespace, found.missing = e.FindNamespace(ctx)
	var shown, asked time.Time
	shown, asked, found.clock = e.Clock(ctx)
	found.ahead = ahead(shown, asked, time.Now())
	found.unlisted, found.list = e.Unlisted(ctx)
	return found, nil
}

// examineTemporal asks Temporal for the namespace, its clock, and what its own list is asked by.
func (a *app) examineTemporal(ctx context.Context, conn connection) []check {
	bounded, cancel := context.WithTimeout(ctx, a.config.Timeout)
	defer cancel()
	found, err := a.parts.temporal(bounded, conn)
	if err != nil {
		return []check{troubled("Temporal", err, "", "serve and worker do not start", "look at temporal.*")}
	}
	checks := []check{{Check: "Temporal", Status: sound, Found: "answers at " + conn.temporal.Address}}
	if found.missing != nil {
		checks = append(checks, check{
			"namespace", unknown, "Temporal does not tell of it", "nobody knows how long it keeps what has ended",
			"let the key of temporal.api_key describe it",
		})
	} else {
		kept := found.namespace.Retention
		checks = append(checks, judged("namespace", kept >= engine.Retention, doubt,
			fmt.Sprintf("%s is there and keeps for %s what has ended", found.namespace.Name, days(kept)),
			fmt.Sprintf("%s keeps for %s what has ended", found.namespace.Name, days(kept)), "whoever looks for what went wrong finds less; the records lose nothing",
			"have it keep "+days(engine.Retention)))
	}
	checks = append(checks, examineList(found))
	if found.clock != nil {
		return append(checks, check{"clock of Temporal", unknown, "is not known", why(found.clock), ""})
	}
	return append(checks, examineClock("clock of Temporal", found.ahead))
}

// examineList says whether Temporal's own list can be asked by where runs stand.
func examineList(found placed) check {
	const name, matters = "list of Temporal", "cycles go on; Temporal's own list and page do not tell where they stand"
	if found.list != nil {
		return check{name, doubt, why(found.list), matters, "let the key of temporal.api_key list search attributes"}
	}
	return judged(name, len(found.unlisted) == 0, doubt, "has the search attributes by which it is asked",
		"lacks the search attributes "+strings.Join(found.unlisted, ", "), matters,
		"run policycycle migrate, or have an administrator add them with these types")
}

func days(d time.Duration) string {
	const day = 24 * time.Hour
	return count(int(d/day), "day")
}

// why gives an error as a person may read it.
func why(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer came in time"
	}
	return refusalOf(err).Message
}
