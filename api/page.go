package api

import (
	"context"
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"strconv"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
)

// first gives a part of a list that the records give part by part, of which one more than
// the limit was asked for. The cursor says what was seen last.
func first[T any](items []T, limit int, cursor func(T) string) *httpapi.Page[T] {
	page := &httpapi.Page[T]{Items: append([]T{}, items[:min(len(items), limit)]...)}
	if len(items) > limit {
		page.Next = cursor(items[limit-1])
	}
	return page
}

func inbox(ctx context.Context, c call, in *httpapi.InboxFilter) (*httpapi.Page[service.InboxItem], error) {
	filter := service.InboxFilter{Cycle: in.Cycle, Overdue: in.Overdue, Mine: in.Mine, Rehearsal: in.Only(), Most: in.Limit + 1}
	if err := filter.Body.UnmarshalText([]byte(in.Of)); err != nil {
		return nil, err
	}
	past, err := in.Past(2)
	if err != nil {
		return nil, err
	}
	if past != nil {
		var badDate, badSubject error
		filter.PastDue, badDate = policy.ParseDate(past[0])
		filter.Past, badSubject = policy.ParseSubject(past[1])
		if badDate != nil || badSubject != nil {
			return nil, httpapi.NoCursor()
		}
	}
	items, err := c.Inbox(ctx, filter)
	if err != nil {
		return nil, err
	}
	return first(items, in.Limit, func(i service.InboxItem) string { return httpapi.Cursor(i.Due.String(), i.Subject.String()) }), nil
}

func trail(ctx context.Context, c call, in *httpapi.TrailFilter) (*httpapi.Page[service.TrailEntry], error) {
	filter := service.TrailFilter{Refused: in.Refused, Act: in.Act, Prefix: in.Prefix, Since: in.Since, Most: in.Limit + 1}
	var err error
	if filter.Past, err = pastNumber(in.Paging); err != nil {
		return nil, err
	}
	lines, err := c.Trail(ctx, in.Cycle.Cycle, filter)
	if err != nil {
		return nil, err
	}
	return first(lines, in.Limit, func(l service.TrailEntry) string { return httpapi.Cursor(strconv.FormatInt(l.Sequence, 10)) }), nil
}

// pastNumber gives the number of the last one seen, of lists in the order of their numbers; 0 at
// their beginning.
func pastNumber(p httpapi.Paging) (int64, error) {
	past, err := p.Past(1)
	if err != nil || past == nil {
		return 0, err
	}
	number, err := strconv.ParseInt(past[0], 10, 64)
	if err != nil {
		return 0, httpapi.NoCursor()
	}
	return number, nil
}

func mails(ctx context.Context, c call, in *httpapi.MailFilter) (*httpapi.Page[service.Mail], error) {
	filter := service.MailFilter{Failed: in.Failed, Mine: in.Mine, Most: in.Limit + 1}
	var err error
	if filter.Past, err = pastNumber(in.Paging); err != nil {
		return nil, err
	}
	found, err := c.ListMails(ctx, filter)
	if err != nil {
		return nil, err
	}
	return first(found, in.Limit, func(m service.Mail) string { return httpapi.Cursor(strconv.FormatInt(m.Mail, 10)) }), nil
}

func deliveries(ctx context.Context, c call, in *httpapi.DeliveryFilter) (*httpapi.Page[service.Delivery], error) {
	filter := service.DeliveryFilter{Webhook: in.Webhook.Webhook, Failed: in.Failed, Most: in.Limit + 1}
	var err error
	if filter.Past, err = pastNumber(in.Paging); err != nil {
		return nil, err
	}
	found, err := c.ListDeliveries(ctx, filter)
	if err != nil {
		return nil, err
	}
	return first(found, in.Limit, func(d service.Delivery) string { return httpapi.Cursor(strconv.FormatInt(d.Delivery, 10)) }), nil
}

func rows(ctx context.Context, c call, in *httpapi.RowFilter) (*httpapi.Page[policy.Row], error) {
	filter := service.RowFilter{Cycle: in.Cycle.Cycle, Register: policy.Register(in.Register), Prefix: in.Prefix, History: in.History}
	if in.History {
		all, err := c.ListRows(ctx, filter)
		if err != nil {
			return nil, err
		}
		return part(all, in.Paging, keyOfRow)
	}
	past, err := in.Past(2)
	if err != nil {
		return nil, err
	}
	if filter.Most = in.Limit + 1; past != nil {
		filter.Past = policy.RowPlace{Register: policy.Register(past[0]), Key: past[1]}
	}
	found, err := c.ListRows(ctx, filter)
	if err != nil {
		return nil, err
	}
	return first(found, in.Limit, func(r policy.Row) string { return httpapi.Cursor(string(r.Register), r.Key) }), nil
}

// part gives a part of a list that is there as a whole. The cursor says what was seen
// last and how much was seen before it, so that what comes and goes between two parts
// makes nothing show twice or get lost. Where what was seen last has gone itself, the
// part begins in its place.
func part[T any](all []T, p httpapi.Paging, key func(T) string) (*httpapi.Page[T], error) {
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
	page := &httpapi.Page[T]{Items: append([]T{}, all[from:to]...)}
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
		return 0, 0, httpapi.NoCursor()
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
func keyOfFinding(f policy.Finding) string { return f.Rule + " " + f.Record + " " + f.Message }
func keyOfRow(r policy.Row) string         { return string(r.Register) + " " + r.Key + " " + r.Date.String() }
