package web

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// sent is what somebody sent with a form: whatever becomes of it, it is not lost.
type sent struct {
	To   string // the address of the form
	Form url.Values
	File string // the name of its file, which has to be chosen again
}

// again puts what was sent back into its form on a page, exactly as it was: what was
// typed, what was chosen and what was ticked, and what the form was about. It gives
// the fields that the page does not have, which would be lost.
func (s sent) again(page []byte) (written []byte, lost url.Values) {
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return page, s.Form
	}
	form := s.find(root)
	if form == nil {
		return page, s.Form
	}
	lost = url.Values{}
	for name, values := range s.Form {
		lost[name] = slices.Clone(values)
	}
	for field := range form.Descendants() {
		name := attr(field, "name")
		if name == "" {
			continue
		}
		put(field, s.Form[name], len(s.Form[name])-len(lost[name]))
		if !isTick(field) && len(lost[name]) > 1 { // another field has the name, too
			lost[name] = lost[name][1:]
			continue
		}
		delete(lost, name)
	}
	for parent := range form.Ancestors() {
		if parent.DataAtom == atom.Details { // what was typed is seen
			set(parent, "open", "")
		}
	}
	var out bytes.Buffer
	if err := html.Render(&out, root); err != nil {
		return page, s.Form
	}
	return out.Bytes(), lost
}

// find finds the form: of those with its address, the one that has most of what was
// sent.
func (s sent) find(root *html.Node) (form *html.Node) {
	best := 0
	for node := range root.Descendants() {
		if node.DataAtom != atom.Form || attr(node, "method") != "post" || !sameAddress(attr(node, "action"), s.To) {
			continue
		}
		if fits := s.fits(node); fits > best {
			form, best = node, fits
		}
	}
	return form
}

// sameAddress says whether two addresses lead to the same, however they are written.
func sameAddress(a, b string) bool {
	one, err := url.Parse(a)
	other, wrong := url.Parse(b)
	return err == nil && wrong == nil && one.Path == other.Path && one.Query().Encode() == other.Query().Encode()
}

// fits counts the fields of a form that were sent, twice those that say of themselves
// what was sent.
func (s sent) fits(form *html.Node) int {
	count := 0
	for field := range form.Descendants() {
		values, was := s.Form[attr(field, "name")]
		if was {
			count++
		}
		if was && attr(field, "type") == "hidden" && slices.Contains(values, attr(field, "value")) {
			count++
		}
	}
	return count
}

// put puts into a field what was sent: of several fields of a name, each its own
// value.
func put(field *html.Node, values []string, at int) {
	if isTick(field) {
		set(field, "checked", unset)
		if slices.Contains(values, attr(field, "value")) {
			set(field, "checked", "")
		}
		return
	}
	if at >= len(values) {
		return
	}
	value := values[at]
	switch field.DataAtom {
	case atom.Textarea:
		write(field, value)
	case atom.Select:
		choose(field, value)
	case atom.Input:
		if attr(field, "type") != "file" {
			set(field, "value", value)
		}
	default: // a button
	}
}

// choose chooses a value of a list; one that the list has no more is there again.
func choose(list *html.Node, value string) {
	there := false
	for option := range list.Descendants() {
		set(option, "selected", unset)
		if option.DataAtom == atom.Option && attr(option, "value") == value && !there {
			set(option, "selected", "")
			there = true
		}
	}
	if !there {
		option := &html.Node{Type: html.ElementNode, DataAtom: atom.Option, Data: "option"}
		set(option, "value", value)
		set(option, "selected", "")
		write(option, value)
		list.AppendChild(option)
	}
}

// write makes a text what stands in a node.
func write(n *html.Node, text string) {
	for n.FirstChild != nil {
		n.RemoveChild(n.FirstChild)
	}
	n.AppendChild(&html.Node{Type: html.TextNode, Data: text})
}

func isTick(field *html.Node) bool {
	kind := attr(field, "type")
	return field.DataAtom == atom.Input && (kind == "checkbox" || kind == "radio")
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// unset takes an attribute away.
const unset = "\x00"

func set(n *html.Node, name, value string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
	if value != unset {
		n.Attr = append(n.Attr, html.Attribute{Key: name, Val: value})
	}
}

// saidField is one field that was sent, for people to read.
type saidField struct{ Label, Text string }

// fields lists what was sent, where the catalogues name its fields.
func (v *page) fields(sent url.Values) []saidField {
	var list []saidField
	for name, values := range sent {
		label, text := v.labelOf(name), strings.TrimSpace(strings.Join(values, ", "))
		if label != "" && text != "" {
			list = append(list, saidField{label, text})
		}
	}
	slices.SortFunc(list, func(a, b saidField) int { return strings.Compare(a.Label, b.Label) })
	return list
}

// labelOf gives the name of a field as people read it; "" of one that they do not.
func (v *page) labelOf(name string) string {
	kind, of, about := strings.Cut(name, "-")
	switch {
	case kind == "c" && about:
		return v.Word("column", of)
	case about:
		name = kind
		of = ": " + of
	default:
		of = ""
	}
	if label := v.T("field." + name); !strings.HasPrefix(label, "[") {
		return label + of
	}
	return ""
}
