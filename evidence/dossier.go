package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Dossier is the whole record of a cycle in one archive, which anybody can check
// without a database and without us.
type Dossier struct {
	Cycle string
	Made  time.Time
	// Sealed says that every act that came by itself must bear a seal.
	Sealed bool
	Trail  []Line
	// Records holds the canonical JSON of what was recorded with a line, by its
	// number. It and Contents are empty in a dossier that was read: those stay in the
	// archive, which must stay open, until somebody looks at one.
	Records     map[int64]json.RawMessage
	Contents    map[string][]byte // documents and definitions, by digest
	Checkpoints [][]byte          // signed
	Keys        []byte            // public keys, as ParseKeyring reads them
	People      map[int64]string  // names that are not erased
	Summary     string            // for people, in Markdown
	// Shown is what people were shown of the cycle when the dossier was made; nil where an
	// earlier version made it.
	Shown *Shown
	// Who is what is known of the people in it; nil where an earlier version made it.
	Who *Who

	packedRecords  map[int64]*zip.File
	packedContents map[string]*zip.File
}

// RecordCount says how many lines have a record.
func (d *Dossier) RecordCount() int { return len(d.Records) + len(d.packedRecords) }

// DossierFormat is the format number of the dossiers this code writes and the
// highest it reads.
const DossierFormat = 2

// manifest says what is in a dossier.
type manifest struct {
	Format  int       `json:"format"`
	Cycle   string    `json:"cycle"`
	Made    time.Time `json:"made"`
	Sealed  bool      `json:"sealed"`
	Lines   int       `json:"lines"`
	Records int       `json:"records"`
}

// The names of the files in a dossier.
const (
	summaryFile  = "SUMMARY.md"
	manifestFile = "manifest.json"
	trailFile    = "trail.jsonl"
	keysFile     = "keys.txt"
	peopleFile   = "people.json"
	shownFile    = "shown.json"
	whoFile      = "who.json"
	recordsDir   = "records/"     // and the number of the line, .json
	contentsDir  = "contents/"    // and the digest
	checksDir    = "checkpoints/" // and a number, .txt
)

// WriteDossier writes a dossier as a zip archive. The same dossier gives the same
// bytes.
func WriteDossier(w io.Writer, d *Dossier) error {
	files, err := d.files()
	if err != nil {
		return err
	}
	archive := zip.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: d.Made.UTC().Truncate(time.Second)})
		if err != nil {
			return fmt.Errorf("dossier: %w", err)
		}
		if err := files[name].copyTo(file); err != nil {
			return fmt.Errorf("dossier: %w", err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	return nil
}

// part is what stands in a file of a dossier: in memory, or in the archive it was read
// from.
type part struct {
	text   []byte
	packed *zip.File
}

func (p part) copyTo(w io.Writer) error {
	if p.packed == nil {
		_, err := w.Write(p.text)
		return err
	}
	return unpack(p.packed, w)
}

func (d *Dossier) files() (map[string]part, error) {
	files := map[string]part{summaryFile: {text: []byte(d.Summary)}, keysFile: {text: d.Keys}}
	var trail bytes.Buffer
	for _, line := range d.Trail {
		text, err := Canonical(line)
		if err != nil {
			return nil, err
		}
		trail.Write(append(text, '\n'))
	}
	files[trailFile] = part{text: trail.Bytes()}
	people := make(map[string]string, len(d.People))
	for number, name := range d.People {
		people[strconv.FormatInt(number, 10)] = name
	}
	tables := map[string]any{
		peopleFile: people, manifestFile: manifest{DossierFormat, d.Cycle, d.Made.UTC(), d.Sealed, len(d.Trail), d.RecordCount()},
	}
	if d.Shown != nil {
		tables[shownFile] = d.Shown
	}
	if d.Who != nil {
		tables[whoFile] = d.Who
	}
	for name, value := range tables {
		text, err := Canonical(value)
		if err != nil {
			return nil, err
		}
		files[name] = part{text: text}
	}
	for sequence, record := range d.Records {
		files[recordName(sequence)] = part{text: record}
	}
	for sequence, record := range d.packedRecords {
		files[recordName(sequence)] = part{packed: record}
	}
	for digest, content := range d.Contents {
		files[contentName(digest)] = part{text: content}
	}
	for digest, content := range d.packedContents {
		files[contentName(digest)] = part{packed: content}
	}
	for i, signed := range d.Checkpoints {
		files[fmt.Sprintf("%s%d.txt", checksDir, i+1)] = part{text: signed}
	}
	return files, nil
}

func recordName(sequence int64) string { return fmt.Sprintf("%s%d.json", recordsDir, sequence) }

func contentName(digest string) string { return contentsDir + strings.TrimPrefix(digest, "sha256:") }

// isDigest says whether a name is that of a content: 64 hexadecimal digits.
func isDigest(name string) bool {
	const digits = 64
	_, err := hex.DecodeString(name)
	return err == nil && len(name) == digits && strings.ToLower(name) == name
}
