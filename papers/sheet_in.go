package papers

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

// Incoming is a workbook that came in, held against what is recorded now. Nothing of it is taken yet.
type Incoming struct {
	Sheets []IncomingSheet `json:"sheets"`
	// Digest tells what is shown from what another workbook, or other records, would come to.
	Digest string `json:"digest"`
}

// IncomingSheet is what one sheet changes.
type IncomingSheet struct {
	Sheet    string          `json:"sheet"`
	Cycle    string          `json:"cycle"`
	Subject  string          `json:"subject,omitempty"`
	Register policy.Register `json:"register,omitempty"`
	Changes  []Change        `json:"changes"`
	// Rows is how many rows of the register would be entered.
	Rows int `json:"rows,omitempty"`
	// Problems stand against handing in what the draft would say then.
	Problems []policy.Problem `json:"problems,omitempty"`
	// Revises is the version before a body in whose place the plan would come; 0 for none.
	Revises int `json:"revises,omitempty"`
	plan    *policy.OperationalPlan
	was     *service.Draft
	file    *files.RowFile
}

// Changed counts the cells and rows that are changed.
func (in *Incoming) Changed() int {
	n := 0
	for _, s := range in.Sheets {
		n += len(s.Changes)
	}
	return n
}

// Preview reads a workbook and holds it against what is recorded now. What is wrong is refused with each mistake at its
// cell, and so is a cell that somebody else has changed since the sheet was made. meant is what the first sheet is
// about where the workbook does not say so.
func (s Sheets) Preview(ctx context.Context, name string, content []byte, meant Meant) (*Incoming, error) {
	book, err := files.OpenWorkbook(name, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	stamps, err := book.Stamps()
	if err != nil {
		return nil, err
	}
	if len(stamps) == 0 && meant.Cycle != "" {
		stamps = []files.Stamp{{Sheet: book.Sheets()[0], Cycle: meant.Cycle, Subject: meant.Subject, Register: meant.Register}}
	}
	if stamps, err = found(book, stamps, meant); err != nil {
		return nil, err
	}
	in, mistakes := &Incoming{}, []files.Problem(nil)
	for _, stamp := range stamps {
		sheet, wrong, err := s.incoming(ctx, book, stamp)
		if err != nil {
			return nil, err
		}
		for _, m := range wrong {
			if m.File == "" {
				m.File, m.Sheet, m.Line, m.Column = name, stamp.Sheet, 1, 1
			}
			mistakes = append(mistakes, m)
		}
		in.Sheets = append(in.Sheets, sheet)
	}
	if err := files.Refuse(mistakes); err != nil {
		return nil, err
	}
	if err := in.oneThing(); err != nil {
		return nil, err
	}
	err = in.seal(content)
	return in, err
}

// found finds the sheets that stamps speak of: one of another name where it is the only one. Sheets that were
// taken out of the workbook change nothing.
func found(book *files.Workbook, stamps []files.Stamp, meant Meant) ([]files.Stamp, error) {
	if len(stamps) == 0 {
		return nil, policy.Refuse(policy.CodeInvalid, "the workbook does not say what it is about: begin with one that was downloaded here")
	}
	names := book.Sheets()
	if len(stamps) == 1 && len(names) == 1 {
		stamps[0].Sheet = names[0]
	}
	stamps = slices.DeleteFunc(stamps, func(s files.Stamp) bool { return !slices.Contains(names, s.Sheet) })
	for _, name := range names {
		if !slices.ContainsFunc(stamps, func(s files.Stamp) bool { return s.Sheet == name }) {
			return nil, policy.Refuse(policy.CodeInvalid, "the workbook does not say what its sheet %q is about: give it its name again, or take it out", name)
		}
	}
	for _, s := range stamps {
		if !meant.covers(s) {
			return nil, policy.Refuse(policy.CodeConflict, "the workbook is about something else: %s", s.Cycle+"/"+s.Subject+string(s.Register))
		}
	}
	return stamps, nil
}

// everyTitle gives columns by what they are called in every language.
func everyTitle(columns []string) (map[string]string, error) {
	texts, err := text.Load()
	if err != nil {
		return nil, err
	}
	titles := map[string]string{}
	for _, lang := range text.Languages {
		for _, column := range columns {
			titles[texts.In(lang).Word("column", column)] = column
		}
	}
	return titles, nil
}

// incoming holds one sheet against what is recorded.
func (s Sheets) incoming(ctx context.Context, book *files.Workbook, stamp files.Stamp) (IncomingSheet, []files.Problem, error) {
	in := IncomingSheet{Sheet: stamp.Sheet, Cycle: stamp.Cycle, Subject: stamp.Subject, Register: stamp.Register, Changes: []Change{}}
	if stamp.Register != "" {
		if !slices.Contains(policy.Registers(), stamp.Register) {
			return in, nil, policy.Refuse(policy.CodeInvalid, "there is no register %q", stamp.Register)
		}
		var columns []string
		for _, column := range files.Columns(stamp.Register) {
			columns = append(columns, column.Name)
		}
		titles, err := everyTitle(columns)
		if err != nil {
			return in, nil, err
		}
		sheet, err := book.RowGrid(stamp.Sheet, stamp.Register, titles)
		if err != nil {
			return in, nil, err
		}
		wrong, err := s.incomingRows(ctx, &in, sheet)
		return in, wrong, err
	}
	titles, err := everyTitle(files.ActionColumns())
	if err != nil {
		return in, nil, err
	}
	sheet, err := book.ActionGrid(stamp.Sheet, titles)
	if err != nil {
		return in, nil, err
	}
	wrong, err := s.incomingPlan(ctx, &in, stamp, sheet)
	return in, wrong, err
}

// incomingPlan holds the actions of a sheet against the draft of an OAP.
func (s Sheets) incomingPlan(ctx context.Context, in *IncomingSheet, stamp files.Stamp, sheet *files.Grid) ([]files.Problem, error) {
	subject, err := policy.ParseSubject(stamp.Cycle + "/" + stamp.Subject)
	if err != nil {
		return nil, err
	}
	if in.was, err = s.Service.FindDraft(ctx, subject); err != nil {
		return nil, err
	}
	found, err := s.Service.FindSubject(ctx, subject)
	if err != nil {
		return nil, err
	}
	in.Revises = found.Revises()
	now, err := planOf(in.was.Content, planText{revision: in.was.Revision})
	if err != nil {
		return nil, err
	}
	base, err := s.base(ctx, subject, stamp, now)
	if err != nil {
		return nil, err
	}
	grids := make([]*files.Grid, 2)
	for i, of := range []*planText{base, now} {
		if grids[i], err = gridOf(of.plan); err != nil {
			return nil, err
		}
	}
	for _, column := range sheet.Columns {
		if !now.plan.Holds(policy.PlanField(column)) {
			return nil, policy.Refuse(policy.CodeMarking, "of %s only a skeleton is kept here, without %s: take that column out", subject, column)
		}
	}
	m := merge(grids[0], grids[1], sheet, "code", true)
	in.Changes = append(in.Changes, m.changes...)
	actions, err := m.grid.Actions()
	if err != nil {
		return nil, err
	}
	plan := *now.plan
	plan.Actions = actions
	in.plan, in.Problems = &plan, policy.ProblemsOf(&plan)
	return m.mistakes, nil
}

// base reads what a sheet was made of.
func (s Sheets) base(ctx context.Context, subject policy.Subject, stamp files.Stamp, now *planText) (*planText, error) {
	switch {
	case stamp.Revision > 0 && (stamp.Revision != now.revision || stamp.Digest != now.digest):
		return nil, policy.Refuse(policy.CodeWrongVersion,
			"the sheet %q was made of a draft that has changed since, and drafts are not kept: take a new sheet and write your changes into it", stamp.Sheet)
	case stamp.Version > 0:
		return s.version(ctx, subject, stamp.Version)
	default: // of the draft as it is, or made elsewhere
		return now, nil
	}
}

// incomingRows holds the rows of a sheet against a register.
func (s Sheets) incomingRows(ctx context.Context, in *IncomingSheet, sheet *files.Grid) ([]files.Problem, error) {
	filter := service.RowFilter{Cycle: in.Cycle, Register: in.Register}
	rows, err := s.Service.ListRows(ctx, filter)
	if err != nil {
		return nil, err
	}
	filter.History = true
	every, err := s.Service.ListRows(ctx, filter)
	if err != nil {
		return nil, err
	}
	now, err := rowGrid(in.Register, rows)
	if err != nil {
		return nil, err
	}
	history, err := rowGrid(in.Register, every)
	if err != nil {
		return nil, err
	}
	keyed := index(now, "key")
	sheet = sheet.With(slices.DeleteFunc(slices.Clone(sheet.Lines), func(l files.GridLine) bool {
		_, recorded := keyed[l.Cells[sheet.Column("key")]]
		return !recorded && unanswered(sheet, l)
	}))
	m := merge(rowsOf(sheet, now, history), now, sheet, "key", false)
	in.Changes = append(in.Changes, m.changes...)
	m.grid = m.grid.With(entries(&m, keyed, now))
	in.file, err = m.grid.Rows(in.Register)
	if err != nil {
		return m.mistakes, err
	}
	in.Rows = len(in.file.Rows)
	return m.mistakes, nil
}

// unanswered says that nothing but its key stands in a line.
func unanswered(g *files.Grid, l files.GridLine) bool {
	for i, column := range g.Columns {
		if column != "key" && l.Cells[i] != "" {
			return false
		}
	}
	return true
}

// rowsOf gives the rows that a sheet was made of: each as it was recorded then, or nothing but its key where it was not.
func rowsOf(sheet, now, history *files.Grid) *files.Grid {
	made := map[string]int{}
	for i, line := range history.Lines {
		made[line.Row] = i
	}
	key := sheet.Column("key")
	var lines []files.GridLine
	for _, line := range sheet.Lines {
		at, known := made[line.Row]
		switch {
		case line.Row == "": // written by hand: it changes what is recorded now
		case known:
			lines = append(lines, history.Lines[at])
		default:
			cells := make([]string, len(now.Columns))
			cells[now.Column("key")] = line.Cells[key]
			lines = append(lines, files.GridLine{Cells: cells})
		}
	}
	return now.With(lines)
}

// entries gives the rows to enter: those that change. They apply from today, unless the sheet says another day.
func entries(m *merged, recorded map[string]int, now *files.Grid) []files.GridLine {
	var lines []files.GridLine
	key, date := now.Column("key"), now.Column("date")
	for i, line := range m.grid.Lines {
		if !m.changed[i] {
			continue
		}
		if at, is := recorded[line.Cells[key]]; is && now.Lines[at].Cells[date] == line.Cells[date] {
			line.Cells[date] = ""
		}
		lines = append(lines, line)
	}
	return lines
}

// oneThing says that a workbook does one thing: it changes drafts, or enters rows of one register.
func (in *Incoming) oneThing() error {
	registers, plans := 0, 0
	for _, s := range in.Sheets {
		switch {
		case len(s.Changes) == 0:
		case s.Register != "":
			registers++
		default:
			plans++
		}
	}
	if registers > 1 || registers > 0 && plans > 0 {
		return policy.Refuse(policy.CodeInvalid, "the workbook changes several things that are not recorded at once: take the sheets one by one")
	}
	return nil
}

// Taken says what became of a workbook.
type Taken struct {
	Drafts   []string         `json:"drafts,omitempty"` // the subjects whose drafts have changed
	Entered  *service.Entered `json:"entered,omitempty"`
	HandedIn []HandedIn       `json:"handed_in,omitempty"` // where that was wanted
	saved    []*service.Draft
}

// Came is a workbook that came in, and what became of it.
type Came struct {
	Incoming
	Taken *Taken `json:"taken,omitempty"` // left out where nothing was done
}

// Take does what the preview says, all or nothing. A draft that somebody else has changed since the preview is
// refused, and those that were saved before it are put back.
func (s Sheets) Take(ctx context.Context, in *Incoming) (*Taken, error) {
	taken := &Taken{}
	for i := range in.Sheets {
		sheet := &in.Sheets[i]
		switch {
		case len(sheet.Changes) == 0:
		case sheet.file != nil:
			entered, err := s.Service.Enter(ctx, service.Enter{Cycle: sheet.Cycle, Rows: sheet.file.Rows})
			if err != nil {
				return nil, sheet.file.Placed(err)
			}
			taken.Entered = entered
		default:
			draft, err := s.Service.SaveDraft(ctx, service.SaveDraft{Subject: sheet.was.Subject, Revision: sheet.was.Revision, Content: sheet.plan})
			if err != nil {
				return nil, s.putBack(ctx, in, taken.saved, err)
			}
			taken.saved, taken.Drafts = append(taken.saved, draft), append(taken.Drafts, sheet.was.Subject.String())
		}
	}
	return taken, nil
}

// putBack puts drafts back that were saved before one was refused.
func (s Sheets) putBack(ctx context.Context, in *Incoming, saved []*service.Draft, refusal error) error {
	for _, draft := range saved {
		at := slices.IndexFunc(in.Sheets, func(sheet IncomingSheet) bool { return sheet.was != nil && sheet.was.Subject == draft.Subject })
		was := in.Sheets[at].was
		back := service.SaveDraft{Subject: was.Subject, Revision: draft.Revision, Content: was.Content}
		var err error
		if was.Revision == 0 {
			err = s.Service.DropDraft(ctx, back)
		} else {
			_, err = s.Service.SaveDraft(ctx, back)
		}
		if err != nil {
			return fmt.Errorf("%w; the draft of %s keeps what the sheet says: %w", refusal, was.Subject, err)
		}
	}
	return refusal
}
