package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// About describes a package.
type About struct {
	ID          string // of the cycle
	Title       string
	Creator     string // the institution that hands it over
	Covers      string // the time, as FROM/TO
	Language    string
	Rights      string // the highest marking of what is in it
	Description string
	Software    string // name and version of what made it
	Made        time.Time
}

// Seal makes a package of the files in a folder: it describes them, lists each with its checksum in
// METS.xml, and all of them in SHA256SUMS, as sha256sum reads it. What people keep together stands
// in one folder below representations; what tells of it in metadata. The same files give the same
// package. The error has CodeInvalid where the folder is a package already.
func Seal(dir string, about About) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	if _, err := root.Stat(metsFile); err == nil {
		return policy.Refuse(policy.CodeInvalid, "%s holds a package already: name another folder", dir)
	}
	if err := put(root, dcFile, dublin(about)); err != nil {
		return err
	}
	files, err := list(root.FS())
	if err != nil {
		return err
	}
	if err := put(root, metsFile, describe(about, files)); err != nil {
		return err
	}
	if files, err = list(root.FS()); err != nil {
		return err
	}
	var sums bytes.Buffer
	for _, f := range files {
		fmt.Fprintf(&sums, "%s  %s\n", f.sum, f.path)
	}
	return write(root, sumsFile, sums.Bytes())
}

// kept is a file of a package.
type kept struct {
	path string
	size int64
	sum  string // SHA-256, in hexadecimal digits
}

// list lists the files in a folder in the order of their paths.
func list(folder fs.FS) (files []kept, err error) {
	err = fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !entry.Type().IsRegular() {
			return policy.Refuse(policy.CodeInvalid, "%s is no file: a package holds files and folders alone", name)
		}
		f := kept{path: name}
		f.size, f.sum, err = sum(folder, name)
		files = append(files, f)
		return err
	})
	return files, err
}

func sum(folder fs.FS, name string) (size int64, digits string, err error) {
	file, err := folder.Open(name)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = file.Close() }()
	hash := sha256.New()
	if size, err = io.Copy(hash, file); err != nil {
		return 0, "", err
	}
	return size, hex.EncodeToString(hash.Sum(nil)), nil
}

// put writes a file of XML.
func put(root *os.Root, name string, content any) error {
	text, err := xml.MarshalIndent(content, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return write(root, name, append([]byte(xml.Header), append(text, '\n')...))
}

func write(root *os.Root, name string, content []byte) error {
	if err := root.MkdirAll(path.Dir(name), 0o750); err != nil {
		return err
	}
	return root.WriteFile(name, content, 0o600)
}

func dublin(about About) dublinCore {
	return dublinCore{
		Namespace: "http://purl.org/dc/elements/1.1/", Title: about.Title, Identifier: about.ID, Creator: about.Creator, Type: "Policy cycle",
		Date: about.Covers, Language: about.Language, Rights: about.Rights, Description: about.Description,
	}
}

// describe lists the files in METS, those of each folder together.
func describe(about About, files []kept) mets {
	made := about.Made.UTC().Format(time.RFC3339)
	name, version, _ := strings.Cut(about.Software, " ")
	m := mets{
		XLink: "http://www.w3.org/1999/xlink", CSIP: "https://DILCIS.eu/XML/METS/CSIPExtensionMETS", ObjectID: about.ID, Label: about.Title,
		Type: "OTHER", OtherType: "Policy cycle", Profile: "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml",
		Header: header{made, "SIP", agent{"CREATOR", "OTHER", "SOFTWARE", name, note{"SOFTWARE VERSION", version}}},
		Structure: structured{ID: "structure", Type: "PHYSICAL", Label: "CSIP", Whole: division{
			ID: "package", Label: about.ID, Parts: []division{{ID: "part-metadata", Label: "Metadata", Metadata: "described"}},
		}},
	}
	for i, f := range files {
		e := entry{fmt.Sprintf("file-%d", i+1), MediaType(f.path), f.size, made, f.sum, checksums}
		if f.path == dcFile {
			m.Described = described{"described", made, ref{e, "URL", "DC", "simple", f.path}}
			continue
		}
		use := folderOf(f.path)
		at := slices.IndexFunc(m.Groups, func(g group) bool { return g.Use == use })
		if at < 0 {
			at = len(m.Groups)
			m.Groups = append(m.Groups, group{ID: fmt.Sprintf("group-%d", at+1), Use: use})
			m.Structure.Whole.Parts = append(m.Structure.Whole.Parts, division{ID: fmt.Sprintf("part-%d", at+1), Label: use})
		}
		m.Groups[at].Files = append(m.Groups[at].Files, file{e, location{"URL", "simple", f.path}})
		part := &m.Structure.Whole.Parts[at+1] // behind the metadata
		part.Files = append(part.Files, pointer{e.ID})
	}
	return m
}

// folderOf gives the group of a file: REPRESENTATION of representations/REPRESENTATION/…, else its
// first folder.
func folderOf(name string) string {
	parts := strings.Split(name, "/")
	switch {
	case parts[0] == "representations" && len(parts) > 2: //nolint:mnd // the folder, the representation, the file
		return "Representations/" + parts[1]
	case len(parts) > 1:
		return strings.ToUpper(parts[0][:1]) + parts[0][1:]
	default:
		return "Root"
	}
}

// types are the media types of the files of a cycle, by their endings.
var types = map[string]string{
	".xml": "application/xml", ".csv": "text/csv", ".yaml": "application/yaml", ".json": "application/json", ".zip": "application/zip",
	".pdf": "application/pdf", ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".md": "text/markdown", ".txt": "text/plain",
}

// MediaType gives the media type of a file by its name.
func MediaType(name string) string {
	if known := types[strings.ToLower(path.Ext(name))]; known != "" {
		return known
	}
	return "application/octet-stream"
}
