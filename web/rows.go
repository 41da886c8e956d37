package web

import (
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// Forms with an answer a row begin with none chosen, and only the rows with one are
// recorded. Fields are named for what they say and the row: "answer-ROW". One choice
// sets all rows at once, by a button that brings the form back, so that it works
// without JavaScript; forms.js does the same in place.

// setAll says whether all rows of a form are to be set, and sets them: the choice of
// those to which it is offered, and what is said beside it. Nothing is recorded.
func (v *page) setAll(choice string, offered func(row string) []string, beside ...string) bool {
	if v.form("set") == "" {
		return false
	}
	form := v.sent.Form
	for name := range form {
		if row, is := strings.CutPrefix(name, choice+"-"); is {
			for _, field := range append([]string{choice}, beside...) {
				chosen := v.form("set-" + field)
				takes := field != choice || slices.Contains(offered(row), chosen)
				if chosen != "" && takes && form.Has(field+"-"+row) {
					form.Set(field+"-"+row, chosen)
				}
			}
		}
	}
	for _, field := range append([]string{choice}, beside...) {
		form.Del("set-" + field)
	}
	return true
}

// words says what the reader's language calls a value of a list.
func (v *page) words(list string) func(string) string {
	return func(value string) string { return v.Word(list, value) }
}

// outcomes says what a body calls an outcome.
func (v *page) outcomes(words policy.Wording) func(string) string {
	return func(value string) string { return v.Outcome(policy.Outcome(value), words) }
}

// ofAny lists those of the choices that are offered to a row at least.
func ofAny[R any](choices []string, rows []R, offered func(R) []string) []string {
	return slices.DeleteFunc(slices.Clone(choices), func(choice string) bool {
		return !slices.ContainsFunc(rows, func(row R) bool { return slices.Contains(offered(row), choice) })
	})
}

// offeredTo gives what is offered to one of the rows; nothing where it is not there.
func offeredTo[R any](rows []R, is func(R) bool, offered func(R) []string) []string {
	if at := slices.IndexFunc(rows, is); at >= 0 {
		return offered(rows[at])
	}
	return nil
}

// done takes a row that is recorded out of what was sent: it does not come back.
func (v *page) done(row string) {
	for name := range v.sent.Form {
		if _, of, _ := strings.Cut(name, "-"); of == row {
			v.sent.Form.Del(name)
		}
	}
}

// chosen counts the rows of the form, as it was sent, for which a choice is made, and
// those with one of them. A row that the page has no more does not count.
func (v *page) chosen(choice, only string) (all, with int) {
	if v.sent == nil {
		return 0, 0
	}
	for name, values := range v.sent.Form {
		if !strings.HasPrefix(name, choice+"-") || values[0] == "" || v.lost.Has(name) {
			continue
		}
		all++
		if values[0] == only {
			with++
		}
	}
	return all, with
}

// counted is a button that says how many rows it records: none, some, or some of which
// all have one and the same choice. The keys are those of the catalogue.
type counted struct {
	Choice           string // the fields whose rows count
	Only             string // the choice that is named when all have it
	None, Some, Same string
}

// text says what stands on the button now.
func (c counted) text(v *page) string {
	switch all, with := v.chosen(c.Choice, c.Only); {
	case all == 0:
		return v.T(c.None)
	case with == all:
		return v.N(c.Same, all)
	default:
		return v.N(c.Some, all)
	}
}

// shape is a sentence about a number of things in which {n} stands for the number.
func (v *page) shape(key string, n int) string {
	return strings.Replace(v.N(key, n), v.Number(int64(n)), "{n}", 1)
}
