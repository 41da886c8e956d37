package archive

import (
	"encoding/xml"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// Checked is what a look at a package finds.
type Checked struct {
	ID     string    `json:"id"`
	Title  string    `json:"title"`
	Made   time.Time `json:"made"`
	Files  int       `json:"files"`
	Faults []Fault   `json:"faults"`
}

// Fault is a file that is not as the package says.
type Fault struct {
	Path string `json:"path"`
	// What is "missing", "changed", or "added" of a file that the package does not list.
	What string `json:"what"`
}

// OK says whether each file is as it was.
func (c *Checked) OK() bool { return len(c.Faults) == 0 }

// mostMETS is how large METS.xml may be, in bytes: of about 100,000 files.
const mostMETS = 64 << 20

// Check looks at each file of a package. METS.xml says how each file was, and SHA256SUMS how METS.xml
// was; whoever may have changed both is found by the dossier in it, which is sealed. The error has
// CodeInvalid where there is no package, or none that can be read.
func Check(folder fs.FS) (*Checked, error) {
	m, err := read(folder)
	if err != nil {
		return nil, err
	}
	files, err := list(folder)
	if err != nil {
		return nil, err
	}
	c := &Checked{ID: m.ObjectID, Title: m.Label, Made: m.Header.Created, Files: len(files), Faults: []Fault{}}
	c.compare(files, m.sums())
	c.compare(files, sumsIn(folder))
	slices.SortFunc(c.Faults, func(a, b Fault) int { return strings.Compare(a.Path+a.What, b.Path+b.What) })
	c.Faults = slices.Compact(c.Faults)
	return c, nil
}

func read(folder fs.FS) (*written, error) {
	file, err := folder.Open(metsFile)
	if err != nil {
		return nil, policy.Refuse(policy.CodeInvalid, "there is no %s: name the folder of a package", metsFile)
	}
	defer func() { _ = file.Close() }()
	m := new(written)
	if err := xml.NewDecoder(io.LimitReader(file, mostMETS)).Decode(m); err != nil {
		return nil, policy.Refuse(policy.CodeInvalid, "%s cannot be read: %v", metsFile, err)
	}
	for _, f := range append([]listed{m.Described.Ref}, m.entries()...) {
		if f.ChecksumType != checksums {
			return nil, policy.Refuse(policy.CodeInvalid, "%s has the checksum %q of %s: this reads %s", metsFile, f.ChecksumType, f.Link, checksums)
		}
	}
	return m, nil
}

// entries lists the files, each with where it is.
func (m *written) entries() (all []listed) {
	for _, f := range m.Files {
		e := f.listed
		e.Link = f.Location.Link
		all = append(all, e)
	}
	return all
}

// sums gives the checksum of each file that METS lists. The two that list others are in none.
func (m *written) sums() map[string]string {
	sums := map[string]string{metsFile: "", sumsFile: ""}
	for _, f := range append(m.entries(), m.Described.Ref) {
		sums[f.Link] = f.Checksum
	}
	return sums
}

// sumsIn gives the checksums of SHA256SUMS; of a package that came without it none but its own.
func sumsIn(folder fs.FS) map[string]string {
	sums := map[string]string{sumsFile: ""}
	text, err := fs.ReadFile(folder, sumsFile)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		if digits, name, is := strings.Cut(strings.TrimRight(line, "\r\n"), "  "); is {
			sums[name] = digits
		}
	}
	return sums
}

// compare holds files against their checksums; "" is of one that has none. Nil compares nothing.
func (c *Checked) compare(files []kept, sums map[string]string) {
	if sums == nil {
		c.Faults = append(c.Faults, Fault{sumsFile, "missing"})
		return
	}
	there := map[string]bool{}
	for _, f := range files {
		there[f.path] = true
		switch want, known := sums[f.path]; {
		case !known:
			c.Faults = append(c.Faults, Fault{f.path, "added"})
		case want != "" && want != f.sum:
			c.Faults = append(c.Faults, Fault{f.path, "changed"})
		}
	}
	for name := range sums {
		if !there[name] {
			c.Faults = append(c.Faults, Fault{name, "missing"})
		}
	}
}

// String says it for people.
func (f Fault) String() string { return fmt.Sprintf("%s is %s", f.Path, f.What) }
