package api_test

import (
	"testing"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/api"
	"github.com/policycycle/policycycle/api/apitest"
)

func TestOpenAPI_LeadsToNoRequestThatBreaksTheService(t *testing.T) {
	t.Parallel()
	const each = 120
	handler := api.New(api.Options{Service: &fake{}, Identify: identify, Log: zerolog.Nop()})
	sent, reached := apitest.Break(t, handler, description(t), each)
	if reached == 0 {
		t.Error("not one request was good: the service itself was never reached")
	}
	t.Logf("%d requests, %d reached the service", sent, reached)
}
