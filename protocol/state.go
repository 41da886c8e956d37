package protocol

import "github.com/policycycle/policycycle/policy"

// StateAnswer is the format number of the answer to QueryState.
const StateAnswer = 2

// State answers QueryState: where a run stands now, and what it waits for. All of it comes
// from the orders that the run acts on; a run takes new ones with each act, and when something
// becomes due or overdue, so that what it tells is right at the moment at which it is asked.
type State struct {
	// Format is 2. Fields may be added to it; another number is another answer.
	Format int `json:"format"`
	// Run names the run.
	Run policy.Run `json:"run"`
	// Stage is the one at which it stands.
	Stage policy.Stage `json:"stage"`
	// Since is when it entered that stage.
	Since policy.Date `json:"since,omitzero"`
	// Definition is the version of the cycle's definition that counts.
	Definition int `json:"definition"`
	policy.Outlook
	// Orders are those that the run acts on.
	Orders policy.Orders `json:"orders"`
}

// Told is what a stretch of a run hands on of its answer to the next.
type Told struct {
	Since      policy.Date     `json:"since,omitzero"`
	Definition int             `json:"definition,omitempty"`
	Outlook    *policy.Outlook `json:"outlook,omitempty"`
}

// UnmarshalJSON reads what another version may have told: no word in it stops a run.
func (t *Told) UnmarshalJSON(text []byte) error {
	type plain Told
	return policy.Read(text, (*plain)(t))
}

// TellsOn gives what a run hands on that leaves with these orders.
func TellsOn(orders policy.Orders) *Told {
	return &Told{Since: orders.Since, Definition: orders.Definition, Outlook: orders.Outlook}
}

// StateOf gives the answer of a run with the orders that it acts on. A run that has none yet
// stands where its stretch began, and answers what was told then.
func StateOf(r RunState, orders policy.Orders) State {
	s := State{Format: StateAnswer, Run: r.Run, Stage: orders.Stage, Since: orders.Since, Definition: orders.Definition, Orders: orders}
	if s.Stage == "" {
		s.Stage, s.Definition = r.Stage, r.Definition
		if r.Told != nil {
			s.Since, s.Definition = r.Told.Since, r.Told.Definition
			if r.Told.Outlook != nil {
				s.Outlook = *r.Told.Outlook
			}
		}
	}
	if orders.Outlook != nil {
		s.Outlook, s.Orders.Outlook = *orders.Outlook, nil
	}
	return s
}
