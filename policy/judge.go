package policy

import (
	"reflect"
	"slices"
	"strings"
)

// Facts is what Judge has to know besides the subject itself.
type Facts struct {
	Today     Date // what the calendar of the cycle shows
	Rehearsal bool
	// Past says that what is judged was recorded elsewhere before, and is taken over.
	Past bool
	// Required holds the standings of the subjects that the entry requires.
	Required []Standing
	// Earliest is the date before which nothing in the cycle can have
	// happened: that of the threat assessment, or zero before it.
	Earliest Date
	// Begins is the date before which nothing can have happened to the subject
	// itself.
	Begins Date
	// RestedOn is the first date on which something that rests on the subject was
	// settled; zero while nothing was.
	RestedOn Date
	// Resting lists what rests on how the subject ended.
	Resting []Resting
	// Items lists the keys that a decision on the whole must settle, one by
	// one: the candidate priorities. Empty for all other subjects.
	Items []string
	// Meetings is the calendar of the bodies.
	Meetings []PlannedMeeting
	// Stored says that the content of such a version is kept here, so that one
	// cannot be handed in without it.
	Stored bool
	// Whole says that a corrigendum brings the whole text of what it corrects.
	Whole bool
	// Positions holds what delegations say about the version, and Voting how the
	// body decides.
	Positions []Stand
	Voting    Voting
	// Limits is what is kept here.
	Limits Limits
	// Blocking lists what stands against settling the subject.
	Blocking []Finding
}

// Judge says whether an act may be recorded on a subject that was opened on a
// date and has these records. The error has one of CodeNotCompetent,
// CodeNotOpen, CodeAlreadyDecided, CodeWrongVersion, CodeWrongDate,
// CodeFourEyes, CodeNotReady or CodeInvalid. It expects an act that passes
// Check, by somebody whom Authorise lets do it.
func Judge(e Entry, opened Date, records []Recorded, a Act, facts Facts) error {
	if err := competent(a.By.Body, a, e); err != nil {
		return err
	}
	if err := judgeCalendar(e.Bodies, a, facts); err != nil {
		return err
	}
	waiting := PendingIn(records)
	switch {
	case a.Kind == ActConfirm || a.Kind == ActSetAside:
		return judgeSecond(e, opened, records, a, facts)
	case waiting != nil && waiting.Kind == ActFinalise && a.Kind != ActPosition:
		return Refuse(CodeNotOpen, "a final text of %s was entered by %s and waits for a second person: it is to be confirmed or set aside first (%s)", e.Subject, waiting.By, waiting.ID)
	case waiting != nil && a.Kind != ActPosition:
		return Refuse(CodeNotOpen, "an outcome of %s on %s was recorded by %s and waits for a second person: it is to be confirmed or set aside first (%s)", e.Bodies.Title(waiting.Body), e.Subject, waiting.By, waiting.ID)
	}
	if err := FourEyes(e.Bodies, records, a); err != nil {
		return err
	}
	standing := StandingOf(e, opened, records)
	if a.Rectifies != "" {
		if err := judgeRectification(e, opened, records, a, facts); err != nil {
			return err
		}
		return judgeReason(e, a, facts)
	}
	if a.Kind == ActPosition {
		return judgePosition(e, opened, records, a, facts)
	}
	if err := judgeOrder(standing, a); err != nil {
		return err
	}
	switch a.Kind {
	case ActSubmit:
		return judgeSubmission(e, standing, a, facts)
	case ActDecide:
		if err := standing.silent(a.Body, a.Outcome, facts.Today); err != nil && !a.endsSilence() {
			return err
		}
		if err := judgeDecision(e, standing, a, facts); err != nil {
			return err
		}
		return judgeReason(e, a, facts)
	case ActCorrect:
		return judgeCorrection(standing, a)
	case ActFinalise:
		return judgeFinal(standing, a, facts)
	case ActLaunch:
		return judgeLaunch(e, standing, records, a, facts)
	default:
		return Refuse(CodeInvalid, "%s takes no act of kind %q", e.Subject, a.Kind)
	}
}

func judgeCalendar(bodies BodyTable, a Act, facts Facts) error {
	if err := bodies.judgeForeign(a.By.Body, a.Date, facts.Past); err != nil {
		return err
	}
	switch {
	case a.Date.After(facts.Today):
		return wrongDate("%s lies in the future: the calendar of the cycle shows %s", a.Date, facts.Today)
	case a.Document.Rehearsed() && !facts.Rehearsal:
		return missing("document", "documents of the series %s exist only in rehearsals", RehearsalSeries)
	case a.Date.Before(facts.Begins):
		return wrongDate("%s lies before the beginning, on %s", a.Date, facts.Begins)
	case a.Date.Before(facts.Earliest):
		return wrongDate("%s lies before the threat assessment, which was delivered on %s", a.Date, facts.Earliest)
	}
	return nil
}

func judgeOrder(s Standing, a Act) error {
	if s.Open() && a.Date.Before(s.LastAct) {
		return wrongDate("%s lies before the last act on %s, which happened on %s", a.Date, s.Subject, s.LastAct)
	}
	return nil
}

func judgeSubmission(e Entry, s Standing, a Act, facts Facts) error {
	if a.Revises != 0 && s.State != StateDeciding {
		return Refuse(CodeNotOpen, "version %d of %s is before no body: leave out what this one revises", a.Revises, s.Subject)
	}
	switch s.State {
	case StateDrafting:
		for _, required := range facts.Required { // it was settled when work on this began, and may be open again
			if !required.Positive() && required.Subject.Kind != kinds[e.Subject.Kind].beside && !facts.Past {
				return Refuse(CodeNotReady, "%s rests on %s, which has no positive outcome: it can be handed in once that is settled", s.Subject, required.Subject)
			}
		}
	case StateDeciding:
		if err := judgeRevision(e, s, a, facts); err != nil {
			return err
		}
	default:
		return RefuseSettled(s)
	}
	if facts.Stored && a.Content == "" && !a.Marking.Above(facts.Limits.Ceiling) {
		return missing("content", "the cycle keeps what stands in %s: hand in its content, too", s.Subject)
	}
	return nil
}

// RefuseSettled says that a subject was settled, and of a report how it is put right.
func RefuseSettled(s Standing) error {
	if s.Subject.Kind == KindReport && s.Positive() {
		return Refuse(CodeAlreadyDecided, "%s was settled on %s: %s. What is to be put right in it is handed in as a correction, which is opened first: %s",
			s.Subject, s.ClosedOn, s.Outcome.Title(), s.Subject.ChangedBy("NUMBER").Path())
	}
	return Refuse(CodeAlreadyDecided, "%s was settled on %s: %s", s.Subject, s.ClosedOn, s.Outcome.Title())
}

// beforeNobody says why no body can conclude on a subject now.
func beforeNobody(bodies BodyTable, s Standing) error {
	switch s.State {
	case StateDeciding:
		return nil
	case StateClosed:
		return RefuseSettled(s)
	default:
		waits := "a version to be handed in"
		if len(s.Turn) > 0 {
			waits += " by " + bodies.Titles(s.Turn)
		}
		return Refuse(CodeNotOpen, "%s waits for %s", s.Subject, waits)
	}
}

func judgeDecision(e Entry, s Standing, a Act, facts Facts) error {
	if err := beforeNobody(e.Bodies, s); err != nil {
		return err
	}
	if err := judgeTurn(e, s, a); err != nil {
		return err
	}
	if err := judgeVersion(s, a); err != nil {
		return err
	}
	if err := judgeOutcome(e, a, facts); err != nil {
		return err
	}
	if err := judgeMeeting(a, facts); err != nil {
		return err
	}
	if a.endsSilence() {
		if err := judgeSilence(e.Bodies, s, a, facts); err != nil {
			return err
		}
	}
	return judgeRequirements(e, a, facts)
}

// judgeReason holds that who sends something back, or does not agree to it, says
// why: those who hand it in are to know what to mend.
func judgeReason(e Entry, a Act, facts Facts) error {
	switch {
	case a.Kind != ActDecide || facts.Past || !a.Outcome.WantsReason() || strings.TrimSpace(a.Comment) != "":
		return nil
	case a.Outcome == ReferredBack:
		return missing("comment", "say why %s refers %s back, so that those who hand it in know what to mend", e.Bodies.Title(a.Body), a.Subject)
	default:
		return missing("comment", "say why %s did not agree to %s", e.Bodies.Title(a.Body), a.Subject)
	}
}

// judgeTurn holds the ordered chain: each body in its turn, unless a later one
// says why earlier ones are skipped.
func judgeTurn(e Entry, s Standing, a Act) error {
	at := TurnOf(e, a.Body)
	switch {
	case at < 0:
		return Refuse(CodeNotCompetent, "%s does not decide on %s: it passes %s", e.Bodies.Title(a.Body), s.Subject, chainTitles(e))
	case at < s.Turns:
		return Refuse(CodeAlreadyDecided, "%s has had its turn on %s already: version %d is before %s", e.Bodies.Title(a.Body), s.Subject, s.Version, e.Bodies.Titles(s.Turn))
	case at > s.Turns && a.SkipReason == "":
		return Refuse(CodeNotOpen, "%s is before %s; if %s concluded without it, give the reason for skipping it", s.Subject, e.Bodies.Titles(s.Turn), e.Bodies.Title(a.Body))
	}
	return nil
}

func chainTitles(e Entry) string {
	titles := make([]string, len(e.Turns))
	for i, turn := range e.Turns {
		titles[i] = e.Bodies.Title(turn.Body)
	}
	if len(titles) == 0 {
		return "no body"
	}
	return strings.Join(titles, ", then ")
}

func judgeOutcome(e Entry, a Act, facts Facts) error {
	if err := e.concludes(a.Body, a.Outcome); err != nil {
		return err
	}
	last := TurnOf(e, a.Body) == len(e.Turns)-1
	if len(a.Items) == 0 {
		return nil
	}
	if !last || !a.Outcome.Adopts() || len(facts.Items) == 0 {
		return missing("items", "only the adoption of the conclusions on the priorities settles items one by one")
	}
	return judgeItems(a.Items, facts.Items)
}

func judgeItems(given []ItemOutcome, candidates []string) error {
	for _, item := range given {
		if !slices.Contains(candidates, item.Item) {
			return missing("items", "%q is not a candidate priority: use %s", item.Item, strings.Join(candidates, ", "))
		}
	}
	return nil
}

// judgeRequirements holds S2 of the 2011 conclusions: no MASP without its
// priorities, no OAP without its MASP.
//
// What is known to have happened all the same is recorded as irregular: who may
// adopt what was judged before, and is never waived.
func judgeRequirements(e Entry, a Act, facts Facts) error {
	if !a.Outcome.Positive() || TurnOf(e, a.Body) != len(e.Turns)-1 {
		if a.Irregular != "" {
			return missing("irregular", "nothing stands against this outcome: it is not irregular")
		}
		return nil
	}
	err := judgeRested(e, a, facts)
	if err == nil && a.Outcome.Adopts() {
		err = judgeAgreement(e.Bodies, a, facts.Positions, facts.Voting)
	}
	if err == nil && len(facts.Blocking) > 0 {
		blocked := RefuseBlocked(e.Subject, facts.Blocking)
		blocked.Message += ". If " + e.Bodies.Title(a.Body) + " concluded all the same, record it as irregular, with the reason and a second person"
		err = blocked
	}
	switch {
	case a.Irregular == "":
		return err
	case err == nil:
		return missing("irregular", "nothing stands against %s: it is not irregular", e.Subject)
	default:
		return nil
	}
}

func judgeRested(e Entry, a Act, facts Facts) error {
	for _, required := range facts.Required {
		if !required.Positive() {
			return Refuse(CodeNotReady, "%s cannot be settled before %s is: that has no positive outcome yet", e.Subject, required.Subject)
		}
		if a.Date.Before(required.ClosedOn) {
			return wrongDate("%s lies before %s, when %s was settled, on which it rests", a.Date, required.ClosedOn, required.Subject)
		}
	}
	return nil
}

func wrongDate(format string, args ...any) *Error {
	e := Refuse(CodeWrongDate, format, args...)
	e.Field = "date"
	return e
}

// Expand makes the outcome of each item explicit: an item that the decision does
// not list is settled like the whole.
func Expand(e Entry, a Act, items []string) Act {
	last := TurnOf(e, a.Body) == len(e.Turns)-1
	if a.Kind != ActDecide || !last || (!a.Outcome.Adopts() && a.Outcome != NotAgreed) {
		return a
	}
	a.Items = slices.Clone(a.Items)
	for _, item := range items {
		if !slices.ContainsFunc(a.Items, func(given ItemOutcome) bool { return given.Item == item }) {
			a.Items = append(a.Items, ItemOutcome{Item: item, Outcome: a.Outcome})
		}
	}
	return a
}

// FactsFor gathers from the records what Judge has to know for an entry.
func (r Records) FactsFor(e Entry) Facts {
	facts := Facts{Today: r.Today, Stored: Stores(r.Definition, e.Subject.Kind), Meetings: r.Definition.Meetings}
	switch {
	case e.Subject.Kind == KindAssessment:
		facts.Begins = r.Definition.PolicyWindow.From
	case e.Subject.Kind.ByHand():
		facts.Begins, facts.Earliest = e.Opens, r.StandingOfKind(KindAssessment).ClosedOn
	default:
		facts.Earliest = r.StandingOfKind(KindAssessment).ClosedOn
	}
	for _, required := range e.Requires {
		s, opened := r.Standings[required]
		if !opened {
			s = Standing{Subject: required, State: StateUpcoming}
		}
		facts.Required = append(facts.Required, s)
	}
	facts.Resting = r.restingOn(e.Subject)
	for _, rests := range facts.Resting {
		facts.RestedOn = Earliest(facts.RestedOn, rests.On)
	}
	if e.Subject.Kind == KindPriorities {
		facts.Items = r.decidedOn()
	}
	return facts
}

// decidedOn lists the keys of the priorities that the Council decides on, or decided on:
// amendments since withdraw none of what it said.
func (r Records) decidedOn() (keys []string) {
	for _, item := range r.StandingOfKind(KindPriorities).Items {
		keys = append(keys, item.Item)
	}
	if len(keys) > 0 {
		return keys
	}
	for _, p := range r.Definition.Priorities {
		if p.AddedOn.IsZero() {
			keys = append(keys, p.Key)
		}
	}
	return keys
}

// JudgeOpening says whether an extraordinary item may be opened: on any day
// while the cycle runs. A change of an OAP may be while the OAP is in force, and a correction
// of a report once that was settled.
func JudgeOpening(r Records, a Act, rehearsal bool) error {
	var err error
	switch a.Subject.Kind {
	case KindChange:
		err = r.judgeChange(a)
	case KindCorrection:
		err = r.judgeCorrecting(a)
	default:
	}
	if err != nil {
		return err
	}
	if err := JudgeRunning(r.Stages()); err != nil {
		return err
	}
	open := 0
	for subject, s := range r.Standings {
		if subject.Kind.ByHand() && s.Open() {
			open++
		}
	}
	if open >= MaxItems {
		return Refuse(CodeNotReady, "%d items and changes are open in the cycle: at most %d are at once; one more waits until another is settled", open, MaxItems)
	}
	return judgeCalendar(r.Definition.Bodies, a, Facts{Today: r.Today, Rehearsal: rehearsal, Begins: r.Definition.PolicyWindow.From})
}

func (r Records) judgeChange(a Act) error {
	plan := a.Subject.Plan()
	if s := r.Standings[plan]; !s.Positive() {
		return Refuse(CodeNotOpen, "%s is not in force: a change waits until it is adopted", plan)
	} else if a.Date.Before(s.ClosedOn) {
		return wrongDate("%s lies before the adoption of %s on %s", a.Date, plan, s.ClosedOn)
	}
	if p := r.desiredPlan(plan, r.Agenda()); p.Stage.Ended() {
		return Refuse(CodeNotOpen, "%s is no longer in force: it ended on %s", plan, p.Since)
	}
	return nil
}

// judgeCorrecting lets a report be corrected once it was settled, by one correction at a time:
// each takes the place of what stands.
func (r Records) judgeCorrecting(a Act) error {
	report := a.Subject.Report()
	switch s := r.Standings[report]; {
	case !s.Positive():
		return Refuse(CodeNotOpen, "%s is not settled: hand in a new version of it, or rectify the one that stands", report)
	case a.Date.Before(s.ClosedOn):
		return wrongDate("%s lies before %s, when %s was settled", a.Date, s.ClosedOn, report)
	}
	for _, e := range r.Items {
		if e.Subject.Kind == KindCorrection && e.Subject.Report() == report && r.Standing(e).Open() {
			return Refuse(CodeNotReady, "%s is being corrected already: %s is open", report, e.Subject.Path())
		}
	}
	return nil
}

// JudgeRunning says whether a cycle that has passed such stages runs: in one that has
// ended nothing is opened.
func JudgeRunning(stages []StageSpan) error {
	if last := stages[len(stages)-1]; last.Stage.Ended() && !last.Since.IsZero() {
		return Refuse(CodeNotOpen, "the cycle ended on %s", last.Since)
	}
	return nil
}

// JudgeBasis says whether an amendment may rest on a recorded decision: one by
// which the Council or COSI settled a subject with a positive outcome. One that was rectified
// goes by its own ID or by that of the rectification. s and acts are those of the subject that
// the decision settled.
func JudgeBasis(bodies BodyTable, s Standing, acts []Recorded, amendment Act, today Date) error {
	id := amendment.Amendment.Decision
	first := id
	for _, a := range InEffect(acts) {
		if a.ID == id && a.Rectifies != "" {
			first = a.Rectifies
		}
	}
	counting := effective(acts)
	for i, a := range counting {
		if a.ID != first {
			continue
		}
		decides := func(a Recorded) bool { return a.Kind == ActDecide }
		switch {
		case !decides(a) || !s.Positive() || slices.ContainsFunc(counting[i+1:], decides): // the last one settled it
			return Refuse(CodeNotCompetent, "%s does not settle %s: an amendment rests on the decision that does", id, s.Subject)
		case a.Body != Council && a.Body != COSI:
			return Refuse(CodeNotCompetent, "%s may not amend a cycle: the Council or COSI does", bodies.Title(a.Body))
		case amendment.Date.Before(a.Date):
			return wrongDate("%s lies before the decision that the amendment rests on, taken on %s", amendment.Date, a.Date)
		case amendment.Date.After(today):
			return wrongDate("%s lies in the future: the calendar of the cycle shows %s", amendment.Date, today)
		}
		return nil
	}
	return Refuse(CodeUnknown, "no decision %s is recorded on %s", id, s.Subject)
}

// JudgeMoved says whether an amendment that rests on no decision may take the place of the
// definition: it moves meetings alone or, while the Council has not decided on the priorities,
// changes what is proposed to it, and says why.
func (r Records) JudgeMoved(amended *Definition, amendment Act) error {
	same := *amended
	same.Meetings = r.Definition.Meetings
	if r.StandingOfKind(KindPriorities).State != StateClosed {
		same.Priorities = r.Definition.Priorities
	}
	switch {
	case !reflect.DeepEqual(same, *r.Definition):
		return missing("decision", "without a decision only the calendar of meetings changes and, until the Council has decided on them, the priorities that are proposed to it: name the decision that the amendment rests on")
	case strings.TrimSpace(amendment.Comment) == "":
		return missing("reason", "say why a meeting, or what is proposed, is changed")
	case amendment.Date.After(r.Today):
		return wrongDate("%s lies in the future: the calendar of the cycle shows %s", amendment.Date, r.Today)
	}
	return nil
}
