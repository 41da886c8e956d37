package e2e_test

import (
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// multitude is how many people a crowd has at most.
var multitude = flag.Int("crowd", 500, "how many people record on one run at once")

// items is how many items a crowd opens.
const items = 100

// TestEveryoneInACrowdGetsAnAnswer has many people record on one run at once, where they
// are more than the items several of them the same. Each is told that it is recorded, that
// somebody else was first, or that it was not sent, and that is so; another run takes acts
// meanwhile.
func TestEveryoneInACrowdGetsAnAnswer(t *testing.T) {
	t.Parallel()
	f := defends(t, true)
	f.works()
	for _, crowd := range []int{100, *multitude} {
		t.Run(fmt.Sprint(crowd), func(t *testing.T) {
			cycle, other := fmt.Sprintf("crowd-%d", crowd), fmt.Sprintf("quiet-%d", crowd)
			for _, key := range []string{cycle, other} {
				f.starts(past(key))
				f.submits(policy.Europol, at(key, "assessment"), "2021-04-10") // the run is in motion
			}
			began := time.Now()
			answers := make([]error, crowd)
			took := make([]time.Duration, crowd)
			var wait sync.WaitGroup
			for i := range crowd {
				wait.Go(func() {
					item := opening(cycle, fmt.Sprintf("item-%d", i%items))
					official := anna
					official.Name = fmt.Sprintf("Official %d", i%39) // nobody opens an item twice
					_, answers[i] = as(t, f, official).OpenItem(t.Context(), item)
					took[i] = time.Since(began)
				})
			}
			var elsewhere []time.Duration
			for i := range 5 {
				asked := time.Now()
				_, err := as(t, f, anna).OpenItem(t.Context(), opening(other, fmt.Sprintf("item-%d", i)))
				elsewhere = append(elsewhere, time.Since(asked).Round(time.Millisecond))
				if err != nil {
					t.Errorf("on another run: %v", err)
				}
			}
			wait.Wait()
			f.tells(t, cycle, answers)
			t.Logf("the last of %d answers after %s; on another run after %v", crowd, slices.Max(took).Round(time.Millisecond), elsewhere)
		})
	}
}

// tells holds the answers to the openings of items against the record.
func (h *house) tells(t *testing.T, cycle string, answers []error) {
	t.Helper()
	there := map[string]bool{}
	for _, item := range h.cycle(cycle).Items {
		there[item.Subject.String()] = true
	}
	got := map[policy.Code]int{}
	for i, err := range answers {
		code := policy.CodeOf(err)
		got[code]++
		recorded := there[at(cycle, fmt.Sprintf("item/item-%d", i%items)).String()]
		switch code {
		case "":
			if !recorded {
				t.Errorf("item %d is said to be recorded and is not", i)
			}
		case policy.CodeUnavailable:
			if recorded && len(answers) <= items {
				t.Errorf("item %d is said not to be recorded and is", i)
			}
		case policy.CodeOutcomeUnknown: // a slow machine; the same act again tells
		case policy.CodeConflict: // somebody else was first
			if !recorded {
				t.Errorf("item %d is said to be open and is not", i)
			}
		default:
			t.Errorf("item %d: %v", i, err)
		}
	}
	if got[""] == 0 {
		t.Error("nothing was recorded")
	}
	if got[""] > items {
		t.Errorf("%d are said to be recorded", got[""])
	}
	t.Logf("of %d at once %d were recorded, %d came after somebody else, %d were refused without being sent, of %d it is not known",
		len(answers), got[""], got[policy.CodeConflict], got[policy.CodeUnavailable], got[policy.CodeOutcomeUnknown])
}
