package store_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// rememberedPast is the small past with an ID for each act, a row, and an item that COSI
// settled; of it was taken over what came before the decision on the OAP.
func rememberedPast() store.Past {
	p := history{smallPast()}
	p.Acts = append(p.Acts, policy.Recorded{ID: "early-warning", Act: policy.Act{
		Kind: policy.ActOpen, Subject: on("item/early-warning"), Date: date("2022-02-05"), By: anna,
		Opening: &policy.Opening{Title: "Early warning", Due: date("2022-03-15"), Through: []policy.Body{policy.COSI}},
	}})
	for i := range p.Acts {
		if p.Acts[i].ID == "" {
			p.Acts[i].ID = fmt.Sprint("act-", i+1)
		}
	}
	p.Rows = []policy.Row{progress("1.1", "2022-04-01", policy.Ongoing), progress("1.2", "2022-04-02", policy.Ongoing)}
	for i := range p.Rows {
		p.Rows[i].By = policy.Actor{Name: "Eva", Body: policy.SupportTeam}
	}
	return p.Past
}

const (
	takenOverActs = 8 // before the decision on the OAP
	takenOverRows = 1
)

// forgets gives records that took over what was remembered at first.
func forgets(t *testing.T) *store.Store {
	t.Helper()
	s := storetest.New(t)
	comesIn(t, s, begun(rememberedPast(), takenOverActs, takenOverRows), date("2022-05-01"))
	return s
}

func TestAdd_AddsWhatWasForgottenOnce(t *testing.T) {
	t.Parallel()
	whole := rememberedPast()
	alone := rememberedPast() // what was forgotten, and nothing else
	alone.Acts, alone.Rows, alone.Documents = alone.Acts[takenOverActs:], alone.Rows[takenOverRows:], nil
	for name, test := range map[string]struct {
		past store.Past
		want store.Added
	}{
		"beside the rest": {whole, store.Added{Acts: 3, Rows: 1, ActsThere: takenOverActs, RowsThere: takenOverRows}},
		"alone":           {alone, store.Added{Acts: 3, Rows: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := forgets(t)
			before := trail(t, s)
			if added := adds(t, s, test.past, date("2022-05-02")); added != test.want {
				t.Errorf("added %+v, want %+v", added, test.want)
			}
			after := trail(t, s)
			if first := after[len(before)]; first.Act != evidence.LineImport || !strings.EqualFold(first.By.Name, anna.Name) {
				t.Errorf("it begins with %+v", first)
			}
			c, err := s.FindCycle(t.Context(), key)
			if err != nil || !c.Subjects[on("oap/2022/firearms")].Positive() || !c.Subjects[on("item/early-warning")].Open() {
				t.Errorf("it stands as %+v: %v", c.Subjects, err)
			}
			rows, err := s.ListRows(t.Context(), key, nil, "")
			if err != nil || len(rows) != 2 {
				t.Errorf("%v, %v", rows, err)
			}
			again := store.Added{ActsThere: test.want.Acts + test.want.ActsThere, RowsThere: test.want.Rows + test.want.RowsThere}
			for _, past := range []store.Past{test.past, goesOut(t, s, key)} {
				there := again
				if len(past.Acts) > len(test.past.Acts) {
					there = store.Added{ActsThere: len(whole.Acts), RowsThere: len(whole.Rows)}
				}
				if added := adds(t, s, past, date("2022-05-03")); added != there {
					t.Errorf("once more: added %+v, want %+v", added, there)
				}
			}
			if lines := trail(t, s); len(lines) != len(after) {
				t.Errorf("once more, the trail has %d lines, had %d", len(lines), len(after))
			}
		})
	}
}

func TestAdd_ChangesNothingWhereAnythingDoesNotStand(t *testing.T) {
	t.Parallel()
	s := forgets(t)
	before := trail(t, s)
	for name, test := range map[string]struct {
		turns func(*store.Past)
		code  policy.Code
		says  string
	}{
		"the last act lies in the future": {func(p *store.Past) { p.Acts[10].Date = date("2023-02-05") }, policy.CodeWrongDate, "act 11, open on item/early-warning: 2023-02-05 lies in the future"},
		"a row is about nothing":          {func(p *store.Past) { p.Rows[1].Key = "2022/firearms/may/9.9" }, policy.CodeUnknown, "rows of the register of progress"},
		"what is recorded says something else": {
			func(p *store.Past) { p.Acts[2].Document = "ST 2/21 INIT" }, policy.CodeConflict, "act 3, decide on priorities: another act was recorded as decision-on-priorities already",
		},
		"somebody else recorded it": {func(p *store.Past) { p.Acts[0].By.Name = "Ole" }, policy.CodeConflict, "act 1, submit on assessment: another act"},
		"another definition":        {func(p *store.Past) { p.Definition.Title = "Another" }, policy.CodeConflict, "version 1 of the definition of empact is another one"},
		"another document":          {func(p *store.Past) { p.Documents["assessment/v1"] = &policy.ThreatAssessment{Kind: "other"} }, policy.CodeConflict, "the document assessment/v1 is another one"},
		"a document where there was none": {
			func(p *store.Past) {
				p.Files = map[string]policy.File{"act-1": {MediaType: "application/pdf", Body: []byte("%PDF")}}
				delete(p.Documents, "assessment/v1")
			},
			policy.CodeConflict, "act 1, submit on assessment: another act",
		},
		"no ID":            {func(p *store.Past) { p.Acts[8].ID = "" }, policy.CodeInvalid, "act 9, decide on oap/2022/firearms: it has no ID"},
		"of another cycle": {func(p *store.Past) { p.Acts[9].Subject.Cycle = "another" }, policy.CodeInvalid, "it is about the cycle another"},
		"older than what followed on its subject": {func(p *store.Past) {
			p.Acts[8] = p.Acts[2]
			p.Acts[8].ID, p.Acts[8].Body, p.Acts[8].Outcome, p.Acts[8].Date = "took-note", policy.COSI, policy.TookNote, date("2021-05-21")
		}, policy.CodeAlreadyDecided, "act 9, decide on priorities"},
		"one person decides and confirms": {func(p *store.Past) { p.Acts[9].By = p.Acts[8].By }, policy.CodeFourEyes, "act 10, confirm on oap/2022/firearms"},
	} {
		p := rememberedPast()
		p.Documents = maps.Clone(p.Documents)
		test.turns(&p)
		p.Now = noon("2022-05-02")
		if _, err := s.Add(t.Context(), p); policy.CodeOf(err) != test.code || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %s: %s", name, err, test.code, test.says)
		}
	}
	if after := trail(t, s); len(after) != len(before) {
		t.Errorf("the trail has %d lines, had %d", len(after), len(before))
	}
	adds(t, s, rememberedPast(), date("2022-05-02"))
}

// Nobody brings a decision with its second person past the house once the cycle lives here.
func TestAdd_AddsNothingOnceSomethingWasRecordedHere(t *testing.T) {
	t.Parallel()
	row := progress("1.2", "2022-05-01", policy.Completed)
	for name, lives := range map[string]func(*store.Store){
		"an act": func(s *store.Store) {
			opens := policy.Act{
				Kind: policy.ActOpen, Subject: on("item/ukraine"), By: anna, Date: date("2022-05-02"),
				Opening: &policy.Opening{Title: "Ukraine", Due: date("2022-09-01"), Through: []policy.Body{policy.COSI}},
			}
			if answer := record(t, s, "2022-05-02", sealed(t, "live", opens)); answer.Refusal != nil {
				t.Fatal(answer.Refusal)
			}
		},
		"a row": func(s *store.Store) {
			if _, err := enter(t, s, "live", "2022-05-02", policy.SupportTeam, row); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := storetest.New(t)
			taken := begun(rememberedPast(), takenOverActs+2, takenOverRows) // with the decision on the OAP
			comesIn(t, s, taken, date("2022-05-01"))
			lives(s)
			before := len(trail(t, s))
			p := rememberedPast()
			p.Now = noon("2022-05-03")
			_, err := s.Add(t.Context(), p)
			refusedWith(t, err, policy.CodeConflict)
			if err == nil || !strings.Contains(err.Error(), "record what was forgotten as usual") {
				t.Errorf("it says %v", err)
			}
			if added := adds(t, s, taken, date("2022-05-03")); added != (store.Added{ActsThere: takenOverActs + 2, RowsThere: takenOverRows}) {
				t.Errorf("what is there anyway: added %+v", added)
			}
			if after := len(trail(t, s)); after != before {
				t.Errorf("the trail has %d lines, had %d", after, before)
			}
		})
	}
	s := storetest.New(t)
	p := rememberedPast()
	p.Now = noon("2022-05-01")
	_, err := s.Add(t.Context(), p)
	refusedWith(t, err, policy.CodeUnknown)
	if _, err := s.StartCycle(t.Context(), p.NewCycle); err != nil {
		t.Fatal(err)
	}
	_, err = s.Add(t.Context(), p)
	refusedWith(t, err, policy.CodeConflict)
}

// What another cycle calls alike has the key of its own cycle before it, whenever it comes.
func TestAdd_KeepsApartWhatTwoCyclesCallAlike(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	whole := rememberedPast()
	comesIn(t, s, whole, date("2022-05-01"))
	again := under(whole, "again")
	comesIn(t, s, begun(again, takenOverActs, takenOverRows), date("2022-05-01"))
	if added := adds(t, s, again, date("2022-05-02")); added.Acts != len(again.Acts)-takenOverActs {
		t.Errorf("added %+v", added)
	}
	for id, cycle := range map[string]string{"early-warning": key, "again:early-warning": "again", "again:act-1": "again"} {
		if subject, _, err := s.FindStated(t.Context(), id); err != nil || subject.Cycle != cycle {
			t.Errorf("%s is an act of %q, %v; want one of %s", id, subject.Cycle, err, cycle)
		}
	}
	out := goesOut(t, s, "again")
	for i, act := range out.Acts {
		if given := again.Acts[i]; act.ID != given.ID || act.Confirms != given.Confirms {
			t.Errorf("%s, which names %s, leaves as %s, which names %s", given.ID, given.Confirms, act.ID, act.Confirms)
		}
	}
}

// Whose name was taken out of the records is nobody new.
func TestAdd_KnowsAgainWhatAnErasedPersonDid(t *testing.T) {
	t.Parallel()
	s, whole := storetest.New(t), rememberedPast()
	comesIn(t, s, whole, date("2022-05-01"))
	rows, err := s.ListRows(t.Context(), key, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	root := policy.Actor{Name: "Root", Body: policy.Operator}
	if err := s.Erase(t.Context(), root, rows[0].By.Person, time.Now()); err != nil {
		t.Fatal(err)
	}
	there := store.Added{ActsThere: len(whole.Acts), RowsThere: len(whole.Rows)}
	for name, past := range map[string]store.Past{"the folder of then": whole, "an export of now": goesOut(t, s, key)} {
		if added := adds(t, s, past, date("2022-05-02")); added != there {
			t.Errorf("%s: added %+v, want %+v", name, added, there)
		}
	}
}

// chains makes the trail of a dossier anew after something was changed in it, as whoever may
// write everything would.
func chains(t *testing.T, d *evidence.Dossier, turns func(*evidence.Line, *evidence.ActRecord, *evidence.AdditionRecord)) {
	t.Helper()
	previous := evidence.Genesis(d.Cycle)
	for i := range d.Trail {
		line := &d.Trail[i]
		var act evidence.ActRecord
		var addition evidence.AdditionRecord
		var record any
		switch {
		case slices.Contains(policy.ActKinds, policy.ActKind(line.Act)):
			record = &act
		case line.Act == evidence.LineImport && line.Sequence > 1:
			record = &addition
		}
		if record != nil {
			if err := json.Unmarshal(d.Records[line.Sequence], record); err != nil {
				t.Fatal(err)
			}
		}
		turns(line, &act, &addition)
		if record != nil {
			text, err := evidence.Canonical(record)
			if err != nil {
				t.Fatal(err)
			}
			d.Records[line.Sequence], line.Record = text, evidence.Digest(text)
		}
		chained, err := evidence.Chain(previous, *line)
		if err != nil {
			t.Fatal(err)
		}
		*line, previous = chained, chained.Hash
	}
	d.Shown.Cycle.Head = previous
}

func TestFindAudit_FindsWhatNoImportMayHaveAdded(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		turns func(*evidence.Line, *evidence.ActRecord, *evidence.AdditionRecord)
		says  []string // none is sound
	}{
		"as it was": {func(*evidence.Line, *evidence.ActRecord, *evidence.AdditionRecord) {}, nil},
		"after an act that was recorded here": {func(_ *evidence.Line, act *evidence.ActRecord, _ *evidence.AdditionRecord) {
			if act.Kept.ID == "act-1" {
				act.Channel = "update"
			}
		}, []string{"says that an import added what was forgotten", "early-warning came by import, and so without a seal"}},
		"to a cycle that was started here": {func(line *evidence.Line, _ *evidence.ActRecord, _ *evidence.AdditionRecord) {
			if line.Sequence == 1 {
				line.Act = evidence.LineStart
			}
		}, []string{"says that an import added what was forgotten", "early-warning came by import, and so without a seal"}},
		"at another instant": {func(line *evidence.Line, act *evidence.ActRecord, _ *evidence.AdditionRecord) {
			if line.ActID == "early-warning" {
				line.Recorded = line.Recorded.Add(time.Second)
				act.Recorded = line.Recorded
			}
		}, []string{"early-warning came by import, and so without a seal"}},
		"more than it says": {func(_ *evidence.Line, _ *evidence.ActRecord, addition *evidence.AdditionRecord) { addition.Acts-- },
			[]string{"early-warning came by an import that says that it adds less"}},
		"more rows than it says": {func(_ *evidence.Line, _ *evidence.ActRecord, addition *evidence.AdditionRecord) { addition.Rows = 0 },
			[]string{"came by an import that says that it adds less"}},
		"in another place": {func(_ *evidence.Line, _ *evidence.ActRecord, addition *evidence.AdditionRecord) { addition.Line-- },
			[]string{"tells of something else than what is recorded with it", "early-warning came by import"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := forgets(t)
			adds(t, s, rememberedPast(), date("2022-05-02"))
			d, err := s.FindAudit(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			d.Made = d.Trail[len(d.Trail)-1].Recorded
			chains(t, d, test.turns)
			found := faultsOf(d.Verify(nil))
			if test.says == nil && len(found) > 0 {
				t.Errorf("found %v", found)
			}
			for _, says := range test.says {
				if !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, says) }) {
					t.Errorf("not found: %s; found %v", says, found)
				}
			}
		})
	}
}

// With a stolen login nobody adds anything that is not found: serve has the key.
func TestFindAudit_FindsAnAdditionWithoutTheSeal(t *testing.T) {
	t.Parallel()
	i := &institution{people: map[string]policy.Actor{}}
	i.desk, i.worker, i.signer, i.ring = sealedDesk(t)
	asOwner(t, i.url, "UPDATE sealed_from SET entries = '2020-01-01'")
	official := policy.Actor{Person: i.comes("anna", "2021-01-01", "official@general-secretariat"), Body: policy.GeneralSecretariat}
	past := rememberedPast()
	past.By = official
	if err := i.Import(t.Context(), begun(past, takenOverActs, takenOverRows)); err != nil {
		t.Fatal(err)
	}
	past.Now = noon("2022-05-02")
	if _, err := i.worker.Add(t.Context(), past); policy.CodeOf(err) != policy.CodeSeal {
		t.Errorf("without the key of serve: %v", err)
	}
	if added, err := i.Add(t.Context(), begun(past, takenOverActs+2, takenOverRows)); err != nil || added.Acts != 2 {
		t.Fatalf("%+v, %v", added, err)
	}
	if r := checks(t, i.Store, i.ring); !r.OK() {
		t.Fatalf("by serve: %s", faultsOf(r))
	}
	past.Now = noon("2022-05-03")
	past.Rows = past.Rows[:takenOverRows]
	if _, err := i.unsealed(storetest.Serve).Add(t.Context(), past); err != nil {
		t.Fatal(err)
	}
	if r := checks(t, i.Store, i.ring); !slices.ContainsFunc(faultsOf(r), func(f string) bool { return strings.Contains(f, "the import bears no seal") }) {
		t.Errorf("by a thief: %s", faultsOf(r))
	}
}
