package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// StrategicPlan is the content of a MASP.
type StrategicPlan struct {
	Cover
	Goals []StrategicGoal `json:"goals"`
}

// StrategicGoal is one goal of a MASP; a common horizontal one (CHSG) stands in
// the general MASP.
type StrategicGoal struct {
	Key        string    `json:"key"`
	Title      string    `json:"title"`
	Objective  Objective `json:"objective,omitempty"` // of the internal security strategy
	Indicators []string  `json:"indicators,omitempty"`
}

// Problems implements Content.
func (p *StrategicPlan) Problems() []Problem {
	var ps problems
	if len(p.Goals) == 0 {
		ps.add("goals", "is empty: expected the strategic goals")
	}
	taken := map[string]string{}
	for i, g := range p.Goals {
		field := fmt.Sprintf("goals[%d]", i)
		ps.code(field+".key", g.Key, taken)
		ps.text(field+".title", g.Title)
	}
	return ps
}

// OperationalPlan is the content of an OAP, and of a change of one within its
// period.
type OperationalPlan struct {
	Cover
	// Skeleton lists the fields of the actions that stand here, where the plan itself is
	// classified and held elsewhere; left out, it is the whole plan.
	Skeleton []PlanField `json:"skeleton,omitempty"`
	// Impact is the assessment that the actions inherit.
	Impact *ImpactAssessment `json:"impact,omitempty"`
	// OwnImpacts are the impact assessments of single actions that need their own.
	OwnImpacts []OwnImpact         `json:"own_impacts,omitempty"`
	Actions    []OperationalAction `json:"actions"`
}

// OperationalAction is one operational action (OA) of an OAP.
type OperationalAction struct {
	Code        string     `json:"code"` // such as "2.3"
	Title       string     `json:"title"`
	Description string     `json:"description,omitempty"`
	Goals       []string   `json:"goals"` // keys of the strategic goals served
	Area        string     `json:"area"`  // crime area
	Kind        ActionKind `json:"kind"`
	// Leader is the State or agency that leads the action; empty is vacant.
	Leader       Body     `json:"leader,omitempty"`
	CoLeaders    []Body   `json:"co_leaders,omitempty"`
	Participants []Body   `json:"participants,omitempty"` // States and agencies, without the leaders
	Partners     []string `json:"partners,omitempty"`     // third countries, Interpol, private partners
	From         Date     `json:"from"`
	To           Date     `json:"to"` // may lie after the period
	// CarriedOverFrom is the path of the action that this one goes on with,
	// PERIOD/OAP/CODE.
	CarriedOverFrom string   `json:"carried_over_from,omitempty"`
	Results         string   `json:"results,omitempty"` // expected
	KPIs            []KPI    `json:"kpis,omitempty"`
	Funding         Funding  `json:"funding"`
	External        External `json:"external,omitzero"`
	// BurdensOthers says that it puts a burden on operators or citizens.
	BurdensOthers bool     `json:"burdens_others,omitempty"`
	Marking       Marking  `json:"marking,omitempty"` // that of the plan when left out
	Links         []string `json:"links,omitempty"`   // paths of OAPs it works with, PERIOD/OAP
}

// KPI is what an action is measured by. What was reached stands in the
// reports.
type KPI struct {
	Indicator string `json:"indicator"` // key in the register of indicators
	Baseline  Amount `json:"baseline"`
	Target    Amount `json:"target"`
}

// Funding is what an action needs and what it got. Amounts are whole euro.
type Funding struct {
	State    FundingState  `json:"state,omitempty"`
	Source   FundingSource `json:"source,omitempty"`
	Need     int64         `json:"need,omitempty"`
	Granted  int64         `json:"granted,omitempty"`
	Contract Date          `json:"contract,omitzero"` // when the grant was signed
	// BeforeContract says that the action started before that.
	BeforeContract bool `json:"before_contract,omitempty"`
}

// External is what an action does with and for non-EU partners.
type External struct {
	Beneficiaries []string `json:"beneficiaries,omitempty"` // countries whose capacity grows
	Capacity      string   `json:"capacity,omitempty"`      // what they can do afterwards
	// EEAS says how the European External Action Service takes part.
	EEAS EEASPart `json:"eeas,omitempty"`
	Does bool     `json:"does,omitempty"` // whether the action is external
	// EEASDocument is what shows that it was consulted.
	EEASDocument DocumentRef `json:"eeas_document,omitempty"`
	EEASOn       Date        `json:"eeas_on,omitzero"` // when it was consulted
}

// Name gives the title of an action; its code where a skeleton holds no titles.
func (a *OperationalAction) Name() string { return cmp.Or(a.Title, a.Code) }

// Heading gives an action as people call it: by its code and its title.
func (a *OperationalAction) Heading() string { return strings.TrimSpace(a.Code + " " + a.Title) }

// Path gives the path of an action of a plan: PERIOD/OAP/CODE.
func (a *OperationalAction) Path(plan Subject) string {
	return plan.Period + "/" + plan.Key + "/" + a.Code
}

// Action finds an action of the plan by its code, or nil.
func (p *OperationalPlan) Action(code string) *OperationalAction {
	for i := range p.Actions {
		if p.Actions[i].Code == code {
			return &p.Actions[i]
		}
	}
	return nil
}

// Everybody lists all States and agencies of an action, each once.
func (a *OperationalAction) Everybody() []Body {
	all := slices.Concat([]Body{a.Leader}, a.CoLeaders, a.Participants)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(b Body) bool { return b == "" })
}

// Problems implements Content.
func (p *OperationalPlan) Problems() []Problem {
	var ps problems
	p.checkSkeleton(&ps)
	if len(p.Actions) == 0 {
		ps.add("actions", "is empty: expected the operational actions")
	}
	taken := map[string]string{}
	for i := range p.Actions {
		p.Actions[i].check(&ps, fmt.Sprintf("actions[%d]", i), taken, p.Holds)
	}
	own := map[string]string{}
	for i, o := range p.OwnImpacts {
		field := fmt.Sprintf("own_impacts[%d].action", i)
		ps.code(field, o.Action, own)
		if taken[o.Action] == "" {
			ps.add(field, "is %q: the plan has no such action", o.Action)
		}
	}
	return ps
}

func (a *OperationalAction) check(ps *problems, field string, taken map[string]string, holds func(PlanField) bool) {
	ps.code(field+".code", a.Code, taken)
	if holds(FieldTitle) {
		ps.text(field+".title", a.Title)
	}
	if holds(FieldKind) {
		ps.text(field+".kind", string(a.Kind))
	}
	from := holds(FieldFrom) && ps.date(field+".from", a.From)
	to := holds(FieldTo) && ps.date(field+".to", a.To)
	if from && to && a.To.Before(a.From) {
		ps.add(field+".to", "is %s, before the action starts on %s", a.To, a.From)
	}
	if a.CarriedOverFrom != "" && strings.Count(a.CarriedOverFrom, "/") != 2 {
		ps.add(field+".carried_over_from", "is %q: expected PERIOD/OAP/CODE, such as 2022/firearms/2.3", a.CarriedOverFrom)
	}
	indicators := map[string]string{}
	for i, k := range a.KPIs {
		ps.code(fmt.Sprintf("%s.kpis[%d].indicator", field, i), k.Indicator, indicators)
	}
	if a.Funding.Need < 0 || a.Funding.Granted < 0 {
		ps.add(field+".funding", "is negative: expected whole euro")
	}
}

// ActionKind is what an action does.
type ActionKind string

// Prevention is the kind that counts for the balance between prevention and
// tackling consequences.
const Prevention ActionKind = "prevention"

var actionKinds = []ActionKind{"intelligence", "operational", "financial", "training", Prevention, "cooperation"}

// Words lists the kinds of action.
func (ActionKind) Words() []string { return Texts(actionKinds) }

// UnmarshalText reads a kind of action; empty text is none.
func (k *ActionKind) UnmarshalText(text []byte) error { return oneOf(k, text, "a kind of action") }

// FundingState is how far the funding of an action is.
type FundingState string

// The states of funding.
const (
	FundingNone    FundingState = "none-needed"
	FundingAsked   FundingState = "requested"
	FundingReserve FundingState = "reserve-list"
	FundingPartly  FundingState = "partly-granted"
	FundingGranted FundingState = "granted"
	FundingRefused FundingState = "refused"
)

var fundingStates = []FundingState{FundingNone, FundingAsked, FundingReserve, FundingPartly, FundingGranted, FundingRefused}

// Words lists the states of funding.
func (FundingState) Words() []string { return Texts(fundingStates) }

// UnmarshalText reads a state of funding; empty text is none.
func (s *FundingState) UnmarshalText(text []byte) error { return oneOf(s, text, "a state of funding") }

// EEASPart is how the European External Action Service takes part.
type EEASPart string

var eeasParts = []EEASPart{"consulted", "participates"}

// Words lists how the EEAS may take part.
func (EEASPart) Words() []string { return Texts(eeasParts) }

// UnmarshalText reads how the EEAS takes part; empty text is not at all.
func (e *EEASPart) UnmarshalText(text []byte) error {
	return oneOf(e, text, "a way in which the EEAS takes part")
}
