package files

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"
)

// writeYAML writes a value as YAML, fields in the order of its type.
func writeYAML(w io.Writer, value any, tidy func(*yaml.Node)) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("yaml: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	tree, err := nodeOf(decoder)
	if err != nil {
		return fmt.Errorf("yaml: %w", err)
	}
	tidy(tree)
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(tree); err != nil {
		return fmt.Errorf("yaml: %w", err)
	}
	return encoder.Close()
}

// nodeOf makes a node of the next JSON value; fields keep their order.
func nodeOf(decoder *json.Decoder) (*yaml.Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		if token == '{' {
			n.Kind = yaml.MappingNode
		}
		for decoder.More() {
			child, err := nodeOf(decoder)
			if err != nil {
				return nil, err
			}
			if n.Kind == yaml.MappingNode && len(n.Content)%2 == 0 {
				child.Style = 0 // the name of a field needs no quotes
			}
			n.Content = append(n.Content, child)
		}
		_, err := decoder.Token()
		return n, err
	case string:
		return textNode(token), nil
	case json.Number:
		n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: token.String()}
		if strings.Contains(n.Value, ".") {
			n.Tag = "!!float"
		}
		return n, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(token)}, nil
	case nil:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}, nil
	default:
		return nil, errors.New("no JSON value")
	}
}

// textNode makes a node of a text: a date plain, a text of several lines as a
// block, all else in quotes.
func textNode(text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: yaml.DoubleQuotedStyle}
	switch {
	case strings.Contains(text, "\n"):
		n.Style = yaml.LiteralStyle
		var again string
		if block, err := yaml.Marshal(n); err != nil || yaml.Unmarshal(block, &again) != nil || again != text {
			n.Style = yaml.DoubleQuotedStyle // a block would lose blanks or signs
		}
	case len(text) == len("2021-05-26"):
		var guess yaml.Node
		if err := yaml.Unmarshal([]byte(text), &guess); err == nil && len(guess.Content) == 1 && guess.Content[0].Tag == "!!timestamp" {
			n.Tag, n.Style = "!!timestamp", 0
		}
	}
	return n
}

// listsStay writes a list that was not given as an empty one.
func listsStay(n *yaml.Node) {
	if n.Tag == "!!null" {
		*n = yaml.Node{Kind: yaml.SequenceNode}
	}
	for _, child := range n.Content {
		listsStay(child)
	}
}

// emptyGoes leaves out fields without a value: reading gives them none again.
func emptyGoes(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		for _, child := range n.Content {
			emptyGoes(child)
		}
		return
	}
	var kept []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		field, value := n.Content[i], n.Content[i+1]
		if value.Kind == yaml.ScalarNode && value.Value == "" {
			continue
		}
		emptyGoes(value)
		kept = append(kept, field, value)
	}
	n.Content = kept
}
