package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"time"
)

// serveAssets serves the files that pages load, under names that hold their
// digests, so that browsers keep them for ever.
func (s *site) serveAssets(mux *http.ServeMux, files fs.FS) error {
	names, err := fs.Glob(files, "*")
	if err != nil {
		return err
	}
	for _, name := range names {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		address := "/static/" + hex.EncodeToString(sum[:6]) + "/" + name
		s.assets[name] = address
		mux.HandleFunc("GET "+address, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			http.ServeContent(w, r, path.Base(address), time.Time{}, bytes.NewReader(content))
		})
	}
	return nil
}
