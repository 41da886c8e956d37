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
	// Cause is the message without what it is about, which About names: findings of one rule
	// with one cause are one thing that happened so many times.
	Cause string `json:"cause"`
	About string `json:"about,omitempty"`
	// CauseSaid is of what the cause was made.
	CauseSaid Sentence `json:"-"`
}

// FindingGroup is what a rule finds for one cause.
type FindingGroup struct {
	Rule      string    `json:"rule"`
	Severity  Severity  `json:"severity"`
	Cause     string    `json:"cause"`
	CauseSaid Sentence  `json:"-"`
	Findings  []Finding `json:"findings"`
}

// GroupFindings puts findings of one rule, weight and cause together, in the order of the
// first of each.
func GroupFindings(findings []Finding) []FindingGroup {
	type kind struct {
		rule     string
		severity Severity
		cause    string
	}
	at := map[kind]int{}
	var groups []FindingGroup
	for _, f := range findings {
		key := kind{f.Rule, f.Severity, f.Cause}
		i, known := at[key]
		if !known {
			i = len(groups)
			at[key] = i
			groups = append(groups, FindingGroup{Rule: f.Rule, Severity: f.Severity, Cause: f.Cause, CauseSaid: f.CauseSaid})
		}
		groups[i].Findings = append(groups[i].Findings, f)
	}
	return groups
}

// Mend lists who can put any of them right, each once.
func (g FindingGroup) Mend() []Body {
	var bodies []Body
	for _, f := range g.Findings {
		for _, b := range f.Mend {
			if !slices.Contains(bodies, b) {
				bodies = append(bodies, b)
			}
		}
	}
	return bodies
}

// Names lists what the findings are about, each once.
func (g FindingGroup) Names() []string {
	var names []string
	for _, f := range g.Findings {
		if f.About != "" && !slices.Contains(names, f.About) {
			names = append(names, f.About)
		}
	}
	return names
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
