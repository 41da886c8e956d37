package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// thief has the login of the database, as serve and worker do, and knows how the trail is
// made; but no key.
type thief struct {
	guarded
	t   *testing.T
	url string
}

// steals gives a thief a copy of the records.
func (g guarded) steals(t *testing.T) thief {
	t.Helper()
	return thief{guarded: g, t: t, url: storetest.Copy(t, g.url)}
}

// runs runs SQL as the login of policycycle.
func (f thief) runs(sql string) {
	f.t.Helper()
	conn, err := pgx.Connect(f.t.Context(), f.url)
	if err != nil {
		f.t.Fatal(err)
	}
	defer conn.Close(f.t.Context())
	if tag, err := conn.Exec(f.t.Context(), sql); err != nil || tag.RowsAffected() == 0 {
		f.t.Fatalf("%s: %v, %v", sql, tag, err)
	}
}

// records has the code of policycycle itself record an act, so that chain, record and
// projection are as they should be: only that nobody sealed it, and the channel.
func (f thief) records(channel, id, day string, act policy.Act) {
	f.t.Helper()
	s, err := store.Open(f.t.Context(), f.url, store.Options{Asserted: true})
	if err != nil {
		f.t.Fatal(err)
	}
	defer s.Close()
	act.Date = date(day)
	answer, err := s.Record(f.t.Context(), store.Recording{Run: theCycle, Now: noon(day), Channel: channel, Envelope: sealed(f.t, id, act)})
	if err != nil || answer.Refusal != nil {
		f.t.Fatalf("%s: %v %v", id, err, answer.Refusal)
	}
}

// rewrites changes the records as a superuser, and makes the whole trail anew.
func (f thief) rewrites(sql string) {
	f.t.Helper()
	storetest.Tamper(f.t, f.url, sql+"; DELETE FROM checkpoints")
	audit, err := f.opens(f.t, f.url).FindAudit(f.t.Context(), key)
	if err != nil {
		f.t.Fatal(err)
	}
	previous := evidence.Genesis(key)
	for _, line := range audit.Trail {
		line.Record = ""
		if record, there := audit.Records[line.Sequence]; there {
			line.Record = evidence.Digest(record)
		}
		if line, err = evidence.Chain(previous, line); err != nil {
			f.t.Fatal(err)
		}
		previous = line.Hash
		storetest.Tamper(f.t, f.url, fmt.Sprintf("UPDATE trail SET record = '%s', previous = '%s', hash = '%s' WHERE sequence = %d", line.Record, line.Previous, line.Hash, line.Sequence))
	}
	storetest.Tamper(f.t, f.url, fmt.Sprintf("UPDATE cycles SET sequence = %d, head = '%s'", len(audit.Trail), previous))
}

// line inserts a line of nobody at the end of the trail.
func line(act, path, day string) string {
	return fmt.Sprintf(`INSERT INTO trail (cycle, sequence, recorded_at, on_date, act, act_id, path, body, accepted, code, message, record, previous, hash)
		SELECT '%s', max(sequence) + 1, '%s', '%s', '%s', '', '%s', '', true, '', '', '', '', '' FROM trail`, key, noon(day).Format(time.RFC3339), day, act, path)
}

var ukraine = policy.Act{
	Kind: policy.ActSubmit, Subject: on("item/ukraine"), By: policy.Actor{Name: "Eva", Body: policy.Presidency}, Digest: "sha256:u",
}

func (f thief) adopts(channel string) {
	f.records("import", "handed", "2021-07-10", ukraine)
	f.records(channel, "adopted", "2021-07-10", policy.Act{
		Kind: policy.ActDecide, Subject: on("item/ukraine"), By: anna, Body: policy.COSI, Outcome: policy.Adopted, Procedure: policy.Meeting,
		Document: "ST 9/21 INIT", Version: 1, Digest: "sha256:u",
	})
}

// Whoever has the login of the database can write what people are shown, and lines that
// nobody sealed. Each is found, in the database and offline, and said in a sentence.
func TestFindAudit_ShowsWhatDoesNotFollowFromTheRecords(t *testing.T) {
	t.Parallel()
	g := guard(t)
	closed := "UPDATE subjects SET state = 'closed', outcome = 'adopted', closed_on = '2021-06-30', due = NULL, turn = '{}' WHERE path = 'item/ukraine'"
	for name, test := range map[string]struct {
		does func(f thief)
		kind evidence.FaultKind
		says string
	}{
		"an item adopted": {func(f thief) { f.runs(closed) }, evidence.FaultShown, "the records show item/ukraine as closed, adopted; what was recorded leaves it drafting"},
		"another outcome": {func(f thief) { f.runs("UPDATE subjects SET outcome = 'not-agreed' WHERE path = 'priorities'") }, evidence.FaultShown, "the records show priorities as closed, not agreed; what was recorded leaves it closed, adopted"},
		"an item as noted": {func(f thief) {
			f.runs(`UPDATE subjects SET items = '[{"item":"drugs","outcome":"adopted"}]' WHERE path = 'priorities'`)
		}, evidence.FaultShown, "of priorities, the records show the items as"},
		"another day": {func(f thief) { f.runs("UPDATE subjects SET closed_on = '2021-05-25' WHERE path = 'priorities'") }, evidence.FaultShown, `the day on which it was settled as "2021-05-25"; what was recorded makes it "2021-05-26"`},
		"a turn":      {func(f thief) { f.runs("UPDATE subjects SET turn = '{fr}' WHERE path = 'item/ukraine'") }, evidence.FaultShown, "of item/ukraine, the records show the turn as"},
		"a due date":  {func(f thief) { f.runs("UPDATE subjects SET due = '2022-09-01' WHERE path = 'item/ukraine'") }, evidence.FaultShown, "of item/ukraine, the records show the due date as"},
		"a version": {func(f thief) {
			f.runs("UPDATE subjects SET version = 1, digest = 'sha256:u', state = 'deciding', turn = '{cosi}' WHERE path = 'item/ukraine'")
		}, evidence.FaultShown, "the records show item/ukraine as deciding on version 1, before COSI; what was recorded leaves it drafting"},
		"another text":    {func(f thief) { f.runs("UPDATE subjects SET digest = 'sha256:q' WHERE path = 'priorities'") }, evidence.FaultShown, "of priorities, the records show the text as"},
		"another pending": {func(f thief) { f.runs("UPDATE subjects SET pending = 'council' WHERE path = 'item/ukraine'") }, evidence.FaultShown, "of item/ukraine, the records show what waits for a second person as"},
		"another title":   {func(f thief) { f.runs("UPDATE subjects SET title = 'All is well' WHERE path = 'item/ukraine'") }, evidence.FaultShown, "of item/ukraine, the records show the title as"},
		"a silence procedure": {func(f thief) {
			f.runs(`UPDATE subjects SET silence = '{"id":"x","body":"cosi","deadline":"2021-07-09"}' WHERE path = 'item/ukraine'`)
		}, evidence.FaultShown, "of item/ukraine, the records show the silence procedure as"},
		"a plan that nobody planned": {func(f thief) {
			f.runs("INSERT INTO subjects SELECT cycle, 'oap/2022/toys', 'oap', title, opened_on, NULL, definition, state, version, digest, turns, turn, settles, since, due, outcome, items, closed_on, last_act, pending, silence FROM subjects WHERE path = 'assessment'")
		}, evidence.FaultShown, "the records show oap/2022/toys as closed, delivered; no definition of the cycle plans it, and nobody opened it"},
		"a subject taken away": {func(f thief) { storetest.Tamper(f.t, f.url, "DELETE FROM subjects WHERE path = 'priorities'") }, evidence.FaultShown, "the records do not show priorities; what was recorded leaves it closed, adopted"},
		"the stage":            {func(f thief) { f.runs("UPDATE cycles SET stage = 'implementation'") }, evidence.FaultShown, "the records show the cycle at the stage implementation; what was recorded leaves it at planning"},
		"since when":           {func(f thief) { f.runs("UPDATE cycles SET stage_since = '2021-05-01'") }, evidence.FaultShown, "since 2021-05-01; what was recorded has it there since 2021-05-26"},
		"the definition": {func(f thief) {
			f.runs("INSERT INTO definitions SELECT cycle, 2, digest, body || '{\"title\": \"Mine\"}' FROM definitions")
			f.runs("UPDATE cycles SET definition_version = 2")
		}, evidence.FaultShown, "the records show version 2 of the definition in force; what was recorded leaves version 1"},
		"the title of the cycle": {func(f thief) { f.runs("UPDATE cycles SET title = 'Mine'") }, evidence.FaultShown, `the records show the cycle as "Mine"`},
		"the head":               {func(f thief) { f.runs("UPDATE cycles SET head = 'sha256:00'") }, evidence.FaultShown, "as the last one of the trail, with a hash of its own"},
		"an act by import":       {func(f thief) { f.records("import", "handed", "2021-07-10", ukraine) }, evidence.FaultUnfounded, "handed came by import, and so without a seal"},
		"what it led to":         {func(f thief) { f.records("import", "handed", "2021-07-10", ukraine) }, evidence.FaultShown, "the records show item/ukraine as deciding on version 1, before COSI; what was recorded leaves it drafting"},
		"a decision of the calendar": {
			func(f thief) { f.adopts("calendar") }, evidence.FaultUnfounded,
			"adopted says that a silence procedure had ended: none on item/ukraine that two people launched had ended so",
		},
		"what is discontinued": {func(f thief) {
			f.rewrites(line("discontinued", "item/ukraine", "2021-07-10") + "; UPDATE subjects SET state = 'closed', outcome = 'discontinued', closed_on = '2021-07-10', due = NULL, turn = '{}' WHERE path = 'item/ukraine'")
		}, evidence.FaultUnfounded, "says that item/ukraine was discontinued: the definition in force plans it still"},
		"what lapsed": {func(f thief) { f.rewrites(line("lapsed", "item/ukraine", "2021-07-10")) }, evidence.FaultUnfounded, "says that item/ukraine lapsed"},
		"a stage": {func(f thief) {
			f.rewrites(line("stage closed", "", "2021-07-10") + "; UPDATE cycles SET stage = 'closed', stage_since = '2021-07-10'")
		}, evidence.FaultUnfounded, "says that the cycle came to the stage closed"},
		"a line of another": {func(f thief) { f.rewrites(line("approved", "item/ukraine", "2021-07-10")) }, evidence.FaultUnfounded, `says "approved", which nothing writes there`},
		"a day that was not": {
			func(f thief) {
				f.rewrites("UPDATE trail SET on_date = '2021-06-30' WHERE act_id = 'last'; UPDATE acts SET arrived_on = '2021-06-30', date = '2021-06-30' WHERE id = 'last'")
			},
			evidence.FaultUnfounded, "bears the day 2021-06-30 and was recorded on another one",
		},
		"one person for two": {func(f thief) {
			f.rewrites(strings.ReplaceAll(`UPDATE acts SET person = ONE, principal = ONE, envelope = convert_to(jsonb_set(convert_from(envelope, 'UTF8')::jsonb, '{act,by,person}', to_jsonb(ONE))::text, 'UTF8') WHERE id = 'confirmed'; UPDATE trail SET person = ONE WHERE act_id = 'confirmed'`,
				"ONE", "(SELECT person FROM decisions d JOIN acts a ON a.id = d.act WHERE a.id = 'council')"))
		}, evidence.FaultUnfounded, "confirmed was recorded by too few people: Anna@general-secretariat recorded this outcome and so cannot confirm it"},
		"a line that names another": {func(f thief) {
			f.rewrites("UPDATE trail SET person = (SELECT person FROM acts WHERE id = 'confirmed') WHERE act_id = 'council'")
		}, evidence.FaultEdited, "tells of something else than what is recorded with it, council"},
		"items that nobody stated": {func(f thief) { f.rewrites("UPDATE decision_items SET outcome = 'not-agreed' WHERE item = 'drugs'") }, evidence.FaultEdited, "tells of something else than what is recorded with it, council"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := g.steals(t)
			f.t = t
			test.does(f)
			r := g.verifies(t, f.url)
			if !slices.ContainsFunc(r.Faults, func(f evidence.Fault) bool { return f.Kind == test.kind && strings.Contains(f.Message, test.says) }) {
				t.Errorf("want %s: %s", test.kind, test.says)
				for _, f := range r.Faults {
					t.Errorf("found, line %d: %s: %s", f.Sequence, f.Kind, f.Message)
				}
				for _, u := range r.Unchecked {
					t.Errorf("unchecked: %s", u.Message)
				}
			}
		})
	}
}
