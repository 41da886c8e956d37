package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

func (a *app) meetingCommand() *cobra.Command {
	return group("meeting", "What is ripe for a meeting, its agenda, moving and cancelling it",
		"  policycycle meeting show empact-2022-2025 cosi-2021-12",
		a.meetingShowCommand(), a.meetingReadCommand(), a.meetingTableCommand(), a.meetingMoveCommand(), a.meetingCancelCommand())
}

func (a *app) meetingShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show CYCLE MEETING",
		Short: "What is ripe, what is missing, what stands on the agenda",
		Long: `Tells what a meeting is to deal with: what is ripe, with a draft of the outcome;
what a rule stands against; which documents are missing and from whom. Each item has
its number. On the agenda of the Council it is an A item, and a point of part I on that
of Coreper, where those who prepared it agreed and no delegation objects or holds a
reservation; else a B item, or of part II.`,
		Example: "  policycycle meeting show empact-2022-2025 cosi-2021-12",
		RunE: func(cmd *cobra.Command, args []string) error {
			return answer(a, cmd, func(ctx context.Context, svc service.Service) (*rules.MeetingView, error) {
				return svc.FindMeeting(ctx, args[0], args[1])
			}, showMeeting)
		},
	}
}

func showMeeting(p *page, m *rules.MeetingView) {
	p.line("%s, %s, %s.", m.Title, p.bodies.Title(m.Body), m.On)
	if !m.Cancelled.IsZero() {
		p.line("%s", p.paint(red, "Cancelled on "+m.Cancelled.String()+"."))
	}
	if !m.Rectified.IsZero() {
		p.line("Its day was put right on %s.", m.Rectified)
	}
	var findings []policy.Finding
	items := each(m.Items, func(item rules.MeetingItem) cells {
		state := map[rules.Ripeness]string{
			rules.Ripe: "ripe", rules.RipeBlocked: p.paint(red, "blocked by a rule"),
			rules.RipeMissing:   "document missing from " + p.turnText(item.Turn),
			rules.RipeRecorded:  "recorded, awaits a second person",
			rules.RipeElsewhere: "still before " + p.turnText(item.Turn),
			rules.RipeUpcoming:  "not begun",
			rules.RipeSettled:   item.Words.Title(item.Outcome),
		}[item.Ripeness]
		tabled := ""
		if item.Tabled {
			tabled = "on the agenda"
		}
		findings = append(findings, item.Findings...)
		return cells{rules.Placed(item.Number, item.Section), item.Subject, item.Title, state, tabled, item.Draft}
	})
	p.section("To deal with", cells{"No", "Subject", "Title", "How far", "Agenda", "Draft outcome"}, items)
	outcomes := each(m.Outcomes, func(o rules.MeetingOutcome) cells {
		became := map[rules.OutcomeState]string{
			rules.OutcomeWaiting: "awaits a second person", rules.OutcomeInEffect: "in effect",
			rules.OutcomeSetAside: p.paint(red, "set aside"), rules.OutcomeCorrected: "corrected by a later entry",
		}[o.State]
		return cells{o.Subject, o.Title, o.Words.Title(o.Outcome), string(o.Document), o.Date.String(), became}
	})
	p.section("What it concluded", cells{"Subject", "Title", "Outcome", "Document", "Date", "State"}, outcomes)
	if len(m.Others) > 0 {
		others := make([]string, len(m.Others))
		for i, title := range m.Others {
			others[i] = rules.Placed(m.Other(i)) + " " + title
		}
		p.heading("Also on the agenda: " + strings.Join(others, ", "))
	}
	if !m.Monitoring && m.Body == policy.COSI {
		p.line("\nNo item on monitoring is on the agenda yet (rule S11).")
	}
	p.section("What stands against it", findingColumns, findingRows(p, findings))
}

func (a *app) meetingTableCommand() *cobra.Command {
	var title, reason string
	var monitoring, remove, late bool
	var in service.Enter
	var date policy.Date
	c := &cobra.Command{
		Use:   "table CYCLE MEETING ITEM --as NAME@BODY",
		Short: "Put an item on the agenda of a meeting, or take it off",
		Long: `Puts a subject on the agenda of a meeting, or an item that is no subject, under a
word of its own. A finding that blocks keeps a subject off the agenda, and says
why and who can mend it.`,
		Example: `  policycycle meeting table empact-2022-2025 cosi-2021-12 oap/2022/firearms --as anna@presidency
  policycycle meeting table empact-2022-2025 cosi-2021-12 monitoring --monitoring \
    --title "State of play of the OAPs 2021" --as anna@presidency`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			item := strings.TrimPrefix(args[2], args[0]+"/")
			in.Cycle = args[0]
			in.Rows = []policy.Row{{
				Register: policy.RegAgenda, Key: args[1] + "/" + item, Date: date, Reason: reason,
				Body: &policy.AgendaItem{Title: cmp.Or(title, item), Monitoring: monitoring, Removed: remove, EnteredLate: late},
			}}
			return a.enter(cmd, in)
		},
	}
	c.Flags().StringVar(&title, "title", "", "`title` of the item (default: the item)")
	c.Flags().BoolVar(&monitoring, "monitoring", false, "COSI monitors the strategy under this item")
	c.Flags().BoolVar(&late, "entered-late", false, "it is entered after the meeting")
	c.Flags().BoolVar(&remove, "remove", false, "take the item off the agenda")
	c.Flags().StringVar(&reason, "reason", "", "`reason` for it")
	parsedFlag(c.Flags(), &date, "date", policy.ParseDate, "`date` of it (default: today on the cycle's calendar)")
	return c
}

func (a *app) meetingMoveCommand() *cobra.Command {
	var in service.MoveMeeting
	c := &cobra.Command{
		Use:   "move CYCLE MEETING --to DATE --reason TEXT --as NAME@BODY",
		Short: "Move a meeting, and every due date that hangs on it",
		Long: `Moves a meeting to another day, with the reason. The due dates that hang on it
move with it. A meeting that is not in the calendar yet is added, with --title
and --body. One whose day has passed stays; where the calendar has the wrong day for
it, that is put right on a decision for which two people stand: name it with --decision.
None moves past the end of the cycle.`,
		Example: `  policycycle meeting move empact-2022-2025 cosi-2021-12 --to 2021-12-16 --reason "no room" \
    --as anna@presidency`,
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Cycle, in.Key = args[0], args[1]
			return enact(a, cmd, func(ctx context.Context, svc service.Service) (*service.Receipt, error) {
				return svc.MoveMeeting(ctx, in)
			}, func(p *page, receipt *service.Receipt) {
				p.line("%s %s is on %s, and what hangs on it falls due then.", p.paint(green, "Recorded:"), in.Key, in.On)
				p.line("%s %s", p.paint(faint, "Record:"), receipt.ID)
				showRemarks(p, receipt)
			})
		},
	}
	flags := c.Flags()
	parsedFlag(flags, &in.On, "to", policy.ParseDate, "`day` to which it moves")
	flags.StringVar(&in.Reason, "reason", "", "`reason` why")
	flags.StringVar(&in.Title, "title", "", "`title` of a new meeting")
	parsedFlag(flags, &in.Body, "body", policy.ParseBody, "`body` of a new meeting, such as cosi")
	flags.StringVar(&in.Decision, "decision", "", "`ID` of the recorded decision on which the day of a past meeting is put right")
	parsedFlag(flags, &in.Date, "date", policy.ParseDate, "`date` of the act (default: today on the cycle's calendar)")
	required(c, "to", "say with --to to which day it moves, such as --to 2021-12-16")
	required(c, "reason", "say with --reason why it moves")
	return c
}

func (a *app) meetingCancelCommand() *cobra.Command {
	var in service.CancelMeeting
	c := &cobra.Command{
		Use:   "cancel CYCLE MEETING --reason TEXT --as NAME@BODY",
		Short: "Cancel a meeting that is still to come",
		Long: `Cancels a meeting that is still to come, with the reason. It stays in the calendar as
cancelled. What hung on it falls due on the day that the period or the cycle gives.
To move it to another day takes that back.`,
		Example: `  policycycle meeting cancel empact-2022-2025 cosi-2021-12 --reason "no item is ripe" \
    --as anna@presidency`,
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Cycle, in.Key = args[0], args[1]
			return enact(a, cmd, func(ctx context.Context, svc service.Service) (*service.Receipt, error) {
				return svc.CancelMeeting(ctx, in)
			}, func(p *page, receipt *service.Receipt) {
				p.line("%s %s is cancelled, and nothing hangs on it any more.", p.paint(green, "Recorded:"), in.Key)
				p.line("%s %s", p.paint(faint, "Record:"), receipt.ID)
			})
		},
	}
	flags := c.Flags()
	flags.StringVar(&in.Reason, "reason", "", "`reason` why")
	parsedFlag(flags, &in.Date, "date", policy.ParseDate, "`date` of the act (default: today on the cycle's calendar)")
	required(c, "reason", "say with --reason why it is cancelled")
	return c
}

func (a *app) sheetCommand() *cobra.Command {
	var form csvForm
	c := &cobra.Command{
		Use:   "sheet CYCLE STATE",
		Short: "All that concerns one State, on one sheet for its NEC",
		Long: `Gathers what concerns one Member State across all OAPs: the actions it is listed
in or was invited to and what it said, the posts it holds, what waits for it, and of
the actions that it leads, on which nobody has reported yet in a round that is open
and which end within 90 days. To answer in bulk, write the sheet with --csv, fill in what each action is to get,
and enter the file with policycycle register enter CYCLE consents --file.`,
		Example: "  policycycle sheet empact-2022-2025 fr\n  policycycle sheet empact-2022-2025 fr --csv > consents.csv",
		RunE: func(cmd *cobra.Command, args []string) error {
			state, err := policy.ParseBody(args[1])
			if err != nil {
				return inField("state", err)
			}
			if err := form.check(a.format); err != nil {
				return err
			}
			return answer(a, cmd, func(ctx context.Context, svc service.Service) (*rules.NationalSheet, error) {
				return svc.NationalSheet(ctx, args[0], state)
			}, func(p *page, s *rules.NationalSheet) {
				if form.asked {
					form.show(p, policy.RegConsents, consentRows(s))
					return
				}
				showSheet(p, s)
			})
		},
	}
	form.flags(c, "write the consents as CSV, to be filled in")
	c.AddCommand(a.sheetOutCommand(), a.sheetInCommand())
	return c
}

// consentRows makes a row of each action, also of those without an answer: their
// state is to be filled in.
func consentRows(s *rules.NationalSheet) []policy.Row {
	rows := make([]policy.Row, len(s.Consents))
	for i, c := range s.Consents {
		rows[i] = policy.Row{
			Register: policy.RegConsents, Key: c.Action + "/" + string(s.State), Date: s.Today,
			Body: &policy.Consent{State: c.State, Condition: c.Condition, Contribution: c.Contribution},
		}
		if c.State == policy.Invited {
			rows[i].Body = new(policy.Consent)
		}
	}
	return rows
}

func showSheet(p *page, s *rules.NationalSheet) {
	silent := 0
	actions := each(s.Consents, func(c rules.ConsentLine) cells {
		said := string(c.State)
		if said == "" || c.State == policy.Invited {
			silent++
			said = p.paint(red, "no answer yet")
		}
		role := ""
		switch {
		case c.Leads:
			role = "leads"
		case c.Listed:
			role = "listed"
		}
		return cells{c.Action, c.Title, c.Begins.String(), role, said, c.On.String(), c.Contribution}
	})
	p.line("%s: %s, %d without an answer.", p.bodies.Title(s.State), count(len(s.Consents), "action"), silent)
	p.section("Actions", cells{"Action", "Title", "Begins", "Part", "Consent", "On", "Contribution"}, actions)
	p.section("Posts", cells{"Post", "Person", "Since"}, each(s.Posts, func(post rules.PostLine) cells {
		return cells{post.Post, post.Person, post.Since.String()}
	}))
	showTurns(p, "Waits for it", s.Reports)
	p.section("Progress to report", cells{"Action", "Title", "Due", "Report"}, each(s.Progress, func(d rules.ProgressDue) cells {
		on := d.Due.String()
		if d.Overdue {
			on = p.paint(red, on+", overdue")
		}
		return cells{d.Action, d.Title, on, d.Report}
	}))
	p.section("Ends soon", cells{"Action", "Title", "Ends"}, each(s.Ending, func(e rules.EndingAction) cells {
		return cells{e.Action, e.Title, e.Ends.String()}
	}))
}

func showTurns(p *page, title string, turns []rules.NationalTurn) {
	p.section(title, cells{"Subject", "Title", "Due"}, each(turns, func(t rules.NationalTurn) cells {
		return cells{t.Subject, t.Title, t.Due.String()}
	}))
}

func (a *app) handoverCommand() *cobra.Command {
	var on policy.Date
	c := &cobra.Command{
		Use:   "handover CYCLE",
		Short: "What passes on when the Presidency changes or the cycle ends",
		Long: `Lists what passes on, on a date: open items to the incoming Presidency, posts of
States that leave the Union, and to the successor cycle the open recommendations,
the running actions and the lineage of priorities.`,
		Example: "  policycycle handover empact-2022-2025 --on 2022-07-01",
		RunE: func(cmd *cobra.Command, args []string) error {
			return answer(a, cmd, func(ctx context.Context, svc service.Service) (*service.Handover, error) {
				return svc.Handover(ctx, args[0], on)
			}, func(p *page, h *service.Handover) {
				showHandover(p, &h.Handover)
				if h.Inherited != nil {
					p.heading("Inherited from the cycle before")
					showHandover(p, h.Inherited)
				}
			})
		},
	}
	parsedFlag(c.Flags(), &on, "on", policy.ParseDate, "`date` of the handover (default: the next change of the Presidency)")
	return c
}

func showHandover(p *page, h *rules.Handover) {
	switch {
	case h.Incoming == "":
		p.line("On %s: who holds the Presidency then is not known here.", h.On)
	case h.Outgoing != h.Incoming:
		p.line("On %s the Presidency passes from %s to %s.", h.On, p.bodies.Title(h.Outgoing), p.bodies.Title(h.Incoming))
	default:
		p.line("On %s the Presidency is held by %s.", h.On, p.bodies.Title(h.Incoming))
	}
	showTurns(p, "Open", h.Open)
	p.section("Posts of States that are no members then", cells{"Post", "Held by", "Person", "Since"}, each(h.Posts, func(post rules.PostLine) cells {
		return cells{post.Post, p.bodies.Title(post.Holder), post.Person, post.Since.String()}
	}))
	p.section("Open recommendations", cells{"Recommendation", "Text", "To"}, each(h.Recommendations, func(r policy.Recommended) cells {
		return cells{r.Key, r.Text, p.recipientsText(r.To)}
	}))
	if n := len(h.Running); n > 0 {
		p.heading("Actions that go on after that day: " + fmt.Sprint(n))
		p.line("%s", strings.Join(h.Running, ", "))
	}
	p.section("Priorities of the cycle before", cells{"Priority", "Became"}, each(h.Lineage, func(l policy.Lineage) cells {
		return cells{l.Priority, string(l.How)}
	}))
}
