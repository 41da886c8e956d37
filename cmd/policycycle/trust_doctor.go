package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
)

// health is what the doctor says of one thing.
type health string

const (
	sound   health = "ok"
	doubt   health = "warn"
	unsafe  health = "bad"
	unknown health = "unknown"
)

// check is one thing that the doctor looked at.
type check struct {
	Check  string `json:"check"`
	Status health `json:"status"`
	Found  string `json:"found"`          // what is
	Why    string `json:"why,omitempty"`  // why it matters
	Mend   string `json:"mend,omitempty"` // what to do
}

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say what is not safe in this configuration, and what stands still",
		Long: `Looks at the configuration, the keys, the provider, Postgres and Temporal, and says what is not
safe or stands still, why it matters and what to do. It changes nothing. The exit status is 18
where something is bad, and 0 where there are warnings at most.`,
		Example: "  policycycle doctor\n  policycycle doctor -o json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			checks := append(a.examine(), a.examineProvider(cmd.Context())...)
			checks = append(checks, a.examineRecords(cmd.Context())...)
			checks = append(checks, a.examineOperations(cmd.Context())...)
			if err := a.print(checks, func(p *page) { showChecks(p, checks) }); err != nil {
				return err
			}
			bad := 0
			for _, c := range checks {
				if c.Status == unsafe {
					bad++
				}
			}
			if bad > 0 {
				return policy.Refuse(policy.CodeUnsafe, "%s not safe here", count(bad, "thing")+map[bool]string{true: " is", false: " are"}[bad == 1])
			}
			return nil
		},
	}
}

func showChecks(p *page, checks []check) {
	colours := map[health]style{sound: green, doubt: yellow, unsafe: red, unknown: faint}
	p.grid(cells{"", "what", "found"}, each(checks, func(c check) cells {
		said := c.Found
		if c.Status != sound && c.Why != "" {
			said += "; " + c.Why
		}
		if c.Status != sound && c.Mend != "" {
			said += ": " + c.Mend
		}
		return cells{p.paint(colours[c.Status], string(c.Status)), c.Check, said}
	}))
}

// examine looks at the configuration and the files that it names.
func (a *app) examine() []check {
	c := a.config
	oidc := c.Identity.Kind == config.IdentityOIDC
	sealing := a.sealing()
	if conn, err := a.connection(); err == nil && conn.office != "" { // up may seal without our knowing
		sealing = true
	}
	return []check{
		a.examineIdentity(oidc),
		judged("sealing", sealing, worse(oidc, unsafe, doubt), "only sealed acts are recorded", "acts are recorded without a seal",
			"whoever reaches Temporal can record what they like", "set seal.enabled to true"),
		secretFile("seal.key", c.Seal.Key), secretFile("encryption.keys", c.Encryption.Keys),
		secretFile("token_file", c.Identity.TokenFile), secretFile("identity.client_secret", c.Identity.ClientSecret),
		a.examineConfigFile(),
		judged("encryption", c.Encryption.Keys != "", worse(c.Temporal.Address != "" && !config.Loopback(c.Temporal.Address), unsafe, doubt),
			"what travels through Temporal is encrypted", "what travels through Temporal can be read there",
			"comments and references stand in its histories", "set encryption.keys"),
		judged("connection to Temporal", c.Temporal.Address == "" || config.Loopback(c.Temporal.Address) || a.temporalEncrypted(), unsafe,
			"encrypted, or on this machine", "not encrypted", "others can read and change what travels", "set temporal.tls.enabled to true"),
		a.examineDatabaseURL(),
		a.examineCheckpoints(),
		judged("log", c.Log.Level != "debug" && c.Log.Level != "trace", doubt, "says no more than is needed", "says much",
			"logs are read by more people than the records", "set log.level to info"),
		judged("marking", c.Marking.Ceiling != "", doubt, "content up to "+c.Marking.Ceiling+" is kept here", "", "", ""),
	}
}

// judged gives a check that is sound or not.
func judged(name string, fine bool, otherwise health, good, bad, why, mend string) check {
	if fine {
		return check{Check: name, Status: sound, Found: good}
	}
	return check{Check: name, Status: otherwise, Found: bad, Why: why, Mend: mend}
}

func worse(condition bool, then, otherwise health) health {
	if condition {
		return then
	}
	return otherwise
}

func (a *app) examineIdentity(oidc bool) check {
	i := a.config.Identity
	const name = "identity"
	switch {
	case oidc && (i.Issuer == "" || i.ClientID == "" || i.Claims == "") && a.config.Server.URL == "":
		const mend = "set identity.issuer, identity.client_id and identity.claims"
		return check{name, unsafe, "oidc without a provider", "nobody can be known", mend}
	case oidc:
		return check{Check: name, Status: sound, Found: "tokens of a provider"}
	case (identity.Local{}).Check(a.config.Server.Listen) != nil:
		return check{
			name, unsafe, "local, at " + a.config.Server.Listen,
			"whoever reaches it is believed on any name", "listen on 127.0.0.1, or set identity.kind to oidc",
		}
	case a.config.Database.URL != "" && !a.databaseHere():
		return check{
			name, unsafe, "local, with records on another machine",
			"whoever may type a command is believed on any name", "set identity.kind to oidc",
		}
	default:
		return check{
			name, doubt, "local: whoever says a name is believed",
			"that is for one machine, for rehearsals and for learning", "set identity.kind to oidc for real use",
		}
	}
}

// examineProvider asks the provider whether it is there, where there is to be one.
func (a *app) examineProvider(ctx context.Context) []check {
	i := a.config.Identity
	if i.Kind != config.IdentityOIDC || i.Issuer == "" {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, a.config.Timeout)
	defer cancel()
	err := a.parts.askProvider(bounded, identity.Options{Issuer: i.Issuer, ClientID: i.ClientID})
	return []check{troubled("provider", err, "answers at "+i.Issuer, "nobody can log in until it does; the public is served", "see to it, or to identity.issuer")}
}

// secretFile looks whether others can read a file of secrets.
func secretFile(key, name string) check {
	label := "file of " + key
	if name == "" {
		return check{Check: label, Status: sound, Found: "none is set"}
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return check{label, unsafe, "it cannot be read", "what needs it will not start", "look at the setting " + key}
	case info.Mode().Perm()&0o077 != 0:
		return check{label, unsafe, "others can read it", "whoever has it can pass for you", "chmod 600 " + name}
	default:
		return check{Check: label, Status: sound, Found: "its owner alone can read it"}
	}
}

// examineConfigFile looks whether a configuration file that holds secrets can be
// read by others.
func (a *app) examineConfigFile() check {
	const name = "configuration file"
	for _, key := range []string{"database.url", "database.owner_url", "temporal.api_key", "token"} {
		origin := a.config.Origin(key)
		secret := !strings.HasPrefix(key, "database.") || strings.Contains(a.config.Database.URL.String()+a.config.Database.OwnerURL.String(), "(hidden)")
		if origin.Kind == config.FromFile && secret {
			c := secretFile(name, origin.Name)
			c.Check = name
			return c
		}
		if origin.Kind == config.FromFlag && secret {
			return check{
				name, unsafe, key + " with its password is given by a flag",
				"other users of a machine can read flags", "give it in the environment or in a file",
			}
		}
	}
	return check{Check: name, Status: sound, Found: "it holds no secret"}
}

func (a *app) temporalEncrypted() bool {
	tls, err := a.config.Temporal.TLSConfig()
	return err == nil && tls != nil
}

func (a *app) databaseHere() bool {
	u, err := url.Parse(a.config.Database.URL.Reveal())
	return err == nil && (u.Hostname() == "" || config.Loopback(net.JoinHostPort(u.Hostname(), "0")))
}

func (a *app) examineDatabaseURL() check {
	const name = "connection to Postgres"
	mode := ""
	if u, err := url.Parse(a.config.Database.URL.Reveal()); err == nil {
		mode = u.Query().Get("sslmode")
	}
	switch {
	case a.config.Database.URL == "" || a.databaseHere():
		return check{Check: name, Status: sound, Found: "on this machine"}
	case mode == "verify-full":
		return check{Check: name, Status: sound, Found: "encrypted, and the server's name is checked"}
	case mode == "require" || mode == "verify-ca":
		return check{
			name, doubt, "encrypted, but the server's name is not checked",
			"somebody could stand in between", "add sslmode=verify-full to database.url",
		}
	default:
		return check{
			name, unsafe, "not encrypted for sure",
			"others can read and change the records on their way", "add sslmode=verify-full to database.url",
		}
	}
}

func (a *app) examineCheckpoints() check {
	folder := a.config.Audit.Checkpoints
	const name = "checkpoints"
	switch {
	case folder == "":
		return check{
			name, doubt, "are not exported",
			"a trail that is cut off cannot be seen without one elsewhere", "set audit.checkpoints to a folder in other hands",
		}
	case a.config.Data != "" && strings.HasPrefix(folder, a.config.Data):
		return check{name, doubt, "are exported beside the records", "who has one has the other", "set audit.checkpoints to a folder in other hands"}
	default:
		return check{Check: name, Status: sound, Found: "are exported to " + folder}
	}
}

// examineRecords asks Postgres what this connection may do there.
func (a *app) examineRecords(ctx context.Context) []check {
	const name = "login at Postgres"
	conn, err := a.connection()
	if err != nil {
		return []check{{name, unknown, "no engine was reached", refusalOf(err).Message, ""}}
	}
	bounded, cancel := context.WithTimeout(ctx, a.config.Timeout)
	defer cancel()
	p, err := a.parts.privileges(bounded, conn)
	if err != nil {
		return []check{{name, unknown, "Postgres was not reached", refusalOf(err).Message, ""}}
	}
	return privilegeChecks(p, time.Now())
}

func privilegeChecks(p store.Privileges, now time.Time) []check {
	const most = 5 * time.Second
	skew := now.Sub(p.Clock).Abs().Round(time.Second)
	return []check{
		judged("login at Postgres", !p.Superuser && !p.Owner, unsafe, p.User+" owns nothing there", p.User+" owns the tables or the whole server",
			"whoever gets hold of it can change the records", "log in as a member of policycycle_app; give the owner to migrate alone (database.owner_url)"),
		judged("rights on the records", !p.MayChange, unsafe, "what is recorded cannot be changed", p.User+" may change or delete what is recorded",
			"an auditor could not rely on it", "log in as a member of policycycle_app"),
		examineSchema(p.Schema),
		judged("clocks", skew <= most, doubt, "agree", fmt.Sprintf("differ by %s", skew), "seals are good for a time",
			"set the clock of this machine or of Postgres"),
	}
}

// examineSchema says whether the tables are those of this version.
func examineSchema(s store.Schema) check {
	if err := s.Fits(); err != nil {
		return check{Check: "tables", Status: unsafe, Found: refusalOf(err).Message, Why: "nothing starts"}
	}
	return check{Check: "tables", Status: sound, Found: fmt.Sprintf("are those of this version (schema %d)", s.Applied)}
}

// examineOperations asks Postgres and Temporal whether things go on there.
func (a *app) examineOperations(ctx context.Context) []check {
	const name = "runs"
	conn, err := a.connection()
	if err != nil || conn.remote != nil {
		return []check{{name, unknown, "no engine was reached", "", ""}}
	}
	bounded, cancel := context.WithTimeout(ctx, a.config.Timeout)
	defer cancel()
	found, err := a.parts.operations(bounded, conn)
	if err != nil {
		return []check{{name, unknown, "Postgres was not reached", refusalOf(err).Message, ""}}
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
		troubled("keys for what travels", found.keys, "are those that the records know",
			"what is encrypted elsewhere cannot be read here", "give every process the same file"),
	}
	if found.temporal != nil {
		return append(checks, check{"runs", unsafe, "are not known", refusalOf(found.temporal).Message, "see to Temporal"})
	}
	for _, s := range found.stopped {
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

// troubled gives a check of which an error says what is wrong.
func troubled(name string, err error, good, why, mend string) check {
	if err == nil {
		return check{Check: name, Status: sound, Found: good}
	}
	return check{name, unsafe, refusalOf(err).Message, why, mend}
}
