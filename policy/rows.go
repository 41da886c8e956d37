package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Holding says who holds a post from a date on. The key is the post and of what
// it is one: driver/firearms, co-driver/firearms, leader/2022-firearms-2.3,
// nec/fr.
type Holding struct {
	// Holder is the State or agency; empty is vacant.
	Holder Body `json:"holder,omitempty"`
	// Person is who it is, by an ID or office; names stand elsewhere.
	Person string `json:"person,omitempty"`
	// Acting is who acts while the post is vacant: a co-driver, or the EMPACT
	// Support Team.
	Acting Body `json:"acting,omitempty"`
}

// Posts lists the posts that there are.
var Posts = []string{"driver", "co-driver", "leader", "co-leader", "nec"}

func (h *Holding) check(ps *problems, key []string) {
	if !slices.Contains(Posts, key[0]) {
		ps.add("key", "names the post %q: expected one of %s", key[0], strings.Join(Posts, ", "))
	}
	if h.Acting != "" && h.Holder != "" {
		ps.add("acting", "is %s: somebody acts only while the post is vacant", h.Acting)
	}
}

// DriversOn gives who may hand in each OAP on a date, of the rows of the
// register of posts: the driver, the co-drivers, who acts while the post is
// vacant, and the EMPACT Support Team.
func DriversOn(on Date, rows []Row) map[string][]Body {
	drivers := map[string][]Body{}
	holding := RowsOn(on, rows)
	for _, post := range []string{"driver", "co-driver"} {
		for _, row := range holding {
			held, oap, _ := strings.Cut(row.Key, "/")
			body, is := row.Body.(*Holding)
			if !is || held != post {
				continue
			}
			for _, who := range []Body{body.Holder, body.Acting} {
				if who != "" && !slices.Contains(drivers[oap], who) {
					drivers[oap] = append(drivers[oap], who)
				}
			}
			if _, met := drivers[oap]; !met {
				drivers[oap] = nil // vacant, and nobody acts
			}
		}
	}
	for oap, bodies := range drivers {
		if !slices.Contains(bodies, SupportTeam) {
			drivers[oap] = append(bodies, SupportTeam)
		}
	}
	return drivers
}

// DriversUntil gives who may have handed in each OAP on a date: all who ever held its posts
// until then. A row that was entered later may have taken the place of the one by which they
// did.
func DriversUntil(on Date, rows []Row) map[string][]Body {
	drivers := DriversOn(on, rows)
	for _, row := range rows {
		if row.Date.After(on) {
			continue
		}
		for oap, bodies := range DriversOn(on, []Row{row}) {
			for _, body := range bodies {
				if !slices.Contains(drivers[oap], body) {
					drivers[oap] = append(drivers[oap], body)
				}
			}
		}
	}
	return drivers
}

// Consent is what a State, an agency or a partner from outside said of its part in an action.
// Silence is never consent.
type Consent struct {
	State        ConsentState `json:"state"`
	Condition    string       `json:"condition,omitempty"`
	Contribution string       `json:"contribution,omitempty"`
}

// ConsentState is how far the consent is.
type ConsentState string

// The states of consent.
const (
	Invited     ConsentState = "invited"
	Confirmed   ConsentState = "confirmed"
	Conditional ConsentState = "conditional"
	Declined    ConsentState = "declined"
	Withdrawn   ConsentState = "withdrawn"
)

var consentStates = []ConsentState{Invited, Confirmed, Conditional, Declined, Withdrawn}

// Given says whether the State takes part.
func (s ConsentState) Given() bool { return s == Confirmed || s == Conditional }

// Words lists the states of consent.
func (ConsentState) Words() []string { return Texts(consentStates) }

// UnmarshalText reads a state of consent; empty text is none.
func (s *ConsentState) UnmarshalText(text []byte) error { return oneOf(s, text, "a state of consent") }

func (c *Consent) check(ps *problems, _ []string) {
	ps.text("state", string(c.State))
	if c.State == Conditional {
		ps.text("condition", c.Condition)
	}
}

// Progress is what an action reports in a round.
type Progress struct {
	Status  ActionStatus `json:"status"`
	Figures []Figure     `json:"figures,omitempty"`
	Text    string       `json:"text,omitempty"`
}

func (p *Progress) check(ps *problems, _ []string) {
	a := ActionReport{Status: p.Status, Figures: p.Figures, Text: p.Text}
	a.check(ps, "")
}

// Indicator says how something is counted. A new row with another version of
// the rule breaks the series: values before and after do not compare.
type Indicator struct {
	Title   string `json:"title"`
	Unit    string `json:"unit"`
	Rule    string `json:"rule"` // what counts, and when
	Version int    `json:"version"`
	// SumOf lists the indicators of which it is the sum. A total that stands beside its
	// parts is held against them.
	SumOf []string `json:"sum_of,omitempty"`
}

func (i *Indicator) check(ps *problems, key []string) {
	ps.text("title", i.Title)
	ps.text("unit", i.Unit)
	ps.text("rule", i.Rule)
	if i.Version < 1 {
		ps.add("version", "is %d: expected the number of the counting rule, from 1", i.Version)
	}
	taken := map[string]string{}
	for n, part := range i.SumOf {
		field := fmt.Sprintf("sum_of[%d]", n)
		if ps.code(field, part, taken); part == key[0] {
			ps.add(field, "names the indicator itself: expected the parts of which it is the sum")
		}
	}
}

// JointActionDay is an operation of some days across OAPs. Its figures are
// entered here and counted once.
type JointActionDay struct {
	Title   string   `json:"title"`
	From    Date     `json:"from"`
	To      Date     `json:"to"`
	Plans   []string `json:"plans"`             // PERIOD/OAP; the first reports it
	Actions []string `json:"actions,omitempty"` // PERIOD/OAP/CODE
	Figures []Figure `json:"figures,omitempty"`
	// Published holds totals that were printed elsewhere. They are held against the figures
	// and never take their place.
	Published []Figure `json:"published,omitempty"`
}

func (d *JointActionDay) check(ps *problems, _ []string) {
	ps.text("title", d.Title)
	ps.date("from", d.From)
	if ps.date("to", d.To) {
		ps.order("to", d.To, "it begins", d.From)
	}
	ps.figures("figures", d.Figures)
	ps.figures("published", d.Published)
	if len(d.Plans) == 0 {
		ps.add("plans", "is empty: expected the OAPs it belongs to, such as 2022/firearms")
	}
}

// Reporter gives the OAP that reports the figures: the first one.
func (d *JointActionDay) Reporter(cycle string) Subject {
	if len(d.Plans) == 0 {
		return Subject{}
	}
	period, key, _ := strings.Cut(d.Plans[0], "/")
	return Subject{Cycle: cycle, Kind: KindOAP, Period: period, Key: key}
}

// Reports says whether an OAP reports the figures.
func (d *JointActionDay) Reports(plan Subject) bool { return d.Reporter(plan.Cycle) == plan }

// Envelope is money of one source in one financial framework.
type Envelope struct {
	Source FundingSource `json:"source"`
	From   Date          `json:"from"`
	To     Date          `json:"to"`
	Amount int64         `json:"amount"` // whole euro
	// Reserve says that it is set aside for new threats.
	Reserve bool `json:"reserve,omitempty"`
}

func (e *Envelope) check(ps *problems, _ []string) {
	ps.text("source", string(e.Source))
	ps.inOrder("from", e.From, "to", e.To, "it begins")
	ps.euro(e.Amount)
}

// euro notes an amount that is none.
func (ps *problems) euro(amount int64) {
	if amount <= 0 {
		ps.add("amount", "is %d: expected whole euro", amount)
	}
}

// Allocation is money set aside from an envelope.
type Allocation struct {
	Envelope  string      `json:"envelope"`
	Amount    int64       `json:"amount"` // whole euro
	Objective Objective   `json:"objective,omitempty"`
	Priority  string      `json:"priority,omitempty"`
	Action    string      `json:"action,omitempty"`   // PERIOD/OAP/CODE
	Warning   string      `json:"warning,omitempty"`  // the emerging threat for which money is moved
	Decision  DocumentRef `json:"decision,omitempty"` // the document that decided it
}

func (a *Allocation) check(ps *problems, _ []string) {
	ps.text("envelope", a.Envelope)
	ps.euro(a.Amount)
}

// Warning is an early warning of an emerging threat.
type Warning struct {
	Title string `json:"title"`
	Area  string `json:"area"`
	// Item is the extraordinary item by which the cycle is amended, if one was
	// opened.
	Item     string `json:"item,omitempty"`
	Envelope string `json:"envelope,omitempty"` // the reserve it draws on
}

func (w *Warning) check(ps *problems, _ []string) {
	ps.text("title", w.Title)
	ps.text("area", w.Area)
}

// AgendaItem is an item on the agenda of a meeting. The key is the meeting and
// the path of the subject, or a word for an item without one.
type AgendaItem struct {
	Title string `json:"title"`
	// Monitoring says that COSI monitors the strategy under this item.
	Monitoring bool `json:"monitoring,omitempty"`
	// Removed says that it was taken off the agenda.
	Removed bool `json:"removed,omitempty"`
	// EnteredLate says that it was entered after the meeting.
	EnteredLate bool `json:"entered_late,omitempty"`
}

func (i *AgendaItem) check(ps *problems, _ []string) { ps.text("title", i.Title) }

// Attendance is at which level a Member State took part in a meeting.
type Attendance struct {
	Level Level `json:"level"`
}

func (a *Attendance) check(ps *problems, _ []string) {
	ps.text("level", string(a.Level))
}

// Level is the level of an attendance.
type Level string

// Levels lists the levels, the lowest first.
var Levels = []Level{"absent", "expert", "head-of-unit", "director", "director-general"}

// Words lists the levels.
func (Level) Words() []string { return Texts(Levels) }

// UnmarshalText reads a level; empty text is none.
func (l *Level) UnmarshalText(text []byte) error { return oneOf(l, text, "a level of attendance") }

// DeliveryProof shows that a report reached one recipient.
type DeliveryProof struct {
	On       Date        `json:"on"`
	Document DocumentRef `json:"document"`
}

func (d *DeliveryProof) check(ps *problems, _ []string) {
	ps.date("on", d.On)
	ps.text("document", string(d.Document))
}

// FollowUp is what became of a recommendation of the evaluation.
type FollowUp struct {
	State  FollowUpState `json:"state"`
	Owner  Body          `json:"owner,omitempty"`
	Reason string        `json:"reason,omitempty"`
	// Roadmap is the path of the item by which COSI agreed on its roadmap, such as
	// item/roadmap: the evaluator recommends, and COSI says what becomes of it.
	Roadmap string `json:"roadmap,omitempty"`
	By      Date   `json:"by,omitzero"` // when the roadmap wants it carried out
}

// FollowUpState is how far a recommendation is.
type FollowUpState string

// The states of a recommendation.
const (
	FollowAccepted FollowUpState = "accepted"
	FollowRejected FollowUpState = "rejected"
	FollowDone     FollowUpState = "done"
)

var followUps = []FollowUpState{FollowAccepted, FollowRejected, FollowDone}

// Words lists the states of a recommendation.
func (FollowUpState) Words() []string { return Texts(followUps) }

// UnmarshalText reads a state of a recommendation; empty text is none.
func (s *FollowUpState) UnmarshalText(text []byte) error {
	return oneOf(s, text, "a state of a recommendation")
}

func (f *FollowUp) check(ps *problems, _ []string) {
	ps.text("state", string(f.State))
	if f.State == FollowRejected {
		ps.text("reason", f.Reason)
	}
}

// StrategyAction is an action or a legislative proposal brought forward under
// the internal security strategy, inside or outside OAPs.
type StrategyAction struct {
	Title       string `json:"title"`
	Legislative bool   `json:"legislative,omitempty"`
	Proposer    Body   `json:"proposer"`
	Owner       Body   `json:"owner,omitempty"`
	// Objective is the one main objective.
	Objective Objective  `json:"objective,omitempty"`
	Threat    MainThreat `json:"threat,omitempty"`
	// OrganisedCrime says that it lies in the area of serious and organised
	// crime, where it must be consistent with the MASPs and OAPs it names.
	OrganisedCrime bool           `json:"organised_crime,omitempty"`
	Goals          []string       `json:"goals,omitempty"` // MASP/GOAL
	Plans          []string       `json:"plans,omitempty"` // PERIOD/OAP
	Status         StrategyStatus `json:"status"`
	// Considered is the consideration of this one item.
	ConsideredBy Body        `json:"considered_by,omitempty"`
	ConsideredOn Date        `json:"considered_on,omitzero"`
	Document     DocumentRef `json:"document,omitempty"`
	// AssessedOn is the date of its prior impact assessment.
	AssessedOn Date `json:"assessed_on,omitzero"`
}

// StrategyStatus is how far an action of the strategy is.
type StrategyStatus string

// The statuses of an action of the strategy.
const (
	StrategyProposed  StrategyStatus = "proposed"
	StrategyUnderWay  StrategyStatus = "under-way"
	StrategyDone      StrategyStatus = "done"
	StrategyWithdrawn StrategyStatus = "withdrawn"
)

var strategyStatuses = []StrategyStatus{StrategyProposed, StrategyUnderWay, StrategyDone, StrategyWithdrawn}

// Words lists the statuses.
func (StrategyStatus) Words() []string { return Texts(strategyStatuses) }

// UnmarshalText reads a status; empty text is none.
func (s *StrategyStatus) UnmarshalText(text []byte) error {
	return oneOf(s, text, "a status in the strategy register")
}

func (a *StrategyAction) check(ps *problems, _ []string) {
	ps.text("title", a.Title)
	ps.text("proposer", string(a.Proposer))
	ps.text("status", string(a.Status))
}

// Elsewhere says where a main threat is handled, if not in this cycle.
type Elsewhere struct {
	Where string `json:"where"`
}

func (e *Elsewhere) check(ps *problems, _ []string) {
	ps.text("where", e.Where)
}

// Irregularity is a documented fact that went against a rule. The key names what
// it is about, as findings do: PERIOD/OAP/CODE of an action.
type Irregularity struct {
	Rule   string `json:"rule"` // such as "S2"
	Reason string `json:"reason"`
	// ConfirmedBy is a second person, other than the one who enters it.
	ConfirmedBy string `json:"confirmed_by"`
}

func (i *Irregularity) check(ps *problems, _ []string) {
	if !IsRule(i.Rule) {
		ps.add("rule", "is %q: expected the ID of a rule, such as S2", i.Rule)
	}
	ps.text("reason", i.Reason)
	if second, err := ParseActor(i.ConfirmedBy); err != nil || second.Body != GeneralSecretariat && second.Body != Presidency {
		ps.add("confirmed_by", "is %q: expected a second person of the General Secretariat or the Presidency as NAME@BODY", i.ConfirmedBy)
	}
}
