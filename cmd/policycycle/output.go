package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"go.yaml.in/yaml/v4"

	"github.com/policycycle/policycycle/policy"
)

// The forms that results may have.
const (
	formatTable = "table"
	formatJSON  = "json"
	formatYAML  = "yaml"
)

var formats = []string{formatTable, formatJSON, formatYAML}

func checkFormat(format string) error {
	if slices.Contains(formats, format) {
		return nil
	}
	return needed("output", "%q is not a form of output: use %s", format, strings.Join(formats, ", "))
}

// print writes a result: the value itself as JSON or YAML, or what show makes
// of it for people.
func (a *app) print(value any, show func(*page)) error {
	if a.format != formatTable {
		return write(a.out, a.format, value)
	}
	p := &page{screen: a.out}
	show(p)
	if p.whole != "" {
		_, err := io.WriteString(a.out, p.whole)
		return err
	}
	_, err := io.WriteString(a.out, a.out.safe(p.text.String()))
	return err
}

// write writes the value as JSON or YAML. YAML is made from the JSON, so that
// both have the same names in the same order.
func write(w io.Writer, format string, value any) error {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	if format == formatYAML {
		asYAML, err := yamlOf(buffer.Bytes())
		if err != nil {
			return fmt.Errorf("writing the result: %w", err)
		}
		_, err = io.WriteString(w, escaped(asYAML, inYAML))
		return err
	}
	_, err := io.WriteString(w, escaped(buffer.Bytes(), inJSON))
	return err
}

// escaped writes out what is hidden in texts, so that a terminal shows it and a program
// reads it as it was.
func escaped(text []byte, as func(rune) string) string {
	var out strings.Builder
	for _, c := range string(text) {
		if c != '\n' && policy.Unseen(c) {
			out.WriteString(as(c))
		} else {
			out.WriteRune(c)
		}
	}
	return out.String()
}

func inJSON(c rune) string {
	var out strings.Builder
	for _, half := range utf16.AppendRune(nil, c) {
		_, _ = fmt.Fprintf(&out, `\u%04x`, half)
	}
	return out.String()
}

func inYAML(c rune) string {
	quoted := strconv.QuoteToASCII(string(c))
	return quoted[1 : len(quoted)-1]
}

// yamlOf writes JSON, which is YAML in flow style, in YAML's block style.
func yamlOf(asJSON []byte) ([]byte, error) {
	var node yaml.Node
	if err := yaml.Unmarshal(asJSON, &node); err != nil {
		return nil, err
	}
	inBlocks(&node)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(&node); err != nil {
		return nil, err
	}
	return out.Bytes(), encoder.Close()
}

func inBlocks(node *yaml.Node) {
	if len(node.Content) > 0 || node.Kind == yaml.ScalarNode {
		node.Style = 0 // an empty list stays [], an empty object {}
	}
	if strings.ContainsFunc(node.Value, func(c rune) bool { return c != '\n' && policy.Unseen(c) }) {
		node.Style = yaml.DoubleQuotedStyle // the only one in which it can be written out
	}
	for _, child := range node.Content {
		inBlocks(child)
	}
}

// list makes an empty list of no list, so that JSON has [] and never null.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}
