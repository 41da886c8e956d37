package api_test

import (
	"context"
	"net/http"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// asker is who asks in these tests.
var asker = policy.Actor{Person: 7, Name: "Anna", Body: policy.GeneralSecretariat}

// fake is a service that takes note of what it is asked, and answers with
// something in every field, or with a refusal.
type fake struct {
	mu     sync.Mutex
	method string
	in     []any
	out    any
	err    error
	who    policy.Actor // to whom it was given last
}

// give takes note of a call and gives something in every field.
func give[O any](f *fake, method string, in ...any) (O, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.method, f.in = method, in
	var out O
	if f.err != nil {
		return out, f.err
	}
	fill(reflect.ValueOf(&out).Elem(), 0)
	f.out = out
	return out, nil
}

func does(f *fake, method string, in ...any) error {
	_, err := give[int](f, method, in...)
	return err
}

func (f *fake) As(who policy.Principal) service.Service {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.who = who.Actor
	return f
}

func (f *fake) PrincipalOf(_ context.Context, by policy.Actor) (policy.Principal, error) {
	return policy.Asserted(by), nil
}

func (f *fake) May(context.Context) ([]policy.Deed, error) { return give[[]policy.Deed](f, "May") }

func (f *fake) StartCycle(_ context.Context, in service.StartCycle) (*service.Cycle, error) {
	return give[*service.Cycle](f, "StartCycle", in)
}

func (f *fake) ListCycles(_ context.Context, in service.CycleFilter) ([]service.CycleLine, error) {
	return give[[]service.CycleLine](f, "ListCycles", in)
}

func (f *fake) FindCycle(_ context.Context, id string) (*service.Cycle, error) {
	return give[*service.Cycle](f, "FindCycle", id)
}

func (f *fake) FindScript(_ context.Context, id string) (*service.Script, error) {
	return give[*service.Script](f, "FindScript", id)
}

func (f *fake) FindScriptedRows(_ context.Context, id string) ([]policy.Row, error) {
	return give[[]policy.Row](f, "FindScriptedRows", id)
}
func (f *fake) ListBodies(context.Context) (policy.BodyTable, error) {
	return give[policy.BodyTable](f, "ListBodies")
}

func (f *fake) ListScripts(context.Context) ([]string, error) {
	return give[[]string](f, "ListScripts")
}

func (f *fake) Decide(_ context.Context, in service.Decide) (*service.Receipt, error) {
	return give[*service.Receipt](f, "Decide", in)
}

func (f *fake) Enclose(_ context.Context, in service.Enclose) (*evidence.Envelope, error) {
	return give[*evidence.Envelope](f, "Enclose", in)
}

func (f *fake) Confirm(_ context.Context, in service.Second) (*service.Receipt, error) {
	return give[*service.Receipt](f, "Confirm", in)
}

func (f *fake) SetAside(_ context.Context, in service.Second) (*service.Receipt, error) {
	return give[*service.Receipt](f, "SetAside", in)
}

func (f *fake) Launch(_ context.Context, in service.Launch) (*service.Receipt, error) {
	return give[*service.Receipt](f, "Launch", in)
}

func (f *fake) TakePosition(_ context.Context, in service.Position) (*service.Receipt, error) {
	return give[*service.Receipt](f, "TakePosition", in)
}

func (f *fake) Finalise(_ context.Context, in service.Submit) (*service.Receipt, error) {
	return give[*service.Receipt](f, "Finalise", in)
}

func (f *fake) Correct(_ context.Context, in service.Correct) (*service.Receipt, error) {
	return give[*service.Receipt](f, "Correct", in)
}

func (f *fake) Submit(_ context.Context, in service.Submit) (*service.Receipt, error) {
	return give[*service.Receipt](f, "Submit", in)
}

func (f *fake) OpenItem(_ context.Context, in service.OpenItem) (*service.Receipt, error) {
	return give[*service.Receipt](f, "OpenItem", in)
}

func (f *fake) AmendCycle(_ context.Context, in service.AmendCycle) (*service.Receipt, error) {
	return give[*service.Receipt](f, "AmendCycle", in)
}

func (f *fake) Inbox(_ context.Context, in service.InboxFilter) ([]service.InboxItem, error) {
	return give[[]service.InboxItem](f, "Inbox", in)
}

func (f *fake) FindSubject(_ context.Context, in policy.Subject) (*service.Subject, error) {
	return give[*service.Subject](f, "FindSubject", in)
}

func (f *fake) Trail(_ context.Context, in string, filter service.TrailFilter) ([]service.TrailEntry, error) {
	return give[[]service.TrailEntry](f, "Trail", in, filter)
}

func (f *fake) Claim(_ context.Context, in service.Claim) error   { return does(f, "Claim", in) }
func (f *fake) Remind(_ context.Context, in service.Remind) error { return does(f, "Remind", in) }

func (f *fake) Search(_ context.Context, in string) ([]service.Found, error) {
	return give[[]service.Found](f, "Search", in)
}

func (f *fake) Watch(ctx context.Context, cycle string, each func(service.Change)) error {
	err := does(f, "Watch", cycle)
	each(service.Change{Cycle: cycle, Sequence: 3, Path: "priorities"})
	<-ctx.Done()
	return err
}

func (f *fake) FindDraft(_ context.Context, in policy.Subject) (*service.Draft, error) {
	return give[*service.Draft](f, "FindDraft", in)
}

func (f *fake) SaveDraft(_ context.Context, in service.SaveDraft) (*service.Draft, error) {
	return give[*service.Draft](f, "SaveDraft", in)
}

func (f *fake) DropDraft(_ context.Context, in service.SaveDraft) error {
	in.Content = nil
	return does(f, "DropDraft", in)
}

func (f *fake) FindFile(_ context.Context, in policy.Subject, record string) (*service.File, error) {
	return give[*service.File](f, "FindFile", in, record)
}

func (f *fake) FindContent(_ context.Context, in policy.Subject, version int) (*service.Document, error) {
	return give[*service.Document](f, "FindContent", in, version)
}

func (f *fake) CompareVersions(_ context.Context, in policy.Subject, was, is int) (*service.Comparison, error) {
	return give[*service.Comparison](f, "CompareVersions", in, was, is)
}

func (f *fake) RollOver(_ context.Context, in policy.Subject) (*rules.RolledOver, error) {
	return give[*rules.RolledOver](f, "RollOver", in)
}

func (f *fake) FindRound(_ context.Context, in policy.Subject) (*rules.RoundStatus, error) {
	return give[*rules.RoundStatus](f, "FindRound", in)
}

func (f *fake) CloseRound(_ context.Context, in service.CloseRound) (*service.Receipt, error) {
	return give[*service.Receipt](f, "CloseRound", in)
}

func (f *fake) Enter(_ context.Context, in service.Enter) (*service.Entered, error) {
	return give[*service.Entered](f, "Enter", in)
}

func (f *fake) ListRows(_ context.Context, in service.RowFilter) ([]policy.Row, error) {
	return give[[]policy.Row](f, "ListRows", in)
}

func (f *fake) CancelMeeting(_ context.Context, in service.CancelMeeting) (*service.Receipt, error) {
	return give[*service.Receipt](f, "CancelMeeting", in)
}

func (f *fake) MoveMeeting(_ context.Context, in service.MoveMeeting) (*service.Receipt, error) {
	return give[*service.Receipt](f, "MoveMeeting", in)
}

func (f *fake) Findings(_ context.Context, cycle string, filter service.FindingFilter) ([]policy.Finding, error) {
	return give[[]policy.Finding](f, "Findings", cycle, filter)
}

func (f *fake) FindMeeting(_ context.Context, cycle, key string) (*rules.MeetingView, error) {
	return give[*rules.MeetingView](f, "FindMeeting", cycle, key)
}

func (f *fake) NationalSheet(_ context.Context, cycle string, state policy.Body) (*rules.NationalSheet, error) {
	return give[*rules.NationalSheet](f, "NationalSheet", cycle, state)
}

func (f *fake) Handover(_ context.Context, cycle string, on policy.Date) (*service.Handover, error) {
	return give[*service.Handover](f, "Handover", cycle, on)
}

func (f *fake) Money(_ context.Context, cycle string) (*service.Money, error) {
	return give[*service.Money](f, "Money", cycle)
}

func (f *fake) Objectives(_ context.Context, cycle string) (*service.Objectives, error) {
	return give[*service.Objectives](f, "Objectives", cycle)
}

func (f *fake) Summary(_ context.Context, cycle string, in rules.SummaryFilter) (*rules.Summary, error) {
	return give[*rules.Summary](f, "Summary", cycle, in)
}

func (f *fake) Compliance(_ context.Context, cycle string) ([]rules.Compliance, error) {
	return give[[]rules.Compliance](f, "Compliance", cycle)
}

func (f *fake) Obligations(_ context.Context, cycle string) ([]rules.Owed, error) {
	return give[[]rules.Owed](f, "Obligations", cycle)
}

func (f *fake) Series(_ context.Context, cycle, indicator string) ([]rules.SeriesPoint, error) {
	return give[[]rules.SeriesPoint](f, "Series", cycle, indicator)
}

func (f *fake) Export(_ context.Context, cycle string) (*service.Whole, error) {
	return give[*service.Whole](f, "Export", cycle)
}

func (f *fake) Import(_ context.Context, in service.Whole) (*service.Cycle, error) {
	return give[*service.Cycle](f, "Import", in)
}

func (f *fake) AddForgotten(_ context.Context, in service.Whole) (*service.Added, error) {
	return give[*service.Added](f, "AddForgotten", in)
}

func (f *fake) Dossier(_ context.Context, cycle string) (*evidence.Dossier, error) {
	if _, err := give[int](f, "Dossier", cycle); err != nil {
		return nil, err
	}
	return &evidence.Dossier{Cycle: cycle, Made: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Summary: "# A cycle\n"}, nil
}

func (f *fake) ListReads(_ context.Context, cycle string) ([]service.Read, error) {
	return give[[]service.Read](f, "ListReads", cycle)
}

func (f *fake) ListPeople(_ context.Context) ([]service.Person, error) {
	return give[[]service.Person](f, "ListPeople")
}

func (f *fake) ChangeRole(_ context.Context, in service.ChangeRole) error {
	return does(f, "ChangeRole", in)
}

func (f *fake) LinkAccount(_ context.Context, in service.LinkAccount) error {
	return does(f, "LinkAccount", in)
}

func (f *fake) ErasePerson(_ context.Context, person int64) error {
	return does(f, "ErasePerson", person)
}

func (f *fake) MakeCalendar(_ context.Context, of service.CalendarScope) (*service.MadeCalendar, error) {
	return give[*service.MadeCalendar](f, "MakeCalendar", of)
}

func (f *fake) ListCalendars(_ context.Context) ([]service.KnownCalendar, error) {
	return give[[]service.KnownCalendar](f, "ListCalendars")
}

func (f *fake) FindMailChoice(_ context.Context) (*service.MailChoice, error) {
	return give[*service.MailChoice](f, "FindMailChoice")
}

func (f *fake) ChooseMail(_ context.Context, c service.MailChoice) (*service.MailChoice, error) {
	return give[*service.MailChoice](f, "ChooseMail", c)
}

func (f *fake) ListMails(_ context.Context, filter service.MailFilter) ([]service.Mail, error) {
	return give[[]service.Mail](f, "ListMails", filter)
}

func (f *fake) BounceMail(_ context.Context, b service.Bounce) error {
	return does(f, "BounceMail", b)
}

func (f *fake) MakeWebhook(_ context.Context, w service.Webhook) (*service.MadeWebhook, error) {
	return give[*service.MadeWebhook](f, "MakeWebhook", w)
}

func (f *fake) ListWebhooks(_ context.Context) ([]service.KnownWebhook, error) {
	return give[[]service.KnownWebhook](f, "ListWebhooks")
}

func (f *fake) PauseWebhook(_ context.Context, webhook int64) error {
	return does(f, "PauseWebhook", webhook)
}

func (f *fake) ResumeWebhook(_ context.Context, webhook int64) error {
	return does(f, "ResumeWebhook", webhook)
}

func (f *fake) RemoveWebhook(_ context.Context, webhook int64) error {
	return does(f, "RemoveWebhook", webhook)
}

func (f *fake) RotateWebhook(_ context.Context, webhook int64) (*service.MadeWebhook, error) {
	return give[*service.MadeWebhook](f, "RotateWebhook", webhook)
}

func (f *fake) TryWebhook(_ context.Context, webhook int64) (*service.Replayed, error) {
	return give[*service.Replayed](f, "TryWebhook", webhook)
}

func (f *fake) ReplayWebhook(_ context.Context, r service.Replay) (*service.Replayed, error) {
	return give[*service.Replayed](f, "ReplayWebhook", r)
}

func (f *fake) ListDeliveries(_ context.Context, filter service.DeliveryFilter) ([]service.Delivery, error) {
	return give[[]service.Delivery](f, "ListDeliveries", filter)
}

func (f *fake) RevokeCalendar(_ context.Context, calendar int64) error {
	return does(f, "RevokeCalendar", calendar)
}

// identify believes whoever shows a name that it is Anna.
func identify(r *http.Request) (policy.Principal, error) {
	if r.Header.Get("Policycycle-As") == "" {
		return policy.Principal{}, policy.Refuse(policy.CodeNotIdentified, "nobody asks")
	}
	return policy.Asserted(asker), nil
}

// special are the values of types that cannot hold anything.
var special = map[reflect.Type]any{
	reflect.TypeFor[policy.Actor]():       asker,
	reflect.TypeFor[policy.Subject]():     policy.Subject{Cycle: "empact-2022-2025", Kind: policy.KindMASP, Key: "general"},
	reflect.TypeFor[policy.Kind]():        policy.KindMASP,
	reflect.TypeFor[policy.Body]():        policy.COSI,
	reflect.TypeFor[policy.Outcome]():     policy.Adopted,
	reflect.TypeFor[policy.Wording]():     policy.Wording{policy.Adopted: {"en": "agreed"}},
	reflect.TypeFor[policy.Procedure]():   policy.Meeting,
	reflect.TypeFor[policy.Stance]():      policy.Agrees,
	reflect.TypeFor[policy.DocumentRef](): policy.DocumentRef("EX 15421/22 INIT"),
	reflect.TypeFor[policy.Amount]():      policy.Whole(7),
	reflect.TypeFor[policy.Date]():        policy.NewDate(2022, 12, 9),
	reflect.TypeFor[policy.Content]():     policy.Content(&policy.StrategicPlan{Goals: []policy.StrategicGoal{{Key: "1", Title: "Fewer firearms"}}}),
	reflect.TypeFor[policy.RowBody]():     policy.RowBody(&policy.Holding{Holder: "fr", Person: "NEC"}),
	reflect.TypeFor[policy.Register]():    policy.RegPosts,
	reflect.TypeFor[policy.Grant]():       policy.Grant{Role: policy.RoleNEC, Body: "fr"},
	reflect.TypeFor[time.Time]():          time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	reflect.TypeFor[map[string]policy.Content](): map[string]policy.Content{
		"masp/general/v1": &policy.StrategicPlan{Goals: []policy.StrategicGoal{{Key: "1", Title: "Fewer firearms"}}},
	},
}

// fill puts something into every field.
func fill(v reflect.Value, depth int) {
	const deepest = 9
	if value, is := special[v.Type()]; is {
		v.Set(reflect.ValueOf(value))
		return
	}
	if worded, is := reflect.TypeAssert[interface{ Words() []string }](reflect.Zero(v.Type())); is && v.Kind() == reflect.String {
		v.SetString(worded.Words()[0])
		return
	}
	if depth > deepest {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Uint8:
		v.SetUint(65)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth+1)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, depth+1)
		fill(value, depth+1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), depth+1)
			}
		}
	default:
	}
}

func filled(t *testing.T, of reflect.Type) reflect.Value {
	t.Helper()
	v := reflect.New(of).Elem()
	fill(v, 0)
	return v
}
