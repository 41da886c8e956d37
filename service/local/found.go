package local

import (
	"container/list"
	"sync"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
)

// found remembers what rules found, for as long as nothing was recorded since and the day is
// the same: to look again takes a second where there are many actions. It is what rules find
// for anybody; who sees what of it is asked each time.
type found struct {
	mu     sync.Mutex
	by     map[foundBy]*list.Element
	recent list.List // the one asked for last in front
	size   int
}

func newFound() *found { return &found{by: map[foundBy]*list.Element{}} }

// foundBy is by what findings are remembered.
type foundBy struct {
	cycle, subject, rule string
	mark                 store.Mark
	today                policy.Date
}

type findings struct {
	by    foundBy
	found []policy.Finding
}

// mostRemembered is how many findings are remembered, over all cycles.
const mostRemembered = 200_000

// of gives findings as they were found before, or finds them. They belong to all who ask.
func (f *found) of(by foundBy, find func() ([]policy.Finding, error)) ([]policy.Finding, error) {
	f.mu.Lock()
	known := f.by[by]
	if known != nil {
		f.recent.MoveToFront(known)
		f.mu.Unlock()
		return known.Value.(*findings).found, nil //nolint:forcetypeassert // nothing else is in the list
	}
	f.mu.Unlock()
	answer, err := find()
	if err == nil {
		f.keep(&findings{by, answer})
	}
	return answer, err
}

// keep remembers findings, in the place of those that were not asked for longest.
func (f *found) keep(n *findings) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.by[n.by] != nil || n.weight() > mostRemembered {
		return
	}
	f.by[n.by] = f.recent.PushFront(n)
	for f.size += n.weight(); f.size > mostRemembered; {
		oldest := f.recent.Remove(f.recent.Back()).(*findings) //nolint:forcetypeassert // nothing else is in the list
		delete(f.by, oldest.by)
		f.size -= oldest.weight()
	}
}

// weight is how much there is to remember; that nothing was found is something, too.
func (n *findings) weight() int {
	const own = 20
	return own + len(n.found)
}
