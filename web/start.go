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
	return start(v), nil
}

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
