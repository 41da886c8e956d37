package api_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/policycycle/policycycle/api"
)

var update = flag.Bool("update", false, "write openapi.yaml anew")

func TestOpenAPI_IsUpToDate(t *testing.T) {
	t.Parallel()
	described, err := api.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("openapi.yaml", described, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(described, committed) {
		t.Error("the API has changed: look at what that means for programs, and run make generate")
	}
}
