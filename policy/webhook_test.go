package policy_test

import (
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

func TestWebhookRules_RefuseWhereNoEventMayLeaveTo(t *testing.T) {
	t.Parallel()
	rules := policy.WebhookRules{Hosts: []string{"hooks.example.eu", "127.0.0.1", "localhost"}, Marking: policy.Limite}
	for _, c := range []struct {
		what string
		of   policy.Webhook
		with policy.WebhookRules
		told string // empty for taken
	}{
		{"an allowed host", policy.Webhook{URL: "https://hooks.example.eu/in?for=empact"}, rules, ""},
		{"its name in capitals", policy.Webhook{URL: "https://HOOKS.example.eu:8443/in"}, rules, ""},
		{"this machine", policy.Webhook{URL: "http://127.0.0.1:9000/in"}, rules, ""},
		{"every host", policy.Webhook{URL: "https://elsewhere.org/in"}, policy.WebhookRules{Hosts: []string{"*"}}, ""},
		{"two kinds", policy.Webhook{URL: "https://hooks.example.eu/in", Kinds: []policy.EventKind{"decide", "enter"}}, rules, ""},
		{"no setting", policy.Webhook{URL: "https://hooks.example.eu/in"}, policy.WebhookRules{}, "webhooks.hosts"},
		{"another host", policy.Webhook{URL: "https://hooks.example.eu.elsewhere.org/in"}, rules, "no event leaves to hooks.example.eu.elsewhere.org"},
		{"a host in the name of a user", policy.Webhook{URL: "https://hooks.example.eu@elsewhere.org/in"}, rules, "is no address"},
		{"no encryption", policy.Webhook{URL: "http://hooks.example.eu/in"}, rules, "is not encrypted"},
		{"another scheme", policy.Webhook{URL: "gopher://127.0.0.1/in"}, rules, "is not encrypted"},
		{"no host", policy.Webhook{URL: "https:///in"}, rules, "is no address"},
		{"a line in it", policy.Webhook{URL: "https://hooks.example.eu/\r\nX: y"}, rules, "is no address"},
		{"one that is too long", policy.Webhook{URL: "https://hooks.example.eu/" + strings.Repeat("a", 500)}, rules, "is no address"},
		{"an unknown kind", policy.Webhook{URL: "https://hooks.example.eu/in", Kinds: []policy.EventKind{"spam"}}, rules, "nothing that is recorded"},
		{"a kind where none is told", policy.Webhook{URL: "https://hooks.example.eu/in", Kinds: []policy.EventKind{"decide"}}, policy.WebhookRules{Hosts: rules.Hosts, Marking: policy.Public}, "webhooks.marking"},
	} {
		err := c.with.Judge(c.of)
		if c.told == "" && err != nil || c.told != "" && (policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), c.told)) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestEventKindOf_IsTheFirstWordOfALine(t *testing.T) {
	t.Parallel()
	for act, want := range map[string]policy.EventKind{"decide": "decide", "enter consents": "enter", "stage planning": "stage"} {
		if _, err := policy.ParseEventKind(string(want)); err != nil || policy.EventKindOf(act) != want {
			t.Errorf("%q is %q (%v)", act, policy.EventKindOf(act), err)
		}
	}
}
