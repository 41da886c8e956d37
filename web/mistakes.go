package web

import (
	"errors"
	"fmt"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// mistaken has the page list the mistakes of a file, each on a line of its own.
func (v *visit) mistaken(err error) error {
	refusal, is := errors.AsType[*policy.Error](err)
	if !is || len(refusal.Mistakes) == 0 {
		return err
	}
	v.Told, v.Details = v.N("problem.mistakes", len(refusal.Mistakes)), nil
	for _, m := range refusal.Mistakes {
		v.Details = append(v.Details, fmt.Sprintf("%s: %s", v.T("problem.place", "Line", m.Line, "Column", m.Column), strings.TrimSpace(m.Field+" "+m.Message)))
	}
	return err
}
