package files

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// Error is everything that is wrong with a file.
type Error struct {
	File     string
	Problems []Problem
}

// Problem is one thing that is wrong, and where.
type Problem struct {
	Line, Column int    // from 1
	Field        string // the path of the field, such as "periods[1].from"; empty for the whole file
	Message      string // what is wrong and what was expected
}

func newError(name string, problems []Problem) *Error {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return &Error{File: name, Problems: slices.Compact(problems)}
}

// Error gives a line for each problem: FILE:LINE:COLUMN: FIELD MESSAGE.
func (e *Error) Error() string {
	const most = 20
	var lines []string
	for i, p := range e.Problems {
		if i == most {
			lines = append(lines, fmt.Sprintf("%s: and %d more", e.File, len(e.Problems)-most))
			break
		}
		what := p.Message
		if p.Field != "" {
			what = p.Field + " " + p.Message
		}
		lines = append(lines, fmt.Sprintf("%s:%d:%d: %s", e.File, p.Line, p.Column, what))
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the refusal that the file comes to, with policy.CodeInvalid.
func (e *Error) Unwrap() error {
	return &policy.Error{Code: policy.CodeInvalid, Message: e.Error(), Field: e.Problems[0].Field}
}
