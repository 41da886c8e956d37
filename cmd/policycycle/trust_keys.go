package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
)

func (a *app) keysCommand() *cobra.Command {
	news := group("new", "Make a new key", "  policycycle keys new seal --help", a.newSealCommand(), a.newEncryptionCommand())
	return group("keys", "Make, use and retire the keys that seal and encrypt", "  policycycle keys new seal --name policycycle.example.eu --file seal.key\n  policycycle keys list",
		news, a.useKeyCommand(), a.retireKeyCommand(), a.listKeysCommand())
}

// newKey says where a new key stands.
type newKey struct {
	File   string `json:"file"`
	Public string `json:"public"` // the line for the file of public keys
}

func (a *app) newSealCommand() *cobra.Command {
	var file, name string
	c := &cobra.Command{
		Use:   "seal --name NAME --file FILE",
		Short: "Make a key that seals acts and signs checkpoints",
		Long: `Makes a key with which serve seals acts and signs checkpoints (setting seal.key),
and prints the line for the file of public keys (seal.keys), which serve, the workers
and auditors have. Where the file is there already, the key stands last in it and is
only known. Once everybody has the line: policycycle keys use.`,
		Example: "  policycycle keys new seal --name policycycle.example.eu --file seal.key >> keys.txt",
		RunE: func(*cobra.Command, []string) error {
			public, err := makeSealKey(file, name)
			if err != nil {
				return err
			}
			return a.print(newKey{file, public}, func(p *page) { p.line("%s", public) })
		},
	}
	c.Flags().StringVar(&name, "name", "", "`NAME` of the office whose key it is")
	c.Flags().StringVar(&file, "file", "", "`FILE` with the private keys")
	required(c, "name", "say with --name whose key it is, such as --name policycycle.example.eu")
	required(c, "file", "say with --file where the key is to stand")
	return c
}

func (a *app) newEncryptionCommand() *cobra.Command {
	var file, name string
	c := &cobra.Command{
		Use:   "encryption --file FILE",
		Short: "Make a key that encrypts what travels through Temporal",
		Long: `Makes a key that encrypts what travels through Temporal (setting encryption.keys).
Where the file is not there yet, the key stands in it alone and encrypts; stop every
serve and worker before the first one starts with it. Otherwise it stands last, and
only reads: give the file to every serve, worker and command and start them anew,
one after the other. Then put it first with keys use, and start them anew once more.
Leave the old key there until it is retired: it reads what was encrypted before.`,
		Example: "  policycycle keys new encryption --file encryption.keys",
		RunE: func(*cobra.Command, []string) error {
			name = cmp.Or(name, time.Now().UTC().Format("2006-01-02-150405"))
			line, err := engine.NewEncryptionKey(name)
			if err != nil {
				return inField("name", err)
			}
			first, err := addKey(file, line)
			if err != nil {
				return err
			}
			return a.print(newKey{file, name}, func(p *page) {
				if first {
					p.line("The key %s stands in %s and encrypts.", name, file)
					return
				}
				p.line("The key %s stands last in %s and only reads.", name, file)
				p.line("Once every serve, worker and command has this file: policycycle keys use %s --file %s", name, file)
			})
		},
	}
	c.Flags().StringVar(&file, "file", "", "`FILE` with the keys")
	c.Flags().StringVar(&name, "name", "", "`NAME` of the key (default: made from the time)")
	required(c, "file", "say with --file where the keys are to stand")
	return c
}

func (a *app) useKeyCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "use NAME --file FILE",
		Short: "Have a key encrypt or seal from now on",
		Long: `Puts a key first into a file of keys that encrypt, or of private keys that seal:
whoever starts with that file uses it. Every serve and worker must have the key, or
its public line, already; one that does not is told of it by the records and does not
start.`,
		Example: "  policycycle keys use 2027 --file encryption.keys\n  policycycle keys use policycycle.example.eu+1a2b3c4d --file seal.key",
		RunE: func(_ *cobra.Command, args []string) error {
			if err := putFirst(file, args[0]); err != nil {
				return err
			}
			return a.print(newKey{file, args[0]}, func(p *page) {
				p.line("The key %s stands first in %s. Start everyone who has this file anew.", args[0], file)
			})
		},
	}
	c.Flags().StringVar(&file, "file", "", "`FILE` with the keys")
	required(c, "file", "say with --file where the keys stand")
	return c
}

func (a *app) retireKeyCommand() *cobra.Command {
	var file string
	var lost bool
	c := &cobra.Command{
		Use:   "retire NAME",
		Short: "End the life of a key that nobody uses any more",
		Long: `Retires a key that no serve and no worker has used for some minutes. Before one that
encrypts, every run at work goes on under the key in use: then it may leave the file.
Of one that seals, the line in the file of public keys is marked: what it sealed until
now is believed for good, and nothing that it would seal later. Give that file to all.
--lost is for a key that is gone or stolen, whoever used it; where nobody has a key
that encrypted, throw Temporal away first. To repeat it is safe.`,
		Example: "  policycycle keys retire 2026\n  policycycle keys retire policycycle.example.eu+1a2b3c4d --file keys.txt",
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, err := a.keysAt()
			if err != nil {
				return err
			}
			key, err := a.findKey(cmd.Context(), conn, args[0])
			if err == nil && key.Kind == store.KeySeals {
				_, err = publicKeys(file, key.ID)
			}
			if err == nil {
				w := asking(conn.name, nil)
				w.endless, w.after = true, ": to repeat it is safe"
				err = a.wait(cmd.Context(), w, func(ctx context.Context) (err error) {
					key, err = a.parts.retireKey(ctx, conn, key, lost)
					return err
				})
			}
			if err == nil && key.Kind == store.KeySeals {
				err = markRetired(file, key.ID, key.Retired)
			}
			if err != nil {
				return err
			}
			return a.print(shownKey(key), func(p *page) { p.line("The key %s was retired on %s.", key.ID, onClock(key.Retired)) })
		},
	}
	c.Flags().StringVar(&file, "file", "", "`FILE` with the public keys, for a key that seals")
	c.Flags().BoolVar(&lost, "lost", false, "retire it at once: nobody has it any more, or somebody else has")
	return c
}

func (a *app) listKeysCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the keys that the records know, with the dates of their lives",
		Long: `Lists the keys that encrypt and seal as the records know them: known, in use or
retired, since when, and when a serve or worker said last that it works with them.`,
		Example: "  policycycle keys list --config /etc/policycycle/serve/policycycle.yaml",
		RunE: func(cmd *cobra.Command, _ []string) error {
			conn, err := a.keysAt()
			if err != nil {
				return err
			}
			keys, err := a.listKeys(cmd.Context(), conn)
			if err != nil {
				return err
			}
			return a.print(list(each(keys, shownKey)), func(p *page) { showKeys(p, keys) })
		},
	}
}

// listedKey is a key as programs read of it.
type listedKey struct {
	Name    string         `json:"name"`
	Kind    store.KeyKind  `json:"kind"`
	State   store.KeyState `json:"state"`
	Known   time.Time      `json:"known"`
	Used    time.Time      `json:"used,omitzero"`
	Seen    time.Time      `json:"seen,omitzero"`
	Retired time.Time      `json:"retired,omitzero"`
}

func shownKey(k store.Key) listedKey {
	return listedKey{k.ID, k.Kind, k.State(), k.Known.UTC(), k.Used.UTC(), k.Seen.UTC(), k.Retired.UTC()}
}

func showKeys(p *page, keys []store.Key) {
	if len(keys) == 0 {
		p.line("The records know no key: nothing was encrypted or sealed yet.")
		return
	}
	p.grid(cells{"Name", "Does", "State", "Known since", "In use since", "Seen at work", "Retired"}, each(keys, func(k store.Key) cells {
		does := "encrypts"
		if k.Kind == store.KeySeals {
			does = "seals"
		}
		state := strings.ReplaceAll(string(k.State()), "-", " ")
		return cells{k.ID, does, state, onClock(k.Known), onClock(k.Used), onClock(k.Seen), onClock(k.Retired)}
	}))
}

// onClock gives an instant as the clock here shows it; "" for none.
func onClock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format(time.DateTime)
}

// keysAt gives where the records are that know the keys.
func (a *app) keysAt() (connection, error) {
	if a.isClient() {
		return connection{}, needed("database.url", "the keys are known where the records are: say with database.url where")
	}
	conn, err := a.examined()
	if err == nil {
		conn.encryption, err = a.encryption()
	}
	return conn, err
}

func (a *app) listKeys(ctx context.Context, conn connection) (keys []store.Key, err error) {
	err = a.wait(ctx, asking(conn.name, nil), func(ctx context.Context) (err error) {
		keys, err = a.parts.keys(ctx, conn)
		return err
	})
	return keys, err
}

func (a *app) findKey(ctx context.Context, conn connection, name string) (store.Key, error) {
	keys, err := a.listKeys(ctx, conn)
	if err != nil {
		return store.Key{}, err
	}
	key, err := store.KeyNamed(keys, name)
	return key, inField("name", err)
}

// makeSealKey writes a new private key, behind those that are there, and gives the public one.
func makeSealKey(file, name string) (string, error) {
	private, public, err := evidence.NewKey(rand.Reader, name)
	if err != nil {
		return "", needed("name", "%q cannot be the name of a key: use letters, digits, dots and hyphens", name)
	}
	_, err = addKey(file, private)
	return public, err
}

// readSigner reads the private keys, which their owner alone may be able to read.
func readSigner(file string) (*evidence.Signer, error) {
	if err := ownersAlone(file); err != nil {
		return nil, err
	}
	text, err := readSmall(file)
	if err != nil {
		return nil, err
	}
	return evidence.ParseSigner(string(text))
}

// encryption reads the keys that encrypt, which their owner alone may be able to
// read; nil for none.
func (a *app) encryption() (*engine.Encryption, error) {
	name := a.config.Encryption.Keys
	if name == "" {
		return nil, nil //nolint:nilnil // nothing is encrypted
	}
	if err := ownersAlone(name); err != nil {
		return nil, inField("encryption.keys", err)
	}
	text, err := readSmall(name)
	if err != nil {
		return nil, inField("encryption.keys", err)
	}
	keys, err := engine.ParseEncryption(text)
	return keys, inField("encryption.keys", err)
}

// usable refuses a key that would seal and is not believed here.
func usable(signer *evidence.Signer, ring *evidence.Keyring) error {
	id := signer.ID()
	switch retired := ring.Retired(id); {
	case ring.Line(id) == "":
		return inField("seal.keys", policy.Refuse(policy.CodeInvalid, "the key %q seals, and its line is not among the public keys: add it, as policycycle keys new seal has printed it", id))
	case !retired.IsZero():
		return inField("seal.key", policy.Refuse(policy.CodeInvalid, "the key %q was retired on %s: put another first, with policycycle keys use", id, retired.Format(time.RFC3339)))
	default:
		return nil
	}
}
