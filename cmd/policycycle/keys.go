package main

import (
	"crypto/rand"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

func (a *app) keysCommand() *cobra.Command {
	news := group("new", "Make a new key", "  policycycle keys new seal --help", a.newSealCommand(), a.newEncryptionCommand())
	return group("keys", "Make the keys that seal and encrypt", "  policycycle keys new seal --name policycycle.example.eu --file seal.key", news)
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
		Args:    arguments(false),
		RunE: func(*cobra.Command, []string) error {
			switch {
			case name == "":
				return needed("name", "say with --name whose key it is, such as --name policycycle.example.eu")
			case file == "":
				return needed("file", "say with --file where the key is to stand")
			}
			public, err := makeSealKey(file, name)
			if err != nil {
				return err
			}
			return a.print(newKey{file, public}, func(p *page) { p.line("%s", public) })
		},
	}
	c.Flags().StringVar(&name, "name", "", "`NAME` of the office whose key it is")
	c.Flags().StringVar(&file, "file", "", "`FILE` to write; one that is there is not overwritten")
	return c
}

func (a *app) newEncryptionCommand() *cobra.Command {
	var file, name string
	c := &cobra.Command{
		Use:   "encryption --file FILE",
		Short: "Make a key that encrypts what travels through Temporal",
		Long: `Makes a key that encrypts what travels through Temporal (setting encryption.keys) and
puts it first into the file, which it makes if it is not there. The first key
encrypts; the others still read what was encrypted before, so leave them there as
long as there are histories of that time. Every serve, worker and command needs
the same file.`,
		Example: "  policycycle keys new encryption --file encryption.keys",
		Args:    arguments(false),
		RunE: func(*cobra.Command, []string) error {
			if file == "" {
				return needed("file", "say with --file where the keys are to stand")
			}
			if name == "" {
				name = time.Now().UTC().Format("2006-01-02-150405")
			}
			line, err := engine.NewEncryptionKey(name)
			if err != nil {
				return inField("name", err)
			}
			if err := putFirst(file, line); err != nil {
				return err
			}
			return a.print(newKey{file, name}, func(p *page) { p.line("The key %s stands first in %s.", name, file) })
		},
	}
	c.Flags().StringVar(&file, "file", "", "`FILE` with the keys")
	c.Flags().StringVar(&name, "name", "", "`NAME` of the key (default: made from the time)")
	return c
}

// putFirst puts a line before the others of a file of secrets, in one step.
func putFirst(file, line string) error {
	before, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return unreadable(file, err)
	}
	if len(before) > 0 {
		if _, err := engine.ParseEncryption(before); err != nil {
			return inField("file", err)
		}
	}
	next := file + ".new"
	if err := os.WriteFile(next, append([]byte(line+"\n"), before...), 0o600); err != nil {
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
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", needed("file", "the file %s cannot be written: name one that is not there yet", file)
	}
	_, err = out.WriteString(private + "\n")
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return "", policy.Refuse(policy.CodeInternal, "the key could not be written")
	}
	return public, nil
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
