package identity_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/identity/identitytest"
	"github.com/policycycle/policycycle/policy"
)

func TestClaimsGrants_GiveRoles(t *testing.T) {
	t.Parallel()
	c, err := identity.ReadClaims(strings.NewReader(`
roles:
  - {claim: realm_access.roles, value: "driver:*:*", give: ["driver@$1/empact-2022-2025/oap/*/$2"]}
  - {claim: "https://example.eu/body", value: "*", give: ["official@$1"]}
  - {claim: admin, value: "true", give: [administrator@operator]}
`))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		`{"realm_access": {"roles": ["driver:es:firearms", "driver:es:firearms"]}}`:      "driver@es on empact-2022-2025/oap/*/firearms",
		`{"https://example.eu/body": "europol", "admin": true}`:                          "administrator@operator, official@europol",
		`{"https://example.eu/body": "council"}`:                                         " ignored official@council",
		`{"https://example.eu/body": "es/empact"}`:                                       "",
		`{"realm_access": {"roles": "driver:es:x"}}`:                                     "driver@es on empact-2022-2025/oap/*/x",
		`{"realm_access": {"roles": ["driver:es", "driver::", "driver:$2:x", 7, null]}}`: " ignored driver@/empact-2022-2025/oap/*/",
		`{"realm_access": []}`:                                                           "", `{}`: "", `{"admin": "false"}`: "",
	} {
		var claims map[string]any
		if err := json.Unmarshal([]byte(text), &claims); err != nil {
			t.Fatal(err)
		}
		grants, ignored := c.Grants(claims)
		var said []string
		for _, g := range grants {
			said = append(said, g.String())
		}
		got := strings.Join(said, ", ")
		if len(ignored) > 0 {
			got += " ignored " + strings.Join(ignored, ", ")
		}
		if got != want {
			t.Errorf("%s gives %q, want %q", text, got, want)
		}
	}
}

func TestReadClaims_IsStrict(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                              "not sound",
		"roles: []":                     "gives no role",
		"rules: []":                     "not sound",
		"roles: [{claim: a}]":           "no claim or no value",
		"roles: [{claim: a, value: b}]": "gives no role",
		"roles: [{claim: a, value: b, give: [boss@europol]}]":                          "is not a role",
		"roles: [{claim: a, value: b, give: [official@council]}]":                      "nobody has a role at Council",
		"roles: [{claim: a, value: b, give: [official@$1]}]":                           "has 0 *",
		"roles: [{claim: a, value: 'x*', give: [official@$2]}]":                        "has 1 *",
		"roles: [{claim: a, value: b, give: [official@europol]}]\nservice: {claim: x}": "service has no claim",
	} {
		if _, err := identity.ReadClaims(strings.NewReader(text)); policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want … %s …", text, err, says)
		}
	}
}

func TestLocalCheck_AllowsThisMachineAlone(t *testing.T) {
	t.Parallel()
	for address, fine := range map[string]bool{
		"127.0.0.1:0": true, "127.8.9.1:80": true, "[::1]:80": true, "localhost:80": true,
		":80": false, "0.0.0.0:80": false, "[::]:80": false, "10.0.0.1:80": false, "example.eu:80": false, "localhost.example.eu:80": false, "127.0.0.1": false, "": false,
	} {
		if err := (identity.Local{}).Check(address); (err == nil) != fine {
			t.Errorf("%s: %v", address, err)
		}
	}
	for name, test := range map[string]struct {
		host, origin, site string
		fine               bool
	}{
		"a command":             {"127.0.0.1:80", "", "", true},
		"a page of its own":     {"localhost:80", "http://localhost:80", "same-origin", true},
		"a page of elsewhere":   {"localhost:80", "https://evil.example", "cross-site", false},
		"an old browser":        {"localhost:80", "https://evil.example", "", false},
		"a link from elsewhere": {"localhost:80", "", "cross-site", false},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.Host = test.host
		r.Header.Set(identity.HeaderAs, "anna@europol")
		for header, value := range map[string]string{"Origin": test.origin, "Sec-Fetch-Site": test.site} {
			if value != "" {
				r.Header.Set(header, value)
			}
		}
		if who, err := (identity.Local{}).Identify(r); (err == nil && who.Body == policy.Europol) != test.fine {
			t.Errorf("%s: %v, %v", name, who, err)
		}
	}
}

func TestLocalGuard_ServesNobodyUnderAForeignName(t *testing.T) {
	t.Parallel()
	door := identity.Local{}.Guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for host, status := range map[string]int{
		"127.0.0.1:8470": 204, "localhost:8470": 204, "localhost": 204, "[::1]:8470": 204, "[::1]": 204,
		"evil.example:8470": 403, "evil.example": 403, "localhost.evil.example:80": 403, "10.0.0.1:8470": 403, "": 403,
	} {
		for _, path := range []string{"/", "/login", "/events", "/v1/cycles", "/healthz"} {
			r, w := httptest.NewRequestWithContext(t.Context(), "GET", path, nil), httptest.NewRecorder()
			r.Host = host
			if door.ServeHTTP(w, r); w.Code != status || w.Header().Get(identity.HeaderLocal) == "" {
				t.Errorf("%s of %q: %d, want %d", path, host, w.Code, status)
			}
		}
	}
}

func FuzzClaims(f *testing.F) {
	f.Add(claimsFile, `{"groups": ["empact-nec-fr"]}`)
	f.Add("roles: [{claim: a.b, value: '*x*', give: ['official@$1']}]", `{"a": {"b": "europolx"}}`)
	f.Fuzz(func(t *testing.T, file, token string) {
		c, err := identity.ReadClaims(strings.NewReader(file))
		if err != nil {
			return
		}
		var claims map[string]any
		if json.Unmarshal([]byte(token), &claims) != nil {
			return
		}
		grants, _ := c.Grants(claims)
		for _, g := range grants {
			if g.Body.Collective() || !g.Body.Known() {
				t.Errorf("%s gives %s", token, g)
			}
		}
	})
}

// People choose their names themselves at many providers, and they stand everywhere.
func TestProviderVerify_GivesNamesAsTheyCanBeShown(t *testing.T) {
	t.Parallel()
	p := identitytest.New(t, now)
	known := dials(t, p, "")
	for name, want := range map[string]string{
		"Anna Berg":                        "Anna Berg",
		"  Anna\u00a0\t Berg\n":            "Anna Berg",
		"Ev\x1b[31mil\nINFO forged line":   "Ev[31mil INFO forged line",
		"Anna\u202egreB\u200b \x00\u0085x": "AnnagreB x",
		"Zoë " + strings.Repeat("é", 200):  "Zoë " + strings.Repeat("é", 96) + "…",
		strings.Repeat("a", 200):           strings.Repeat("a", 200),
		"\x1b\u200b \n":                    "anna.berg",
		"":                                 "anna.berg",
		"Ελένη Παπαδοπούλου, Ľubomír & <b>": "Ελένη Παπαδοπούλου, Ľubomír & <b>",
	} {
		claims := p.Good()
		claims["name"], claims["preferred_username"] = name, "anna.berg"
		who, err := known.Verify(t.Context(), p.Signs(claims))
		if err != nil || who.Name != want || len(who.Name) > 200 {
			t.Errorf("%q is shown as %q (%v), want %q", name, who.Name, err, want)
		}
	}
}
