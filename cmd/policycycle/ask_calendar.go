package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

func (a *app) calendarCommand() *cobra.Command {
	return group("calendar", "Calendars for Outlook and the like, read at an address without a log-in",
		"  policycycle calendar make --cycle empact-2022-2025 --as anna@general-secretariat",
		a.calendarMakeCommand(), a.calendarListCommand(), a.calendarRevokeCommand(), a.calendarShowCommand())
}

// scopeFlags say of what a calendar is.
func scopeFlags(flags *pflag.FlagSet, of *service.CalendarScope) {
	parsedFlag(flags, &of.Body, "body", policy.ParseBody, "of what this `body` is to do, and its meetings")
	flags.StringVar(&of.Cycle, "cycle", "", "of this whole `cycle`")
	parsedFlag(flags, &of.Language, "language", policy.ParseLanguage, "`language` in which it is written: en, de or fr (default: en)")
}

func (a *app) calendarMakeCommand() *cobra.Command {
	var of service.CalendarScope
	c := &cobra.Command{
		Use: "make --as NAME@BODY", Short: "Make an address at which a calendar program reads",
		Long: `Makes an address for Outlook or another calendar program, which cannot log in: whoever
knows the address reads what you may read at that time, and nothing once your roles are
withdrawn. It is shown this once. Left to itself it is of what waits for your bodies
and posts.`,
		Example: `  policycycle calendar make --as claire@fr
  policycycle calendar make --body cosi --as anna@general-secretariat`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return alter(a, cmd, func(ctx context.Context, svc service.Service) (*service.MadeCalendar, error) {
				return svc.MakeCalendar(ctx, of)
			}, func(p *page, made *service.MadeCalendar) {
				where, below := a.pagesURL(), ""
				if where == "" { // who started it knows
					below = " below the address of the pages, at"
				}
				p.line("Calendar %d is read%s", made.Calendar, cmp.Or(below, " at"))
				p.line("%s%s", where, made.Path)
				p.line("It is not shown again. Whoever knows it reads what you may read: pass it on to nobody.")
			})
		},
	}
	scopeFlags(c.Flags(), &of)
	return c
}

// pagesURL gives the address of the pages, as far as it is known here; "" where it is not.
func (a *app) pagesURL() string {
	if a.config.Server.URL != "" {
		return strings.TrimRight(a.config.Server.URL, "/")
	}
	conn, err := a.asked()
	if err != nil {
		return ""
	}
	return strings.TrimRight(conn.office, "/")
}

func (a *app) calendarListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list --as NAME@BODY", Short: "List your addresses of calendars",
		Long:    "Lists the addresses of your calendars that are read, without their tokens; to who\nmanages people, those of everybody.",
		Example: "  policycycle calendar list --as claire@fr",
		PreRunE: a.known,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answer(a, cmd, func(ctx context.Context, svc service.Service) ([]service.KnownCalendar, error) {
				known, err := svc.ListCalendars(ctx)
				return list(known), err
			}, showCalendars)
		},
	}
}

func showCalendars(p *page, known []service.KnownCalendar) {
	if len(known) == 0 {
		p.line("No address of a calendar is read.")
		return
	}
	p.grid(cells{"number", "of", "whose", "made", "last read"}, each(known, func(k service.KnownCalendar) cells {
		of := cmp.Or(k.Cycle, string(k.Body), "what waits for them")
		return cells{strconv.FormatInt(k.Calendar, 10), of, cmp.Or(k.Name, fmt.Sprint(k.Person)), k.Made.Format("2006-01-02"), cmp.Or(k.Read.String(), "never")}
	}))
}

func (a *app) calendarRevokeCommand() *cobra.Command {
	type revoked struct {
		Calendar int64 `json:"calendar"`
	}
	return &cobra.Command{
		Use: "revoke NUMBER --as NAME@BODY", Short: "Take an address of a calendar back, at once", Args: arguments("NUMBER"),
		Long:    "Takes an address back: nothing can be read there from now on. Who manages people\nrevokes those of others, too.",
		Example: "  policycycle calendar revoke 3 --as claire@fr",
		RunE: func(cmd *cobra.Command, args []string) error {
			number, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || number < 1 {
				return needed("calendar", "%q is not the number of a calendar: policycycle calendar list shows them", args[0])
			}
			return alter(a, cmd, func(ctx context.Context, svc service.Service) (revoked, error) {
				return revoked{number}, svc.RevokeCalendar(ctx, number)
			}, func(p *page, r revoked) { p.line("Calendar %d is revoked.", r.Calendar) })
		},
	}
}

func (a *app) calendarShowCommand() *cobra.Command {
	var of service.CalendarScope
	c := &cobra.Command{
		Use: "show [--as NAME@BODY]", Short: "Print a calendar as iCalendar",
		Long: `Prints what a calendar program would read, as iCalendar (RFC 5545): a file for those who
import one. Nothing is made. Left to itself it is of what waits for the body that you
speak for. calendar.marking bounds its words here, too.`,
		Example: `  policycycle calendar show --cycle empact-2022-2025 > empact.ics
  policycycle calendar show --as claire@fr`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var who policy.Principal
			if a.config.As != "" || of.Body == "" && of.Cycle == "" {
				by, err := a.actor()
				if err != nil {
					return err
				}
				who = policy.Asserted(by) // of the whole body; what it may read, the service says
			}
			content, err := a.calendarOf(cmd.Context(), of, who)
			if err == nil {
				_, err = io.Copy(a.out, content)
			}
			return err
		},
	}
	scopeFlags(c.Flags(), &of)
	return c
}

// calendarOf makes a calendar for whoever asks.
func (a *app) calendarOf(ctx context.Context, of service.CalendarScope, who policy.Principal) (*bytes.Buffer, error) {
	texts, err := text.Load()
	if err != nil {
		return nil, err
	}
	if err := of.Check(); err != nil {
		return nil, err
	}
	out := new(bytes.Buffer)
	return out, a.ask(ctx, func(ctx context.Context, svc service.Service) error {
		return papers.Calendar{
			Scope: of, Readers: []papers.Reader{{Principal: who, Service: svc}}, Marking: policy.Marking(a.config.Calendar.Marking),
			URL: a.pagesURL(), Printer: texts.In(string(of.Language)),
		}.Write(ctx, out)
	})
}
