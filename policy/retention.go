package policy

import (
	"slices"
	"strings"
)

// Retention says how long what is recorded on a kind of document is kept, from the day on which it
// was settled, and what becomes of it then.
type Retention struct {
	Kinds  []Kind        `json:"kinds"`
	Years  int           `json:"years"`
	Then   RetentionThen `json:"then"`
	Source string        `json:"source"` // the rule that says so
}

// RetentionThen is what becomes of a record once its time is over.
type RetentionThen string

// What becomes of records.
const (
	RetentionOpened    RetentionThen = "opened"    // to the public, as historical archives
	RetentionReviewed  RetentionThen = "reviewed"  // by the archive, which selects
	RetentionDestroyed RetentionThen = "destroyed" // as whoever holds it decides: nothing here destroys a record
)

var shippedRetention = shipped[Retention]("retention.json")

// RetentionRules gives the rules of the institutions of the Union, which count where an
// institution does not give its own.
func RetentionRules() []Retention { return slices.Clone(shippedRetention) }

// JudgeRetention holds that rules of an institution name a kind, a time, an end and a source. The error has CodeInvalid.
func JudgeRetention(rules []Retention) error {
	then := []RetentionThen{RetentionOpened, RetentionReviewed, RetentionDestroyed}
	const longest = 200
	for i, r := range rules {
		switch {
		case len(r.Kinds) == 0:
			return Refuse(CodeInvalid, "rule %d names no kind: use %s", i+1, strings.Join(Texts(Kinds()), ", "))
		case r.Years < 1 || r.Years > longest:
			return Refuse(CodeInvalid, "rule %d keeps for %d years: expected 1 to %d", i+1, r.Years, longest)
		case !slices.Contains(then, r.Then):
			return Refuse(CodeInvalid, "rule %d says %q: use %s", i+1, r.Then, strings.Join(Texts(then), ", "))
		case strings.TrimSpace(r.Source) == "":
			return Refuse(CodeInvalid, "rule %d has no source: name what says so", i+1)
		}
		for _, k := range r.Kinds {
			if !slices.Contains(Kinds(), k) {
				return Refuse(CodeInvalid, "%q is not a kind of document: use %s", k, strings.Join(Texts(Kinds()), ", "))
			}
		}
	}
	return nil
}

// RetentionOf finds the rule for a kind among some, the first of which counts.
func RetentionOf(rules []Retention, kind Kind) (rule Retention, found bool) {
	at := slices.IndexFunc(rules, func(r Retention) bool { return slices.Contains(r.Kinds, kind) })
	if at < 0 {
		return Retention{}, false
	}
	return rules[at], true
}

// Until gives the day up to which what was settled on a day is kept, included.
func (r Retention) Until(settled Date) Date {
	return settled.AddMonths(12 * r.Years) //nolint:mnd // of a year
}
