package main

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// page collects what people read, fitted to the screen it is for.
type page struct {
	*screen
	text  strings.Builder
	whole string // a file, in the place of the text
}

// file gives a file to whoever keeps it, as it is; on a terminal it is read like any text.
func (p *page) file(text string) {
	if p.terminal {
		p.line("%s", strings.TrimSpace(strings.TrimPrefix(text, "\ufeff")))
		return
	}
	p.whole = text
}

// line writes one line.
func (p *page) line(format string, args ...any) {
	_, _ = fmt.Fprintf(&p.text, format+"\n", args...)
}

// heading begins a section.
func (p *page) heading(title string) {
	if p.text.Len() > 0 {
		p.line("")
	}
	p.line("%s", p.paint(bold, title))
}

// cells are those of a row of a table, or the titles of its columns.
type cells = []string

// each makes something of each item, such as its cells.
func each[T, U any](items []T, of func(T) U) []U {
	made := make([]U, len(items))
	for i, item := range items {
		made[i] = of(item)
	}
	return made
}

// facts writes names with their values, one below the other. A fact without a
// value is left out.
func (p *page) facts(facts ...[2]string) {
	var rows [][]string
	for _, fact := range facts {
		if fact[1] != "" {
			rows = append(rows, cells{p.paint(faint, fact[0]), fact[1]})
		}
	}
	p.grid(nil, rows)
}

// section writes a headed table, or nothing when it has no rows.
func (p *page) section(title string, columns []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	p.heading(title)
	p.grid(columns, rows)
}

// gap stands between two columns.
const gap = "  "

// grid writes rows in columns, with titles above unless columns is nil. On a
// screen that is too narrow the widest columns are folded between words; a
// stream without a width gets every row on one line.
func (p *page) grid(columns []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	t := table.NewWriter()
	t.SetStyle(plain)
	t.SuppressTrailingSpaces()
	if columns != nil {
		t.AppendHeader(each(columns, func(title string) any { return p.paint(faint, title) }))
	}
	for _, row := range rows {
		t.AppendRow(each(row, func(cell string) any { return cell }))
	}
	if p.width > 0 {
		t.SetColumnConfigs(widths(columns, rows, p.width))
	}
	p.line("%s", t.Render())
}

// plain has no lines, only columns: it reads well on a terminal and is cut
// easily by other programs.
var plain = table.Style{
	Name:    "plain",
	Box:     table.BoxStyle{PaddingRight: gap},
	Options: table.OptionsNoBordersAndSeparators,
	Format:  table.FormatOptions{Header: text.FormatDefault, Footer: text.FormatDefault, Row: text.FormatDefault},
}

// widths narrows the columns until they fit the screen, the one with the most
// to spare first and none below its longest word.
func widths(columns []string, rows [][]string, screen int) []table.ColumnConfig {
	if columns != nil {
		rows = append([][]string{columns}, rows...)
	}
	var full, least []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(full) {
				full, least = append(full, 0), append(least, 0)
			}
			full[i] = max(full[i], text.StringWidthWithoutEscSequences(cell))
			for word := range strings.FieldsSeq(cell) {
				least[i] = max(least[i], text.StringWidthWithoutEscSequences(word))
			}
		}
	}
	excess := -screen
	for _, w := range full {
		excess += w + len(gap)
	}
	for ; excess > 0; excess-- {
		widest := -1
		for i := range full {
			if full[i] > least[i] && (widest < 0 || full[i]-least[i] > full[widest]-least[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break // nothing can be folded: the terminal has to wrap
		}
		full[widest]--
	}
	configs := make([]table.ColumnConfig, len(full))
	for i, w := range full {
		configs[i] = table.ColumnConfig{Number: i + 1, WidthMax: w, WidthMaxEnforcer: text.WrapSoft}
	}
	return configs
}

// box writes lines with a frame around them on a terminal, and as they are
// elsewhere.
func (p *page) box(lines []string) {
	if !p.terminal {
		p.line("%s", strings.Join(lines, "\n"))
		return
	}
	t := table.NewWriter()
	t.SetStyle(table.StyleRounded)
	for _, line := range lines {
		t.AppendRow(table.Row{line})
	}
	p.line("%s", t.Render())
}
