package main

import (
	"cmp"
	"encoding"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/tools/comments"
)

// The pages on the rules, documents and registers are written from the code, so
// that they say what it does.

const writtenByTest = "<!-- Written by `go test ./cmd/policycycle -update`; do not edit. -->\n\n"

func TestRulesMd_IsUpToDate(t *testing.T) {
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
- A rule sees what a cycle keeps. ` + "`policycycle compliance CYCLE`" + `, and the page of the same
  name, tell of each obligation whether it **holds**, is **broken**, **could not be looked
  at**, is **declared only** or **does not apply**, how much was looked at, and when that last
  changed. Nothing that could not be looked at is said to hold: documents and registers that
  are kept elsewhere, papers marked above what is kept here, meetings and duties that the
  cycle file does not list. What nobody but its author vouches for, without a document or a
  date, is declared only.
- Of an OAP that is kept as a [skeleton](content.md#papers-above-limite-the-skeleton) a rule looks at what it can:
  each part of it needs some fields of the actions, of all parts together those under *Of a skeleton*. Of actions
  without one of them that part finds nothing and says so. ` + "`impact.text` and `external.capacity`" + ` are free texts, which no
  skeleton holds.
- A rule may weigh less in a cycle, by a decision of COSI or the Council: see ` + "`weights`" + ` in
  [the cycle file](cycle-file.md#strategy-funds-and-weights).
`)
	for _, r := range rules.Rules() {
		fmt.Fprintf(&b, "\n## %s %s\n\n%s.\n\n", r.ID, r.Title, upper(r.Checks))
		fmt.Fprintf(&b, "| | |\n|---|---|\n| Source | “%s” (%s) |\n| Weight | %s |\n| Bites at | %s |\n", r.Source, r.Place, r.Severity, r.Bites)
		if len(r.Stops) > 0 {
			fmt.Fprintf(&b, "| Stops | %s |\n", strings.Join(policy.Texts(r.Stops), ", "))
		}
		if len(r.Needs) > 0 {
			fmt.Fprintf(&b, "| Needs | %s |\n", strings.Join(r.Needs, ", "))
		}
		if len(r.Fields) > 0 {
			fmt.Fprintf(&b, "| Of a skeleton | %s |\n", strings.Join(policy.Texts(r.Fields), ", "))
		}
	}
	golden(t, "../../docs/rules.md", b.String())
}

func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func TestRecordsMd_IsUpToDate(t *testing.T) {
	t.Parallel()
	meanings, err := comments.In("../../policy", "../../service", "../../config", ".")
	if err != nil {
		t.Fatal(err)
	}
	w := &typeWriter{comments: meanings, told: map[reflect.Type]bool{}, beside: map[string]string{}}
	w.b.WriteString("# Documents, registers, answers\n\n" + writtenByTest)
	w.b.WriteString("What stands in the documents and registers of a cycle, as YAML, JSON and CSV name it.\n")
	w.b.WriteString("What is *optional* may be left out, and is where it has no value.\n")
	w.b.WriteString("How they are used is told in [content.md](content.md).\n\n# Documents\n")
	for _, kind := range policy.ContentKinds() {
		fmt.Fprintf(&w.b, "\n## %s (`%s`)\n", upper(kind.Title()), kind)
		w.write(reflect.TypeOf(policy.NewContent(kind)).Elem())
	}
	w.b.WriteString("\n# Registers\n\nEvery row has `key`, `date` (from when on it holds), `by` and `reason` besides.\n")
	for _, r := range policy.Registers() {
		bodies, states := r.Enterers()
		by := new(screen).recipientsText(bodies)
		if states {
			by += ", Member States"
		}
		fmt.Fprintf(&w.b, "\n## %s\n\n%s. Key: `%s`. Entered by: %s.\n", r, upper(r.Holds()), r.Shape(), by)
		w.write(reflect.TypeOf(r.NewRow()).Elem())
	}
	w.b.WriteString(answersIntroduced)
	for _, a := range answers {
		fmt.Fprintf(&w.b, "\n## %s\n\n%s\n", a.commands, a.said)
		if of := reflect.TypeOf(a.value); w.told[of] {
			fmt.Fprintf(&w.b, "\nIts fields are those of **%s** above.\n", of.Name())
		} else {
			w.write(of)
		}
	}
	golden(t, "../../docs/records.md", w.b.String())
	for _, row := range regexp.MustCompile(`(?m)^\|.*\| (Is|Are|Was|Were|Has|Have|And|Says)\b.*$`).FindAllString(w.b.String(), -1) {
		t.Errorf("the comment of a field does not read as a sentence without its name: %s", row)
	}
	for field, of := range w.beside {
		t.Errorf("the comment of %s speaks of %s, which has another name outside Go: give each a comment", field, of)
	}
}

const answersIntroduced = `
# Answers

` + "`-o json` writes one JSON value to standard output; `-o yaml` writes the same with the same names. Names are\nstable: a name is never given another meaning, and new ones may be added." + `

- A **date** is ` + "`2021-05-26`; an **instant** is RFC 3339, `2026-11-23T13:05:42Z`" + `. Days are days of the calendar of
  the cycle.
- A **subject** is its path: ` + "`empact-2022-2025/oap/2023/firearms`" + `.
- A **body** is its key: ` + "`cosi`, `cosi-support-group`, a Member State's `fr`" + `. Who acted is NAME@BODY.
- A **register number** is ` + "`ST 8665/21 INIT`, `COM(2011) 790` or `EDOC#1234567v3`. One of the series `RH`" + ` exists only in
  a rehearsal, one of the series ` + "`EX`" + ` was invented for an example: neither is of the register.
- A **stage** of a cycle is ` + "`threat-assessment`, `policy-advice`, `priority-setting`, `planning`, `implementation`,\n  `evaluation`" + ` (the implementation window has ended, the evaluation or a last report is outstanding), ` + "`closed` or\n  `ended-without-priorities`" + `.
- A **state** of a subject is ` + "`upcoming`, `drafting`, `deciding` or `closed`" + `.
- An **outcome** is ` + "`adopted`, `adopted-with-amendments`, `took-note`, `referred-back`, `postponed`,\n  `withdrawn-from-agenda` or `not-agreed`; a subject may also end as `delivered`" + ` (no body has to settle it) or
  ` + "`discontinued`" + ` (an amendment took it away).
- A **procedure** is ` + "`meeting` or `written-procedure`" + `, a **language** its code of two letters.

` + "`cycle schema` and `content schema`" + ` answer with the JSON Schema itself.
`

// answers are what commands answer, with what the table of its fields does not say.
var answers = []struct {
	commands, said string
	value          any
}{
	{"cycle list", "A list, the newest cycle first.", service.CycleLine{}},
	{"cycle show, cycle start", "A whole cycle.", service.Cycle{}},
	{"cycle check", "What a sound cycle file contains; an unsound one is an error. With `--amendment` it is `file`, `sound` and `reason`.", checked{}},
	{"cycle amend, submit, item open, decide", "What was recorded. `decide` with several subjects gives a list, in the order typed, as below.", service.Receipt{}},
	{"decide with several subjects", "One of the list, which has a receipt or an error.", decided{}},
	{"inbox", "A list of what waits for somebody, the most urgent first.", service.InboxItem{}},
	{"show", "One subject.", service.Subject{}},
	{"search", "A list: cycles, subjects and decisions before actions.", service.Found{}},
	{"watch", "A line that was written into a trail: each is one object on a line of its own as it happens, with `-o yaml` one item of a list.", service.Change{}},
	{"claim, remind, draft drop", "What was done that is no record.", worklistDone{}},
	{"draft show, draft save", "Content that is being written.", service.Draft{}},
	{"trail", "A list of what was recorded or refused, the oldest first.", service.TrailEntry{}},
	{"rehearse", "The cycle as it ended.", rehearsed{}},
	{"findings", "A list.", policy.Finding{}},
	{"rules", "A list.", rules.Rule{}},
	{"round show", "One reporting round.", rules.RoundStatus{}},
	{"meeting show", "One meeting.", rules.MeetingView{}},
	{"sheet", "The sheet of one Member State.", rules.NationalSheet{}},
	{"report", "The figures of a cycle.", rules.Summary{}},
	{"obligations", "A list.", rules.Owed{}},
	{"handover", "What passes from one Presidency to the next.", service.Handover{}},
	{"money", "The money of a cycle.", service.Money{}},
	{"objectives", "Which objectives and threats the priorities serve.", service.Objectives{}},
	{"series", "A list, round by round.", rules.SeriesPoint{}},
	{"content show", "What stands in a version.", service.Document{}},
	{"content diff", "Two versions side by side.", service.Comparison{}},
	{"content rollover", "The plan of the next period.", rules.RolledOver{}},
	{"register show", "A list of rows.", policy.Row{}},
	{"register enter", "What was entered.", service.Entered{}},
	{"register list", "A list of the registers.", registerLine{}},
	{"cycle export", "What was written into a folder.", exported{}},
	{"config show", "A list of settings.", config.Value{}},
	{"version", "The program.", buildInfo{}},
	{"An error", "Stands under `error` of an object on standard error. Its `code` is one of [exit status](commands.md#exit-status).", policy.Error{}},
}

// typeWriter writes tables of the fields of types.
type typeWriter struct {
	b        strings.Builder
	comments map[string]string // "Type.Field" → its comment
	told     map[reflect.Type]bool
	beside   map[string]string // fields whose comment speaks of another one
}

// write writes the fields of a type, and of the types in it that no table shows
// yet.
func (w *typeWriter) write(t reflect.Type) {
	w.told[t] = true
	for f := range t.Fields() {
		if whole := indirect(f.Type); f.Anonymous && w.told[whole] {
			fmt.Fprintf(&w.b, "\nEvery field of **%s**, and these:\n", whole.Name())
		}
	}
	var inner []reflect.Type
	w.b.WriteString("\n| field | value | meaning |\n|---|---|---|\n")
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" || name == "-" {
			continue
		}
		owner := t
		if len(f.Index) > 1 {
			if owner = indirect(t.FieldByIndex(f.Index[:len(f.Index)-1]).Type); w.told[owner] {
				continue
			}
		}
		value, of := valueText(f.Type)
		if of != nil && !w.told[of] {
			inner = append(inner, of)
			w.told[of] = true
		}
		if strings.Contains(options, "omit") {
			value += ", optional"
		}
		meaning := w.comments[owner.String()+"."+f.Name]
		w.lookBeside(owner, f.Name, meaning)
		fmt.Fprintf(&w.b, "| `%s` | %s | %s |\n", name, value, meaning)
	}
	for _, each := range inner {
		fmt.Fprintf(&w.b, "\n**%s**\n", upper(each.Name()))
		w.write(each)
	}
}

// lookBeside notes a comment that means other fields of its type, too.
func (w *typeWriter) lookBeside(t reflect.Type, name, meaning string) {
	for _, f := range reflect.VisibleFields(t) {
		if f.Name != name && regexp.MustCompile(`[,;.] (and )?`+f.Name+` (is|are|says?|the|those|that|which|when|who|what) `).MatchString(meaning) {
			w.beside[t.Name()+"."+name] = f.Name
		}
	}
}

func indirect(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

var plainTypes = map[string]string{
	"Date": "date", "Body": "body", "DocumentRef": "register number", "Time": "instant", "Subject": "subject",
	"Amount": "number with three decimals at most", "Stage": "stage", "State": "state", "Outcome": "outcome", "Procedure": "procedure", "Language": "language",
	"Wording": "words by outcome and language",
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
	case reflect.Map:
		return cmp.Or(plainTypes[t.Name()], "texts by their name"), nil
	default:
	}
	words, isWord := reflect.TypeAssert[interface{ Words() []string }](reflect.New(t).Elem())
	_, isText := reflect.TypeAssert[encoding.TextUnmarshaler](reflect.New(t))
	switch {
	case plainTypes[t.Name()] != "":
		return plainTypes[t.Name()], nil
	case isWord:
		return strings.Join(words.Words(), ", "), nil
	case isText || t.Kind() == reflect.String:
		return "text", nil
	case t.Kind() == reflect.Struct:
		return "**" + upper(t.Name()) + "**", t
	case t.Kind() == reflect.Bool:
		return "true or false", nil
	default:
		return "number", nil
	}
}
