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

// nasty is a text that tries to get out of its cell.
func nasty() *rapid.Generator[string] {
	pieces := rapid.SampledFrom([]string{
		"a", "é", "😀", ";", ":", ",", `\`, `"`, "'", " ", "\t", "\n", "\r", "\r\n", "\\0", "=1+1", "@", "- ", "#", "0", "yes", "null",
		"~", "2021-05-26", "\ufeff", "\u0085", "\u2028", "\x7f", "\x00", "|", ">", "{", "]", "%", "&", "*", "!", "1e3", ".", "...", "---",
		"1.10", "May 2026", "3 Mai", "+5", "-x", "'=", "12:30", "50 %", "TRUE", "vrai", "1 kr", "28/11/26", "\u00a0", "007",
	})
	return rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(pieces, 0, 6).Draw(t, "pieces"), "") })
}

// fill puts something into each field of a value.
func fill(t *rapid.T, v reflect.Value) {
	switch value := v.Addr().Interface().(type) {
	case *policy.Date:
		*value = rapid.SampledFrom([]policy.Date{{}, policy.NewDate(2021, 5, 26)}).Draw(t, "date")
		return
	case *policy.Amount:
		decimals, err := policy.ParseAmount(rapid.SampledFrom([]string{"0", "0.5", "0.12", "0.001"}).Draw(t, "decimals"))
		if err != nil {
			t.Fatal(err)
		}
		*value = policy.Whole(rapid.Int64Range(-policy.MaxNumber/1000, policy.MaxNumber/1000).Draw(t, "number")).Plus(decimals)
		return
	case *policy.Body:
		*value = rapid.SampledFrom([]policy.Body{"fr", policy.COSI}).Draw(t, "body")
		return
	case *policy.DocumentRef:
		*value = rapid.SampledFrom([]policy.DocumentRef{"", "ST 8665/21 INIT"}).Draw(t, "document")
		return
	case *policy.Subject:
		*value = policy.Subject{Cycle: "c", Kind: policy.KindOAP, Period: "2022", Key: "firearms"}
		return
	case *policy.Actor:
		*value = rapid.SampledFrom([]policy.Actor{{}, {Name: "Anna; \"B\"", Body: "fr"}}).Draw(t, "actor")
		return
	case *policy.Outcome:
		*value = rapid.SampledFrom([]policy.Outcome{"", policy.Adopted}).Draw(t, "outcome")
		return
	case *policy.Procedure:
		*value = policy.WrittenProcedure
		return
	case interface{ Words() []string }:
		v.SetString(rapid.SampledFrom(value.Words()).Draw(t, "word"))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(nasty().Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64Range(-policy.MaxNumber, policy.MaxNumber).Draw(t, "number"))
	case reflect.Slice:
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			element := reflect.New(v.Type().Elem()).Elem()
			fill(t, element)
			v.Set(reflect.Append(v, element))
		}
	case reflect.Pointer:
		target := reflect.New(v.Type().Elem())
		if fill(t, target.Elem()); !target.Elem().IsZero() {
			v.Set(target)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(t, field)
		}
	default:
		t.Fatalf("a %s has no place in a cell", v.Type())
	}
}

func TestTable_IsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	tables := map[string]*table{"actions": actionTable, "acts": actTable}
	for _, register := range policy.Registers() {
		tables[string(register)] = rowTable(register)
	}
	for name, table := range tables {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			var rows [][]reflect.Value
			for range rapid.IntRange(1, 4).Draw(t, "rows") {
				var row []reflect.Value
				for _, part := range table.parts {
					v := reflect.New(part).Elem()
					fill(t, v)
					if act, is := reflect.TypeAssert[*Act](v.Addr()); is {
						act.Digest, act.Content = "", ""
					}
					row = append(row, v)
				}
				row[0].Field(0).SetString("k" + row[0].Field(0).String())
				rows = append(rows, row)
			}
			var out bytes.Buffer
			if err := table.write(&out, rows, Comma); err != nil {
				t.Fatal(err)
			}
			text := out.String()
			saved := text
			if rapid.Bool().Draw(t, "through a spreadsheet program") {
				saved = rapid.SampledFrom(programs).Draw(t, "program").saves(t, text)
			}
			s := table.read("table.csv", strings.NewReader(saved))
			if len(s.problems) > 0 || len(s.records) != len(rows) {
				t.Fatalf("%d of %d rows: %v\n%s\n%s", len(s.records), len(rows), s.problems, text, saved)
			}
			var again [][]reflect.Value
			for i, r := range s.records {
				again = append(again, nil)
				for j, part := range r.parts {
					if diff := cmp.Diff(rows[i][j].Interface(), part.Elem().Interface(), cmp.AllowUnexported(policy.Date{})); diff != "" {
						t.Fatalf("%s\n%s\n%s", diff, text, saved)
					}
					again[i] = append(again[i], part.Elem())
				}
			}
			out.Reset()
			if err := table.write(&out, again, Comma); err != nil || out.String() != text {
				t.Fatalf("%v\n%q\n%q", err, text, out.String())
			}
		}))
	}
}

func TestWriteContent_WritesWhatIsReadAsItWas(t *testing.T) {
	t.Parallel()
	for _, kind := range policy.ContentKinds() {
		t.Run(string(kind), rapid.MakeCheck(func(t *rapid.T) {
			content := policy.NewContent(kind)
			fill(t, reflect.ValueOf(content).Elem())
			var out, twice bytes.Buffer
			if err := WriteContent(&out, content); err != nil {
				t.Fatal(err)
			}
			again, _, err := readContent("content.yaml", kind, bytes.NewReader(out.Bytes()))
			if err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			if diff := cmp.Diff(content, again, cmp.AllowUnexported(policy.Date{})); diff != "" {
				t.Fatalf("%s\n%s", diff, out.String())
			}
			if err := WriteContent(&twice, again); err != nil || twice.String() != out.String() {
				t.Fatalf("%v\n%s\n%s", err, out.String(), twice.String())
			}
		}))
	}
}
