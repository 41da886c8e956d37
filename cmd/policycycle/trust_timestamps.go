package main

import (
	"crypto/x509"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/timestamps"
)

// stamped is a checkpoint with what an authority said of it.
type stamped struct {
	Checkpoint string           `json:"checkpoint"` // its file
	Stamp      timestamps.Stamp `json:"stamp,omitzero"`
	// Fault says why the timestamp is not believed, or that there is none.
	Fault string `json:"fault,omitempty"`
}

func (a *app) auditTimestampsCommand() *cobra.Command {
	var authority string
	c := &cobra.Command{
		Use:   "timestamps FOLDER --authority FILE",
		Short: "Check the timestamps of an authority on exported checkpoints",
		Long: `Checks the timestamp (RFC 3161) beside each checkpoint in a folder, where the setting
audit.timestamps names an authority: that it is of this checkpoint, and that an
authority which you trust has set it. Give its certificate, or that of the root which
vouches for it, got from elsewhere, as PEM. Nothing is asked of anybody. A checkpoint
without a timestamp is named; one whose timestamp is not believed ends it with status 19.`,
		Example: "  policycycle audit timestamps /mnt/witness/empact-2022-2025 --authority authority.pem",
		RunE: func(_ *cobra.Command, args []string) error {
			pem, err := readSmall(authority)
			if err != nil {
				return inField("authority", err)
			}
			trusted, err := timestamps.Trusted(pem)
			if err != nil {
				return inField("authority", err)
			}
			all, wrong, err := stampsIn(args[0], trusted)
			if err != nil {
				return err
			}
			if err := a.print(all, func(p *page) { showStamps(p, all) }); err != nil {
				return err
			}
			return wrong
		},
	}
	c.Flags().StringVar(&authority, "authority", "", "`FILE` with the certificates to trust, as PEM")
	required(c, "authority", "name with --authority the file with the certificate of the authority, such as --authority authority.pem")
	return c
}

// stampsIn checks the timestamps in a folder. The second error is of the first one that is not believed.
func stampsIn(folder string, trusted *x509.CertPool) (all []stamped, wrong, err error) {
	all = []stamped{}
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".txt" {
			return err
		}
		s, disbelieved, err := stampOn(path, trusted)
		if err != nil {
			return err
		}
		if wrong == nil && disbelieved != nil {
			wrong = policy.Refuse(policy.CodeTampered, "the timestamp on %s is not believed: %v", path, disbelieved)
		}
		all = append(all, s)
		return nil
	})
	if err != nil && policy.CodeOf(err) == policy.CodeInternal {
		err = unreadable(folder, err)
	}
	return all, wrong, err
}

// stampOn checks the timestamp on one checkpoint. The first error says why it is not believed.
func stampOn(path string, trusted *x509.CertPool) (s stamped, disbelieved, err error) {
	s.Checkpoint = path
	checkpoint, err := readSmall(path)
	if err != nil {
		return s, nil, err
	}
	answer, err := os.ReadFile(strings.TrimSuffix(path, ".txt") + timestamps.Ending)
	switch {
	case os.IsNotExist(err):
		s.Fault = "no authority was asked, or it did not answer yet"
		return s, nil, nil
	case err != nil:
		return s, nil, unreadable(path, err)
	}
	if s.Stamp, disbelieved = timestamps.Check(answer, checkpoint, trusted); disbelieved != nil {
		s.Fault = disbelieved.Error()
	}
	return s, disbelieved, nil
}

func showStamps(p *page, all []stamped) {
	if len(all) == 0 {
		p.line("There is no checkpoint in the folder.")
	}
	p.grid(cells{"Checkpoint", "At", "By", ""}, each(all, func(s stamped) cells {
		if s.Fault != "" {
			return cells{s.Checkpoint, "", "", p.paint(red, s.Fault)}
		}
		return cells{s.Checkpoint, s.Stamp.At.Format(time.RFC3339), s.Stamp.By, ""}
	}))
}
