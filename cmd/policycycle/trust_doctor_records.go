package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
)

// examineRecords asks Postgres what this connection may do there.
func (a *app) examineRecords(ctx context.Context, conn connection) []check {
	bounded, cancel := context.WithTimeout(ctx, a.config.Timeout)
	defer cancel()
	asked := time.Now()
	p, err := a.parts.privileges(bounded, conn)
	answered := time.Now()
	if err != nil {
		return []check{troubled("login at Postgres", err, "", "nothing can be said of the records", "")}
	}
	return append(privilegeChecks(p, ahead(p.Clock, asked, answered)), a.examineLogin(p)...)
}

func privilegeChecks(p store.Privileges, clockAhead time.Duration) []check {
	const why, mend = "whoever gets hold of it can change the records", "log in as a member of policycycle_serve or policycycle_worker; give the owner to migrate alone (database.owner_url)"
	return []check{
		judged("login at Postgres", !p.Superuser && !p.Owner, unsafe, p.User+" owns nothing there", p.User+" "+p.Excess(), why, mend),
		judged("rights on the records", !p.MayChange, unsafe, "what is recorded cannot be changed", p.User+" may change or delete what is recorded",
			"an auditor could not rely on it", mend),
		examineSchema(p),
		judged("search", p.SearchesByIndex || p.Schema.Fits() != nil, doubt, "reads what it finds",
			"reads everything: pg_trgm is not there", "it takes longer the more there is",
			"install the package with the contrib modules of Postgres, or let an administrator run CREATE EXTENSION pg_trgm; then migrate again"),
		examineClock("clocks", clockAhead),
	}
}

// ahead says by how much at least a clock is ahead of the one here: it showed an instant while
// somebody asked and was answered. Behind it is less than nothing. How long the answer took is no
// fault of the clock.
func ahead(shown, asked, answered time.Time) time.Duration {
	switch {
	case shown.Before(asked):
		return shown.Sub(asked)
	case shown.After(answered):
		return shown.Sub(answered)
	default:
		return 0
	}
}

// examineClock says whether a clock differs from that of this machine.
func examineClock(name string, ahead time.Duration) check {
	const most = 5 * time.Second
	skew := ahead.Abs().Round(time.Second)
	return judged(name, skew <= most, doubt, "agrees with that of this machine", fmt.Sprintf("differs by %s or more from that of this machine", skew),
		"seals are good for a time, and due dates come by the clock",
		"set the clock of this machine or of that one")
}

// examineSchema says whether the tables are those of this version.
func examineSchema(p store.Privileges) check {
	const name = "tables"
	if err := p.Schema.Fits(); err != nil {
		return check{Check: name, Status: unsafe, Found: refusalOf(err).Message, Why: "nothing starts"}
	}
	if p.Schema.Applied == 0 {
		return check{Check: name, Status: unknown, Found: "the login may not look at them"}
	}
	return check{Check: name, Status: sound, Found: fmt.Sprintf("are those of this version (schema %d)", p.Schema.Applied)}
}

// examineLogin says whether the login lacks what serve or a worker needs, and what it may
// beyond that.
func (a *app) examineLogin(p store.Privileges) []check {
	oidc := a.config.Identity.Kind == config.IdentityOIDC
	least, suits := store.RoleServe, "what serve and a worker need"
	switch {
	case oidc && p.Suits(store.RoleServe) != nil:
		least, suits = store.RoleWorker, "what a worker needs; serve wants a login of policycycle_serve"
	case oidc:
		least = store.RoleWorker
	}
	checks := []check{
		troubled("what the login is for", p.Suits(least), p.User+" may do "+suits, "serve and worker do not start", ""),
		judged("login of one process", !oidc || !p.App || p.Superuser || p.Owner, doubt, p.User+" is in no role that it does not need", p.User+" is a member of policycycle_app, which may do what serve and worker may",
			"who gets hold of the login of a worker can make people known and end log-ins", "GRANT policycycle_serve or policycycle_worker to it, and REVOKE policycycle_app from it"),
	}
	if a.config.Database.URL == "" { // a private Postgres is whole in the hands of whoever has up
		return checks
	}
	const enough = 5
	shown := strings.Join(p.Elsewhere[:min(len(p.Elsewhere), enough)], ", ")
	return append(checks, judged("other databases", len(p.Elsewhere) == 0, doubt, "it may connect to no other of the server",
		p.User+" may connect to "+count(len(p.Elsewhere), "other database")+" of the server: "+shown,
		"a stolen login reaches them, too", "REVOKE CONNECT ON DATABASE … FROM PUBLIC, for each"))
}

// examineOperations asks Postgres and Temporal whether things go on there.
func (a *app) examineOperations(ctx context.Context, conn connection) []check {
	bounded, cancel := context.WithTimeout(ctx, a.config.Timeout)
	defer cancel()
	found, err := a.parts.operations(bounded, conn)
	if err != nil {
		return []check{{"runs", unknown, "are not known", refusalOf(err).Message, ""}}
	}
	return append(a.examineSigned(found, time.Now()), operationChecks(found)...)
}

// examineSigned says how old the last checkpoint is, and whether those of all trails are in
// the folder to which they are exported.
func (a *app) examineSigned(found operations, now time.Time) []check {
	const name, why = "last checkpoint", "what is cut off a trail since the last checkpoint cannot be seen"
	if found.checkpoints != nil {
		return []check{{name, unknown, "is not known", refusalOf(found.checkpoints).Message, ""}}
	}
	age, missing := "there is none", 0
	if len(found.kept) > 0 {
		last := slices.MaxFunc(found.kept, func(a, b store.Checkpoint) int { return a.MadeAt.Compare(b.MadeAt) })
		age = "is of " + last.MadeAt.Local().Format(time.DateTime)
	}
	const rounds = 2 // one may be under way
	late := !found.unsigned.IsZero() && now.Sub(found.unsigned) > rounds*a.config.Audit.Every
	checks := []check{judged(name, !late, doubt, age, age+", and does not cover what was recorded at "+found.unsigned.Local().Format(time.DateTime), why,
		"serve or up makes them: its log tells what keeps it")}
	folder := a.config.Audit.Checkpoints
	for _, c := range found.kept {
		if _, err := os.Stat(local.CheckpointFile(folder, c)); err != nil {
			missing++
		}
	}
	if folder == "" || missing == 0 {
		return checks
	}
	_, err := os.Stat(folder)
	return append(checks, check{
		"exported checkpoints", worse(err == nil, unsafe, doubt), fmt.Sprintf("of %s the last one is not seen in %s", count(missing, "trail"), folder), why,
		"see to the folder, here or where serve is: its log tells what keeps it",
	})
}

func operationChecks(found operations) []check {
	checks := []check{
		troubled("writing", found.write, "the records can be written", "nothing can be recorded", "see to the disk and the settings of Postgres"),
		troubled("keys in use", found.keys, "are those that the records know",
			"what is encrypted or sealed elsewhere cannot be read or judged here", "give every process the same files"),
	}
	if len(found.believed) > 0 {
		checks = append(checks, check{
			"retired keys", doubt, "seal.keys here believes the retired " + strings.Join(found.believed, ", ") + " as if it were in use",
			"who has got hold of it could seal acts", "give this process the file in which policycycle keys retire has marked its line",
		})
	}
	if found.temporal != nil {
		return append(checks, check{"runs", unsafe, "are not known", refusalOf(found.temporal).Message, "see to Temporal"})
	}
	for _, s := range found.stopped {
		if s.Begins {
			checks = append(checks, check{
				"the run " + protocol.WorkflowID(s.Run), doubt, s.Why, "its cycle is about to begin it, or a worker does within a minute",
				"look again where this lasts",
			})
			continue
		}
		said, why := s.Why, "no work gets done on it, or nobody can tell"
		if !s.Since.IsZero() {
			said, why = "has stood still since "+s.Since.Local().Format(time.DateTime), s.Why
		}
		checks = append(checks, check{
			"the run " + protocol.WorkflowID(s.Run), unsafe, said, why, "a worker starts what is missing within a minute; of the rest its log tells more",
		})
	}
	if len(found.stopped) == 0 {
		checks = append(checks, check{Check: "runs", Status: sound, Found: "all that must be are in motion"})
	}
	return checks
}
