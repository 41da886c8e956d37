package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

func (a *app) rulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "The obligations that are checked by machine",
		Long: `Lists the rules: what each checks, the words of the Council conclusions of 24-25
February 2011 that it rests on, how much its findings weigh, and where it bites.`,
		Example: "  policycycle rules\n  policycycle rules -o json",
		RunE: func(*cobra.Command, []string) error {
			all := rules.Rules()
			return a.print(all, func(p *page) {
				p.grid(cells{"Rule", "What it asks", "Weight", "Where it bites", "What is checked"}, each(all, func(r rules.Rule) cells {
					return cells{r.ID, r.Title, string(r.Severity), r.Bites, r.Checks}
				}))
			})
		},
	}
}

func (a *app) findingsCommand() *cobra.Command {
	var filter service.FindingFilter
	var one bool
	var couldNot []string
	c := &cobra.Command{
		Use:   "findings CYCLE",
		Short: "What is wrong in a cycle, why, and who can mend it",
		Long: `Holds a cycle against the rules and lists what is wrong. A finding that blocks
keeps its subject off the agenda of the body that settles it. What happened often
for one cause is one line; --each lists every finding. What rules could not
look at, policycycle compliance tells.`,
		Example: "  policycycle findings empact-2022-2025\n  policycycle findings empact-2022-2025 --rule S6 -o json",
		RunE: aboutCycle(a, func(svc service.Service, ctx context.Context, cycle string) ([]policy.Finding, error) {
			found, err := svc.Findings(ctx, cycle, filter)
			if err != nil || a.format != formatTable || filter.Rule != "" {
				return list(found), err
			}
			lines, err := svc.Compliance(ctx, cycle)
			couldNot = rules.CouldNot(lines)
			return list(found), err
		}, func(p *page, findings []policy.Finding) {
			showFindings(p, findings, one)
			if len(couldNot) > 0 {
				p.line("\nCould not look at all that they are about, and found nothing in the rest: %s. Why: policycycle compliance", strings.Join(couldNot, ", "))
			}
		}),
	}
	c.Flags().BoolVar(&one, "each", false, "list every finding by itself")
	c.Flags().StringVar(&filter.Rule, "rule", "", "only what this `rule` finds, such as S6")
	return c
}

func (a *app) complianceCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "compliance CYCLE",
		Short: "What becomes of each obligation of the conclusions, and what was looked at",
		Long: `Tells of each of the 32 obligations of the Council conclusions of 24-25 February
2011 whether it holds, is broken, could not be looked at, is declared only or does
not apply; how much was looked at, what could not be and why, and when that last
changed. The page of the same name is made for print.`,
		Example: "  policycycle compliance empact-2022-2025\n  policycycle compliance empact-2022-2025 -o json",
		RunE:    aboutCycle(a, service.Service.Compliance, showCompliance),
	}
}

func showCompliance(p *page, lines []rules.Compliance) {
	counts := map[rules.Result]int{}
	columns := cells{"Rule", "Obligation", "Place", "Result", "Looked at", "Findings", "Last change", "What was not looked at"}
	p.grid(columns, each(lines, func(line rules.Compliance) cells {
		counts[line.Result]++
		result := strings.ReplaceAll(string(line.Result), "-", " ")
		if line.Result == rules.Broken {
			result = p.paint(red, result)
		}
		looked, found := fmt.Sprintf("%d of %d", line.Looked, line.Of), count(len(line.Findings), "finding")
		return cells{line.Rule, line.Title, line.Place.String(), result, looked, found, line.Changed.String(), notLooked(line)}
	}))
	var totals []string
	for _, result := range rules.Results {
		totals = append(totals, fmt.Sprintf("%s %d", strings.ReplaceAll(string(result), "-", " "), counts[result]))
	}
	p.line("\n%s.", strings.Join(totals, ", "))
}

// notLooked says what a rule could not look at, why it does not apply, and what it takes
// somebody's word for.
func notLooked(line rules.Compliance) string {
	said := each(line.Gaps, func(g rules.Gap) string { return g.Message })
	if line.Why != "" {
		said = append(said, line.Why)
	}
	if line.Declared > 0 {
		said = append(said, fmt.Sprintf("%d declared only", line.Declared))
	}
	if w := line.Weight; w != nil {
		said = append(said, fmt.Sprintf("weighs %s by %s", line.Severity, w.Decision))
	}
	return strings.Join(said, "; ")
}

func showFindings(p *page, findings []policy.Finding, one bool) {
	if len(findings) == 0 {
		p.line("The rules found nothing wrong in what they could look at.")
		return
	}
	if one {
		p.grid(findingColumns, findingRows(p, findings))
	} else {
		showGroups(p, findings)
	}
	p.line("\n%s. What a rule asks: policycycle rules; what it looked at: policycycle compliance", count(len(findings), "finding"))
}

func showGroups(p *page, findings []policy.Finding) {
	p.grid(cells{"Rule", "Weight", "Times", "What is wrong", "Of what", "Who can mend it"}, each(policy.GroupFindings(findings), func(g policy.FindingGroup) cells {
		return cells{g.Rule, weightText(p, g.Severity), fmt.Sprint(len(g.Findings)), groupText(g), someOf(g.Names()), p.recipientsText(g.Mend())}
	}))
}

// groupText says what happened: in full where it did once.
func groupText(g policy.FindingGroup) string {
	if len(g.Findings) == 1 {
		return g.Findings[0].Message
	}
	return g.Cause
}

// someOf lists the first names, and says how many more there are.
func someOf(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], "; "), len(names)-most)
	}
	return strings.Join(names, "; ")
}

func weightText(p *page, s policy.Severity) string {
	if s == policy.Blocks {
		return p.paint(red, string(s))
	}
	return string(s)
}

var findingColumns = cells{"Rule", "Weight", "What", "What is wrong", "Who can mend it"}

func findingRows(p *page, findings []policy.Finding) [][]string {
	return each(findings, func(f policy.Finding) cells {
		return cells{f.Rule, weightText(p, f.Severity), f.Record, f.Message, p.recipientsText(f.Mend)}
	})
}

func (a *app) objectivesCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "objectives CYCLE",
		Short:   "The strategic objectives and what serves them, both ways",
		Example: "  policycycle objectives empact-2022-2025",
		RunE: aboutCycle(a, service.Service.Objectives, func(p *page, o *service.Objectives) {
			p.grid(cells{"Objective", "Priorities", "Actions of the strategy register"}, each(o.Objectives, func(line rules.ObjectiveLine) cells {
				return cells{string(line.Objective), wordsText(line.Priorities), wordsText(line.Actions)}
			}))
			if len(o.Orphans) > 0 {
				p.line("\nPriorities that serve no objective: %s", wordsText(o.Orphans))
			}
		}),
	}
}

func (a *app) moneyCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "money CYCLE",
		Short:   "Envelopes, shares of objectives and priorities, unfunded actions",
		Example: "  policycycle money empact-2022-2025",
		RunE:    aboutCycle(a, service.Service.Money, showMoney),
	}
}

func showMoney(p *page, m *service.Money) {
	p.section("Envelopes", cells{"Envelope", "Source", "Framework", "Amount", "Allocated", "Left", ""}, each(m.Envelopes, func(e rules.EnvelopeLine) cells {
		kind := ""
		if e.Reserve {
			kind = "reserve"
		}
		return cells{e.Key, string(e.Source), e.From.String() + " to " + e.To.String(), euro(e.Amount), euro(e.Allocated), euro(e.Amount - e.Allocated), kind}
	}))
	share := func(s rules.Share) cells { return cells{s.Name, euro(s.Amount)} }
	p.section("By objective", cells{"Objective", "Allocated"}, each(m.Objectives, share))
	p.section("By priority", cells{"Priority", "Allocated"}, each(m.Priorities, share))
	p.heading("Not tagged: " + euro(m.Untagged))
	p.section("Unfunded actions", cells{"Action and state"}, each(m.Unfunded, func(path string) cells { return cells{path} }))
}

// euro writes whole euro with spaces between thousands, as EUR 1 250 000.
func euro(amount int64) string {
	digits := fmt.Sprint(amount)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + " " + digits[at:]
	}
	return "EUR " + digits
}

func (a *app) seriesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "series CYCLE INDICATOR",
		Short: "An indicator over all rounds, with breaks where the counting changed",
		Long: `Adds an indicator up over the reports of each round, every part counted once.
Values before and after a change of the counting rule do not compare: the break
is marked.`,
		Example: "  policycycle series empact-2022-2025 arrests",
		RunE: func(cmd *cobra.Command, args []string) error {
			return answer(a, cmd, func(ctx context.Context, svc service.Service) ([]rules.SeriesPoint, error) {
				return svc.Series(ctx, args[0], args[1])
			}, func(p *page, points []rules.SeriesPoint) {
				if len(points) == 0 {
					p.line("No report gives a figure for %s.", args[1])
				}
				rows := each(points, func(point rules.SeriesPoint) cells {
					mark := ""
					if point.Break {
						mark = "counted otherwise from here on"
					}
					return cells{point.Period, point.Round, point.Due.String(), point.Value.String(), point.Unit, fmt.Sprint(point.Rule), mark}
				})
				p.grid(cells{"Period", "Round", "Due", "Value", "Unit", "Counting rule", ""}, rows)
			})
		},
	}
}
