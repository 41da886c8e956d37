// Package apitest asks an API what its description leads to: every operation, with
// what is good and mostly with what is not.
package apitest

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/policycycle/policycycle/policy"
)

// Operation is an operation as it is described.
type Operation struct {
	Method, Path string
	ID           string `yaml:"operationId"`
	Description  string `yaml:"description"`
	Parameters   []struct {
		Name, In string
		Required bool
		Schema   map[string]any
	} `yaml:"parameters"`
	RequestBody map[string]any `yaml:"requestBody"`
	Responses   map[string]any `yaml:"responses"`
}

// Statuses lists the statuses that the description names.
func (d Operation) Statuses() []int {
	var all []int
	for status := range d.Responses {
		if n, err := strconv.Atoi(status); err == nil {
			all = append(all, n)
		}
	}
	return all
}

// Endless says whether the answer is a stream, which has no end.
func (d Operation) Endless() bool {
	good, _ := d.Responses["200"].(map[string]any)
	content, _ := good["content"].(map[string]any)
	return content["text/event-stream"] != nil
}

// Codes lists the refusals that the description names.
func (d Operation) Codes() []policy.Code {
	_, list, _ := strings.Cut(strings.TrimSuffix(d.Description, "."), "with: ")
	var codes []policy.Code
	for word := range strings.SplitSeq(list, ", ") {
		codes = append(codes, policy.Code(word))
	}
	return codes
}

// Operations reads a description.
func Operations(tb testing.TB, description []byte) []Operation {
	tb.Helper()
	var document struct {
		Paths map[string]map[string]Operation `yaml:"paths"`
	}
	if err := yaml.Unmarshal(description, &document); err != nil {
		tb.Fatal(err)
	}
	var all []Operation
	for path, methods := range document.Paths {
		for method, d := range methods {
			d.Method, d.Path = strings.ToUpper(method), path
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b Operation) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// nasty are values that programs stumble over.
var nasty = []any{
	nil, true, -1, 0, 1e308, 99999999999999, 1.5, "", " ", "\x00", "\xff\xfe", "'; DROP TABLE acts; --", "<script>", "../../etc/passwd", "%00",
	"2022-02-30", "9999-99-99", "empact-2022-2025", "empact-2022-2025/oap/2023/firearms", "oap/2023/firearms", "cosi", "adopted", "EX 15421/22",
	strings.Repeat("a", 5000), strings.Repeat("é", 300), "🙂",
	[]any{}, []any{nil}, map[string]any{}, map[string]any{"": nil}, "anna@general-secretariat", "@", "NaN",
}

// chaos makes requests from the description, most of them wrong.
type chaos struct {
	*rand.Rand
	schemas map[string]any
}

func (c chaos) any() any { return nasty[c.IntN(len(nasty))] }

// value makes a value of a schema, or something else.
func (c chaos) value(schema map[string]any, depth int) any {
	const deepest = 7
	if c.IntN(8) == 0 || depth > deepest {
		return c.any()
	}
	if ref, is := schema["$ref"].(string); is {
		named, _ := c.schemas[ref[strings.LastIndex(ref, "/")+1:]].(map[string]any)
		return c.value(named, depth+1)
	}
	kind, _ := schema["type"].(string)
	if kinds, is := schema["type"].([]any); is && len(kinds) > 0 {
		kind, _ = kinds[0].(string)
	}
	switch kind {
	case "object":
		made := map[string]any{}
		properties, _ := schema["properties"].(map[string]any)
		for name, of := range properties {
			if nested, is := of.(map[string]any); is && c.IntN(3) > 0 {
				made[name] = c.value(nested, depth+1)
			}
		}
		return made
	case "array":
		items, _ := schema["items"].(map[string]any)
		made := []any{}
		for range c.IntN(3) {
			made = append(made, c.value(items, depth+1))
		}
		return made
	case "integer", "number":
		return c.IntN(2000) - 1000
	case "boolean":
		return c.IntN(2) == 0
	default:
		return c.any()
	}
}

// text writes a value as it stands in an address.
func (c chaos) text() string {
	text, is := c.any().(string)
	if !is {
		return "7"
	}
	return text
}

// request makes one request of an operation.
func (c chaos) request(tb testing.TB, d Operation) *http.Request {
	tb.Helper()
	path := regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllStringFunc(d.Path, func(string) string {
		if text := url.PathEscape(c.text()); text != "" && !strings.Contains(text, "..") {
			return text
		}
		return "x"
	})
	query := url.Values{}
	for _, p := range d.Parameters {
		if p.In == "query" && c.IntN(2) == 0 {
			query.Set(p.Name, c.text())
		}
	}
	var body io.Reader = http.NoBody
	if d.RequestBody != nil && c.IntN(20) > 0 {
		content, _ := d.RequestBody["content"].(map[string]any)
		media, _ := content["application/json"].(map[string]any)
		schema, _ := media["schema"].(map[string]any)
		text, err := json.Marshal(c.value(schema, 0))
		if err != nil {
			tb.Fatal(err)
		}
		if c.IntN(15) == 0 {
			text = text[:c.IntN(len(text)+1)]
		}
		if c.IntN(40) == 0 {
			text = []byte(strings.Repeat("[", 20000))
		}
		body = strings.NewReader(string(text))
	}
	request := httptest.NewRequestWithContext(tb.Context(), d.Method, path+"?"+query.Encode(), body)
	request.Header.Set("Content-Type", "application/json")
	for _, p := range d.Parameters {
		if p.In == "header" && c.IntN(2) == 0 {
			request.Header.Set(p.Name, strings.Map(func(r rune) rune {
				if r < ' ' {
					return -1
				}
				return r
			}, c.text()))
		}
	}
	if c.IntN(10) > 0 {
		request.Header.Set("Policycycle-As", "anna@general-secretariat")
	}
	return request
}

// Break sends so many requests to each operation, and fails where one is answered
// with a fault of the server, or with a status that is not described. It gives how
// many were sent and how many did what they asked.
func Break(tb testing.TB, handler http.Handler, description []byte, each int) (sent, reached int) {
	tb.Helper()
	var document struct {
		Components struct {
			Schemas map[string]any `yaml:"schemas"`
		} `yaml:"components"`
	}
	if err := yaml.Unmarshal(description, &document); err != nil {
		tb.Fatal(err)
	}
	c := chaos{rand.New(rand.NewPCG(2011, 2022)), document.Components.Schemas}
	for _, d := range Operations(tb, description) {
		if d.Endless() {
			continue
		}
		for range each {
			request := c.request(tb, d)
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, request)
			sent++
			status := recorder.Code
			if status < http.StatusMultipleChoices {
				reached++
			}
			moved := status == http.StatusTemporaryRedirect || status == http.StatusMovedPermanently // a path that is no path
			if status >= http.StatusInternalServerError || status >= http.StatusMultipleChoices && !moved && !slices.Contains(d.Statuses(), status) {
				tb.Errorf("%s %s: status %d: %.300s", request.Method, request.URL, status, recorder.Body)
			}
		}
	}
	return sent, reached
}
