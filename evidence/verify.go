package evidence

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// Report says what checking a dossier has shown.
type Report struct {
	Cycle        string `json:"cycle"`
	Lines        int    `json:"lines"`
	Records      int    `json:"records"`
	SealedActs   int    `json:"sealed_acts"`
	UnsealedActs int    `json:"unsealed_acts"`
	Contents     int    `json:"contents"`
	Checkpoints  int    `json:"checkpoints"`
	// Covered is how many lines the latest checkpoint vouches for.
	Covered int64 `json:"covered"`
	// Subjects is how many subjects are shown to stand where what was recorded leaves them,
	// or not: so many were compared.
	Subjects int `json:"subjects"`
	// Trusted says that the keys came from elsewhere than what was checked:
	// whoever can write that anew can put keys of their own there.
	Trusted bool     `json:"trusted"`
	Keys    []string `json:"keys"` // IDs
	// Faults lists what does not stand up, the first line first.
	Faults []Fault `json:"faults"`
	// Unchecked lists what could not be checked, and why.
	Unchecked []Unchecked `json:"unchecked"`
}

// Unchecked is something that could not be checked: it is not called sound.
type Unchecked struct {
	Message string `json:"message"`
	// Said is of what the message was made.
	Said policy.Sentence `json:"-"`
}

// OK says that nothing was found wrong.
func (r *Report) OK() bool { return len(r.Faults) == 0 }

// Verify checks a dossier: the chain, that each line's record is what was
// recorded with it, that each could come about after those before it, that what is shown
// follows from them, the seals, the contents, and the checkpoints. Keys are those
// that are trusted; with nil, those that came with the dossier. Further signed
// checkpoints, from wherever they were exported to, may be given.
func (d *Dossier) Verify(trusted *Keyring, further ...[]byte) *Report {
	r := &Report{Cycle: d.Cycle, Lines: len(d.Trail), Records: d.RecordCount(), Trusted: trusted != nil, Faults: []Fault{}, Unchecked: []Unchecked{}}
	r.Contents = len(d.Contents) + len(d.packedContents)
	keys := trusted
	if keys == nil {
		var err error
		if keys, err = ParseKeyring(d.Keys); err != nil {
			r.add(fault(0, FaultSeal, "the public keys cannot be read: %s", err))
			keys = &Keyring{}
		}
	}
	r.Keys = keys.IDs()
	r.add(VerifyLines(d.Cycle, d.Trail)...)
	v := verifier{Dossier: d, report: r, keys: keys, course: newCourse()}
	v.people()
	v.records()
	v.contents()
	v.compares()
	v.checkpoints(further)
	slices.SortStableFunc(r.Faults, func(a, b Fault) int { return cmp.Compare(a.Sequence, b.Sequence) })
	return r
}

func (r *Report) add(faults ...Fault) { r.Faults = append(r.Faults, faults...) }

type verifier struct {
	*Dossier
	report *Report
	keys   *Keyring
	course *course
	// said is what counts of the lines on people, by the number of the person, and strangers are
	// the acts of those on whom there is none.
	said      map[int64][]PersonLine
	strangers int
	latest    time.Time // when the latest of the lines so far was recorded
}

// records holds each record against its line, and each act against its seal.
func (v *verifier) records() {
	known := map[int64]bool{}
	for _, line := range v.Trail {
		known[line.Sequence] = true
		record, there := v.record(line.Sequence)
		switch {
		case line.Record == "" && there:
			v.report.add(fault(line.Sequence, FaultExtra, "line %d records nothing, and yet there is a record of it", line.Sequence))
		case line.Record == "":
			v.derives(line, nil)
		case !there:
			v.report.add(fault(line.Sequence, FaultMissing, "what line %d records, %s %s, is missing", line.Sequence, line.Act, line.ActID))
		case Digest(record) != line.Record:
			v.report.add(fault(line.Sequence, FaultEdited, "what line %d records, %s %s, is not as it was written", line.Sequence, line.Act, line.ActID))
		default:
			v.derives(line, record)
		}
		if line.Recorded.After(v.latest) {
			v.latest = line.Recorded
		}
	}
	if v.strangers > 0 {
		v.unchecked("of those who did %d acts nothing recorded under seal says which role they had: they came before there was a provider", v.strangers)
	}
	for _, sequence := range v.recorded() {
		if !known[sequence] {
			v.report.add(fault(sequence, FaultExtra, "there is a record of line %d, which is not in the trail", sequence))
		}
	}
}

// mostAct is the most bytes that the record of an act may have: its envelope and what
// is kept of it.
const mostAct = 16 * MaxEnvelope

// act checks the envelope of an act: that it states what is kept, and its seal. It gives
// the record with what is stated, and whether both can be read.
func (v *verifier) act(line Line, record json.RawMessage) (r ActRecord, stated policy.Act, read bool) {
	var e Envelope
	if len(record) > mostAct || policy.Read(record, &r) != nil || len(r.Envelope) == 0 || policy.Read(r.Envelope, &e) != nil {
		v.report.add(fault(line.Sequence, FaultEdited, "the envelope of %s cannot be read", line.ActID))
		return r, stated, false
	}
	if e.ID != line.ActID || !states(e, r.Kept) {
		v.report.add(fault(line.Sequence, FaultEdited, "what is kept of %s is not what its envelope states", line.ActID))
	}
	v.references(line, e.Act)
	v.seal(line, r.Channel, e)
	return r, e.Act, true
}

func (v *verifier) seal(line Line, channel string, e Envelope) {
	if e.Signature == "" {
		if v.report.UnsealedActs++; v.Sealed && channel != ChannelImport && channel != ChannelCalendar {
			v.report.add(fault(line.Sequence, FaultSeal, "%s bears no seal", line.ActID))
		}
		return
	}
	v.report.SealedActs++
	if err := v.keys.VerifyRecorded(e); err != nil {
		v.report.add(fault(line.Sequence, FaultSeal, "%s: %s", line.ActID, err))
	}
}

// states says whether an envelope states what is kept of its act: all but the
// number that a version was given, and outcomes of items that were made explicit.
func states(e Envelope, kept policy.Recorded) bool {
	said := e.Act
	said.Items, said.Version = kept.Items, kept.Version
	a, err := Canonical(said)
	b, other := Canonical(kept.Act)
	return err == nil && other == nil && bytes.Equal(a, b) && e.ID == kept.ID
}

// references makes sure that what an act refers to is there.
func (v *verifier) references(line Line, act policy.Act) {
	refers := act.Content
	if act.Kind == policy.ActAmend {
		refers = act.Digest
	}
	if refers != "" && !v.holds(refers) {
		v.report.add(fault(line.Sequence, FaultMissing, "the content %s of %s is missing", refers, line.ActID))
	}
}

func (v *verifier) contents() {
	sums := v.sums()
	for _, digest := range slices.Sorted(maps.Keys(sums)) {
		if sums[digest] != digest {
			v.report.add(fault(0, FaultEdited, "the content %s is not as it was written", digest))
		}
	}
}

func (v *verifier) checkpoints(further [][]byte) {
	var opened []Checkpoint
	for _, signed := range append(slices.Clone(v.Checkpoints), further...) {
		c, err := v.keys.OpenCheckpoint(signed)
		if err != nil {
			v.report.add(fault(0, FaultCheckpoint, "%s", err))
			continue
		}
		opened = append(opened, c)
		v.report.Covered = max(v.report.Covered, c.Size)
	}
	v.report.Checkpoints = len(opened)
	v.report.add(VerifyCheckpoints(v.Trail, opened)...)
}
