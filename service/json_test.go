package service_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// What a service of a later version gives is read; the same is not taken from anybody.
func TestUnmarshalJSON_AdmitsWhatIsGivenAndReadsWhatIsAnswered(t *testing.T) {
	t.Parallel()
	const (
		rows      = `"rows":[{"register":"posts","key":"driver/firearms","date":"2023-03-14","body":{"holder":"es","deputy":"fi"}}]`
		documents = `"documents":{"masp/firearms/v1":{"goals":[{"key":"1","title":"Fewer firearms"}],"mandate":"Article 4"}}`
		content   = `"subject":"empact/masp/firearms","content":{"goals":[{"key":"1","title":"Fewer firearms","objective":"space"}],"mandate":"Article 4"}`
	)
	for name, test := range map[string]struct {
		text string
		into any
		no   string // why it is refused
	}{
		"rows to enter":              {`{"cycle":"empact",` + rows + `}`, new(service.Enter), `unknown field "deputy"`},
		"rows of a cycle to import":  {`{` + rows + `}`, new(service.Import), `unknown field "deputy"`},
		"a document to import":       {`{` + documents + `}`, new(service.Import), `unknown field "mandate"`},
		"rows for a rehearsal":       {`{` + rows + `}`, new(service.Rehearsal), `unknown field "deputy"`},
		"a document for a rehearsal": {`{` + documents + `}`, new(service.Rehearsal), `unknown field "mandate"`},
		"a register that there is not": {
			`{"rows":[{"register":"forecasts","key":"2030","date":"2029-11-02","body":{"risk":7}}]}`, new(service.Enter), `"forecasts" is not a register`,
		},
		"a whole cycle": {`{` + rows + `,` + documents + `}`, new(service.Whole), ""},
		"a document":    {`{` + content + `}`, new(service.Document), ""},
		"a draft":       {`{` + content + `,"revision":2}`, new(service.Draft), ""},
	} {
		err := json.Unmarshal([]byte(test.text), test.into)
		if test.no == "" && err != nil || test.no != "" && (policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), test.no)) {
			t.Errorf("%s: %v, want %q", name, err, test.no)
		}
	}
}

func TestWhole_IsReadWithAllThatIsInIt(t *testing.T) {
	t.Parallel()
	var whole service.Whole
	err := json.Unmarshal([]byte(`{"definition":{"key":"empact"},"definitions":{"2":{"key":"empact","obligations":[{"key":"annual","kind":"forecast"}]}},
		"rows":[{"register":"posts","key":"driver/firearms","body":{"holder":"es","deputy":"fi"}},{"register":"forecasts","key":"2030","body":{"risk":7}}],
		"documents":{"masp/firearms/v1":{"goals":[{"key":"1","objective":"space"}]}}}`), &whole)
	if err != nil {
		t.Fatal(err)
	}
	holding, _ := whole.Rows[0].Body.(*policy.Holding)
	plan, _ := whole.Documents["masp/firearms/v1"].(*policy.StrategicPlan)
	if whole.Definition.Key != "empact" || whole.Definitions[2].Obligations[0].Kind != "forecast" || holding.Holder != "es" || len(whole.Rows) != 2 || plan.Goals[0].Objective != "space" {
		t.Errorf("read as %+v", whole)
	}
}
