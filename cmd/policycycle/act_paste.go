package main

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// pastedFrom reads the text of a paper.
func pastedFrom(a *app, name string) (string, error) {
	text, err := readFile(a, name, func(_ string, from io.Reader) ([]byte, error) {
		return io.ReadAll(io.LimitReader(from, papers.MostPasted+1))
	})
	return string(text), err
}

// concludedBy is what is recorded of a text: the document that shows it, and its date.
type concludedBy struct {
	record   bool
	yes      bool // without asking
	document policy.DocumentRef
	said     service.Statement
}

func (a *app) meetingReadCommand() *cobra.Command {
	var in concludedBy
	c := &cobra.Command{
		Use:   "read CYCLE MEETING FILE",
		Short: "Recognise what the text of an agenda or of an outcome is about",
		Long: `Reads the text of a provisional agenda or of an outcome of proceedings, as it is copied
from Word or PDF; with - for FILE from the standard input. It shows point by point
which subjects of the cycle it is about, and what it says was concluded on them; of
what it is not sure, it says why. English, French and German are read.

With --record the outcomes that were recognised are recorded, after you have agreed
to them. A second person confirms them, as always.`,
		Example: `  policycycle meeting read empact-2022-2025 cosi-2021-12 agenda.txt
  policycycle meeting read empact-2022-2025 cosi-2021-12 outcome.txt --record \
    --document "EX 15421/21" --as anna@general-secretariat`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.readMinutes(cmd, args, in) },
	}
	flags := c.Flags()
	flags.BoolVar(&in.record, "record", false, "record the outcomes that were recognised")
	flags.BoolVar(&in.yes, "yes", false, "with --record: record them without asking")
	parsedFlag(flags, &in.document, "document", policy.ParseDocumentRef, "with --record: register `number` of the document that shows them (default: that of the text)")
	statementFlags(flags, &in.said, "with --record: `date` of the meeting")
	return c
}

func (a *app) readMinutes(cmd *cobra.Command, args []string, in concludedBy) error {
	text, err := pastedFrom(a, args[2])
	if err != nil {
		return err
	}
	var m *papers.Minutes
	var on *rules.MeetingView
	if err := a.ask(cmd.Context(), func(ctx context.Context, svc service.Service) (err error) {
		if m, err = papers.ReadMinutes(ctx, svc, args[0], args[1], text); err == nil {
			on, err = svc.FindMeeting(ctx, args[0], args[1])
		}
		return err
	}); err != nil {
		return err
	}
	drafts := m.Drafts()
	records := in.record && len(drafts) > 0
	if a.format == formatTable || !records || !in.yes {
		if err := a.print(m, func(p *page) { showMinutes(p, m) }); err != nil {
			return err
		}
	}
	if !records || !in.yes && !a.agreed() {
		return nil
	}
	if in.document == "" {
		in.document = m.Document
	}
	decisions, err := in.decisions(args[0], on, drafts)
	if err != nil {
		return err
	}
	return a.decide(cmd, decisions)
}

// decisions gives one decision for each outcome, in the order of their paths.
func (in *concludedBy) decisions(cycle string, on *rules.MeetingView, drafts map[string]policy.Outcome) ([]service.Decide, error) {
	var decisions []service.Decide
	for _, path := range slices.Sorted(maps.Keys(drafts)) {
		subject, err := policy.ParseSubject(cycle + "/" + path)
		if err != nil {
			return nil, err
		}
		act := policy.Act{Kind: policy.ActDecide, Body: on.Body, Outcome: drafts[path], Document: in.document, Meeting: on.Title}
		in.said.Fill(&act)
		if act.Date.IsZero() {
			act.Date = on.On
		}
		act.Subject = subject
		decisions = append(decisions, service.Decide{Act: act})
	}
	return decisions, nil
}

// showMinutes lists what was recognised in a text.
func showMinutes(p *page, m *papers.Minutes) {
	p.section("Recognised", cells{"No", "Point", "Subject", "Outcome", "Doubt"}, each(m.Points, func(point papers.MinutesPoint) cells {
		var subjects []string
		for _, s := range point.Subjects {
			subjects = append(subjects, s.Path)
		}
		return cells{point.Number, point.Text, strings.Join(subjects, ", "), point.Outcome.Title(), p.paint(yellow, strings.Join(point.Doubts, "; "))}
	}))
	for _, path := range m.Left {
		p.line("%s the text does not name %s", p.paint(yellow, "Note:"), path)
	}
}

func (a *app) pressCommand() *cobra.Command {
	var of papers.ReleaseOf
	c := &cobra.Command{
		Use:   "press CYCLE FILE",
		Short: "Hold the numbers of a press release against the record",
		Long: `Reads the text of a press release, with - for FILE from the standard input, and holds each
of its numbers against what was reported: of joint action days with --day, of a year
with --year, else of the whole cycle. What does not add up is named with both numbers.
A number beside which no indicator is recognised is listed, for it was held against
nothing.`,
		Example: `  policycycle press empact-2022-2025 release.txt --day jad-2023-11
  policycycle press empact-2022-2025 results-2023.txt --year 2023 -o json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := pastedFrom(a, args[1])
			if err != nil {
				return err
			}
			return answer(a, cmd, func(ctx context.Context, svc service.Service) (*papers.Release, error) {
				return papers.ReadRelease(ctx, svc, args[0], of, text)
			}, showRelease)
		},
	}
	c.Flags().StringVar(&of.Day, "day", "", "`key` of joint action days in their register")
	c.Flags().IntVar(&of.Year, "year", 0, "`year` of the reports")
	c.Flags().StringVar(&of.Priority, "priority", "", "`key` of a priority")
	return c
}

// showRelease lists the numbers of a press release beside those of the record.
func showRelease(p *page, r *papers.Release) {
	p.section("Numbers", cells{"Text", "Indicator", "Printed", "Recorded", "Result"}, each(r.Claims, func(c papers.Claim) cells {
		var held []string
		for _, s := range c.Held {
			held = append(held, strings.TrimSpace(s.Value.String()+" "+s.Unit))
		}
		result := map[papers.ClaimResult]string{
			papers.ClaimAgrees: p.paint(green, "agrees"), papers.ClaimDiffers: p.paint(red, c.Difference), papers.ClaimNotRecorded: "not recorded in this unit",
		}[c.Result]
		return cells{c.Text, c.Indicator, c.Said.String(), strings.Join(held, ", "), result}
	}))
	p.section("Held against nothing", cells{"Text"}, each(r.Unread, func(clause string) cells { return cells{clause} }))
}
