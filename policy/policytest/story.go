package policytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// Story is a whole cycle of which everything is kept here, as it stands on one
// day. What happens after that day stands in it, and counts for nothing yet.
type Story struct {
	Definition policy.Definition
	Former     []policy.Former // the definitions before it
	Today      policy.Date
	Items      []policy.Entry // changes of OAPs
	Acts       map[policy.Subject][]policy.Recorded
	Contents   map[policy.Subject]policy.Content
	Texts      map[string]policy.Content // what stands in the place of these, by its digest
	Rows       []policy.Row
	Lapsed     map[policy.Subject]policy.Date // when a later occurrence was met
}

// Records gives what there is to see on the day of the story: where everything stands,
// what was done, and what stands in the texts in force.
func (s *Story) Records() (policy.Records, map[policy.Subject][]policy.Recorded, map[policy.Subject]policy.Content) {
	r := policy.Records{Definition: &s.Definition, Former: s.Former, Standings: map[policy.Subject]policy.Standing{}, Today: s.Today}
	r.Items = slices.DeleteFunc(slices.Clone(s.Items), func(e policy.Entry) bool { return e.Opens.After(s.Today) })
	acts, contents := map[policy.Subject][]policy.Recorded{}, map[policy.Subject]policy.Content{}
	for _, e := range append(policy.Records{Definition: &s.Definition, Former: s.Former}.EverPlanned(), r.Items...) {
		subject := e.Subject
		for _, act := range s.Acts[subject] {
			if act.Date.After(s.Today) {
				continue
			}
			acts[subject] = append(acts[subject], Seconded([]policy.Recorded{act})...)
			if content := s.Contents[subject]; content != nil {
				contents[subject] = content
			}
		}
		if !e.Opens.After(s.Today) || len(acts[subject]) > 0 {
			r.Standings[subject] = policy.StandingOf(e, e.Opens, acts[subject])
		}
		if on, lapsed := s.Lapsed[subject]; lapsed && !on.After(s.Today) {
			r.Standings[subject] = r.Standings[subject].Lapse(on)
		}
	}
	for subject := range contents {
		if text := policy.TextInForce(acts[subject], r.Adopting()); text != nil && s.Texts[text.Content] != nil {
			contents[subject] = s.Texts[text.Content]
		}
	}
	r.Definition = s.Definition.WithAdopted(s.adopted(r, contents))
	return r, acts, contents
}

// adopted gives the texts from which the definition takes its words.
func (s *Story) adopted(r policy.Records, contents map[policy.Subject]policy.Content) (texts policy.AdoptedTexts) {
	subject := s.Definition.SubjectOf(policy.KindPriorities)
	if conclusions, is := contents[subject].(*policy.Conclusions); is && r.Standings[subject].Positive() {
		texts.Conclusions = conclusions
	}
	if plan, is := contents[s.Definition.GeneralMASP()].(*policy.StrategicPlan); is && r.Standings[s.Definition.GeneralMASP()].Positive() {
		texts.GeneralMASP = plan
	}
	return texts
}

// Correct records a corrigendum of a subject that brings the whole text, and gives its ID.
func (s *Story) Correct(path, day string, substantive bool, content policy.Content) string {
	s.bring(path, policy.Act{
		Kind: policy.ActCorrect, By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}, Date: Date(day), Document: "ST 1/22 COR 1", Substantive: substantive,
	}, content)
	return s.Last(path).ID
}

// Finalise records that a subject was adopted with amendments, and its final text.
func (s *Story) Finalise(path, day string, content policy.Content) {
	s.Last(path).Outcome = policy.AdoptedWithAmendments
	s.bring(path, policy.Act{
		Kind: policy.ActFinalise, By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}, Date: Date(day), Document: "ST 1/1/22 REV 1",
	}, content)
}

// bring records an act that brings a text.
func (s *Story) bring(path string, act policy.Act, content policy.Content) {
	e := s.Entry(path)
	if s.Texts == nil {
		s.Texts = map[string]policy.Content{}
	}
	for i := range s.Acts[e.Subject] {
		if handedIn := &s.Acts[e.Subject][i]; handedIn.Kind == policy.ActSubmit && handedIn.Version == 0 {
			handedIn.Version, handedIn.Content = 1, "sha256:"+path+"/v1"
			s.Texts[handedIn.Content] = s.Contents[e.Subject]
		}
	}
	act.Version = policy.NextText(s.Acts[e.Subject])
	act.Content = fmt.Sprintf("sha256:%s/v%d", path, act.Version)
	act.Digest, s.Texts[act.Content] = act.Content, content
	s.Record(e, act)
}

// Amend amends the cycle by a decision of a day.
func (s *Story) Amend(on string, a policy.Amendment) {
	before := s.Definition
	s.Former = append(s.Former, policy.Former{Definition: &before, Until: Date(on)})
	s.Definition = before.Amend(a, Date(on))
}

// Priorities gives a copy of the priorities, to be amended.
func (s *Story) Priorities() []policy.Priority {
	all := slices.Clone(s.Definition.Priorities)
	for i := range all {
		all[i].OAPs = slices.Clone(all[i].OAPs)
	}
	return all
}

// Entry gives the entry of a path.
func (s *Story) Entry(path string) policy.Entry {
	for _, e := range append(s.Definition.Agenda(), s.Items...) {
		if e.Subject == On(path) {
			return e
		}
	}
	panic("no entry " + path) // a mistake of the test that asks for it
}

// Settle takes a subject through all its bodies, the last of which settles it
// on a day.
func (s *Story) Settle(path, day string, content policy.Content) {
	e := s.Entry(path)
	if content != nil {
		s.Contents[e.Subject] = content
	}
	by := policy.Body("fr") // for a plan that has no driver
	if len(e.Submitters) > 0 {
		by = e.Submitters[0]
	}
	handedIn := Submits(by, policy.Latest(policy.Earliest(e.SubmitBy, Date(day)), s.ready(e)).String())
	if content != nil {
		handedIn.Content = "sha256:content"
	}
	handedIn.By.Name = "Anna of " + by.Title()
	s.Record(e, handedIn)
	for i, turn := range e.Turns {
		settles := i == len(e.Turns)-1
		act := Decides(turn.Body, s.Definition.UsualOutcome(e.Subject.Kind, turn.Body, settles), policy.Earliest(turn.Due, Date(day)).String())
		if settles {
			act.Date = Date(day)
		}
		s.Record(e, act)
	}
}

// Agree opens an item before COSI, and lets COSI agree to it.
func (s *Story) Agree(path, title, opened, agreed string) {
	item := policy.Opening{Title: title, Due: Date(agreed), Through: []policy.Body{policy.COSI}}
	s.Items = append(s.Items, s.Definition.Opened(item, On(path), Date(opened)))
	s.Settle(path, agreed, nil)
}

// ready gives the day on which what an entry rests on was settled, but for what is drafted
// beside it.
func (s *Story) ready(e policy.Entry) (day policy.Date) {
	for _, required := range e.Requires {
		if acts := s.Acts[required]; len(acts) > 0 && required.Kind != policy.KindMASP {
			day = policy.Latest(day, acts[len(acts)-1].Date)
		}
	}
	return day
}

// Record records an act on the subject of an entry.
func (s *Story) Record(e policy.Entry, act policy.Act) {
	act.Subject = e.Subject
	if act.Kind == policy.ActDecide {
		act.Digest = s.Acts[e.Subject][0].Digest
	}
	if e.Subject.Kind == policy.KindPriorities {
		act = policy.Expand(e, act, []string{"firearms", "drugs"})
	}
	id := fmt.Sprintf("%s-%d", e.Subject.Path(), len(s.Acts[e.Subject])+1)
	s.Acts[e.Subject] = append(s.Acts[e.Subject], policy.Recorded{Act: act, ID: id, Stated: "stated"})
}

// Last gives the act that settled a subject.
func (s *Story) Last(path string) *policy.Recorded {
	acts := s.Acts[On(path)]
	return &acts[len(acts)-1]
}

// Unsettle takes the last act on a subject away.
func (s *Story) Unsettle(path string) {
	s.Acts[On(path)] = s.Acts[On(path)][:len(s.Acts[On(path)])-1]
}

// Table goes back to the day on which a subject is to be settled and gives the
// decision that is to settle it.
func (s *Story) Table(path string) policy.Act {
	decision := s.Last(path).Act
	s.Today = decision.Date
	s.Unsettle(path)
	return decision
}

// Enter puts a row into a register, by somebody who may.
func (s *Story) Enter(register policy.Register, key, day string, body policy.RowBody) {
	by := policy.Actor{Name: "Eva"}
	enterers, _ := register.Enterers()
	by.Body = enterers[0]
	if register == policy.RegConsents {
		by.Body = policy.Body(key[strings.LastIndex(key, "/")+1:])
	}
	s.Rows = append(s.Rows, policy.Row{Register: register, Key: key, Date: Date(day), Body: body, By: by})
}

// Strike takes rows out again: those whose keys begin so.
func (s *Story) Strike(register policy.Register, prefix string) {
	s.Rows = slices.DeleteFunc(s.Rows, func(r policy.Row) bool { return r.Register == register && strings.HasPrefix(r.Key, prefix) })
}

// Row finds the body of a row, to change it.
func Row[T policy.RowBody](s *Story, register policy.Register, key string) T {
	for _, r := range s.Rows {
		if body, is := r.Body.(T); is && r.Register == register && r.Key == key {
			return body
		}
	}
	panic("no row " + key) // a mistake of the test that asks for it
}

// Content finds what stands in a document, to change it.
func Content[T policy.Content](s *Story, path string) T {
	c, is := s.Contents[On(path)].(T)
	if !is {
		panic("no content of " + path) // a mistake of the test that asks for it
	}
	return c
}

// Action finds an operational action, to change it: PLAN/CODE.
func (s *Story) Action(path string) *policy.OperationalAction {
	at := strings.LastIndex(path, "/")
	plan := Content[*policy.OperationalPlan](s, path[:at])
	for i := range plan.Actions {
		if plan.Actions[i].Code == path[at+1:] {
			return &plan.Actions[i]
		}
	}
	panic("no action " + path) // a mistake of the test that asks for it
}

// Plan finds what stands in an OAP, or in a change of one, to change it.
func (s *Story) Plan(path string) *policy.OperationalPlan {
	return Content[*policy.OperationalPlan](s, path)
}

// Assessment finds the threat assessment, to change it.
func (s *Story) Assessment() *policy.ThreatAssessment {
	return Content[*policy.ThreatAssessment](s, "assessment")
}

// Advice finds the policy advisory document, to change it.
func (s *Story) Advice() *policy.AdvisoryDocument {
	return Content[*policy.AdvisoryDocument](s, "advisory-document")
}

// Strategy finds an action of the strategy, to change it.
func (s *Story) Strategy(key string) *policy.StrategyAction {
	return Row[*policy.StrategyAction](s, policy.RegStrategy, key)
}

// Allocation finds money that was allocated, to change it.
func (s *Story) Allocation(key string) *policy.Allocation {
	return Row[*policy.Allocation](s, policy.RegAllocations, key)
}

// Miss takes an occurrence of an obligation away as if it had never been met.
func (s *Story) Miss(path string) { delete(s.Acts, On(path)) }

// ReferBack lets the Support Team refer a report back, and goes to a day.
func (s *Story) ReferBack(path, day string) {
	s.Today = Date(day)
	acts := s.Acts[On(path)][:2]
	acts[1].Outcome, acts[1].Date = policy.ReferredBack, Date("2023-10-12")
	s.Acts[On(path)] = acts
}

// Move lets a row hold from another day on.
func (s *Story) Move(register policy.Register, key, day string) {
	for i := range s.Rows {
		if s.Rows[i].Register == register && s.Rows[i].Key == key {
			s.Rows[i].Date = Date(day)
		}
	}
}
