package web

import (
	"cmp"
	"slices"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// How many cycles, rehearsals and items the overview shows at once.
const (
	cyclesShown     = 12
	rehearsalsShown = 6
	itemsShown      = 8
)

// overviewed is what the overview shows.
type overviewed struct {
	Stopped    []Stopped // told to whoever operates this alone
	Mine       []service.InboxItem
	Cycles     []service.CycleLine
	Rehearsals []service.CycleLine
	// PastCycles and PastRehearsals are the last ones shown, where there are more.
	PastCycles, PastRehearsals string
	MayStart                   bool
}

func overviewPage(v *page) (body, error) {
	v.Title = v.T("overview.title")
	o := overviewed{}
	if v.site.Stopped != nil && v.operates() {
		o.Stopped = v.site.Stopped()
	}
	var err error
	if o.Cycles, o.PastCycles, err = v.cycles(false, cyclesShown, v.query("past")); err != nil {
		return nil, err
	}
	if o.Rehearsals, o.PastRehearsals, err = v.cycles(true, rehearsalsShown, v.query("past-rehearsals")); err != nil {
		return nil, err
	}
	if v.Who != nil {
		o.Mine, err = v.service.Inbox(v.ctx(), service.InboxFilter{Body: v.Who.Body, Rehearsal: new(false), Most: itemsShown})
		if policy.CodeOf(err) == policy.CodeMarking { // who reads no LIMITE has no inbox
			err = nil
		}
	}
	if err == nil {
		o.MayStart, err = v.mayHere(policy.DeedStart)
	}
	return overview(v, o), err
}

// operates says whether the reader operates this: an administrator, and on one machine
// whoever is logged in.
func (v *page) operates() bool {
	return v.Who != nil && (v.Who.Body == policy.Operator || v.site.Provider == "")
}

// cycles gives some cycles or rehearsals, and the last one where there are more.
func (v *page) cycles(rehearsals bool, most int, past string) ([]service.CycleLine, string, error) {
	lines, err := v.service.ListCycles(v.ctx(), service.CycleFilter{Rehearsal: new(rehearsals), Past: past, Most: most + 1})
	if err != nil || len(lines) <= most {
		return lines, "", err
	}
	return lines[:most], lines[most-1].ID, nil
}

// inboxes names the parts of the inbox, each a page of its own. What waits in a
// rehearsal stands apart, but for what the reader has taken on and what waits in the
// one cycle that is asked for.
var inboxes = []string{"body", "mine", "overdue", "all", "rehearsals"}

func inboxPage(v *page) (body, error) {
	v.Title = v.T("inbox.title")
	me, err := v.actor()
	if err != nil {
		return nil, err
	}
	whose := v.query("whose")
	filter := service.InboxFilter{Cycle: v.query("cycle"), Rehearsal: new(false), Most: mostCounted}
	if filter.Cycle != "" {
		filter.Rehearsal = nil
	}
	switch whose {
	case "mine":
		filter.Mine, filter.Rehearsal = true, nil
	case "overdue":
		filter.Overdue, filter.Body = true, me.Body
	case "all":
	case "rehearsals":
		filter.Body, filter.Rehearsal = me.Body, new(true)
	default:
		whose, filter.Body = "body", me.Body
	}
	v.Title = v.T("inbox."+whose) + " – " + v.T("inbox.title")
	items, err := v.service.Inbox(v.ctx(), filter)
	i := &inboxView{Whose: whose, Cycle: filter.Cycle, Sort: v.query("sort"), Items: items, All: len(items) >= mostCounted}
	i.arrange(v.query("awaits"))
	return inbox(v, i), err
}

// inboxView is what the page of the inbox shows.
type inboxView struct {
	Whose, Cycle, Sort string
	Items              []service.InboxItem
	Cycles             []string // in which something waits
	All                bool     // whether there is more
}

// inboxOrders are those in which the inbox can be read, the first at first.
var inboxOrders = []string{"due", "since", "title"}

// arrange keeps what awaits the same, if that is asked for, and sorts it.
func (i *inboxView) arrange(awaits string) {
	for _, item := range i.Items {
		if !slices.Contains(i.Cycles, item.Subject.Cycle) {
			i.Cycles = append(i.Cycles, item.Subject.Cycle)
		}
	}
	slices.Sort(i.Cycles)
	i.Items = slices.DeleteFunc(i.Items, func(item service.InboxItem) bool { return awaits != "" && item.Awaits != awaits })
	slices.SortStableFunc(i.Items, func(a, b service.InboxItem) int {
		switch i.Sort {
		case "since":
			return a.Since.Compare(b.Since)
		case "title":
			return cmp.Compare(a.Title, b.Title)
		default:
			return 0 // as it falls due, which is how it comes
		}
	})
}

// mine says whether the reader has taken an item on.
func (v *page) mine(item service.InboxItem) bool {
	return v.Who != nil && item.ClaimedBy == v.Who.String()
}

// claim takes something on, or releases it.
func claim(v *page) (string, error) {
	subject, err := policy.ParseSubject(v.form("subject"))
	if err != nil {
		return "", err
	}
	release := v.form("release") != ""
	v.Said = v.T("inbox.claimed")
	if release {
		v.Said = v.T("inbox.released")
	}
	return cmp.Or(identity.OwnPath(v.form("next")), subjectAddress(subject)), v.service.Claim(v.ctx(), service.Claim{Subject: subject, Release: release})
}

func searchPage(v *page) (body, error) {
	v.Title = v.T("search.title")
	found, err := v.service.Search(v.ctx(), v.query("q"))
	return search(v, found), err
}

// stagesOf says of each stage of a cycle whether it is past, now or to come.
func stagesOf(line service.CycleLine) []string {
	classes := make([]string, len(policy.CycleStages))
	past := true
	for i, stage := range policy.CycleStages {
		switch {
		case !line.Begins.IsZero():
		case stage == line.Stage:
			classes[i], past = "now", false
		case past:
			classes[i] = "past"
		}
	}
	return classes
}

// moreFound says whether there is more than what is listed.
func moreFound(found []service.Found) bool {
	return slices.ContainsFunc(found, func(f service.Found) bool { return f.More })
}

// foundPath gives the page of something found.
func foundPath(f service.Found) string {
	if f.What == "action" {
		return contentPath(f.Subject) + "#" + "a-" + f.Code
	}
	return subjectAddress(f.Subject)
}
