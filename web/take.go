package web

import (
	"cmp"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// attached is the file of a form; none has no name.
type attached struct {
	name, mediaType string
	content         []byte
}

// take reads what was sent, as far as so many bytes. What was typed is known whatever
// comes of it, for a form sends its file last. A file that is sent instead of a text then
// stands in its place: a browser chooses no file again.
func (v *page) take(w http.ResponseWriter, most int64) error {
	all := v.r.Body
	v.r.Body = http.MaxBytesReader(w, all, most)
	err := v.parse()
	if err == nil {
		err = v.sentAlong()
	}
	if err != nil && most == maxForm {
		_, _ = io.CopyN(io.Discard, all, maxPassedOver)
	}
	v.sent = &sent{To: v.r.URL.RequestURI(), Form: v.r.PostForm, File: v.file.name}
	if v.r.PostForm.Has("source") && len(v.file.content) > 0 {
		v.r.PostForm.Set("source", string(v.file.content))
		v.sent.File = ""
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errLargeFile):
		return policy.Refuse(policy.CodeInvalid, "the file is larger than %d MiB", service.MaxContent>>20)
	default:
		return policy.Refuse(policy.CodeInvalid, "the form cannot be read, or is larger than %d MiB", maxForm>>20)
	}
}

func (v *page) parse() error {
	parts, err := v.r.MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		return v.r.ParseForm()
	}
	v.r.PostForm = url.Values{}
	for err == nil {
		var part *multipart.Part
		if part, err = parts.NextPart(); err == nil {
			err = v.parsePart(part)
		}
	}
	if err == io.EOF { //nolint:errorlint // one that is wrapped is of a form that was cut off
		return nil
	}
	return err
}

var errLargeFile = errors.New("the file is too large")

// parsePart reads one field of a form, or its file.
func (v *page) parsePart(part *multipart.Part) error {
	content, err := io.ReadAll(part)
	name := part.FormName()
	switch {
	case name == "":
	case part.FileName() == "":
		if err == nil {
			v.r.PostForm.Add(name, string(content))
		}
	case name == "file":
		v.file = attached{part.FileName(), cmp.Or(part.Header.Get("Content-Type"), http.DetectContentType(content)), content}
		if _, cut := errors.AsType[*http.MaxBytesError](err); cut || len(content) > service.MaxContent {
			v.file.content, err = nil, errLargeFile
		}
	}
	return err
}
