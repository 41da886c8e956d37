package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/protocol"
)

func TestCycleSchema_PrintsThatOfEachMessage(t *testing.T) {
	t.Parallel()
	for _, name := range protocol.Messages() {
		got := command(t.Context(), fakeParts(&fakeService{}), nil, "cycle", "schema", "--message", name)
		var schema struct {
			Title    string   `json:"title"`
			Required []string `json:"required"`
		}
		if err := json.Unmarshal([]byte(got.out), &schema); err != nil || !strings.Contains(schema.Title, " "+name+" ") || len(schema.Required) == 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, name := range []string{"wake", "../state", ""} {
		got := command(t.Context(), fakeParts(&fakeService{}), nil, "cycle", "schema", "--message", name)
		if got.status != 2 || !strings.Contains(got.err, "use approve, conclude, confirm, submit, act") {
			t.Errorf("%q: %+v", name, got)
		}
	}
}
