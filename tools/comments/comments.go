// Package comments reads what types and fields mean out of the comments on them,
// for documents and schemas that follow from code.
package comments

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// In gives the meaning of each type, as "package.Type", and of each field, as
// "package.Type.Field", of the packages in folders; their tests are left out.
func In(folders ...string) (map[string]string, error) {
	meanings := map[string]string{}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			for _, declared := range tree.Decls {
				if d, is := declared.(*ast.GenDecl); is && d.Tok == token.TYPE {
					ofTypes(tree.Name.Name+".", d, meanings)
				}
			}
		}
	}
	return meanings, nil
}

// ofTypes notes what the types mean that are declared together.
func ofTypes(within string, d *ast.GenDecl, meanings map[string]string) {
	for _, spec := range d.Specs {
		t, is := spec.(*ast.TypeSpec)
		if !is {
			continue
		}
		doc := t.Doc
		if !d.Lparen.IsValid() {
			doc = d.Doc
		}
		name := within + t.Name.Name
		meanings[name] = Sentence(t.Name.Name, doc.Text())
		s, is := t.Type.(*ast.StructType)
		if !is {
			continue
		}
		for _, f := range s.Fields.List {
			for _, field := range f.Names {
				meaning := Sentence(field.Name, f.Doc.Text())
				if meaning == "" {
					meaning = Sentence("", f.Comment.Text()) // beside the field, and not begun with its name
				}
				meanings[name+"."+field.Name] = meaning
			}
		}
	}
}

// Sentence gives a comment as it reads where its subject, which has a name of its
// own in Go, is known: "The first day." of "From is the first day".
func Sentence(name, comment string) string {
	text := strings.Join(strings.Fields(comment), " ")
	if said, named := strings.CutPrefix(text, name+" "); named {
		text = said
		if that, says := strings.CutPrefix(said, "says that "); says {
			text = "whether " + that
		} else if verb, what, _ := strings.Cut(said, " "); verb == "is" || verb == "are" || verb == "says" || verb == "lists" || verb == "gives" {
			text = what
		}
	}
	if text == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(first)) + text[size:]
	if !strings.ContainsAny(text[len(text)-1:], ".:?!") {
		text += "."
	}
	return text
}
