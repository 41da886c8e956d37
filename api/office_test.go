package api_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/api"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/httpapi"
	"github.com/policycycle/policycycle/service/remote"
)

// anna is who the office of the test knows.
var anna = policy.Principal{
	Actor: policy.Actor{Person: 7, Body: policy.GeneralSecretariat}, Grants: []policy.Grant{{Role: policy.RoleOfficial, Body: policy.GeneralSecretariat, Scope: "empact"}},
}

func open(t *testing.T) (*httptest.Server, *evidence.Keyring) {
	t.Helper()
	private, public, err := evidence.NewKey(rand.Reader, "office.example.eu")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := evidence.ParseSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := evidence.ParseKeyring([]byte(public))
	if err != nil {
		t.Fatal(err)
	}
	handler := api.New(api.Options{Service: &fake{}, Office: &api.Office{Signer: signer, Keys: ring}, Log: zerolog.Nop(), Identify: func(r *http.Request) (policy.Principal, error) {
		switch r.Header.Get("Authorization") {
		case "Bearer anna":
			return anna, nil
		case "Bearer broken":
			return policy.Principal{}, io.ErrUnexpectedEOF
		default:
			return policy.Principal{}, policy.Refuse(policy.CodeNotIdentified, "no token was shown")
		}
	}})
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server, ring
}

func decision(change func(*policy.Act)) policy.Act {
	a := policy.Act{
		Kind: policy.ActDecide, Subject: policy.Subject{Cycle: "empact", Kind: policy.KindPriorities}, Date: policy.NewDate(2021, 5, 26), By: anna.Actor,
		Body: policy.Council, Outcome: policy.Adopted, Procedure: policy.Meeting, Document: "ST 8665/21 INIT", Version: 1, Digest: "sha256:x",
	}
	change(&a)
	return a
}

func TestOffice_SealsWhatSomebodyDoesThemselvesAndMay(t *testing.T) {
	t.Parallel()
	server, ring := open(t)
	for name, test := range map[string]struct {
		token  string
		change func(*policy.Act)
		issued time.Duration
		code   policy.Code
	}{
		"in order":            {"anna", func(*policy.Act) {}, 0, ""},
		"by nobody":           {"", func(*policy.Act) {}, 0, policy.CodeNotIdentified},
		"for another person":  {"anna", func(a *policy.Act) { a.By.Person = 8 }, 0, policy.CodeNotCompetent},
		"for another body":    {"anna", func(a *policy.Act) { a.By.Body = policy.Presidency }, 0, policy.CodeNotCompetent},
		"outside the role":    {"anna", func(a *policy.Act) { a.Subject.Cycle = "other" }, 0, policy.CodeNotCompetent},
		"without a document":  {"anna", func(a *policy.Act) { a.Document = "" }, 0, policy.CodeInvalid},
		"dated back":          {"anna", func(*policy.Act) {}, -time.Hour, policy.CodeSeal},
		"dated ahead":         {"anna", func(*policy.Act) {}, time.Hour, policy.CodeSeal},
		"while it is broken":  {"broken", func(*policy.Act) {}, 0, policy.CodeInternal},
		"a substitute's deed": {"anna", func(a *policy.Act) { a.For = &policy.Actor{Person: 9, Body: policy.GeneralSecretariat} }, 0, ""},
	} {
		e, err := evidence.Enclose("", "cycle/empact", decision(test.change), time.Now().Add(test.issued))
		if err != nil {
			t.Fatal(err)
		}
		office := &remote.Office{URL: server.URL, Client: server.Client(), Token: test.token}
		sealed, err := office.Seal(t.Context(), e)
		if policy.CodeOf(err) != test.code {
			t.Errorf("%s: %v, want %q", name, err, test.code)
		}
		if test.code == "" && ring.Verify(sealed, time.Now()) != nil {
			t.Errorf("%s: the seal is not good", name)
		}
		if strings.Contains(said(err), "EOF") {
			t.Errorf("%s: it tells what went wrong inside: %v", name, err)
		}
	}
	office := &remote.Office{URL: server.URL, Client: server.Client(), Token: "anna"}
	if who, err := office.WhoAmI(t.Context()); err != nil || who.Person != 7 {
		t.Errorf("it knows %+v, %v", who, err)
	}
	if keys, err := office.Keys(t.Context()); err != nil || !bytes.Equal(keys, ring.Text()) {
		t.Errorf("its keys are %s, %v", keys, err)
	}
	nobody := &remote.Office{URL: server.URL, Client: server.Client()}
	if _, err := nobody.WhoAmI(t.Context()); policy.CodeOf(err) != policy.CodeNotIdentified {
		t.Errorf("nobody asks who they are: %v", err)
	}
	server.Close()
	if _, err := office.WhoAmI(t.Context()); policy.CodeOf(err) != policy.CodeUnavailable {
		t.Errorf("while it is away: %v", err)
	}
}

func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestOffice_RefusesWhatIsNoEnvelope(t *testing.T) {
	t.Parallel()
	server, _ := open(t)
	for name, test := range map[string]struct {
		body   string
		status int
	}{
		"nothing":              {"", http.StatusBadRequest},
		"rubbish":              {"hello", http.StatusBadRequest},
		"a list":               {"[]", http.StatusUnprocessableEntity},
		"an empty one":         {"{}", http.StatusUnprocessableEntity},
		"a field that is none": {`{"formatt": 1}`, http.StatusUnprocessableEntity},
		"too much":             {strings.Repeat(" ", evidence.MaxEnvelope+1), http.StatusRequestEntityTooLarge},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+httpapi.Seal.Path, strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer anna")
		request.Header.Set("Content-Type", "application/json")
		answer, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		var refused api.Problem
		err = json.NewDecoder(answer.Body).Decode(&refused)
		if err != nil || answer.StatusCode != test.status || refused.Code != policy.CodeInvalid || answer.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %+v %v", name, answer.StatusCode, refused, err)
		}
		answer.Body.Close()
	}
}
