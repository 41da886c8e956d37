package files

import (
	"fmt"
	"io"

	"github.com/policycycle/policycycle/policy"
)

// ReadContent reads the content of a kind of subject; its errors are like those
// of ReadCycle. CodeInvalid, too, where no content of the kind is kept here.
func ReadContent(name string, kind policy.Kind, r io.Reader) (policy.Content, error) {
	return readSound(name, kind, r, policy.ProblemsOf)
}

// ReadDraft reads a content that is still being written. Unlike ReadContent it takes
// what cannot be handed in yet, as long as it has the shape of its kind.
func ReadDraft(name string, kind policy.Kind, r io.Reader) (policy.Content, error) {
	return readSound(name, kind, r, func(policy.Content) []policy.Problem { return nil })
}

// readSound reads a content in which problems finds nothing.
func readSound(name string, kind policy.Kind, r io.Reader, problems func(policy.Content) []policy.Problem) (policy.Content, error) {
	c, d, err := readContent(name, kind, r)
	if err == nil {
		err = d.sound(problems(c))
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// ReadPlan reads an OAP, or a change of one, whose actions stand elsewhere: they
// take the place of those in the file. Its errors are like those of ReadContent.
func ReadPlan(name string, r io.Reader, actions []policy.OperationalAction) (*policy.OperationalPlan, error) {
	c, d, err := readContent(name, policy.KindOAP, r)
	if err != nil {
		return nil, err
	}
	plan, is := c.(*policy.OperationalPlan)
	if !is {
		return nil, newError([]Problem{wholly(name, "is no OAP")})
	}
	plan.Actions = actions
	if err := d.sound(policy.ProblemsOf(plan)); err != nil {
		return nil, err
	}
	return plan, nil
}

// readContent reads a content and looks at its shape alone: the problems of the
// document tell where it does not have it.
func readContent(name string, kind policy.Kind, r io.Reader) (policy.Content, *document, error) {
	c := policy.NewContent(kind)
	if c == nil {
		return nil, nil, newError([]Problem{wholly(name, fmt.Sprintf("has a content that is not kept here: that of the kind %q", kind))})
	}
	d, err := read(name, form{"the content of the " + kind.Title(), contentSchema(kind), maxContent}, r)
	if err != nil {
		return nil, nil, err
	}
	if err := d.decode(c); err != nil {
		return nil, nil, err
	}
	return c, d, nil
}

// WriteContent writes a content that ReadContent reads, fields in the order of
// its type. Fields without a value are left out.
func WriteContent(w io.Writer, c policy.Content) error { return writeYAML(w, c, emptyGoes) }
