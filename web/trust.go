package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
	"github.com/policycycle/policycycle/web/text"
)

// linesShown is how many lines of a trail a page shows.
const linesShown = 100

// trailView is what the page of the trail shows.
type trailView struct {
	Cycle    *service.Cycle
	Lines    []service.TrailEntry // the newest first
	Earlier  int64                // where the earlier ones begin; 0 for none
	Verified *evidence.Report     // nil where the reader may not verify
	Here     int64                // the line that was asked for; 0 for none
}

// mark marks the line that was asked for.
func (t *trailView) mark(l service.TrailEntry) templ.Attributes {
	if l.Sequence != t.Here {
		return nil
	}
	return templ.Attributes{"id": "here", "class": "here"}
}

func trailPage(v *page, c *service.Cycle) (body, error) {
	v.titleIn("trail.title")
	lines, err := v.service.Trail(v.ctx(), c.ID, service.TrailFilter{})
	if err != nil {
		return nil, err
	}
	t := &trailView{Cycle: c}
	slices.Reverse(lines)
	before, err := wholeNumber(v.query("before"))
	if err != nil {
		return nil, err
	}
	record, only := v.query("record"), v.query("refused") != ""
	for i, line := range lines {
		switch {
		case before > 0 && line.Sequence >= int64(before), only && line.Accepted:
			continue
		case record != "" && line.ActID == record: // what leads up to it and follows
			t.Lines = lines[max(i-linesShown/2, 0):min(i+linesShown/2, len(lines))]
			record, t.Here = "", line.Sequence
		case record == "" && v.query("record") == "" && len(t.Lines) < linesShown:
			t.Lines = append(t.Lines, line)
		}
	}
	if n := len(t.Lines); n > 0 && t.Lines[n-1].Sequence > 1 {
		t.Earlier = t.Lines[n-1].Sequence
	}
	if v.Who != nil && v.query("verify") != "" {
		dossier, err := v.service.Dossier(v.ctx(), c.ID)
		if err != nil {
			return nil, err
		}
		t.Verified = dossier.Verify(v.site.Keys)
	}
	return trail(v, t), nil
}

// peopleView is what the page of people shows.
type peopleView struct {
	People    []service.Person
	MayChange bool
}

func peoplePage(v *page) (body, error) {
	v.Title = v.T("people.title")
	if _, err := v.actor(); err != nil {
		return nil, err
	}
	may, err := v.mayHere(policy.DeedPeople)
	if err != nil {
		return nil, err
	}
	p := peopleView{MayChange: may}
	p.People, err = v.service.ListPeople(v.ctx())
	p.People = slices.DeleteFunc(p.People, func(person service.Person) bool {
		return !strings.Contains(strings.ToLower(person.Name), strings.ToLower(v.query("name")))
	})
	return people(v, p), err
}

// roleBodies lists the bodies at which somebody may have a role.
func (v *page) roleBodies() []string {
	bodies := v.ownBodies()
	return policy.Texts(slices.DeleteFunc(bodies.Bodies(), bodies.Collective))
}

// changeRole gives or withdraws a role.
func changeRole(v *page) (string, error) {
	if v.form("role") == "" || v.form("body") == "" {
		return "", policy.Refuse(policy.CodeInvalid, "choose the role, and the body at which somebody has it")
	}
	grant, err := policy.ParseGrant(strings.TrimSuffix(v.form("role")+"@"+v.form("body")+"/"+v.form("scope"), "/"))
	if err != nil {
		return "", err
	}
	person, err := wholeNumber(v.form("person"))
	if err != nil {
		return "", err
	}
	v.Said = v.T("people.changed")
	return "/people", v.service.ChangeRole(v.ctx(), service.ChangeRole{
		Person: int64(person), Role: grant, Withdraw: v.form("withdraw") != "",
	})
}

func glossaryPage(v *page) (body, error) {
	v.Title = v.T("glossary.title")
	terms, err := v.Glossary()
	return glossary(v, terms), err
}

func accessibilityPage(v *page) (body, error) {
	v.Title = v.T("nav.accessibility")
	parts, err := v.Read("accessibility")
	return prose(v, parts), err
}

// anchor is the place of a term on the page.
func anchor(t text.Term) string { return "t-" + fmt.Sprintf("%x", t.Term) }

// events tells the page of each change, as server-sent events. Who listens is
// looked up anew each time: a log-out ends it.
func (s *site) events(w http.ResponseWriter, r *http.Request) {
	err := s.Streams.Serve(w, r, httpapi.Stream{
		Cycle: r.URL.Query().Get("cycle"), Ending: s.Ending,
		See: func() (policy.Actor, service.Service, error) {
			ctx, err := s.Sessions.Look(r)
			if err != nil {
				return policy.Actor{}, nil, err
			}
			v, err := s.page(r.WithContext(ctx))
			if err != nil || v.Who == nil {
				return policy.Actor{}, v.service, err
			}
			return v.Who.Actor, v.service, nil
		},
		Tell:  func(c service.Change) string { return fmt.Sprintf("event: change\ndata: %s\n\n", c.Cycle) },
		Broke: func(err error) { s.Log.Warn().Err(err).Msg("a stream of changes broke off") },
	})
	if err != nil {
		w.WriteHeader(httpapi.StatusOf(s.refusal(r, err).Code))
	}
}
