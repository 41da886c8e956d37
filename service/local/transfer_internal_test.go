package local

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// A file that is taken over is kept as one that is handed in: what calls itself data has not
// been looked into, and would be read as a document.
func TestAsHanded_KeepsNoFileAsData(t *testing.T) {
	t.Parallel()
	handed, err := asHanded(map[string]policy.File{
		"cor": {MediaType: "application/pdf", Body: []byte("%PDF")}, "odd": {MediaType: store.MediaData, Body: []byte(`{"actions":7}`)},
	})
	if err != nil || handed["cor"].MediaType != "application/pdf" || handed["odd"].MediaType != "application/octet-stream" || string(handed["odd"].Body) != `{"actions":7}` {
		t.Errorf("%+v, %v", handed, err)
	}
	if _, err := asHanded(map[string]policy.File{"large": {Body: make([]byte, service.MaxContent+1)}}); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("a file that is too large: %v", err)
	}
}
