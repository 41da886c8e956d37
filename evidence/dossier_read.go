package evidence

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// What a dossier may hold at most, so that a file from anywhere can be opened. What
// stands in memory at once is bounded by most of the trail and of the small files, and
// by one record.
const (
	mostFiles  = 200_000
	mostLines  = 200_000
	mostLine   = 1 << 20  // bytes
	mostRecord = 32 << 20 // bytes: rows that were entered together
	mostFile   = 64 << 20 // bytes, of a content and of the trail
	mostSmall  = 64 << 20 // bytes, of all other files
	mostBytes  = 4 << 30  // bytes, unpacked
)

// ReadDossier reads a dossier: records and contents stay in the archive until Verify
// looks at them, one after the other. What the dossier says is not checked yet. The
// error has policy.CodeInvalid and names the file in the archive.
func ReadDossier(r io.ReaderAt, size int64) (*Dossier, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, policy.Refuse(policy.CodeInvalid, "this is no dossier: expected the archive that policycycle dossier export makes")
	}
	if len(archive.File) > mostFiles {
		return nil, policy.Refuse(policy.CodeInvalid, "the dossier has %d files: at most %d are read", len(archive.File), mostFiles)
	}
	in := dossierReader{left: mostBytes, small: mostSmall, seen: map[string]bool{}, Dossier: &Dossier{
		People: map[int64]string{}, packedRecords: map[int64]*zip.File{}, packedContents: map[string]*zip.File{},
	}}
	for _, file := range archive.File {
		if err := in.file(file); err != nil {
			return nil, err
		}
	}
	if !in.seen[manifestFile] || !in.seen[trailFile] {
		return nil, policy.Refuse(policy.CodeInvalid, "this is no dossier: it lacks %s or %s", manifestFile, trailFile)
	}
	return in.Dossier, nil
}

type dossierReader struct {
	*Dossier
	left  uint64 // bytes that may still be unpacked
	small uint64 // bytes that may still be held in memory
	seen  map[string]bool
}

func (in *dossierReader) file(f *zip.File) error {
	wrong := func(why string) error {
		return policy.Refuse(policy.CodeInvalid, "in the dossier, the file %q %s", policy.Legible(f.Name, mostName), why)
	}
	if in.seen[f.Name] {
		return wrong("is there twice")
	}
	in.seen[f.Name] = true
	if f.UncompressedSize64 > min(mostFile, in.left) {
		return wrong("is too large")
	}
	in.left -= f.UncompressedSize64
	if err := in.take(f); err != nil {
		return wrong(err.Error())
	}
	return nil
}

// mostName is how much of the name of a file is told, in bytes.
const mostName = 200

// unpack writes what stands in a file of an archive, and never more than the archive
// says that it has.
func unpack(f *zip.File, w io.Writer) error {
	cannot := policy.Refuse(policy.CodeInvalid, "cannot be unpacked")
	opened, err := f.Open()
	if err != nil {
		return cannot
	}
	defer func() { _ = opened.Close() }()
	size := int64(min(f.UncompressedSize64, mostFile))
	switch n, err := io.Copy(w, io.LimitReader(opened, size+1)); {
	case n > size:
		return policy.Refuse(policy.CodeInvalid, "is too large")
	case err != nil:
		return cannot
	}
	return nil
}

// take puts a file where it belongs. The error says what is wrong with it.
func (in *dossierReader) take(f *zip.File) error {
	if number, found := strings.CutPrefix(f.Name, recordsDir); found {
		sequence, err := strconv.ParseInt(strings.TrimSuffix(number, ".json"), 10, 64)
		if err != nil || f.Name != recordName(sequence) || sequence < 1 || f.UncompressedSize64 > mostRecord {
			return policy.Refuse(policy.CodeInvalid, "is no record of a line")
		}
		in.packedRecords[sequence] = f
		return nil
	}
	if digest, found := strings.CutPrefix(f.Name, contentsDir); found && isDigest(digest) {
		in.packedContents["sha256:"+digest] = f
		return nil
	}
	if f.Name == trailFile {
		return in.trail(f)
	}
	if f.UncompressedSize64 > in.small {
		return policy.Refuse(policy.CodeInvalid, "is too large")
	}
	in.small -= f.UncompressedSize64
	var content bytes.Buffer
	if err := unpack(f, &content); err != nil {
		return err
	}
	return in.keep(f.Name, content.Bytes())
}

// keep keeps what stands in one of the small files.
func (in *dossierReader) keep(name string, content []byte) error {
	switch {
	case name == summaryFile:
		in.Summary = string(content)
	case name == keysFile:
		in.Keys = content
	case name == manifestFile:
		return in.manifest(content)
	case name == peopleFile:
		return in.people(content)
	case name == shownFile:
		in.Shown = &Shown{}
		return readTable(content, in.Shown, "does not say where the cycle and its subjects stand")
	case name == whoFile:
		in.Who = &Who{}
		return readTable(content, in.Who, "does not say who the people in it are")
	case strings.HasPrefix(name, checksDir):
		in.Checkpoints = append(in.Checkpoints, content)
	default:
		return policy.Refuse(policy.CodeInvalid, "does not belong there")
	}
	return nil
}

func (in *dossierReader) manifest(content []byte) error {
	var m manifest
	if policy.UniqueKeys(content) != nil || json.Unmarshal(content, &m) != nil || m.Cycle == "" {
		return policy.Refuse(policy.CodeInvalid, "does not say which cycle it is about")
	}
	if m.Format < 1 || m.Format > DossierFormat {
		return policy.Refuse(policy.CodeInvalid, "has format %d: this version of policycycle reads formats up to %d", m.Format, DossierFormat)
	}
	in.Cycle, in.Made, in.Sealed = m.Cycle, m.Made, m.Sealed
	return nil
}

func (in *dossierReader) trail(f *zip.File) error {
	opened, err := f.Open()
	if err != nil {
		return policy.Refuse(policy.CodeInvalid, "cannot be opened")
	}
	defer func() { _ = opened.Close() }()
	lines := bufio.NewScanner(io.LimitReader(opened, mostFile))
	lines.Buffer(nil, mostLine)
	for n := 1; lines.Scan(); n++ {
		var line Line
		decoder := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		decoder.DisallowUnknownFields()
		if policy.UniqueKeys(lines.Bytes()) != nil || decoder.Decode(&line) != nil || decoder.More() {
			return policy.Refuse(policy.CodeInvalid, "has no line of a trail as its line %d", n)
		}
		if n > mostLines {
			return policy.Refuse(policy.CodeInvalid, "has more than %d lines", mostLines)
		}
		in.Trail = append(in.Trail, line)
	}
	if lines.Err() != nil {
		return policy.Refuse(policy.CodeInvalid, "cannot be unpacked")
	}
	return nil
}

func (in *dossierReader) people(content []byte) error {
	var people map[string]string
	if policy.UniqueKeys(content) != nil || json.Unmarshal(content, &people) != nil {
		return policy.Refuse(policy.CodeInvalid, "does not list people by their numbers")
	}
	for text, name := range people {
		number, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return policy.Refuse(policy.CodeInvalid, "does not list people by their numbers")
		}
		in.People[number] = name
	}
	return nil
}

// readTable reads what another version may have written.
func readTable(text []byte, into any, otherwise string) error {
	if policy.UniqueKeys(text) != nil || policy.Read(text, into) != nil {
		return policy.Refuse(policy.CodeInvalid, "%s", otherwise)
	}
	return nil
}

// record gives what is recorded with a line, and whether there is anything.
func (d *Dossier) record(sequence int64) (json.RawMessage, bool) {
	if packed, is := d.packedRecords[sequence]; is {
		var text bytes.Buffer
		text.Grow(int(packed.UncompressedSize64))
		if unpack(packed, &text) != nil {
			return nil, true // it has no digest that a line has
		}
		return text.Bytes(), true
	}
	record, there := d.Records[sequence]
	return record, there
}

// content gives what is kept under a digest; nil where nothing is, or something else.
func (d *Dossier) content(digest string) []byte {
	content := d.Contents[digest]
	if packed := d.packedContents[digest]; packed != nil {
		var text bytes.Buffer
		if unpack(packed, &text) != nil {
			return nil
		}
		content = text.Bytes()
	}
	if Digest(content) != digest {
		return nil
	}
	return content
}

// recorded lists the lines of which there is a record.
func (d *Dossier) recorded() []int64 {
	all := slices.AppendSeq(slices.Collect(maps.Keys(d.Records)), maps.Keys(d.packedRecords))
	slices.Sort(all)
	return all
}

// holds says whether the dossier has a content with a digest.
func (d *Dossier) holds(digest string) bool {
	_, there := d.Contents[digest]
	return there || d.packedContents[digest] != nil
}

// sums gives the digest that each content has now, by the one that it had.
func (d *Dossier) sums() map[string]string {
	sums := make(map[string]string, len(d.Contents)+len(d.packedContents))
	for digest, content := range d.Contents {
		sums[digest] = Digest(content)
	}
	for digest, packed := range d.packedContents {
		sum := sha256.New()
		if unpack(packed, sum) == nil {
			sums[digest] = "sha256:" + hex.EncodeToString(sum.Sum(nil))
		} else {
			sums[digest] = ""
		}
	}
	return sums
}
