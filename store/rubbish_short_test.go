package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// oddJSON is what is typed in the place of a value.
var oddJSON = []string{
	`null`, `true`, `1`, `-1`, `1e400`, `9223372036854775808`, `""`, `" "`, `"nonexistent"`, `"a\u0000b"`, `"\ud800"`, `"Tom \u202e\n"`, "\"\xff\"",
	`"9999-12-31"`, `"0001-01-01"`, `"2021-02-30"`, `[]`, `[null]`, `[{}]`, `[{"item":"firearms","outcome":"adopted"},{"item":"firearms"}]`, `{}`,
	`{"key_id":"x","signature":"eA==","issued_at":"2021-05-22T00:00:00Z"}`, `"` + strings.Repeat("x", 60_000) + `"`, strings.Repeat("[", 20_000), ``,
}

// oddMessages gives a message with each odd value in the place of each field, and some that
// are no messages at all.
func oddMessages(t *testing.T, name policy.Message) (texts []string) {
	t.Helper()
	var good map[string]json.RawMessage
	if err := json.Unmarshal([]byte(name.Sample()), &good); err != nil {
		t.Fatal(err)
	}
	good["subject"] = json.RawMessage(`"arena/priorities"`)
	if name == policy.MessageSubmit {
		good["subject"] = json.RawMessage(`"arena/item/ukraine"`)
	}
	for _, field := range append(name.Fields(), "id", "seal", "kind", "By", "by\u0000", "nonexistent") {
		for _, value := range oddJSON {
			parts := []string{fmt.Sprintf("%q:%s", field, value)}
			for other, is := range good {
				if other != field {
					parts = append(parts, fmt.Sprintf("%q:%s", other, is))
				}
			}
			texts = append(texts, "{"+strings.Join(parts, ",")+"}")
		}
	}
	return append(texts, oddJSON...)
}

// sendsShort sends a short message to the run of the arena, as its activity does.
func (a *arena) sendsShort(name policy.Message, text, sent string) store.Answer {
	a.t.Helper()
	run, to := policy.Run{Kind: policy.RunCycle, Cycle: a.cycle}, "cycle/"+a.cycle
	came := evidence.Short{Name: name, Text: json.RawMessage(text), Sent: sent}
	envelope, said, err := came.Open(to, noon("2021-05-22"))
	attempt := came.Attempt(to)
	answer := store.Answer{}
	if refusal, is := errors.AsType[*policy.Error](err); is {
		envelope.ID, answer.Refusal = attempt, refusal
		answer.Orders, err = a.store.RecordRefusal(a.t.Context(), run, noon("2021-05-22"), envelope, refusal)
	} else {
		answer, err = a.store.Record(a.t.Context(), store.Recording{
			Run: run, Now: noon("2021-05-22"), Received: noon("2021-05-22"), Channel: "signal",
			Envelope: envelope, Short: &store.Short{Short: said, Attempt: attempt},
		})
	}
	if err != nil {
		a.t.Fatalf("%s %.80q: the run would try for ever: %v", name, text, err)
	}
	return answer
}

// Whatever is typed, it is recorded or refused, and the next message is dealt with.
func TestRecord_StopsNoRunWhateverAShortMessageHolds(t *testing.T) {
	t.Parallel()
	for _, name := range policy.Messages {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			s, told := told(t, storetest.URL(t))
			a, arenas, taken := enterArena(t, s, "arena"), 1, 0
			texts := oddMessages(t, name)
			for i, text := range texts {
				text = strings.ReplaceAll(text, `"arena/`, `"`+a.cycle+`/`)
				if a.sendsShort(name, text, fmt.Sprint(i)).Refusal == nil {
					taken, arenas = taken+1, arenas+1
					a = enterArena(t, s, fmt.Sprint("arena-", arenas))
				}
			}
			a.must("", a.good(policy.ActPosition))
			inOrder(t, s, a.cycle)
			if n := told(); len(n) > 0 {
				t.Errorf("Postgres had to refuse what no rule did: %v", n)
			}
			if taken == 0 || taken == len(texts) {
				t.Errorf("%d of %d were recorded", taken, len(texts))
			}
			t.Logf("%d odd messages, %d of them recorded", len(texts), taken)
		})
	}
}
