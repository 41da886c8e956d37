package policy

import (
	"cmp"
	"slices"
	"strings"
)

// Subject names one thing within a cycle that is handed in and settled. Its
// text is a path: "empact-2022-2025/oap/2023/firearms".
type Subject struct {
	Cycle  string
	Kind   Kind
	Period string // of an OAP, its changes and reports
	Key    string // of a MASP, OAP, obligation or item
	Round  string // of a report; the due date of an obligation
	Number string // of a change, or of a correction of a report
}

// ValidKey says whether text may name a cycle, period, plan or priority: small
// letters, digits and hyphens between them, at most 63 in all.
func ValidKey(text string) bool {
	const longest = 63
	if text == "" || len(text) > longest || text[0] == '-' || text[len(text)-1] == '-' {
		return false
	}
	for _, c := range []byte(text) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// ParseSubject reads the path of a subject. The error has CodeInvalid.
func ParseSubject(text string) (Subject, error) {
	parts := strings.Split(strings.Trim(strings.TrimSpace(text), "/"), "/")
	wrong := Refuse(CodeInvalid, "%q is not a subject: write CYCLE/KIND and what the kind needs, such as empact-2022-2025/priorities, empact-2022-2025/masp/general or empact-2022-2025/oap/2023/firearms", text)
	if len(parts) < 2 {
		return Subject{}, wrong
	}
	s := Subject{Cycle: parts[0], Kind: Kind(parts[1])}
	row, known := kinds[s.Kind]
	if !known {
		return Subject{}, wrong
	}
	rest := parts[2:]
	take := func(has bool, into *string) bool {
		if !has {
			return true
		}
		if len(rest) == 0 {
			return false
		}
		*into, rest = rest[0], rest[1:]
		return true
	}
	shaped := take(row.shape.period, &s.Period) && take(row.shape.key, &s.Key) && take(row.shape.round, &s.Round) && take(row.shape.number, &s.Number)
	if !shaped || len(rest) > 0 {
		return Subject{}, wrong
	}
	if slices.ContainsFunc(append([]string{s.Cycle}, parts[2:]...), func(part string) bool { return !ValidKey(part) }) {
		return Subject{}, wrong
	}
	return s, nil
}

// named says whether the subject has the parts that its kind wants, and no other.
func (s Subject) named() bool {
	parsed, err := ParseSubject(s.String())
	return err == nil && parsed == s
}

// Path gives the subject's path within its cycle: "oap/2023/firearms".
func (s Subject) Path() string {
	parts := []string{string(s.Kind)}
	for _, part := range []string{s.Period, s.Key, s.Round, s.Number} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "/")
}

// String gives the whole path, or "" for the zero Subject.
func (s Subject) String() string {
	if s == (Subject{}) {
		return ""
	}
	return s.Cycle + "/" + s.Path()
}

// MarshalText writes the subject as String does.
func (s Subject) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes: a subject as ParseSubject does; empty
// text is none, and a cycle with nothing behind it, "empact-2022-2025/", the cycle
// alone, as a search finds it.
func (s *Subject) UnmarshalText(text []byte) error {
	if cycle, alone := strings.CutSuffix(string(text), "/"); alone && ValidKey(cycle) {
		*s = Subject{Cycle: cycle}
		return nil
	}
	return fromText(s, text, ParseSubject)
}

// RunKind is a kind of run: one long-lived process with a state of its own.
type RunKind string

// The kinds of run.
const (
	RunCycle       RunKind = "cycle"
	RunPlan        RunKind = "plan"
	RunObligations RunKind = "obligations"
	RunEvaluation  RunKind = "evaluation"
	// RunPost sends mail. It is of no cycle: there is one for all of them.
	RunPost RunKind = "post"
)

// Run names one run of a cycle. Plan is set for RunPlan alone: the MASP or OAP
// that the run carries from drafting to its end.
type Run struct {
	Kind  RunKind `json:"kind"`
	Cycle string  `json:"cycle"`
	Plan  Subject `json:"plan,omitzero"`
}

// CompareRuns orders runs: by kind, cycle and plan.
func CompareRuns(a, b Run) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Cycle, b.Cycle), cmp.Compare(a.Plan.String(), b.Plan.String()))
}

// Plan gives the OAP that a report or a change is about.
func (s Subject) Plan() Subject {
	return Subject{Cycle: s.Cycle, Kind: KindOAP, Period: s.Period, Key: s.Key}
}

// Report gives the report that a correction is about.
func (s Subject) Report() Subject {
	return Subject{Cycle: s.Cycle, Kind: KindReport, Period: s.Period, Key: s.Key, Round: s.Round}
}

// Changed gives what a change changes, or a correction corrects: the OAP or the report. It
// gives any other subject itself.
func (s Subject) Changed() Subject {
	switch s.Kind {
	case KindChange:
		return s.Plan()
	case KindCorrection:
		return s.Report()
	default:
		return s
	}
}

// ChangedBy gives the change of an OAP, or the correction of a report, that has a number; the
// zero Subject for others, which nothing changes once they are settled.
func (s Subject) ChangedBy(number string) Subject {
	kind, changes := map[Kind]Kind{KindOAP: KindChange, KindReport: KindCorrection}[s.Kind]
	if !changes {
		return Subject{}
	}
	s.Kind, s.Number = kind, number
	return s
}

// Progress gives the beginning of the keys in the register of progress of what was reported
// in the round: PERIOD/OAP/ROUND/.
func (s Subject) Progress() string {
	return strings.Join([]string{s.Period, s.Key, s.Round}, "/") + "/"
}
