package main

import (
	"errors"
	"fmt"
	"strings"
)

const heading = `Notices

policycycle is licensed under the EUPL, version 1.2 (see LICENSE). Its binaries contain the
modules below, each under a licence of its own. The source of each can be had from its address
and, in exactly this version, from the Go module proxy.

This file is written by make notices from what is linked for
%s. Do not edit it.
`

// rule separates the texts.
var rule = strings.Repeat("-", 96)

// document writes NOTICES.txt: each module with its licences, and then each text
// once, with a number.
func document(modules []module) (string, error) {
	var list, texts strings.Builder
	number := map[string]int{}
	var faults []error
	for _, m := range modules {
		m.borrow(modules)
		licences, err := m.licences()
		faults = append(faults, err)
		fmt.Fprintf(&list, "\n%s %s\n    %s\n", m.path, m.version, licences)
		for _, f := range m.files {
			n, known := number[f.text]
			if !known {
				n = len(number) + 1
				number[f.text] = n
				fmt.Fprintf(&texts, "\n%s\n[%d]\n%s\n\n%s", rule, n, rule, f.text)
			}
			fmt.Fprintf(&list, "    %s: [%d]\n", f.name, n)
		}
	}
	if err := errors.Join(faults...); err != nil {
		return "", err
	}
	return fmt.Sprintf(heading, strings.Join(systems, ", ")) + list.String() + texts.String(), nil
}

// borrow takes the files of another module of the same repository, where the
// module has none.
func (m *module) borrow(from []module) {
	if len(m.files) > 0 {
		return
	}
	for _, other := range from {
		if other.path == borrowed[m.path] {
			m.files = other.files
		}
	}
}
