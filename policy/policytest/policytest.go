// Package policytest is the cast of the tests: a small cycle, its dates and its subjects.
package policytest

import "github.com/policycycle/policycycle/policy"

// Date reads a date such as 2021-05-26. Another text panics.
func Date(text string) policy.Date {
	d, err := policy.ParseDate(text)
	if err != nil {
		panic(err) // a mistake of the test that writes it
	}
	return d
}

// Subject reads a subject of a cycle by its path, such as oap/2022/firearms. Another text
// panics.
func Subject(cycle, path string) policy.Subject {
	s, err := policy.ParseSubject(cycle + "/" + path)
	if err != nil {
		panic(err) // a mistake of the test that writes it
	}
	return s
}

// Cycle is a small cycle: decided in 2021 and carried out in 2022, with two priorities, a
// general MASP, and OAPs for one year. Sweden drives the first OAP; nobody drives the second.
func Cycle(key string) policy.Definition {
	return policy.Definition{
		Format: policy.DefinitionFormat, Key: key, Title: "A small cycle",
		PolicyWindow:         policy.Window{From: Date("2021-01-01"), To: Date("2021-12-31")},
		ImplementationWindow: policy.Window{From: Date("2022-01-01"), To: Date("2022-12-31")},
		Assessment:           policy.Assessment{Kind: policy.SOCTA, Title: "SOCTA 2021", Due: Date("2021-04-12")},
		Conclusions:          policy.Milestone{Due: Date("2021-05-26")},
		MASP:                 policy.MASP{General: &policy.GeneralMASP{Key: "general", Title: "General MASP"}, Drafting: Date("2021-06-01"), Due: Date("2021-10-15")},
		Periods: []policy.Period{{
			Key: "2022", From: Date("2022-01-01"), To: Date("2022-12-31"), Drafting: Date("2021-09-01"), Due: Date("2021-12-10"),
		}},
		Priorities: []policy.Priority{
			{Key: "firearms", Title: "Firearms", Kind: policy.PriorityCrime, OAPs: []policy.OAP{{Key: "firearms", Title: "Firearms", Driver: "se"}}},
			{Key: "drugs", Title: "Drugs", Kind: policy.PriorityCrime, OAPs: []policy.OAP{{Key: "drugs", Title: "Drugs"}}},
		},
		Evaluation: policy.OpenMilestone{Opens: Date("2022-01-15"), Due: Date("2022-11-01")},
	}
}
