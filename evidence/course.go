package evidence

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// course is how a cycle went, line by line: what was in force, who held the posts, what
// was done on each subject. By the rules of package policy it gives where they stand.
type course struct {
	policy.Records
	// began is when the import was recorded to which the lines still belong, as importing
	// says: all of one have one instant. tookOver says that one began the cycle, lived that
	// something was recorded since that came by none.
	began                      time.Time
	importing, tookOver, lived bool
	// adds is what the import still brings that adds to what was taken over; nil for the one
	// that began the cycle.
	adds *AdditionRecord
	// definitions are those that were in force, the first one first, each since a day, in the
	// words of the texts that were adopted; none where the first cannot be read. filed are the
	// same as they were filed, and index gives their entries.
	definitions []*policy.Definition
	filed       []*policy.Definition
	texts       policy.AdoptedTexts
	wording     ShownWording // which texts they are
	inForceOn   []policy.Date
	index       agendas
	// opened are the subjects that are shown to have been opened.
	opened []ShownSubject
	// subjects are those on which something is recorded, stale those of which the standing
	// is older than that.
	subjects map[policy.Subject]*passage
	stale    map[policy.Subject]bool
	posts    []policy.Row
	passedOn policy.Date                              // when rows of posts were entered last
	held     map[policy.Date]map[string][]policy.Body // the posts, by day
	stage    policy.Stage
	since    []policy.Date // the stage may be shown to have begun then
	looks    map[policy.Run]policy.DesiredState
	looked   time.Time
}

// passage is what is recorded on one subject.
type passage struct {
	acts    []policy.Recorded
	opened  policy.Date
	opening *policy.Opening // of what somebody opened
	// put is the day as of which it was placed last, under the definition of that
	// version; line is the one that did.
	put     policy.Date
	version int
	line    int64
	// end closes it without an act; nil where nothing has.
	end func(policy.Standing) policy.Standing
	cut bool // there are more acts than are followed
}

// mostActs is how many acts on one subject are followed: where it stands is told from all
// of them, again and again.
const mostActs = 5000

// agendas gives the entries of definitions by their subject. They are large: two are kept.
type agendas map[int]map[policy.Subject]policy.Entry

// of gives those of a definition that is known by its version.
func (a agendas) of(version int, d *policy.Definition) map[policy.Subject]policy.Entry {
	if known, is := a[version]; is {
		return known
	}
	if len(a) > 1 {
		clear(a)
	}
	entries := map[policy.Subject]policy.Entry{}
	for _, e := range d.Agenda() {
		entries[e.Subject] = e
	}
	a[version] = entries
	return entries
}

func newCourse() *course {
	return &course{
		Records: policy.Records{Standings: map[policy.Subject]policy.Standing{}}, index: agendas{},
		subjects: map[policy.Subject]*passage{}, stale: map[policy.Subject]bool{}, stage: policy.StageAssessment,
	}
}

// known says whether the definition in force can be read: without it nothing is derived.
func (c *course) known() bool { return c.Definition != nil }

// defines puts a definition in force on a day, with those who held the posts on another; nil
// is one that cannot be read.
func (c *course) defines(d *policy.Definition, on, held policy.Date) {
	c.settle() // under the one that was in force
	var before []policy.Entry
	if c.known() {
		c.plans()
		before = c.Agenda()
	}
	c.filed = append(c.filed, d)
	if d != nil {
		d = d.WithAdopted(c.texts)
	}
	c.definitions, c.inForceOn = append(c.definitions, d), append(c.inForceOn, on)
	c.Definition, c.Planned, c.Items, c.held, c.looks = d, nil, nil, nil, nil
	c.Former = c.formerOf(len(c.definitions))
	if before != nil && c.known() {
		c.returns(before, held)
	}
}

// reword puts the definitions into the words of the texts in force.
func (c *course) reword() {
	for i, d := range c.filed {
		if d != nil {
			c.definitions[i] = d.WithAdopted(c.texts)
		}
	}
	c.Definition, c.Planned, c.Items, c.looks = c.definitions[len(c.definitions)-1], nil, nil, nil
	clear(c.index)
	c.Former = c.formerOf(len(c.definitions))
}

// formerOf gives the definitions that were in force before a version and can be read.
func (c *course) formerOf(version int) []policy.Former {
	var former []policy.Former
	for i, d := range c.definitions[:version-1] {
		if d != nil {
			former = append(former, policy.Former{Definition: d, Until: c.inForceOn[i+1]})
		}
	}
	return former
}

// returns begins anew what an amendment brought back, given the agenda before it.
func (c *course) returns(before []policy.Entry, held policy.Date) {
	c.plans()
	for _, e := range c.Returned(before) {
		p := c.passage(e.Subject)
		p.acts = append(p.acts, policy.Return(e.Subject, held, c.Standings[e.Subject].Version))
		p.put, p.end, p.version = held, nil, len(c.definitions)
		c.stale[e.Subject] = true
	}
}

// plans makes the agenda of the definition in force.
func (c *course) plans() {
	if c.Planned != nil {
		return
	}
	c.Planned = c.Definition.Agenda()
	for subject, p := range c.subjects {
		if p.opening != nil {
			e, _ := c.entry(subject)
			c.Items = append(c.Items, e)
		}
	}
	policy.SortEntries(c.Items)
}

// entry gives the entry of a subject under the definition in force, whether it applies or
// not, in the hands of those who drive it; and whether there is one.
func (c *course) entry(subject policy.Subject) (policy.Entry, bool) {
	entries := c.index.of(len(c.definitions), c.Definition)
	e, planned := entries[subject]
	if p := c.subjects[subject]; !planned && p != nil && p.opening != nil {
		return c.Opened(*p.opening, subject, p.opened), true
	}
	if !planned {
		for _, kept := range c.Kept() {
			if kept.Subject == subject {
				e, planned = kept, true
			}
		}
	}
	return c.Driven(e), planned
}

// on puts the records on a day, with those who held the posts on another.
func (c *course) on(today, held policy.Date) {
	c.Today = today
	if c.held == nil {
		c.held = map[policy.Date]map[string][]policy.Body{}
	}
	drivers, known := c.held[held]
	if !known && policy.Stores(c.Definition, policy.RegPosts) {
		drivers = policy.DriversOn(held, c.posts)
	}
	c.held[held], c.Drivers, c.Held = drivers, drivers, held
}

// enters takes rows of the register of posts, which pass what is drafted on.
func (c *course) enters(rows []policy.Row, on policy.Date) {
	c.posts, c.passedOn, c.held = append(c.posts, rows...), on, nil
	c.looks = nil
}

// acts takes an act on a subject.
func (c *course) acts(d deed) {
	p := c.passage(d.act.Subject)
	if d.act.Kind == policy.ActOpen {
		p.opening, p.opened, c.Planned, c.Items = d.act.Opening, d.act.Date, nil, nil
	}
	p.acts = append(p.acts, d.kept)
	p.put, p.line, c.stale[d.act.Subject] = d.held, d.line.Sequence, true
	if p.end != nil && !policy.StandingOf(d.entry, p.opened, p.acts).Open() { // what was taken away goes on to nobody
		p.end = nil
	}
	gone := c.known() && !c.isPlanned(d.act.Subject)   // an amendment took it away
	if p.opening == nil && !gone || len(p.acts) == 1 { // in an import what somebody opened keeps its entry
		p.version = len(c.definitions)
	}
	c.looks = nil
}

func (c *course) passage(subject policy.Subject) *passage {
	p := c.subjects[subject]
	if p == nil {
		p = &passage{}
		c.subjects[subject] = p
	}
	return p
}

// settle brings the standings up to what is recorded.
func (c *course) settle() {
	if !c.known() {
		return
	}
	for subject := range c.stale {
		e, planned := c.entry(subject)
		if !planned {
			e = c.entryThen(subject)
		}
		c.Standings[subject] = c.subjects[subject].stands(e)
	}
	clear(c.stale)
}

// stands gives where the subject of an entry stands.
func (p *passage) stands(e policy.Entry) policy.Standing {
	s := policy.StandingOf(e, p.opened, p.acts)
	if p.end != nil {
		s = p.end(s)
	}
	return s
}

// look gives what a run that looked at the instant of a line had to bring about. All that
// it wrote then follows from what it found first.
func (c *course) look(line Line, run policy.Run) policy.DesiredState {
	if c.looks == nil || !c.looked.Equal(line.Recorded) {
		c.looks, c.looked = map[policy.Run]policy.DesiredState{}, line.Recorded
	}
	if known, is := c.looks[run]; is {
		return known
	}
	c.settle()
	c.on(line.On, line.On)
	c.plans()
	for _, s := range c.opened { // by the calendar, which leaves no line
		if _, there := c.Standings[s.Subject]; !there && !s.Subject.Kind.ByHand() && !s.OpenedOn.After(line.On) {
			e, _ := c.entry(s.Subject)
			e.Subject = s.Subject
			c.Standings[s.Subject] = policy.StandingOf(e, s.OpenedOn, nil)
		}
	}
	c.looks[run] = policy.DesiredStateOf(run, c.Records)
	return c.looks[run]
}

// closes takes a line by which a subject was closed without an act. It says whether that
// follows from what was recorded before.
func (c *course) closes(line Line, subject policy.Subject) bool {
	look := c.look(line, subject.Run())
	var end func(policy.Standing) policy.Standing
	switch at := slices.IndexFunc(look.Lapsed, func(l policy.Lapse) bool { return l.Subject == subject }); {
	case line.Act == LineLapsed && at >= 0:
		end = func(s policy.Standing) policy.Standing { return s.Lapse(look.Lapsed[at].On) }
	case line.Act == LineDiscontinued && slices.Contains(look.Gone, subject) && c.wasPlanned(subject):
		end = func(s policy.Standing) policy.Standing { return s.Discontinue(line.On) }
	default:
		return false
	}
	p := c.passage(subject)
	p.end, p.line = end, line.Sequence
	c.Standings[subject] = end(c.Standings[subject])
	return true
}

// isPlanned says whether the definition in force plans the subject.
func (c *course) isPlanned(subject policy.Subject) bool {
	_, planned := c.entry(subject)
	return planned
}

// entryThen gives the entry of a subject under the last definition that planned it.
func (c *course) entryThen(subject policy.Subject) policy.Entry {
	for v := len(c.definitions); v > 0; v-- {
		if d := c.definitions[v-1]; d != nil {
			if e, planned := c.index.of(v, d)[subject]; planned {
				return e
			}
		}
	}
	return policy.Entry{}
}

// wasPlanned says whether a definition ever planned the subject, or somebody opened it.
func (c *course) wasPlanned(subject policy.Subject) bool {
	if p := c.subjects[subject]; p != nil && p.opening != nil {
		return true
	}
	return c.entryThen(subject).Subject == subject
}

// entersStage takes a line by which the cycle came to a stage. It says whether that
// follows from what was recorded before.
func (c *course) entersStage(line Line) bool {
	look := c.look(line, c.run())
	if policy.Stage(strings.TrimPrefix(line.Act, LineStage)) != look.Stage {
		return false
	}
	c.stage, c.since = look.Stage, []policy.Date{look.Since}
	return true
}

func (c *course) run() policy.Run { return policy.Run{Kind: policy.RunCycle, Cycle: c.Definition.Key} }

// definitionOf reads a definition that is kept; nil where it cannot be read, or is larger
// than a cycle may be.
func definitionOf(text json.RawMessage) *policy.Definition {
	d := new(policy.Definition)
	if text == nil || policy.Read(text, d) != nil || !d.Fits() {
		return nil
	}
	return d
}
