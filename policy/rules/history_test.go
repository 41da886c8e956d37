package rules_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/policy/rules"
)

// renames gives the firearms OAP another key, by a decision of a day.
func renames(s *story, day string) {
	priorities := s.Priorities()
	priorities[0].OAPs[0] = policy.OAP{Key: "firearms-explosives", Title: "Firearms and explosives", Driver: "se", From: []string{"firearms"}}
	s.Amend(day, policy.Amendment{Reason: "It takes in explosives.", Priorities: priorities})
}

func TestRecordsAgenda_LetsARenamedOAPKeepItsYear(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Today = date("2022-11-20")
	renames(s, "2022-11-15")
	r := snapshot(s).Records
	for path, planned := range map[string]bool{
		"oap/2022/firearms": true, "report/2022/firearms/may": true, "report/2022/firearms/october": true,
		"oap/2022/firearms-explosives": false, "oap/2023/firearms-explosives": true, "oap/2023/firearms": false,
	} {
		e, is := r.Entry(on(path))
		if is != planned {
			t.Errorf("%s is on the agenda: %v", path, is)
		}
		if is && path == "oap/2022/firearms" && (e.Title != "OAP 2022 Firearms" || e.Due != date("2021-12-08") || e.Priority != "firearms") {
			t.Errorf("it is %+v", e)
		}
	}
	if p := policy.DesiredStateOf(on("oap/2022/firearms").Run(), r); p.Stage != policy.StageInForce {
		t.Errorf("its run comes to %s", p.Stage)
	}
	change := r.Opened(policy.Opening{Title: "A change", Due: date("2022-12-20")}, on("change/2022/firearms/1"), s.Today)
	if change.Priority != "firearms" || !slices.Equal(change.Submitters, []policy.Body{"se", policy.SupportTeam}) {
		t.Errorf("a change of it is %+v", change)
	}
	if r.Former = nil; len(r.Kept()) > 0 {
		t.Error("a cycle that was never amended keeps OAPs of before")
	}
}

func TestRecordsAgenda_FollowsAnOAPThatIsRenamedAgain(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Today = date("2022-11-20")
	renames(s, "2022-06-15")
	priorities := s.Priorities()
	priorities[0].OAPs[0] = policy.OAP{Key: "weapons", Title: "Weapons", From: []string{"firearms-explosives"}}
	s.Amend("2022-11-15", policy.Amendment{Reason: "A shorter name.", Priorities: priorities})
	for path, planned := range map[string]bool{"oap/2022/firearms": true, "oap/2022/weapons": false, "oap/2022/firearms-explosives": false, "oap/2023/weapons": true} {
		if _, is := snapshot(s).Entry(on(path)); is != planned {
			t.Errorf("%s is on the agenda: %v", path, is)
		}
	}
}

func TestRecordsWithdrawn_KeepsPrioritiesInViewWithTheirDates(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Today = date("2023-03-01")
	s.Amend("2022-11-15", policy.Amendment{Reason: "It ends.", Priorities: s.Priorities()[1:]})
	r := snapshot(s).Records
	if w := r.Withdrawn(); len(w) != 1 || w[0].Priority.Key != "firearms" || w[0].On != date("2022-11-15") {
		t.Errorf("withdrawn are %+v", w)
	}
	if !r.HadPriority("firearms", date("2022-11-15")) || r.HadPriority("firearms", date("2022-11-16")) || !r.HadPriority("drugs", s.Today) {
		t.Error("it does not tell when the cycle had the priority")
	}
	var past []string
	for _, e := range r.Past() {
		past = append(past, e.Subject.Path())
	}
	want := []string{"masp/firearms", "oap/2022/firearms", "change/2022/firearms/1", "report/2022/firearms/may", "oap/2023/firearms", "report/2022/firearms/october"}
	if !slices.Equal(past, want) {
		t.Errorf("past are %q", past)
	}
	if on := r.GoneOn(on("oap/2022/firearms")); on != date("2022-11-15") {
		t.Errorf("it is gone on %s", on)
	}
	if p := policy.DesiredStateOf(on("oap/2022/firearms").Run(), r); p.Stage != policy.StageDiscontinued || p.Since != date("2022-11-15") {
		t.Errorf("its run comes to %s on %s", p.Stage, p.Since)
	}
	for _, f := range snapshot(s).Findings() {
		if f.Rule == "S3" {
			t.Errorf("what the Council adopted: %s", f.Message)
		}
	}

	first := inOrder().Priorities()[0]
	s.Amend("2023-02-20", policy.Amendment{Reason: "It comes back.", Priorities: append(s.Priorities(), first)})
	r = snapshot(s).Records
	before := r
	before.Definition, before.Former = r.Former[1].Definition, r.Former[:1]
	var back []string
	for _, e := range r.Returned(before.Agenda()) {
		back = append(back, e.Subject.Path())
	}
	if want := []string{"masp/firearms", "oap/2023/firearms"}; !slices.Equal(back, want) {
		t.Errorf("back are %q", back)
	}
	if w := r.Withdrawn(); len(w) != 1 {
		t.Errorf("its first life is gone: %+v", w)
	}
}

func TestStandingOf_BeginsAnewAfterAReturn(t *testing.T) {
	t.Parallel()
	s := inOrder()
	e := s.Entry("oap/2023/firearms")
	acts := append(slices.Clone(s.Acts[e.Subject]), policy.Return(e.Subject, date("2023-02-20"), 1))
	got := policy.StandingOf(e, date("2023-02-20"), acts)
	if got.State != policy.StateDrafting || got.Version != 1 || got.Since != date("2023-02-20") || got.Pending != "" {
		t.Errorf("it stands %+v", got)
	}
	again := policytest.Submits("se", "2023-02-25")
	again.Subject = e.Subject
	got = policy.StandingOf(e, date("2023-02-20"), append(acts, policy.Recorded{Act: again, ID: "again"}))
	if got.State != policy.StateDeciding || got.Version != 2 {
		t.Errorf("handed in, it stands %+v", got)
	}
}

func TestRecordsDriverOf_FollowsWhatCameOfAnOAP(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Today = date("2022-11-20")
	priorities := s.Priorities()
	priorities[0].OAPs[0] = policy.OAP{Key: "weapons", Title: "Weapons", Driver: "nl", From: []string{"firearms"}}
	s.Amend("2022-11-15", policy.Amendment{Reason: "NL drives it now.", Priorities: priorities[:1]})
	d := snapshot(s)
	for key, want := range map[string]policy.Body{"weapons": "nl", "firearms": "nl", "drugs": inOrder().Priorities()[1].OAPs[0].Driver, "cars": ""} {
		if got := d.DriverOf(key); got != want {
			t.Errorf("%s is driven by %q, want %q", key, got, want)
		}
	}
	s.Strike(policy.RegPosts, "driver/")
	for body, may := range map[policy.Body]bool{"nl": true, policy.SupportTeam: true, "pt": false} {
		row := policy.Row{
			Register: policy.RegProgress, Key: "2022/firearms/october/1.1", Date: date("2022-11-18"), By: policy.Actor{Name: "Eva", Body: body},
			Body: &policy.Progress{Status: policy.Ongoing},
		}
		if err := snapshot(s).JudgeRows(policy.Asserted(row.By), []policy.Row{row}, false); (err == nil) != may {
			t.Errorf("%s on the OAP that was renamed: %v", body, err)
		}
	}
}

// amendsAtRandom renames, withdraws and brings back what there is, and drops rounds.
func amendsAtRandom(t *rapid.T, s *story) {
	whole := s.Priorities()
	for i := range rapid.IntRange(1, 4).Draw(t, "amendments") {
		day := date("2022-02-01").AddDays(100 * i)
		now, periods := s.Priorities(), slices.Clone(s.Definition.Periods)
		switch rapid.SampledFrom([]string{"rename", "withdraw", "return", "fewer rounds"}).Draw(t, "how") {
		case "rename":
			p := &now[rapid.IntRange(0, len(now)-1).Draw(t, "which")]
			p.OAPs[0] = policy.OAP{Key: fmt.Sprintf("%s-%d", p.Key, i), Title: "Renamed", From: []string{p.OAPs[0].Key}}
		case "withdraw":
			if len(now) > 1 {
				now = slices.Delete(now, 0, 1)
			}
		case "fewer rounds":
			if p := &periods[rapid.IntRange(0, len(periods)-1).Draw(t, "which")]; len(p.Reports) > 0 {
				p.Reports = p.Reports[1:]
			}
		case "return":
			for _, p := range whole {
				if s.Definition.Priority(p.Key) == nil {
					now = append(now, p)
				}
			}
		}
		s.Amend(day.String(), policy.Amendment{Reason: "at random", Priorities: now, Periods: periods})
	}
}

// However a cycle is amended, all views tell the figures that were handed in: none is lost
// with the OAP that it is about.
func TestSnapshotSummarise_CountsWhatWasHandedInWhateverBecameOfItsOAP(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := inOrder()
		amendsAtRandom(t, s)
		d := snapshot(s)
		var handedIn, series, plans int64
		for _, content := range s.Contents {
			if report, is := content.(*policy.Report); is {
				handedIn += report.Totals().Figures[0].Value.Floor()
			}
		}
		for _, point := range d.Series("arrests") {
			series += point.Value.Floor()
		}
		whole := d.Summarise(rules.SummaryFilter{})
		for _, p := range whole.Plans {
			plans += p.Totals.Figures[0].Value.Floor()
		}
		if reported := whole.Totals.Figures[0].Value.Floor(); reported != handedIn || series != handedIn || plans != handedIn {
			t.Errorf("%d arrests were handed in; the report tells %d, its plans %d, the series %d", handedIn, reported, plans, series)
		}
		said, told := 0, 0
		for _, row := range s.Rows {
			if row.Register == policy.RegConsents {
				said++
			}
		}
		for _, state := range policy.MembersOn(s.Today) {
			for _, line := range d.NationalSheet(state).Consents {
				if line.State != "" {
					told++
				}
			}
		}
		if told != said {
			t.Errorf("%d consents were given, the sheets tell of %d", said, told)
		}
	})
}
