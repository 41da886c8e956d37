package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// deed is something that people do which is no act on a subject, or which is done
// to many at once, by each door that there is for it.
type deed struct {
	name string
	want func(policy.Principal) bool
	by   func(service.Service) error    // the service, or the API before it
	page func(policy.Actor) policy.Code // nil where no page does it
}

// What no act on a subject is follows the role matrix by every door, as acts do.
func TestDeedsThatAreNoActsFollowTheRoleMatrix(t *testing.T) {
	t.Parallel()
	f := defends(t, false)
	f.works()
	const cycle = "deeds"
	people := f.people()
	f.waiting(cycle, people)
	programs, pages := f.opensAPI(), f.opensPages()
	allowed := 0
	for _, d := range append(f.houseDeeds(pages, cycle), f.meetingDeeds(pages, cycle)...) {
		for role, who := range people {
			want := d.want(who)
			if want {
				allowed++
			}
			if code := policy.CodeOf(d.by(f.As(who))); passed(code) != want {
				t.Errorf("by the service, %s as %q: %s, want %v", d.name, role, code, want)
			}
			if code := policy.CodeOf(d.by(programs.as(who.Actor))); passed(code) != want {
				t.Errorf("by the API, %s as %q: %s, want %v", d.name, role, code, want)
			}
			if d.page == nil {
				continue
			}
			if code := d.page(who.Actor); passed(code) != want {
				t.Errorf("by the page, %s as %q: %s, want %v", d.name, role, code, want)
			}
		}
	}
	if allowed == 0 {
		t.Error("nobody may do anything")
	}
}

// passed says whether an attempt passed the role matrix, and what its reader may see
// of the cycle.
func passed(code policy.Code) bool { return authorised(code) && code != policy.CodeMarking }

// houseDeeds are about the whole house or a whole cycle.
func (f *fortress) houseDeeds(pages *pageDoor, cycle string) []deed {
	ctx, priorities := f.tb.Context(), at(cycle, "priorities")
	may := func(d policy.Deed, scope string) func(policy.Principal) bool {
		return func(who policy.Principal) bool { return policy.AuthoriseDeed(who, d, scope) == nil }
	}
	form := func(path string, values url.Values) func(policy.Actor) policy.Code {
		return func(who policy.Actor) policy.Code { return pages.posts(who, path, values) }
	}
	other := past(cycle) // another definition under a key that is taken
	other.Title = "Another cycle"
	return []deed{
		{
			"start a cycle", may(policy.DeedStart, cycle),
			func(s service.Service) error {
				_, err := s.StartCycle(ctx, service.StartCycle{Definition: other})
				return err
			},
			form("/start", url.Values{"source": {strings.Replace(smallCycleFile, "key: small", "key: "+cycle, 1)}}),
		},
		{
			"export", may(policy.DeedExport, cycle),
			func(s service.Service) error { _, err := s.Export(ctx, cycle); return err }, nil,
		},
		{
			"have a program told", may(policy.DeedExport, cycle), // which no event may reach here
			func(s service.Service) error {
				_, err := s.MakeWebhook(ctx, service.Webhook{URL: "https://hooks.example.eu", Cycle: cycle})
				return err
			},
			form("/webhooks", url.Values{"url": {"https://hooks.example.eu"}, "of-cycle": {cycle}}),
		},
		{
			"audit", may(policy.DeedAudit, cycle),
			func(s service.Service) error { _, err := s.Dossier(ctx, cycle); return err },
			func(who policy.Actor) policy.Code { return pages.reads(who, "/cycles/"+cycle+"/trail?verify=yes") },
		},
		{
			"give a role", may(policy.DeedPeople, ""),
			func(s service.Service) error {
				return s.ChangeRole(ctx, service.ChangeRole{Person: 99999, Role: policy.Grant{Role: policy.RoleOfficial, Body: "se"}})
			},
			form("/people/roles", url.Values{"person": {"99999"}, "role": {"official"}, "body": {"se"}}),
		},
		{
			"remind", may(policy.DeedRemind, cycle),
			func(s service.Service) error {
				return s.Remind(ctx, service.Remind{Subject: priorities, To: policy.Council})
			},
			form("/cycles/"+cycle+"/remind/priorities", url.Values{"to": {"council"}}),
		},
		{
			"take on", func(who policy.Principal) bool {
				found, err := f.As(who).FindSubject(ctx, priorities)
				return err == nil && slices.Contains(found.May, policy.DeedClaim)
			},
			func(s service.Service) error {
				return s.Claim(ctx, service.Claim{Subject: priorities})
			},
			form("/inbox/claim", url.Values{"subject": {priorities.String()}}),
		},
		{
			"write a draft", func(who policy.Principal) bool {
				act := policy.Act{Kind: policy.ActSubmit, Subject: priorities, By: who.Actor}
				return policy.Authorise(who, act, policy.Entry{Subject: priorities, Submitters: []policy.Body{policy.Presidency}}) == nil
			},
			func(s service.Service) error {
				_, err := s.SaveDraft(ctx, service.SaveDraft{Subject: priorities, Content: &policy.Conclusions{}, Revision: 7})
				return err
			},
			form("/cycles/"+cycle+"/draft/priorities", url.Values{"source": {"{}"}, "revision": {"7"}}),
		},
	}
}

// meetingDeeds are about a meeting of the Council, whose outcome waits for a second
// person.
func (f *fortress) meetingDeeds(pages *pageDoor, cycle string) []deed {
	ctx, priorities := f.tb.Context(), at(cycle, "priorities")
	meeting := "/cycles/" + cycle + "/meetings/council-2021-05"
	decides := func(who policy.Principal) bool {
		act := policy.Act{Kind: policy.ActDecide, Subject: priorities, Body: policy.Council, By: who.Actor}
		return policy.Authorise(who, act, policy.Entry{Subject: priorities}) == nil
	}
	form := func(path string, values url.Values) func(policy.Actor) policy.Code {
		return func(who policy.Actor) policy.Code { return pages.posts(who, meeting+path, values) }
	}
	found, err := f.store.FindCycle(ctx, cycle)
	if err != nil {
		f.tb.Fatal(err)
	}
	pending := found.Acts[len(found.Acts)-1].ID
	item := policy.Row{Register: policy.RegAgenda, Key: "council-2021-05/monitoring", Body: &policy.AgendaItem{Title: "Monitoring"}}
	return []deed{
		{
			"record the outcomes of a meeting", decides,
			func(s service.Service) error {
				d := adoption(policy.Council, priorities, policy.Adopted, "2021-05-26")
				_, err := s.Decide(ctx, d)
				return err
			},
			form("/outcomes", url.Values{"outcome-priorities": {"adopted"}, "document": {"EX 1/21 INIT"}, "date": {"2021-05-26"}}),
		},
		{
			"confirm the outcomes of a meeting", decides,
			func(s service.Service) error {
				_, err := s.Confirm(ctx, service.Second{Record: pending})
				return err
			},
			form("/confirm", url.Values{"second-" + pending: {"confirm"}}),
		},
		{
			"put something on the agenda", func(who policy.Principal) bool {
				row := item
				row.By = who.Actor
				return (&policy.Definition{Key: cycle}).AuthoriseRowBy(who, row) == nil
			},
			func(s service.Service) error {
				_, err := s.Enter(ctx, service.Enter{Cycle: cycle, Rows: []policy.Row{item}})
				return err
			},
			form("/agenda", url.Values{"item": {"monitoring"}, "title": {"Monitoring"}, "monitoring": {"yes"}}),
		},
		{
			"move a meeting", func(who policy.Principal) bool {
				act := policy.Act{Kind: policy.ActAmend, Subject: at(cycle, "definition"), By: who.Actor}
				return policy.Authorise(who, act, policy.Entry{Subject: act.Subject}) == nil
			},
			func(s service.Service) error {
				_, err := s.MoveMeeting(ctx, service.MoveMeeting{Cycle: cycle, Key: "council-2021-05", On: date("2021-05-27"), Reason: ""})
				return err
			},
			form("/move", url.Values{"on": {"2021-05-27"}}),
		},
	}
}

// reads opens a page as somebody, and gives the code by which it was refused.
func (d *pageDoor) reads(by policy.Actor, path string) policy.Code {
	d.tb.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.tb.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	d.asks(client, http.MethodGet, fmt.Sprintf("/test-login?person=%d&body=%s", by.Person, by.Body), nil)
	_, page := d.asks(client, http.MethodGet, path, nil)
	if found := codeOnPage.FindStringSubmatch(page); found != nil {
		return policy.Code(found[1])
	}
	return ""
}
