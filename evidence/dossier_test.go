package evidence_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

const cycle = "empact"

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// reporter is a test of either kind.
type reporter interface {
	Helper()
	Fatal(args ...any)
}

// office is who seals: a signer and those who believe it.
type office struct {
	*evidence.Signer
	ring *evidence.Keyring
}

func newOffice(tb reporter) office {
	tb.Helper()
	private, public, err := evidence.NewKey(rand.Reader, "policycycle.example.eu")
	if err != nil {
		tb.Fatal(err)
	}
	signer, err := evidence.ParseSigner(private)
	if err != nil {
		tb.Fatal(err)
	}
	return office{signer, keyring(tb, public)}
}

func keyring(tb reporter, lines ...string) *evidence.Keyring {
	tb.Helper()
	ring, err := evidence.ParseKeyring([]byte(strings.Join(lines, "\n")))
	if err != nil {
		tb.Fatal(err)
	}
	return ring
}

func (o office) seals(tb reporter, act policy.Act, at time.Time) evidence.Envelope {
	tb.Helper()
	e, err := evidence.Enclose("", "cycle/"+cycle, act, at)
	if err == nil {
		e, err = o.Seal(e)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// kept is a dossier of a cycle in which n acts were recorded, with a checkpoint
// in the middle.
func (o office) kept(tb reporter, n int) *evidence.Dossier {
	tb.Helper()
	d := &evidence.Dossier{
		Cycle: cycle, Made: noon, Sealed: true, Keys: o.ring.Text(), Summary: "# A cycle\n", People: map[int64]string{7: "Eva"},
		Records: map[int64]json.RawMessage{}, Contents: map[string][]byte{},
	}
	previous := evidence.Genesis(cycle)
	for i := 1; i <= n; i++ {
		a := act()
		a.By = policy.Actor{Person: 7, Body: policy.Europol}
		content := fmt.Appendf(nil, `{"version":%d}`, i)
		a.Content = evidence.Digest(content)
		d.Contents[a.Content] = content
		e := o.seals(tb, a, noon)
		envelope, err := evidence.Canonical(e)
		if err != nil {
			tb.Fatal(err)
		}
		record, err := evidence.Canonical(evidence.ActRecord{Envelope: envelope, Kept: policy.Recorded{Act: a, ID: e.ID, ArrivedOn: a.Date}, Channel: "update", Recorded: noon})
		if err != nil {
			tb.Fatal(err)
		}
		line, err := evidence.Chain(previous, evidence.Line{
			Cycle: cycle, Sequence: int64(i), Recorded: noon, On: a.Date, Act: "submit", ActID: e.ID, Path: "assessment", Person: 7,
			Body: policy.Europol, Accepted: true, Record: evidence.Digest(record),
		})
		if err != nil {
			tb.Fatal(err)
		}
		previous = line.Hash
		d.Trail, d.Records[line.Sequence] = append(d.Trail, line), record
		if i == (n+1)/2 {
			signed, err := o.Checkpoint(evidence.Checkpoint{Cycle: cycle, Size: line.Sequence, Hash: line.Hash, At: noon})
			if err != nil {
				tb.Fatal(err)
			}
			d.Checkpoints = append(d.Checkpoints, signed)
		}
	}
	return d
}

// rechain writes a trail anew from its first line on, as somebody would who
// knows how it is made but has no key.
func rechain(d *evidence.Dossier) {
	previous := evidence.Genesis(d.Cycle)
	for i := range d.Trail {
		d.Trail[i].Sequence = int64(i + 1)
		d.Trail[i], _ = evidence.Chain(previous, d.Trail[i])
		previous = d.Trail[i].Hash
	}
}

func TestDossierVerify_FindsNoFaultsWhereAllIsInOrder(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	d := o.kept(t, 5)
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if err := evidence.WriteDossier(out, d); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same dossier is written in two ways")
	}
	read, err := evidence.ReadDossier(bytes.NewReader(first.Bytes()), int64(first.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for name, keys := range map[string]*evidence.Keyring{"keys from elsewhere": o.ring, "its own keys": nil} {
		r := read.Verify(keys)
		if !r.OK() || r.Lines != 5 || r.SealedActs != 5 || r.Contents != 5 || r.Checkpoints != 1 || r.Covered != 3 || r.Trusted != (keys != nil) {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if read.People[7] != "Eva" || read.Summary != d.Summary {
		t.Errorf("%+v", read)
	}
}

func TestDossierVerify_FindsEveryTamperingAndItsFirstLine(t *testing.T) {
	t.Parallel()
	o, forger := newOffice(t), newOffice(t)
	for name, test := range map[string]struct {
		tamper func(*evidence.Dossier)
		kind   evidence.FaultKind
		first  int64
	}{
		"a message is edited":     {func(d *evidence.Dossier) { d.Trail[1].Message = "all is well" }, evidence.FaultEdited, 2},
		"a person is replaced":    {func(d *evidence.Dossier) { d.Trail[3].Person = 8 }, evidence.FaultEdited, 4},
		"a date is edited":        {func(d *evidence.Dossier) { d.Trail[0].On = policy.NewDate(2020, 1, 1) }, evidence.FaultEdited, 1},
		"a line is deleted":       {func(d *evidence.Dossier) { d.Trail = slices.Delete(d.Trail, 1, 2) }, evidence.FaultMissing, 2},
		"the first is deleted":    {func(d *evidence.Dossier) { d.Trail = d.Trail[1:] }, evidence.FaultMissing, 1},
		"two lines are swapped":   {func(d *evidence.Dossier) { d.Trail[1], d.Trail[2] = d.Trail[2], d.Trail[1] }, evidence.FaultMissing, 2},
		"a line is there twice":   {func(d *evidence.Dossier) { d.Trail = slices.Insert(d.Trail, 2, d.Trail[1]) }, evidence.FaultOrder, 2},
		"everything is deleted":   {func(d *evidence.Dossier) { d.Trail = nil }, evidence.FaultMissing, 1},
		"cut off past the check":  {func(d *evidence.Dossier) { d.Trail = d.Trail[:2] }, evidence.FaultTruncated, 3},
		"another cycle's line":    {func(d *evidence.Dossier) { d.Trail[2].Cycle = "other" }, evidence.FaultEdited, 3},
		"a record is edited":      {func(d *evidence.Dossier) { edit(d, 4, "2021-04-12", "2021-04-11") }, evidence.FaultEdited, 4},
		"a record is deleted":     {func(d *evidence.Dossier) { delete(d.Records, 4) }, evidence.FaultMissing, 4},
		"a record is added":       {func(d *evidence.Dossier) { d.Records[9] = d.Records[1] }, evidence.FaultExtra, 9},
		"a content is edited":     {func(d *evidence.Dossier) { d.Contents[anyContent(d)] = []byte("{}") }, evidence.FaultEdited, 0},
		"a content is deleted":    {func(d *evidence.Dossier) { delete(d.Contents, contentOf(d, 2)) }, evidence.FaultMissing, 2},
		"written anew from start": {func(d *evidence.Dossier) { d.Trail[0].Person = 8; rechain(d) }, evidence.FaultRewritten, 3},
		"a record and its line":   {func(d *evidence.Dossier) { edit(d, 4, "2021-04-12", "2021-04-11"); relabel(d, 4); rechain(d) }, evidence.FaultSeal, 4},
		"sealed by another":       {func(d *evidence.Dossier) { forge(d, 5, forger); relabel(d, 5); rechain(d) }, evidence.FaultSeal, 5},
		"a checkpoint is edited": {func(d *evidence.Dossier) {
			d.Checkpoints[0] = bytes.Replace(d.Checkpoints[0], []byte("\n3\n"), []byte("\n2\n"), 1)
		}, evidence.FaultCheckpoint, 0},
		"no checkpoint, cut off": {func(d *evidence.Dossier) {
			d.Trail, d.Checkpoints = d.Trail[:4], nil
		}, evidence.FaultExtra, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := o.kept(t, 5)
			test.tamper(d)
			r := d.Verify(o.ring)
			if !slices.ContainsFunc(r.Faults, func(f evidence.Fault) bool { return f.Kind == test.kind && f.Sequence == test.first }) {
				t.Errorf("found %+v, want %s at line %d", r.Faults, test.kind, test.first)
			}
		})
	}
}

// edit changes what stands in a record, its envelope included.
func edit(d *evidence.Dossier, sequence int64, from, to string) {
	d.Records[sequence] = []byte(strings.ReplaceAll(string(d.Records[sequence]), from, to))
}

// relabel gives the line of a record the digest that the record has now.
func relabel(d *evidence.Dossier, sequence int64) {
	d.Trail[sequence-1].Record = evidence.Digest(d.Records[sequence])
}

// forge has another office seal what stands in a record.
func forge(d *evidence.Dossier, sequence int64, by office) {
	var r evidence.ActRecord
	var e evidence.Envelope
	if json.Unmarshal(d.Records[sequence], &r) != nil || json.Unmarshal(r.Envelope, &e) != nil {
		panic("no envelope")
	}
	e, _ = by.Seal(e)
	r.Envelope, _ = evidence.Canonical(e)
	d.Records[sequence], _ = evidence.Canonical(r)
}

func anyContent(d *evidence.Dossier) string { return contentOf(d, 1) }

func contentOf(d *evidence.Dossier, sequence int64) string {
	var r evidence.ActRecord
	if json.Unmarshal(d.Records[sequence], &r) != nil {
		panic("no record")
	}
	return r.Kept.Content
}

func TestDossierVerify_FindsRecordsLeftBehindByACut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	d := o.kept(t, 5)
	d.Trail = d.Trail[:4]
	delete(d.Records, 5)
	if r := d.Verify(o.ring); !r.OK() || r.Covered != 3 {
		t.Errorf("after the last checkpoint the tail can be cut off unseen, and the report says how far it reaches: %+v", r)
	}
	later, err := o.Checkpoint(evidence.Checkpoint{Cycle: cycle, Size: 5, Hash: evidence.Genesis("what it was"), At: noon})
	if err != nil {
		t.Fatal(err)
	}
	if r := d.Verify(o.ring, later); r.OK() || r.Faults[0].Kind != evidence.FaultTruncated {
		t.Errorf("a checkpoint that was exported shows it: %+v", r)
	}
}

func TestDossierVerify_FindsWhateverIsChangedInALine(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	rapid.Check(t, func(t *rapid.T) {
		d := o.kept(t, rapid.IntRange(1, 6).Draw(t, "acts"))
		at := rapid.IntRange(0, len(d.Trail)-1).Draw(t, "line")
		text, err := json.Marshal(d.Trail[at])
		if err != nil {
			t.Fatal(err)
		}
		var tree map[string]any
		if err := json.Unmarshal(text, &tree); err != nil {
			t.Fatal(err)
		}
		field := rapid.SampledFrom([]string{"act", "act_id", "path", "person", "principal", "code", "message", "record", "previous", "hash"}).Draw(t, "field")
		tree[field] = rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "to")
		if field == "person" || field == "principal" {
			tree[field] = rapid.IntRange(8, 99).Draw(t, "number")
		}
		if text, err = json.Marshal(tree); err != nil {
			t.Fatal(err)
		}
		d.Trail[at] = evidence.Line{}
		if err := json.Unmarshal(text, &d.Trail[at]); err != nil {
			t.Fatal(err)
		}
		if r := d.Verify(o.ring); r.OK() || r.Faults[0].Sequence > int64(at+1) {
			t.Fatalf("changing %s of line %d: %+v", field, at+1, r.Faults)
		}
	})
}

func FuzzDossier(f *testing.F) {
	o := newOffice(f)
	var whole bytes.Buffer
	if err := evidence.WriteDossier(&whole, o.kept(f, 2)); err != nil {
		f.Fatal(err)
	}
	f.Add(whole.Bytes())
	whole.Reset()
	if err := evidence.WriteDossier(&whole, begun(f, policytest.Sound())); err != nil {
		f.Fatal(err)
	}
	f.Add(whole.Bytes())
	f.Add([]byte("PK"))
	f.Fuzz(func(_ *testing.T, archive []byte) {
		if d, err := evidence.ReadDossier(bytes.NewReader(archive), int64(len(archive))); err == nil {
			d.Verify(o.ring)
		}
	})
}
