package text_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/web/text"
)

// rooms are those, or files that begin so, whose refusals and findings a page may show; what files of
// configuration, of keys and of whole archives are told is for who operates the machine.
var rooms = map[string][]string{
	"../../policy/": nil, "../../policy/rules/": nil, "../../service/local/": nil, "../../store/": {"schema.go", "privileges.go"}, "../": nil,
	"../../service/httpapi/": nil, "../../engine/": {"encryption.go", "engine.go", "prepare.go"}, "../../papers/": {"template.go"},
	"../../evidence/": {"dossier_read.go", "keys.go", "envelope.go"}, "../../identity/": {"claims.go", "local.go"},
}

// Every sentence that a rule or a refusal says is in the catalogues, and no other.
func TestSentences_AreSaidInEachLanguage(t *testing.T) {
	t.Parallel()
	forms := map[string]bool{}
	for room, without := range rooms {
		formsIn(t, room, without, forms)
	}
	const fewest = 250
	if len(forms) < fewest {
		t.Fatalf("only %d sentences were found", len(forms))
	}
	verb := regexp.MustCompile(`%[a-z]`)
	for _, lang := range text.Languages[1:] {
		said := catalogue(t, "sentences."+lang+".yaml")
		for form := range forms {
			sentence, is := said[form].(string)
			if !is || sentence == "" {
				t.Errorf("sentences.%s.yaml does not say %q", lang, form)
			}
			parts := len(verb.FindAllString(strings.ReplaceAll(form, "%%", ""), -1))
			for _, part := range regexp.MustCompile(`\{(\d+)\}`).FindAllStringSubmatch(sentence, -1) {
				if n, err := strconv.Atoi(part[1]); err != nil || n < 1 || n > parts {
					t.Errorf("sentences.%s.yaml: %q has no part %s", lang, form, part[0])
				}
			}
		}
		for form := range said {
			if !forms[form] {
				t.Errorf("sentences.%s.yaml says %q, which nothing does", lang, form)
			}
		}
	}
}

// formed are the functions that make sentences, with the place of the form among
// their arguments.
var formed = map[string]int{
	"Refuse": 1, "missing": 1, "wrongDate": 0, "report": 1, "say": 0, "sentence": 0, "Say": 0, "fault": 2, "Unsound": 1, "add": 1,
	"mistaken": 2, "unfounded": 1, "otherwise": 1, "unchecked": 0,
}

// said are the beginnings that the checks of a file give to what they say.
var said = map[string]string{"actions.go": "%s ", "funding.go": "%s ", "impact.go": "the impact assessment of %s ", "strategy.go": "%q "}

// formsIn finds the forms of all sentences in the source of a room.
func formsIn(t *testing.T, room string, without []string, forms map[string]bool) {
	t.Helper()
	files, err := filepath.Glob(room + "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		name := filepath.Base(path)
		if slices.Contains(without, name) || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, is := n.(*ast.CallExpr); is {
				if form, is := formOf(call, name); is {
					forms[form] = true
				}
			}
			return true
		})
	}
}

// formOf gives the form of the sentence that a call in a file makes, if it makes one.
func formOf(call *ast.CallExpr, file string) (string, bool) {
	maker := called(call.Fun)
	at, makes := formed[maker]
	if !makes || at >= len(call.Args) {
		return "", false
	}
	form, is := literal(call.Args[at])
	switch {
	case maker == "say":
		form = said[file] + form
	case maker == "add" && strings.HasPrefix(file, "validate"): // told in commands alone
		return "", false
	case maker == "add":
		form = "%s " + form
	}
	return form, is
}

// called names the function that is called.
func called(fun ast.Expr) string {
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	default:
		return ""
	}
}

// literal gives the text of a constant.
func literal(e ast.Expr) (string, bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(x.Value)
		return text, err == nil && x.Kind == token.STRING
	case *ast.BinaryExpr:
		left, is := literal(x.X)
		right, too := literal(x.Y)
		return left + right, is && too
	default:
		return "", false
	}
}

func TestSentence_TellsARefusalInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	refusal := policy.Refuse(policy.CodeNotCompetent, "%s may not hand in %s: %s does", policy.Body("fr").Title(), "c/priorities", policy.TitlesOf([]policy.Body{policy.Presidency, policy.Commission, "de"}))
	for lang, want := range map[string]string{
		"fr": "France ne peut remettre c/priorities : c'est à présidence, Commission ou Allemagne",
		"de": "Frankreich darf c/priorities nicht einreichen: das tut Vorsitz, Kommission oder Deutschland",
	} {
		if got, is := texts.In(lang).Sentence(refusal.Said); !is || got != want {
			t.Errorf("%s says %q", lang, got)
		}
	}
	late := policy.Refuse(policy.CodeNotOpen, "the cycle ended on %s", policy.NewDate(2022, 5, 1))
	for lang, want := range map[string]string{
		"en": "the cycle ended on 1 May 2022", "fr": "le cycle a pris fin le 1er mai 2022", "de": "der Zyklus endete am 1. Mai 2022",
	} {
		if got, _ := texts.In(lang).Sentence(late.Said); got != want {
			t.Errorf("a date is said as %q, want %q", got, want)
		}
	}
}

// What is wrong with a document stands within the refusal of it, and both are told
// in the language of the reader.
func TestSentence_TellsDocumentMistakesInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	_, err = policy.AdmitContent(policy.KindMASP, []byte(`{"goals": [{"key": "cocaine", "title": ""}, {"key": "No key", "title": "Ports"}]}`))
	refusal, is := errors.AsType[*policy.Error](err)
	if !is || refusal.Message != `the MASP is not sound: goals[0].title is missing; goals[1].key is "No key": expected a short code such as 2.3 or a key such as cocaine` {
		t.Fatalf("%v", err)
	}
	for lang, want := range map[string]string{
		"fr": "Le contenu n'est pas valable. goals[0].title manque ; goals[1].key : No key n'est pas un code court tel que 2.3 ni une clé telle que cocaine",
		"de": "Der Inhalt ist nicht gültig. goals[0].title fehlt; goals[1].key: No key ist weder ein kurzer Code wie 2.3 noch ein Schlüssel wie cocaine",
	} {
		if got, is := texts.In(lang).Sentence(refusal.Said); !is || got != want {
			t.Errorf("%s says %q", lang, got)
		}
	}
}
