package files

import (
	"io"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// plain is the media type of a file of which nothing is known.
const plain = "application/octet-stream"

// mediaTypes gives the endings of the files that people hand in, and what such a file is.
// Each machine knows others, and a folder is to say the same on all.
var mediaTypes = map[string]string{
	".pdf":  "application/pdf",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".doc":  "application/msword",
	".xls":  "application/vnd.ms-excel",
	".odt":  "application/vnd.oasis.opendocument.text",
	".ods":  "application/vnd.oasis.opendocument.spreadsheet",
	".txt":  "text/plain; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".csv":  "text/csv; charset=utf-8",
	".xml":  "application/xml",
	".json": "application/json",
	".png":  "image/png",
	".jpg":  "image/jpeg",
	".bin":  plain,
}

// Ending gives the ending of the name of a file of a media type, such as ".pdf".
func Ending(mediaType string) string {
	kind, _, _ := strings.Cut(mediaType, ";")
	for _, ending := range slices.Sorted(maps.Keys(mediaTypes)) {
		if known, _, _ := strings.Cut(mediaTypes[ending], ";"); known == kind {
			return ending
		}
	}
	return ".bin"
}

// fileName is where the file of an act stands. IDs may hold what no name of a file does.
func fileName(id string, file policy.File) string {
	return filesDir + "/" + url.QueryEscape(id) + Ending(file.MediaType)
}

// handedFiles reads what was handed in as files.
func (in *folderReader) handedFiles() {
	for _, name := range in.names {
		escaped, is := strings.CutPrefix(name, filesDir+"/")
		if !is {
			continue
		}
		ending := path.Ext(escaped)
		id, err := url.QueryUnescape(strings.TrimSuffix(escaped, ending))
		if err != nil {
			in.wrong(name, "is no name of an act: expected its ID and an ending, such as %s/cor-1.pdf", filesDir)
			continue
		}
		mediaType, known := mediaTypes[strings.ToLower(ending)]
		if !known {
			mediaType = plain
		}
		in.open(name, func(_ string, r io.Reader) error {
			body, err := io.ReadAll(r)
			if in.folder.Files == nil {
				in.folder.Files = map[string]policy.File{}
			}
			in.folder.Files[id] = policy.File{MediaType: mediaType, Body: body}
			return err
		})
	}
}

// checkHandedFiles tells of files that no act handed in, once all acts can be read.
func (in *folderReader) checkHandedFiles() {
	if len(in.problems) > 0 {
		return
	}
	for id, file := range in.folder.Files {
		hands := func(a Act) bool {
			return a.ID == id && slices.Contains([]policy.ActKind{policy.ActSubmit, policy.ActCorrect, policy.ActFinalise}, a.Kind)
		}
		if !slices.ContainsFunc(in.folder.Acts, hands) {
			in.wrong(fileName(id, file), "belongs to no act: %s has no version, no final text and no corrigendum of that ID", actsName)
		}
	}
}

// fileLeaves gives what was handed in as files.
func (f *Folder) fileLeaves() []leaf {
	var all []leaf
	for id, file := range f.Files {
		all = append(all, leaf{fileName(id, file), func(w io.Writer) error { _, err := w.Write(file.Body); return err }})
	}
	return all
}

// isFile says whether a file is one that an act handed in, by its name.
func isFile(name string) bool {
	return fs.ValidPath(name) && path.Dir(name) == filesDir && path.Ext(name) != ""
}
