package api

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/wire"
)

// part gives a part of a list that is there as a whole. The cursor says how much
// was seen.
func part[T any](all []T, p wire.Paging) (*wire.Page[T], error) {
	from := 0
	if p.Cursor != "" {
		text, err := base64.RawURLEncoding.DecodeString(p.Cursor)
		if err == nil {
			from, err = strconv.Atoi(string(text))
		}
		if err != nil || from < 0 {
			return nil, &policy.Error{Code: policy.CodeInvalid, Field: "cursor", Message: "the cursor is not the next of an answer"}
		}
	}
	from = min(from, len(all))
	to := min(from+p.Limit, len(all))
	page := &wire.Page[T]{Items: append([]T{}, all[from:to]...)}
	if to < len(all) {
		page.Next = base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(to)))
	}
	return page, nil
}

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
