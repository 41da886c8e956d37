package files

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// writable takes out of the texts in a value what XML has not; blanks alone say nothing in a sheet.
func writable(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		text := strings.NewReplacer("\x00", "", "\x7f", "", "\r", "").Replace(v.String())
		if strings.TrimSpace(text) == "" {
			text = ""
		}
		v.SetString(text)
	case reflect.Pointer:
		if !v.IsNil() {
			writable(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			writable(v.Index(i))
		}
	case reflect.Struct:
		for field, part := range v.Fields() {
			if field.IsExported() {
				writable(part)
			}
		}
	default:
	}
}

func TestWorkbook_IsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	tables := map[string]*table{"actions": actionSheet}
	for _, register := range policy.Registers() {
		tables[string(register)] = registerSheet(register)
	}
	for name, table := range tables {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			var rows [][]reflect.Value
			for range rapid.IntRange(1, 4).Draw(t, "rows") {
				var row []reflect.Value
				for _, part := range table.parts {
					v := reflect.New(part).Elem()
					fill(t, v)
					writable(v)
					row = append(row, v)
				}
				row[0].Field(0).SetString("k" + row[0].Field(0).String())
				rows = append(rows, row)
			}
			grid, err := table.grid(rows)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := WriteWorkbook(&out, []BookSheet{{Stamp: Stamp{Sheet: "Table", Cycle: "c"}, Grid: grid}}); err != nil {
				t.Fatal(err)
			}
			book, err := OpenWorkbook("table.xlsx", &out)
			if err != nil {
				t.Fatal(err)
			}
			again, err := table.gridOf(book, "Table")
			if err != nil {
				t.Fatal(err)
			}
			read, err := again.records()
			if err != nil || len(read) != len(rows) {
				t.Fatalf("%d of %d rows: %v", len(read), len(rows), err)
			}
			for i, r := range read {
				for j, part := range r.parts {
					if diff := cmp.Diff(rows[i][j].Interface(), part.Elem().Interface(), cmp.AllowUnexported(policy.Date{})); diff != "" {
						t.Fatal(diff)
					}
				}
			}
		}))
	}
}

func TestShowsDay_TellsDatesFromNumbers(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]bool{
		"General": false, "0.00": false, "#,##0": false, "0.00E+00": false, `#,##0.00 "days"`: false, "[Red]0.0": false, "@": false, `0\d`: false,
		"yyyy\\-mm\\-dd": true, "dd/mm/yy": true, "[$-407]d. mmmm yyyy": true, "h:mm": true,
	} {
		if got := showsDay(format); got != want {
			t.Errorf("%q shows a day: %v", format, got)
		}
	}
}
