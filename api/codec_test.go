package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"

	"github.com/policycycle/policycycle/api"
	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/policy"
)

const temporalsPage = "https://temporal.example.eu"

// decrypting serves what decrypts under some keys; who asks is named by their token.
func decrypting(t *testing.T) (*httptest.Server, *engine.Encryption) {
	t.Helper()
	line, err := engine.NewEncryptionKey("first")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := engine.ParseEncryption([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]policy.Principal{
		"Bearer anna":    {Actor: policy.Actor{Person: 1, Body: policy.GeneralSecretariat}, Grants: []policy.Grant{{Role: policy.RoleOfficial, Body: policy.GeneralSecretariat}}},
		"Bearer auditor": {Actor: policy.Actor{Person: 2, Body: policy.CourtOfAuditors}, Grants: []policy.Grant{{Role: policy.RoleAuditor, Body: policy.CourtOfAuditors}}},
		"Bearer scoped":  anna,
		"Bearer eva":     {Actor: policy.Actor{Person: 3, Body: policy.Europol}, Grants: []policy.Grant{{Role: policy.RoleOfficial, Body: policy.Europol}}},
		"Bearer admin":   {Actor: policy.Actor{Person: 4, Body: policy.Operator}, Grants: []policy.Grant{{Role: policy.RoleAdministrator, Body: policy.Operator}}},
	}
	server := httptest.NewServer(api.New(api.Options{
		Service: &fake{}, Log: zerolog.Nop(), Codec: &api.Codec{Handler: keys.Handler(), Origins: []string{temporalsPage}},
		Identify: func(r *http.Request) (policy.Principal, error) {
			if who, is := known[r.Header.Get("Authorization")]; is {
				return who, nil
			}
			return policy.Principal{}, policy.Refuse(policy.CodeNotIdentified, "no token was shown")
		},
	}))
	t.Cleanup(server.Close)
	return server, keys
}

func TestCodec_DecryptsForWhoReadsAllOfEveryCycleAlone(t *testing.T) {
	t.Parallel()
	server, keys := decrypting(t)
	plain, err := converter.GetDefaultDataConverter().ToPayload("the Council adopted it")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := keys.Encode([]*commonpb.Payload{plain})
	if err != nil || strings.Contains(string(sealed[0].GetData()), "Council") {
		t.Fatalf("it is not encrypted: %v", err)
	}
	for token, status := range map[string]int{
		"Bearer anna": http.StatusOK, "Bearer auditor": http.StatusOK,
		"Bearer scoped": http.StatusForbidden, "Bearer eva": http.StatusForbidden, "Bearer admin": http.StatusForbidden,
		"": http.StatusUnauthorized, "Bearer nobody": http.StatusUnauthorized,
	} {
		watched := &lastStatus{}
		codec := converter.NewRemotePayloadCodec(converter.RemotePayloadCodecOptions{
			Endpoint: server.URL + "/codec", Client: http.Client{Transport: watched},
			ModifyRequest: func(r *http.Request) error {
				r.Header.Set("Origin", temporalsPage)
				if token != "" {
					r.Header.Set("Authorization", token)
				}
				return nil
			},
		})
		opened, err := codec.Decode(sealed)
		var said string
		if err == nil {
			err = converter.GetDefaultDataConverter().FromPayload(opened[0], &said)
		}
		if watched.status != status || (said == "the Council adopted it") != (status == http.StatusOK) {
			t.Errorf("%q gets %d and %q, %v: want %d", token, watched.status, said, err, status)
		}
	}
}

// lastStatus remembers the status of the last answer.
type lastStatus struct{ status int }

func (l *lastStatus) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		l.status = answer.StatusCode
	}
	return answer, err
}

// The page of another origin asks first whether it may, and says nothing of who asks.
func TestCodec_LetsThePagesAskThatAreListed(t *testing.T) {
	t.Parallel()
	server, _ := decrypting(t)
	for origin, allowed := range map[string]bool{temporalsPage: true, "https://elsewhere.example.com": false} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, server.URL+"/codec/decode", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Origin", origin)
		request.Header.Set("Access-Control-Request-Method", http.MethodPost)
		request.Header.Set("Access-Control-Request-Headers", "authorization,content-type,x-namespace")
		answer, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Fatal(err)
		}
		h := answer.Header
		preflight := answer.StatusCode == http.StatusNoContent && h.Get("Access-Control-Allow-Origin") == origin &&
			h.Get("Access-Control-Allow-Methods") == http.MethodPost && strings.Contains(h.Get("Access-Control-Allow-Headers"), "Authorization")
		if preflight != allowed || !allowed && (answer.StatusCode != http.StatusForbidden || h.Get("Access-Control-Allow-Origin") != "") || h.Get("Vary") != "Origin" {
			t.Errorf("%s gets %d, %v", origin, answer.StatusCode, h)
		}
	}
}

func TestCodec_IsOffUnlessItIsAskedFor(t *testing.T) {
	t.Parallel()
	server, _ := open(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/codec/decode", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer anna")
	answer, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusNotFound {
		t.Errorf("it answers %d", answer.StatusCode)
	}
}
