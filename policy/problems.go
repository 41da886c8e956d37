package policy

import "strings"

// Problem is one thing that is wrong with a definition, a content or a row.
type Problem struct {
	// Field is the path of the part, such as "periods[1].from".
	Field   string `json:"field"`
	Message string `json:"message"` // what is wrong and what was expected
	// Said is of what the sentence was made that begins with the field.
	Said Sentence `json:"-"`
}

// remark gives the whole sentence.
func (p Problem) remark() Remark { return Remark{p.Field + " " + p.Message, p.Said} }

type problems []Problem

// add notes what is wrong with a field: the sentence begins with it.
func (ps *problems) add(field, format string, args ...any) {
	p := Problem{Field: Excerpt(field, maxQuoted)}
	p.Message, _ = sentence(format, args)
	_, p.Said = sentence("%s "+format, append([]any{field}, args...))
	*ps = append(*ps, p)
}

// Unsound makes one refusal of all problems, each of them a mistake: the format says
// what is not sound, and ends with them.
func Unsound(ps []Problem, format string, args ...any) *Error {
	var all remarks
	for _, p := range ps {
		all = append(all, p.remark())
	}
	refusal := Refuse(CodeInvalid, format, append(args, all.few())...)
	refusal.Field = ps[0].Field
	for _, p := range ps[:min(len(ps), mostMistakes)] {
		refusal.Mistakes = append(refusal.Mistakes, Mistake{Field: p.Field, Message: p.Message, Said: p.Said})
	}
	return refusal
}

// mostMistakes is how many mistakes a refusal tells; who has made more mends those
// first.
const mostMistakes = 500

// text notes a missing text.
func (ps *problems) text(field, text string) {
	if strings.TrimSpace(text) == "" {
		ps.add(field, "is missing")
	}
}

// code notes a code that is missing, odd or used twice. A code is a short name
// such as "2.3"; it may stand in a path.
func (ps *problems) code(field, code string, taken map[string]string) {
	switch {
	case !ValidCode(code):
		ps.add(field, "is %q: expected a short code such as 2.3 or a key such as cocaine", code)
	case taken[code] != "":
		ps.add(field, "repeats the code %q of %s: each code is used once", code, taken[code])
	default:
		taken[code] = field
	}
}

// date reports whether the date is there and in a sensible year.
func (ps *problems) date(field string, d Date) bool {
	switch {
	case d.IsZero():
		ps.add(field, "is missing: expected a date such as 2021-05-26")
	case d.Year() < firstYear || d.Year() > lastYear:
		ps.add(field, "is %s: expected a year between %d and %d", d, firstYear, lastYear)
	default:
		return true
	}
	return false
}

func (ps *problems) window(field string, w Window) bool {
	from, to := ps.date(field+".from", w.From), ps.date(field+".to", w.To)
	if from && to && w.To.Before(w.From) {
		ps.add(field+".to", "is %s, before the beginning on %s", w.To, w.From)
		return false
	}
	return from && to
}

// order reports a later date that lies before an earlier one.
func (ps *problems) order(field string, later Date, what string, earlier Date) {
	if !later.IsZero() && !earlier.IsZero() && later.Before(earlier) {
		ps.add(field, "is %s, before %s on %s", later, what, earlier)
	}
}

// inOrder reports two dates of which one is not there or the later one lies before the
// other, and says whether both are there.
func (ps *problems) inOrder(first string, earlier Date, second string, later Date, what string) bool {
	one, other := ps.date(first, earlier), ps.date(second, later)
	if one && other {
		ps.order(second, later, what, earlier)
	}
	return one && other
}
