package api

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/wire"
)

// part gives a part of a list that is there as a whole. The cursor says what was seen
// last and how much was seen before it, so that what comes and goes between two parts
// makes nothing show twice or get lost. Where what was seen last has gone itself, the
// part begins in its place.
func part[T any](all []T, p wire.Paging, key func(T) string) (*wire.Page[T], error) {
	from := 0
	if p.Cursor != "" {
		before, last, err := readCursor(p.Cursor)
		if err != nil {
			return nil, err
		}
		from = min(before, len(all))
		if at := nearest(all, before, func(item T) bool { return hashOf(key(item)) == last }); at >= 0 {
			from = at + 1
		}
	}
	to := min(from+p.Limit, len(all))
	page := &wire.Page[T]{Items: append([]T{}, all[from:to]...)}
	if to < len(all) {
		page.Next = cursor(to-1, key(all[to-1]))
	}
	return page, nil
}

// cursor says how much was seen before what was seen last, and what that was.
func cursor(before int, last string) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %d", before, hashOf(last)))
}

func readCursor(text string) (before int, last uint64, err error) {
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		_, err = fmt.Sscanf(string(plain), "%d %d", &before, &last)
	}
	if err != nil || before < 0 {
		return 0, 0, &policy.Error{Code: policy.CodeInvalid, Field: "cursor", Message: "the cursor is not the next of an answer"}
	}
	return before, last, nil
}

func hashOf(text string) uint64 {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(text)) // a hash takes everything
	return hash.Sum64()
}

// nearest finds the item that is meant nearest to a place; -1 is none.
func nearest[T any](all []T, place int, meant func(T) bool) int {
	found := -1
	for i, item := range all {
		if meant(item) && (found < 0 || distance(i, place) < distance(found, place)) {
			found = i
		}
	}
	return found
}

func distance(a, b int) int { return max(a-b, b-a) }

// What an item of a list is known by, however else it changes.
func keyOfCycle(c service.CycleLine) string { return c.ID }
func keyOfItem(i service.InboxItem) string  { return i.Subject.String() + " " + i.Awaits }
func keyOfLine(l service.TrailEntry) string { return strconv.FormatInt(l.Sequence, 10) }
func keyOfFinding(f policy.Finding) string  { return f.Rule + " " + f.Record + " " + f.Message }
func keyOfRow(r policy.Row) string          { return string(r.Register) + " " + r.Key + " " + r.Date.String() }

// sorted sorts a list by what is asked for; a - before it turns it round, nothing
// leaves the list as it is.
func sorted[T any](all []T, wanted string, by map[string]func(a, b T) int) []T {
	key, backwards := strings.CutPrefix(wanted, "-")
	compare := by[key]
	if compare == nil {
		return all
	}
	slices.SortStableFunc(all, func(a, b T) int {
		if backwards {
			return compare(b, a)
		}
		return compare(a, b)
	})
	return all
}

var cycleOrders = map[string]func(a, b service.CycleLine) int{
	"id":    func(a, b service.CycleLine) int { return cmp.Compare(a.ID, b.ID) },
	"title": func(a, b service.CycleLine) int { return cmp.Compare(a.Title, b.Title) },
	"since": func(a, b service.CycleLine) int { return a.StageSince.Compare(b.StageSince) },
}

var inboxOrders = map[string]func(a, b service.InboxItem) int{
	"due":   func(a, b service.InboxItem) int { return a.Due.Compare(b.Due) },
	"since": func(a, b service.InboxItem) int { return a.Since.Compare(b.Since) },
	"title": func(a, b service.InboxItem) int { return cmp.Compare(a.Title, b.Title) },
}

var trailOrders = map[string]func(a, b service.TrailEntry) int{
	"sequence": func(a, b service.TrailEntry) int { return cmp.Compare(a.Sequence, b.Sequence) },
}

var findingOrders = map[string]func(a, b policy.Finding) int{
	"rule":     func(a, b policy.Finding) int { return cmp.Compare(a.Rule, b.Rule) },
	"subject":  func(a, b policy.Finding) int { return cmp.Compare(a.Subject, b.Subject) },
	"severity": func(a, b policy.Finding) int { return cmp.Compare(a.Severity, b.Severity) },
}

var rowOrders = map[string]func(a, b policy.Row) int{
	"date": func(a, b policy.Row) int { return a.Date.Compare(b.Date) },
	"key":  func(a, b policy.Row) int { return cmp.Compare(a.Key, b.Key) },
}
