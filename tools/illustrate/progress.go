package main

import (
	"fmt"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// report has every action report in every round of its plan, some days before
// the round is closed.
func (c *cast) report() {
	for _, p := range c.plans {
		for i := range p.content.Actions {
			a := &p.content.Actions[i]
			ended := policy.ActionStatus("")
			for n, round := range p.period.Reports {
				subject := policy.Subject{Cycle: c.d.Key, Kind: policy.KindReport, Period: p.period.Key, Key: p.oap.Key, Round: round.Key}
				on := c.handedIn(subject).AddDays(-5 - draw(3, "reports", p.period.Key, round.Key, a.Leader)*3)
				progress := &policy.Progress{Status: ended}
				if ended == "" {
					progress.Status = status(&p, a, n, on)
					progress.Figures = figures(&p, a, n, progress.Status)
				}
				progress.Text = p.told(a, progress.Status, ended != "", n)
				if progress.Status.Ended() {
					ended = progress.Status
				}
				key := strings.Join([]string{p.period.Key, p.oap.Key, round.Key, a.Code}, "/")
				c.enters(a.Leader, policy.RegProgress, key, on, progress)
			}
		}
	}
	for _, jad := range c.days {
		c.enters(policy.Europol, policy.RegDays, "jad-"+jad.From.String()[:7], jad.To.AddDays(6), &jad)
	}
}

// status is how far an action is in the n-th round of its plan.
func status(p *planned, a *policy.OperationalAction, n int, on policy.Date) policy.ActionStatus {
	path, last := a.Path(p.Subject), n == len(p.period.Reports)-1
	lot := draw(100, "status", path)
	switch {
	case lot < 2 && n > 0 || lot == 2:
		return policy.Cancelled
	case last && a.To.After(p.period.To):
		return policy.Ongoing
	case last && lot < 11:
		return policy.NotCompleted
	case last, lot > 92 && 2*n >= len(p.period.Reports):
		return policy.Completed
	case a.From.After(on), lot > 85 && lot < 90 && n == 0:
		return policy.NotStarted
	default:
		return policy.Ongoing
	}
}

// figures is what an action reached since the round before.
func figures(p *planned, a *policy.OperationalAction, n int, s policy.ActionStatus) []policy.Figure {
	if s == policy.NotStarted || s == policy.Cancelled {
		return nil
	}
	rounds := int64(len(p.period.Reports))
	var all []policy.Figure
	for _, k := range a.KPIs {
		share := int64(60 + draw(70, "figure", a.Path(p.Subject), k.Indicator, n)) // per cent of an even share
		all = append(all, policy.Figure{Indicator: k.Indicator, Value: policy.Whole(k.Target.Floor() * share / 100 / rounds)})
	}
	return all
}

// told is what an action says beside its figures.
func (p *planned) told(a *policy.OperationalAction, s policy.ActionStatus, before bool, n int) string {
	texts := map[policy.ActionStatus][]string{
		policy.NotStarted:   {"Begins later; the kick-off meeting is set.", "Waits for the grant agreement."},
		policy.Completed:    {"Done as planned. Results went to all participants.", "Done; what was learned about {goods} goes into the next plan.", "Done. Participants propose to go on with {skill}."},
		policy.NotCompleted: {"Two participants had no officers left; the rest was done.", "Cases on {goods} are still before the courts; no further results in this period.", "The partners at {hub} joined too late."},
		policy.Cancelled:    {"Cancelled: another action of the plan covers it.", "Cancelled: the leader had no officers left for it."},
	}
	ongoing := map[policy.ActionKind][]string{
		"intelligence":    {"Contributions from most participants; {data} still come late.", "First analysis shared; gaps on {online}."},
		"operational":     {"Cases against {networks} are under way.", "Joint days at {hub} brought new leads.", "Evidence on {goods} is being exchanged."},
		"financial":       {"Requests on {money} were sent to several States.", "First accounts frozen."},
		"training":        {"Materials on {skill} are ready; first sessions were held.", "More applications than places."},
		policy.Prevention: {"Messages to {public} were tested and run in most States.", "Talks with {sector} go well."},
		"cooperation":     {"Contact points in {partners} named; first cases discussed.", "Training in {skill} held with {partners}."},
	}
	from := texts[s]
	switch {
	case before:
		return "As reported before."
	case s == policy.Ongoing && a.To.After(p.period.To) && n == len(p.period.Reports)-1:
		from = []string{"Goes on in the next period, in which the action is carried over."}
	case s == policy.Ongoing:
		from = ongoing[a.Kind]
	}
	return sentence(p.crime.about(from[draw(len(from), "told", a.Path(p.Subject), n)], a.Area))
}

// count says how everything is counted. In the middle of the cycle one counting
// rule changes, so that values before and after do not compare.
func (c *cast) count() {
	checked := []string{"parcels-checked", "persons-checked", "premises-checked", "vehicles-checked"}
	catalogue := []struct{ key, title, unit, rule string }{
		{"arrests", "Arrests", "persons", "Each person once, on the day of the arrest, in the report of the action that led to it."},
		{"assets-confiscated", "Assets confiscated", "euro", "Value in the final decision of the court."},
		{"assets-seized", "Assets seized or frozen", "euro", "Value on the day of the seizure, without what is only suspected."},
		{"checks", "Persons, vehicles, parcels and premises checked", "checks", "Each check once, whatever is checked."},
		{"documents-detected", "False or abused documents detected", "documents", "Each document once, when an expert has confirmed it."},
		{"drugs-seized", "Drugs seized", "kilograms", "Gross weight on the day of the seizure."},
		{"goods-seized", "Illicit goods seized", "pieces", "Each piece; cigarettes by the packet."},
		{"intelligence-packages", "Intelligence packages shared", "packages", "Each package once, when all States concerned have it."},
		{"investigations", "Investigations initiated", "cases", "Each case once, in the State that opened it."},
		{"laboratories-closed", "Illegal laboratories closed", "laboratories", "Each site once, storage sites left out."},
		{"losses-prevented", "Losses prevented", "euro", "Payments stopped or recovered."},
		{"networks-disrupted", "Networks disrupted", "networks", "Each network once, when its leaders are arrested."},
		{"officers-trained", "Officers trained", "persons", "Each person once for each course completed."},
		{"partner-officers-trained", "Officers of partners trained", "persons", "Each person once for each course completed."},
		{"parcels-checked", "Parcels checked", "checks", "Each parcel once."},
		{"people-reached", "People reached by campaigns", "persons", "As the medium reports it, without repeated contacts."},
		{"persons-checked", "Persons checked", "checks", "Each person once, on each joint action day."},
		{"premises-checked", "Premises checked", "checks", "Each place once."},
		{"servers-seized", "Servers seized or taken down", "servers", "Each physical or rented server once."},
		{"smugglers-arrested", "Smugglers of migrants arrested", "persons", "As arrests, of which they are part."},
		{"vehicles-checked", "Vehicles checked", "checks", "Each vehicle once; who sits in it counts as a person."},
		{"vehicles-recovered", "Stolen vehicles recovered", "vehicles", "Each vehicle once, machines included."},
		{"victims-identified", "Victims identified", "persons", "Each person once, when identified by name."},
		{"waste-stopped", "Illegal waste stopped", "tonnes", "Weight by the papers, or weighed."},
		{"weapons-seized", "Weapons seized", "pieces", "Each firearm or essential component once; ammunition left out."},
	}
	start := c.settled(policy.KindPriorities).AddDays(40)
	for _, i := range catalogue {
		indicator := &policy.Indicator{Title: i.title, Unit: i.unit, Rule: i.rule, Version: 1}
		if i.key == "checks" {
			indicator.SumOf = checked
		}
		c.enters(policy.SupportTeam, policy.RegIndicators, i.key, start, indicator)
	}
	second := c.d.Periods[min(1, len(c.d.Periods)-1)]
	c.enters(policy.SupportTeam, policy.RegIndicators, "arrests", second.From, &policy.Indicator{
		Title: "Arrests", Unit: "persons", Rule: "Each person once, also where a partner outside the Union made the arrest on a request of participants.", Version: 2,
	})
	c.because("Arrests by partners were counted by some participants and not by others.")
}

// change is a change of who drives a plan.
type change struct {
	oap, on string
	holding policy.Holding
	reason  string
}

// posts says who holds which post.
func (c *cast) posts() {
	start := c.settled(policy.KindPriorities).AddDays(25)
	helpers := []policy.Body{policy.Europol, policy.Eurojust}
	number := 0
	for _, p := range c.d.Priorities {
		for _, oap := range p.OAPs {
			if oap.Driver != "" {
				c.enters(policy.SupportTeam, policy.RegPosts, "driver/"+oap.Key, start, &policy.Holding{Holder: oap.Driver, Person: fmt.Sprintf("driver-%d", 1+number)})
			}
			co := policy.Holding{Holder: helpers[draw(2, "helper", oap.Key)]}
			if named := c.coDrivers[oap.Key]; named != "" {
				co = policy.Holding{Holder: named, Person: fmt.Sprintf("co-driver-%d", 1+number)}
			} else if core := crimeOf(oap.Key).core; core[1] != oap.Driver {
				co = policy.Holding{Holder: core[1], Person: fmt.Sprintf("co-driver-%d", 1+number)}
			}
			c.enters(policy.SupportTeam, policy.RegPosts, "co-driver/"+oap.Key, start, &co)
			number++
		}
	}
	for _, state := range policy.MemberStates {
		from := start
		for !state.MemberOn(from) && from.Before(c.d.ImplementationWindow.To) {
			from = from.AddDays(1)
		}
		if state.MemberOn(from) {
			c.enters(policy.SupportTeam, policy.RegPosts, "nec/"+string(state), from, &policy.Holding{Holder: state, Person: "national-coordinator-" + string(state)})
		}
	}
	for _, change := range c.changes {
		c.enters(policy.GeneralSecretariat, policy.RegPosts, "driver/"+change.oap, day(change.on), &change.holding)
		c.because(change.reason)
	}
}
