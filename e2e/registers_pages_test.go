package e2e_test

import (
	"testing"
	"time"

	"github.com/policycycle/policycycle/e2e/browser"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

func TestAnOAPIsReportedOnAndChangedWithoutATerminal(t *testing.T) {
	t.Parallel()
	r := receives(t)
	cycle := "pages-round"
	r.starts(kept(cycle))
	r.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	r.awaits(oap, policy.StateDrafting)
	r.hands("se", oap, cleanPlanDate, assessed(twoActions()))
	r.decides(policy.COSI, oap, policy.Adopted, "2021-12-08")
	r.counts(cycle)
	report := "/cycles/" + cycle + "/on/report/2022/firearms/final"
	r.awaits(at(cycle, "report/2022/firearms/final"), policy.StateDrafting)

	for _, who := range []policy.Actor{actor("Nina", "fr"), actor("Jean", policy.Commission)} { // nor is told who has not reported
		_, err := as(t, r, who).CloseRound(t.Context(), service.CloseRound{Report: at(cycle, "report/2022/firearms/final")})
		refused(t, err, policy.CodeNotCompetent, "may not")
	}

	eva := r.signsIn(t, "Eva", "Sweden", browser.Options{})
	eva.goes(report)
	if eva.Has("Close the round") {
		t.Error("a round can be closed before anybody has reported")
	}
	for _, action := range []string{"1.1", "1.2"} {
		eva.goes(report)
		eva.Click("Enter the progress of action " + action)
		eva.Choose("Status", "completed")
		eva.Fill("Figures", "arrests=3")
		eva.Click("Record the row")
		eva.See("INDICATOR:NUMBER") // what was typed is there still, with what is wrong
		if eva.Status() != 422 {
			t.Errorf("figures that cannot be read: status %d", eva.Status())
		}
		eva.Fill("Figures", "arrests:3")
		eva.Click("Record the row")
		eva.See("One row is recorded.")
	}
	eva.See("2022/firearms/final/1.2")
	eva.goes(report)
	eva.Click("Close the round")
	eva.See("now before")

	eva.goes("/cycles/" + cycle + "/on/oap/2022/firearms")
	eva.Click("Open a change of this plan")
	eva.Fill("Title", "New action on parts")
	eva.Fill("Short name", "1")
	eva.Fill("To be settled by", "2022-06-20")
	eva.Fill("Date", "2022-04-01")
	eva.Click("Open it")
	eva.See("New action on parts")

	handedIn, err := r.FindSubject(t.Context(), at(cycle, "report/2022/firearms/final"))
	if err != nil {
		t.Fatal(err)
	}
	today := handedIn.Since.String()
	r.decides(policy.COSI, handedIn.Subject, policy.TookNote, today)
	corrected := row(policy.RegProgress, "2022/firearms/final/1.1", today, &policy.Progress{
		Status: policy.Completed, Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(5)}},
	})
	if err := r.enters("se", cycle, corrected); err != nil {
		t.Fatal(err)
	}
	eva.goes(report)
	eva.See("arrests of 2022/firearms/final/1.1: 3 in the report, 5 in the register")
	eva.Click("Open a correction of this report")
	eva.Fill("Title", "Two arrests more")
	eva.Fill("Short name", "1")
	eva.Fill("To be settled by", handedIn.Since.AddDays(60).String())
	eva.Fill("Date", today)
	eva.Click("Open it")
	eva.See("Two arrests more")
	eva.goes("/cycles/" + cycle + "/on/correction/2022/firearms/final/1")
	eva.Click("Draw it up from the registers")
	eva.See("now before")
	eva.goes("/cycles/" + cycle + "/on/correction/2022/firearms/final/1")
	eva.See("What it changes in “Final report on OAP 2022 Firearms”")

	nina := r.signsIn(t, "Nina", "France", browser.Options{})
	nina.goes("/cycles/" + cycle + "/registers/indicators")
	if nina.Has("Record the row") {
		t.Error("a delegation is offered to say how something is counted")
	}
}

func TestTheCalendarGivesWayOnPages(t *testing.T) {
	t.Parallel()
	r := receives(t)
	cycle := "pages-amend"
	d, today := kept(cycle), policy.Calendar{}.Today(time.Now())
	d.ImplementationWindow.To = today.AddDays(100)
	d.Meetings = append(d.Meetings, policy.PlannedMeeting{Key: "cosi-next", Title: "COSI, the next", Body: policy.COSI, On: today.AddDays(30)})
	r.starts(d)
	anna := r.signsIn(t, "Anna", "General Secretariat", browser.Options{})
	anna.goes("/cycles/" + cycle)
	anna.Click("Open an extraordinary item")
	anna.Fill("Title", "What the war changes")
	anna.Fill("Short name", "ukraine")
	anna.Fill("To be settled by", "2022-09-30")
	anna.Fill("Date", "2022-04-01")
	anna.Click("Open it")
	anna.See("What the war changes")

	anna.goes("/cycles/" + cycle + "/meetings/cosi-next")
	anna.Click("Move the meeting")
	anna.Fill("New day", today.AddDays(37).String())
	anna.Fill("Reason", "the Council moved")
	anna.Click("Record the new day")
	anna.See("The meeting is moved.")

	anna.goes("/cycles/" + cycle + "/meetings/cosi-2021-12")
	anna.Click("Move the meeting")
	anna.See("Its day has passed.")

	anna.goes("/cycles/" + cycle)
	anna.Click("Amend the cycle")
	anna.Fill("Text of the amendment (YAML)", "titel: Another title")
	anna.Click("Record the amendment")
	anna.See("line 1, column 1: titel is not a field here: did you mean title?")
	if anna.Status() != 422 {
		t.Errorf("an amendment that cannot be read: status %d", anna.Status())
	}
	anna.Fill("Text of the amendment (YAML)", "reason: a better name\ntitle: Another title\n")
	anna.Click("Record the amendment")
	anna.See("name the recorded decision that the amendment rests on")
}
