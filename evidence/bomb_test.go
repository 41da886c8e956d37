package evidence_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

// repacked gives the archive of a dossier with files changed or added; nil takes one
// out.
func repacked(t *testing.T, d *evidence.Dossier, change map[string]func(was []byte) io.Reader) []byte {
	t.Helper()
	var whole, out bytes.Buffer
	if err := evidence.WriteDossier(&whole, d); err != nil {
		t.Fatal(err)
	}
	in, err := zip.NewReader(bytes.NewReader(whole.Bytes()), int64(whole.Len()))
	if err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(&out)
	put := func(name string, text io.Reader) {
		w, err := archive.Create(name)
		if err == nil {
			_, err = io.Copy(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range in.File {
		opened, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(opened)
		if err != nil {
			t.Fatal(err)
		}
		if to, is := change[f.Name]; is {
			delete(change, f.Name)
			put(f.Name, to(text))
		} else {
			put(f.Name, bytes.NewReader(text))
		}
	}
	for name, to := range change {
		put(name, to(nil))
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// zeros are many zeros that weigh nothing in an archive.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// A small file that unpacks to gigabytes is checked in the memory of a small one.
func TestReadDossier_UnpacksGigabytesWithoutMemory(t *testing.T) { //nolint:paralleltest // it measures the memory of the process
	o := newOffice(t)
	bombs := map[string]func([]byte) io.Reader{}
	for i := range 6 {
		bombs[fmt.Sprintf("contents/%064x", i)] = func([]byte) io.Reader { return io.LimitReader(zeros{}, 64<<20) }
	}
	archive := repacked(t, o.kept(t, 5), bombs)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d, err := evidence.ReadDossier(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	r := d.Verify(o.ring)
	runtime.ReadMemStats(&after)
	if len(r.Faults) != 6 || r.Contents != 11 {
		t.Errorf("%d contents, %d of them wrong", r.Contents, len(r.Faults))
	}
	took := (after.TotalAlloc - before.TotalAlloc) >> 20
	if took > 32 {
		t.Errorf("384 MiB of zeros took %d MiB", took)
	}
	t.Logf("an archive of %d KiB that unpacks to 384 MiB took %d MiB", len(archive)>>10, took)
}

func TestReadDossier_RefusesWhatNoDossierHolds(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const size = 65 << 20
	for name, change := range map[string]map[string]func([]byte) io.Reader{
		"a content that is too large": {"contents/" + strings.Repeat("0", 64): func([]byte) io.Reader { return io.LimitReader(zeros{}, size) }},
		"a record that is too large":  {"records/9.json": func([]byte) io.Reader { return io.LimitReader(zeros{}, size/2) }},
		"a line that never ends":      {"trail.jsonl": func([]byte) io.Reader { return io.LimitReader(zeros{}, size/2) }},
		"a record under two names":    {"records/01.json": func([]byte) io.Reader { return strings.NewReader("{}") }},
		"a manifest that says two things": {"manifest.json": func(was []byte) io.Reader {
			return bytes.NewReader(bytes.Replace(was, []byte("{"), []byte(`{"Cycle":"other",`), 1))
		}},
		"a line that says two things": {"trail.jsonl": func(was []byte) io.Reader {
			return bytes.NewReader(bytes.Replace(was, []byte("{"), []byte(`{"accepted":false,`), 1))
		}},
		"people with two names": {"people.json": func([]byte) io.Reader { return strings.NewReader(`{"7":"Eva","7":"Bert"}`) }},
		"a stranger":            {"setup.exe": func([]byte) io.Reader { return strings.NewReader("MZ") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			archive := repacked(t, o.kept(t, 2), change)
			if _, err := evidence.ReadDossier(bytes.NewReader(archive), int64(len(archive))); policy.CodeOf(err) != policy.CodeInvalid {
				t.Errorf("%v", err)
			}
		})
	}
}

// A record that says two things under one key is not as it was written, whichever of
// the two a reader believes.
func TestDossierVerify_FindsARecordThatSaysTwoThings(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	archive := repacked(t, o.kept(t, 3), map[string]func([]byte) io.Reader{"records/2.json": func(was []byte) io.Reader {
		return bytes.NewReader(bytes.Replace(was, []byte("{"), []byte(`{"channel":"import",`), 1))
	}})
	d, err := evidence.ReadDossier(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	if r := d.Verify(o.ring); r.OK() || r.Faults[0].Kind != evidence.FaultEdited || r.Faults[0].Sequence != 2 {
		t.Errorf("%+v", r)
	}
}

// What was read can be written again, as it is when it comes from another machine.
func TestWriteDossier_WritesADossierAsItWasRead(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var first, second bytes.Buffer
	if err := evidence.WriteDossier(&first, o.kept(t, 4)); err != nil {
		t.Fatal(err)
	}
	read, err := evidence.ReadDossier(bytes.NewReader(first.Bytes()), int64(first.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if err := evidence.WriteDossier(&second, read); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) || read.RecordCount() != 4 {
		t.Errorf("%d bytes and %d, %d records, %v", first.Len(), second.Len(), read.RecordCount(), err)
	}
}
