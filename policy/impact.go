package policy

// ImpactAssessment is the prior assessment that the Council conclusions of
// 24-25 February 2011 ask for before an action is taken.
type ImpactAssessment struct {
	On             Date      `json:"on,omitzero"`              // when it was signed
	Reviewer       string    `json:"reviewer,omitempty"`       // who signed it, by office or ID
	Financial      string    `json:"financial,omitempty"`      // the financial impact that is expected
	Administrative string    `json:"administrative,omitempty"` // the administrative one
	Burden         Burden    `json:"burden,omitzero"`
	AddedValue     Judgement `json:"added_value,omitzero"` // of action at Union level
	Subsidiarity   Judgement `json:"subsidiarity,omitzero"`
	// Proportionality is apart from subsidiarity: one may hold without the
	// other.
	Proportionality Judgement `json:"proportionality,omitzero"`
	Rights          Rights    `json:"rights,omitzero"`
}

// Burden is what each group has to bear; "none" where it bears nothing.
type Burden struct {
	Union     string `json:"union,omitempty"`
	National  string `json:"national,omitempty"`
	Regional  string `json:"regional,omitempty"`
	Operators string `json:"operators,omitempty"`
	Citizens  string `json:"citizens,omitempty"`
}

// Judgement is a yes or no of a reviewer, with the reason.
type Judgement struct {
	Holds  Verdict `json:"holds,omitempty"`
	Reason string  `json:"reason,omitempty"`
}

// Verdict is yes or no; empty is not examined.
type Verdict string

// The verdicts.
const (
	Yes Verdict = "yes"
	No  Verdict = "no"
)

var verdicts = []Verdict{Yes, No}

// Words lists the verdicts.
func (Verdict) Words() []string { return Texts(verdicts) }

// UnmarshalText reads a verdict; empty text is none.
func (v *Verdict) UnmarshalText(text []byte) error { return oneOf(v, text, "yes or no") }

// Rights says what was found on fundamental rights.
type Rights struct {
	Inside  string `json:"inside,omitempty"`  // within the Union
	Outside string `json:"outside,omitempty"` // in relations with the wider world
}

// OwnImpact is the impact assessment of a single action.
type OwnImpact struct {
	Action string `json:"action"` // its code
	ImpactAssessment
}

// ImpactsByAction gives the impact assessments of single actions, by their codes.
func (p *OperationalPlan) ImpactsByAction() map[string]*ImpactAssessment {
	own := make(map[string]*ImpactAssessment, len(p.OwnImpacts))
	for i := range p.OwnImpacts {
		own[p.OwnImpacts[i].Action] = &p.OwnImpacts[i].ImpactAssessment
	}
	return own
}

// Objective is one of the five strategic objectives for internal security that
// the Council found crucial on 24-25 February 2011.
type Objective string

// The five strategic objectives, from the Commission's communication
// COM(2010) 673.
const (
	ObjectiveNetworks   Objective = "criminal-networks"
	ObjectiveTerrorism  Objective = "terrorism"
	ObjectiveCyberspace Objective = "cyberspace"
	ObjectiveBorders    Objective = "borders"
	ObjectiveResilience Objective = "crises-and-disasters"
)

// Objectives lists the five, in the order of the communication.
var Objectives = []Objective{ObjectiveNetworks, ObjectiveTerrorism, ObjectiveCyberspace, ObjectiveBorders, ObjectiveResilience}

// Words lists the objectives.
func (Objective) Words() []string { return Texts(Objectives) }

// UnmarshalText reads an objective; empty text is none.
func (o *Objective) UnmarshalText(text []byte) error { return oneOf(o, text, "a strategic objective") }

// MainThreat is one of the main threats and challenges that the conclusions of
// 24-25 February 2011 name.
type MainThreat string

// MainThreats lists them, in the order of the conclusions.
var MainThreats = []MainThreat{
	"terrorism", "drugs", "trafficking-in-human-beings", "illegal-immigration", "cybercrime",
	"cross-border-crime", "violence", "disasters", "road-accidents",
}

// Words lists the main threats.
func (MainThreat) Words() []string { return Texts(MainThreats) }

// UnmarshalText reads a main threat; empty text is none.
func (t *MainThreat) UnmarshalText(text []byte) error { return oneOf(t, text, "a main threat") }
