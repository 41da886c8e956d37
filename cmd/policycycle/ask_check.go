package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
)

// checked is what a sound cycle file contains.
type checked struct {
	File                 string        `json:"file"`
	Sound                bool          `json:"sound"` // always true: an unsound file is an error
	ID                   string        `json:"id"`    // key of the cycle
	Title                string        `json:"title"`
	PolicyWindow         policy.Window `json:"policy_window"`
	ImplementationWindow policy.Window `json:"implementation_window"`
	Periods              []string      `json:"periods"`      // their keys
	Priorities           []string      `json:"priorities"`   // their keys
	OAPs                 int           `json:"oaps"`         // in each period
	Subjects             int           `json:"subjects"`     // everything that is to be settled
	Script               bool          `json:"script"`       // whether it holds a script for a rehearsal
	Illustrative         []string      `json:"illustrative"` // parts that no public source gives
	// Facts says how many values have a public source.
	Facts policy.Provenance `json:"facts"`
	// Uncovered are the times of the implementation window without a period.
	Uncovered []policy.Window `json:"uncovered"`
	// DaysOff are due dates and meetings on a weekend or a holiday of the institutions.
	DaysOff []policy.Problem `json:"days_off"`
	// Blind is what rules can never look at in the cycle.
	Blind []blindSpot `json:"blind"`
}

// blindSpot is something that rules cannot look at, and which rules these are.
type blindSpot struct {
	rules.Gap
	Rules []string `json:"rules"`
}

func (a *app) cycleCheckCommand() *cobra.Command {
	var amendment bool
	c := &cobra.Command{
		Use:     "check FILE",
		Short:   "Check a cycle file and say what it contains; nothing is started",
		Example: "  policycycle cycle check empact-2022-2025/cycle.yaml\n  policycycle cycle check --amendment two-year-oaps.yaml",
		RunE: func(_ *cobra.Command, args []string) error {
			if amendment {
				return a.checkAmendment(args[0])
			}
			file, err := a.cycleFile(args[0])
			if err != nil {
				return err
			}
			found, err := contents(args[0], file)
			if err != nil {
				return err
			}
			return a.print(found, func(p *page) { showChecked(p, found) })
		},
	}
	c.Flags().BoolVar(&amendment, "amendment", false, "the file is an amendment of a cycle")
	return c
}

func (a *app) checkAmendment(name string) error {
	amendment, err := readFile(a, name, a.parts.readAmendment)
	if err != nil {
		return err
	}
	found := struct {
		File   string `json:"file"`
		Sound  bool   `json:"sound"`
		Reason string `json:"reason"`
	}{name, true, amendment.Reason}
	return a.print(found, func(p *page) { p.line("%s is a sound amendment: %s", name, amendment.Reason) })
}

func contents(name string, file *files.CycleFile) (checked, error) {
	d := &file.Definition
	facts, err := d.Provenance()
	found := checked{
		File: name, Sound: true, ID: d.Key, Title: d.Title,
		PolicyWindow: d.PolicyWindow, ImplementationWindow: d.ImplementationWindow,
		Periods:    each(d.Periods, func(p policy.Period) string { return p.Key }),
		Priorities: each(d.Priorities, func(p policy.Priority) string { return p.Key }), Subjects: len(d.Agenda()),
		Script: file.Script != nil, Illustrative: list(d.Illustrative), Facts: facts, Uncovered: list(d.Uncovered()), DaysOff: list(d.DaysOff()),
	}
	found.Blind = []blindSpot{}
	gaps, of := rules.Blind(d)
	for _, gap := range gaps {
		found.Blind = append(found.Blind, blindSpot{gap, of[gap.What]})
	}
	for _, priority := range d.Priorities {
		found.OAPs += len(priority.OAPs)
	}
	return found, err
}

func showChecked(p *page, c checked) {
	script := ""
	if c.Script {
		script = "yes, for policycycle rehearse"
	}
	p.line("%s is a sound cycle file.\n", c.File)
	p.facts(
		[2]string{"Cycle", c.ID + ", " + c.Title},
		[2]string{"Policy window", windowText(c.PolicyWindow)},
		[2]string{"Implementation window", windowText(c.ImplementationWindow)},
		[2]string{"Periods", counted(c.Periods)},
		[2]string{"Priorities", counted(c.Priorities)},
		[2]string{"OAPs in each period", fmt.Sprint(c.OAPs)},
		[2]string{"Subjects to be settled", fmt.Sprint(c.Subjects)},
		[2]string{"Script", script},
		[2]string{"Illustrative", strings.Join(c.Illustrative, ", ")},
		[2]string{"Facts", factsText(c.Facts)},
	)
	p.section("Without a period, and so without OAPs", nil, each(c.Uncovered, func(open policy.Window) cells { return cells{windowText(open)} }))
	if c.Facts.Sourced > 0 {
		p.section("Without a source, and not illustrative", nil, each(c.Facts.Open, func(path string) cells { return cells{path} }))
	}
	p.section("Sources and illustrative parts that are not in the file", nil, each(c.Facts.Idle, func(path string) cells { return cells{path} }))
	p.section("What rules cannot look at", nil, each(c.Blind, func(b blindSpot) cells { return cells{b.Message, strings.Join(b.Rules, ", ")} }))
	p.section("On days off, which may be meant", nil, each(c.DaysOff, func(off policy.Problem) cells { return cells{off.Field, off.Message} }))
}

// factsText says where facts come from, in a file that says so of any.
func factsText(p policy.Provenance) string {
	if p.Sourced+p.Illustrative == 0 {
		return ""
	}
	return fmt.Sprintf("%d with a source, %d illustrative, %d of which neither is said", p.Sourced, p.Illustrative, len(p.Open))
}

func counted(keys []string) string { return fmt.Sprintf("%d: %s", len(keys), strings.Join(keys, ", ")) }
