package web

import (
	"cmp"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// Pages name things by their titles. A path or a key stands there only for what has no
// other name.

// know takes the titles of a cycle, by which its parts are named from then on.
func (v *page) know(c *service.Cycle) {
	v.Titles, v.about = c.Language, c
	v.titles = map[string]string{}
	for _, s := range slices.Concat(v.subjectsOf(c), c.Discontinued) {
		v.titles[s.Subject.Path()] = s.Title
	}
	for _, m := range c.Meetings {
		v.titles["meetings/"+m.Key] = m.Title
	}
	for _, p := range c.Priorities {
		v.titles["priorities/"+p.Key] = p.Title
	}
	v.Names = v.titleOf
}

// ownBodies gives the bodies beside those that ship: of the cycle that the page is about, or of
// all cycles on record.
func (v *page) ownBodies() policy.BodyTable {
	if v.about != nil {
		return v.about.Bodies
	}
	if v.bodies == nil && v.service != nil {
		bodies, err := v.service.ListBodies(v.ctx())
		if err != nil {
			return nil // they are called by their codes
		}
		v.bodies = &bodies
	}
	if v.bodies == nil {
		return nil
	}
	return *v.bodies
}

// speaksForState says whether the reader acts for a Member State.
func (v *page) speaksForState() bool {
	b := v.Who.Body
	if v.about == nil && b.Known() {
		return b.MemberState()
	}
	return v.ownBodies().MemberState(b)
}

// bodyTitle gives what the cycle calls a body of its own.
func (v *page) bodyTitle(b policy.Body) (string, bool) {
	if v.about == nil && b.Known() {
		return "", false
	}
	return v.ownBodies().OwnTitle(b)
}

// titleOf gives the title of a part of the cycle by its path, with or without the
// cycle: a subject, a meeting, an action as PERIOD/OAP/CODE.
func (v *page) titleOf(path string) (title string, is bool) {
	path = strings.TrimPrefix(path, v.Cycle+"/")
	if title, is = v.titles[path]; is {
		return title, true
	}
	if oap, is := v.titles["oap/"+planOf(path)]; is && strings.Count(path, "/") == 2 {
		return oap + ", " + path[len(planOf(path))+1:], true
	}
	return "", false
}

// name gives the title of a part of the cycle, or its path where it has none.
func (v *page) name(path string) string {
	title, _ := v.titleOf(path)
	return cmp.Or(title, path)
}

// foundIn says in what a finding was found.
func (v *page) foundIn(f policy.Finding) string {
	if title, is := v.titleOf(f.Record); is {
		return title
	}
	list, key, _ := strings.Cut(f.Record, "/")
	first, last, _ := strings.Cut(key, "/")
	switch list {
	case "objectives":
		return v.Word("objective", key)
	case "threats":
		return v.Word("threat", key)
	case "periods":
		return v.T("timeline.period", "Key", key)
	case "posts":
		return v.post(key)
	case "attendance":
		return v.name("meetings/"+first) + ", " + v.Word("body", last)
	}
	if priority, is := v.titles["priorities/"+key]; is {
		return priority + ", " + list
	}
	if slices.Contains(policy.Registers(), policy.Register(list)) {
		return v.Word("register", list) + ": " + key
	}
	title, _ := v.titleOf(f.Subject)
	return title
}

// indicator is how pages write an indicator.
type indicator struct{ Title, Unit string }

// indicatorOf gives the title and the unit of an indicator, as the register has them.
func (v *page) indicatorOf(key string) indicator {
	if v.indicators == nil {
		v.indicators = map[string]indicator{}
		rows, err := v.service.ListRows(v.ctx(), service.RowFilter{Cycle: v.Cycle, Register: policy.RegIndicators})
		if err != nil { // who may not read the register reads the keys
			rows = nil
		}
		for _, row := range rows {
			if i, is := row.Body.(*policy.Indicator); is {
				v.indicators[row.Key] = indicator{i.Title, i.Unit}
			}
		}
	}
	i := v.indicators[key]
	i.Title = cmp.Or(i.Title, strings.ReplaceAll(key, "-", " "))
	return i
}
