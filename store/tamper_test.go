package store_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// guarded is a database in which a cycle was recorded under seal, with the keys
// to believe and the checkpoint that was exported: it vouches for all but the
// last act.
type guarded struct {
	url        string
	ring       *evidence.Keyring
	checkpoint []byte
}

func guard(t *testing.T) guarded {
	t.Helper()
	private, public, err := evidence.NewKey(rand.Reader, "office.example.eu")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := evidence.ParseSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	g := guarded{url: storetest.URL(t)}
	if g.ring, err = evidence.ParseKeyring([]byte(public)); err != nil {
		t.Fatal(err)
	}
	s := g.opens(t, g.url)
	d := definition()
	d.Stores = []string{"assessment", "warnings"}
	if _, err := s.StartCycle(t.Context(), store.NewCycle{ID: key, Definition: d, By: anna, Now: noon("2021-01-02")}); err != nil {
		t.Fatal(err)
	}
	look(t, s, "2021-01-02")
	content, err := s.PutContent(t.Context(), "application/json", []byte(`{"kind":"SOCTA"}`))
	if err != nil {
		t.Fatal(err)
	}
	does := func(id, day string, act policy.Act) policy.Receipt {
		t.Helper()
		act.Date = date(day)
		look(t, s, day)
		who, err := s.PrincipalOf(t.Context(), act.By)
		if err != nil {
			t.Fatal(err)
		}
		act.By = who.Actor
		e, err := evidence.Enclose(id, "cycle/"+key, evidence.Nameless(act), time.Now())
		if err == nil {
			e, err = signer.Seal(e)
		}
		if err != nil {
			t.Fatal(err)
		}
		answer, err := s.Record(t.Context(), store.Recording{Run: theCycle, Now: noon(day), Received: time.Now(), Channel: "update", Envelope: e})
		if err != nil || answer.Refusal != nil {
			t.Fatalf("%s: %v %v", id, err, answer.Refusal)
		}
		return answer.Receipt
	}
	handed := assessment("2021-04-10")
	handed.Content = content
	does("assessment", "2021-04-10", handed)
	priorities := policy.Act{Kind: policy.ActSubmit, Subject: on("priorities"), By: policy.Actor{Name: "Eva", Body: policy.Presidency}, Digest: "sha256:p"}
	does("proposal", "2021-04-20", priorities)
	settles := policy.Act{
		Kind: policy.ActDecide, Subject: on("priorities"), By: anna, Body: policy.Council, Outcome: policy.Adopted, Procedure: policy.Meeting,
		Document: "ST 1/21 INIT", Version: 1, Digest: "sha256:p", SkipReason: "they did not meet", Comment: "as agreed",
	}
	does("council", "2021-05-26", settles)
	_, stated, err := s.FindStated(t.Context(), "council")
	if err != nil {
		t.Fatal(err)
	}
	does("confirmed", "2021-05-26", policy.Act{
		Kind: policy.ActConfirm, Subject: on("priorities"), By: policy.Actor{Name: "Bert", Body: policy.GeneralSecretariat}, Confirms: "council", Digest: stated,
	})
	warning := policy.Row{Register: policy.RegWarnings, Key: "ghost-guns", Date: date("2021-06-01"), Body: &policy.Warning{Title: "Ghost guns", Area: "firearms"}}
	if ps := warning.Problems(); len(ps) > 0 {
		t.Fatalf("%+v", ps)
	}
	if _, err := enter(t, s, "warned", "2021-06-02", policy.Europol, warning); err != nil {
		t.Fatal(err)
	}
	heads, err := s.Heads(t.Context())
	if err != nil || len(heads) != 1 {
		t.Fatalf("%v, %v", heads, err)
	}
	heads[0].At = time.Now().UTC().Truncate(time.Second)
	if g.checkpoint, err = signer.Checkpoint(heads[0]); err != nil {
		t.Fatal(err)
	}
	if err := s.PutCheckpoint(t.Context(), heads[0], g.checkpoint); err != nil {
		t.Fatal(err)
	}
	does("last", "2021-07-01", policy.Act{
		Kind: policy.ActOpen, Subject: on("item/ukraine"), By: policy.Actor{Name: "Eva", Body: policy.Presidency},
		Opening: &policy.Opening{Title: "Ukraine", Due: date("2021-09-01"), Through: []policy.Body{policy.COSI}},
	})
	s.Close()
	return g
}

func (g guarded) opens(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, store.Options{Asserted: true, Sealed: true, Keys: g.ring})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// verifies checks a database twice: as it stands, and as a dossier that was
// written to a file and read again. further are checkpoints that were exported.
func (g guarded) verifies(t *testing.T, url string, further ...[]byte) *evidence.Report {
	t.Helper()
	return checks(t, g.opens(t, url), g.ring, further...)
}

// checks checks the records of a store twice, as verifies does.
func checks(t *testing.T, s *store.Store, ring *evidence.Keyring, further ...[]byte) *evidence.Report {
	t.Helper()
	d, err := s.FindAudit(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	d.Made = time.Now()
	online := d.Verify(ring, further...)
	var file bytes.Buffer
	if err := evidence.WriteDossier(&file, d); err != nil {
		t.Fatal(err)
	}
	read, err := evidence.ReadDossier(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if offline := read.Verify(ring, further...); !cmp.Equal(offline.Faults, online.Faults) {
		t.Errorf("offline %+v, in the database %+v", offline.Faults, online.Faults)
	}
	return online
}

// What a superuser does to the records with SQL is found, and the first bad line
// is named.
func TestFindAudit_ShowsWhateverASuperuserDid(t *testing.T) {
	t.Parallel()
	g := guard(t)
	if r := g.verifies(t, storetest.Copy(t, g.url), g.checkpoint); !r.OK() || r.SealedActs != 5 || r.Checkpoints != 2 || r.Subjects != 3 || len(r.Unchecked) > 0 {
		t.Fatalf("untouched: %+v", r)
	}
	lines := "(SELECT sequence FROM trail WHERE act_id = '%s' AND accepted)"
	at := func(act string) string { return fmt.Sprintf(lines, act) }
	for name, test := range map[string]struct {
		sql   string
		kind  evidence.FaultKind
		first string // the act whose line is the first bad one
	}{
		"another outcome":               {"UPDATE decisions SET outcome = 'not-agreed' WHERE act = 'council'", evidence.FaultEdited, "council"},
		"another body":                  {"UPDATE decisions SET body = 'cosi' WHERE act = 'council'", evidence.FaultEdited, "council"},
		"another meeting":               {"UPDATE decisions SET meeting = 'another' WHERE act = 'council'", evidence.FaultEdited, "council"},
		"an item not agreed":            {"UPDATE decision_items SET outcome = 'not-agreed' WHERE item = 'drugs'", evidence.FaultEdited, "council"},
		"an item taken out":             {"DELETE FROM decision_items WHERE item = 'drugs'", evidence.FaultEdited, "council"},
		"a decision taken out":          {"DELETE FROM decisions WHERE act = 'council'", evidence.FaultEdited, "council"},
		"another date":                  {"UPDATE acts SET date = '2021-05-25' WHERE id = 'council'", evidence.FaultEdited, "council"},
		"another register number":       {"UPDATE acts SET document = 'ST 2/21 INIT' WHERE id = 'council'", evidence.FaultEdited, "council"},
		"another comment":               {"UPDATE acts SET comment = '' WHERE id = 'council'", evidence.FaultEdited, "council"},
		"another digest":                {"UPDATE acts SET digest = 'sha256:q' WHERE id = 'proposal'", evidence.FaultEdited, "proposal"},
		"another person":                {"UPDATE acts SET person = (SELECT person FROM acts WHERE id = 'confirmed') WHERE id = 'council'", evidence.FaultEdited, "council"},
		"on behalf of another":          {"UPDATE acts SET principal = (SELECT person FROM acts WHERE id = 'proposal') WHERE id = 'confirmed'", evidence.FaultEdited, "confirmed"},
		"recorded at another time":      {"UPDATE acts SET recorded_at = recorded_at - interval '1 day' WHERE id = 'council'", evidence.FaultEdited, "council"},
		"by another channel":            {"UPDATE acts SET channel = 'import' WHERE id = 'council'", evidence.FaultEdited, "council"},
		"the seal taken off":            {"UPDATE acts SET envelope = convert_to(replace(convert_from(envelope, 'UTF8'), '\"signature\"', '\"comment\"'), 'UTF8') WHERE id = 'council'", evidence.FaultEdited, "council"},
		"a confirmation of another act": {"UPDATE acts SET rests_on = 'proposal' WHERE id = 'confirmed'", evidence.FaultEdited, "confirmed"},
		"an act taken out":              {"DELETE FROM acts WHERE id = 'confirmed'", evidence.FaultMissing, "confirmed"},
		"an act without a line":         {"DELETE FROM trail WHERE sequence = " + at("last"), evidence.FaultExtra, "last"},
		"a line edited":                 {"UPDATE trail SET message = 'all is well' WHERE act_id = 'council'", evidence.FaultEdited, "council"},
		"a line's person":               {"UPDATE trail SET person = (SELECT person FROM acts WHERE id = 'proposal') WHERE act_id = 'council'", evidence.FaultEdited, "council"},
		"a line's hash":                 {"UPDATE trail SET hash = 'sha256:00' WHERE act_id = 'council'", evidence.FaultEdited, "council"},
		"a line taken out":              {"DELETE FROM trail WHERE act_id = 'council'", evidence.FaultMissing, "council"},
		"a row edited":                  {"UPDATE register_rows SET body = body || '{\"title\": \"Toys\"}'", evidence.FaultEdited, "warned"},
		"a row's date":                  {"UPDATE register_rows SET date = '2021-01-05'", evidence.FaultEdited, "warned"},
		"a row taken out":               {"DELETE FROM register_rows", evidence.FaultEdited, "warned"},
		"an entry taken out":            {"DELETE FROM entries", evidence.FaultMissing, "warned"},
		"the definition edited":         {"UPDATE definitions SET body = body || '{\"title\": \"Another\"}'", evidence.FaultEdited, ""},
		"a content edited":              {"UPDATE contents SET body = '{}'", evidence.FaultEdited, "no line"},
		"a content taken out":           {"DELETE FROM contents", evidence.FaultMissing, "assessment"},
		"two lines swapped": {"ALTER TABLE trail DROP CONSTRAINT trail_pkey; UPDATE trail SET sequence = CASE act_id WHEN 'council' THEN " + at("confirmed") + " ELSE " + at("council") +
			" END WHERE act_id IN ('council', 'confirmed')", evidence.FaultEdited, "council"},
		"the tail cut off past the checkpoint": {"DELETE FROM trail WHERE sequence >= " + at("confirmed"), evidence.FaultTruncated, "confirmed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := storetest.Copy(t, g.url)
			first := int64(0)
			for _, line := range g.lines(t, url) {
				if line.ActID == test.first {
					first = line.Sequence
				}
			}
			if test.first == "" {
				first = 1
			}
			storetest.Tamper(t, url, test.sql)
			r := g.verifies(t, url, g.checkpoint)
			if !slices.ContainsFunc(r.Faults, func(f evidence.Fault) bool { return f.Kind == test.kind && f.Sequence == first }) {
				t.Errorf("found %+v, want %s at line %d", r.Faults, test.kind, first)
			}
		})
	}
}

func (g guarded) lines(t *testing.T, url string) []evidence.Line {
	t.Helper()
	audit, err := g.opens(t, url).FindAudit(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return audit.Trail
}

// Somebody who may write everything, and knows how the trail is made, but has no
// key, writes it anew.
func TestFindAudit_ShowsARecordWrittenAnewWithoutTheKey(t *testing.T) {
	t.Parallel()
	g := guard(t)
	url := storetest.Copy(t, g.url)
	storetest.Tamper(t, url, "UPDATE decisions SET outcome = 'adopted-with-amendments' WHERE act = 'council'")
	storetest.Tamper(t, url, "UPDATE acts SET envelope = convert_to(replace(convert_from(envelope, 'UTF8'), '\"adopted\"', '\"adopted-with-amendments\"'), 'UTF8') WHERE id = 'council'")
	audit, err := g.opens(t, url).FindAudit(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	previous := evidence.Genesis(key)
	for _, line := range audit.Trail {
		if record, there := audit.Records[line.Sequence]; there {
			line.Record = evidence.Digest(record)
		}
		if line, err = evidence.Chain(previous, line); err != nil {
			t.Fatal(err)
		}
		previous = line.Hash
		storetest.Tamper(t, url, fmt.Sprintf("UPDATE trail SET record = '%s', previous = '%s', hash = '%s' WHERE sequence = %d", line.Record, line.Previous, line.Hash, line.Sequence))
	}
	storetest.Tamper(t, url, "DELETE FROM checkpoints")
	kinds := map[evidence.FaultKind]bool{}
	for _, f := range g.verifies(t, url, g.checkpoint).Faults {
		kinds[f.Kind] = true
	}
	if !kinds[evidence.FaultRewritten] || !kinds[evidence.FaultSeal] {
		t.Errorf("found %v, want the checkpoint that was exported and the seal to show it", kinds)
	}
}
