package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/archive"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

func (a *app) archiveCommand() *cobra.Command {
	return group("archive", "Hand a cycle over to an archive, and check what was handed over", "  policycycle archive verify empact-2022-2025-package",
		a.archiveMakeCommand(), a.archiveVerifyCommand(), a.archiveRulesCommand())
}

// The folders of a package, below which its files stand.
const (
	dossierInPackage   = "representations/record/dossier.zip"
	dataInPackage      = "representations/data"
	papersInPackage    = "representations/papers"
	retentionInPackage = "metadata/retention.csv"
)

// packed says what was written.
type packed struct {
	Folder  string    `json:"folder"`
	Files   int       `json:"files"`
	LeftOut []leftOut `json:"left_out,omitempty"`
}

// leftOut is a paper that the package lacks, and why.
type leftOut struct {
	Paper string `json:"paper"`
	Said  string `json:"said"`
}

func (a *app) archiveMakeCommand() *cobra.Command {
	var rules string
	c := &cobra.Command{
		Use:   "make CYCLE FOLDER --as NAME@BODY",
		Short: "Write a cycle as an information package (METS, after E-ARK)",
		Long: `Writes a cycle as an information package for an archive: a folder with METS.xml and the
checksum of every file. It holds the sealed dossier, the whole cycle as YAML and CSV,
which cycle import reads, the papers as PDF, and how long each document is kept, by
which rule. Rules of the institution's own are given with --retention; archive rules
writes those to begin with. It holds what is marked LIMITE.`,
		Example: "  policycycle archive make empact-2022-2025 empact-2022-2025-package --as eva@court-of-auditors",
		PreRunE: a.known,
		RunE: func(cmd *cobra.Command, args []string) error {
			kept, err := retention(rules)
			if err != nil {
				return err
			}
			if err := emptyFolder(args[1]); err != nil {
				return err
			}
			return answer(a, cmd, func(ctx context.Context, svc service.Service) (*packed, error) {
				return a.pack(ctx, svc, args[0], args[1], kept)
			}, func(p *page, w *packed) {
				p.line("%s holds %s. To check it anywhere: policycycle archive verify %s", w.Folder, count(w.Files, "file"), w.Folder)
				p.section("Papers that it lacks", cells{"Paper", "Why"}, each(w.LeftOut, func(l leftOut) cells { return cells{l.Paper, l.Said} }))
			})
		},
	}
	c.Flags().StringVar(&rules, "retention", "", "`FILE` with the retention rules of the institution, as archive rules writes them")
	return c
}

// retention reads the rules of an institution; without a file those that ship.
func retention(name string) ([]policy.Retention, error) {
	if name == "" {
		return policy.RetentionRules(), nil
	}
	text, err := readSmall(name)
	if err != nil {
		return nil, inField("retention", err)
	}
	var rules []policy.Retention
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&rules); err != nil {
		return nil, needed("retention", "%s holds no retention rules: %v; policycycle archive rules -o json writes how they look", name, err)
	}
	return rules, inField("retention", policy.JudgeRetention(rules))
}

// emptyFolder makes a folder, or finds that there is nothing in it.
func emptyFolder(name string) error {
	if err := os.MkdirAll(name, 0o750); err != nil {
		return needed("folder", "the folder %s cannot be made: %v", name, err)
	}
	if there, err := os.ReadDir(name); err != nil || len(there) > 0 {
		return needed("folder", "the folder %s is not empty: name another one", name)
	}
	return nil
}

// pack writes what a package holds, and seals it.
func (a *app) pack(ctx context.Context, svc service.Service, cycle, dir string, rules []policy.Retention) (*packed, error) {
	dossier, err := svc.Dossier(ctx, cycle)
	if err != nil {
		return nil, err
	}
	whole, err := svc.Export(ctx, cycle)
	if err != nil {
		return nil, err
	}
	c, err := svc.FindCycle(ctx, cycle)
	if err != nil {
		return nil, err
	}
	in := packing{dir: dir}
	in.write(dossierInPackage, func(w io.Writer) error { return evidence.WriteDossier(w, dossier) })
	in.write(retentionInPackage, func(w io.Writer) error { return writeRetention(w, c, rules) })
	if in.err == nil {
		in.err = files.WriteFolder(filepath.Join(dir, filepath.FromSlash(dataInPackage)), folderOf(whole))
	}
	result := &packed{Folder: dir}
	if in.err == nil {
		result.LeftOut, in.err = a.packPapers(ctx, svc, c, &in)
	}
	if in.err != nil {
		return nil, in.err
	}
	if err := archive.Seal(dir, aboutPackage(c, dossier.Made)); err != nil {
		return nil, err
	}
	checked, err := archive.Check(os.DirFS(dir))
	if err != nil {
		return nil, err
	}
	result.Files = checked.Files
	return result, nil
}

// packing writes files into a folder, up to the first that cannot be written.
type packing struct {
	dir string
	err error
}

func (p *packing) write(name string, write func(io.Writer) error) {
	if p.err != nil {
		return
	}
	name = filepath.Join(p.dir, filepath.FromSlash(name))
	if p.err = os.MkdirAll(filepath.Dir(name), 0o750); p.err == nil {
		p.err = writeNew(name, write)
	}
}

func aboutPackage(c *service.Cycle, made time.Time) archive.About {
	return archive.About{
		ID: c.ID, Title: c.Title, Creator: policy.GeneralSecretariat.Title(), Covers: c.PolicyWindow.From.String() + "/" + c.ImplementationWindow.To.String(), Language: string(c.Language),
		Rights:      policy.Limite.Title(),
		Description: "The record of a policy cycle against serious and organised crime: what was handed in and decided, by whom, with its evidence.",
		Software:    "policycycle " + readBuildInfo().Version, Made: made,
	}
}

// packPapers writes the papers of a cycle. One that cannot be made is left out, and said.
func (a *app) packPapers(ctx context.Context, svc service.Service, c *service.Cycle, in *packing) (left []leftOut, err error) {
	for _, order := range papersOf(c) {
		order.Cycle, order.Languages = c.ID, []string{string(c.Language)}
		_, content, err := a.printsPaper(ctx, svc, order, papers.PDF)
		switch code := policy.CodeOf(err); {
		case err == nil:
			in.write(papersInPackage+"/"+order.File(papers.PDF), func(w io.Writer) error { _, err := w.Write(content); return err })
		case code == policy.CodeUnavailable || code == policy.CodeInternal || ctx.Err() != nil:
			return nil, err
		default:
			left = append(left, leftOut{strings.TrimSpace(string(order.Kind) + " " + order.Key), err.Error()})
		}
	}
	return left, in.err
}

// papersOf lists the papers of a whole cycle.
func papersOf(c *service.Cycle) (orders []papers.Order) {
	for _, kind := range []papers.Kind{papers.KindConclusions, papers.KindObligations, papers.KindProgress, papers.KindRoadmap, papers.KindFactsheet} {
		orders = append(orders, papers.Order{Kind: kind})
	}
	for year := c.ImplementationWindow.From.Year(); year <= min(c.ImplementationWindow.To.Year(), c.Today.Year()); year++ {
		orders = append(orders, papers.Order{Kind: papers.KindAnnual, Key: strconv.Itoa(year)})
	}
	plans := slices.Clone(c.MASPs)
	for _, p := range c.Periods {
		plans = append(plans, p.OAPs...)
	}
	for _, s := range plans {
		if s.Version > 0 {
			orders = append(orders, papers.Order{Kind: papers.Kind(s.Subject.Kind), Key: strings.TrimPrefix(s.Path, string(s.Subject.Kind)+"/")})
		}
	}
	return orders
}

// writeRetention says of each document of a cycle how long it is kept, and by which rule. What is
// not settled yet, or has no rule, says nothing of a day.
func writeRetention(w io.Writer, c *service.Cycle, rules []policy.Retention) error {
	table := csv.NewWriter(w)
	lines := [][]string{{"subject", "title", "kind", "settled_on", "years", "kept_until", "then", "source"}}
	all := slices.Concat(c.Policy, c.MASPs, c.Items, c.Obligations, c.Discontinued)
	for _, p := range c.Periods {
		all = slices.Concat(all, p.OAPs, p.Reports)
	}
	for _, s := range all {
		var years, until string
		rule, found := policy.RetentionOf(rules, s.Subject.Kind)
		if found {
			years = strconv.Itoa(rule.Years)
		}
		if found && !s.ClosedOn.IsZero() {
			until = rule.Until(s.ClosedOn).String()
		}
		lines = append(lines, []string{s.Path, s.Title, string(s.Subject.Kind), s.ClosedOn.String(), years, until, string(rule.Then), rule.Source})
	}
	return table.WriteAll(lines)
}

func (a *app) archiveVerifyCommand() *cobra.Command {
	var trust trusting
	c := &cobra.Command{
		Use:   "verify FOLDER",
		Short: "Check a package without a database",
		Long: `Checks each file of a package against METS.xml and SHA256SUMS, and the dossier in it as
dossier verify does. Give the public keys that you trust with --keys: those in the
package could be the forger's. A file that is missing, changed or added ends it with
status 19.`,
		Example: "  policycycle archive verify empact-2022-2025-package --keys office-keys.txt",
		RunE: func(_ *cobra.Command, args []string) error {
			checked, err := archive.Check(os.DirFS(args[0]))
			if err != nil {
				return inField("folder", err)
			}
			if !checked.OK() {
				if err := a.print(checked, func(p *page) { showPackage(p, checked) }); err != nil {
					return err
				}
				return policy.Refuse(policy.CodeTampered, "the package of %s is not as it was: %s", checked.ID, checked.Faults[0])
			}
			if a.format == formatTable {
				if err := a.print(checked, func(p *page) {
					p.line("Each of the %s of the package of %s is as it was.", count(checked.Files, "file"), checked.ID)
				}); err != nil {
					return err
				}
			}
			return a.verifyDossier(filepath.Join(args[0], filepath.FromSlash(dossierInPackage)), trust)
		},
	}
	trust.define(c)
	return c
}

func showPackage(p *page, c *archive.Checked) {
	p.section("Package of "+c.ID, cells{"File", "Is"}, each(c.Faults, func(f archive.Fault) cells { return cells{f.Path, p.paint(red, f.What)} }))
}

func (a *app) archiveRulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "The retention rules that ship, to make one's own of",
		Long: `Lists how long each kind of document is kept from the day on which it was settled, what
becomes of it then, and which rule says so. With -o json it is the file that
archive make --retention reads.`,
		Example: "  policycycle archive rules -o json > retention.json",
		RunE: func(*cobra.Command, []string) error {
			rules := policy.RetentionRules()
			return a.print(rules, func(p *page) {
				p.grid(cells{"Kinds", "Years", "Then", "Source"}, each(rules, func(r policy.Retention) cells {
					return cells{strings.Join(policy.Texts(r.Kinds), ", "), strconv.Itoa(r.Years), string(r.Then), r.Source}
				}))
			})
		},
	}
}
