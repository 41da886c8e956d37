package e2e_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"google.golang.org/protobuf/proto"

	"github.com/policycycle/policycycle/identity/identitytest"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
)

// secretariat is a service as an institution runs it: serve with the key and a
// provider, a worker without, and officials with their tokens.
type secretariat struct {
	user
	provider *identitytest.Provider
	url      string
	office   user   // who starts the service
	metrics  string // where it gives its figures
}

const claimsOfEU = `
roles:
  - {claim: groups, value: "empact-*", give: ["official@$1"]}
  - {claim: groups, value: "driver-*-firearms", give: ["driver@$1/*/oap/*/firearms"]}
  - {claim: groups, value: operators, give: [administrator@operator]}
  - {claim: groups, value: auditors, give: [auditor@court-of-auditors]}
`

func opens(t *testing.T) *secretariat {
	t.Helper()
	s := &secretariat{provider: identitytest.New(t, time.Now())}
	f := defends(t, false)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := user{t, nil}
	public := plain.types("keys", "new", "seal", "--name", "office.example.eu", "--file", filepath.Join(dir, "seal.key"))
	encryption := filepath.Join(dir, "encryption.keys")
	if got := plain.types("keys", "new", "encryption", "--file", encryption); public.status != 0 || got.status != 0 {
		t.Fatalf("%+v %+v", public, got)
	}
	s.user = user{t, []string{
		"DATABASE_URL=" + f.url, "TEMPORAL_ADDRESS=" + shared.TemporalAddress, "TEMPORAL_NAMESPACE=" + f.namespace,
		"POLICYCYCLE_IDENTITY=oidc", "POLICYCYCLE_IDENTITY_ISSUER=" + s.provider.URL, "POLICYCYCLE_IDENTITY_CLIENT_ID=policycycle",
		"POLICYCYCLE_IDENTITY_CLAIMS=" + write("claims.yaml", claimsOfEU), "POLICYCYCLE_SEAL_KEYS=" + write("keys.txt", public.out),
		"POLICYCYCLE_ENCRYPTION_KEYS=" + encryption, "POLICYCYCLE_AUDIT_CHECKPOINTS=" + filepath.Join(dir, "witness"), "POLICYCYCLE_AUDIT_EVERY=200ms",
	}}
	s.office = user{t, append([]string{"POLICYCYCLE_SEAL_KEY=" + filepath.Join(dir, "seal.key")}, s.env...)}
	s.metrics = free(t)
	s.url = ready(user{t, append([]string{"POLICYCYCLE_METRICS=" + s.metrics}, s.office.env...)}, "serve")
	ready(s.user, "worker")
	s.env = append(s.env, "POLICYCYCLE_SERVER="+s.url)
	return s
}

var servedAt = regexp.MustCompile(`http://\S+\d`)

// ready starts a command that runs until the test ends, and gives the address
// that it says it serves.
func ready(u user, command string) string {
	u.tb.Helper()
	p := u.launches(command)
	p.says(u.tb, "Ready in")
	return servedAt.FindString(p.out.String())
}

// as gives an official with a token.
func (s *secretariat) as(name string, groups ...string) user {
	claims := s.provider.Good()
	claims["sub"], claims["name"], claims["groups"] = strings.ToLower(name), name, groups
	return user{s.tb, append([]string{"POLICYCYCLE_TOKEN=" + s.provider.Signs(claims)}, s.env...)}
}

func (u user) succeeds(args ...string) said {
	u.tb.Helper()
	got := u.types(args...)
	if got.status != 0 {
		u.tb.Fatalf("%v ended with %d: %s", args, got.status, got.err)
	}
	return got
}

func (u user) fails(status int, says string, args ...string) {
	u.tb.Helper()
	if got := u.types(args...); got.status != status || !strings.Contains(got.err, says) {
		u.tb.Errorf("%v ended with %d: %s%s, want %d … %s …", args, got.status, got.out, got.err, status, says)
	}
}

func TestOfficialsActWithTheirTokensAndARoleWithdrawnWorksAtOnce(t *testing.T) {
	t.Parallel()
	officialsAct(t, opens(t))
}

// Their commands need to reach nothing but the service.
func TestOfficialsActThroughTheServiceAlone(t *testing.T) {
	t.Parallel()
	s := opens(t)
	s.env = slices.DeleteFunc(s.env, func(setting string) bool {
		return strings.HasPrefix(setting, "DATABASE_") || strings.HasPrefix(setting, "TEMPORAL_") || strings.HasPrefix(setting, "POLICYCYCLE_SEAL") ||
			strings.HasPrefix(setting, "POLICYCYCLE_ENCRYPTION")
	})
	officialsAct(t, s)
}

func officialsAct(t *testing.T, s *secretariat) {
	t.Helper()
	anna, bert := s.as("Anna", "empact-general-secretariat"), s.as("Bert", "empact-general-secretariat")
	mike, pia := s.as("Mike", "empact-europol"), s.as("Pia", "empact-presidency", "empact-fr")
	root, ada, eve := s.as("Root", "operators"), s.as("Ada", "auditors"), s.as("Eve", "canteen")

	file := filepath.Join(t.TempDir(), "cycle.yaml")
	if err := os.WriteFile(file, []byte(smallCycleFile), 0o600); err != nil {
		t.Fatal(err)
	}
	s.fails(17, "nobody is logged in", "cycle", "start", file)
	user{t, append([]string{"POLICYCYCLE_TOKEN=rubbish"}, s.env...)}.fails(17, "none that is believed", "cycle", "start", file)
	eve.fails(17, "has no role here", "cycle", "start", file)
	mike.fails(6, "may not start a cycle", "cycle", "start", file)
	anna.succeeds("cycle", "start", file)
	mike.succeeds("submit", "small/assessment", "--date", "2021-04-10")
	pia.fails(2, "say for which body", "submit", "small/priorities", "--date", "2021-05-01")
	pia.succeeds("submit", "small/priorities", "--date", "2021-05-01", "--as", "@presidency")
	decide := []string{
		"decide", "small/priorities", "--body", "council", "--outcome", "adopted", "--date", "2021-05-26", "--document", "ST 8665/21", "--skip-reason", "prepared before",
	}
	pia.fails(6, "may not record what Council concluded", append(decide, "--as", "@presidency")...)
	ada.fails(6, "", decide...)
	var receipt service.Receipt
	anna.gets(&receipt, decide...)
	anna.fails(14, "recorded this outcome and so cannot confirm it", "confirm", receipt.ID)

	// An official of the secretariat loses the role while the token is still good.
	bert.fails(3, "nothing is recorded", "confirm", "x"+receipt.ID)
	var people []service.Person
	root.gets(&people, "people", "list")
	number := ""
	for _, p := range people {
		if p.Name == "Bert" {
			number = strconv.FormatInt(p.Person, 10)
		}
	}
	root.succeeds("people", "withdraw", number, "official@general-secretariat")
	bert.fails(17, "has no role here", "confirm", receipt.ID)
	bert.fails(17, "has no role here", "people", "grant", number, "official@general-secretariat")
	root.succeeds("people", "grant", number, "official@general-secretariat")
	bert.succeeds("confirm", receipt.ID)

	ada.succeeds("audit", "verify", "small")
	if got := ada.succeeds("show", "small/priorities"); !strings.Contains(got.out, "confirmed by Bert@general-secretariat") {
		t.Errorf("it shows %s", got.out)
	}
	archive := filepath.Join(t.TempDir(), "small.zip")
	ada.succeeds("dossier", "export", "small", "--file", archive)
	ada.succeeds("dossier", "verify", archive)
	pack := filepath.Join(t.TempDir(), "package")
	ada.succeeds("archive", "make", "small", pack)
	ada.fails(2, "is not empty", "archive", "make", "small", pack)
	if got := ada.succeeds("archive", "verify", pack); !strings.Contains(got.out, "is as it was") {
		t.Errorf("a package as it was made: %s", got.out)
	}
	if err := os.WriteFile(filepath.Join(pack, "representations", "data", "cycle.yaml"), []byte("key: other\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ada.fails(19, "representations/data/cycle.yaml is changed", "archive", "verify", pack)
	printed := anna.succeeds("envelope", "decide", "small/masp/general", "--body", "cosi", "--outcome", "adopted", "--document", "EX 1/21", "--date", "2021-10-15", "--version", "1")
	if !strings.Contains(printed.out, `"signature"`) || strings.Contains(printed.out, "Anna") {
		t.Errorf("the envelope is %s", printed.out)
	}
	answer, err := new(http.Client).Get(s.url + "/v1/seal")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusNotFound {
		t.Errorf("asking for a seal without an act: %d", answer.StatusCode)
	}
}

// free gives an address of this machine at which nobody listens, below those that
// connections are given.
func free(t *testing.T) string {
	t.Helper()
	for {
		const from, to = 10000, 32000
		at := fmt.Sprintf("127.0.0.1:%d", from+rand.IntN(to-from))
		if listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", at); err == nil {
			_ = listener.Close()
			return at
		}
	}
}

// answers asks an address as whoever has the token.
func answers(t *testing.T, method, address, token, body string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := new(http.Client).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

func TestWhoeverOperatesAServiceSeesHowItIsAndNobodyReachesItUnencrypted(t *testing.T) {
	t.Parallel()
	s := opens(t)
	for _, asked := range []struct { // in this order: what was asked before is counted
		address string
		want    int
	}{
		{s.url + "/healthz", 204}, {s.url + "/readyz", 204}, {s.url + "/metrics", 404},
		{"http://" + s.metrics + "/v1/cycles", 404}, {"http://" + s.metrics + "/metrics", 200},
	} {
		answer, text := answers(t, http.MethodGet, asked.address, "", "")
		if answer.StatusCode != asked.want || asked.want == http.StatusOK && !strings.Contains(text, "policycycle_http_request_seconds") {
			t.Errorf("%s: %d %.300s", asked.address, answer.StatusCode, text)
		}
	}
	with := func(env ...string) user { return user{t, append(env, s.office.env...)} }
	with("POLICYCYCLE_LISTEN=0.0.0.0:0").fails(2, "unencrypted", "serve")

	// Behind a proxy that encrypts, and where a decision wants a fresh log-in.
	at := free(t)
	ready(with("POLICYCYCLE_LISTEN="+at, "POLICYCYCLE_SERVER=https://policycycle.example.eu", "POLICYCYCLE_IDENTITY_FRESH=15m"), "serve")
	answer, _ := answers(t, http.MethodGet, "http://"+at+"/", "", "")
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Strict-Transport-Security") == "" || answer.Header.Get("X-Correlation-Id") == "" {
		t.Errorf("%d %v", answer.StatusCode, answer.Header)
	}
	const decision = `{"subject": "nowhere/priorities", "body": "council", "outcome": "adopted", "document": "EX 1/21", "date": "2021-05-26"}`
	for ago, want := range map[time.Duration]int{time.Minute: http.StatusNotFound, time.Hour: http.StatusUnauthorized} {
		claims := s.provider.Good()
		claims["groups"], claims["auth_time"] = []string{"empact-general-secretariat"}, time.Now().Add(-ago).Unix()
		token := s.provider.Signs(claims)
		if answer, text := answers(t, http.MethodGet, "http://"+at+"/v1/whoami", token, ""); answer.StatusCode != http.StatusOK {
			t.Errorf("who logged in %s ago asks: %d %s", ago, answer.StatusCode, text)
		}
		if answer, text := answers(t, http.MethodPost, "http://"+at+"/v1/decisions", token, decision); answer.StatusCode != want {
			t.Errorf("who logged in %s ago decides: %d %s, want %d", ago, answer.StatusCode, text, want)
		}
	}
}

const smallCycleFile = `format: 1
key: small
title: A small cycle
policy_window: {from: 2021-01-01, to: 2021-12-31}
implementation_window: {from: 2022-01-01, to: 2022-12-31}
assessment: {kind: SOCTA, title: SOCTA 2021, due: 2021-04-12}
conclusions: {due: 2021-05-26}
masp: {general: {key: general, title: General MASP}, drafting: 2021-06-01, due: 2021-10-15}
periods:
  - {key: "2022", from: 2022-01-01, to: 2022-12-31, drafting: 2021-09-01, due: 2021-12-10, reports: []}
priorities:
  - {key: firearms, title: Firearms, kind: crime, oaps: [{key: firearms, title: Firearms, driver: se}]}
evaluation: {opens: 2022-01-15, due: 2022-11-01}
`

// What Temporal keeps of a run tells nothing to whoever has no key.
func TestAHistoryTellsNothingWithoutTheKey(t *testing.T) {
	t.Parallel()
	f := defends(t, true)
	f.works()
	const cycle = "confidential"
	act := f.prepared(cycle)
	act.Comment = "agreed over a herring lunch"
	act.By = anna
	if _, err := as(t, f.Service, anna).Decide(t.Context(), service.Decide{Act: act}); err != nil {
		t.Fatal(err)
	}
	act.Version = 9
	_, err := as(t, f.Service, anna).Decide(t.Context(), service.Decide{Act: act})
	refused(t, err, policy.CodeNotOpen, "waits for a second person")
	for _, word := range []string{"herring", "Anna", "Eva", "waits for a second person", "ST 8665", "adopted", "sha256:"} {
		if found := plainIn(t, f, cycle, word); found != "" {
			t.Errorf("the history tells %q: %.200s", word, found)
		}
	}
	run, err := f.stranger().DescribeWorkflowExecution(t.Context(), protocol.WorkflowID(act.Subject.Run()), "")
	if err != nil {
		t.Fatal(err)
	}
	info := run.WorkflowExecutionInfo
	if info.Execution.WorkflowId != "cycle/"+cycle || len(info.Memo.GetFields()) > 0 {
		t.Errorf("%+v", info)
	}
	public := []string{"Cycle", "Stage", "Rehearsal", "BuildIds", "TemporalChangeVersion"} // the last two are Temporal's own
	for name, value := range info.SearchAttributes.GetIndexedFields() {
		if !slices.Contains(public, name) {
			t.Errorf("the search attribute %s is set: %s", name, value.GetData())
		}
	}
}

// plainIn searches what Temporal holds of the history of a cycle, byte by byte.
func plainIn(t *testing.T, f *fortress, cycle, word string) string {
	t.Helper()
	events := f.stranger().GetWorkflowHistory(t.Context(), "cycle/"+cycle, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := proto.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte(word)) {
			return event.String()
		}
	}
	return ""
}
