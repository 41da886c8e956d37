package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// mostDifferences is how many differences a page lists; the API gives all.
const mostDifferences = 200

// tab is one page about a cycle.
type tab struct{ name, path string }

// cycleTabs are the pages about a cycle; the public reads the first ones.
var cycleTabs = []tab{
	{"cycle", ""}, {"plans", "/plans"}, {"meetings", "/meetings"}, {"findings", "/findings"}, {"compliance", "/compliance"}, {"obligations", "/obligations"},
	{"registers", "/registers"},
	{"results", "/results"}, {"report", "/report"}, {"evaluation", "/evaluation"}, {"trail", "/trail"},
}

// tabs lists the pages about a cycle that the reader may open.
func (v *page) tabs() []tab {
	if v.Who == nil {
		const public = 2
		return cycleTabs[:public]
	}
	return cycleTabs
}

// asset gives the address of a file that pages load.
func (v *page) asset(name string) string { return v.site.assets[name] }

// current marks the link to the page that is open.
func (v *page) current(path string) templ.Attributes { return currentIf(v.r.URL.Path == path) }

func currentIf(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}

// logInPath leads to the log-in, and from there back to the page.
func (v *page) logInPath() string { return identity.PathLogin + "?next=" + url.QueryEscape(v.back()) }

// subjectAddress gives the page of a subject.
func subjectAddress(s policy.Subject) string {
	if s.Path() == "" {
		return "/cycles/" + s.Cycle
	}
	return "/cycles/" + s.Cycle + "/on/" + s.Path()
}

// turn names those whose turn it is.
func (v *page) turn(bodies []policy.Body) string {
	if len(bodies) == 0 {
		return v.T("turn.any_state")
	}
	return v.Bodies(bodies)
}

// whose names those whose turn it is: a second person, while one is awaited.
func (v *page) whose(turn []policy.Body, second policy.Body) string {
	if second != "" {
		return v.T("turn.second", "Body", v.Word("body", second))
	}
	return v.turn(turn)
}

// newID gives a field an ID that no other field of the page has.
func (v *page) newID(name string) string {
	if v.ids == nil {
		v.ids = map[string]int{}
	}
	v.ids[name]++
	if n := v.ids[name]; n > 1 {
		return "f-" + name + "-" + strconv.Itoa(n)
	}
	return "f-" + name
}

// hasHelp says whether the catalogue explains a field.
func (v *page) hasHelp(name string) bool { return !strings.HasPrefix(v.T("help."+name), "[") }

// described points a field at its help.
func (v *page) described(name, id string) templ.Attributes {
	if v.hasHelp(name) {
		return templ.Attributes{"aria-describedby": "h-" + id}
	}
	return nil
}

// form gives the address of a form about the subject.
func (s *subjectView) form(deed string) string {
	subject := s.Subject.Subject
	return "/cycles/" + subject.Cycle + "/" + deed + "/" + subject.Path()
}

// digest is that of the version that stands before the body.
func (s *subjectView) digest() string {
	for _, version := range s.Versions {
		if version.Version == s.Version {
			return version.Digest
		}
	}
	return ""
}

// shortDigest is enough of a digest to tell two apart by eye.
func shortDigest(digest string) string {
	const enough = 23 // "sha256:" and 16 characters
	return digest[:min(len(digest), enough)]
}

// contentPath gives the page of what stands in a version.
func contentPath(s policy.Subject) string { return "/cycles/" + s.Cycle + "/content/" + s.Path() }

// filePath gives where the file of a record is had.
func filePath(s policy.Subject, record string) string {
	return "/cycles/" + s.Cycle + "/file/" + s.Path() + "?" + url.Values{"record": {record}}.Encode()
}

// draftPath gives the page on which a version is written.
func draftPath(s policy.Subject) string { return "/cycles/" + s.Cycle + "/draft/" + s.Path() }

// wholeNumber reads a number of a form; empty is 0.
func wholeNumber(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, policy.Refuse(policy.CodeInvalid, "%q is not a number such as 2", text)
	}
	return n, nil
}

// peopleNamed gives the page of people, narrowed to one who is named NAME@BODY.
func peopleNamed(named string) string {
	name, _, _ := strings.Cut(named, "@")
	return "/people?" + url.Values{"name": {name}}.Encode()
}

// trailOf gives the place in the trail at which a decision was recorded.
func trailOf(d *service.Decision) string {
	return "/cycles/" + d.Subject.Cycle + "/trail?" + url.Values{"record": {d.ID}}.Encode() + "#here"
}

// months are the short names of the months, for the script that echoes dates.
func (v *page) months() string { return strings.Join(v.Months(), "|") }

// waitingWith says what a list of what waits shows beside it.
type waitingWith struct {
	Cycle  bool // to which cycle it belongs
	Claims bool // the way to take it on
}
