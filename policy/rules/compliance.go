package rules

import "github.com/policycycle/policycycle/policy"

// Compliance is what becomes of one obligation of the conclusions in a cycle, as far as its
// rule can tell.
type Compliance struct {
	Rule     string          `json:"rule"` // S1 to S32
	Title    string          `json:"title"`
	Source   string          `json:"source"` // the words of the conclusions
	Place    Place           `json:"place"`
	Severity policy.Severity `json:"severity"` // how much its findings weigh at most
	// Weight is what the cycle file says of it, whether it is decided or not; nil where it
	// says nothing.
	Weight *policy.Weight `json:"weight,omitempty"`
	Result Result         `json:"result"`
	Coverage
	// Why says why the obligation does not apply; empty where it does.
	Why  string          `json:"why,omitempty"`
	Said policy.Sentence `json:"-"` // of what that was made
	// Ratios are the shares that the rule looks at, where it is about a balance.
	Ratios []Ratio `json:"ratios,omitempty"`
	// Findings are what the rule found.
	Findings []policy.Finding `json:"findings"`
}

// Ratio is a share of something.
type Ratio struct {
	Of    string `json:"of"` // the key of the priority or the objective
	Title string `json:"title"`
	Part  int64  `json:"part"`
	Whole int64  `json:"whole"`
}

// ResultCount is of how many obligations the same becomes.
type ResultCount struct {
	Result Result
	Count  int
}

// CountResults counts what becomes of the obligations, in the order of Results.
func CountResults(lines []Compliance) []ResultCount {
	counts := make([]ResultCount, len(Results))
	for i, result := range Results {
		counts[i].Result = result
		for _, line := range lines {
			if line.Result == result {
				counts[i].Count++
			}
		}
	}
	return counts
}

// Compliance tells of each obligation what becomes of it, in the order of the rules.
func (d *Snapshot) Compliance() []Compliance {
	all := Rules()
	lines := make([]Compliance, len(all))
	for i, rule := range all {
		lines[i] = d.complianceWith(rule)
	}
	return lines
}

func (d *Snapshot) complianceWith(rule Rule) Compliance {
	seen, none := d.coverage(rule)
	line := Compliance{
		Rule: rule.ID, Title: rule.Title, Source: rule.Source, Place: rule.Place, Severity: d.weightOf(rule), Weight: d.Definition.WeightOf(rule.ID),
		Coverage: seen, Findings: d.findingsOf(rule),
	}
	if rule.ratios != nil {
		line.Ratios = rule.ratios(d)
	}
	switch {
	case len(line.Findings) > 0:
		line.Result = Broken
	case len(seen.Gaps) > 0:
		line.Result = CouldNotLook
	case seen.Looked == 0:
		line.Result, line.Why, line.Said = DoesNotApply, none.Message, none.Said
	case seen.Declared > 0:
		line.Result = DeclaredOnly
	default:
		line.Result = Holds
	}
	return line
}

// CouldNot lists the rules that found nothing in what they could look at, and there is more.
func CouldNot(lines []Compliance) []string {
	var ids []string
	for _, line := range lines {
		if line.Result == CouldNotLook {
			ids = append(ids, line.Rule)
		}
	}
	return ids
}

// Blind lists what rules can never look at in a cycle with such a definition, each with the
// rules that it concerns.
func Blind(def *policy.Definition) (gaps []Gap, of map[string][]string) {
	of = map[string][]string{}
	for _, line := range NewSnapshot(policy.Records{Definition: def}, nil, nil, nil).Compliance() {
		for _, g := range line.Gaps {
			if of[g.What] == nil {
				gaps = append(gaps, g)
			}
			of[g.What] = append(of[g.What], line.Rule)
		}
	}
	return gaps, of
}
