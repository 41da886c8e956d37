package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

func (a *app) inboxCommand() *cobra.Command {
	var filter service.InboxFilter
	order := func(service.InboxItem, service.InboxItem) int { return 0 } // as the service has them
	c := &cobra.Command{
		Use:   "inbox",
		Short: "What waits, and for whom; the most urgent first",
		Example: `  policycycle inbox --body cosi
  policycycle inbox --cycle empact-2022-2025 --overdue --sort due
  policycycle inbox --mine --as lucia@es`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if filter.Mine {
				if err := a.named(); err != nil {
					return err
				}
			}
			return answer(a, cmd, func(ctx context.Context, svc service.Service) ([]service.InboxItem, error) {
				items, err := svc.Inbox(ctx, filter)
				slices.SortStableFunc(items, order)
				return list(items), err
			}, func(p *page, items []service.InboxItem) {
				if filter.Mine && len(items) == 0 {
					p.line("You have taken on nothing.")
					return
				}
				showInbox(p, items)
			})
		},
	}
	parsedFlag(c.Flags(), &filter.Body, "body", policy.ParseBody, "only what waits for this `body`")
	c.Flags().StringVar(&filter.Cycle, "cycle", "", "only what belongs to this `cycle`")
	c.Flags().BoolVar(&filter.Overdue, "overdue", false, "only what is overdue")
	c.Flags().BoolVar(&filter.Mine, "mine", false, "only what you have taken on (policycycle claim)")
	parsedFlag(c.Flags(), &order, "sort", inboxOrder, "`order` of the list: due, since or title (default: the most urgent first)")
	realFlag(c.Flags(), &filter.Rehearsal)
	return c
}

// named refuses a question that is about whoever asks, where nobody says who that
// is.
func (a *app) named() error {
	_, err := a.actor()
	if err != nil && a.config.As == "" && policy.CodeOf(err) == policy.CodeInvalid {
		return needed("as", "say who you are as NAME@BODY, such as --as lucia@es: --mine lists what you have taken on")
	}
	return err
}

// inboxOrders are the orders that an inbox can be put in.
var inboxOrders = []string{"due", "since", "title"}

func inboxOrder(text string) (func(a, b service.InboxItem) int, error) {
	switch text {
	case "due":
		return func(a, b service.InboxItem) int { return a.Due.Compare(b.Due) }, nil
	case "since":
		return func(a, b service.InboxItem) int { return a.Since.Compare(b.Since) }, nil
	case "title":
		return func(a, b service.InboxItem) int { return cmp.Compare(a.Title, b.Title) }, nil
	default:
		return nil, policy.Refuse(policy.CodeInvalid, "%q is no order: use %s", text, wordsText(inboxOrders))
	}
}

func showInbox(p *page, items []service.InboxItem) {
	if len(items) == 0 {
		p.line("Nothing waits.")
		return
	}
	p.grid(waitingColumns, each(items, func(item service.InboxItem) cells {
		what := item.Title
		if item.Rehearsal {
			what += " (rehearsal)"
		}
		return waitingCells(p, item.Subject.String(), what, item)
	}))
}

func (a *app) showCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "show SUBJECT",
		Short:   "One subject: its versions, decisions and reminders",
		Example: "  policycycle show empact-2022-2025/oap/2023/firearms",
		RunE:    aboutSubject(a, service.Service.FindSubject, showSubject),
	}
}

func showSubject(p *page, s *service.Subject) {
	p.heading(s.Title)
	defer showPositions(p, s)
	due := s.Due.String()
	if s.Overdue {
		due = p.paint(red, due+" (overdue)")
	}
	turn := p.turnOf(*s)
	if turn != "" {
		turn += fmt.Sprintf(", since %s, due %s", s.Since, s.TurnDue)
	}
	if s.State == policy.StateClosed && s.Overdue {
		due, turn = s.Due.String(), p.paint(red, turn+" (overdue)")
	}
	outcome := s.Words.Title(s.Outcome)
	if outcome != "" {
		outcome += " on " + s.ClosedOn.String()
	}
	p.facts(
		[2]string{"Subject", s.Subject.String()},
		[2]string{"Priority", s.Priority},
		[2]string{"State", stateText(s.State)},
		[2]string{"Whose turn", turn},
		[2]string{"Taken on by", s.ClaimedBy},
		[2]string{"To be settled", due},
		[2]string{"Outcome", outcome},
	)
	p.section("Versions", cells{"Version", "Date", "Late", "Document", "By", "Comment", "Record"}, each(s.Versions, func(v service.Version) cells {
		return cells{versionText(v), v.Date.String(), daysLateText(v.DaysLate), string(v.Document) + heldText(v), v.By, v.Comment, v.ID}
	}))
	decisions := each(s.Decisions, func(d service.Decision) cells {
		return cells{
			string(d.Reference), p.bodies.Title(d.Body), d.Date.String(), procedureText(d), fmt.Sprint(d.Version),
			outcomeText(d), daysLateText(d.DaysLate), d.RecordedBy, remarksText(d), d.ID,
		}
	})
	p.section("Decisions", cells{"Reference", "Body", "Date", "How", "Version", "Outcome", "Late", "By", "Comment", "Record"}, decisions)
	p.section("Concluded on an older version", cells{"Body", "Outcome", "Date", "On"}, each(olderOf(s), func(c policy.Concluded) cells {
		on := fmt.Sprintf("version %d; version %d %s", c.Version, s.Version, p.nowText(s))
		return cells{p.bodies.Title(c.Body), policy.WordingOf(s.Vocabulary, c.Body).Title(c.Outcome), c.On.String(), on}
	}))
	p.section("Reminders", cells{"On", "To", "About the date", "Kind"}, each(s.Notices, func(n service.Notice) cells {
		return cells{n.On.String(), p.recipientsText(n.To), n.Due.String(), noticeText(n)}
	}))
}

// versionText numbers a version, and that in whose place it came.
func versionText(v service.Version) string {
	if v.Revises == 0 {
		return fmt.Sprint(v.Version)
	}
	return fmt.Sprintf("%d, REV of %d", v.Version, v.Revises)
}

// olderOf lists the bodies that concluded on a version before the one that stands.
func olderOf(s *service.Subject) []policy.Concluded {
	return slices.DeleteFunc(slices.Clone(s.Concluded), func(c policy.Concluded) bool { return !c.Older })
}

// nowText says where the version stands that was handed in last.
func (p *page) nowText(s *service.Subject) string {
	switch s.State {
	case policy.StateDeciding:
		return "is before " + p.turnText(s.Turn)
	case policy.StateClosed:
		return "was settled"
	default:
		return "came after it"
	}
}

// remarksText says what has to be known of a decision beside its outcome.
func remarksText(d service.Decision) string {
	var remarks []string
	if d.Stale {
		remarks = append(remarks, "stale: corrected in substance since")
	}
	switch {
	case d.Awaits != "":
		remarks = append(remarks, "awaits a second person: policycycle confirm "+d.ID)
	case d.SetAsideBy != "":
		remarks = append(remarks, "set aside by "+d.SetAsideBy)
	case d.Undone:
		remarks = append(remarks, "undone: a delegation had objected in time")
	case d.ConfirmedBy != "":
		remarks = append(remarks, "confirmed by "+d.ConfirmedBy)
	}
	for _, said := range [][2]string{
		{"on behalf of ", d.OnBehalfOf}, {"irregular: ", d.Irregular}, {"earlier bodies skipped: ", d.SkipReason}, {"", d.Comment},
	} {
		if said[1] != "" {
			remarks = append(remarks, said[0]+said[1])
		}
	}
	return strings.Join(remarks, "; ")
}

var noticeTitles = map[policy.NoticeKind]string{
	policy.NoticeAhead: "before the date", policy.NoticeDue: "on the date",
	policy.NoticeOverdue: "date missed", policy.NoticeEscalation: "also to the Presidency",
	policy.NoticeAsked: "asked for by somebody", policy.NoticeSilence: "silence procedure ended",
}

// noticeText says of what kind a reminder was, and whether there was need of it.
func noticeText(n service.Notice) string {
	if n.Met {
		return "date met, entered later"
	}
	return noticeTitles[n.Kind]
}

func procedureText(d service.Decision) string {
	switch d.Procedure {
	case policy.WrittenProcedure:
		return "written procedure"
	case policy.SilenceProcedure:
		return "silence procedure"
	default:
		return cmp.Or(d.Meeting, "meeting")
	}
}

func (a *app) trailCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "trail CYCLE",
		Short:   "Everything recorded or refused in a cycle, oldest first",
		Example: "  policycycle trail empact-2022-2025",
		RunE: aboutCycle(a, func(svc service.Service, ctx context.Context, cycle string) ([]service.TrailEntry, error) {
			entries, err := svc.Trail(ctx, cycle, service.TrailFilter{})
			return list(entries), err
		}, showTrail),
	}
}

func showTrail(p *page, entries []service.TrailEntry) {
	rows := each(entries, func(e service.TrailEntry) cells {
		result := "recorded"
		if !e.Accepted {
			result = p.paint(red, "refused: "+e.Message)
		}
		by := behalfText(e.By, e.OnBehalfOf)
		if e.Claimed && by != "" {
			by = "in the name of " + by
		}
		return cells{
			fmt.Sprint(e.Sequence), e.Recorded.UTC().Format(time.DateTime), e.On.String(), e.Act, e.Subject, by, result,
		}
	})
	p.grid(cells{"No", "Recorded (UTC)", "Date", "Act", "Subject", "By", "Result"}, rows)
}

// showPositions shows what delegations say, and a silence procedure.
func showPositions(p *page, s *service.Subject) {
	if q := s.Silence; q != nil {
		p.heading("Silence procedure")
		switch {
		case q.BrokenBy != "":
			p.line("of %s, until %s: broken by an objection of %s", p.bodies.Title(q.Body), q.Deadline, p.bodies.Title(q.BrokenBy))
		case q.Broken:
			p.line("of %s, until %s: broken by an objection", p.bodies.Title(q.Body), q.Deadline)
		default:
			p.line("of %s, until %s: nobody has objected; once that day is over, record it with decide --silence-procedure", p.bodies.Title(q.Body), q.Deadline)
		}
	}
	if f := s.Final; f != nil {
		effect := "in force"
		if f.Pending {
			effect = "awaits a second person: policycycle confirm " + f.ID
		}
		p.section("Final text", cells{"Version", "Date", "Document", "By", "Effect", "Record"}, []cells{{fmt.Sprint(f.Version), f.On.String(), string(f.Document), f.By, effect, f.ID}})
	}
	p.section("Corrigenda", cells{"Document", "Date", "Kind", "Record"}, each(s.Corrigenda, func(c policy.Corrigendum) cells {
		kind := "linguistic"
		switch {
		case c.Stale():
			kind = "substantive: to be adopted anew"
		case c.Substantive:
			kind = "substantive, adopted by " + c.AdoptedBy
		}
		switch {
		case c.Version > 0:
			kind += fmt.Sprintf(", the whole text as version %d", c.Version)
		case c.Content != "":
			kind += ", its text is kept (policycycle content file)"
		}
		return cells{string(c.Document), c.On.String(), kind, c.ID}
	}))
	p.section("Positions", cells{"Delegation", "Says", "Reservation", "On", "Comment"}, each(s.Positions, p.standCells))
	p.section("Positions on older versions, which do not count", cells{"Version", "Before", "Delegation", "Says", "Reservation", "On", "Comment"},
		each(s.EarlierPositions, func(h policy.EarlierStand) cells {
			return append(cells{fmt.Sprint(h.Version), p.bodies.Title(h.Body)}, p.standCells(h.Stand)...)
		}))
}

func (p *page) standCells(h policy.Stand) cells {
	reservation := ""
	if h.Reservation {
		reservation = "scrutiny reservation"
	}
	return cells{p.bodies.Title(h.Delegation), string(h.Stance), reservation, h.On.String(), h.Comment}
}

// behalfText names who did something, and for whom.
func behalfText(by, onBehalfOf string) string {
	if onBehalfOf == "" {
		return by
	}
	return by + " for " + onBehalfOf
}

// heldText says of a document that is not LIMITE how it is marked, and who holds it.
func heldText(v service.Version) string {
	switch {
	case v.Marking == "" || v.Marking == policy.Limite:
		return ""
	case v.Holder == "":
		return " (" + v.Marking.Title() + ")"
	default:
		held := " (" + v.Marking.Title() + ", held by " + v.Holder
		if v.TextDigest != "" {
			held += ", " + v.TextDigest
		}
		if v.Content != "" {
			held += "; its skeleton is kept here"
		}
		return held + ")"
	}
}
