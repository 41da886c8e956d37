package main

import (
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
)

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
		a.examineSealing(),
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
		judged("skeletons", true, doubt, skeletonText(c.Skeleton), "", "", ""),
	}
}

// skeletonText says what the skeleton of a classified OAP may hold, and who decided it.
func skeletonText(s config.Skeleton) string {
	text := "of an OAP above that: " + strings.Join(policy.Texts(s.Fields), ", ")
	if s.DecidedBy != "" {
		text += ", as decided by " + s.DecidedBy
	}
	return text
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

// examineSealing looks whether the keys by which acts are sealed can be used.
func (a *app) examineSealing() check {
	const name = "keys that seal"
	var err error
	switch c := a.config.Seal; {
	case c.Key != "" && c.Keys != "":
		_, _, err = a.configuredKey()
	case c.Key != "":
		_, err = readSigner(c.Key)
	case c.Keys != "":
		_, err = readKeyring(c.Keys)
	default:
		return check{Check: name, Status: sound, Found: "none are set: up has its own"}
	}
	return troubled(name, err, "can be used", "what needs them will not start", "look at seal.key and seal.keys")
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
	case !canWrite(folder):
		return check{
			name, unsafe, "cannot be written to " + folder + " from here",
			"a trail that is cut off cannot be seen without one elsewhere", "have whoever runs this make the folder, and let serve write there",
		}
	case a.config.Data != "" && strings.HasPrefix(folder, a.config.Data):
		return check{name, doubt, "are exported beside the records", "who has one has the other", "set audit.checkpoints to a folder in other hands"}
	default:
		return check{Check: name, Status: sound, Found: "are exported to " + folder}
	}
}

// canWrite says whether somebody can write into a folder, or make it: it writes into what
// is there of it, and takes that back.
func canWrite(folder string) bool {
	for {
		info, err := os.Stat(folder)
		above := filepath.Dir(folder)
		if errors.Is(err, fs.ErrNotExist) && above != folder {
			folder = above
			continue
		}
		if err != nil || !info.IsDir() {
			return false
		}
		tried, err := os.MkdirTemp(folder, ".doctor-")
		return err == nil && os.Remove(tried) == nil
	}
}
