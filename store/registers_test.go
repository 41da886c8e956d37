package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// keeps gives records of a cycle whose OAP is adopted, with two actions, and of
// which everything is kept here.
func keeps(t *testing.T) *store.Store {
	t.Helper()
	s := storetest.New(t)
	takeOver(t, s)
	return s
}

func takeOver(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Import(t.Context(), smallPast()); err != nil {
		t.Fatal(err)
	}
}

// smallPast is a cycle with one OAP, adopted without an impact assessment.
func smallPast() store.Past {
	d := definition()
	d.Stores = append(policy.Texts(policy.ContentKinds()), policy.Texts(policy.Registers())...)
	d.Periods[0].Reports = []policy.Round{{Key: "may", Opens: date("2022-03-01"), Due: date("2022-06-15")}}
	d.Chains = map[policy.Kind]policy.Chain{
		policy.KindPriorities: {Through: []policy.Step{{Body: policy.Council}}},
		policy.KindMASP:       {Through: []policy.Step{{Body: policy.COSI}}},
		policy.KindOAP:        {Through: []policy.Step{{Body: policy.COSI}}},
	}
	past := &history{store.Past{
		NewCycle: store.NewCycle{ID: key, Definition: d, By: anna, Now: noon("2022-05-01")},
		Documents: map[string]policy.Content{
			"assessment/v1":   &policy.ThreatAssessment{Kind: policy.SOCTA},
			"priorities/v1":   d.ProposedConclusions(),
			"masp/general/v1": &policy.StrategicPlan{Goals: []policy.StrategicGoal{{Key: "1", Title: "Fewer firearms"}}},
			"oap/2022/firearms/v1": &policy.OperationalPlan{Actions: []policy.OperationalAction{
				{Code: "1.1", Title: "Trace", Goals: []string{"1"}, Area: "firearms", Kind: "intelligence", Leader: "fr", From: date("2022-01-01"), To: date("2022-12-31")},
				{Code: "1.2", Title: "Tell", Goals: []string{"1"}, Area: "firearms", Kind: "prevention", Leader: "it", From: date("2022-01-01"), To: date("2022-12-31")},
			}},
		},
	}}
	past.submits(policy.Europol, "assessment", "2021-04-12")
	past.submits(policy.Presidency, "priorities", "2021-05-20")
	past.settles(policy.Council, "priorities", "2021-05-26", "")
	past.submits(policy.Commission, "masp/general", "2021-10-01")
	past.settles(policy.COSI, "masp/general", "2021-10-15", "")
	past.submits("se", "oap/2022/firearms", "2021-11-01")
	past.settles(policy.COSI, "oap/2022/firearms", "2021-12-08", "Without an impact assessment.")
	return past.Past
}

// history is a past as a story tells it.
type history struct{ store.Past }

func (h *history) submits(by policy.Body, path, day string) {
	h.Acts = append(h.Acts, policy.Recorded{Act: policy.Act{
		Kind: policy.ActSubmit, Subject: on(path), Date: date(day), By: policy.Actor{Name: "Eva", Body: by},
	}})
}

func (h *history) settles(body policy.Body, path, day string, irregular string) {
	id := "decision-on-" + path
	h.Acts = append(h.Acts, policy.Recorded{ID: id, Act: policy.Act{
		Kind: policy.ActDecide, Subject: on(path), Date: date(day), By: anna, Body: body, Version: 1, Outcome: policy.Adopted,
		Procedure: policy.Meeting, Document: "ST 1/21 INIT", Irregular: irregular,
	}}, policy.Recorded{Act: policy.Act{
		Kind: policy.ActConfirm, Subject: on(path), Date: date(day), By: policy.Actor{Name: "Bert", Body: policy.GeneralSecretariat}, Confirms: id,
	}})
}

func progress(action, day string, status policy.ActionStatus) policy.Row {
	return policy.Row{Register: policy.RegProgress, Key: "2022/firearms/may/" + action, Date: date(day), Body: &policy.Progress{Status: status}}
}

func enter(t *testing.T, s *store.Store, id, day string, by policy.Body, rows ...policy.Row) (store.Entered, error) {
	t.Helper()
	actor := policy.Actor{Name: "Eva", Body: by}
	for i := range rows {
		rows[i].By = actor
	}
	return s.Enter(t.Context(), store.Entering{ID: id, Cycle: key, By: actor, Rows: rows, Now: noon(day)})
}

func refusedWith(t *testing.T, err error, code policy.Code) {
	t.Helper()
	if policy.CodeOf(err) != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestEnter_TakesAllRowsOrNoneAndOnce(t *testing.T) {
	t.Parallel()
	s := keeps(t)
	before := len(trail(t, s))
	first, err := enter(t, s, "e1", "2022-05-02", policy.SupportTeam, progress("1.1", "2022-05-01", policy.Ongoing), progress("1.2", "2022-05-01", policy.Ongoing))
	if err != nil || first.Rows != 2 || first.Again {
		t.Fatalf("entered %+v, %v", first, err)
	}
	again, err := enter(t, s, "e1", "2022-05-03", policy.SupportTeam, progress("1.1", "2022-05-01", policy.Ongoing), progress("1.2", "2022-05-01", policy.Ongoing))
	if err != nil || !again.Again || !again.Recorded.Equal(first.Recorded) || again.Sequence != first.Sequence {
		t.Errorf("entered again as %+v, %v", again, err)
	}
	_, err = enter(t, s, "e1", "2022-05-03", "fr", progress("1.1", "2022-05-01", policy.Completed))
	refusedWith(t, err, policy.CodeConflict)
	_, err = enter(t, s, "e2", "2022-05-03", policy.SupportTeam, progress("1.1", "2022-05-02", policy.Completed), progress("1.2", "2022-05-04", policy.Completed))
	refusedWith(t, err, policy.CodeWrongDate) // the second lies in the future
	_, err = enter(t, s, "e3", "2022-05-03", "fr", policy.Row{Register: policy.RegProgress, Key: "2022/drones/may/1.1", Date: date("2022-05-01"), Body: &policy.Progress{Status: policy.Ongoing}})
	refusedWith(t, err, policy.CodeUnknown)

	rows, err := s.ListRows(t.Context(), key, []policy.Register{policy.RegProgress}, "")
	if err != nil || len(rows) != 2 {
		t.Errorf("the register holds %+v, %v", rows, err)
	}
	lines := trail(t, s)[before:]
	accepted := 0
	for _, l := range lines {
		if l.Accepted {
			accepted++
		}
	}
	if accepted != 1 || len(lines) != 4 {
		t.Errorf("the trail has %d new lines, %d of something recorded: %+v", len(lines), accepted, lines)
	}
}

func TestListRowsUnder_GivesTheRowsOfTheKeysAlone(t *testing.T) {
	t.Parallel()
	s := keeps(t)
	for i, row := range []policy.Row{
		progress("1.1", "2022-04-10", policy.Ongoing), progress("1.2", "2022-04-10", policy.Ongoing), progress("1.1", "2022-04-20", policy.Completed),
	} {
		if _, err := enter(t, s, fmt.Sprint("e", i), "2022-05-02", policy.SupportTeam, row); err != nil {
			t.Fatal(err)
		}
	}
	key1 := progress("1.1", "2022-04-10", policy.Ongoing).Key
	rows, err := s.ListRowsUnder(t.Context(), key, policy.RegProgress, []string{key1, "nothing"})
	if err != nil || len(rows) != 2 || rows[0].Key != key1 || rows[1].Body.(*policy.Progress).Status != policy.Completed {
		t.Errorf("under %s are %+v, %v", key1, rows, err)
	}
	if rows, err := s.ListRowsUnder(t.Context(), key, policy.RegWarnings, []string{key1}); err != nil || len(rows) != 0 {
		t.Errorf("in another register are %+v, %v", rows, err)
	}
}

func TestEnter_LetsALaterRowHoldFromItsDate(t *testing.T) {
	t.Parallel()
	s := keeps(t)
	for i, row := range []policy.Row{
		progress("1.1", "2022-04-20", policy.Completed), progress("1.1", "2022-04-10", policy.Ongoing), // told late
		progress("1.2", "2022-04-10", policy.Ongoing), progress("1.2", "2022-04-10", policy.Cancelled), // the same day: the last counts
	} {
		if _, err := enter(t, s, fmt.Sprint("e", i), "2022-05-02", policy.SupportTeam, row); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := s.ListRows(t.Context(), key, nil, "2022/firearms/may/")
	if err != nil {
		t.Fatal(err)
	}
	var states []policy.ActionStatus
	for _, row := range policy.RowsOn(date("2022-05-02"), rows) {
		states = append(states, row.Body.(*policy.Progress).Status)
	}
	if want := []policy.ActionStatus{policy.Completed, policy.Cancelled}; !slices.Equal(states, want) {
		t.Errorf("what holds is %v, want %v", states, want)
	}
}

func TestEnter_TakesManyAtOnce(t *testing.T) {
	t.Parallel()
	s := keeps(t)
	var all sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		all.Go(func() {
			row := progress(fmt.Sprintf("1.%d", i%2+1), "2022-04-10", policy.Ongoing)
			row.By = policy.Actor{Name: "Eva", Body: policy.SupportTeam}
			_, errs[i] = s.Enter(t.Context(), store.Entering{ID: fmt.Sprint("e", i/2), Cycle: key, By: row.By, Rows: []policy.Row{row}, Now: noon("2022-05-02")})
		})
	}
	all.Wait()
	recorded := 0
	for _, err := range errs {
		if err == nil {
			recorded++
		} else if policy.CodeOf(err) != policy.CodeConflict {
			t.Error(err)
		}
	}
	if recorded != 10 { // two share each ID and say different things
		t.Errorf("%d of 20 are recorded, want 10", recorded)
	}
	last := int64(0)
	for _, l := range trail(t, s) {
		if l.Sequence != last+1 {
			t.Errorf("the trail jumps from %d to %d", last, l.Sequence)
		}
		last = l.Sequence
	}
}

func TestRemind_ReachesThoseWhoLeadLateActions(t *testing.T) {
	t.Parallel()
	s := keeps(t)
	oap := on("oap/2022/firearms").Run()
	orders, err := s.Reconcile(t.Context(), oap, noon("2022-05-12"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := enter(t, s, "e1", "2022-05-12", "fr", progress("1.1", "2022-05-10", policy.Ongoing)); err != nil {
		t.Fatal(err)
	}
	report := on("report/2022/firearms/may")
	at := slices.IndexFunc(orders.Notices, func(n policy.DueNotice) bool { return n.Subject == report })
	if at < 0 {
		t.Fatalf("no reminder is due: %+v", orders.Notices)
	}
	if _, err := s.Remind(t.Context(), oap, noon("2022-05-12"), orders.Notices[at]); err != nil {
		t.Fatal(err)
	}
	notices, err := s.ListNotices(t.Context(), report)
	if err != nil || len(notices) != 1 {
		t.Fatalf("the reminders are %+v, %v", notices, err)
	}
	if want := []policy.Body{"se", policy.SupportTeam, "it"}; !slices.Equal(notices[0].To, want) { // fr has reported
		t.Errorf("%v are reminded, want %v", notices[0].To, want)
	}
}

func TestEnter_IsNeverChangedAfterwards(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s, err := store.Open(t.Context(), url, store.Options{Asserted: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	takeOver(t, s)
	if _, err := enter(t, s, "e1", "2022-05-02", "fr", progress("1.1", "2022-05-01", policy.Ongoing)); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), storetest.Owner(t, url))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, sql := range []string{
		"UPDATE register_rows SET body = '{}'", "DELETE FROM register_rows", "TRUNCATE register_rows",
		"UPDATE entries SET size = 9", "DELETE FROM entries", "TRUNCATE entries CASCADE",
	} {
		if _, err := conn.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "never changed") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// A change is for those who hold the posts, as its plan is.
func TestRecord_LeavesAnOAPToItsDriversOfToday(t *testing.T) {
	t.Parallel()
	s := keeps(t)
	for post, holder := range map[string]policy.Body{"driver": "fr", "co-driver": policy.Europol} {
		row := policy.Row{Register: policy.RegPosts, Key: post + "/firearms", Date: date("2022-05-01"), Body: &policy.Holding{Holder: holder}}
		if _, err := enter(t, s, post, "2022-05-01", policy.SupportTeam, row); err != nil {
			t.Fatal(err)
		}
	}
	run := policy.Run{Kind: policy.RunPlan, Cycle: key, Plan: on("oap/2022/firearms")}
	opens := func(number string, by policy.Body) store.Answer {
		t.Helper()
		e, err := evidence.Enclose("", "plan/"+key+"/oap/2022/firearms", policy.Act{
			Kind: policy.ActOpen, Subject: on("change/2022/firearms/" + number), Date: date("2022-05-02"), By: policy.Actor{Name: "Dagny", Body: by},
			Opening: &policy.Opening{Title: "A third action", Due: date("2022-06-20")},
		}, noon("2022-05-02"))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := s.Record(t.Context(), store.Recording{Run: run, Now: noon("2022-05-02"), Channel: "update", Envelope: e})
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	answer := opens("1", policy.Europol)
	if want := []policy.Body{"fr", policy.Europol, policy.SupportTeam}; answer.Refusal != nil || !slices.Equal(answer.Receipt.Standing.Turn, want) {
		t.Errorf("it waits for %v, want %v (%v)", answer.Receipt.Standing.Turn, want, answer.Refusal)
	}
	if answer := opens("2", "se"); answer.Refusal == nil || answer.Refusal.Code != policy.CodeNotCompetent {
		t.Errorf("who drove the plan before opens a change: %v", answer.Refusal)
	}
}

// Who holds a post is asked with every act: what else stands in the register is not read.
func TestEnter_GivesAPostToTheLastEntered(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s, told := told(t, url)
	takeOver(t, s)
	post := func(key, day string, holder policy.Body) policy.Row {
		return policy.Row{Register: policy.RegPosts, Key: key, Date: date(day), Body: &policy.Holding{Holder: holder}}
	}
	for id, rows := range [][]policy.Row{
		{post("driver/firearms", "2022-04-01", "fr"), post("nec/fr", "2022-04-01", "fr")},
		{post("driver/firearms", "2022-04-01", "it"), post("driver/firearms", "2022-03-01", "de")},
		{post("co-driver/firearms", "2022-04-10", policy.Europol)},
		{post("co-driver/firearms", "2022-04-10", "fi"), post("co-driver/drugs", "2022-04-10", "pl")},
	} {
		if _, err := enter(t, s, fmt.Sprint("posts-", id), "2022-05-02", policy.SupportTeam, rows...); err != nil {
			t.Fatal(err)
		}
	}
	storetest.Tamper(t, url, `UPDATE register_rows SET body = '{"odd":true}' WHERE key = 'nec/fr'`)
	c, err := s.FindCycle(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string][]policy.Body{
		"2022-02-28": nil, "2022-03-31": {"de", policy.SupportTeam}, "2022-04-01": {"it", policy.SupportTeam}, "2022-04-10": {"it", "fi", policy.SupportTeam},
	} {
		if got := c.Records(date(day)).Drivers["firearms"]; !slices.Equal(got, want) {
			t.Errorf("on %s: %v, want %v", day, got, want)
		}
	}
	look(t, s, "2022-05-03")
	if odd := told(); len(odd) > 0 {
		t.Errorf("a row that says nothing of plans was read: %v", odd)
	}
}

// A cycle is taken over with all that one person entered, in as many entries as it needs.
func TestEnter_TakesLotsThatADayCanTake(t *testing.T) {
	t.Parallel()
	s, past := storetest.New(t), smallPast()
	warns := func(i int) policy.Row {
		return policy.Row{
			Register: policy.RegWarnings, Key: fmt.Sprint(i), Date: date("2022-04-01"),
			Body: &policy.Warning{Title: "A war", Area: "firearms"}, By: policy.Actor{Name: "Eva", Body: policy.SupportTeam},
		}
	}
	var rows []policy.Row
	for i := range policy.MaxRows + 1 {
		rows = append(rows, warns(i))
	}
	past.Rows = rows
	if err := s.Import(t.Context(), past); err != nil {
		t.Fatal(err)
	}
	_, err := enter(t, s, "too many", "2022-05-02", policy.SupportTeam, rows...)
	refusedWith(t, err, policy.CodeInvalid)
	held, err := s.ListRows(t.Context(), key, []policy.Register{policy.RegWarnings}, "")
	if err != nil || len(held) != policy.MaxRows+1 {
		t.Errorf("%d rows are held, want %d: %v", len(held), policy.MaxRows+1, err)
	}
}

// An older version gave a plan to a State that had left; and a State may leave while it drives.
func TestReconcile_TakesAPlanFromAStateThatHasLeft(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s, _ := told(t, url)
	takeOver(t, s)
	row := policy.Row{Register: policy.RegPosts, Key: "driver/firearms", Date: date("2022-05-01"), Body: &policy.Holding{Holder: "fr"}}
	if _, err := enter(t, s, "post", "2022-05-01", policy.SupportTeam, row); err != nil {
		t.Fatal(err)
	}
	report := on("report/2022/firearms/may")
	turn := func() []policy.Body {
		t.Helper()
		c, err := s.FindCycle(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		return c.Subjects[report].Turn
	}
	run := policy.Run{Kind: policy.RunPlan, Cycle: key, Plan: report.Plan()}
	for _, holder := range []policy.Body{"fr", "uk", "fr"} {
		storetest.Tamper(t, url, fmt.Sprintf(`UPDATE register_rows SET body = '{"holder":%q}' WHERE key = 'driver/firearms'`, holder))
		for range 2 { // looking again changes nothing
			if _, err := s.Reconcile(t.Context(), run, noon("2022-05-03")); err != nil {
				t.Fatal(err)
			}
		}
		want := []policy.Body{holder, policy.SupportTeam}
		if holder == "uk" {
			want = want[1:]
		}
		if got := turn(); !slices.Equal(got, want) {
			t.Errorf("while %s holds the post it waits for %v, want %v", holder, got, want)
		}
	}
}
