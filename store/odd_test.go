package store_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// looks has the cycle look on a day, and gives its orders as they come back from
// where they travel.
func (a *arena) looks(day string) policy.Orders {
	a.t.Helper()
	orders, err := a.store.Reconcile(a.t.Context(), policy.Run{Kind: policy.RunCycle, Cycle: a.cycle}, noon(day))
	if err != nil {
		a.t.Fatalf("the run would look for ever: %v", err)
	}
	text, err := json.Marshal(orders)
	if err != nil {
		a.t.Fatal(err)
	}
	var came policy.Orders
	if err := json.Unmarshal(text, &came); err != nil {
		a.t.Fatalf("%s: %v", text, err)
	}
	return orders
}

func (a *arena) confirms(id string) {
	a.t.Helper()
	_, stated, err := a.store.FindStated(a.t.Context(), a.cycle+"-"+id)
	if err != nil {
		a.t.Fatal(err)
	}
	a.must("", policy.Act{Kind: policy.ActConfirm, Subject: a.on("priorities"), By: bert, Confirms: a.cycle + "-" + id, Digest: stated})
}

// Older versions took any day, and 9999 is how people write "until further notice".
func TestReconcile_GoesOnOverADayOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"silence until further notice": `UPDATE positions SET deadline = '9999-12-31' WHERE deadline IS NOT NULL;
			UPDATE subjects SET silence = jsonb_set(silence, '{deadline}', '"9999-12-31"') WHERE path = 'priorities'`,
		"an item due at the end of days": `UPDATE subjects SET due = '9999-12-31', opening = jsonb_set(opening, '{due}', '"9999-12-31"') WHERE path = 'item/ukraine'`,
		"an item due at their beginning": `UPDATE subjects SET due = '0001-01-01', opening = jsonb_set(opening, '{due}', '"0001-01-01"') WHERE path = 'item/ukraine'`,
		"the day after the last":         `UPDATE subjects SET due = '10000-01-01', since = '20000-01-01' WHERE path = 'item/ukraine'`,
		"a day that never comes":         `UPDATE subjects SET due = 'infinity' WHERE path = 'item/ukraine'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t)
			s, _ := told(t, url)
			a := enterArena(t, s, key)
			a.must("launched", a.good(policy.ActLaunch))
			a.confirms("launched")
			storetest.Tamper(t, url, strings.ReplaceAll(sql, ";\n", "; "))
			if orders := a.looks("2021-05-21"); orders.Stage != policy.StagePriorities {
				t.Errorf("the run is told %+v", orders)
			}
			a.must("", a.good(policy.ActPosition))
			a.must("", a.good(policy.ActSubmit))
			a.looks("2021-08-01")
			for _, notice := range a.looks("2021-08-01").Notices {
				if _, err := s.Remind(t.Context(), policy.Run{Kind: policy.RunCycle, Cycle: key}, noon("2021-08-01"), notice); err != nil {
					t.Errorf("a reminder of %s: %v", notice.Subject, err)
				}
			}
		})
	}
}

// What a newer version wrote, or somebody changed, is left alone: the rest goes on.
func TestReconcile_GoesOnOverWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		sql     string
		refused policy.Code // the next act, on another subject
	}{
		"an outcome in no words": {sql: `UPDATE subjects SET items = '[{"item":"x","outcome":7}]' WHERE path = 'item/ukraine'`},
		"a subject of later":     {sql: `UPDATE subjects SET path = 'forecast/2030' WHERE path = 'item/ukraine'`},
		"an opening of later":    {sql: `UPDATE subjects SET opening = '{"title":"x","due":"soon"}' WHERE path = 'item/ukraine'`},
		"a silence of later":     {sql: `UPDATE subjects SET silence = '{"id":7}' WHERE path = 'item/ukraine'`},
		"an act of later":        {sql: `UPDATE acts SET envelope = '7' WHERE id = 'empact-opened-ukraine'`},
		"a definition of later":  {sql: `UPDATE definitions SET body = '{"format":2,"assessment":{"due":"soon"}}'`, refused: policy.CodeInternal},
		"a definition of a list": {sql: `UPDATE definitions SET body = '[]'`, refused: policy.CodeInternal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t)
			s, _ := told(t, url)
			enterArena(t, s, key)
			storetest.Tamper(t, url, test.sql)
			s, told := told(t, url) // nothing is remembered
			a := &arena{t: t, store: s, cycle: key, count: 100}
			orders := a.looks("2021-05-21")
			answer := a.sends("the next act", a.envelope("", a.good(policy.ActPosition)))
			if policy.CodeOf(asError(answer.Refusal)) != test.refused {
				t.Errorf("the next act: %v", answer.Refusal)
			}
			for _, subject := range []string{"item/ukraine", "item/sahel"} {
				notice := policy.DueNotice{Subject: a.on(subject), Notice: policy.Notice{Kind: policy.NoticeDue, On: date("2021-05-21")}, At: noon("2021-05-21")}
				if _, err := s.Remind(t.Context(), policy.Run{Kind: policy.RunCycle, Cycle: key}, noon("2021-05-21"), notice); err != nil {
					t.Errorf("a reminder of %s: %v", subject, err)
				}
			}
			if test.refused != "" && !orders.WakeAt.After(noon("2021-05-21")) {
				t.Errorf("the run looks again at once: %+v", orders)
			}
			if name != "an act of later" && len(told()) == 0 { // which nobody has to read here
				t.Error("the log is told of nothing")
			}
			c, err := s.FindCycle(t.Context(), key)
			if test.refused == "" && name != "an act of later" && (err != nil || len(c.Subjects) != 4) {
				t.Errorf("what can be read is not there: %d subjects, %v", len(c.Subjects), err)
			}
		})
	}
}

// asError gives a refusal as an error; none is nil.
func asError(refusal *policy.Error) error {
	if refusal == nil {
		return nil
	}
	return refusal
}

// Once its last day is over, whose turn it is is told, once, that a silence procedure has
// ended; nothing is adopted before somebody says that nobody objected.
func TestReconcile_TellsThatASilenceProcedureHasEnded(t *testing.T) {
	t.Parallel()
	s, told := told(t, storetest.URL(t))
	a := enterArena(t, s, key)
	a.must("launch", a.good(policy.ActLaunch)) // until 2021-06-10
	a.confirms("launch")
	for day, tells := range map[string]bool{"2021-06-10": false, "2021-06-11": true} {
		told := slices.ContainsFunc(a.looks(day).Notices, func(n policy.DueNotice) bool {
			return n.Notice == policy.Notice{Kind: policy.NoticeSilence, On: date("2021-06-11")} && !n.Notice.On.After(date(day))
		})
		if told != tells {
			t.Errorf("on %s it is told: %t", day, told)
		}
	}
	stands := func() policy.Standing {
		t.Helper()
		c, err := s.FindCycle(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		inOrder(t, s, key)
		return c.Subjects[a.on("priorities")].Standing
	}
	if at := stands(); at.Turns != 0 || at.State != policy.StateDeciding || len(told()) > 0 {
		t.Errorf("it ended by itself: %+v, %v", at, told())
	}
	a.today = "2021-06-14"
	end := a.good(policy.ActDecide)
	end.Procedure, end.Document, end.Date, end.Outcome = policy.SilenceProcedure, "CM 2/21 INIT", date("2021-06-10"), policy.Adopted
	a.must("end", end)
	if at := stands(); at.Turns != 1 || at.Pending != "" {
		t.Errorf("its end is recorded, and it stands at %+v", at)
	}
	objection := a.good(policy.ActPosition)
	objection.Stance, objection.Date = policy.Objects, date("2021-06-10")
	a.must("late", objection)
	if at := stands(); at.Turns != 0 || at.Silence.BrokenBy != "fr" {
		t.Errorf("after an objection that was made in time it stands at %+v", at)
	}
}

// A row that cannot be read is left out of what a run looks at, and the others count.
func TestReconcile_GoesOnOverAnUnreadableRow(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s, told := told(t, url)
	d := definition()
	d.Stores = []string{"posts"}
	if _, err := s.StartCycle(t.Context(), store.NewCycle{ID: key, Definition: d, By: anna, Now: noon("2021-01-02")}); err != nil {
		t.Fatal(err)
	}
	look(t, s, "2021-01-02")
	for _, post := range []string{"driver/firearms", "driver/drugs"} {
		row := policy.Row{Register: policy.RegPosts, Key: post, Date: date("2021-01-02"), Body: &policy.Holding{Holder: "se"}}
		if _, err := s.Enter(t.Context(), store.Entering{ID: post, Cycle: key, By: anna, Rows: []policy.Row{row}, Now: noon("2021-01-02")}); err != nil {
			t.Fatal(err)
		}
	}
	storetest.Tamper(t, url, `UPDATE register_rows SET body = '{"holder":["se","fi"]}' WHERE key = 'driver/firearms'`)
	look(t, s, "2021-01-03")
	if answer := record(t, s, "2021-04-10", sealed(t, "", assessment("2021-04-10"))); answer.Refusal != nil {
		t.Errorf("the next act: %v", answer.Refusal)
	}
	if rows, err := s.ListRows(t.Context(), key, nil, ""); err != nil || len(rows) != 1 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	if len(told()) == 0 {
		t.Error("nobody is told")
	}
}
