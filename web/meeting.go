package web

import (
	"context"
	"slices"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// meetingsView is what the page of meetings shows.
type meetingsView struct {
	Cycle *service.Cycle
	// Next is the next meeting of each body that meets.
	Next []policy.PlannedMeeting
}

func meetingsPage(v *page, c *service.Cycle) (body, error) {
	v.titleIn("tab.meetings")
	m := meetingsView{Cycle: c}
	for _, meeting := range c.Meetings {
		same := func(n policy.PlannedMeeting) bool { return n.Body == meeting.Body }
		if !meeting.On.Before(c.Today) && meeting.Cancelled.IsZero() && !slices.ContainsFunc(m.Next, same) {
			m.Next = append(m.Next, meeting)
		}
	}
	return meetings(v, m), nil
}

// meetingView is what the page of one meeting shows.
type meetingView struct {
	*rules.MeetingView
	Cycle   *service.Cycle
	Pending []rules.MeetingOutcome // what the reader confirms or sets aside
}

// over says whether the day of the meeting has passed.
func (m *meetingView) over() bool { return m.On.Before(m.Cycle.Today) }

func meetingPage(v *page) (body, error) {
	m, err := v.meeting()
	if err != nil {
		return nil, err
	}
	v.Title = m.Title + " – " + m.Cycle.Title
	return meeting(v, m), nil
}

// meeting gives the meeting that the address names.
func (v *page) meeting() (*meetingView, error) {
	c, err := v.find()
	if err != nil {
		return nil, err
	}
	found, err := v.service.FindMeeting(v.ctx(), c.ID, v.path("meeting"))
	if err != nil {
		return nil, err
	}
	pending := slices.DeleteFunc(slices.Clone(found.Outcomes), func(o rules.MeetingOutcome) bool { return len(o.May) == 0 })
	return &meetingView{MeetingView: found, Cycle: c, Pending: pending}, nil
}

// may says whether the reader may do something about the meeting itself.
func (m *meetingView) may(d policy.Deed) bool { return slices.Contains(m.May, d) }

// ripe says whether an outcome can be recorded of an item.
func ripe(i rules.MeetingItem) bool {
	return i.Ripeness == rules.Ripe || i.Ripeness == rules.RipeBlocked
}

// held says whether the day of the meeting has come: before it nothing is concluded.
func (m *meetingView) held() bool { return !m.On.After(m.Cycle.Today) }

// seconds are the answers of a second person.
var seconds = []string{string(policy.ActConfirm), string(policy.ActSetAside)}

// secondsOn lists those that the reader may give on an outcome.
func secondsOn(o rules.MeetingOutcome) []string {
	return slices.DeleteFunc(slices.Clone(seconds), func(answer string) bool { return !slices.Contains(o.May, policy.Deed(answer)) })
}

// ready lists the items of which the reader can record an outcome with the others.
func (m *meetingView) ready() []rules.MeetingItem { return m.items(rules.Ripe) }

// blocked lists those against which a rule stands: each is recorded by itself, with
// the reason.
func (m *meetingView) blocked() []rules.MeetingItem { return m.items(rules.RipeBlocked) }

func (m *meetingView) items(r rules.Ripeness) []rules.MeetingItem {
	return slices.DeleteFunc(slices.Clone(m.Items), func(i rules.MeetingItem) bool {
		return i.Ripeness != r || !slices.Contains(i.May, policy.Deed(policy.ActDecide))
	})
}

// outcomesOn lists what the body can conclude on an item.
func outcomesOn(i rules.MeetingItem) []string { return policy.Texts(i.Outcomes) }

// outcomesIn gives what is offered to the row of an item, which has its path.
func (m *meetingView) outcomesIn(row string) []string {
	return offeredTo(m.ready(), func(i rules.MeetingItem) bool { return i.Subject == row }, outcomesOn)
}

// secondsIn gives what is offered to the row of an outcome, which has its ID.
func (m *meetingView) secondsIn(row string) []string {
	return offeredTo(m.Pending, func(o rules.MeetingOutcome) bool { return o.ID == row }, secondsOn)
}

// tableItem puts an item on the agenda.
func tableItem(v *page) (string, error) {
	item := v.form("item")
	row := policy.Row{
		Register: policy.RegAgenda, Key: v.path("meeting") + "/" + item,
		Body: &policy.AgendaItem{
			Title: v.form("title"), Monitoring: v.form("monitoring") != "", EnteredLate: v.form("entered_late") != "", Removed: v.form("removed") != "",
		},
	}
	if _, err := v.service.Enter(v.ctx(), service.Enter{Cycle: v.path("cycle"), Rows: []policy.Row{row}}); err != nil {
		return "", err
	}
	v.Said = v.T("meeting.tabled")
	return v.meetingPath(), nil
}

// moveMeeting moves the meeting to another day, and what hangs on it.
func moveMeeting(v *page) (string, error) {
	r := v.reading()
	in := service.MoveMeeting{Cycle: v.path("cycle"), Key: v.path("meeting"), Reason: v.form("reason"), On: r.day("on"), Decision: v.form("decision")}
	if r.err != nil {
		return "", r.err
	}
	receipt, err := v.service.MoveMeeting(v.ctx(), in)
	if err != nil {
		return "", err
	}
	v.Said = v.T("meeting.moved") + v.remarks(receipt.Remarked)
	return v.meetingPath(), nil
}

// cancelMeeting cancels the meeting: it stays in the calendar.
func cancelMeeting(v *page) (string, error) {
	in := service.CancelMeeting{Cycle: v.path("cycle"), Key: v.path("meeting"), Reason: v.form("reason")}
	if _, err := v.service.CancelMeeting(v.ctx(), in); err != nil {
		return "", err
	}
	v.Said = v.T("meeting.cancelled_now")
	return v.meetingPath(), nil
}

func (v *page) meetingPath() string {
	return "/cycles/" + v.path("cycle") + "/meetings/" + v.path("meeting")
}

// recordMeeting records the outcomes of a whole meeting in one pass. Of those that
// are refused, the others are recorded all the same.
func recordMeeting(v *page) (string, error) {
	found, err := v.meeting()
	if err != nil {
		return "", err
	}
	if v.form("read") != "" {
		return "", v.readMinutes()
	}
	if v.setAll("outcome", found.outcomesIn) || v.draftOutcomes(found.MeetingView) {
		return "", nil
	}
	r := v.reading()
	document, date := r.document(), r.day("date")
	if r.err != nil {
		return "", r.err
	}
	each := each{v: v}
	for _, item := range found.Items {
		if v.form("outcome-"+item.Subject) == "" {
			continue
		}
		each.do(item.Subject, item.Title, func() error {
			r := v.reading()
			d := service.Decide{Act: policy.Act{
				Outcome: r.outcome("outcome-" + item.Subject), Body: found.Body, Date: date, Document: document, Meeting: found.Title,
				OtherDay: v.form("other_day") != "", Comment: v.form("comment-" + item.Subject), Language: v.written(),
			}}
			d.Subject = r.subjectAt(item.Subject)
			d.Version, d.Digest = r.seen("-" + item.Subject)
			if r.err != nil {
				return r.err
			}
			_, err := v.service.Decide(v.ctx(), d)
			return err
		})
	}
	return v.meetingPath(), each.result("meeting.recorded")
}

// draftOutcomes says whether the outcomes are to be drafted, and chooses those that
// are to be expected where none is chosen. Nothing is recorded.
func (v *page) draftOutcomes(m *rules.MeetingView) bool {
	if v.form("draft") == "" {
		return false
	}
	for _, item := range m.Items {
		if name := "outcome-" + item.Subject; v.sent.Form.Has(name) && v.form(name) == "" {
			v.sent.Form.Set(name, string(item.DraftOutcome))
		}
	}
	return true
}

// confirmMeeting confirms the outcomes for which that was chosen, and sets others aside.
func confirmMeeting(v *page) (string, error) {
	m, err := v.meeting()
	if err != nil {
		return "", err
	}
	if v.setAll("second", m.secondsIn) {
		return "", nil
	}
	each := each{v: v}
	for _, d := range m.Outcomes { // also what was not offered: why it is refused, the record says
		do := map[string]func(context.Context, service.Second) (*service.Receipt, error){
			seconds[0]: v.service.Confirm, seconds[1]: v.service.SetAside,
		}[v.form("second-"+d.ID)]
		if do == nil {
			continue
		}
		each.do(d.ID, d.Title, func() error {
			_, err := do(v.ctx(), service.Second{Record: d.ID})
			return err
		})
	}
	return v.meetingPath(), each.result("meeting.seconded")
}
