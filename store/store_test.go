package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var date = policytest.Date

func noon(day string) time.Time { return date(day).Time(policy.Brussels).Add(12 * time.Hour) }

const key = "empact"

func definition() policy.Definition { return policytest.Cycle(key) }

var (
	anna     = policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}
	theCycle = policy.Run{Kind: policy.RunCycle, Cycle: key}
)

func on(path string) policy.Subject { return policytest.Subject(key, path) }

// started gives records of a cycle that has just started.
func started(t *testing.T) *store.Store {
	t.Helper()
	s := storetest.New(t)
	isNew, err := s.StartCycle(t.Context(), store.NewCycle{ID: key, Definition: definition(), By: anna, Now: noon("2021-01-02")})
	if err != nil || !isNew {
		t.Fatalf("started %v, %v", isNew, err)
	}
	look(t, s, "2021-01-02")
	return s
}

func look(t *testing.T, s *store.Store, day string) policy.Orders {
	t.Helper()
	orders, err := s.Reconcile(t.Context(), theCycle, noon(day))
	if err != nil {
		t.Fatal(err)
	}
	return orders
}

func sealed(t *testing.T, id string, act policy.Act) evidence.Envelope {
	t.Helper()
	e, err := evidence.Enclose(id, "cycle/"+key, act, noon(act.Date.String()))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func record(t *testing.T, s *store.Store, day string, e evidence.Envelope) store.Answer {
	t.Helper()
	answer, err := s.Record(t.Context(), store.Recording{Run: theCycle, Now: noon(day), Channel: "update", Envelope: e})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// seconded has a second person confirm what was recorded.
func seconded(t *testing.T, s *store.Store, r policy.Receipt) {
	t.Helper()
	_, stated, err := s.FindStated(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	day := policy.Latest(r.Standing.LastAct, date("2021-05-01"))
	answer := record(t, s, day.String(), sealed(t, "", policy.Act{
		Kind: policy.ActConfirm, Subject: r.Subject, Date: day, By: policy.Actor{Name: "Bert", Body: policy.GeneralSecretariat}, Confirms: r.ID, Digest: stated,
	}))
	if answer.Refusal != nil {
		t.Fatalf("confirming %s: %v", r.ID, answer.Refusal)
	}
}

func assessment(day string) policy.Act {
	return policy.Act{Kind: policy.ActSubmit, Subject: on("assessment"), Date: date(day), By: policy.Actor{Name: "Eva", Body: policy.Europol}, Digest: "sha256:a"}
}

func trail(t *testing.T, s *store.Store) []store.TrailLine {
	t.Helper()
	lines, err := s.Trail(t.Context(), key, store.TrailFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range lines {
		if line.Sequence != int64(i+1) {
			t.Errorf("line %d of the trail has the number %d", i+1, line.Sequence)
		}
	}
	return lines
}

func TestRecord_TakesOnceAnActSentManyTimes(t *testing.T) {
	t.Parallel()
	s := started(t)
	e := sealed(t, "", assessment("2021-04-10"))
	receipts := make([]policy.Receipt, 12)
	var wait sync.WaitGroup
	for i := range receipts {
		wait.Go(func() {
			answer, err := s.Record(t.Context(), store.Recording{Run: theCycle, Now: noon("2021-04-10"), Channel: "signal", Envelope: e})
			if err != nil || answer.Refusal != nil {
				t.Errorf("%v %v", err, answer.Refusal)
			}
			receipts[i] = answer.Receipt
		})
	}
	wait.Wait()
	for _, r := range receipts {
		if !cmp.Equal(r, receipts[0], cmp.AllowUnexported(policy.Date{})) {
			t.Errorf("answers differ: %+v and %+v", r, receipts[0])
		}
	}
	c, err := s.FindCycle(t.Context(), key)
	if err != nil || len(c.Acts) != 1 {
		t.Fatalf("%d acts, %v", len(c.Acts), err)
	}
	trail(t, s)
}

func TestRecord_RefusesAnotherActUnderTheSameID(t *testing.T) {
	t.Parallel()
	s := started(t)
	record(t, s, "2021-04-10", sealed(t, "my-id", assessment("2021-04-10")))
	for range 3 { // one refused attempt, however often it is repeated
		answer := record(t, s, "2021-04-11", sealed(t, "my-id", assessment("2021-04-09")))
		if policy.CodeOf(answer.Refusal) != policy.CodeConflict {
			t.Errorf("refused with %v", answer.Refusal)
		}
	}
	lines := trail(t, s)
	if last := lines[len(lines)-1]; last.Accepted || last.Code != policy.CodeConflict || last.By.Name != "Eva" || !lines[len(lines)-2].Accepted {
		t.Errorf("the trail ends with %+v", last)
	}
}

func TestReconcile_ChangesNothingTheSecondTime(t *testing.T) {
	t.Parallel()
	s := started(t)
	first, second := look(t, s, "2021-02-01"), look(t, s, "2021-02-01")
	if diff := cmp.Diff(first, second, cmp.AllowUnexported(policy.Date{})); diff != "" {
		t.Error(diff)
	}
}

func TestRecord_IsNeverChangedOrDeleted(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s, err := store.Open(t.Context(), url, store.Options{Asserted: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if _, err := s.StartCycle(t.Context(), store.NewCycle{ID: key, Definition: definition(), By: anna, Now: noon("2021-01-02")}); err != nil {
		t.Fatal(err)
	}
	look(t, s, "2021-01-02")
	record(t, s, "2021-04-10", sealed(t, "", assessment("2021-04-10")))
	conn, err := pgx.Connect(t.Context(), storetest.Owner(t, url))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, sql := range []string{
		"UPDATE acts SET date = '2021-04-01'", "DELETE FROM acts", "TRUNCATE acts CASCADE",
		"UPDATE trail SET accepted = accepted", "DELETE FROM trail", "TRUNCATE trail",
		"UPDATE definitions SET body = '{}'", "DELETE FROM definitions",
	} {
		if _, err := conn.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "never changed") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestRecord_LetsActsAloneSayWhereSubjectsStand(t *testing.T) {
	t.Parallel()
	s := started(t)
	set := on("priorities")
	submit := policy.Act{Kind: policy.ActSubmit, Subject: set, By: policy.Actor{Name: "Eva", Body: policy.Presidency}, Digest: "sha256:p"}
	decide := policy.Act{
		Kind: policy.ActDecide, Subject: set, By: anna, Procedure: policy.Meeting, Document: "ST 1/21 INIT", Version: 1,
	}
	acts := []policy.Act{assessment("2021-04-10")}
	for i, step := range []struct {
		body    policy.Body
		outcome policy.Outcome
		version int
	}{
		{"", "", 0}, {policy.COSI, policy.Postponed, 1}, {policy.COSI, policy.ReferredBack, 1}, {"", "", 0}, {policy.COSI, policy.TookNote, 2},
		{policy.Coreper, policy.NotAgreed, 2}, {policy.Council, policy.AdoptedWithAmendments, 2},
	} {
		act := submit
		if step.body != "" {
			act = decide
			act.Body, act.Outcome, act.Version, act.Comment = step.body, step.outcome, step.version, "The actions do not match the goals."
		}
		act.Date = date("2021-04-20").AddDays(i)
		acts = append(acts, act)
	}
	for _, act := range acts {
		look(t, s, act.Date.String())
		if act.Kind == policy.ActDecide {
			act.Digest = submit.Digest
		}
		if answer := record(t, s, act.Date.String(), sealed(t, "", act)); answer.Refusal != nil {
			t.Fatalf("%s %s: %v", act.Body, act.Outcome, answer.Refusal)
		} else if act.Confirmed() {
			seconded(t, s, answer.Receipt)
		}
	}
	c, err := s.FindCycle(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	records := c.Records(date("2021-05-01"))
	for _, e := range records.Agenda() {
		known, opened := c.Subjects[e.Subject]
		if !opened {
			continue
		}
		var recorded []policy.Recorded
		for _, a := range c.Acts {
			if a.Subject == e.Subject {
				recorded = append(recorded, a.Recorded)
			}
		}
		if diff := cmp.Diff(policy.StandingOf(e, known.OpenedOn, recorded), known.Standing, cmp.AllowUnexported(policy.Date{})); diff != "" {
			t.Errorf("%s: what its acts say (-) and what is projected (+):\n%s", e.Subject, diff)
		}
	}
	if got := c.Subjects[set]; got.Outcome != policy.AdoptedWithAmendments || len(got.Items) != 2 {
		t.Errorf("the priorities stand at %+v, want adopted with amendments, each of the two", got.Standing)
	}
	if c.Stage != policy.StagePlanning {
		t.Errorf("the cycle is at %s", c.Stage)
	}
}

func TestStartCycle_IsSafeToRepeatUnderItsKey(t *testing.T) {
	t.Parallel()
	s := started(t)
	again := store.NewCycle{ID: key, Definition: definition(), By: anna, Now: noon("2021-01-03")}
	if isNew, err := s.StartCycle(t.Context(), again); isNew || err != nil {
		t.Errorf("started again: %v, %v", isNew, err)
	}
	again.Definition.Title = "Another"
	if _, err := s.StartCycle(t.Context(), again); policy.CodeOf(err) != policy.CodeConflict {
		t.Errorf("another under the same key: %v", err)
	}
}

func TestStore_SaysInWordsWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	_, found := s.FindCycle(t.Context(), "nothing")
	_, looked := s.Reconcile(t.Context(), policy.Run{Kind: policy.RunCycle, Cycle: "nothing"}, time.Now())
	_, told := s.Trail(t.Context(), "nothing", store.TrailFilter{})
	for _, err := range []error{found, looked, told} {
		if policy.CodeOf(err) != policy.CodeUnknown {
			t.Errorf("of a cycle that is not there: %v", err)
		}
	}
	for url, code := range map[string]policy.Code{
		"postgres://nobody@127.0.0.1:1/nothing": policy.CodeUnavailable,
		"not an address %%":                     policy.CodeInvalid,
	} {
		if _, err := store.Open(t.Context(), url, store.Options{Asserted: true}); policy.CodeOf(err) != code {
			t.Errorf("%s: %v", url, err)
		}
		if err := store.Migrate(t.Context(), url); policy.CodeOf(err) != code {
			t.Errorf("migrating %s: %v", url, err)
		}
	}
}

func TestMigrate_WaitsForOtherMigrators(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			if err := store.Migrate(t.Context(), url); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

func TestListCycles_ShowsWhatPressesMost(t *testing.T) {
	t.Parallel()
	s := started(t)
	for i := range 3 {
		act := policy.Act{
			Kind: policy.ActOpen, Subject: on(fmt.Sprintf("item/item-%d", i)), Date: date("2021-02-01"), By: anna,
			Opening: &policy.Opening{Title: fmt.Sprintf("Item %d", i), Due: date("2021-02-20").AddDays(-i), Through: []policy.Body{policy.COSI}},
		}
		if answer := record(t, s, "2021-02-01", sealed(t, "", act)); answer.Refusal != nil {
			t.Fatal(answer.Refusal)
		}
	}
	lines, err := s.ListCycles(t.Context(), store.LineFilter{})
	if err != nil || len(lines) != 1 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	if line := lines[0]; len(line.OpenDues) != 4 || line.Next == nil || line.Next.Title != "Item 2" || line.Next.Due != date("2021-02-18") {
		t.Errorf("the line is %+v", line)
	}
	open, err := s.ListOpen(t.Context(), store.OpenFilter{Reach: all, Body: policy.Europol})
	if err != nil || len(open) != 1 || open[0].Subject != on("assessment") {
		t.Errorf("Europol's inbox holds %+v, %v", open, err)
	}
}
