package papers

import (
	"fmt"
	"slices"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
)

// Change is one cell that a sheet says otherwise than what is recorded now; of a row that it adds or takes away
// the column is empty.
type Change struct {
	Row    string `json:"row"` // the code of the action, or the key
	Column string `json:"column,omitempty"`
	Was    string `json:"was"`
	Is     string `json:"is"`
}

// merged is what becomes of a table when the changes of a sheet are made to what is recorded now.
type merged struct {
	grid     *files.Grid
	changed  []bool // for each line of the grid whether the sheet changes it
	changes  []Change
	mistakes []files.Problem
}

// merger makes the changes of a sheet to what is recorded now.
type merger struct {
	merged
	base, now, sheet       *files.Grid
	inBase, inNow, inSheet map[string]int // the lines, by what they are known by
	key                    string
	gone                   bool
}

// merge holds a sheet against what is recorded now, cell by cell: what the sheet says otherwise than the text that
// it was made of is a change, unless it was changed meanwhile too, to something else. Columns that the sheet has not
// stay as they are, and rows keep their order. gone says that a row that the sheet has no more is taken away.
func merge(base, now, sheet *files.Grid, key string, gone bool) merged {
	m := &merger{base: base, now: now, sheet: sheet, inBase: index(base, key), inNow: index(now, key), inSheet: rowsBy(sheet, key), key: key, gone: gone}
	m.grid = now.With(nil)
	for _, line := range now.Lines {
		name := line.Cells[now.Column(key)]
		at, is := m.inSheet[name]
		was, before := m.inBase[name]
		if !is && gone && before && m.taken(name, line, was) {
			continue
		}
		changes := len(m.changes)
		if is {
			line.Cells = slices.Clone(line.Cells)
			line.From(sheet.Lines[at])
			m.cells(name, &line, at)
		}
		m.grid.Lines, m.changed = append(m.grid.Lines, line), append(m.changed, len(m.changes) > changes)
	}
	m.added()
	return m.merged
}

// index finds lines by what stands in a column.
func index(g *files.Grid, column string) map[string]int {
	lines, at := map[string]int{}, g.Column(column)
	for i, line := range g.Lines {
		if _, is := lines[line.Cells[at]]; !is {
			lines[line.Cells[at]] = i
		}
	}
	return lines
}

// rowsBy finds the rows of a sheet by what each was known by when the sheet was made, or says itself. The code of an
// action may have changed; of a row and its copies, the one that still says its code is meant.
func rowsBy(sheet *files.Grid, key string) map[string]int {
	rows, at := map[string]int{}, sheet.Column(key)
	put := func(name string, i int) {
		if _, taken := rows[name]; taken && rows[name] != i {
			name = fmt.Sprintf("%s\x00%d", name, i) // a second one of the name: whoever admits it refuses it
		}
		rows[name] = i
	}
	for i, line := range sheet.Lines {
		if line.Cells[at] == line.Row {
			put(line.Row, i)
		}
	}
	for i, line := range sheet.Lines {
		_, taken := rows[line.Row]
		switch {
		case line.Cells[at] == line.Row:
		case key == "code" && line.Row != "" && !taken:
			put(line.Row, i)
		default:
			put(line.Cells[at], i)
		}
	}
	return rows
}

// taken says whether the sheet takes a row away that nobody has changed meanwhile.
func (m *merger) taken(name string, line files.GridLine, was int) bool {
	for j, column := range m.now.Columns {
		if in := m.base.Column(column); in >= 0 && m.base.Lines[was].Cells[in] != line.Cells[j] {
			gone := policy.Say("%s is not in the sheet any more, and its %s was changed since, from %q to %q: take it away in a new sheet",
				name, column, m.base.Lines[was].Cells[in], line.Cells[j])
			m.mistakes = append(m.mistakes, files.Problem{Message: gone.Message, Said: gone.Said})
			return false
		}
	}
	m.changes = append(m.changes, Change{Row: name, Was: name})
	return true
}

// mistaken notes what is wrong with a cell.
func (m *merger) mistaken(at int, column, form string, parts ...any) {
	said := policy.Say(form, parts...)
	wrong := m.sheet.Mistake(at, column, said.Message)
	wrong.Field, wrong.Said = "", said.Said
	m.mistakes = append(m.mistakes, wrong)
}

// cells makes the changes in one row.
func (m *merger) cells(name string, line *files.GridLine, at int) {
	was, known := m.inBase[name]
	for j, column := range m.now.Columns {
		from := m.sheet.Column(column)
		if from < 0 {
			continue
		}
		says, is, before := m.sheet.Lines[at].Cells[from], line.Cells[j], line.Cells[j]
		if in := m.base.Column(column); known && in >= 0 {
			before = m.base.Lines[was].Cells[in]
		}
		switch {
		case says == before || says == is:
		case is != before:
			m.mistaken(at, column, "%s was %q when the sheet was made, is %q now, and says %q here: see which is right, and write it into a new sheet",
				column, before, is, says)
		default:
			m.changes = append(m.changes, Change{name, column, is, says})
			line.Cells[j] = says
		}
	}
}

// added adds the rows that are in the sheet alone, in its order.
func (m *merger) added() {
	known := map[int]string{}
	for name, at := range m.inSheet {
		if _, is := m.inNow[name]; !is {
			known[at] = name
		}
	}
	for at, line := range m.sheet.Lines {
		name, is := known[at]
		if !is {
			continue
		}
		says := line.Cells[m.sheet.Column(m.key)]
		if _, before := m.inBase[name]; before && m.gone && line.Row != "" {
			m.mistaken(at, m.key, "this row is about %s, which was taken away since the sheet was made", name)
			continue
		}
		cells := make([]string, len(m.grid.Columns))
		for j, column := range m.grid.Columns {
			if from := m.sheet.Column(column); from >= 0 {
				cells[j] = line.Cells[from]
			}
		}
		fresh := files.GridLine{Cells: cells}
		fresh.From(line)
		m.grid.Lines, m.changed = append(m.grid.Lines, fresh), append(m.changed, true)
		m.changes = append(m.changes, Change{Row: says, Is: says})
	}
}
