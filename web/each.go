package web

import "github.com/policycycle/policycycle/policy"

// each does the same to many, and tells of those that failed.
type each struct {
	v     *page
	done  int
	wrong []string
	first error
}

// do does it to one row of the form.
func (e *each) do(row, what string, act func() error) {
	err := act()
	if err == nil {
		e.done++
		e.v.done(row)
		return
	}
	if e.first == nil {
		e.first = err
	}
	e.wrong = append(e.wrong, what+": "+e.v.localized(err))
}

// result says how many were done, or what went wrong with the others.
func (e *each) result(key string) error {
	if e.first != nil {
		e.v.Told, e.v.Details = e.v.N(key, e.done), e.wrong
		return e.first
	}
	if e.done == 0 {
		return policy.Refuse(policy.CodeInvalid, "nothing was chosen")
	}
	e.v.Said = e.v.N(key, e.done)
	return nil
}
