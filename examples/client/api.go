package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
)

// definition is a small cycle that lies in the past, so that nothing has to be waited for.
//
//go:embed cycle.json
var definition []byte

// start starts the cycle and gives its stage. Its definition is content, which never travels
// through Temporal: so this goes through the API.
func (p *program) start(ctx context.Context) (stage string, err error) {
	var cycle map[string]any
	if err := json.Unmarshal(definition, &cycle); err != nil {
		return "", err
	}
	cycle["key"] = p.cycle
	body, err := json.Marshal(map[string]any{"definition": cycle})
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.api+"/v1/cycles", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Policycycle-As", "anna@general-secretariat") // a name is believed on one machine
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var answer struct {
		Stage  string `json:"stage"`
		Code   string `json:"code"`   // of a refusal
		Detail string `json:"detail"` // what it says
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return "", fmt.Errorf("the API answered %s: %w", response.Status, err)
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("start: refused as %s: %s", answer.Code, answer.Detail)
	}
	return answer.Stage, nil
}
