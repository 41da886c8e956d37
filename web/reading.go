package web

import (
	"encoding"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// reading reads what was typed into a form, field by field. The first mistake counts, and
// is what is told.
type reading struct {
	*page
	err error
}

func (v *page) reading() *reading { return &reading{page: v} }

// noted keeps the first mistake.
func (r *reading) noted(err error) {
	if r.err == nil {
		r.err = err
	}
}

// subject gives the subject that the address names.
func (r *reading) subject() policy.Subject { return r.subjectAt(r.path("path")) }

// subjectAt gives a subject of the cycle by its path.
func (r *reading) subjectAt(path string) policy.Subject {
	subject, err := policy.ParseSubject(r.path("cycle") + "/" + path)
	r.noted(err)
	return subject
}

// word reads a word of a list, or what else is written as one; empty is none.
func (r *reading) word(name string, into encoding.TextUnmarshaler) {
	r.noted(into.UnmarshalText([]byte(r.form(name))))
}

// body reads a body, which is to be named.
func (r *reading) body(name string) policy.Body {
	body, err := policy.ParseBody(r.form(name))
	r.noted(err)
	return body
}

// bodies reads several, none where the field is empty.
func (r *reading) bodies(name string) []policy.Body {
	bodies, err := parseBodies(r.form(name))
	r.noted(err)
	return bodies
}

// outcome reads an outcome, which is to be named.
func (r *reading) outcome(name string) policy.Outcome {
	outcome, err := policy.ParseOutcome(r.form(name))
	r.noted(err)
	return outcome
}

// number reads a whole number; empty is 0.
func (r *reading) number(name string) int {
	n, err := wholeNumber(r.form(name))
	r.noted(err)
	return n
}

// day reads a date; empty is the day of the cycle.
func (r *reading) day(name string) (d policy.Date) {
	r.word(name, &d)
	return d
}

// document reads a register number.
func (r *reading) document() (d policy.DocumentRef) {
	r.word("document", &d)
	return d
}

// textDigest reads the digest of a text that is held elsewhere, as people paste it; empty is none.
func (r *reading) textDigest() string {
	text := r.form("text_digest")
	if text == "" {
		return ""
	}
	digest, err := policy.ParseDigest(text)
	r.noted(err)
	return digest
}

// seen reads which version was before somebody when they filled in a form, or a row of
// one.
func (r *reading) seen(row string) (version int, digest string) {
	return r.number("version" + row), r.form("digest" + row)
}

// statement reads what every form has by which somebody records something. Who does it
// may stand in for another; an empty field is nobody.
func (r *reading) statement() service.Statement {
	s := service.Statement{Comment: r.form("comment"), Language: r.written(), Date: r.day("date")}
	if r.form("for") != "" {
		actor, err := policy.ParseActor(r.form("for"))
		r.noted(err)
		s.For = &actor
	}
	return s
}
