package papers

import (
	"cmp"
	"context"
	"io"
	"maps"
	"slices"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

// Calendar is what a calendar is made from.
type Calendar struct {
	Scope service.CalendarScope
	// Readers are as what its person reads, one for each body of theirs. Nobody reads nothing.
	Readers []Reader
	// Marking is the highest marking of what its words tell. Below LIMITE they leave out whose
	// turn it is, and call what stands in no published calendar by its kind alone.
	Marking policy.Marking
	// URL is the address of the pages, to which dates lead; "" for none.
	URL string
	*text.Printer
}

// Reader is as what somebody reads, and the service as that one sees it.
type Reader struct {
	policy.Principal
	Service service.Service
}

// ReadersOf gives as what somebody reads: for each body at which they have a role.
func ReadersOf(svc service.Service, who policy.Principal) []Reader {
	var readers []Reader
	for _, body := range who.Bodies() {
		who.Body = body
		readers = append(readers, Reader{who, svc.As(who)})
	}
	return readers
}

// Write writes the calendar as iCalendar. The same records give the same bytes.
func (c Calendar) Write(ctx context.Context, w io.Writer) error {
	days := map[string]*day{} // by what they are about
	name := ""
	for _, reader := range c.Readers {
		cycles, err := c.cycles(ctx, reader.Service)
		if err != nil {
			return err
		}
		for _, id := range cycles {
			found, err := c.read(ctx, reader.Service, id)
			if policy.CodeOf(err) == policy.CodeUnknown { // the calendar outlives the cycle
				continue
			}
			if err != nil {
				return err
			}
			name = found.name(c.Printer)
			for _, d := range found.days() {
				if known := days[d.uid()]; c.holds(reader, d) && (known == nil || known.plain()) {
					days[d.uid()] = d
				}
			}
		}
	}
	all := slices.SortedFunc(maps.Values(days), func(a, b *day) int {
		return cmp.Or(a.from.Compare(b.from), cmp.Compare(a.in.cycle.ID, b.in.cycle.ID), cmp.Compare(a.key, b.key))
	})
	return c.write(w, c.title(name), all)
}

// cycles lists the cycles of which the calendar tells: the one that it is of, or all that are
// under way and no rehearsals, whose days pass in seconds.
func (c Calendar) cycles(ctx context.Context, svc service.Service) ([]string, error) {
	if c.Scope.Cycle != "" {
		return []string{c.Scope.Cycle}, nil
	}
	lines, err := svc.ListCycles(ctx, service.CycleFilter{Rehearsal: new(false)})
	var ids []string
	for _, line := range lines {
		if !line.Stage.Ended() {
			ids = append(ids, line.ID)
		}
	}
	return ids, err
}

// read reads a cycle and, where the reader may see it, what it plans.
func (c Calendar) read(ctx context.Context, svc service.Service, id string) (*planned, error) {
	cycle, err := svc.FindCycle(ctx, id)
	if err != nil {
		return nil, err
	}
	p := &planned{cycle: cycle}
	script, err := svc.FindScript(ctx, id)
	switch policy.CodeOf(err) {
	case policy.CodeMarking: // who does not read where things stand sees the published calendar
		return p, nil
	default:
		if err != nil {
			return nil, err
		}
		p.definition = &script.Definition
		return p, nil
	}
}

// holds says whether a day stands in the calendar of a reader: in that of a cycle all do, in
// that of a body what it is to do and the meetings that it goes to, and in a person's own what
// their bodies and posts are to do.
func (c Calendar) holds(r Reader, d *day) bool {
	switch {
	case c.Scope.Cycle != "":
		return true
	case c.Scope.Body != "":
		return d.concerns(c.Scope.Body)
	default:
		return d.concerns(r.Body) && slices.ContainsFunc(r.Grants, func(g policy.Grant) bool {
			return g.Body == r.Body && d.within(g)
		})
	}
}

// title names the calendar.
func (c Calendar) title(cycle string) string {
	switch {
	case c.Scope.Cycle != "":
		return "policycycle – " + cmp.Or(cycle, c.Scope.Cycle)
	case c.Scope.Body != "":
		return "policycycle – " + c.Word("body", c.Scope.Body)
	default:
		return "policycycle"
	}
}
