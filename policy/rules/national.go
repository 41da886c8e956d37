package rules

import (
	"cmp"
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// NationalSheet is all that concerns one State across the OAPs of a cycle: the
// one sheet of its national EMPACT coordinator (NEC).
type NationalSheet struct {
	State    policy.Body    `json:"state"`
	Today    policy.Date    `json:"today"` // what the calendar of the cycle shows
	Consents []ConsentLine  `json:"consents"`
	Posts    []PostLine     `json:"posts"`
	Reports  []NationalTurn `json:"reports"` // open turns of the State, the most urgent first
	// Progress lists what nobody has reported yet on the actions that the State
	// leads, in rounds that are open; the most urgent first.
	Progress []ProgressDue `json:"progress"`
	// Ending lists the actions that the State leads and that end soon, the first one
	// first.
	Ending []EndingAction `json:"ending"`
	// MayConsent says that the reader may answer for the State on its actions.
	MayConsent bool `json:"may_consent,omitempty"`
}

// ProgressDue is the progress of an action that a round waits for.
type ProgressDue struct {
	Report  string      `json:"report"` // the path of the report in which it is told
	Action  string      `json:"action"` // PERIOD/OAP/CODE
	Title   string      `json:"title"`
	Due     policy.Date `json:"due"` // when the report is to be handed in
	Overdue bool        `json:"overdue"`
}

// EndingAction is an action that ends soon.
type EndingAction struct {
	Action string      `json:"action"` // PERIOD/OAP/CODE
	Title  string      `json:"title"`
	Ends   policy.Date `json:"ends"`
}

// endingWithin is how many days ahead a sheet tells that an action ends: time
// enough to report, or to carry it over.
const endingWithin = 90

// ConsentLine is one action in which the State is listed or to which it was
// invited.
type ConsentLine struct {
	Action string      `json:"action"` // PERIOD/OAP/CODE
	Title  string      `json:"title"`
	Begins policy.Date `json:"begins"`
	Listed bool        `json:"listed"` // whether the plan names the State
	// State of the consent; empty is silence.
	State        policy.ConsentState `json:"state,omitempty"`
	On           policy.Date         `json:"on,omitzero"`
	Condition    string              `json:"condition,omitempty"`
	Contribution string              `json:"contribution,omitempty"`
	Leads        bool                `json:"leads,omitempty"`
	// Withdrawn is the day of the amendment that took the OAP away; left out while it stands.
	Withdrawn policy.Date `json:"withdrawn_on,omitzero"`
}

// Answered says whether the State has answered: to be invited is no answer.
func (l ConsentLine) Answered() bool { return l.State != "" && l.State != policy.Invited }

// PostLine is a post that the State holds.
type PostLine struct {
	Post string `json:"post"`
	// Holder is left out where all posts are of one State.
	Holder policy.Body `json:"holder,omitempty"`
	Person string      `json:"person,omitempty"`
	Since  policy.Date `json:"since"`
}

// NationalTurn is a subject that waits for the State.
type NationalTurn struct {
	Subject string      `json:"subject"`
	Title   string      `json:"title"`
	Due     policy.Date `json:"due"`
}

// NationalSheet gathers the sheet of a State.
func (d *Snapshot) NationalSheet(state policy.Body) *NationalSheet {
	sheet := &NationalSheet{State: state, Today: d.Today, Consents: []ConsentLine{}, Posts: []PostLine{}, Reports: []NationalTurn{}}
	sheet.Progress, sheet.Ending = d.progressDue(state), d.endingSoon(state)
	for p, a := range d.actions() {
		if line := d.consentLine(p, a, state); line.Listed || line.State != "" {
			sheet.Consents = append(sheet.Consents, line)
		}
	}
	for _, p := range d.past {
		for a := range p.actions() {
			line := d.consentLine(p, a, state)
			if line.Withdrawn = d.GoneOn(p.Subject); line.State != "" {
				sheet.Consents = append(sheet.Consents, line)
			}
		}
	}
	for _, row := range rowsOf[*policy.Holding](d, policy.RegPosts) {
		if row.body.Holder == state {
			sheet.Posts = append(sheet.Posts, PostLine{Post: row.Key, Person: row.body.Person, Since: row.Date})
		}
	}
	for _, e := range d.Agenda() {
		if s := d.Standings[e.Subject]; s.Open() && slices.Contains(s.Turn, state) {
			sheet.Reports = append(sheet.Reports, NationalTurn{e.Subject.Path(), e.Title, s.Due})
		}
	}
	slices.SortStableFunc(sheet.Reports, func(a, b NationalTurn) int { return a.Due.Compare(b.Due) })
	return sheet
}

// consentLine tells what a State has said on an action.
func (d *Snapshot) consentLine(p *plan, a *policy.OperationalAction, state policy.Body) ConsentLine {
	path := a.Path(p.Subject)
	line := ConsentLine{
		Action: path, Title: a.Name(), Begins: a.From,
		Listed: slices.Contains(a.Everybody(), state), Leads: a.Leader == state,
	}
	row := d.rows[policy.RegConsents][path+"/"+string(state)]
	if consent, said := row.Body.(*policy.Consent); said {
		line.State, line.Condition, line.Contribution, line.On = consent.State, consent.Condition, consent.Contribution, row.Date
	}
	return line
}

// progressDue lists what rounds that are open wait for from a State.
func (d *Snapshot) progressDue(state policy.Body) []ProgressDue {
	due := []ProgressDue{}
	if !policy.Stores(d.Definition, policy.RegProgress) {
		return due
	}
	for _, e := range d.Agenda() {
		s := d.Standings[e.Subject]
		if e.Subject.Kind != policy.KindReport || s.State != policy.StateDrafting {
			continue
		}
		round, err := d.Round(e.Subject)
		if err != nil {
			continue // its plan is kept elsewhere
		}
		for _, late := range round.Late {
			if late.Leader == state {
				path := (&policy.OperationalAction{Code: late.Action}).Path(e.Subject.Plan())
				due = append(due, ProgressDue{e.Subject.Path(), path, late.Title, s.Due, s.MissedOn(d.Today)})
			}
		}
	}
	slices.SortStableFunc(due, func(a, b ProgressDue) int { return a.Due.Compare(b.Due) })
	return due
}

// endingSoon lists the actions in force that a State leads and that end soon.
func (d *Snapshot) endingSoon(state policy.Body) []EndingAction {
	ending := []EndingAction{}
	for _, p := range d.plans {
		if !p.standing.Positive() {
			continue
		}
		last := d.lastStatuses(p.Subject)
		for a := range p.actions() {
			soon := !a.To.Before(d.Today) && d.Today.DaysUntil(a.To) <= endingWithin
			if a.Leader == state && soon && !last[a.Code].Ended() {
				ending = append(ending, EndingAction{a.Path(p.Subject), a.Name(), a.To})
			}
		}
	}
	slices.SortStableFunc(ending, func(a, b EndingAction) int { return cmp.Or(a.Ends.Compare(b.Ends), cmp.Compare(a.Action, b.Action)) })
	return ending
}

// Handover is what passes on when the Presidency changes, a State leaves the
// Union, or the cycle ends.
type Handover struct {
	On        policy.Date `json:"on"`
	Outgoing  policy.Body `json:"outgoing,omitempty"` // the Presidency until then
	Incoming  policy.Body `json:"incoming,omitempty"`
	Successor bool        `json:"successor"` // whether the cycle has ended by then
	// Open lists what waits for somebody.
	Open []NationalTurn `json:"open"`
	// Posts are held by States that are no members any more.
	Posts []PostLine `json:"posts"`
	// Recommendations of the evaluation that are accepted and not done, or not
	// answered.
	Recommendations []policy.Recommended `json:"recommendations"`
	// Running lists the actions that go on after that day, PERIOD/OAP/CODE.
	Running []string         `json:"running"`
	Lineage []policy.Lineage `json:"lineage,omitempty"`
}

// Handover gathers what passes on, on a date: what stood then, and of a day to come what stands
// today and what begins by then.
func (d *Snapshot) Handover(on policy.Date) *Handover {
	d = d.On(on)
	h := &Handover{
		On: on, Outgoing: policy.PresidencyOn(on.AddDays(-1)), Incoming: policy.PresidencyOn(on),
		Successor: on.After(d.Definition.ImplementationWindow.To),
		Open:      []NationalTurn{}, Posts: []PostLine{}, Recommendations: []policy.Recommended{}, Running: []string{}, Lineage: d.Definition.Lineage,
	}
	for _, e := range d.Agenda() {
		s := d.Standing(e)
		if begins := s.State == policy.StateUpcoming && !e.Opens.After(on); s.Open() || begins && d.mayBegin(e) {
			h.Open = append(h.Open, NationalTurn{e.Subject.Path(), e.Title, s.Due})
		}
	}
	for _, p := range d.foreignPosts(on) {
		h.Posts = append(h.Posts, p.PostLine)
	}
	if e, kept := contentOf[*policy.EvaluationReport](d, d.Definition.SubjectOf(policy.KindEvaluation)); kept {
		for _, r := range e.Recommendations {
			if f, said := rowOf[*policy.FollowUp](d, policy.RegRecommendations, r.Key); !said || f.State == policy.FollowAccepted {
				h.Recommendations = append(h.Recommendations, r)
			}
		}
	}
	for _, p := range d.plans {
		h.Running = append(h.Running, d.runningOn(p, on)...)
	}
	slices.Sort(h.Running)
	return h
}

// mayBegin says whether nothing that a subject rests on keeps it from beginning on its day:
// that the Council has not decided on the priorities yet, or that its OAP was not adopted.
func (d *Snapshot) mayBegin(e policy.Entry) bool {
	return !slices.ContainsFunc(e.Requires, func(required policy.Subject) bool {
		s := d.Standings[required]
		return s.State == policy.StateClosed && !s.Positive() || required.Kind != policy.KindMASP && !s.Positive()
	})
}

// runningOn lists the actions of an adopted plan that have begun and not ended
// on a date: by their dates, and by the status they reported last.
func (d *Snapshot) runningOn(p *plan, on policy.Date) []string {
	if !p.standing.Positive() {
		return nil
	}
	last := d.lastStatuses(p.Subject)
	var running []string
	for a := range p.actions() {
		if !a.From.After(on) && !a.To.Before(on) && !last[a.Code].Ended() {
			running = append(running, a.Path(p.Subject))
		}
	}
	return running
}

// Unfunded lists the actions that asked for money and have none yet, or were
// refused it, PERIOD/OAP/CODE.
func (d *Snapshot) Unfunded() []string {
	var list []string
	for p, a := range d.actions() {
		if slices.Contains([]policy.FundingState{policy.FundingAsked, policy.FundingReserve, policy.FundingRefused}, a.Funding.State) {
			list = append(list, a.Path(p.Subject)+" "+string(a.Funding.State))
		}
	}
	return list
}
