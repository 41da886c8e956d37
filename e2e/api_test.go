package e2e_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/policycycle/policycycle/api"
	"github.com/policycycle/policycycle/api/apitest"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/remote"
	"github.com/policycycle/policycycle/telemetry"
	catalogues "github.com/policycycle/policycycle/web/text"
)

// programs opens the API of a house in which names are believed.
func (h *house) programs() http.Handler {
	texts, err := catalogues.Load()
	if err != nil {
		h.tb.Fatal(err)
	}
	press, err := papers.NewPress(texts, nil)
	if err != nil {
		h.tb.Fatal(err)
	}
	return api.New(api.Options{
		Service: h.Service, Press: press, Log: zerolog.New(os.Stderr).Level(zerolog.ErrorLevel),
		Identify: func(r *http.Request) (policy.Principal, error) {
			actor, err := policy.ParseActor(r.Header.Get(identity.HeaderAs))
			if err != nil {
				return policy.Principal{}, policy.Refuse(policy.CodeNotIdentified, "nobody asks")
			}
			return h.store.PrincipalOf(r.Context(), actor)
		},
	})
}

func TestNoRequestBreaksTheServiceOnRealRecords(t *testing.T) {
	t.Parallel()
	f := defends(t, true)
	f.works()
	cycle := "empact-2022-2025" // the one that the requests are about
	f.starts(kept(cycle))
	f.toPlans(cycle)
	description, err := api.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	const each = 40
	sent, reached := apitest.Break(t, f.programs(), description, each)
	if reached == 0 {
		t.Error("not one request was good")
	}
	t.Logf("%d requests, %d did what they asked", sent, reached)
}

// correlated makes sure that the name of a request travelled with its act, and to the activity
// that recorded it, into what the log says of it.
func (f *fortress) correlated(cycle string) {
	f.tb.Helper()
	eventually(f.tb, "the name of the request is with the act", func() bool {
		events := f.engine.Client().GetWorkflowHistory(f.tb.Context(), "cycle/"+cycle, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			if err != nil {
				return false
			}
			header := event.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetInput().GetHeader().GetFields()["correlation"]
			if strings.Contains(string(header.GetData()), "request-of-eva") {
				return true
			}
		}
		return false
	})
	eventually(f.tb, "the log of the activity knows the request", func() bool {
		for line := range strings.Lines(f.log.String()) {
			if strings.Contains(line, `"message":"an act"`) && strings.Contains(line, `"correlation":"request-of-eva"`) && strings.Contains(line, `"record":"assessment-1"`) {
				return true
			}
		}
		return false
	})
}

func TestACycleRunsOverTheAPIAlone(t *testing.T) {
	t.Parallel()
	f := defends(t, true)
	f.works()
	door := f.listening(f.programs())
	server := httptest.NewServer(door)
	t.Cleanup(server.Close)
	over := func(name string, body policy.Body) *remote.Service {
		return &remote.Service{URL: server.URL, Client: new(http.Client), Name: name + "@" + string(body)}
	}
	anna, bert, eva := over("Anna", policy.GeneralSecretariat), over("Bert", policy.GeneralSecretariat), over("Eva", policy.Europol)
	ctx := t.Context()
	cycle := "api-alone"
	if _, err := anna.StartCycle(ctx, service.StartCycle{Definition: past(cycle)}); err != nil {
		t.Fatal(err)
	}
	changed := make(chan service.Change, 100)
	watching, unwatch := context.WithCancel(ctx)
	watched := make(chan error, 1)
	go func() { watched <- anna.Watch(watching, cycle, func(c service.Change) { changed <- c }) }()
	door.follows(t, cycle)
	f.awaits(at(cycle, "assessment"), policy.StateDrafting)
	named := telemetry.Correlate(ctx, "request-of-eva")
	handed, err := eva.Submit(named, service.Submit{Statement: service.Statement{ID: "assessment-1", Date: date("2021-04-10")}, Subject: at(cycle, "assessment")})
	if err != nil {
		t.Fatal(err)
	}
	f.correlated(cycle)
	again, err := eva.Submit(ctx, service.Submit{Statement: service.Statement{ID: "assessment-1", Date: date("2021-04-10")}, Subject: at(cycle, "assessment")})
	if err != nil || again.ID != handed.ID || again.Standing.Version != handed.Standing.Version {
		t.Errorf("repeated with its key it is %+v, %v; first it was %+v", again, err, handed)
	}
	eventually(t, "the change is told", func() bool {
		select {
		case c := <-changed:
			return c.Path == "assessment"
		default:
			return false
		}
	})
	unwatch()
	if err := <-watched; err != nil {
		t.Errorf("watching: %v", err)
	}
	f.awaits(at(cycle, "priorities"), policy.StateDrafting)
	if _, err := over("Pia", policy.Presidency).Submit(ctx, service.Submit{Subject: at(cycle, "priorities"), Statement: service.Statement{Date: date("2021-05-01")}}); err != nil {
		t.Fatal(err)
	}
	decided, err := anna.Decide(ctx, adoption(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := anna.Confirm(ctx, service.Second{Record: decided.ID}); policy.CodeOf(err) != policy.CodeFourEyes {
		t.Errorf("who recorded confirms over the API: %v", err)
	}
	if _, err := bert.Confirm(ctx, service.Second{Record: decided.ID, Statement: service.Statement{Date: date("2021-05-27")}}); err != nil {
		t.Fatal(err)
	}
	found, err := bert.FindSubject(ctx, at(cycle, "priorities"))
	if err != nil || found.Outcome != policy.Adopted || !strings.Contains(found.Decisions[0].ConfirmedBy, "Bert") {
		t.Errorf("%+v %v", found, err)
	}
	dossier, err := over("Eva", policy.CourtOfAuditors).Dossier(ctx, cycle)
	if err != nil {
		t.Fatal(err)
	}
	if report := dossier.Verify(f.ring); !report.OK() || report.SealedActs == 0 {
		t.Errorf("the record over the API does not stand up: %+v", report)
	}
}
