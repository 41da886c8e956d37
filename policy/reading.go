package policy

import "slices"

// Matter is what is read of what is marked LIMITE.
type Matter string

// The matters.
const (
	MatterDocuments Matter = "documents" // what stands in documents
	MatterProgress  Matter = "progress"  // where things stand: whose turn it is, what waits, meetings, what changes
	MatterRegisters Matter = "registers" // the rows of registers
	MatterFindings  Matter = "findings"  // what goes against a rule
	MatterSums      Matter = "sums"      // what was reported, added up
	MatterConduct   Matter = "conduct"   // how late a body is, what it refused, whether it attended
	MatterTrail     Matter = "trail"     // who recorded or tried what
	MatterPeople    Matter = "people"    // who is known here, with which roles
)

// Matters lists the matters, in the order people read them.
var Matters = []Matter{
	MatterDocuments, MatterProgress, MatterRegisters, MatterFindings, MatterSums, MatterConduct, MatterTrail, MatterPeople,
}

// Reach is how far somebody reads.
type Reach string

// The reaches.
const (
	// ReachCycles is the cycles within the scope of the role. A role for a plan or an
	// action acts on that alone, and reads the whole of its cycle: plans are judged beside
	// each other, share money and priorities, and go before the same meetings.
	ReachCycles Reach = "the cycles of the role"
	// ReachNamed is the cycle that the role or the cycle file names.
	ReachNamed Reach = "the cycle that the role names"
	// ReachLeft is what is dated up to the day on which the State left.
	ReachLeft Reach = "what is dated before it left"
	// ReachSent is the reports that it was owed and was given, and what was released to it.
	ReachSent Reach = "what was sent or released to it"
	// ReachReleased is what was released to it.
	ReachReleased Reach = "what was released to it"
	// ReachNone is nothing of any cycle.
	ReachNone Reach = "no cycle"
)

// reader is one row of the reading matrix: who reads what, beside what is public.
type reader struct {
	said  string // who, for people
	is    func(Grant, Circle) bool
	reads []Matter
	reach Reach
	// steers says that it sees the conduct of every delegation; others see that of
	// their own, and that of bodies that are no delegation.
	steers bool
}

var (
	evaluated = []Matter{MatterDocuments, MatterProgress, MatterRegisters, MatterFindings, MatterSums, MatterConduct}
	dated     = []Matter{MatterDocuments, MatterRegisters, MatterConduct, MatterTrail}
)

// readers is the one reading matrix; of each role the first row that it is counts.
var readers = []reader{
	{
		said: string(RoleAdministrator), is: func(g Grant, _ Circle) bool { return g.Role == RoleAdministrator || g.Body == Operator },
		reads: []Matter{MatterPeople}, reach: ReachNone,
	},
	{
		said: Evaluator.Title(), is: func(g Grant, _ Circle) bool { return g.Role == RoleEvaluator || g.Body == Evaluator },
		reads: evaluated, reach: ReachNamed,
	},
	{
		said: CourtOfAuditors.Title(), is: func(g Grant, _ Circle) bool { return g.Body == CourtOfAuditors },
		reads: Matters, reach: ReachCycles, steers: true,
	},
	{
		said: TitlesOf(steering), is: func(g Grant, in Circle) bool { return slices.Contains(steering, g.Body) && in.member(g.Body) },
		reads: Matters, reach: ReachCycles, steers: true,
	},
	{
		said: "Member States, institutions and agencies, and whom the cycle file adds", is: func(g Grant, in Circle) bool { return in.member(g.Body) },
		reads: Matters, reach: ReachCycles,
	},
	{
		said: "a State that left the Union", is: func(g Grant, in Circle) bool { return in.Bodies.LeftBefore(g.Body, in.Today) },
		reads: dated, reach: ReachLeft,
	},
	{
		said: TitlesOf(parliaments), is: func(g Grant, _ Circle) bool { return g.Body.Parliament() },
		reads: []Matter{MatterDocuments}, reach: ReachSent,
	},
	{
		said: "third countries, Interpol, private partners, and whom the cycle file leaves out", is: func(Grant, Circle) bool { return true },
		reads: []Matter{MatterDocuments}, reach: ReachReleased,
	},
}

// Readers says of a cycle who reads what is marked LIMITE in it, beside and instead of
// those who usually do.
type Readers struct {
	// Also lists bodies that read it, too.
	Also []Body `json:"also,omitempty"`
	// Without lists bodies that do not read it.
	Without []Body `json:"without,omitempty"`
}

// Circle is what decides in a cycle, beside the roles, who reads what.
type Circle struct {
	Cycle    string // empty is none: what is read of no cycle
	Today    Date
	Readers  Readers
	Sent     []Sent // of those who ask
	Releases []Row  // those that hold
	Bodies   BodyTable
}

// Sent is a report that was owed to bodies and was given.
type Sent struct {
	Subject Subject
	Version int
	To      []Body
}

// member says whether a body reads what is marked LIMITE in the cycle.
func (c Circle) member(b Body) bool {
	if slices.Contains(c.Readers.Also, b) {
		return true
	}
	return c.Bodies.shares(b, c.Today) && !slices.Contains(c.Readers.Without, b)
}

// Thing is something that is read.
type Thing struct {
	Matter Matter
	// Subject, Version and Marking are those of a document; an empty marking is LIMITE.
	Subject Subject
	Version int
	Marking Marking
	On      Date // the day that it is dated; zero is today
	Of      Body // whose conduct it is
}

// Reads is where the reading matrix is asked: it says whether somebody may read a thing.
func (s Visibility) Reads(t Thing) bool {
	if s.everything || t.Matter == MatterDocuments && t.Marking == Public {
		return true
	}
	return s.anyRole(func(g Grant) bool { return s.circle.opens(g, t) })
}

// Some says whether somebody may read anything of a matter in the cycle by what they are;
// what was sent or released to them is asked for by itself.
func (s Visibility) Some(m Matter) bool {
	return s.everything || s.anyRole(func(g Grant) bool {
		row := s.circle.row(g)
		return slices.Contains(row.reads, m) && (m == MatterPeople || s.circle.within(row.reach, g))
	})
}

// Usually says whether somebody reads of a matter at all in the cycles that their roles
// reach.
func (s Visibility) Usually(m Matter) bool {
	return s.everything || s.anyRole(func(g Grant) bool { return slices.Contains(s.circle.row(g).reads, m) })
}

func (s Visibility) anyRole(holds func(Grant) bool) bool {
	return slices.ContainsFunc(s.who.Grants, func(g Grant) bool { return g.Body == s.who.Body && holds(g) })
}

// row gives the row of the reading matrix of a role in the cycle.
func (c Circle) row(g Grant) reader {
	at := slices.IndexFunc(readers, func(row reader) bool { return row.is(g, c) })
	return readers[at]
}

// within says whether a role reaches the cycle at all.
func (c Circle) within(reach Reach, g Grant) bool {
	switch reach {
	case ReachCycles, ReachLeft:
		return g.within(c.Cycle)
	case ReachNamed:
		return g.within(c.Cycle) && (g.names(c.Cycle) || slices.Contains(c.Readers.Also, g.Body))
	default:
		return false
	}
}

// opens says whether a role opens a thing.
func (c Circle) opens(g Grant, t Thing) bool {
	row := c.row(g)
	switch {
	case !slices.Contains(row.reads, t.Matter):
		return false
	case t.Matter == MatterPeople:
		return true
	case t.Matter == MatterConduct && !row.steers && c.Bodies.MemberState(t.Of) && t.Of != g.Body:
		return false
	case row.reach == ReachLeft && (t.On.IsZero() || t.On.After(c.Bodies.of(g.Body).Left)):
		return c.given(g, t)
	}
	return c.within(row.reach, g) || c.given(g, t)
}

// given says whether a document was sent or released to the body of a role.
func (c Circle) given(g Grant, t Thing) bool {
	if t.Matter != MatterDocuments || !g.within(c.Cycle) {
		return false
	}
	sent := func(s Sent) bool {
		return s.Subject == t.Subject && s.Version == t.Version && slices.Contains(s.To, g.Body)
	}
	released := func(r Row) bool {
		release, is := r.Body.(*Release)
		return is && r.Key == t.Subject.Path() && !release.Withdrawn && slices.Contains(release.To, g.Body) &&
			(release.Version == 0 || release.Version == t.Version)
	}
	return c.row(g).reach == ReachSent && slices.ContainsFunc(c.Sent, sent) || slices.ContainsFunc(c.Releases, released)
}

// SentTo lists the reports that were owed to a body and were given: to be settled is to
// be sent.
func (r Records) SentTo(body Body) []Sent {
	var sent []Sent
	for _, o := range r.Definition.Obligations {
		if !slices.Contains(o.To, body) {
			continue
		}
		for _, due := range o.Due {
			s := r.Standing(Entry{Subject: Subject{Cycle: r.Definition.Key, Kind: KindObligation, Key: o.Key, Round: due.String()}})
			if s.Positive() {
				sent = append(sent, Sent{Subject: s.Subject, Version: s.Version, To: o.To})
			}
		}
	}
	return sent
}

// Sight is one row of the reading matrix, for people.
type Sight struct {
	Who string `json:"who"`
	// Matters lists what they read of what is marked LIMITE.
	Matters []Matter `json:"matters"`
	Reach   Reach    `json:"reach"`
	// Conduct says whose conduct they see.
	Conduct string `json:"conduct,omitempty"`
}

// ReadingMatrix gives the reading matrix for people.
func ReadingMatrix() []Sight {
	rows := make([]Sight, len(readers))
	for i, row := range readers {
		rows[i] = Sight{Who: row.said, Matters: row.reads, Reach: row.reach}
		switch {
		case row.steers:
			rows[i].Conduct = "every body"
		case slices.Contains(row.reads, MatterConduct):
			rows[i].Conduct = "its own, and of bodies that are no delegation"
		}
	}
	return rows
}

// checkReaders makes sure that the cycle file adds who does not read it anyway, and leaves
// out who does.
func (d *Definition) checkReaders(ps *problems) {
	if d.Readers == nil {
		return
	}
	usual := Circle{Today: d.ImplementationWindow.To, Bodies: d.Bodies}
	for _, b := range d.Readers.Also {
		switch {
		case usual.member(b):
			ps.add("readers.also", "names %s, who reads what is marked LIMITE anyway", d.Bodies.Title(b))
		case d.Bodies.Collective(b) || b == Operator || b == CourtOfAuditors:
			ps.add("readers.also", "names %s: expected a body for which people read, such as ch, european-parliament or evaluator", d.Bodies.Title(b))
		}
	}
	for _, b := range d.Readers.Without {
		switch {
		case b == GeneralSecretariat:
			ps.add("readers.without", "names the General Secretariat, which keeps the record: it cannot be left out")
		case !usual.member(b):
			ps.add("readers.without", "names %s, who does not read what is marked LIMITE anyway", d.Bodies.Title(b))
		}
	}
}
