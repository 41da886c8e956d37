package e2e_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	temporalsdk "go.temporal.io/sdk/temporal"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/telemetry"
)

// fortress is a house of its own in which only sealed acts are recorded, and
// what travels is encrypted.
type fortress struct {
	*house
	url       string // of its database, as the owner
	namespace string
	signer    *evidence.Signer
	ring      *evidence.Keyring
	keys      *engine.Encryption
	log       *safeBuffer // of engine and worker
}

var fortresses atomic.Int64

// defends builds a fortress. With asserted names are believed; otherwise persons
// act by the roles that they were given.
func defends(tb testing.TB, asserted bool) *fortress {
	tb.Helper()
	return watched(tb, asserted, nil)
}

// watched builds a fortress that tells what it does to whoever takes traces; nil for nobody.
func watched(tb testing.TB, asserted bool, traces *telemetry.Traces) *fortress {
	tb.Helper()
	f := &fortress{namespace: fmt.Sprintf("fortress-%d", fortresses.Add(1)), log: &safeBuffer{}}
	f.url = database(tb, strings.ReplaceAll(f.namespace, "-", "_"))
	f.signer, f.ring = office(tb)
	line, err := engine.NewEncryptionKey("first")
	if err == nil {
		f.keys, err = engine.ParseEncryption([]byte(line))
	}
	if err != nil {
		tb.Fatal(err)
	}
	options := engine.Options{Address: shared.TemporalAddress, Namespace: f.namespace, Log: zerolog.New(f.log).Level(zerolog.DebugLevel), Encryption: f.keys, Timeout: unhurried, Traces: traces}
	if err := engine.Prepare(tb.Context(), options); err != nil {
		tb.Fatal(err)
	}
	s, err := store.Open(tb.Context(), f.url, store.Options{Asserted: asserted, Sealed: true, Keys: f.ring, Signer: f.signer})
	if err != nil {
		tb.Fatal(err)
	}
	var e *engine.Engine
	eventually(tb, "the namespace is there", func() bool {
		if e, err = engine.Dial(tb.Context(), options); err != nil {
			return false
		}
		if _, err = e.Client().WorkflowService().DescribeNamespace(tb.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: f.namespace}); err != nil {
			e.Close()
		}
		return err == nil
	})
	tb.Cleanup(func() { e.Close(); s.Close() })
	f.house = &house{Service: local.New(s, e, local.Key{Signer: f.signer}), tb: tb, store: s, engine: e}
	return f
}

// office makes a key that seals, and those who believe it.
func office(tb testing.TB) (*evidence.Signer, *evidence.Keyring) {
	tb.Helper()
	private, public, err := evidence.NewKey(rand.Reader, "office.example.eu")
	if err != nil {
		tb.Fatal(err)
	}
	signer, err := evidence.ParseSigner(private)
	if err != nil {
		tb.Fatal(err)
	}
	ring, err := evidence.ParseKeyring([]byte(public))
	if err != nil {
		tb.Fatal(err)
	}
	return signer, ring
}

// database makes a database of its own on the shared Postgres.
func database(tb testing.TB, name string) string {
	tb.Helper()
	u, err := url.Parse(shared.DatabaseURL)
	if err != nil {
		tb.Fatal(err)
	}
	execute(tb, shared.DatabaseURL, "CREATE DATABASE "+name)
	tb.Cleanup(func() { execute(tb, shared.DatabaseURL, "DROP DATABASE "+name+" WITH (FORCE)") })
	u.Path = "/" + name
	if err := store.Migrate(tb.Context(), u.String()); err != nil {
		tb.Fatal(err)
	}
	return u.String()
}

// execute runs SQL as the superuser of the Postgres.
func execute(tb testing.TB, url, sql string) {
	tb.Helper()
	ctx := context.WithoutCancel(tb.Context()) // which has ended in a cleanup
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
}

// stranger is somebody with access to Temporal, who even has the keys to what
// travels.
func (f *fortress) stranger() client.Client {
	f.tb.Helper()
	c, err := client.Dial(client.Options{
		HostPort: shared.TemporalAddress, Namespace: f.namespace, Logger: quiet{}, DataConverter: f.keys.Converter(),
	})
	if err != nil {
		f.tb.Fatal(err)
	}
	f.tb.Cleanup(c.Close)
	return c
}

// numbered gives an actor with the number under which the records know the
// person.
func (f *fortress) numbered(by policy.Actor) policy.Actor {
	f.tb.Helper()
	who, err := f.store.PrincipalOf(f.tb.Context(), by)
	if err != nil {
		f.tb.Fatal(err)
	}
	return policy.Actor{Person: who.Person, Body: by.Body}
}

// prepared brings a cycle to where COSI's note on the priorities is awaited, and
// gives the decision that would be recorded.
func (f *fortress) prepared(cycle string) policy.Act {
	f.tb.Helper()
	f.starts(past(cycle))
	f.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	handed := f.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	return policy.Act{
		Kind: policy.ActDecide, Subject: at(cycle, "priorities"), Date: date("2021-05-26"), By: f.numbered(anna), Body: policy.Council,
		Outcome: policy.Adopted, Procedure: policy.Meeting, Document: "ST 8665/21 INIT", Version: 1, Digest: handed.Digest,
	}
}

// attempt is an act that somebody sends straight to Temporal: who sealed it, and
// what was changed about its envelope before that or after.
type attempt struct {
	act           policy.Act
	signer        *evidence.Signer // nil: nobody
	before, after func(*evidence.Envelope)
	code          policy.Code // with which it is to be refused
}

func (a attempt) envelope(tb testing.TB, id string) evidence.Envelope {
	tb.Helper()
	e, err := evidence.Enclose(id, protocol.WorkflowID(a.act.Subject.Run()), a.act, time.Now())
	if err != nil {
		tb.Fatal(err)
	}
	if a.before != nil {
		a.before(&e)
	}
	if a.signer != nil {
		if e, err = a.signer.Seal(e); err != nil {
			tb.Fatal(err)
		}
	}
	if a.after != nil {
		a.after(&e)
	}
	return e
}

// attempts are what somebody with access to Temporal may try: forged, unsealed,
// wrongly sealed, stale, and self-adopted decisions.
func (f *fortress) attempts(act policy.Act) map[string]attempt {
	forger, _ := office(f.tb)
	sealed := func(code policy.Code, change func(*policy.Act)) attempt {
		changed := act
		change(&changed)
		return attempt{act: changed, signer: f.signer, code: code}
	}
	after := func(change func(*evidence.Envelope)) attempt {
		return attempt{act: act, signer: f.signer, after: change, code: policy.CodeSeal}
	}
	before := func(code policy.Code, change func(*evidence.Envelope)) attempt {
		return attempt{act: act, signer: f.signer, before: change, code: code}
	}
	eva := f.numbered(policy.Actor{Name: "Eva", Body: policy.GeneralSecretariat})
	other := f.numbered(second)
	return map[string]attempt{
		"unsealed":                      {act: act, code: policy.CodeSeal},
		"sealed by somebody else":       {act: act, signer: forger, code: policy.CodeSeal},
		"changed after it was sealed":   after(func(e *evidence.Envelope) { e.Act.Outcome = policy.NotAgreed }),
		"another's name put in":         after(func(e *evidence.Envelope) { e.Act.By.Person++ }),
		"another ID put in":             after(func(e *evidence.Envelope) { e.ID += "-again" }),
		"a seal that is none":           after(func(e *evidence.Envelope) { e.Signature = "AAAA" }),
		"an unknown key named":          after(func(e *evidence.Envelope) { e.KeyID = "office.example.eu+00000000" }),
		"the seal taken off":            after(func(e *evidence.Envelope) { e.Signature, e.KeyID = "", "" }),
		"made younger":                  after(func(e *evidence.Envelope) { e.IssuedAt = e.IssuedAt.Add(time.Minute) }),
		"sealed four days ago":          before(policy.CodeSeal, func(e *evidence.Envelope) { e.IssuedAt = time.Now().Add(-96 * time.Hour) }),
		"sealed for tomorrow":           before(policy.CodeSeal, func(e *evidence.Envelope) { e.IssuedAt = time.Now().Add(24 * time.Hour) }),
		"addressed to another cycle":    before(policy.CodeInvalid, func(e *evidence.Envelope) { e.WorkflowID = "cycle/other" }),
		"of a format to come":           before(policy.CodeInvalid, func(e *evidence.Envelope) { e.Format = 99 }),
		"on another text":               sealed(policy.CodeWrongVersion, func(a *policy.Act) { a.Digest = evidence.Digest([]byte("another")) }),
		"on no text":                    sealed(policy.CodeWrongVersion, func(a *policy.Act) { a.Digest = "" }),
		"on an old version":             sealed(policy.CodeWrongVersion, func(a *policy.Act) { a.Version = 7 }),
		"by a person nobody knows":      sealed(policy.CodeNotIdentified, func(a *policy.Act) { a.By.Person = 4711 }),
		"by a delegation":               sealed(policy.CodeNotCompetent, func(a *policy.Act) { a.By.Body = "fr" }),
		"the Council typing itself":     sealed(policy.CodeNotCompetent, func(a *policy.Act) { a.By.Body = policy.Council }),
		"the Commission adopting":       sealed(policy.CodeNotCompetent, func(a *policy.Act) { a.By.Body, a.Body = policy.Commission, policy.Commission }),
		"adopted by who handed it in":   sealed(policy.CodeFourEyes, func(a *policy.Act) { a.By = eva }),
		"ended by a silence procedure":  sealed(policy.CodeNotOpen, func(a *policy.Act) { a.Procedure = policy.SilenceProcedure }),
		"a confirmation of nothing":     sealed(policy.CodeUnknown, func(a *policy.Act) { *a = confirmation(*a, "nothing", "sha256:x") }),
		"a substitution nobody granted": sealed(policy.CodeNotCompetent, func(a *policy.Act) { a.For = &other }),
	}
}

func TestWhatIsSentStraightToTemporalIsRefusedUnlessTheOfficeSealedIt(t *testing.T) {
	t.Parallel()
	f := defends(t, true)
	f.works()
	const cycle = "besieged"
	act := f.prepared(cycle)
	stranger, workflow := f.stranger(), protocol.WorkflowID(act.Subject.Run())
	for _, channel := range []string{protocol.ChannelUpdate, protocol.ChannelSignal} {
		for name, attempt := range f.attempts(act) {
			e := attempt.envelope(t, channel+"-"+strings.ReplaceAll(name, " ", "-"))
			code := deliver(t, stranger, channel, workflow, e)
			if channel == protocol.ChannelUpdate && code != attempt.code {
				t.Errorf("%s: answered %q, want %q", name, code, attempt.code)
			}
			eventually(t, name+" by "+channel+" stands in the trail as "+string(attempt.code), func() bool { return f.attempted(cycle, e.ID) == attempt.code })
		}
	}
	if found, err := f.FindSubject(t.Context(), act.Subject); err != nil || len(found.Decisions) != 0 || found.State != policy.StateDeciding {
		t.Errorf("after all that it stands at %+v, %v", found, err)
	}

	// What the office sealed is recorded, once however often it is replayed, and
	// its own recorder cannot confirm it.
	good := attempt{act: act, signer: f.signer}.envelope(t, "")
	for range 2 {
		if code := deliver(t, stranger, protocol.ChannelUpdate, workflow, good); code != "" {
			t.Fatalf("the sealed act was refused: %s", code)
		}
	}
	_, stated, err := f.store.FindStated(t.Context(), good.ID)
	if err != nil {
		t.Fatal(err)
	}
	own := attempt{act: confirmation(act, good.ID, stated), signer: f.signer}.envelope(t, "")
	if code := deliver(t, stranger, protocol.ChannelUpdate, workflow, own); code != policy.CodeFourEyes {
		t.Errorf("confirmed by who recorded it: %q", code)
	}
	if _, err := as(t, f, second).Confirm(t.Context(), service.Second{Record: good.ID}); err != nil {
		t.Fatal(err)
	}
	d, err := as(t, f, auditor).Dossier(t.Context(), cycle)
	if err != nil {
		t.Fatal(err)
	}
	if r := d.Verify(f.ring); !r.OK() || r.UnsealedActs > 0 || r.SealedActs != 4 {
		t.Errorf("the record: %+v", r)
	}
}

// auditor looks at everything.
var auditor = policy.Actor{Name: "Ada", Body: policy.CourtOfAuditors}

// confirmation is one by who recorded the act.
func confirmation(a policy.Act, id, stated string) policy.Act {
	return policy.Act{Kind: policy.ActConfirm, Subject: a.Subject, Date: a.Date, By: a.By, Confirms: id, Digest: stated}
}

// deliver sends an envelope straight to Temporal, and gives the code of the
// refusal; a signal has no answer.
func deliver(t *testing.T, c client.Client, channel, workflow string, e evidence.Envelope) policy.Code {
	t.Helper()
	if channel == protocol.ChannelSignal {
		if err := c.SignalWorkflow(t.Context(), workflow, "", protocol.SignalAct, e); err != nil {
			t.Fatal(err)
		}
		return ""
	}
	return refusalCode(t, updates(t, c, workflow, e, nil))
}

// updates sends something as an act by update and waits for the receipt. Temporal takes
// no update of a run whose tasks come late, as on a machine with much else to do: it is
// sent again then.
func updates(t *testing.T, c client.Client, workflow string, what, receipt any) error {
	t.Helper()
	return sends(t, c, workflow, protocol.UpdateAct, what, receipt)
}

func sends(t *testing.T, c client.Client, workflow, name string, what, receipt any) (err error) {
	t.Helper()
	eventually(t, workflow+" takes updates", func() bool {
		var handle client.WorkflowUpdateHandle
		handle, err = c.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{
			WorkflowID: workflow, UpdateName: name, Args: []any{what}, WaitForStage: client.WorkflowUpdateStageCompleted,
		})
		if err == nil {
			err = handle.Get(t.Context(), receipt)
		}
		_, late := errors.AsType[*serviceerror.WorkflowNotReady](err)
		return !late
	})
	return err
}

// refusalCode gives the code of a refusal that came through Temporal.
func refusalCode(t *testing.T, err error) policy.Code {
	t.Helper()
	if err == nil {
		return ""
	}
	refused, is := errors.AsType[*temporalsdk.ApplicationError](err)
	if !is {
		t.Fatal(err)
	}
	return policy.Code(refused.Type())
}

// attempted gives the code under which an attempt stands in the trail.
func (f *fortress) attempted(cycle, id string) policy.Code {
	f.tb.Helper()
	trail, err := f.Trail(f.tb.Context(), cycle, service.TrailFilter{})
	if err != nil {
		f.tb.Fatal(err)
	}
	for _, line := range trail {
		if line.ActID == id && !line.Accepted {
			return line.Code
		}
	}
	return ""
}
