package main

import (
	"encoding"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// The pages on the rules, documents and registers are written from the code, so
// that they say what it does.

const writtenByTest = "<!-- Written by `go test ./cmd/policycycle -update`; do not edit. -->\n\n"

func TestTheRulesAreDocumented(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Rules\n\n" + writtenByTest)
	b.WriteString(`The obligations of the Council conclusions of 24-25 February 2011, as a machine
checks them. ` + "`policycycle findings CYCLE`" + ` lists what they find, why, and who can mend
it.

- A finding that **blocks** keeps its subject off the agenda of the body that settles
  it (` + "`meeting table`" + `), and a decision by which that body settles it is refused. What
  happened all the same is recorded as irregular, with the reason (` + "`decide --irregular …`" + `),
  and confirmed by a second person. Who may adopt what is never waived.
- One that **warns** is for somebody to mend, one that **informs** for everybody to
  know. They stop nothing.
- A rule sees what a cycle keeps: documents and registers that its file does not list
  under ` + "`keeps`" + ` are held elsewhere, and the rules that need them are silent.
`)
	for _, r := range rules.Rules() {
		fmt.Fprintf(&b, "\n## %s %s\n\n%s.\n\n", r.ID, r.Title, upper(r.Checks))
		fmt.Fprintf(&b, "| | |\n|---|---|\n| Source | “%s” |\n| Weight | %s |\n| Bites at | %s |\n", r.Source, r.Severity, r.Bites)
		if len(r.Stops) > 0 {
			fmt.Fprintf(&b, "| Stops | %s |\n", strings.Join(policy.Texts(r.Stops), ", "))
		}
		if len(r.Needs) > 0 {
			fmt.Fprintf(&b, "| Needs | %s |\n", strings.Join(r.Needs, ", "))
		}
	}
	golden(t, "../../docs/rules.md", b.String())
}

func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func TestTheRecordsAreDocumented(t *testing.T) {
	t.Parallel()
	w := &typeWriter{comments: commentsIn(t, "../../policy", "../../service"), told: map[reflect.Type]bool{}}
	w.b.WriteString("# Documents, registers, answers\n\n" + writtenByTest)
	w.b.WriteString("What stands in the documents and registers of a cycle, as YAML, JSON and CSV name it.\n")
	w.b.WriteString("How they are used is told in [content.md](content.md).\n\n# Documents\n")
	for _, kind := range policy.ContentKinds() {
		fmt.Fprintf(&w.b, "\n## %s (`%s`)\n", upper(kind.Title()), kind)
		w.write(reflect.TypeOf(policy.NewContent(kind)).Elem())
	}
	w.b.WriteString("\n# Registers\n\nEvery row has `key`, `date` (from when on it holds), `by` and `reason` besides.\n")
	for _, r := range policy.Registers() {
		bodies, states := r.Enterers()
		by := recipientsText(bodies)
		if states {
			by += ", Member States"
		}
		fmt.Fprintf(&w.b, "\n## %s\n\n%s. Key: `%s`. Entered by: %s.\n", r, upper(r.Title()), r.Shape(), by)
		w.write(reflect.TypeOf(r.NewRow()).Elem())
	}
	w.b.WriteString("\n# Answers\n\nWhat the commands answer with `-o json`, besides [json.md](json.md).\n")
	answers := []struct {
		command string
		value   any
	}{
		{"findings", policy.Finding{}}, {"rules", rules.Rule{}}, {"round show", rules.RoundStatus{}}, {"meeting show", rules.MeetingView{}},
		{"sheet", rules.NationalSheet{}}, {"report", rules.Summary{}}, {"obligations", rules.Owed{}}, {"handover", service.Handover{}}, {"money", service.Money{}}, {"objectives", service.Objectives{}},
		{"series", rules.SeriesPoint{}}, {"content show", service.Document{}}, {"content diff", service.Comparison{}},
		{"content rollover", rules.RolledOver{}}, {"register show", policy.Row{}}, {"register enter", service.Entered{}},
		{"register list", registerLine{}}, {"cycle export", exported{}},
	}
	for _, a := range answers {
		fmt.Fprintf(&w.b, "\n## %s\n", a.command)
		w.write(reflect.TypeOf(a.value))
	}
	golden(t, "../../docs/records.md", w.b.String())
}

// typeWriter writes tables of the fields of types.
type typeWriter struct {
	b        strings.Builder
	comments map[string]string // "Type.Field" → its comment
	told     map[reflect.Type]bool
}

// write writes the fields of a type, and of the types in it that no table shows
// yet.
func (w *typeWriter) write(t reflect.Type) {
	w.told[t] = true
	var inner []reflect.Type
	w.b.WriteString("\n| field | value | meaning |\n|---|---|---|\n")
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" || name == "-" {
			continue
		}
		owner := t
		if len(f.Index) > 1 {
			owner = t.FieldByIndex(f.Index[:len(f.Index)-1]).Type
		}
		value, of := valueText(f.Type)
		if of != nil && !w.told[of] {
			inner = append(inner, of)
			w.told[of] = true
		}
		meaning := w.comments[owner.Name()+"."+f.Name]
		if says, named := strings.CutPrefix(meaning, f.Name+" "); named {
			meaning = upper(says) // without the name that it has in Go
		}
		fmt.Fprintf(&w.b, "| `%s` | %s | %s |\n", name, value, meaning)
	}
	for _, each := range inner {
		fmt.Fprintf(&w.b, "\n**%s**\n", each.Name())
		w.write(each)
	}
}

var plainTypes = map[string]string{
	"Date": "date", "Body": "body", "Document": "register number", "Time": "instant", "Subject": "subject",
}

// valueText says what a value may be, and gives the type of a part that has
// fields of its own.
func valueText(t reflect.Type) (string, reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer:
		return valueText(t.Elem())
	case reflect.Slice:
		text, of := valueText(t.Elem())
		return "list of " + text, of
	case reflect.Interface:
		return "what the kind has", nil
	default:
	}
	words, isWord := reflect.TypeAssert[interface{ Words() []string }](reflect.New(t).Elem())
	_, isText := reflect.TypeAssert[encoding.TextUnmarshaler](reflect.New(t))
	switch {
	case isWord:
		return strings.Join(words.Words(), ", "), nil
	case isText || t.Kind() == reflect.String:
		if known := plainTypes[t.Name()]; known != "" {
			return known, nil
		}
		return "text", nil
	case t.Kind() == reflect.Struct:
		return "**" + t.Name() + "**", t
	case t.Kind() == reflect.Bool:
		return "true or false", nil
	default:
		return "number", nil
	}
}

// commentsIn reads the comments on the fields of the types of packages.
func commentsIn(t *testing.T, dirs ...string) map[string]string {
	t.Helper()
	comments := map[string]string{}
	for _, dir := range dirs {
		packages, err := parser.ParseDir(token.NewFileSet(), dir, func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, parser.ParseComments) //nolint:staticcheck // the comments are all that is wanted
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range packages {
			ast.Inspect(p, func(n ast.Node) bool {
				spec, is := n.(*ast.TypeSpec)
				if !is {
					return true
				}
				if s, is := spec.Type.(*ast.StructType); is {
					for _, f := range s.Fields.List {
						text := strings.Join(strings.Fields(f.Doc.Text()+" "+f.Comment.Text()), " ")
						for _, name := range f.Names {
							comments[spec.Name.Name+"."+name.Name] = text
						}
					}
				}
				return true
			})
		}
	}
	return comments
}
