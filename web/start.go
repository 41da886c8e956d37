package web

import (
	"cmp"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// mayHere says whether the reader may do something here altogether.
func (v *page) mayHere(d policy.Deed) (bool, error) {
	may, err := v.service.May(v.ctx())
	return slices.Contains(may, d), err
}

func startPage(v *page) (body, error) {
	v.Title = v.T("start.title")
	if may, err := v.mayHere(policy.DeedStart); err != nil || !may {
		return nil, cmp.Or(err, v.mayNot(policy.DeedStart))
	}
	s, err := v.draftStart()
	return start(v, s), err
}

// startView is what the page on which a cycle is started shows.
type startView struct {
	Cycles []service.CycleLine // from which the next may be drafted
	From   string
	Years  int    // by how many the next is later; 0 for as long as its plans last
	Source string // the draft
}

// draftStart drafts the cycle that comes after the one that was chosen, if one was.
func (v *page) draftStart() (startView, error) {
	s := startView{From: v.query("from")}
	var err error
	if s.Cycles, err = v.service.ListCycles(v.ctx(), service.CycleFilter{}); err != nil || s.From == "" {
		return s, err
	}
	if s.Years, err = wholeNumber(v.query("years")); err != nil {
		return s, err
	}
	before, err := v.service.FindScript(v.ctx(), s.From)
	if err != nil {
		return s, err
	}
	if s.Years < 1 || s.Years > mostYears {
		s.Years = before.Definition.Lasts()
	}
	var text strings.Builder
	err = files.WritePattern(&text, before.Definition.Successor(s.Years))
	s.Source = text.String()
	return s, err
}

// mostYears is the most by which a cycle is later than that from which it is drafted.
const mostYears = 40

// startCycle starts a cycle of a cycle file, or of the text of one.
func startCycle(v *page) (string, error) {
	read, err := files.ReadCycle("cycle.yaml", strings.NewReader(v.r.PostFormValue("source")))
	if err != nil {
		return "", err
	}
	cycle, err := v.service.StartCycle(v.ctx(), service.StartCycle{Definition: read.Definition})
	if err != nil {
		return "", err
	}
	v.Said = v.T("start.started")
	return "/cycles/" + cycle.ID, nil
}
