package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// What a dossier may hold at most, so that a file from anywhere can be opened.
const (
	mostFiles = 200_000
	mostFile  = 64 << 20 // bytes
	mostBytes = 4 << 30  // bytes, unpacked
)

// ReadDossier reads a dossier. What it says is not checked yet: see Verify. The
// error has policy.CodeInvalid and names the file in the archive.
func ReadDossier(r io.ReaderAt, size int64) (*Dossier, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, policy.Refuse(policy.CodeInvalid, "this is no dossier: expected the archive that policycycle dossier export makes")
	}
	if len(archive.File) > mostFiles {
		return nil, policy.Refuse(policy.CodeInvalid, "the dossier has %d files: at most %d are read", len(archive.File), mostFiles)
	}
	in := dossierReader{left: mostBytes, seen: map[string]bool{}, Dossier: &Dossier{
		Records: map[int64]json.RawMessage{}, Contents: map[string][]byte{}, People: map[int64]string{},
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
	left int64 // bytes that may still be unpacked
	seen map[string]bool
}

func (in *dossierReader) file(f *zip.File) error {
	wrong := func(why string) error {
		return policy.Refuse(policy.CodeInvalid, "in the dossier, the file %q %s", f.Name, why)
	}
	if in.seen[f.Name] {
		return wrong("is there twice")
	}
	in.seen[f.Name] = true
	opened, err := f.Open()
	if err != nil {
		return wrong("cannot be opened")
	}
	defer func() { _ = opened.Close() }()
	content, err := io.ReadAll(io.LimitReader(opened, min(mostFile, in.left)+1))
	switch {
	case err != nil:
		return wrong("cannot be unpacked")
	case int64(len(content)) > min(mostFile, in.left):
		return wrong("is too large")
	}
	in.left -= int64(len(content))
	if err := in.take(f.Name, content); err != nil {
		return wrong(err.Error())
	}
	return nil
}

// take puts the content of a file where it belongs. The error says what is wrong
// with it.
func (in *dossierReader) take(name string, content []byte) error {
	switch name {
	case summaryFile:
		in.Summary = string(content)
		return nil
	case keysFile:
		in.Keys = content
		return nil
	case manifestFile:
		return in.manifest(content)
	case trailFile:
		return in.trail(content)
	case peopleFile:
		return in.people(content)
	}
	if number, found := strings.CutPrefix(name, recordsDir); found {
		sequence, err := strconv.ParseInt(strings.TrimSuffix(number, ".json"), 10, 64)
		if err != nil || sequence < 1 || !json.Valid(content) {
			return policy.Refuse(policy.CodeInvalid, "is no record of a line")
		}
		in.Records[sequence] = content
		return nil
	}
	if digest, found := strings.CutPrefix(name, contentsDir); found && isDigest(digest) {
		in.Contents["sha256:"+digest] = content
		return nil
	}
	if strings.HasPrefix(name, checksDir) {
		in.Checkpoints = append(in.Checkpoints, content)
		return nil
	}
	return policy.Refuse(policy.CodeInvalid, "does not belong there")
}

func (in *dossierReader) manifest(content []byte) error {
	var m manifest
	if err := json.Unmarshal(content, &m); err != nil || m.Cycle == "" {
		return policy.Refuse(policy.CodeInvalid, "does not say which cycle it is about")
	}
	if m.Format < 1 || m.Format > DossierFormat {
		return policy.Refuse(policy.CodeInvalid, "has format %d: this version of policycycle reads format %d", m.Format, DossierFormat)
	}
	in.Cycle, in.Made, in.Sealed = m.Cycle, m.Made, m.Sealed
	return nil
}

func (in *dossierReader) trail(content []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	for n := 1; ; n++ {
		var line Line
		err := decoder.Decode(&line)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return policy.Refuse(policy.CodeInvalid, "has no line of a trail as its line %d", n)
		}
		in.Trail = append(in.Trail, line)
	}
}

func (in *dossierReader) people(content []byte) error {
	var people map[string]string
	if err := json.Unmarshal(content, &people); err != nil {
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
