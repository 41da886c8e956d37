package policy_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// story is a whole cycle of which everything is kept here, as it stands on one
// day. What happens after that day stands in it, and counts for nothing yet.
type story struct {
	definition policy.Definition
	today      policy.Date
	items      []policy.Entry // changes of OAPs
	acts       map[policy.Subject][]policy.Recorded
	contents   map[policy.Subject]policy.Content
	rows       []policy.Row
	lapsed     map[policy.Subject]policy.Date // when a later occurrence was met
}

// dossier gathers what there is to see on the day of the story.
func (s *story) dossier() *policy.Dossier {
	r := policy.Records{Definition: &s.definition, Standings: map[policy.Subject]policy.Standing{}, Today: s.today}
	r.Items = slices.DeleteFunc(slices.Clone(s.items), func(e policy.Entry) bool { return e.Opens.After(s.today) })
	acts, contents := map[policy.Subject][]policy.Recorded{}, map[policy.Subject]policy.Content{}
	for _, e := range append(s.definition.Agenda(), r.Items...) {
		subject := e.Subject
		for _, act := range s.acts[subject] {
			if act.Date.After(s.today) {
				continue
			}
			acts[subject] = append(acts[subject], seconded([]policy.Recorded{act})...)
			if content := s.contents[subject]; content != nil {
				contents[subject] = content
			}
		}
		if !e.Opens.After(s.today) || len(acts[subject]) > 0 {
			r.Standings[subject] = policy.StandingOf(e, e.Opens, acts[subject])
		}
		if on, lapsed := s.lapsed[subject]; lapsed && !on.After(s.today) {
			r.Standings[subject] = r.Standings[subject].Lapse(on)
		}
	}
	return policy.NewDossier(r, acts, contents, s.rows)
}

func (s *story) entry(path string) policy.Entry {
	for _, e := range append(s.definition.Agenda(), s.items...) {
		if e.Subject == on(path) {
			return e
		}
	}
	panic("no entry " + path)
}

// settled takes a subject through all its bodies, the last of which settles it
// on a day.
func (s *story) settled(path, day string, content policy.Content) {
	e := s.entry(path)
	s.contents[e.Subject] = content
	by := policy.Body("fr") // for a plan that has no driver
	if len(e.Submitters) > 0 {
		by = e.Submitters[0]
	}
	handedIn := submits(by, policy.Earliest(e.SubmitBy, date(day)).String())
	handedIn.Content = "sha256:content"
	s.records(e, handedIn)
	for i, turn := range e.Turns {
		act := decides(turn.Body, policy.TookNote, policy.Earliest(turn.Due, date(day)).String())
		if i == len(e.Turns)-1 {
			act.Date = date(day)
			if e.Subject.Kind.Adopted() {
				act.Outcome = policy.Adopted
			}
		}
		s.records(e, act)
	}
}

func (s *story) records(e policy.Entry, act policy.Act) {
	act.Subject = e.Subject
	if act.Kind == policy.ActDecide {
		act.Digest = s.acts[e.Subject][0].Digest
	}
	if e.Subject.Kind == policy.KindPriorities {
		act = policy.Expand(e, act, []string{"firearms", "drugs"})
	}
	id := fmt.Sprintf("%s-%d", e.Subject.Path(), len(s.acts[e.Subject])+1)
	s.acts[e.Subject] = append(s.acts[e.Subject], policy.Recorded{Act: act, ID: id, Stated: "stated"})
}

// last gives the act that settled a subject.
func (s *story) last(path string) *policy.Recorded {
	acts := s.acts[on(path)]
	return &acts[len(acts)-1]
}

// unsettled takes the last act on a subject away.
func (s *story) unsettled(path string) {
	s.acts[on(path)] = s.acts[on(path)][:len(s.acts[on(path)])-1]
}

// tabled goes back to the day on which a subject is to be settled and gives the
// decision that is to settle it.
func (s *story) tabled(path string) policy.Act {
	decision := s.last(path).Act
	s.today = decision.Date
	s.unsettled(path)
	return decision
}

// enters puts a row into a register, by somebody who may.
func (s *story) enters(register policy.Register, key, day string, body policy.RowBody) {
	by := policy.Actor{Name: "Eva"}
	enterers, _ := register.Enterers()
	by.Body = enterers[0]
	if register == policy.RegConsents {
		by.Body = policy.Body(key[strings.LastIndex(key, "/")+1:])
	}
	s.rows = append(s.rows, policy.Row{Register: register, Key: key, Date: date(day), Body: body, By: by})
}

// struck takes rows out again: those whose keys begin so.
func (s *story) struck(register policy.Register, prefix string) {
	s.rows = slices.DeleteFunc(s.rows, func(r policy.Row) bool { return r.Register == register && strings.HasPrefix(r.Key, prefix) })
}

// row finds the body of a row, to change it.
func row[T policy.RowBody](s *story, register policy.Register, key string) T {
	for _, r := range s.rows {
		if body, is := r.Body.(T); is && r.Register == register && r.Key == key {
			return body
		}
	}
	panic("no row " + key)
}

// content finds what stands in a document, to change it.
func content[T policy.Content](s *story, path string) T {
	c, is := s.contents[on(path)].(T)
	if !is {
		panic("no content of " + path)
	}
	return c
}

// does finds an operational action, to change it: PLAN/CODE.
func (s *story) does(path string) *policy.OperationalAction {
	at := strings.LastIndex(path, "/")
	plan := content[*policy.OperationalPlan](s, path[:at])
	for i := range plan.Actions {
		if plan.Actions[i].Code == path[at+1:] {
			return &plan.Actions[i]
		}
	}
	panic("no action " + path)
}

// inOrder is a cycle in which nothing is wrong, half a year after its end.
func inOrder() *story {
	s := &story{
		definition: keepsAll(), today: date("2024-06-30"),
		acts: map[policy.Subject][]policy.Recorded{}, contents: map[policy.Subject]policy.Content{}, lapsed: map[policy.Subject]policy.Date{},
	}
	s.sets()
	s.plans()
	s.reports()
	s.ends()
	s.meets()
	s.pays()
	s.strategy()
	return s
}

// keepsAll is the cycle of the stories with everything that rules look at.
func keepsAll() policy.Definition {
	d := sound()
	d.MASP = policy.MASP{PerPriority: true, Drafting: date("2021-06-01"), Due: date("2021-10-15")}
	for i := range d.Periods {
		y := d.Periods[i].Key
		d.Periods[i].Reports = append(d.Periods[i].Reports, policy.Round{Key: "october", Opens: date(y + "-09-01"), Due: date(y + "-10-20")})
	}
	d.Priorities[0].Objectives, d.Priorities[0].Threats = []policy.Objective{policy.ObjectiveNetworks}, []policy.MainThreat{"cross-border-crime", "violence"}
	d.Priorities[1].Objectives, d.Priorities[1].Threats = []policy.Objective{policy.ObjectiveNetworks, policy.ObjectiveBorders}, []policy.MainThreat{"drugs"}
	d.AttendanceLevel = "head-of-unit"
	meeting := func(body policy.Body, day string, settles ...string) policy.PlannedMeeting {
		return policy.PlannedMeeting{Key: string(body) + "-" + day[:7], Title: body.Title(), Body: body, On: date(day), Settles: settles}
	}
	d.Meetings = []policy.PlannedMeeting{
		meeting(policy.COSI, "2021-04-28", "advisory-document"), meeting(policy.Council, "2021-05-26", "priorities"),
		meeting(policy.COSI, "2021-10-14", "masp/*"), meeting(policy.COSI, "2021-12-08", "oap/2022/*"),
		meeting(policy.COSI, "2022-06-14", "report/2022/*/may"), meeting(policy.COSI, "2022-10-19", "report/2022/*/october"),
		meeting(policy.COSI, "2022-12-07", "oap/2023/*", "review"), meeting(policy.COSI, "2023-06-14", "report/2023/*/may"),
		meeting(policy.COSI, "2023-10-18", "report/2023/*/october", "evaluation"), meeting(policy.COSI, "2024-06-26"),
	}
	owes := func(key string, kind policy.ObligationKind, by policy.Body, to []policy.Body, due ...string) policy.Obligation {
		o := policy.Obligation{Key: key, Title: "The " + key, Kind: kind, OwedBy: by, To: to}
		for _, day := range due {
			o.Due = append(o.Due, date(day))
		}
		return o
	}
	d.Obligations = []policy.Obligation{
		owes("annual-report", policy.AnnualReport, policy.Commission, []policy.Body{policy.EuropeanParliament, policy.Council}, "2021-12-31", "2022-12-31", "2023-12-31"),
		owes("commission-update", policy.RegularUpdate, policy.Commission, []policy.Body{policy.Council}, "2022-09-30", "2023-09-30"),
		owes("cosi-update", policy.RegularUpdate, policy.COSI, []policy.Body{policy.Council}, "2022-06-30", "2023-06-30"),
		owes("to-parliaments", policy.ParliamentReport, policy.COSI, []policy.Body{policy.EuropeanParliament, policy.NationalParliament}, "2022-11-30", "2024-05-31"),
	}
	d.Keeps = policy.Register("").Words()
	for _, kind := range policy.ContentKinds() {
		d.Keeps = append(d.Keeps, string(kind))
	}
	return d
}

// sets leads from the assessment to the priorities.
func (s *story) sets() {
	threat := func(key, area string) policy.Threat {
		return policy.Threat{Key: key, Title: area, Area: area, Level: "high", Trend: "rising"}
	}
	recommends := func(key, threat string) policy.Recommendation {
		return policy.Recommendation{Key: key, Title: "Act on " + threat, Threats: []string{threat}, Provenance: []string{"data of 27 Member States"}}
	}
	assesses := func(kind policy.AssessmentKind) *policy.ThreatAssessment {
		return &policy.ThreatAssessment{
			Kind:         kind,
			Methodology:  policy.Validated{Document: "ST 9000/20 INIT", On: date("2020-06-25")},
			Requirements: policy.Validated{Document: "ST 9001/20 INIT", On: date("2020-06-25")},
			Threats:      []policy.Threat{threat("guns", "firearms"), threat("cocaine", "drugs"), threat("cars", "stolen cars")},
			Recommendations: []policy.Recommendation{
				recommends("r1", "guns"), recommends("r2", "cocaine"), recommends("r3", "cars"),
			},
		}
	}
	s.settled("assessment", "2021-04-12", assesses(policy.SOCTA))
	s.settled("advisory-document", "2021-04-28", &policy.AdvisoryDocument{Advice: []policy.Advice{
		{Recommendations: []string{"r1"}, Does: policy.Takes, Priorities: []string{"firearms"}, Reason: "as recommended"},
		{Recommendations: []string{"r2"}, Does: policy.Takes, Priorities: []string{"drugs"}, Reason: "as recommended"},
		{Recommendations: []string{"r3"}, Does: policy.Leaves, Reason: "the States deal with it"},
	}})
	s.settled("priorities", "2021-05-26", &policy.Conclusions{})
	s.settled("review", "2022-12-07", assesses(policy.InterimSOCTA))
}

// impact is an impact assessment in which nothing is missing.
func impact(day string) policy.ImpactAssessment {
	holds := policy.Judgement{Holds: policy.Yes, Reason: "no State can do it alone"}
	return policy.ImpactAssessment{
		On: date(day), Reviewer: "the head of the unit", Financial: "20 000 euro", Administrative: "two officers",
		Burden:     policy.Burden{Union: "one meeting", National: "two officers", Regional: "none", Operators: "none", Citizens: "none"},
		AddedValue: holds, Subsidiarity: holds, Proportionality: holds,
		Rights: policy.Rights{Inside: "data protection", Outside: "death penalty"},
	}
}

// acting is an action of three: a State that leads, another and Europol.
func acting(code string, kind policy.ActionKind, area, goal, from, to string) policy.OperationalAction {
	return policy.OperationalAction{
		Code: code, Title: "Action " + code, Goals: []string{goal}, Area: area, Kind: kind, From: date(from), To: date(to),
		Leader: "se", Participants: []policy.Body{"fr", policy.Europol},
		KPIs: []policy.KPI{{Indicator: "arrests", Target: 10}}, Funding: policy.Funding{State: policy.FundingNone},
	}
}

func (s *story) plans() {
	for _, p := range []string{"firearms", "drugs"} {
		s.settled("masp/"+p, "2021-10-14", &policy.StrategicPlan{Goals: []policy.StrategicGoal{{Key: p + "-1", Title: "Know more"}, {Key: p + "-2", Title: "Do more"}}})
	}
	s.settled("oap/2022/firearms", "2021-12-08", firearms("2022", "2021"))
	s.settled("oap/2022/drugs", "2021-12-08", drugs("2022", "2021"))
	s.settled("oap/2023/firearms", "2022-12-07", firearms("2023", "2022"))
	s.settled("oap/2023/drugs", "2022-12-07", drugs("2023", "2022"))
	carried := s.does("oap/2023/firearms/1.1")
	carried.CarriedOverFrom = "2022/firearms/1.1"
	s.does("oap/2022/firearms/1.1").To = date("2023-02-28")

	// A war breaks out: the OAP changes, and is assessed anew.
	change := on("change/2022/firearms/1")
	s.items = append(s.items, s.definition.Opened(policy.Opening{Title: "Weapons from the war", Due: date("2022-04-20")}, change, date("2022-03-10")))
	changed := firearms("2022", "2021")
	s.contents[change] = changed
	again := impact("2022-03-20")
	changed.Impact = &again
	changed.Actions[0].To = date("2023-02-28")
	war := acting("1.4", "operational", "firearms", "firearms-2", "2022-05-01", "2022-12-31")
	war.Partners = []string{"Moldova"}
	changed.Actions = append(changed.Actions, war)
	changed.OwnImpacts[1].ImpactAssessment = impact("2022-03-21")
	s.settled("change/2022/firearms/1", "2022-04-20", changed)

	for _, path := range []string{"oap/2022/firearms", "oap/2022/drugs", "oap/2023/firearms", "oap/2023/drugs", "change/2022/firearms/1"} {
		s.consents(path)
	}
	s.enters(policy.RegPosts, "driver/drugs", "2021-07-01", &policy.Holding{Holder: "fr", Person: "an-officer"})
	s.enters(policy.RegPosts, "leader/2022-drugs-2.2", "2021-11-01", &policy.Holding{Acting: policy.SupportTeam})
	s.enters(policy.RegPosts, "leader/2023-drugs-2.2", "2022-10-01", &policy.Holding{Holder: "nl"})
	s.enters(policy.RegIndicators, "arrests", "2021-10-01", &policy.Indicator{Title: "Arrests", Unit: "persons", Rule: "on the day of the arrest", Version: 1})
}

// firearms has an action that asks for Union money and one that is external.
func firearms(y, before string) *policy.OperationalPlan {
	paid := acting("1.2", policy.Prevention, "firearms", "firearms-2", y+"-02-01", y+"-12-31")
	paid.Funding = policy.Funding{State: policy.FundingGranted, Source: policy.SourceISF, Need: 20000, Granted: 20000, Contract: date(y + "-03-01")}
	external := acting("1.3", "cooperation", "firearms", "firearms-2", y+"-01-01", y+"-12-31")
	external.External = policy.External{Does: true, Beneficiaries: []string{"Albania"}, Capacity: "traces weapons itself", EEAS: "consulted"}
	whole := impact(before + "-10-01")
	return &policy.OperationalPlan{
		Impact:  &whole,
		Actions: []policy.OperationalAction{acting("1.1", "intelligence", "firearms", "firearms-1", y+"-01-01", y+"-12-31"), paid, external},
		OwnImpacts: []policy.OwnImpact{
			{Action: "1.2", ImpactAssessment: impact(before + "-10-02")}, {Action: "1.3", ImpactAssessment: impact(before + "-10-02")},
		},
	}
}

// drugs has an action without a leader in the plan: see the register of posts.
func drugs(y, before string) *policy.OperationalPlan {
	vacant := acting("2.2", policy.Prevention, "drugs", "drugs-2", y+"-01-01", y+"-12-31")
	vacant.Leader = ""
	whole := impact(before + "-10-01")
	return &policy.OperationalPlan{
		Impact:  &whole,
		Actions: []policy.OperationalAction{acting("2.1", "operational", "drugs", "drugs-1", y+"-01-01", y+"-12-31"), vacant},
	}
}

// consents lets every State listed in a plan consent before the action begins.
func (s *story) consents(path string) {
	plan := content[*policy.OperationalPlan](s, path)
	for i := range plan.Actions {
		a := &plan.Actions[i]
		for _, b := range a.Everybody() {
			key := a.Path(on(path)) + "/" + string(b)
			known := slices.ContainsFunc(s.rows, func(r policy.Row) bool { return r.Key == key })
			if !b.MemberState() || known {
				continue
			}
			says := &policy.Consent{State: policy.Confirmed}
			if b == "fr" {
				says = &policy.Consent{State: policy.Conditional, Condition: "from the second month on"}
			}
			s.enters(policy.RegConsents, key, a.From.AddDays(-5).String(), says)
		}
	}
}

func (s *story) reports() {
	for _, p := range s.definition.Periods {
		for i, round := range p.Reports {
			for _, oap := range []string{"firearms", "drugs"} {
				report := &policy.Report{}
				for _, a := range content[*policy.OperationalPlan](s, "oap/"+p.Key+"/"+oap).Actions {
					status := []policy.ActionStatus{policy.Ongoing, policy.Completed}[i]
					report.Actions = append(report.Actions, policy.ActionReport{Action: a.Code, Status: status, Figures: []policy.Figure{{Indicator: "arrests", Value: 3}}})
				}
				totals := report.Totals()
				report.Published = &totals
				path := "report/" + p.Key + "/" + oap + "/" + round.Key
				s.settled(path, s.entry(path).Due.String(), report)
			}
		}
	}
	for _, o := range s.definition.Obligations {
		for _, due := range o.Due {
			y := fmt.Sprint(due.Year())
			delivers := &policy.Delivery{Covers: policy.Window{From: date(y + "-01-01"), To: due}}
			for _, round := range []string{"drugs/may", "drugs/october", "firearms/may", "firearms/october"} {
				if y == "2022" || y == "2023" {
					delivers.Reports = append(delivers.Reports, "report/"+y+"/"+round)
				}
			}
			given := due.AddDays(-10)
			s.settled("obligation/"+o.Key+"/"+due.String(), given.String(), delivers)
			for _, to := range o.To {
				s.enters(policy.RegDeliveries, o.Key+"/"+due.String()+"/"+string(to), given.AddDays(2).String(), &policy.DeliveryProof{On: given, Document: "COM(2021) 1"})
			}
		}
	}
}

// ends evaluates the cycle and answers the evaluator.
func (s *story) ends() {
	e := &policy.EvaluationReport{Evaluator: "A consultancy", Roadmap: []policy.RoadmapPoint{{Recommendation: "fewer", By: date("2025-01-01")}}}
	for _, c := range policy.Criteria {
		e.Findings = append(e.Findings, policy.Evaluated{Criterion: c, Text: "good"})
	}
	for _, key := range []string{"fewer", "money", "templates"} {
		e.Recommendations = append(e.Recommendations, policy.Recommended{Key: key, Text: "Better " + key, To: []policy.Body{policy.COSI}})
	}
	s.settled("evaluation", "2023-10-18", e)
	s.enters(policy.RegRecommendations, "fewer", "2023-12-01", &policy.FollowUp{State: policy.FollowAccepted, Owner: policy.COSI})
	s.enters(policy.RegRecommendations, "money", "2023-12-01", &policy.FollowUp{State: policy.FollowRejected, Reason: "there is none"})
	s.enters(policy.RegRecommendations, "templates", "2023-12-01", &policy.FollowUp{State: policy.FollowDone})
}

// meets gives each meeting of COSI an item on monitoring, and all States a seat.
func (s *story) meets() {
	for i, m := range s.definition.Meetings {
		if m.Body != policy.COSI {
			continue
		}
		s.enters(policy.RegAgenda, m.Key+"/monitoring", m.On.AddDays(-14).String(), &policy.AgendaItem{Title: "Where the strategy stands", Monitoring: true})
		for j, state := range policy.MembersOn(m.On) {
			level := policy.Levels[2+(i+j)%3] // a head of unit or above
			s.enters(policy.RegAttendance, m.Key+"/"+string(state), m.On.String(), &policy.Attendance{Level: level})
		}
	}
}

func (s *story) pays() {
	cycle := s.definition.ImplementationWindow
	s.enters(policy.RegEnvelopes, "fund", "2021-12-01", &policy.Envelope{Source: policy.SourceISF, From: cycle.From, To: cycle.To, Amount: 100000})
	s.enters(policy.RegEnvelopes, "reserve", "2021-12-01", &policy.Envelope{Source: policy.SourceEuropol, From: cycle.From, To: cycle.To, Amount: 50000, Reserve: true})
	s.enters(policy.RegAllocations, "a1", "2022-02-01", &policy.Allocation{Envelope: "fund", Amount: 20000, Objective: policy.ObjectiveNetworks, Priority: "firearms", Action: "2022/firearms/1.2"})
	s.enters(policy.RegAllocations, "a2", "2022-02-01", &policy.Allocation{Envelope: "fund", Amount: 30000, Objective: policy.ObjectiveBorders, Priority: "drugs"})
	s.enters(policy.RegWarnings, "war", "2022-03-01", &policy.Warning{Title: "Weapons from the war", Area: "firearms", Envelope: "reserve"})
	s.enters(policy.RegAllocations, "a3", "2022-04-21", &policy.Allocation{
		Envelope: "reserve", Amount: 10000, Objective: policy.ObjectiveNetworks, Priority: "firearms", Warning: "war", Decision: "ST 7000/22 INIT",
	})
}

func (s *story) strategy() {
	acts := func(key, day string, objective policy.Objective, threat policy.MainThreat, change func(*policy.StrategyAction)) {
		a := &policy.StrategyAction{
			Title: "Action " + key, Proposer: policy.Commission, Owner: policy.Commission, Objective: objective, Threat: threat, Status: policy.StrategyUnderWay,
			ConsideredBy: policy.Council, ConsideredOn: date("2020-12-01"), Document: "ST 1234/20 INIT", AssessedOn: date("2020-10-01"),
		}
		if change != nil {
			change(a)
		}
		s.enters(policy.RegStrategy, key, day, a)
	}
	acts("radicals", "2021-01-01", policy.ObjectiveTerrorism, "terrorism", nil)
	acts("hackers", "2021-01-01", policy.ObjectiveCyberspace, "cybercrime", nil)
	acts("crossings", "2021-01-01", policy.ObjectiveBorders, "illegal-immigration", func(a *policy.StrategyAction) { a.Owner = policy.Frontex })
	acts("floods", "2021-01-01", policy.ObjectiveResilience, "disasters", func(a *policy.StrategyAction) {
		a.Status, a.ConsideredBy, a.ConsideredOn, a.Document, a.AssessedOn = policy.StrategyProposed, "", policy.Date{}, "", policy.Date{}
	})
	acts("directive", "2022-01-10", policy.ObjectiveNetworks, "", func(a *policy.StrategyAction) {
		a.Legislative, a.OrganisedCrime = true, true
		a.Goals, a.Plans = []string{"firearms/firearms-1"}, []string{"2022/firearms"}
	})
	for _, threat := range []string{"trafficking-in-human-beings", "road-accidents"} {
		s.enters(policy.RegElsewhere, threat, "2021-01-01", &policy.Elsewhere{Where: "another cycle"})
	}
}

func TestACycleInOrderHasNoFindings(t *testing.T) {
	t.Parallel()
	s := inOrder()
	for today := date("2021-01-04"); !today.After(date("2024-06-30")); today = today.AddDays(7) {
		s.today = today
		for _, f := range s.dossier().Findings() {
			t.Errorf("on %s: %s %s %s: %s", today, f.Rule, f.Severity, f.Record, f.Message)
		}
	}
	stages := s.dossier().Stages()
	if last := stages[len(stages)-1]; last.Stage != policy.StageClosed || last.Since != date("2024-01-01") {
		t.Errorf("the cycle ends with %+v", last)
	}
}

// What the stories rest on can really be written down and recorded, day by day.
func TestACycleInOrderCanBeRecordedDayByDay(t *testing.T) {
	t.Parallel()
	s := inOrder()
	if ps := s.definition.Validate(); len(ps) > 0 {
		t.Errorf("the definition: %+v", ps)
	}
	for subject, content := range s.contents {
		if ps := content.Problems(); len(ps) > 0 {
			t.Errorf("%s: %+v", subject, ps)
		}
	}
	for _, r := range s.rows {
		if err := policy.JudgeRows(s.dossier().Records, policy.Asserted(r.By), []policy.Row{r}); err != nil {
			t.Errorf("%s %s: %v", r.Register, r.Key, err)
		}
	}
	var all []policy.Recorded
	for _, acts := range s.acts {
		all = append(all, acts...)
	}
	slices.SortFunc(all, func(a, b policy.Recorded) int {
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.ID, b.ID))
	})
	s.acts = map[policy.Subject][]policy.Recorded{}
	for _, a := range all {
		s.today = a.Date
		d, e := s.dossier(), s.entry(a.Subject.Path())
		facts := d.FactsFor(e)
		facts.Blocking = d.Blocking(a.Subject)
		if err := a.Check(); err != nil {
			t.Errorf("%s: %v", a.ID, err)
		}
		if err := policy.Judge(e, e.Opens, seconded(s.acts[a.Subject]), a.Act, facts); err != nil {
			t.Errorf("%s by %s: %v", a.ID, a.By, err)
		}
		s.acts[a.Subject] = append(s.acts[a.Subject], a)
	}
}
