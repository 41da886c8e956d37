package policy

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Webhook is an address at which a program is told of what is recorded.
type Webhook struct {
	URL string `json:"url"`
	// Cycle is the one of which it is told; left out, every one that is no rehearsal.
	Cycle string `json:"cycle,omitempty"`
	// Kinds are those of what it is told; left out, all of it.
	Kinds []EventKind `json:"kinds,omitempty"`
}

// EventKind is what was recorded: the kind of an act, or what else stands in a trail.
type EventKind string

// EventKinds lists all of what is recorded.
var EventKinds = append(kindsOfActs(), "start", "import", "enter", "stage", "discontinued", "lapsed", "overdue")

func kindsOfActs() []EventKind {
	kinds := make([]EventKind, len(ActKinds))
	for i, k := range ActKinds {
		kinds[i] = EventKind(k)
	}
	return kinds
}

// EventKindOf gives the kind of a line of a trail, such as `enter` for the rows of a register.
func EventKindOf(act string) EventKind {
	kind, _, _ := strings.Cut(act, " ")
	return EventKind(kind)
}

// ParseEventKind reads what is recorded.
func ParseEventKind(text string) (EventKind, error) {
	if k := EventKind(text); slices.Contains(EventKinds, k) {
		return k, nil
	}
	return "", Refuse(CodeInvalid, "%q is nothing that is recorded: name one of %s", text, strings.Join(Texts(EventKinds), ", "))
}

// Wants says whether a webhook is told of a kind.
func (w Webhook) Wants(k EventKind) bool { return len(w.Kinds) == 0 || slices.Contains(w.Kinds, k) }

// WebhookRules says where events may leave to, and what they tell.
type WebhookRules struct {
	// Hosts are those to which they may leave; EveryHost is all of them.
	Hosts []string
	// Marking is the highest of what they tell.
	Marking Marking
}

// EveryHost among the hosts of WebhookRules lets events leave to all of them.
const EveryHost = "*"

// TellsLimite says whether what is marked LIMITE may stand in an event.
func (r WebhookRules) TellsLimite() bool { return !Limite.Above(r.Marking) }

// longestURL is how many characters the address of a webhook may have.
const longestURL = 500

// MostWebhooks is how many webhooks one person may have.
const MostWebhooks = 20

// Judge refuses a webhook that no event could reach, or may not.
func (r WebhookRules) Judge(w Webhook) error {
	for _, k := range w.Kinds {
		if _, err := ParseEventKind(string(k)); err != nil {
			return err
		}
	}
	if len(w.Kinds) > 0 && !r.TellsLimite() {
		return Refuse(CodeInvalid, "events tell here that something was recorded and not what (webhooks.marking): leave the kinds out")
	}
	u, err := url.Parse(w.URL)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" || len(w.URL) > longestURL || u.String() != w.URL {
		return Refuse(CodeInvalid, "%q is no address of a webhook: write it as https://hooks.example.eu/policycycle", w.URL)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return Refuse(CodeInvalid, "%s is not encrypted: a webhook begins with https://", w.URL)
	}
	return r.judgeHost(u.Hostname())
}

func (r WebhookRules) judgeHost(host string) error {
	allowed := func(h string) bool { return h == EveryHost || strings.EqualFold(h, host) }
	switch {
	case len(r.Hosts) == 0:
		return Refuse(CodeInvalid, "no event leaves here: whoever operates it sets webhooks.hosts")
	case !slices.ContainsFunc(r.Hosts, allowed):
		return Refuse(CodeInvalid, "no event leaves to %s: whoever operates it adds that to webhooks.hosts", host)
	}
	return nil
}

// loopback says whether a host is this machine.
func loopback(host string) bool {
	at, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && at.IsLoopback()
}
