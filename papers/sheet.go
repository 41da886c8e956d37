package papers

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

// Workbook is sheets as they go out.
type Workbook struct {
	Name   string // of the file
	Sheets []files.BookSheet
}

// WorkbookType is the media type of a workbook.
const WorkbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// Write writes the workbook.
func (w *Workbook) Write(to io.Writer) error { return files.WriteWorkbook(to, w.Sheets) }

// Sheets makes workbooks of what its service shows, in the words of its printer.
type Sheets struct {
	Service service.Service
	Words   *text.Printer
}

// Of gives the workbook of what MeantBy reads, and of a register the rows whose key begins so.
func (s Sheets) Of(ctx context.Context, cycle, what, key string) (*Workbook, error) {
	meant, err := MeantBy(cycle + "/" + what)
	if err != nil {
		return nil, err
	}
	switch period, is := meant.period(); {
	case meant.State != "":
		return s.Consents(ctx, cycle, meant.State)
	case meant.Register != "":
		return s.Register(ctx, service.RowFilter{Cycle: cycle, Register: meant.Register, Prefix: key})
	case is:
		return s.PeriodActions(ctx, cycle, period)
	}
	subject, err := policy.ParseSubject(cycle + "/" + meant.Subject)
	if err != nil {
		return nil, err
	}
	return s.Actions(ctx, subject)
}

// Actions gives the actions of one OAP, or of a change of one: those of the draft where somebody has begun one
// that the reader may see, else of the version handed in last.
func (s Sheets) Actions(ctx context.Context, subject policy.Subject) (*Workbook, error) {
	found, err := s.Service.FindSubject(ctx, subject)
	if err != nil {
		return nil, err
	}
	lists, err := s.lists(ctx, subject.Cycle)
	if err != nil {
		return nil, err
	}
	sheet, err := s.plan(ctx, found, lists)
	if err != nil {
		return nil, err
	}
	return named(subject.Cycle+"-"+strings.ReplaceAll(subject.Path(), "/", "-"), []string{found.Title}, []files.BookSheet{*sheet}), nil
}

// PeriodActions gives the actions of all OAPs of a period that the reader may read, a sheet each.
func (s Sheets) PeriodActions(ctx context.Context, cycle, period string) (*Workbook, error) {
	known, err := s.Service.FindCycle(ctx, cycle)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(known.Periods, func(p service.Period) bool { return p.Key == period })
	if at < 0 {
		return nil, policy.Refuse(policy.CodeUnknown, "the cycle has no period %q", period)
	}
	lists, err := s.lists(ctx, cycle)
	if err != nil {
		return nil, err
	}
	var titles []string
	var sheets []files.BookSheet
	for _, oap := range known.Periods[at].OAPs {
		sheet, err := s.plan(ctx, &oap, lists)
		switch {
		case err == nil:
			titles, sheets = append(titles, oap.Title), append(sheets, *sheet)
		case !keptFrom(err):
			return nil, err
		}
	}
	if len(sheets) == 0 {
		return nil, policy.Refuse(policy.CodeUnknown, "no OAP of %s is there for you to read", period)
	}
	return named(cycle+"-oap-"+period, titles, sheets), nil
}

// named gives the sheets of a workbook names.
func named(name string, titles []string, sheets []files.BookSheet) *Workbook {
	names := files.SheetNames(titles)
	for i := range sheets {
		sheets[i].Sheet = names[i]
	}
	return &Workbook{Name: name + ".xlsx", Sheets: sheets}
}

// planText is an OAP as it stands now, and which it is.
type planText struct {
	plan              *policy.OperationalPlan
	version, revision int
	marking           policy.Marking
	digest            string
}

// now reads what a sheet of the OAP is held against: the draft where one was begun and may be seen, else the
// version handed in last.
func (s Sheets) now(ctx context.Context, subject policy.Subject) (*planText, error) {
	draft, err := s.Service.FindDraft(ctx, subject)
	switch {
	case err != nil && !keptFrom(err):
		return nil, err
	case err == nil && draft.Revision > 0:
		return planOf(draft.Content, planText{revision: draft.Revision})
	default:
		return s.version(ctx, subject, 0)
	}
}

// version reads a version of an OAP; 0 is the one handed in last.
func (s Sheets) version(ctx context.Context, subject policy.Subject, version int) (*planText, error) {
	held, err := s.Service.FindContent(ctx, subject, version)
	if err != nil {
		return nil, err
	}
	return planOf(held.Content, planText{version: held.Version, marking: held.Marking})
}

func planOf(content policy.Content, of planText) (*planText, error) {
	plan, is := content.(*policy.OperationalPlan)
	if !is {
		return nil, policy.Refuse(policy.CodeInvalid, "only an OAP or a change of one has actions")
	}
	of.plan = plan
	if of.marking == "" {
		of.marking = cmp.Or(plan.Marking, policy.Limite)
	}
	grid, err := gridOf(plan)
	if err != nil {
		return nil, err
	}
	of.digest = digestOf(grid)
	return &of, nil
}

// gridOf gives the cells of the actions of an OAP: of a skeleton the fields that it holds.
func gridOf(plan *policy.OperationalPlan) (*files.Grid, error) {
	grid, err := files.ActionGrid(plan.Actions)
	if err == nil {
		grid.Keep(func(column string) bool { return plan.Holds(policy.PlanField(column)) })
	}
	return grid, err
}

// digestOf tells one grid from another.
func digestOf(g *files.Grid) string {
	sum := sha256.New()
	for _, line := range g.Lines {
		sum.Write(fmt.Appendf(nil, "%q\n", line.Cells))
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// plan makes the sheet of an OAP.
func (s Sheets) plan(ctx context.Context, found *service.Subject, lists map[string][]string) (*files.BookSheet, error) {
	now, err := s.now(ctx, found.Subject)
	if err != nil {
		return nil, err
	}
	grid, err := gridOf(now.plan)
	if err != nil {
		return nil, err
	}
	return &files.BookSheet{
		Stamp: files.Stamp{
			Cycle: found.Subject.Cycle, Subject: found.Subject.Path(), Version: now.version, Revision: now.revision, Digest: now.digest, Marking: now.marking,
		},
		Grid: grid, Titles: s.titles(grid.Columns), Lists: listsOf(grid, lists),
	}, nil
}

// titles gives what people call columns.
func (s Sheets) titles(columns []string) map[string]string {
	titles := map[string]string{}
	for _, column := range columns {
		titles[column] = s.Words.Word("column", column)
	}
	return titles
}

// lists gives the words of a cycle that cells are chosen from, by the name of the column.
func (s Sheets) lists(ctx context.Context, cycle string) (map[string][]string, error) {
	known, err := s.Service.FindCycle(ctx, cycle)
	if err != nil {
		return nil, err
	}
	lists := map[string][]string{"body": policy.Texts(known.Bodies.Bodies())}
	for _, masp := range known.MASPs {
		held, err := s.Service.FindContent(ctx, masp.Subject, 0)
		if keptFrom(err) {
			continue // the reader chooses from those that they may read
		}
		if err != nil {
			return nil, err
		}
		if plan, is := held.Content.(*policy.StrategicPlan); is {
			for _, goal := range plan.Goals {
				lists["goals"] = append(lists["goals"], goal.Key)
			}
		}
	}
	rows, err := s.Service.ListRows(ctx, service.RowFilter{Cycle: cycle, Register: policy.RegIndicators})
	for _, row := range rows {
		lists["indicator"] = append(lists["indicator"], row.Key)
	}
	return lists, err
}

// listsOf gives what each column of a grid may say, where it is chosen from a list.
func listsOf(g *files.Grid, lists map[string][]string) map[string][]string {
	of := map[string][]string{}
	for _, column := range g.Columns {
		typ := g.TypeOf(column)
		element := typ
		if typ.Kind() == reflect.Slice {
			element = typ.Elem()
		}
		listed, is := reflect.TypeAssert[interface{ Words() []string }](reflect.Zero(element))
		switch {
		case element == reflect.TypeFor[policy.Body]():
			of[column] = lists["body"]
		case column == "goals":
			of[column] = lists["goals"]
		case element == reflect.TypeFor[policy.KPI](), element == reflect.TypeFor[policy.Figure]():
			for _, indicator := range lists["indicator"] {
				of[column] = append(of[column], indicator+":0"+strings.Repeat(":0", element.NumField()-2))
			}
		case is:
			of[column] = listed.Words()
		case typ.Kind() == reflect.Bool:
			of[column] = []string{"yes", "no"}
		}
	}
	return of
}
