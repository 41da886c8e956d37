package web

import (
	"bytes"
	"net/http"
	"net/url"
	"reflect"
	"slices"

	"github.com/a-h/templ"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// registersView is what the page of all registers shows.
type registersView struct {
	Cycle *service.Cycle
	Rows  map[policy.Register]int
}

func registersPage(v *page, c *service.Cycle) (body, error) {
	v.titleIn("registers.title")
	rows, err := v.service.ListRows(v.ctx(), service.RowFilter{Cycle: c.ID})
	r := registersView{Cycle: c, Rows: map[policy.Register]int{}}
	for _, row := range rows {
		r.Rows[row.Register]++
	}
	return registers(v, r), err
}

// mostRows is how many rows a page lists; the CSV has all.
const mostRows = 150

// registerView is what the page of one register shows.
type registerView struct {
	Cycle    *service.Cycle
	Register policy.Register
	Filter   service.RowFilter
	Columns  []files.Column // of which some row says something
	Rows     []policy.Row
	Cells    [][]string // of each row those of the columns
	More     int        // rows that are not shown
	MayEnter bool
	Key      string     // of the row that is entered
	Fields   []rowField // of the form
}

// rowField is one field of the form for a row.
type rowField struct {
	files.Column
	First string // what stands there at first
}

func registerPage(v *page, c *service.Cycle) (body, error) {
	filter, err := v.rowFilter()
	if err != nil {
		return nil, err
	}
	rows, err := v.service.ListRows(v.ctx(), filter)
	if err != nil {
		return nil, err
	}
	v.Title = v.Word("register", filter.Register) + " – " + c.Title
	r := &registerView{Cycle: c, Register: filter.Register, Filter: filter, Key: v.query("row")}
	r.MayEnter = v.mayEnter(filter.Register)
	r.form(rows)
	r.More = max(len(rows)-mostRows, 0)
	r.Rows = rows[:len(rows)-r.More]
	return register(v, r), r.table()
}

// mayEnter says whether the reader may enter rows of a register in the cycle at all.
func (v *page) mayEnter(r policy.Register) bool {
	return slices.Contains(v.about.MayEnter, r)
}

// rowFilter reads which rows of which register are asked for.
func (v *page) rowFilter() (service.RowFilter, error) {
	filter := service.RowFilter{Cycle: v.path("cycle"), Prefix: v.query("key"), History: v.query("history") != ""}
	if !slices.Contains(policy.Registers(), policy.Register(v.path("register"))) {
		return filter, policy.Refuse(policy.CodeUnknown, "there is no register %q", v.path("register"))
	}
	filter.Register = policy.Register(v.path("register"))
	return filter, nil
}

// table takes the texts of the rows, in the columns of which one says something.
func (r *registerView) table() error {
	cells, err := files.RowCells(r.Register, r.Rows)
	if err != nil {
		return err
	}
	r.Cells = make([][]string, len(cells))
	for i, column := range files.Columns(r.Register) {
		if column.Name != "key" && !slices.ContainsFunc(cells, func(line []string) bool { return line[i] != "" }) {
			continue
		}
		r.Columns = append(r.Columns, column)
		for at, line := range cells {
			r.Cells[at] = append(r.Cells[at], line[i])
		}
	}
	return nil
}

// form makes the fields of the form, which begin with what holds of the key now.
func (r *registerView) form(rows []policy.Row) {
	first := map[string]string{}
	for _, row := range rows {
		if cells, err := files.RowCells(r.Register, []policy.Row{row}); err == nil && row.Key == r.Key {
			for i, column := range files.Columns(r.Register) {
				first[column.Name] = cells[0][i]
			}
		}
	}
	for _, column := range files.Columns(r.Register) {
		if !column.Every {
			r.Fields = append(r.Fields, rowField{column, first[column.Name]})
		}
	}
}

// lists names the lists of the field as the catalogues do.
var lists = map[reflect.Type]string{
	reflect.TypeFor[policy.ConsentState](): "consent", reflect.TypeFor[policy.ActionStatus](): "status", reflect.TypeFor[policy.Level](): "level",
	reflect.TypeFor[policy.FollowUpState](): "followup", reflect.TypeFor[policy.StrategyStatus](): "strategy", reflect.TypeFor[policy.FundingSource](): "funding",
	reflect.TypeFor[policy.Objective](): "objective", reflect.TypeFor[policy.MainThreat](): "threat", reflect.TypeFor[policy.Body](): "body",
}

// cell writes a cell for people: a word of a list in their language.
func (v *page) cell(c files.Column, text string) string {
	if list, is := lists[c.Type]; is {
		return v.Word(list, text)
	}
	if date, err := policy.ParseDate(text); err == nil && c.Type == reflect.TypeFor[policy.Date]() {
		return v.Date(date)
	}
	return text
}

// words lists what a field may say, where it is one of a list: with the bodies of the cycle.
func (f rowField) words(bodies policy.BodyTable) []string {
	if f.Type == reflect.TypeFor[policy.Body]() {
		return policy.Texts(bodies.Bodies())
	}
	if listed, is := reflect.TypeAssert[interface{ Words() []string }](reflect.Zero(f.Type)); is {
		return listed.Words()
	}
	return nil
}

// input gives the kind of input into which the field is typed.
func (f rowField) input() string {
	switch {
	case f.Type == reflect.TypeFor[policy.Date]():
		return "date"
	case f.Type.Kind() == reflect.Bool:
		return "checkbox"
	case f.Type.Kind() == reflect.Int, f.Type.Kind() == reflect.Int64:
		return "number"
	default:
		return "text"
	}
}

// help explains how a field is written.
func (v *page) rowHelp(f rowField) string {
	switch {
	case f.Type == reflect.TypeFor[[]policy.Figure]():
		return v.T("registers.figures_help")
	case f.Type.Kind() == reflect.Slice:
		return v.T("registers.list_help")
	default:
		return ""
	}
}

// cellName is the name of the field of a column in a form, apart from those that
// every row has.
func cellName(column string) string { return "c-" + column }

// enterRows records one row that was typed, or all those of a table.
func enterRows(v *page) (string, error) {
	if err := v.freshFor(policy.Register(v.path("register"))); err != nil {
		return "", err
	}
	filter, err := v.rowFilter()
	if err != nil {
		return "", err
	}
	rows, err := v.rows(filter.Register)
	if err != nil {
		return "", err
	}
	entered, err := v.service.Enter(v.ctx(), service.Enter{Cycle: filter.Cycle, Rows: rows.Rows})
	if err != nil {
		return "", rows.Placed(err)
	}
	v.Said = v.N("registers.recorded", entered.Rows) + v.remarks(entered.Remarks)
	return registerPath(filter.Cycle, filter.Register), nil
}

// rows reads the table that was chosen, or the row that was typed.
func (v *page) rows(register policy.Register) (*files.RowFile, error) {
	switch table := v.file.content; {
	case len(table) > 0:
		return files.ReadRows("table", register, bytes.NewReader(table))
	case v.r.PostForm.Has("row"):
		return v.typedRow(register)
	default:
		return nil, policy.Refuse(policy.CodeInvalid, "choose a CSV file with the rows")
	}
}

// typedRow reads the row that was typed into the form.
func (v *page) typedRow(register policy.Register) (*files.RowFile, error) {
	cells := map[string]string{}
	for _, column := range files.Columns(register) {
		if text := v.form(cellName(column.Name)); text != "" && !column.Every {
			cells[column.Name] = text
		}
	}
	row, err := files.TypedRow("", register, v.form("row"), cells)
	if err != nil {
		return nil, err
	}
	r := v.reading()
	row.Date, row.Reason = r.day("date"), v.form("reason")
	return &files.RowFile{Rows: []policy.Row{*row}}, r.err
}

// registerPath gives the page of a register.
func registerPath(cycle string, r policy.Register) string {
	return "/cycles/" + cycle + "/registers/" + string(r)
}

// rowPath gives the page on which a row with the key is entered.
func rowPath(cycle string, r policy.Register, key string) string {
	return registerPath(cycle, r) + "?" + url.Values{"row": {key}}.Encode() + "#enter"
}

// rowsCSV gives the rows of a register as a file, as far as the reader may see
// them.
func rowsCSV(v *page, w http.ResponseWriter) error {
	filter, err := v.rowFilter()
	if err != nil {
		return err
	}
	rows, err := v.service.ListRows(v.ctx(), filter)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	separator := files.Comma
	if v.Lang != "en" { // numbers have a decimal comma
		separator = files.Semicolon
	}
	if err := files.WriteRows(&text, filter.Register, rows, separator); err != nil {
		return err
	}
	return v.attaches(w, filter.Cycle+"-"+string(filter.Register)+".csv", "text/csv; charset=utf-8", text.Bytes())
}

// enterers names who enters rows of a register.
func (v *page) enterers(r policy.Register) string {
	bodies, states := r.Enterers()
	said := v.Bodies(bodies)
	if states {
		said += ", " + v.T("registers.states")
	}
	return said
}

// helped points a field at its help, where it has one.
func helped(help, id string) templ.Attributes {
	if help == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": "h-" + id}
}
