package policy

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Successor drafts the cycle after this one: with its windows, chains, periods, priorities
// and meetings, all dates and the years in names some years later. Every priority goes on,
// as kept, until somebody decides otherwise; who drives what is open.
func (d *Definition) Successor(years int) *Definition {
	next := *d
	later{years}.value(reflect.ValueOf(&next).Elem())
	if next.Predecessor = d.Key; next.Key == d.Key { // it has no year in it
		next.Key += fmt.Sprintf("-%d", next.ImplementationWindow.From.Year())
	}
	if a := &next.Assessment; a.Kind == OCTA && a.Due.Year() >= 2013 { // since when there is none
		a.Kind, a.Title = SOCTA, strings.ReplaceAll(a.Title, string(OCTA), string(SOCTA))
	}
	next.Bodies = slices.Clone(d.Bodies) // since when a State is a member, no cycle moves
	next.Lineage, next.Sources, next.Illustrative = nil, nil, nil
	for i := range next.Priorities {
		p := &next.Priorities[i]
		p.AddedOn, p.Lineage = Date{}, []Lineage{{Priority: d.Priorities[i].Key, How: "kept"}}
		for j := range p.OAPs {
			oap := &p.OAPs[j]
			oap.AddedOn, oap.Driver, oap.From = Date{}, "", nil
		}
	}
	return &next
}

// Lasts gives how many years the plans of the cycle last.
func (d *Definition) Lasts() int {
	return max(d.ImplementationWindow.To.AddDays(1).Year()-d.ImplementationWindow.From.Year(), 1)
}

// later moves what it meets on by some years.
type later struct{ years int }

// value gives a value of which nothing is shared with what was there.
func (l later) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(l.text(v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			fresh := reflect.New(v.Type().Elem())
			fresh.Elem().Set(v.Elem())
			l.value(fresh.Elem())
			v.Set(fresh)
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(fresh, v)
		for i := range fresh.Len() {
			l.value(fresh.Index(i))
		}
		v.Set(fresh)
	case reflect.Struct:
		if day, is := reflect.TypeAssert[Date](v); is {
			v.Set(reflect.ValueOf(l.day(day)))
			return
		}
		for _, field := range v.Fields() {
			l.value(field)
		}
	default: // a number or a truth; the chains, which hold nothing that moves
	}
}

// day gives the day some years later; the last of February stays that.
func (l later) day(d Date) Date {
	if d.IsZero() {
		return d
	}
	moved := NewDate(d.Year()+l.years, time.Month(d.month), int(d.day))
	if moved.month != d.month {
		return moved.AddDays(-1)
	}
	return moved
}

// digits are those of a number.
var digits = regexp.MustCompile(`\d+`)

// text gives a name in which years are some years later.
func (l later) text(name string) string {
	return digits.ReplaceAllStringFunc(name, func(number string) string {
		year, err := strconv.Atoi(number)
		if err != nil || len(number) != len("2026") || year < firstYear || year > lastYear {
			return number
		}
		return strconv.Itoa(year + l.years)
	})
}
