package policy

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Register is a list that is kept beside the documents and grows row by row:
// who holds a post, what a State consented to, how far an action is. A row is
// never changed; a later row with the same key takes its place from its date
// on, and the earlier ones tell the history.
type Register string

// The registers.
const (
	RegPosts           Register = "posts"
	RegConsents        Register = "consents"
	RegProgress        Register = "progress"
	RegIndicators      Register = "indicators"
	RegDays            Register = "joint-action-days"
	RegEnvelopes       Register = "envelopes"
	RegAllocations     Register = "allocations"
	RegWarnings        Register = "warnings"
	RegAgenda          Register = "agenda"
	RegAttendance      Register = "attendance"
	RegDeliveries      Register = "deliveries"
	RegRecommendations Register = "recommendations"
	RegStrategy        Register = "strategy"
	RegElsewhere       Register = "elsewhere"
	RegIrregular       Register = "irregularities"
	RegSubstitutions   Register = "substitutions"
	RegReleases        Register = "releases"
)

// RowBody is what a row of a register says. Each register has a type of its
// own.
type RowBody interface {
	// check notes what is wrong with the body beside its key.
	check(ps *problems, key []string)
}

// Row is one row of a register.
type Row struct {
	Register Register `json:"register"`
	Key      string   `json:"key"`
	// Date is from when on it holds, on the calendar of the cycle.
	Date   Date    `json:"date"`
	Body   RowBody `json:"body"`
	Reason string  `json:"reason,omitempty"` // why it takes the place of the one before
	By     Actor   `json:"by"`
}

// registry describes a register.
type registry struct {
	holds string
	// shape names the parts of a key, such as PERIOD/OAP/ACTION/STATE.
	shape string
	make  func() RowBody
	// enter lists the bodies that may enter a row.
	enter []Body
	// states says that Member States may, too; own, that one only for itself:
	// the last part of the key is its code.
	states, own bool
	// roles lists the roles that may enter a row beside officials of the body.
	roles []Role
	// fresh says that its rows decide something or give effect to it: who may act for
	// whom, who holds a post, what is shown to whom, what a State consents to.
	fresh bool
}

var registers = map[Register]registry{
	RegPosts: {
		holds: "who holds a post", shape: "POST/OF", make: func() RowBody { return new(Holding) },
		enter: []Body{GeneralSecretariat, Presidency, SupportTeam}, states: true, roles: []Role{RoleNEC, RoleDriver}, fresh: true,
	},
	RegConsents: {
		holds: "what a State, an agency or a partner consented to", shape: "PERIOD/OAP/ACTION/STATE", make: func() RowBody { return new(Consent) },
		enter: []Body{SupportTeam}, states: true, own: true, roles: []Role{RoleNEC}, fresh: true,
	},
	RegProgress: {
		holds: "how far an action is in a reporting round", shape: "PERIOD/OAP/ROUND/ACTION", make: func() RowBody { return new(Progress) },
		enter: []Body{SupportTeam, Europol, Eurojust, Frontex, CEPOL, EUDA, EULISA, EUIPO, OLAF, EPPO}, states: true,
		roles: []Role{RoleDriver, RoleCoDriver, RoleActionLeader},
	},
	RegIndicators: {
		holds: "how something is counted", shape: "INDICATOR", make: func() RowBody { return new(Indicator) },
		enter: []Body{SupportTeam, Europol, Commission},
	},
	RegDays: {
		holds: "joint action days", shape: "DAY", make: func() RowBody { return new(JointActionDay) },
		enter: []Body{SupportTeam, Europol}, states: true, roles: []Role{RoleDriver, RoleCoDriver, RoleActionLeader},
	},
	RegEnvelopes: {
		holds: "what money there is", shape: "ENVELOPE", make: func() RowBody { return new(Envelope) },
		enter: []Body{Commission, Europol},
	},
	RegAllocations: {
		holds: "what money is set aside for what", shape: "ALLOCATION", make: func() RowBody { return new(Allocation) },
		enter: []Body{Commission, Europol},
	},
	RegWarnings: {
		holds: "early warnings of emerging threats", shape: "WARNING", make: func() RowBody { return new(Warning) },
		enter: []Body{Europol, SupportTeam},
	},
	RegAgenda: {
		holds: "what is on the agenda of a meeting", shape: "MEETING/ITEM", make: func() RowBody { return new(AgendaItem) },
		enter: []Body{Presidency, GeneralSecretariat},
	},
	RegAttendance: {
		holds: "who attended a meeting, at which level", shape: "MEETING/STATE", make: func() RowBody { return new(Attendance) },
		enter: []Body{GeneralSecretariat, Presidency},
	},
	RegDeliveries: {
		holds: "evidence that a report was delivered", shape: "OBLIGATION/DUE/RECIPIENT", make: func() RowBody { return new(DeliveryProof) },
		enter: []Body{Commission, GeneralSecretariat, Presidency},
	},
	RegRecommendations: {
		holds: "what became of a recommendation", shape: "RECOMMENDATION", make: func() RowBody { return new(FollowUp) },
		enter: []Body{Commission, Presidency, GeneralSecretariat},
	},
	RegStrategy: {
		holds: "actions and proposals under the internal security strategy", shape: "ACTION", make: func() RowBody { return new(StrategyAction) },
		enter: []Body{Commission, Presidency, GeneralSecretariat},
	},
	RegElsewhere: {
		holds: "main threats that are handled elsewhere", shape: "THREAT", make: func() RowBody { return new(Elsewhere) },
		enter: []Body{Commission, Presidency, GeneralSecretariat},
	},
	RegSubstitutions: {
		holds: "who stands in for whom", shape: "PERSON", make: func() RowBody { return new(Substitution) },
		enter: bodiesOfPeople, states: true, fresh: true,
	},
	RegReleases: {
		holds: "what is marked LIMITE and was released to others", shape: "SUBJECT", make: func() RowBody { return new(Release) },
		enter: []Body{GeneralSecretariat, Presidency}, fresh: true,
	},
	RegIrregular: {
		holds: "facts that went against a rule", shape: "SUBJECT", make: func() RowBody { return new(Irregularity) },
		enter: []Body{GeneralSecretariat, Presidency},
	},
}

// Registers lists the registers by name.
func Registers() []Register { return slices.Sorted(maps.Keys(registers)) }

// Words lists the registers.
func (Register) Words() []string { return Texts(Registers()) }

// UnmarshalText reads the name of a register; empty text is none.
func (r *Register) UnmarshalText(text []byte) error { return oneOf(r, text, "a register") }

// Holds says what stands in the register.
func (r Register) Holds() string { return registers[r].holds }

// Shape names the parts of a key, such as PERIOD/OAP/ACTION/STATE.
func (r Register) Shape() string { return registers[r].shape }

// Enterers lists who may enter rows, and whether Member States may.
func (r Register) Enterers() ([]Body, bool) { return registers[r].enter, registers[r].states }

// WantsFreshLogin says whether who enters rows has to have logged in just now.
func (r Register) WantsFreshLogin() bool { return registers[r].fresh }

// NewRow makes an empty body of the register's type, or nil for no register.
func (r Register) NewRow() RowBody {
	if known, is := registers[r]; is {
		return known.make()
	}
	return nil
}

// maxKey is the longest key of a row, in bytes: a path of a subject fits.
const maxKey = 300

// Problems lists what is wrong with the row itself.
func (r Row) Problems() []Problem {
	var ps problems
	known, is := registers[r.Register]
	if !is {
		ps.add("register", "is %q: expected one of %s", r.Register, strings.Join(Register("").Words(), ", "))
		return ps
	}
	ps.date("date", r.Date)
	parts := strings.Split(r.Key, "/")
	open := known.shape == "SUBJECT" || known.shape == "MEETING/ITEM" // a path may follow
	want := strings.Count(known.shape, "/") + 1
	switch {
	case len(parts) != want && (!open || len(parts) < want), slices.ContainsFunc(parts, func(p string) bool { return !ValidCode(p) }):
		ps.add("key", "is %q: expected %s in small letters and digits", r.Key, known.shape)
	case len(r.Key) > maxKey:
		ps.add("key", "has %d bytes: at most %d are kept", len(r.Key), maxKey)
	case r.Body == nil:
		ps.add("body", "is missing")
	default:
		r.Body.check(&ps, parts)
	}
	ps.plain("reason", r.Reason, true)
	ps.plain("by", r.By.Name, false)
	ps.flaws(r.Body)
	return ps
}

// AuthoriseRow says whether the actor may enter the row. The error has
// CodeNotCompetent and says who may.
func (d *Definition) AuthoriseRow(by Actor, r Row) error {
	known := registers[r.Register]
	if i, is := r.Body.(*Irregularity); is {
		if second, err := ParseActor(i.ConfirmedBy); err == nil && second.Same(Actor{Name: by.Name}) {
			return Refuse(CodeNotCompetent, "a second person confirms an irregular fact: %s records it", by)
		}
	}
	if slices.Contains(known.enter, by.Body) {
		if consent, is := r.Body.(*Consent); is && consent.State != Invited {
			return Refuse(CodeNotCompetent, "%s may invite; that somebody consents or not, they alone say", d.Bodies.Title(by.Body))
		}
		return nil
	}
	parts := strings.Split(r.Key, "/")
	if known.states && d.Bodies.MemberState(by.Body) && !known.own || known.own && parts[len(parts)-1] == string(by.Body) {
		return nil
	}
	may := TitlesOf(known.enter)
	switch {
	case known.own:
		may += " or who takes part itself"
	case known.states:
		may += " or a Member State"
	}
	return Refuse(CodeNotCompetent, "%s may not enter %s in the register of %s: %s does", d.Bodies.Title(by.Body), r.Key, r.Register, may)
}

// SortRows puts rows in the order in which they hold, those of one day as they
// came.
func SortRows(rows []Row) {
	slices.SortStableFunc(rows, func(a, b Row) int { return a.Date.Compare(b.Date) })
}

// RowPlace is where a row stands: of the rows in one place one holds.
type RowPlace struct {
	Register Register
	Key      string
}

// Place gives where a row stands.
func (r Row) Place() RowPlace { return RowPlace{r.Register, r.Key} }

// RowsUntil leaves out the rows that hold only after a date.
func RowsUntil(on Date, rows []Row) []Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return r.Date.After(on) })
}

// RowsOn gives the rows that hold on a date, of rows in the order in which they
// were entered: of each register and key the last one.
func RowsOn(on Date, rows []Row) []Row {
	sorted := RowsUntil(on, rows)
	SortRows(sorted)
	last := map[RowPlace]int{}
	for i, r := range sorted {
		last[r.Place()] = i
	}
	holding := make([]Row, 0, len(last))
	for _, i := range last {
		holding = append(holding, sorted[i])
	}
	slices.SortFunc(holding, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Register, b.Register), cmp.Compare(a.Key, b.Key))
	})
	return holding
}
