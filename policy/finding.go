package policy

import (
	"slices"
	"strconv"
	"strings"
)

// Severity is how much a finding weighs.
type Severity string

// The severities.
const (
	// Blocks stops the item from being tabled before the body that settles it.
	Blocks Severity = "blocks"
	// Warns is for somebody to mend.
	Warns Severity = "warns"
	// Informs is for everybody to know.
	Informs Severity = "informs"
)

// Severities lists the severities, the heaviest first.
var Severities = []Severity{Blocks, Warns, Informs}

// Lighter gives the lighter of two severities.
func (s Severity) Lighter(than Severity) Severity {
	if slices.Index(Severities, s) < slices.Index(Severities, than) {
		return than
	}
	return s
}

// Finding is one thing that is wrong, why, and who can mend it.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	// Subject is the path of the subject within the cycle; empty where the
	// finding is about the cycle or a register.
	Subject string `json:"subject,omitempty"`
	// Record names what exactly: an action, a row, a meeting.
	Record  string `json:"record"`
	Message string `json:"message"`
	Mend    []Body `json:"mend,omitempty"` // who can
	// Irregular is why what is wrong was recorded all the same; it stands in the
	// message, too.
	Irregular string `json:"irregular,omitempty"`
	// Said is of what the message was made, but for that.
	Said Sentence `json:"-"`
}

// LastRule is the number of the last rule: they are S1 to S32 (see policy/rules).
const LastRule = 32

// IsRule says whether there is a rule of an ID, such as S2.
func IsRule(id string) bool {
	n, err := strconv.Atoi(strings.TrimPrefix(id, "S"))
	return err == nil && id == "S"+strconv.Itoa(n) && n >= 1 && n <= LastRule
}

// RefuseBlocked says that findings block a subject, in their own words.
func RefuseBlocked(subject Subject, blocking []Finding) *Error {
	var lines remarks
	for _, f := range blocking {
		lines = append(lines, Say("%s: %s", f.Rule, Remark{f.Message, f.Said}))
	}
	const most = 5
	if more := len(lines) - most; more > 0 {
		lines = append(lines[:most], Say("and %d more", more))
	}
	return Refuse(CodeBlocked, "%s cannot be tabled. %s", subject, lines)
}
