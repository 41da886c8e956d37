package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// trusting are the flags that say by what a record is checked.
type trusting struct {
	keys        string
	checkpoints []string
}

func (t *trusting) define(c *cobra.Command) {
	c.Flags().StringVar(&t.keys, "keys", "", "`FILE` with the public keys to trust, got from elsewhere (default: seal.keys, else those that are checked)")
	c.Flags().StringArrayVar(&t.checkpoints, "checkpoint", nil, "`FILE` with an exported checkpoint, or a folder of them; may be repeated")
}

// read reads the keys and checkpoints.
func (t *trusting) read(a *app) (*evidence.Keyring, [][]byte, error) {
	var checkpoints [][]byte
	for _, name := range t.checkpoints {
		found, err := readCheckpoints(name)
		if err != nil {
			return nil, nil, inField("checkpoint", err)
		}
		checkpoints = append(checkpoints, found...)
	}
	name := cmp.Or(t.keys, a.config.Seal.Keys)
	if name == "" {
		return nil, checkpoints, nil
	}
	ring, err := readKeyring(name)
	return ring, checkpoints, inField("keys", err)
}

// readKeyring reads a file of public keys.
func readKeyring(name string) (*evidence.Keyring, error) {
	text, err := readSmall(name)
	if err != nil {
		return nil, err
	}
	return evidence.ParseKeyring(text)
}

// readSmall reads a file that is never large.
func readSmall(name string) ([]byte, error) {
	const most = 1 << 20
	info, err := os.Stat(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	if info.Size() > most {
		return nil, needed("file", "the file %s is larger than 1 MB: it is something else", name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	return text, nil
}

func readCheckpoints(name string) ([][]byte, error) {
	var all [][]byte
	err := filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path != name && filepath.Ext(path) != ".txt" {
			return err
		}
		text, err := readSmall(path)
		all = append(all, text)
		return err
	})
	if err != nil {
		return nil, unreadable(name, err)
	}
	return all, nil
}

func (a *app) auditCommand() *cobra.Command {
	return group("audit", "Check the record of a cycle", "  policycycle audit verify empact-2022-2025 --as eva@court-of-auditors",
		a.auditVerifyCommand(), a.auditTimestampsCommand(), a.auditReadsCommand())
}

func (a *app) auditVerifyCommand() *cobra.Command {
	var trust trusting
	c := &cobra.Command{
		Use:   "verify CYCLE --as NAME@BODY",
		Short: "Find what was changed in the record of a cycle",
		Long: `Checks that nobody changed the record of a cycle: each line of the trail against
the one before it, each decision, document and row against its line, each seal
against its key, and the whole against checkpoints that were exported. Each line
must follow from those before it, with two people where they are wanted, and
where the cycle and its subjects are shown to stand must follow from them all.
The first bad line is named, and the exit status is 19. A tail cut off after the
last checkpoint cannot be seen: give the latest one with --checkpoint.`,
		Example: "  policycycle audit verify empact-2022-2025 --keys office-keys.txt --checkpoint /mnt/witness/empact-2022-2025 --as eva@court-of-auditors",
		PreRunE: a.known,
		RunE: func(cmd *cobra.Command, args []string) error {
			keys, checkpoints, err := trust.read(a)
			if err != nil {
				return err
			}
			var d *evidence.Dossier
			err = a.ask(cmd.Context(), func(ctx context.Context, svc service.Service) (err error) {
				d, err = svc.Dossier(ctx, args[0])
				return err
			})
			if err != nil {
				return err
			}
			return a.verified(d.Verify(keys, ofCycle(checkpoints, d.Cycle)...))
		},
	}
	trust.define(c)
	return c
}

// ofCycle picks the checkpoints of a cycle out of those of many.
func ofCycle(checkpoints [][]byte, cycle string) [][]byte {
	return slices.DeleteFunc(slices.Clone(checkpoints), func(signed []byte) bool {
		first, _, _ := strings.Cut(string(signed), "\n")
		return strings.HasPrefix(first, "policycycle/") && first != "policycycle/"+cycle
	})
}

// verified tells what checking has shown; faults end with a status of their own.
func (a *app) verified(r *evidence.Report) error {
	err := a.print(r, func(p *page) { showReport(p, r) })
	if err != nil || r.OK() {
		return err
	}
	first := r.Faults[0]
	return policy.Refuse(policy.CodeTampered, "the record of %s does not stand up: %s", r.Cycle, first.Message)
}

func showReport(p *page, r *evidence.Report) {
	keys := strings.Join(r.Keys, ", ")
	switch {
	case keys == "":
		keys = "none"
	case !r.Trusted:
		keys += " (they came with what is checked; give those you trust with --keys)"
	}
	covered := "none: what was cut off at the end cannot be seen"
	if r.Checkpoints > 0 {
		covered = fmt.Sprintf("%d, up to line %d", r.Checkpoints, r.Covered)
	}
	p.facts([2]string{"Cycle", r.Cycle}, [2]string{"Trail", count(r.Lines, "line")}, [2]string{"Records", fmt.Sprint(r.Records)},
		[2]string{"Sealed", fmt.Sprintf("%d of %d acts", r.SealedActs, r.SealedActs+r.UnsealedActs)},
		[2]string{"Subjects", fmt.Sprintf("%d compared with what was recorded", r.Subjects)},
		[2]string{"Contents", fmt.Sprint(r.Contents)}, [2]string{"Checkpoints", covered}, [2]string{"Keys", keys})
	if len(r.Unchecked) > 0 {
		rows := make([][]string, len(r.Unchecked))
		for i, u := range r.Unchecked {
			rows[i] = []string{u.Message}
		}
		p.section("What could not be checked", []string{"what"}, rows)
	}
	switch {
	case !r.OK():
	case len(r.Unchecked) > 0:
		p.line("")
		p.line("Of what could be checked, nothing was changed.")
		return
	default:
		p.line("")
		p.line("%s", p.paint(green, "Nothing was changed."))
		return
	}
	p.section(p.paint(red, "What does not stand up"), cells{"line", "kind", "what"}, each(r.Faults, func(f evidence.Fault) cells {
		line := ""
		if f.Sequence > 0 {
			line = fmt.Sprint(f.Sequence)
		}
		return cells{line, string(f.Kind), f.Message}
	}))
}

func (a *app) auditReadsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "reads CYCLE --as NAME@BODY", Short: "List who read what is marked LIMITE",
		Long:    "Lists who read content marked LIMITE, where that is recorded (setting audit.reads).",
		Example: "  policycycle audit reads empact-2022-2025 --as eva@court-of-auditors",
		PreRunE: a.known,
		RunE: aboutCycle(a, service.Service.ListReads, func(p *page, reads []service.Read) {
			if len(reads) == 0 {
				p.line("Nobody's reading is recorded.")
			}
			p.grid(cells{"at", "by", "document", "version"}, each(reads, func(r service.Read) cells {
				return cells{r.At.Format(time.RFC3339), r.By, r.Subject.Path(), fmt.Sprint(r.Version)}
			}))
		}),
	}
}

func (a *app) dossierCommand() *cobra.Command {
	return group("dossier", "Take the whole record of a cycle out, and check it anywhere", "  policycycle dossier verify empact-2022-2025.zip",
		a.dossierExportCommand(), a.dossierVerifyCommand())
}

func (a *app) dossierExportCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "export CYCLE --as NAME@BODY [--file FILE]",
		Short: "Write the record of a cycle as one archive",
		Long: `Writes one archive with the records of a cycle, every version and decision, the
trail, the checkpoints, the public keys, and a summary for people. Anybody can
check it with dossier verify, without a database. It holds what is marked LIMITE.`,
		Example: "  policycycle dossier export empact-2022-2025 --file empact-2022-2025.zip --as eva@court-of-auditors",
		PreRunE: a.known,
		RunE: func(cmd *cobra.Command, args []string) error {
			out = cmp.Or(out, args[0]+".zip")
			return answer(a, cmd, func(ctx context.Context, svc service.Service) (dossierFile, error) {
				d, err := svc.Dossier(ctx, args[0])
				if err != nil {
					return dossierFile{}, err
				}
				err = writeNew(out, func(w io.Writer) error { return evidence.WriteDossier(w, d) })
				return dossierFile{out, d.Cycle, len(d.Trail), d.RecordCount()}, err
			}, func(p *page, f dossierFile) {
				p.line("%s holds the record of %s: %s of the trail, %s.", f.File, f.Cycle, count(f.Lines, "line"), count(f.Records, "record"))
				p.line("To check it anywhere: policycycle dossier verify %s", f.File)
			})
		},
	}
	c.Flags().StringVar(&out, "file", "", "`FILE` to write (default: CYCLE.zip); one that is there is not overwritten")
	return c
}

// dossierFile says what was written.
type dossierFile struct {
	File    string `json:"file"`
	Cycle   string `json:"cycle"`
	Lines   int    `json:"lines"`
	Records int    `json:"records"`
}

func (a *app) dossierVerifyCommand() *cobra.Command {
	var trust trusting
	c := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check an archive without a database",
		Long: `Checks a dossier as audit verify checks the database, on any machine and without
one. Give the public keys that you trust with --keys: those in the archive could
be the forger's.`,
		Example: "  policycycle dossier verify empact-2022-2025.zip --keys office-keys.txt --checkpoint witness/",
		RunE:    func(_ *cobra.Command, args []string) error { return a.verifyDossier(args[0], trust) },
	}
	trust.define(c)
	return c
}

// verifyDossier checks the dossier in a file.
func (a *app) verifyDossier(name string, trust trusting) error {
	keys, checkpoints, err := trust.read(a)
	if err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return unreadable(name, err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return unreadable(name, err)
	}
	d, err := evidence.ReadDossier(file, info.Size())
	if err != nil {
		return inField("file", err)
	}
	return a.verified(d.Verify(keys, ofCycle(checkpoints, d.Cycle)...))
}
