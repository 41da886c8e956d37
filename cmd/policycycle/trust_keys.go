package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

func (a *app) keysCommand() *cobra.Command {
	news := group("new", "Make a new key", "  policycycle keys new seal --help", a.newSealCommand(), a.newEncryptionCommand())
	return group("keys", "Make the keys that seal and encrypt", "  policycycle keys new seal --name policycycle.example.eu --file seal.key",
		news, a.useKeyCommand(), a.forgetKeyCommand())
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
and prints the line for the file of public keys (seal.keys), which the worker and
auditors have. To change keys, add the new line and mark the old one with
retired=INSTANT: what it signed before is still believed.`,
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
	c.Flags().StringVar(&file, "file", "", "`FILE` to write; one that is there is not overwritten")
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
Leave the old keys there: they read what was encrypted before.`,
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
		Short: "Have a key encrypt what travels through Temporal from now on",
		Long: `Puts a key first into the file of keys: whoever starts with that file encrypts with
it. Every serve, worker and command must have the key already; one that does not is
told of it by the records and does not start.`,
		Example: "  policycycle keys use 2027 --file encryption.keys",
		RunE: func(_ *cobra.Command, args []string) error {
			if err := putFirst(file, args[0]); err != nil {
				return err
			}
			return a.print(newKey{file, args[0]}, func(p *page) {
				p.line("The key %s stands first in %s. Start every serve and worker anew.", args[0], file)
			})
		},
	}
	c.Flags().StringVar(&file, "file", "", "`FILE` with the keys")
	required(c, "file", "say with --file where the keys stand")
	return c
}

func (a *app) forgetKeyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "forget NAME",
		Short: "Have the records no longer expect a key that encrypted what travels",
		Long: `Whoever starts needs every key with which anybody has encrypted what travels through
Temporal. Once nothing is left there that it encrypted, because all of Temporal was
thrown away or every history of that time has gone, the key may be forgotten.`,
		Example: "  policycycle keys forget 2026",
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, err := a.connection()
			if err == nil && conn.remote != nil {
				err = needed("database.url", "the keys are known where the records are: say with database.url where")
			}
			if err != nil {
				return err
			}
			if err := a.parts.forgetKey(cmd.Context(), conn, args[0]); err != nil {
				return err
			}
			return a.print(struct {
				Forgotten string `json:"forgotten"`
			}{args[0]}, func(p *page) { p.line("The records no longer expect the key %s.", args[0]) })
		},
	}
}

// addKey adds a key to a file of keys, behind those that are there, and says whether it
// is the first.
func addKey(file, line string) (first bool, err error) {
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return true, writeKeys(file, []string{line})
	}
	lines, err := readKeys(file)
	if err != nil {
		return false, err
	}
	return len(lines) == 0, writeKeys(file, append(lines, line))
}

// putFirst puts the key of a name before the others of a file.
func putFirst(file, name string) error {
	lines, err := readKeys(file)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(lines, func(line string) bool { fields := strings.Fields(line); return len(fields) > 0 && fields[0] == name })
	if at < 0 {
		return inField("name", policy.Refuse(policy.CodeUnknown, "there is no key %q in %s", name, file))
	}
	line := lines[at]
	return writeKeys(file, slices.Insert(slices.Delete(lines, at, at+1), 0, line))
}

// readKeys gives the lines of a file of keys.
func readKeys(file string) ([]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	if len(text) == 0 {
		return nil, nil
	}
	if _, err := engine.ParseEncryption(text); err != nil {
		return nil, inField("file", err)
	}
	return strings.Split(strings.TrimRight(string(text), "\n"), "\n"), nil
}

// writeKeys writes a file of keys anew, in one step.
func writeKeys(file string, lines []string) error {
	text := []byte(strings.Join(lines, "\n") + "\n")
	if _, err := engine.ParseEncryption(text); err != nil { // such as two keys of one name
		return inField("name", err)
	}
	next := file + ".new"
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return needed("file", "the file %s cannot be written", file)
	}
	if err := os.Rename(next, file); err != nil {
		return needed("file", "the file %s cannot be replaced", file)
	}
	return nil
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

// ownersAlone makes sure that a file of secrets can be read by its owner alone.
func ownersAlone(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return unreadable(file, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return policy.Refuse(policy.CodeInvalid, "the key in %s can be read by others: chmod 600 %s", file, file)
	}
	return nil
}

// makeSealKey writes a new private key, for its owner alone, and gives the
// public one.
func makeSealKey(file, name string) (string, error) {
	private, public, err := evidence.NewKey(rand.Reader, name)
	if err != nil {
		return "", needed("name", "%q cannot be the name of a key: use letters, digits, dots and hyphens", name)
	}
	err = writeNew(file, func(w io.Writer) error {
		_, err := io.WriteString(w, private+"\n")
		return err
	})
	if policy.CodeOf(err) == policy.CodeInternal {
		err = policy.Refuse(policy.CodeInternal, "the key could not be written")
	}
	return public, err
}

// readSigner reads a private key, which its owner alone may be able to read.
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
