package policy_test

import (
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// build is the small cycle of the cast with variations: how it is planned, and
// how long its periods last.
func build(variations ...func(*policy.Definition)) policy.Definition {
	d := sound()
	for _, vary := range variations {
		vary(&d)
	}
	return d
}

// perPriority gives each priority a MASP of its own, next to the general one.
func perPriority(d *policy.Definition) { d.MASP.PerPriority = true }

// noGeneral leaves the MASPs of the priorities alone.
func noGeneral(d *policy.Definition) { d.MASP.PerPriority, d.MASP.General = true, nil }

// noAdvice leaves the policy advisory document out.
func noAdvice(d *policy.Definition) { d.AdvisoryDocument = nil }

// twoYears makes one period of both years, with two reporting rounds in each.
func twoYears(d *policy.Definition) {
	p := d.Periods[0]
	p.Key, p.To = "2022-2023", date("2023-12-31")
	p.Reports = nil
	for _, r := range []struct{ key, opens, due string }{
		{"may-2022", "2022-04-01", "2022-06-15"}, {"october-2022", "2022-09-01", "2022-11-15"},
		{"may-2023", "2023-04-01", "2023-06-15"}, {"final", "2023-11-01", "2024-02-01"},
	} {
		p.Reports = append(p.Reports, policy.Round{Key: r.key, Opens: date(r.opens), Due: date(r.due)})
	}
	d.Periods = []policy.Period{p}
}

// fourYears stretches the cycle to four annual periods, as in 2022-2025.
func fourYears(d *policy.Definition) {
	d.ImplementationWindow.To = date("2025-12-31")
	d.Periods = append(slices.Clone(d.Periods), year("2024", "2023"), year("2025", "2024"))
	d.Evaluation.Due = date("2025-06-01")
}

// secondOAP puts a second OAP under the priority on drugs.
func secondOAP(d *policy.Definition) {
	d.Priorities = slices.Clone(d.Priorities)
	d.Priorities[1].OAPs = []policy.OAP{{Key: "drugs", Title: "Cocaine and heroin"}, {Key: "synthetic", Title: "Synthetic drugs", Driver: "nl"}}
}

// anyVariations are the shapes that a cycle may take.
var anyVariations = map[string][]func(*policy.Definition){
	"annual periods, general MASP":            nil,
	"annual periods, both kinds of MASP":      {perPriority, secondOAP},
	"one period of two years, own MASPs":      {noGeneral, twoYears},
	"no advisory document, two years, a pair": {noAdvice, twoYears, secondOAP},
}

// names says whether one of the problems is about the field and says so.
func names(problems []policy.Problem, field, says string) bool {
	return slices.ContainsFunc(problems, func(p policy.Problem) bool {
		return p.Field == field && strings.Contains(p.Message, says)
	})
}
