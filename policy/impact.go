package policy

// ImpactAssessment is the prior assessment that the Council conclusions of
// 24-25 February 2011 ask for before an action is taken.
type ImpactAssessment struct {
	On       Date   `json:"on,omitzero"`        // when it was signed
	Reviewer string `json:"reviewer,omitempty"` // who signed it, as NAME@BODY
	// Document is the assessment itself, by its register number.
	Document       DocumentRef `json:"document,omitempty"`
	Financial      string      `json:"financial,omitempty"`      // the financial impact that is expected
	Administrative string      `json:"administrative,omitempty"` // the administrative one
	Burden         Burden      `json:"burden,omitzero"`
	AddedValue     Judgement   `json:"added_value,omitzero"` // of action at Union level
	Subsidiarity   Judgement   `json:"subsidiarity,omitzero"`
	// Proportionality is apart from subsidiarity: one may hold without the
	// other.
	Proportionality Judgement `json:"proportionality,omitzero"`
	Rights          Rights    `json:"rights,omitzero"`
}

// Evidenced says whether more than somebody's word stands behind the assessment: a document,
// a date, and a reviewer at a body who is not its author.
func (i *ImpactAssessment) Evidenced(author Actor) bool {
	reviewer, err := ParseActor(i.Reviewer)
	return err == nil && reviewer.Body != "" && !author.Is(i.Reviewer) && !i.On.IsZero() && i.Document != ""
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
