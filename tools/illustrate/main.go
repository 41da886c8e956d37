// Command illustrate fills the example cycles with content.
//
// Public sources give the priorities, dates and drivers of the cycles; what
// stood in the plans, who took part and what was reported they do not. So that
// the examples show a whole cycle all the same, this makes it up: the same each
// time, marked as illustrative everywhere, with real facts only where
// cycle.yaml has them. It writes everything in a folder of examples/ but its
// cycle.yaml.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
)

var examples = map[string]shape{
	"initial-2011-2013": {actions: 8, source: policy.SourceISEC, frameworkEnds: "2013-12-31"},
	"empact-2022-2025": {
		actions: 14, source: policy.SourceISF, frameworkEnds: "2027-12-31",
		refused: "2022/firearms/4.1", expert: "cosi-2023-05/mt", warning: true,
	},
	"empact-2026-2029": {actions: 10, source: policy.SourceISF, frameworkEnds: "2027-12-31"},
}

// shape is what differs between the examples.
type shape struct {
	actions       int // of an OAP
	source        policy.FundingSource
	frameworkEnds string // the last day of the financial framework of the source
	// What is planted for the rules to find: an action that was refused money,
	// and a State that sent an expert to a meeting, MEETING/STATE.
	refused, expert string
	warning         bool // of the war in Ukraine, 2022
}

func main() {
	for name, s := range examples {
		if err := fill(filepath.Join("examples", name), s); err != nil {
			fmt.Fprintln(os.Stderr, "illustrate:", err)
			os.Exit(1)
		}
	}
}

// fill writes the folder of one example anew.
func fill(dir string, s shape) error {
	file, err := os.Open(filepath.Join(dir, "cycle.yaml"))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	cycle, err := files.ReadCycle(file.Name(), file)
	if err != nil {
		return err
	}
	made, err := os.MkdirTemp("", "illustrate-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(made) }()
	if err := files.WriteFolder(made, illustrated(cycle, s)); err != nil {
		return err
	}
	for _, part := range []string{"documents", "registers", "actions.csv"} {
		if err := os.RemoveAll(filepath.Join(dir, part)); err != nil {
			return err
		}
		if err := move(filepath.Join(made, part), filepath.Join(dir, part)); err != nil {
			return err
		}
	}
	return nil
}

// move copies a file or a folder; the two may lie on different disks.
func move(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.CopyFS(to, os.DirFS(from))
	}
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644) //nolint:gosec // everybody may read an example
}

// illustrated makes the content of a cycle.
func illustrated(cycle *files.CycleFile, s shape) *files.Folder {
	c := &cast{shape: s, cycle: cycle, d: amended(cycle), documents: map[string]policy.Content{}}
	c.assess()
	c.plan()
	c.report()
	c.owe()
	c.meet()
	c.pay()
	c.strategy()
	return &files.Folder{CycleFile: *cycle, Documents: c.documents, Rows: c.rows}
}

// amended gives the definition as the scripted amendments leave it.
func amended(cycle *files.CycleFile) policy.Definition {
	d := cycle.Definition
	for _, item := range cycle.Script.Items {
		if item.Amendment != nil {
			d = d.Amend(*item.Amendment, item.Opening.Due)
		}
	}
	return d
}

// cast makes everything up.
type cast struct {
	shape
	cycle     *files.CycleFile
	d         policy.Definition
	documents map[string]policy.Content
	rows      []policy.Row
}

var illustrative = policy.Cover{Illustrative: true}

// hands keeps what stands in the first version of a document.
func (c *cast) hands(path string, content policy.Content) { c.documents[path+"/v1"] = content }

// enters puts a row into a register.
func (c *cast) enters(by policy.Body, register policy.Register, key string, on policy.Date, body policy.RowBody) {
	c.rows = append(c.rows, policy.Row{Register: register, Key: key, Date: on, Body: body, By: policy.Actor{Name: "Rehearsal", Body: by}})
}

// entry gives the agenda entry of a subject.
func (c *cast) entry(path string) policy.Entry {
	for _, e := range c.d.Agenda() {
		if e.Subject.Path() == path {
			return e
		}
	}
	panic("the cycle has no " + path) // a mistake in this program: its test meets it
}

// played gives the day on which the script has a turn played that falls due on
// a day.
func (c *cast) played(subject policy.Subject, body policy.Body, due policy.Date) policy.Date {
	return c.cycle.Script.When(c.cycle.Script.SceneFor(subject, body, 1), due)
}

func date(text string) policy.Date {
	d, err := policy.ParseDate(text)
	if err != nil {
		panic(err) // a mistake in this program: its test meets it
	}
	return d
}
