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
	// number.
	Records     map[int64]json.RawMessage
	Contents    map[string][]byte // documents and definitions, by digest
	Checkpoints [][]byte          // signed
	Keys        []byte            // public keys, as ParseKeyring reads them
	People      map[int64]string  // names that are not erased
	Summary     string            // for people, in Markdown
}

// DossierFormat is the format number of the dossiers this code writes and the
// highest it reads.
const DossierFormat = 1

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
		if _, err := file.Write(files[name]); err != nil {
			return fmt.Errorf("dossier: %w", err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	return nil
}

func (d *Dossier) files() (map[string][]byte, error) {
	files := map[string][]byte{summaryFile: []byte(d.Summary), keysFile: d.Keys}
	var trail bytes.Buffer
	for _, line := range d.Trail {
		text, err := Canonical(line)
		if err != nil {
			return nil, err
		}
		trail.Write(append(text, '\n'))
	}
	files[trailFile] = trail.Bytes()
	people := make(map[string]string, len(d.People))
	for number, name := range d.People {
		people[strconv.FormatInt(number, 10)] = name
	}
	var err error
	if files[peopleFile], err = Canonical(people); err != nil {
		return nil, err
	}
	files[manifestFile], err = Canonical(manifest{DossierFormat, d.Cycle, d.Made.UTC(), d.Sealed, len(d.Trail), len(d.Records)})
	if err != nil {
		return nil, err
	}
	for sequence, record := range d.Records {
		files[fmt.Sprintf("%s%d.json", recordsDir, sequence)] = record
	}
	for digest, content := range d.Contents {
		files[contentsDir+strings.TrimPrefix(digest, "sha256:")] = content
	}
	for i, signed := range d.Checkpoints {
		files[fmt.Sprintf("%s%d.txt", checksDir, i+1)] = signed
	}
	return files, nil
}

// isDigest says whether a name is that of a content: 64 hexadecimal digits.
func isDigest(name string) bool {
	const digits = 64
	_, err := hex.DecodeString(name)
	return err == nil && len(name) == digits && strings.ToLower(name) == name
}
