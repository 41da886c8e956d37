package papers

import (
	"context"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// Register gives the rows of a register: the figures of a reporting round are those of progress with the keys
// that begin with PERIOD/OAP/ROUND/. Of a round, each action has a line, to be filled in where it has not reported.
func (s Sheets) Register(ctx context.Context, filter service.RowFilter) (*Workbook, error) {
	filter.History = false
	rows, err := s.Service.ListRows(ctx, filter)
	if err != nil {
		return nil, err
	}
	about, round := make([]string, len(rows)), false
	if report, is := roundOf(filter); is {
		if rows, about, round, err = s.reporting(ctx, report, rows); err != nil {
			return nil, err
		}
	}
	sheet, err := s.rows(ctx, filter.Cycle, filter.Register, rows, about)
	if err != nil {
		return nil, err
	}
	if round {
		sheet.Closed, sheet.Locked = true, []string{"key"}
	} else {
		sheet.Beside = ""
	}
	return named(filter.Cycle+"-"+string(filter.Register), []string{s.Words.Word("register", filter.Register)}, []files.BookSheet{*sheet}), nil
}

// roundOf gives the report of a reporting round, where its figures are asked for.
func roundOf(filter service.RowFilter) (policy.Subject, bool) {
	report, err := policy.ParseSubject(filter.Cycle + "/" + string(policy.KindReport) + "/" + strings.TrimSuffix(filter.Prefix, "/"))
	return report, err == nil && filter.Register == policy.RegProgress && filter.Prefix == report.Progress()
}

// reporting gives the figures of a round with a line for each action that has not reported yet, and what each is
// called. It is no round where nobody can say which actions there are.
func (s Sheets) reporting(ctx context.Context, report policy.Subject, rows []policy.Row) ([]policy.Row, []string, bool, error) {
	none := make([]string, len(rows))
	status, err := s.Service.FindRound(ctx, report)
	if keptFrom(err) || policy.CodeOf(err) == policy.CodeNotReady {
		return rows, none, false, nil
	}
	if err != nil {
		return rows, none, false, err
	}
	titles := map[string]string{}
	if now, err := s.version(ctx, report.Plan(), 0); err == nil {
		for _, a := range now.plan.Actions {
			titles[report.Progress()+a.Code] = a.Name()
		}
	} else if !keptFrom(err) {
		return rows, none, false, err
	}
	for _, late := range status.Late {
		key := report.Progress() + late.Action
		titles[key] = late.Title
		if !slices.ContainsFunc(rows, func(r policy.Row) bool { return r.Key == key }) {
			rows = append(rows, policy.Row{Register: policy.RegProgress, Key: key, Body: new(policy.Progress)})
		}
	}
	slices.SortStableFunc(rows, func(a, b policy.Row) int { return strings.Compare(a.Key, b.Key) })
	about := make([]string, len(rows))
	for i, row := range rows {
		about[i] = titles[row.Key]
	}
	return rows, about, true, nil
}

// Consents gives the actions in which a State is listed or to which it was invited, to be answered. Of an action
// without an answer the state is to be filled in.
func (s Sheets) Consents(ctx context.Context, cycle string, state policy.Body) (*Workbook, error) {
	sheet, err := s.Service.NationalSheet(ctx, cycle, state)
	if err != nil {
		return nil, err
	}
	recorded, err := s.Service.ListRows(ctx, service.RowFilter{Cycle: cycle, Register: policy.RegConsents})
	if err != nil {
		return nil, err
	}
	var rows []policy.Row
	var about []string
	for _, line := range sheet.Consents {
		key := line.Action + "/" + string(state)
		row := policy.Row{Register: policy.RegConsents, Key: key, Body: new(policy.Consent)}
		if at := slices.IndexFunc(recorded, func(r policy.Row) bool { return r.Key == key }); at >= 0 {
			row = recorded[at]
		}
		rows, about = append(rows, row), append(about, line.Title)
	}
	made, err := s.rows(ctx, cycle, policy.RegConsents, rows, about)
	if err != nil {
		return nil, err
	}
	made.Closed, made.Locked = true, []string{"key", "date"}
	return named(cycle+"-consents-"+string(state), []string{s.Words.Word("register", policy.RegConsents) + " " + strings.ToUpper(string(state))}, []files.BookSheet{*made}), nil
}

// rowGrid gives the cells of rows; each is known by what stands in it, so that a later one is told from it. Who
// enters a row and why it changes are of the one that is entered.
func rowGrid(register policy.Register, rows []policy.Row) (*files.Grid, error) {
	blank := make([]policy.Row, len(rows))
	for i, row := range rows {
		row.By, row.Reason = policy.Actor{}, ""
		blank[i] = row
	}
	grid, err := files.RowGrid(register, blank, make([]string, len(rows)))
	if err != nil {
		return nil, err
	}
	grid.Keep(func(column string) bool { return column != "by" })
	for i := range grid.Lines {
		grid.Lines[i].Row = digestOf(grid.With(grid.Lines[i : i+1]))
	}
	return grid, nil
}

func (s Sheets) rows(ctx context.Context, cycle string, register policy.Register, rows []policy.Row, about []string) (*files.BookSheet, error) {
	lists, err := s.lists(ctx, cycle)
	if err != nil {
		return nil, err
	}
	grid, err := rowGrid(register, rows)
	if err != nil {
		return nil, err
	}
	return &files.BookSheet{
		Stamp: files.Stamp{Cycle: cycle, Register: register, Digest: digestOf(grid), Marking: policy.Limite},
		Grid:  grid, Titles: s.titles(grid.Columns), Lists: listsOf(grid, lists), Beside: s.Words.Word("column", "title"), About: about,
	}, nil
}
