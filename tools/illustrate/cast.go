package main

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
)

// shape is what differs between the examples.
type shape struct {
	name string
	// slots gives the code and the theme of each action that an OAP has in a period.
	slots func(period, oap string) []slot
	// goals are those of the MASPs where the cycle has one for each priority.
	goals []policy.StrategicGoal
	// union is the fund of the Union in the years of the cycle, grants the other
	// money of the Union; empty for none.
	union, grants policy.FundingSource
	envelopes     []envelope
	advice        []advice
	divergences   []policy.Divergence
	strategy      []strategyAction
	days          []policy.JointActionDay
	changes       []change // of who drives a plan
	// coDrivers are those that sources name, by the OAP.
	coDrivers map[string]policy.Body
	// partners are countries that take part in further actions abroad, two in each.
	partners []string
	war      bool // the warning of 2022 and what followed from it
	// without lists the bodies that did not exist yet.
	without []policy.Body

	// What is planted for the rules to find.
	refused string // action that was refused money: S17
	absent  string // MEETING/STATE below the agreed level: S22
}

// slot is the place of one action in a plan.
type slot struct {
	code, goal string
	theme      theme
}

// illustrated makes the content of a cycle.
func illustrated(cycle *files.CycleFile, s shape) (*files.Folder, error) {
	c := &cast{shape: s, script: cycle.Script, d: amended(cycle), documents: map[string]policy.Content{}}
	c.course = played(&c.d, cycle.Script)
	c.assess()
	c.evaluate()
	c.masps()
	if err := c.plan(); err != nil {
		return nil, err
	}
	c.count()
	c.report()
	c.posts()
	c.owe()
	c.meet()
	c.pay()
	c.act()
	slices.SortStableFunc(c.rows, func(a, b policy.Row) int {
		return cmp.Or(cmp.Compare(a.Register, b.Register), cmp.Compare(a.Date.String(), b.Date.String()), cmp.Compare(a.By.String(), b.By.String()))
	})
	return &files.Folder{CycleFile: *cycle, Documents: c.documents, Rows: c.rows}, nil
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
	script    *policy.Script
	d         policy.Definition
	course    course
	documents map[string]policy.Content
	rows      []policy.Row
	plans     []planned
	// abroad counts the actions with further partners.
	abroad int
}

// planned is an OAP with what was made for it.
type planned struct {
	policy.Entry
	period   policy.Period
	priority policy.Priority
	oap      policy.OAP
	crime    crime
	slots    []slot
	content  *policy.OperationalPlan
}

var illustrative = policy.Cover{Illustrative: true}

// hands keeps what stands in the first version of a document.
func (c *cast) hands(path string, content policy.Content) { c.documents[path+"/v1"] = content }

// enters puts a row into a register.
func (c *cast) enters(by policy.Body, register policy.Register, key string, on policy.Date, body policy.RowBody) {
	c.rows = append(c.rows, policy.Row{Register: register, Key: key, Date: on, Body: body, By: policy.Actor{Name: "Rehearsal", Body: by}})
}

// because gives the reason for the row entered last.
func (c *cast) because(reason string) { c.rows[len(c.rows)-1].Reason = reason }

// draw picks one of n, the same each time for the same parts.
func draw(n int, parts ...any) int {
	hash := fnv.New32a()
	_, _ = fmt.Fprint(hash, parts...) // a hash takes everything
	return int(hash.Sum32()>>3) % n
}

// invented makes up a register number in the series of rehearsals.
func invented(year int, parts ...any) policy.DocumentRef {
	return policy.DocumentRef(fmt.Sprintf("%s %d/%02d INIT", policy.RehearsalSeries, 1000+draw(9000, parts...), year%100))
}

// day reads a date of the tables below, all of which are dates.
func day(text string) policy.Date {
	d, err := policy.ParseDate(text)
	if err != nil {
		panic(err) //nolint:forbidigo // no input leads here: the tables are checked by the tests
	}
	return d
}
