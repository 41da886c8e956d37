package policy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// How collective bodies come to an outcome: in a meeting or by written
// procedure, on which they conclude; or by silence procedure, in which what is
// proposed is adopted unless a delegation objects before the deadline. Until a
// cycle says otherwise they decide by consensus (Council conclusions on COSI,
// Article 240 TFEU practice): no delegation objects, and no scrutiny reservation
// stands.

// Stance is what a delegation says about a version before a body.
type Stance string

// The stances of a delegation.
const (
	Agrees   Stance = "agrees"
	Objects  Stance = "objects"
	Abstains Stance = "abstains"
	// Reserves enters a scrutiny reservation; Lifts takes it back.
	Reserves Stance = "reserves"
	Lifts    Stance = "lifts"
)

// Stances lists the stances, in the order people read them.
var Stances = []Stance{Agrees, Objects, Abstains, Reserves, Lifts}

// Words lists the stances.
func (Stance) Words() []string { return Texts(Stances) }

// UnmarshalText reads a stance; empty text is none.
func (s *Stance) UnmarshalText(text []byte) error { return oneOf(s, text, "a position") }

// ParseStance reads a stance. The error has CodeInvalid and lists them.
func ParseStance(text string) (Stance, error) {
	var s Stance
	if err := s.UnmarshalText([]byte(text)); err != nil || s == "" {
		return "", Refuse(CodeInvalid, "%q is not a position: use %s", text, strings.Join(Texts(Stances), ", "))
	}
	return s, nil
}

// Stand is the position that a delegation holds.
type Stand struct {
	Delegation Body   `json:"delegation"`
	Stance     Stance `json:"stance"`
	// Reservation says that a scrutiny reservation stands beside it.
	Reservation bool   `json:"reservation,omitempty"`
	On          Date   `json:"on"`
	Comment     string `json:"comment,omitempty"`
	// Language is that of the comment.
	Language Language `json:"language,omitempty"`
}

// Silence is a silence procedure that was launched.
type Silence struct {
	ID       string `json:"id"` // of the launch
	Body     Body   `json:"body"`
	Deadline Date   `json:"deadline"` // the last day on which a delegation may object
	// BrokenBy is the delegation whose objection broke it; empty while it holds.
	BrokenBy Body `json:"broken_by,omitempty"`
	// Broken says the same to those who may not see by whom.
	Broken bool `json:"broken,omitempty"`
}

// Holds says whether no delegation has broken the silence procedure.
func (s *Silence) Holds() bool { return s != nil && s.BrokenBy == "" && !s.Broken }

// Open says whether the silence procedure still runs on a day.
func (s *Silence) Open(today Date) bool { return s.Holds() && !today.After(s.Deadline) }

// Over says whether the silence procedure has ended by a day without an objection, so
// that its end can be recorded.
func (s *Silence) Over(today Date) bool { return s.Holds() && today.After(s.Deadline) }

// VotingRule is how many delegations must agree.
type VotingRule string

// The rules by which a body decides.
const (
	Consensus         VotingRule = "consensus"
	SimpleMajority    VotingRule = "simple-majority"
	QualifiedMajority VotingRule = "qualified-majority"
)

var votingRules = []VotingRule{Consensus, SimpleMajority, QualifiedMajority}

// Words lists the rules.
func (VotingRule) Words() []string { return Texts(votingRules) }

// UnmarshalText reads a rule; empty text is none.
func (v *VotingRule) UnmarshalText(text []byte) error { return oneOf(v, text, "a voting rule") }

// Voting says by which rule a body decides, where it is not consensus.
type Voting struct {
	Body Body       `json:"body"` // the collective body
	Rule VotingRule `json:"rule"` // how it decides
	// Populations are the figures for a qualified majority: the Council fixes them
	// for each year (Annex III to its Rules of Procedure).
	Populations []Population `json:"populations,omitempty"`
	Year        int          `json:"year,omitempty" jsonschema:"minimum=2005,maximum=2099"` // the year of these figures
	Source      string       `json:"source,omitempty"`                                      // where these figures stand
}

// Population is how many people live in a Member State.
type Population struct {
	State  Body `json:"state"`                         // the Member State
	People int  `json:"people" jsonschema:"minimum=1"` // how many people live there
}

// people gives the population of a Member State, and 0 where it is not given.
func (v Voting) people(state Body) int {
	for _, p := range v.Populations {
		if p.State == state {
			return p.People
		}
	}
	return 0
}

// VotingOf gives the rule by which a body decides.
func (d *Definition) VotingOf(body Body) Voting {
	for _, v := range d.Voting {
		if v.Body == body {
			return v
		}
	}
	return Voting{Body: body, Rule: Consensus}
}

func (d *Definition) checkVoting(ps *problems) {
	for i, v := range d.Voting {
		field := fmt.Sprintf("voting[%d]", i)
		switch {
		case !d.Bodies.Collective(v.Body):
			ps.add(field+".body", "is %q: expected a collective body, such as council", v.Body)
		case v.Rule == "":
			ps.add(field+".rule", "is missing: expected one of %s", strings.Join(Texts(votingRules), ", "))
		case v.Rule != QualifiedMajority:
		case v.Year == 0 || v.Source == "":
			ps.add(field+".source", "is missing: expected the year of the population figures, and where they stand")
		default:
			for _, state := range d.Bodies.MembersOn(NewDate(v.Year, 7, 1)) {
				if v.people(state) <= 0 {
					ps.add(field+".populations", "has no figure for %s in %d", d.Bodies.Title(state), v.Year)
				}
			}
		}
	}
}

// PositionsOn gives what each delegation holds on the version that stands before
// a body, by delegation.
func PositionsOn(records []Recorded, body Body, version int) []Stand {
	held := map[Body]Stand{}
	for _, r := range records {
		if r.Kind != ActPosition || r.Body != body || r.Version != version {
			continue
		}
		h := held[r.Delegation]
		h.Delegation, h.On = r.Delegation, r.Date
		switch r.Stance {
		case Reserves:
			h.Reservation = true
		case Lifts:
			h.Reservation = false
		default:
			h.Stance = r.Stance
		}
		if r.Comment != "" {
			h.Comment, h.Language = r.Comment, r.Language
		}
		held[r.Delegation] = h
	}
	return slices.SortedFunc(maps.Values(held), func(a, b Stand) int { return cmp.Compare(a.Delegation, b.Delegation) })
}

// SilenceIn gives the silence procedure that was launched last on the version
// that stands; nil for none.
func SilenceIn(records []Recorded, version int) *Silence {
	var silence *Silence
	for _, r := range InEffect(records) {
		switch {
		case r.Kind == ActLaunch && r.Procedure == SilenceProcedure && r.Version == version:
			silence = &Silence{ID: r.ID, Body: r.Body, Deadline: r.Deadline}
		case r.Kind == ActPosition && r.Stance == Objects && silence != nil && silence.BrokenBy == "" &&
			r.Body == silence.Body && r.Version == version && !r.Date.After(silence.Deadline):
			silence.BrokenBy, silence.Broken = r.Delegation, true
		}
	}
	return silence
}

// judgeLaunch says whether a procedure may be launched: before the body whose
// turn it is, on the version handed in, with a deadline to come.
func judgeLaunch(e Entry, s Standing, records []Recorded, a Act, facts Facts) error {
	if s.State != StateDeciding || !slices.Contains(s.Turn, a.Body) {
		return Refuse(CodeNotOpen, "%s is not before %s: nothing is to be concluded there", e.Subject, e.Bodies.Title(a.Body))
	}
	if err := judgeVersion(s, a); err != nil {
		return err
	}
	if running := SilenceIn(records, s.Version); running.Open(facts.Today) {
		return Refuse(CodeNotOpen, "a silence procedure on %s runs until %s already", e.Subject, running.Deadline)
	}
	if !a.Deadline.After(a.Date) {
		return missing("deadline", "the deadline lies on %s: it is to lie after %s, so that delegations can object", a.Deadline, a.Date)
	}
	if at := TurnOf(e, a.Body); at == len(e.Turns)-1 && !e.Subject.Kind.Adopted() {
		return missing("procedure", "%s is noted, not adopted: a silence procedure adopts", e.Subject)
	}
	return nil
}

// judgePosition says whether a delegation may take a position: on the version
// handed in, before the body whose turn it is, and as a Member State. An objection that was
// made in time counts also where the end of the silence procedure is recorded already, as
// long as nothing rests on that: it is judged as if the end were not.
func judgePosition(e Entry, opened Date, records []Recorded, a Act, facts Facts) error {
	s, ended := StandingOf(e, opened, records), SilentEnd(records)
	if ended != nil && ended.Body == a.Body && a.Stance == Objects {
		if s.Positive() && len(facts.Resting) > 0 {
			return refuseRested(e.Subject, facts.Resting)
		}
		records = without(records, ended.ID)
		s = StandingOf(e, opened, records)
	}
	if err := judgeOrder(s, a); err != nil {
		return err
	}
	if s.State != StateDeciding || !slices.Contains(s.Turn, a.Body) {
		return Refuse(CodeNotOpen, "%s is not before %s: no position can be taken there", e.Subject, e.Bodies.Title(a.Body))
	}
	if err := judgeVersion(s, a); err != nil {
		return err
	}
	if !e.Bodies.MemberOn(a.Delegation, a.Date) {
		return missing("delegation", "%s was not a Member State on %s", e.Bodies.Title(a.Delegation), a.Date)
	}
	if s.Silence.Over(facts.Today) && a.Stance == Objects && a.Date.After(s.Silence.Deadline) {
		return wrongDate("the silence procedure ended on %s: an objection of %s comes too late", s.Silence.Deadline, a.Date)
	}
	return judgeLifting(e, s, records, a)
}

// judgeLifting holds that only a reservation that stands is lifted.
func judgeLifting(e Entry, s Standing, records []Recorded, a Act) error {
	if a.Stance != Lifts {
		return nil
	}
	for _, held := range PositionsOn(records, a.Body, s.Version) {
		if held.Delegation == a.Delegation && held.Reservation {
			return nil
		}
	}
	return Refuse(CodeNotOpen, "%s has no scrutiny reservation on %s that could be lifted", e.Bodies.Title(a.Delegation), e.Subject)
}

// without leaves out an act and what rectifies it.
func without(records []Recorded, id string) []Recorded {
	return slices.DeleteFunc(slices.Clone(records), func(r Recorded) bool { return r.ID == id || r.Rectifies == id })
}

func judgeVersion(s Standing, a Act) error {
	if a.Version != s.Version {
		return Refuse(CodeWrongVersion, "version %d of %s is not the one handed in: that is version %d", a.Version, s.Subject, s.Version)
	}
	if a.Digest != s.Digest {
		return Refuse(CodeWrongVersion, "the text is not version %d of %s as handed in", s.Version, s.Subject)
	}
	return nil
}

// judgeAgreement holds that a collective body adopts by consensus, or by the
// majority that the cycle gives it. What no delegation has said, it is taken to
// agree with, but for a majority, for which votes are counted.
func judgeAgreement(bodies BodyTable, a Act, held []Stand, voting Voting) error {
	for _, h := range held {
		if h.Reservation {
			return Refuse(CodeNotReady, "%s maintains a scrutiny reservation on %s: it is to be lifted first", bodies.Title(h.Delegation), a.Subject)
		}
	}
	if voting.Rule == SimpleMajority || voting.Rule == QualifiedMajority {
		return voting.judge(bodies, a, held)
	}
	for _, h := range held {
		if h.Stance == Objects {
			return Refuse(CodeNotReady, "%s objects to %s, and %s decides by consensus", bodies.Title(h.Delegation), a.Subject, bodies.Title(a.Body))
		}
	}
	return nil
}

// The thresholds of Article 16(4) TEU: 55 % of the members, at least fifteen of
// them, with 65 % of the population; a minority that blocks has four members.
const (
	qualifiedMembers    = 55
	qualifiedAtLeast    = 15
	qualifiedPopulation = 65
	blockingMinority    = 4
	whole               = 100
)

// judge counts the votes.
func (v Voting) judge(bodies BodyTable, a Act, held []Stand) error {
	members := bodies.MembersOn(a.Date)
	var inFavour []Body
	people, everybody := 0, 0
	for _, state := range members {
		everybody += v.people(state)
		if slices.ContainsFunc(held, func(h Stand) bool { return h.Delegation == state && h.Stance == Agrees }) {
			inFavour = append(inFavour, state)
			people += v.people(state)
		}
	}
	if v.Rule == SimpleMajority {
		if 2*len(inFavour) > len(members) {
			return nil
		}
		return Refuse(CodeNotReady, "%d of %d Member States agree to %s: %s decides by a majority of them", len(inFavour), len(members), a.Subject, bodies.Title(a.Body))
	}
	enough := whole*len(inFavour) >= qualifiedMembers*len(members) && len(inFavour) >= qualifiedAtLeast
	peopled := whole*people >= qualifiedPopulation*everybody || len(members)-len(inFavour) < blockingMinority
	if enough && peopled {
		return nil
	}
	return Refuse(CodeNotReady, "%d of %d Member States with %d %% of the population agree to %s: %s decides by qualified majority (%d %% of the members, at least %d, with %d %% of the population; figures of %d)",
		len(inFavour), len(members), whole*people/max(everybody, 1), a.Subject, bodies.Title(a.Body), qualifiedMembers, qualifiedAtLeast, qualifiedPopulation, v.Year)
}

// SilentEnd gives the end of a silence procedure where a subject has gone no further since;
// nil for none.
func SilentEnd(records []Recorded) *Recorded {
	acts := following(effective(records))
	if len(acts) == 0 || !acts[len(acts)-1].endsSilence() {
		return nil
	}
	return &acts[len(acts)-1]
}

// endsSilence says whether the act is the adoption in which a silence procedure ended.
func (a *Act) endsSilence() bool { return a.Kind == ActDecide && a.Procedure == SilenceProcedure }

// JudgeSilence says whether an act is what a silence procedure had ended in after what was
// recorded before on its subject.
func JudgeSilence(e Entry, before []Recorded, a Act, facts Facts) error {
	if !a.endsSilence() {
		return Refuse(CodeInvalid, "%s is not the end of a silence procedure", a.Subject)
	}
	if a.Rectifies != "" {
		before = recordsBefore(before, a.Rectifies)
	}
	s := StandingOf(e, Date{}, before)
	facts.Positions = PositionsOn(before, a.Body, a.Version)
	return judgeDecision(e, s, a, facts)
}

// judgeSilence holds that a silence procedure was launched before the body, that its last
// day is over, that no delegation objected in time, and that it adopts on its last day.
func judgeSilence(bodies BodyTable, s Standing, a Act, facts Facts) error {
	silence, today := s.Silence, facts.Today
	if facts.Past {
		today = a.Date.AddDays(1) // what is taken over is judged on its own day
	}
	switch {
	case silence == nil || silence.Body != a.Body:
		return Refuse(CodeNotOpen, "no silence procedure of %s on %s was launched", bodies.Title(a.Body), s.Subject)
	case silence.Broken:
		return Refuse(CodeNotReady, "a delegation objected to %s before the end of the silence procedure: nothing is adopted by it", s.Subject)
	case !silence.Over(today):
		return Refuse(CodeNotOpen, "a silence procedure on %s runs until %s: its end can be recorded from the next day on", s.Subject, silence.Deadline)
	case a.Date != silence.Deadline:
		return wrongDate("what a silence procedure adopts is adopted on its last day, %s", silence.Deadline)
	default:
		return nil
	}
}

// Undone says whether a decision is the end of a silence procedure that counts no more, for
// an objection was made in time.
func Undone(records []Recorded, id string) bool {
	at := slices.IndexFunc(records, func(r Recorded) bool { return r.ID == id })
	return at >= 0 && records[at].endsSilence() && objected(records, records[at])
}

// objected says whether a delegation objected in time to what a silence procedure ended in.
func objected(records []Recorded, end Recorded) bool {
	var deadline Date
	ended, broken := false, false
	for _, r := range InEffect(records) {
		switch {
		case r.Body != end.Body || r.Version != end.Version:
		case r.ID == end.ID:
			ended = true
		case r.Kind == ActLaunch && !ended:
			deadline, broken = r.Deadline, false
		case r.Kind == ActPosition && r.Stance == Objects && !r.Date.After(deadline):
			broken = true
		}
	}
	return ended && broken
}
