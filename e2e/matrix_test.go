package e2e_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// roles are the people of this test: every role, at bodies of every kind.
var roles = []string{
	"", "official@general-secretariat", "official@presidency", "official@commission", "official@europol", "official@support-team", "official@eurojust",
	"official@se", "official@fr", "official@evaluator", "driver@se", "driver@fr", "driver@se/other/oap", "co-driver@se", "action-leader@fr", "participant@ch", "nec@fr",
	"evaluator@evaluator", "administrator@operator", "auditor@court-of-auditors", "official@interpol", "official@general-secretariat/other", "participant@fr",
	"administrator@general-secretariat", "auditor@general-secretariat",
}

// Every entry path lets the same people do the same: the service, the API and the
// forms of the pages before it, and updates and signals sent straight to Temporal.
func TestNoEntryPathIsMorePermissiveThanTheRoleMatrix(t *testing.T) {
	t.Parallel()
	f := defends(t, false)
	f.works()
	const cycle = "matrix"
	people := f.people()
	f.waiting(cycle, people)
	found, err := f.store.FindCycle(t.Context(), cycle)
	if err != nil {
		t.Fatal(err)
	}
	entries := map[policy.Subject]policy.Entry{}
	for _, e := range found.Records(date("2021-06-01")).Agenda() {
		entries[e.Subject] = e
	}
	pending := found.Acts[len(found.Acts)-1]
	acts := f.deeds(cycle, pending)
	stranger, allowed, tried := f.stranger(), 0, 0
	programs, pages := f.opensAPI(), f.opensPages()
	type sent struct {
		id, what string
		want     bool
	}
	var signals []sent
	for role, who := range people {
		for name, act := range acts {
			act.By = policy.Actor{Person: who.Person, Body: who.Body}
			want := policy.Authorise(who, act, entries[act.Subject]) == nil
			if act.Confirms != "" {
				want = policy.AuthoriseSecond(who, act, pending.Act, entries[act.Subject]) == nil
			}
			if act.Kind == policy.ActOpen && act.Subject.Kind == policy.KindItem {
				want = policy.Authorise(who, act, policy.Entry{Subject: act.Subject}) == nil
			}
			if tried++; want {
				allowed++
			}
			what := fmt.Sprintf("%s as %q", name, role)
			id := strings.NewReplacer(" ", "-", "@", "-", "/", "-", `"`, "").Replace(what)
			if err := through(t, as(t, f.Service, act.By), act); authorised(policy.CodeOf(err)) != want {
				t.Errorf("by the service, %s: %v, want %v", what, err, want)
			}
			if err := through(t, programs.as(act.By), act); authorised(policy.CodeOf(err)) != want {
				t.Errorf("by the API, %s: %v, want %v", what, err, want)
			}
			if code := pages.through(act); authorised(code) != want {
				t.Errorf("by the page, %s: %s, want %v", what, code, want)
			}
			e := attempt{act: act, signer: f.signer}.envelope(t, "update-"+id)
			if code := deliver(t, stranger, protocol.ChannelUpdate, e.WorkflowID, e); authorised(code) != want {
				t.Errorf("by update, %s: %s, want %v", what, code, want)
			}
			e = attempt{act: act, signer: f.signer}.envelope(t, "signal-"+id)
			deliver(t, stranger, protocol.ChannelSignal, e.WorkflowID, e)
			signals = append(signals, sent{e.ID, what, want})
		}
	}
	for _, s := range signals {
		var code policy.Code
		eventually(t, s.what+" by signal stands in the trail", func() bool { code = f.attempted(cycle, s.id); return code != "" })
		if authorised(code) != s.want {
			t.Errorf("by signal, %s: %s, want %v", s.what, code, s.want)
		}
	}
	if tried != len(people)*len(acts) || allowed == 0 || allowed == tried {
		t.Errorf("%d of %d are allowed", allowed, tried)
	}
	t.Logf("%d people, %d acts: %d pairs, each by the service, the API, update and signal, and %d by forms; %d allowed by the matrix", len(people), len(acts), tried, pages.tried, allowed)
}

// authorised says whether an attempt passed the role matrix: what it was refused
// for then is something else, for every act here lies in the future.
func authorised(code policy.Code) bool {
	return !slices.Contains([]policy.Code{policy.CodeNotCompetent, policy.CodeNotIdentified, policy.CodeSeal}, code)
}

// people welcomes a person for each role.
func (f *fortress) people() map[string]policy.Principal { return f.peopleWith(roles) }

func (f *fortress) peopleWith(roles []string) map[string]policy.Principal {
	f.tb.Helper()
	people := map[string]policy.Principal{}
	for i, role := range roles {
		var grants []policy.Grant
		body := policy.Body("fr")
		if role != "" {
			g, err := policy.ParseGrant(role)
			if err != nil {
				f.tb.Fatal(err)
			}
			grants, body = []policy.Grant{g}, g.Body
		}
		person, err := f.store.Welcome(f.tb.Context(), store.Account{Issuer: "https://login.example.eu", Subject: fmt.Sprint(i), Name: role}, store.Claims{Grants: grants, Issued: time.Now()}, time.Now())
		if err != nil {
			f.tb.Fatal(err)
		}
		who, err := f.store.PrincipalOf(f.tb.Context(), policy.Actor{Person: person, Body: body})
		if err != nil {
			f.tb.Fatal(err)
		}
		people[role] = who
	}
	return people
}

// waiting brings a cycle to where the Council's outcome waits for a second
// person.
func (f *fortress) waiting(cycle string, people map[string]policy.Principal) {
	f.tb.Helper()
	ctx := f.tb.Context()
	secretariat, presidency := people["official@general-secretariat"].Actor, people["official@presidency"].Actor
	d := past(cycle)
	d.Stores = []string{"consents", "progress", "attendance", "agenda"}
	d.Meetings = []policy.PlannedMeeting{{Key: "council-2021-05", Title: "Council, May 2021", Body: policy.Council, On: date("2021-05-26")}}
	if _, err := as(f.tb, f, secretariat).StartCycle(ctx, service.StartCycle{Definition: d}); err != nil {
		f.tb.Fatal(err)
	}
	submits := func(by policy.Actor, path, on string) {
		in := service.Submit{Statement: service.Statement{Date: date(on)}, Subject: at(cycle, path)}
		f.soon(func() (*service.Receipt, error) { return as(f.tb, f, by).Submit(ctx, in) })
	}
	submits(people["official@europol"].Actor, "assessment", "2021-04-10")
	submits(presidency, "priorities", "2021-05-01")
	decision := adoption(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	if _, err := as(f.tb, f.Service, secretariat).Decide(ctx, decision); err != nil {
		f.tb.Fatal(err)
	}
}

// deeds are one act of each kind, on subjects that are there; all of them lie in
// the future, so that none is ever recorded.
func (f *fortress) deeds(cycle string, pending store.Act) map[string]policy.Act {
	f.tb.Helper()
	priorities, future := at(cycle, "priorities"), date("2099-01-01")
	act := func(kind policy.ActKind, change func(*policy.Act)) policy.Act {
		a := policy.Act{Kind: kind, Subject: priorities, Date: future, Digest: pending.Digest, Version: 1}
		change(&a)
		return a
	}
	settles := func(body policy.Body) func(*policy.Act) {
		return func(a *policy.Act) {
			a.Body, a.Outcome, a.Procedure, a.Document = body, policy.TookNote, policy.Meeting, "EX 1/21 INIT"
		}
	}
	second := func(a *policy.Act) { a.Confirms, a.Digest, a.Version = pending.ID, pending.Stated, 0 }
	return map[string]policy.Act{
		"submit":                 act(policy.ActSubmit, func(*policy.Act) {}),
		"submit a revision":      act(policy.ActSubmit, func(a *policy.Act) { a.Revises = 1 }),
		"decide for the Council": act(policy.ActDecide, settles(policy.Council)),
		"decide for COSI":        act(policy.ActDecide, settles(policy.COSI)),
		"decide as Commission":   act(policy.ActDecide, settles(policy.Commission)),
		"decide as support team": act(policy.ActDecide, settles(policy.SupportTeam)),
		"confirm":                act(policy.ActConfirm, second),
		"set aside":              act(policy.ActSetAside, second),
		"launch": act(policy.ActLaunch, func(a *policy.Act) {
			a.Body, a.Procedure, a.Deadline, a.Document = policy.Council, policy.SilenceProcedure, future.AddDays(1), "EX 1/21 INIT"
		}),
		"position of fr": act(policy.ActPosition, func(a *policy.Act) { a.Body, a.Delegation, a.Stance = policy.Council, "fr", policy.Objects }),
		"correct":        act(policy.ActCorrect, func(a *policy.Act) { a.Document = "EX 1/21 COR 1" }),
		"finalise":       act(policy.ActFinalise, func(a *policy.Act) { a.Document = "EX 1/21 REV 1" }),
		"open an item": act(policy.ActOpen, func(a *policy.Act) {
			a.Subject, a.Opening = at(cycle, "item/x"), &policy.Opening{Title: "X", Due: future, Through: []policy.Body{policy.COSI}}
		}),
		"amend": act(policy.ActAmend, func(a *policy.Act) {
			a.Subject, a.Amendment = at(cycle, "definition"), &policy.AmendmentRef{BaseVersion: 1, Decision: pending.ID}
		}),
	}
}

// through does an act by a service.
func through(tb testing.TB, svc service.Service, a policy.Act) error {
	tb.Helper()
	ctx := tb.Context()
	var err error
	switch a.Kind {
	case policy.ActSubmit:
		_, err = svc.Submit(ctx, service.Submit{Subject: a.Subject, Revises: a.Revises, Statement: service.Statement{Date: a.Date}})
	case policy.ActDecide:
		_, err = svc.Decide(ctx, service.Decide{Act: a})
	case policy.ActConfirm:
		_, err = svc.Confirm(ctx, service.Second{Record: a.Confirms, Statement: service.Statement{Date: a.Date}})
	case policy.ActSetAside:
		_, err = svc.SetAside(ctx, service.Second{Record: a.Confirms, Statement: service.Statement{Date: a.Date}})
	case policy.ActLaunch:
		_, err = svc.Launch(ctx, service.Launch{Subject: a.Subject, Body: a.Body, Deadline: a.Deadline, Document: a.Document, Statement: service.Statement{Date: a.Date}})
	case policy.ActPosition:
		_, err = svc.TakePosition(ctx, service.Position{Subject: a.Subject, Body: a.Body, Delegation: a.Delegation, Stance: a.Stance, Statement: service.Statement{Date: a.Date}})
	case policy.ActCorrect:
		_, err = svc.Correct(ctx, service.Correct{Subject: a.Subject, Document: a.Document, Statement: service.Statement{Date: a.Date}})
	case policy.ActFinalise:
		_, err = svc.Finalise(ctx, service.Submit{Subject: a.Subject, Document: a.Document, Statement: service.Statement{Date: a.Date}})
	case policy.ActOpen:
		_, err = svc.OpenItem(ctx, service.OpenItem{Subject: a.Subject, Statement: service.Statement{Date: a.Date}, Opening: *a.Opening})
	case policy.ActAmend:
		_, err = svc.AmendCycle(ctx, service.AmendCycle{Cycle: a.Subject.Cycle, Date: a.Date, Decision: a.Amendment.Decision, Amendment: policy.Amendment{Reason: "as decided", Title: "Another title"}})
	default:
		tb.Fatalf("no way for %s", a.Kind)
	}
	return err
}

// Rows of registers travel through no workflow; who may enter them is the matrix,
// too.
func TestRegistersLetInWhomTheMatrixLetsIn(t *testing.T) {
	t.Parallel()
	f := defends(t, false)
	f.works()
	const cycle = "registers"
	people := f.people()
	f.waiting(cycle, people)
	rows := map[string]policy.Row{
		"a consent of fr": row(policy.RegConsents, "2022/none/1.1/fr", "2021-06-01", &policy.Consent{State: policy.Invited}),
		"progress":        row(policy.RegProgress, "2022/none/final/1.1", "2021-06-01", &policy.Progress{Status: policy.Ongoing}),
		"attendance":      row(policy.RegAttendance, "none/fr", "2021-06-01", &policy.Attendance{Level: "expert"}),
	}
	keeping := policy.Records{Definition: &policy.Definition{Key: cycle, Stores: policy.Texts(policy.Registers())}}
	programs, pages := f.opensAPI(), f.opensPages()
	for role, who := range people {
		for name, r := range rows {
			r.By = who.Actor
			want := (&policy.Definition{Key: cycle}).AuthoriseRowBy(who, r) == nil
			_, err := as(t, f, who.Actor).Enter(t.Context(), service.Enter{Cycle: cycle, Rows: []policy.Row{r}})
			if got := authorised(policy.CodeOf(err)); err == nil || got != want {
				t.Errorf("%s as %q: %v, want %v", name, role, err, want)
			}
			_, err = programs.as(who.Actor).Enter(t.Context(), service.Enter{Cycle: cycle, Rows: []policy.Row{r}})
			if got := authorised(policy.CodeOf(err)); err == nil || got != want {
				t.Errorf("by the API, %s as %q: %v, want %v", name, role, err, want)
			}
			if code := pages.enters(who.Actor, cycle, r); code == "" || authorised(code) != want {
				t.Errorf("by the page, %s as %q: %s, want %v", name, role, code, want)
			}
			if want && !slices.Contains(keeping.MayEnter(who), r.Register) {
				t.Errorf("%q may enter %s and is offered no form", role, name)
			}
		}
		consent := row(policy.RegConsents, "2022/none/1.1/fr", "2021-06-01", &policy.Consent{State: policy.Confirmed})
		consent.By = who.Actor
		code := pages.posts(who.Actor, "/cycles/"+cycle+"/states/fr/consents", url.Values{"answer-2022/none/1.1": {"confirmed"}})
		if want := (&policy.Definition{Key: cycle}).AuthoriseRowBy(who, consent) == nil; code == "" || authorised(code) != want {
			t.Errorf("by the page, a consent of fr as %q: %s, want %v", role, code, want)
		}
	}
}
