package files

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// Error is everything that is wrong with a file, or with the files of a folder.
type Error struct {
	Problems []Problem
	code     policy.Code // of the refusal; empty is policy.CodeInvalid
}

// Problem is one thing that is wrong, and where.
type Problem = policy.Mistake

// newError makes one error of problems: file by file and sheet by sheet as they come, each from
// top to bottom.
func newError(problems []Problem) *Error {
	order := map[string]int{}
	for _, p := range problems {
		if at := p.File + "\x00" + p.Sheet; order[at] == 0 {
			order[at] = len(order) + 1
		}
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(order[a.File+"\x00"+a.Sheet], order[b.File+"\x00"+b.Sheet]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return &Error{Problems: slices.CompactFunc(problems, func(a, b Problem) bool { return a.String() == b.String() })}
}

// placed gives a refusal of what was read from a file with its mistakes at their places
// there; any other as it is.
func placed(refusal error, at func(Problem) Problem) error {
	told, is := errors.AsType[*policy.Error](refusal)
	if !is || len(told.Mistakes) == 0 {
		return refusal
	}
	problems := make([]Problem, len(told.Mistakes))
	for i, m := range told.Mistakes {
		problems[i] = at(m)
		problems[i].Said = m.Said
	}
	all := newError(problems)
	all.code = told.Code
	return all
}

// asError gives the error of all problems, or nil for none.
func asError(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return newError(problems)
}

// Error gives a line for each problem: FILE:LINE:COLUMN: FIELD MESSAGE,
// or FILE:SHEET!C12: FIELD MESSAGE.
func (e *Error) Error() string {
	const most = 20
	var lines []string
	for i, p := range e.Problems {
		if i == most {
			lines = append(lines, fmt.Sprintf("%s: and %d more", filesOf(e.Problems[most:]), len(e.Problems)-most))
			break
		}
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// filesOf names the file that problems are in, or says how many files they are.
func filesOf(problems []Problem) string {
	names := map[string]bool{}
	for _, p := range problems {
		names[p.File] = true
	}
	if len(names) == 1 {
		return problems[0].File
	}
	return fmt.Sprintf("%d files", len(names))
}

// mostMistakes is how many mistakes a refusal tells; who has made more mends those
// first.
const mostMistakes = 500

// Unwrap gives the refusal that the file comes to: a sentence, and all mistakes.
func (e *Error) Unwrap() error {
	n := len(e.Problems)
	refusal := &policy.Error{
		Code: cmp.Or(e.code, policy.CodeInvalid), Message: e.Problems[0].String(), Field: e.Problems[0].Field, Mistakes: e.Problems[:min(n, mostMistakes)],
	}
	if n > 1 {
		refusal.Message = fmt.Sprintf("%s: %d mistakes", filesOf(e.Problems), n)
	}
	return refusal
}
